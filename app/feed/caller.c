#include "feed/caller.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/timestamp.h"

static struct str credential_of(const struct request *rq, bool *bearer)
{
	struct str authorization = request_header(rq, "authorization");

	*bearer = authorization.p != NULL;
	return *bearer ? authorization : request_header(rq, "cookie");
}

static unsigned streams_of(const struct callers *all, const char *actor)
{
	unsigned n = 0;

	for (const struct caller *c = all->first; c; c = c->next)
		if (strcmp(c->actor, actor) == 0)
			n += c->streams;
	return n;
}

static void take_access(struct caller *c, const struct principal *who)
{
	c->permissions = who->permissions;
	memset(&c->limits, 0, sizeof(c->limits));
	if (who->limits)
		c->limits = *who->limits;
}

static struct caller *caller_new(struct str credential, bool bearer)
{
	struct caller *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->credential = malloc(credential.n + 1);
	if (!c->credential)
		abort();
	memcpy(c->credential, credential.p, credential.n);
	c->credential_bytes = credential.n;
	c->bearer = bearer;
	c->check_at_us = time_monotonic_us() + CALLER_CHECK_US;
	digest_sha256(c->hash, credential);
	return c;
}

static void append(struct callers *all, struct caller *c)
{
	c->next = NULL;
	if (all->last)
		all->last->next = c;
	else
		all->first = c;
	all->last = c;
}

static bool is_over(const struct caller *c)
{
	return c->ended || c->changed;
}

struct caller *callers_join(
	struct callers *all, const struct request *rq, const struct principal *who, unsigned most)
{
	unsigned char hash[DIGEST_BYTES];
	char actor[sizeof(((struct caller *)NULL)->actor)];
	bool bearer;
	struct str credential = credential_of(rq, &bearer);
	struct caller *c = all->first;

	assert(credential.p); /* nobody is let in without */
	snprintf(actor, sizeof(actor), "%.*s", STR_ARG(who->actor));
	if (streams_of(all, actor) >= most)
		return NULL;
	digest_sha256(hash, credential);
	while (c && (is_over(c) || c->bearer != bearer || memcmp(c->hash, hash, sizeof(hash)) != 0))
		c = c->next;
	if (!c) {
		c = caller_new(credential, bearer);
		memcpy(c->actor, actor, sizeof(actor));
		take_access(c, who);
		append(all, c);
	}
	c->streams++;
	return c;
}

void callers_leave(struct callers *all, struct caller *c)
{
	struct caller **at = &all->first, *before = NULL;

	if (--c->streams)
		return;
	while (*at != c) {
		before = *at;
		at = &before->next;
	}
	*at = c->next;
	if (all->last == c)
		all->last = before;
	secret_wipe(c->credential, c->credential_bytes);
	free(c->credential);
	free(c);
}

void caller_who(const struct caller *c, struct principal *who)
{
	*who = (struct principal){
		.kind = PRINCIPAL_SYSTEM,
		.actor = str_of(c->actor),
		.permissions = c->permissions,
		.limits = c->limits.n ? &c->limits : NULL,
	};
}

/* ---- looking again ---- */

static bool is_same(const struct caller *c, const struct principal *who)
{
	struct caller now = *c;

	take_access(&now, who);
	return now.permissions == c->permissions &&
		memcmp(&now.limits, &c->limits, sizeof(now.limits)) == 0;
}

/* While the database is away nobody learns anything new either. What else keeps from telling, such as a key that
 * the issuer has taken away, does so for a while only. */
static bool is_away(const struct err *e)
{
	return err_status(e->code) >= 500;
}

static bool check(struct caller *c, struct app *app, struct arena *a)
{
	struct http_pair header = {
		.name = c->bearer ? STR("authorization") : STR("cookie"),
		.value = {c->credential, c->credential_bytes},
	};
	const struct request rq = {.arena = a, .headers = &header};
	struct principal who;
	struct err *e = db_ready(app->db, a);

	if (e)
		return false;
	e = app_sign_in_again(app, &rq, &who);
	c->unsure = e && is_away(e) ? c->unsure + 1 : 0;
	if (c->unsure) {
		c->changed = c->unsure == CALLER_UNSURE_MOST;
		return c->changed;
	}
	c->ended = e != NULL;
	c->changed = !e && !is_same(c, &who);
	return is_over(c);
}

/* The first, which goes to the end. */
static struct caller *take_turn(struct callers *all, int64_t now_us)
{
	struct caller *c = all->first;

	if (!c || c->check_at_us > now_us)
		return NULL;
	c->check_at_us = now_us + CALLER_CHECK_US;
	all->first = c->next;
	if (!all->first)
		all->last = NULL;
	append(all, c);
	return c;
}

bool callers_check(struct callers *all, struct app *app, struct arena *a, int64_t now_us)
{
	uint64_t generation = app->config->generation ? atomic_load(app->config->generation) : 0;
	struct caller *due;
	bool some = false;

	for (struct caller *c = all->first; c && generation != all->generation; c = c->next)
		c->check_at_us = now_us;
	all->generation = generation;
	for (int i = 0; i < CALLER_CHECKS_AT_ONCE && (due = take_turn(all, now_us)); i++) {
		if (is_over(due))
			continue;
		some |= check(due, app, a);
		arena_reset(a);
	}
	return some;
}
