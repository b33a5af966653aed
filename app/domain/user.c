#include "domain/user.h"

#include <assert.h>

#include "domain/change.h"
#include "domain/check.h"
#include "domain/location.h"
#include "domain/password.h"
#include "domain/people.h"
#include "domain/reach.h"
#include "domain/role.h"
#include "domain/user_inside.h"

/* Of texts with nothing but characters that are escaped, beside names, numbers and times. */
#define GIVEN_ROLE_JSON_MAX (JSON_ESCAPE_MAX * (ROLE_NAME_MAX + LOCATION_CODE_MAX) + 64)
#define USER_JSON_MAX                                                        \
	((size_t)JSON_ESCAPE_MAX * (USER_NAME_MAX + USER_DISPLAY_NAME_MAX) + \
		(size_t)USER_ROLES_MAX * GIVEN_ROLE_JSON_MAX + 512)

/* ---- reading ---- */

struct err *user_list(struct ctx *c, const struct user_filter *f, struct user_rows *out)
{
	return user_store_page(c->db, c->arena, f, out);
}

static struct err *with_roles(struct ctx *c, struct user *user, bool found, struct err *e)
{
	TRY(e);
	if (!found)
		return err_new(c->arena, ERR_NOT_FOUND, "There is no such user.");
	return user_store_roles(c->db, c->arena, user, 1);
}

struct err *user_read(struct ctx *c, int64_t id, struct user *out)
{
	bool found = false;
	struct err *e = user_store_by_id(c->db, c->arena, id, out, &found);

	return with_roles(c, out, found, e);
}

struct err *user_find(struct ctx *c, struct str name, struct user *out)
{
	bool found = false;
	struct err *e = NULL;

	if (str_is_utf8(name))
		e = user_store_by_name(c->db, c->arena, name, out, &found);
	return with_roles(c, out, found, e);
}

struct err *user_invited_until(struct ctx *c, int64_t id, time_us *expires_at)
{
	return invitation_store_of_user(c->db, c->arena, id, expires_at);
}

const char *user_credential(const struct user *user)
{
	if (!user->password_hash.n)
		return "none";
	return user->password_due ? "due" : "set";
}

static void given_role_to_json(struct json_out *j, const struct user_role *role)
{
	json_object(j, NULL);
	json_str(j, "role", role->name);
	if (role->location.p)
		json_str(j, "location", role->location);
	else
		json_null(j, "location");
	json_object_end(j);
}

void user_to_json(struct json_out *j, const struct user *user)
{
	json_object(j, NULL);
	json_int(j, "id", user->id);
	json_str(j, "name", user->name);
	json_str(j, "display_name", user->display_name);
	json_cstr(j, "status", user->active ? "active" : "disabled");
	json_cstr(j, "credential", user_credential(user));
	json_bool(j, "second_factor", user->second_factor);
	json_array(j, "roles");
	for (size_t i = 0; i < user->role_count; i++)
		given_role_to_json(j, &user->roles[i]);
	json_array_end(j);
	json_int(j, "version", user->version);
	json_time(j, "created_at", user->created_at);
	json_time(j, "updated_at", user->updated_at);
	json_object_end(j);
}

struct str user_json(struct ctx *c, const struct user *user)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, USER_JSON_MAX);
	json_init(&j, &b);
	user_to_json(&j, user);
	assert(!b.overflow);
	return buf_str(&b);
}

/* ---- what changes share ---- */

perm_set user_permissions(const struct user *user)
{
	perm_set all = 0, one;

	for (size_t i = 0; i < user->role_count; i++) {
		permission_parse(user->roles[i].permissions, &one);
		all |= one;
	}
	return all;
}

struct err *user_finish(
	struct ctx *c, const char *event, int64_t id, const struct user *before, struct user *out)
{
	TRY(user_read(c, id, out));
	return change_record_from(
		c, event, id, before ? user_json(c, before) : STR_NONE, user_json(c, out));
}

struct err *user_lock(
	struct ctx *c, struct people *people, int64_t id, int64_t version, struct user *user)
{
	bool found = false;
	struct err *e;

	TRY(people_begin(c, people));
	e = user_store_lock(c->db, c->arena, id, user, &found);
	TRY(with_roles(c, user, found, e));
	TRY(check_version(c->arena, version, user->version));
	return people_may(c, user_permissions(user));
}

/* ---- roles ---- */

/* What is wrong with role i of the input is told at /roles/i. */
static struct err *resolve_role(struct ctx *c, struct check *k, size_t i,
	const struct user_role_input *in, struct user_role *out)
{
	const char *at = arena_printf(c->arena, "/roles/%zu", i);
	struct role role;
	bool found = false;

	if (str_is_utf8(in->role))
		TRY(role_store_find(c->db, c->arena, 0, in->role, &role, &found));
	if (!found) {
		check_wrong(k, arena_printf(c->arena, "%s/role", at), "unknown_role",
			"There is no role of this name.");
		return NULL;
	}
	*out = (struct user_role){
		.role_id = role.id, .name = role.name, .permissions = role.permissions};
	out->location = in->location;
	return reach_root(c, in->location, str_printf(c->arena, "%s/location", at), &k->err,
		&out->location_id);
}

