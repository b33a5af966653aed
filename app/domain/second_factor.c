#include "domain/second_factor.h"

#include <assert.h>
#include <ctype.h>

#include "base/digest.h"
#include "base/secret.h"
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/change.h"
#include "domain/seal.h"
#include "domain/second_factor_inside.h"
#include "domain/totp.h"
#include "domain/user_inside.h"

#define RECOVERY_BYTES 10
#define RECOVERY_GROUP 4

struct err *second_factor_is_on(struct ctx *c, int64_t user_id, bool *on)
{
	struct second_factor factor;
	bool found;

	TRY(second_factor_store_of(c->db, c->arena, user_id, &factor, &found));
	*on = found && factor.confirmed;
	return NULL;
}

struct err *second_factor_show(struct ctx *c, struct second_factor_state *out)
{
	struct second_factor factor;
	bool found;

	TRY(second_factor_store_of(c->db, c->arena, c->who->id, &factor, &found));
	*out = (struct second_factor_state){.owed = (c->who->owes & OWES_SECOND_FACTOR) != 0};
	if (!found)
		return NULL;
	out->on = factor.confirmed;
	out->begun = !factor.confirmed;
	out->since = factor.confirmed_at;
	out->codes_left = (int)factor.codes_left;
	return NULL;
}

void second_factor_to_json(struct json_out *j, const struct second_factor_state *s)
{
	json_object(j, NULL);
	json_bool(j, "on", s->on);
	json_bool(j, "owed", s->owed);
	if (s->on) {
		json_cstr(j, "kind", "totp");
		json_time(j, "since", s->since);
	} else {
		json_null(j, "kind");
		json_null(j, "since");
	}
	json_int(j, "recovery_codes_left", s->codes_left);
	json_object_end(j);
}

/* ---- beginning ---- */

static struct err *begin_tx(struct ctx *c, void *arg)
{
	const struct str *sealed = arg;

	return second_factor_store_begin(c->db, c->arena, c->who->id, *sealed);
}

struct err *second_factor_begin(struct auth *auth, struct ctx *c)
{
	char secret[TOTP_SECRET_BYTES];
	struct str sealed;
	struct err *e;

	secret_random(secret, sizeof(secret));
	e = seal_close(c->arena, auth->config->master_key_file,
		(struct str){secret, sizeof(secret)}, &sealed);
	secret_wipe(secret, sizeof(secret));
	TRY(e);
	e = change_run(c, begin_tx, &sealed);
	if (e && e->code == ERR_DB_DUPLICATE_KEY)
		return err_new(c->arena, ERR_CONFLICT, "You have a second factor already.");
	return e;
}

static struct err *open_secret(
	struct auth *auth, struct ctx *c, const struct second_factor *factor, struct str *secret)
{
	return seal_open(c->arena, auth->config->master_key_file, factor->secret_sealed, secret);
}

static struct err *find_begun(struct ctx *c, struct second_factor *factor)
{
	bool found;

	TRY(second_factor_store_of(c->db, c->arena, c->who->id, factor, &found));
	if (found && !factor->confirmed)
		return NULL;
	return err_new(c->arena, ERR_NOT_FOUND, "No second factor is being set up.");
}

struct err *second_factor_secret(struct auth *auth, struct ctx *c, struct str *secret)
{
	struct second_factor factor;

	TRY(find_begun(c, &factor));
	return open_secret(auth, c, &factor, secret);
}

/* ---- codes ---- */

struct err *second_factor_wrong(struct ctx *c)
{
	struct err *e = NULL;

	err_add_field(&e, c->arena, STR("/code"), "wrong",
		"This code is not right, or was used. Wait for the next one.");
	return e;
}

/* As it is compared: without what people put between, in capital letters. */
static struct str plain_code(struct arena *a, struct str typed)
{
	char *out = str_cstr(a, typed);
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		if (typed.p[i] != ' ' && typed.p[i] != '-')
			out[n++] = (char)toupper((unsigned char)typed.p[i]);
	}
	return (struct str){out, n};
}

