/*
 * qr: QR codes as SVG, by libqrencode, whose header qr.c alone includes.
 */
#ifndef BINCARD_WEB_QR_H
#define BINCARD_WEB_QR_H

#include "base/buf.h"
#include "base/err.h"

/* A whole SVG document: one path in attributes, dark on light in any colour scheme, with the quiet zone
 * of four modules. Text of up to QR_TEXT_MAX bytes (asserted). */
#define QR_TEXT_MAX 2000
MUST_CHECK struct err *qr_svg(struct arena *a, struct str text, struct buf *out);

#endif
