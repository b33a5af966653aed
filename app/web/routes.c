/*
 * The whole URL space. One row a method and path; the policy stands in the row and dispatch.c
 * enforces it. Columns as in web/route.h. Rows are grouped by feature.
 */
#include "web/route.h"

#include "web/account_page.h"
#include "web/audit_api.h"
#include "web/audit_page.h"
#include "web/authorize_page.h"
#include "web/category_api.h"
#include "web/category_page.h"
#include "web/client_api.h"
#include "web/client_page.h"
#include "web/docs_events.h"
#include "web/docs_page.h"
#include "web/event_api.h"
#include "web/feed_api.h"
#include "web/feed_page.h"
#include "web/flag_api.h"
#include "web/flag_page.h"
#include "web/foreign_api.h"
#include "web/invitation_page.h"
#include "web/issuer_page.h"
#include "web/item_api.h"
#include "web/item_page.h"
#include "web/key_page.h"
#include "web/location_api.h"
#include "web/location_page.h"
#include "web/login_page.h"
#include "web/metrics_api.h"
#include "web/movement_api.h"
#include "web/movement_page.h"
#include "web/oauth_api.h"
#include "web/overview_page.h"
#include "web/page.h"
#include "web/role_api.h"
#include "web/role_page.h"
#include "web/second_factor_api.h"
#include "web/second_factor_page.h"
#include "web/session_api.h"
#include "web/stock_api.h"
#include "web/system_api.h"
#include "web/token_api.h"
#include "web/user_api.h"
#include "web/user_page.h"
#include "web/verification_page.h"
#include "web/webhook_api.h"
#include "web/webhook_page.h"

/* clang-format off */
#define API_READ(p)  ROUTE_API, AUTH_API, p, 0, 200
#define API_ONE(p)   ROUTE_API, AUTH_API, p, ROUTE_ETAG, 200
#define API_LIST(p)  ROUTE_API, AUTH_API, p, ROUTE_QUERY, 200
#define API_WATCH    ROUTE_API, AUTH_API, PERM_NONE, ROUTE_QUERY | ROUTE_WATCH, 200 /* what one sees is by permission */
#define API_MAKE(p)  ROUTE_API, AUTH_API, p, ROUTE_ONCE | ROUTE_ETAG | ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS, 201
#define API_PATCH(p) ROUTE_API, AUTH_API, p, ROUTE_IF_MATCH | ROUTE_ETAG | ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS, 200
#define API_POST(p)  ROUTE_API, AUTH_API, p, ROUTE_ONCE | ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS, 201
#define API_DO(p)    ROUTE_API, AUTH_API, p, ROUTE_ONCE | ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS, 200
#define API_TURN(p)  ROUTE_API, AUTH_API, p, ROUTE_ONCE | ROUTE_MAY_MATCH | ROUTE_ETAG, 200 /* no body */
#define API_END(p)   ROUTE_API, AUTH_API, p, ROUTE_IF_MATCH, 204
#define API_CLIENT_KEY ROUTE_API, AUTH_API, PERM_CLIENTS_WRITE, ROUTE_ONCE | ROUTE_MAY_MATCH | ROUTE_ETAG | ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS, 200
#define API_OPEN     ROUTE_API, AUTH_PUBLIC, PERM_NONE
#define PAGE(p)      ROUTE_PAGE, AUTH_SESSION, p, 0, 200
#define PAGE_LIST(p) ROUTE_PAGE, AUTH_SESSION, p, ROUTE_QUERY, 200
#define PAGE_FORM(p) ROUTE_PAGE, AUTH_SESSION, p, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS, 303
#define PAGE_BUTTON(p) ROUTE_PAGE, AUTH_SESSION, p, ROUTE_FORM_BODY, 303

