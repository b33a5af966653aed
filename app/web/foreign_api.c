#include "web/foreign_api.h"

#include "domain/auth.h"
#include "domain/foreign.h"
#include "web/app.h"
#include "web/list_fields.h"

#define LIST_NAME "foreign principals"

static const char *const statuses[] = {"active", "disabled", NULL};

enum { LIST_Q, LIST_ISSUER, LIST_STATUS, LIST_LIMIT, LIST_CURSOR };
/* clang-format off */
const struct field foreign_list_fields[] = {
	[LIST_Q] = {.name = "q", .type = FIELD_TEXT, .max = 255, .help = "In the name, or a whole subject"},
	[LIST_ISSUER] = {.name = "issuer", .type = FIELD_TEXT, .max = 255, .help = "Of this issuer (iss) alone"},
	[LIST_STATUS] = {.name = "status", .type = FIELD_CHOICE, .choices = statuses, .help = "Any unless told"},
	[LIST_LIMIT] = LIST_FIELD_LIMIT,
	[LIST_CURSOR] = LIST_FIELD_CURSOR,
	{.name = NULL},
};
/* clang-format on */

struct err *foreign_api_list(struct call *c)
{
	const struct value *in = c->in;
	struct foreign_filter f = {
		.q = value_text(&in[LIST_Q]),
		.issuer = value_text(&in[LIST_ISSUER]),
		.status = in[LIST_STATUS].set ? str_of(statuses[in[LIST_STATUS].num]) : STR_NONE,
		.limit = list_limit(&in[LIST_LIMIT]) + 1,
	};
	struct list_cursor after, next = {.id = 0};
	struct foreign_rows rows;
	struct json_out j;
	bool more;

	TRY(list_cursor_read(c, &in[LIST_CURSOR], LIST_NAME, &after));
	f.after_id = after.id;
	TRY(foreign_list(&c->ctx, &f, &rows));
	more = rows.n == (size_t)f.limit;
	rows.n -= more;
	j = call_json(c);
	json_object(&j, NULL);
	json_array(&j, "data");
	for (size_t i = 0; i < rows.n; i++) {
		foreign_to_json(&j, &rows.rows[i]);
		next.id = rows.rows[i].id;
	}
	list_end(c, &j, LIST_NAME, more ? &next : NULL);
	return NULL;
}

static struct err *answer(struct call *c, const struct foreign *foreign)
{
	struct json_out j;

	if (c->ctx.once->replayed)
		return NULL;
	j = call_json(c);
	foreign_to_json(&j, foreign);
	return NULL;
}

struct err *foreign_api_get(struct call *c)
{
	struct foreign foreign;

	TRY(foreign_read(&c->ctx, c->id, &foreign));
	return answer(c, &foreign);
}

static struct err *turn(struct call *c, bool on)
{
	struct foreign foreign = {0};

	TRY(foreign_set_active(&c->ctx, c->id, on, &foreign));
	auth_changed(c->app->auth);
	return answer(c, &foreign);
}

struct err *foreign_api_disable(struct call *c)
{
	return turn(c, false);
}

struct err *foreign_api_enable(struct call *c)
{
	return turn(c, true);
}
