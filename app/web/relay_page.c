#include "web/relay_page.h"

#include "domain/relay.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/page.h"
#include "web/relay_api.h"

#define LIST_NAME "relays page"

enum { LIST_CURSOR, LIST_DONE };
const struct field relay_page_list_fields[] = {
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_row(struct page_row *r, const struct relay *relay)
{
	const struct sink *s = &relay->sink;
	struct str types = s->types;

	row_set_int(r, "id", s->id);
	row_set_int(r, "version", s->version);
	row_set(r, "name", s->name);
	row_set(r, "type", s->kind);
	row_set(r, "target", relay->target);
	row_set_int(r, "after", s->seq);
	row_set_int(r, "behind", relay_behind(relay));
	for (size_t i = 0; types.n; i++)
		row_set(row_child(r, "types", i), "text", str_cut(types, ',', &types));
	if (!relay->configured)
		row_set_cstr(r, "retired", "1");
	if (!s->active)
		row_set(r, "paused_for", s->paused_for);
	if (s->tries)
		row_set_int(r, "tries", s->tries);
	if (s->last_error.p)
		row_set(r, "last_error", s->last_error);
	if (s->last_ok_at != TIME_NONE)
		row_set_time(r, "last_ok_at", s->last_ok_at);
	if (s->next_try_at != TIME_NONE)
		row_set_time(r, "next_try_at", s->next_try_at);
}

static struct err *show_list(struct call *c, int64_t after)
{
	struct list_cursor next = {.id = 0};
	struct relay_rows rows;
	bool more;

	TRY(relay_list(&c->ctx, after, LIST_LIMIT_DEFAULT + 1, &rows));
	more = rows.n > LIST_LIMIT_DEFAULT;
	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_row(page_row(c, "rows", i), &rows.rows[i]);
		next.id = rows.rows[i].sink.id;
	}
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_api(c, "/v1/relays");
	page_template(c, "relay/list", "Relays");
	return NULL;
}

struct err *relay_page_list(struct call *c)
{
	struct list_cursor at;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	page_notice(c, &c->in[LIST_DONE]);
	return show_list(c, at.id);
}

/* What is wrong stands at the top of the page. */
static struct err *done(struct call *c, struct err *e, const char *word)
{
	if (!e)
		return page_see_other(c, "/relays?done=%s", word);
	TRY(page_form_again(c, e));
	return show_list(c, 0);
}

struct err *relay_page_pause(struct call *c)
{
	struct relay relay;

	return done(c, relay_pause(&c->ctx, c->id, c->in[0].num, &relay), "paused");
}

enum { RESUME_FROM, RESUME_VERSION };
const struct field relay_page_resume_fields[] = {
	{.name = "from", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = relay_froms},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

struct err *relay_page_resume(struct call *c)
{
	enum relay_from from = (enum relay_from)c->in[RESUME_FROM].num;
	struct relay relay;

	return done(c, relay_resume(&c->ctx, c->id, c->in[RESUME_VERSION].num, from, &relay),
		"resumed");
}
