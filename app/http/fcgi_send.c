/*
 * The answer as FastCGI records, gathered by sendmsg(2): libfcgi's own writer copies through 8 KiB
 * and would need a system call for each of them.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http/fcgi_wire.h"

#define RECORD_MAX ((size_t)65528) /* of content; a multiple of 8, as the specification advises */
#define IOV_SIZE 64
#define RECORDS_AT_ONCE 16

struct sender {
	int fd;
	int request_id;
	struct iovec iov[IOV_SIZE];
	size_t iov_n;
	unsigned char headers[RECORDS_AT_ONCE][8];
	size_t headers_n;
	bool failed;
};

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{201, "Created"},
		{202, "Accepted"},
		{204, "No Content"},
		{303, "See Other"},
		{304, "Not Modified"},
		{301, "Moved Permanently"},
		{302, "Found"},
		{307, "Temporary Redirect"},
		{308, "Permanent Redirect"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{409, "Conflict"},
		{410, "Gone"},
		{412, "Precondition Failed"},
		{413, "Content Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{426, "Upgrade Required"},
		{428, "Precondition Required"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Status";
}

struct str fcgi_head(char out[static FCGI_HEAD_MAX], const struct response *rs, struct str id)
{
	bool bare = rs->status == 204 || rs->status == 304;
	const char *type = rs->content_type;
	char length[48] = "";
	int n;

	assert(rs->status >= 200 && rs->status <= 599);
	if (!bare)
		(void)snprintf(length, sizeof(length), "Content-Length: %zu\r\n", rs->body.n);
	n = snprintf(out, FCGI_HEAD_MAX, "Status: %d %s\r\n%s%s%s%sX-Request-Id: %.*s\r\n",
		rs->status, http_reason(rs->status), type && !bare ? "Content-Type: " : "",
		type && !bare ? type : "", type && !bare ? "\r\n" : "", length, STR_ARG(id));
	assert(n > 0 && n < FCGI_HEAD_MAX);
	return (struct str){out, (size_t)n};
}

void fcgi_record(unsigned char out[static 8], int type, int request_id, size_t content)
{
	out[0] = 1;
	out[1] = (unsigned char)type;
	out[2] = (unsigned char)(request_id >> 8);
	out[3] = (unsigned char)request_id;
	out[4] = (unsigned char)(content >> 8);
	out[5] = (unsigned char)content;
	out[6] = 0;
	out[7] = 0;
}

static void flush(struct sender *s)
{
	struct msghdr m = {.msg_iov = s->iov, .msg_iovlen = s->iov_n};

	while (m.msg_iovlen && !s->failed) {
		ssize_t sent = sendmsg(s->fd, &m, MSG_NOSIGNAL);
		size_t left;

		if (sent < 0) {
			s->failed = errno != EINTR;
			continue;
		}
		for (left = (size_t)sent; m.msg_iovlen && left >= m.msg_iov->iov_len;
			m.msg_iovlen--)
			left -= m.msg_iov++->iov_len;
		if (m.msg_iovlen) {
			m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + left;
			m.msg_iov->iov_len -= left;
		}
	}
	s->iov_n = 0;
	s->headers_n = 0;
}

static void add(struct sender *s, const void *p, size_t n)
{
	if (!n)
		return;
	if (s->iov_n == IOV_SIZE)
		flush(s);
	s->iov[s->iov_n++] = (struct iovec){.iov_base = (void *)(uintptr_t)p, .iov_len = n};
}

static void begin_record(struct sender *s, size_t content)
{
	unsigned char *header;

	if (s->headers_n == RECORDS_AT_ONCE)
		flush(s);
	header = s->headers[s->headers_n++];
	fcgi_record(header, FCGI_TYPE_STDOUT, s->request_id, content);
	add(s, header, 8);
}

/* Cuts the parts, taken as one text, into records. */
static void add_contents(struct sender *s, const struct str *parts, size_t parts_n)
{
	size_t total = 0, room = 0;

	for (size_t i = 0; i < parts_n; i++)
		total += parts[i].n;
	for (size_t i = 0; i < parts_n; i++) {
		struct str left = parts[i];

		while (left.n) {
			size_t n;

			if (!room) {
				room = total < RECORD_MAX ? total : RECORD_MAX;
				total -= room;
				begin_record(s, room);
			}
			n = left.n < room ? left.n : room;
			add(s, left.p, n);
			left.p += n;
			left.n -= n;
			room -= n;
		}
	}
}

bool fcgi_send(int fd, int request_id, const struct str *parts, size_t parts_n)
{
	struct sender s = {.fd = fd, .request_id = request_id};
	unsigned char end[24] = {0}; /* application status 0, FCGI_REQUEST_COMPLETE */

	add_contents(&s, parts, parts_n);
	fcgi_record(end, FCGI_TYPE_STDOUT, request_id, 0);
	fcgi_record(end + 8, FCGI_TYPE_END, request_id, 8);
	add(&s, end, sizeof(end));
	flush(&s);
	return !s.failed;
}
