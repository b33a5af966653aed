#include "domain/session.h"

#include "domain/audit.h"
#include "domain/auth_inside.h"
#include "domain/change.h"

struct err *session_list(
	struct auth *auth, struct ctx *c, int64_t before_id, int limit, struct session_rows *out)
{
	return session_store_page(c->db, c->arena, c->who->id, before_id ? before_id : INT64_MAX,
		auth->config->session_idle_s, limit, out);
}

/* Of the user who asks; the audit log has it in the same transaction. */
static struct err *record(struct ctx *c, const char *action)
{
	return audit_record(c,
		&(struct audit_note){
			.resource = STR("user"),
			.resource_id = str_printf(c->arena, "%lld", (long long)c->who->id),
			.action = str_of(action),
		});
}

static struct err *end_tx(struct ctx *c, void *arg)
{
	const int64_t *id = arg;
	bool ended;

	TRY(session_store_end_one(c->db, c->arena, c->who->id, *id, &ended));
	if (!ended)
		return err_new(c->arena, ERR_NOT_FOUND, "You have no such session.");
	return record(c, "session_ended");
}

struct err *session_end(struct auth *auth, struct ctx *c, int64_t id)
{
	TRY(change_run(c, end_tx, &id));
	auth_changed(auth);
	return NULL;
}

static struct err *end_others_tx(struct ctx *c, void *arg)
{
	(void)arg;
	TRY(session_store_end_others(c->db, c->arena, c->who->id, c->who->session));
	return record(c, "other_sessions_ended");
}

struct err *session_end_others(struct auth *auth, struct ctx *c)
{
	TRY(change_run(c, end_others_tx, NULL));
	auth_changed(auth);
	return NULL;
}

void session_to_json(struct json_out *j, const struct ctx *c, const struct session *s)
{
	json_object(j, NULL);
	json_int(j, "id", s->id);
	json_bool(j, "current", s->id == c->who->session);
	json_str(j, "address", s->address);
	json_str(j, "browser", s->browser);
	json_time(j, "created_at", s->created_at);
	json_time(j, "seen_at", s->seen_at);
	json_time(j, "expires_at", s->expires_at);
	json_object_end(j);
}
