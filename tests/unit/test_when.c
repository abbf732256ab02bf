/* Moments: written, read, read from the dates that mail programs write. */
#include <sys/resource.h>

#include "row.h"

#include "base/when.h"

#define T 1677632400 /* 2023-03-01T09:00:00+08:00 */

static Arena *a;

static void zones(void **state) {
	(void)state;
	static const struct {
		const char *name;
		int r;
	} rows[] = {{"Asia/Shanghai", 0}, {"UTC", 0},          {"America/New_York", 0},
	            {"Mars/Olympus", -1}, {"", -1},            {"../../../etc/passwd", -1},
	            {"/etc/localtime", -1}, {"Asia", -1},      {"zone.tab", -1},
	            {":UTC", -1},         {"CST-8", -1}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Err e = {0};
		ROW_INT(rows[i].name, when_zone(rows[i].name, &e), rows[i].r);
		ROW_INT(rows[i].name, e.kind, rows[i].r ? ERR_RULES : ERR_NONE);
	}
	assert_int_equal(when_zone(NULL, NULL), -1);
	assert_int_equal(when_zone("America/New_York", NULL), 0);
	assert_string_equal(when_text(a, T), "2023-02-28T20:00:00-05:00");
	assert_string_equal(when_mail(a, T), "Tue, 28 Feb 2023 20:00:00 -0500");
	assert_int_equal(when_zone("Asia/Kathmandu", NULL), 0);
	assert_string_equal(when_text(a, T), "2023-03-01T06:45:00+05:45");
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
}

/* Not the fault of who wrote the rules. */
static void a_zone_that_cannot_be_read(void **state) {
	(void)state;
	struct rlimit before, none;
	Err e = {0};
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int r = when_zone("Asia/Shanghai", &e);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(r, -1);
	assert_int_equal(e.kind, ERR_DISK);
	assert_non_null(strstr(e.text, "Asia/Shanghai"));
	assert_null(strstr(e.text, "no time zone"));
	assert_int_equal(when_zone("Asia/Shanghai", &e), 0);
}

static void written(void **state) {
	(void)state;
	assert_string_equal(when_text(a, T), "2023-03-01T09:00:00+08:00");
	assert_string_equal(when_mail(a, T), "Wed, 01 Mar 2023 09:00:00 +0800");
	assert_string_equal(when_date(a, T), "2023-03-01");
	assert_int_equal(when_local(T).tm_hour, 9);
	assert_int_equal(when_of(2023, 3, 1, 9, 0, 0), T);
	assert_int_equal(when_of(1970, 1, 1, 7, 59, 59), -1);
	assert_string_equal(when_text(a, WHEN_NONE), "");
	assert_string_equal(when_text(a, INT64_MAX), "");
	assert_string_equal(when_mail(a, INT64_MIN + 1), "");
	assert_string_equal(when_date(a, INT64_MAX), "");
	when_local(INT64_MAX);
}

