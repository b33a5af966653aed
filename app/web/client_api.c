#include "web/client_api.h"

#include "domain/auth.h"
#include "domain/client.h"
#include "web/app.h"
#include "web/list_fields.h"

#define PEM_MAX 4096
#define SCOPE_MAX 2000
#define KID_MAX 64

static const char *const sorts[] = {"id", NULL};
static const char *const statuses[] = {"active", "disabled", NULL};

enum list_field { LIST_Q, LIST_STATUS, LIST_SORT, LIST_LIMIT, LIST_CURSOR };

/* Of client_create_fields and client_update_fields. */
enum client_field {
	CLIENT_NAME,
	CLIENT_SCOPE,
	CLIENT_GRANTS,
	CLIENT_URIS,
	CLIENT_LOCATION,
	CLIENT_PUBLIC
};

/* clang-format off */
const struct field client_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = CLIENT_NAME_MAX,
		.help = "In the name, or a whole client_id"},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = statuses, .help = "Any unless told"},
	[LIST_SORT] = {.name = "sort", .type = FIELD_SORT, .choices = sorts,
		.help = "Oldest first; with - before it newest first"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};

#define CLIENT_BODY(required) \
	[CLIENT_NAME] = {.name = "name", .type = FIELD_TEXT, .flags = (required), .max = CLIENT_NAME_MAX, \
		.help = "What staff know it by"}, \
	[CLIENT_SCOPE] = {.name = "scope", .type = FIELD_TEXT, .flags = (required), .max = SCOPE_MAX, \
		.help = "The most it may ask for: permissions, separated by spaces, none that you lack"}, \
	[CLIENT_GRANTS] = {.name = "grant_types", .type = FIELD_TEXTS, .max = 3, \
		.help = "client_credentials, authorization_code, refresh_token"}, \
	[CLIENT_URIS] = {.name = "redirect_uris", .type = FIELD_TEXTS, .max = CLIENT_URIS_MAX, \
		.help = "Where browsers are sent back to; compared exactly"}, \
	[CLIENT_LOCATION] = {.name = "location", .type = FIELD_CODE, .flags = FIELD_NULLABLE, .max = 64, \
		.help = "Code of the location that it is kept within, with all below it; null: everywhere"}

const struct field client_create_fields[] = {
	CLIENT_BODY(FIELD_REQUIRED),
	[CLIENT_PUBLIC] = {.name = "public", .type = FIELD_BOOL,
		.help = "It can keep no secret: an app on somebody's phone or in a browser"},
	{.name = NULL},
};
const struct field client_update_fields[] = {CLIENT_BODY(0), {.name = NULL}};
const struct field client_key_fields[] = {
	{.name = "public_key", .type = FIELD_MULTILINE, .flags = FIELD_REQUIRED, .max = PEM_MAX,
		.help = "PEM text of a public key of the curve P-256", .label = "Public key"},
	{.name = NULL},
};
const struct field client_key_remove_fields[] = {
	{.name = "kid", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = KID_MAX, .help = "Name of the key"},
	{.name = NULL},
};
/* clang-format on */

static struct client_input input_of(const struct value *in)
{
	return (struct client_input){
		.name = value_text(&in[CLIENT_NAME]),
		.scope = value_text(&in[CLIENT_SCOPE]),
		.grant_types = in[CLIENT_GRANTS].texts,
		.grant_type_count = in[CLIENT_GRANTS].n,
		.redirect_uris = in[CLIENT_URIS].texts,
		.redirect_uri_count = in[CLIENT_URIS].n,
		.location = in[CLIENT_LOCATION].null ? STR("") : value_text(&in[CLIENT_LOCATION]),
	};
}

/* secret STR_NONE: it is not shown again. */
static struct err *answer(struct call *c, const struct client *client, struct str secret)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return NULL;
	j = call_json(c);
	json_object(&j, NULL);
	client_members_to_json(&j, client);
	if (secret.p)
		json_str(&j, "client_secret", secret);
	json_object_end(&j);
	if (secret.p)
		c->rs->cache_control = "no-store";
	if (c->route->flags & ROUTE_ETAG)
		(void)call_etag(c, client->version);
	return NULL;
}

/* After a change. */
static struct err *changed(struct call *c, const struct client *client, struct str secret)
{
	auth_changed(c->app->auth);
	return answer(c, client, secret);
}

struct err *client_api_list(struct call *c)
{
	const struct value *in = c->in;
	struct client_filter filter = {
		.q = value_text(&in[LIST_Q]),
		.descending = in[LIST_SORT].descending,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	const char *list = filter.descending ? "api-clients:-id" : "api-clients:id";
	struct list_cursor after, next;
	struct client_rows rows;
	struct json_out j;
	bool more;

	if (in[LIST_STATUS].set)
		filter.status = str_of(statuses[in[LIST_STATUS].num]);
	TRY(list_cursor_read(c, &in[LIST_CURSOR], list, &after));
	filter.after_id = after.id;
	TRY(client_list(&c->ctx, &filter, &rows));
	more = rows.n == (size_t)filter.limit;
	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++)
		client_to_json(&j, NULL, &rows.rows[i]);
	next = (struct list_cursor){.id = rows.n ? rows.rows[rows.n - 1].id : 0};
	list_end(c, &j, list, more ? &next : NULL);
	return NULL;
}

struct err *client_api_create(struct call *c)
{
	struct client_input in = input_of(c->in);
	struct client client = {0};
	struct str secret;

	in.public = c->in[CLIENT_PUBLIC].num;
	TRY(client_create(&c->ctx, &in, &client, &secret));
	call_made(c, "/v1/api-clients", client.id);
	return answer(c, &client, secret);
}

struct err *client_api_get(struct call *c)
{
	struct client client;

	TRY(client_read(&c->ctx, c->id, &client));
	return answer(c, &client, STR_NONE);
}

struct err *client_api_update(struct call *c)
{
	struct client_input in = input_of(c->in);
	struct client client;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(client_update(&c->ctx, c->id, version, &in, &client));
	return changed(c, &client, STR_NONE);
}

struct err *client_api_rotate(struct call *c)
{
	struct client client = {0};
	struct str secret;
	int64_t version;

	TRY(call_if_match(c, &version));
	TRY(client_rotate(&c->ctx, c->id, version, &client, &secret));
	return changed(c, &client, secret);
}

static struct err *turn(struct call *c, bool on)
{
	struct client client = {0};
	int64_t version;

	TRY(call_if_match(c, &version));
	if (on)
		TRY(client_enable(&c->ctx, c->id, version, &client));
	else
		TRY(client_disable(&c->ctx, c->id, version, &client));
	return changed(c, &client, STR_NONE);
}

struct err *client_api_disable(struct call *c)
{
	return turn(c, false);
}

struct err *client_api_enable(struct call *c)
{
	return turn(c, true);
}

struct err *client_api_add_key(struct call *c)
{
	struct client client = {0};
	struct str kid;
	int64_t version;

	TRY(call_if_match(c, &version));
	if (c->input_err)
		return c->input_err;
	TRY(client_add_key(&c->ctx, c->id, version, c->in[0].text, &client, &kid));
	return changed(c, &client, STR_NONE);
}

struct err *client_api_remove_key(struct call *c)
{
	struct client client = {0};
	int64_t version;

	TRY(call_if_match(c, &version));
	if (c->input_err)
		return c->input_err;
	TRY(client_remove_key(&c->ctx, c->id, version, c->in[0].text, &client));
	return changed(c, &client, STR_NONE);
}
