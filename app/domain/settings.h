/*
 * settings: the audit log's entry for a configuration that was changed. The file is changed by whoever may
 * write it and read by whoever starts the service, so there is nobody to name: the entry is the system's.
 */
#ifndef BINCARD_DOMAIN_SETTINGS_H
#define BINCARD_DOMAIN_SETTINGS_H

#include "domain/ctx.h"

/* The configuration as it is now: a line for each setting, none with a secret. When it is another than the
 * last one of this file on this host, the lines that went and those that came are an entry of "settings",
 * whose id is the host. */
MUST_CHECK struct err *settings_note(struct ctx *c, struct str file, struct str lines);

#endif
