/*
 * import movements: rows that follow each other and are alike in the key columns are one movement.
 * It is applied once, for ever, by its key; many are posted in one transaction.
 */
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "domain/change.h"
#include "domain/ledger.h"
#include "run/import.h"

#define BATCH_LINES 2000
#define BATCH_BYTES_MAX ((size_t)128 << 20)
#define POST_BYTES_MAX ((size_t)256 << 20)
#define LOST_TRIES_MAX 30 /* a second apart: the time that a database takes to come back */
#define KEY_BYTES_MAX (4 * CSV_ROW_BYTES_MAX)
#define KEY_TEXT_MAX 200

enum column { MOVEMENT, TYPE, REFERENCE, REASON, OCCURRED_AT, SKU, FROM, TO, QUANTITY };

static const char *const types[] = {
	"receipt", "issue", "transfer", "adjustment", "return", "scrap", "production", NULL};

/* clang-format off */
static const struct field columns[] = {
	[MOVEMENT] = {.name = "movement", .type = FIELD_TEXT, .max = 200},
	[TYPE] = {.name = "type", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = types},
	[REFERENCE] = {.name = "reference", .type = FIELD_TEXT, .max = 120},
	[REASON] = {.name = "reason", .type = FIELD_TEXT, .max = 255},
	[OCCURRED_AT] = {.name = "occurred_at", .type = FIELD_TIME},
	[SKU] = {.name = "sku", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64},
	[FROM] = {.name = "from", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64},
	[TO] = {.name = "to", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .max = 64},
	[QUANTITY] = {.name = "quantity", .type = FIELD_QTY, .flags = FIELD_REQUIRED | FIELD_POSITIVE},
	{.name = NULL},
};
/* clang-format on */

struct group {
	struct ledger_movement m;
	struct ledger_line *lines;
	int64_t *at; /* lines of the file */
	size_t room;
	struct str key; /* without the part's number */
	int64_t first_at, last_at; /* lines of the file, wrong rows among them */
	int64_t rows;
	bool bad; /* a row of it was wrong: it is not posted */
	struct ledger_batch_result result;
	struct group *next;
};

struct batch {
	struct arena *arena; /* of the groups */
	struct ctx ctx; /* its arena is that of one attempt to post */
	struct group *first, **end, *last;
	size_t groups, lines;
	int part; /* of the last group: a movement has at most 1,000 lines */
	struct buf before; /* the key of the last group of the batch before */
	bool before_bad;
	int64_t number; /* of the batch */
};

static void clear(struct batch *b)
{
	if (b->last) {
		buf_clear(&b->before);
		buf_add_str(&b->before, b->last->key);
		b->before_bad = b->last->bad || b->last->result.outcome == LEDGER_BATCH_REFUSED;
	}
	arena_reset(b->arena);
	b->first = b->last = NULL;
	b->end = &b->first;
	b->groups = b->lines = 0;
}

static struct batch *batch_of(struct import *im)
{
	struct batch *b = im->state;

	if (!b) {
		im->state = b = ARENA_NEW(im->keep, struct batch);
		b->arena = arena_new(BATCH_BYTES_MAX);
		buf_init(&b->before, im->keep, KEY_BYTES_MAX);
		b->ctx = im->ctx;
		b->ctx.arena = arena_new(POST_BYTES_MAX);
		clear(b);
	}
	return b;
}

/* ---- keys ---- */

static struct str cell(const struct http_pair *cells, struct str name)
{
	for (; cells; cells = cells->next)
		if (str_eq(cells->name, name))
			return cells->value;
	return STR("");
}

/* Keys are ASCII, and '|' and '#' have a meaning in them. */
static void add_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= 0x20 || c > 0x7e || c == '%' || c == '|' || c == '#' || c == ':')
			buf_printf(b, "%%%02X", c);
		else
			buf_add_char(b, (char)c);
	}
}

/* What tells one movement from another: the key columns' texts. STR_NONE when they cannot
 * be read. */
static struct str key_text(struct import *im, const struct http_pair *cells)
{
	static const struct str by_movement[] = {{"movement", 8}};
	const struct str *keys = im->options.key_count ? im->options.keys : by_movement;
	size_t n = im->options.key_count ? im->options.key_count : 1;
	bool any = false;
	struct buf b;

	buf_init(&b, im->ctx.arena, KEY_BYTES_MAX);
	add_escaped(&b, im->options.key_prefix);
	for (size_t i = 0; i < n; i++) {
		struct str text = str_trim(cell(cells, keys[i]));

		if (!str_is_utf8(text))
			return STR_NONE;
		any |= text.n > 0;
		buf_add_char(&b, i == 0 ? ':' : '|');
		add_escaped(&b, text);
	}
	return any ? buf_str(&b) : STR_NONE;
}

/* A long key stands as its SHA-256. */
static struct str import_key(struct arena *a, struct str key, int part)
{
	if (key.n > KEY_TEXT_MAX)
		key = str_hex(a, digest_sha256_str(a, key).p, DIGEST_BYTES);
	return part > 1 ? str_printf(a, "import:%.*s#%d", STR_ARG(key), part)
			: str_printf(a, "import:%.*s", STR_ARG(key));
}

