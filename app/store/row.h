/*
 * row: reads the values of one result row in the order of the statement's column list. A reader
 * calls one function a column and nothing else, so that it can be held against the list beside it:
 *
 *	struct row r = row_of(&rows, i);
 *	out->id = row_int(&r);
 *	out->sku = row_text(&r);
 *
 * NULL where the schema says NOT NULL is an assert; the functions ending in _or_... take it.
 */
#ifndef BINCARD_STORE_ROW_H
#define BINCARD_STORE_ROW_H

#include <assert.h>

#include "db/db.h"

struct row {
	const struct db_value *next;
};

static inline struct row row_of(const struct db_rows *rows, size_t i)
{
	assert(i < rows->n);
	return (struct row){db_row(rows, i)};
}

static inline const struct db_value *row_take(struct row *r, enum db_type type)
{
	assert(r->next->type == type);
	return r->next++;
}

static inline int64_t row_int_or_0(struct row *r)
{
	const struct db_value *v = row_take(r, DB_INT);

	return v->null ? 0 : v->num;
}

static inline int64_t row_int(struct row *r)
{
	assert(!r->next->null);
	return row_int_or_0(r);
}

static inline qty_t row_qty(struct row *r)
{
	assert(!r->next->null);
	return (qty_t)row_take(r, DB_QTY)->qty;
}

static inline qty_sum_t row_qty_sum(struct row *r)
{
	assert(!r->next->null);
	return row_take(r, DB_QTY)->qty;
}

static inline time_us row_time(struct row *r)
{
	assert(!r->next->null);
	return row_take(r, DB_TIME)->num;
}

static inline struct str row_text_or_none(struct row *r)
{
	const struct db_value *v = row_take(r, DB_TEXT);

	return v->null ? STR_NONE : v->text;
}

static inline struct str row_text(struct row *r)
{
	assert(!r->next->null);
	return row_text_or_none(r);
}

/* Rows of a name and a quantity as a phrase: "A-1 (40), B-7 (2.5)". */
struct str row_name_quantities(struct arena *a, const struct db_rows *rows);

#endif
