/* A tree by segment. A node has its literal children and at most one of each kind of parameter. */
#include "http/router.h"

#include <assert.h>
#include <string.h>

#define METHODS 8

struct node {
	struct str segment; /* of a literal */
	struct node *next; /* sibling literal */
	struct node *literals;
	struct node *id, *name; /* {id}, {name} */
	unsigned methods;
	int rows[METHODS];
};

struct router {
	struct arena *arena;
	struct node root;
};

struct router *router_new(struct arena *boot)
{
	struct router *r = ARENA_NEW(boot, struct router);

	r->arena = boot;
	return r;
}

static int method_index(unsigned method)
{
	int i = 0;

	assert(method && (method & (method - 1)) == 0 && method < 1u << METHODS);
	while (!(method & 1u << i))
		i++;
	return i;
}

/* The next segment of "/a/b"; STR_NONE at the end. `rest` begins with '/' or is empty. */
static struct str take_segment(struct str *rest)
{
	const char *end;
	struct str segment;

	if (!rest->n)
		return STR_NONE;
	rest->p++;
	rest->n--;
	end = rest->n ? memchr(rest->p, '/', rest->n) : NULL;
	segment = (struct str){rest->p, end ? (size_t)(end - rest->p) : rest->n};
	rest->p += segment.n;
	rest->n -= segment.n;
	return segment;
}

static struct node *literal_child(const struct node *node, struct str segment)
{
	struct node *child;

	for (child = node->literals; child; child = child->next) {
		if (str_eq(child->segment, segment))
			return child;
	}
	return NULL;
}

static struct node *add_child(struct router *r, struct node *node, struct str segment)
{
	bool parameter = segment.n >= 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
	struct node **place = !parameter  ? &node->literals
		: str_is(segment, "{id}") ? &node->id
					  : &node->name;
	struct node *child = parameter ? *place : literal_child(node, segment);

	assert(segment.n);
	if (child)
		return child;
	child = ARENA_NEW(r->arena, struct node);
	child->segment = segment;
	child->next = *place; /* of literals alone there are many */
	*place = child;
	return child;
}

static void set_row(struct node *node, unsigned method, int row)
{
	node->methods |= method;
	node->rows[method_index(method)] = row;
}

void router_add(struct router *r, enum http_method method, const char *pattern, int row)
{
	struct str rest = str_of(pattern);
	struct node *node = &r->root;
	struct str segment;

	assert(pattern[0] == '/' && row >= 0);
	if (rest.n == 1)
		rest = STR("");
	while ((segment = take_segment(&rest)).p)
		node = add_child(r, node, segment);
	assert(!(node->methods & (unsigned)method));
	set_row(node, method, row);
	if (method == HTTP_GET && !(node->methods & HTTP_HEAD))
		set_row(node, HTTP_HEAD, row);
}

static bool to_id(struct str segment, int64_t *id)
{
	if (!segment.n || segment.p[0] < '1' || segment.p[0] > '9')
		return false;
	return str_to_int(segment, id);
}

/* Depth is bounded by the patterns; at each node at most three ways lead on. */
static const struct node *walk(const struct node *node, struct str rest, struct route_match *m)
{
	struct str segment = take_segment(&rest);
	const struct node *child, *found = NULL;
	int64_t id;

	if (!segment.p)
		return node->methods ? node : NULL;
	if (!segment.n)
		return NULL;
	child = literal_child(node, segment);
	if (child)
		found = walk(child, rest, m);
	if (!found && node->id && to_id(segment, &id)) {
		found = walk(node->id, rest, m);
		if (found)
			m->id = id;
	}
	if (!found && node->name) {
		found = walk(node->name, rest, m);
		if (found)
			m->segment = segment;
	}
	return found;
}

struct route_match router_find(const struct router *r, enum http_method method, struct str path)
{
	struct route_match m = {.row = -1};
	const struct node *node;

	if (!path.n || path.p[0] != '/')
		return m;
	node = walk(&r->root, path.n == 1 ? STR("") : path, &m);
	if (!node)
		return m;
	m.methods = node->methods;
	if (node->methods & (unsigned)method)
		m.row = node->rows[method_index(method)];
	return m;
}

struct str router_allow(struct arena *a, unsigned methods)
{
	static const char *const names[METHODS - 1] = {
		"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
	struct str text = STR("");

	for (int i = 0; i < METHODS - 1; i++) {
		if (methods & 1u << i)
			text = str_printf(
				a, "%.*s%s%s", STR_ARG(text), text.n ? ", " : "", names[i]);
	}
	return text;
}