static void parsed(void **state) {
	(void)state;
	static const struct {
		const char *in;
		bool end;
		int64_t out; /* WHEN_NONE: refused */
	} rows[] = {
		{"2023-03-01T09:00:00+08:00", 0, T},
		{"2023-03-01T01:00:00Z", 0, T},
		{"2023-03-01t01:00:00z", 0, T},
		{"2023-03-01T01:00:00.123Z", 0, T},
		{"2023-02-28T20:00:00-05:00", 0, T},
		{"2023-03-01T09:00:00+0800", 0, T},
		{"2023-03-01T09:00", 0, T},
		{"2023-03-01 09:00:00", 0, T},
		{"2023-03-01", 0, T - 9 * 3600},
		{"2023-03-01", 1, T + 15 * 3600 - 1},
		{"2023-02-28 24:00", 0, T - 9 * 3600},
		{"2023-02-28 24:01", 0, WHEN_NONE},
		{"2024-02-29", 0, 1709136000},
		{"2023-02-29", 0, WHEN_NONE},
		{"2023-13-01", 0, WHEN_NONE},
		{"2023-00-01", 0, WHEN_NONE},
		{"2023-3-1", 0, WHEN_NONE},
		{"2023-03-01T", 0, WHEN_NONE},
		{"2023-03-01T09", 0, WHEN_NONE},
		{"2023-03-01T09:60", 0, WHEN_NONE},
		{"2023-03-01T09:00:61", 0, WHEN_NONE},
		{"2023-03-01T09:00:00.", 0, WHEN_NONE},
		{"2023-03-01T09:00:00+8", 0, WHEN_NONE},
		{"2023-03-01T09:00:00+24:00", 0, WHEN_NONE},
		{"2023-03-01T09:00:00 x", 0, WHEN_NONE},
		{" 2023-03-01", 0, WHEN_NONE},
		{"-023-03-01", 0, WHEN_NONE},
		{"1899-12-31", 0, WHEN_NONE},
		{"", 0, WHEN_NONE},
		{"２０２３-03-01", 0, WHEN_NONE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t t = WHEN_NONE;
		int r = when_parse(str_of(rows[i].in), rows[i].end, &t);
		ROW_INT(rows[i].in, t, rows[i].out);
		ROW_INT(rows[i].in, r, rows[i].out == WHEN_NONE ? -1 : 0);
	}
}

static void mail_dates(void **state) {
	(void)state;
	static const struct {
		const char *in;
		int64_t out;
	} rows[] = {
		{"Wed, 01 Mar 2023 09:00:00 +0800", T},
		{"Wed, 1 Mar 2023 09:00:00 +0800 (CST)", T},
		{"Wed, 1 Mar 2023 09:00:00 (CST)", T},
		{"Wed, 1 Mar 2023 09:00:00 CST", T},
		{"Wed, 1 Mar 2023 09:00:00", T},
		{"wed，1 mar 2023 9:00:00 +0800", T},
		{"wed， 1 Mar 2023 09：00：00 +0800", T},
		{"1 Mar 2023 09:00 +0800", T},
		{"1 March 2023 01:00:00 GMT", T},
		{"Tue, 28 Feb 2023 20:00:00 -0500 (EST)", T},
		{"Tue, 28 Feb 2023 20:00:00 EST", T},
		{"1 Mar 23 01:00:00 UT", T},
		{"01-Mar-2023 09:00:00 +0800", T},
		{" 1-Mar-2023 09:00:00 +0800", T},
		{"Wed Mar  1 09:00:00 2023", T},
		{"Wed, 1 (a (nested) one) Mar 2023 09:00:00 +0800", T},
		{"Wed, 1 Mar 2023 09:00:00+0800", T},
		{"2023-03-01T09:00:00+08:00", T},
		{"1 Mar 2023", T - 9 * 3600},
		{"Thu, 1 Jan 1970 00:00:00 +0000", 0},
		{"", WHEN_NONE},
		{"yesterday", WHEN_NONE},
		{"Wed, 31 Feb 2023 09:00:00 +0800", WHEN_NONE},
		{"Wed, 1 Mar 99999 09:00:00 +0800", WHEN_NONE},
		{"Wed, 1 Mar 2023 25:00:00 +0800", WHEN_NONE},
		{"Wed, 1 Mar 2023 09:00:xx +0800", WHEN_NONE},
		{"1 2023 09:00:00", WHEN_NONE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t t = WHEN_NONE;
		int r = when_parse_mail(str_of(rows[i].in), &t);
		ROW_INT(rows[i].in, t, rows[i].out);
		ROW_INT(rows[i].in, r, rows[i].out == WHEN_NONE ? -1 : 0);
	}
}

static void round_trips(void **state) {
	(void)state;
	static const char *const names[] = {"Asia/Shanghai", "UTC", "America/New_York",
	                                    "Asia/Kathmandu", "Africa/Monrovia"};
	for (size_t z = 0; z < sizeof names / sizeof *names; z++) {
		assert_int_equal(when_zone(names[z], NULL), 0);
		for (int year = 1900; year <= 9999; year++) {
			int64_t t = when_of(year, 1 + year % 12, 1 + year % 28, year % 24, year % 60, 7), back;
			char *text = when_text(a, t);
			ROW_INT(text, when_parse(str_of(text), false, &back), 0);
			ROW_INT(text, back, t);
			text = when_mail(a, t);
			ROW_INT(text, when_parse_mail(str_of(text), &back), 0);
			ROW_INT(text, back, t);
		}
		arena_reset(a);
	}
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
}

/* Around each change of the offset, and back again: as the C library has it. */
static void changes(void **state) {
	(void)state;
	static const struct {
		const char *zone;
		int64_t at; /* of the change */
	} rows[] = {{"America/New_York", 1678604400}, {"America/New_York", 1699164000}, {"Australia/Lord_Howe", 1680361200},
	            {"Asia/Shanghai", 515527200},     {"Africa/Monrovia", 63593070},    {"Pacific/Apia", 1325239200}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(when_zone(rows[i].zone, NULL), 0);
		for (int64_t k = 0; k < 400; k++) {
			time_t t = (time_t)(rows[i].at + (k % 2 ? k : -k) * 901);
			struct tm want, got = when_local(t);
			localtime_r(&t, &want);
			ROW_INT(rows[i].zone, got.tm_gmtoff, want.tm_gmtoff);
			ROW_INT(rows[i].zone, got.tm_yday * 1440 + got.tm_hour * 60 + got.tm_min, want.tm_yday * 1440 + want.tm_hour * 60 + want.tm_min);
			ROW_INT(rows[i].zone, got.tm_wday, want.tm_wday);
		}
	}
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
}

/* Whatever was asked before: a time that comes twice is its first coming, one that is left out is as much later, and a day
 * ends with the last second of its date. */
static void local_times(void **state) {
	(void)state;
	static const struct {
		const char *zone, *text;
		bool end;
		int64_t want;
	} rows[] = {
		{"Europe/Berlin", "2024-10-27 02:30:00", false, 1729989000}, {"Europe/Berlin", "2024-10-27 03:00:00", false, 1729994400},
		{"Europe/Berlin", "2024-10-27 01:59:59", false, 1729987199}, {"Europe/Berlin", "2024-03-31 02:30:00", false, 1711848600},
		{"Europe/Berlin", "2024-03-31", true, 1711922399},           {"Africa/Cairo", "2024-10-31 23:30:00", false, 1730406600},
		{"Africa/Cairo", "2024-10-31", true, 1730411999},            {"Africa/Cairo", "2024-11-01", false, 1730412000},
		{"Asia/Beirut", "2024-03-31", false, 1711836000},            {"Australia/Lord_Howe", "2024-04-07 01:45:00", false, 1712414700},
		{"Pacific/Apia", "2011-12-29", true, 1325239199},            {"Asia/Shanghai", "1969-12-31 23:59:59", false, -28801},
		{"UTC", "1969-12-31 23:59:59", false, -1},
	};
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			int64_t t = 0;
			assert_int_equal(when_zone(rows[i].zone, NULL), 0);
			when_of(2024, round ? 1 : 7, 1, 12, 0, 0);
			ROW_INT(rows[i].text, when_parse(str_of(rows[i].text), rows[i].end, &t), 0);
			ROW_INT(rows[i].text, t, rows[i].want);
		}
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
}

static void noise(void **state) {
	(void)state;
	uint64_t seed = 11;
	int64_t t;
	for (int i = 0; i < 50000; i++) {
		char p[260];
		size_t n = random_next(&seed) % sizeof p;
		random_fill(&seed, p, n, "0123456789:-+(),TZ MarFeb\xEF\xBC\x9A");
		when_parse_mail((Str){p, n}, &t);
		when_parse((Str){p, n}, true, &t);
	}
	Str whole = STR("Wed, 01 Mar 2023 09:00:00 +0800");
	for (size_t n = 0; n <= whole.n; n++)
		when_parse_mail(str_sub(whole, 0, n), &t);
	assert_true(when_valid_date(2000, 2, 29) && !when_valid_date(2100, 2, 29));
	assert_true(when_monotonic_ms() >= 0 && when_machine() > T);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones),      cmocka_unit_test(written),     cmocka_unit_test(parsed),
		cmocka_unit_test(a_zone_that_cannot_be_read),
		cmocka_unit_test(mail_dates), cmocka_unit_test(round_trips), cmocka_unit_test(noise),
		cmocka_unit_test(changes),    cmocka_unit_test(local_times),
	};
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
