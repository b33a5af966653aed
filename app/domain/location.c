#include "domain/location.h"

#include <assert.h>
#include <string.h>

#include "domain/change.h"
#include "domain/check.h"
#include "domain/names.h"
#include "domain/reach.h"

#define PARENT_NEW (-1) /* a new location stands nowhere yet */
#define LEFT_SHOWN 5 /* places or items that a refusal names */

struct location_change {
	int64_t id; /* 0: a new one */
	int64_t version;
	const struct location_input *in;
	bool active; /* archive and restore alone */
	struct location *out;
};

/* ---- reading ---- */

static struct err *not_found(struct ctx *c, int64_t id)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no location %lld.", (long long)id);
}

/* Built-in ones are everybody's. */
static bool is_reached(const struct ctx *c, enum permission p, const struct location *l)
{
	return l->kind == LOCATION_VIRTUAL || reach_has(c, p, l->path);
}

static struct err *find_reached(
	struct ctx *c, int64_t id, struct str code, struct location *out, bool *found)
{
	TRY(location_store_find(c->db, c->arena, id, code, out, found));
	*found = *found && is_reached(c, PERM_LOCATIONS_READ, out);
	return NULL;
}

struct err *location_read(struct ctx *c, int64_t id, struct location *out)
{
	bool found;

	TRY(find_reached(c, id, STR_NONE, out, &found));
	if (!found)
		return not_found(c, id);
	return location_store_path_codes(c->db, c->arena, out);
}

struct err *location_list(struct ctx *c, const struct location_filter *f, struct location_rows *out)
{
	struct location_filter filter = *f;
	struct location named;
	bool found = true;

	*out = (struct location_rows){0};
	filter.within = reach_of(c, PERM_LOCATIONS_READ);
	if (f->parent.p) {
		TRY(find_reached(c, 0, f->parent, &named, &found));
		filter.parent_id = found ? named.id : 0;
	}
	if (f->parent_id && filter.within.p)
		TRY(find_reached(c, f->parent_id, STR_NONE, &named, &found));
	if (found && f->under.p) {
		TRY(find_reached(c, 0, f->under, &named, &found));
		filter.under_path = found ? named.path : STR_NONE;
	}
	return found ? location_store_page(c->db, c->arena, &filter, out) : NULL;
}

static void path_to_json(struct json_out *j, struct str codes)
{
	json_array(j, "path");
	while (codes.n)
		json_str(j, NULL, str_cut(codes, '\n', &codes));
	json_array_end(j);
}

void location_to_json(struct json_out *j, const char *name, const struct location *l)
{
	json_object(j, name);
	json_int(j, "id", l->id);
	json_str(j, "code", l->code);
	json_str(j, "name", l->name);
	json_cstr(j, "kind", location_kind_names[l->kind]);
	json_cstr(j, "role", location_role_names[l->role]);
	json_str(j, "parent", l->parent);
	if (l->parent_id)
		json_int(j, "parent_id", l->parent_id);
	else
		json_null(j, "parent_id");
	json_int(j, "depth", l->depth);
	if (l->path_codes.p)
		path_to_json(j, l->path_codes);
	json_cstr(j, "status", l->active ? "active" : "archived");
	json_int(j, "version", l->version);
	json_time(j, "created_at", l->created_at);
	json_time(j, "updated_at", l->updated_at);
	json_object_end(j);
}

static struct str location_json(struct ctx *c, const struct location *l)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, (size_t)64 * 1024);
	json_init(&j, &b);
	location_to_json(&j, NULL, l);
	return buf_str(&b);
}

/* ---- checks ---- */

static void check_input(struct check *k, const struct location_input *in)
{
	check_text(k, "/code", in->code, LOCATION_CODE_MAX, CHECK_CODE);
	if (in->code.n && in->code.p[0] == '@')
		check_wrong(k, "/code", "reserved",
			"Codes that begin with @ are for built-in locations.");
	check_text(k, "/name", in->name, LOCATION_NAME_MAX, CHECK_LINE);
	if (in->has_kind && in->kind == LOCATION_VIRTUAL)
		check_wrong(k, "/kind", "invalid_choice", "Virtual locations are built in.");
	if (in->has_role && in->role >= LOCATION_SUPPLIER)
		check_wrong(k, "/role", "invalid_choice", "This role is for built-in locations.");
}

