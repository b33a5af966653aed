#include "domain/user.h"

#include <assert.h>
#include <string.h>

#include "domain/change.h"
#include "domain/password.h"
#include "domain/reach.h"

#define USER_JSON_MAX 8192

void user_to_json(struct json_out *j, const struct user *user)
{
	json_object(j, NULL);
	json_int(j, "id", user->id);
	json_str(j, "name", user->name);
	json_str(j, "display_name", user->display_name);
	json_cstr(j, "status", user->active ? "active" : "disabled");
	if (user->roles.p)
		json_str(j, "roles", user->roles);
	json_int(j, "version", user->version);
	json_object_end(j);
}

static struct str user_json(struct ctx *c, const struct user *user)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, c->arena, USER_JSON_MAX);
	json_init(&j, &b);
	user_to_json(&j, user);
	assert(!b.overflow);
	return buf_str(&b);
}

static struct err *record(
	struct ctx *c, const char *type, const struct user *before, const struct user *user)
{
	return change_record_from(
		c, type, user->id, before ? user_json(c, before) : STR_NONE, user_json(c, user));
}

/* ---- adding ---- */

static bool is_one_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];

		if (ch < 0x20 || ch == 0x7f)
			return false;
	}
	return str_is_utf8(s) && str_trim(s).n == s.n;
}

static void check_text(
	struct err **e, struct arena *a, struct str s, const char *pointer, size_t max)
{
	if (!s.n)
		err_add_field(e, a, str_of(pointer), "required", "It is missing.");
	else if (!is_one_line(s))
		err_add_field(e, a, str_of(pointer), "not_text",
			"It must be one line of UTF-8 text without white space at its ends.");
	else if (str_code_points(s) > max)
		err_add_field(e, a, str_of(pointer), "too_long",
			"It may have at most %zu characters.", max);
}

/* "clerk@WH-B" becomes the role's name; *location is STR_NONE for a role that is given everywhere. */
static struct str split_role(struct str text, struct str *location)
{
	return str_cut(text, '@', location);
}

static struct err *check_role(
	struct ctx *c, struct str text, struct str pointer, struct str *role, struct err **e)
{
	struct str location, name;
	int64_t location_id;
	bool found = false;

	*role = split_role(text, &location);
	if (str_is_utf8(text))
		TRY(user_store_role(c->db, c->arena, *role, &name, &found));
	if (!found) {
		err_add_field(
			e, c->arena, pointer, "unknown_role", "There is no role of this name.");
		return NULL;
	}
	*role = name;
	if (location.p)
		*role = str_printf(c->arena, "%.*s@%.*s", STR_ARG(name), STR_ARG(location));
	return reach_root(c, location, pointer, e, &location_id);
}

/* Role names compare by language rules, so they are put as the database spells them. */
static struct err *check_roles(
	struct ctx *c, const struct user_input *in, struct str *roles, struct err **e)
{
	if (in->role_count > USER_ROLES_MAX) {
		err_add_field(e, c->arena, STR("/roles"), "too_many", "At most %d roles.",
			USER_ROLES_MAX);
		return NULL;
	}
	for (size_t i = 0; i < in->role_count; i++) {
		struct str pointer = str_printf(c->arena, "/roles/%zu", i);

		TRY(check_role(c, in->roles[i], pointer, &roles[i], e));
	}
	return NULL;
}

static struct str joined(struct arena *a, const struct str *roles, size_t n)
{
	struct str all = STR("");

	for (size_t i = 0; i < n; i++)
		all = str_printf(a, "%.*s%s%.*s", STR_ARG(all), i ? ", " : "", STR_ARG(roles[i]));
	return all;
}

struct addition {
	const struct user_input *in;
	struct user *user; /* without its id */
};

static struct err *name_taken(struct ctx *c)
{
	struct err *e = err_new(c->arena, ERR_DUPLICATE, "A user of this name is there already.");

	err_add_field(
		&e, c->arena, STR("/name"), "duplicate", "A user of this name is there already.");
	return e;
}

static struct err *add_tx(struct ctx *c, void *arg)
{
	struct addition *add = arg;
	struct err *e = user_store_add(c->db, c->arena, add->user, &add->user->id);

	if (e && e->code == ERR_DB_DUPLICATE_KEY)
		return name_taken(c);
	TRY(e);
	for (size_t i = 0; i < add->in->role_count; i++) {
		struct str location, role = split_role(add->in->roles[i], &location);
		bool found;

		TRY(user_store_add_role(c->db, c->arena, add->user->id, role, location, &found));
		if (!found)
			return err_new(c->arena, ERR_CONFLICT, "A role is gone meanwhile.");
	}
	return record(c, "bincard.user.created.v1", NULL, add->user);
}

