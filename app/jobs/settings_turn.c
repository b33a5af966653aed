#include "jobs/settings_turn.h"

#include "domain/settings.h"

struct err *settings_turn_run(struct db *db, struct arena *a, struct str file, struct str lines)
{
	struct once once = {.key = STR_NONE};
	struct ctx c = {.arena = a, .db = db, .once = &once, .request_id = STR("jobs")};

	return settings_note(&c, file, lines);
}
