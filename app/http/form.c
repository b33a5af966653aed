/*
 * Finds what came in for each declared field, in JSON, a form or a query; form_value.c then reads
 * it. First everything is collected, so that unknown and repeated names are found and empty rows of
 * a form can be left out before the others get their numbers.
 */
#include "http/form.h"

#include <assert.h>
#include <string.h>

#include "http/form_value.h"

size_t form_fields(const struct field *fields)
{
	size_t n = 0;

	while (fields && fields[n].name)
		n++;
	return n;
}

static const struct field *find_field(const struct field *fields, struct str name)
{
	for (; fields && fields->name; fields++) {
		if (str_is(name, fields->name))
			return fields;
	}
	return NULL;
}

static void read_rows(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v);

static void read_field(struct form_reader *r, const struct field *f, const struct form_place *up,
	const struct form_raw *raw, struct value *v)
{
	struct form_place place = {.up = up, .name = str_of(f->name)};

	if (f->type == FIELD_ROWS)
		read_rows(r, f, &place, raw, v);
	else if (form_value_present(r, f, &place, raw, v))
		form_value_read(r, f, &place, raw, v);
}

static void read_fields(struct form_reader *r, const struct field *fields,
	const struct form_place *up, const struct form_raw *raws, struct value *values)
{
	for (size_t i = 0; fields && fields[i].name; i++)
		read_field(r, &fields[i], up, &raws[i], &values[i]);
}

/* ---- JSON ---- */

static void wrong_unknown(struct form_reader *r, const struct form_place *up, struct str name)
{
	struct form_place place = {.up = up, .name = name};

	form_wrong(r, &place, "unknown", "There is no field of this name here.");
}

static void collect_object(struct form_reader *r, const struct field *fields,
	const struct form_place *up, const struct json_node *object, bool whole_body,
	struct form_raw *raws)
{
	for (const struct json_node *node = object->child; node; node = node->next) {
		const struct field *f = find_field(fields, node->name);

		if (!f || (whole_body && (f->flags & FIELD_QUERY))) {
			wrong_unknown(r, up, node->name);
			continue;
		}
		raws[f - fields].seen = true;
		raws[f - fields].node = node;
	}
}

static bool wrong_count(
	struct form_reader *r, const struct field *f, const struct form_place *place, size_t n)
{
	if (n > f->max) {
		form_wrong(r, place, "too_many", "At most %zu are allowed.", f->max);
		return true;
	}
	if (n == 0 && (f->flags & FIELD_REQUIRED)) {
		form_wrong(r, place, "too_few", "At least one is needed.");
		return true;
	}
	return false;
}

static void read_json_rows(struct form_reader *r, const struct field *f,
	const struct form_place *place, const struct json_node *list, struct value *v)
{
	size_t width = form_fields(f->row);
	struct form_raw *raws = ARENA_ARRAY(r->arena, width + 1, struct form_raw);

	if (list->type != JSON_ARRAY) {
		form_wrong(r, place, "wrong_type", "A list of objects is expected.");
		return;
	}
	v->set = true;
	if (wrong_count(r, f, place, list->count))
		return;
	v->rows = ARENA_ARRAY(r->arena, list->count + 1, struct value *);
	for (const struct json_node *node = list->child; node; node = node->next) {
		struct form_place at = {.up = place, .index = v->n};
		struct value *row = ARENA_ARRAY(r->arena, width + 1, struct value);

		v->rows[v->n++] = row;
		if (node->type != JSON_OBJECT) {
			form_wrong(r, &at, "wrong_type", "An object is expected.");
			continue;
		}
		memset(raws, 0, (width + 1) * sizeof(*raws));
		collect_object(r, f->row, &at, node, false, raws);
		read_fields(r, f->row, &at, raws, row);
	}
}

/* ---- forms and queries ---- */

static bool is_empty_row(const struct form_raw *raws, size_t width)
{
	for (size_t i = 0; i < width; i++) {
		if (raws[i].seen && str_trim(raws[i].text).n)
			return false;
	}
	return true;
}

static void read_form_rows(struct form_reader *r, const struct field *f,
	const struct form_place *place, struct form_raw **rows, struct value *v)
{
	size_t width = form_fields(f->row);

	v->rows = ARENA_ARRAY(r->arena, f->max + 1, struct value *);
	for (size_t i = 0; rows && i < f->max; i++) {
		struct form_place at = {.up = place, .index = v->n};

		if (!rows[i] || is_empty_row(rows[i], width))
			continue;
		v->set = true;
		v->rows[v->n] = ARENA_ARRAY(r->arena, width + 1, struct value);
		read_fields(r, f->row, &at, rows[i], v->rows[v->n]);
		v->n++;
	}
	(void)wrong_count(r, f, place, v->n);
}

static void read_rows(struct form_reader *r, const struct field *f, const struct form_place *place,
	const struct form_raw *raw, struct value *v)
{
	assert(f->row && f->max);
	if (raw->rows)
		read_form_rows(r, f, place, raw->rows, v);
	else if (form_value_present(r, f, place, raw, v) && raw->node)
		read_json_rows(r, f, place, raw->node, v);
	else if (raw->node && raw->node->type == JSON_ARRAY)
		v->set = true;
}

static void take_text(struct form_reader *r, const struct form_place *place, struct form_raw *raw,
	struct str text, bool query)
{
	if (raw->seen) {
		form_wrong(r, place, "duplicate", "This field is given more than once.");
		return;
	}
	*raw = (struct form_raw){.seen = true, .query = query, .text = text};
}

static bool to_index(struct str s, size_t *out)
{
	int64_t n;

	if (!s.n || s.n > 9 || (s.n > 1 && s.p[0] == '0') || s.p[0] == '-' || !str_to_int(s, &n))
		return false;
	*out = (size_t)n;
	return true;
}

