#include "web/flag_page.h"

#include "domain/flag.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/page.h"

#define LIST_NAME "feature flags page"

/* ---- the list ---- */

enum { LIST_CURSOR, LIST_DONE };
const struct field flag_page_list_fields[] = {
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static void show_row(struct call *c, size_t i, const struct flag_row *flag)
{
	struct page_row *r = page_row(c, "rows", i);

	row_set_int(r, "id", flag->id);
	row_set(r, "name", flag->name);
	row_set_cstr(r, "help", flag_about(flag->name));
	row_set_cstr(r, "state", flag_state_names[flag->state]);
	row_set_int(r, "percent", flag->percent);
	row_set_minute(r, "updated_at", flag->updated_at);
}

struct err *flag_page_list(struct call *c)
{
	struct list_cursor at, next;
	struct flag_rows rows;
	bool more;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	TRY(flag_list(&c->ctx, at.id, LIST_LIMIT_DEFAULT + 1, &rows));
	more = rows.n > LIST_LIMIT_DEFAULT;
	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++)
		show_row(c, i, &rows.rows[i]);
	if (more)
		next = (struct list_cursor){.id = rows.rows[rows.n - 1].id};
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_notice(c, &c->in[LIST_DONE]);
	page_api(c, "/v1/feature-flags");
	page_template(c, "flag/list", "Feature flags");
	return NULL;
}

/* ---- the form ---- */

enum { FORM_STATE, FORM_PERCENT, FORM_VERSION };
const struct field flag_page_form_fields[] = {
	{.name = "state",
		.type = FIELD_CHOICE,
		.flags = FIELD_REQUIRED,
		.choices = flag_state_names,
		.label = "Who has it"},
	{.name = "percent",
		.type = FIELD_INT,
		.flags = FIELD_NOT_NEGATIVE,
		.max = 100,
		.label = "Percent"},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

static struct err *form_page(struct call *c, const struct flag_row *flag)
{
	page_form_fields(c, flag_page_form_fields);
	page_set_int(c, "row.id", flag->id);
	page_set(c, "row.name", flag->name);
	page_set_cstr(c, "row.help", flag_about(flag->name));
	page_api(c, "/v1/feature-flags/%lld", (long long)flag->id);
	page_template(c, "flag/form", "%.*s", STR_ARG(flag->name));
	return NULL;
}

static struct str percent_text(struct call *c, const struct flag_row *flag)
{
	return flag->state == FLAG_PERCENT ? str_printf(c->arena, "%d", flag->percent) : STR_NONE;
}

struct err *flag_page_edit(struct call *c)
{
	struct flag_row flag;

	TRY(flag_read(&c->ctx, c->id, &flag));
	page_set_cstr(c, "form.state.value", flag_state_names[flag.state]);
	page_set(c, "form.percent.value", percent_text(c, &flag));
	page_set_int(c, "form.version.value", flag.version);
	return form_page(c, &flag);
}

static void show_conflict(struct call *c, const struct flag_row *now)
{
	struct str state = str_of(flag_state_names[now->state]), percent = percent_text(c, now);

	page_form_now(c, FORM_STATE, state, state);
	page_form_now(c, FORM_PERCENT, percent, percent);
	page_set_int(c, "form.version.value", now->version);
}

/* What stands in the field for percent counts with that state alone: no script hides it otherwise. */
static struct flag_input input_of(const struct value *in)
{
	enum flag_state state = (enum flag_state)in[FORM_STATE].num;

	return (struct flag_input){
		.has_state = true,
		.state = state,
		.has_percent = state == FLAG_PERCENT && in[FORM_PERCENT].set,
		.percent = in[FORM_PERCENT].num,
	};
}

struct err *flag_page_save(struct call *c)
{
	struct err *e = c->input_err;
	struct flag_input in = input_of(c->in);
	struct flag_row flag;

	if (!e)
		e = flag_update(&c->ctx, c->app->flags, c->id, c->in[FORM_VERSION].num, &in, &flag);
	if (!e)
		return page_see_other(c, "/flags?done=saved");
	TRY(page_edit_again(c, e));
	TRY(flag_read(&c->ctx, c->id, &flag));
	if (e->code == ERR_PRECONDITION)
		show_conflict(c, &flag);
	return form_page(c, &flag);
}
