#include "domain/client.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/digest.h"
#include "base/secret.h"
#include "domain/audit.h"
#include "domain/change.h"
#include "domain/check.h"
#include "domain/client_inside.h"
#include "domain/location.h"
#include "domain/people.h"
#include "store/grant_store.h"

#define CLIENT_JSON_MAX ((size_t)32 * 1024)
static_assert(
	JSON_ESCAPE_MAX * (CLIENT_NAME_MAX + LOCATION_CODE_MAX + CLIENT_URIS_MAX * CLIENT_URI_MAX) <
		CLIENT_JSON_MAX - 4096,
	"texts with nothing but characters that are escaped, beside scope, keys and times");
#define CLIENT_ID_MAX 64
#define CLIENT_ID_RANDOM_BYTES 10
#define CLIENT_SECRET_RANDOM_BYTES 32

static void words(struct json_out *j, const char *name, struct str text, char separator)
{
	json_array(j, name);
	while (text.n)
		json_str(j, NULL, str_cut(text, separator, &text));
	json_array_end(j);
}

void client_members_to_json(struct json_out *j, const struct client *client)
{
	json_int(j, "id", client->id);
	json_str(j, "client_id", client->client_id);
	json_str(j, "name", client->name);
	json_str(j, "scope", client->scope);
	json_str(j, "location", client->location);
	json_bool(j, "public", !client->secret_hash.p);
	words(j, "grant_types", client->grant_types, ' ');
	words(j, "redirect_uris", client->redirect_uris, '\n');
	words(j, "keys", client->keys, ' ');
	json_cstr(j, "status", client->active ? "active" : "disabled");
	json_int(j, "version", client->version);
	json_time(j, "created_at", client->created_at);
	json_time(j, "updated_at", client->updated_at);
}

void client_to_json(struct json_out *j, const char *name, const struct client *client)
{
	json_object(j, name);
	client_members_to_json(j, client);
	json_object_end(j);
}

static struct str client_json(struct ctx *c, const struct client *client)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, CLIENT_JSON_MAX);
	json_init(&j, &b);
	client_to_json(&j, NULL, client);
	assert(!b.overflow);
	return buf_str(&b);
}

/* The column is ASCII: other text is no client's id, and is not asked for. */
static bool is_client_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];

		if (ch >= 0x80 || !(isalnum(ch) || strchr("-._~", ch)) || !ch)
			return false;
	}
	return s.n > 0 && s.n <= CLIENT_ID_MAX;
}

struct err *client_lookup(struct ctx *c, struct str client_id, struct client *out, bool *found)
{
	*found = false;
	if (!is_client_id(client_id))
		return NULL;
	return client_store_by_client_id(c->db, c->arena, client_id, out, found);
}

static struct err *not_found(struct ctx *c)
{
	return err_new(c->arena, ERR_NOT_FOUND, "There is no client of this id.");
}

struct err *client_find(struct ctx *c, struct str client_id, struct client *out)
{
	bool found;

	TRY(client_lookup(c, client_id, out, &found));
	return found ? NULL : not_found(c);
}

struct err *client_read(struct ctx *c, int64_t id, struct client *out)
{
	bool found;

	TRY(client_store_by_id(c->db, c->arena, id, out, &found));
	return found ? NULL : not_found(c);
}

struct err *client_list(struct ctx *c, const struct client_filter *f, struct client_rows *out)
{
	struct client_filter filter = *f;

	if (f->q.p && is_client_id(f->q))
		filter.client_id = f->q;
	return client_store_page(c->db, c->arena, &filter, out);
}

struct err *client_refused(struct ctx *c, const struct client *client, struct err *e)
{
	if (client->id)
		TRY(audit_failure(c, "client", client->id, "token_refused", client->name));
	return e;
}

struct err *client_check_secret(
	struct ctx *c, struct str client_id, struct str secret, struct client *out)
{
	static const char nobody[DIGEST_BYTES];
	struct str hash = {nobody, sizeof(nobody)};
	bool found, match;

	*out = (struct client){.id = 0};
	TRY(client_lookup(c, client_id, out, &found));
	if (found && out->secret_hash.p)
		hash = out->secret_hash;
	match = str_eq_secret(hash, digest_sha256_str(c->arena, secret));
	if (found && match && out->active)
		return NULL;
	return client_refused(c, out,
		err_new(c->arena, ERR_INVALID_CLIENT, "The client's id or secret is not right."));
}

struct err *client_check_public(struct ctx *c, struct str client_id, struct client *out)
{
	bool found;

	*out = (struct client){.id = 0};
	TRY(client_lookup(c, client_id, out, &found));
	if (found && out->active && !out->secret_hash.p)
		return NULL;
	return client_refused(c, out,
		err_new(c->arena, ERR_INVALID_CLIENT, "The client's id or secret is not right."));
}

/* ---- making ---- */

static struct str new_secret(struct ctx *c, struct str *hash)
{
	struct str random = secret_random_text(c->arena, CLIENT_SECRET_RANDOM_BYTES);
	struct str secret = str_printf(c->arena, "bcs_%.*s", STR_ARG(random));

