/* Clients that sign themselves in with a key of their own (RFC 7523). */
#include "domain/change.h"
#include "domain/client_inside.h"
#include "domain/token.h"

#define SECOND_US INT64_C(1000000)

/* ---- signing in ---- */

static struct err *refuse(struct ctx *c, const char *why)
{
	return err_because(
		err_new(c->arena, ERR_INVALID_CLIENT, "The client's assertion is not valid."),
		"assertion: %s", why);
}

static enum token_fault verify(struct ctx *c, const struct client_key_rows *rows,
	const struct assertion_rules *rules, struct str text, struct assertion_claims *claims)
{
	struct token_key *keys[CLIENT_KEYS_MAX];
	enum token_fault fault;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		keys[n] = token_key_new(
			rows->rows[i].kid, STR(TOKEN_ALGORITHM), rows->rows[i].public_pem);
		if (keys[n])
			n++;
	}
	fault = token_verify_assertion(keys, n, rules, c->arena, text, claims);
	while (n)
		token_key_free(keys[--n]);
	return fault;
}

static struct err *use(struct ctx *c, int64_t id, const struct assertion_claims *claims)
{
	struct err *e = client_store_use_assertion(
		c->db, c->arena, id, claims->jti, claims->expires_s * SECOND_US);

	return e && e->code == ERR_DB_DUPLICATE_KEY ? refuse(c, "used already") : e;
}

static struct err *check_assertion(struct ctx *c, const char *issuer, const char *endpoint,
	struct str posted_id, struct str assertion, struct client *out)
{
	const struct assertion_rules rules = {
		.client_id = token_unverified_subject(c->arena, assertion),
		.issuer = issuer,
		.endpoint = endpoint,
		.now_s = time_now() / SECOND_US,
	};
	struct assertion_claims claims;
	struct client_key_rows rows;
	enum token_fault fault;
	bool found;

	if (posted_id.p && !str_eq(posted_id, rules.client_id))
		return refuse(c, "client_id is another's");
	TRY(client_lookup(c, rules.client_id, out, &found));
	if (!found || !out->active)
		return refuse(c, found ? "the client is disabled" : "no such client");
	TRY(client_store_keys(c->db, c->arena, out->id, CLIENT_KEYS_MAX, &rows));
	fault = verify(c, &rows, &rules, assertion, &claims);
	return fault ? refuse(c, token_fault_text(fault)) : use(c, out->id, &claims);
}

struct err *client_check_assertion(struct ctx *c, const char *issuer, const char *endpoint,
	struct str posted_id, struct str assertion, struct client *out)
{
	struct err *e;

	*out = (struct client){.id = 0};
	e = check_assertion(c, issuer, endpoint, posted_id, assertion, out);
	return e && e->code == ERR_INVALID_CLIENT ? client_refused(c, out, e) : e;
}

/* ---- the keys ---- */

struct key_change {
	int64_t id, version;
	struct client_key key;
	struct client *out;
};

static bool has_key(const struct client *client, struct str kid, size_t *n)
{
	struct str rest = client->keys;
	bool has = false;

	for (*n = 0; rest.n; ++*n)
		has |= str_eq(str_cut(rest, ' ', &rest), kid);
	return has;
}

/* A key is a part of its client. */
static struct err *finish(struct ctx *c, const char *type, struct client *client, struct str before,
	struct key_change *change)
{
	TRY(client_store_update(c->db, c->arena, client));
	return client_finish(c, type, client->id, before, change->out);
}

static struct err *add_tx(struct ctx *c, void *arg)
{
	struct key_change *change = arg;
	struct client client;
	struct str before;
	size_t n;

	TRY(client_lock_active(c, change->id, change->version, &client, &before));
	if (!client.secret_hash.p)
		return err_new(c->arena, ERR_CONFLICT, "A public client has no keys.");
	if (has_key(&client, change->key.kid, &n)) {
		*change->out = client;
		return change_unchanged(c, before);
	}
	if (n >= CLIENT_KEYS_MAX)
		return err_new(c->arena, ERR_CONFLICT, "The client has %d keys; remove one first.",
			CLIENT_KEYS_MAX);
	TRY(client_store_add_key(c->db, c->arena, client.id, &change->key));
	return finish(c, "bincard.client.key_added.v1", &client, before, change);
}

struct err *client_add_key(struct ctx *c, int64_t id, int64_t version, struct str public_pem,
	struct client *out, struct str *kid)
{
	struct token_key *key = token_key_new(STR("-"), STR(TOKEN_ALGORITHM), public_pem);
	struct key_change change = {.id = id, .version = version, .out = out};
	struct err *e = NULL;

	if (!key) {
		err_add_field(&e, c->arena, STR("/public_key"), "invalid_key",
			"It is not the PEM text of a public key of the curve P-256.");
		return e;
	}
	change.key.kid = *kid = token_key_thumbprint(c->arena, key);
	change.key.public_pem = token_key_pem(c->arena, key);
	token_key_free(key);
	return change_run(c, add_tx, &change);
}

static struct err *remove_tx(struct ctx *c, void *arg)
{
	struct key_change *change = arg;
	struct client client;
	struct str before;
	bool found;

	TRY(client_lock(c, change->id, change->version, &client, &before));
	TRY(client_store_remove_key(c->db, c->arena, client.id, change->key.kid, &found));
	if (!found)
		return err_new(c->arena, ERR_NOT_FOUND, "The client has no key of this name.");
	return finish(c, "bincard.client.key_removed.v1", &client, before, change);
}

struct err *client_remove_key(
	struct ctx *c, int64_t id, int64_t version, struct str kid, struct client *out)
{
	struct key_change change = {.id = id, .version = version, .out = out};

	change.key.kid = str_is_text(kid, false) && str_is_ascii(kid) ? kid : STR("");
	return change_run(c, remove_tx, &change);
}

struct err *client_keys(struct ctx *c, int64_t id, struct client_key_rows *out)
{
	return client_store_keys(c->db, c->arena, id, CLIENT_KEYS_MAX, out);
}
