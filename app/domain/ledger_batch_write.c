/* What a batch has decided, one statement a table. */
#include "domain/ledger_batch.h"

struct err *ledger_list_end(struct arena *a, struct json_out *j, struct str *out)
{
	json_array_end(j);
	*out = buf_str(j->buf);
	if (!j->buf->overflow)
		return NULL;
	return err_new(a, ERR_TOO_LARGE, "The batch is too large.");
}

struct json_out ledger_list_begin(struct arena *a, struct buf *b)
{
	struct json_out j;

	buf_init(b, a, LEDGER_LIST_BYTES_MAX);
	json_init(&j, b);
	json_array(&j, NULL);
	return j;
}

static struct err *write_balances(struct ledger_batch *b)
{
	struct buf buf;
	struct json_out j = ledger_list_begin(b->c->arena, &buf);
	struct str list;
	int64_t wanted = 0, changed;

	for (size_t i = 0; i < b->balance_count; i++) {
		if (b->touched[i] == 0)
			continue;
		json_array(&j, NULL);
		json_int(&j, NULL, b->sums[i].item_id);
		json_int(&j, NULL, b->sums[i].location_id);
		json_qty(&j, NULL, b->sums[i].delta);
		json_int(&j, NULL, b->touched[i]);
		json_array_end(&j);
		wanted++;
	}
	if (wanted == 0)
		return NULL;
	TRY(ledger_list_end(b->c->arena, &j, &list));
	TRY(ledger_store_move_balances(b->c->db, b->c->arena, list, &changed));
	if (changed == wanted)
		return NULL;
	return err_because(err_new(b->c->arena, ERR_INTERNAL, "The balances cannot be changed."),
		"%lld of %lld locked balances took their change", (long long)changed,
		(long long)wanted);
}

static void id_or_null(struct json_out *j, int64_t id)
{
	if (id)
		json_int(j, NULL, id);
	else
		json_null(j, NULL);
}

static struct err *write_movements(struct ledger_batch *b, size_t posted)
{
	struct ctx *c = b->c;
	struct buf buf;
	struct json_out j = ledger_list_begin(c->arena, &buf);
	struct ledger_added *added;
	struct str list;
	size_t k = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct posted *p = &b->entries[i].plan.movement;

		if (!b->entries[i].posted)
			continue;
		json_array(&j, NULL);
		json_cstr(&j, NULL, movement_type_names[p->type]);
		json_str(&j, NULL, p->reference);
		json_str(&j, NULL, p->reason);
		json_int(&j, NULL, p->occurred_at);
		json_int(&j, NULL, p->line_count);
		id_or_null(&j, b->entries[i].plan.ends.from_id);
		id_or_null(&j, b->entries[i].plan.ends.to_id);
		json_array_end(&j);
	}
	TRY(ledger_list_end(c->arena, &j, &list));
	TRY(ledger_store_add_movements(
		c->db, c->arena, c->who->actor, c->request_id, list, posted, &added));
	for (size_t i = 0; i < b->n; i++) {
		struct posted *p = &b->entries[i].plan.movement;

		if (!b->entries[i].posted)
			continue;
		if (added[k].line_count != p->line_count)
			return err_because(err_new(c->arena, ERR_INTERNAL, "Posting failed."),
				"movement %lld is not where it was put", (long long)added[k].id);
		p->id = added[k].id;
		p->recorded_at = added[k].recorded_at;
		b->entries[i].out->id = added[k++].id;
	}
	return NULL;
}

static struct err *write_places(struct ledger_batch *b)
{
	struct buf buf;
	struct json_out j = ledger_list_begin(b->c->arena, &buf);
	struct str list;
	bool any = false;

	for (size_t i = 0; i < b->n; i++) {
		const struct ledger_plan *plan = &b->entries[i].plan;

		for (size_t k = 0; b->entries[i].posted && k < plan->ends.place_count; k++) {
			any = true;
			json_array(&j, NULL);
			json_int(&j, NULL, plan->ends.places[k]);
			json_int(&j, NULL, plan->movement.id);
			json_array_end(&j);
		}
	}
	if (!any)
		return NULL;
	TRY(ledger_list_end(b->c->arena, &j, &list));
	return ledger_store_add_places(b->c->db, b->c->arena, list);
}

