#include "web/location_api.h"

#include "domain/location.h"
#include "web/list_fields.h"

static const char *const statuses[] = {"active", "archived", NULL};
static const char *const sorts[] = {
	[LOCATION_SORT_CODE] = "code",
	[LOCATION_SORT_NAME] = "name",
	[LOCATION_SORT_PATH] = "path",
	[LOCATION_SORT_UPDATED_AT] = "updated_at",
	[LOCATION_SORTS] = NULL,
};
const char *const location_real_kinds[] = {"site", "zone", "bin", NULL};
const char *const location_real_roles[] = {
	"storage", "receiving", "shipping", "quarantine", "transit", NULL};

enum list_field {
	LIST_Q,
	LIST_CODE,
	LIST_PARENT,
	LIST_PARENT_ID,
	LIST_UNDER,
	LIST_KIND,
	LIST_ROLE,
	LIST_STATUS,
	LIST_UPDATED_SINCE,
	LIST_SORT,
	LIST_LIMIT,
	LIST_CURSOR,
};

/* Of location_create_fields and location_update_fields. */
enum location_field {
	LOCATION_CODE,
	LOCATION_NAME,
	LOCATION_KIND,
	LOCATION_ROLE,
	LOCATION_PARENT,
	LOCATION_PARENT_ID,
};

/* clang-format off */
const struct field location_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = LOCATION_NAME_MAX, .help = "In the code or the name"},
	[LIST_CODE] = {.name = "code", .type = FIELD_CODE, .max = LOCATION_CODE_MAX, .help = "Exactly this code"},
	[LIST_PARENT] = {.name = "parent", .type = FIELD_CODE, .max = LOCATION_CODE_MAX,
		.help = "Directly below the location of this code"},
	[LIST_PARENT_ID] = {.name = "parent_id", .type = FIELD_INT, .flags = FIELD_POSITIVE,
		.help = "Directly below the location of this id"},
	[LIST_UNDER] = {.name = "under", .type = FIELD_CODE, .max = LOCATION_CODE_MAX,
		.help = "The location of this code and all below it"},
	[LIST_KIND] = {.name = "kind", .type = FIELD_CHOICE, .choices = location_kind_names,
		.help = "Virtual locations are listed only when kind or role asks for them"},
	[LIST_ROLE] = {.name = "role", .type = FIELD_CHOICE, .choices = location_role_names, .help = "This role"},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = statuses, .help = "Both unless told"},
	[LIST_UPDATED_SINCE] = {.name = "updated_since", .type = FIELD_TIME,
		.help = "Changed at that instant or later"},
	[LIST_SORT] = {.name = "sort", .type = FIELD_SORT, .choices = sorts,
		.help = "By code unless told; path puts a parent before what is below it; with - before it the other way"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

#define LOCATION_BODY(required) \
	[LOCATION_CODE] = {.name = "code", .type = FIELD_CODE, .flags = (required), .max = LOCATION_CODE_MAX, \
		.help = "Unique, compared exactly; must not begin with @"}, \
	[LOCATION_NAME] = {.name = "name", .type = FIELD_TEXT, .max = LOCATION_NAME_MAX, \
		.help = "What people call it; the code unless told"}, \
	[LOCATION_KIND] = {.name = "kind", .type = FIELD_CHOICE, .flags = (required), .choices = location_real_kinds, \
		.help = "A site holds zones and bins, a zone zones and bins, a bin bins"}, \
	[LOCATION_ROLE] = {.name = "role", .type = FIELD_CHOICE, .choices = location_real_roles, .help = "storage unless told"}, \
	[LOCATION_PARENT] = {.name = "parent", .type = FIELD_CODE, .flags = FIELD_NULLABLE, .max = LOCATION_CODE_MAX, \
		.help = "Code of the location that it stands in; null for none"}, \
	[LOCATION_PARENT_ID] = {.name = "parent_id", .type = FIELD_INT, .flags = FIELD_NULLABLE | FIELD_POSITIVE, \
		.help = "Or the id of that location"}, \
	{.name = NULL}

const struct field location_create_fields[] = {LOCATION_BODY(FIELD_REQUIRED)};
const struct field location_update_fields[] = {LOCATION_BODY(0)};
/* clang-format on */

static struct location_input input_of(const struct value *in)
{
	const struct value *parent = &in[LOCATION_PARENT], *parent_id = &in[LOCATION_PARENT_ID];

	return (struct location_input){
		.code = value_text(&in[LOCATION_CODE]),
		.name = value_text(&in[LOCATION_NAME]),
		.has_kind = in[LOCATION_KIND].set,
		.kind = (enum location_kind)in[LOCATION_KIND].num,
		.has_role = in[LOCATION_ROLE].set,
		.role = (enum location_role)in[LOCATION_ROLE].num,
		.has_parent = parent->set || parent_id->set,
		.parent = parent->set && !parent->null ? parent->text : STR_NONE,
		.parent_id = parent_id->set && !parent_id->null ? parent_id->num : 0,
	};
}

static struct err *filter_of(struct call *c, struct location_filter *out, const char **list)
{
	const struct value *in = c->in, *sort = &in[LIST_SORT];
	struct list_cursor after;

	*out = (struct location_filter){
		.q = value_text(&in[LIST_Q]),
		.code = value_text(&in[LIST_CODE]),
		.parent = value_text(&in[LIST_PARENT]),
		.parent_id = in[LIST_PARENT_ID].num,
		.under = value_text(&in[LIST_UNDER]),
		.kind = value_text(&in[LIST_KIND]),
		.role = value_text(&in[LIST_ROLE]),
		.status = value_text(&in[LIST_STATUS]),
		.updated_since = in[LIST_UPDATED_SINCE].num,
		.sort = sort->set ? (enum location_sort)sort->num : LOCATION_SORT_CODE,
		.descending = sort->descending,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	*list = arena_printf(
		c->arena, "locations:%s%s", out->descending ? "-" : "", sorts[out->sort]);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], *list, &after));
	out->after_text = after.text;
	out->after_num = after.num;
	out->after_id = after.id;
	return NULL;
}

