/*
 * movement_store: reads movement, movement_line and movement_reversal. Writing:
 * store/ledger_store.h.
 */
#ifndef BINCARD_STORE_MOVEMENT_STORE_H
#define BINCARD_STORE_MOVEMENT_STORE_H

#include "base/qty.h"
#include "db/db.h"

enum movement_type {
	MOVEMENT_RECEIPT,
	MOVEMENT_ISSUE,
	MOVEMENT_TRANSFER,
	MOVEMENT_ADJUSTMENT,
	MOVEMENT_RETURN,
	MOVEMENT_SCRAP,
	MOVEMENT_PRODUCTION,
	MOVEMENT_REVERSAL,
	MOVEMENT_TYPES
};
extern const char *const movement_type_names[MOVEMENT_TYPES + 1]; /* NULL-terminated */

struct posted_line {
	int64_t item_id;
	struct str sku, name, unit; /* name and unit: reads alone fill them */
	int64_t from_id, to_id;
	struct str from, to;
	qty_t quantity;
};

struct posted {
	int64_t id;
	enum movement_type type;
	struct str reference, reason;
	time_us occurred_at, recorded_at;
	struct str actor; /* "user:7" */
	struct str actor_name; /* what is shown; STR_NONE when there is no such user or client */
	struct str request_id; /* of the request that posted it; reads alone fill it */
	int64_t reverses; /* 0: none */
	int64_t reversed_by; /* 0: not reversed */
	struct posted_line *lines;
	size_t n;
	int64_t line_count; /* of the movement; a list may hold fewer lines */
	struct str json; /* after a posting: the movement as the API shows it, whole */
};

/* A list shows at most so many lines of each movement; posted.line_count tells how many it has. */
#define MOVEMENT_LIST_LINES_MAX 20

struct movement_filter {
	struct str sku;
	int64_t item_id;
	struct str location; /* from or to it */
	int64_t location_id;
	int type; /* -1: any, else enum movement_type */
	struct str reference;
	struct str within; /* reach (domain/reach.h), the location's too; STR_NONE: everywhere */
	bool names_known; /* a name that stands for nothing is an error, not an empty list */
	time_us occurred_from, occurred_before; /* TIME_NONE: open */
	int64_t after_id; /* older than this one; 0: first page */
	int limit;
};

struct posted_list {
	struct posted *rows;
	size_t n;
};

/* A line of an item's bin card. change is what it did to the stock in question, balance what was
 * there after it. */
struct bin_card_line {
	int64_t movement_id;
	int line_no;
	enum movement_type type;
	struct str reference, reason;
	time_us occurred_at, recorded_at;
	struct str actor, actor_name;
	struct str from, to;
	qty_t quantity, change;
	qty_sum_t balance;
};
struct bin_card {
	struct bin_card_line *lines;
	size_t n;
};

MUST_CHECK struct err *movement_store_by_id(
	struct db *db, struct arena *a, int64_t id, struct posted *out, bool *found);
/* Lines of m->id: all, or those that touch what is within reach, where 0 stands for an end that is not. */
MUST_CHECK struct err *movement_store_lines(
	struct db *db, struct arena *a, struct posted *m, struct str within);
/* Headers without lines; item and location of the filter by id. */
MUST_CHECK struct err *movement_store_page(
	struct db *db, struct arena *a, const struct movement_filter *f, struct posted_list *out);
/* The first lines of each movement of the list, of the filter's item if it names one, within its reach. */
MUST_CHECK struct err *movement_store_list_lines(
	struct db *db, struct arena *a, struct posted_list *list, const struct movement_filter *f);
/* Lines before (after_movement, after_line), newest first. location_id 0: all real ones
 * within reach together. */
MUST_CHECK struct err *movement_store_bin_card(struct db *db, struct arena *a, int64_t item_id,
	int64_t location_id, struct str within, int64_t after_movement, int after_line, int limit,
	struct bin_card *out);

#endif
