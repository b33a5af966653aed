/*
 * dispatch: what a route's row says, done in one place for all, in this order: feature flag,
 * sign-in, rate limit, what is owed first, permission, CSRF, idempotency key, precondition, input, handler, answer. See web/route.h; an error is rendered
 * by dispatch_error.c.
 */
#include "web/app.h"

#include <assert.h>

#include "base/digest.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/poke.h"
#include "domain/auth.h"
#include "domain/flag.h"
#include "domain/reach.h"
#include "web/dispatch.h"
#include "web/page.h"
#include "web/route.h"

#define KEY_MAX 255
/* Another issuer's token of somebody new, when that issuer has to be asked for a key: a look at what is
 * known, the claim, the answer, two looks more, the principal twice, its entry in the audit log and the
 * transaction around that, the issuer's location; and the flags. All else takes four. */
#define SIGN_IN_STATEMENTS_MAX 13

struct str dispatch_form_field(struct call *c, const char *name)
{
	struct http_pair *pairs;
	struct err *e = http_parse_pairs(c->arena, c->rq->body, &pairs);

	if (e)
		return STR_NONE;
	for (; pairs; pairs = pairs->next)
		if (str_is(pairs->name, name))
			return pairs->value;
	return STR_NONE;
}

static struct err *check_permission(struct call *c)
{
	assert(c->route);
	if (perm_has(c->who.permissions, c->route->permission))
		return NULL;
	return err_new(c->arena, ERR_FORBIDDEN, "This needs the permission %s.",
		permission_name(c->route->permission));
}

/* Every unsafe method under a session carries the session's token: a header for scripts, a field
 * for forms. A bearer token is not sent by a browser on its own, so it needs none. */
static struct err *check_csrf(struct call *c)
{
	struct str given = request_header(c->rq, "x-csrf-token");

	if (!(c->rq->method & HTTP_UNSAFE) || !c->csrf.p)
		return NULL;
	if (!given.p && (c->route->flags & ROUTE_FORM_BODY))
		given = dispatch_form_field(c, "csrf");
	if (given.p && auth_csrf_matches(c->csrf, given))
		return NULL;
	return err_new(c->arena, ERR_CSRF, "Load the page anew and try again.");
}

/* ---- feature flags ---- */

/* Pages need them for their templates. What works without the database goes by what was read last. */
static struct err *know_flags(struct call *c)
{
	if (c->route->flags & ROUTE_NO_DB)
		return NULL;
	if (c->route->kind != ROUTE_PAGE && route_feature(c->route) == FLAG_NONE)
		return NULL;
	return flags_refresh(c->app->flags, &c->ctx);
}

/* What is off is answered as an address that no row has. */
static struct err *switched_off(struct call *c)
{
	c->route = NULL;
	return dispatch_nothing(c);
}

static bool is_off(const struct call *c)
{
	enum flag flag = route_feature(c->route);

	return flag != FLAG_NONE && flag_is_off(c->app->flags, flag);
}

static bool is_off_for_caller(const struct call *c)
{
	enum flag flag = route_feature(c->route);

	return flag != FLAG_NONE && !flag_is_on(c->app->flags, &c->ctx, flag);
}

/* ---- what is asked ---- */

static bool key_is_plain(struct str key)
{
	if (key.n == 0 || key.n > KEY_MAX)
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] < 0x21 || key.p[i] > 0x7e)
			return false;
	return true;
}

static struct err *read_once(struct call *c)
{
	struct str key;
	struct buf b;

	if (!(c->route->flags & ROUTE_ONCE))
		return NULL;
	key = c->route->kind == ROUTE_PAGE ? dispatch_form_field(c, "once")
					   : request_header(c->rq, "idempotency-key");
	if (!key.p)
		return NULL;
	if (!key_is_plain(key))
		return err_new(c->arena, ERR_BAD_REQUEST,
			"An idempotency key is 1 to %d visible ASCII characters.", KEY_MAX);
	buf_init(&b, c->arena, c->rq->body.n + c->rq->target.n + 64);
	buf_add_str(&b, c->rq->method_name);
	buf_add_char(&b, '\n');
	buf_add_str(&b, c->rq->target);
	buf_add_char(&b, '\n');
	buf_add_str(&b, c->rq->body);
	assert(!b.overflow);
	digest_sha256(c->ctx.once->fingerprint, buf_str(&b));
	c->ctx.once->key = key;
	c->ctx.once->status = c->route->status;
	return NULL;
}

static struct err *check_precondition(struct call *c)
{
	if ((c->route->flags & ROUTE_IF_MATCH) && !request_header(c->rq, "if-match").p)
		return err_new(c->arena, ERR_PRECONDITION_NEEDED,
			"Send If-Match with the ETag that you have read.");
	return NULL;
}

static const struct field no_fields[] = {{.name = NULL}};

