#include "run/worker.h"

#include <stdatomic.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "db/migrate.h"
#include "domain/seal.h"
#include "http/fcgi.h"
#include "run/command.h"

#define BOOT_BYTES_MAX ((size_t)64 << 20)
#define KEY_BYTES_MAX ((size_t)1 << 20)
/* A request's memory: its body a few times over (text, values, what is bound), and the answer. */
#define REQUEST_BYTES_BASE ((size_t)48 << 20)
#define REQUEST_BODY_TIMES 16

volatile sig_atomic_t process_stop;
static volatile sig_atomic_t reopen_log;

/* Static, so that a leak checker finds at exit what is meant to live on. */
static struct worker {
	struct arena *arena; /* what lives as long as the process */
	struct app *app;
	struct shared_worker *place; /* NULL: none was free */
} worker;

/* ---- signals ---- */

static void on_stop(int signal_number)
{
	(void)signal_number;
	process_stop = 1;
}

static void on_reopen(int signal_number)
{
	(void)signal_number;
	reopen_log = 1;
}

static void handle(int signal_number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigemptyset(&action.sa_mask);
	sigaction(signal_number, &action, NULL);
}

static void open_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A terminal's Ctrl-C and hang-up go to the whole group: the supervisor alone acts on them. */
bool process_begin(pid_t supervisor, const char *name)
{
	log_set_process(name);
	process_stop = 0;
	handle(SIGTERM, on_stop);
	handle(SIGUSR1, on_stop);
	handle(SIGINT, SIG_IGN);
	handle(SIGQUIT, SIG_IGN);
	handle(SIGHUP, SIG_IGN);
	handle(SIGCHLD, SIG_DFL);
	handle(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	open_signals();
	return getppid() == supervisor;
}

/* ---- hooks ---- */

static void serve(void *arg, struct request *rq, struct response *rs)
{
	struct worker *w = arg;

	app_serve(w->app, rq, rs);
}

static void idle(void *arg)
{
	(void)arg;
	if (!reopen_log)
		return;
	reopen_log = 0;
	log_reopen();
}

static void busy(void *arg, int64_t started_us)
{
	struct worker *w = arg;

	if (!started_us)
		idle(arg);
	if (!w->place)
		return;
	atomic_store_explicit(&w->place->busy_since_us, started_us, memory_order_relaxed);
	if (!started_us)
		atomic_fetch_add_explicit(&w->place->requests, 1, memory_order_relaxed);
}

/* ---- boot ---- */

static struct err *unusable_key(struct arena *a, const struct err *e)
{
	return err_because(err_new(a, ERR_SETUP, "[auth] master_key_file cannot be used"), "%.*s",
		STR_ARG(e->cause));
}

static struct err *look_at_key(struct arena *a, const struct config *c)
{
	unsigned char key[SECRET_KEY_BYTES];
	struct err *e = seal_read_key(a, c->auth.master_key_file, key);

	secret_wipe(key, sizeof(key));
	return e ? unusable_key(a, e) : NULL;
}

static struct err *refused_account(struct arena *a, const struct config *c, const struct err *e)
{
	return err_because(
		err_new(a, ERR_SETUP,
			"The database server refuses the account %s, its password or the database %s",
			c->app.user, c->app.database),
		"%.*s", STR_ARG(e->cause));
}

static struct err *look_at_schema(struct db *db, struct arena *a, bool *there)
{
	struct err *e = migrate_check(db, a);

	if (!e || db_is_open(db))
		return e;
	*there = false; /* it went away meanwhile */
	return NULL;
}

/* After the schema: on another one no statement need fit. */
static struct err *look_at_statements(struct arena *a, const struct config *c)
{
	struct db *db = db_new(&c->app, DB_SET_CHECK);
	struct err *e = db_ready(db, a);

	db_free(db);
	return e && e->code == ERR_INTERNAL ? e : NULL;
}

struct err *worker_look(struct arena *a, const struct config *c, bool all, bool *there)
{
	struct db *db = db_new(&c->app, DB_SET_NONE);
	struct err *e = db_ready(db, a);

	*there = e == NULL;
	if (!e)
		e = look_at_schema(db, a, there);
	else
		e = e->code == ERR_SETUP ? refused_account(a, c, e) : NULL;
	db_free(db);
	if (!e && all && *there)
		e = look_at_statements(a, c);
	return e ? e : look_at_key(a, c);
}

int worker_status(const struct err *e)
{
	return e->code == ERR_UNAVAILABLE ? EXIT_SCHEMA : EXIT_FAILURE;
}

/* Before the first request, which would pay for it. Without the keys all but access tokens works,
 * and they are loaded when one comes; but a master key that does not open them ends the start. */
static struct err *load_keys(struct arena *boot, struct auth *auth, struct db *db, bool proven)
{
	struct arena *a = arena_new(KEY_BYTES_MAX);
	struct once once = {.key = STR_NONE};
	struct ctx c = {.arena = a, .db = db, .once = &once};
	struct err *e = auth_load_keys(auth, &c);

	if (e && e->code == ERR_SETUP && !proven) {
		e = unusable_key(boot, e);
	} else if (e) {
		log_err(LOG_ERROR, "the signing keys are not loaded", e);
		e = NULL;
	}
	arena_free(a);
	return e;
}

static void count_workers(const void *board, unsigned *workers, unsigned *busy)
{
	shared_count(board, workers, busy);
}

/* A database that is away is no reason not to start: requests get 503 until it is back, and
 * db_ready() looks at the schema whenever it opens. */
struct err *worker_app(
	struct arena *a, struct config *c, const struct worker_start *start, struct app **out)
{
	struct db *db;
	struct err *e;

	*c = *start->config;
	db = db_new(&c->app, DB_SET_APP);
	c->auth.generation = &start->shared->auth_generation;
	c->site.generation = c->auth.generation;
	c->auth.guesses = &start->shared->guesses;
	c->site.rate = &start->shared->rate;
	c->site.figures = &start->shared->figures;
	c->site.count_workers = count_workers;
	c->site.board = start->shared;
	c->sso.gate = &start->shared->sso_gate;
	c->site.auth = auth_new(a, &c->auth);
	c->site.sso = c->sso.client_id ? sso_new(a, &c->sso) : NULL;
	TRY(app_new(a, &c->site, db, out));
	e = db_ready(db, a);
	if (e && e->code == ERR_INTERNAL) /* a statement does not fit: it never will */
		return e;
	return e ? NULL : load_keys(a, c->site.auth, db, start->proven);
}

static struct err *boot(struct worker *w, struct config *c, const struct worker_start *start)
{
	TRY(worker_app(w->arena, c, start, &w->app));
	w->place = shared_claim(start->shared, getpid());
	if (!w->place)
		log_text(LOG_WARNING, "no free place among the workers in shared memory");
	return NULL;
}

static struct err *serve_requests(
	const struct config *c, const struct worker_start *start, struct worker *w)
{
	const struct fcgi_config config = {
		.listen_fd = start->listen_fd,
		.body_bytes_max = c->server.body_bytes_max,
		.request_timeout_ms = c->server.request_timeout_ms,
		.arena_bytes_max =
			REQUEST_BYTES_BASE + REQUEST_BODY_TIMES * c->server.body_bytes_max,
	};
	const struct fcgi_hooks hooks = {.serve = serve, .idle = idle, .busy = busy, .arg = w};

	return fcgi_run(&config, &hooks, &process_stop);
}

int worker_run(const struct worker_start *start)
{
	struct worker *w = &worker;
	struct config *c;
	struct err *e;
	bool there;

	w->arena = arena_new(BOOT_BYTES_MAX);
	e = worker_look(w->arena, start->config, false, &there);
	if (e && !(start->proven && e->code == ERR_SETUP)) {
		log_err(LOG_ERROR, "refused to start", e);
		return worker_status(e);
	}
	c = ARENA_NEW(w->arena, struct config);
	e = boot(w, c, start);
	if (e) {
		log_err(LOG_ERROR, "cannot start", e);
		return EXIT_FAILURE;
	}
	log_text(LOG_INFO, there ? "started" : "started without the database");
	if (start->draining)
		process_stop = 1;
	if (start->ready)
		start->ready(start->arg);
	e = serve_requests(c, start, w);
	shared_release(start->shared, getpid());
	if (e)
		log_err(LOG_ERROR, "ended", e);
	else
		log_text(LOG_INFO, "ended");
	return e ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* mod_fcgid ends a process with SIGTERM, lighttpd with SIGTERM or SIGUSR1, a terminal
 * with SIGINT. */
static void begin_alone(void)
{
	handle(SIGTERM, on_stop);
	handle(SIGUSR1, on_stop);
	handle(SIGINT, on_stop);
	handle(SIGHUP, on_reopen);
	handle(SIGPIPE, SIG_IGN);
	open_signals();
}

/* Whoever started this process sees no reason why it ends, only that it does: rather a log in another
 * place than no worker. */
static struct err *open_log(struct arena *a, const struct config *c)
{
	struct err *e = log_open(a, c->log.path, c->log.level, "worker");

	if (!e)
		return NULL;
	TRY(log_open(a, "-", c->log.level, "worker"));
	log_err(LOG_ERROR, "logging to standard error", e);
	return NULL;
}

int worker_main(struct run *run)
{
	struct worker_start start = {.config = run->config, .listen_fd = STDIN_FILENO};
	struct err *e;

	begin_alone();
	e = open_log(run->arena, run->config);
	if (!e)
		e = shared_open(run->arena, run->config->server.run_dir, &start.shared);
	if (e) {
		log_err(LOG_ERROR, "cannot start", e);
		return EXIT_FAILURE;
	}
	return worker_run(&start);
}