/* "lines.0.sku". False when it is no such name. */
static bool take_cell(struct form_reader *r, const struct field *fields, struct form_raw *raws,
	const struct http_pair *pair)
{
	struct str rest, cell_name;
	struct str list = str_cut(pair->name, '.', &rest);
	struct str number = str_cut(rest, '.', &cell_name);
	const struct field *f = find_field(fields, list);
	const struct field *cell =
		f && f->type == FIELD_ROWS ? find_field(f->row, cell_name) : NULL;
	struct form_place place = {.name = list};
	struct form_place row = {.up = &place};
	struct form_place at = {.up = &row, .name = cell_name};
	struct form_raw *raw;

	if (!cell || (f->flags & FIELD_QUERY) || !to_index(number, &row.index))
		return false;
	if (row.index >= f->max) {
		form_wrong(r, &place, "too_many", "At most %zu are allowed.", f->max);
		return true;
	}
	raw = &raws[f - fields];
	if (!raw->rows)
		raw->rows = ARENA_ARRAY(r->arena, f->max, struct form_raw *);
	if (!raw->rows[row.index])
		raw->rows[row.index] =
			ARENA_ARRAY(r->arena, form_fields(f->row) + 1, struct form_raw);
	take_text(r, &at, &raw->rows[row.index][cell - f->row], pair->value, false);
	return true;
}

static void collect_form(struct form_reader *r, const struct field *fields,
	const struct http_pair *pairs, struct form_raw *raws)
{
	for (const struct http_pair *pair = pairs; pair; pair = pair->next) {
		const struct field *f = find_field(fields, pair->name);
		struct form_place place = {.name = pair->name};

		if (f && f->type != FIELD_ROWS && !(f->flags & FIELD_QUERY))
			take_text(r, &place, &raws[f - fields], pair->value, false);
		else if (!str_is(pair->name, "csrf") && !take_cell(r, fields, raws, pair))
			wrong_unknown(r, NULL, pair->name);
	}
}

static void collect_query(struct form_reader *r, const struct field *fields,
	const struct http_pair *pairs, bool all, struct form_raw *raws)
{
	for (const struct http_pair *pair = pairs; pair; pair = pair->next) {
		const struct field *f = find_field(fields, pair->name);
		struct form_place place = {.name = pair->name};

		if (f && f->type != FIELD_ROWS && (all || (f->flags & FIELD_QUERY)))
			take_text(r, &place, &raws[f - fields], pair->value, true);
		else
			wrong_unknown(r, NULL, pair->name);
	}
}

/* ---- the three sources ---- */

static struct err *wrong_media_type(const struct request *rq, const char *expected)
{
	return err_new(rq->arena, ERR_MEDIA_TYPE, "Send the content as %s.", expected);
}

static struct err *collect_json_body(struct form_reader *r, const struct request *rq,
	const struct field *fields, struct form_raw *raws)
{
	struct json_node *root;

	/* What takes no fields needs no {}, whatever a client says of its absent body. */
	if (!rq->body.n && (!rq->content_type.n || !fields->name))
		return NULL;
	if (!str_is(rq->content_type, "application/json") && !str_ends(rq->content_type, "+json"))
		return wrong_media_type(rq, "application/json");
	TRY(json_parse(rq->arena, rq->body, &root));
	if (root->type == JSON_OBJECT)
		collect_object(r, fields, NULL, root, true, raws);
	else
		form_wrong(r, NULL, "wrong_type", "The body must be a JSON object.");
	return NULL;
}

static struct err *collect_form_body(struct form_reader *r, const struct request *rq,
	const struct field *fields, struct form_raw *raws)
{
	struct http_pair *pairs;

	if (!rq->content_type.n && !rq->body.n)
		return NULL;
	if (!str_is(rq->content_type, "application/x-www-form-urlencoded"))
		return wrong_media_type(rq, "application/x-www-form-urlencoded");
	TRY(http_parse_pairs(rq->arena, rq->body, &pairs));
	collect_form(r, fields, pairs, raws);
	return NULL;
}

static bool is_whole_body(const struct err *e)
{
	return e && e->fields && e->fields->pointer.n == 0;
}

struct err *form_read(const struct request *rq, enum form_source source, const struct field *fields,
	struct value **out)
{
	size_t n = form_fields(fields);
	struct form_reader r = {.arena = rq->arena};
	struct form_raw *raws = ARENA_ARRAY(rq->arena, n + 1, struct form_raw);

	*out = ARENA_ARRAY(rq->arena, n + 1, struct value);
	switch (source) {
	case FORM_BODY_JSON:
		TRY(collect_json_body(&r, rq, fields, raws));
		break;
	case FORM_BODY_FORM:
		TRY(collect_form_body(&r, rq, fields, raws));
		break;
	case FORM_QUERY:
		break;
	}
	/* A body that is no object has no fields that could be missing. */
	if (is_whole_body(r.err))
		return r.err;
	collect_query(&r, fields, rq->query, source == FORM_QUERY, raws);
	read_fields(&r, fields, NULL, raws, *out);
	return r.err;
}

struct err *form_read_pairs(struct arena *a, const struct http_pair *pairs,
	const struct field *fields, struct value **out)
{
	size_t n = form_fields(fields);
	struct form_reader r = {.arena = a};
	struct form_raw *raws = ARENA_ARRAY(a, n + 1, struct form_raw);

	*out = ARENA_ARRAY(a, n + 1, struct value);
	collect_form(&r, fields, pairs, raws);
	read_fields(&r, fields, NULL, raws, *out);
	return r.err;
}
