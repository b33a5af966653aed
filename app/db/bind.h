/*
 * bind: values to and from the binary protocol, and what a signature letter accepts.
 *
 * The cells into which a row is fetched belong to the connection and not to the statement: one
 * result is read at a time, so one set serves all. Each statement's result is bound to them once,
 * when it is prepared.
 */
#ifndef BINCARD_DB_BIND_H
#define BINCARD_DB_BIND_H

#include <mysql.h>

#include "db/db.h"

#define BIND_VALUES_MAX 64 /* parameters or columns of one statement */
/* Longer text is fetched a second time from the client's own copy, straight into the arena. */
#define BIND_TEXT_INLINE 256

struct bind_cell {
	union {
		long long num;
		MYSQL_TIME time;
		char text[BIND_TEXT_INLINE];
	};
	unsigned long length;
	my_bool null;
	my_bool cut;
};

struct bind_param {
	union {
		MYSQL_TIME time;
		char qty[QTY_TEXT_MAX];
	};
};

struct binder {
	MYSQL_BIND in[BIND_VALUES_MAX];
	struct bind_param params[BIND_VALUES_MAX];
	struct bind_cell cells[BIND_VALUES_MAX];
};

/* Asserts that the arguments are what the letters say. b->in then points into the arguments. */
void bind_in(struct binder *b, const char *letters, const struct db_value *args, size_t n);

/* Binds the statement's result to the cells; `letters` has a letter a column. */
MUST_CHECK bool bind_out(
	struct binder *b, MYSQL_STMT *handle, const char *letters, unsigned columns);

/* The row fetched last, into row[0..columns-1]; text goes into the arena. ERR_INTERNAL when a value
 * does not fit its C type. */
MUST_CHECK struct err *bind_row(struct binder *b, MYSQL_STMT *handle, struct arena *a,
	const char *letters, unsigned columns, struct db_value *row);

/* The letter for a result column, or 0 when no letter can hold it. *any is set for an untyped NULL,
 * which any letter holds. */
char bind_letter(const MYSQL_FIELD *field, bool *any);
/* For messages: "DECIMAL(18,6)", "text", ... */
const char *bind_type_name(struct arena *a, const MYSQL_FIELD *field);

#endif
