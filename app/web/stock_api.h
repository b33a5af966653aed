/* stock_api: balances and their corrections under /v1. */
#ifndef BINCARD_WEB_STOCK_API_H
#define BINCARD_WEB_STOCK_API_H

#include "web/route.h"

extern const struct field stock_list_fields[], stock_query_fields[], stock_adjust_fields[],
	stock_set_fields[];
handler_fn stock_api_list, stock_api_query, stock_api_adjust, stock_api_set;

#endif
