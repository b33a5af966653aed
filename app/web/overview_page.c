#include "web/overview_page.h"

#include "domain/movement.h"
#include "domain/overview.h"
#include "domain/relay.h"
#include "domain/webhook.h"
#include "web/movement_page.h"
#include "web/page.h"

#define NEWEST 12

/* "3,774": easier to read at a glance, and nobody copies it from here. */
static const char *grouped(struct arena *a, qty_sum_t q)
{
	struct str plain = qty_str(a, q), fraction, whole = str_cut(plain, '.', &fraction);
	struct buf b;

	buf_init(&b, a, QTY_TEXT_MAX * 2);
	for (size_t i = 0; i < whole.n; i++) {
		if (i && (whole.n - i) % 3 == 0 && whole.p[i - 1] != '-')
			buf_add_char(&b, ',');
		buf_add_char(&b, whole.p[i]);
	}
	if (fraction.p) {
		buf_add_char(&b, '.');
		buf_add_str(&b, fraction);
	}
	return buf_cstr(&b);
}

static const char *count(struct call *c, int64_t n)
{
	return grouped(c->arena, n * QTY_ONE);
}

static struct page_row *stat(
	struct call *c, size_t i, const char *label, const char *value, const char *href)
{
	struct page_row *r = page_row(c, "stats", i);

	row_set_cstr(r, "label", label);
	row_set_cstr(r, "value", value);
	row_set_cstr(r, "href", href);
	return r;
}

static void show_stats(struct call *c, const struct overview_counts *n)
{
	const char *today = arena_printf(c->arena, "/movements?from=%.10s",
		str_cstr(c->arena, time_str(c->arena, time_now())));
	struct page_row *r;
	size_t i = 0;

	if (perm_has(c->who.permissions, PERM_ITEMS_READ)) {
		r = stat(c, i++, "Active items", count(c, n->items), "/items?status=active");
		if (n->items_archived)
			row_set_cstr(r, "note",
				arena_printf(
					c->arena, "and %s archived", count(c, n->items_archived)));
	}
	if (perm_has(c->who.permissions, PERM_LOCATIONS_READ)) {
		r = stat(c, i++, "Locations", count(c, n->locations), "/locations");
		if (perm_has(c->who.permissions, PERM_STOCK_READ))
			row_set_cstr(r, "note",
				arena_printf(
					c->arena, "%s hold stock", count(c, n->locations_used)));
	}
	if (!perm_has(c->who.permissions, PERM_MOVEMENTS_READ))
		return;
	stat(c, i++, "Movements today", count(c, n->movements_today), today);
	stat(c, i++, "Units moved today", grouped(c->arena, n->units_today), today);
}

static struct page_row *attention(struct call *c, size_t i, const char *href, const char *text)
{
	struct page_row *r = page_row(c, "attention", i);

	row_set_cstr(r, "href", href);
	row_set_cstr(r, "text", text);
	return r;
}

/* Webhooks that nobody paused by hand, and that do not go on by themselves. Returns how many there are now. */
static size_t show_webhooks(struct call *c, size_t i, const struct webhook_troubles *n)
{
	if (n->paused)
		attention(c, i++, "/webhooks",
			n->paused == 1
				? "A webhook is paused, because it failed or was refused"
				: arena_printf(c->arena,
					  "%s webhooks are paused, because they failed or were refused",
					  count(c, n->paused)));
	if (n->failing)
		attention(c, i++, "/webhooks",
			n->failing == 1
				? "A webhook fails, and is tried again"
				: arena_printf(c->arena, "%s webhooks fail, and are tried again",
					  count(c, n->failing)));
	return i;
}

static void show_relays(struct call *c, size_t i, const struct relay_troubles *n)
{
	if (n->paused)
		attention(c, i++, "/relays",
			n->paused == 1 ? "A relay was away for too long, and is paused"
				       : arena_printf(c->arena,
						 "%s relays were away for too long, and are paused",
						 count(c, n->paused)));
	if (n->failing)
		attention(c, i, "/relays",
			n->failing == 1
				? "A relay fails, and is tried again"
				: arena_printf(c->arena, "%s relays fail, and are tried again",
					  count(c, n->failing)));
}

/* Returns how many there are. */
static size_t show_attention(struct call *c, const struct overview_counts *n)
{
	size_t i = 0;

	if (n->items_empty && perm_has(c->who.permissions, PERM_ITEMS_READ) &&
		perm_has(c->who.permissions, PERM_STOCK_READ))
		row_set_cstr(attention(c, i++, "/items?status=active",
				     arena_printf(c->arena, "%s active %s no stock",
					     count(c, n->items_empty),
					     n->items_empty == 1 ? "item has" : "items have")),
			"note", arena_printf(c->arena, "of %s", count(c, n->items)));
	if (n->reversals_today && perm_has(c->who.permissions, PERM_MOVEMENTS_READ))
		attention(c, i++, "/movements?type=reversal",
			arena_printf(c->arena, "%s reversed today",
				n->reversals_today == 1
					? "A movement was"
					: arena_printf(c->arena, "%s movements were",
						  count(c, n->reversals_today))));
	return i;
}

struct err *overview_page_show(struct call *c)
{
	struct movement_filter f = {.type = -1,
		.occurred_from = TIME_NONE,
		.occurred_before = TIME_NONE,
		.limit = NEWEST};
	struct overview_counts counts;
	struct webhook_troubles troubles;
	struct relay_troubles relays;
	struct posted_list list;
	size_t shown;

	TRY(page_live(c, LIVE_STOCK | LIVE_MOVEMENTS | LIVE_ITEMS | LIVE_LOCATIONS, "%s", ""));
	TRY(overview_counts(&c->ctx, &counts));
	show_stats(c, &counts);
	shown = show_attention(c, &counts);
	if (perm_has(c->who.permissions, PERM_WEBHOOKS_READ)) {
		TRY(webhook_find_troubles(&c->ctx, &troubles));
		shown = show_webhooks(c, shown, &troubles);
		TRY(relay_find_troubles(&c->ctx, &relays));
		show_relays(c, shown, &relays);
	}
	if (perm_has(c->who.permissions, PERM_MOVEMENTS_READ)) {
		TRY(movement_list(&c->ctx, &f, &list));
		movement_page_rows(c, &list);
		page_api(c, "/v1/movements?limit=%d", NEWEST);
	}
	page_template(c, "overview/show", "Overview");
	return NULL;
}