/* A role that is named twice is one role. */
static size_t distinct(struct str *roles, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < kept && !str_eq(roles[k], roles[i]))
			k++;
		if (k == kept)
			roles[kept++] = roles[i];
	}
	return kept;
}

struct err *user_add(struct ctx *c, const struct auth_config *config, const struct user_input *in,
	struct user *out)
{
	struct user_input input = *in;
	struct str *roles = ARENA_ARRAY(c->arena, in->role_count, struct str);
	struct err *e = NULL;

	if (!input.display_name.p)
		input.display_name = input.name;
	check_text(&e, c->arena, input.name, "/name", USER_NAME_MAX);
	check_text(&e, c->arena, input.display_name, "/display_name", USER_DISPLAY_NAME_MAX);
	password_check(&e, config, c->arena, input.password, "/password");
	TRY(check_roles(c, &input, roles, &e));
	TRY(e);
	input.roles = roles;
	input.role_count = distinct(roles, in->role_count);
	*out = (struct user){.name = input.name,
		.display_name = input.display_name,
		.active = true,
		.version = 1,
		.roles = joined(c->arena, roles, input.role_count)};
	TRY(password_hash(config, c->arena, input.password, &out->password_hash));
	return change_run(c, add_tx, &(struct addition){.in = &input, .user = out});
}

/* ---- changing ---- */

struct user_change {
	struct str name;
	struct str password_hash;
};

static struct err *find(struct ctx *c, struct str name, struct user *out)
{
	bool found = false;

	if (str_is_utf8(name))
		TRY(user_store_by_name(c->db, c->arena, name, out, &found));
	return found ? NULL : err_new(c->arena, ERR_NOT_FOUND, "There is no user of this name.");
}

static struct err *set_password_tx(struct ctx *c, void *arg)
{
	const struct user_change *change = arg;
	struct user before, user;

	TRY(find(c, change->name, &before));
	user = before;
	TRY(user_store_set_password(c->db, c->arena, user.id, change->password_hash));
	TRY(session_store_end_all(c->db, c->arena, user.id));
	user.version++;
	return record(c, "bincard.user.password_changed.v1", &before, &user);
}

struct err *user_set_password(
	struct ctx *c, const struct auth_config *config, struct str name, struct str password)
{
	struct user_change change = {.name = name};
	struct err *e = NULL;

	password_check(&e, config, c->arena, password, "/password");
	TRY(e);
	TRY(password_hash(config, c->arena, password, &change.password_hash));
	return change_run(c, set_password_tx, &change);
}

struct own_change {
	const struct user *user;
	const struct session_start *start;
};

static struct err *changed_meanwhile(struct ctx *c)
{
	return err_new(c->arena, ERR_CONFLICT, "Your password was changed meanwhile.");
}

static struct err *change_password_tx(struct ctx *c, void *arg)
{
	const struct own_change *change = arg;
	struct user user = *change->user;
	bool done;

	TRY(user_store_change_password(
		c->db, c->arena, user.id, user.password_hash, change->start->password_hash, &done));
	if (!done)
		return changed_meanwhile(c);
	TRY(session_store_end_all(c->db, c->arena, user.id));
	TRY(session_store_add(c->db, c->arena, change->start, &done));
	if (!done)
		return changed_meanwhile(c);
	user.version++;
	return record(c, "bincard.user.password_changed.v1", change->user, &user);
}

struct err *user_change_password(
	struct ctx *c, const struct user *user, const struct session_start *start)
{
	return change_run(
		c, change_password_tx, &(struct own_change){.user = user, .start = start});
}

static struct err *disable_tx(struct ctx *c, void *arg)
{
	const struct user_change *change = arg;
	struct user before, user;
	bool changed;

	TRY(find(c, change->name, &before));
	user = before;
	TRY(user_store_disable(c->db, c->arena, user.id, &changed));
	TRY(session_store_end_all(c->db, c->arena, user.id));
	user.active = false;
	if (!changed)
		return change_unchanged(c, user_json(c, &user));
	user.version++;
	return record(c, "bincard.user.disabled.v1", &before, &user);
}

struct err *user_disable(struct ctx *c, struct str name)
{
	return change_run(c, disable_tx, &(struct user_change){.name = name});
}

struct err *user_list(struct ctx *c, int64_t after_id, int limit, struct user_rows *out)
{
	return user_store_page(c->db, c->arena, after_id, limit, out);
}
