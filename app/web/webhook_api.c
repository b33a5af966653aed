#include "web/webhook_api.h"

#include "domain/event.h"
#include "domain/webhook.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "webhooks"
#define DELIVERIES_NAME "webhook deliveries"

static const char *const statuses[] = {"active", "paused", NULL};
static const char *const states[] = {"waiting", "delivered", "failed", NULL};
const char *const webhook_froms[] = {"here", "oldest", "now", NULL};

enum list_field { LIST_Q, LIST_STATUS, LIST_LIMIT, LIST_CURSOR };
enum webhook_field { WEBHOOK_NAME, WEBHOOK_URL, WEBHOOK_TYPES };
enum delivery_field { DELIVERY_STATE, DELIVERY_LIMIT, DELIVERY_CURSOR };

/* clang-format off */
const struct field webhook_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = WEBHOOK_NAME_MAX, .help = "In the name"},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = statuses, .help = "Any unless told"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

#define WEBHOOK_BODY(required) \
	[WEBHOOK_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = (required), .max = WEBHOOK_NAME_MAX, \
		.help = "What staff know it by; no two have the same"}, \
	[WEBHOOK_URL] = {.name = "url", .type = FIELD_CODE, .flags = (required), .max = WEBHOOK_URL_MAX, \
		.help = "Where events are sent to: an https address that is public, or allowed by the configuration"}, \
	[WEBHOOK_TYPES] = {.name = "types", .type = FIELD_TEXTS, .max = EVENT_TYPES_MAX, \
		.help = "Types of events, or how they begin: bincard.item.*; none: all that you may see"}

const struct field webhook_create_fields[] = {WEBHOOK_BODY(FIELD_REQUIRED), {.name = NULL}};
const struct field webhook_update_fields[] = {WEBHOOK_BODY(0), {.name = NULL}};
const struct field webhook_resume_fields[] = {
	{.name = "from", .type = FIELD_CHOICE, .choices = webhook_froms,
		.help = "Where it goes on: here, where it stopped, unless told; the oldest event; or what comes from now on"},
	{.name = NULL},
};
const struct field webhook_delivery_list_fields[] = {
	[DELIVERY_STATE] = {.name = "state", .type = FIELD_CHOICE, .choices = states, .help = "Any unless told"},
	[DELIVERY_LIMIT] = LIST_FIELD_LIMIT,
	[DELIVERY_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};
/* clang-format on */

static const struct webhook_config *config_of(const struct call *c)
{
	return c->app->config->webhooks;
}

static struct webhook_input input_of(const struct value *in)
{
	return (struct webhook_input){
		.name = value_text(&in[WEBHOOK_NAME]),
		.url = value_text(&in[WEBHOOK_URL]),
		.types = in[WEBHOOK_TYPES].texts,
		.type_count = in[WEBHOOK_TYPES].n,
	};
}

/* secret STR_NONE: it is not shown again. */
static struct err *answer(struct call *c, const struct webhook *webhook, struct str secret)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return NULL;
	j = call_json(c);
	json_object(&j, NULL);
	webhook_members_to_json(&j, webhook);
	if (secret.p)
		json_str(&j, "secret", secret);
	json_object_end(&j);
	if (secret.p)
		c->rs->cache_control = "no-store";
	if (c->route->flags & ROUTE_ETAG)
		(void)call_etag(c, webhook->sink.version);
	return NULL;
}

struct err *webhook_api_list(struct call *c)
{
	const struct value *in = c->in;
	struct webhook_filter filter = {
		.q = value_text(&in[LIST_Q]),
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	struct list_cursor after, next;
	struct webhook_rows rows;
	struct json_out j;
	bool more;

	if (in[LIST_STATUS].set)
		filter.status = str_of(statuses[in[LIST_STATUS].num]);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], LIST_NAME, &after));
	filter.after_id = after.id;
	TRY(webhook_list(&c->ctx, &filter, &rows));
	more = rows.n == (size_t)filter.limit;
	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		webhook_to_json(&j, NULL, &rows.rows[i]);
	next = (struct list_cursor){.id = rows.n ? rows.rows[rows.n - 1].sink.id : 0};
	list_end(c, &j, LIST_NAME, more ? &next : NULL);
	return NULL;
}

struct err *webhook_api_create(struct call *c)
{
	struct webhook_input in = input_of(c->in);
	struct webhook webhook = {.url = STR_NONE};
	struct str secret;

