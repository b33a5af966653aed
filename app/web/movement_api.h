/* movement_api: posting, reversing and reading movements under /v1. */
#ifndef BINCARD_WEB_MOVEMENT_API_H
#define BINCARD_WEB_MOVEMENT_API_H

#include "web/route.h"

extern const struct field movement_list_fields[], movement_post_fields[], movement_reverse_fields[];
handler_fn movement_api_list, movement_api_get, movement_api_post, movement_api_reverse;

/* The declared input of a posting becomes a movement; for the page's form as well. */
struct ledger_movement;
void movement_from_input(struct arena *a, const struct value *in, struct ledger_movement *out);

enum movement_post_field {
	POST_TYPE,
	POST_REFERENCE,
	POST_REASON,
	POST_OCCURRED_AT,
	POST_LINES,
};
enum movement_line_field {
	LINE_SKU,
	LINE_ITEM_ID,
	LINE_FROM,
	LINE_TO,
	LINE_QUANTITY,
};

#endif
