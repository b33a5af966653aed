/* Reading: the file, then the environment, then each value by its row of the table. */
#include "run/config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "domain/change.h"

#define LINE_BYTES_MAX 2048
#define FAULTS_MAX 100

const struct config_key config_keys[KEY_COUNT] = {
#define KEY(id, section, name, type, min, max, fallback, help) \
	[KEY_##id] = {section, name, type, min, max, fallback, help},
	CONFIG_KEYS(KEY)
#undef KEY
};

struct reading {
	struct arena *arena;
	const char *file; /* as it was named */
	FILE *in;
	int line; /* the one read last */
	struct config *c;
	struct err *fault; /* the first is its detail, the others are its fields */
};

static void fault(struct reading *r, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fault(struct reading *r, const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	config_fault(r->arena, &r->fault, where, fmt, ap);
	va_end(ap);
}

static const char *place(struct reading *r)
{
	return arena_printf(r->arena, "%s:%d", r->file, r->line);
}

/* ---- the file ---- */

/* libinih reads through this, because it neither counts lines for us nor notices one that
 * it cuts. */
static char *read_line(char *to, int size, void *arg)
{
	struct reading *r = arg;
	size_t n;
	int c;

	if (!fgets(to, size, r->in))
		return NULL;
	r->line++;
	n = strlen(to);
	if (n && to[n - 1] != '\n' && (int)n == size - 1) {
		fault(r, place(r), "the line is longer than %d bytes", size - 2);
		while ((c = getc(r->in)) != EOF && c != '\n')
			;
		to[0] = '\n'; /* an empty line instead */
		to[1] = '\0';
	}
	return to;
}

static bool section_known(const char *section)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(config_keys[i].section, section) == 0)
			return true;
	return false;
}

/* The key of a list of n; -1: none. */
static int find_key(const struct config_key *keys, int n, const char *section, const char *name)
{
	for (int i = 0; i < n; i++)
		if ((!section || strcmp(keys[i].section, section) == 0) &&
			strcmp(keys[i].name, name) == 0)
			return i;
	return -1;
}

/* Where the value of a line belongs; NULL: nowhere. */
static struct config_value *find_value(struct reading *r, const char *section, const char *name)
{
	struct config_place p = config_named_at(r->arena, r->c, section);
	bool named = p.values != NULL;
	int key = named ? find_key(p.keys, p.key_count, NULL, name)
			: find_key(config_keys, KEY_COUNT, section, name);

	if (key >= 0)
		return named ? &p.values[key] : &r->c->values[key];
	if (!section[0])
		fault(r, place(r), "%s stands before the first [section]", name);
	else if (p.refused)
		fault(r, place(r), "[%s] %s: %s", section, name, p.refused);
	else if (!named && !section_known(section))
		fault(r, place(r), "[%s] %s: there is no such section", section, name);
	else
		fault(r, place(r), "[%s] %s: there is no such key", section, name);
	return NULL;
}

static int take_line(void *arg, const char *section, const char *name, const char *text)
{
	struct reading *r = arg;
	struct config_value *v = find_value(r, section, name);

	if (!v)
		return 1;
	if (v->text)
		fault(r, place(r), "[%s] %s: given before, at %s", section, name, v->where);
	v->text = arena_printf(r->arena, "%s", text);
	v->where = place(r);
	return 1;
}

/* Without libinih's extras: a value is the rest of its line. */
static void set_up_inih(void)
{
	ini_allow_inline_comments = false;
	ini_allow_multiline = false;
	ini_use_stack = false;
	ini_max_line = ini_initial_alloc = LINE_BYTES_MAX;
}

static struct err *read_file(struct reading *r)
{
	int fd = open(r->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int line;

	r->in = fd < 0 ? NULL : fdopen(fd, "r");
	if (!r->in)
		return err_new(r->arena, ERR_USAGE, "Cannot read the configuration %s: %s", r->file,
			strerror(errno));
	set_up_inih();
	line = ini_parse_stream(read_line, r, take_line, r);
	if (ferror(r->in))
		fault(r, r->file, "%s", strerror(errno));
	fclose(r->in);
	if (line > 0)
		fault(r, arena_printf(r->arena, "%s:%d", r->file, line),
			"neither a [section], nor a key = value, nor a # comment");
	return NULL;
}

/* ---- the environment ---- */

static const char *variable(struct arena *a, const struct config_key *k)
{
	char *name = arena_printf(a, "BINCARD_%s_%s", k->section, k->name);

	for (char *p = name; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return name;
}

static void read_environment(struct reading *r)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		const char *name = variable(r->arena, &config_keys[i]);
		const char *text = getenv(name);

		if (!text)
			continue;
		r->c->values[i].text = arena_printf(r->arena, "%s", text);
		r->c->values[i].where = arena_printf(r->arena, "environment %s", name);
	}
}

