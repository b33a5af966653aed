/* movement_page: the list of movements, one movement with its reversal, the posting form
 * (web/posting_page.c), and counting (web/count_page.c). */
#ifndef BINCARD_WEB_MOVEMENT_PAGE_H
#define BINCARD_WEB_MOVEMENT_PAGE_H

#include "store/movement_store.h"
#include "web/route.h"

extern const struct field movement_page_list_fields[], movement_page_show_fields[],
	movement_page_reverse_fields[], posting_page_new_fields[], posting_page_fields[],
	count_page_show_fields[], count_page_fields[];
handler_fn movement_page_list, movement_page_show, movement_page_reverse, posting_page_new,
	posting_page_post, count_page_show, count_page_post;

#define ITEM_TYPED "Item (SKU or barcode)" /* the label of what scan_items() reads */

/* rows.N of movement/_table.cs. */
void movement_page_rows(struct call *c, const struct posted_list *list);

/* Where a form that was posted goes on: the movement, also when it had been posted before. */
MUST_CHECK struct err *movement_page_posted(
	struct call *c, const struct posted *p, const char *done);
/* A new value for a form's field "once", form.once.value: a form that is sent twice posts once. */
void movement_page_once(struct call *c);
/* page_form_again() of a form with that field. */
MUST_CHECK struct err *movement_page_again(struct call *c, struct err *e);
/* tabs.N of movement/_tabs.cs; `current` is the type, or "count". */
void posting_page_tabs(struct call *c, const char *current);

#endif
