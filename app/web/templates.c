#include "web/templates.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The library's own headers are not warning-free on their own; the build names them as
 * system ones. */
#include <ClearSilver.h>

#define TEMPLATES_MAX 200
#define TEMPLATE_BYTES_MAX (1024 * 1024)
#define PATH_TEXT_MAX 256

struct template
{
	const char *name; /* "item/list" */
	CSPARSE *cs;
};

struct templates {
	struct arena *boot;
	int dir_fd;
	HDF *config; /* what a template sees between requests: nothing but Config */
	struct template rows[TEMPLATES_MAX];
	size_t n;
};

/* The library's node first, so that a node is one. */
struct page_row {
	HDF hdf;
	struct arena *arena;
	struct page_row *last;
};

/* ---- the tree ---- */

struct page_row *node_root(struct arena *a)
{
	struct page_row *root = ARENA_NEW(a, struct page_row);

	root->arena = a;
	root->hdf.top = &root->hdf;
	return root;
}

static struct page_row *add(struct page_row *parent, const char *name, size_t n)
{
	struct page_row *node = ARENA_NEW(parent->arena, struct page_row);

	node->arena = parent->arena;
	node->hdf.name = (char *)name;
	node->hdf.name_len = (int)n;
	node->hdf.top = parent->hdf.top;
	if (parent->last)
		parent->last->hdf.next = &node->hdf;
	else
		parent->hdf.child = &node->hdf;
	parent->last = node;
	return node;
}

struct page_row *node_add(struct page_row *parent, const char *name)
{
	return add(parent, name, strlen(name));
}

static struct page_row *child(const struct page_row *parent, const char *name, size_t n)
{
	for (HDF *h = parent->hdf.child; h; h = h->next) {
		if ((size_t)h->name_len == n && memcmp(h->name, name, n) == 0)
			return (struct page_row *)h;
	}
	return NULL;
}

static struct page_row *walk(struct page_row *root, const char *path, bool make)
{
	struct page_row *node = root;

	while (node) {
		size_t n = strcspn(path, ".");
		struct page_row *next = child(node, path, n);

		assert(n > 0);
		if (!next && make)
			next = add(node, arena_copy(node->arena, path, n), n);
		node = next;
		if (!path[n])
			break;
		path += n + 1;
	}
	return node;
}

struct page_row *node_at(struct page_row *root, const char *path)
{
	return walk(root, path, true);
}

struct page_row *node_find(struct page_row *root, const char *path)
{
	return walk(root, path, false);
}

void node_copy(struct page_row *node, struct str v)
{
	node->hdf.value = v.p ? arena_copy(node->arena, v.p, v.n) : NULL;
}

void node_keep(struct page_row *node, const char *v)
{
	node->hdf.value = (char *)v;
}

struct page_row *node_item(struct page_row *list, size_t i)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%zu", i);

	return add(list, arena_copy(list->arena, text, (size_t)n), (size_t)n);
}

struct arena *node_arena(const struct page_row *node)
{
	return node->arena;
}

/* ---- errors of the library ---- */

/* Takes ne: its text becomes the cause. */
static struct err *wrap(struct arena *a, NEOERR *ne, const char *name)
{
	struct err *e;
	STRING text;

	if (ne == STATUS_OK)
		return NULL;
	string_init(&text);
	nerr_error_string(ne, &text);
	nerr_ignore(&ne);
	e = err_new(a, ERR_INTERNAL, "The template %s cannot be used.", name);
	err_because(e, "%s", text.buf ? text.buf : "no text");
	string_clear(&text);
	return e;
}

/* ---- loading ---- */

static bool is_inside(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && n < PATH_TEXT_MAX && name[0] != '/' && !strstr(name, "..") &&
		strcmp(name + n - 3, ".cs") == 0;
}

