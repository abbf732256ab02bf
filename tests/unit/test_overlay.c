/* Settings over rules: what they change, and that nothing is left of one that is gone. */
#include "row.h"

#include "base/when.h"
#include "rules/overlay.h"

/* Rules of the least: two phases, two of the secretariat, a calendar. */
static Rules *bench(Arena *a) {
	Rules *r = ARENA_NEW(a, Rules);
	r->arena = a;
	r->phase_n = 2;
	r->phase = arena_array(a, 2, sizeof *r->phase);
	r->phase[0] = (Phase){.id = "collection", .opens = 100, .closes = 200, .takes_entries = true};
	r->phase[1] = (Phase){.id = "final", .opens = 300, .closes = 400};
	r->mail.office_n = 2;
	r->mail.office = arena_array(a, 2, sizeof *r->mail.office);
	r->mail.office[0] = (Address){"A", "a@example.org"};
	r->mail.office[1] = (Address){"B", "b@example.org"};
	r->bulletin = "";
	r->final_text = "final";
	r->eligibility_text = "all";
	r->calendar.holiday = arena_array(a, 2, sizeof(int64_t));
	r->calendar.holiday[0] = 19450; /* 2023-04-03, a Monday */
	r->calendar.holiday_n = 1;
	return r;
}

static const char *state(Arena *a, const Rules *r) {
	Buf b = {0};
	for (size_t i = 0; i < r->phase_n; i++)
		buf_fmt(&b, "%lld-%lld ", (long long)r->phase[i].opens, (long long)r->phase[i].closes);
	for (size_t i = 0; i < r->mail.office_n; i++)
		buf_fmt(&b, "%s<%s> ", r->mail.office[i].name, r->mail.office[i].addr);
	buf_fmt(&b, "[%s][%s]", r->bulletin, r->final_text);
	for (size_t i = 0; i < r->exception_n; i++)
		buf_fmt(&b, " %s until %lld", r->exception[i].addr, (long long)r->exception[i].until);
	buf_fmt(&b, " %d%d", rules_is_workday(r, 19450), rules_is_workday(r, 19455));
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

#define BASE "100-200 300-400 A<a@example.org> B<b@example.org> [][final] 00"

static void test_table(void **unused) {
	(void)unused;
	static const struct {
		const char *name;
		Setting s[3];
		size_t n;
		const char *want;
	} rows[] = {
		{"nothing", {{0}}, 0, BASE},
		{"an extension", {{SETTING_PHASE, "collection", false, WHEN_NONE, 250, "", ""}}, 1,
		 "100-250 300-400 A<a@example.org> B<b@example.org> [][final] 00"},
		{"both ends", {{SETTING_PHASE, "final", false, 310, 390, "", ""}}, 1,
		 "100-200 310-390 A<a@example.org> B<b@example.org> [][final] 00"},
		{"a phase that is gone from the files", {{SETTING_PHASE, "launch", false, 1, 2, "", ""}}, 1, BASE},
		{"an extension taken back", {{SETTING_PHASE, "collection", true, WHEN_NONE, 250, "", ""}}, 1, BASE},
		{"one more of the office", {{SETTING_STAFF, "x", false, WHEN_NONE, WHEN_NONE, "C", "c@example.org"}}, 1,
		 "100-200 300-400 A<a@example.org> B<b@example.org> C<c@example.org> [][final] 00"},
		{"one less, in other letters", {{SETTING_STAFF, "x", true, WHEN_NONE, WHEN_NONE, "", "A@Example.org"}}, 1,
		 "100-200 300-400 B<b@example.org> [][final] 00"},
		{"another name", {{SETTING_STAFF, "x", false, WHEN_NONE, WHEN_NONE, "Z", "b@example.org"}}, 1,
		 "100-200 300-400 A<a@example.org> Z<b@example.org> [][final] 00"},
		{"nobody of that name to take off", {{SETTING_STAFF, "x", true, WHEN_NONE, WHEN_NONE, "", "q@example.org"}}, 1, BASE},
		{"an exception", {{SETTING_EXCEPTION, "x", false, WHEN_NONE, 260, "late@example.cn", ""}}, 1,
		 "100-200 300-400 A<a@example.org> B<b@example.org> [][final] late@example.cn until 260 00"},
		{"texts", {{SETTING_TEXT, "bulletin", false, WHEN_NONE, WHEN_NONE, "", "news"},
		           {SETTING_TEXT, "final_text", false, WHEN_NONE, WHEN_NONE, "", ""}}, 2,
		 "100-200 300-400 A<a@example.org> B<b@example.org> [news][] 00"},
		{"one more whose address was purged", {{SETTING_STAFF, "b4d1e8b7f6e2a9c3", false, WHEN_NONE, WHEN_NONE, "", ""}}, 1, BASE},
		{"an exception whose address was purged", {{SETTING_EXCEPTION, "x", false, WHEN_NONE, 260, "", ""}}, 1, BASE},
		{"nobody is left that is known", {{SETTING_STAFF, "x", true, WHEN_NONE, WHEN_NONE, "", "a@example.org"},
		                                  {SETTING_STAFF, "x", true, WHEN_NONE, WHEN_NONE, "", "b@example.org"}}, 2, BASE},
		{"a text that nobody may change", {{SETTING_TEXT, "edition", false, WHEN_NONE, WHEN_NONE, "", "x"}}, 1, BASE},
		{"a day on, and a Saturday on", {{SETTING_DAY, "2023-04-03", false, WHEN_NONE, WHEN_NONE, "", "workday"},
		                                 {SETTING_DAY, "2023-04-08", false, WHEN_NONE, WHEN_NONE, "", "workday"}}, 2,
		 "100-200 300-400 A<a@example.org> B<b@example.org> [][final] 11"},
		{"a day that is none", {{SETTING_DAY, "2023-13-45", false, WHEN_NONE, WHEN_NONE, "", "holiday"}}, 1, BASE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Rules *r = bench(a);
		rules_overlay(r, rows[i].s, rows[i].n);
		ROW_STR(rows[i].name, state(a, r), rows[i].want);
		rules_overlay(r, rows[i].s, rows[i].n); /* laid twice it is laid once */
		ROW_STR(rows[i].name, state(a, r), rows[i].want);
		rules_overlay(r, NULL, 0);
		ROW_STR(rows[i].name, state(a, r), BASE);
		arena_free(a);
	}
}

static void test_pace(void **unused) {
	(void)unused;
	Pace points[] = {{30, 40}, {7, 160}, {0, 420}};
	Rules r = {.pace = points, .pace_n = 3};
	static const struct {
		int64_t days, want;
	} rows[] = {{31, -1}, {30, 40}, {7, 160}, {0, 420}, {-1, -1}, {1, 382}, {29, 45}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT("pace", rules_pace(&r, rows[i].days), rows[i].want);
	r.pace_n = 0;
	assert_int_equal(rules_pace(&r, 7), -1);
}

/* Who was taken off the list stays off it when a purge has taken the address. */
static void test_purged(void **unused) {
	(void)unused;
	Arena *a = arena_new();
	Rules *r = bench(a);
	Setting off = {SETTING_STAFF, setting_person(a, "B@Example.org"), true, WHEN_NONE, WHEN_NONE, "", ""};
	rules_overlay(r, &off, 1);
	assert_string_equal(state(a, r), "100-200 300-400 A<a@example.org> [][final] 00");
	rules_overlay(r, &off, 1);
	assert_string_equal(state(a, r), "100-200 300-400 A<a@example.org> [][final] 00");
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_purged), cmocka_unit_test(test_pace)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