/* The row more than the page shows is taken off. */
static const struct list_cursor *next_of(
	const struct location_filter *f, struct location_rows *rows, struct list_cursor *next)
{
	const struct location *last;

	if (rows->n < (size_t)f->limit)
		return NULL;
	rows->n--;
	last = &rows->rows[rows->n - 1];
	*next = (struct list_cursor){.id = last->id};
	if (f->sort == LOCATION_SORT_CODE)
		next->text = last->code;
	else if (f->sort == LOCATION_SORT_NAME)
		next->text = last->name;
	else if (f->sort == LOCATION_SORT_PATH)
		next->text = last->path;
	else
		next->num = last->updated_at;
	return next;
}

/* ---- handlers ---- */

static void answer(struct call *c, const struct location *l)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return;
	j = call_json(c);
	location_to_json(&j, NULL, l);
	(void)call_etag(c, l->version);
}

struct err *location_api_list(struct call *c)
{
	struct location_filter filter;
	struct list_cursor next;
	const struct list_cursor *more;
	struct location_rows rows;
	struct json_out j;
	const char *list;

	TRY(filter_of(c, &filter, &list));
	TRY(location_list(&c->ctx, &filter, &rows));
	more = next_of(&filter, &rows, &next);
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		location_to_json(&j, NULL, &rows.rows[i]);
	list_end(c, &j, list, more);
	return NULL;
}

struct err *location_api_create(struct call *c)
{
	struct location_input in = input_of(c->in);
	struct location l = {0};

	TRY(location_create(&c->ctx, &in, &l));
	answer(c, &l);
	call_made(c, "/v1/locations", l.id);
	return NULL;
}

struct err *location_api_get(struct call *c)
{
	struct location l;

	TRY(location_read(&c->ctx, c->id, &l));
	answer(c, &l);
	return NULL;
}

struct err *location_api_update(struct call *c)
{
	struct location_input in = input_of(c->in);
	struct location l;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(location_update(&c->ctx, c->id, version, &in, &l));
	answer(c, &l);
	return NULL;
}

struct err *location_api_archive(struct call *c)
{
	struct location l;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(location_archive(&c->ctx, c->id, version, &l));
	answer(c, &l);
	return NULL;
}

struct err *location_api_restore(struct call *c)
{
	struct location l;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(location_restore(&c->ctx, c->id, version, &l));
	answer(c, &l);
	return NULL;
}
