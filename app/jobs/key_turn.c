#include "jobs/key_turn.h"

#include "domain/key.h"

struct err *key_turn_run(
	struct db *db, struct arena *a, const struct auth_config *config, bool *made)
{
	const struct principal system = {
		.kind = PRINCIPAL_SYSTEM, .name = STR("system"), .actor = STR("system")};
	struct once once = {.key = STR_NONE};
	struct ctx c = {
		.arena = a, .db = db, .who = &system, .once = &once, .request_id = STR("jobs")};
	struct str kid;

	*made = false;
	if (!config->key_days)
		return NULL;
	TRY(key_rotate_due(&c, config->master_key_file, config->key_days, &kid));
	*made = kid.p != NULL;
	return NULL;
}
