/* One declared value: its type, its limits, and the sentence that says what is wrong with it. */
#include "http/form_value.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

/* RFC 6901: '~' is "~0", '/' is "~1". */
static void add_escaped(struct buf *b, struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '~')
			buf_add(b, "~0", 2);
		else if (name.p[i] == '/')
			buf_add(b, "~1", 2);
		else
			buf_add_char(b, name.p[i]);
	}
}

static void add_pointer(struct buf *b, const struct form_place *place)
{
	if (!place)
		return;
	add_pointer(b, place->up);
	buf_add_char(b, '/');
	if (place->name.p)
		add_escaped(b, place->name);
	else
		buf_add_int(b, (int64_t)place->index);
}

void form_wrong(struct form_reader *r, const struct form_place *place, const char *code,
	const char *fmt, ...)
{
	struct buf pointer;
	va_list ap;
	char *detail;

	buf_init(&pointer, r->arena, (size_t)4 * 1024 * 1024);
	add_pointer(&pointer, place);
	va_start(ap, fmt);
	detail = arena_vprintf(r->arena, fmt, ap);
	va_end(ap);
	(void)err_add_field(
		&r->err, r->arena, pointer.n ? buf_str(&pointer) : STR(""), code, "%s", detail);
}

/* ---- present, empty or null ---- */

static bool is_trimmed(const struct field *f)
{
	if (f->flags & FIELD_PASSWORD)
		return false;
	return f->type != FIELD_MULTILINE;
}

static struct str typed(const struct field *f, const struct form_raw *raw)
{
	return is_trimmed(f) ? str_trim(raw->text) : raw->text;
}

static struct str json_text(struct arena *a, const struct json_node *node)
{
	switch (node->type) {
	case JSON_TEXT:
		return node->text;
	case JSON_INT:
		return str_printf(a, "%lld", (long long)node->num);
	case JSON_BOOL:
		return node->num ? STR("true") : STR("false");
	case JSON_NULL:
	case JSON_REAL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return STR_NONE;
}

static bool is_empty_json(const struct json_node *node)
{
	if (node->type == JSON_TEXT)
		return node->text.n == 0;
	return node->type == JSON_ARRAY && node->count == 0;
}

static bool missing(struct form_reader *r, const struct field *f, const struct form_place *place)
{
	if (f->flags & FIELD_REQUIRED)
		form_wrong(r, place, "required", "This field is required.");
	return false;
}

static bool present_null(struct form_reader *r, const struct field *f,
	const struct form_place *place, struct value *v)
{
	if (f->flags & FIELD_NULLABLE) {
		v->set = true;
		v->null = true;
		return false;
	}
	if (f->flags & FIELD_REQUIRED)
		return missing(r, f, place);
	form_wrong(r, place, "wrong_type", "This field cannot be null; leave it out instead.");
	return false;
}

bool form_value_present(struct form_reader *r, const struct field *f,
	const struct form_place *place, const struct form_raw *raw, struct value *v)
{
	if (!raw->seen)
		return missing(r, f, place);
	if (raw->node) {
		if (raw->node->type == JSON_NULL)
			return present_null(r, f, place, v);
		v->set = true;
		v->text = json_text(r->arena, raw->node);
		if ((f->flags & FIELD_REQUIRED) && is_empty_json(raw->node))
			return missing(r, f, place);
		return true;
	}
	v->text = typed(f, raw);
	if (v->text.n) {
		v->set = true;
		return true;
	}
	if (!(f->flags & FIELD_NULLABLE))
		return missing(r, f, place);
	v->text = STR_NONE;
	v->set = true;
	v->null = true;
	return false;
}

/* ---- text ---- */

static void check_text(struct form_reader *r, const struct form_place *place, struct str s,
	size_t max, bool multiline)
{
	if (!str_is_text(s, multiline))
		form_wrong(r, place, "invalid_text",
			multiline ? "Control characters other than tab and newline are not allowed."
				  : "Control characters are not allowed.");
	else if (max && s.n > max && str_code_points(s) > max)
		form_wrong(r, place, "too_long", "At most %zu characters are allowed.", max);
}

static void check_code(
	struct form_reader *r, const struct form_place *place, struct str s, size_t max)
{
	if (s.n && str_trim(s).n != s.n)
		form_wrong(r, place, "invalid_text", "White space at the ends is not allowed.");
	else
		check_text(r, place, s, max, false);
}

/* Browsers send the lines of a text area with CR LF. */
static struct str join_lines(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (!s.n || !memchr(s.p, '\r', s.n))
		return s;
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		p[n++] = s.p[i];
	}
	return (struct str){p, n};
}

