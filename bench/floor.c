/*
 * The floor of ./dev bench: what libfcgi, sprintf and the plain statements one by one can do at
 * most. No sign-in, no escaping, no checks; nobody should put this on a network.
 *
 *   floor SOCKET WORKERS DATABASE_SOCKET USER PASSWORD
 *
 *   GET  /floor/stock?sku=S     one select, JSON
 *   POST /floor/movement        one movement of one line, ten round trips
 *   GET  /floor/items           the first 50 items, HTML
 */
#include <errno.h>
#include <fcgiapp.h>
#include <mysql.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define COLUMNS_MAX 12
#define TEXT_MAX 256
#define PARAMS_MAX 8

/* A prepared statement, its parameters, and its current row as text. */
struct statement {
	MYSQL_STMT *handle;
	MYSQL_BIND in[PARAMS_MAX];
	MYSQL_BIND out[COLUMNS_MAX];
	char text[COLUMNS_MAX][TEXT_MAX];
	unsigned long length[COLUMNS_MAX];
	my_bool null[COLUMNS_MAX];
};

static MYSQL *db;
static struct statement stock, item, from, to, take, movement, line, once, outbox, page;
static char answer[65536];

static void die(const char *what, const char *why)
{
	fprintf(stderr, "floor: %s: %s\n", what, why);
	exit(1);
}

/* ---- the database ---- */

static void prepare(struct statement *s, const char *sql)
{
	unsigned columns;

	s->handle = mysql_stmt_init(db);
	if (!s->handle || mysql_stmt_prepare(s->handle, sql, strlen(sql)))
		die(sql, mysql_error(db));
	columns = mysql_stmt_field_count(s->handle);
	for (unsigned i = 0; i < columns; i++) {
		s->out[i].buffer_type = MYSQL_TYPE_STRING;
		s->out[i].buffer = s->text[i];
		s->out[i].buffer_length = TEXT_MAX;
		s->out[i].length = &s->length[i];
		s->out[i].is_null = &s->null[i];
	}
	if (columns && mysql_stmt_bind_result(s->handle, s->out))
		die(sql, mysql_stmt_error(s->handle));
}

static void text(struct statement *s, int at, const char *value)
{
	s->in[at].buffer_type = MYSQL_TYPE_STRING;
	s->in[at].buffer = (void *)(uintptr_t)value;
	s->in[at].buffer_length = strlen(value);
}

static int run(struct statement *s)
{
	return mysql_stmt_bind_param(s->handle, s->in) || mysql_stmt_execute(s->handle);
}

/* The next row; 0 is none. */
static int next(struct statement *s)
{
	if (mysql_stmt_fetch(s->handle) == MYSQL_NO_DATA)
		return 0;
	for (int i = 0; i < COLUMNS_MAX; i++) {
		unsigned long n = s->null[i] ? 0 : s->length[i];

		s->text[i][n < TEXT_MAX ? n : TEXT_MAX - 1] = '\0';
	}
	return 1;
}

/* Runs it and takes its only row. */
static int one(struct statement *s)
{
	if (run(s) || !next(s))
		return 0;
	while (mysql_stmt_fetch(s->handle) != MYSQL_NO_DATA)
		;
	return 1;
}

static void prepare_movement(void)
{
	prepare(&item, "SELECT id, unit FROM item WHERE sku = ? AND status = 'active'");
	prepare(&from, "SELECT id, kind FROM location WHERE code = ? AND status = 'active'");
	prepare(&to, "SELECT id, kind FROM location WHERE code = ? AND status = 'active'");
	prepare(&take,
		"UPDATE stock_level SET on_hand = on_hand - ?, version = version + 1,"
		" updated_at = UTC_TIMESTAMP(6)"
		" WHERE item_id = ? AND location_id = ? AND lot_id = 0"
		" AND on_hand - reserved >= ?");
	prepare(&movement,
		"INSERT INTO movement (type, reference, reason, occurred_at, recorded_at,"
		" actor, request_id, line_count) VALUES ('issue', '', '', UTC_TIMESTAMP(6),"
		" UTC_TIMESTAMP(6), 'client:1', ?, 1)");
	prepare(&line,
		"INSERT INTO movement_line (movement_id, line_no, item_id, lot_id, from_id, to_id,"
		" quantity) VALUES (?, 1, ?, 0, ?, ?, ?)");
	prepare(&once,
		"INSERT INTO idempotency_key (principal, idem_key, fingerprint, status, body,"
		" created_at) VALUES ('floor', ?, ?, 201, ?, UTC_TIMESTAMP(6))");
	prepare(&outbox,
		"INSERT INTO outbox (type, subject, actor, request_id, data, created_at) VALUES"
		" ('bincard.movement.posted.v1', ?, 'client:1', ?, ?, UTC_TIMESTAMP(6))");
}