static void line_row(struct json_out *j, const struct posted *p, size_t i)
{
	const struct posted_line *l = &p->lines[i];

	json_array(j, NULL);
	json_int(j, NULL, p->id);
	json_int(j, NULL, (int64_t)i + 1);
	json_int(j, NULL, l->item_id);
	json_int(j, NULL, l->from_id);
	json_int(j, NULL, l->to_id);
	json_qty(j, NULL, l->quantity);
	json_array_end(j);
}

static struct err *write_lines(struct ledger_batch *b)
{
	struct buf buf;
	struct json_out j = ledger_list_begin(b->c->arena, &buf);
	struct str list;

	for (size_t i = 0; i < b->n; i++) {
		const struct posted *p = &b->entries[i].plan.movement;

		for (size_t l = 0; b->entries[i].posted && l < p->n; l++)
			line_row(&j, p, l);
	}
	TRY(ledger_list_end(b->c->arena, &j, &list));
	return ledger_store_add_lines(b->c->db, b->c->arena, list);
}

/* Whoever imports the same at the same time was quicker: all is run again and finds the keys. */
static struct err *write_keys(struct ledger_batch *b)
{
	struct ctx *c = b->c;
	struct buf buf;
	struct json_out j = ledger_list_begin(c->arena, &buf);
	struct str list;
	struct err *e;
	bool any = false;

	for (size_t i = 0; i < b->n; i++) {
		const struct batch_entry *entry = &b->entries[i];

		if (!entry->posted || !entry->m->import_key.p)
			continue;
		any = true;
		json_array(&j, NULL);
		json_str(&j, NULL, entry->m->import_key);
		json_str(&j, NULL, str_hex(c->arena, entry->fingerprint, DIGEST_BYTES));
		json_array_end(&j);
	}
	if (!any)
		return NULL;
	TRY(ledger_list_end(c->arena, &j, &list));
	e = ledger_store_add_keys(c->db, c->arena, c->who->actor, list);
	if (e && e->code == ERR_DB_DUPLICATE_KEY)
		e->code = ERR_DB_DEADLOCK;
	return e;
}

static void balance_row(
	struct json_out *j, const struct demand *d, const struct ledger_balance *became)
{
	json_array(j, NULL);
	json_int(j, NULL, d->item_id);
	json_int(j, NULL, d->location_id);
	json_qty(j, NULL, became->on_hand - d->delta);
	json_qty(j, NULL, became->on_hand);
	json_qty(j, NULL, became->reserved);
	json_int(j, NULL, became->version);
	json_array_end(j);
}

static void event_row(struct json_out *j, const struct batch_entry *e)
{
	json_array(j, NULL);
	ledger_to_json(j, &e->plan.movement);
	json_array(j, NULL);
	for (size_t i = 0; i < e->plan.demand_count; i++)
		balance_row(j, &e->plan.demands[i], &e->became[i]);
	json_array_end(j);
	json_array_end(j);
}

static struct err *write_events(struct ledger_batch *b)
{
	struct ctx *c = b->c;
	struct buf buf;
	struct json_out j = ledger_list_begin(c->arena, &buf);
	struct str list;

	for (size_t i = 0; i < b->n; i++)
		if (b->entries[i].posted)
			event_row(&j, &b->entries[i]);
	TRY(ledger_list_end(c->arena, &j, &list));
	return ledger_store_add_events(c->db, c->arena,
		&(struct ledger_origin){c->who->actor, c->who->app, c->request_id, c->traceparent},
		list);
}

struct err *ledger_batch_write(struct ledger_batch *b)
{
	size_t posted = 0;

	for (size_t i = 0; i < b->n; i++)
		posted += b->entries[i].posted;
	if (posted == 0)
		return NULL;
	TRY(write_balances(b));
	TRY(write_movements(b, posted));
	TRY(write_places(b));
	TRY(write_lines(b));
	TRY(write_keys(b));
	return write_events(b);
}
