/* Redis Streams. A load is one transaction (MULTI, EXEC), so that of events in a row none is there without those
 * before it. */
#include "jobs/relay_broker.h"

#ifdef BINCARD_WITH_REDIS

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define NUMBER_MAX 24
#define ARGUMENTS_MAX 16

struct link {
	redisContext *redis;
	const char *stream;
	char most[NUMBER_MAX]; /* "": any number */
};

/* ---- connecting ---- */

static void say(char *error, const char *what, const char *why)
{
	snprintf(error, SINK_ERROR_MAX, "%.100s: %.190s", what, why);
}

static struct timeval timeout_of(const struct relay_config *config)
{
	return (struct timeval){.tv_sec = config->timeout_ms / 1000,
		.tv_usec = (suseconds_t)(config->timeout_ms % 1000) * 1000};
}

static redisContext *connect_one(
	const struct relay_config *config, const char *host, int port, char *error)
{
	const struct timeval timeout = timeout_of(config);
	redisContext *redis = port ? redisConnectWithTimeout(host, port, timeout)
				   : redisConnectUnixWithTimeout(host, timeout);

	if (redis && !redis->err && redisSetTimeout(redis, timeout) == REDIS_OK)
		return redis;
	say(error, host, redis ? redis->errstr : "no memory");
	if (redis)
		redisFree(redis);
	return NULL;
}

/* An answer that repeats the command has the password in it, perhaps a part of it alone by the time it is looked at. */
static void say_refusal(
	const redisContext *redis, const redisReply *reply, const char *password, char *error)
{
	const char *why = redis->errstr;

	if (reply && reply->type == REDIS_REPLY_ERROR)
		why = strstr(reply->str, password) ? "the answer has the password in it"
						   : reply->str;
	say(error, "Signing in failed", why);
}

static bool sign_in(redisContext *redis, const struct relay_config *config, char *error)
{
	redisReply *reply;
	bool done;

	if (!config->password)
		return true;
	reply = config->user ? redisCommand(redis, "AUTH %s %s", config->user, config->password)
			     : redisCommand(redis, "AUTH %s", config->password);
	done = reply && reply->type == REDIS_REPLY_STATUS;
	if (!done)
		say_refusal(redis, reply, config->password, error);
	freeReplyObject(reply);
	return done;
}

static redisContext *connect_any(const struct relay_config *config, char *error)
{
	const char *rest = config->address;
	char host[RELAY_HOST_MAX];
	bool wrong;
	int port;

	while (relay_address_next(&rest, host, &port, &wrong)) {
		redisContext *redis = connect_one(config, host, port, error);

		if (redis && sign_in(redis, config, error))
			return redis;
		if (redis)
			redisFree(redis);
	}
	return NULL;
}

static void *open_link(const struct relay_config *config, char error[static SINK_ERROR_MAX])
{
	redisContext *redis = connect_any(config, error);
	struct link *l = redis ? calloc(1, sizeof(*l)) : NULL;

	if (!l) {
		if (redis)
			redisFree(redis);
		return NULL;
	}
	l->redis = redis;
	l->stream = config->stream;
	if (config->stream_max)
		snprintf(l->most, sizeof(l->most), "%ld", config->stream_max);
	return l;
}

static void close_link(void *link)
{
	struct link *l = link;

	redisFree(l->redis);
	free(l);
}

/* ---- sending ---- */

struct arguments {
	const char *p[ARGUMENTS_MAX];
	size_t n[ARGUMENTS_MAX];
	int count;
};

static void put_bytes(struct arguments *a, const char *p, size_t n)
{
	a->p[a->count] = p;
	a->n[a->count++] = n;
}

static void put(struct arguments *a, const char *text)
{
	put_bytes(a, text, strlen(text));
}

static bool append_event(const struct link *l, const struct relay_message *m)
{
	struct arguments a = {.count = 0};

	put(&a, "XADD");
	put(&a, l->stream);
	if (l->most[0]) {
		put(&a, "MAXLEN");
		put(&a, "~");
		put(&a, l->most);
	}
	put(&a, "*");
	put(&a, "id");
	put(&a, m->id);
	put(&a, "type");
	put(&a, m->type);
	put(&a, "subject");
	put(&a, m->subject);
	put(&a, "event");
	put_bytes(&a, m->body, m->body_n);
	return redisAppendCommandArgv(l->redis, a.count, a.p, a.n) == REDIS_OK;
}

static bool append_all(const struct link *l, const struct relay_message *messages, size_t n)
{
	bool all = redisAppendCommand(l->redis, "MULTI") == REDIS_OK;

	for (size_t i = 0; i < n && all; i++)
		all = append_event(l, &messages[i]);
	return all && redisAppendCommand(l->redis, "EXEC") == REDIS_OK;
}

/* The first error is the one to show: those that follow are of its kind. */
static void note(char *error, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_ERROR && !error[0])
		snprintf(error, SINK_ERROR_MAX, "%s", reply->str);
}

static size_t count_added(const redisReply *exec, size_t n, char *error)
{
	size_t added = 0;

	if (exec->type != REDIS_REPLY_ARRAY || exec->elements != n)
		return 0;
	while (added < n && exec->element[added]->type == REDIS_REPLY_STRING)
		added++;
	if (added < n)
		note(error, exec->element[added]);
	return added;
}

static size_t send_all(void *link, const struct relay_message *messages, size_t n,
	char error[static SINK_ERROR_MAX])
{
	struct link *l = link;
	size_t added = 0;

	if (!append_all(l, messages, n)) {
		say(error, "Sending failed", l->redis->errstr);
		return 0;
	}
	for (size_t i = 0; i < n + 2; i++) {
		redisReply *reply = NULL;

		if (redisGetReply(l->redis, (void **)&reply) != REDIS_OK || !reply) {
			say(error, "No answer", l->redis->errstr);
			return 0;
		}
		note(error, reply);
		if (i == n + 1)
			added = count_added(reply, n, error);
		freeReplyObject(reply);
	}
	if (added < n && !error[0])
		snprintf(error, SINK_ERROR_MAX, "Redis has answered something else.");
	return added;
}

static const struct relay_broker broker = {
	.type = "redis", .open = open_link, .send = send_all, .idle = NULL, .close = close_link};
const struct relay_broker *const relay_redis = &broker;

#else

const struct relay_broker *const relay_redis = NULL;

#endif
