#include "web/qr.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <qrencode.h>

#define QUIET 4
#define PIXELS 240

/* The dark modules of a row, each run of them one rectangle. */
static void add_row(struct buf *out, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width; x++) {
		int from = x;

		while (x < width && (row[x] & 1))
			x++;
		if (x > from)
			buf_printf(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from,
				x - from);
	}
}

static void add_code(struct buf *out, const QRcode *code)
{
	int side = code->width + 2 * QUIET;

	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
		"<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
		PIXELS, PIXELS, side, side, side, side);
	for (int y = 0; y < code->width; y++)
		add_row(out, code->data + (size_t)y * (size_t)code->width, code->width, y);
	buf_add_cstr(out, "\"/></svg>\n");
}

struct err *qr_svg(struct arena *a, struct str text, struct buf *out)
{
	QRcode *code;

	assert(text.n && text.n <= QR_TEXT_MAX);
	code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!code)
		return err_because(
			err_new(a, ERR_INTERNAL, "%s", ""), "qrencode: %s", strerror(errno));
	add_code(out, code);
	memset(code->data, 0, (size_t)code->width * (size_t)code->width); /* it shows a secret */
	QRcode_free(code);
	return NULL;
}