static void read_text(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	bool multiline = f->type == FIELD_MULTILINE;

	if (raw->node && raw->node->type != JSON_TEXT) {
		form_wrong(r, place, "wrong_type", "A text is expected.");
		return;
	}
	if (multiline && !raw->node)
		v->text = join_lines(r->arena, v->text);
	if (f->type == FIELD_CODE)
		check_code(r, place, v->text, f->max);
	else
		check_text(r, place, v->text, f->max, multiline);
}

/* ---- numbers ---- */

static void check_sign(
	struct form_reader *r, const struct field *f, const struct form_place *place, int64_t num)
{
	if ((f->flags & FIELD_POSITIVE) && num <= 0)
		form_wrong(r, place, "not_positive", "It must be greater than 0.");
	else if ((f->flags & FIELD_NOT_NEGATIVE) && num < 0)
		form_wrong(r, place, "negative", "It must not be negative.");
}

static bool is_all_digits(struct str s)
{
	size_t i = s.n && s.p[0] == '-' ? 1 : 0;

	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return true;
}

static void read_int(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	if (raw->node && raw->node->type != JSON_INT) {
		form_wrong(r, place, "wrong_type", "A whole number is expected.");
		return;
	}
	if (raw->node) {
		v->num = raw->node->num;
	} else if (!str_to_int(v->text, &v->num)) {
		if (is_all_digits(v->text))
			form_wrong(r, place, "too_large", "This number is too large.");
		else
			form_wrong(r, place, "not_a_number", "A whole number is expected.");
		return;
	}
	if (f->max && v->num > 0 && (uint64_t)v->num > f->max)
		form_wrong(r, place, "too_large", "It must not be greater than %zu.", f->max);
	else
		check_sign(r, f, place, v->num);
}

static enum qty_result whole_qty(int64_t units, qty_t *out)
{
	if (units > QTY_MAX / QTY_ONE || units < -(QTY_MAX / QTY_ONE))
		return QTY_TOO_LARGE;
	*out = units * QTY_ONE;
	return QTY_OK;
}

static void read_qty(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	enum qty_result result;

	if (raw->node && raw->node->type != JSON_INT && raw->node->type != JSON_TEXT) {
		form_wrong(r, place, "wrong_type",
			"Quantities are decimal strings, such as \"12.5\"; of JSON numbers only "
			"integers are accepted.");
		return;
	}
	if (raw->node && raw->node->type == JSON_INT)
		result = whole_qty(raw->node->num, &v->num);
	else
		result = qty_parse(v->text, &v->num);
	switch (result) {
	case QTY_OK:
		check_sign(r, f, place, v->num);
		break;
	case QTY_NOT_A_NUMBER:
		form_wrong(r, place, "not_a_number", "A decimal number such as 12.5 is expected.");
		break;
	case QTY_TOO_PRECISE:
		form_wrong(r, place, "too_precise", "At most six decimals are allowed.");
		break;
	case QTY_TOO_LARGE:
		form_wrong(r, place, "too_large", "This quantity is too large.");
		break;
	}
}

/* ---- yes or no, instants, choices ---- */

static void read_bool(struct form_reader *r, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	if (raw->node && raw->node->type != JSON_BOOL)
		form_wrong(r, place, "wrong_type", "true or false is expected.");
	else if (str_is(v->text, "true") || (!raw->node && str_is(v->text, "on")))
		v->num = 1;
	else if (!str_is(v->text, "false"))
		form_wrong(r, place, "wrong_type", "true or false is expected.");
}

/* datetime-local gives "2026-11-23T09:00", with seconds only when they are not 0. */
static bool parse_local(struct arena *a, struct str s, int64_t *out)
{
	if (s.n == sizeof("2026-11-23T09:00") - 1)
		return time_parse(str_printf(a, "%.*s:00Z", STR_ARG(s)), out);
	return s.n >= sizeof("2026-11-23T09:00:00") - 1 && s.n < TIME_TEXT_MAX &&
		time_parse(str_printf(a, "%.*sZ", STR_ARG(s)), out);
}

