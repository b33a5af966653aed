#include "domain/reach.h"

#include <assert.h>

#include "base/buf.h"
#include "base/json_out.h"
#include "domain/names.h"
#include "store/location_store.h"

#define PATTERN_MAX (LIMITS_MAX * 21 + 8)
#define ID_TEXT_MAX 21 /* with its comma */

/* ---- who is limited ---- */

static bool is_limited(const struct ctx *c, enum permission p)
{
	const struct limits *limits = c->who->limits;

	return !perm_has(c->who->permissions, p) || (limits && perm_has(limits->permissions, p));
}

struct str reach_of(const struct ctx *c, enum permission p)
{
	const struct limits *limits = c->who->limits;
	struct buf b;

	if (!is_limited(c, p))
		return STR_NONE;
	buf_init(&b, c->arena, PATTERN_MAX);
	buf_add_cstr(&b, "/(0"); /* which no location has */
	for (size_t i = 0; limits && i < limits->n; i++) {
		if (perm_has(limits->grants[i].permissions, p))
			buf_printf(&b, "|%lld", (long long)limits->grants[i].location_id);
	}
	buf_add_cstr(&b, ")/");
	assert(!b.overflow);
	return buf_str(&b);
}

perm_set reach_unlimited(const struct ctx *c)
{
	const struct limits *limits = c->who->limits;

	return c->who->permissions & ~(limits ? limits->permissions : 0);
}

bool reach_path_has(struct str path, int64_t id)
{
	struct str step;

	while (path.n) {
		int64_t at = 0;

		step = str_cut(path, '/', &path);
		for (size_t i = 0; i < step.n; i++)
			at = at * 10 + (step.p[i] - '0');
		if (at == id)
			return true;
	}
	return false;
}

bool reach_has(const struct ctx *c, enum permission p, struct str path)
{
	const struct limits *limits = c->who->limits;

	if (!is_limited(c, p))
		return true;
	for (size_t i = 0; limits && i < limits->n; i++) {
		if (perm_has(limits->grants[i].permissions, p) &&
			reach_path_has(path, limits->grants[i].location_id))
			return true;
	}
	return false;
}

/* ---- locations by id ---- */

static struct str ids_of(struct arena *a, const struct name *names, size_t n)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, n * ID_TEXT_MAX + 2);
	json_init(&j, &b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_int(&j, NULL, names[i].id);
	json_array_end(&j);
	assert(!b.overflow);
	return buf_str(&b);
}

struct err *reach_hide(struct ctx *c, enum permission p, struct name *names, size_t n)
{
	struct str within = reach_of(c, p);
	size_t *outside, outside_count;

	if (!within.p || n == 0)
		return NULL;
	TRY(location_store_outside(
		c->db, c->arena, ids_of(c->arena, names, n), within, &outside, &outside_count));
	for (size_t i = 0; i < outside_count; i++)
		names[outside[i]] = (struct name){.id = 0};
	return NULL;
}

/* ---- grants ---- */

perm_set reach_limit(
	struct limits *limits, perm_set everywhere, perm_set given, int64_t location_id)
{
	size_t i = 0;

	given = permission_limited(given) & ~everywhere;
	while (i < limits->n && limits->grants[i].location_id != location_id)
		i++;
	if (!given || i == LIMITS_MAX) /* who assigns roles gives no more than that */
		return 0;
	if (i == limits->n)
		limits->grants[limits->n++] = (struct grant){.location_id = location_id};
	limits->grants[i].permissions |= given;
	limits->permissions |= given;
	return given;
}

struct err *reach_root(
	struct ctx *c, struct str code, struct str pointer, struct err **e, int64_t *id)
{
	struct location location = {.id = 0};
	bool found = false;

	*id = 0;
	if (!code.p)
		return NULL;
	if (str_is_utf8(code))
		TRY(location_store_find(c->db, c->arena, 0, code, &location, &found));
	if (found && !location_is_virtual(location.id))
		*id = location.id;
	else
		err_add_field(e, c->arena, pointer, "unknown_location",
			"There is no location \"%.*s\" that it could be limited to.",
			STR_ARG(code));
	return NULL;
}
