/*
 * Many movements in few statements: docs/decisions/0003-import.md. All balances that a batch
 * touches are locked and read first, in lock order; what may be posted is decided here, movement
 * after movement, on these figures, which nobody else can change; then each table is written by one
 * statement.
 */
#include "domain/ledger_batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ATTEMPTS_MAX 3 /* each after names or balances were not as remembered */

/* ---- what was imported before ---- */

static void add_part(struct buf *b, struct str s)
{
	buf_printf(b, "%zu:", s.n);
	buf_add_str(b, s);
}

/* What the movement was asked as: an item that is renamed later does not change it. */
static void fingerprint(struct arena *a, const struct ledger_movement *m, unsigned char *out)
{
	struct buf b;

	buf_init(&b, a, LEDGER_LIST_BYTES_MAX);
	buf_printf(&b, "%d %d %lld ", (int)m->type, m->has_occurred_at,
		m->has_occurred_at ? (long long)m->occurred_at : 0);
	add_part(&b, m->reference);
	add_part(&b, m->reason);
	for (size_t i = 0; i < m->n; i++) {
		const struct ledger_line *l = &m->lines[i];

		add_part(&b, l->sku);
		add_part(&b, l->from);
		add_part(&b, l->to);
		buf_printf(&b, "%lld %lld %lld %lld ", (long long)l->item_id, (long long)l->from_id,
			(long long)l->to_id, (long long)l->quantity);
	}
	assert(!b.overflow);
	digest_sha256(out, buf_str(&b));
}

static void refuse(struct batch_entry *e, struct err *why)
{
	e->open = false;
	e->out->outcome = LEDGER_BATCH_REFUSED;
	e->out->refusal = why;
}

static int compare_keys(const void *pa, const void *pb)
{
	const struct batch_entry *a = *(struct batch_entry *const *)pa,
				 *b = *(struct batch_entry *const *)pb;
	struct str ka = a->m->import_key, kb = b->m->import_key;
	int order = memcmp(ka.p, kb.p, ka.n < kb.n ? ka.n : kb.n);

	if (order == 0 && ka.n != kb.n)
		order = ka.n < kb.n ? -1 : 1;
	return order ? order : (a > b) - (a < b);
}

/* The same content under a known key is passed over, other content refused. */
static void meets_known(
	struct ledger_batch *b, struct batch_entry *e, const unsigned char *fingerprint)
{
	if (!e->open)
		return;
	if (memcmp(fingerprint, e->fingerprint, DIGEST_BYTES) != 0) {
		refuse(e,
			err_new(b->c->arena, ERR_KEY_REUSED,
				"Another movement with this key was imported before it."));
		return;
	}
	e->open = false;
	e->out->outcome = LEDGER_BATCH_KNOWN;
}

/* A key may stand twice in one batch. */
static void link_repeated(struct batch_entry **keyed, size_t n)
{
	qsort(keyed, n, sizeof(struct batch_entry *), compare_keys);
	for (size_t i = 1; i < n; i++)
		if (str_eq(keyed[i]->m->import_key, keyed[i - 1]->m->import_key))
			keyed[i]->before = keyed[i - 1];
}

static struct err *find_known(struct ledger_batch *b)
{
	struct arena *a = b->c->arena;
	struct batch_entry **keyed = ARENA_ARRAY(a, b->n, struct batch_entry *);
	struct buf buf;
	struct json_out j = ledger_list_begin(a, &buf);
	struct ledger_known *rows;
	struct str list;
	size_t n = 0, row_count;

	for (size_t i = 0; i < b->n; i++)
		if (b->entries[i].m->import_key.p)
			keyed[n++] = &b->entries[i];
	if (n == 0)
		return NULL;
	link_repeated(keyed, n);
	for (size_t i = 0; i < n; i++)
		json_str(&j, NULL, keyed[i]->m->import_key);
	TRY(ledger_list_end(a, &j, &list));
	TRY(ledger_store_known(b->c->db, a, b->c->who->actor, list, &rows, &row_count));
	for (size_t i = 0; i < row_count; i++) {
		assert(rows[i].fingerprint.n == DIGEST_BYTES);
		meets_known(
			b, keyed[rows[i].position], (const unsigned char *)rows[i].fingerprint.p);
	}
	return NULL;
}

/* ---- the plans ---- */

static struct err *plan_all(struct ledger_batch *b)
{
	struct ctx *c = b->c;
	struct ledger_movement *m = ARENA_ARRAY(c->arena, b->n, struct ledger_movement);
	struct ledger_names names;
	size_t n = 0, first = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->entries[i].open && b->entries[i].m->n <= LEDGER_LINES_MAX)
			m[n++] = *b->entries[i].m;
	}
	TRY(names_refresh(c));
	TRY(ledger_resolve(c, m, n, &names));
	for (size_t i = 0; i < b->n; i++) {
		struct batch_entry *e = &b->entries[i];
		struct err *wrong;

		if (!e->open)
			continue;
		wrong = ledger_plan_with(c, e->m, &names, first, &e->plan);
		if (e->m->n <= LEDGER_LINES_MAX)
			first += e->m->n;
		if (wrong)
			refuse(e, wrong);
	}
	return NULL;
}

