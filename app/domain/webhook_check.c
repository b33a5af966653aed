/* What an endpoint may be: its name, address and types, and what it may see. */
#include <string.h>

#include "domain/check.h"
#include "domain/event.h"
#include "domain/people.h"
#include "domain/reach.h"
#include "domain/webhook_inside.h"

#define TYPES_BYTES_MAX ((size_t)EVENT_TYPES_MAX * (EVENT_TYPE_BYTES_MAX + 1))

struct err *webhook_may(struct ctx *c, const struct webhook *webhook)
{
	perm_set has;

	permission_parse(webhook->sink.permissions, &has);
	return people_may(c, has);
}

/* An item's quantity is a part of its events. */
static perm_set with_parts(perm_set needs)
{
	return perm_has(needs, PERM_ITEMS_READ) ? needs | perm_bit(PERM_STOCK_READ) : needs;
}

perm_set webhook_type_needs(struct str type)
{
	perm_set needs;

	(void)event_type_needs(type, &needs); /* nothing, for a test */
	return with_parts(needs);
}

static perm_set everything(void)
{
	perm_set needs;

	event_type_needs(STR("*"), &needs);
	return needs;
}

/* What these types need; a mistake for each that needs what whoever asks does not have. */
static perm_set check_types(
	struct ctx *c, struct check *k, const struct str *types, size_t n, struct buf *list)
{
	perm_set all = 0, needs;

	for (size_t i = 0; i < n; i++) {
		const char *at = arena_printf(c->arena, "/types/%zu", i);

		if (!event_type_needs(types[i], &needs))
			check_wrong(k, at, "unknown",
				"The feed has no events of this type. One is such as "
				"bincard.item.updated.v1, or bincard.item.* for all that begin so.");
		else if (people_lacking(c, needs) == needs)
			check_wrong(k, at, "not_yours", "You may not see these yourself.");
		all |= needs;
		buf_printf(list, "%s%.*s", list->n ? "," : "", STR_ARG(types[i]));
	}
	return all;
}

static void take_types(
	struct ctx *c, struct check *k, const struct webhook_input *in, struct webhook *webhook)
{
	struct str parts[EVENT_TYPES_MAX], rest = webhook->sink.types;
	const struct str *types = in->types;
	size_t n = in->type_count;
	perm_set needs;
	struct buf b;

	if (!types) {
		for (n = 0; rest.n && n < EVENT_TYPES_MAX; n++)
			parts[n] = str_cut(rest, ',', &rest);
		types = parts;
	}
	if (n > EVENT_TYPES_MAX) {
		check_wrong(k, "/types", "too_many", "There are more than %d.", EVENT_TYPES_MAX);
		return;
	}
	buf_init(&b, c->arena, TYPES_BYTES_MAX);
	needs = n ? check_types(c, k, types, n, &b) : everything();
	needs = with_parts(needs);
	webhook->sink.types = b.n ? buf_str(&b) : STR("");
	webhook->sink.permissions = permission_format(c->arena, needs & ~people_lacking(c, needs));
}

static void take_url(struct check *k, const struct webhook_config *config, struct str url,
	struct webhook *webhook)
{
	const char *why;

	if (url.p && !fetch_many_may_send(k->arena, &config->send, url, &why))
		check_wrong(k, "/url", "invalid_url", "%s", why);
	if (url.p)
		webhook->url = url;
}

struct err *webhook_check_input(struct ctx *c, const struct webhook_config *config,
	const struct webhook_input *in, struct webhook *webhook)
{
	struct check k = check_begin(c);
	struct sink there;
	bool found = false;

	if (c->who->limits && c->who->limits->n)
		return err_new(c->arena, ERR_FORBIDDEN,
			"You are limited to some locations, and a webhook gets events of all of them.");
	check_needed(&k, "/name", in->name.p ? in->name : webhook->sink.name);
	check_text(&k, "/name", in->name, WEBHOOK_NAME_MAX, CHECK_LINE);
	check_needed(&k, "/url", in->url.p ? in->url : webhook->url);
	check_text(&k, "/url", in->url, WEBHOOK_URL_MAX, CHECK_CODE);
	take_url(&k, config, in->url, webhook);
	take_types(c, &k, in, webhook);
	if (in->name.p) {
		webhook->sink.name = in->name;
		TRY(sink_store_by_name(
			c->db, c->arena, STR(WEBHOOK_KIND), in->name, &there, &found));
		if (found && there.id != webhook->sink.id)
			check_duplicate(&k, "/name", "Another webhook has this name.");
	}
	return check_end(&k);
}
