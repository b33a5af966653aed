#include "db/bind.h"

#include <assert.h>
#include <string.h>

#define CHARSET_BINARY 63 /* the character set number of what is bytes and not text */

static char letter_of(enum db_type type)
{
	static const char letters[] = {
		[DB_INT] = 'i', [DB_QTY] = 'q', [DB_TIME] = 't', [DB_TEXT] = 's', [DB_BYTES] = 'b'};

	return letters[type];
}

static enum db_type type_of(char letter)
{
	switch (letter) {
	case 'i':
		return DB_INT;
	case 'q':
		return DB_QTY;
	case 't':
		return DB_TIME;
	case 's':
		return DB_TEXT;
	default:
		assert(letter == 'b');
		return DB_BYTES;
	}
}

static void to_mysql_time(MYSQL_TIME *out, time_us t)
{
	struct time_fields f;

	time_split(t, &f);
	*out = (MYSQL_TIME){
		.year = (unsigned)f.year,
		.month = (unsigned)f.month,
		.day = (unsigned)f.day,
		.hour = (unsigned)f.hour,
		.minute = (unsigned)f.minute,
		.second = (unsigned)f.second,
		.second_part = (unsigned long)f.micros,
		.time_type = MYSQL_TIMESTAMP_DATETIME,
	};
}

/* The library reads the buffers and never writes them: hence the casts that drop const. */
static void bind_one(MYSQL_BIND *in, struct bind_param *p, const struct db_value *v)
{
	memset(in, 0, sizeof(*in));
	if (v->null) {
		in->buffer_type = MYSQL_TYPE_NULL;
		return;
	}
	switch (v->type) {
	case DB_INT:
		in->buffer_type = MYSQL_TYPE_LONGLONG;
		in->buffer = (void *)(uintptr_t)&v->num;
		break;
	case DB_QTY:
		in->buffer_type = MYSQL_TYPE_NEWDECIMAL;
		in->buffer = p->qty;
		in->buffer_length = (unsigned long)qty_format(p->qty, v->qty);
		break;
	case DB_TIME:
		to_mysql_time(&p->time, v->num);
		in->buffer_type = MYSQL_TYPE_DATETIME;
		in->buffer = &p->time;
		break;
	case DB_TEXT:
	case DB_BYTES:
		in->buffer_type = v->type == DB_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
		in->buffer = (void *)(uintptr_t)v->text.p;
		in->buffer_length = v->text.n;
		break;
	}
}

void bind_in(struct binder *b, const char *letters, const struct db_value *args, size_t n)
{
	assert(n == strlen(letters) && n <= BIND_VALUES_MAX);
	for (size_t i = 0; i < n; i++) {
		assert(letter_of(args[i].type) == letters[i]);
		bind_one(&b->in[i], &b->params[i], &args[i]);
	}
}

bool bind_out(struct binder *b, MYSQL_STMT *handle, const char *letters, unsigned columns)
{
	MYSQL_BIND out[BIND_VALUES_MAX];

	assert(columns <= BIND_VALUES_MAX);
	memset(out, 0, columns * sizeof(out[0]));
	for (unsigned i = 0; i < columns; i++) {
		struct bind_cell *cell = &b->cells[i];

		out[i].length = &cell->length;
		out[i].is_null = &cell->null;
		out[i].error = &cell->cut;
		out[i].buffer = cell->text;
		switch (type_of(letters[i])) {
		case DB_INT:
			out[i].buffer_type = MYSQL_TYPE_LONGLONG;
			break;
		case DB_TIME:
			out[i].buffer_type = MYSQL_TYPE_DATETIME;
			break;
		case DB_QTY:
		case DB_TEXT:
			out[i].buffer_type = MYSQL_TYPE_STRING;
			out[i].buffer_length = sizeof(cell->text);
			break;
		case DB_BYTES:
			out[i].buffer_type = MYSQL_TYPE_BLOB;
			out[i].buffer_length = sizeof(cell->text);
			break;
		}
	}
	return mysql_stmt_bind_result(handle, out) == 0;
}

static bool read_text(MYSQL_STMT *handle, struct arena *a, unsigned column,
	const struct bind_cell *cell, struct str *out)
{
	MYSQL_BIND whole = {0};
	char *text;

	out->n = cell->length;
	if (cell->length <= sizeof(cell->text)) {
		out->p = arena_copy(a, cell->text, cell->length);
		return true;
	}
	text = arena_alloc(a, cell->length + 1);
	whole.buffer_type = MYSQL_TYPE_BLOB;
	whole.buffer = text;
	whole.buffer_length = cell->length;
	out->p = text;
	return mysql_stmt_fetch_column(handle, &whole, column, 0) == 0;
}

static bool read_time(const MYSQL_TIME *t, time_us *out)
{
	struct time_fields f = {
		.year = (int)t->year,
		.month = (int)t->month,
		.day = (int)t->day,
		.hour = (int)t->hour,
		.minute = (int)t->minute,
		.second = (int)t->second,
		.micros = (int)t->second_part,
	};

	return time_join(&f, out);
}

static bool read_cell(MYSQL_STMT *handle, struct arena *a, unsigned column,
	const struct bind_cell *cell, struct db_value *v)
{
	switch (v->type) {
	case DB_INT:
		v->num = cell->num;
		return !cell->cut;
	case DB_QTY:
		return cell->length <= sizeof(cell->text) &&
			qty_parse_sum((struct str){cell->text, cell->length}, &v->qty) == QTY_OK;
	case DB_TIME:
		return read_time(&cell->time, &v->num);
	case DB_TEXT:
	case DB_BYTES:
		return read_text(handle, a, column, cell, &v->text);
	}
	return false;
}

struct err *bind_row(struct binder *b, MYSQL_STMT *handle, struct arena *a, const char *letters,
	unsigned columns, struct db_value *row)
{
	for (unsigned i = 0; i < columns; i++) {
		const struct bind_cell *cell = &b->cells[i];

		row[i] = (struct db_value){.type = type_of(letters[i]), .null = cell->null};
		if (!cell->null && !read_cell(handle, a, i, cell, &row[i]))
			return err_because(
				err_new(a, ERR_INTERNAL, "A stored value cannot be read"),
				"column %u does not fit '%c'", i + 1, letters[i]);
	}
	return NULL;
}

char bind_letter(const MYSQL_FIELD *field, bool *any)
{
	*any = field->type == MYSQL_TYPE_NULL;
	switch ((int)field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		return 'i';
	case MYSQL_TYPE_NEWDECIMAL:
		return field->decimals <= 6 ? 'q' : 0;
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return 't';
	case MYSQL_TYPE_JSON:
		return 's';
	case MYSQL_TYPE_ENUM:
	case MYSQL_TYPE_SET:
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_VARCHAR:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_STRING:
		return field->charsetnr == CHARSET_BINARY ? 'b' : 's';
	default:
		return 0;
	}
}

const char *bind_type_name(struct arena *a, const MYSQL_FIELD *field)
{
	bool any;
	char letter = bind_letter(field, &any);

	if (any)
		return "an untyped NULL";
	switch (letter) {
	case 'i':
		return "an integer (i)";
	case 't':
		return "a date and time (t)";
	case 's':
		return "text (s)";
	case 'b':
		return "bytes (b)";
	default:
		break;
	}
	if (field->type == MYSQL_TYPE_NEWDECIMAL)
		return arena_printf(a, "a decimal with %u places (%s)", field->decimals,
			letter ? "q" : "more than q holds: CAST it");
	return arena_printf(a, "of a type that no letter stands for (number %d)", (int)field->type);
}