/* ---- values ---- */

static void take_number(struct reading *r, const struct config_key *k, struct config_value *v)
{
	const bool octal = k->type == CONFIG_MODE;
	int64_t n = 0;
	char *end;

	if (octal) {
		errno = 0;
		n = strtol(v->text, &end, 8);
		if (errno || end == v->text || *end ||
			strspn(v->text, "01234567") != strlen(v->text))
			n = -1;
	} else if (!str_to_int(str_of(v->text), &n)) {
		fault(r, v->where, "[%s] %s: \"%s\" is not a whole number", k->section, k->name,
			v->text);
		return;
	}
	v->num = (long)n;
	if (n >= k->min && n <= k->max)
		return;
	if (octal)
		fault(r, v->where, "[%s] %s: \"%s\" is not an octal mode from %04lo to %04lo",
			k->section, k->name, v->text, (unsigned long)k->min, (unsigned long)k->max);
	else
		fault(r, v->where, "[%s] %s: %s is not from %ld to %ld", k->section, k->name,
			v->text, k->min, k->max);
}

static void take_word(struct reading *r, const struct config_key *k, struct config_value *v)
{
	enum log_level level;

	if (k->type == CONFIG_LEVEL) {
		if (log_level_from(str_of(v->text), &level))
			v->num = level;
		else
			fault(r, v->where, "[%s] %s: \"%s\" is none of debug, info, warning, error",
				k->section, k->name, v->text);
		return;
	}
	v->num = strcmp(v->text, "true") == 0;
	if (!v->num && strcmp(v->text, "false") != 0)
		fault(r, v->where, "[%s] %s: \"%s\" is neither true nor false", k->section, k->name,
			v->text);
}

/* From the folder of the file, so that it does not matter where bincard is started. */
static void take_path(struct reading *r, struct config_value *v)
{
	const char *slash = strrchr(r->file, '/');

	if (!v->text[0] || v->text[0] == '/' || strcmp(v->text, "-") == 0 || !slash)
		return;
	v->text = arena_printf(r->arena, "%.*s/%s", (int)(slash - r->file), r->file, v->text);
}

static void take_text(struct reading *r, const struct config_key *k, struct config_value *v)
{
	long n;

	if (k->type == CONFIG_PATH)
		take_path(r, v);
	n = (long)strlen(v->text);
	if (n < k->min)
		fault(r, v->where, "[%s] %s: must not be empty", k->section, k->name);
	else if (n > k->max)
		fault(r, v->where, "[%s] %s: has %ld bytes, and may have %ld", k->section, k->name,
			n, k->max);
	else if (!str_is_utf8(str_of(v->text)))
		fault(r, v->where, "[%s] %s: is not UTF-8", k->section, k->name);
}

static void take_value(struct reading *r, const struct config_key *k, struct config_value *v)
{
	if (!v->text) {
		v->text = k->fallback;
		v->where = "default";
	}
	switch (k->type) {
	case CONFIG_INT:
	case CONFIG_MODE:
		take_number(r, k, v);
		break;
	case CONFIG_BOOL:
	case CONFIG_LEVEL:
		take_word(r, k, v);
		break;
	case CONFIG_TEXT:
	case CONFIG_PATH:
	case CONFIG_SECRET:
		take_text(r, k, v);
		break;
	}
}

static void take_values(struct reading *r)
{
	struct config_section s;

	for (size_t i = 0; i < KEY_COUNT; i++)
		take_value(r, &config_keys[i], &r->c->values[i]);
	for (size_t n = 0; config_named_each(r->c, n, &s); n++) {
		struct config_place p = config_named_at(r->arena, r->c, s.section);

		for (int i = 0; i < p.key_count; i++) {
			struct config_key k = p.keys[i];

			k.section = s.section;
			take_value(r, &k, &p.values[i]);
		}
	}
}

/* ---- secrets ---- */

/* A secret is given in one of two ways. */
static void one_way(struct reading *r, enum config_key_id plain, enum config_key_id file)
{
	const struct config_value *p = &r->c->values[plain], *f = &r->c->values[file];

	if (p->text[0] && f->text[0])
		fault(r, f->where, "[%s] %s: %s is given too (%s); only one may be",
			config_keys[file].section, config_keys[file].name, config_keys[plain].name,
			p->where);
}

