/*
 * Golden files: tests/golden/NAME.data fills the tree (lines "path = value", the first is "template
 * = item/list"), tests/golden/NAME.html is what the templates make of it. `tests/golden/remake`
 * writes the .html files anew; read the difference before you commit it.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/flag.h"
#include "web/templates.h"

#define BYTES_MAX ((size_t)64 * 1024 * 1024)

static struct arena *boot;
static struct templates *templates;
static const char *source_dir;

static struct str read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b;
	char part[4096];
	size_t n;

	if (!f)
		return STR_NONE;
	buf_init(&b, a, BYTES_MAX);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&b, part, n);
	fclose(f);
	return buf_str(&b);
}

/* "\n" in a value is a newline. */
static struct str unescaped(struct arena *a, struct str s)
{
	char *out = arena_copy(a, s.p, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool newline = s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'n';

		out[n++] = newline ? '\n' : s.p[i];
		i += newline;
	}
	return (struct str){out, n};
}

/* All flags are on, unless the data say otherwise. */
static void set_flags(struct page_row *root)
{
#define X(id, name, initial, help) node_copy(node_at(root, "flag." name), STR("1"));
	FLAG_TABLE(X)
#undef X
}

static const char *fill(struct arena *a, struct page_row *root, struct str data)
{
	const char *name = NULL;

	while (data.p) {
		struct str line = str_cut(data, '\n', &data);
		struct str value, key = str_trim(str_cut(line, '=', &value));

		if (!key.n || key.p[0] == '#')
			continue;
		assert_non_null(value.p);
		if (str_is(key, "template"))
			name = str_cstr(a, str_trim(value));
		else
			node_copy(node_at(root, str_cstr(a, key)), unescaped(a, str_trim(value)));
	}
	return name;
}

static void no_error(struct err *e)
{
	if (e)
		fail_msg("%.*s: %.*s", STR_ARG(e->detail), STR_ARG(e->cause));
}

static struct str page_of(struct arena *a, const char *data_path)
{
	struct page_row *root = node_root(a);
	const char *name;
	struct buf out;

	set_flags(root);
	name = fill(a, root, read_file(a, data_path));
	assert_non_null(name);
	buf_init(&out, a, BYTES_MAX);
	no_error(templates_render(templates, a, "layout/head", root, &out));
	no_error(templates_render(templates, a, name, root, &out));
	no_error(templates_render(templates, a, "layout/foot", root, &out));
	return buf_str(&out);
}

static void write_file(const char *path, struct str text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static void check_one(const char *folder, const char *file)
{
	struct arena *a = arena_new(BYTES_MAX);
	const char *data = arena_printf(a, "%s/%s", folder, file);
	char *golden = arena_printf(a, "%s/%s", folder, file);
	struct str page = page_of(a, data), expected;
	size_t stem = strlen(golden) - strlen("data");

	golden = arena_printf(a, "%.*shtml", (int)stem, golden);
	if (getenv("BINCARD_GOLDEN_REMAKE"))
		write_file(golden, page);
	expected = read_file(a, golden);
	if (!str_eq(page, expected))
		fail_msg("%s: the page differs (run tests/golden/remake and read the difference)",
			golden);
	arena_free(a);
}

static void golden_files(void **state)
{
	const char *folder = arena_printf(boot, "%s/tests/golden", source_dir);
	DIR *d = opendir(folder);
	struct dirent *entry;
	int n = 0;

	(void)state;
	assert_non_null(d);
	while ((entry = readdir(d))) {
		if (!str_ends(str_of(entry->d_name), ".data"))
			continue;
		check_one(folder, entry->d_name);
		n++;
	}
	closedir(d);
	assert_true(n > 0);
}

static void values_are_escaped(void **state)
{
	struct arena *a = arena_new(BYTES_MAX);
	struct page_row *root = node_root(a);
	struct buf out;

	(void)state;
	buf_init(&out, a, BYTES_MAX);
	node_copy(node_at(root, "title"), STR("<script>\"'&"));
	no_error(templates_render(templates, a, "error/page", root, &out));
	assert_null(memmem(out.p, out.n, "<script>", 8));
	assert_non_null(memmem(out.p, out.n, "&lt;script&gt;&quot;&#39;&amp;", 30));
	arena_free(a);
}

static void missing_folder_is_an_error(void **state)
{
	struct templates *t;
	struct err *e = templates_load(boot, "/nonexistent/templates", &t);

	(void)state;
	assert_non_null(e);
}

static void nodes_are_found_again(void **state)
{
	struct arena *a = arena_new(BYTES_MAX);
	struct page_row *root = node_root(a);

	(void)state;
	assert_null(node_find(root, "a.b"));
	node_keep(node_at(root, "a.b"), "1");
	assert_ptr_equal(node_find(root, "a.b"), node_at(root, "a.b"));
	assert_null(node_find(root, "a.bc"));
	assert_ptr_not_equal(node_at(root, "a.bc"), node_at(root, "a.b"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_files),
		cmocka_unit_test(values_are_escaped),
		cmocka_unit_test(missing_folder_is_an_error),
		cmocka_unit_test(nodes_are_found_again),
	};

	source_dir = getenv("BINCARD_SRCDIR");
	if (!source_dir)
		source_dir = ".";
	boot = arena_new(BYTES_MAX);
	struct err *e =
		templates_load(boot, arena_printf(boot, "%s/templates", source_dir), &templates);

	if (e) {
		fprintf(stderr, "%.*s %.*s\n", STR_ARG(e->detail), STR_ARG(e->cause));
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
