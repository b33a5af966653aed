#include "domain/event_type.h"

#include <assert.h>

const struct event_resource event_resources[] = {
	{"item", "items", PERM_ITEMS_READ, "Item"},
	{"category", "categories", PERM_ITEMS_READ, "Category"},
	{"location", "locations", PERM_LOCATIONS_READ, "Location"},
	{"stock_level", "stock-levels", PERM_STOCK_READ, "StockLevelChange"},
	{"movement", "movements", PERM_MOVEMENTS_READ, "Movement"},
	{"user", "users", PERM_USERS_READ, "User"},
	{"role", "roles", PERM_USERS_READ, "Role"},
	{"client", "api-clients", PERM_CLIENTS_READ, "ApiClient"},
	{"foreign_principal", "foreign-principals", PERM_CLIENTS_READ, "ForeignPrincipal"},
	{"feature_flag", "feature-flags", PERM_FLAGS_READ, "FeatureFlag"},
	{"webhook", "webhooks", PERM_WEBHOOKS_READ, "Webhook"},
	{"relay", "relays", PERM_WEBHOOKS_READ, "Relay"},
};
const size_t event_resource_count = sizeof(event_resources) / sizeof(*event_resources);

/* clang-format off */
const struct event_type event_types[] = {
	{"bincard.item.created.v1", "An item was made"},
	{"bincard.item.updated.v1", "An item was changed: its name, unit, category, barcodes, ..."},
	{"bincard.item.archived.v1", "An item was archived"},
	{"bincard.item.restored.v1", "An archived item is active again"},
	{"bincard.category.created.v1", "A category was made"},
	{"bincard.category.updated.v1", "A category was renamed or moved"},
	{"bincard.category.deleted.v1", "A category was deleted; data is what it was"},
	{"bincard.location.created.v1", "A location was made"},
	{"bincard.location.updated.v1", "A location was changed or moved; those below it moved with it"},
	{"bincard.location.archived.v1", "A location was archived"},
	{"bincard.location.restored.v1", "An archived location is active again"},
	{"bincard.movement.posted.v1", "A movement was posted; an event for each balance that it changed follows it"},
	{EVENT_OF_BALANCE, "A movement changed the balance of an item at a location"},
	{"bincard.user.created.v1", "A user was added"},
	{"bincard.user.updated.v1", "A user's name or roles were changed"},
	{"bincard.user.enabled.v1", "A disabled user may sign in again"},
	{"bincard.user.disabled.v1", "A user may not sign in any more"},
	{"bincard.user.invited.v1", "A link was made with which a user chooses a password"},
	{"bincard.user.password_changed.v1", "A user has a new password"},
	{"bincard.user.password_forced.v1", "A user has to choose a new password before anything else"},
	{"bincard.user.sessions_ended.v1", "A user was signed out everywhere"},
	{"bincard.user.second_factor_enrolled.v1", "A user has set up a second factor"},
	{"bincard.user.second_factor_removed.v1", "A user's second factor was removed"},
	{"bincard.user.recovery_codes_renewed.v1", "A user has new recovery codes"},
	{"bincard.role.created.v1", "A role was made"},
	{"bincard.role.updated.v1", "A role was changed"},
	{"bincard.role.deleted.v1", "A role was deleted; data is what it was"},
	{"bincard.client.created.v1", "An API client was made"},
	{"bincard.client.updated.v1", "An API client was changed"},
	{"bincard.client.secret_rotated.v1", "An API client has a new secret"},
	{"bincard.client.key_added.v1", "An API client has one more public key"},
	{"bincard.client.key_removed.v1", "An API client has one public key less"},
	{"bincard.client.disabled.v1", "An API client gets no tokens any more, and those that it has are refused"},
	{"bincard.client.enabled.v1", "A disabled API client is active again"},
	{"bincard.foreign_principal.disabled.v1", "Tokens of another issuer that name this subject are refused"},
	{"bincard.foreign_principal.enabled.v1", "They are taken again"},
	{"bincard.feature_flag.updated.v1", "A feature flag was switched"},
	{"bincard.webhook.created.v1", "A webhook was made"},
	{"bincard.webhook.updated.v1", "A webhook was changed"},
	{"bincard.webhook.secret_rotated.v1", "A webhook has a new secret"},
	{"bincard.webhook.paused.v1", "A webhook was paused, by hand or because it fails: paused_for says why"},
	{"bincard.webhook.resumed.v1", "A webhook goes on"},
	{"bincard.webhook.deleted.v1", "A webhook was deleted; data is what it was"},
	{"bincard.relay.created.v1", "A relay to a broker was begun"},
	{"bincard.relay.updated.v1", "The configuration of a relay was changed"},
	{"bincard.relay.retired.v1", "A relay is not in the configuration any more"},
	{"bincard.relay.returned.v1", "It is in the configuration again"},
	{"bincard.relay.paused.v1", "A relay sends nothing until it is resumed"},
	{"bincard.relay.resumed.v1", "A paused relay sends again"},
};
/* clang-format on */
const size_t event_type_count = sizeof(event_types) / sizeof(*event_types);

const struct event_resource *event_resource_of(struct str name)
{
	for (size_t i = 0; i < event_resource_count; i++)
		if (str_is(name, event_resources[i].name))
			return &event_resources[i];
	return NULL;
}

const struct event_type *event_type_of(struct str name)
{
	for (size_t i = 0; i < event_type_count; i++)
		if (str_is(name, event_types[i].name))
			return &event_types[i];
	return NULL;
}

const struct event_resource *event_type_resource(const struct event_type *type)
{
	const struct event_resource *r;
	struct str rest;

	(void)str_cut(str_of(type->name), '.', &rest);
	r = event_resource_of(str_cut(rest, '.', &rest));
	assert(r);
	return r;
}
