#include "domain/client.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/digest.h"
#include "base/secret.h"
#include "domain/audit.h"
#include "domain/change.h"
#include "domain/client_inside.h"
#include "domain/reach.h"

#define CLIENT_JSON_MAX 8192
#define CLIENT_ID_MAX 64
#define CLIENT_ID_RANDOM_BYTES 10
#define CLIENT_SECRET_RANDOM_BYTES 32

void client_to_json(struct json_out *j, const struct client *client)
{
	json_object(j, NULL);
	json_int(j, "id", client->id);
	json_str(j, "client_id", client->client_id);
	json_str(j, "name", client->name);
	json_str(j, "scope", client->scope);
	json_str(j, "location", client->location);
	json_cstr(j, "status", client->active ? "active" : "disabled");
	json_object_end(j);
}

static struct str client_json(struct ctx *c, const struct client *client)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, CLIENT_JSON_MAX);
	json_init(&j, &b);
	client_to_json(&j, client);
	assert(!b.overflow);
	return buf_str(&b);
}

struct err *client_record(
	struct ctx *c, const char *type, const struct client *before, const struct client *client)
{
	return change_record_from(c, type, client->id, before ? client_json(c, before) : STR_NONE,
		client_json(c, client));
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

struct err *client_find(struct ctx *c, struct str client_id, struct client *out)
{
	bool found;

	TRY(client_lookup(c, client_id, out, &found));
	return found ? NULL : err_new(c->arena, ERR_NOT_FOUND, "There is no client of this id.");
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
	if (found)
		hash = out->secret_hash;
	match = str_eq_secret(hash, digest_sha256_str(c->arena, secret));
	if (found && match && out->active)
		return NULL;
	return client_refused(c, out,
		err_new(c->arena, ERR_INVALID_CLIENT, "The client's id or secret is not right."));
}

/* ---- adding ---- */

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	}
	return s.n > 0 && str_is_utf8(s) && str_trim(s).n == s.n;
}

static void check_scope(struct err **e, struct arena *a, struct str scope, perm_set *out)
{
	struct str rest = scope;

	if (!permission_parse(scope, out)) {
		while (rest.n) {
			struct str name = str_cut(rest, ' ', &rest);
			perm_set one;

			if (!permission_parse(name, &one))
				err_add_field(e, a, STR("/scope"), "unknown_permission",
					"There is no permission \"%.*s\".", STR_ARG(name));
		}
	} else if (!*out) {
		err_add_field(e, a, STR("/scope"), "required", "It names no permission.");
	}
}

/* What could never be used is not granted. */
static void check_limited(struct err **e, struct arena *a, perm_set granted)
{
	perm_set never = granted & ~permission_limited(granted);

	if (never)
		err_add_field(e, a, STR("/scope"), "not_limited",
			"This cannot be given within a location: %.*s.",
			STR_ARG(permission_format(a, never)));
}

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

static struct err *add_tx(struct ctx *c, void *arg)
{
	struct client *client = arg;

	TRY(client_store_add(c->db, c->arena, client, &client->id));
	return client_record(c, "bincard.client.created.v1", NULL, client);
}

struct err *client_add(struct ctx *c, struct str name, struct str scope, struct str location,
	struct client *out, struct str *secret)
{
	struct err *e = NULL;
	int64_t location_id;
	perm_set granted;

	if (!is_name(name) || str_code_points(name) > CLIENT_NAME_MAX)
		err_add_field(&e, c->arena, STR("/name"), "not_text",
			"It must be one line of UTF-8 text of 1 to %d characters.",
			CLIENT_NAME_MAX);
	check_scope(&e, c->arena, scope, &granted);
	TRY(reach_root(c, location, STR("/location"), &e, &location_id));
	if (location_id)
		check_limited(&e, c->arena, granted);
	TRY(e);
	*out = (struct client){
		.client_id = new_client_id(c),
		.name = name,
		.scope = permission_format(c->arena, granted),
		.location_id = location_id,
		.location = location,
		.active = true,
	};
	*secret = new_secret(c, &out->secret_hash);
	return change_run(c, add_tx, out);
}

/* ---- changing ---- */

struct client_change {
	struct str client_id;
	struct str secret_hash;
};

static struct err *rotate_tx(struct ctx *c, void *arg)
{
	const struct client_change *change = arg;
	struct client client;

	TRY(client_find(c, change->client_id, &client));
	if (!client.active)
		return err_new(c->arena, ERR_CONFLICT, "The client is disabled.");
	TRY(client_store_set_secret(c->db, c->arena, client.id, change->secret_hash));
	return client_record(c, "bincard.client.secret_rotated.v1", &client, &client);
}

struct err *client_rotate(struct ctx *c, struct str client_id, struct str *secret)
{
	struct client_change change = {.client_id = client_id};

	*secret = new_secret(c, &change.secret_hash);
	return change_run(c, rotate_tx, &change);
}

static struct err *disable_tx(struct ctx *c, void *arg)
{
	const struct client_change *change = arg;
	struct client before, client;
	bool changed;

	TRY(client_find(c, change->client_id, &before));
	client = before;
	TRY(client_store_disable(c->db, c->arena, client.id, &changed));
	client.active = false;
	if (!changed)
		return change_unchanged(c, client_json(c, &client));
	return client_record(c, "bincard.client.disabled.v1", &before, &client);
}

struct err *client_disable(struct ctx *c, struct str client_id)
{
	return change_run(c, disable_tx, &(struct client_change){.client_id = client_id});
}

struct err *client_list(struct ctx *c, int64_t after_id, int limit, struct client_rows *out)
{
	return client_store_page(c->db, c->arena, after_id, limit, out);
}
