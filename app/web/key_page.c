#include "web/key_page.h"

#include "domain/auth.h"
#include "domain/key.h"
#include "web/app.h"
#include "web/page.h"

const struct field key_page_fields[] = {PAGE_FIELD_DONE, {.name = NULL}};

static void show_key(struct page_row *r, const struct key *key, bool signs)
{
	row_set(r, "kid", key->kid);
	row_set(r, "algorithm", key->algorithm);
	row_set_time(r, "signs_from", key->signs_from);
	if (key->ends_at)
		row_set_time(r, "ends_at", key->ends_at);
	row_set_cstr(r, "turn", signs ? "signs" : key->may_sign ? "checks" : "next");
}

static struct err *show(struct call *c)
{
	struct key_rows rows;
	bool signs = false;

	TRY(key_list(&c->ctx, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		/* the one whose turn came last */
		show_key(page_row(c, "rows", i), &rows.rows[i], rows.rows[i].may_sign && !signs);
		signs |= rows.rows[i].may_sign;
	}
	page_set_int(c, "key_days", auth_settings(c->app->auth)->key_days);
	page_address(c, "/keys");
	page_api(c, "/.well-known/jwks.json");
	page_template(c, "key/list", "Signing keys");
	return NULL;
}

struct err *key_page_list(struct call *c)
{
	page_notice(c, &c->in[0]);
	return show(c);
}

struct err *key_page_rotate(struct call *c)
{
	struct str kid;
	struct err *e = key_rotate(&c->ctx, auth_settings(c->app->auth)->master_key_file, &kid);

	if (!e)
		return page_see_other(c, "/keys?done=rotated");
	TRY(page_form_again(c, e));
	return show(c);
}