/* Every balance that a plan touches, once, in lock order; their sums are 0 so far. */
static void collect_balances(struct ledger_batch *b)
{
	struct arena *a = b->c->arena;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->entries[i].open ? b->entries[i].plan.demand_count : 0;
	b->sums = ARENA_ARRAY(a, n, struct demand);
	n = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct ledger_plan *p = &b->entries[i].plan;

		for (size_t d = 0; b->entries[i].open && d < p->demand_count; d++)
			b->sums[n++] = p->demands[d];
	}
	qsort(b->sums, n, sizeof(*b->sums), ledger_compare_demands);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && ledger_compare_demands(&b->sums[kept - 1], &b->sums[i]) == 0)
			continue;
		b->sums[kept++] = (struct demand){
			.item_id = b->sums[i].item_id, .location_id = b->sums[i].location_id};
	}
	b->balance_count = kept;
	b->touched = ARENA_ARRAY(a, kept, int64_t);
	b->balances = ARENA_ARRAY(a, kept, struct ledger_balance);
}

/* [[item, location, lot], ...], of all balances or of those that have no row. */
static struct err *balance_list(struct ledger_batch *b, bool missing, struct str *list, size_t *n)
{
	struct buf buf;
	struct json_out j = ledger_list_begin(b->c->arena, &buf);

	*n = 0;
	for (size_t i = 0; i < b->balance_count; i++) {
		if (missing && b->balances[i].exists)
			continue;
		json_array(&j, NULL);
		json_int(&j, NULL, b->sums[i].item_id);
		json_int(&j, NULL, b->sums[i].location_id);
		json_array_end(&j);
		++*n;
	}
	return ledger_list_end(b->c->arena, &j, list);
}

/* *again: rows were missing and cannot be made; resolving anew tells which names were archived. */
static struct err *lock_balances(struct ledger_batch *b, bool *again)
{
	struct ctx *c = b->c;
	struct str all, missing;
	size_t n;

	*again = false;
	if (b->balance_count == 0)
		return NULL;
	TRY(balance_list(b, false, &all, &n));
	TRY(ledger_store_lock_balances(c->db, c->arena, all, n, b->balances));
	TRY(balance_list(b, true, &missing, &n));
	if (n == 0)
		return NULL;
	TRY(ledger_store_make_balances(c->db, c->arena, missing));
	TRY(ledger_store_lock_balances(c->db, c->arena, all, b->balance_count, b->balances));
	for (size_t i = 0; i < b->balance_count; i++)
		*again |= !b->balances[i].exists;
	if (*again)
		names_forget(c->names);
	return NULL;
}

/* ---- the decisions ---- */

static size_t balance_of(const struct ledger_batch *b, const struct demand *d)
{
	const struct demand *found =
		bsearch(d, b->sums, b->balance_count, sizeof(*d), ledger_compare_demands);

	assert(found);
	return (size_t)(found - b->sums);
}

static void decide(struct ledger_batch *b, struct batch_entry *e)
{
	const struct ledger_plan *p = &e->plan;
	struct ledger_balance *now =
		ARENA_ARRAY(b->c->arena, p->demand_count, struct ledger_balance);
	struct err *why;
	bool missing;

	for (const struct batch_entry *before = e->before; before; before = before->before)
		if (before->posted)
			meets_known(b, e, before->fingerprint);
	if (!e->open)
		return;
	for (size_t i = 0; i < p->demand_count; i++)
		now[i] = b->balances[balance_of(b, &p->demands[i])];
	why = ledger_refusal(b->c, p, now, &missing);
	assert(!missing);
	if (why) {
		refuse(e, why);
		return;
	}
	for (size_t i = 0; i < p->demand_count; i++) {
		size_t at = balance_of(b, &p->demands[i]);

		b->balances[at].on_hand += p->demands[i].delta;
		b->balances[at].version++;
		b->sums[at].delta += p->demands[i].delta;
		b->touched[at]++;
		now[i] = b->balances[at];
	}
	e->became = now;
	e->open = false;
	e->posted = true;
	e->out->outcome = LEDGER_BATCH_POSTED;
}

/* ---- the whole ---- */

static struct err *prepare(struct ledger_batch *b)
{
	bool again = true;

	for (int i = 0; again && i < ATTEMPTS_MAX; i++) {
		TRY(plan_all(b));
		collect_balances(b);
		TRY(lock_balances(b, &again));
	}
	if (again)
		return err_new(
			b->c->arena, ERR_UNAVAILABLE, "The names changed too often meanwhile.");
	return NULL;
}

struct err *ledger_batch_post(struct ctx *c, const struct ledger_movement *m, size_t n,
	struct ledger_batch_result *results)
{
	struct ledger_batch b = {
		.c = c, .n = n, .entries = ARENA_ARRAY(c->arena, n, struct batch_entry)};

	assert(db_in_transaction(c->db));
	for (size_t i = 0; i < n; i++) {
		results[i] = (struct ledger_batch_result){.outcome = LEDGER_BATCH_REFUSED};
		b.entries[i] = (struct batch_entry){.m = &m[i], .out = &results[i], .open = true};
		fingerprint(c->arena, &m[i], b.entries[i].fingerprint);
	}
	TRY(find_known(&b));
	TRY(prepare(&b));
	for (size_t i = 0; i < n; i++)
		if (b.entries[i].open)
			decide(&b, &b.entries[i]);
	return ledger_batch_write(&b);
}

struct err *ledger_batch_begin(struct ctx *c)
{
	return db_begin(c->db, c->arena);
}

struct err *ledger_batch_commit(struct ctx *c)
{
	return db_commit(c->db, c->arena);
}

void ledger_batch_rollback(struct ctx *c)
{
	db_rollback(c->db, c->arena);
}
