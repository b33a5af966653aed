#include "domain/settings.h"

#include <assert.h>
#include <unistd.h>

#include "domain/audit.h"
#include "domain/change.h"
#include "store/settings_store.h"

#define HOST_BYTES_MAX 64 /* the columns' */
#define FILE_BYTES_MAX 1000

struct noting {
	struct str host, file, lines;
};

static bool has_line(struct str lines, struct str line)
{
	for (struct str rest = lines; rest.p;)
		if (str_eq(str_cut(rest, '\n', &rest), line))
			return true;
	return false;
}

/* {"lines": [those of `lines` that `other` has not]}; STR_NONE when there are none. */
static struct str only_in(struct arena *a, struct str lines, struct str other)
{
	struct json_out j;
	struct buf b;
	bool any = false;

	buf_init(&b, a, JSON_ESCAPE_MAX * (lines.n + 64));
	json_init(&j, &b);
	json_object(&j, NULL);
	json_array(&j, "lines");
	for (struct str rest = lines; rest.p;) {
		struct str line = str_cut(rest, '\n', &rest);

		if (!line.n || has_line(other, line))
			continue;
		json_str(&j, NULL, line);
		any = true;
	}
	json_array_end(&j);
	json_object_end(&j);
	assert(!b.overflow);
	return any ? buf_str(&b) : STR_NONE;
}

static struct err *note_tx(struct ctx *c, void *arg)
{
	const struct noting *n = arg;
	struct audit_note note = {
		.resource = STR("settings"), .action = STR("changed"), .resource_id = n->host};
	struct str last;

	TRY(settings_store_lock(c->db, c->arena, n->host, n->file, &last));
	if (last.p && str_eq(last, n->lines))
		return NULL;
	TRY(settings_store_put(c->db, c->arena, n->host, n->file, n->lines));
	note.before = last.p ? only_in(c->arena, last, n->lines) : STR_NONE;
	note.after = only_in(c->arena, n->lines, last.p ? last : STR(""));
	return audit_record(c, &note);
}

struct err *settings_note(struct ctx *c, struct str file, struct str lines)
{
	struct noting n = {.host = STR("localhost"), .lines = lines};
	char host[HOST_BYTES_MAX + 1];

	if (gethostname(host, sizeof(host)) == 0 && str_is_ascii(str_of(host)))
		n.host = str_copy(c->arena, str_of(host));
	n.file = (struct str){file.p, file.n < FILE_BYTES_MAX ? file.n : FILE_BYTES_MAX};
	return change_run(c, note_tx, &n);
}