static char *read_all(int fd)
{
	struct stat st;
	size_t have = 0;
	char *text;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > TEMPLATE_BYTES_MAX)
		return NULL;
	text = calloc(1, (size_t)st.st_size + 1);
	while (text && have < (size_t)st.st_size) {
		ssize_t got = read(fd, text + have, (size_t)st.st_size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return text;
}

/* The library's own loader reads any file of the system; this one knows the templates' folder
 * alone. */
static NEOERR *load_file(void *arg, HDF *hdf, const char *name, char **contents)
{
	const struct templates *t = arg;
	int fd;

	(void)hdf;
	if (!is_inside(name))
		return nerr_raise(NERR_IO, "%s is not a template's name", name);
	fd = openat(t->dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return nerr_raise_errno(NERR_NOT_FOUND, "cannot open %s", name);
	*contents = read_all(fd);
	close(fd);
	if (!*contents)
		return nerr_raise(NERR_IO, "cannot read %s", name);
	if (strstr(*contents, "<?cs set")) {
		free(*contents);
		return nerr_raise(NERR_PARSE, "%s uses set:, which would write to the tree", name);
	}
	return STATUS_OK;
}

static struct err *parse(struct templates *t, const char *file)
{
	struct template *row = &t->rows[t->n];
	NEOERR *ne;

	if (t->n == TEMPLATES_MAX)
		return err_new(t->boot, ERR_INTERNAL, "More than %d templates.", TEMPLATES_MAX);
	ne = cs_init(&row->cs, t->config);
	if (ne == STATUS_OK)
		ne = cgi_register_strfuncs(row->cs);
	if (ne == STATUS_OK) {
		cs_register_fileload(row->cs, t, load_file);
		ne = cs_parse_file(row->cs, file);
	}
	TRY(wrap(t->boot, ne, file));
	row->name = arena_copy(t->boot, file, strlen(file) - 3);
	t->n++;
	return NULL;
}

static int is_wanted(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* One level of folders: a folder a feature. Macro files ("_*.cs") are included by others only. */
static struct err *parse_folder(struct templates *t, const char *folder)
{
	struct dirent **found;
	int n = scandirat(t->dir_fd, folder, &found, is_wanted, alphasort);
	struct err *e = NULL;

	if (n < 0)
		return err_because(
			err_new(t->boot, ERR_INTERNAL, "Cannot read the folder %s.", folder), "%s",
			strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path = arena_printf(t->boot, "%s/%s", folder, found[i]->d_name);

		if (!e && found[i]->d_name[0] != '_' && is_inside(path))
			e = parse(t, path);
		free(found[i]);
	}
	free(found);
	return e;
}

static struct err *parse_all(struct templates *t)
{
	struct dirent **found;
	int n = scandirat(t->dir_fd, ".", &found, is_wanted, alphasort);
	struct err *e = NULL;
	struct stat st;

	if (n < 0)
		return err_because(err_new(t->boot, ERR_INTERNAL, "Cannot read the templates."),
			"%s", strerror(errno));
	for (int i = 0; i < n; i++) {
		if (!e && fstatat(t->dir_fd, found[i]->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode))
			e = parse_folder(t, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return e;
}

struct err *templates_load(struct arena *boot, const char *dir, struct templates **out)
{
	struct templates *t = ARENA_NEW(boot, struct templates);

	t->boot = boot;
	t->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir_fd < 0)
		return err_because(
			err_new(boot, ERR_INTERNAL, "Cannot open the templates in %s.", dir), "%s",
			strerror(errno));
	TRY(wrap(boot, nerr_init(), dir));
	TRY(wrap(boot, hdf_init(&t->config), dir));
	TRY(wrap(boot, hdf_set_value(t->config, "Config.VarEscapeMode", "html"), dir));
	TRY(parse_all(t));
	*out = t;
	return NULL;
}

/* ---- rendering ---- */

static const struct template *find(const struct templates *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->rows[i].name, name) == 0)
			return &t->rows[i];
	}
	return NULL;
}

bool templates_has(const struct templates *t, const char *name)
{
	return find(t, name) != NULL;
}

static NEOERR *collect(void *arg, char *text)
{
	buf_add_cstr(arg, text);
	return STATUS_OK;
}

struct err *templates_render(const struct templates *t, struct arena *a, const char *name,
	struct page_row *root, struct buf *out)
{
	const struct template *row = find(t, name);
	NEOERR *ne;

	if (!row)
		return err_because(err_new(a, ERR_INTERNAL, "A template is missing."), "%s", name);
	row->cs->hdf = &root->hdf;
	ne = cs_render(row->cs, out, collect);
	row->cs->hdf = t->config;
	TRY(wrap(a, ne, name));
	if (out->overflow)
		return err_new(a, ERR_INTERNAL, "The page is too large.");
	return NULL;
}
