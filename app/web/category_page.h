/* category_page: the list of categories and their form. */
#ifndef BINCARD_WEB_CATEGORY_PAGE_H
#define BINCARD_WEB_CATEGORY_PAGE_H

#include "web/route.h"

extern const struct field category_page_list_fields[], category_page_form_fields[];
handler_fn category_page_list, category_page_new, category_page_create, category_page_edit,
	category_page_save, category_page_delete;

/* categories.N.id and .name, for a select; `chosen` is always among them (0: none is chosen), so that
 * a form does not lose what it cannot show. */
MUST_CHECK struct err *category_page_choices(struct call *c, int64_t chosen);
/* The same out of this process's memory, at most CHOICES_KEPT_S old: for a filter, where another
 * category that was made a moment ago may be missing, and a statement for each list page would be a
 * fifth of its cost. */
#define CHOICES_KEPT_S 5
MUST_CHECK struct err *category_page_remembered_choices(struct call *c, int64_t chosen);

#endif
