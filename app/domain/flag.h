/*
 * flag: what can be switched on and off while everything runs, for everybody or for a share of the users
 * and clients. A route names its flag in its row (web/route.h), a template asks for flag.NAME.
 *
 * The flags that the program knows stand in FLAG_TABLE. The database has a row for each, which overrides
 * the default; rows that this version does not know are shown as such and switch nothing.
 *
 * A process remembers the states for FLAG_CACHE_S. A change raises the generation that the workers of a
 * host share (domain/auth.h), and they all read them anew at once.
 */
#ifndef BINCARD_DOMAIN_FLAG_H
#define BINCARD_DOMAIN_FLAG_H

#include <stdatomic.h>

#include "base/json_out.h"
#include "domain/ctx.h"
#include "store/flag_store.h"

/* clang-format off */
#define FLAG_TABLE(X) \
	X(FLAG_API_DOCS,  "api_docs",  FLAG_ON, "The API reference at /docs, which anybody may read") \
	X(FLAG_AUDIT_CSV, "audit_csv", FLAG_ON, "The audit log as a file to download")
/* clang-format on */

enum flag {
	FLAG_NONE,
#define X(id, name, initial, help) id,
	FLAG_TABLE(X)
#undef X
		FLAG_END
};

#define FLAG_NAME_MAX 64
#define FLAG_CACHE_S 5

const char *flag_name(enum flag flag); /* "api_docs" */
/* NULL for a name that the program does not know. */
const char *flag_about(struct str name);

/* ---- what is remembered ---- */

struct flags;
/* generation: in shared memory; NULL: this process alone. */
struct flags *flags_new(struct arena *boot, _Atomic uint64_t *generation);
/* Reads the states when those remembered are too old: at most one statement. Until the first time the
 * defaults hold. */
MUST_CHECK struct err *flags_refresh(struct flags *flags, struct ctx *c);
/* For nobody at all: whoever asks. */
bool flag_is_off(const struct flags *flags, enum flag flag);
/* For whoever asks: always the same answer for one user or client at one percentage, and one that had it
 * keeps it when the percentage rises. Who has not signed in counts by address. */
bool flag_is_on(const struct flags *flags, const struct ctx *c, enum flag flag);

/* ---- rows ---- */

/* By id, those after after_id. */
MUST_CHECK struct err *flag_list(struct ctx *c, int64_t after_id, int limit, struct flag_rows *out);
/* ERR_NOT_FOUND */
MUST_CHECK struct err *flag_read(struct ctx *c, int64_t id, struct flag_row *out);
MUST_CHECK struct err *flag_find(struct ctx *c, struct str name, struct flag_row *out);

/* What to change; an absent member stays as it is. */
struct flag_input {
	bool has_state, has_percent;
	enum flag_state state;
	int64_t percent; /* 0 to 100, of FLAG_PERCENT alone */
};
/* version 0: whatever is there; else ERR_PRECONDITION when it is another. flags NULL: the caller tells the
 * workers (run/command.h). */
MUST_CHECK struct err *flag_update(struct ctx *c, struct flags *flags, int64_t id, int64_t version,
	const struct flag_input *in, struct flag_row *out);

void flag_to_json(struct json_out *j, const struct flag_row *flag);

#endif