static void check_secrets(struct reading *r)
{
	const struct config_value *f = &r->c->values[KEY_DATABASE_APP_PASSWORD_FILE];
	struct str secret;
	struct err *e;

	one_way(r, KEY_DATABASE_APP_PASSWORD, KEY_DATABASE_APP_PASSWORD_FILE);
	one_way(r, KEY_DATABASE_OWNER_PASSWORD, KEY_DATABASE_OWNER_PASSWORD_FILE);
	one_way(r, KEY_DATABASE_REPORT_PASSWORD, KEY_DATABASE_REPORT_PASSWORD_FILE);
	if (!f->text[0] || r->fault)
		return;
	e = config_secret_file(r->arena, f->text, &secret);
	if (e)
		fault(r, f->where, "[database] app_password_file: %.*s", STR_ARG(e->detail));
	else
		r->c->app.password = str_cstr(r->arena, secret);
}

/* ---- addresses of this service ---- */

/* Links, redirects and the metadata are made by adding a path to it. */
static void check_address(struct reading *r, enum config_key_id id)
{
	const struct config_key *k = &config_keys[id];
	const struct config_value *v = &r->c->values[id];
	struct str rest, text = str_of(v->text), scheme = str_cut(text, ':', &rest);

	if (!text.n)
		return;
	if (str_is(scheme, "http")) /* in a network of one's own, or behind what adds TLS */
		text = str_printf(r->arena, "https:%.*s", STR_ARG(rest));
	if (!fetch_may_ask(r->arena, text, false) || strchr(v->text, '?') ||
		text.p[text.n - 1] == '/')
		fault(r, v->where,
			"[%s] %s: \"%s\" is no http or https address, ends with a slash, or has a user "
			"name, ? or # in it",
			k->section, k->name, v->text);
}

/* ---- from values to the struct ---- */

static const char *text(const struct config *c, enum config_key_id id)
{
	return c->values[id].text;
}

static const char *text_or_null(const struct config *c, enum config_key_id id)
{
	return c->values[id].text[0] ? c->values[id].text : NULL;
}

static int num(const struct config *c, enum config_key_id id)
{
	return (int)c->values[id].num;
}

static void fill_account(const struct config *c, struct db_config *d, enum config_key_id user,
	enum config_key_id password)
{
	d->socket = text_or_null(c, KEY_DATABASE_SOCKET);
	d->host = text(c, KEY_DATABASE_HOST);
	d->port = (unsigned)num(c, KEY_DATABASE_PORT);
	d->database = text(c, KEY_DATABASE_NAME);
	d->user = text(c, user);
	if (!d->password)
		d->password = text(c, password);
	d->connect_timeout_ms = (unsigned)num(c, KEY_DATABASE_CONNECT_TIMEOUT_MS);
	d->read_timeout_ms = (unsigned)num(c, KEY_DATABASE_READ_TIMEOUT_MS);
	d->lock_wait_s = (unsigned)num(c, KEY_DATABASE_LOCK_WAIT_S);
}

/* Where waiting for locks may outlast the request or the connection, the server ends a statement before;
 * elsewhere not, because the server's timer takes a tenth of all postings (docs/decisions/0004). */
static unsigned statement_max_ms(const struct config *c)
{
	unsigned waits = (unsigned)c->server.request_timeout_ms;

	if (c->app.read_timeout_ms < waits)
		waits = c->app.read_timeout_ms;
	if (c->app.lock_wait_s * 1000 * CHANGE_LOCK_WAITS_MAX < waits)
		return 0;
	return waits - waits / 10;
}

static void fill_server(struct config *c)
{
	c->server.socket = text(c, KEY_SERVER_SOCKET);
	c->server.socket_mode = num(c, KEY_SERVER_SOCKET_MODE);
	c->server.socket_owner = text_or_null(c, KEY_SERVER_SOCKET_OWNER);
	c->server.socket_group = text_or_null(c, KEY_SERVER_SOCKET_GROUP);
	c->server.run_dir = text(c, KEY_SERVER_RUN_DIR);
	c->server.pid_file = text_or_null(c, KEY_SERVER_PID_FILE);
	c->server.workers = num(c, KEY_SERVER_WORKERS);
	c->server.request_timeout_ms = num(c, KEY_SERVER_REQUEST_TIMEOUT_MS);
	c->server.body_bytes_max = (size_t)num(c, KEY_SERVER_BODY_BYTES_MAX);
}

