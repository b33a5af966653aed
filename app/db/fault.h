/*
 * fault: what a server or client error number means to us, as an err_code.
 */
#ifndef BINCARD_DB_FAULT_H
#define BINCARD_DB_FAULT_H

#include "base/err.h"

/* ERR_DB_LOST also for a connection that must not be used any more (commands out of step). */
enum err_code fault_code(unsigned number);

/* An error with a neutral detail; `what` (a statement's name) and the server's text are
 * the cause. */
struct err *fault_new(
	struct arena *a, const char *what, unsigned number, const char *sqlstate, const char *text);

#endif
