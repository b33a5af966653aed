#include "web/webhook_page.h"

#include "domain/event.h"
#include "domain/sink.h"
#include "domain/webhook.h"
#include "web/app.h"
#include "web/list_fields.h"
#include "web/movement_page.h"
#include "web/page.h"
#include "web/webhook_api.h"

#define LIST_NAME "webhooks page"
#define SHOW_NAME "webhook page"

/* ---- the list ---- */

enum { LIST_Q, LIST_CURSOR, LIST_DONE };
const struct field webhook_page_list_fields[] = {
	{.name = "q", .type = FIELD_TEXT, .max = WEBHOOK_NAME_MAX},
	LIST_FIELD_CURSOR,
	PAGE_FIELD_DONE,
	{.name = NULL},
};

static const struct webhook_config *config_of(const struct call *c)
{
	return c->app->config->webhooks;
}

static void show_texts(struct page_row *r, const char *list, struct str text, char separator)
{
	for (size_t i = 0; text.n; i++)
		row_set(row_child(r, list, i), "text", str_cut(text, separator, &text));
}

static void show_row(struct page_row *r, const struct webhook *w)
{
	row_set_int(r, "id", w->sink.id);
	row_set(r, "name", w->sink.name);
	row_set(r, "url", w->url);
	if (!w->sink.active)
		row_set(r, "paused_for", w->sink.paused_for);
	if (w->sink.tries)
		row_set_int(r, "tries", w->sink.tries);
	if (w->sink.last_ok_at != TIME_NONE)
		row_set_time(r, "last_ok_at", w->sink.last_ok_at);
	show_texts(r, "types", w->sink.types, ',');
}

struct err *webhook_page_list(struct call *c)
{
	struct list_cursor at, next = {.id = 0};
	struct webhook_rows rows;
	bool more;

	TRY(list_cursor_read(c, &c->in[LIST_CURSOR], LIST_NAME, &at));
	struct webhook_filter f = {
		.q = value_text(&c->in[LIST_Q]),
		.after_id = at.id,
		.limit = LIST_LIMIT_DEFAULT + 1,
	};
	TRY(webhook_list(&c->ctx, &f, &rows));
	more = rows.n > LIST_LIMIT_DEFAULT;
	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_row(page_row(c, "rows", i), &rows.rows[i]);
		next.id = rows.rows[i].sink.id;
	}
	page_form(c, NULL);
	page_pages(c, LIST_NAME, more ? &next : NULL);
	page_notice(c, &c->in[LIST_DONE]);
	page_api(c, "/v1/webhooks");
	page_template(c, "webhook/list", "Webhooks");
	return NULL;
}

/* ---- one ---- */

enum { SHOW_CURSOR, SHOW_DONE };
const struct field webhook_page_show_fields[] = {
	LIST_FIELD_CURSOR, PAGE_FIELD_DONE, {.name = NULL}};

static void show_delivery(struct page_row *r, const struct delivery *d)
{
	row_set_int(r, "id", d->id);
	row_set_time(r, "created_at", d->created_at);
	row_set(r, "reason", d->reason);
	row_set(r, "state", d->state);
	row_set(r, "type", d->type);
	row_set(r, "message_id", d->message_id);
	if (d->seq)
		row_set_int(r, "seq", d->seq);
	if (d->status)
		row_set_int(r, "status", d->status);
	if (d->error.p)
		row_set(r, "error", d->error);
	row_set_int(r, "duration_ms", (d->duration_us + 500) / 1000);
}

static struct err *show_deliveries(struct call *c, int64_t id, int64_t before)
{
	struct delivery_filter f = {
		.sink_id = id, .before_id = before, .limit = LIST_LIMIT_DEFAULT + 1};
	struct list_cursor next = {.id = 0};
	struct delivery_rows rows;
	bool more;

	TRY(webhook_deliveries(&c->ctx, &f, &rows));
	more = rows.n > LIST_LIMIT_DEFAULT;
	rows.n -= more;
	for (size_t i = 0; i < rows.n; i++) {
		show_delivery(page_row(c, "deliveries", i), &rows.rows[i]);
		next.id = rows.rows[i].id;
	}
	page_pages(c, SHOW_NAME, more ? &next : NULL);
	return NULL;
}

static void show_state(struct call *c, struct page_row *r, const struct webhook *w, int64_t head)
{
	const struct sink *s = &w->sink;

	row_set_int(r, "version", s->version);
	row_set_time(r, "created_at", s->created_at);
	row_set_time(r, "updated_at", s->updated_at);
	row_set_int(r, "behind", head - s->seq);
	if (s->last_error.p)
		row_set(r, "last_error", s->last_error);
	if (s->failing_since != TIME_NONE)
		row_set_time(r, "failing_since", s->failing_since);
	if (s->next_try_at != TIME_NONE)
		row_set_time(r, "next_try_at", s->next_try_at);
	if (w->old_until != TIME_NONE && w->old_until > time_now())
		row_set_time(r, "old_until", w->old_until);
	show_texts(r, "scope", s->permissions, ' ');
	page_set_int(c, "give_up_days", config_of(c)->give_up_days);
}

