/* Under everything: moments, in the contest's zone.  Refuses to take 'now' from
 * the machine: the two clocks at the end are for time-outs and for main. */
#include "base/when.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZONES "/usr/share/zoneinfo"
#define MAIL_DATE_MAX 200 /* bytes of a Date field that are looked at */
#define YEAR_MIN 1900
#define YEAR_MAX 9999
#define UNSET (-1000000) /* no offset in seconds is this */
#define DAY 86400

/* A day whose offset is known; empty at first. */
static struct steady {
	int64_t from, to;
	long offset;
} steady;

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char weekdays[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/* 1 when the file is there and is a zone, not a table beside them; 0; -1 when nothing can be said, errno tells why. */
static int zone_there(const char *iana) {
	char path[256], magic[4];
	int n = snprintf(path, sizeof path, ZONES "/%s", iana);
	if (n < 0 || (size_t)n >= sizeof path)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG ? 0 : -1;
	ssize_t got = read(fd, magic, 4);
	int why = errno;
	close(fd);
	errno = why;
	return got < 0 && why != EISDIR ? -1 : got == 4 && memcmp(magic, "TZif", 4) == 0;
}

int when_zone(const char *iana, Err *e) {
	bool name = iana && *iana && *iana != '/' && *iana != '.' && *iana != ':' && !strstr(iana, "..");
	int there = name ? zone_there(iana) : 0;
	if (there < 0)
		return err_errno(e, ERR_DISK, ZONES "/%s", iana);
	if (!there)
		return err_set(e, ERR_RULES, "no time zone is called \"%s\" (IANA name, such as Asia/Shanghai)",
		               iana ? iana : "");
	if (setenv("TZ", iana, 1))
		return err_errno(e, ERR_BUG, "time zone");
	tzset();
	steady = (struct steady){0};
	return 0;
}

/* The C library reads the zone's rule anew for each moment of today's.  A day of UTC that begins and ends with the same offset
 * has it all day long. */
static bool local(int64_t t, struct tm *tm) {
	time_t at = (time_t)t;
	if (t >= steady.from && t < steady.to) {
		at += steady.offset;
		bool good = gmtime_r(&at, tm) != NULL;
		tm->tm_gmtoff = steady.offset;
		return good;
	}
	if (!localtime_r(&at, tm))
		return false;
	time_t from = at - (at % DAY + DAY) % DAY, to = from + DAY;
	struct tm first, last;
	if (localtime_r(&from, &first) && localtime_r(&to, &last) && first.tm_gmtoff == last.tm_gmtoff)
		steady = (struct steady){from, to, first.tm_gmtoff};
	return true;
}

struct tm when_local(int64_t t) {
	struct tm tm = {0};
	if (!local(t, &tm))
		local(0, &tm);
	return tm;
}

/* Local time and offset in whole minutes, which is all that RFC 3339 can say:
 * before 1901 zones had odd seconds, so the time is shown in the zone rounded
 * to a minute and still names the same moment.  False when no year of four
 * digits holds t. */
static bool shown(int64_t t, struct tm *tm, int *minutes) {
	if (t == WHEN_NONE || !local(t, tm))
		return false;
	*minutes = (int)(tm->tm_gmtoff / 60);
	time_t at = (time_t)(t + (int64_t)*minutes * 60);
	return gmtime_r(&at, tm) && tm->tm_year >= -1900 && tm->tm_year <= YEAR_MAX - 1900;
}

/* The shape, each run of noughts in it taken by the next part in as many digits.  Written by hand: lists have one in each
 * line. */
static char *in_shape(Arena *a, const char *shape, const int *part) {
	char *text = arena_str(a, shape), *to = text;
	while (*to) {
		size_t n = 0;
		while (to[n] == '0')
			n++;
		int v = n ? *part++ : 0;
		for (size_t i = n; i--; v /= 10)
			to[i] = (char)('0' + v % 10);
		to += n ? n : 1;
	}
	return text;
}

char *when_text(Arena *a, int64_t t) {
	struct tm tm;
	int off;
	if (!shown(t, &tm, &off))
		return arena_str(a, "");
	const int part[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, abs(off) / 60, abs(off) % 60};
	return in_shape(a, off < 0 ? "0000-00-00T00:00:00-00:00" : "0000-00-00T00:00:00+00:00", part);
}

int64_t when_midnight(int64_t t, int days) {
	struct tm tm = when_local(t);
	/* Noon, then back: days are not all 24 hours long. */
	int64_t noon = when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 12, 0, 0) + (int64_t)days * 86400;
	tm = when_local(noon);
	return when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0, 0, 0);
}

char *when_minute(Arena *a, int64_t t) {
	struct tm tm = when_local(t);
	const int part[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min};
	if (part[0] < 0 || part[0] > YEAR_MAX)
		return arena_fmt(a, "%04d-%02d-%02d %02d:%02d", part[0], part[1], part[2], part[3], part[4]);
	return in_shape(a, "0000-00-00 00:00", part);
}

