/*
 * totp: one-time codes by the time (RFC 6238, with the truncation of RFC 4226): HMAC-SHA-1, six digits,
 * a new one every 30 seconds. This is what every authenticator computes without being told.
 */
#ifndef BINCARD_DOMAIN_TOTP_H
#define BINCARD_DOMAIN_TOTP_H

#include "base/str.h"
#include "base/timestamp.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_DIGITS 6
#define TOTP_STEP_S 30
#define TOTP_WINDOW 1 /* steps before and after the present one, because clocks differ */

int64_t totp_step(time_us now);
struct str totp_code(struct arena *a, struct str secret, int64_t step);
/* The step that the code belongs to, among those around `now` that are later than `last`; 0: none. */
int64_t totp_find(struct arena *a, struct str secret, struct str code, time_us now, int64_t last);

#endif
