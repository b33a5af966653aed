/* docs_answers: the shapes of answers on the page of the API reference. */
#ifndef BINCARD_WEB_DOCS_ANSWERS_H
#define BINCARD_WEB_DOCS_ANSWERS_H

#include "base/json_in.h"
#include "web/page.h"

/* Rows "answers" of the page: name, help, and fields (name, type, ref, choices, help, optional). */
MUST_CHECK struct err *docs_show_answers(struct call *c);
/* The schemas of the OpenAPI document. */
MUST_CHECK struct err *docs_schemas(struct call *c, const struct json_node **out);
/* Rows "fields" of one of them. */
void docs_show_fields(struct page_row *r, const struct json_node *schema);
/* The name at the end of "#/components/schemas/Item"; STR_NONE when it is no reference. */
struct str docs_referred(const struct json_node *schema);

#endif