char *when_date(Arena *a, int64_t t) {
	struct tm tm;
	int off;
	if (!shown(t, &tm, &off))
		return arena_str(a, "");
	return in_shape(a, "0000-00-00", (const int[]){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday});
}

char *when_mail(Arena *a, int64_t t) {
	struct tm tm;
	int off;
	if (!shown(t, &tm, &off))
		return arena_str(a, "");
	return arena_fmt(a, "%s, %02d %s %04d %02d:%02d:%02d %c%02d%02d", weekdays[tm.tm_wday],
	                 tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
	                 tm.tm_sec, off < 0 ? '-' : '+', abs(off) / 60, abs(off) % 60);
}

bool when_valid_date(int year, int month, int day) {
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap);
}

static struct tm broken(int year, int month, int day, int hour, int minute, int second) {
	return (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day,
	                   .tm_hour = hour, .tm_min = minute, .tm_sec = second, .tm_isdst = -1};
}

/* The offset from UTC at t; UNSET where there is none. */
static long offset_at(int64_t t) {
	struct tm tm;
	return local(t, &tm) ? tm.tm_gmtoff : UNSET;
}

/* By the offsets of the day before and the day after, never by mktime, for which a time that comes twice is the one that is
 * nearer to what it was last asked. */
int64_t when_of(int year, int month, int day, int hour, int minute, int second) {
	struct tm tm = broken(year, month, day, hour, minute, second);
	tm.tm_wday = -1; /* timegm sets it when it succeeds; -1 alone is a moment of 1969 */
	int64_t plain = (int64_t)timegm(&tm);
	if (plain == -1 && tm.tm_wday == -1)
		return WHEN_NONE;
	long before = offset_at(plain - DAY), after = offset_at(plain + DAY);
	if (before == UNSET || after == UNSET)
		return WHEN_NONE;
	int64_t first = plain - (before > after ? before : after), second_time = plain - (before > after ? after : before);
	if (first + offset_at(first) == plain)
		return first;
	return second_time + offset_at(second_time) == plain ? second_time : plain - before;
}

int64_t when_at(int64_t t, int64_t minute) {
	struct tm tm = when_local(t);
	return when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0, (int)minute, 0);
}

/* The last second of a day; where an hour of the evening comes twice, that of its second coming. */
int64_t when_day_end(int year, int month, int day) {
	int64_t next = when_of(year, month, day + 1, 0, 0, 0);
	return next == WHEN_NONE ? WHEN_NONE : next - 1;
}

/* What a date says so far; offset in seconds, UNSET when none was given. */
typedef struct {
	int year, month, day, hour, minute, second, offset;
} Parts;

static int moment(const Parts *p, int64_t *out) {
	/* 24:00 is how a deadline is written; a leap second is the next minute. */
	bool midnight = p->hour == 24 && p->minute == 0 && p->second == 0;
	if (!when_valid_date(p->year, p->month, p->day) || (p->hour > 23 && !midnight) ||
	    p->minute > 59 || p->second > 60)
		return -1;
	int64_t t;
	if (p->offset == UNSET) {
		t = when_of(p->year, p->month, p->day, p->hour, p->minute, p->second);
	} else {
		struct tm tm = broken(p->year, p->month, p->day, p->hour, p->minute, p->second);
		t = (int64_t)timegm(&tm) - p->offset;
	}
	if (t == WHEN_NONE)
		return -1;
	*out = t;
	return 0;
}

/* Exactly n digits off the front. */
static bool digits(Str *s, size_t n, int *out) {
	int64_t v;
	if (s->n < n || s->p[0] == '-' || str_to_i64(str_sub(*s, 0, n), 0, 99999, &v))
		return false;
	*out = (int)v;
	*s = str_from(*s, n);
	return true;
}

static bool sign(Str *s, const char *set, char *which) {
	if (s->n == 0 || !*s->p || !strchr(set, *s->p))
		return false;
	*which = *s->p;
	*s = str_from(*s, 1);
	return true;
}

/* Z, +08:00, +0800 to the end of s. */
static bool offset(Str s, int *out) {
	char c;
	int hours, minutes;
	if (str_is_nocase(s, "Z")) {
		*out = 0;
		return true;
	}
	if (!sign(&s, "+-", &c) || !digits(&s, 2, &hours))
		return false;
	char colon;
	sign(&s, ":", &colon);
	if (!digits(&s, 2, &minutes) || s.n || hours > 23 || minutes > 59)
		return false;
	*out = (hours * 60 + minutes) * (c == '-' ? -60 : 60);
	return true;
}

/* 09:00, 09:00:00, 09:00:00.123 off the front. */
static bool clock_time(Str *s, Parts *p) {
	char c;
	int ignored;
	if (!digits(s, 2, &p->hour) || !sign(s, ":", &c) || !digits(s, 2, &p->minute))
		return false;
	if (!sign(s, ":", &c))
		return true;
	if (!digits(s, 2, &p->second))
		return false;
	if (sign(s, ".", &c)) {
		if (!digits(s, 1, &ignored))
			return false;
		while (digits(s, 1, &ignored))
			;
	}
	return true;
}

