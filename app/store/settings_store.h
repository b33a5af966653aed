/*
 * settings_store: rows of host_settings: what the configuration of a host was.
 */
#ifndef BINCARD_STORE_SETTINGS_STORE_H
#define BINCARD_STORE_SETTINGS_STORE_H

#include "db/db.h"

/* Locks it; *settings is STR_NONE when nothing is known of that file of that host. */
MUST_CHECK struct err *settings_store_lock(
	struct db *db, struct arena *a, struct str host, struct str file, struct str *settings);
MUST_CHECK struct err *settings_store_put(
	struct db *db, struct arena *a, struct str host, struct str file, struct str settings);

#endif
