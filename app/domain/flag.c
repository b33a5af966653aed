#include "domain/flag.h"

#include <assert.h>

#include "base/digest.h"
#include "domain/change.h"
#include "domain/check.h"

#define ROWS_MAX 200
#define FLAG_JSON_MAX 2048
#define SECOND_US INT64_C(1000000)

static const struct {
	const char *name, *help;
	enum flag_state initial;
} known[FLAG_END] = {
#define X(id, name, initial, help) [id] = {name, help, initial},
	FLAG_TABLE(X)
#undef X
};

struct flags {
	_Atomic uint64_t *generation;
	uint64_t read_generation; /* before the states were read */
	int64_t read_at_us; /* monotonic; 0: never */
	struct {
		enum flag_state state;
		int percent;
	} now[FLAG_END];
};

static enum flag flag_from(struct str name)
{
	for (int f = FLAG_NONE + 1; f < FLAG_END; f++) {
		if (str_is(name, known[f].name))
			return (enum flag)f;
	}
	return FLAG_NONE;
}

const char *flag_name(enum flag flag)
{
	assert(flag > FLAG_NONE && flag < FLAG_END);
	return known[flag].name;
}

const char *flag_about(struct str name)
{
	return known[flag_from(name)].help;
}

/* ---- what is remembered ---- */

static void set_defaults(struct flags *flags)
{
	for (int f = FLAG_NONE + 1; f < FLAG_END; f++) {
		flags->now[f].state = known[f].initial;
		flags->now[f].percent = 0;
	}
}

struct flags *flags_new(struct arena *boot, _Atomic uint64_t *generation)
{
	struct flags *flags = ARENA_NEW(boot, struct flags);

	flags->generation = generation;
	set_defaults(flags);
	return flags;
}

static bool is_fresh(const struct flags *flags, uint64_t generation, int64_t now_us)
{
	return flags->read_at_us && flags->read_generation == generation &&
		now_us - flags->read_at_us < FLAG_CACHE_S * SECOND_US;
}

struct err *flags_refresh(struct flags *flags, struct ctx *c)
{
	uint64_t generation = flags->generation ? atomic_load(flags->generation) : 0;
	int64_t now_us = time_monotonic_us();
	struct flag_rows rows;

	if (is_fresh(flags, generation, now_us))
		return NULL;
	TRY(flag_store_page(c->db, c->arena, 0, ROWS_MAX, &rows));
	set_defaults(flags);
	for (size_t i = 0; i < rows.n; i++) {
		enum flag f = flag_from(rows.rows[i].name);

		flags->now[f].state = rows.rows[i].state;
		flags->now[f].percent = rows.rows[i].percent;
	}
	flags->read_generation = generation;
	flags->read_at_us = now_us;
	return NULL;
}

/* 0 to 99, evenly spread, and for each flag another one. */
static int share_of(const struct ctx *c, enum flag flag)
{
	struct str who = c->who && c->who->actor.p ? c->who->actor : c->address;
	struct str text = str_printf(c->arena, "%s\n%.*s", known[flag].name, STR_ARG(who));
	unsigned char hash[DIGEST_BYTES];

	digest_sha256(hash, text);
	return (int)(((unsigned)hash[0] << 16 | (unsigned)hash[1] << 8 | hash[2]) % 100);
}

bool flag_is_off(const struct flags *flags, enum flag flag)
{
	assert(flag > FLAG_NONE && flag < FLAG_END);
	return flags->now[flag].state == FLAG_OFF;
}

bool flag_is_on(const struct flags *flags, const struct ctx *c, enum flag flag)
{
	assert(flag > FLAG_NONE && flag < FLAG_END);
	if (flags->now[flag].state == FLAG_PERCENT)
		return share_of(c, flag) < flags->now[flag].percent;
	return flags->now[flag].state == FLAG_ON;
}

/* ---- reading ---- */