static struct err *find_step(struct auth *auth, struct ctx *c, const struct second_factor *factor,
	struct str code, int64_t *step)
{
	struct str secret;

	TRY(open_secret(auth, c, factor, &secret));
	*step = totp_find(c->arena, secret, code, factor->now, factor->last_step);
	secret_wipe((char *)(uintptr_t)secret.p, secret.n);
	return NULL;
}

static struct err *use_totp(struct auth *auth, struct ctx *c, const struct second_factor *factor,
	struct str code, bool *good)
{
	int64_t step;

	TRY(find_step(auth, c, factor, code, &step));
	*good = false;
	return step ? second_factor_store_use(c->db, c->arena, factor->id, step, good) : NULL;
}

static struct err *use_recovery(
	struct ctx *c, int64_t user_id, struct str user_name, struct str code, bool *good)
{
	struct str id = str_printf(c->arena, "%lld", (long long)user_id);

	TRY(recovery_code_store_use(
		c->db, c->arena, user_id, digest_sha256_str(c->arena, code), good));
	if (!*good)
		return NULL;
	return audit_record(c,
		&(struct audit_note){
			.resource = STR("user"),
			.resource_id = id,
			.action = STR("recovery_code_used"),
			.actor = str_printf(c->arena, "user:%.*s", STR_ARG(id)),
			.actor_name = user_name,
		});
}

struct err *second_factor_use(struct auth *auth, struct ctx *c, int64_t user_id,
	struct str user_name, struct str code, bool *good)
{
	struct second_factor factor;
	bool found;

	*good = false;
	code = plain_code(c->arena, code);
	TRY(second_factor_store_of(c->db, c->arena, user_id, &factor, &found));
	if (!found || !factor.confirmed)
		return NULL;
	if (code.n == TOTP_DIGITS)
		return use_totp(auth, c, &factor, code, good);
	return use_recovery(c, user_id, user_name, code, good);
}

/* "K7QP3MZT..." is shown as "k7qp-3mzt-...", and hashed as it is. */
static void make_codes(struct arena *a, struct recovery_codes *out, struct str *hashes)
{
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		char bytes[RECOVERY_BYTES], text[2 * RECOVERY_BYTES * 2];
		struct str code;
		size_t n = 0;

		secret_random(bytes, sizeof(bytes));
		code = str_base32(a, (struct str){bytes, sizeof(bytes)});
		hashes[i] = digest_sha256_str(a, code);
		for (size_t k = 0; k < code.n; k++) {
			if (k && k % RECOVERY_GROUP == 0)
				text[n++] = '-';
			text[n++] = (char)tolower((unsigned char)code.p[k]);
		}
		out->text[i] = str_copy(a, (struct str){text, n});
	}
}

/* ---- what is changed with the password and a code ---- */

struct proof {
	struct auth *auth;
	struct str code;
	struct user user;
	struct session_start start;
	struct str hashes[RECOVERY_CODES];
};

/* The password and, in the transaction of the change, the code: both are counted, and only both right take
 * back the count. */
static struct err *with_proof(struct ctx *c, struct proof *p, struct str password, change_fn *body)
{
	struct guess_who guess;
	struct err *e;

	TRY(auth_own_password(p->auth, c, password, "/password", &p->user));
	TRY(auth_guess_code_begin(p->auth, c, p->user.id, &guess));
	e = change_run(c, body, p);
	if (e && e->code == ERR_INVALID)
		TRY(audit_failure(c, "user", p->user.id, "second_factor_failed", p->user.name));
	TRY(e);
	auth_guess_right(p->auth, c, &guess);
	auth_changed(p->auth);
	return NULL;
}

/* Begins a change of one's own factor: takes the lock that whoever signs in with the password alone
 * waits for. */
static struct err *begin(struct ctx *c, const struct user *user, struct user *before)
{
	TRY(user_read(c, user->id, before));
	return user_store_touch(c->db, c->arena, user->id);
}

static struct err *finish(struct ctx *c, const char *event, const struct user *before)
{
	struct user after;

