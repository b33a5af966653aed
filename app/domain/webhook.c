#include "domain/webhook.h"

#include <assert.h>

#include "base/secret.h"
#include "domain/change.h"
#include "domain/check.h"
#include "domain/seal.h"
#include "domain/sink.h"
#include "domain/webhook_inside.h"
#include "domain/webhook_message.h"

#define WEBHOOK_JSON_MAX ((size_t)32 << 10)

/* ---- as JSON ---- */

static void words(struct json_out *j, const char *name, struct str text)
{
	json_array(j, name);
	while (text.n)
		json_str(j, NULL, str_cut(text, ',', &text));
	json_array_end(j);
}

static void time_or_null(struct json_out *j, const char *name, time_us t)
{
	if (t == TIME_NONE)
		json_null(j, name);
	else
		json_time(j, name, t);
}

void webhook_members_to_json(struct json_out *j, const struct webhook *w)
{
	json_int(j, "id", w->sink.id);
	json_str(j, "name", w->sink.name);
	json_str(j, "url", w->url);
	words(j, "types", w->sink.types);
	json_str(j, "scope", w->sink.permissions);
	json_cstr(j, "status", w->sink.active ? "active" : "paused");
	json_str(j, "paused_for", w->sink.paused_for);
	time_or_null(j, "old_secret_until", w->old_until);
	json_int(j, "version", w->sink.version);
	json_time(j, "created_at", w->sink.created_at);
	json_time(j, "updated_at", w->sink.updated_at);
}

void webhook_to_json(struct json_out *j, const char *name, const struct webhook *w)
{
	json_object(j, name);
	webhook_members_to_json(j, w);
	json_object_end(j);
}

void webhook_status_to_json(struct json_out *j, const struct webhook *w, int64_t head)
{
	json_object(j, NULL);
	json_int(j, "id", w->sink.id);
	json_cstr(j, "status", w->sink.active ? "active" : "paused");
	json_str(j, "paused_for", w->sink.paused_for);
	json_int(j, "after", w->sink.seq);
	json_int(j, "behind", head - w->sink.seq);
	json_int(j, "tries", w->sink.tries);
	time_or_null(j, "failing_since", w->sink.failing_since);
	time_or_null(j, "next_try_at", w->sink.next_try_at);
	time_or_null(j, "last_delivered_at", w->sink.last_ok_at);
	json_str(j, "last_error", w->sink.last_error);
	json_object_end(j);
}

static struct str webhook_json(struct ctx *c, const struct webhook *w)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, WEBHOOK_JSON_MAX);
	json_init(&j, &b);
	webhook_to_json(&j, NULL, w);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- reading ---- */

struct err *webhook_not_found(struct ctx *c)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no webhook of this id.");
}

struct err *webhook_read(struct ctx *c, int64_t id, struct webhook *out)
{
	bool found;

	TRY(webhook_store_by_id(c->db, c->arena, id, out, &found));
	return found ? NULL : webhook_not_found(c);
}

struct err *webhook_list(struct ctx *c, const struct webhook_filter *f, struct webhook_rows *out)
{
	return webhook_store_page(c->db, c->arena, f, out);
}

struct err *webhook_find_troubles(struct ctx *c, struct webhook_troubles *out)
{
	return webhook_store_troubles(c->db, c->arena, out);
}

struct err *webhook_status(struct ctx *c, int64_t id, struct webhook *out, int64_t *head)
{
	struct feed_state state;

	TRY(webhook_read(c, id, out));
	TRY(feed_store_state(c->db, c->arena, &state));
	*head = state.seq;
	return NULL;
}

struct err *webhook_secrets(struct ctx *c, const struct webhook_config *config,
	const struct webhook *w, struct str *secret, struct str *old)
{
	*old = STR_NONE;
	TRY(seal_open(c->arena, config->master_key_file, w->secret, secret));
	if (!w->old_secret.p || w->old_until <= time_now())
		return NULL;
	return seal_open(c->arena, config->master_key_file, w->old_secret, old);
}

/* ---- changing ---- */

struct webhook_change {
	const struct webhook_config *config;
	int64_t id, version;
	const struct webhook_input *in;
	struct str sealed; /* a new secret */
	enum webhook_from from;
	const char *reason; /* to pause for */
	const struct sink *seen; /* what the sender has read; NULL: it is not the sender */
	struct str error;
	struct webhook *out;
};

/* Answer, event and *out all show what is stored now. */
static struct err *finish(
	struct ctx *c, const char *type, int64_t id, struct str before, struct webhook *out)
{
	TRY(webhook_read(c, id, out));
	return change_record_from(c, type, id, before, webhook_json(c, out));
}

static struct err *lock(
	struct ctx *c, const struct webhook_change *change, struct webhook *out, struct str *before)
{
	bool found;

	TRY(webhook_store_lock(c->db, c->arena, change->id, out, &found));
	if (!found)
		return webhook_not_found(c);
	*before = webhook_json(c, out);
	return check_version(c->arena, change->version, out->sink.version);
}

static struct err *new_secret(
	struct ctx *c, const struct webhook_config *config, struct str *secret, struct str *sealed)
{
	unsigned char random[WEBHOOK_SECRET_BYTES];
	struct str plain = {(const char *)random, sizeof(random)};

	secret_random(random, sizeof(random));
	TRY(seal_close(c->arena, config->master_key_file, plain, sealed));
	*secret = webhook_secret_text(c->arena, plain);
	secret_wipe(random, sizeof(random));
	return NULL;
}

static struct err *create_tx(struct ctx *c, void *arg)
{
	struct webhook_change *change = arg;
	struct webhook w = {
		.sink = {.kind = STR(WEBHOOK_KIND), .types = STR("")}, .secret = change->sealed};

