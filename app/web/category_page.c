#include "web/category_page.h"

#include "domain/category.h"
#include "web/list_fields.h"
#include "web/page.h"

#define CHOICES_MAX 500 /* of a select; beyond that nobody finds anything in it */
#define CHOICES_BYTES_MAX ((size_t)1024 * 1024)
#define LIST_NAME "categories page:name"

static void show_choice(struct call *c, size_t i, const struct category *category)
{
	struct page_row *r = page_row(c, "categories", i);

	row_set_int(r, "id", category->id);
	row_set(r, "name", category->name);
}

/* Beyond CHOICES_MAX, or made since they were remembered. */
static struct err *show_another(struct call *c, size_t i, int64_t id)
{
	struct category category;
	struct err *e = category_read(&c->ctx, id, &category);

	if (e)
		return e->code == ERR_NOT_FOUND ? NULL : e;
	show_choice(c, i, &category);
	return NULL;
}

static struct err *show_choices(struct call *c, const struct category_rows *rows, int64_t chosen)
{
	bool shown = chosen == 0;

	for (size_t i = 0; i < rows->n; i++) {
		show_choice(c, i, &rows->rows[i]);
		shown |= rows->rows[i].id == chosen;
	}
	return shown ? NULL : show_another(c, rows->n, chosen);
}

static struct err *read_choices(struct call *c, struct category_rows *rows)
{
	struct category_filter f = {.limit = CHOICES_MAX};

	return category_list(&c->ctx, &f, rows);
}

struct err *category_page_choices(struct call *c, int64_t chosen)
{
	struct category_rows rows;

	TRY(read_choices(c, &rows));
	return show_choices(c, &rows, chosen);
}

/* ---- the same, remembered ---- */

static struct {
	struct arena *arena;
	struct category_rows rows;
	int64_t read_at_us; /* monotonic; 0: never */
} remembered;

static void remember(const struct category_rows *rows)
{
	struct category_rows *kept = &remembered.rows;

	if (!remembered.arena)
		remembered.arena = arena_new(CHOICES_BYTES_MAX);
	arena_reset(remembered.arena);
	kept->rows = ARENA_ARRAY(remembered.arena, rows->n, struct category);
	kept->n = rows->n;
	for (size_t i = 0; i < rows->n; i++) {
		kept->rows[i].id = rows->rows[i].id;
		kept->rows[i].name = str_copy(remembered.arena, rows->rows[i].name);
	}
}

struct err *category_page_remembered_choices(struct call *c, int64_t chosen)
{
	int64_t now = time_monotonic_us();
	struct category_rows rows;

	if (!remembered.read_at_us || now - remembered.read_at_us > CHOICES_KEPT_S * 1000000) {
		TRY(read_choices(c, &rows));
		remember(&rows);
		remembered.read_at_us = now;
	}
	return show_choices(c, &remembered.rows, chosen);
}

/* ---- the list ---- */

enum { LIST_CURSOR, LIST_DONE };
const struct field category_page_list_fields[] = {
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

struct err *category_page_list(struct call *c)
{
	struct list_cursor at, next;
	struct category_rows rows;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	struct category_filter f = {
		.after_text = at.text,
		.after_id = at.id,
		.limit = LIST_LIMIT_DEFAULT + 1,
	};
	TRY(category_list(&c->ctx, &f, &rows));
	bool more = rows.n > LIST_LIMIT_DEFAULT;

	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		struct page_row *r = page_row(c, "rows", i);

		row_set_int(r, "id", rows.rows[i].id);
		row_set(r, "name", rows.rows[i].name);
		row_set(r, "parent", rows.rows[i].parent);
		next = (struct list_cursor){.text = rows.rows[i].name, .id = rows.rows[i].id};
	}
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_notice(c, &c->in[LIST_DONE]);
	page_api(c, "/v1/categories");
	page_template(c, "category/list", "Categories");
	return NULL;
}

/* ---- the form ---- */

enum { FORM_NAME, FORM_PARENT, FORM_VERSION };
const struct field category_page_form_fields[] = {
	{.name = "name",
		.type = FIELD_TEXT,
		.flags = FIELD_REQUIRED,
		.max = CATEGORY_NAME_MAX,
		.label = "Name"},
	{.name = "parent_id",
		.type = FIELD_INT,
		.flags = FIELD_POSITIVE,
		.max = INT64_MAX,
		.label = "Belongs to"},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

static struct err *form_page(struct call *c, const struct category *category, int64_t parent_id)
{
	page_form_fields(c, category_page_form_fields);
	if (category) {
		page_set_int(c, "category.id", category->id);
		page_api(c, "/v1/categories/%lld", (long long)category->id);
	}
	page_template(c, "category/form", category ? "Edit category" : "New category");
	return category_page_choices(c, parent_id);
}

struct err *category_page_new(struct call *c)
{
	return form_page(c, NULL, 0);
}

static void show_values(struct call *c, const struct category *category)
{
	page_set(c, "form.name.value", category->name);
	if (category->parent_id)
		page_set_int(c, "form.parent_id.value", category->parent_id);
	page_set_int(c, "form.version.value", category->version);
}

struct err *category_page_edit(struct call *c)
{
	struct category category;

	TRY(category_read(&c->ctx, c->id, &category));
	show_values(c, &category);
	return form_page(c, &category, category.parent_id);
}

static struct category_input input_of(const struct value *in)
{
	return (struct category_input){
		.name = in[FORM_NAME].text,
		.has_parent = true,
		.parent_id = in[FORM_PARENT].num,
	};
}

struct err *category_page_create(struct call *c)
{
	struct category_input in = input_of(c->in);
	struct err *e = c->input_err;
	struct category category;

	if (!e)
		e = category_create(&c->ctx, &in, &category);
	if (!e)
		return page_see_other(c, "/categories?done=made");
	TRY(page_form_again(c, e));
	return form_page(c, NULL, in.parent_id);
}

static void show_conflict(struct call *c, const struct category *now)
{
	struct str parent_id =
		now->parent_id ? str_printf(c->arena, "%lld", (long long)now->parent_id) : STR_NONE;

	page_form_now(c, FORM_NAME, now->name, now->name);
	page_form_now(c, FORM_PARENT, parent_id, now->parent);
	page_set_int(c, "form.version.value", now->version);
}

struct err *category_page_save(struct call *c)
{
	struct category_input in = input_of(c->in);
	struct err *e = c->input_err;
	struct category category;

	if (!e)
		e = category_update(&c->ctx, c->id, c->in[FORM_VERSION].num, &in, &category);
	if (!e)
		return page_see_other(c, "/categories?done=saved");
	TRY(page_edit_again(c, e));
	TRY(category_read(&c->ctx, c->id, &category));
	if (e->code == ERR_PRECONDITION)
		show_conflict(c, &category);
	return form_page(c, &category, in.parent_id);
}

struct err *category_page_delete(struct call *c)
{
	struct category category;
	struct err *e = category_delete(&c->ctx, c->id, c->in[0].num);

	if (!e)
		return page_see_other(c, "/categories?done=deleted");
	TRY(page_form_again(c, e));
	TRY(category_read(&c->ctx, c->id, &category));
	show_values(c, &category);
	return form_page(c, &category, category.parent_id);
}
