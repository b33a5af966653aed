#include "store/ledger_store.h"

#include <assert.h>

struct err *ledger_store_post(
	struct db *db, struct arena *a, const struct ledger_call *call, struct ledger_posted *out)
{
	const struct ledger_single *one = &call->single;
	struct db_rows r;
	struct str id, recorded_us;

	TRY(db_change(db, a, LEDGER_POST,
		DB_ARGS(db_int(call->epoch), db_text(call->actor), db_text(call->app),
			db_text(call->request_id), db_text(call->traceparent), db_text(call->key),
			db_bytes(call->fingerprint), db_int(call->status),
			db_text(str_of(call->type)), db_text(call->reference),
			db_text(call->reason), db_time(call->occurred_at),
			db_int_or_null(call->reverses), db_text(call->event),
			db_int((int64_t)call->line_count), db_int((int64_t)call->balance_count),
			db_int_or_null(call->from_id), db_int_or_null(call->to_id),
			db_text(call->places), db_int(one->item_id), db_qty(one->quantity),
			db_int(one->location_id), db_qty(one->delta), db_int_or_null(one->other_id),
			one->has_expected ? db_qty(one->expected) : db_null(DB_QTY),
			db_text(call->balances), db_text(call->lines)),
		&r));
	assert(r.n == 1);
	id = str_cut(db_row(&r, 0)->text, ' ', &recorded_us);
	if (!str_to_int(id, &out->id) || !str_to_int(recorded_us, &out->recorded_at))
		return err_because(err_new(a, ERR_INTERNAL, "Posting failed."),
			"ledger_post returned \"%.*s\"", STR_ARG(db_row(&r, 0)->text));
	return NULL;
}

static struct err *read_balances(struct db *db, struct arena *a, enum stmt_id statement,
	struct str balances, size_t n, struct ledger_balance *out)
{
	struct db_rows r;

	TRY(db_query(db, a, statement, DB_ARGS(db_text(balances)), &r));
	assert(r.n == n);
	for (size_t i = 0; i < n; i++) {
		const struct db_value *v = db_row(&r, i);

		out[i].exists = !v[1].null;
		out[i].on_hand = v[1].null ? 0 : (qty_t)v[1].qty;
		out[i].reserved = v[2].null ? 0 : (qty_t)v[2].qty;
		out[i].version = v[3].null ? 0 : v[3].num;
	}
	return NULL;
}

struct err *ledger_store_balances(
	struct db *db, struct arena *a, struct str balances, size_t n, struct ledger_balance *out)
{
	return read_balances(db, a, LEDGER_BALANCES, balances, n, out);
}

struct err *ledger_store_lock_balances(
	struct db *db, struct arena *a, struct str balances, size_t n, struct ledger_balance *out)
{
	return read_balances(db, a, LEDGER_LOCK_BALANCES, balances, n, out);
}

struct err *ledger_store_make_balances(struct db *db, struct arena *a, struct str balances)
{
	return db_exec(db, a, LEDGER_MAKE_BALANCES, DB_ARGS(db_text(balances)), NULL, NULL);
}

struct err *ledger_store_known(struct db *db, struct arena *a, struct str actor, struct str keys,
	struct ledger_known **rows, size_t *n)
{
	struct db_rows r;

	TRY(db_query(db, a, LEDGER_KNOWN, DB_ARGS(db_text(keys), db_text(actor)), &r));
	*rows = ARENA_ARRAY(a, r.n, struct ledger_known);
	*n = r.n;
	for (size_t i = 0; i < r.n; i++) {
		const struct db_value *v = db_row(&r, i);

		(*rows)[i] = (struct ledger_known){(size_t)v[0].num - 1, v[1].text};
	}
	return NULL;
}

struct err *ledger_store_move_balances(
	struct db *db, struct arena *a, struct str balances, int64_t *changed)
{
	return db_exec(db, a, LEDGER_MOVE_BALANCES, DB_ARGS(db_text(balances)), changed, NULL);
}

struct err *ledger_store_add_movements(struct db *db, struct arena *a, struct str actor,
	struct str request_id, struct str movements, size_t n, struct ledger_added **added)
{
	struct db_rows r;
	int64_t first;

	TRY(db_exec(db, a, LEDGER_ADD_MOVEMENTS,
		DB_ARGS(db_text(actor), db_text(request_id), db_text(movements)), NULL, &first));
	TRY(db_query(db, a, LEDGER_ADDED,
		DB_ARGS(db_int(first), db_text(request_id), db_text(actor)), &r));
	if (r.n != n)
		return err_because(err_new(a, ERR_INTERNAL, "Posting failed."),
			"%zu movements were added, %zu are there", n, r.n);
	*added = ARENA_ARRAY(a, n, struct ledger_added);
	for (size_t i = 0; i < n; i++) {
		const struct db_value *v = db_row(&r, i);

		(*added)[i] = (struct ledger_added){v[0].num, v[1].num, v[2].num};
	}
	return NULL;
}

struct err *ledger_store_add_places(struct db *db, struct arena *a, struct str places)
{
	return db_exec(db, a, LEDGER_ADD_PLACES, DB_ARGS(db_text(places)), NULL, NULL);
}

struct err *ledger_store_add_lines(struct db *db, struct arena *a, struct str lines)
{
	return db_exec(db, a, LEDGER_ADD_LINES, DB_ARGS(db_text(lines)), NULL, NULL);
}

struct err *ledger_store_add_keys(struct db *db, struct arena *a, struct str actor, struct str keys)
{
	return db_exec(db, a, LEDGER_ADD_KEYS, DB_ARGS(db_text(actor), db_text(keys)), NULL, NULL);
}

struct err *ledger_store_add_events(
	struct db *db, struct arena *a, const struct ledger_origin *from, struct str movements)
{
	return db_exec(db, a, LEDGER_ADD_EVENTS,
		DB_ARGS(db_text(from->actor), db_text(from->app), db_text(from->request_id),
			db_text(from->traceparent), db_text(movements)),
		NULL, NULL);
}