/* RFC 6749 has words of its own for a form that cannot be read. */
static bool shows_itself(const struct call *c, const struct err *e)
{
	if (!(c->route->flags & ROUTE_SHOW_ERRORS))
		return false;
	return e->code == ERR_INVALID ||
		(e->code == ERR_BAD_REQUEST && c->route->kind == ROUTE_API &&
			(c->route->flags & ROUTE_FORM_BODY));
}

static struct err *read_input(struct call *c)
{
	enum form_source source = FORM_QUERY;
	const struct field *fields = c->route->input ? c->route->input : no_fields;
	struct err *e;

	if (c->route->flags & ROUTE_FORM_BODY)
		source = FORM_BODY_FORM;
	else if (c->route->method & HTTP_UNSAFE) /* one that takes no fields refuses any */
		source = FORM_BODY_JSON;
	e = form_read(c->rq, source, fields, &c->in);
	if (e && shows_itself(c, e)) {
		c->input_err = e;
		if (source == FORM_BODY_JSON)
			c->ctx.mistakes = e;
		return NULL;
	}
	return e;
}

/* ---- the way through ---- */

/* The id with which every answer to a POST that makes something begins. */
static struct err *id_of(struct arena *a, struct str json, int64_t *id)
{
	struct json_node *node;
	const struct json_node *member;

	TRY(json_parse(a, json, &node));
	member = json_member(node, "id");
	if (!member || member->type != JSON_INT)
		return err_because(err_new(a, ERR_INTERNAL, "%s", ""), "a stored answer has no id");
	*id = member->num;
	return NULL;
}

static struct err *add_location(struct call *c)
{
	if (!c->made)
		return NULL;
	if (!c->made_id)
		TRY(id_of(c->arena, c->ctx.once->stored_body, &c->made_id));
	response_header_str(
		c->rs, "Location", str_printf(c->arena, "%s/%lld", c->made, (long long)c->made_id));
	return NULL;
}

static struct err *answer(struct call *c)
{
	TRY(c->route->handler(c));
	if (c->ctx.mistakes && c->route->kind == ROUTE_API)
		return err_because(err_new(c->arena, ERR_INTERNAL, "%s", ""),
			"mistakes of the input were passed over");
	if (c->ctx.once->replayed && c->route->kind == ROUTE_API) {
		response_clear(c->rs);
		c->rs->status = c->ctx.once->stored_status;
		response_header(c->rs, "Idempotency-Replayed", "true");
		call_json_text(c, c->ctx.once->stored_body);
		return add_location(c);
	}
	if (c->rs->status == 0)
		c->rs->status = c->route->status;
	if (c->page)
		TRY(page_render(c));
	if (c->rs->body.overflow)
		return err_because(err_new(c->arena, ERR_INTERNAL, "%s", ""),
			"answer over %zu bytes", RESPONSE_BODY_MAX);
	return add_location(c);
}

/* What is refused counts, too: against the caller, or against the address when nobody is signed in. */
static struct err *first_limit(struct call *c, struct err *e)
{
	TRY(dispatch_limit(c));
	return e;
}

/* Who asks; nobody is asked for what is off for everybody. */
static struct err *admit(struct call *c)
{
	/* who signs in by the request itself is limited before that, by address */
	bool public = c->route->auth == AUTH_PUBLIC || route_signs_client_in(c->route);
	struct err *e;

	if (public)
		TRY(dispatch_limit(c));
	if (!(c->route->flags & ROUTE_NO_DB))
		TRY(db_ready(c->app->db, c->arena));
	TRY(know_flags(c));
	e = is_off(c) ? switched_off(c) : dispatch_sign_in(c);
	c->sign_in_statements = db_stats(c->app->db).statements;
	if (e && !public && err_status(e->code) < 500)
		return first_limit(c, e);
	TRY(e);
	if (!public)
		TRY(dispatch_limit(c));
	return is_off_for_caller(c) ? switched_off(c) : NULL;
}

/* Pages that renew themselves say so, too (static/js/live.js): nobody may be there. */
static bool is_watching(const struct call *c)
{
	return (c->route->flags & ROUTE_WATCH) || request_header(c->rq, "x-bincard-watch").p;
}

static struct err *run(struct call *c)
{
	struct err *e;

	if (c->rq->broken)
		return c->rq->broken;
	e = dispatch_find(c);
	if (e)
		return first_limit(c, e);
	assert(c->route);
	c->ctx.watching = is_watching(c);
	TRY(admit(c));
	if (c->refused)
		return NULL;
	TRY(dispatch_check_owed(c));
	TRY(check_permission(c));
	TRY(check_csrf(c));
	TRY(read_once(c));
	TRY(check_precondition(c));
	if (c->route->kind == ROUTE_PAGE)
		TRY(page_begin(c));
	TRY(read_input(c));
	return answer(c);
}

/* ---- every answer ---- */

