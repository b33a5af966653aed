/* import locations: a row is a location. A child may stand before its parent: it waits for it. */
#include "domain/location.h"
#include "run/import.h"

#define WAITING_MAX 100000

enum column { CODE, NAME, KIND, ROLE, PARENT };

static const char *const real_kinds[] = {"site", "zone", "bin", NULL};
static const char *const real_roles[] = {
	"storage", "receiving", "shipping", "quarantine", "transit", NULL};

/* clang-format off */
static const struct field columns[] = {
	[CODE] = {.name = "code", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64},
	[NAME] = {.name = "name", .type = FIELD_TEXT, .max = 255},
	[KIND] = {.name = "kind", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = real_kinds},
	[ROLE] = {.name = "role", .type = FIELD_CHOICE, .choices = real_roles},
	[PARENT] = {.name = "parent", .type = FIELD_CODE, .max = 64},
	{.name = NULL},
};
/* clang-format on */

struct waiting {
	struct location_input in;
	int64_t line;
	struct waiting *next;
};

struct state {
	struct waiting *first, **end; /* in the file's order */
	size_t count;
};

static struct location_input input_of(struct arena *a, const struct value *in)
{
	struct location_input l = {
		.code = str_copy(a, in[CODE].text),
		.name = in[NAME].set ? str_copy(a, in[NAME].text) : STR_NONE,
		.has_kind = true,
		.kind = (enum location_kind)in[KIND].num,
		.has_role = in[ROLE].set,
		.role = (enum location_role)in[ROLE].num,
		.has_parent = in[PARENT].set,
		.parent = in[PARENT].set ? str_copy(a, in[PARENT].text) : STR_NONE,
	};

	return l;
}

static bool same(const struct location_input *in, const struct location *l)
{
	return (!in->name.p || str_eq(in->name, l->name)) && in->kind == l->kind &&
		(!in->has_role || in->role == l->role) &&
		(!in->has_parent || str_eq(in->parent, l->parent));
}

static struct err *find(struct import *im, struct str code, struct location *out, bool *found)
{
	return location_store_find(im->ctx.db, im->ctx.arena, 0, code, out, found);
}

/* *later: its parent is not there yet. */
static struct err *apply(struct import *im, const struct location_input *in, bool *later)
{
	struct location there, done = {0};
	bool found;

	*later = false;
	TRY(find(im, in->code, &there, &found));
	if (found && same(in, &there)) {
		im->unchanged++;
		return NULL;
	}
	if (found && !im->options.update)
		return err_new(im->ctx.arena, ERR_CONFLICT,
			"There is a location \"%.*s\" that differs; --update changes it.",
			STR_ARG(in->code));
	if (found) {
		TRY(location_update(&im->ctx, there.id, 0, in, &done));
		im->updated++;
		return NULL;
	}
	if (in->has_parent) {
		TRY(find(im, in->parent, &there, &found));
		*later = !found;
		if (*later)
			return NULL;
	}
	TRY(location_create(&im->ctx, in, &done));
	im->added++;
	return NULL;
}

static struct err *try_row(
	struct import *im, const struct location_input *in, int64_t line, bool *later)
{
	struct err *e = apply(im, in, later);

	/* Another import was quicker: what is there now counts. */
	if (e && e->code == ERR_DUPLICATE)
		e = apply(im, in, later);
	if (e && !import_is_about_row(e))
		return e;
	if (e) {
		im->refused++;
		import_wrong_row(im, line, e);
	}
	return NULL;
}

static void no_parent(struct import *im, const struct location_input *in, int64_t line)
{
	im->refused++;
	import_wrong(im, line, "parent", "unknown",
		str_printf(im->ctx.arena, "There is no location \"%.*s\".", STR_ARG(in->parent)));
}

/* Only what waits is kept, and not more than so much: a file of any size may be wrong from end to
 * end. */
static void wait_for_parent(struct import *im, const struct value *in, int64_t line)
{
	struct state *s = im->state;
	struct waiting *w;

	if (s->count == WAITING_MAX) {
		struct location_input input = input_of(im->ctx.arena, in);

		no_parent(im, &input, line);
		return;
	}
	w = ARENA_NEW(im->keep, struct waiting);
	*w = (struct waiting){input_of(im->keep, in), line, NULL};
	*s->end = w;
	s->end = &w->next;
	s->count++;
}

static struct err *row(
	struct import *im, const struct value *in, const struct http_pair *cells, int64_t line)
{
	struct location_input input = input_of(im->ctx.arena, in);
	struct state *s;
	bool later;

	(void)cells;
	if (!im->state) {
		im->state = s = ARENA_NEW(im->keep, struct state);
		s->end = &s->first;
	}
	TRY(try_row(im, &input, line, &later));
	if (later)
		wait_for_parent(im, in, line);
	import_forget(im);
	return NULL;
}

static struct err *bad_row(struct import *im, int64_t line, const struct http_pair *cells)
{
	(void)line;
	(void)cells;
	im->refused++;
	import_forget(im);
	return NULL;
}

/* Round after round, until nobody's parent has come. */
static struct err *finish(struct import *im)
{
	struct state *s = im->state;
	bool progress = true;

	while (s && s->first && progress) {
		struct waiting **at = &s->first;

		progress = false;
		while (*at) {
			bool later;

			TRY(try_row(im, &(*at)->in, (*at)->line, &later));
			import_forget(im);
			if (later) {
				at = &(*at)->next;
			} else {
				*at = (*at)->next;
				progress = true;
			}
		}
	}
	for (struct waiting *w = s ? s->first : NULL; w; w = w->next) {
		no_parent(im, &w->in, w->line);
		import_forget(im);
	}
	return NULL;
}

const struct import_kind import_locations = {
	"locations", columns, import_check_natural_key, row, bad_row, finish};
