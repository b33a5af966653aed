#include "domain/category.h"

#include <assert.h>

#include "domain/change.h"
#include "domain/check.h"

struct category_change {
	int64_t id; /* 0: a new one */
	int64_t version;
	const struct category_input *in;
	struct category *out;
};

/* ---- reading ---- */

static struct err *not_found(struct ctx *c, int64_t id)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no category %lld.", (long long)id);
}

struct err *category_read(struct ctx *c, int64_t id, struct category *out)
{
	bool found;

	TRY(category_store_find(c->db, c->arena, id, STR_NONE, out, &found));
	return found ? NULL : not_found(c, id);
}

struct err *category_list(struct ctx *c, const struct category_filter *f, struct category_rows *out)
{
	return category_store_page(c->db, c->arena, f, out);
}

void category_to_json(struct json_out *j, const char *name, const struct category *category)
{
	json_object(j, name);
	json_int(j, "id", category->id);
	json_str(j, "name", category->name);
	json_str(j, "parent", category->parent);
	if (category->parent_id)
		json_int(j, "parent_id", category->parent_id);
	else
		json_null(j, "parent_id");
	json_int(j, "version", category->version);
	json_time(j, "created_at", category->created_at);
	json_time(j, "updated_at", category->updated_at);
	json_object_end(j);
}

static struct str category_json(struct ctx *c, const struct category *category)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, (size_t)64 * 1024);
	json_init(&j, &b);
	category_to_json(&j, NULL, category);
	return buf_str(&b);
}

/* ---- checks ---- */

static struct err *check_name(struct ctx *c, struct check *k, int64_t id, struct str name)
{
	struct category other;
	bool found;

	check_text(k, "/name", name, CATEGORY_NAME_MAX, CHECK_LINE);
	if (!name.p)
		return NULL;
	TRY(category_store_find(c->db, c->arena, 0, name, &other, &found));
	if (found && other.id != id)
		check_duplicate(k, "/name", "Category %lld (%.*s) has this name.",
			(long long)other.id, STR_ARG(other.name));
	return NULL;
}

static int64_t parent_of(const struct category_edge *edges, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (edges[i].id == id)
			return edges[i].parent_id;
	}
	return 0;
}

/* Levels from the root to `id`; 0 when `avoid` is on the way. */
static int depth_of(const struct category_edge *edges, size_t n, int64_t id, int64_t avoid)
{
	int depth = 0;

	for (; id; id = parent_of(edges, n, id)) {
		if (id == avoid)
			return 0;
		depth++;
		assert((size_t)depth <= n); /* moves are checked under a lock: there is no circle */
	}
	return depth;
}

/* Levels of the tree that hangs on `id`, itself included. */
static int height_of(const struct category_edge *edges, size_t n, int64_t id)
{
	int base = depth_of(edges, n, id, 0);
	int height = 1;

	for (size_t i = 0; i < n; i++) {
		int64_t up = edges[i].id;

		while (up && up != id)
			up = parent_of(edges, n, up);
		if (up == id && id) {
			int depth = depth_of(edges, n, edges[i].id, 0) - base + 1;

			height = depth > height ? depth : height;
		}
	}
	return height;
}

/* The whole tree is locked and read: it is small, and two moves at once could make a circle. */
static struct err *check_place(
	struct ctx *c, struct check *k, const char *pointer, int64_t id, int64_t parent_id)
{
	struct category_edge *edges;
	size_t n;
	int depth;

	TRY(category_store_lock_tree(c->db, c->arena, &edges, &n));
	depth = depth_of(edges, n, parent_id, id);
	if (!depth)
		check_wrong(k, pointer, "circular", "A category cannot stand below itself.");
	else if (depth + (id ? height_of(edges, n, id) : 1) > CATEGORY_DEPTH_MAX)
		check_wrong(k, pointer, "too_deep", "At most %d levels are allowed.",
			CATEGORY_DEPTH_MAX);
	return NULL;
}

/* parent_id of *category: what the input names, when it names one. */
static struct err *resolve_parent(
	struct ctx *c, struct check *k, const struct category_input *in, struct category *category)
{
	const char *pointer = in->parent_id ? "/parent_id" : "/parent";
	struct category parent;
	bool found;

