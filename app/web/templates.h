/*
 * templates: ClearSilver and its data tree (HDF). web/templates.c alone includes its headers; pages
 * are written against web/page.h.
 *
 * A template is parsed once per process and rendered with a tree of each request. That tree is
 * built of nodes in the request's arena, not by the library's own functions: those take three
 * mallocs a value, and a list page has 500 values. The library only reads it; `set:` alone would
 * write to it, and a template that uses `set:` is refused at boot.
 */
#ifndef BINCARD_WEB_TEMPLATES_H
#define BINCARD_WEB_TEMPLATES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct templates;
struct page_row; /* a node of the tree */

MUST_CHECK struct err *templates_load(struct arena *boot, const char *dir, struct templates **out);
bool templates_has(const struct templates *t, const char *name);
/* Adds what the template makes of the tree to `out`. */
MUST_CHECK struct err *templates_render(const struct templates *t, struct arena *a,
	const char *name, struct page_row *root, struct buf *out);

struct page_row *node_root(struct arena *a);
/* A new last child; `name` lives as long as the tree. */
struct page_row *node_add(struct page_row *parent, const char *name);
/* The node at "a.b.c", made when it is not there; path is copied where needed. */
struct page_row *node_at(struct page_row *root, const char *path);
struct page_row *node_find(struct page_row *root, const char *path); /* NULL when not there */
/* The value: a copy of v, or v itself, which then lives as long as the tree. */
void node_copy(struct page_row *node, struct str v);
void node_keep(struct page_row *node, const char *v);
/* The children of a list are named by number. */
struct page_row *node_item(struct page_row *list, size_t i);
struct arena *node_arena(const struct page_row *node);

#endif