static void fill(struct config *c)
{
	const char *url = text_or_null(c, KEY_SITE_PUBLIC_URL);

	fill_server(c);
	fill_account(c, &c->app, KEY_DATABASE_APP_USER, KEY_DATABASE_APP_PASSWORD);
	c->app.statement_max_ms = statement_max_ms(c);
	fill_account(c, &c->owner, KEY_DATABASE_OWNER_USER, KEY_DATABASE_OWNER_PASSWORD);
	fill_account(c, &c->report, KEY_DATABASE_REPORT_USER, KEY_DATABASE_REPORT_PASSWORD);
	c->auth.issuer = text(c, KEY_AUTH_ISSUER);
	c->auth.audience = text(c, KEY_AUTH_AUDIENCE);
	c->auth.token_s = num(c, KEY_AUTH_TOKEN_SECONDS);
	c->auth.refresh_idle_s = num(c, KEY_AUTH_REFRESH_IDLE_DAYS) * 86400;
	c->auth.refresh_s = num(c, KEY_AUTH_REFRESH_DAYS) * 86400;
	c->auth.session_idle_s = num(c, KEY_AUTH_SESSION_IDLE_MINUTES) * 60;
	c->auth.session_s = num(c, KEY_AUTH_SESSION_HOURS) * 3600;
	c->auth.invite_s = num(c, KEY_AUTH_INVITE_DAYS) * 86400;
	c->auth.master_key_file = text(c, KEY_AUTH_MASTER_KEY_FILE);
	c->auth.argon2_memory_kib = (unsigned)num(c, KEY_AUTH_ARGON2_MEMORY_KIB);
	c->auth.argon2_passes = (unsigned)num(c, KEY_AUTH_ARGON2_PASSES);
	c->auth.no_passwords = !num(c, KEY_AUTH_PASSWORDS);
	c->auth.password_min = num(c, KEY_AUTH_PASSWORD_MIN);
	c->audit_keep_days = num(c, KEY_AUDIT_KEEP_DAYS);
	c->site.templates_dir = text(c, KEY_PATHS_TEMPLATES);
	c->site.openapi_dir = text(c, KEY_PATHS_OPENAPI);
	c->site.site_name = text(c, KEY_SITE_NAME);
	c->site.server_timing = num(c, KEY_SITE_SERVER_TIMING);
	c->site.secure_cookies = num(c, KEY_AUTH_SECURE_COOKIES);
	c->site.password_min = c->auth.password_min;
	c->site.no_passwords = c->auth.no_passwords;
	c->public_url = url ? url : c->auth.issuer;
	c->site.public_url = c->public_url;
	c->feed.socket = text_or_null(c, KEY_FEED_SOCKET);
	c->feed.streams_max = num(c, KEY_FEED_STREAMS_MAX);
	c->feed.streams_per_caller_max = num(c, KEY_FEED_STREAMS_PER_CALLER_MAX);
	c->feed.keep_days = num(c, KEY_FEED_KEEP_DAYS);
	c->auth.key_days = num(c, KEY_AUTH_KEY_DAYS);
	c->log.path = text(c, KEY_LOG_PATH);
	c->log.level = (enum log_level)num(c, KEY_LOG_LEVEL);
	c->sql_dir = text(c, KEY_PATHS_SQL);
	c->fetch.proxy = text_or_null(c, KEY_FETCH_PROXY);
	c->fetch.timeout_ms = num(c, KEY_FETCH_TIMEOUT_MS);
	c->webhooks.send.proxy = c->fetch.proxy;
	c->webhooks.send.allow_http = num(c, KEY_WEBHOOKS_ALLOW_HTTP);
	c->webhooks.send.timeout_ms = num(c, KEY_WEBHOOKS_TIMEOUT_MS);
	c->webhooks.master_key_file = c->auth.master_key_file;
	c->webhooks.give_up_days = num(c, KEY_WEBHOOKS_GIVE_UP_DAYS);
	c->webhooks.keep_days = num(c, KEY_WEBHOOKS_KEEP_DAYS);
	c->webhooks.old_secret_hours = num(c, KEY_WEBHOOKS_OLD_SECRET_HOURS);
	c->site.webhooks = &c->webhooks;
	c->auth.issuers = c->foreign;
	c->auth.issuer_count = c->issuer_count;
}

struct err *config_load(struct arena *a, const char *path, struct config **out)
{
	struct reading r = {.arena = a, .file = config_choose_file(a, path)};

	r.c = ARENA_NEW(a, struct config);
	r.c->file = r.file;
	TRY(read_file(&r));
	read_environment(&r);
	take_values(&r);
	check_secrets(&r);
	check_address(&r, KEY_AUTH_ISSUER);
	check_address(&r, KEY_SITE_PUBLIC_URL);
	config_limits(a, r.c, &r.fault);
	config_issuers(a, r.c, &r.fault);
	fill(r.c);
	config_sso(a, r.c, &r.fault);
	config_relays(a, r.c, &r.fault);
	if (r.fault)
		return r.fault;
	if (!r.c->feed.socket)
		r.c->feed.socket = arena_printf(a, "%s/events.sock", r.c->server.run_dir);
	r.c->site.poke_path = arena_printf(a, "%s/feed.sock", r.c->server.run_dir);
	r.c->auth.token_endpoint = arena_printf(a, "%s/oauth2/token", r.c->public_url);
	*out = r.c;
	return NULL;
}