static void add_headers(struct call *c, const struct db_stats *stats, int64_t micros)
{
	struct response *rs = c->rs;
	bool private = c->who.kind != PRINCIPAL_NONE;

	response_header_str(rs, "Content-Security-Policy",
		str_printf(c->arena,
			"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
			"connect-src 'self'; form-action 'self'%s%.*s; frame-ancestors 'none'; "
			"base-uri 'none'",
			c->form_target.n ? " " : "", STR_ARG(c->form_target)));
	response_header(rs, "X-Content-Type-Options", "nosniff");
	response_header(rs, "Referrer-Policy", "same-origin");
	dispatch_rate_headers(c);
	if (!rs->cache_control)
		rs->cache_control = c->route && c->route->kind == ROUTE_PAGE ? "no-store"
			: private                                            ? "private, no-cache"
									     : "no-cache";
	response_header(rs, "Cache-Control", rs->cache_control);
	if (c->route && c->route->deprecated)
		response_header(rs, "Deprecation", c->route->deprecated);
	if (c->route && c->route->sunset)
		response_header(rs, "Sunset", c->route->sunset);
	if (c->app->config->server_timing || c->who.kind == PRINCIPAL_USER)
		response_header_str(rs, "Server-Timing",
			str_printf(c->arena, "db;dur=%.3f;desc=\"%u statements\", total;dur=%.3f",
				(double)stats->micros / 1000, stats->statements,
				(double)micros / 1000));
}

static bool is_over_budget(const struct call *c, const struct db_stats *stats)
{
	return c->route &&
		(c->sign_in_statements > SIGN_IN_STATEMENTS_MAX ||
			stats->statements - c->sign_in_statements >
				((unsigned)c->route->statements_max +
					(c->who.limits ? REACH_STATEMENTS : 0)) *
					(1 + stats->retries));
}

static void log_request(const struct call *c, const struct db_stats *stats, int64_t micros)
{
	struct log_line l;

	log_begin(&l, LOG_INFO, "request");
	log_str(&l, "request_id", c->rq->id);
	log_str(&l, "method", c->rq->method_name);
	log_str(&l, "route", c->route ? str_of(c->route->path) : STR_NONE);
	log_str(&l, "path", c->rq->path);
	log_int(&l, "status", c->rs->status);
	log_ms(&l, "ms", micros);
	log_ms(&l, "db_ms", stats->micros);
	log_int(&l, "statements", stats->statements);
	log_int(&l, "bytes", (int64_t)c->rs->body.n);
	log_str(&l, "actor", c->who.actor);
	log_str(&l, "app", c->who.app);
	log_str(&l, "remote", c->rq->remote_addr);
	log_end(&l);
	if (is_over_budget(c, stats)) {
		log_begin(&l, LOG_ERROR, "statement budget exceeded");
		log_str(&l, "request_id", c->rq->id);
		log_str(&l, "route", str_of(c->route->path));
		log_int(&l, "statements", stats->statements);
		log_int(&l, "statements_max", c->route->statements_max);
		log_end(&l);
	}
}

/* A web server joins headers of one name, so no honest client comes with two: it would hide itself behind
 * the proxy's address, from limits and in the audit log. */
static void find_client(struct request *rq, const struct networks *trusted)
{
	struct str address = address_of_client(rq, trusted);

	if (address.p)
		rq->remote_addr = address;
	else if (rq->remote_addr.p && !rq->broken) /* without a peer there is no proxy */
		rq->broken = err_new(rq->arena, ERR_BAD_REQUEST,
			"There are two headers X-Forwarded-For, or one with _ in its name.");
}

void app_serve(void *arg, struct request *rq, struct response *rs)
{
	struct app *app = arg;
	int64_t start = time_monotonic_us(), micros;
	struct once once = {.key = STR_NONE};
	struct call c = {.app = app, .rq = rq, .rs = rs, .arena = rq->arena};
	struct db_stats stats;
	struct err *e;

	find_client(rq, &app->config->trusted_proxies);
	c.ctx = (struct ctx){
		.arena = rq->arena,
		.db = app->db,
		.who = &c.who,
		.once = &once,
		.request_id = rq->id,
		.address = request_address(rq),
		.traceparent = request_traceparent(rq),
		.names = app->names,
		.ways_in = app->ways_in,
		.user_agent = request_header(rq, "user-agent"),
		.in_event_loop = app->stream != NULL,
	};
	db_stats_reset(app->db);
	e = run(&c);
	if (e)
		dispatch_error(&c, e);
	else if (c.rq->method & HTTP_UNSAFE)
		poke_send(app->config->poke_path);
	stats = db_stats(app->db);
	micros = time_monotonic_us() - start;
	figures_answered(app->config->figures, rs->status, stats.statements, micros);
	add_headers(&c, &stats, micros);
	log_request(&c, &stats, micros);
}
