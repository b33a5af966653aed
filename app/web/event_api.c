#include "web/event_api.h"

#include "domain/event.h"
#include "web/app.h"

#define LIMIT_DEFAULT 100

enum {
	LIST_AFTER,
	LIST_TYPE,
	LIST_SUBJECT,
	LIST_ITEM,
	LIST_ITEM_ID,
	LIST_LOCATION,
	LIST_LOCATION_ID,
	LIST_LIMIT
};

/* clang-format off */
const struct field event_list_fields[] = {
	[LIST_AFTER] = {.name = "after", .type = FIELD_INT, .flags = FIELD_NOT_NEGATIVE, .max = INT64_MAX,
		.help = "The id of the last event that you have; from the oldest on unless told"},
	[LIST_TYPE] = {.name = "type", .type = FIELD_TEXTS, .max = EVENT_TYPES_MAX,
		.help = "Types, or how they begin: bincard.movement.*"},
	[LIST_SUBJECT] = {.name = "subject", .type = FIELD_CODE, .max = 64, .help = "items/7, stock-levels/7/12, ..."},
	[LIST_ITEM] = {.name = "item", .type = FIELD_CODE, .max = 64, .help = "A SKU: what concerns this item"},
	[LIST_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
		.help = "The same by its id"},
	[LIST_LOCATION] = {.name = "location", .type = FIELD_CODE, .max = 64,
		.help = "A code: what concerns this location or one below it"},
	[LIST_LOCATION_ID] = {.name = "location_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX,
		.help = "The same by its id"},
	[LIST_LIMIT] = {.name = "limit", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = EVENT_LIMIT_MAX,
		.help = "Events wanted; 100 unless told, at most 1,000"},
	{.name = NULL},
};
/* clang-format on */

struct err *event_api_list(struct call *c)
{
	const struct value *in = c->in;
	const struct event_query q = {
		.after = in[LIST_AFTER].set ? in[LIST_AFTER].num : -1,
		.types = in[LIST_TYPE].set ? in[LIST_TYPE].texts : NULL,
		.type_count = in[LIST_TYPE].n,
		.subject = value_text(&in[LIST_SUBJECT]),
		.item = value_text(&in[LIST_ITEM]),
		.item_id = call_id_of(&in[LIST_ITEM_ID]),
		.location = value_text(&in[LIST_LOCATION]),
		.location_id = call_id_of(&in[LIST_LOCATION_ID]),
		.limit = in[LIST_LIMIT].set ? (int)in[LIST_LIMIT].num : LIMIT_DEFAULT,
	};
	struct event_page page;
	struct json_out j;

	TRY(event_list(&c->ctx, &q, &page));
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < page.n; i++)
		event_to_json(&j, &page.events[i], c->app->config->public_url);
	json_array_end(&j);
	json_int(&j, "next_after", page.next_after);
	json_bool(&j, "has_more", page.more);
	json_object_end(&j);
	return NULL;
}
