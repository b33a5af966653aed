/* metrics_api: the figures of this host in Prometheus's text format. */
#ifndef BINCARD_WEB_METRICS_API_H
#define BINCARD_WEB_METRICS_API_H

#include "web/route.h"

handler_fn metrics_api_get;

#endif
