/* Inside values: dates as people write them -> 2023-03-05 or 2023-03.
 * Refuses what has two readings: years of two digits, day before month, a date without its
 * day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/valueread.h"

#define YEAR_MIN 1900
#define YEAR_MAX 2200
/* Serial numbers of 1900-dated workbooks: days since 1899-12-30, from 1910 to 2119. */
#define SERIAL_EPOCH (-25569)
#define SERIAL_MIN 3654
#define SERIAL_MAX 80000

/* Proleptic Gregorian calendar, by eras of 400 years that begin on 1 March. */
static int64_t days_of(int64_t y, int64_t m, int64_t d) {
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400;
	int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static void civil(int64_t days, int *y, int *m, int *d) {
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097, doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static bool digits(const char **s, int most, int *n, int *v) {
	*n = *v = 0;
	while (**s >= '0' && **s <= '9' && *n < most + 1) {
		*v = *v * 10 + (**s - '0');
		(*s)++, (*n)++;
	}
	return *n > 0 && *n <= most;
}

int64_t value_days(const char *s) {
	int n, y, m, d = 1;
	if (!digits(&s, 4, &n, &y) || n != 4 || *s++ != '-' || !digits(&s, 2, &n, &m))
		return WHEN_NONE;
	if (*s == '-' && (s++, !digits(&s, 2, &n, &d)))
		return WHEN_NONE;
	return *s || !when_valid_date(y, m, d) ? WHEN_NONE : days_of(y, m, d);
}

char *value_day_text(Arena *a, int64_t days) {
	int y, m, d;
	civil(days, &y, &m, &d);
	return arena_fmt(a, "%04d-%02d-%02d", y, m, d);
}

static bool skip_word(const char **s, const char *word) {
	size_t n = strlen(word);
	if (strncmp(*s, word, n) != 0)
		return false;
	*s += n;
	return true;
}

static void skip_blanks(const char **s) {
	while (**s == ' ')
		(*s)++;
}

/* Bytes of a sign that people put between year, month and day, at s; 0: none. */
static size_t point_at(const char *s) {
	static const char *const points[] = {"\u3002", "\u3001", "\u00B7", "/", "\\", ".", ",", "_"};
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		if (strncmp(s, points[i], strlen(points[i])) == 0)
			return strlen(points[i]);
	return text_hyphen(s);
}

/* A hyphen for every such sign, and Arabic digits for Chinese numerals. */
static char *plain_date(Arena *a, const char *s) {
	Buf b = {0};
	while (*s) {
		int64_t v;
		size_t numeral = value_numeral(s, &v, NULL), point = numeral ? 0 : point_at(s);
		if (numeral)
			buf_fmt(&b, "%lld", (long long)v);
		else
			buf_char(&b, point ? '-' : *s);
		s += numeral ? numeral : point ? point : 1;
	}
	char *out = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return out;
}

typedef struct {
	int y, m, d; /* d is 0 when there is none */
} Day;

static bool between(const char **s, const char *word) {
	skip_blanks(s);
	bool found = skip_word(s, word) || skip_word(s, "-");
	skip_blanks(s);
	return found;
}

/* A time of day, a weekday: nothing that changes the date. */
static bool harmless(const char *s) {
	skip_blanks(&s);
	if (*s == 'T' || *s == 't')
		s++;
	if (*s >= '0' && *s <= '9') {
		const char *t = s + strspn(s, "0123456789");
		return *t == ':' && s[strspn(s, "0123456789:-+Z")] == '\0';
	}
	s += *s == '(';
	return !*s || strncmp(s, "星期", 6) == 0 || strncmp(s, "周", 3) == 0;
}

/* 20230305 and 202303. */
static bool compact(const char *s, Day *out) {
	size_t n = strspn(s, "0123456789");
	if (s[n] || (n != 8 && n != 6))
		return false;
	int v = atoi(s);
	*out = n == 8 ? (Day){v / 10000, v / 100 % 100, v % 100} : (Day){v / 100, v % 100, 0};
	return true;
}

static bool parse(const char *s, Day *out) {
	int n;
	if (compact(s, out))
		return true;
	if (!digits(&s, 4, &n, &out->y) || n != 4 || !between(&s, "年") || !digits(&s, 2, &n, &out->m))
		return false;
	out->d = 0;
	skip_blanks(&s);
	bool month = skip_word(&s, "月份") || skip_word(&s, "月"), dash = skip_word(&s, "-");
	skip_blanks(&s);
	if (!*s || (!month && !dash))
		return !*s || harmless(s);
	if (!digits(&s, 2, &n, &out->d))
		return false;
	skip_blanks(&s);
	if (!skip_word(&s, "日"))
		skip_word(&s, "号");
	return harmless(s);
}

/* A cell that holds a date's serial number, its time of day cut off. */
static bool serial(const ValueIn *in, Day *out) {
	double v = value_number(in->fold);
	bool typed = in->kind == RAW_TEXT && strspn(in->fold, "0123456789") != 5;
	if (!(v >= SERIAL_MIN && v <= SERIAL_MAX) || typed)
		return false;
	civil((int64_t)v + SERIAL_EPOCH, &out->y, &out->m, &out->d);
	return true;
}

/* A cell of numbers makes 2023.1 of 2023.10: January or October. */
static bool lost_zero(const ValueIn *in) {
	return in->kind == RAW_NUMBER && strspn(in->fold, "0123456789") == 4 && strcmp(in->fold + 4, ".1") == 0;
}

Value value_read_date(const ValueIn *in) {
	bool month = in->field->kind == KIND_MONTH;
	Day d = {0};
	if (lost_zero(in))
		return value_bad(in, month ? "problem.month" : "problem.date");
	if (!serial(in, &d) && !parse(plain_date(in->arena, in->fold), &d))
		return value_bad(in, month ? "problem.month" : "problem.date");
	if (d.y < YEAR_MIN || d.y > YEAR_MAX || !when_valid_date(d.y, d.m, d.d ? d.d : 1) ||
	    (!month && !d.d))
		return value_bad(in, month ? "problem.month" : "problem.date");
	Value v = value_good(in, month ? arena_fmt(in->arena, "%04d-%02d", d.y, d.m)
	                               : arena_fmt(in->arena, "%04d-%02d-%02d", d.y, d.m, d.d));
	v.number = (double)value_days(v.text);
	return v;
}