/* ---- groups ---- */

static struct str last_key(const struct batch *b)
{
	return b->last ? b->last->key : buf_str(&b->before);
}

static struct group *new_group(struct batch *b, struct str key)
{
	struct group *g = ARENA_NEW(b->arena, struct group);
	bool goes_on = b->groups + b->before.n > 0 && str_eq(last_key(b), key);

	b->part = goes_on ? b->part + 1 : 1;
	g->key = str_copy(b->arena, key);
	g->m.import_key = import_key(b->arena, key, b->part);
	g->bad = goes_on && (b->last ? b->last->bad : b->before_bad);
	*b->end = b->last = g;
	b->end = &g->next;
	b->groups++;
	return g;
}

static void *grown(struct arena *a, const void *old, size_t n, size_t room, size_t element_bytes)
{
	void *p = arena_array(a, room, element_bytes);

	if (n > 0)
		memcpy(p, old, n * element_bytes);
	return p;
}

static void add_line(struct batch *b, struct group *g, const struct ledger_line *line, int64_t at)
{
	if (g->m.n == g->room) {
		g->room = g->room ? g->room * 2 : 8;
		g->lines = grown(b->arena, g->lines, g->m.n, g->room, sizeof(*g->lines));
		g->at = grown(b->arena, g->at, g->m.n, g->room, sizeof(*g->at));
		g->m.lines = g->lines;
	}
	g->lines[g->m.n] = *line;
	g->at[g->m.n++] = at;
	b->lines++;
}

/* ---- posting ---- */

static struct err *post_groups(struct batch *b)
{
	struct ctx *c = &b->ctx;
	struct ledger_movement *all = ARENA_ARRAY(c->arena, b->groups, struct ledger_movement);
	struct ledger_batch_result *results =
		ARENA_ARRAY(c->arena, b->groups, struct ledger_batch_result);
	size_t n = 0;

	for (struct group *g = b->first; g; g = g->next)
		if (!g->bad)
			all[n++] = g->m;
	TRY(ledger_batch_post(c, all, n, results));
	n = 0;
	for (struct group *g = b->first; g; g = g->next)
		if (!g->bad)
			g->result = results[n++];
	return NULL;
}

static struct err *post_once(struct import *im, struct batch *b)
{
	struct err *e;

	arena_reset(b->ctx.arena);
	b->ctx.request_id = str_printf(
		b->ctx.arena, "%.*s-%lld", STR_ARG(im->ctx.request_id), (long long)b->number);
	if (im->one_transaction)
		return post_groups(b);
	TRY(ledger_batch_begin(&b->ctx));
	e = post_groups(b);
	if (e) {
		ledger_batch_rollback(&b->ctx);
		return e;
	}
	return ledger_batch_commit(&b->ctx);
}

/* After a deadlock or a lost connection the batch runs again: each movement has its key, so what
 * was applied after all is passed over. */
static struct err *post(struct import *im, struct batch *b)
{
	struct err *e = NULL;

	b->number++;
	for (int n = 1; n <= LOST_TRIES_MAX; n++) {
		bool met;

		e = post_once(im, b);
		met = e && (e->code == ERR_DB_DEADLOCK || e->code == ERR_DB_LOCK_WAIT);
		if (met && im->one_transaction)
			return err_because(
				err_new(b->ctx.arena, ERR_CONFLICT,
					"Another import or posting was in the way, and nothing is kept: run it again."),
				"%.*s", STR_ARG(e->cause));
		if (!e || im->one_transaction)
			return e;
		if (met)
			change_pause(n);
		else if (e->code == ERR_DB_LOST || e->code == ERR_UNAVAILABLE)
			sleep(1);
		else
			return e;
	}
	return e;
}

/* The line of the file that "/lines/3/sku" is about, and its column. */
static int64_t place(const struct group *g, struct str pointer, struct str *column)
{
	struct str rest, number;
	int64_t i;

	*column = (struct str){pointer.p + (pointer.n > 0), pointer.n - (pointer.n > 0)};
	if (!str_starts(pointer, "/lines/"))
		return g->at[0];
	rest = (struct str){pointer.p + 7, pointer.n - 7};
	number = str_cut(rest, '/', column);
	if (!str_to_int(number, &i) || i < 0 || (size_t)i >= g->m.n)
		return g->at[0];
	return g->at[i];
}

static void report(struct import *im, const struct group *g)
{
	const struct err *e = g->result.refusal;
	struct str column;

	if (!e->fields)
		import_wrong(im, g->at[0], e->code == ERR_KEY_REUSED ? "movement" : "",
			err_slug(e->code), e->detail);
	for (const struct err_field *f = e->fields; f; f = f->next) {
		int64_t line = place(g, f->pointer, &column);

		import_wrong(im, line, str_cstr(im->ctx.arena, column), f->code, f->detail);
	}
}

/* A movement applies whole or not at all: its good rows are named too, so that no row is dropped
 * without a word. */
