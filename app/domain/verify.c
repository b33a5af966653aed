#include "domain/verify.h"

struct err *verify_ledger(struct ctx *c, struct verification *out)
{
	*out = (struct verification){.checked_at = time_now()};
	TRY(verify_store_differences(c->db, c->arena, VERIFY_DIFFERENCES_MAX, &out->differences,
		&out->n, &out->difference_count));
	TRY(verify_store_counts(c->db, c->arena, &out->counts));
	out->ok = out->difference_count == 0 && out->counts.incomplete == 0;
	return NULL;
}

void verification_to_json(struct json_out *j, const struct verification *v)
{
	json_object(j, NULL);
	json_bool(j, "ok", v->ok);
	json_int(j, "balances", v->counts.balances);
	json_int(j, "movements", v->counts.movements);
	json_int(j, "lines", v->counts.lines);
	json_int(j, "incomplete_movements", v->counts.incomplete);
	json_int(j, "difference_count", v->difference_count);
	json_array(j, "differences");
	for (size_t i = 0; i < v->n; i++) {
		const struct difference *d = &v->differences[i];

		json_object(j, NULL);
		json_int(j, "item_id", d->item_id);
		json_str(j, "sku", d->sku);
		json_int(j, "location_id", d->location_id);
		json_str(j, "location", d->location);
		json_qty(j, "on_hand", d->on_hand);
		json_qty(j, "ledger", d->ledger);
		json_object_end(j);
	}
	json_array_end(j);
	json_time(j, "checked_at", v->checked_at);
	json_object_end(j);
}
