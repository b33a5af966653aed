/*
 * config: bincard.conf (INI), environment overrides, secrets from files.
 *
 * Every key stands in one table, run/config_keys.h, with type, limits, default and help; the man
 * page bincard.conf(5) and conf/bincard.conf are checked against it. A bad value, an unknown
 * section or key is one line naming file, line and key. BINCARD_<SECTION>_<KEY> in the environment
 * overrides a key. <key>_file holds the path of a file whose first line is the secret. A relative
 * path counts from the folder of the configuration file.
 */
#ifndef BINCARD_RUN_CONFIG_H
#define BINCARD_RUN_CONFIG_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "db/db.h"
#include "domain/auth.h"
#include "domain/foreign.h"
#include "domain/sso.h"
#include "domain/webhook.h"
#include "jobs/relay.h"
#include "run/config_keys.h"
#include "web/app.h"

/* What stands for a key, and where that was said: "FILE:LINE", "the environment", "default". */
struct config_value {
	const char *text;
	const char *where;
	long num; /* of a number, mode, bool or level */
};

/* A section [issuer NAME]. */
struct config_issuer {
	const char *section; /* "issuer NAME" */
	struct config_value values[ISSUER_KEY_COUNT];
};

/* A section [relay NAME]. */
struct config_relay {
	const char *section; /* "relay NAME" */
	struct config_value values[RELAY_KEY_COUNT];
};

struct config {
	const char *file;
	struct {
		const char *socket;
		int socket_mode;
		const char *socket_owner, *socket_group; /* NULL: as the process */
		const char *run_dir; /* shared memory file */
		const char *pid_file; /* NULL: none */
		int workers;
		int request_timeout_ms;
		size_t body_bytes_max;
	} server;
	/* The passwords of owner and report are read only by whoever asks for them:
	 * config_account(). */
	struct db_config app, owner, report;
	struct auth_config auth;
	struct app_config site;
	const char *public_url;
	int audit_keep_days; /* 0: for ever */
	struct {
		const char *socket;
		int streams_max, streams_per_caller_max;
		int keep_days;
	} feed;
	struct {
		const char *path; /* "": standard error */
		enum log_level level;
	} log;
	const char *sql_dir;
	struct fetch_config fetch;
	struct webhook_config webhooks;
	/* As they were given, and as they are. */
	struct config_issuer issuers[FOREIGN_ISSUERS_MAX];
	struct foreign_issuer foreign[FOREIGN_ISSUERS_MAX];
	size_t issuer_count;
	struct config_relay relay_sections[RELAYS_MAX];
	struct relay_config relays[RELAYS_MAX];
	size_t relay_count;
	struct sso_config sso; /* client_id NULL: none */
	struct config_value values[KEY_COUNT]; /* as text, for `bincard config show` */
};

/* path NULL: BINCARD_CONFIG, then the built-in default. The whole file is checked. ERR_USAGE: the
 * first fault is the detail, each further one a field. */
MUST_CHECK struct err *config_load(struct arena *a, const char *path, struct config **out);

/* The absolute path of the file for a given one, or NULL: as above. config_files.c */
const char *config_choose_file(struct arena *a, const char *path);

/* Notes a fault: the first is the error's detail, each further one a field. */
__attribute__((format(printf, 4, 0))) void config_fault(
	struct arena *a, struct err **faults, const char *where, const char *fmt, va_list ap);

/* Reads and checks the rate limits and the trusted proxies: config_limits.c */
void config_limits(struct arena *a, struct config *c, struct err **faults);

/* Sections of which there may be several, [issuer NAME] and [relay NAME]: config_named.c. */
#define CONFIG_NAME_MAX 40
struct config_place {
	struct config_value *values; /* of the section; NULL: it is none of these */
	const struct config_key *keys;
	int key_count;
	const char
		*refused; /* NULL, or why there cannot be one of this name; values is NULL then */
};
/* Where the values of a section belong; it is made when it is new. */
struct config_place config_named_at(struct arena *a, struct config *c, const char *section);

struct config_section {
	const char *section; /* "issuer NAME" */
	const struct config_value *values;
	const struct config_key *keys;
	int key_count;
};
/* The section that comes n-th, from 0; false: there are no more. */
bool config_named_each(const struct config *c, size_t n, struct config_section *out);

/* Fills c->foreign; the values are of their types already. */
void config_issuers(struct arena *a, struct config *c, struct err **faults);

/* Fills c->relays, as above: config_relays.c */
void config_relays(struct arena *a, struct config *c, struct err **faults);

/* A set of 1 << TOKEN_ES256 | ...; key: "[sso] algorithms". */
unsigned config_algorithms(
	struct arena *a, const struct config_value *v, const char *key, struct err **faults);

/* Reads and checks [sso]: config_sso.c. After the addresses are known. */
void config_sso(struct arena *a, struct config *c, struct err **faults);

/* The value as anybody may see it: of a secret, that there is one. config_lines.c */
const char *config_shown(const struct config_key *k, const struct config_value *v);
/* "[server] workers = 4" and so on: a line for each setting. */
struct str config_lines(struct arena *a, const struct config *c);

/* What has to be there when bincard runs: templates, SQL, keys, secrets, the socket's folder and
 * group, the log. All faults at once, as above. */
MUST_CHECK struct err *config_check_files(struct arena *a, const struct config *c);

/* The owner's or the report account's way into the database, its password read from its file. */
enum config_account { CONFIG_OWNER, CONFIG_REPORT };
MUST_CHECK struct err *config_account(
	struct arena *a, const struct config *c, enum config_account which, struct db_config *out);

/* The first line of a plain file that holds a secret: not empty, at most 4096 bytes, no NUL. */
#define CONFIG_SECRET_MAX 4096
MUST_CHECK struct err *config_secret_file(struct arena *a, const char *path, struct str *out);

#endif
