/* audit_page: the audit log, and the same as a file. */
#ifndef BINCARD_WEB_AUDIT_PAGE_H
#define BINCARD_WEB_AUDIT_PAGE_H

#include "web/route.h"

extern const struct field audit_page_list_fields[], audit_page_csv_fields[];
handler_fn audit_page_list, audit_page_csv;

#endif
