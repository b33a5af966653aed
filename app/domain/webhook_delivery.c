/* What was sent to a webhook, and what is to be sent once more. */
#include <assert.h>

#include "domain/audit.h"
#include "domain/change.h"
#include "domain/people.h"
#include "domain/webhook_inside.h"
#include "domain/webhook_message.h"

#define DELIVERY_JSON_MAX ((size_t)4 << 10)

void webhook_delivery_to_json(
	struct json_out *j, const char *name, const struct delivery *d, bool all, bool hidden)
{
	json_object(j, name);
	json_int(j, "id", d->id);
	json_int(j, "webhook_id", d->sink_id);
	json_str(j, "reason", d->reason);
	json_str(j, "state", d->state);
	json_str(j, "message_id", d->message_id);
	if (d->seq)
		json_str(j, "event_id", str_printf(j->buf->arena, "%lld", (long long)d->seq));
	else
		json_null(j, "event_id");
	json_str(j, "type", d->type);
	json_str(j, "actor", d->actor);
	json_time(j, "created_at", d->created_at);
	json_int(j, "duration_ms", (d->duration_us + 500) / 1000);
	if (d->status)
		json_int(j, "status", d->status);
	else
		json_null(j, "status");
	json_str(j, "error", d->error);
	if (all) {
		json_str(j, "request_header", d->request_header);
		json_str(j, "request_body", hidden ? STR_NONE : d->request_body);
		json_str(j, "answer_header", hidden ? STR_NONE : d->answer_header);
		json_str(j, "answer_body", hidden ? STR_NONE : d->answer_body);
	}
	json_object_end(j);
}

static struct err *find_delivery(struct ctx *c, int64_t id, struct delivery *out)
{
	bool found;

	TRY(delivery_store_by_id(c->db, c->arena, id, out, &found));
	return found ? NULL : err_new(c->arena, ERR_NOT_FOUND, "There is no delivery of this id.");
}

struct err *webhook_deliveries(
	struct ctx *c, const struct delivery_filter *f, struct delivery_rows *out)
{
	struct webhook w;

	TRY(webhook_read(c, f->sink_id, &w));
	return delivery_store_page(c->db, c->arena, f, out);
}

struct err *webhook_delivery_read(
	struct ctx *c, int64_t delivery, struct delivery *out, bool *hidden)
{
	struct webhook w;
	perm_set has;

	TRY(find_delivery(c, delivery, out));
	TRY(webhook_read(c, out->sink_id, &w));
	permission_parse(w.sink.permissions, &has);
	/* the webhook may have seen more when this was sent than it does now */
	*hidden = people_lacking(c, has | webhook_type_needs(out->type)) != 0;
	return NULL;
}

/* ---- by hand ---- */

struct wish {
	int64_t webhook, delivery; /* 0: a test */
	struct delivery *out;
};

/* Nothing of the endpoint is changed: no event, an entry in the audit log, and the answer for a retry. */
static struct err *note(struct ctx *c, const struct delivery *d)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, DELIVERY_JSON_MAX);
	json_init(&j, &b);
	webhook_delivery_to_json(&j, NULL, d, false, false);
	assert(!b.overflow);
	TRY(audit_record(c,
		&(struct audit_note){
			.resource = STR("webhook"),
			.action = d->seq ? STR("redelivered") : STR("tested"),
			.resource_id = str_printf(c->arena, "%lld", (long long)d->sink_id),
			.after = buf_str(&b),
		}));
	return change_unchanged(c, buf_str(&b));
}

static struct err *wish_tx(struct ctx *c, void *arg)
{
	struct wish *wish = arg;
	struct delivery d = {.sink_id = wish->webhook,
		.reason = STR("test"),
		.type = STR(WEBHOOK_TEST_TYPE),
		.message_id = STR(""),
		.actor = c->who->actor};
	struct webhook w;
	int64_t waiting, id;
	bool found;

	if (wish->delivery) {
		TRY(find_delivery(c, wish->delivery, &d));
		if (d.seq)
			d.reason = STR("again");
		else
			d.message_id = STR(""); /* a test is another test */
		d.actor = c->who->actor;
	}
	TRY(webhook_store_lock(c->db, c->arena, d.sink_id, &w, &found));
	if (!found)
		return webhook_not_found(c);
	TRY(webhook_may(c, &w));
	TRY(delivery_store_count_waiting(c->db, c->arena, d.sink_id, &waiting));
	if (waiting >= WEBHOOK_WAITING_MAX)
		return err_new(c->arena, ERR_CONFLICT,
			"%d deliveries of this webhook wait already.", WEBHOOK_WAITING_MAX);
	TRY(delivery_store_want(c->db, c->arena, &d, &id));
	TRY(find_delivery(c, id, wish->out));
	return note(c, wish->out);
}

struct err *webhook_test(struct ctx *c, int64_t id, struct delivery *out)
{
	return change_run(c, wish_tx, &(struct wish){.webhook = id, .out = out});
}

struct err *webhook_redeliver(struct ctx *c, int64_t delivery, struct delivery *out)
{
	return change_run(c, wish_tx, &(struct wish){.delivery = delivery, .out = out});
}
