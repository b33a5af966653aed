#include "domain/session.h"

#include "domain/auth_inside.h"

struct err *session_list(
	struct auth *auth, struct ctx *c, int64_t before_id, int limit, struct session_rows *out)
{
	return session_store_page(c->db, c->arena, c->who->id, before_id ? before_id : INT64_MAX,
		auth->config->session_idle_s, limit, out);
}

struct err *session_end(struct auth *auth, struct ctx *c, int64_t id)
{
	bool ended;

	TRY(session_store_end_one(c->db, c->arena, c->who->id, id, &ended));
	if (!ended)
		return err_new(c->arena, ERR_NOT_FOUND, "You have no such session.");
	auth_changed(auth);
	return NULL;
}

struct err *session_end_others(struct auth *auth, struct ctx *c)
{
	TRY(session_store_end_others(c->db, c->arena, c->who->id, c->who->session));
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
