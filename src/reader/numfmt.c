/* numfmt.c: workbook readers ask here what a number in a cell stands for.  It does not
 * render a format; it tells dates, times and percentages from plain numbers. */
#include "reader/numfmt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PLAIN_DIGITS 15         /* what a double carries for sure */
#define MAX_SERIAL 2958465.9999 /* the end of the year 9999 */
#define DAYS_1904 1462
#define DAYS_TO_1970 25569 /* from the zeroth day of 1900, as counted after February */
#define DAY_SECONDS 86400

NumKind numfmt_builtin(unsigned id) {
	if (id == 9 || id == 10)
		return NUM_PERCENT;
	if (id == 22)
		return NUM_DATETIME;
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
	    id == 57 || id == 58)
		return NUM_DATE;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
	    id == 56)
		return NUM_TIME;
	return NUM_PLAIN;
}

/* Steps over what a format shows as it is: quoted text, escapes, colours and
 * locales in brackets.  [h] and its like are elapsed time: *clock is set. */
static const char *skip_literal(const char *c, bool *clock) {
	const char *end;
	if (!strncasecmp(c, "general", 7))
		return c + 7;
	switch (*c) {
	case '"':
		end = strchr(c + 1, '"');
		return end ? end + 1 : c + strlen(c);
	case '[':
		if (strchr("hHmMsS", c[1]) && c[1] && strspn(c + 1, "hHmMsS") == strcspn(c + 1, "]"))
			*clock = true;
		end = strchr(c, ']');
		return end ? end + 1 : c + strlen(c);
	case '\\':
	case '_':
	case '*':
		return c[1] ? c + 2 : c + 1;
	default:
		return c;
	}
}

NumKind numfmt_code(const char *code) {
	bool year_day = false, month = false, clock = false, percent = false;
	for (const char *c = code; *c && *c != ';';) {
		const char *next = skip_literal(c, &clock);
		if (next != c) {
			c = next;
			continue;
		}
		if (strchr("yYdD", *c))
			year_day = true;
		else if (strchr("eE", *c) && (c == code || !strchr("0#?", c[-1])))
			year_day = true; /* the year of an era; after a digit it is an exponent */
		else if (strchr("mM", *c))
			month = true;
		else if (strchr("hHsS", *c))
			clock = true;
		else if (*c == '%')
			percent = true;
		c++;
	}
	if (year_day)
		return clock ? NUM_DATETIME : NUM_DATE;
	if (clock)
		return NUM_TIME;
	if (month)
		return NUM_DATE;
	return percent ? NUM_PERCENT : NUM_PLAIN;
}

/* Already as we would print it: no exponent, few enough digits, no idle zeros. */
static bool is_shortest(const char *s, size_t n) {
	size_t i = n && s[0] == '-', digits = 0, dot = 0;
	if (i == n || s[i] == '.' || (s[i] == '0' && i + 1 < n && s[i + 1] != '.') ||
	    (i && s[i] == '0'))
		return false;
	for (; i < n; i++) {
		if (s[i] == '.' && !dot)
			dot = i;
		else if (s[i] < '0' || s[i] > '9')
			return false;
		else
			digits++;
	}
	return digits <= PLAIN_DIGITS && !(dot && (s[n - 1] == '0' || s[n - 1] == '.'));
}

/* A plain decimal of more digits than a double carries, rounded in its own digits: the noise
 * of binary fractions (2087.0249999999996), which is most of the work in books of figures.
 * False: it is of another form. */
static bool round_plain(const char *s, size_t n, char out[NUM_TEXT]) {
	const char *dot = memchr(s, '.', n);
	size_t lead = n && s[0] == '-', whole = dot ? (size_t)(dot - s) - lead : 0;
	if (!dot || whole == 0 || whole >= PLAIN_DIGITS || s[lead] < '1' || s[lead] > '9' ||
	    n < lead + 1 + PLAIN_DIGITS + 1)
		return false;
	for (size_t i = lead; i < n; i++)
		if ((s[i] < '0' || s[i] > '9') && s + i != dot)
			return false;
	size_t end = lead + PLAIN_DIGITS + 1; /* the first digit too many */
	memcpy(out, s, end);
	bool up = s[end] >= '5';
	for (size_t i = end; up && i-- > lead;) {
		if (out[i] == '.')
			continue;
		up = out[i] == '9';
		out[i] = up ? '0' : (char)(out[i] + 1);
	}
	if (up)
		return false; /* 999... becomes one digit longer */
	while (out[end - 1] == '0')
		end--;
	end -= out[end - 1] == '.';
	out[end] = '\0';
	return true;
}

int num_shortest(const char *s, size_t n, char out[NUM_TEXT]) {
	if (n == 0 || n >= NUM_TEXT)
		return -1;
	if (is_shortest(s, n)) {
		memcpy(out, s, n);
		out[n] = '\0';
		return 0;
	}
	if (round_plain(s, n, out))
		return 0;
	char copy[NUM_TEXT], *end;
	memcpy(copy, s, n);
	copy[n] = '\0';
	double v = strtod(copy, &end);
	if (end == copy || *end || !isfinite(v) || strpbrk(copy, "xXpP"))
		return -1;
	snprintf(out, NUM_TEXT, "%.15g", v == 0 ? 0.0 : v);
	return 0;
}

/* Gregorian date of a day since 1970-01-01 (the era method of the civil calendar). */
static void civil(long day, long *year, unsigned *month, unsigned *mday) {
	day += 719468;
	long era = day / 146097, doe = day - era * 146097;
	long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	long doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	long mp = (5 * doy + 2) / 153;
	*mday = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*year = yoe + era * 400 + (*month <= 2);
}

int num_date(double serial, NumKind kind, bool from_1904, char out[NUM_TEXT]) {
	if (!(serial >= 0 && serial <= MAX_SERIAL))
		return -1;
	long day = (long)serial;
	long seconds = (long)((serial - (double)day) * DAY_SECONDS + 0.5);
	day += seconds / DAY_SECONDS;
	seconds %= DAY_SECONDS;
	int h = (int)(seconds / 3600), m = (int)(seconds / 60 % 60), s = (int)(seconds % 60);
	if (kind == NUM_TIME && day == 0) {
		snprintf(out, NUM_TEXT, "%02d:%02d:%02d", h, m, s);
		return 0;
	}
	if (from_1904)
		day += DAYS_1904;
	else if (day < 1)
		return -1;
	else if (day < 60)
		day++; /* 1900 has a false leap day as serial 60: before it the count is one short */
	long year;
	unsigned month, mday;
	civil(day - DAYS_TO_1970, &year, &month, &mday);
	if (kind == NUM_DATE || seconds == 0)
		snprintf(out, NUM_TEXT, "%04ld-%02u-%02u", year, month, mday);
	else
		snprintf(out, NUM_TEXT, "%04ld-%02u-%02uT%02d:%02d:%02d", year, month, mday, h, m, s);
	return 0;
}
