/*
 * auth_cache: what the process remembers of tokens and sessions that it has checked: a table of
 * fixed size by the SHA-256 of their text, so that it holds no secret. Times are monotonic, so that
 * a clock that is set does not lengthen anything.
 */
#ifndef BINCARD_DOMAIN_AUTH_CACHE_H
#define BINCARD_DOMAIN_AUTH_CACHE_H

#include "base/digest.h"
#include "domain/ctx.h"

#define AUTH_CACHE_ENTRIES 512
#define AUTH_NAME_BYTES_MAX 480 /* a client's name: 120 code points */
#define AUTH_CSRF_TEXT_BYTES 43

struct auth_entry {
	unsigned char hash[DIGEST_BYTES];
	enum principal_kind kind; /* PRINCIPAL_NONE: free. A session is a user's, a token a
				   * client's: the one is never found as the other */
	int64_t expires_us;
	int64_t id;
	int64_t session; /* of a session: its id */
	int64_t app; /* the client that acts for a user, who id and name are; 0: none */
	unsigned owes; /* of its user */
	perm_set permissions;
	struct limits limits;
	size_t name_bytes;
	char name[AUTH_NAME_BYTES_MAX];
	char csrf[AUTH_CSRF_TEXT_BYTES]; /* of a session */
};

struct auth_cache;
struct auth_cache *auth_cache_new(struct arena *boot);

/* Forgets all when the generation is another than at the last call. Call it before the database is
 * asked for what will be put in: what changes after that changes the generation again. */
void auth_cache_sync(struct auth_cache *cache, uint64_t generation);
void auth_cache_clear(struct auth_cache *cache);
/* NULL when it is not there or over. Valid until the next put. */
const struct auth_entry *auth_cache_find(struct auth_cache *cache, enum principal_kind kind,
	const unsigned char hash[static DIGEST_BYTES], int64_t now_us);
void auth_cache_forget(struct auth_cache *cache, enum principal_kind kind,
	const unsigned char hash[static DIGEST_BYTES]);
/* Takes the place of what would be over first. */
void auth_cache_put(struct auth_cache *cache, const struct auth_entry *entry);

#endif