bool user_add_role(struct user *user, const struct user_role *role)
{
	for (size_t i = 0; i < user->role_count; i++) {
		if (user->roles[i].role_id == role->role_id &&
			user->roles[i].location_id == role->location_id)
			return true;
	}
	if (user->role_count == USER_ROLES_MAX)
		return false;
	user->roles[user->role_count++] = *role;
	return true;
}

static struct err *resolve_roles(
	struct ctx *c, struct check *k, const struct user_input *in, struct user *user)
{
	struct user_role role;

	if (in->role_count > USER_ROLES_MAX) {
		check_wrong(k, "/roles", "too_many", "At most %d roles.", USER_ROLES_MAX);
		return NULL;
	}
	user->roles = ARENA_ARRAY(c->arena, USER_ROLES_MAX, struct user_role);
	user->role_count = 0;
	for (size_t i = 0; i < in->role_count; i++) {
		role.role_id = 0;
		TRY(resolve_role(c, k, i, &in->roles[i], &role));
		if (role.role_id)
			(void)user_add_role(user, &role); /* no more than were counted */
	}
	return NULL;
}

bool user_same_roles(const struct user *a, const struct user *b)
{
	size_t same = 0;

	for (size_t i = 0; i < a->role_count; i++)
		for (size_t k = 0; k < b->role_count; k++)
			same += a->roles[i].role_id == b->roles[k].role_id &&
				a->roles[i].location_id == b->roles[k].location_id;
	return same == a->role_count && same == b->role_count;
}

/* ---- adding ---- */

static struct err *check_name(struct ctx *c, struct check *k, struct str name)
{
	struct user other;
	bool found = false;

	check_needed(k, "/name", name);
	check_text(k, "/name", name, USER_NAME_MAX, CHECK_CODE);
	if (name.p && str_is_utf8(name))
		TRY(user_store_by_name(c->db, c->arena, name, &other, &found));
	if (found)
		check_duplicate(k, "/name", "A user of this name is there already.");
	return NULL;
}

struct addition {
	const struct auth_config *config;
	const struct user_input *in;
	struct user *out;
	struct str password_hash;
};

static struct err *add_tx(struct ctx *c, void *arg)
{
	const struct addition *add = arg;
	const struct user_input *in = add->in;
	struct check k = check_begin(c);
	struct people people;
	struct user user = {.name = in->name,
		.display_name = in->display_name.p ? in->display_name : in->name,
		.password_hash = add->password_hash};

	TRY(people_begin(c, &people));
	TRY(check_name(c, &k, in->name));
	check_text(&k, "/display_name", in->display_name, USER_DISPLAY_NAME_MAX, CHECK_LINE);
	if (in->password.p)
		password_check(&k.err, add->config, c->arena, in->password, "/password");
	TRY(resolve_roles(c, &k, in, &user));
	TRY(check_end(&k));
	TRY(people_may(c, user_permissions(&user)));
	TRY(check_again(user_store_add(c->db, c->arena, &user, &user.id)));
	TRY(user_store_set_roles(c->db, c->arena, &user));
	return user_finish(c, "bincard.user.created.v1", user.id, NULL, add->out);
}

/* Hashing takes its time: it is done before anything is locked, and only for a password that will do. */
struct err *user_add(struct ctx *c, const struct auth_config *config, const struct user_input *in,
	struct user *out)
{
	struct addition add = {.config = config, .in = in, .out = out, .password_hash = STR("")};
	struct err *e = NULL;

	if (in->password.p)
		password_check(&e, config, c->arena, in->password, "/password");
	if (in->password.p && !e)
		TRY(password_hash(config, c->arena, in->password, &add.password_hash));
	return change_run(c, add_tx, &add);
}

/* ---- changing ---- */

struct update {
	int64_t id, version;
	const struct user_input *in;
	struct user *out;
};

static struct err *update_tx(struct ctx *c, void *arg)
{
	const struct update *u = arg;
	const struct user_input *in = u->in;
	struct check k = check_begin(c);
	struct people people;
	struct user before, user;
	bool done;

	TRY(user_lock(c, &people, u->id, u->version, &before));
	user = before;
	check_text(&k, "/display_name", in->display_name, USER_DISPLAY_NAME_MAX, CHECK_LINE);
	if (in->has_roles)
		TRY(resolve_roles(c, &k, in, &user));
	TRY(check_end(&k));
	TRY(people_may(c, user_permissions(&user)));
	if (in->display_name.p)
		user.display_name = in->display_name;
	TRY(user_store_update(c->db, c->arena, &user, &done));
	assert(done); /* the row is locked and its version was read */
	if (!user_same_roles(&before, &user)) {
		TRY(user_store_set_roles(c->db, c->arena, &user));
		TRY(session_store_end_all(c->db, c->arena, user.id));
		TRY(invitation_store_end(c->db, c->arena, user.id));
	}
	TRY(people_end(c, &people));
	return user_finish(c, "bincard.user.updated.v1", user.id, &before, u->out);
}

struct err *user_update(
	struct ctx *c, int64_t id, int64_t version, const struct user_input *in, struct user *out)
{
	struct update u = {.id = id, .version = version, .in = in, .out = out};

	return change_run(c, update_tx, &u);
}