const struct route routes[] = {
	/* items */
	{HTTP_GET, "/v1/items", API_LIST(PERM_ITEMS_READ), 3, item_api_list, item_list_fields,
	 "Items, searched, filtered and sorted", "ItemList", NULL, NULL},
	{HTTP_POST, "/v1/items", API_MAKE(PERM_ITEMS_WRITE), 15, item_api_create, item_create_fields,
	 "Make an item", "Item", NULL, NULL},
	{HTTP_GET, "/v1/items/lookup", ROUTE_API, AUTH_API, PERM_ITEMS_READ, ROUTE_QUERY | ROUTE_ETAG, 200, 3, item_api_lookup, item_lookup_fields,
	 "The item that has a barcode", "Item", NULL, NULL},
	{HTTP_GET, "/v1/items/{id}", API_ONE(PERM_ITEMS_READ), 3, item_api_get, NULL,
	 "One item", "Item", NULL, NULL},
	{HTTP_PATCH, "/v1/items/{id}", API_PATCH(PERM_ITEMS_WRITE), 15, item_api_update, item_update_fields,
	 "Change an item; what is left out stays", "Item", NULL, NULL},
	{HTTP_POST, "/v1/items/{id}/archive", API_TURN(PERM_ITEMS_WRITE), 15, item_api_archive, NULL,
	 "Archive an item of which no stock is left", "Item", NULL, NULL},
	{HTTP_POST, "/v1/items/{id}/restore", API_TURN(PERM_ITEMS_WRITE), 15, item_api_restore, NULL,
	 "Make an archived item active again", "Item", NULL, NULL},

	/* categories */
	{HTTP_GET, "/v1/categories", API_LIST(PERM_ITEMS_READ), 3, category_api_list, category_list_fields,
	 "Categories", "CategoryList", NULL, NULL},
	{HTTP_POST, "/v1/categories", API_MAKE(PERM_ITEMS_WRITE), 15, category_api_create, category_create_fields,
	 "Make a category", "Category", NULL, NULL},
	{HTTP_GET, "/v1/categories/{id}", API_ONE(PERM_ITEMS_READ), 3, category_api_get, NULL,
	 "One category", "Category", NULL, NULL},
	{HTTP_PATCH, "/v1/categories/{id}", API_PATCH(PERM_ITEMS_WRITE), 15, category_api_update, category_update_fields,
	 "Rename or move a category; what is left out stays", "Category", NULL, NULL},
	{HTTP_DELETE, "/v1/categories/{id}", API_END(PERM_ITEMS_WRITE), 15, category_api_delete, NULL,
	 "Delete a category that nothing belongs to", NULL, NULL, NULL},

	/* locations */
	{HTTP_GET, "/v1/locations", API_LIST(PERM_LOCATIONS_READ), 4, location_api_list, location_list_fields,
	 "Locations, searched, filtered and sorted; a subtree with under", "LocationList", NULL, NULL},
	{HTTP_POST, "/v1/locations", API_MAKE(PERM_LOCATIONS_WRITE), 16, location_api_create, location_create_fields,
	 "Make a location", "Location", NULL, NULL},
	{HTTP_GET, "/v1/locations/{id}", API_ONE(PERM_LOCATIONS_READ), 4, location_api_get, NULL,
	 "One location, with the way to it from its root", "Location", NULL, NULL},
	{HTTP_PATCH, "/v1/locations/{id}", API_PATCH(PERM_LOCATIONS_WRITE), 16, location_api_update, location_update_fields,
	 "Change a location, or move it with all below it by naming another parent", "Location", NULL, NULL},
	{HTTP_POST, "/v1/locations/{id}/archive", API_TURN(PERM_LOCATIONS_WRITE), 16, location_api_archive, NULL,
	 "Archive a location in which nothing is left", "Location", NULL, NULL},
	{HTTP_POST, "/v1/locations/{id}/restore", API_TURN(PERM_LOCATIONS_WRITE), 16, location_api_restore, NULL,
	 "Make an archived location active again", "Location", NULL, NULL},

	/* stock */
	{HTTP_GET, "/v1/stock-levels", API_LIST(PERM_STOCK_READ), 2, stock_api_list, stock_list_fields,
	 "Balances, by item, by location, or by a location with all below it", "StockLevelList", NULL, NULL},
	{HTTP_POST, "/v1/stock-levels/query", ROUTE_API, AUTH_API, PERM_STOCK_READ, ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_READ, 200, 4, stock_api_query, stock_query_fields,
	 "Balances of up to 1,000 items or places at once", "StockLevelList", NULL, NULL},
	{HTTP_POST, "/v1/stock/adjust", API_POST(PERM_STOCK_WRITE), 16, stock_api_adjust, stock_adjust_fields,
	 "Change one balance by a delta", "Movement", NULL, NULL},
	{HTTP_POST, "/v1/stock/set", API_DO(PERM_STOCK_WRITE), 16, stock_api_set, stock_set_fields,
	 "Set one balance, given the quantity that is expected to be there", "StockSet", NULL, NULL},

	/* movements */
	{HTTP_GET, "/v1/movements", API_LIST(PERM_MOVEMENTS_READ), 5, movement_api_list, movement_list_fields,
	 "Movements, newest first", "MovementList", NULL, NULL},
	{HTTP_POST, "/v1/movements", API_POST(PERM_MOVEMENTS_WRITE), 16, movement_api_post, movement_post_fields,
	 "Post a movement of 1 to 1,000 lines, whole or not at all", "Movement", NULL, NULL},
	{HTTP_GET, "/v1/movements/{id}", API_ONE(PERM_MOVEMENTS_READ), 3, movement_api_get, NULL,
	 "One movement with all its lines", "Movement", NULL, NULL},
	{HTTP_POST, "/v1/movements/{id}/reverse", API_POST(PERM_MOVEMENTS_WRITE), 16, movement_api_reverse, movement_reverse_fields,
	 "Post the opposite of a movement", "Movement", NULL, NULL},

	/* ledger */
	{HTTP_GET, "/v1/ledger/verification", API_READ(PERM_LEDGER_VERIFY), 4, ledger_api_verification, NULL,
	 "Recompute every balance from the ledger and compare", "Verification", NULL, NULL},

	/* who may */
	{HTTP_POST, "/oauth2/token", ROUTE_API, AUTH_CLIENT, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_TOKEN, 200, 10, token_api_make, token_fields,
	 "An access token: for an API client itself, or for a user who allowed it (RFC 6749)", "AccessToken", NULL, NULL},
	{HTTP_GET, "/.well-known/jwks.json", API_OPEN, ROUTE_NO_DB, 200, 1, token_api_keys, NULL,
	 "The public keys that check access tokens (RFC 7517)", "KeySet", NULL, NULL},
	{HTTP_GET, "/.well-known/oauth-authorization-server", API_OPEN, ROUTE_NO_DB, 200, 0, oauth_api_metadata, NULL,
	 "What this authorization server can do, and where (RFC 8414)", "AuthorizationServer", NULL, NULL},
	{HTTP_POST, "/oauth2/introspect", ROUTE_API, AUTH_CLIENT_SECRET, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_TOKEN, 200, 5, oauth_api_introspect, oauth_token_fields,
	 "Whether an access token is in force, and what it may (RFC 7662)", "Introspection", NULL, NULL},
	{HTTP_POST, "/oauth2/revoke", ROUTE_API, AUTH_CLIENT, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_TOKEN, 200, 7, oauth_api_revoke, oauth_token_fields,
	 "End an access token, or all tokens that come of a refresh token (RFC 7009)", "Revocation", NULL, NULL},
	{HTTP_GET, "/oauth2/authorize", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_QUERY | ROUTE_SHOW_ERRORS, 200, 8, authorize_page_show, authorize_page_fields,
	 "An app asks to act for a member of staff", NULL, NULL, NULL},
	{HTTP_POST, "/oauth2/authorize", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS, 303, 9, authorize_page_decide, authorize_page_fields,
	 "Allow or deny it", NULL, NULL, NULL},
	{HTTP_GET, "/login", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_QUERY | ROUTE_SHOW_ERRORS | ROUTE_NO_DB, 200, 0, login_page_show, login_show_fields,
	 "Sign in", NULL, NULL, NULL},
	{HTTP_GET, "/login/sso", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_QUERY | ROUTE_SHOW_ERRORS | ROUTE_RATE_SIGN_IN, 302, 10, login_sso_begin, login_sso_begin_fields,
	 "Sign in at the provider of single sign-on", NULL, NULL, NULL},
	{HTTP_GET, "/login/sso/callback", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_QUERY | ROUTE_SHOW_ERRORS | ROUTE_RATE_SIGN_IN, 303, 40, login_sso_finish, NULL,
	 "Back from the provider of single sign-on", NULL, NULL, NULL},
	{HTTP_POST, "/login", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_SIGN_IN, 303, 14, login_page_sign_in, login_fields,
	 "Sign in", NULL, NULL, NULL},
	{HTTP_GET, "/login/code", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_QUERY | ROUTE_SHOW_ERRORS | ROUTE_NO_DB, 200, 0, login_code_show, login_code_show_fields,
	 "The second step of signing in", NULL, NULL, NULL},
	{HTTP_POST, "/login/code", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_SIGN_IN, 303, 15, login_code_check, login_code_fields,
	 "Sign in with a code of the second factor", NULL, NULL, NULL},
	{HTTP_POST, "/login/cancel", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_FORM_BODY | ROUTE_RATE_SIGN_IN, 303, 1, login_code_cancel, NULL,
	 "Sign in as somebody else", NULL, NULL, NULL},
	{HTTP_GET, "/v1/sessions", ROUTE_API, AUTH_API_SESSION, PERM_NONE, ROUTE_QUERY, 200, 1, session_api_list, session_list_fields,
	 "Sessions of whoever asks, newest first", "SessionList", NULL, NULL},
	{HTTP_DELETE, "/v1/sessions/{id}", ROUTE_API, AUTH_API_SESSION, PERM_NONE, 0, 204, 4, session_api_end, NULL,
	 "End a session of whoever asks", NULL, NULL, NULL},
	{HTTP_GET, "/account", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_QUERY | ROUTE_OWING_PASSWORD, 200, 5, account_page_show, account_page_fields,
	 "A page for one's password and sessions", NULL, NULL, NULL},
	{HTTP_POST, "/account/password", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_OWING_PASSWORD, 303, 24, account_page_password, account_page_password_fields,
	 "Change one's own password", NULL, NULL, NULL},
	{HTTP_POST, "/account/sessions/{id}/end", PAGE_BUTTON(PERM_NONE), 4, account_page_end, NULL,
	 "End a session of whoever asks", NULL, NULL, NULL},
	{HTTP_POST, "/account/apps/{id}/withdraw", PAGE_BUTTON(PERM_NONE), 8, account_page_withdraw, NULL,
	 "Take back what one has allowed an app", NULL, NULL, NULL},
	{HTTP_POST, "/account/sessions/end-others", PAGE_BUTTON(PERM_NONE), 4, account_page_end_others, NULL,
	 "End all of one's own sessions but this one", NULL, NULL, NULL},
	{HTTP_GET, "/v1/second-factor", ROUTE_API, AUTH_API_SESSION, PERM_NONE, ROUTE_OWING, 200, 1, second_factor_api_show, NULL,
	 "The second factor of whoever asks", "SecondFactor", NULL, NULL},
	{HTTP_GET, "/account/second-factor", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_QUERY | ROUTE_OWING, 200, 2, second_factor_page_show, second_factor_page_show_fields,
	 "A page for one's second factor", NULL, NULL, NULL},
	{HTTP_POST, "/account/second-factor/begin", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_OWING, 303, 4, second_factor_page_begin, NULL,
	 "Begin to set up one's second factor", NULL, NULL, NULL},
	{HTTP_GET, "/account/second-factor/qr.svg", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_OWING, 200, 1, second_factor_page_qr, NULL,
	 "The secret that is being set up, for an authenticator to scan", NULL, NULL, NULL},
	{HTTP_POST, "/account/second-factor/confirm", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_OWING, 200, 24, second_factor_page_confirm, second_factor_page_fields,
	 "Turn one's second factor on", NULL, NULL, NULL},
	{HTTP_POST, "/account/second-factor/recovery-codes", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS, 200, 20, second_factor_page_renew, second_factor_page_fields,
	 "New recovery codes", NULL, NULL, NULL},
	{HTTP_POST, "/account/second-factor/remove", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS, 303, 20, second_factor_page_remove, second_factor_page_fields,
	 "Remove one's second factor", NULL, NULL, NULL},
	{HTTP_POST, "/logout", ROUTE_PAGE, AUTH_SESSION, PERM_NONE, ROUTE_FORM_BODY | ROUTE_OWING | ROUTE_OWING_PASSWORD, 303, 7, login_page_sign_out, NULL,
	 "Sign out", NULL, NULL, NULL},

	/* users */
	{HTTP_GET, "/v1/users", API_LIST(PERM_USERS_READ), 2, user_api_list, user_list_fields,
	 "Staff, searched and filtered, by name", "UserList", NULL, NULL},
	{HTTP_POST, "/v1/users", API_MAKE(PERM_USERS_WRITE), 80, user_api_create, user_create_fields,
	 "Make a user, who has no password yet", "User", NULL, NULL},
	{HTTP_GET, "/v1/users/{id}", API_ONE(PERM_USERS_READ), 2, user_api_get, NULL,
	 "One user", "User", NULL, NULL},
	{HTTP_PATCH, "/v1/users/{id}", API_PATCH(PERM_USERS_WRITE), 80, user_api_update, user_update_fields,
	 "Change a user; what is left out stays. Other roles end all sessions", "User", NULL, NULL},
	{HTTP_POST, "/v1/users/{id}/disable", API_TURN(PERM_USERS_WRITE), 18, user_api_disable, NULL,
	 "End all sessions of a user, who cannot come in again", "User", NULL, NULL},
	{HTTP_POST, "/v1/users/{id}/enable", API_TURN(PERM_USERS_WRITE), 18, user_api_enable, NULL,
	 "Let a disabled user come in again", "User", NULL, NULL},
	{HTTP_POST, "/v1/users/{id}/end-sessions", ROUTE_API, AUTH_API, PERM_USERS_WRITE, 0, 204, 14, user_api_end_sessions, NULL,
	 "Sign a user out everywhere", NULL, NULL, NULL},
	{HTTP_POST, "/v1/users/{id}/invite", ROUTE_API, AUTH_API, PERM_USERS_WRITE, 0, 200, 14, user_api_invite, NULL,
	 "A link with which a user chooses a password, once; it is shown in this answer alone", "Invitation", NULL, NULL},
	{HTTP_POST, "/v1/users/{id}/force-password", API_TURN(PERM_USERS_WRITE), 18, user_api_force_password, NULL,
	 "Let a user do nothing before the password is changed", "User", NULL, NULL},
	{HTTP_POST, "/v1/users/{id}/remove-second-factor", ROUTE_API, AUTH_API, PERM_USERS_WRITE, 0, 204, 20, user_api_remove_second_factor, NULL,
	 "Remove the second factor of a user who has lost phone and recovery codes, and end all sessions", NULL, NULL, NULL},
	{HTTP_GET, "/users", PAGE_LIST(PERM_USERS_READ), 3, user_page_list, user_page_list_fields,
	 "Users", NULL, NULL, NULL},
	{HTTP_GET, "/users/new", PAGE(PERM_USERS_WRITE), 1, user_page_new, NULL,
	 "A form for a new user", NULL, NULL, NULL},
	{HTTP_POST, "/users", PAGE_FORM(PERM_USERS_WRITE), 80, user_page_create, user_page_create_fields,
	 "Make a user", NULL, NULL, NULL},
	{HTTP_GET, "/users/{id}", PAGE_LIST(PERM_USERS_READ), 4, user_page_show, user_page_show_fields,
	 "One user", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}", PAGE_FORM(PERM_USERS_WRITE), 80, user_page_save, user_page_save_fields,
	 "Change a user", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}/disable", PAGE_BUTTON(PERM_USERS_WRITE), 18, user_page_disable, page_version_fields,
	 "Disable a user", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}/enable", PAGE_BUTTON(PERM_USERS_WRITE), 18, user_page_enable, page_version_fields,
	 "Enable a disabled user", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}/force-password", PAGE_BUTTON(PERM_USERS_WRITE), 18, user_page_force_password, page_version_fields,
	 "Force a new password", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}/end-sessions", PAGE_BUTTON(PERM_USERS_WRITE), 18, user_page_end_sessions, NULL,
	 "Sign a user out everywhere", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}/remove-second-factor", PAGE_BUTTON(PERM_USERS_WRITE), 24, user_page_remove_second_factor, NULL,
	 "Remove the second factor of a user", NULL, NULL, NULL},
	{HTTP_POST, "/users/{id}/invite", ROUTE_PAGE, AUTH_SESSION, PERM_USERS_WRITE, ROUTE_FORM_BODY, 200, 18, user_page_invite, NULL,
	 "Make a link with which a user chooses a password", NULL, NULL, NULL},
	{HTTP_GET, "/invitation", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_QUERY | ROUTE_RATE_SIGN_IN, 200, 1, invitation_page_show, invitation_page_show_fields,
	 "Where the link of an invitation leads", NULL, NULL, NULL},
	{HTTP_POST, "/invitation", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_RATE_SIGN_IN, 303, 16, invitation_page_accept, invitation_page_accept_fields,
	 "Choose a password", NULL, NULL, NULL},

	/* roles */
	{HTTP_GET, "/v1/roles", API_LIST(PERM_USERS_READ), 1, role_api_list, role_list_fields,
	 "Roles, by name", "RoleList", NULL, NULL},
	{HTTP_POST, "/v1/roles", API_MAKE(PERM_USERS_WRITE), 15, role_api_create, role_create_fields,
	 "Make a role", "Role", NULL, NULL},
	{HTTP_GET, "/v1/roles/{id}", API_ONE(PERM_USERS_READ), 1, role_api_get, NULL,
	 "One role", "Role", NULL, NULL},
	{HTTP_PATCH, "/v1/roles/{id}", API_PATCH(PERM_USERS_WRITE), 19, role_api_update, role_update_fields,
	 "Change a role; what is left out stays. Of a built-in one second_factor alone can be changed", "Role", NULL, NULL},
	{HTTP_DELETE, "/v1/roles/{id}", API_END(PERM_USERS_WRITE), 15, role_api_delete, NULL,
	 "Delete a role that nobody has", NULL, NULL, NULL},
	{HTTP_GET, "/roles", PAGE_LIST(PERM_USERS_READ), 1, role_page_list, role_page_list_fields,
	 "Roles", NULL, NULL, NULL},
	{HTTP_GET, "/roles/new", PAGE(PERM_USERS_WRITE), 0, role_page_new, NULL,
	 "A form for a new role", NULL, NULL, NULL},
	{HTTP_POST, "/roles", PAGE_FORM(PERM_USERS_WRITE), 15, role_page_create, role_page_form_fields,
	 "Make a role", NULL, NULL, NULL},
	{HTTP_GET, "/roles/{id}", PAGE(PERM_USERS_READ), 1, role_page_show, NULL,
	 "One role", NULL, NULL, NULL},
	{HTTP_POST, "/roles/{id}", PAGE_FORM(PERM_USERS_WRITE), 22, role_page_save, role_page_form_fields,
	 "Change a role", NULL, NULL, NULL},
	{HTTP_POST, "/roles/{id}/delete", PAGE_BUTTON(PERM_USERS_WRITE), 16, role_page_delete, page_version_fields,
	 "Delete a role", NULL, NULL, NULL},

	/* pages */
	{HTTP_GET, "/", PAGE(PERM_NONE), 6, overview_page_show, NULL,
	 "Overview", NULL, NULL, NULL},
	{HTTP_GET, "/items", PAGE_LIST(PERM_ITEMS_READ), 5, item_page_list, item_page_list_fields,
	 "Items", NULL, NULL, NULL},
	{HTTP_GET, "/items/new", PAGE(PERM_ITEMS_WRITE), 2, item_page_new, NULL,
	 "A form for a new item", NULL, NULL, NULL},
	{HTTP_POST, "/items", PAGE_FORM(PERM_ITEMS_WRITE), 16, item_page_create, item_page_form_fields,
	 "Make an item", NULL, NULL, NULL},
	{HTTP_GET, "/items/{id}", PAGE_LIST(PERM_ITEMS_READ), 6, item_page_show, item_page_show_fields,
	 "One item with its stock and its bin card", NULL, NULL, NULL},
	{HTTP_GET, "/items/{id}/edit", PAGE(PERM_ITEMS_WRITE), 4, item_page_edit, NULL,
	 "A form for an item", NULL, NULL, NULL},
	{HTTP_POST, "/items/{id}", PAGE_FORM(PERM_ITEMS_WRITE), 16, item_page_save, item_page_form_fields,
	 "Change an item", NULL, NULL, NULL},
	{HTTP_POST, "/items/{id}/archive", PAGE_BUTTON(PERM_ITEMS_WRITE), 16, item_page_archive, page_version_fields,
	 "Archive an item", NULL, NULL, NULL},
	{HTTP_POST, "/items/{id}/restore", PAGE_BUTTON(PERM_ITEMS_WRITE), 16, item_page_restore, page_version_fields,
	 "Restore an archived item", NULL, NULL, NULL},
	{HTTP_GET, "/categories", PAGE_LIST(PERM_ITEMS_READ), 2, category_page_list, category_page_list_fields,
	 "Categories", NULL, NULL, NULL},
	{HTTP_GET, "/categories/new", PAGE(PERM_ITEMS_WRITE), 2, category_page_new, NULL,
	 "A form for a new category", NULL, NULL, NULL},
	{HTTP_POST, "/categories", PAGE_FORM(PERM_ITEMS_WRITE), 16, category_page_create, category_page_form_fields,
	 "Make a category", NULL, NULL, NULL},
	{HTTP_GET, "/categories/{id}/edit", PAGE(PERM_ITEMS_WRITE), 4, category_page_edit, NULL,
	 "A form for a category", NULL, NULL, NULL},
	{HTTP_POST, "/categories/{id}", PAGE_FORM(PERM_ITEMS_WRITE), 16, category_page_save, category_page_form_fields,
	 "Change a category", NULL, NULL, NULL},
	{HTTP_POST, "/categories/{id}/delete", PAGE_BUTTON(PERM_ITEMS_WRITE), 16, category_page_delete, page_version_fields,
	 "Delete a category", NULL, NULL, NULL},
	{HTTP_GET, "/locations", PAGE_LIST(PERM_LOCATIONS_READ), 4, location_page_list, location_page_list_fields,
	 "The tree of locations", NULL, NULL, NULL},
	{HTTP_GET, "/locations/new", PAGE_LIST(PERM_LOCATIONS_WRITE), 1, location_page_new, location_page_new_fields,
	 "A form for a new location", NULL, NULL, NULL},
	{HTTP_POST, "/locations", PAGE_FORM(PERM_LOCATIONS_WRITE), 16, location_page_create, location_page_form_fields,
	 "Make a location", NULL, NULL, NULL},
	{HTTP_GET, "/locations/{id}", PAGE_LIST(PERM_LOCATIONS_READ), 7, location_page_show, location_page_show_fields,
	 "One location with its stock", NULL, NULL, NULL},
	{HTTP_GET, "/locations/{id}/edit", PAGE(PERM_LOCATIONS_WRITE), 3, location_page_edit, NULL,
	 "A form for a location", NULL, NULL, NULL},
	{HTTP_POST, "/locations/{id}", PAGE_FORM(PERM_LOCATIONS_WRITE), 16, location_page_save, location_page_form_fields,
	 "Change or move a location", NULL, NULL, NULL},
	{HTTP_POST, "/locations/{id}/archive", PAGE_BUTTON(PERM_LOCATIONS_WRITE), 16, location_page_archive, page_version_fields,
	 "Archive a location", NULL, NULL, NULL},
	{HTTP_POST, "/locations/{id}/restore", PAGE_BUTTON(PERM_LOCATIONS_WRITE), 16, location_page_restore, page_version_fields,
	 "Restore an archived location", NULL, NULL, NULL},
	{HTTP_GET, "/movements", ROUTE_PAGE, AUTH_SESSION, PERM_MOVEMENTS_READ, ROUTE_QUERY | ROUTE_SHOW_ERRORS, 200, 7, movement_page_list, movement_page_list_fields,
	 "Movements", NULL, NULL, NULL},
	{HTTP_GET, "/movements/new", PAGE_LIST(PERM_MOVEMENTS_WRITE), 4, posting_page_new, posting_page_new_fields,
	 "A form that posts a movement", NULL, NULL, NULL},
	{HTTP_POST, "/movements", ROUTE_PAGE, AUTH_SESSION, PERM_MOVEMENTS_WRITE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_ONCE, 303, 62, posting_page_post, posting_page_fields,
	 "Post a movement", NULL, NULL, NULL},
	{HTTP_GET, "/movements/count", ROUTE_PAGE, AUTH_SESSION, PERM_STOCK_WRITE, ROUTE_QUERY | ROUTE_SHOW_ERRORS, 200, 7, count_page_show, count_page_show_fields,
	 "A form that sets a balance to what was counted", NULL, NULL, NULL},
	{HTTP_POST, "/movements/count", ROUTE_PAGE, AUTH_SESSION, PERM_STOCK_WRITE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_ONCE, 303, 62, count_page_post, count_page_fields,
	 "Post what was counted", NULL, NULL, NULL},
	{HTTP_GET, "/movements/{id}", PAGE_LIST(PERM_MOVEMENTS_READ), 3, movement_page_show, movement_page_show_fields,
	 "One movement with all its lines", NULL, NULL, NULL},
	{HTTP_POST, "/movements/{id}/reverse", ROUTE_PAGE, AUTH_SESSION, PERM_MOVEMENTS_WRITE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_ONCE, 303, 62, movement_page_reverse, movement_page_reverse_fields,
	 "Post the opposite of a movement", NULL, NULL, NULL},
	{HTTP_GET, "/verification", PAGE(PERM_LEDGER_VERIFY), 6, verification_page_show, NULL,
	 "Recompute every balance and compare", NULL, NULL, NULL},
	{HTTP_GET, "/docs", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_FEATURE(FLAG_API_DOCS), 200, 1, docs_page_show, NULL,
	 "The API reference", NULL, NULL, NULL},
	{HTTP_GET, "/docs/events", ROUTE_PAGE, AUTH_PUBLIC, PERM_NONE, ROUTE_FEATURE(FLAG_API_DOCS), 200, 1, docs_events_show, NULL,
	 "Every type of event", NULL, NULL, NULL},

	/* API clients and signing keys */
	{HTTP_GET, "/v1/api-clients", API_LIST(PERM_CLIENTS_READ), 2, client_api_list, client_list_fields,
	 "API clients", "ApiClientList", NULL, NULL},
	{HTTP_POST, "/v1/api-clients", API_POST(PERM_CLIENTS_WRITE), 8, client_api_create, client_create_fields,
	 "Make an API client; its secret is in this answer alone", "ApiClient", NULL, NULL},
	{HTTP_GET, "/v1/api-clients/{id}", API_ONE(PERM_CLIENTS_READ), 2, client_api_get, NULL,
	 "One API client", "ApiClient", NULL, NULL},
	{HTTP_PATCH, "/v1/api-clients/{id}", API_PATCH(PERM_CLIENTS_WRITE), 8, client_api_update, client_update_fields,
	 "Change an API client; what is left out stays", "ApiClient", NULL, NULL},
	{HTTP_POST, "/v1/api-clients/{id}/secret", ROUTE_API, AUTH_API, PERM_CLIENTS_WRITE, ROUTE_ONCE | ROUTE_MAY_MATCH, 200, 8, client_api_rotate, NULL,
	 "Make a new secret, in this answer alone; the old one stops working", "ApiClient", NULL, NULL},
	{HTTP_POST, "/v1/api-clients/{id}/disable", API_TURN(PERM_CLIENTS_WRITE), 10, client_api_disable, NULL,
	 "Disable an API client; its tokens are refused", "ApiClient", NULL, NULL},
	{HTTP_POST, "/v1/api-clients/{id}/enable", API_TURN(PERM_CLIENTS_WRITE), 8, client_api_enable, NULL,
	 "Make a disabled API client active again", "ApiClient", NULL, NULL},
	{HTTP_POST, "/v1/api-clients/{id}/keys", API_CLIENT_KEY, 9, client_api_add_key, client_key_fields,
	 "Add a public key by which the client may sign itself in", "ApiClient", NULL, NULL},
	{HTTP_POST, "/v1/api-clients/{id}/keys/remove", API_CLIENT_KEY, 9, client_api_remove_key, client_key_remove_fields,
	 "Remove a public key of the client", "ApiClient", NULL, NULL},
	{HTTP_GET, "/clients", PAGE_LIST(PERM_CLIENTS_READ), 2, client_page_list, client_page_list_fields,
	 "API clients", NULL, NULL, NULL},
	{HTTP_GET, "/clients/new", PAGE(PERM_CLIENTS_WRITE), 1, client_page_new, NULL,
	 "A form for a new API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients", ROUTE_PAGE, AUTH_SESSION, PERM_CLIENTS_WRITE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_ONCE, 200, 10, client_page_create, client_page_create_fields,
	 "Make an API client", NULL, NULL, NULL},
	{HTTP_GET, "/clients/{id}", PAGE_LIST(PERM_CLIENTS_READ), 3, client_page_show, client_page_show_fields,
	 "One API client", NULL, NULL, NULL},
	{HTTP_GET, "/clients/{id}/edit", PAGE(PERM_CLIENTS_WRITE), 2, client_page_edit, NULL,
	 "A form for an API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients/{id}", PAGE_FORM(PERM_CLIENTS_WRITE), 10, client_page_save, client_page_save_fields,
	 "Change an API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients/{id}/secret", ROUTE_PAGE, AUTH_SESSION, PERM_CLIENTS_WRITE, ROUTE_FORM_BODY, 200, 10, client_page_rotate, page_version_fields,
	 "Make a new secret for an API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients/{id}/disable", PAGE_BUTTON(PERM_CLIENTS_WRITE), 12, client_page_disable, page_version_fields,
	 "Disable an API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients/{id}/enable", PAGE_BUTTON(PERM_CLIENTS_WRITE), 10, client_page_enable, page_version_fields,
	 "Enable an API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients/{id}/keys", PAGE_FORM(PERM_CLIENTS_WRITE), 11, client_page_add_key, client_page_key_fields,
	 "Add a public key of an API client", NULL, NULL, NULL},
	{HTTP_POST, "/clients/{id}/keys/remove", PAGE_BUTTON(PERM_CLIENTS_WRITE), 11, client_page_remove_key, client_page_key_remove_fields,
	 "Remove a public key of an API client", NULL, NULL, NULL},
	{HTTP_GET, "/keys", PAGE_LIST(PERM_CLIENTS_READ), 2, key_page_list, key_page_fields,
	 "The keys that sign access tokens", NULL, NULL, NULL},
	{HTTP_POST, "/keys/rotate", PAGE_BUTTON(PERM_CLIENTS_WRITE), 10, key_page_rotate, NULL,
	 "Make the key that signs next", NULL, NULL, NULL},

	/* audit */
	{HTTP_GET, "/v1/audit-log", API_LIST(PERM_AUDIT_READ), 2, audit_api_list, audit_list_fields,
	 "Who changed what and who came in, newest first", "AuditLog", NULL, NULL},
	{HTTP_GET, "/audit", ROUTE_PAGE, AUTH_SESSION, PERM_AUDIT_READ, ROUTE_QUERY | ROUTE_SHOW_ERRORS, 200, 2, audit_page_list, audit_page_list_fields,
	 "The audit log", NULL, NULL, NULL},
	{HTTP_GET, "/audit.csv", ROUTE_PAGE, AUTH_SESSION, PERM_AUDIT_READ, ROUTE_QUERY | ROUTE_FEATURE(FLAG_AUDIT_CSV), 200, 2, audit_page_csv, audit_page_csv_fields,
	 "The audit log as a file for a spreadsheet", NULL, NULL, NULL},

	/* the feed */
	{HTTP_GET, "/v1/events", API_WATCH, 20, event_api_list, event_list_fields,
	 "Every change of all that you may see, in the order of the feed", "EventList", NULL, NULL},
	{HTTP_GET, "/v1/feed", API_READ(PERM_FEED_READ), 1, feed_api_get, NULL,
	 "How the feed stands, and who listens at this host", "Feed", NULL, NULL},
	{HTTP_GET, "/feed", PAGE(PERM_FEED_READ), 1, feed_page_show, NULL,
	 "How the feed stands", NULL, NULL, NULL},
	{HTTP_GET, "/v1/events/stream", API_WATCH, 8, event_api_stream, event_stream_fields,
	 "The same as they happen: server-sent events", NULL, NULL, NULL},
	{HTTP_GET, "/v1/events/ws", ROUTE_API, AUTH_API, PERM_NONE, ROUTE_WATCH, 200, 0, event_api_socket, NULL,
	 "The same over a WebSocket, for several subscriptions", NULL, NULL, NULL},

	/* other issuers */
	{HTTP_GET, "/v1/foreign-principals", API_LIST(PERM_CLIENTS_READ), 1, foreign_api_list, foreign_list_fields,
	 "Whom tokens of other issuers have named", "ForeignPrincipalList", NULL, NULL},
	{HTTP_GET, "/v1/foreign-principals/{id}", API_READ(PERM_CLIENTS_READ), 1, foreign_api_get, NULL,
	 "One of them", "ForeignPrincipal", NULL, NULL},
	{HTTP_POST, "/v1/foreign-principals/{id}/disable", ROUTE_API, AUTH_API, PERM_CLIENTS_WRITE, ROUTE_ONCE, 200, 8, foreign_api_disable, NULL,
	 "Refuse the tokens that name it", "ForeignPrincipal", NULL, NULL},
	{HTTP_POST, "/v1/foreign-principals/{id}/enable", ROUTE_API, AUTH_API, PERM_CLIENTS_WRITE, ROUTE_ONCE, 200, 8, foreign_api_enable, NULL,
	 "Take them again", "ForeignPrincipal", NULL, NULL},
	{HTTP_GET, "/issuers", PAGE_LIST(PERM_CLIENTS_READ), 17, issuer_page_list, issuer_page_list_fields,
	 "Other issuers, and whom they have named", NULL, NULL, NULL},
	{HTTP_POST, "/issuers/subjects/{id}/disable", PAGE_BUTTON(PERM_CLIENTS_WRITE), 8, issuer_page_disable, NULL,
	 "Refuse the tokens that name somebody", NULL, NULL, NULL},
	{HTTP_POST, "/issuers/subjects/{id}/enable", PAGE_BUTTON(PERM_CLIENTS_WRITE), 8, issuer_page_enable, NULL,
	 "Take them again", NULL, NULL, NULL},

	/* webhooks */
	{HTTP_GET, "/v1/webhooks", API_LIST(PERM_WEBHOOKS_READ), 2, webhook_api_list, webhook_list_fields,
	 "Webhooks: web servers that events are sent to", "WebhookList", NULL, NULL},
	{HTTP_POST, "/v1/webhooks", API_POST(PERM_WEBHOOKS_WRITE), 12, webhook_api_create, webhook_create_fields,
	 "Make a webhook, which gets what happens from now on; its secret is shown in this answer alone", "Webhook", NULL, NULL},
	{HTTP_GET, "/v1/webhooks/{id}", API_ONE(PERM_WEBHOOKS_READ), 2, webhook_api_get, NULL,
	 "One webhook", "Webhook", NULL, NULL},
	{HTTP_PATCH, "/v1/webhooks/{id}", API_PATCH(PERM_WEBHOOKS_WRITE), 12, webhook_api_update, webhook_update_fields,
	 "Change a webhook; what is left out stays. It may then see what you may", "Webhook", NULL, NULL},
	{HTTP_DELETE, "/v1/webhooks/{id}", API_END(PERM_WEBHOOKS_WRITE), 8, webhook_api_delete, NULL,
	 "Delete a webhook, with the history of what was sent to it", NULL, NULL, NULL},
	{HTTP_POST, "/v1/webhooks/{id}/rotate-secret", ROUTE_API, AUTH_API, PERM_WEBHOOKS_WRITE, ROUTE_ONCE | ROUTE_MAY_MATCH, 200, 12, webhook_api_rotate, NULL,
	 "A new secret, shown in this answer alone; the old one signs, too, for a while", "Webhook", NULL, NULL},
	{HTTP_POST, "/v1/webhooks/{id}/pause", API_TURN(PERM_WEBHOOKS_WRITE), 10, webhook_api_pause, NULL,
	 "Send nothing until it is resumed", "Webhook", NULL, NULL},
	{HTTP_POST, "/v1/webhooks/{id}/resume", ROUTE_API, AUTH_API, PERM_WEBHOOKS_WRITE, ROUTE_ONCE | ROUTE_MAY_MATCH | ROUTE_ETAG | ROUTE_JSON_BODY | ROUTE_SHOW_ERRORS, 200, 11, webhook_api_resume, webhook_resume_fields,
	 "Go on, at once also with what has failed", "Webhook", NULL, NULL},
	{HTTP_POST, "/v1/webhooks/{id}/test", ROUTE_API, AUTH_API, PERM_WEBHOOKS_WRITE, ROUTE_ONCE, 201, 10, webhook_api_test, NULL,
	 "Send an event that is in no feed, also when it is paused", "WebhookDelivery", NULL, NULL},
	{HTTP_GET, "/v1/webhooks/{id}/status", API_READ(PERM_WEBHOOKS_READ), 3, webhook_api_status, NULL,
	 "How far a webhook is behind the feed, and whether it fails", "WebhookStatus", NULL, NULL},
	{HTTP_GET, "/v1/webhooks/{id}/deliveries", API_LIST(PERM_WEBHOOKS_READ), 3, webhook_api_deliveries, webhook_delivery_list_fields,
	 "What was sent to a webhook, each try, newest first", "WebhookDeliveryList", NULL, NULL},
	{HTTP_GET, "/v1/webhook-deliveries/{id}", API_READ(PERM_WEBHOOKS_READ), 3, webhook_api_delivery, NULL,
	 "One delivery, with request and answer", "WebhookDelivery", NULL, NULL},
	{HTTP_POST, "/v1/webhook-deliveries/{id}/redeliver", ROUTE_API, AUTH_API, PERM_WEBHOOKS_WRITE, ROUTE_ONCE, 201, 11, webhook_api_redeliver, NULL,
	 "Send that event once more, at once, beside the order", "WebhookDelivery", NULL, NULL},
	{HTTP_GET, "/webhooks", PAGE_LIST(PERM_WEBHOOKS_READ), 2, webhook_page_list, webhook_page_list_fields,
	 "Webhooks", NULL, NULL, NULL},
	{HTTP_GET, "/webhooks/new", PAGE(PERM_WEBHOOKS_WRITE), 1, webhook_page_new, NULL,
	 "A form for a new webhook", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks", ROUTE_PAGE, AUTH_SESSION, PERM_WEBHOOKS_WRITE, ROUTE_FORM_BODY | ROUTE_SHOW_ERRORS | ROUTE_ONCE, 200, 16, webhook_page_create, webhook_page_create_fields,
	 "Make a webhook, and show its secret", NULL, NULL, NULL},
	{HTTP_GET, "/webhooks/{id}", PAGE_LIST(PERM_WEBHOOKS_READ), 5, webhook_page_show, webhook_page_show_fields,
	 "A webhook, and what was sent to it", NULL, NULL, NULL},
	{HTTP_GET, "/webhooks/{id}/edit", PAGE(PERM_WEBHOOKS_WRITE), 2, webhook_page_edit, NULL,
	 "A form for a webhook", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/{id}", PAGE_FORM(PERM_WEBHOOKS_WRITE), 13, webhook_page_save, webhook_page_save_fields,
	 "Change a webhook", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/{id}/secret", ROUTE_PAGE, AUTH_SESSION, PERM_WEBHOOKS_WRITE, ROUTE_FORM_BODY, 200, 16, webhook_page_rotate, page_version_fields,
	 "Make a new secret, and show it", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/{id}/pause", PAGE_BUTTON(PERM_WEBHOOKS_WRITE), 13, webhook_page_pause, page_version_fields,
	 "Send nothing until it is resumed", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/{id}/resume", PAGE_BUTTON(PERM_WEBHOOKS_WRITE), 14, webhook_page_resume, webhook_page_resume_fields,
	 "Go on", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/{id}/test", PAGE_BUTTON(PERM_WEBHOOKS_WRITE), 13, webhook_page_test, NULL,
	 "Send a test", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/{id}/delete", PAGE_BUTTON(PERM_WEBHOOKS_WRITE), 12, webhook_page_delete, page_version_fields,
	 "Delete a webhook", NULL, NULL, NULL},
	{HTTP_GET, "/webhooks/deliveries/{id}", PAGE_LIST(PERM_WEBHOOKS_READ), 4, webhook_page_delivery, webhook_page_delivery_fields,
	 "What was sent to a webhook once, and what came back", NULL, NULL, NULL},
	{HTTP_POST, "/webhooks/deliveries/{id}/redeliver", PAGE_BUTTON(PERM_WEBHOOKS_WRITE), 11, webhook_page_redeliver, NULL,
	 "Send it once more", NULL, NULL, NULL},

	/* feature flags */
	{HTTP_GET, "/v1/feature-flags", API_LIST(PERM_FLAGS_READ), 1, flag_api_list, flag_list_fields,
	 "What can be switched while everything runs", "FeatureFlagList", NULL, NULL},
	{HTTP_GET, "/v1/feature-flags/{id}", API_ONE(PERM_FLAGS_READ), 1, flag_api_get, NULL,
	 "One feature flag", "FeatureFlag", NULL, NULL},
	{HTTP_PATCH, "/v1/feature-flags/{id}", API_PATCH(PERM_FLAGS_WRITE), 10, flag_api_update, flag_update_fields,
	 "Switch a feature flag on or off, or on for a share of users and clients", "FeatureFlag", NULL, NULL},
	{HTTP_GET, "/flags", PAGE_LIST(PERM_FLAGS_READ), 1, flag_page_list, flag_page_list_fields,
	 "Feature flags", NULL, NULL, NULL},
	{HTTP_GET, "/flags/{id}/edit", PAGE(PERM_FLAGS_WRITE), 1, flag_page_edit, NULL,
	 "A form that switches a feature flag", NULL, NULL, NULL},
	{HTTP_POST, "/flags/{id}", PAGE_FORM(PERM_FLAGS_WRITE), 10, flag_page_save, flag_page_form_fields,
	 "Switch a feature flag", NULL, NULL, NULL},

	/* system */
	{HTTP_GET, "/v1/openapi.json", API_OPEN, ROUTE_NO_DB, 200, 0, system_api_openapi, NULL,
	 "This document", NULL, NULL, NULL},
	{HTTP_GET, "/healthz", API_OPEN, ROUTE_NO_DB | ROUTE_RATE_NONE, 200, 0, system_api_health, NULL,
	 "Whether the process answers", "Health", NULL, NULL},
	{HTTP_GET, "/metrics", ROUTE_API, AUTH_API, PERM_METRICS_READ, 0, 200, 2, metrics_api_get, NULL,
	 "The figures of this host for Prometheus, as text", NULL, NULL, NULL},
	{HTTP_GET, "/readyz", API_OPEN, ROUTE_NO_DB | ROUTE_RATE_NONE, 200, 2, system_api_ready, NULL,
	 "Whether the database is there and has the right schema", "Health", NULL, NULL},
};
/* clang-format on */

const size_t route_count = sizeof(routes) / sizeof(routes[0]);
