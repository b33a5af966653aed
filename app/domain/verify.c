#include "domain/verify.h"

#include <assert.h>

struct err *verify_ledger(struct ctx *c, struct verification *out)
{
	*out = (struct verification){.checked_at = time_now()};
	TRY(verify_store_differences(c->db, c->arena, VERIFY_DIFFERENCES_MAX, &out->differences,
		&out->n, &out->difference_count));
	TRY(verify_store_counts(c->db, c->arena, &out->counts));
	TRY(verify_store_faults(c->db, c->arena, &out->faults, &out->fault_count));
	out->ok = out->difference_count == 0 && out->fault_count == 0;
	return NULL;
}

struct str verification_fault_text(struct arena *a, const struct ledger_fault *fault)
{
	static const struct {
		const char *code, *what, *first;
	} texts[] = {
		{"incomplete_movement", "movements that do not agree with their lines", "movement"},
		{"line_without_movement", "lines of movements that there are not", "movement"},
		{"unknown_item_or_location", "lines of items or locations that there are not",
			"in movement"},
		{"place_without_line", "places that no line of their movement names", "movement"},
		{"wrong_reversal", "reversals that are not the opposite of what they reverse",
			"movement"},
		{"reversal_of_nothing", "reversals of no movement", "movement"},
		{"impossible_balance", "balances below zero, or with more reserved than there is",
			"of item"},
		{"balance_of_archived", "balances of archived items or locations", "of item"},
		{"event_without_movement", "events of movements that there are not", "movement"},
	};
	size_t i = 0;

	while (i < sizeof(texts) / sizeof(*texts) && !str_is(fault->code, texts[i].code))
		i++;
	assert(i < sizeof(texts) / sizeof(*texts));
	return str_printf(a, "%lld %s; the first is %s %lld", (long long)fault->count,
		texts[i].what, texts[i].first, (long long)fault->first);
}

static int64_t count_of(const struct verification *v, const char *code)
{
	for (size_t i = 0; i < v->fault_count; i++)
		if (str_is(v->faults[i].code, code))
			return v->faults[i].count;
	return 0;
}

static void faults_to_json(struct json_out *j, const struct verification *v)
{
	json_array(j, "faults");
	for (size_t i = 0; i < v->fault_count; i++) {
		const struct ledger_fault *f = &v->faults[i];

		json_object(j, NULL);
		json_str(j, "code", f->code);
		json_int(j, "count", f->count);
		json_int(j, "first", f->first);
		json_str(j, "detail", verification_fault_text(j->buf->arena, f));
		json_object_end(j);
	}
	json_array_end(j);
}

void verification_to_json(struct json_out *j, const struct verification *v)
{
	json_object(j, NULL);
	json_bool(j, "ok", v->ok);
	json_int(j, "balances", v->counts.balances);
	json_int(j, "movements", v->counts.movements);
	json_int(j, "lines", v->counts.lines);
	json_int(j, "incomplete_movements", count_of(v, "incomplete_movement"));
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
	faults_to_json(j, v);
	json_time(j, "checked_at", v->checked_at);
	json_object_end(j);
}
