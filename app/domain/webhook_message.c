#include "domain/webhook_message.h"

#include <assert.h>

#include "base/secret.h"

#define ENVELOPE_BYTES_MAX ((size_t)8 << 10) /* all of an event but its data */

struct str webhook_secret_text(struct arena *a, struct str secret)
{
	return str_printf(a, WEBHOOK_SECRET_PREFIX "%.*s", STR_ARG(str_base64(a, secret)));
}

struct str webhook_sign(
	struct arena *a, struct str secret, struct str id, int64_t timestamp_s, struct str body)
{
	unsigned char mac[SECRET_MAC_BYTES];
	struct buf b;

	buf_init(&b, a, id.n + body.n + 32);
	buf_add_str(&b, id);
	buf_printf(&b, ".%lld.", (long long)timestamp_s);
	buf_add_str(&b, body);
	assert(!b.overflow);
	secret_mac(mac, secret, buf_str(&b));
	return str_printf(
		a, "v1,%.*s", STR_ARG(str_base64(a, (struct str){(const char *)mac, sizeof(mac)})));
}

struct str webhook_message_id(struct arena *a, int64_t webhook, int64_t seq)
{
	return str_printf(a, "msg_%lld_%lld", (long long)webhook, (long long)seq);
}

struct str webhook_test_id(struct arena *a, int64_t webhook, int64_t delivery)
{
	return str_printf(a, "msg_%lld_test_%lld", (long long)webhook, (long long)delivery);
}

struct str webhook_body(struct arena *a, const struct event *event, const char *source)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, event->data.n + ENVELOPE_BYTES_MAX);
	json_init(&j, &b);
	event_to_json(&j, event, source);
	assert(!b.overflow);
	return buf_str(&b);
}

struct str webhook_test_body(
	struct arena *a, int64_t webhook, struct str id, struct str actor, const char *source)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, ENVELOPE_BYTES_MAX);
	json_init(&j, &b);
	json_object(&j, NULL);
	json_cstr(&j, "specversion", "1.0");
	json_str(&j, "id", id);
	json_cstr(&j, "source", source);
	json_cstr(&j, "type", WEBHOOK_TEST_TYPE);
	json_str(&j, "subject", str_printf(a, "webhooks/%lld", (long long)webhook));
	json_time(&j, "time", time_now());
	json_cstr(&j, "datacontenttype", "application/json");
	json_str(&j, "actor", actor);
	json_object(&j, "data");
	json_int(&j, "id", webhook);
	json_object_end(&j);
	json_object_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}
