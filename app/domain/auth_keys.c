#include "domain/auth_keys.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "domain/audit.h"
#include "domain/change.h"
#include "domain/seal.h"
#include "store/key_store.h"

#define LOCK_NAME "signing_key"
#define LOCK_WAIT_S 10

static const struct key *signing_key(const struct key_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->rows[i].may_sign && str_is(rows->rows[i].algorithm, TOKEN_ALGORITHM))
			return &rows->rows[i];
	}
	return NULL;
}

struct new_key {
	struct key key;
	int lead_s;
	bool asked_for; /* by a person, on the page of the keys */
};

static struct err *add_key(struct ctx *c, void *arg)
{
	const struct new_key *made = arg;
	struct audit_note note = {
		.resource = STR("signing_key"),
		.resource_id = made->key.kid,
		.action = STR("created"),
	};

	TRY(key_store_add(c->db, c->arena, &made->key, made->lead_s));
	if (!made->asked_for) { /* whoever's request needs it */
		note.actor = STR("system");
		note.actor_name = STR("bincard");
	}
	return audit_record(c, &note);
}

struct err *auth_keys_make(struct ctx *c, const char *master_key_file, int lead_s, struct str *kid)
{
	struct token_pair pair;
	struct new_key made = {
		.lead_s = lead_s,
		.asked_for = lead_s && c->who && c->who->kind == PRINCIPAL_USER,
	};
	struct err *e;

	token_key_make(c->arena, &pair);
	made.key = (struct key){
		.kid = pair.kid, .algorithm = STR(TOKEN_ALGORITHM), .public_pem = pair.public_pem};
	e = seal_close(c->arena, master_key_file, pair.private_pem, &made.key.private_sealed);
	secret_wipe((char *)(uintptr_t)pair.private_pem.p, pair.private_pem.n);
	TRY(e);
	TRY(change_run(c, add_key, &made));
	log_text(LOG_INFO, "made signing key %.*s", STR_ARG(made.key.kid));
	*kid = made.key.kid;
	return NULL;
}

struct err *auth_keys_lock(struct ctx *c)
{
	bool got;

	TRY(db_lock(c->db, c->arena, LOCK_NAME, LOCK_WAIT_S, &got));
	return got
		? NULL
		: err_new(c->arena, ERR_UNAVAILABLE, "Another process is making the signing key.");
}

void auth_keys_unlock(struct ctx *c)
{
	db_unlock(c->db, c->arena, LOCK_NAME);
}

/* Whoever comes first makes the key; the others wait, and find it. */
static struct err *make_key(struct ctx *c, const char *master_key_file, struct key_rows *rows)
{
	struct str kid;
	struct err *e;

	TRY(auth_keys_lock(c));
	e = key_store_list(c->db, c->arena, AUTH_KEYS_MAX, rows);
	if (!e && !signing_key(rows))
		e = auth_keys_make(c, master_key_file, 0, &kid);
	auth_keys_unlock(c);
	TRY(e);
	return key_store_list(c->db, c->arena, AUTH_KEYS_MAX, rows);
}

static void free_public(struct auth_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		token_key_free(keys->keys[i]);
	keys->n = 0;
}

void auth_keys_free(struct auth_keys *keys)
{
	free_public(keys);
	secret_wipe(keys->private_pem, sizeof(keys->private_pem));
	keys->private_bytes = 0;
}

static void parse_all(struct auth_keys *keys, const struct key_rows *rows)
{
	free_public(keys);
	for (size_t i = 0; i < rows->n; i++) {
		const struct key *row = &rows->rows[i];
		struct token_key *key = token_key_new(row->kid, row->algorithm, row->public_pem);

		if (key)
			keys->keys[keys->n++] = key;
		else
			log_text(LOG_WARNING, "signing key %.*s cannot be used", STR_ARG(row->kid));
	}
}

static struct err *open_private(
	struct auth_keys *keys, struct ctx *c, const char *master_key_file, const struct key *row)
{
	struct str pem;

	if (keys->private_bytes && str_is(row->kid, keys->signing_kid))
		return NULL;
	TRY(seal_open(c->arena, master_key_file, row->private_sealed, &pem));
	if (pem.n > sizeof(keys->private_pem) || row->kid.n > TOKEN_KID_MAX)
		return err_new(c->arena, ERR_INTERNAL, "The signing key is too long.");
	memset(keys->signing_kid, 0, sizeof(keys->signing_kid));
	memcpy(keys->signing_kid, row->kid.p, row->kid.n);
	memcpy(keys->private_pem, pem.p, pem.n);
	keys->private_bytes = pem.n;
	secret_wipe((char *)(uintptr_t)pem.p, pem.n);
	return NULL;
}

struct err *auth_keys_load(struct auth_keys *keys, struct ctx *c, const char *master_key_file)
{
	const struct key *signing;
	struct key_rows rows;

	TRY(key_store_list(c->db, c->arena, AUTH_KEYS_MAX, &rows));
	if (!signing_key(&rows))
		TRY(make_key(c, master_key_file, &rows));
	signing = signing_key(&rows);
	if (!signing)
		return err_new(c->arena, ERR_INTERNAL, "There is no signing key.");
	parse_all(keys, &rows);
	TRY(open_private(keys, c, master_key_file, signing));
	keys->loaded_us = time_monotonic_us();
	return NULL;
}

struct err *auth_keys_reload(struct auth_keys *keys, struct ctx *c, const char *master_key_file)
{
	int64_t now = time_monotonic_us();

	if (keys->loaded_us && now - keys->loaded_us < AUTH_KEYS_RELOAD_S * INT64_C(1000000))
		return NULL;
	keys->loaded_us = now;
	return auth_keys_load(keys, c, master_key_file);
}

struct err *auth_keys_refresh(struct auth_keys *keys, struct ctx *c, const char *master_key_file)
{
	const int64_t age_us = time_monotonic_us() - keys->loaded_us;

	if (keys->private_bytes && age_us < AUTH_KEYS_REFRESH_S * INT64_C(1000000))
		return NULL;
	return auth_keys_load(keys, c, master_key_file);
}
