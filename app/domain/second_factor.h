/*
 * second_factor: what staff prove beside their password (docs/decisions/0007-second-factor.md). Codes by the
 * time (domain/totp.h), and recovery codes for when those cannot be had. The second step of signing in is
 * auth_second_step().
 */
#ifndef BINCARD_DOMAIN_SECOND_FACTOR_H
#define BINCARD_DOMAIN_SECOND_FACTOR_H

#include "base/json_out.h"
#include "domain/auth.h"
#include "store/second_factor_store.h"

#define SECOND_FACTOR_CODE_MAX 40 /* of what is typed: a recovery code with its hyphens */

struct second_factor_state {
	bool on;
	bool begun; /* a secret waits for the code that confirms it */
	bool owed; /* a role needs one, and there is none */
	time_us since;
	int codes_left;
};

/* Of whoever asks, as all up to second_factor_remove(). */
MUST_CHECK struct err *second_factor_show(struct ctx *c, struct second_factor_state *out);
/* Makes the secret that second_factor_confirm() turns on. ERR_CONFLICT when there is a factor. */
MUST_CHECK struct err *second_factor_begin(struct auth *auth, struct ctx *c);
/* The secret that was begun, as 20 bytes: shown until it is confirmed. ERR_NOT_FOUND. */
MUST_CHECK struct err *second_factor_secret(struct auth *auth, struct ctx *c, struct str *secret);
/* Turns it on. All the user's sessions end, *cookie is the value of a new one. ERR_INVALID with fields at
 * /password or /code; ERR_RATE; ERR_CONFLICT when nothing was begun. */
struct recovery_codes {
	struct str text
		[RECOVERY_CODES]; /* "k7qp-3mzt-a2xw-9fhc" in letters and digits of base32; shown once */
};
MUST_CHECK struct err *second_factor_confirm(struct auth *auth, struct ctx *c, struct str password,
	struct str code, struct str *cookie, struct recovery_codes *out);
/* New recovery codes, or no factor any more: with the password and a code, which may be a recovery code.
 * Errors as above. */
MUST_CHECK struct err *second_factor_renew_codes(struct auth *auth, struct ctx *c,
	struct str password, struct str code, struct recovery_codes *out);
MUST_CHECK struct err *second_factor_remove(
	struct auth *auth, struct ctx *c, struct str password, struct str code);

/* Another's, whose phone and recovery codes are lost. All sessions of the user end. ERR_NOT_FOUND when there
 * is no such user, ERR_FORBIDDEN for one with more permissions than whoever asks; one without a factor is
 * fine. ERR_CONFLICT for one's own, which takes the password and a code. Then auth_changed(). */
MUST_CHECK struct err *second_factor_remove_of(struct ctx *c, int64_t user_id);

/* Whether signing in takes a second step. */
MUST_CHECK struct err *second_factor_is_on(struct ctx *c, int64_t user_id, bool *on);

void second_factor_to_json(struct json_out *j, const struct second_factor_state *s);

#endif
