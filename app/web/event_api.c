#include "web/event_api.h"

#include "domain/event.h"
#include "web/app.h"

#define LIMIT_DEFAULT 100

enum {
	EVENTS_AFTER,
	EVENTS_TYPE,
	EVENTS_SUBJECT,
	EVENTS_ITEM,
	EVENTS_ITEM_ID,
	EVENTS_LOCATION,
	EVENTS_LOCATION_ID,
	LIST_LIMIT,
	LIST_WAIT
};

/* clang-format off */
#define EVENTS_FIELDS(otherwise) \
	[EVENTS_AFTER] = {.name = "after", .type = FIELD_INT, .flags = FIELD_NOT_NEGATIVE, .max = INT64_MAX, \
		.help = "The id of the last event that you have; " otherwise " unless told"}, \
	[EVENTS_TYPE] = {.name = "type", .type = FIELD_TEXTS, .max = EVENT_TYPES_MAX, \
		.help = "Types, or how they begin: bincard.movement.*"}, \
	[EVENTS_SUBJECT] = {.name = "subject", .type = FIELD_CODE, .max = 64, .help = "items/7, stock-levels/7/12, ..."}, \
	[EVENTS_ITEM] = {.name = "item", .type = FIELD_CODE, .max = 64, .help = "A SKU: what concerns this item"}, \
	[EVENTS_ITEM_ID] = {.name = "item_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX, \
		.help = "The same by its id"}, \
	[EVENTS_LOCATION] = {.name = "location", .type = FIELD_CODE, .max = 64, \
		.help = "A code: what concerns this location or one below it"}, \
	[EVENTS_LOCATION_ID] = {.name = "location_id", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = INT64_MAX, \
		.help = "The same by its id"}

const struct field event_list_fields[] = {
	EVENTS_FIELDS("from the oldest on"),
	[LIST_LIMIT] = {.name = "limit", .type = FIELD_INT, .flags = FIELD_POSITIVE, .max = EVENT_LIMIT_MAX,
		.help = "Events wanted; 100 unless told, at most 1,000"},
	[LIST_WAIT] = {.name = "wait", .type = FIELD_INT, .flags = FIELD_NOT_NEGATIVE, .max = EVENT_WAIT_S_MAX,
		.help = "Seconds to wait for an event when there is none yet, at most 30"},
	{.name = NULL},
};

const struct field event_stream_fields[] = {
	EVENTS_FIELDS("from now on"),
	{.name = NULL},
};
/* clang-format on */

void event_stream_query(const struct value *in, struct event_query *q)
{
	*q = (struct event_query){
		.after = in[EVENTS_AFTER].set ? in[EVENTS_AFTER].num : -1,
		.types = in[EVENTS_TYPE].set ? in[EVENTS_TYPE].texts : NULL,
		.type_count = in[EVENTS_TYPE].n,
		.subject = value_text(&in[EVENTS_SUBJECT]),
		.item = value_text(&in[EVENTS_ITEM]),
		.item_id = call_id_of(&in[EVENTS_ITEM_ID]),
		.location = value_text(&in[EVENTS_LOCATION]),
		.location_id = call_id_of(&in[EVENTS_LOCATION_ID]),
	};
}

/* ---- the list ---- */

void event_page_begin(struct json_out *j)
{
	json_object(j, NULL);
	json_array(j, "data");
}

void event_page_end(struct json_out *j, int64_t next_after, bool more)
{
	json_array_end(j);
	json_int(j, "next_after", next_after);
	json_bool(j, "has_more", more);
	json_object_end(j);
}

/* In the feed process it is worth waiting; elsewhere the page is what there is. */
static struct err *wait_for_more(
	struct call *c, const struct event_query *q, const struct event_page *page)
{
	struct event_stream *s = c->app->stream;
	const struct value *wait = &c->in[LIST_WAIT];
	struct event_query rest = *q;

	if (!s || !wait->set || !wait->num || page->n || page->more)
		return NULL;
	if (request_header(c->rq, "upgrade").p) /* it would become a WebSocket */
		return NULL;
	rest.after = page->next_after;
	TRY(event_view_open(&c->ctx, &rest, &s->view, &s->after));
	s->who = c->who;
	s->wait_s = (int)wait->num;
	s->limit = q->limit;
	s->kind = EVENT_STREAM_WAIT;
	return NULL;
}

struct err *event_api_list(struct call *c)
{
	const struct value *limit = &c->in[LIST_LIMIT];
	struct event_query q;
	struct event_page page;
	struct json_out j;

	event_stream_query(c->in, &q);
	q.limit = limit->set ? (int)limit->num : LIMIT_DEFAULT;
	TRY(event_list(&c->ctx, &q, &page));
	TRY(wait_for_more(c, &q, &page));
	j = call_json(c);
	event_page_begin(&j);
	for (size_t i = 0; i < page.n; i++)
		event_to_json(&j, &page.events[i], c->app->config->public_url);
	event_page_end(&j, page.next_after, page.more);
	return NULL;
}

/* ---- streams ---- */

static struct err *not_here(struct call *c)
{
	return err_because(err_new(c->arena, ERR_UNAVAILABLE, "%s", ""),
		"the web server has to pass %s to the feed process: see conf/", c->route->path);
}

/* What a browser sends when it comes back (HTML, section 9.2.4) is newer than what it began with. */
static struct err *read_last_event(struct call *c, int64_t *after)
{
	struct str last = request_header(c->rq, "last-event-id");
	struct err *e = NULL;

	if (!last.n || (str_to_int(last, after) && *after >= 0))
		return NULL;
	err_add_field(&e, c->arena, STR("/Last-Event-ID"), "not_a_number",
		"Last-Event-ID is the id of an event.");
	return e;
}

struct err *event_api_stream(struct call *c)
{
	struct event_stream *s = c->app->stream;
	struct event_query q;

	if (!s)
		return not_here(c);
	if (request_header(c->rq, "upgrade").p)
		return err_new(c->arena, ERR_BAD_REQUEST, "This address speaks no WebSocket.");
	event_stream_query(c->in, &q);
	TRY(read_last_event(c, &q.after));
	TRY(event_view_open(&c->ctx, &q, &s->view, &s->after));
	s->who = c->who;
	s->kind = EVENT_STREAM_EVENTS;
	c->rs->content_type = "text/event-stream";
	c->rs->cache_control = "no-store";
	return NULL;
}

/* A page elsewhere may not use the cookie that the browser sends along (RFC 6455 section 10.2). Programs send no
 * Origin, and no cookie that they do not mean to send. */
static bool is_foreign_page(const struct call *c)
{
	const char *own = c->app->config->public_url;
	struct str origin = request_header(c->rq, "origin"), scheme, host;

	if (!origin.p || !c->csrf.p || str_is(origin, own))
		return false;
	scheme = str_cut(origin, ':', &host);
	if (!str_is(scheme, "https") &&
		!(str_is(scheme, "http") && str_starts(str_of(own), "http://")))
		return true; /* a page that came without TLS is not ours where there is TLS */
	return !str_starts(host, "//") ||
		!str_eq((struct str){host.p + 2, host.n - 2}, c->rq->host);
}

struct err *event_api_socket(struct call *c)
{
	struct event_stream *s = c->app->stream;

	if (!s)
		return not_here(c);
	if (!request_header(c->rq, "upgrade").p)
		return err_new(c->arena, ERR_UPGRADE, "This address speaks WebSocket alone.");
	if (is_foreign_page(c))
		return err_new(c->arena, ERR_FORBIDDEN, "The page is of another site.");
	s->who = c->who;
	s->kind = EVENT_STREAM_SOCKET;
	return NULL;
}
