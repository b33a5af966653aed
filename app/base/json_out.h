/*
 * json_out: writes JSON (RFC 8259) into a buf. It keeps the commas and nesting; a wrong nesting is
 * an assert. Text is written as UTF-8 with the necessary escapes only; '<', '>' and '&' become
 * \u00XX as well, so that JSON is harmless wherever it ends up. Bytes that are not UTF-8 become
 * U+FFFD: the answer is JSON in any case.
 */
#ifndef BINCARD_BASE_JSON_OUT_H
#define BINCARD_BASE_JSON_OUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/qty.h"
#include "base/timestamp.h"

#define JSON_DEPTH_MAX 32

struct json_out {
	struct buf *buf;
	int depth;
	bool comma; /* a value stands before the next one */
	uint64_t objects; /* bit d: the container at depth d is an object */
};

void json_init(struct json_out *j, struct buf *b);

/* libjansson exports functions of these names, and a program's own functions would take their place
 * inside it and libjwt. So the linker knows ours by other names. */
#define json_object json_out_object
#define json_array json_out_array
#define json_null json_out_null

/* Inside an object give a name; inside an array, or at the top, NULL. */
void json_object(struct json_out *j, const char *name);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j, const char *name);
void json_array_end(struct json_out *j);
void json_str(struct json_out *j, const char *name, struct str v); /* STR_NONE is null */
void json_cstr(struct json_out *j, const char *name, const char *v);
void json_int(struct json_out *j, const char *name, int64_t v);
void json_bool(struct json_out *j, const char *name, bool v);
void json_null(struct json_out *j, const char *name);
void json_qty(struct json_out *j, const char *name, qty_sum_t v); /* as a string */
void json_time(struct json_out *j, const char *name, time_us v); /* RFC 3339 */
/* Text that is JSON already, written as it is; STR_NONE is null. */
void json_raw(struct json_out *j, const char *name, struct str json);

/* The two parts of writing text, shared with log: the bytes at the front of `s` that stand in a
 * JSON text as they are, and, for what comes next (s.n > 0), its escape in `out`; *out_n is its
 * length. The number of bytes of `s` that it stands for is returned. */
#define JSON_ESCAPE_MAX 6
size_t json_clean_run(struct str s);
size_t json_escape(struct str s, char out[static JSON_ESCAPE_MAX], size_t *out_n);

#endif
