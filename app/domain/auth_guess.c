/* Tries at passwords and at codes, counted by account and address: domain/guess.h. */
#include "domain/auth_inside.h"
#include "store/user_store.h"

static struct err *too_often(struct arena *a, int wait_s)
{
	struct err *e = err_new(a, ERR_RATE,
		"There were too many tries to sign in. Wait for %d second%s, then try again.",
		wait_s, wait_s == 1 ? "" : "s");

	e->retry_after_s = wait_s;
	return e;
}

static struct err *begin(struct auth *auth, struct ctx *c, const struct guess_who *who)
{
	int wait_s;

	if (!auth->config->guesses)
		return NULL;
	wait_s = guess_try(auth->config->guesses, c->arena, who, time_monotonic_us());
	return wait_s ? too_often(c->arena, wait_s) : NULL;
}

static struct str address_of(const struct ctx *c)
{
	return c->address.p ? c->address : STR("");
}

struct err *auth_guess_begin(
	struct auth *auth, struct ctx *c, struct str name, struct guess_who *who)
{
	*who = (struct guess_who){.address = address_of(c)};
	if (!str_is_utf8(name))
		name = STR("");
	TRY(user_store_name_weight(c->db, c->arena, name, &who->account));
	return begin(auth, c, who);
}

struct err *auth_guess_code_begin(
	struct auth *auth, struct ctx *c, int64_t user_id, struct guess_who *who)
{
	/* an odd number of bytes, which no name's weight has */
	*who = (struct guess_who){
		.address = address_of(c),
		.account = str_printf(c->arena, "code%019lld", (long long)user_id),
	};
	return begin(auth, c, who);
}

void auth_guess_right(struct auth *auth, struct ctx *c, const struct guess_who *who)
{
	if (auth->config->guesses)
		guess_right(auth->config->guesses, c->arena, who, time_monotonic_us());
}
