/*
 * settings_turn: has the audit log say what was changed in the configuration since it was last read.
 */
#ifndef BINCARD_JOBS_SETTINGS_TURN_H
#define BINCARD_JOBS_SETTINGS_TURN_H

#include "db/db.h"

MUST_CHECK struct err *settings_turn_run(
	struct db *db, struct arena *a, struct str file, struct str lines);

#endif
