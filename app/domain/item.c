#include "domain/item.h"

#include <assert.h>

#include "domain/change.h"
#include "domain/check.h"
#include "domain/names.h"
#include "domain/reach.h"
#include "store/category_store.h"

#define STOCK_PLACES_SHOWN 5

struct item_change {
	int64_t id; /* 0: a new one */
	int64_t version;
	const struct item_input *in;
	bool active; /* archive and restore alone */
	struct item *out;
};

/* ---- reading ---- */

static struct err *not_found(struct ctx *c, int64_t id)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no item %lld.", (long long)id);
}

/* Leaves of the quantities what whoever asks may see. */
static struct err *keep_within(struct ctx *c, struct item *items, size_t n)
{
	struct str within = reach_of(c, PERM_STOCK_READ);

	if (!within.p || n == 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		items[i].on_hand_hidden = !perm_has(c->who->permissions, PERM_STOCK_READ);
	if (items[0].on_hand_hidden)
		return NULL;
	return item_store_on_hand_within(c->db, c->arena, items, n, within);
}

struct err *item_read(struct ctx *c, int64_t id, struct item *out)
{
	bool found;

	TRY(item_store_by_id(c->db, c->arena, id, out, &found));
	return found ? keep_within(c, out, 1) : not_found(c, id);
}

struct err *item_by_barcode(struct ctx *c, struct str barcode, struct item *out)
{
	bool found;

	TRY(item_store_by_barcode(c->db, c->arena, barcode, out, &found));
	if (!found)
		return err_new(
			c->arena, ERR_NOT_FOUND, "No item has the barcode %.*s.", STR_ARG(barcode));
	return keep_within(c, out, 1);
}

struct err *item_list(struct ctx *c, const struct item_filter *f, struct item_rows *out)
{
	TRY(item_store_page(c->db, c->arena, f, out));
	return keep_within(c, out->rows, out->n);
}

static void barcodes_to_json(struct json_out *j, struct str barcodes)
{
	json_array(j, "barcodes");
	while (barcodes.n)
		json_str(j, NULL, str_cut(barcodes, '\n', &barcodes));
	json_array_end(j);
}

void item_to_json(struct json_out *j, const char *name, const struct item *item)
{
	json_object(j, name);
	json_int(j, "id", item->id);
	json_str(j, "sku", item->sku);
	json_str(j, "name", item->name);
	json_str(j, "description", item->description);
	json_str(j, "unit", item->unit);
	json_str(j, "category", item->category);
	if (item->category_id)
		json_int(j, "category_id", item->category_id);
	else
		json_null(j, "category_id");
	barcodes_to_json(j, item->barcodes);
	json_cstr(j, "status", item->active ? "active" : "archived");
	json_int(j, "version", item->version);
	if (item->on_hand_hidden)
		json_null(j, "on_hand");
	else
		json_qty(j, "on_hand", item->on_hand);
	json_time(j, "created_at", item->created_at);
	json_time(j, "updated_at", item->updated_at);
	json_object_end(j);
}

static struct str item_json(struct ctx *c, const struct item *item)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, (size_t)1024 * 1024);
	json_init(&j, &b);
	item_to_json(&j, NULL, item);
	return buf_str(&b);
}

/* ---- checks ---- */

/* Codes compare with trailing spaces cut off by the database; check_text has refused those. */
static void check_barcodes(struct check *k, const struct item_input *in)
{
	if (in->barcode_count > ITEM_BARCODES_MAX) {
		check_wrong(
			k, "/barcodes", "too_many", "At most %d are allowed.", ITEM_BARCODES_MAX);
		return;
	}
	for (size_t i = 0; i < in->barcode_count; i++) {
		const char *pointer = arena_printf(k->arena, "/barcodes/%zu", i);
		size_t first = 0;

		check_text(k, pointer, in->barcodes[i], ITEM_BARCODE_MAX, CHECK_CODE);
		while (!str_eq(in->barcodes[first], in->barcodes[i]))
			first++;
		if (first < i)
			check_wrong(
				k, pointer, "repeated", "This barcode stands in the list already.");
	}
}

