#include "web/system_api.h"

#include "db/migrate.h"
#include "domain/verify.h"
#include "web/app.h"

struct err *ledger_api_verification(struct call *c)
{
	struct verification v;
	struct json_out j;

	TRY(verify_ledger(&c->ctx, &v));
	j = call_json(c);
	verification_to_json(&j, &v);
	return NULL;
}

static struct err *healthy(struct call *c)
{
	struct json_out j = call_json(c);

	json_object(&j, NULL);
	json_cstr(&j, "status", "ok");
	json_object_end(&j);
	c->rs->cache_control = "no-store";
	return NULL;
}

struct err *system_api_health(struct call *c)
{
	return healthy(c);
}

struct err *system_api_ready(struct call *c)
{
	TRY(db_ready(c->app->db, c->arena));
	TRY(migrate_check(c->app->db, c->arena));
	return healthy(c);
}

struct err *system_api_openapi(struct call *c)
{
	call_json_text(c, c->app->openapi);
	return NULL;
}
