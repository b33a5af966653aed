#include "domain/foreign.h"

#include <assert.h>

#include "domain/audit.h"
#include "domain/change.h"

/* Issuer and subject have 255 bytes, a name 120 code points. */
#define JSON_MAX ((255 + 255 + 4 * FOREIGN_NAME_MAX) * JSON_ESCAPE_MAX + 512)

/* ---- what it may do ---- */

static bool parse_entry(struct str entry, struct foreign_issuer *out, struct str *wrong)
{
	struct foreign_grant *grant;
	struct str permissions, value = str_cut(entry, ' ', &permissions);

	*wrong = entry;
	if (value.n < 2 || value.p[value.n - 1] != ':' || !str_trim(permissions).n ||
		out->grant_count == FOREIGN_GRANTS_MAX)
		return false;
	grant = &out->grants[out->grant_count++];
	grant->value = (struct str){value.p, value.n - 1};
	return permission_parse(str_trim(permissions), &grant->permissions);
}

bool foreign_parse_map(struct str text, struct foreign_issuer *out, struct str *wrong)
{
	struct str rest = text;

	out->grant_count = 0;
	while (rest.p) {
		struct str entry = str_trim(str_cut(rest, ',', &rest));

		if (entry.n && !parse_entry(entry, out, wrong))
			return false;
	}
	return true;
}

/* Without a map a value is the name of a permission, or nothing. */
static perm_set worth(const struct foreign_issuer *issuer, struct str value)
{
	perm_set set = 0;

	if (!issuer->grant_count)
		permission_parse(value, &set);
	for (size_t i = 0; i < issuer->grant_count; i++) {
		if (str_eq(issuer->grants[i].value, value))
			set |= issuer->grants[i].permissions;
	}
	return set;
}

const struct json_node *foreign_claim(
	struct arena *a, const struct json_node *object, struct str path)
{
	while (object && object->type == JSON_OBJECT) {
		const struct json_node *whole = json_member(object, str_cstr(a, path));
		struct str step;

		if (whole)
			return whole;
		step = str_cut(path, '.', &path);
		if (!path.p)
			return NULL;
		object = json_member(object, str_cstr(a, step));
	}
	return NULL;
}

perm_set foreign_permissions(
	struct arena *a, const struct foreign_issuer *issuer, const struct json_node *claims)
{
	const struct json_node *claim = foreign_claim(a, claims, str_of(issuer->claim));
	perm_set set = 0;

	if (claim && claim->type == JSON_TEXT) { /* as scope is: words */
		for (struct str rest = claim->text; rest.p;)
			set |= worth(issuer, str_cut(rest, ' ', &rest));
	} else if (claim && claim->type == JSON_ARRAY) {
		for (const struct json_node *m = claim->child; m; m = m->next)
			set |= m->type == JSON_TEXT ? worth(issuer, m->text) : 0;
	}
	return set;
}

/* ---- who it is ---- */

static struct str cut(struct str text)
{
	size_t n = 0;

	for (int i = 0; i < FOREIGN_NAME_MAX && n < text.n; i++)
		n += str_utf8_step((struct str){text.p + n, text.n - n});
	return (struct str){text.p, n};
}

/* What people would call it: for pages and the audit log. */
static struct str name_of(const struct foreign_claims *claims)
{
	static const char *const names[] = {"name", "preferred_username", "client_id", "azp"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct json_node *m = json_member(claims->all, names[i]);

		if (m && m->type == JSON_TEXT && m->text.n && str_is_text(m->text, false))
			return cut(m->text);
	}
	return cut(claims->subject);
}

static struct err *find(struct ctx *c, struct foreign *out, bool *found)
{
	struct str issuer = out->issuer, subject = out->subject;
	bool stale = false;

	TRY(foreign_store_by_subject(c->db, c->arena, issuer, subject, out, &stale, found));
	if (*found && stale)
		TRY(foreign_store_seen(c->db, c->arena, out->id));
	return NULL;
}

void foreign_to_json(struct json_out *j, const struct foreign *foreign)
{
	json_object(j, NULL);
	json_int(j, "id", foreign->id);
	json_str(j, "issuer", foreign->issuer);
	json_str(j, "subject", foreign->subject);
	json_str(j, "name", foreign->name);
	json_cstr(j, "status", foreign->active ? "active" : "disabled");
	json_time(j, "first_seen_at", foreign->first_seen);
	json_time(j, "last_seen_at", foreign->last_seen);
	json_object_end(j);
}

static struct str json_of(struct arena *a, const struct foreign *foreign)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, a, JSON_MAX);
	json_init(&j, &b);
	foreign_to_json(&j, foreign);
	assert(!b.overflow);
	return buf_str(&b);
}

static struct err *add_tx(struct ctx *c, void *arg)
{
	struct foreign *new = arg;

	TRY(foreign_store_add(c->db, c->arena, new, &new->id));
	new->first_seen = new->last_seen = time_now();
	return audit_record(c,
		&(struct audit_note){.resource = STR("foreign_principal"),
			.action = STR("first_seen"),
			.resource_id = str_printf(c->arena, "%lld", (long long)new->id),
			.after = json_of(c->arena, new),
			.actor = str_printf(c->arena, "foreign:%lld", (long long)new->id),
			.actor_name = new->name});
}

struct err *foreign_of_claims(struct ctx *c, const struct foreign_issuer *issuer,
	const struct foreign_claims *claims, struct foreign *out)
{
	struct err *e;
	bool found;

	*out = (struct foreign){.issuer = str_of(issuer->source.issuer),
		.subject = claims->subject,
		.name = name_of(claims),
		.active = true};
	TRY(find(c, out, &found));
	if (found)
		return NULL;
	e = change_run(c, add_tx, out);
	if (!e || e->code != ERR_DB_DUPLICATE_KEY)
		return e;
	TRY(find(c, out, &found)); /* another worker was quicker */
	return found ? NULL : err_new(c->arena, ERR_UNAVAILABLE, "Try again.");
}

/* ---- keeping order ---- */

static struct err *not_found(struct ctx *c, int64_t id)
{
	return err_new(
		c->arena, ERR_NOT_FOUND, "There is no foreign principal %lld.", (long long)id);
}

struct status_change {
	int64_t id;
	bool active;
	struct foreign *out;
};

static struct err *set_active_tx(struct ctx *c, void *arg)
{
	const struct status_change *change = arg;
	struct foreign before;
	bool found;

	TRY(foreign_store_lock(c->db, c->arena, change->id, &before, &found));
	if (!found)
		return not_found(c, change->id);
	*change->out = before;
	if (before.active == change->active)
		return change_unchanged(c, json_of(c->arena, &before));
	TRY(foreign_store_set_active(c->db, c->arena, change->id, change->active));
	change->out->active = change->active;
	return change_record_from(c,
		change->active ? "bincard.foreign_principal.enabled.v1"
			       : "bincard.foreign_principal.disabled.v1",
		change->id, json_of(c->arena, &before), json_of(c->arena, change->out));
}

struct err *foreign_set_active(struct ctx *c, int64_t id, bool active, struct foreign *out)
{
	return change_run(
		c, set_active_tx, &(struct status_change){.id = id, .active = active, .out = out});
}

struct err *foreign_read(struct ctx *c, int64_t id, struct foreign *out)
{
	bool found;

	TRY(foreign_store_by_id(c->db, c->arena, id, out, &found));
	return found ? NULL : not_found(c, id);
}

struct err *foreign_list(struct ctx *c, const struct foreign_filter *f, struct foreign_rows *out)
{
	return foreign_store_page(c->db, c->arena, f, out);
}
