#include "domain/check.h"

#include <stdarg.h>

struct check check_begin(const struct ctx *c)
{
	return (struct check){.arena = c->arena, .mistakes = c->mistakes};
}

static __attribute__((format(printf, 4, 0))) void add(
	struct check *k, const char *pointer, const char *code, const char *fmt, va_list ap)
{
	const char *detail = arena_vprintf(k->arena, fmt, ap);

	(void)err_add_field(&k->err, k->arena, str_of(pointer), code, "%s", detail);
}

void check_wrong(struct check *k, const char *pointer, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(k, pointer, code, fmt, ap);
	va_end(ap);
}

void check_duplicate(struct check *k, const char *pointer, const char *fmt, ...)
{
	va_list ap;

	k->duplicates++;
	va_start(ap, fmt);
	add(k, pointer, "duplicate", fmt, ap);
	va_end(ap);
}

void check_needed(struct check *k, const char *pointer, struct str s)
{
	if (!s.p)
		check_wrong(k, pointer, "required", "This field is required.");
}

void check_text(
	struct check *k, const char *pointer, struct str s, size_t max, enum check_kind kind)
{
	struct str trimmed = str_trim_text(s);

	if (!s.p)
		return;
	if (!trimmed.n && kind != CHECK_MULTILINE)
		check_wrong(k, pointer, "required", "This field must not be empty.");
	else if (!str_is_text(s, kind == CHECK_MULTILINE))
		check_wrong(k, pointer, "invalid_text", "Control characters are not allowed.");
	else if (trimmed.n != s.n && kind == CHECK_CODE)
		check_wrong(k, pointer, "invalid_text", "White space at the ends is not allowed.");
	else if (s.n > max && str_code_points(s) > max)
		check_wrong(k, pointer, "too_long", "At most %zu characters are allowed.", max);
}

struct err *check_end(struct check *k)
{
	struct err *e = k->err;

	if (e && !k->mistakes && k->duplicates == e->field_count) {
		e->code = ERR_DUPLICATE;
		e->detail = e->fields->detail;
	}
	return err_join(k->mistakes, e);
}

struct err *check_again(struct err *e)
{
	if (e && (e->code == ERR_DB_DUPLICATE_KEY || e->code == ERR_DB_REFERENCED))
		e->code = ERR_DB_DEADLOCK;
	return e;
}

struct err *check_version(struct arena *a, int64_t wanted, int64_t there)
{
	if (!wanted || wanted == there)
		return NULL;
	return err_new(a, ERR_PRECONDITION, "This is version %lld now, not %lld.", (long long)there,
		(long long)wanted);
}
