/* The second step of signing in. What waits for it is no session: nothing else looks for its cookie. */
#include "base/digest.h"
#include "base/secret.h"
#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/change.h"
#include "domain/second_factor.h"
#include "domain/second_factor_inside.h"

struct new_pending {
	const struct user *user;
	struct str token_hash;
};

static struct err *pending_tx(struct ctx *c, void *arg)
{
	const struct new_pending *p = arg;
	bool added;

	TRY(pending_sign_in_store_add(c->db, c->arena, p->token_hash, AUTH_PENDING_S, p->user->id,
		p->user->password_hash, &added));
	return added ? NULL : auth_refuse_sign_in(c->arena);
}

struct err *auth_pending_begin(struct ctx *c, const struct user *user, struct str *cookie)
{
	struct new_pending p = {.user = user};

	*cookie = secret_random_text(c->arena, AUTH_COOKIE_RANDOM_BYTES);
	p.token_hash = digest_sha256_str(c->arena, *cookie);
	return change_run(c, pending_tx, &p);
}

static struct err *begin_anew(struct arena *a)
{
	return err_new(a, ERR_UNAUTHENTICATED,
		"The sign-in has ended: there were too many codes, or too much time has passed.");
}

struct step {
	struct auth *auth;
	struct str token_hash, code;
	struct pending_sign_in pending;
	struct session_start start;
};

static struct err *step_tx(struct ctx *c, void *arg)
{
	const struct step *s = arg;
	const struct pending_sign_in *p = &s->pending;
	bool done;

	TRY(second_factor_use(s->auth, c, p->user_id, p->user_name, s->code, &done));
	if (!done)
		return second_factor_wrong(c);
	TRY(pending_sign_in_store_end(c->db, c->arena, s->token_hash, &done));
	if (done)
		TRY(session_store_add(c->db, c->arena, &s->start, &done));
	if (!done) /* disabled, a new password or another second step in this very moment */
		return begin_anew(c->arena);
	return auth_record_session(c, "signed_in", p->user_id, p->user_name);
}

/* Each try counts, before the code is looked at, so that tries at the same moment are counted too. */
static struct err *count_try(
	struct auth *auth, struct ctx *c, const struct step *s, struct guess_who *guess)
{
	bool counted;

	TRY(auth_guess_code_begin(auth, c, s->pending.user_id, guess));
	TRY(pending_sign_in_store_try(
		c->db, c->arena, s->token_hash, AUTH_PENDING_TRIES, &counted));
	return counted ? NULL : begin_anew(c->arena);
}

static struct err *find(struct ctx *c, struct str cookie, struct step *s)
{
	bool found;

	if (!auth_is_cookie(c->arena, cookie))
		return begin_anew(c->arena);
	s->token_hash = digest_sha256_str(c->arena, cookie);
	TRY(pending_sign_in_store_by_hash(c->db, c->arena, s->token_hash, &s->pending, &found));
	return found ? NULL : begin_anew(c->arena);
}

struct err *auth_second_step(struct auth *auth, struct ctx *c, struct str pending_cookie,
	struct str code, struct str *cookie)
{
	struct step s = {.auth = auth, .code = code};
	struct guess_who guess;
	struct err *e;

	TRY(find(c, pending_cookie, &s));
	TRY(count_try(auth, c, &s, &guess));
	s.start = auth_session_start(auth, c, s.pending.user_id, cookie);
	s.start.password_hash = s.pending.password_hash;
	s.start.second_factor = true;
	e = change_run(c, step_tx, &s);
	if (e && e->code == ERR_INVALID)
		TRY(audit_failure(
			c, "user", s.pending.user_id, "second_factor_failed", s.pending.user_name));
	TRY(e);
	auth_guess_right(auth, c, &guess);
	return NULL;
}

struct err *auth_pending_end(struct ctx *c, struct str pending_cookie)
{
	bool ended;

	if (!auth_is_cookie(c->arena, pending_cookie))
		return NULL;
	return pending_sign_in_store_end(
		c->db, c->arena, digest_sha256_str(c->arena, pending_cookie), &ended);
}
