#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/timestamp.h"

#define VALUE_MAX 2048 /* bytes of one value, so that the fields behind it have room */
#define PROCESS_MAX 32
#define CUT_MARK "\xe2\x80\xa6" /* … */
#define CUT_MARK_N (sizeof(CUT_MARK) - 1)
#define CUT_FIELD ",\"cut\":true"
#define LINE_END "}\n"
/* Kept free until log_end(). */
#define TAIL_MAX (sizeof(CUT_FIELD) + sizeof(LINE_END))
#define NUMBER_MAX 32

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARNING] = "warning",
	[LOG_ERROR] = "error",
};

static struct {
	int fd;
	enum log_level level;
	char path[PATH_MAX]; /* "" is standard error */
	char process[PROCESS_MAX];
	int64_t lost; /* lines since the last one that could be written */
	bool cut; /* the last one was written in part: the next must not continue it */
} writer = {.fd = STDERR_FILENO, .level = LOG_INFO, .process = "bincard"};

static int open_path(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

static void use_fd(int fd)
{
	if (writer.fd != STDERR_FILENO)
		close(writer.fd);
	writer.fd = fd;
}

/* Nobody may read the other end of a pipe, a socket or a terminal: a line that would wait is lost
 * instead. O_NONBLOCK would be everybody's who has the same standard error. */
static bool has_room(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0;
}

static ssize_t write_once(const char *p, size_t n)
{
	ssize_t written = -1;

	while (has_room(writer.fd) && (written = write(writer.fd, p, n)) < 0 && errno == EINTR)
		;
	return written;
}

struct err *log_open(struct arena *a, const char *path, enum log_level level, const char *process)
{
	size_t n = strcmp(path, "-") == 0 ? 0 : strlen(path);
	int fd = STDERR_FILENO;

	if (n >= sizeof(writer.path))
		return err_new(a, ERR_USAGE, "The path of the log file is too long.");
	if (n)
		fd = open_path(path);
	if (fd < 0)
		return err_new(
			a, ERR_USAGE, "Cannot open the log file %s: %s", path, strerror(errno));
	use_fd(fd);
	memcpy(writer.path, path, n);
	writer.path[n] = '\0';
	writer.level = level;
	log_set_process(process);
	return NULL;
}

void log_reopen(void)
{
	int fd;

	if (!writer.path[0])
		return;
	fd = open_path(writer.path);
	if (fd < 0)
		log_text(LOG_ERROR, "cannot open the log file %s again: %s", writer.path,
			strerror(errno));
	else
		use_fd(fd);
}

void log_set_process(const char *process)
{
	size_t n = strnlen(process, PROCESS_MAX - 1);

	memcpy(writer.process, process, n);
	writer.process[n] = '\0';
}

bool log_level_from(struct str name, enum log_level *out)
{
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
		if (str_is(name, level_names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static size_t room(const struct log_line *l)
{
	return sizeof(l->text) - TAIL_MAX - l->n;
}

static void put(struct log_line *l, const char *p, size_t n)
{
	memcpy(l->text + l->n, p, n);
	l->n += n;
}

/* Begins a field when there is room for its name and `n` bytes. Names are literals of the program
 * without anything to escape. */
static bool begin_field(struct log_line *l, const char *name, size_t n)
{
	size_t name_n = strlen(name);

	if (l->off || l->cut)
		return false;
	if (name_n + n + sizeof(",\"\":") > room(l)) {
		l->cut = true;
		return false;
	}
	put(l, l->n == 1 ? "\"" : ",\"", l->n == 1 ? 1 : 2);
	put(l, name, name_n);
	put(l, "\":", 2);
	return true;
}

/* As much of a run of plain bytes as fits, in whole characters. */
static size_t whole_characters(const char *p, size_t n, size_t fit)
{
	if (n <= fit)
		return n;
	while (fit && ((unsigned char)p[fit] & 0xc0) == 0x80)
		fit--;
	return fit;
}

/* Writes the text up to `limit` bytes, escaped; returns what was left out. */
static size_t put_text(struct log_line *l, struct str s, size_t limit)
{
	const size_t end = l->n + limit;
	char escape[JSON_ESCAPE_MAX];
	size_t run, fit, n;

	while (s.n) {
		run = json_clean_run(s);
		fit = whole_characters(s.p, run, end - l->n);
		put(l, s.p, fit);
		s.p += fit;
		s.n -= fit;
		if (fit < run || !s.n)
			break;
		run = json_escape(s, escape, &n);
		if (n > end - l->n)
			break;
		put(l, escape, n);
		s.p += run;
		s.n -= run;
	}
	return s.n;
}

void log_str(struct log_line *l, const char *name, struct str value)
{
	const size_t frame = 2 + CUT_MARK_N;
	size_t limit;

	if (!begin_field(l, name, frame + JSON_ESCAPE_MAX))
		return;
	if (!value.p) {
		put(l, "null", 4);
		return;
	}
	limit = room(l) - frame;
	put(l, "\"", 1);
	if (put_text(l, value, limit < VALUE_MAX ? limit : VALUE_MAX))
		put(l, CUT_MARK, CUT_MARK_N);
	put(l, "\"", 1);
}

static __attribute__((format(printf, 3, 4))) void put_number(
	struct log_line *l, const char *name, const char *fmt, ...)
{
	char text[NUMBER_MAX];
	va_list ap;
	int n;

	if (!begin_field(l, name, sizeof(text)))
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(l, text, (size_t)n);
}

void log_int(struct log_line *l, const char *name, int64_t value)
{
	put_number(l, name, "%lld", (long long)value);
}

void log_ms(struct log_line *l, const char *name, int64_t micros)
{
	unsigned long long v = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;

	put_number(l, name, "%s%llu.%03llu", micros < 0 ? "-" : "", v / 1000, v % 1000);
}

/* RFC 3339 with milliseconds, always three digits. */
static void put_time(struct log_line *l, time_us now)
{
	char text[TIME_TEXT_MAX];
	int millis = (int)(now / 1000 % 1000);
	size_t n = (size_t)time_format(text, now - now % 1000000) - 1;

	if (!begin_field(l, "time", TIME_TEXT_MAX))
		return;
	put(l, "\"", 1);
	put(l, text, n);
	text[0] = '.';
	text[1] = (char)('0' + millis / 100);
	text[2] = (char)('0' + millis / 10 % 10);
	text[3] = (char)('0' + millis % 10);
	put(l, text, 4);
	put(l, "Z\"", 2);
}

void log_begin(struct log_line *l, enum log_level level, const char *message)
{
	l->off = level < writer.level;
	l->cut = false;
	l->n = 0;
	if (l->off)
		return;
	put(l, "{", 1);
	put_time(l, time_now());
	log_str(l, "level", str_of(level_names[level]));
	log_str(l, "process", str_of(writer.process));
	log_int(l, "pid", getpid());
	log_str(l, "message", str_of(message));
	if (writer.lost)
		log_int(l, "lost_lines", writer.lost);
}

void log_end(struct log_line *l)
{
	ssize_t written;

	if (l->off)
		return;
	if (l->cut)
		put(l, CUT_FIELD, sizeof(CUT_FIELD) - 1);
	put(l, LINE_END, sizeof(LINE_END) - 1);
	if (writer.cut && write_once("\n", 1) == 1)
		writer.cut = false;
	written = write_once(l->text, l->n);
	/* There is nowhere to report a log that cannot be written but the log itself, later. */
	writer.lost = written == (ssize_t)l->n ? 0 : writer.lost + 1;
	writer.cut |= written > 0 && written < (ssize_t)l->n;
}

void log_text(enum log_level level, const char *fmt, ...)
{
	char message[LOG_LINE_MAX]; /* more than log_str() keeps: it sees and marks the cut */
	struct log_line l;
	va_list ap;

	if (level < writer.level)
		return;
	va_start(ap, fmt);
	if (vsnprintf(message, sizeof(message), fmt, ap) < 0)
		message[0] = '\0';
	va_end(ap);
	log_begin(&l, level, message);
	log_end(&l);
}

void log_err(enum log_level level, const char *message, const struct err *e)
{
	struct log_line l;

	log_begin(&l, level, message);
	log_str(&l, "error", str_of(err_slug(e->code)));
	log_str(&l, "detail", e->detail);
	if (e->cause.p)
		log_str(&l, "cause", e->cause);
	if (e->field_count)
		log_int(&l, "fields", e->field_count);
	log_end(&l);
}
