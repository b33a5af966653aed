#include "base/err.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* clang-format off */
static const struct {
	int status;
	const char *slug, *title;
} rows[] = {
#define X(code, status, slug, title) {status, slug, title},
	ERR_TABLE(X)
#undef X
};
/* clang-format on */

int err_status(enum err_code code)
{
	assert(code < ERR_CODES);
	return rows[code].status;
}

const char *err_slug(enum err_code code)
{
	assert(code < ERR_CODES);
	return rows[code].slug;
}

const char *err_title(enum err_code code)
{
	assert(code < ERR_CODES);
	return rows[code].title;
}

static __attribute__((format(printf, 2, 0))) struct str vtext(
	struct arena *a, const char *fmt, va_list ap)
{
	return str_of(arena_vprintf(a, fmt, ap));
}

struct err *err_new(struct arena *a, enum err_code code, const char *fmt, ...)
{
	struct err *e = ARENA_NEW(a, struct err);
	va_list ap;

	assert(code < ERR_CODES);
	e->code = code;
	e->arena = a;
	e->fields_end = &e->fields;
	va_start(ap, fmt);
	e->detail = vtext(a, fmt, ap);
	va_end(ap);
	return e;
}

struct err *err_because(struct err *e, const char *fmt, ...)
{
	struct str before = e->cause;
	va_list ap;

	va_start(ap, fmt);
	e->cause = vtext(e->arena, fmt, ap);
	va_end(ap);
	if (before.p)
		e->cause = str_printf(e->arena, "%.*s: %.*s", STR_ARG(e->cause), STR_ARG(before));
	return e;
}

struct err_field *err_add_field(
	struct err **e, struct arena *a, struct str pointer, const char *code, const char *fmt, ...)
{
	struct err_field *f;
	va_list ap;

	if (!*e)
		*e = err_new(a, ERR_INVALID, "Some fields are not valid.");
	if ((*e)->field_count++ >= ERR_FIELDS_MAX)
		return NULL;
	a = (*e)->arena; /* an error and its fields live and die together */
	f = ARENA_NEW(a, struct err_field);
	f->pointer = str_copy(a, pointer);
	f->code = code;
	va_start(ap, fmt);
	f->detail = vtext(a, fmt, ap);
	va_end(ap);
	*(*e)->fields_end = f;
	(*e)->fields_end = &f->next;
	return f;
}

static bool stands_in(struct str pointer, struct str outer)
{
	return pointer.n >= outer.n && memcmp(pointer.p, outer.p, outer.n) == 0 &&
		(pointer.n == outer.n || pointer.p[outer.n] == '/');
}

static bool speaks_of(const struct err *e, struct str pointer)
{
	for (const struct err_field *f = e->fields; f; f = f->next)
		if (stands_in(pointer, f->pointer))
			return true;
	return false;
}

struct err *err_join(struct err *first, struct err *more)
{
	struct err_field *kept = NULL, **end = &kept, *next;
	unsigned count;

	if (!first || !more)
		return first ? first : more;
	count = first->field_count + more->field_count;
	for (struct err_field *f = more->fields; f; f = next) {
		next = f->next;
		if (speaks_of(first, f->pointer)) {
			count--;
		} else if (first->field_count < ERR_FIELDS_MAX) {
			first->field_count++;
			*end = f;
			end = &f->next;
		}
	}
	*end = NULL;
	first->field_count = count;
	if (kept) {
		*first->fields_end = kept;
		first->fields_end = end;
	}
	return first;
}
