#include "web/docs_page.h"

#include "web/app.h"
#include "web/dispatch.h"
#include "web/docs_answers.h"
#include "web/page.h"

/* ---- a field ---- */

static const char *type_text(struct arena *a, const struct field *f)
{
	unsigned long max = f->max;

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_MULTILINE:
		return arena_printf(a, "text, at most %lu characters", max);
	case FIELD_CODE:
		return arena_printf(a, "code, at most %lu characters", max);
	case FIELD_INT:
		return f->max && f->max < 1000000 ? arena_printf(a, "integer, at most %lu", max)
						  : "integer";
	case FIELD_QTY:
		return f->flags & FIELD_POSITIVE ? "quantity above 0" : "quantity";
	case FIELD_BOOL:
		return "true or false";
	case FIELD_TIME:
		return "time, RFC 3339";
	case FIELD_CHOICE:
		return "choice";
	case FIELD_TEXTS:
		return arena_printf(a, "array of at most %lu texts", max);
	case FIELD_SORT:
		return "order; \"-\" before it turns it round";
	case FIELD_ROWS:
		return arena_printf(a, "array of at most %lu objects", max);
	}
	return "";
}

static const char *choices_text(struct arena *a, const struct field *f)
{
	const char *text = NULL;

	for (size_t i = 0; f->choices && f->choices[i]; i++)
		text = text ? arena_printf(a, "%s, %s", text, f->choices[i]) : f->choices[i];
	return text;
}

/* A field of a list's rows is written lines[].sku. */
static size_t show_fields(
	struct page_row *call, const struct field *fields, const char *prefix, size_t n)
{
	struct arena *a = node_arena(call);

	for (const struct field *f = fields; f && f->name; f++) {
		struct page_row *r = row_child(call, "fields", n++);

		row_set_cstr(r, "name", arena_printf(a, "%s%s", prefix, f->name));
		row_set_cstr(r, "type",
			arena_printf(a, "%s%s", type_text(a, f),
				f->flags & FIELD_NULLABLE ? " or null" : ""));
		row_set_cstr(r, "help", f->help);
		row_set_cstr(r, "choices", choices_text(a, f));
		if (f->flags & FIELD_REQUIRED)
			row_set_cstr(r, "required", "1");
		if (f->row)
			n = show_fields(
				call, f->row, arena_printf(a, "%s%s[].", prefix, f->name), n);
	}
	return n;
}

/* ---- a call ---- */

static const char *method_text(enum http_method method)
{
	switch (method) {
	case HTTP_POST:
		return "POST";
	case HTTP_PUT:
		return "PUT";
	case HTTP_PATCH:
		return "PATCH";
	case HTTP_DELETE:
		return "DELETE";
	case HTTP_GET:
	case HTTP_HEAD:
	case HTTP_OPTIONS:
	case HTTP_OTHER:
		break;
	}
	return "GET";
}

static const char *input_text(unsigned flags)
{
	if (flags & ROUTE_JSON_BODY)
		return "a JSON body";
	if (flags & ROUTE_FORM_BODY)
		return "a form";
	return flags & ROUTE_QUERY ? "the query" : NULL;
}

static void show_call(struct page_row *r, const struct route *route, size_t n)
{
	row_set_int(r, "n", (int64_t)n);
	row_set_cstr(r, "method", method_text(route->method));
	row_set_cstr(r, "path", route->path);
	row_set_cstr(r, "summary", route->summary);
	row_set_int(r, "status", route->status);
	row_set_cstr(r, "answer", route->answer);
	row_set_cstr(r, "input", route->input ? input_text(route->flags) : NULL);
	if (route->permission != PERM_NONE)
		row_set_cstr(r, "permission", permission_name(route->permission));
	if (route->auth == AUTH_API_SESSION)
		row_set_cstr(r, "session", "1");
	if (route->auth == AUTH_PUBLIC || route_signs_client_in(route))
		row_set_cstr(r, "open", "1");
	if (route->flags & ROUTE_ONCE)
		row_set_cstr(r, "once", "1");
	if (route->flags & ROUTE_IF_MATCH)
		row_set_cstr(r, "if_match", "1");
	if (route->flags & ROUTE_MAY_MATCH)
		row_set_cstr(r, "may_match", "1");
	row_set_cstr(r, "deprecated", route->deprecated);
	show_fields(r, route->input, "", 0);
}

/* All but those that never leave the layers below. */
static void show_problems(struct call *c)
{
	size_t n = 0;

	for (enum err_code code = 0; code < ERR_DB_DUPLICATE_KEY; code++) {
		struct page_row *r = page_row(c, "problems", n++);

		row_set_int(r, "status", err_status(code));
		row_set_cstr(r, "slug", err_slug(code));
		row_set_cstr(r, "title", err_title(code));
	}
}

struct err *docs_page_show(struct call *c)
{
	size_t n = 0;

	for (size_t i = 0; i < route_count; i++) {
		if (routes[i].kind != ROUTE_API)
			continue;
		show_call(page_row(c, "calls", n), &routes[i], n + 1);
		n++;
	}
	show_problems(c);
	TRY(docs_show_answers(c));
	page_set(c, "base",
		str_printf(c->arena, "%s://%.*s", c->rq->https ? "https" : "http",
			STR_ARG(c->rq->host)));
	page_api(c, "/v1/openapi.json");
	page_template(c, "docs/show", "API reference");
	return NULL;
}
