/* event_api: the feed as a list, and what begins a stream of it in the feed process. */
#ifndef BINCARD_WEB_EVENT_API_H
#define BINCARD_WEB_EVENT_API_H

#include "domain/event_view.h"
#include "web/route.h"

#define EVENT_WAIT_S_MAX 30

/* What a request asks to go on with after its answer, or instead of one. The feed process has one of these in its
 * struct app, looks at it after app_serve(), and does it; other processes have none. */
enum event_stream_kind {
	EVENT_STREAM_NONE, /* the answer is all there is */
	EVENT_STREAM_EVENTS, /* server-sent events, behind the headers that are in the answer */
	EVENT_STREAM_SOCKET, /* a WebSocket; who is all that is set */
	EVENT_STREAM_WAIT /* the answer is a page, as empty as the one that is there, unless something comes */
};

struct event_stream {
	enum event_stream_kind kind;
	struct principal who; /* in the request's arena */
	struct event_view view;
	int64_t after;
	int wait_s;
	int limit;
};

extern const struct field event_list_fields[];
handler_fn event_api_list;
extern const struct field event_stream_fields[];
handler_fn event_api_stream;
handler_fn event_api_socket;

/* Of values that were read by event_stream_fields: they are those of a subscription, too. */
void event_stream_query(const struct value *in, struct event_query *q);

/* {"data":[ ... ],"next_after":7,"has_more":false}: between the two come the events. */
void event_page_begin(struct json_out *j);
void event_page_end(struct json_out *j, int64_t next_after, bool more);

#endif
