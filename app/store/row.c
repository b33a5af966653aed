#include "store/row.h"

#include "base/buf.h"

struct str row_name_quantities(struct arena *a, const struct db_rows *rows)
{
	struct buf b;

	buf_init(&b, a, 4096);
	for (size_t i = 0; i < rows->n; i++) {
		struct row r = row_of(rows, i);
		struct str name = row_text(&r);
		char quantity[QTY_TEXT_MAX];

		qty_format(quantity, row_qty_sum(&r));
		buf_printf(&b, "%s%.*s (%s)", i ? ", " : "", STR_ARG(name), quantity);
	}
	return buf_str(&b);
}
