/*
 * statements: the registry of all SQL. Each sql/statements/<stem>.def holds rows
 *
 *	STMT(ITEM_BY_ID, "i", "isst", "SELECT id, sku, name, updated_at FROM item WHERE id = ?")
 *
 * name, input signature, output signature ("" for none), text. Long texts are adjacent string
 * literals, a clause a line.
 *
 * all.def includes the stems of the application's account: `bincard serve` looks at all of them when it starts.
 * owner.def is for `bincard migrate`, and for what not every server knows.
 */
#ifndef BINCARD_DB_STATEMENTS_H
#define BINCARD_DB_STATEMENTS_H

enum stmt_id {
#define STMT(id, in, out, sql) id,
#include "sql/statements/all.def"
	STMT_APP_COUNT,
	STMT_APP_LAST = STMT_APP_COUNT - 1, /* the next one takes STMT_APP_COUNT's number */
#include "sql/statements/owner.def"
#undef STMT
	STMT_COUNT
};

struct stmt_text {
	const char *name;
	const char *in;
	const char *out;
	const char *sql;
};

extern const struct stmt_text stmt_texts[STMT_COUNT];

#endif
