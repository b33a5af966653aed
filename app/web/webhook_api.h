/* webhook_api: webhooks and what was sent to them, under /v1. */
#ifndef BINCARD_WEB_WEBHOOK_API_H
#define BINCARD_WEB_WEBHOOK_API_H

#include "web/route.h"

extern const char *const webhook_froms[]; /* where a paused one goes on; ends with NULL */

extern const struct field webhook_list_fields[], webhook_create_fields[], webhook_update_fields[],
	webhook_resume_fields[], webhook_delivery_list_fields[];
handler_fn webhook_api_list, webhook_api_create, webhook_api_get, webhook_api_update,
	webhook_api_delete, webhook_api_rotate, webhook_api_pause, webhook_api_resume,
	webhook_api_test, webhook_api_status, webhook_api_deliveries, webhook_api_delivery,
	webhook_api_redeliver;

#endif
