#include "base/timestamp.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#define SECOND ((int64_t)1000000)
#define DAY (86400 * SECOND)
#define DAYS_400_YEARS 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static int64_t now_of(clockid_t clock)
{
	struct timespec ts;
	int rc = clock_gettime(clock, &ts);

	assert(rc == 0);
	return ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

time_us time_now(void)
{
	return now_of(CLOCK_REALTIME);
}

int64_t time_monotonic_us(void)
{
	return now_of(CLOCK_MONOTONIC);
}

/* Years are counted from March here, so that the leap day is the last of its year. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int from_march = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (from_march * 153 + 2) / 5 + day - 1 -
		DAYS_TO_1970;
}

static int month_days(int year, int month)
{
	static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static void split_days(int64_t days, struct time_fields *out)
{
	int64_t d = days + DAYS_TO_1970; /* not negative: no year here is before 1000 */
	int64_t in_era = d % DAYS_400_YEARS;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int in_year = (int)(in_era - (y * 365 + y / 4 - y / 100));
	int from_march = (in_year * 5 + 2) / 153;

	out->day = in_year - (from_march * 153 + 2) / 5 + 1;
	out->month = from_march < 10 ? from_march + 3 : from_march - 9;
	out->year = (int)(y + d / DAYS_400_YEARS * 400) + (out->month <= 2);
}

static bool in_range(time_us t)
{
	const time_us first = days_of(1000, 1, 1) * DAY;
	const time_us after = days_of(10000, 1, 1) * DAY;

	return t >= first && t < after;
}

void time_split(time_us t, struct time_fields *out)
{
	int64_t days, rest;
	int seconds;

	assert(in_range(t));
	days = t / DAY - (t % DAY < 0);
	rest = t - days * DAY;
	split_days(days, out);
	seconds = (int)(rest / SECOND);
	out->micros = (int)(rest % SECOND);
	out->hour = seconds / 3600;
	out->minute = seconds / 60 % 60;
	out->second = seconds % 60;
}

static bool is_real(const struct time_fields *f)
{
	return f->year >= 1000 && f->year <= 9999 && f->month >= 1 && f->month <= 12 &&
		f->day >= 1 && f->day <= month_days(f->year, f->month) && f->hour >= 0 &&
		f->hour <= 23 && f->minute >= 0 && f->minute <= 59 && f->second >= 0 &&
		f->second <= 59 && f->micros >= 0 && f->micros <= 999999;
}

bool time_join(const struct time_fields *f, time_us *out)
{
	if (!is_real(f))
		return false;
	*out = days_of(f->year, f->month, f->day) * DAY +
		(f->hour * 3600 + f->minute * 60 + f->second) * SECOND + f->micros;
	return true;
}

/* Takes `n` digits off the front. */
static bool take_digits(struct str *s, int n, int *out)
{
	int v = 0;

	if (s->n < (size_t)n)
		return false;
	for (int i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	s->p += n;
	s->n -= (size_t)n;
	*out = v;
	return true;
}

/* Takes one byte off the front that is one of `set`; returns it, or 0. */
static char take_one(struct str *s, const char *set)
{
	if (!s->n || !*s->p || !strchr(set, *s->p))
		return 0;
	s->n--;
	return *s->p++;
}

static bool take_fraction(struct str *s, int *micros)
{
	int digits = 0, digit;

	*micros = 0;
	if (!take_one(s, "."))
		return true;
	while (take_digits(s, 1, &digit)) {
		if (++digits > 6)
			return false;
		*micros = *micros * 10 + digit;
	}
	if (!digits)
		return false;
	for (; digits < 6; digits++)
		*micros *= 10;
	return true;
}

static bool take_offset(struct str *s, int64_t *offset)
{
	int hours, minutes;
	char sign;

	*offset = 0;
	if (take_one(s, "Zz"))
		return true;
	sign = take_one(s, "+-");
	if (!sign || !take_digits(s, 2, &hours) || !take_one(s, ":") ||
		!take_digits(s, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset = (hours * 60 + minutes) * 60 * SECOND * (sign == '-' ? -1 : 1);
	return true;
}

static bool take_date(struct str *s, struct time_fields *f)
{
	return take_digits(s, 4, &f->year) && take_one(s, "-") && take_digits(s, 2, &f->month) &&
		take_one(s, "-") && take_digits(s, 2, &f->day);
}

static bool take_clock(struct str *s, struct time_fields *f)
{
	return take_digits(s, 2, &f->hour) && take_one(s, ":") && take_digits(s, 2, &f->minute) &&
		take_one(s, ":") && take_digits(s, 2, &f->second) && take_fraction(s, &f->micros);
}

bool time_parse(struct str text, time_us *out)
{
	struct time_fields f;
	int64_t offset;
	time_us local;

	if (!take_date(&text, &f) || !take_one(&text, "Tt ") || !take_clock(&text, &f) ||
		!take_offset(&text, &offset) || text.n)
		return false;
	if (!time_join(&f, &local) || !in_range(local - offset))
		return false;
	*out = local - offset;
	return true;
}

static char *put(char *p, int v, int digits, char after)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	p[digits] = after;
	return p + digits + 1;
}

static char *put_clock(char *p, const struct time_fields *f, char after)
{
	p = put(p, f->hour, 2, ':');
	p = put(p, f->minute, 2, ':');
	return put(p, f->second, 2, after);
}

static int format(char out[static TIME_TEXT_MAX], time_us t, bool micros)
{
	struct time_fields f;
	char *p;

	time_split(t, &f);
	micros |= f.micros != 0;
	p = put(out, f.year, 4, '-');
	p = put(p, f.month, 2, '-');
	p = put(p, f.day, 2, 'T');
	p = put_clock(p, &f, micros ? '.' : 'Z');
	if (micros)
		p = put(p, f.micros, 6, 'Z');
	*p = '\0';
	return (int)(p - out);
}

int time_format(char out[static TIME_TEXT_MAX], time_us t)
{
	return format(out, t, false);
}

int time_format_micros(char out[static TIME_TEXT_MAX], time_us t)
{
	return format(out, t, true);
}

struct str time_str(struct arena *a, time_us t)
{
	char text[TIME_TEXT_MAX];
	size_t n = (size_t)time_format(text, t);

	return (struct str){arena_copy(a, text, n), n};
}

int time_format_http(char out[static TIME_TEXT_MAX], time_us t)
{
	static const char weekdays[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct time_fields f;
	int64_t days;
	char *p = out;

	time_split(t, &f);
	days = days_of(f.year, f.month, f.day) - days_of(1000, 1, 6); /* a Monday */
	memcpy(p, weekdays + (days % 7 + 7) % 7 * 3, 3);
	memcpy(p + 3, ", ", 2);
	p = put(p + 5, f.day, 2, ' ');
	memcpy(p, months + (f.month - 1) * 3, 3);
	p[3] = ' ';
	p = put(p + 4, f.year, 4, ' ');
	p = put_clock(p, &f, ' ');
	memcpy(p, "GMT", 4);
	return (int)(p + 3 - out);
}