	if (!in->has_parent)
		return NULL;
	if (!in->parent.n && !in->parent_id) {
		category->parent_id = 0;
		return NULL;
	}
	if (in->parent.n && in->parent_id) {
		check_wrong(k, pointer, "conflicting", "Name the parent or its id, not both.");
		return NULL;
	}
	TRY(category_store_find(c->db, c->arena, in->parent_id, in->parent, &parent, &found));
	if (!found) {
		check_wrong(k, pointer, "unknown", "There is no such category.");
		return NULL;
	}
	if (parent.id != category->parent_id)
		TRY(check_place(c, k, pointer, category->id, parent.id));
	category->parent_id = parent.id;
	return NULL;
}

/* ---- changes ---- */

/* Answer, event and *out all show what is stored now. */
static struct err *finish(
	struct ctx *c, const char *event, int64_t id, struct str before, struct category *out)
{
	TRY(category_read(c, id, out));
	return change_record_from(c, event, id, before, category_json(c, out));
}

static struct err *create_tx(struct ctx *c, void *arg)
{
	struct category_change *change = arg;
	const struct category_input *in = change->in;
	struct check k = check_begin(c);
	struct category category = {.name = in->name};
	int64_t id;

	check_needed(&k, "/name", in->name);
	TRY(check_name(c, &k, 0, in->name));
	TRY(resolve_parent(c, &k, in, &category));
	TRY(check_end(&k));
	TRY(check_again(category_store_insert(c->db, c->arena, &category, &id)));
	return finish(c, "bincard.category.created.v1", id, STR_NONE, change->out);
}

struct err *category_create(struct ctx *c, const struct category_input *in, struct category *out)
{
	struct category_change change = {.in = in, .out = out};

	return change_run(c, create_tx, &change);
}

static struct err *lock(
	struct ctx *c, const struct category_change *change, struct category *category)
{
	bool found;

	TRY(category_store_lock(c->db, c->arena, change->id, category, &found));
	if (!found)
		return not_found(c, change->id);
	return check_version(c->arena, change->version, category->version);
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct category_change *change = arg;
	const struct category_input *in = change->in;
	struct check k = check_begin(c);
	struct category category;
	struct str before;
	bool done;

	TRY(lock(c, change, &category));
	before = category_json(c, &category);
	TRY(check_name(c, &k, category.id, in->name));
	TRY(resolve_parent(c, &k, in, &category));
	TRY(check_end(&k));
	if (in->name.p)
		category.name = in->name;
	TRY(check_again(category_store_update(c->db, c->arena, &category, &done)));
	assert(done); /* the row is locked and its version was read */
	return finish(c, "bincard.category.updated.v1", category.id, before, change->out);
}

struct err *category_update(struct ctx *c, int64_t id, int64_t version,
	const struct category_input *in, struct category *out)
{
	struct category_change change = {.id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &change);
}

static struct err *in_use(struct ctx *c, int64_t items, int64_t children)
{
	return err_new(c->arena, ERR_CONFLICT, "%lld %s and %lld %s belong to this category.",
		(long long)items, items == 1 ? "item" : "items", (long long)children,
		children == 1 ? "category" : "categories");
}

static struct err *delete_tx(struct ctx *c, void *arg)
{
	const struct category_change *change = arg;
	struct category category;
	int64_t items, children;
	struct err *e;

	TRY(lock(c, change, &category));
	TRY(category_store_uses(c->db, c->arena, category.id, &items, &children));
	if (items || children)
		return in_use(c, items, children);
	e = category_store_delete(c->db, c->arena, category.id);
	if (e && e->code == ERR_DB_REFERENCED)
		return err_new(
			c->arena, ERR_CONFLICT, "Something was put into this category just now.");
	TRY(e);
	return change_record_gone(
		c, "bincard.category.deleted.v1", category.id, category_json(c, &category));
}

struct err *category_delete(struct ctx *c, int64_t id, int64_t version)
{
	struct category_change change = {.id = id, .version = version};

	return change_run(c, delete_tx, &change);
}