	return user_finish(c, event, before->id, before, &after);
}

static struct err *confirm_tx(struct ctx *c, void *arg)
{
	struct proof *p = arg;
	struct second_factor factor;
	struct user before;
	int64_t step;
	bool done;

	TRY(begin(c, &p->user, &before));
	p->start.password_hash = p->user.password_hash;
	TRY(find_begun(c, &factor));
	TRY(find_step(p->auth, c, &factor, plain_code(c->arena, p->code), &step));
	if (!step)
		return second_factor_wrong(c);
	TRY(second_factor_store_confirm(c->db, c->arena, factor.id, step, &done));
	if (!done)
		return err_new(c->arena, ERR_CONFLICT, "It was set up meanwhile.");
	TRY(recovery_code_store_put(c->db, c->arena, p->user.id, p->hashes));
	TRY(session_store_end_all(c->db, c->arena, p->user.id));
	TRY(session_store_add(c->db, c->arena, &p->start, &done));
	if (!done)
		return err_new(c->arena, ERR_CONFLICT, "Your password was changed meanwhile.");
	return finish(c, "bincard.user.second_factor_enrolled.v1", &before);
}

struct err *second_factor_confirm(struct auth *auth, struct ctx *c, struct str password,
	struct str code, struct str *cookie, struct recovery_codes *out)
{
	struct proof p = {.auth = auth, .code = code};

	make_codes(c->arena, out, p.hashes);
	p.start = auth_session_start(auth, c, c->who->id, cookie);
	p.start.second_factor = true;
	return with_proof(c, &p, password, confirm_tx);
}

static struct err *use_own(struct ctx *c, struct proof *p, struct user *before)
{
	bool good;

	TRY(begin(c, &p->user, before));
	TRY(second_factor_use(p->auth, c, p->user.id, p->user.name, p->code, &good));
	return good ? NULL : second_factor_wrong(c);
}

static struct err *renew_tx(struct ctx *c, void *arg)
{
	struct proof *p = arg;
	struct user before;

	TRY(use_own(c, p, &before));
	TRY(recovery_code_store_put(c->db, c->arena, p->user.id, p->hashes));
	return finish(c, "bincard.user.recovery_codes_renewed.v1", &before);
}

struct err *second_factor_renew_codes(struct auth *auth, struct ctx *c, struct str password,
	struct str code, struct recovery_codes *out)
{
	struct proof p = {.auth = auth, .code = code};

	make_codes(c->arena, out, p.hashes);
	return with_proof(c, &p, password, renew_tx);
}

static struct err *remove_it(struct ctx *c, const struct user *before)
{
	bool done;

	TRY(second_factor_store_remove(c->db, c->arena, before->id, &done));
	if (!done)
		return change_unchanged(c, user_json(c, before));
	return finish(c, "bincard.user.second_factor_removed.v1", before);
}

static struct err *remove_tx(struct ctx *c, void *arg)
{
	struct proof *p = arg;
	struct user before;

	TRY(use_own(c, p, &before));
	return remove_it(c, &before);
}

struct err *second_factor_remove(
	struct auth *auth, struct ctx *c, struct str password, struct str code)
{
	return with_proof(c, &(struct proof){.auth = auth, .code = code}, password, remove_tx);
}

static struct err *remove_of_tx(struct ctx *c, void *arg)
{
	const int64_t *id = arg;
	struct people people;
	struct user before;

	if (c->who->kind == PRINCIPAL_USER && c->who->id == *id)
		return err_new(c->arena, ERR_CONFLICT,
			"Remove your own with your password and a code, at /account/second-factor.");
	TRY(user_lock(c, &people, *id, 0, &before));
	TRY(session_store_end_all(c->db, c->arena, before.id));
	if (!before.second_factor)
		return change_unchanged(c, user_json(c, &before));
	TRY(user_store_touch(c->db, c->arena, before.id));
	return remove_it(c, &before);
}

struct err *second_factor_remove_of(struct ctx *c, int64_t user_id)
{
	return change_run(c, remove_of_tx, &user_id);
}