static void check_input(struct check *k, const struct item_input *in)
{
	check_text(k, "/sku", in->sku, ITEM_SKU_MAX, CHECK_CODE);
	check_text(k, "/name", in->name, ITEM_NAME_MAX, CHECK_LINE);
	check_text(k, "/description", in->description, ITEM_DESCRIPTION_MAX, CHECK_MULTILINE);
	check_text(k, "/unit", in->unit, ITEM_UNIT_MAX, CHECK_CODE);
	check_barcodes(k, in);
}

static struct err *check_clashes(
	struct ctx *c, struct check *k, int64_t id, const struct item_input *in)
{
	struct item_clashes clashes;

	if ((!in->sku.p && !in->barcode_count) || in->barcode_count > ITEM_BARCODES_MAX)
		return NULL;
	TRY(item_store_clashes(
		c->db, c->arena, id, in->sku, in->barcodes, in->barcode_count, &clashes));
	for (size_t i = 0; i < clashes.n; i++) {
		const struct item_clash *clash = &clashes.rows[i];

		if (clash->place == 0)
			check_duplicate(k, "/sku", "Item %lld has this SKU.", (long long)clash->id);
		else
			check_duplicate(k,
				arena_printf(c->arena, "/barcodes/%zu", clash->place - 1),
				"Item %lld (%.*s) has this barcode.", (long long)clash->id,
				STR_ARG(clash->sku));
	}
	return NULL;
}

/* category and category_id of *out: what the input names, when it names one. */
static struct err *resolve_category(
	struct ctx *c, struct check *k, const struct item_input *in, struct item *out)
{
	struct category category;
	bool found;

	if (!in->has_category)
		return NULL;
	out->category_id = 0;
	if (!in->category.n && !in->category_id)
		return NULL;
	if (in->category.n && in->category_id) {
		check_wrong(
			k, "/category_id", "conflicting", "Name the category or its id, not both.");
		return NULL;
	}
	TRY(category_store_find(c->db, c->arena, in->category_id, in->category, &category, &found));
	if (found)
		out->category_id = category.id;
	else
		check_wrong(k, in->category_id ? "/category_id" : "/category", "unknown",
			"There is no such category.");
	return NULL;
}

/* ---- create and update ---- */

/* Events are everybody's and hold the whole quantity; *out and the stored answer hold what may be seen of it. */
static struct err *answer(struct ctx *c, struct item *out)
{
	TRY(keep_within(c, out, 1));
	return change_unchanged(c, item_json(c, out));
}

/* Answer, event and *out all show what is stored now. */
static struct err *finish(
	struct ctx *c, const char *event, int64_t id, struct str before, struct item *out)
{
	bool found;

	TRY(item_store_by_id(c->db, c->arena, id, out, &found));
	assert(found); /* the row is locked */
	TRY(change_record_from(c, event, id, before, item_json(c, out)));
	return reach_of(c, PERM_STOCK_READ).p ? answer(c, out) : NULL;
}

static struct err *create_tx(struct ctx *c, void *arg)
{
	struct item_change *change = arg;
	const struct item_input *in = change->in;
	struct check k = check_begin(c);
	struct item item = {
		.sku = in->sku,
		.name = in->name,
		.description = in->description.p ? in->description : STR(""),
		.unit = in->unit.p ? in->unit : STR("each"),
	};
	int64_t id;

	check_needed(&k, "/sku", in->sku);
	check_needed(&k, "/name", in->name);
	check_input(&k, in);
	TRY(check_clashes(c, &k, 0, in));
	TRY(resolve_category(c, &k, in, &item));
	TRY(check_end(&k));
	TRY(check_again(item_store_insert(c->db, c->arena, &item, &id)));
	if (in->barcode_count)
		TRY(check_again(item_store_set_barcodes(
			c->db, c->arena, id, in->barcodes, in->barcode_count)));
	return finish(c, "bincard.item.created.v1", id, STR_NONE, change->out);
}

struct err *item_create(struct ctx *c, const struct item_input *in, struct item *out)
{
	struct item_change change = {.in = in, .out = out};

	return change_run(c, create_tx, &change);
}