static struct err *check_code_free(struct ctx *c, struct check *k, int64_t id, struct str code)
{
	struct location other;
	bool found;

	if (!code.p)
		return NULL;
	TRY(location_store_find(c->db, c->arena, 0, code, &other, &found));
	if (!found || other.id == id)
		return NULL;
	if (is_reached(c, PERM_LOCATIONS_WRITE, &other))
		check_duplicate(k, "/code", "Location %lld has this code.", (long long)other.id);
	else
		check_duplicate(k, "/code", "This code is taken.");
	return NULL;
}

/* *parent: what the input names. found is false for a root, and when it cannot be a parent. Where it
 * stands already, `now`, need not be within reach. */
static struct err *find_parent(struct ctx *c, struct check *k, const struct location_input *in,
	int64_t now, struct location *parent, bool *found)
{
	const char *pointer = in->parent_id ? "/parent_id" : "/parent";

	*found = false;
	if (!in->parent.n && !in->parent_id) {
		if (now != 0 && !reach_has(c, PERM_LOCATIONS_WRITE, STR("/")))
			check_wrong(k, pointer, "required", "Name a location that it stands in.");
		return NULL;
	}
	if (in->parent.n && in->parent_id) {
		check_wrong(k, pointer, "conflicting", "Name the parent or its id, not both.");
		return NULL;
	}
	TRY(location_store_find(c->db, c->arena, in->parent_id, in->parent, parent, found));
	if (*found && parent->id != now && !is_reached(c, PERM_LOCATIONS_WRITE, parent)) {
		*parent = (struct location){.path = STR("/")};
		*found = false;
	}
	if (!*found)
		check_wrong(k, pointer, "unknown", "There is no such location.");
	else if (parent->kind == LOCATION_VIRTUAL)
		check_wrong(k, pointer, "invalid", "Nothing stands below a virtual location.");
	else if (!parent->active)
		check_wrong(k, pointer, "archived", "This location is archived.");
	*found = *found && parent->kind != LOCATION_VIRTUAL;
	return NULL;
}

static void check_kind_below(
	struct check *k, const char *pointer, enum location_kind kind, enum location_kind parent)
{
	if (kind < parent)
		check_wrong(k, pointer, "invalid", "A %s cannot stand below a %s.",
			location_kind_names[kind], location_kind_names[parent]);
}

static bool is_below(const struct location *l, const struct location *root)
{
	return l->path.n >= root->path.n && memcmp(l->path.p, root->path.p, root->path.n) == 0;
}

/* ---- create ---- */

static struct err *finish(
	struct ctx *c, const char *event, int64_t id, struct str before, struct location *out)
{
	bool found;

	TRY(location_store_find(c->db, c->arena, id, STR_NONE, out, &found));
	assert(found);
	TRY(location_store_path_codes(c->db, c->arena, out));
	return change_record_from(c, event, id, before, location_json(c, out));
}

static struct err *check_new(
	struct ctx *c, const struct location_input *in, struct location *parent)
{
	struct check k = check_begin(c);
	bool found;

	check_needed(&k, "/code", in->code);
	if (!in->has_kind)
		check_wrong(&k, "/kind", "required", "This field is required.");
	check_input(&k, in);
	TRY(check_code_free(c, &k, 0, in->code));
	TRY(find_parent(c, &k, in, PARENT_NEW, parent, &found));
	if (found) {
		if (in->has_kind)
			check_kind_below(&k, "/kind", in->kind, parent->kind);
		if (parent->depth >= LOCATION_DEPTH_MAX)
			check_wrong(&k, "/parent", "too_deep", "At most %d levels are allowed.",
				LOCATION_DEPTH_MAX);
	}
	return check_end(&k);
}

static struct err *create_tx(struct ctx *c, void *arg)
{
	struct location_change *change = arg;
	const struct location_input *in = change->in;
	struct location parent = {.path = STR("/")};
	struct location l = {
		.code = in->code,
		.name = in->name.p ? in->name : in->code,
		.kind = in->kind,
		.role = in->has_role ? in->role : LOCATION_STORAGE,
	};
	int64_t id;
	struct str path;

