#include "domain/role.h"

#include <assert.h>
#include <string.h>

#include "domain/change.h"
#include "domain/check.h"
#include "domain/people.h"
#include "store/session_store.h"
#include "store/user_store.h"

#define ROLE_JSON_MAX ((size_t)16 * 1024)
static_assert(JSON_ESCAPE_MAX * ROLE_NAME_MAX + PERMISSION_END * 64 < ROLE_JSON_MAX - 512,
	"a name with nothing but characters that are escaped, beside all permissions");

struct role_change {
	int64_t id; /* 0: a new one */
	int64_t version;
	const struct role_input *in;
	struct role *out;
};

/* ---- reading ---- */

struct err *role_list(struct ctx *c, const struct role_filter *f, struct role_rows *out)
{
	return role_store_page(c->db, c->arena, f, out);
}

struct err *role_read(struct ctx *c, int64_t id, struct role *out)
{
	bool found;

	TRY(role_store_find(c->db, c->arena, id, STR_NONE, out, &found));
	return found ? NULL
		     : err_new(c->arena, ERR_NOT_FOUND, "There is no role %lld.", (long long)id);
}

struct err *role_find(struct ctx *c, struct str name, struct role *out)
{
	bool found = false;

	if (str_is_utf8(name))
		TRY(role_store_find(c->db, c->arena, 0, name, out, &found));
	return found ? NULL : err_new(c->arena, ERR_NOT_FOUND, "There is no role of this name.");
}

void permissions_to_json(struct json_out *j, const char *name, struct str scope)
{
	json_array(j, name);
	while (scope.n) {
		struct str one = str_cut(scope, ' ', &scope);

		if (one.n)
			json_str(j, NULL, one);
	}
	json_array_end(j);
}

void role_to_json(struct json_out *j, const struct role *role)
{
	json_object(j, NULL);
	json_int(j, "id", role->id);
	json_str(j, "name", role->name);
	permissions_to_json(j, "permissions", role->permissions);
	json_bool(j, "built_in", role->built_in);
	json_bool(j, "second_factor", role->second_factor);
	json_int(j, "users", role->users);
	json_int(j, "version", role->version);
	json_time(j, "created_at", role->created_at);
	json_time(j, "updated_at", role->updated_at);
	json_object_end(j);
}

static struct str role_json(struct ctx *c, const struct role *role)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, ROLE_JSON_MAX);
	json_init(&j, &b);
	role_to_json(&j, role);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- checks ---- */

static perm_set permissions_of(const struct role *role)
{
	perm_set set;

	permission_parse(role->permissions, &set);
	return set;
}

static struct err *check_name(struct ctx *c, struct check *k, int64_t id, struct str name)
{
	struct role other;
	bool found;

	check_text(k, "/name", name, ROLE_NAME_MAX, CHECK_LINE);
	if (!name.p)
		return NULL;
	if (memchr(name.p, '@', name.n))
		check_wrong(k, "/name", "not_allowed",
			"A role's name has no @: what follows it is a location.");
	TRY(role_store_find(c->db, c->arena, 0, name, &other, &found));
	if (found && other.id != id)
		check_duplicate(k, "/name", "Role %lld (%.*s) has this name.", (long long)other.id,
			STR_ARG(other.name));
	return NULL;
}

static perm_set check_permissions(struct ctx *c, struct check *k, const struct role_input *in)
{
	perm_set all = 0, one;

	for (size_t i = 0; i < in->n; i++) {
		if (!permission_parse(in->permissions[i], &one) || !one)
			check_wrong(k, arena_printf(c->arena, "/permissions/%zu", i), "unknown",
				"There is no such permission.");
		all |= one;
	}
	return all;
}

/* Puts what is asked for into *role. */
static struct err *apply(struct ctx *c, const struct role_input *in, struct role *role)
{
	struct check k = check_begin(c);
	perm_set permissions;