/* secret STR_NONE: there is none to show. */
static struct err *show(struct call *c, int64_t id, struct str secret, int64_t before)
{
	struct page_row *r = page_node(c, "webhook");
	struct webhook w;
	int64_t head;

	TRY(webhook_status(&c->ctx, id, &w, &head));
	show_row(r, &w);
	show_state(c, r, &w, head);
	TRY(show_deliveries(c, id, before));
	if (secret.p)
		page_set(c, "secret", secret);
	page_address(c, "/webhooks/%lld", (long long)id);
	page_api(c, "/v1/webhooks/%lld", (long long)id);
	page_template(c, "webhook/show", "%.*s", STR_ARG(w.sink.name));
	return NULL;
}

struct err *webhook_page_show(struct call *c)
{
	struct list_cursor at;

	TRY(list_cursor_read(c, &c->in[SHOW_CURSOR], SHOW_NAME, &at));
	page_notice(c, &c->in[SHOW_DONE]);
	return show(c, c->id, STR_NONE, at.id);
}

/* ---- the form ---- */

enum { FORM_NAME, FORM_URL, FORM_TYPES, FORM_LAST };
/* clang-format off */
#define FORM_FIELDS \
	[FORM_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = WEBHOOK_NAME_MAX, .label = "Name"}, \
	[FORM_URL] = {.name = "url", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = WEBHOOK_URL_MAX, .label = "Address"}, \
	[FORM_TYPES] = {.name = "types", .type = FIELD_TEXTS, .max = EVENT_TYPES_MAX, .label = "Types of events"}

const struct field webhook_page_create_fields[] = {
	FORM_FIELDS,
	[FORM_LAST] = {.name = "once", .type = FIELD_CODE, .max = 255},
	{.name = NULL},
};
const struct field webhook_page_save_fields[] = {
	FORM_FIELDS,
	[FORM_LAST] = PAGE_FIELD_VERSION,
	{.name = NULL},
};
/* clang-format on */

/* A form has every field: an empty one of types means all. */
static struct webhook_input input_of(const struct call *c)
{
	static const struct str none = {"", 0};
	const struct value *in = c->in;

	return (struct webhook_input){
		.name = in[FORM_NAME].text,
		.url = in[FORM_URL].text,
		.types = in[FORM_TYPES].texts ? in[FORM_TYPES].texts : &none,
		.type_count = in[FORM_TYPES].n,
	};
}

static struct err *form_page(struct call *c, const struct webhook *w)
{
	page_form_fields(c, w ? webhook_page_save_fields : webhook_page_create_fields);
	if (w) {
		page_set_int(c, "webhook.id", w->sink.id);
		page_set(c, "webhook.name", w->sink.name);
		page_api(c, "/v1/webhooks/%lld", (long long)w->sink.id);
	} else {
		movement_page_once(c);
	}
	page_template(c, "webhook/form", w ? "Edit webhook" : "New webhook");
	return NULL;
}

struct err *webhook_page_new(struct call *c)
{
	return form_page(c, NULL);
}

struct err *webhook_page_create(struct call *c)
{
	struct err *e = c->input_err;
	struct webhook_input in = input_of(c);
	struct webhook w = {.url = STR_NONE};
	struct str secret;

	if (!e)
		e = webhook_create(&c->ctx, config_of(c), &in, &w, &secret);
	if (!e && c->ctx.once->replayed) /* the secret is shown once */
		return page_see_other(c, w.sink.id ? "/webhooks/%lld?done=made" : "/webhooks",
			(long long)w.sink.id);
	if (!e)
		return show(c, w.sink.id, secret, 0);
	TRY(page_form_again(c, e));
	return form_page(c, NULL);
}

/* One a line. */
static struct str lines(struct call *c, struct str types)
{
	char *text = str_cstr(c->arena, types);

	for (char *p = text; *p; p++)
		if (*p == ',')
			*p = '\n';
	return str_of(text);
}

struct err *webhook_page_edit(struct call *c)
{
	struct webhook w;

	TRY(webhook_read(&c->ctx, c->id, &w));
	page_set(c, "form.name.value", w.sink.name);
	page_set(c, "form.url.value", w.url);
	page_set(c, "form.types.value", lines(c, w.sink.types));
	page_set_int(c, "form.version.value", w.sink.version);
	return form_page(c, &w);
}

struct err *webhook_page_save(struct call *c)
{
	struct err *e = c->input_err;
	struct webhook_input in = input_of(c);
	struct webhook w;
	struct str types;

