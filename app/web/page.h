/*
 * page: HTML by ClearSilver, whose headers web/templates.c alone includes.
 *
 * A handler fills HDF through these functions and names a template; dispatch renders it after the
 * handler has returned NULL. Values are escaped by default (Config.VarEscapeMode=html). Names are
 * constant paths or built from numbers ("rows.12.sku"), never from user text.
 *
 * The answer is layout/head, the template, layout/foot: a template holds what stands between.
 * Beside what the handler sets they see: site.name, title, at.<section> (the part of the site),
 * user.name, csrf, can.<permission> ("can.items_write"), flag.<name> ("flag.api_docs"), request_id, api_link, notice.
 */
#ifndef BINCARD_WEB_PAGE_H
#define BINCARD_WEB_PAGE_H

#include "base/err.h"
#include "base/qty.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "web/route.h"
#include "web/templates.h"

struct page;

/* templates_load (web/templates.h) parses every folder's *.cs once, but those whose name begins
 * with "_", which are included by others; an error names file and line. */

/* Names the template ("item/list"), and the page's title. */
void page_template(struct call *c, const char *template_name, const char *title_fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The API call that gives the same data: a path such as "/v1/items/7". */
void page_api(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for a list: a parameter for each pair that has a value. */
struct page_pair {
	const char *name;
	struct str value;
};
void page_api_query(struct call *c, const char *path, const struct page_pair *pairs, size_t n);

/* The path of the page when it is not that of the request: a button's page is shown again at the
 * address that the button was sent to. */
void page_address(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str page_path(const struct call *c);

/* Makes the page follow the feed: events of these kinds, as far as the caller may see any, and of what the filter names
 * ("&item_id=7", or ""). Called before the page's data is read, which costs a statement: what is in the data twice is
 * harmless, what is in neither would be lost. A page that answers a form is as of then. */
enum page_live { LIVE_STOCK = 1, LIVE_MOVEMENTS = 2, LIVE_ITEMS = 4, LIVE_LOCATIONS = 8 };
MUST_CHECK struct err *page_live(struct call *c, unsigned what, const char *filter_fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same in two steps, for a page that knows its filter only when its data is read. */
MUST_CHECK struct err *page_live_begin(struct call *c);
void page_live_query(struct call *c, unsigned what, const char *filter_fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A text given as `const char *` must live until the answer is sent; a struct str is copied. */
void page_set(struct call *c, const char *name, struct str v);
void page_set_cstr(struct call *c, const char *name, const char *v);
void page_set_int(struct call *c, const char *name, int64_t v);
void page_set_qty(struct call *c, const char *name, qty_sum_t v);
void page_set_time(
	struct call *c, const char *name, time_us v); /* "2026-11-23 09:00:00", and name.iso */

/* The same for row i of a list: cheaper than a formatted path. A row is a node; columns are set on
 * it, each once. Rows are made in order: i = 0, 1, 2, ... */
struct page_row *page_row(struct call *c, const char *list, size_t i);
void row_set(struct page_row *r, const char *name, struct str v);
void row_set_cstr(struct page_row *r, const char *name, const char *v);
void row_set_int(struct page_row *r, const char *name, int64_t v);
void row_set_qty(struct page_row *r, const char *name, qty_sum_t v);
void row_set_time(struct page_row *r, const char *name, time_us v);
void row_set_minute(struct page_row *r, const char *name, time_us v); /* "2026-11-23 09:00" */
/* Row i of a list inside a row. */
struct page_row *row_child(struct page_row *r, const char *list, size_t i);

/* ---- lists ---- */

/* The address of this list with one query parameter set to another value (STR_NONE: left out); the
 * cursor and a notice do not stay. */
struct str page_link(struct call *c, const char *name, struct str value);
/* next, and first when this is not the first page. `next` NULL: there are no more rows. */
void page_pages(struct call *c, const char *list, const struct list_cursor *next);
/* sort.<name>.link and .dir for each of the field's choices; the first is what an unset one means.
 * Returns the text of the sort in use ("-name"), which is part of the cursor's list. */
const char *page_sorts(struct call *c, const struct field *f, const struct value *v);

/* The day in a FIELD_TEXT of the row's input ("2026-11-23"): the instant at which it begins, or ends.
 * TIME_NONE when none is given; one that cannot be read becomes a wrong field of *e. */
time_us page_day(struct call *c, size_t field, struct err **e);
time_us page_day_end(struct call *c, size_t field, struct err **e);

/* What a page that was redirected to says at its top: ?done=saved. The value is the field's. */
#define PAGE_FIELD_DONE                                                          \
	{                                                                        \
		.name = "done", .type = FIELD_CHOICE, .choices = page_done_names \
	}
extern const char *const page_done_names[];
void page_notice(struct call *c, const struct value *done);

/* ---- forms ---- */

/* What a form saw, so that nothing is changed that somebody else has changed since. Alone it is the
 * input of a button. */
#define PAGE_FIELD_VERSION                                                                      \
	{                                                                                       \
		.name = "version", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX \
	}
extern const struct field page_version_fields[];

/* The node at a constant path, made when it is not there. */
struct page_row *page_node(struct call *c, const char *path);

/* What was typed and what is wrong with it: form.<field>.value and form.<field>.error for every
 * field of the row's input (passwords excepted), form.lines.N.<field>.value and .error for
 * FIELD_ROWS. All errors are in form.errors.N too: detail, and of one field: field ("sku",
 * "lines.0.sku"), line (of a row, from 1) and control, the id of the field's control ("f-sku",
 * "f-lines-0-sku"). A control that shows a value on a new form gets it by page_set(c,
 * "form.sku.value", ...). */
void page_form(struct call *c, const struct err *e);
/* What to do with the error of a form's handler: one that the person can mend is put into the form
 * with page_form(), sets the answer's status, and NULL is returned so that the form is shown again;
 * any other is returned. */
MUST_CHECK struct err *page_form_again(struct call *c, struct err *e);
/* The answer to who has to wait (ERR_RATE), when a form is shown with it: 429 and Retry-After. */
void page_retry_after(struct call *c, const struct err *e);
/* The same for the form of something with a version. After ERR_PRECONDITION the handler says what is
 * stored now with page_form_now(), and only then takes over the version. */
MUST_CHECK struct err *page_edit_again(struct call *c, struct err *e);
/* form.<field>.differs and .now, when what is stored in the field of the row's input is not what was
 * typed. `stored` is compared with the text of the control, `shown` is how a person reads it. */
void page_form_now(struct call *c, size_t field, struct str stored, struct str shown);
/* form.<field>.label and .max for the fields that have a label. */
void page_form_fields(struct call *c, const struct field *fields);
/* See Other after a successful POST; fmt makes a local path. */
struct err *page_see_other(struct call *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* To another site or app: its whole address (asserted: not a local path). */
struct err *page_leave(struct call *c, struct str url);

/* Instead of a template: the body is written already. */
void page_body(struct call *c, const char *content_type);
/* ... and is a file to keep. name: plain ASCII. */
void page_file(struct call *c, const char *content_type, const char *name);

/* ---- used by dispatch ---- */

MUST_CHECK struct err *page_begin(struct call *c);
MUST_CHECK struct err *page_render(struct call *c);
/* The error page, for HTML routes; never fails (falls back to a plain sentence). */
void page_error(struct call *c, const struct err *e);

#endif
