#include "web/issuer_page.h"

#include "domain/auth.h"
#include "domain/foreign.h"
#include "domain/issuer_cache.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/page.h"

#define LIST_NAME "issuers page"

enum { LIST_Q, LIST_CURSOR, LIST_DONE };
const struct field issuer_page_list_fields[] = {
	{.name = "q", .type = FIELD_TEXT, .max = 255},
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static struct err *show_issuer(struct call *c, size_t i, const struct foreign_issuer *issuer)
{
	struct page_row *r = page_row(c, "issuers", i);
	struct issuer_row state;

	TRY(issuer_cache_state(&c->ctx, &issuer->source, &state));
	row_set_cstr(r, "name", issuer->name);
	row_set_cstr(r, "issuer", issuer->source.issuer);
	row_set_cstr(r, "location", issuer->location);
	if (state.fetched_at != TIME_NONE)
		row_set_minute(r, "fetched_at", state.fetched_at);
	if (state.failure.p)
		row_set(r, "failure", state.failure);
	return NULL;
}

static void show_subject(struct page_row *r, const struct foreign *foreign)
{
	row_set_int(r, "id", foreign->id);
	row_set(r, "name", foreign->name);
	row_set(r, "subject", foreign->subject);
	row_set(r, "issuer", foreign->issuer);
	row_set_minute(r, "first_seen", foreign->first_seen);
	row_set_minute(r, "last_seen", foreign->last_seen);
	if (!foreign->active)
		row_set_cstr(r, "disabled", "1");
}

static struct err *show_subjects(struct call *c)
{
	struct foreign_filter f = {
		.q = value_text(&c->in[LIST_Q]), .limit = LIST_LIMIT_DEFAULT + 1};
	struct list_cursor at, next = {.id = 0};
	struct foreign_rows rows;
	bool more;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	f.after_id = at.id;
	TRY(foreign_list(&c->ctx, &f, &rows));
	more = rows.n > LIST_LIMIT_DEFAULT;
	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_subject(page_row(c, "rows", i), &rows.rows[i]);
		next.id = rows.rows[i].id;
	}
	page_pages(c, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *issuer_page_list(struct call *c)
{
	const struct auth_config *config = auth_settings(c->app->auth);

	for (size_t i = 0; i < config->issuer_count; i++)
		TRY(show_issuer(c, i, &config->issuers[i]));
	TRY(show_subjects(c));
	page_form(c, NULL);
	page_notice(c, &c->in[LIST_DONE]);
	page_api(c, "/v1/foreign-principals");
	page_template(c, "issuer/list", "Other issuers");
	return NULL;
}

static struct err *turn(struct call *c, bool on)
{
	struct foreign foreign;

	TRY(foreign_set_active(&c->ctx, c->id, on, &foreign));
	auth_changed(c->app->auth);
	return page_see_other(c, "/issuers?done=%s", on ? "enabled" : "disabled");
}

struct err *issuer_page_disable(struct call *c)
{
	return turn(c, false);
}

struct err *issuer_page_enable(struct call *c)
{
	return turn(c, true);
}
