/* What json_in reads, json_out writes so that json_in reads the same again; and any bytes at all,
 * given to json_out as text, come out as JSON. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_in.h"
#include "base/json_out.h"

#define BYTES_MAX ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void write_node(
	struct json_out *j, const char *name, const struct json_node *node, int depth);

static void write_children(
	struct json_out *j, struct arena *a, const struct json_node *node, int depth)
{
	size_t count = 0;

	for (const struct json_node *m = node->child; m; m = m->next, count++) {
		check(!!m->name.p == (node->type == JSON_OBJECT));
		check(str_is_utf8(m->name));
		write_node(j, m->name.p ? str_cstr(a, m->name) : NULL, m, depth + 1);
	}
	check(count == node->count);
}

static void write_node(
	struct json_out *j, const char *name, const struct json_node *node, int depth)
{
	check(depth <= JSON_IN_DEPTH_MAX);
	if (depth >= JSON_DEPTH_MAX || node->type == JSON_NULL) {
		json_null(j, name);
	} else if (node->type == JSON_OBJECT) {
		json_object(j, name);
		write_children(j, j->buf->arena, node, depth);
		json_object_end(j);
	} else if (node->type == JSON_ARRAY) {
		json_array(j, name);
		write_children(j, j->buf->arena, node, depth);
		json_array_end(j);
	} else if (node->type == JSON_TEXT) {
		check(str_is_utf8(node->text));
		json_str(j, name, node->text);
	} else if (node->type == JSON_INT) {
		json_int(j, name, node->num);
	} else if (node->type == JSON_BOOL) {
		json_bool(j, name, node->num);
	} else {
		json_raw(j, name, STR("0.5"));
	}
}

static struct str write_all(struct arena *a, const struct json_node *node)
{
	struct buf *b = ARENA_NEW(a, struct buf);
	struct json_out j;

	buf_init(b, a, BYTES_MAX / 4);
	json_init(&j, b);
	write_node(&j, NULL, node, 0);
	check(!b->overflow && j.depth == 0);
	return buf_str(b);
}

static void any_bytes_as_text(struct arena *a, struct str text)
{
	struct json_node *node;
	struct json_out j;
	struct buf b;

	if (memchr(text.p, '\0', text.n)) /* written as \u0000, which json_in refuses by design */
		return;
	buf_init(&b, a, BYTES_MAX / 4);
	json_init(&j, &b);
	json_str(&j, NULL, text);
	check(json_parse(a, buf_str(&b), &node) == NULL && node->type == JSON_TEXT);
	check(!str_is_utf8(text) || str_eq(node->text, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena *a;
	struct str text = {(const char *)data, n}, once;
	struct json_node *node;
	struct err *e;

	if (!a)
		a = arena_new(BYTES_MAX);
	e = json_parse(a, text, &node);
	if (e) {
		check(e->code == ERR_BAD_REQUEST || e->code == ERR_TOO_LARGE);
		check(str_is_utf8(e->detail));
	} else {
		once = write_all(a, node);
		check(json_parse(a, once, &node) == NULL);
		check(str_eq(once, write_all(a, node)));
	}
	if (n)
		any_bytes_as_text(a, text);
	arena_reset(a);
	return 0;
}
