/*
 * key_turn: gives the key that signs access tokens a successor when it is old.
 */
#ifndef BINCARD_JOBS_KEY_TURN_H
#define BINCARD_JOBS_KEY_TURN_H

#include "domain/auth.h"

/* config->key_days 0: does nothing. *made when there is a new key. */
MUST_CHECK struct err *key_turn_run(
	struct db *db, struct arena *a, const struct auth_config *config, bool *made);

#endif
