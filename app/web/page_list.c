/* What list pages share: addresses of the next page and of other orders, and notices. */
#include <string.h>

#include "web/page.h"

#define LINK_MAX ((size_t)64 * 1024)

const char *const page_done_names[] = {"made", "saved", "archived", "restored", "posted",
	"reversed", "deleted", "counted", "agrees", "found", "password", "ended", "ended-others",
	"user-disabled", "user-enabled", "forced", "ended-all", "factor-removed", "factor-gone",
	"disabled", "enabled", "key-added", "key-removed", "rotated", "withdrawn", "paused",
	"resumed", NULL};
static const char *const notices[] = {
	"Made.",
	"Saved.",
	"Archived. It can be restored at any time.",
	"Restored.",
	"Posted.",
	"Reversed. This is the movement that undoes it.",
	"Deleted.",
	"Counted. This movement sets the books right.",
	"The books say the same: there is nothing to post.",
	"Found by its barcode.",
	"Your password is changed. All your other sessions have ended.",
	"Signed out there.",
	"Signed out everywhere else.",
	"Disabled, and signed out everywhere.",
	"Enabled.",
	"The password has to be changed before anything else.",
	"Signed out everywhere.",
	"Your second factor is removed.",
	"The second factor is removed, and the user signed out everywhere.",
	"Disabled. Its tokens are refused from now on.",
	"Enabled.",
	"Key added.",
	"Key removed.",
	"A new key is published. It signs in a quarter of an hour, when everybody knows it.",
	"Taken back. The app has no access in your name any more.",
	"Paused. What happens meanwhile is sent when it goes on.",
	"It goes on.",
};

void page_notice(struct call *c, const struct value *done)
{
	if (done->set)
		page_set_cstr(c, "notice", notices[done->num]);
}

static bool stays(const struct http_pair *p, const char *name)
{
	return p->value.n && !str_is(p->name, name) && !str_is(p->name, "cursor") &&
		!str_is(p->name, "done");
}

static void add_pair(
	struct buf *b, struct arena *a, char *separator, struct str name, struct str value)
{
	buf_add_char(b, *separator);
	buf_add_str(b, http_escape(a, name));
	buf_add_char(b, '=');
	buf_add_str(b, http_escape(a, value));
	*separator = '&';
}

void page_api_query(struct call *c, const char *path, const struct page_pair *pairs, size_t n)
{
	char separator = '?';
	struct buf b;

	buf_init(&b, c->arena, LINK_MAX);
	buf_add_cstr(&b, path);
	for (size_t i = 0; i < n; i++) {
		if (pairs[i].value.n)
			add_pair(&b, c->arena, &separator, str_of(pairs[i].name), pairs[i].value);
	}
	page_set(c, "api_link", buf_str(&b));
}

struct str page_link(struct call *c, const char *name, struct str value)
{
	char separator = '?';
	struct buf b;

	buf_init(&b, c->arena, LINK_MAX);
	buf_add_str(&b, page_path(c));
	for (const struct http_pair *p = c->rq->query; p; p = p->next) {
		if (stays(p, name))
			add_pair(&b, c->arena, &separator, p->name, p->value);
	}
	if (value.n)
		add_pair(&b, c->arena, &separator, str_of(name), value);
	return buf_str(&b);
}

void page_pages(struct call *c, const char *list, const struct list_cursor *next)
{
	if (request_query(c->rq, "cursor").n)
		page_set(c, "first", page_link(c, "cursor", STR_NONE));
	if (next)
		page_set(c, "next", page_link(c, "cursor", list_cursor_text(c, list, next)));
}

time_us page_day(struct call *c, size_t field, struct err **e)
{
	const struct value *v = &c->in[field];
	time_us t = TIME_NONE;

	if (v->set && !time_parse(str_printf(c->arena, "%.*sT00:00:00Z", STR_ARG(v->text)), &t))
		err_add_field(e, c->arena, str_printf(c->arena, "/%s", c->route->input[field].name),
			"invalid_date", "Write a day as 2026-11-23.");
	return t;
}

time_us page_day_end(struct call *c, size_t field, struct err **e)
{
	time_us t = page_day(c, field, e);

	/* Nothing is later than the last day. */
	return t == TIME_NONE || t > TIME_LAST - TIME_DAY ? TIME_NONE : t + TIME_DAY;
}

const char *page_sorts(struct call *c, const struct field *f, const struct value *v)
{
	struct page_row *sorts = page_node(c, "sort");
	size_t used = v->set ? (size_t)v->num : 0;

	for (size_t i = 0; f->choices[i]; i++) {
		struct page_row *s = node_add(sorts, f->choices[i]);
		bool here = i == used;
		bool turn = here && !v->descending; /* a click on the one in use turns it round */

		row_set(s, "link",
			page_link(c, f->name,
				str_printf(c->arena, "%s%s", turn ? "-" : "", f->choices[i])));
		if (here)
			row_set_cstr(s, "dir", v->descending ? "descending" : "ascending");
	}
	return arena_printf(c->arena, "%s%s", v->descending ? "-" : "", f->choices[used]);
}
