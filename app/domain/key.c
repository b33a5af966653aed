#include "domain/key.h"

#include "domain/auth_keys.h"
#include "domain/change.h"

/* A worker signs with a key for so long after the next one's turn has come. */
#define OVERLAP_S (2 * AUTH_KEYS_REFRESH_S)
#define DAY_US ((int64_t)86400 * 1000000)

struct rotation {
	const char *master_key_file;
	struct str kid;
};

static struct err *rotate_tx(struct ctx *c, void *arg)
{
	struct rotation *r = arg;

	TRY(auth_keys_make(c, r->master_key_file, KEY_LEAD_S, &r->kid));
	return key_store_end_others(
		c->db, c->arena, r->kid, KEY_LEAD_S + OVERLAP_S + KEY_TOKEN_S_MAX);
}

/* One that workers would not load is no key: there is room for one more, or there is none. */
static struct err *rotate(struct ctx *c, const struct key_rows *rows, struct rotation *r)
{
	if (rows->n >= AUTH_KEYS_MAX)
		return err_new(c->arena, ERR_CONFLICT,
			"There are %d keys whose tokens have not ended yet; a day after a rotation "
			"there is room again.",
			AUTH_KEYS_MAX);
	return change_run(c, rotate_tx, r);
}

static bool is_due(const struct key_rows *rows, int days)
{
	time_us newest = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (!rows->rows[i].ends_at && rows->rows[i].created_at > newest)
			newest = rows->rows[i].created_at;
	}
	return newest && time_now() - newest >= days * DAY_US;
}

/* days 0: in any case. */
static struct err *rotate_locked(struct ctx *c, int days, struct rotation *r)
{
	struct key_rows rows;
	struct err *e;

	TRY(auth_keys_lock(c));
	e = key_store_list(c->db, c->arena, AUTH_KEYS_MAX, &rows);
	if (!e && (!days || is_due(&rows, days)))
		e = rotate(c, &rows, r);
	auth_keys_unlock(c);
	return e;
}

struct err *key_rotate(struct ctx *c, const char *master_key_file, struct str *kid)
{
	struct rotation r = {.master_key_file = master_key_file};

	TRY(rotate_locked(c, 0, &r));
	*kid = r.kid;
	return NULL;
}

struct err *key_rotate_due(struct ctx *c, const char *master_key_file, int days, struct str *kid)
{
	struct rotation r = {.master_key_file = master_key_file};
	struct key_rows rows;

	*kid = STR_NONE;
	TRY(key_list(c, &rows));
	if (!is_due(&rows, days))
		return NULL;
	TRY(rotate_locked(c, days, &r));
	*kid = r.kid;
	return NULL;
}

struct err *key_list(struct ctx *c, struct key_rows *out)
{
	return key_store_list(c->db, c->arena, AUTH_KEYS_MAX, out);
}
