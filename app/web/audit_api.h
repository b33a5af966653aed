/* audit_api: the audit log under /v1. */
#ifndef BINCARD_WEB_AUDIT_API_H
#define BINCARD_WEB_AUDIT_API_H

#include "web/route.h"

extern const struct field audit_list_fields[];
handler_fn audit_api_list;

#endif
