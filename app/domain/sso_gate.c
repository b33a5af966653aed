#include "domain/sso_gate.h"

#define SECOND_US INT64_C(1000000)

/* A time that is further ahead than it can be is one from before the host started. */
static bool is_ahead(int64_t until_us, int64_t now_us, int64_t longest_us)
{
	return until_us > now_us && until_us - now_us <= longest_us;
}

enum sso_gate_answer sso_gate_enter(struct sso_gate *gate, int places, int64_t now_us,
	int64_t longest_us, struct sso_wait *wait, int *retry_s)
{
	const int64_t failed_until_us = atomic_load(&gate->failed_until_us);
	enum sso_gate_answer answer = SSO_GATE_SHUT;

	*wait = (struct sso_wait){.until_us = now_us + longest_us};
	*retry_s = 1;
	if (is_ahead(failed_until_us, now_us, SSO_GATE_PAUSE_S * SECOND_US)) {
		*retry_s = (int)((failed_until_us - now_us + SECOND_US - 1) / SECOND_US);
		return SSO_GATE_SHUT;
	}
	for (int i = 0; i < places && i < SSO_GATE_PLACES; i++) {
		int64_t until_us = atomic_load(&gate->taken_until_us[i]);

		if (is_ahead(until_us, now_us, longest_us)) {
			if (wait->until_us - until_us < SSO_GATE_YOUNG_MS * 1000)
				answer = SSO_GATE_BUSY;
		} else if (atomic_compare_exchange_strong(
				   &gate->taken_until_us[i], &until_us, wait->until_us)) {
			wait->place = &gate->taken_until_us[i];
			return SSO_GATE_OPEN;
		} else {
			answer = SSO_GATE_BUSY; /* another was quicker just now */
		}
	}
	return answer;
}

void sso_gate_leave(struct sso_wait *wait)
{
	int64_t mine = wait->until_us;

	if (wait->place) /* unless it took too long, and another has it by now */
		atomic_compare_exchange_strong(wait->place, &mine, 0);
	wait->place = NULL;
}

void sso_gate_failed(struct sso_gate *gate, int64_t now_us)
{
	atomic_store(&gate->failed_until_us, now_us + SSO_GATE_PAUSE_S * SECOND_US);
}