static void open_database(char **argv)
{
	static const char mode[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

	db = mysql_init(NULL);
	if (!db || !mysql_real_connect(db, NULL, argv[4], argv[5], "bincard", 0, argv[3], 0))
		die("cannot connect", db ? mysql_error(db) : "no memory");
	if (mysql_set_character_set(db, "utf8mb4") || mysql_query(db, mode))
		die("cannot set up the connection", mysql_error(db));
	prepare(&stock,
		"SELECT s.item_id, s.location_id, i.sku, i.name, i.unit, l.code, l.name,"
		" s.on_hand, s.reserved, s.version, s.updated_at FROM item i"
		" JOIN stock_level s ON s.item_id = i.id JOIN location l ON l.id = s.location_id"
		" WHERE i.sku = ? AND s.on_hand > 0 ORDER BY s.location_id LIMIT 51");
	prepare(&page,
		"SELECT i.id, i.sku, i.name, i.unit, c.name, i.updated_at,"
		" (SELECT COALESCE(SUM(s.on_hand), 0) FROM stock_level s WHERE s.item_id = i.id)"
		" FROM item i LEFT JOIN category c ON c.id = i.category_id"
		" ORDER BY i.sku LIMIT 50");
	prepare_movement();
}

/* ---- answers ---- */

static void reply(FCGX_Request *r, const char *status, const char *type, size_t n)
{
	FCGX_FPrintF(r->out, "Status: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", status,
		type, (int)n);
	FCGX_PutStr(answer, (int)n, r->out);
}

static void refuse(FCGX_Request *r, const char *status)
{
	reply(r, status, "text/plain", (size_t)sprintf(answer, "%s\n", status));
}

static void get_stock(FCGX_Request *r)
{
	const char *query = FCGX_GetParam("QUERY_STRING", r->envp);
	char sku[65] = "";
	size_t n;
	char(*t)[TEXT_MAX] = stock.text;

	if (!query || sscanf(query, "sku=%64[^&]", sku) != 1) {
		refuse(r, "400 Bad Request");
		return;
	}
	text(&stock, 0, sku);
	if (run(&stock)) {
		refuse(r, "500 Internal Server Error");
		return;
	}
	n = (size_t)sprintf(answer, "{\"data\":[");
	for (int i = 0; next(&stock); i++)
		n += (size_t)sprintf(answer + n,
			"%s{\"item_id\":%s,\"location_id\":%s,\"sku\":\"%s\",\"name\":\"%s\","
			"\"unit\":\"%s\",\"location\":\"%s\",\"location_name\":\"%s\","
			"\"on_hand\":\"%s\",\"reserved\":\"%s\",\"version\":%s,"
			"\"updated_at\":\"%s\"}",
			i ? "," : "", t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9],
			t[10]);
	n += (size_t)sprintf(answer + n, "],\"has_more\":false}");
	reply(r, "200 OK", "application/json", n);
}

struct post {
	char sku[65], from[65], to[65], quantity[33], id[24], body[512];
	const char *key;
};

/* The statements between START TRANSACTION and COMMIT. True when all of them did what
 * they should. */
static int post_movement(struct post *p)
{
	static const char fingerprint[33] = "01234567890123456789012345678901";

	text(&item, 0, p->sku);
	text(&from, 0, p->from);
	text(&to, 0, p->to);
	if (!one(&item) || !one(&from) || !one(&to))
		return 0;
	text(&take, 0, p->quantity);
	text(&take, 1, item.text[0]);
	text(&take, 2, from.text[0]);
	text(&take, 3, p->quantity);
	if (run(&take) || mysql_stmt_affected_rows(take.handle) != 1)
		return 0;
	text(&movement, 0, p->key);
	if (run(&movement))
		return 0;
	sprintf(p->id, "%llu", (unsigned long long)mysql_stmt_insert_id(movement.handle));
	text(&line, 0, p->id);
	text(&line, 1, item.text[0]);
	text(&line, 2, from.text[0]);
	text(&line, 3, to.text[0]);
	text(&line, 4, p->quantity);
	sprintf(p->body,
		"{\"id\":%s,\"type\":\"issue\",\"actor\":\"client:1\",\"lines\":[{\"line\":1,\"item_id\":%s,"
		"\"sku\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"quantity\":\"%s\"}]}",
		p->id, item.text[0], p->sku, p->from, p->to, p->quantity);
	text(&once, 0, p->key);
	text(&once, 1, fingerprint);
	text(&once, 2, p->body);
	text(&outbox, 0, p->id);
	text(&outbox, 1, p->key);
	text(&outbox, 2, p->body);
	return !run(&line) && !run(&once) && !run(&outbox);
}

