#include "base/json_in.h"

#include <assert.h>
#include <string.h>

/* jansson has these names too, with other values. */
#define json_type jansson_type
#define JSON_NULL JANSSON_NULL
#define JSON_REAL JANSSON_REAL
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_OBJECT JANSSON_OBJECT
#include <jansson.h>
#undef json_type
#undef JSON_NULL
#undef JSON_REAL
#undef JSON_ARRAY
#undef JSON_OBJECT

/*
 * jansson takes its memory from the arena while it parses: nothing is copied or freed one by one,
 * and text stays where jansson put it. It has one pair of allocation functions for the whole
 * process, so they are set for the time of the call only and put back after it; other users of
 * jansson see no change. A process has one thread that parses.
 */
static struct arena *parse_arena;

static void *take(size_t n)
{
	return arena_bytes(parse_arena, n);
}

static void leave(void *p)
{
	(void)p; /* dies with the arena */
}

static json_t *load(struct arena *a, struct str text, json_error_t *error)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_malloc_t malloc_before;
	json_free_t free_before;
	json_t *v;

	assert(!parse_arena);
	parse_arena = a;
	json_get_alloc_funcs(&malloc_before, &free_before);
	json_set_alloc_funcs(take, leave);
	v = json_loadb(text.p ? text.p : "", text.n, flags, error);
	json_set_alloc_funcs(malloc_before, free_before);
	parse_arena = NULL;
	return v;
}

/* Where the first pass over the text stands. */
struct scan {
	struct str text;
	size_t at;
	int depth;
	size_t values;
};

static void skip_string(struct scan *s)
{
	while (++s->at < s->text.n && s->text.p[s->at] != '"')
		s->at += s->text.p[s->at] == '\\';
}

static bool within_limits(const struct scan *s)
{
	return s->depth <= JSON_IN_DEPTH_MAX && s->values <= JSON_IN_VALUES_MAX;
}

/* Depth and number of values, before any memory is spent on them. On text that is not JSON it
 * counts something or other: jansson then says what is wrong. */
static bool scan(struct scan *s)
{
	for (s->values = 1; s->at < s->text.n && within_limits(s); s->at++) {
		switch (s->text.p[s->at]) {
		case '"':
			skip_string(s);
			break;
		case '{':
		case '[':
			s->depth++;
			s->values++;
			break;
		case ',':
			s->values++;
			break;
		case '}':
		case ']':
			s->depth--;
			break;
		default:
			break;
		}
	}
	return within_limits(s);
}

static struct err *over_limit(struct arena *a, const struct scan *s)
{
	/* scan() has stepped over the byte that was one too many */
	struct str seen = {s->text.p, s->at - 1}, line = seen;
	size_t lines = 1;

	if (s->depth <= JSON_IN_DEPTH_MAX)
		return err_new(a, ERR_TOO_LARGE, "The JSON holds more than %d values.",
			JSON_IN_VALUES_MAX);
	for (size_t i = 0; i < seen.n; i++) {
		if (seen.p[i] == '\n') {
			lines++;
			line = (struct str){seen.p + i + 1, seen.n - i - 1};
		}
	}
	return err_new(a, ERR_BAD_REQUEST,
		"The text is not JSON that can be read: line %zu, column %zu: nested deeper "
		"than %d levels.",
		lines, str_code_points(line) + 1, JSON_IN_DEPTH_MAX);
}

static const char *reason(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	if (code == json_error_invalid_utf8)
		return "not valid UTF-8";
	if (code == json_error_premature_end_of_input)
		return "the text ends too early";
	if (code == json_error_end_of_input_expected)
		return "something follows the value";
	if (code == json_error_null_character || code == json_error_null_byte_in_key)
		return "text may not hold U+0000";
	if (code == json_error_duplicate_key)
		return "a name stands twice in one object";
	if (code == json_error_numeric_overflow)
		return "the number is too large";
	return "syntax error";
}

static struct json_node *convert(struct arena *a, json_t *v);

static void add_child(struct json_node *parent, struct json_node ***end, struct json_node *child)
{
	**end = child;
	*end = &child->next;
	parent->count++;
}

static void convert_array(struct arena *a, json_t *v, struct json_node *node)
{
	struct json_node **end = &node->child;

	for (size_t i = 0; i < json_array_size(v); i++)
		add_child(node, &end, convert(a, json_array_get(v, i)));
}

static void convert_object(struct arena *a, json_t *v, struct json_node *node)
{
	struct json_node **end = &node->child;

	for (void *it = json_object_iter(v); it; it = json_object_iter_next(v, it)) {
		struct json_node *child = convert(a, json_object_iter_value(it));

		child->name = (struct str){json_object_iter_key(it), json_object_iter_key_len(it)};
		add_child(node, &end, child);
	}
}

static void fill(struct arena *a, json_t *v, struct json_node *node)
{
	switch (json_typeof(v)) {
	case JANSSON_OBJECT:
		node->type = JSON_OBJECT;
		convert_object(a, v, node);
		break;
	case JANSSON_ARRAY:
		node->type = JSON_ARRAY;
		convert_array(a, v, node);
		break;
	case JSON_STRING:
		node->type = JSON_TEXT;
		node->text = (struct str){json_string_value(v), json_string_length(v)};
		break;
	case JSON_INTEGER:
		node->type = JSON_INT;
		node->num = json_integer_value(v);
		break;
	case JANSSON_REAL:
		node->type = JSON_REAL;
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		node->type = JSON_BOOL;
		node->num = json_typeof(v) == JSON_TRUE;
		break;
	case JANSSON_NULL:
		node->type = JSON_NULL;
		break;
	}
}

/* Recursive, but no deeper than scan() allows. */
static struct json_node *convert(struct arena *a, json_t *v)
{
	struct json_node *node = ARENA_NEW(a, struct json_node);

	fill(a, v, node);
	return node;
}

struct err *json_parse(struct arena *a, struct str text, struct json_node **out)
{
	struct scan s = {.text = text};
	json_error_t error;
	json_t *v;

	if (!scan(&s))
		return over_limit(a, &s);
	/* jansson steps over a zero byte that follows a number */
	if (text.n && memchr(text.p, '\0', text.n))
		return err_new(a, ERR_BAD_REQUEST,
			"The text is not JSON that can be read: it holds a zero byte.");
	v = load(a, text, &error);
	if (!v)
		return err_new(a, ERR_BAD_REQUEST,
			"The text is not JSON that can be read: line %d, column %d: %s.",
			error.line, error.column, reason(&error));
	*out = convert(a, v);
	return NULL;
}

const struct json_node *json_member(const struct json_node *object, const char *name)
{
	if (object->type != JSON_OBJECT)
		return NULL;
	for (const struct json_node *m = object->child; m; m = m->next) {
		if (str_is(m->name, name))
			return m;
	}
	return NULL;
}