	TRY(webhook_create(&c->ctx, config_of(c), &in, &webhook, &secret));
	call_made(c, "/v1/webhooks", webhook.sink.id);
	return answer(c, &webhook, secret);
}

struct err *webhook_api_get(struct call *c)
{
	struct webhook webhook;

	TRY(webhook_read(&c->ctx, c->id, &webhook));
	return answer(c, &webhook, STR_NONE);
}

struct err *webhook_api_update(struct call *c)
{
	struct webhook_input in = input_of(c->in);
	struct webhook webhook;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(webhook_update(&c->ctx, config_of(c), c->id, version, &in, &webhook));
	return answer(c, &webhook, STR_NONE);
}

struct err *webhook_api_delete(struct call *c)
{
	int64_t version;

	TRY(call_if_match(c, &version));
	return webhook_delete(&c->ctx, c->id, version);
}

struct err *webhook_api_rotate(struct call *c)
{
	struct webhook webhook = {.url = STR_NONE};
	struct str secret;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(webhook_rotate(&c->ctx, config_of(c), c->id, version, &webhook, &secret));
	return answer(c, &webhook, secret);
}

struct err *webhook_api_pause(struct call *c)
{
	struct webhook webhook = {.url = STR_NONE};
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(webhook_pause(&c->ctx, c->id, version, &webhook));
	return answer(c, &webhook, STR_NONE);
}

struct err *webhook_api_resume(struct call *c)
{
	struct webhook webhook = {.url = STR_NONE};
	enum webhook_from from = WEBHOOK_FROM_HERE;
	int64_t version;

	TRY(call_if_match(c, &version));
	if (c->input_err)
		return c->input_err;
	if (c->in[0].set)
		from = (enum webhook_from)c->in[0].num;
	TRY(webhook_resume(&c->ctx, c->id, version, from, &webhook));
	return answer(c, &webhook, STR_NONE);
}

struct err *webhook_api_status(struct call *c)
{
	struct webhook webhook;
	struct json_out j;
	int64_t head;

	TRY(webhook_status(&c->ctx, c->id, &webhook, &head));
	j = call_json(c);
	webhook_status_to_json(&j, &webhook, head);
	return NULL;
}

/* ---- deliveries ---- */

static struct err *wished(struct call *c, const struct delivery *d)
{
	struct json_out j;

	call_made(c, "/v1/webhook-deliveries", d->id);
	if (c->ctx.once->replayed)
		return NULL;
	j = call_json(c);
	webhook_delivery_to_json(&j, NULL, d, false, false);
	return NULL;
}

struct err *webhook_api_test(struct call *c)
{
	struct delivery d = {.id = 0};

	TRY(webhook_test(&c->ctx, c->id, &d));
	return wished(c, &d);
}

struct err *webhook_api_redeliver(struct call *c)
{
	struct delivery d = {.id = 0};

	TRY(webhook_redeliver(&c->ctx, c->id, &d));
	return wished(c, &d);
}

struct err *webhook_api_deliveries(struct call *c)
{
	const struct value *in = c->in;
	struct delivery_filter f = {.sink_id = c->id, .limit = list_limit(&in[DELIVERY_LIMIT]) + 1};
	struct list_cursor before, next = {.id = 0};
	struct delivery_rows rows;
	struct json_out j;
	bool more;

	if (in[DELIVERY_STATE].set)
		f.state = str_of(states[in[DELIVERY_STATE].num]);
	TRY(list_cursor_read(c, &in[DELIVERY_CURSOR], DELIVERIES_NAME, &before));
	f.before_id = before.id;
	TRY(webhook_deliveries(&c->ctx, &f, &rows));
	more = rows.n == (size_t)f.limit;
	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++) {
		webhook_delivery_to_json(&j, NULL, &rows.rows[i], false, false);
		next.id = rows.rows[i].id;
	}
	list_end(c, &j, DELIVERIES_NAME, more ? &next : NULL);
	return NULL;
}

struct err *webhook_api_delivery(struct call *c)
{
	struct delivery d;
	struct json_out j;
	bool hidden;

	TRY(webhook_delivery_read(&c->ctx, c->id, &d, &hidden));
	j = call_json(c);
	webhook_delivery_to_json(&j, NULL, &d, true, hidden);
	return NULL;
}