static struct err *lock(struct ctx *c, const struct item_change *change, struct item *item)
{
	bool found;

	TRY(item_store_lock(c->db, c->arena, change->id, item, &found));
	if (!found)
		return not_found(c, change->id);
	return check_version(c->arena, change->version, item->version);
}

static void apply(const struct item_input *in, struct item *item)
{
	if (in->sku.p)
		item->sku = in->sku;
	if (in->name.p)
		item->name = in->name;
	if (in->description.p)
		item->description = in->description;
	if (in->unit.p)
		item->unit = in->unit;
}

static struct err *store_update(struct ctx *c, const struct item_input *in, const struct item *item)
{
	struct err *e;
	bool done;

	e = item_store_update(c->db, c->arena, item, &done);
	TRY(check_again(e));
	assert(done); /* the row is locked and its version was read */
	if (!in->has_barcodes)
		return NULL;
	return check_again(item_store_set_barcodes(
		c->db, c->arena, item->id, in->barcodes, in->barcode_count));
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct item_change *change = arg;
	const struct item_input *in = change->in;
	struct check k = check_begin(c);
	struct item item;
	struct str sku, before;

	TRY(lock(c, change, &item));
	before = item_json(c, &item);
	sku = item.sku;
	check_input(&k, in);
	TRY(check_clashes(c, &k, change->id, in));
	TRY(resolve_category(c, &k, in, &item));
	TRY(check_end(&k));
	apply(in, &item);
	TRY(store_update(c, in, &item));
	if (!str_eq(sku, item.sku))
		TRY(names_changed(c));
	return finish(c, "bincard.item.updated.v1", change->id, before, change->out);
}

struct err *item_update(
	struct ctx *c, int64_t id, int64_t version, const struct item_input *in, struct item *out)
{
	struct item_change change = {.id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &change);
}

/* ---- archive and restore ---- */

/* The row of the item is locked, which new balances of it wait for; then the balances that are
 * there, which postings wait for. A posting that waited finds its balance gone. */
static struct err *clear_stock(struct ctx *c, int64_t id)
{
	struct str places, within = reach_of(c, PERM_STOCK_READ);
	int64_t holding;

	TRY(item_store_lock_stock(c->db, c->arena, id, &holding));
	if (!holding)
		return item_store_delete_stock(c->db, c->arena, id);
	TRY(item_store_stock_places(c->db, c->arena, id, within, STOCK_PLACES_SHOWN, &places));
	if (!places.n)
		return err_new(c->arena, ERR_CONFLICT, "Stock is left.");
	if (within.p) /* how many there are elsewhere is not told */
		return err_new(c->arena, ERR_CONFLICT, "Stock is left: %.*s, ...", STR_ARG(places));
	return err_new(c->arena, ERR_CONFLICT, "Stock is left at %lld %s: %.*s%s.",
		(long long)holding, holding == 1 ? "place" : "places", STR_ARG(places),
		holding > STOCK_PLACES_SHOWN ? ", ..." : "");
}

static struct err *set_active_tx(struct ctx *c, void *arg)
{
	struct item_change *change = arg;
	struct item item;
	struct str before;
	bool done;

	TRY(lock(c, change, &item));
	before = item_json(c, &item);
	if (item.active == change->active) {
		*change->out = item;
		return answer(c, change->out);
	}
	if (!change->active)
		TRY(clear_stock(c, change->id));
	TRY(item_store_set_active(c->db, c->arena, item.id, item.version, change->active, &done));
	assert(done);
	return finish(c, change->active ? "bincard.item.restored.v1" : "bincard.item.archived.v1",
		item.id, before, change->out);
}

struct err *item_archive(struct ctx *c, int64_t id, int64_t version, struct item *out)
{
	struct item_change change = {.id = id, .version = version, .active = false, .out = out};

	return change_run(c, set_active_tx, &change);
}

struct err *item_restore(struct ctx *c, int64_t id, int64_t version, struct item *out)
{
	struct item_change change = {.id = id, .version = version, .active = true, .out = out};

	return change_run(c, set_active_tx, &change);
}