static void read_time(struct form_reader *r, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	if (raw->node && raw->node->type != JSON_TEXT)
		form_wrong(r, place, "wrong_type", "A time as text is expected.");
	else if (!time_parse(v->text, &v->num) &&
		(raw->node || !parse_local(r->arena, v->text, &v->num)))
		form_wrong(r, place, "invalid_time",
			"A time such as 2026-11-23T09:00:00Z is expected.");
}

static bool find_choice(const char *const *choices, struct str s, int64_t *out)
{
	for (int64_t i = 0; choices[i]; i++) {
		if (str_is(s, choices[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

static const char *list_choices(struct arena *a, const char *const *choices)
{
	struct buf b;

	buf_init(&b, a, 4096);
	for (size_t i = 0; choices[i]; i++) {
		if (i)
			buf_add(&b, ", ", 2);
		buf_add_cstr(&b, choices[i]);
	}
	return buf_cstr(&b);
}

static void read_choice(struct form_reader *r, const struct field *f,
	const struct form_place *place, const struct form_raw *raw, struct value *v)
{
	struct str s = v->text;

	assert(f->choices);
	if (raw->node && raw->node->type != JSON_TEXT) {
		form_wrong(r, place, "wrong_type", "A text is expected.");
		return;
	}
	if (f->type == FIELD_SORT && s.n && s.p[0] == '-') {
		v->descending = true;
		s = (struct str){s.p + 1, s.n - 1};
	}
	if (!find_choice(f->choices, s, &v->num))
		form_wrong(r, place, "invalid_choice", "It must be one of: %s.",
			list_choices(r->arena, f->choices));
}

/* ---- lists of texts ---- */

static bool add_text(struct form_reader *r, const struct field *f, const struct form_place *place,
	struct value *v, struct str s)
{
	struct form_place at = {.up = place, .index = v->n};

	if (f->max && v->n == f->max) {
		form_wrong(r, place, "too_many", "At most %zu are allowed.", f->max);
		return false;
	}
	if (s.n)
		check_code(r, &at, s, FORM_LIST_TEXT_MAX);
	else
		form_wrong(r, &at, "required", "An element must not be empty.");
	v->texts[v->n++] = s;
	return true;
}

static void read_json_texts(struct form_reader *r, const struct field *f,
	const struct form_place *place, const struct json_node *list, struct value *v)
{
	if (list->type != JSON_ARRAY) {
		form_wrong(r, place, "wrong_type", "A list of texts is expected.");
		return;
	}
	v->texts = ARENA_ARRAY(r->arena, list->count + 1, struct str);
	for (const struct json_node *node = list->child; node; node = node->next) {
		if (node->type != JSON_TEXT) {
			form_wrong(r, &(struct form_place){.up = place, .index = v->n},
				"wrong_type", "A text is expected.");
			v->texts[v->n++] = STR("");
		} else if (!add_text(r, f, place, v, node->text)) {
			return;
		}
	}
}

static void read_texts(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	char separator = raw->query ? ',' : '\n';
	struct str rest = v->text;
	size_t most = 1;

	if (raw->node) {
		read_json_texts(r, f, place, raw->node, v);
		return;
	}
	for (size_t i = 0; i < rest.n; i++)
		most += rest.p[i] == separator;
	v->texts = ARENA_ARRAY(r->arena, most, struct str);
	while (rest.p) {
		struct str s = str_trim(str_cut(rest, separator, &rest));

		if (s.n && !add_text(r, f, place, v, s))
			return;
	}
}

void form_value_read(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_MULTILINE:
	case FIELD_CODE:
		read_text(r, f, place, raw, v);
		break;
	case FIELD_INT:
		read_int(r, f, place, raw, v);
		break;
	case FIELD_QTY:
		read_qty(r, f, place, raw, v);
		break;
	case FIELD_BOOL:
		read_bool(r, place, raw, v);
		break;
	case FIELD_TIME:
		read_time(r, place, raw, v);
		break;
	case FIELD_CHOICE:
	case FIELD_SORT:
		read_choice(r, f, place, raw, v);
		break;
	case FIELD_TEXTS:
		read_texts(r, f, place, raw, v);
		break;
	case FIELD_ROWS:
		assert(!"rows are read by form.c");
	}
}