	TRY(location_store_lock_tree(c->db, c->arena));
	TRY(check_new(c, in, &parent));
	l.parent_id = parent.id;
	l.depth = parent.depth + 1;
	TRY(check_again(location_store_insert(c->db, c->arena, &l, &id)));
	path = str_printf(c->arena, "%.*s%lld/", STR_ARG(parent.path), (long long)id);
	TRY(location_store_set_path(c->db, c->arena, id, path));
	return finish(c, "bincard.location.created.v1", id, STR_NONE, change->out);
}

struct err *location_create(struct ctx *c, const struct location_input *in, struct location *out)
{
	struct location_change change = {.in = in, .out = out};

	return change_run(c, create_tx, &change);
}

/* ---- update and move ---- */

/* The tree, the row, its version; built-in rows are refused. */
static struct err *lock(struct ctx *c, const struct location_change *change, struct location *l)
{
	bool found;

	TRY(location_store_lock_tree(c->db, c->arena));
	TRY(location_store_lock(c->db, c->arena, change->id, l, &found));
	if (!found || !is_reached(c, PERM_LOCATIONS_WRITE, l))
		return not_found(c, change->id);
	if (l->kind == LOCATION_VIRTUAL)
		return err_new(c->arena, ERR_CONFLICT, "Built-in locations cannot be changed.");
	return check_version(c->arena, change->version, l->version);
}

/* Where it will stand: parent, or a root when `parent` has no id. */
static void check_place(struct check *k, const struct location *l, const struct location *parent,
	const struct location_below *below, bool moved, bool kind_changed)
{
	const char *pointer = moved ? "/parent" : "/kind";

	if (parent->id)
		check_kind_below(k, pointer, l->kind, parent->kind);
	if (kind_changed && below->highest_kind < l->kind)
		check_wrong(k, "/kind", "invalid", "A %s stands below it.",
			location_kind_names[below->highest_kind]);
	if (!moved)
		return;
	if (parent->id && is_below(parent, l))
		check_wrong(k, "/parent", "circular", "A location cannot stand below itself.");
	else if (parent->depth + 1 + below->depth_max - l->depth > LOCATION_DEPTH_MAX)
		check_wrong(k, "/parent", "too_deep", "At most %d levels are allowed.",
			LOCATION_DEPTH_MAX);
}

static void apply(const struct location_input *in, struct location *l)
{
	if (in->code.p)
		l->code = in->code;
	if (in->name.p)
		l->name = in->name;
	if (in->has_kind)
		l->kind = in->kind;
	if (in->has_role)
		l->role = in->role;
}

/* Checks everything and applies the input to *l. *parent is where it will stand. */
static struct err *check_update(
	struct ctx *c, const struct location_input *in, struct location *l, struct location *parent)
{
	struct check k = check_begin(c);
	enum location_kind kind = l->kind;
	struct location_below below;
	bool found = true;

	check_input(&k, in);
	TRY(check_code_free(c, &k, l->id, in->code));
	if (in->has_parent)
		TRY(find_parent(c, &k, in, l->parent_id, parent, &found));
	else if (l->parent_id)
		TRY(location_store_find(c->db, c->arena, l->parent_id, STR_NONE, parent, &found));
	TRY(check_end(&k));
	apply(in, l);
	if (parent->id == l->parent_id && kind == l->kind)
		return NULL;
	TRY(location_store_below(c->db, c->arena, l, &below));
	check_place(&k, l, parent, &below, parent->id != l->parent_id, kind != l->kind);
	return check_end(&k);
}

static struct err *move(struct ctx *c, const struct location *l, const struct location *parent)
{
	struct str to = str_printf(c->arena, "%.*s%lld/", STR_ARG(parent->path), (long long)l->id);

	return location_store_move(c->db, c->arena, l, to, parent->depth + 1 - l->depth);
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct location_change *change = arg;
	struct location parent = {.path = STR("/")};
	struct location l;
	struct str code, before;
	bool done, moved;

