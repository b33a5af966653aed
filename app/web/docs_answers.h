/* docs_answers: the shapes of answers on the page of the API reference. */
#ifndef BINCARD_WEB_DOCS_ANSWERS_H
#define BINCARD_WEB_DOCS_ANSWERS_H

#include "web/route.h"

/* Rows "answers" of the page: name, help, and fields (name, type, ref, choices, help, optional). */
MUST_CHECK struct err *docs_show_answers(struct call *c);

#endif
