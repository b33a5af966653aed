/* webhook_page: webhooks and what was sent to them, for those who manage them. */
#ifndef BINCARD_WEB_WEBHOOK_PAGE_H
#define BINCARD_WEB_WEBHOOK_PAGE_H

#include "web/route.h"

extern const struct field webhook_page_list_fields[], webhook_page_show_fields[],
	webhook_page_create_fields[], webhook_page_save_fields[], webhook_page_resume_fields[],
	webhook_page_delivery_fields[];
handler_fn webhook_page_list, webhook_page_new, webhook_page_create, webhook_page_show,
	webhook_page_edit, webhook_page_save, webhook_page_rotate, webhook_page_pause,
	webhook_page_resume, webhook_page_test, webhook_page_delete, webhook_page_delivery,
	webhook_page_redeliver;

#endif
