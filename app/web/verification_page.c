#include "web/verification_page.h"

#include "domain/verify.h"
#include "web/page.h"

#define LIVE_PACE_MS 5000 /* the whole ledger is read each time */

static void show_difference(struct page_row *r, const struct difference *d)
{
	row_set_int(r, "item_id", d->item_id);
	row_set(r, "sku", d->sku.p ? d->sku : STR("(no such item)"));
	row_set_int(r, "location_id", d->location_id);
	row_set(r, "location", d->location.p ? d->location : STR("(no such location)"));
	row_set_qty(r, "on_hand", d->on_hand);
	row_set_qty(r, "ledger", d->ledger);
}

struct err *verification_page_show(struct call *c)
{
	struct verification v;

	TRY(page_live(c, LIVE_STOCK | LIVE_MOVEMENTS, "%s", ""));
	page_set_int(c, "live.pace", LIVE_PACE_MS);
	TRY(verify_ledger(&c->ctx, &v));
	if (v.ok)
		page_set_cstr(c, "verification.ok", "1");
	page_set_int(c, "verification.difference_count", v.difference_count);
	page_set_int(c, "verification.balances", v.counts.balances);
	page_set_int(c, "verification.movements", v.counts.movements);
	page_set_int(c, "verification.lines", v.counts.lines);
	for (size_t i = 0; i < v.fault_count; i++)
		row_set(page_row(c, "faults", i), "text",
			verification_fault_text(c->arena, &v.faults[i]));
	page_set_time(c, "verification.checked_at", v.checked_at);
	for (size_t i = 0; i < v.n; i++)
		show_difference(page_row(c, "rows", i), &v.differences[i]);
	page_api(c, "/v1/ledger/verification");
	page_template(c, "verification/show", "Verification");
	return NULL;
}
