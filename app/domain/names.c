#include "domain/names.h"

#include <string.h>

#include "base/json_out.h"

/* A slot is a cache line; longer names are simply not remembered. A name has its place among the
 * WAYS slots of a set, the latest first, so that two names of one hash do not push each other out
 * all the time. */
#define NAME_BYTES 52
#define WAYS 8
#define ITEM_SETS 2048
#define LOCATION_SETS 128
#define LIST_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct slot {
	int64_t id; /* 0: free */
	uint32_t n;
	char name[NAME_BYTES];
};

struct names {
	int64_t epoch;
	struct slot items[ITEM_SETS][WAYS];
	struct slot locations[LOCATION_SETS][WAYS];
};

struct names *names_new(struct arena *boot)
{
	return ARENA_NEW(boot, struct names);
}

void names_forget(struct names *names)
{
	memset(names, 0, sizeof(*names));
}

static struct slot *set_for(struct names *names, enum names_kind kind, struct str name)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619U;
	h ^= h >> 15;
	return kind == NAMES_ITEMS ? names->items[h % ITEM_SETS]
				   : names->locations[h % LOCATION_SETS];
}

static bool recall(struct names *names, enum names_kind kind, struct str name, struct name *out)
{
	const struct slot *set = set_for(names, kind, name);

	for (int i = 0; i < WAYS && set[i].id; i++) {
		if (set[i].n != name.n || memcmp(set[i].name, name.p, name.n) != 0)
			continue;
		*out = (struct name){.id = set[i].id, .active = true, .name = name};
		return true;
	}
	return false;
}

/* The one that came first goes. */
static void remember(struct names *names, enum names_kind kind, const struct name *name)
{
	struct slot *set = set_for(names, kind, name->name);
	struct name known;

	if (name->name.n > NAME_BYTES || recall(names, kind, name->name, &known))
		return;
	memmove(set + 1, set, (WAYS - 1) * sizeof(*set));
	set->id = name->id;
	set->n = (uint32_t)name->name.n;
	memcpy(set->name, name->name.p, name->name.n);
}

/* The queries in `wanted`, as a JSON array of names or ids. */
static struct str list_of(
	struct arena *a, const struct name_query *q, const size_t *wanted, size_t n, bool by_id)
{
	struct buf b;
	struct json_out j;

	buf_init(&b, a, LIST_BYTES_MAX);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		if (by_id)
			json_int(&j, NULL, q[wanted[i]].id);
		else
			json_str(&j, NULL, q[wanted[i]].name);
	}
	json_array_end(&j);
	return buf_str(&b);
}

/* Asks the database for q[wanted[0..n)]. */
static struct err *ask(struct ctx *c, enum names_kind kind, const struct name_query *q,
	const size_t *wanted, size_t n, bool by_id, struct name *out)
{
	struct name_row *rows;
	size_t row_count;
	int64_t epoch;

	if (n == 0)
		return NULL;
	TRY(names_store_find(c->db, c->arena, kind, by_id, list_of(c->arena, q, wanted, n, by_id),
		&rows, &row_count, &epoch));
	if (epoch != c->names->epoch) {
		names_forget(c->names);
		c->names->epoch = epoch;
	}
	for (size_t i = 0; i < row_count; i++) {
		struct name *to = &out[wanted[rows[i].position]];

		*to = (struct name){
			.id = rows[i].id, .active = rows[i].active, .name = rows[i].name};
		if (to->active)
			remember(c->names, kind, to);
	}
	return NULL;
}

/* One pass: what is remembered, then one question for the names and one for the ids that are left.
 * *sources counts from how many of these three the answers came. */
static struct err *resolve_once(struct ctx *c, enum names_kind kind, const struct name_query *q,
	size_t n, struct name *out, int *sources)
{
	size_t *by_name = ARENA_ARRAY(c->arena, n, size_t);
	size_t *by_id = ARENA_ARRAY(c->arena, n, size_t);
	size_t names = 0, ids = 0;

	for (size_t i = 0; i < n; i++) {
		if (!q[i].name.p)
			by_id[ids++] = i;
		else if (!recall(c->names, kind, q[i].name, &out[i]))
			by_name[names++] = i;
	}
	*sources = (names + ids < n) + (names > 0) + (ids > 0);
	TRY(ask(c, kind, q, by_name, names, false, out));
	return ask(c, kind, q, by_id, ids, true, out);
}

struct err *names_resolve(struct ctx *c, enum names_kind kind, const struct name_query *q, size_t n,
	struct name *out, int64_t *epoch)
{
	int64_t before;
	int sources;

	/* When the epoch moves on in between, answers of different sources hold for different
	 * epochs. */
	do {
		before = c->names->epoch;
		TRY(resolve_once(c, kind, q, n, out, &sources));
		*epoch = c->names->epoch;
	} while (*epoch != before && sources > 1);
	return NULL;
}

struct err *names_changed(struct ctx *c)
{
	return names_store_changed(c->db, c->arena);
}

struct err *names_refresh(struct ctx *c)
{
	int64_t epoch;

	TRY(names_store_epoch(c->db, c->arena, &epoch));
	if (epoch != c->names->epoch) {
		names_forget(c->names);
		c->names->epoch = epoch;
	}
	return NULL;
}
