#include "domain/totp.h"

#include "base/digest.h"

#define STEP_US (TOTP_STEP_S * INT64_C(1000000))
#define CODES 1000000 /* 10 to the TOTP_DIGITS */

int64_t totp_step(time_us now)
{
	return now / STEP_US;
}

struct str totp_code(struct arena *a, struct str secret, int64_t step)
{
	unsigned char counter[8], mac[DIGEST_HMAC_SHA1_BYTES];
	const unsigned char *p;
	uint32_t bits;

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	digest_hmac_sha1(mac, secret, (struct str){(const char *)counter, sizeof(counter)});
	p = mac + (mac[sizeof(mac) - 1] & 15);
	bits = (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return str_printf(a, "%0*u", TOTP_DIGITS, (unsigned)(bits % CODES));
}

int64_t totp_find(struct arena *a, struct str secret, struct str code, time_us now, int64_t last)
{
	const int64_t present = totp_step(now);
	int64_t found = 0;

	for (int64_t step = present - TOTP_WINDOW; step <= present + TOTP_WINDOW; step++) {
		bool same = str_eq_secret(totp_code(a, secret, step), code);

		if (same && step > last && !found)
			found = step;
	}
	return found;
}
