/*
 * str: a view of bytes. It owns nothing and need not end in NUL; whoever made the bytes owns them
 * (nearly always the request's arena). A view with p == NULL means "absent"; "" is present and
 * empty.
 */
#ifndef BINCARD_BASE_STR_H
#define BINCARD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : "" /* for "%.*s" */

/* A view of a C string; NULL gives STR_NONE. */
struct str str_of(const char *cstr);
/* A NUL-terminated copy in the arena ("" for STR_NONE). */
char *str_cstr(struct arena *a, struct str s);
/* A copy of the bytes in the arena. */
struct str str_copy(struct arena *a, struct str s);
/* printf to a view of arena memory. */
struct str str_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An absent view equals only an absent view. */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *cstr);
/* ASCII letters compare without case: for HTTP tokens, never for codes that people scan. */
bool str_is_nocase(struct str a, const char *cstr);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
/* Of UTF-8: without anything at both ends that looks like a space or like nothing. */
struct str str_trim_text(struct str s);
/* The part before the first `sep`; *rest gets what follows it (STR_NONE when there is no `sep`). */
struct str str_cut(struct str s, char sep, struct str *rest);
/* Strict decimal int64: optional '-', digits only, no overflow. False leaves *out alone. */
bool str_to_int(struct str s, int64_t *out);
/* Well-formed UTF-8 (no surrogates, no overlong form) without NUL. */
bool str_is_utf8(struct str s);
/* Well-formed UTF-8 without control characters; `multiline` allows tab and newline. */
bool str_is_text(struct str s, bool multiline);
/* Nothing but ASCII: what an ascii column can be compared with. */
bool str_is_ascii(struct str s);
/* Bytes of the well-formed sequence that `s` begins with (1 to 4; NUL counts as 1), 0 when it does
 * not begin with one. */
size_t str_utf8_step(struct str s);
/* Number of Unicode code points of well-formed UTF-8. */
size_t str_code_points(struct str s);
/* Compares secrets in time that depends on the length alone. */
bool str_eq_secret(struct str a, struct str b);

/* base64url without padding (RFC 4648, section 5). Decoding is strict: no padding, no white space,
 * no non-zero trailing bits; false on anything else. */
struct str str_base64url(struct arena *a, struct str bytes);
bool str_from_base64url(struct arena *a, struct str text, struct str *bytes);
/* Standard base64 with padding (RFC 4648, section 4), strict; for HTTP Basic, and signatures. */
struct str str_base64(struct arena *a, struct str bytes);
bool str_from_base64(struct arena *a, struct str text, struct str *bytes);
/* base32 without padding (RFC 4648, section 6), as authenticators read it. */
struct str str_base32(struct arena *a, struct str bytes);
/* Percent-encodes all but what RFC 3986 calls unreserved: for a value in a query, a form, a path. */
struct str str_escape_url(struct arena *a, struct str s);
struct str str_hex(struct arena *a, const void *bytes, size_t n);

#endif