	if (!e)
		e = webhook_update(&c->ctx, config_of(c), c->id, c->in[FORM_LAST].num, &in, &w);
	if (!e)
		return page_see_other(c, "/webhooks/%lld?done=saved", (long long)c->id);
	TRY(page_edit_again(c, e));
	TRY(webhook_read(&c->ctx, c->id, &w));
	if (e->code == ERR_PRECONDITION) {
		types = lines(c, w.sink.types);
		page_form_now(c, FORM_NAME, w.sink.name, w.sink.name);
		page_form_now(c, FORM_URL, w.url, w.url);
		page_form_now(c, FORM_TYPES, types, types);
		page_set_int(c, "form.version.value", w.sink.version);
	}
	return form_page(c, &w);
}

/* ---- buttons ---- */

/* What is wrong stands at the top of the page. */
static struct err *done(struct call *c, struct err *e, const char *word)
{
	if (!e)
		return page_see_other(c, "/webhooks/%lld?done=%s", (long long)c->id, word);
	TRY(page_form_again(c, e));
	return show(c, c->id, STR_NONE, 0);
}

struct err *webhook_page_rotate(struct call *c)
{
	struct webhook w;
	struct str secret;
	struct err *e = webhook_rotate(&c->ctx, config_of(c), c->id, c->in[0].num, &w, &secret);

	return e ? done(c, e, "") : show(c, c->id, secret, 0);
}

struct err *webhook_page_pause(struct call *c)
{
	struct webhook w;

	return done(c, webhook_pause(&c->ctx, c->id, c->in[0].num, &w), "paused");
}

enum { RESUME_FROM, RESUME_VERSION };
const struct field webhook_page_resume_fields[] = {
	{.name = "from", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = webhook_froms},
	PAGE_FIELD_VERSION,
	{.name = NULL},
};

struct err *webhook_page_resume(struct call *c)
{
	enum webhook_from from = (enum webhook_from)c->in[RESUME_FROM].num;
	struct webhook w;

	return done(
		c, webhook_resume(&c->ctx, c->id, c->in[RESUME_VERSION].num, from, &w), "resumed");
}

struct err *webhook_page_test(struct call *c)
{
	struct delivery d;
	struct err *e = webhook_test(&c->ctx, c->id, &d);

	return e ? done(c, e, "") : page_see_other(c, "/webhooks/deliveries/%lld", (long long)d.id);
}

struct err *webhook_page_delete(struct call *c)
{
	struct err *e = webhook_delete(&c->ctx, c->id, c->in[0].num);

	return e ? done(c, e, "") : page_see_other(c, "/webhooks?done=deleted");
}

/* ---- a delivery ---- */

const struct field webhook_page_delivery_fields[] = {PAGE_FIELD_DONE, {.name = NULL}};

/* Bytes of somebody else's as text: what is none becomes U+FFFD. */
static struct str as_text(struct arena *a, struct str bytes)
{
	struct buf b;

	buf_init(&b, a, 3 * bytes.n);
	while (bytes.n) {
		size_t n = str_utf8_step(bytes);
		bool line = *bytes.p == '\n' || *bytes.p == '\t';

		if (n && (line || str_is_text((struct str){bytes.p, n}, false)))
			buf_add(&b, bytes.p, n);
		else if (*bytes.p != '\r')
			buf_add_cstr(&b, "\xef\xbf\xbd");
		n += !n;
		bytes.p += n;
		bytes.n -= n;
	}
	return b.n ? buf_str(&b) : STR("");
}

static void show_message(struct arena *a, struct page_row *r, const struct delivery *d, bool hidden)
{
	show_delivery(r, d);
	row_set_int(r, "webhook_id", d->sink_id);
	if (d->actor.p)
		row_set(r, "actor", d->actor);
	if (d->request_header.p)
		row_set(r, "request_header", d->request_header);
	if (hidden) {
		row_set_cstr(r, "hidden", "1");
		return;
	}
	if (d->request_body.p)
		row_set(r, "request_body", d->request_body);
	if (d->answer_header.p)
		row_set(r, "answer_header", as_text(a, d->answer_header));
	if (d->answer_body.p)
		row_set(r, "answer_body", as_text(a, d->answer_body));
}

struct err *webhook_page_delivery(struct call *c)
{
	struct delivery d;
	struct webhook w;
	bool hidden;

	TRY(webhook_delivery_read(&c->ctx, c->id, &d, &hidden));
	TRY(webhook_read(&c->ctx, d.sink_id, &w));
	show_message(c->arena, page_node(c, "delivery"), &d, hidden);
	page_set(c, "webhook.name", w.sink.name);
	page_api(c, "/v1/webhook-deliveries/%lld", (long long)d.id);
	page_template(c, "webhook/delivery", "Delivery #%lld", (long long)d.id);
	return NULL;
}

struct err *webhook_page_redeliver(struct call *c)
{
	struct delivery d;

	TRY(webhook_redeliver(&c->ctx, c->id, &d));
	return page_see_other(c, "/webhooks/deliveries/%lld", (long long)d.id);
}
