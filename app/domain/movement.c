#include "domain/movement.h"

#include "domain/names.h"
#include "domain/reach.h"

/* A location that the filter names by its id may be out of reach. */
static struct err *check_reach(struct ctx *c, int64_t location_id, bool *found)
{
	struct name place = {.id = location_id};

	TRY(reach_hide(c, PERM_MOVEMENTS_READ, &place, 1));
	*found = place.id != 0;
	return NULL;
}

/* The filter's names become ids; *nothing when one of them stands for nothing. */
static struct err *resolve(struct ctx *c, struct movement_filter *f, bool *nothing)
{
	struct name_query q;
	struct name name;
	struct err *e = NULL;
	int64_t epoch;

	*nothing = false;
	if (f->sku.p) {
		q = (struct name_query){f->sku, 0};
		TRY(names_resolve(c, NAMES_ITEMS, &q, 1, &name, &epoch));
		f->item_id = name.id;
		if (!name.id)
			err_add_field(&e, c->arena, STR("/sku"), "unknown",
				"There is no item \"%.*s\".", STR_ARG(f->sku));
	}
	if (f->location.p) {
		q = (struct name_query){f->location, 0};
		TRY(names_resolve(c, NAMES_LOCATIONS, &q, 1, &name, &epoch));
		TRY(reach_hide(c, PERM_MOVEMENTS_READ, &name, 1));
		f->location_id = name.id;
		if (!name.id)
			err_add_field(&e, c->arena, STR("/location"), "unknown",
				"There is no location \"%.*s\".", STR_ARG(f->location));
	}
	*nothing = e != NULL;
	return f->names_known ? e : NULL;
}

struct err *movement_list(struct ctx *c, const struct movement_filter *f, struct posted_list *out)
{
	struct movement_filter ids = *f;
	bool nothing, found = true;

	*out = (struct posted_list){NULL, 0};
	TRY(resolve(c, &ids, &nothing));
	if (f->location_id)
		TRY(check_reach(c, f->location_id, &found));
	if (nothing || !found)
		return NULL;
	ids.within = reach_of(c, PERM_MOVEMENTS_READ);
	TRY(movement_store_page(c->db, c->arena, &ids, out));
	return movement_store_list_lines(c->db, c->arena, out, &ids);
}

struct err *movement_bin_card(struct ctx *c, int64_t item_id, int64_t location_id,
	int64_t after_movement, int after_line, int limit, struct bin_card *out)
{
	bool found = true;

	if (location_id)
		TRY(check_reach(c, location_id, &found));
	if (!found || (location_id && location_is_virtual(location_id))) /* which has no stock */
		return err_new(c->arena, ERR_NOT_FOUND, "There is no location %lld.",
			(long long)location_id);
	return movement_store_bin_card(c->db, c->arena, item_id, location_id,
		reach_of(c, PERM_MOVEMENTS_READ), after_movement, after_line, limit, out);
}