	TRY(webhook_check_input(c, change->config, change->in, &w));
	TRY(check_again(sink_store_add(c->db, c->arena, &w.sink, &w.sink.id)));
	TRY(webhook_store_add(c->db, c->arena, &w));
	return finish(c, "bincard.webhook.created.v1", w.sink.id, STR_NONE, change->out);
}

struct err *webhook_create(struct ctx *c, const struct webhook_config *config,
	const struct webhook_input *in, struct webhook *out, struct str *secret)
{
	struct webhook_change change = {.config = config, .in = in, .out = out};

	TRY(new_secret(c, config, secret, &change.sealed));
	return change_run(c, create_tx, &change);
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct webhook_change *change = arg;
	struct webhook w;
	struct str before;

	TRY(lock(c, change, &w, &before));
	TRY(webhook_may(c, &w));
	TRY(webhook_check_input(c, change->config, change->in, &w));
	TRY(check_again(sink_store_update(c->db, c->arena, &w.sink)));
	TRY(webhook_store_update(c->db, c->arena, &w));
	return finish(c, "bincard.webhook.updated.v1", change->id, before, change->out);
}

struct err *webhook_update(struct ctx *c, const struct webhook_config *config, int64_t id,
	int64_t version, const struct webhook_input *in, struct webhook *out)
{
	struct webhook_change change = {
		.config = config, .id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &change);
}

static struct err *rotate_tx(struct ctx *c, void *arg)
{
	struct webhook_change *change = arg;
	struct webhook w;
	struct str before;

	TRY(lock(c, change, &w, &before));
	TRY(webhook_may(c, &w));
	TRY(webhook_store_rotate(c->db, c->arena, w.sink.id, change->sealed,
		(int64_t)change->config->old_secret_hours * 3600));
	TRY(sink_store_touch(c->db, c->arena, w.sink.id));
	return finish(c, "bincard.webhook.secret_rotated.v1", change->id, before, change->out);
}

struct err *webhook_rotate(struct ctx *c, const struct webhook_config *config, int64_t id,
	int64_t version, struct webhook *out, struct str *secret)
{
	struct webhook_change change = {.config = config, .id = id, .version = version, .out = out};

	TRY(new_secret(c, config, secret, &change.sealed));
	return change_run(c, rotate_tx, &change);
}

/* ---- pausing ---- */

static struct err *pause_tx(struct ctx *c, void *arg)
{
	struct webhook_change *change = arg;
	struct webhook w;
	struct str before;

	TRY(lock(c, change, &w, &before));
	if (!w.sink.active || (change->seen && sink_is_other(&w.sink, change->seen))) {
		*change->out = w;
		return change_unchanged(c, before);
	}
	TRY(sink_store_pause(c->db, c->arena, w.sink.id, change->reason, change->error));
	return finish(c, "bincard.webhook.paused.v1", change->id, before, change->out);
}

struct err *webhook_pause(struct ctx *c, int64_t id, int64_t version, struct webhook *out)
{
	struct webhook_change change = {
		.id = id, .version = version, .reason = SINK_BY_HAND, .out = out};

	return change_run(c, pause_tx, &change);
}

struct err *webhook_give_up(
	struct ctx *c, const struct sink *sink, const char *reason, struct str error)
{
	struct webhook out;
	struct webhook_change change = {
		.id = sink->id, .seen = sink, .reason = reason, .error = error, .out = &out};
	struct err *e = change_run(c, pause_tx, &change);

	return e && e->code == ERR_NOT_FOUND ? NULL : e;
}

static struct err *find_place(
	struct ctx *c, const struct webhook *w, enum webhook_from from, int64_t *seq)
{
	struct feed_state state;

	TRY(feed_store_state(c->db, c->arena, &state));
	*seq = w->sink.seq;
	if (from == WEBHOOK_FROM_OLDEST)
		*seq = state.oldest - 1;
	else if (from == WEBHOOK_FROM_NOW)
		*seq = state.seq;
	else if (*seq + 1 < state.oldest)
		return err_new(c->arena, ERR_CONFLICT,
			"Events up to %lld are not kept any more, and it has those up to %lld: say whether to go "
			"on from the oldest or from now on.",
			(long long)state.oldest - 1, (long long)*seq);
	return NULL;
}

static struct err *resume_tx(struct ctx *c, void *arg)
{
	struct webhook_change *change = arg;
	struct webhook w;
	struct str before;
	int64_t seq;

	TRY(lock(c, change, &w, &before));
	TRY(webhook_may(c, &w));
	TRY(find_place(c, &w, change->from, &seq));
	if (w.sink.active && !w.sink.tries && seq == w.sink.seq) {
		*change->out = w;
		return change_unchanged(c, before);
	}
	TRY(sink_store_resume(c->db, c->arena, w.sink.id, seq));
	return finish(c, "bincard.webhook.resumed.v1", change->id, before, change->out);
}

struct err *webhook_resume(
	struct ctx *c, int64_t id, int64_t version, enum webhook_from from, struct webhook *out)
{
	struct webhook_change change = {.id = id, .version = version, .from = from, .out = out};

	return change_run(c, resume_tx, &change);
}

static struct err *delete_tx(struct ctx *c, void *arg)
{
	struct webhook_change *change = arg;
	struct webhook w;
	struct str before;

	TRY(lock(c, change, &w, &before));
	TRY(sink_store_remove(c->db, c->arena, w.sink.id));
	return change_record_gone(c, "bincard.webhook.deleted.v1", change->id, before);
}

struct err *webhook_delete(struct ctx *c, int64_t id, int64_t version)
{
	struct webhook_change change = {.id = id, .version = version};

	return change_run(c, delete_tx, &change);
}
