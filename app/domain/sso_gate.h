/*
 * sso_gate: how many workers of a host wait for the provider of single sign-on at the same moment. A provider that
 * hangs must not take all of them. In memory that they share, without a lock.
 *
 * A place is taken until a time, not until it is given back: a worker that is killed leaves none taken for ever.
 * After a failure nobody asks for SSO_GATE_PAUSE_S. All times are monotonic, the same clock for all processes.
 */
#ifndef BINCARD_DOMAIN_SSO_GATE_H
#define BINCARD_DOMAIN_SSO_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SSO_GATE_PLACES 32
#define SSO_GATE_PAUSE_S 5
#define SSO_GATE_YOUNG_MS 1000

/* Zeros are an open gate. */
struct sso_gate {
	_Atomic int64_t failed_until_us;
	_Atomic int64_t taken_until_us[SSO_GATE_PLACES];
};

struct sso_wait {
	_Atomic int64_t *place; /* NULL: none */
	int64_t until_us;
};

enum sso_gate_answer {
	SSO_GATE_OPEN,
	SSO_GATE_BUSY, /* somebody has been waiting for less than SSO_GATE_YOUNG_MS: it may soon be open */
	SSO_GATE_SHUT /* all wait for long, or it has failed: ask again in *retry_s */
};
/* Takes one of the first `places` for at most longest_us. */
enum sso_gate_answer sso_gate_enter(struct sso_gate *gate, int places, int64_t now_us,
	int64_t longest_us, struct sso_wait *wait, int *retry_s);
void sso_gate_leave(struct sso_wait *wait);
void sso_gate_failed(struct sso_gate *gate, int64_t now_us);

#endif