struct err *flag_list(struct ctx *c, int64_t after_id, int limit, struct flag_rows *out)
{
	return flag_store_page(c->db, c->arena, after_id, limit, out);
}

static struct err *not_found(struct ctx *c, int64_t id)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no feature flag %lld.", (long long)id);
}

struct err *flag_read(struct ctx *c, int64_t id, struct flag_row *out)
{
	bool found;

	TRY(flag_store_find(c->db, c->arena, id, STR_NONE, out, &found));
	return found ? NULL : not_found(c, id);
}

/* The column is ASCII: other text is no flag's name, and is not asked for. */
static bool is_flag_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	}
	return s.n > 0 && s.n <= FLAG_NAME_MAX;
}

struct err *flag_find(struct ctx *c, struct str name, struct flag_row *out)
{
	bool found = false;

	if (is_flag_name(name))
		TRY(flag_store_find(c->db, c->arena, 0, name, out, &found));
	return found ? NULL
		     : err_new(c->arena, ERR_NOT_FOUND, "There is no feature flag of this name.");
}

void flag_to_json(struct json_out *j, const struct flag_row *flag)
{
	enum flag f = flag_from(flag->name);

	json_object(j, NULL);
	json_int(j, "id", flag->id);
	json_str(j, "name", flag->name);
	json_str(j, "description", f ? str_of(known[f].help) : STR_NONE);
	json_str(j, "default", f ? str_of(flag_state_names[known[f].initial]) : STR_NONE);
	json_cstr(j, "state", flag_state_names[flag->state]);
	if (flag->state == FLAG_PERCENT)
		json_int(j, "percent", flag->percent);
	else
		json_null(j, "percent");
	json_int(j, "version", flag->version);
	json_time(j, "created_at", flag->created_at);
	json_time(j, "updated_at", flag->updated_at);
	json_object_end(j);
}

static struct str flag_json(struct ctx *c, const struct flag_row *flag)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, FLAG_JSON_MAX);
	json_init(&j, &b);
	flag_to_json(&j, flag);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- changes ---- */

struct flag_change {
	int64_t id, version;
	const struct flag_input *in;
	struct flag_row *out;
};

static void apply(struct check *k, const struct flag_input *in, struct flag_row *flag)
{
	bool had_percent = flag->state == FLAG_PERCENT;

	if (in->has_state)
		flag->state = in->state;
	if (in->has_percent && flag->state != FLAG_PERCENT)
		check_wrong(k, "/percent", "conflicting", "Only with the state \"percent\".");
	else if (in->has_percent && (in->percent < 0 || in->percent > 100))
		check_wrong(k, "/percent", "out_of_range", "From 0 to 100.");
	else if (in->has_percent)
		flag->percent = (int)in->percent;
	else if (flag->state == FLAG_PERCENT && !had_percent)
		check_wrong(k, "/percent", "required", "Of how many percent?");
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct flag_change *change = arg;
	struct check k = check_begin(c);
	struct flag_row flag;
	struct str before;
	bool found;

	TRY(flag_store_lock(c->db, c->arena, change->id, &flag, &found));
	if (!found)
		return not_found(c, change->id);
	TRY(check_version(c->arena, change->version, flag.version));
	before = flag_json(c, &flag);
	apply(&k, change->in, &flag);
	TRY(check_end(&k));
	TRY(flag_store_update(c->db, c->arena, &flag));
	TRY(flag_read(c, change->id, change->out));
	return change_record_from(c, "bincard.feature_flag.updated.v1", change->id, before,
		flag_json(c, change->out));
}

struct err *flag_update(struct ctx *c, struct flags *flags, int64_t id, int64_t version,
	const struct flag_input *in, struct flag_row *out)
{
	struct flag_change change = {.id = id, .version = version, .in = in, .out = out};

	TRY(change_run(c, update_tx, &change));
	if (flags) {
		flags->read_at_us = 0;
		if (flags->generation)
			atomic_fetch_add(flags->generation, 1);
	}
	return NULL;
}