	TRY(lock(c, change, &l));
	before = location_json(c, &l);
	code = l.code;
	TRY(check_update(c, change->in, &l, &parent));
	moved = parent.id != l.parent_id;
	l.parent_id = parent.id;
	TRY(check_again(location_store_update(c->db, c->arena, &l, &done)));
	assert(done); /* the row is locked and its version was read */
	if (moved)
		TRY(move(c, &l, &parent));
	if (!str_eq(code, l.code))
		TRY(names_changed(c));
	return finish(c, "bincard.location.updated.v1", l.id, before, change->out);
}

struct err *location_update(struct ctx *c, int64_t id, int64_t version,
	const struct location_input *in, struct location *out)
{
	struct location_change change = {.id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &change);
}

/* ---- archive and restore ---- */

static struct err *check_no_children(struct ctx *c, const struct location *l)
{
	struct location_below below;
	struct str codes;

	TRY(location_store_below(c->db, c->arena, l, &below));
	if (!below.active_children)
		return NULL;
	if (!reach_has(c, PERM_LOCATIONS_READ, l->path))
		return err_new(c->arena, ERR_CONFLICT, "It still has active locations in it.");
	TRY(location_store_children(c->db, c->arena, l->id, LEFT_SHOWN, &codes));
	return err_new(c->arena, ERR_CONFLICT, "It still has active locations in it: %.*s%s.",
		STR_ARG(codes), below.active_children > LEFT_SHOWN ? ", ..." : "");
}

/* The row of the location is locked, which new balances at it wait for; then the balances that are
 * there, which postings wait for. A posting that waited finds its balance gone. */
static struct err *clear_stock(struct ctx *c, const struct location *l)
{
	struct str items;
	int64_t holding;

	TRY(location_store_lock_stock(c->db, c->arena, l->id, &holding));
	if (!holding)
		return location_store_delete_stock(c->db, c->arena, l->id);
	if (!reach_has(c, PERM_STOCK_READ, l->path))
		return err_new(c->arena, ERR_CONFLICT, "It still holds stock.");
	TRY(location_store_stock_items(c->db, c->arena, l->id, LEFT_SHOWN, &items));
	return err_new(c->arena, ERR_CONFLICT, "It still holds %lld %s: %.*s%s.",
		(long long)holding, holding == 1 ? "item" : "items", STR_ARG(items),
		holding > LEFT_SHOWN ? ", ..." : "");
}

static struct err *check_parent_active(struct ctx *c, const struct location *l)
{
	struct location parent;
	bool found;

	if (!l->parent_id)
		return NULL;
	TRY(location_store_find(c->db, c->arena, l->parent_id, STR_NONE, &parent, &found));
	if (parent.active)
		return NULL;
	return err_new(c->arena, ERR_CONFLICT, "Location %.*s, which it stands in, is archived.",
		STR_ARG(parent.code));
}

static struct err *set_active_tx(struct ctx *c, void *arg)
{
	struct location_change *change = arg;
	struct location l;
	struct str before;
	bool done;

	TRY(lock(c, change, &l));
	before = location_json(c, &l);
	if (l.active == change->active) {
		*change->out = l;
		TRY(location_store_path_codes(c->db, c->arena, change->out));
		return change_unchanged(c, location_json(c, change->out));
	}
	if (change->active) {
		TRY(check_parent_active(c, &l));
	} else {
		TRY(check_no_children(c, &l));
		TRY(clear_stock(c, &l));
	}
	TRY(location_store_set_active(c->db, c->arena, l.id, l.version, change->active, &done));
	assert(done);
	return finish(c,
		change->active ? "bincard.location.restored.v1" : "bincard.location.archived.v1",
		l.id, before, change->out);
}

struct err *location_archive(struct ctx *c, int64_t id, int64_t version, struct location *out)
{
	struct location_change change = {.id = id, .version = version, .active = false, .out = out};

	return change_run(c, set_active_tx, &change);
}

struct err *location_restore(struct ctx *c, int64_t id, int64_t version, struct location *out)
{
	struct location_change change = {.id = id, .version = version, .active = true, .out = out};

	return change_run(c, set_active_tx, &change);
}
