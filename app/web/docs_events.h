/* docs_events: the page of all types of events. */
#ifndef BINCARD_WEB_DOCS_EVENTS_H
#define BINCARD_WEB_DOCS_EVENTS_H

#include "web/route.h"

handler_fn docs_events_show;

#endif
