#include "web/second_factor_api.h"

#include "domain/second_factor.h"

struct err *second_factor_api_show(struct call *c)
{
	struct second_factor_state state;
	struct json_out j;

	TRY(second_factor_show(&c->ctx, &state));
	j = call_json(c);
	second_factor_to_json(&j, &state);
	return NULL;
}
