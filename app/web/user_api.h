/* user_api: /v1/users. */
#ifndef BINCARD_WEB_USER_API_H
#define BINCARD_WEB_USER_API_H

#include "web/route.h"

extern const struct field user_list_fields[], user_create_fields[], user_update_fields[];
extern const char *const user_status_names[]; /* active, disabled */

handler_fn user_api_list, user_api_create, user_api_get, user_api_update;
handler_fn user_api_disable, user_api_enable, user_api_force_password, user_api_end_sessions,
	user_api_invite, user_api_remove_second_factor;

/* Where the link of an invitation leads: below the public address. */
struct str user_invitation_link(struct call *c, struct str token);

#endif