	TRY(check_name(c, &k, role->id, in->name));
	permissions = check_permissions(c, &k, in);
	TRY(check_end(&k));
	if (in->name.p)
		role->name = in->name;
	if (in->has_permissions)
		role->permissions = permission_format(c->arena, permissions);
	if (in->has_second_factor)
		role->second_factor = in->second_factor;
	return people_may(c, permissions);
}

/* ---- changes ---- */

static struct err *finish(
	struct ctx *c, const char *event, int64_t id, struct str before, struct role *out)
{
	TRY(role_read(c, id, out));
	return change_record_from(c, event, id, before, role_json(c, out));
}

static struct err *create_tx(struct ctx *c, void *arg)
{
	struct role_change *change = arg;
	struct role role = {.permissions = STR("")};
	struct people people;
	int64_t id;

	TRY(people_begin(c, &people));
	if (people.roles >= ROLES_MAX)
		return err_new(c->arena, ERR_CONFLICT,
			"There are %d roles, as many as there may be.", ROLES_MAX);
	TRY(apply(c, change->in, &role));
	TRY(check_again(role_store_insert(c->db, c->arena, &role, &id)));
	return finish(c, "bincard.role.created.v1", id, STR_NONE, change->out);
}

struct err *role_create(struct ctx *c, const struct role_input *in, struct role *out)
{
	return change_run(c, create_tx, &(struct role_change){.in = in, .out = out});
}

/* in NULL: the role is to be deleted. */
static bool leaves_name_and_permissions(const struct role_input *in)
{
	return in && !in->name.p && !in->has_permissions;
}

/* The role that is to be changed, when whoever asks may. */
static struct err *find(struct ctx *c, const struct role_change *change, struct role *role)
{
	TRY(role_read(c, change->id, role));
	TRY(check_version(c->arena, change->version, role->version));
	if (role->built_in && !leaves_name_and_permissions(change->in))
		return err_new(c->arena, ERR_CONFLICT,
			"A built-in role stays as it is, but for whether it needs a second factor.");
	return people_may(c, permissions_of(role));
}

/* Who may more begins anew, as after other roles: a session or a link from before is worth no more than it was.
 * Whoever asks has all of it already. */
static struct err *end_sessions(struct ctx *c, int64_t role_id)
{
	int64_t self = c->who->kind == PRINCIPAL_USER ? c->who->id : 0;

	TRY(session_store_end_of_role(c->db, c->arena, role_id, self));
	return invitation_store_end_of_role(c->db, c->arena, role_id);
}

static struct err *update_tx(struct ctx *c, void *arg)
{
	struct role_change *change = arg;
	struct people people;
	struct role role;
	struct str before;
	perm_set had;
	bool done;

	TRY(people_begin(c, &people));
	TRY(find(c, change, &role));
	before = role_json(c, &role);
	had = permissions_of(&role);
	TRY(apply(c, change->in, &role));
	TRY(check_again(role_store_update(c->db, c->arena, &role, &done)));
	assert(done); /* all roles are locked */
	if (permissions_of(&role) & ~had)
		TRY(end_sessions(c, role.id));
	TRY(people_end(c, &people));
	return finish(c, "bincard.role.updated.v1", role.id, before, change->out);
}

struct err *role_update(
	struct ctx *c, int64_t id, int64_t version, const struct role_input *in, struct role *out)
{
	struct role_change change = {.id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &change);
}

static struct err *delete_tx(struct ctx *c, void *arg)
{
	const struct role_change *change = arg;
	struct people people;
	struct role role;

	TRY(people_begin(c, &people));
	TRY(find(c, change, &role));
	if (role.users)
		return err_new(c->arena, ERR_CONFLICT, "%lld %s this role.", (long long)role.users,
			role.users == 1 ? "user has" : "users have");
	TRY(role_store_delete(c->db, c->arena, role.id));
	return change_record_gone(c, "bincard.role.deleted.v1", role.id, role_json(c, &role));
}

struct err *role_delete(struct ctx *c, int64_t id, int64_t version)
{
	return change_run(c, delete_tx, &(struct role_change){.id = id, .version = version});
}
