/* What a change changed: two JSON objects compared. */
#include <assert.h>
#include <string.h>

#include "base/json_copy.h"
#include "domain/audit.h"

#define CHANGES_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* Counted on with each change, or following from what another entry tells. */
static const char *const derived[] = {
	"id", "version", "created_at", "updated_at", "on_hand", "path", "depth", NULL};
static const char *const secret_words[] = {
	"password", "secret", "hash", "token", "private", "csrf", "cookie", NULL};

static bool is_derived(struct str name)
{
	for (size_t i = 0; derived[i]; i++) {
		if (str_is(name, derived[i]))
			return true;
	}
	return false;
}

static bool has_secret_word(struct str name)
{
	for (size_t i = 0; secret_words[i]; i++) {
		size_t n = strlen(secret_words[i]);

		for (size_t at = 0; at + n <= name.n; at++) {
			if (str_is_nocase((struct str){name.p + at, n}, secret_words[i]))
				return true;
		}
	}
	return false;
}

/* json_in.h limits the depth. */
static bool names_secret(const struct json_node *node)
{
	if (has_secret_word(node->name))
		return true;
	for (const struct json_node *child = node->child; child; child = child->next) {
		if (names_secret(child))
			return true;
	}
	return false;
}

static bool same(const struct json_node *a, const struct json_node *b)
{
	const struct json_node *x, *y;

	if (a->type != b->type || a->num != b->num || !str_eq(a->text, b->text) ||
		a->count != b->count)
		return false;
	for (x = a->child, y = b->child; x && y; x = x->next, y = y->next) {
		if (!str_eq(x->name, y->name) || !same(x, y))
			return false;
	}
	return true;
}

static bool is_nothing(const struct json_node *node)
{
	return !node || node->type == JSON_NULL;
}

static void compare(struct json_out *j, struct str name, const struct json_node *before,
	const struct json_node *after)
{
	if (is_derived(name) || (is_nothing(before) && is_nothing(after)))
		return;
	if (before && after && same(before, after))
		return;
	if ((before && names_secret(before)) || (after && names_secret(after)))
		return;
	json_object(j, str_cstr(j->buf->arena, name));
	json_copy(j, "before", before);
	json_copy(j, "after", after);
	json_object_end(j);
}

static struct err *parse(struct arena *a, struct str json, const struct json_node **out)
{
	static const struct json_node nothing = {.type = JSON_OBJECT};
	struct json_node *node;

	*out = &nothing;
	if (!json.p)
		return NULL;
	TRY(json_parse(a, json, &node));
	assert(node->type == JSON_OBJECT);
	*out = node;
	return NULL;
}

struct err *audit_changes(struct arena *a, struct str before, struct str after, struct str *out)
{
	const struct json_node *old, *new;
	struct json_out j;
	struct buf b;

	TRY(parse(a, before, &old));
	TRY(parse(a, after, &new));
	buf_init(&b, a, CHANGES_BYTES_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	for (const struct json_node *n = new->child; n; n = n->next)
		compare(&j, n->name, json_member(old, str_cstr(a, n->name)), n);
	for (const struct json_node *n = old->child; n; n = n->next) {
		if (!json_member(new, str_cstr(a, n->name)))
			compare(&j, n->name, n, NULL);
	}
	json_object_end(&j);
	assert(!b.overflow); /* a resource has at most 1 MiB */
	*out = buf_str(&b);
	return NULL;
}
