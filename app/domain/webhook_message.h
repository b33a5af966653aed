/*
 * webhook_message: what is sent to a webhook, as https://www.standardwebhooks.com has it: an event as JSON, and the
 * headers webhook-id, webhook-timestamp and webhook-signature.
 */
#ifndef BINCARD_DOMAIN_WEBHOOK_MESSAGE_H
#define BINCARD_DOMAIN_WEBHOOK_MESSAGE_H

#include "domain/event.h"

#define WEBHOOK_SECRET_PREFIX "whsec_"
#define WEBHOOK_SECRET_BYTES 32

/* "whsec_..." */
struct str webhook_secret_text(struct arena *a, struct str secret);
/* "v1,..." of "id.timestamp.body" */
struct str webhook_sign(
	struct arena *a, struct str secret, struct str id, int64_t timestamp_s, struct str body);
/* The same each time that the event is sent: "msg_7_1204" */
struct str webhook_message_id(struct arena *a, int64_t webhook, int64_t seq);
/* Of a test: "msg_7_test_12", by its delivery */
struct str webhook_test_id(struct arena *a, int64_t webhook, int64_t delivery);
/* The event as GET /v1/events shows it. */
struct str webhook_body(struct arena *a, const struct event *event, const char *source);
/* What the test button sends: an event that is in no feed. */
#define WEBHOOK_TEST_TYPE "bincard.webhook.test.v1"
struct str webhook_test_body(
	struct arena *a, int64_t webhook, struct str id, struct str actor, const char *source);

#endif
