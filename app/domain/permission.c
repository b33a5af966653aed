#include "domain/permission.h"

#include <assert.h>

#include "base/buf.h"

static const struct {
	const char *name, *help;
	enum permission_places places;
} permissions[PERMISSION_END] = {
#define X(id, name, places, help) [id] = {name, help, PERMISSION_##places},
	PERMISSION_TABLE(X)
#undef X
};

#define SCOPE_BYTES_MAX 4096

static_assert(PERMISSION_END < 64, "a bit each");

const char *permission_name(enum permission p)
{
	assert(p > PERM_NONE && p < PERMISSION_END);
	return permissions[p].name;
}

const char *permission_help(enum permission p)
{
	assert(p > PERM_NONE && p < PERMISSION_END);
	return permissions[p].help;
}

static enum permission permission_from(struct str name)
{
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		if (str_is(name, permissions[p].name))
			return (enum permission)p;
	}
	return PERM_NONE;
}

perm_set permission_all(void)
{
	return (((perm_set)1 << PERMISSION_END) - 1) & ~((perm_set)1 << PERM_NONE);
}

perm_set permission_limited(perm_set set)
{
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		if (permissions[p].places == PERMISSION_UNLIMITED)
			set &= ~perm_bit((enum permission)p);
	}
	return set;
}

bool permission_parse(struct str scope, perm_set *out)
{
	bool known = true;

	*out = 0;
	while (scope.n) {
		struct str name = str_cut(scope, ' ', &scope);
		enum permission p;

		if (!name.n)
			continue;
		p = permission_from(name);
		known &= p != PERM_NONE;
		*out |= perm_bit(p);
	}
	return known;
}

struct str permission_format(struct arena *a, perm_set set)
{
	struct buf b;

	buf_init(&b, a, SCOPE_BYTES_MAX);
	for (int p = PERM_NONE + 1; p < PERMISSION_END; p++) {
		if (!perm_has(set, (enum permission)p))
			continue;
		if (b.n)
			buf_add_char(&b, ' ');
		buf_add_cstr(&b, permissions[p].name);
	}
	assert(!b.overflow);
	return b.n ? buf_str(&b) : STR("");
}
