/*
 * timestamp: instants as microseconds since 1970-01-01T00:00:00Z. Years 1000 to 9999, which is what
 * DATETIME(6) holds. All of bincard is UTC; an offset is folded in when read.
 */
#ifndef BINCARD_BASE_TIMESTAMP_H
#define BINCARD_BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef int64_t time_us; /* microseconds since the epoch, UTC */

#define TIME_TEXT_MAX 32
#define TIME_NONE INT64_MIN /* no instant, where there may be one */
#define TIME_LAST INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */
#define TIME_DAY ((time_us)24 * 60 * 60 * 1000000)

time_us time_now(void); /* wall clock */
int64_t time_monotonic_us(void); /* for durations */

/* RFC 3339 with 'Z' or an offset; 'T' or 't' or a space; up to six decimals of a second (more are
 * refused); leap second :60 refused. */
bool time_parse(struct str text, time_us *out);
/* "2026-11-23T09:00:00Z"; with six decimals only when the fraction is not 0. Returns the length. */
int time_format(char out[static TIME_TEXT_MAX], time_us t);
struct str time_str(struct arena *a, time_us t);
/* The same, always with six decimals. */
int time_format_micros(char out[static TIME_TEXT_MAX], time_us t);
/* "Mon, 23 Nov 2026 09:00:00 GMT" (IMF-fixdate, RFC 9110 section 5.6.7). */
int time_format_http(char out[static TIME_TEXT_MAX], time_us t);

/* Calendar fields, for the database binding and for pages. */
struct time_fields {
	int year, month, day, hour, minute, second, micros;
};
void time_split(time_us t, struct time_fields *out);
bool time_join(const struct time_fields *f, time_us *out); /* false when not a real instant */

#endif