static void post(FCGX_Request *r)
{
	struct post p = {.key = FCGX_GetParam("HTTP_IDEMPOTENCY_KEY", r->envp)};
	char body[1024];
	int n = FCGX_GetStr(body, sizeof(body) - 1, r->in);

	body[n > 0 ? n : 0] = '\0';
	if (!p.key ||
		sscanf(body,
			"{\"type\":\"issue\",\"lines\":[{\"sku\":\"%64[^\"]\",\"from\":\"%64[^\"]\","
			"\"to\":\"%64[^\"]\",\"quantity\":\"%32[^\"]\"}]}",
			p.sku, p.from, p.to, p.quantity) != 4) {
		refuse(r, "400 Bad Request");
		return;
	}
	if (mysql_query(db, "START TRANSACTION") || !post_movement(&p) ||
		mysql_query(db, "COMMIT")) {
		mysql_query(db, "ROLLBACK");
		refuse(r, "409 Conflict");
		return;
	}
	reply(r, "201 Created", "application/json", (size_t)sprintf(answer, "%s", p.body));
}

/* The frame of the page has about as many bytes as bincard's: navigation, filter, table head. */
static const char page_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Items - bincard</title>\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<link rel=\"stylesheet\" href=\"/static/css/bincard.css\"></head>\n<body><header class=\"top\"><nav>"
	"<a href=\"/\">Overview</a> <a href=\"/items\">Items</a> <a href=\"/categories\">Categories</a> "
	"<a href=\"/locations\">Locations</a> <a href=\"/movements\">Movements</a> "
	"<a href=\"/verification\">Verification</a></nav></header>\n<main><h1>Items</h1>\n"
	"<form class=\"filters\" action=\"/items\" method=\"get\"><label for=\"f-q\">SKU or name</label>"
	"<input id=\"f-q\" name=\"q\" type=\"search\" maxlength=\"120\" value=\"\" autocomplete=\"off\">"
	"<button type=\"submit\">Show</button></form>\n<table class=\"list stack\">\n<thead><tr>"
	"<th scope=\"col\">SKU</th><th scope=\"col\">Name</th><th scope=\"col\">Category</th>"
	"<th scope=\"col\" class=\"num\">On hand</th><th scope=\"col\">Changed</th></tr></thead>\n<tbody>\n";

static void get_items(FCGX_Request *r)
{
	char(*t)[TEXT_MAX] = page.text;
	size_t n;

	if (run(&page)) {
		refuse(r, "500 Internal Server Error");
		return;
	}
	n = (size_t)sprintf(answer, "%s", page_head);
	while (next(&page))
		n += (size_t)sprintf(answer + n,
			"<tr>\n<th scope=\"row\"><a class=\"code\" href=\"/items/%s\">%s</a></th>\n"
			"<td data-label=\"Name\">%s</td>\n<td data-label=\"Category\">%s</td>\n"
			"<td data-label=\"On hand\" class=\"num\">%s <span class=\"unit\">%s</span></td>\n"
			"<td data-label=\"Changed\" class=\"time dim\">%s</td>\n</tr>\n",
			t[0], t[1], t[2], page.null[4] ? "" : t[4], t[6], t[3], t[5]);
	n += (size_t)sprintf(answer + n, "</tbody>\n</table>\n</main></body></html>\n");
	reply(r, "200 OK", "text/html; charset=utf-8", n);
}

/* ---- processes ---- */

static void serve(int fd, char **argv)
{
	FCGX_Request r;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	open_database(argv);
	if (FCGX_Init() || FCGX_InitRequest(&r, fd, 0))
		die("cannot start", "libfcgi");
	while (FCGX_Accept_r(&r) == 0) {
		const char *uri = FCGX_GetParam("REQUEST_URI", r.envp);

		if (uri && !strncmp(uri, "/floor/stock?", 13))
			get_stock(&r);
		else if (uri && !strcmp(uri, "/floor/movement"))
			post(&r);
		else if (uri && !strcmp(uri, "/floor/items"))
			get_items(&r);
		else
			refuse(&r, "404 Not Found");
	}
	exit(1);
}

int main(int argc, char **argv)
{
	int fd, workers;

	if (argc != 6)
		die("usage", "floor SOCKET WORKERS DATABASE_SOCKET USER PASSWORD");
	workers = atoi(argv[2]);
	if (FCGX_Init() || (fd = FCGX_OpenSocket(argv[1], 1024)) < 0)
		die(argv[1], "cannot listen");
	for (int i = 0; i < workers; i++) {
		pid_t child = fork();

		if (child < 0)
			die("cannot fork", strerror(errno));
		if (child == 0)
			serve(fd, argv);
	}
	wait(NULL);
	die("a worker", "ended");
}