int when_parse(Str s, bool end_of_day, int64_t *out) {
	Parts p = {.offset = UNSET};
	char c;
	if (!digits(&s, 4, &p.year) || !sign(&s, "-", &c) || !digits(&s, 2, &p.month) ||
	    !sign(&s, "-", &c) || !digits(&s, 2, &p.day))
		return -1;
	if (s.n == 0 && !end_of_day)
		return moment(&p, out);
	if (s.n == 0) {
		if (!when_valid_date(p.year, p.month, p.day))
			return -1;
		*out = when_day_end(p.year, p.month, p.day);
		return *out == WHEN_NONE ? -1 : 0;
	}
	if (!sign(&s, "Tt ", &c) || !clock_time(&s, &p))
		return -1;
	if (s.n && !offset(s, &p.offset))
		return -1;
	return moment(&p, out);
}

/* The field as plain ASCII: comments gone, everything that can only separate
 * (full-width commas among it) as blanks, "30-Jun-2021" opened up. */
static size_t plain_date(Str s, char *out) {
	size_t n = 0, depth = 0;
	s = str_sub(s, 0, MAIL_DATE_MAX);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (!depth && i + 2 < s.n && memcmp(s.p + i, "\xEF\xBC\x9A", 3) == 0)
			out[n++] = ':'; /* full-width colon; its other bytes become blanks */
		else if (!depth && c == '+')
			out[n++] = ' ', out[n++] = '+';
		else if (!depth && (isalnum(c) || c == ':' || (c == '-' && n && out[n - 1] == ' ')))
			out[n++] = (char)c;
		else if (!depth && !(c >= 0x80 && n && out[n - 1] == ':'))
			out[n++] = ' ';
	}
	return n;
}

/* Zone names of RFC 5322, and CST as the Chinese servers mean it. */
static bool zone_name(Str word, int *out) {
	static const struct {
		const char *name;
		int hours;
	} zones[] = {{"GMT", 0}, {"UT", 0}, {"UTC", 0}, {"Z", 0}, {"CST", 8}, {"HKT", 8}, {"JST", 9},
	             {"EST", -5}, {"EDT", -4}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8},
	             {"PDT", -7}};
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (str_is_nocase(word, zones[i].name)) {
			*out = zones[i].hours * 3600;
			return true;
		}
	return false;
}

static void take_word(Parts *p, Str word) {
	int off;
	for (int i = 0; i < 12 && p->month == 0; i++)
		if (str_starts_nocase(word, months[i])) {
			p->month = i + 1;
			return;
		}
	if (p->offset == UNSET && zone_name(word, &off))
		p->offset = off;
}

static bool take_time(Parts *p, Str word) {
	int *const to[] = {&p->hour, &p->minute, &p->second};
	Str piece;
	for (size_t i = 0; i < 3 && str_next(&word, ':', &piece); i++) {
		int64_t v;
		if (str_to_i64(piece, 0, 99, &v))
			return false;
		*to[i] = (int)v;
	}
	return true;
}

static bool take_number(Parts *p, Str word) {
	int64_t v;
	if (str_to_i64(word, 0, YEAR_MAX, &v))
		return false;
	if (word.n <= 2 && p->day == 0)
		p->day = (int)v;
	else if (p->year == 0) /* the short years of RFC 5322, section 4.3 */
		p->year = (int)(word.n == 2 ? v + (v < 50 ? 2000 : 1900) : word.n == 3 ? v + 1900 : v);
	return true;
}

int when_parse_mail(Str s, int64_t *out) {
	char plain[2 * MAIL_DATE_MAX];
	Parts p = {.offset = UNSET};
	s = str_trim(s);
	if (when_parse(s, false, out) == 0)
		return 0;
	Str rest = {plain, plain_date(s, plain)}, word;
	while (str_next(&rest, ' ', &word)) {
		bool good = true;
		if (word.n == 0)
			continue;
		if (word.p[0] == '+' || word.p[0] == '-') {
			if (p.offset == UNSET && !offset(word, &p.offset))
				p.offset = UNSET;
		} else if (isalpha((unsigned char)word.p[0])) {
			take_word(&p, word);
		} else if (str_find(word, STR(":")) >= 0) {
			good = take_time(&p, word);
		} else {
			good = take_number(&p, word);
		}
		if (!good)
			return -1;
	}
	return moment(&p, out);
}

int64_t when_monotonic_ms(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int when_seconds(const char *variable, int otherwise) {
	const char *text = getenv(variable);
	int64_t n;
	return text && str_to_i64(str_of(text), 0, 3600, &n) == 0 ? (int)n : otherwise;
}

int64_t when_machine(void) {
	return (int64_t)time(NULL);
}
