/*
 * call: what handlers use to answer; web/route.h is the manual.
 */
#include <assert.h>

#include "base/digest.h"
#include "base/json_in.h"
#include "web/route.h"

int64_t call_id_of(const struct value *v)
{
	return v->set && v->num == 0 ? INT64_MAX : v->num;
}

struct json_out call_json(struct call *c)
{
	struct json_out j;

	c->rs->content_type = "application/json";
	json_init(&j, &c->rs->body);
	return j;
}

void call_made(struct call *c, const char *path, int64_t id)
{
	c->made = path;
	c->made_id = id;
}

void call_json_text(struct call *c, struct str json)
{
	c->rs->content_type = "application/json";
	buf_add_str(&c->rs->body, json);
}

static struct str etag(struct call *c, int64_t version)
{
	unsigned char digest[DIGEST_BYTES];

	digest_sha256(digest, buf_str(&c->rs->body));
	return str_printf(c->arena, "\"%lld-%.*s\"", (long long)version,
		STR_ARG(str_hex(c->arena, digest, 8)));
}

bool call_etag(struct call *c, int64_t version)
{
	struct str tag = etag(c, version);
	struct str none_match = request_header(c->rq, "if-none-match");

	assert(c->route->flags & ROUTE_ETAG);
	response_header_str(c->rs, "ETag", tag);
	if (!(c->rq->method & (HTTP_GET | HTTP_HEAD)) || !none_match.p ||
		!http_etag_matches(none_match, tag, true))
		return false;
	buf_clear(&c->rs->body);
	c->rs->content_type = NULL;
	c->rs->status = 304;
	return true;
}

struct err *call_if_match(struct call *c, int64_t *version)
{
	struct str match = request_header(c->rq, "if-match");

	assert(c->route->flags & (ROUTE_IF_MATCH | ROUTE_MAY_MATCH));
	*version = 0;
	if (!match.p || http_etag_version(match, version))
		return NULL;
	return err_new(c->arena, ERR_PRECONDITION, "If-Match is not an ETag of this resource.");
}

/* ---- lists ---- */

/* A cursor is base64url of {"l":"items:-name","t":"text","n":0,"i":7}. */
struct str list_cursor_text(struct call *c, const char *list, const struct list_cursor *next)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, c->arena, 8192);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_cstr(&j, "l", list);
	json_str(&j, "t", next->text);
	json_int(&j, "n", next->num);
	json_int(&j, "i", next->id);
	json_object_end(&j);
	assert(!b.overflow);
	return str_base64url(c->arena, buf_str(&b));
}

static bool parse_cursor(struct call *c, struct str text, const char *list, struct list_cursor *out)
{
	struct str json;
	struct json_node *node;
	const struct json_node *l, *t, *n, *i;

	if (!str_from_base64url(c->arena, text, &json) || json_parse(c->arena, json, &node) ||
		node->type != JSON_OBJECT)
		return false;
	l = json_member(node, "l");
	t = json_member(node, "t");
	n = json_member(node, "n");
	i = json_member(node, "i");
	if (!l || l->type != JSON_TEXT || !str_is(l->text, list) || !n || n->type != JSON_INT ||
		!i || i->type != JSON_INT || !t || (t->type != JSON_TEXT && t->type != JSON_NULL))
		return false;
	if (i->num < 0 || n->num < 0 || n->num > TIME_LAST)
		return false;
	*out = (struct list_cursor){
		.text = t->type == JSON_TEXT ? t->text : STR_NONE,
		.num = n->num,
		.id = i->num,
	};
	return true;
}

struct err *list_cursor_read(
	struct call *c, const struct value *cursor, const char *list, struct list_cursor *out)
{
	struct err *e = NULL;

	*out = (struct list_cursor){.text = STR_NONE};
	if (!cursor->set || parse_cursor(c, cursor->text, list, out))
		return NULL;
	err_add_field(&e, c->arena, STR("/cursor"), "invalid_cursor",
		"This cursor is of another list or order; begin at the first page.");
	return e;
}

/* The request's target with its cursor replaced: for Link (RFC 8288). */
static struct str next_target(struct call *c, struct str cursor)
{
	struct buf b;
	char separator = '?';

	buf_init(&b, c->arena, c->rq->target.n * 3 + cursor.n + 64);
	buf_add_str(&b, c->rq->path);
	for (const struct http_pair *p = c->rq->query; p; p = p->next) {
		if (str_is(p->name, "cursor"))
			continue;
		buf_add_char(&b, separator);
		buf_add_str(&b, http_escape(c->arena, p->name));
		buf_add_char(&b, '=');
		buf_add_str(&b, http_escape(c->arena, p->value));
		separator = '&';
	}
	buf_printf(&b, "%ccursor=%.*s", separator, STR_ARG(cursor));
	assert(!b.overflow);
	return buf_str(&b);
}

void list_end(struct call *c, struct json_out *j, const char *list, const struct list_cursor *next)
{
	struct str cursor = next ? list_cursor_text(c, list, next) : STR_NONE;

	json_array_end(j);
	json_str(j, "next_cursor", cursor);
	json_bool(j, "has_more", next != NULL);
	json_object_end(j);
	if (next)
		response_header_str(c->rs, "Link",
			str_printf(
				c->arena, "<%.*s>; rel=\"next\"", STR_ARG(next_target(c, cursor))));
}
