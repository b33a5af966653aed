#include "jobs/issuer_refresh.h"

#include "domain/foreign.h"
#include "domain/issuer_cache.h"

struct err *issuer_refresh_run(struct db *db, struct arena *a, const struct auth_config *auth,
	const struct sso_config *sso, const volatile sig_atomic_t *stop)
{
	struct ctx c = {.arena = a, .db = db};
	bool asked;

	for (size_t i = 0; i < auth->issuer_count && !*stop; i++) {
		TRY(issuer_cache_refresh(
			&c, &auth->issuers[i].source, ISSUER_JOBS_REFRESH_S, &asked));
	}
	if (sso->client_id && !*stop)
		TRY(issuer_cache_refresh(&c, &sso->source, ISSUER_JOBS_REFRESH_S, &asked));
	return NULL;
}
