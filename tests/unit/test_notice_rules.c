/* When the office works, when a closing is told, and how notices go: what the rules say, and what they refuse. */
#include "rules_fixture.h"

#include "base/when.h"
#include "rules/values.h"

#define CONTEST "rules/contest.yaml"

static const char calendar[] =
	"calendar:\n"
	"  office_hours: \"09:00-17:30\"\n"
	"  holidays: [2023-04-05, 2023-04-29..2023-05-03]\n"
	"  workdays: [2023-04-23, 2023-05-06]\n"
	"notices:\n"
	"  hold_above: 3\n"
	"  to: [contact]\n"
	"  events: {eligible: at_once, phase_closing: none}\n"
	"eligibility:\n";

static Rules *rules_with(Arena *a, Source *s) {
	*s = small_source(a);
	small_change(a, s, CONTEST, "eligibility:\n", calendar);
	return small_rules(s);
}

static void test_days(void **state) {
	(void)state;
	static const struct {
		const char *day;
		bool works;
	} rows[] = {
		{"2023-04-03", true},  {"2023-04-05", false}, {"2023-04-08", false}, {"2023-04-09", false}, {"2023-04-22", false},
		{"2023-04-23", true},  {"2023-04-28", true},  {"2023-04-29", false}, {"2023-05-01", false}, {"2023-05-03", false},
		{"2023-05-04", true},  {"2023-05-06", true},  {"2023-05-07", false}, {"1969-12-31", true},  {"1970-01-04", false},
	};
	Arena *a = arena_new();
	Source s;
	Rules *r = rules_with(a, &s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT(rows[i].day, rules_is_workday(r, value_days(rows[i].day)), rows[i].works);
	rules_free(r);
	arena_free(a);
}

static void test_hours(void **state) {
	(void)state;
	static const struct {
		const char *at, *goes;
	} rows[] = {
		{"2023-04-03T08:59:59+08:00", "2023-04-03T09:00:00+08:00"}, {"2023-04-03T09:00:00+08:00", "2023-04-03T09:00:00+08:00"},
		{"2023-04-03T17:29:59+08:00", "2023-04-03T17:29:59+08:00"}, {"2023-04-03T17:30:00+08:00", "2023-04-04T09:00:00+08:00"},
		{"2023-04-04T18:00:00+08:00", "2023-04-06T09:00:00+08:00"}, {"2023-04-22T12:00:00+08:00", "2023-04-23T09:00:00+08:00"},
		{"2023-04-28T20:00:00+08:00", "2023-05-04T09:00:00+08:00"},
	};
	Arena *a = arena_new();
	Source s;
	Rules *r = rules_with(a, &s);
	int64_t at;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(when_parse(str_of(rows[i].at), false, &at), 0);
		ROW_STR(rows[i].at, when_text(a, rules_office_moment(r, at)), rows[i].goes);
	}
	/* A closing on a Friday, told three days and a week before, and where that is no working day. */
	Phase p = {.closes = when_of(2023, 5, 5, 23, 59, 59)};
	ROW_STR("one day", when_text(a, rules_remind_moment(r, &p, 1)), "2023-05-04T09:00:00+08:00");
	ROW_STR("three days", when_text(a, rules_remind_moment(r, &p, 3)), "2023-04-28T09:00:00+08:00");
	ROW_STR("the day itself", when_text(a, rules_remind_moment(r, &p, 0)), "2023-05-05T09:00:00+08:00");
	p.closes = when_of(2023, 5, 5, 8, 30, 0); /* before the office opens: no reminder of what is over */
	ROW_STR("before the hour", when_text(a, rules_remind_moment(r, &p, 0)), "2023-05-04T09:00:00+08:00");
	rules_free(r);
	s = small_source(a); /* no calendar: any hour will do */
	r = small_rules(&s);
	ROW_STR("before nine", when_text(a, rules_remind_moment(r, &p, 0)), "2023-05-04T09:00:00+08:00");
	p.closes = when_of(2023, 5, 5, 23, 59, 59);
	ROW_INT("any hour", rules_office_moment(r, at), at);
	ROW_STR("in the morning", when_text(a, rules_remind_moment(r, &p, 3)), "2023-05-02T09:00:00+08:00");
	rules_free(r);
	arena_free(a);
}

static void test_events(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s;
	Rules *r = rules_with(a, &s);
	assert_int_equal(r->notices.hold_above, 3);
	assert_true(r->notices.to_contact && !r->notices.to_sender);
	assert_int_equal(rules_notice_mode(r, "eligible"), NOTICE_AT_ONCE);
	assert_int_equal(rules_notice_mode(r, "ineligible"), NOTICE_NONE);
	assert_int_equal(rules_notice_mode(r, "phase_closing"), NOTICE_NONE);
	assert_int_equal(rules_notice_mode(r, "phase_closed"), NOTICE_HELD);
	assert_int_equal(rules_notice_mode(r, "nothing such"), NOTICE_NONE);
	rules_free(r);
	arena_free(a);
}

static void test_refused(void **state) {
	(void)state;
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{"\"09:00-17:30\"", "\"9-17\"", "\"office_hours\" must be two times"},
		{"\"09:00-17:30\"", "\"17:30-09:00\"", "\"office_hours\" must be two times"},
		{"\"09:00-17:30\"", "\"09:00-24:30\"", "\"office_hours\" must be two times"},
		{"2023-04-05,", "5 April,", "\"holidays\" must be a day such as"},
		{"2023-04-29..2023-05-03", "2023-05-03..2023-04-29", "\"holidays\" must be a day such as"},
		{"2023-04-29..2023-05-03", "2023-04-31", "\"holidays\" must be a day such as"},
		{"hold_above: 3", "hold_above: -1", "\"hold_above\" must be a whole number"},
		{"to: [contact]", "to: [everybody]", "notices go to the contact, the sender or both"},
		{"eligible: at_once", "eligible: later", "cannot be \"later\""},
		{"eligible: at_once", "elegible: at_once", "elegible"},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Source s = small_source(a);
		Buf faults = {0};
		Err e = {0};
		small_change(a, &s, CONTEST, "eligibility:\n", calendar);
		small_change(a, &s, CONTEST, rows[i].from, rows[i].to);
		ROW_TRUE(rows[i].to, rules_load(&s, &faults, &e) == NULL);
		if (!strstr(buf_cstr(&faults), rows[i].want))
			fail_msg("row %s: %s", rows[i].to, buf_cstr(&faults));
		buf_free(&faults);
	}
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days), cmocka_unit_test(test_hours), cmocka_unit_test(test_events), cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