static void report_rows(struct import *im, const struct group *g)
{
	im->refused++;
	im->refused_rows += g->rows;
	if (g->rows > 1)
		import_wrong(im, g->first_at, "", "movement_refused",
			str_printf(im->ctx.arena,
				"None of the %lld rows of this movement, lines %lld to %lld, was imported.",
				(long long)g->rows, (long long)g->first_at, (long long)g->last_at));
}

static struct err *flush(struct import *im, struct batch *b)
{
	struct err *e;

	if (b->groups == 0)
		return NULL;
	e = post(im, b);
	if (e) /* it must outlive the attempt */
		return err_because(err_new(im->keep, e->code, "%.*s", STR_ARG(e->detail)), "%.*s",
			STR_ARG(e->cause));
	for (struct group *g = b->first; g; g = g->next) {
		bool refused = g->bad || g->result.outcome == LEDGER_BATCH_REFUSED;

		if (!g->bad && refused)
			report(im, g);
		if (refused)
			report_rows(im, g);
		else if (g->result.outcome == LEDGER_BATCH_KNOWN)
			im->unchanged++;
		else
			im->added++;
	}
	clear(b);
	return NULL;
}

/* ---- rows ---- */

/* The movement that a row belongs to: the last one, when the row does not say. A full batch is
 * posted when another movement begins. */
static struct err *group_for(
	struct import *im, const struct http_pair *cells, int64_t line, struct group **out)
{
	struct batch *b = batch_of(im);
	struct str key = key_text(im, cells);
	bool same;

	if (!key.p)
		key = b->last ? str_copy(im->ctx.arena, b->last->key) : STR(":");
	same = b->last && str_eq(b->last->key, key);
	if ((!same || b->last->rows >= LEDGER_LINES_MAX) && b->lines >= BATCH_LINES)
		TRY(flush(im, b));
	*out = same && b->last && b->last->rows < LEDGER_LINES_MAX ? b->last : new_group(b, key);
	if ((*out)->rows++ == 0)
		(*out)->first_at = line;
	(*out)->last_at = line;
	return NULL;
}

static bool differs(const struct group *g, const struct value *in)
{
	const struct ledger_movement *m = &g->m;

	return m->type != (enum movement_type)in[TYPE].num ||
		!str_eq(m->reference, in[REFERENCE].set ? in[REFERENCE].text : STR("")) ||
		!str_eq(m->reason, in[REASON].set ? in[REASON].text : STR("")) ||
		m->has_occurred_at != in[OCCURRED_AT].set ||
		(m->has_occurred_at && m->occurred_at != in[OCCURRED_AT].num);
}

static void begin(struct arena *a, struct group *g, const struct value *in)
{
	g->m.type = (enum movement_type)in[TYPE].num;
	g->m.reference = in[REFERENCE].set ? str_copy(a, in[REFERENCE].text) : STR("");
	g->m.reason = in[REASON].set ? str_copy(a, in[REASON].text) : STR("");
	g->m.has_occurred_at = in[OCCURRED_AT].set;
	g->m.occurred_at = in[OCCURRED_AT].num;
}

/* The movement of a wrong row is not posted: it applies whole or not at all. */
static struct err *bad_row(struct import *im, int64_t line, const struct http_pair *cells)
{
	struct group *g;

	TRY(group_for(im, cells, line, &g));
	batch_of(im)->lines++;
	g->bad = true;
	import_forget(im);
	return NULL;
}

static const char *key_column(struct import *im)
{
	return im->options.key_count ? im->options.keys[0].p : "movement";
}

static struct err *row(
	struct import *im, const struct value *in, const struct http_pair *cells, int64_t at)
{
	struct batch *b;
	struct group *g;
	struct ledger_line line;

	if (!key_text(im, cells).p) {
		import_wrong(im, at, key_column(im), "required", STR("The row names no movement."));
		return bad_row(im, at, NULL);
	}
	TRY(group_for(im, cells, at, &g));
	b = batch_of(im);
	if (g->m.n == 0 && !g->bad) {
		begin(b->arena, g, in);
	} else if (!g->bad && differs(g, in)) {
		import_wrong(im, at, "movement", "differs",
			STR("Type, reference, reason and occurred_at are the same in all rows of a "
			    "movement."));
		g->bad = true;
	}
	line = (struct ledger_line){
		.sku = str_copy(b->arena, in[SKU].text),
		.from = str_copy(b->arena, in[FROM].text),
		.to = str_copy(b->arena, in[TO].text),
		.quantity = in[QUANTITY].num,
	};
	add_line(b, g, &line, at);
	import_forget(im);
	return NULL;
}

static struct err *finish(struct import *im)
{
	struct batch *b = batch_of(im);
	struct err *e = flush(im, b);

	arena_free(b->arena);
	arena_free(b->ctx.arena);
	return e;
}

/* Without a key a second run would post everything again. */
static struct err *check(struct import *im)
{
	if (im->options.key_count > 0 || import_has_column(im, &columns[MOVEMENT]))
		return NULL;
	return err_new(im->keep, ERR_USAGE,
		"The file has no column \"movement\"; name with --key what tells one movement from another.");
}

const struct import_kind import_movements = {"movements", columns, check, row, bad_row, finish};