	*hash = digest_sha256_str(c->arena, secret);
	return secret;
}

static struct str new_client_id(struct ctx *c)
{
	unsigned char random[CLIENT_ID_RANDOM_BYTES];
	struct str hex;

	secret_random(random, sizeof(random));
	hex = str_hex(c->arena, random, sizeof(random));
	return str_printf(c->arena, "bc-%.*s", STR_ARG(hex));
}

struct client_change {
	int64_t id, version;
	const struct client_input *in;
	bool active;
	struct str secret_hash, client_id;
	struct client *out;
};

/* Answer, event and *out all show what is stored now. */
struct err *client_finish(
	struct ctx *c, const char *type, int64_t id, struct str before, struct client *out)
{
	TRY(client_read(c, id, out));
	return change_record_from(c, type, id, before, client_json(c, out));
}

static struct err *create_tx(struct ctx *c, void *arg)
{
	struct client_change *change = arg;
	struct client client = {.client_id = change->client_id, .active = true};

	TRY(client_check_input(c, change->in, &client));
	if (!change->in->public)
		client.secret_hash = change->secret_hash;
	TRY(client_store_add(c->db, c->arena, &client, &client.id));
	return client_finish(c, "bincard.client.created.v1", client.id, STR_NONE, change->out);
}

struct err *client_create(
	struct ctx *c, const struct client_input *in, struct client *out, struct str *secret)
{
	struct client_change change = {.in = in, .client_id = new_client_id(c), .out = out};

	*secret = new_secret(c, &change.secret_hash);
	if (in->public)
		*secret = STR_NONE;
	return change_run(c, create_tx, &change);
}

/* ---- changing ---- */

/* Whoever gives a client something gets what the client has: he must have all of it himself. */
static struct err *check_reach(struct ctx *c, const struct client *client)
{
	perm_set has;

	permission_parse(client->scope, &has);
	return people_may(c, has);
}

struct err *client_lock(
	struct ctx *c, int64_t id, int64_t version, struct client *out, struct str *before)
{
	bool found;

	TRY(client_store_lock(c->db, c->arena, id, out, &found));
	if (!found)
		return not_found(c);
	*before = client_json(c, out);
	return check_version(c->arena, version, out->version);
}

struct err *client_lock_active(
	struct ctx *c, int64_t id, int64_t version, struct client *out, struct str *before)
{
	TRY(client_lock(c, id, version, out, before));
	TRY(check_reach(c, out));
	return out->active ? NULL : err_new(c->arena, ERR_CONFLICT, "The client is disabled.");
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct client_change *change = arg;
	struct client client;
	struct str before;

	TRY(client_lock(c, change->id, change->version, &client, &before));
	TRY(check_reach(c, &client));
	TRY(client_check_input(c, change->in, &client));
	TRY(client_store_update(c->db, c->arena, &client));
	return client_finish(c, "bincard.client.updated.v1", client.id, before, change->out);
}

struct err *client_update(struct ctx *c, int64_t id, int64_t version, const struct client_input *in,
	struct client *out)
{
	struct client_change change = {.id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &change);
}

static struct err *rotate_tx(struct ctx *c, void *arg)
{
	struct client_change *change = arg;
	struct client client;
	struct str before;

	TRY(client_lock_active(c, change->id, change->version, &client, &before));
	if (!client.secret_hash.p)
		return err_new(c->arena, ERR_CONFLICT, "A public client has no secret.");
	client.secret_hash = change->secret_hash;
	TRY(client_store_update(c->db, c->arena, &client));
	return client_finish(c, "bincard.client.secret_rotated.v1", client.id, before, change->out);
}

struct err *client_rotate(
	struct ctx *c, int64_t id, int64_t version, struct client *out, struct str *secret)
{
	struct client_change change = {.id = id, .version = version, .out = out};

	*secret = new_secret(c, &change.secret_hash);
	return change_run(c, rotate_tx, &change);
}

static struct err *turn_tx(struct ctx *c, void *arg)
{
	struct client_change *change = arg;
	struct client client;
	struct str before;

	TRY(client_lock(c, change->id, change->version, &client, &before));
	if (change->active) /* to take away is anybody's who may manage clients */
		TRY(check_reach(c, &client));
	if (client.active == change->active) {
		*change->out = client;
		return change_unchanged(c, before);
	}
	client.active = change->active;
	TRY(client_store_update(c->db, c->arena, &client));
	if (!client.active)
		TRY(grant_store_end_given(c->db, c->arena, 0, client.id));
	return client_finish(c,
		client.active ? "bincard.client.enabled.v1" : "bincard.client.disabled.v1",
		client.id, before, change->out);
}

struct err *client_disable(struct ctx *c, int64_t id, int64_t version, struct client *out)
{
	return change_run(
		c, turn_tx, &(struct client_change){.id = id, .version = version, .out = out});
}

struct err *client_enable(struct ctx *c, int64_t id, int64_t version, struct client *out)
{
	return change_run(c, turn_tx,
		&(struct client_change){.id = id, .version = version, .active = true, .out = out});
}
