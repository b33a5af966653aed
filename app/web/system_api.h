/* system_api: health, readiness, verification, the OpenAPI document. */
#ifndef BINCARD_WEB_SYSTEM_API_H
#define BINCARD_WEB_SYSTEM_API_H

#include "web/route.h"

handler_fn system_api_health, system_api_ready, system_api_openapi, ledger_api_verification;

#endif
