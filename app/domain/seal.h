/*
 * seal: what must not be readable in the database or its backups is sealed with the master key,
 * which stands in a file that the hosts share: 32 bytes as 64 hexadecimal digits.
 */
#ifndef BINCARD_DOMAIN_SEAL_H
#define BINCARD_DOMAIN_SEAL_H

#include "base/err.h"
#include "base/secret.h"

/* ERR_SETUP when the file cannot be read or holds anything else. Wipe the key after use. */
MUST_CHECK struct err *seal_read_key(
	struct arena *a, const char *file, unsigned char key[static SECRET_KEY_BYTES]);

/* The file is read on each call: this happens when a key is made or loaded, and
 * when a code of a second factor is checked. */
MUST_CHECK struct err *seal_close(
	struct arena *a, const char *master_key_file, struct str plain, struct str *sealed);
/* ERR_SETUP when it was sealed with another master key, or changed. */
MUST_CHECK struct err *seal_open(
	struct arena *a, const char *master_key_file, struct str sealed, struct str *plain);

#endif
