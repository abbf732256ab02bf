/* The loader: what a good set gives, and for each mistake the place, the words and
 * the advice. */
#include <math.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/pattern.h"
#include "rules/values.h"
#include "rules_fixture.h"

#define CONTEST "rules/contest.yaml"
#define FORM "rules/form.yaml"
#define MAIL "rules/mail.yaml"
#define T1 "rules/tracks/T1.yaml"
#define T2 "rules/tracks/T2.yaml"
#define WORDS "templates/words.yaml"

/* Both ends are in, also where a month is an end of days, or a day one of months. */
static void test_month_limits(void **state) {
	(void)state;
	static const struct {
		const char *kind, *limit, *value;
		bool good;
	} rows[] = {
		{"date", "max: 2024-02", "2024-02-29", true},  {"date", "max: 2024-02", "2024-03-01", false},
		{"date", "max: 2023-12", "2023-12-31", true},  {"date", "max: 2023-12", "2024-01-01", false},
		{"date", "min: 2024-02", "2024-02-01", true},  {"date", "min: 2024-02", "2024-01-31", false},
		{"month", "min: 2024-02-15", "2024-02", true}, {"month", "min: 2024-02-15", "2024-01", false},
		{"month", "max: 2024-02-15", "2024-02", true}, {"month", "max: 2024-02-15", "2024-03", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Source s = small_source(a);
		small_change(a, &s, FORM, "min: 2020-01-01, max: 2030-12-31", rows[i].limit);
		if (strcmp(rows[i].kind, "month") == 0)
			small_change(a, &s, FORM, "label: 结束\n        kind: date", "label: 结束\n        kind: month");
		Rules *r = small_rules(&s);
		const Field *end = form_field(&rules_track(r, "t1")->form, "project.end");
		Value v = value_read(a, end, rows[i].value, RAW_TEXT, false);
		ROW_TRUE(rows[i].limit, v.state != VALUE_BAD && (value_fault(end, &v) == NULL) == rows[i].good);
		rules_free(r);
		arena_free(a);
	}
}

static void test_good(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	const Track *t = rules_track(r, "t1");
	assert_string_equal(r->edition, "small-1");
	assert_int_equal(r->track_n, 2);
	assert_string_equal(t->direction, "方向");
	assert_string_equal(t->form.section[1].key, "own"); /* before what is marked after_track */
	assert_string_equal(t->form.section[2].key, "last");
	const Field *title = form_field(&t->form, "project.title");
	assert_ptr_equal(title, t->form.role[ROLE_TITLE]);
	assert_int_equal(title->max_chars, 10);
	assert_true(title->required && isnan(title->min));
	const Field *end = form_field(&t->form, "project.end");
	assert_int_equal(end->min_date, value_days("2020-01-01"));
	assert_true(form_field(&t->form, "mail")->personal);
	const Table *members = form_table(&t->form, "members");
	assert_int_equal(members->column_n, 3);
	assert_ptr_equal(members->column[0], form_field(&t->form, "members.name"));
	assert_ptr_equal(members->column[0]->table, members);
	for (size_t i = 0; i < t->form.field_n; i++)
		assert_int_equal(t->form.field[i].index, i);
	assert_null(rules_track(r, "T2")->form.section[1].key[0] == 'o' ? "own" : NULL);
	assert_int_equal(t->form.check_n, 2);
	assert_true(t->form.check[1].eligibility);
	assert_string_equal(t->form.check[0].at, "rules/form.yaml:64:12");
	assert_int_equal(t->form.file[0].max_bytes, 5 << 20);
	assert_string_equal(r->mail.robot.addr, "Robot@example.org");
	assert_string_equal(r->mail.office[0].addr, "office@example.org");
	assert_int_equal(r->mail.max_bytes, 60 << 20);
	assert_int_equal(r->mail.retry_n, 4);
	assert_int_equal(r->mail.digest_minute, 510);
	assert_int_equal(r->mend_seconds, 72 * 3600);
	assert_true(pattern_matches(form_field(&t->form, "pue")->pattern, "1.2"));
	assert_non_null(source_find(r->source, WORDS));
	Hash h = source_hash(&s);
	assert_true(hash_eq(h, r->hash));
	rules_free(r);
	arena_free(a);
}

static void test_phases(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	int64_t opens, closes;
	rules_entry_window(r, &opens, &closes);
	assert_string_equal(when_text(a, opens), "2023-01-06T00:00:00+08:00");
	assert_string_equal(when_text(a, closes), "2023-03-31T23:59:59+08:00");
	assert_null(rules_open_phase(r, opens - 1));
	assert_non_null(rules_open_phase(r, opens));
	assert_non_null(rules_open_phase(r, closes)); /* the closing second is in */
	assert_null(rules_open_phase(r, closes + 1));
	assert_null(rules_phase_at(r, closes + 1));
	rules_free(r);
	small_change(a, &s, CONTEST, "closes: 2023-03-31", "closes: 2023-03-31\n    grace: 10m\n    remind: [2d, 7d]\n    tell: [closing]");
	r = small_rules(&s);
	rules_entry_window(r, &opens, &closes);
	assert_string_equal(when_text(a, closes), "2023-03-31T23:59:59+08:00"); /* as it is told */
	assert_non_null(rules_open_phase(r, closes + 600));
	assert_null(rules_open_phase(r, closes + 601));
	const Phase *p = rules_open_phase(r, closes);
	assert_true(p->tells_closing && !p->tells_opening && p->remind_n == 2 && p->remind[0] == 7 && p->remind[1] == 2);
	rules_free(r);
	arena_free(a);
}

/* A key that is personal in one track is printed of none. */
static void test_casebook(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf faults = {0};
	Err e = {0};
	small_change(a, &s, CONTEST, "eligibility:\n", "casebook: {fields: [pue]}\neligibility:\n");
	rules_free(small_rules(&s));
	small_change(a, &s, T2, "name: 乙\n", "name: 乙\nsections: [{key: own, title: 专, fields: [{key: pue, label: 人, kind: text, personal: true}]}]\n");
	assert_null(rules_load(&s, &faults, &e));
	assert_non_null(strstr(buf_cstr(&faults), "\"pue\" is personal"));
	buf_free(&faults);
	arena_free(a);
}

/* A sample that must fail, and fails only in its case, says that case matters. */
static void test_literal(void **state) {
	(void)state;
	static const char before[] = "label: 单位\n        kind: text\n";
	Arena *a = arena_new();
	for (int said = 0; said < 2; said++) {
		Source s = small_source(a);
		small_change(a, &s, FORM, before, arena_fmt(a, "%s        pattern: '[A-Z][0-9]{4}'\n        pattern_says: 号\n        samples: {pass: "
		                                            "[A0001], fail: [A001, %s]}\n", before, said ? "a0001" : "AA0001"));
		Rules *r = small_rules(&s);
		const Field *f = form_field(&r->track[0].form, "org.name");
		Value v = value_read(a, f, "a0001", RAW_TEXT, false);
		assert_string_equal(v.text, said ? "a0001" : "A0001");
		assert_true((value_fault(f, &v) != NULL) == said);
		rules_free(r);
	}
	arena_free(a);
}

/* In a zone with summer time the days of `privacy` are days, not so many hours; an evening that comes twice is whole. */
static void test_summer_time(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	small_change(a, &s, CONTEST, "zone: Asia/Shanghai", "zone: Africa/Cairo\nprivacy: {keep_days: 30}");
	small_change(a, &s, CONTEST, "closes: 2023-03-31", "closes: 2023-10-26");
	Rules *r = small_rules(&s);
	assert_string_equal(when_text(a, r->phase[0].closes), "2023-10-26T23:59:59+02:00");
	assert_string_equal(when_text(a, rules_purge_due(r)), "2023-11-26T00:00:00+02:00");
	assert_string_equal(when_text(a, rules_amend_until(r, r->phase[0].opens)), "2023-01-11T23:59:59+02:00");
	rules_free(r);
	small_change(a, &s, CONTEST, "closes: 2023-10-26", "closes: 2023-10-20");
	r = small_rules(&s);
	assert_string_equal(when_text(a, rules_purge_due(r)), "2023-11-20T00:00:00+02:00");
	rules_free(r);
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
	arena_free(a);
}

/* One limit in every text: what 60 MB of mail leave for files, and never more for one of them. */
static void test_file_limits(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	FileRule small = {.max_bytes = 1 << 20}, free_one = {.max_bytes = 0}, huge = {.max_bytes = INT64_C(2) << 30};
	r->mail.max_bytes = 60 << 20;
	assert_int_equal(rules_files_limit(r), 42u << 20);
	assert_int_equal(rules_file_limit(r, &small), 1u << 20);
	assert_int_equal(rules_file_limit(r, &free_one), 42u << 20);
	assert_int_equal(rules_file_limit(r, &huge), 42u << 20);
	r->mail.max_bytes = 1 << 20;
	assert_int_equal(rules_files_limit(r), 1u << 20);
	rules_free(r);
	arena_free(a);
}

static void test_rounds(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	assert_int_equal(r->round_n, 0); /* a contest without any */
	assert_string_equal(r->experts.promise, "");
	assert_int_equal(r->experts.conflict, CONFLICT_ORG | CONFLICT_USCC | CONFLICT_DOMAIN);
	rules_free(r);
	small_change(a, &s, CONTEST, "eligibility:\n",
	             "rounds:\n  - {id: last, name: 决赛, phase: collection, from: shortlisted, scored_by: scorer, experts: 5,"
	             " drop: {highest: 1, lowest: 1}, criteria: [{key: a, label: 甲, max: 10, step: 0.5, weight: 0.3},"
	             " {key: b, label: 乙, weight: 0.7}]}\n"
	             "experts: {conflicts: [organisation], public_domains: [QQ.com], formal: experts}\neligibility:\n");
	r = small_rules(&s);
	const Round *last = rules_round(r, "last");
	assert_non_null(last);
	assert_string_equal(last->phase->id, "collection");
	assert_string_equal(last->passed, "awarded");
	assert_string_equal(last->failed, "unplaced");
	assert_true(last->confirmed && last->scored_by == SCORED_BY_SCORER && !last->anonymous);
	assert_int_equal(last->criterion[0].step, 500);
	assert_int_equal(last->criterion[0].weight, 3000);
	assert_int_equal(last->criterion[1].max, 100000);
	assert_int_equal(last->per_track, -1);
	assert_int_equal(r->experts.conflict, CONFLICT_ORG);
	assert_true(r->experts.formal);
	assert_string_equal(r->experts.public_domain[0], "qq.com");
	rules_free(r);
	arena_free(a);
}

static void test_numbers(void **state) {
	(void)state;
	static const struct {
		const char *text, *number;
	} rows[] = {
		{"关于T1-0007的补充", "T1-0007"}, {"t1-0007", "T1-0007"}, {"Ｔ１－０００７", "T1-0007"},
		{"T1—0007", "T1-0007"}, {"T1-12345", "T1-12345"}, {"T1-007", NULL}, {"XT1-0007", NULL},
		{"T1-0007A", NULL}, {"T3-0007", NULL}, {"T1-0000", NULL}, {"", NULL}, {"T2-0001 T1-0002", "T2-0001"},
		{"（T1-0007）", "T1-0007"}, {"T1 - 0007", "T1-0007"}, {"ｔ1－ 0007", "T1-0007"}, {"T10007", "T1-0007"},
		{"t1 0007的进展", "T1-0007"}, {"T1 2023 T1-0007", "T1-0007"}, {"T1 20230", NULL}, {"T1 12345", NULL},
	};
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_STR(rows[i].text, rules_find_number(r, a, rows[i].text), rows[i].number);
	rules_free(r);
	small_change(a, &s, CONTEST, "\"{track}-{seq:4}\"", "X23-{track}-{seq:2}");
	r = small_rules(&s);
	assert_string_equal(rules_number(r, a, "T1", 7), "X23-T1-07");
	assert_string_equal(rules_find_number(r, a, "回复：x23-t1-07"), "X23-T1-07");
	assert_null(rules_find_number(r, a, "T1-07"));
	rules_free(r);
	small_change(a, &s, CONTEST, "X23-{track}-{seq:2}", "\"{track}-{seq:4}\"");
	small_change(a, &s, T1, "code: T1", "code: A");
	small_change(a, &s, MAIL, "小赛 <Robot@", "'\"小, 赛\" <Robot@");
	small_change(a, &s, MAIL, "Example.ORG>", "Example.ORG>'");
	r = small_rules(&s);
	assert_null(rules_find_number(r, a, "a 2024 edition, and a2024b"));
	assert_string_equal(rules_find_number(r, a, "of A-0007, a 2024 edition"), "A-0007");
	assert_string_equal(rules_find_number(r, a, "A0007"), "A-0007");
	assert_string_equal(r->mail.robot.name, "小, 赛");
	/* A setting moves an opening behind another: the latest opened is still the one of that moment. */
	Phase two[] = {{.id = "b", .opens = 300, .closes = 900}, {.id = "a", .opens = 100, .closes = 900}};
	Rules moved = {.phase = two, .phase_n = 2};
	assert_string_equal(rules_phase_at(&moved, 500)->id, "b");
	assert_string_equal(rules_phase_at(&moved, 200)->id, "a");
	rules_free(r);
	arena_free(a);
}

/* The end of the contest: absent, whole, and what is refused of it. */
static void test_final(void **state) {
	(void)state;
	static const char whole[] =
		"awards: [{name: 一等奖, quota: 1}]\n"
		"publicity: {days: 7, note: 实名提出}\n"
		"roadshow:\n"
		"  days:\n"
		"    - {date: 2023-05-21, start: \"09:00\", end: \"12:00\"}\n"
		"    - {date: 2023-05-20, start: \"09:00\", end: \"17:30\"}\n"
		"  breaks: [{from: \"12:00\", to: \"13:30\"}]\n"
		"  rooms: [第一会场, 第二会场]\n"
		"  minutes: 20\n";
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{"\"09:00\", end: \"12:00\"", "\"9.00\", end: \"12:00\"", "start is a time of the day"},
		{"\"09:00\", end: \"12:00\"", "\"12:00\", end: \"09:00\"", "\"end\" must be later than \"start\""},
		{"2023-05-21", "2023-05-20", "this day of the roadshow is there already"},
		{"\"09:00\", end: \"12:00\"", "\"09:00\", end: \"09:10\"", "shorter than the 20 minutes"},
		{"  rooms: [第一会场, 第二会场]\n", "", "\"rooms\" is missing"},
		{"days: 7, ", "", "publicity needs"},
		{"2023-05-21", "2023-05-21 10:00", "its times stand behind \"start\""},
		{"{from: \"12:00\", to: \"13:30\"}", "{from: \"09:10\", to: \"10:30\"}, {from: \"10:00\", to: \"11:45\"}", "2023-05-21 leaves no time"},
		{"minutes: 20", "minutes: 0", "\"minutes\" must be a whole number"},
	};
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	assert_int_equal(r->roadshow.day_n, 0);
	assert_int_equal(r->publicity.days, 0);
	rules_free(r);
	small_change(a, &s, CONTEST, "awards: [{name: 一等奖, quota: 1}]\n", whole);
	r = small_rules(&s);
	assert_int_equal(r->roadshow.day_n, 2);
	assert_string_equal(when_date(a, r->roadshow.day[0].midnight), "2023-05-20");
	assert_int_equal(r->roadshow.day[0].hours.to, 17 * 60 + 30);
	assert_int_equal(r->roadshow.pause[0].from, 720);
	assert_int_equal(r->roadshow.apart, 20); /* as long as one takes */
	assert_int_equal(r->publicity.days, 7);
	rules_free(r);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Source bad = small_source(a);
		Buf faults = {0};
		Err e = {0};
		small_change(a, &bad, CONTEST, "awards: [{name: 一等奖, quota: 1}]\n", whole);
		small_change(a, &bad, CONTEST, rows[i].from, rows[i].to);
		ROW_TRUE(rows[i].to, rules_load(&bad, &faults, &e) == NULL);
		if (!strstr(buf_cstr(&faults), rows[i].want))
			fail_msg("row %s: %s", rows[i].to, buf_cstr(&faults));
		buf_free(&faults);
	}
	arena_free(a);
}

static void test_bundle(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a), again;
	Buf b = {0};
	Err e = {0};
	source_bundle(&s, &b);
	assert_int_equal(source_unbundle(a, buf_view(&b), &again, &e), 0);
	assert_int_equal(again.n, s.n);
	for (size_t i = 0; i < s.n; i++) {
		assert_string_equal(again.file[i].path, s.file[i].path);
		assert_true(str_eq(again.file[i].bytes, s.file[i].bytes));
	}
	assert_true(hash_eq(source_hash(&s), source_hash(&again)));
	assert_int_equal(source_unbundle(a, STR("{\"a\":"), &again, &e), -1);
	buf_free(&b);
	arena_free(a);
}

#define LONG "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"

/* One mistake a row: the change, and the fault it must give.  `at` is
 * line:column; `says` stands in the message. */
static const struct {
	const char *row, *path, *what, *with, *at, *says;
} broken[] = {
	/* YAML itself */
	{"full-width colon", CONTEST, "name: 小赛", "name：小赛", "2:1", "full-width colon"},
	{"tab", FORM, "  kinds:", "\tkinds:", "4:1", "begins with a tab"},
	{"full-width colon above a comment", CONTEST, "name: 小赛", "name：小赛\n# a comment\n\n", NULL, "full-width colon"},
	{"robot of the secretariat", MAIL, "[office@example.org]", "[office@example.org, robot@EXAMPLE.org]", NULL, "own address"},
	{"own mail", MAIL, "maildir:spool/outbox", "maildir:spool/inbox", "6:3", "the folder that it is fetched from"},
	{"many reminders", CONTEST, "closes: 2023-03-31", "closes: 2023-03-31\n    remind: [1d, 2d, 3d, 4d, 5d, 6d, 7d, 8d, 9d, 10d, 11d, 12d, 13d, 14d, 15d, 16d, 17d, 18d, 19d, 20d, 21d]", "15:13", "at most 20"},
	{"long grace", CONTEST, "closes: 2023-03-31", "closes: 2023-03-31\n    grace: 900d", "15:12", "at most 7d"},
	{"quota below per_track", CONTEST, "quota: 1}", "quota: 1, per_track: 2}", "23:43", "which is how many there are in all"},
	{"wide step", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, criteria: [{key: a, label: 甲, max: 10, step: 20}]}\neligibility:\n",
	 "17:86", "the step is wider than the range"},
	{"curly quotes", T2, "name: 乙", "keywords: [a, b\nname: “乙”", NULL, "put a text between straight ones"},
	{"hard blank", FORM, "  kinds:", "\u00a0\u00a0kinds:", NULL, "a blank that does not break"},
	{"no words", WORDS, NULL, "- a\n", "1:1", "must be a map"},
	{"address twice", MAIL, "[office@example.org]", "[office@example.org, 办 <Office@Example.org>]", "2:35", "stands in the list twice"},
	{"empty kind", FORM, "kind: uscc", "kind:", NULL, "\"kind\" must not be empty"},
	{"no blank in braces", CONTEST, "{code: A, name", "{code:A, name", "8:15", "write a blank behind the colon"},
	{"key of SQL", FORM, "- key: mail\n", "- key: null\n", NULL, "\"null\" is a word that conditions use themselves"},
	{"table of SQL", FORM, "- key: members\n", "- key: order\n", NULL, "\"order\" is a word that conditions use themselves"},
	{"table of ours", FORM, "- key: members\n", "- key: cells\n", NULL, "\"cells\" is a word that conditions use"},
	{"column that is the row", FORM, "{key: share,", "{key: row,", NULL, "\"row\" is a word that conditions use"},
	{"second mail of a text", FORM, "role: org\n", "role: org\n      - {key: second, label: 二, kind: text, role: contact2_mail}\n", NULL, "must be of kind email"},
	{"two choices of notice_to", FORM, "role: org\n", "role: org\n      - {key: told, label: 告, kind: choice, role: notice_to, choices: [a, b]}\n", NULL, "has three choices"},
	{"odd beginning of numbers", CONTEST, "\"{track}-{seq:4}\"", "\"X#<{track}-{seq:4}\"", NULL, "with letters, digits or hyphens before it"},
	{"no such field", FORM, "where: project.end >=", "where: project.zz >=", "64:12", "no field project.zz; write the key of a field"},
	{"two exchanged", FORM, "where: project.end >=", "where: project.edn >=", "64:12", "did you mean project.end?"},
	{"a like head alone", FORM, "where: project.end >=", "where: project.bnd_x >=", "64:12", "write the key of a field of its form"},
	{"constant", FORM, "where: project.end >= project.start", "where: 2025-02-30", "64:12", "looks at nothing of the form"},
	{"broken list", FORM, "kinds: [企业, 学校, 其他]", "kinds: none", "4:10", "must hold choices"},
	{"direction twice", CONTEST, "directions: [{code: A, name: 方向}]", "directions: [{code: A, name: 方向}, {code: A, name: 丙}]", NULL, "is there already"},
	{"second holiday", CONTEST, "eligibility:", "calendar:\n  holidays:\n    - 2023-01-01\n    - 2023-13-01\neligibility:", "19:7", "must be a day"},
	{"full-width blank", FORM, "  kinds:", "\u3000kinds:", "4:1", "full-width blank"},
	{"open bracket", MAIL, "[office@example.org]", "[office@example.org", "2:14", "this [ is not closed; add a ] where it ends"},
	{"open bracket at the end", T2, "name: 乙", "name: 乙\nkeywords: [a, b", "3:11", "this [ is not closed"},
	{"open brace", CONTEST, "[{code: A, name: 方向}]", "[{code: A, name: 方向]", "8:14", "this { is not closed; add a } where it ends"},
	{"bracket behind a text and a block", T2, "name: 乙", "name: 乙\nscope: |\n  [甲\n  {\n# ] [\nrequires: '[ it''s'\nkeywords: [a", "8:11", "this [ is not closed"},
	{"open quote", T1, "name: 甲", "name: \"甲", "2:7", "this \" is not closed; add a \" where it ends"},
	{"open quote at the end", T2, "name: 乙", "name: 乙\nscope: '甲", "3:8", "this ' is not closed"},
	{"no colon", T2, "name: 乙", "name 乙", "2:1", "this line is no \"key: value\""},
	{"no blank", T2, "name: 乙", "name:乙", "2:1", "write a colon and a blank"},
	{"deeper", T2, "direction: A", " direction: A", "3:2", "this line is indented more than the one above"},
	{"no blank, then a key", T2, "code: T2", "code:T2", "1:1", "write a blank behind its colon or its dash"},
	{"long value", T2, "direction: A", "direction: " LONG LONG, "3:12", "\"; write a code that stands under"},
	{"two colons", T2, "name: 乙", "name: 乙: 丙", NULL, "put the text behind the first between quotes"},
	{"escape", T2, "name: 乙", "name: \"a\\d\"", NULL, "write \\\\, or put the text between single quotes"},
	{"behind the quote", T2, "name: 乙", "name: \"a\" b", NULL, "put the whole text between quotes"},
	{"indent", FORM, "\n        kind: uscc", "\n       kind: uscc", NULL, "indent it like its neighbours"},
	{"empty", T2, NULL, NULL, "1:1", "the file is empty"},
	{"only a comment", T2, NULL, "# nothing\n", "1:1", "the file is empty"},
	{"UTF-16", T2, NULL, "\xff\xfe c", "1:1", "save it as UTF-8"},
	{"second document", T2, "name: 乙", "name: 乙\n---\nname: 丙", "3:1", "second document"},
	{"GBK", T2, "name: 乙", "name: \xd2\xd2", "2:7", "save it as UTF-8"},
	{"anchor", T2, "name: 乙", "name: &a 乙", "2:8", "anchors"},
	{"alias", T2, "name: 乙", "name: *a", "2:8", "aliases"},
	{"tag", T2, "name: 乙", "name: !x 乙", "2:7", "tags"},
	{"duplicate key", T2, "name: 乙", "name: 乙\nname: 丙", "3:1", "given twice, first on line 2"},
	{"map as key", T2, "name: 乙", "{a: b}: 乙", "2:1", "a key must be a text"},
	{"control character", T2, "name: 乙", "name: \"\\x01\"", "2:8", "control character"},
	{"braces in braces", T2, "name: 乙", "name: {a: b, c: x{{d}}% y}", "2:18", "stands between quotes"},
	/* structure */
	{"no map", T2, NULL, "乙\n", "1:1", "must be a map"},
	{"unknown key, near", T2, "name: 乙", "nmae: 乙", "2:1", "did you mean \"name\"?"},
	{"unknown key", T2, "name: 乙", "name: 乙\nzzzzzz: 1", "3:1", "known here: code, ordinal"},
	{"missing key", T2, "name: 乙", "", "1:1", "the key \"name\" is missing"},
	{"empty value", T2, "name: 乙", "name:", "2:5", "must not be empty"},
	{"list for text", T2, "name: 乙", "name: [乙]", "2:7", "single value"},
	{"text for list", CONTEST, "phases:", "phases: x\nphase:", "10:9", "must be a list"},
	{"two lines", T2, "name: 乙", "name: |\n  乙\n  丙", "3:3", "on one line"},
	{"switch", FORM, "required: true", "required: 是", "13:19", "write true or false"},
	{"kind", FORM, "kind: uscc", "kind: uscs", "25:15", "did you mean \"uscc\"?"},
	{"role", FORM, "role: org\n", "role: orgs\n", "18:15", "did you mean \"org\"?"},
	{"kind that is none", FORM, "kind: uscc", "kind: money", "25:15", "\"kind\" cannot be \"money\"; write one of: text, longtext"},
	{"kind in capitals", FORM, "kind: uscc", "kind: USCC", "25:15", "did you mean \"uscc\"?"},
	{"unit of a text", FORM, "kind: uscc", "kind: uscc\n        unit: 万元", "26:15", "for integer, number and percent only"},
	{"unit that is a number", FORM, "unit: 万元", "unit: 10000", "42:15", "\"unit\" is a word such as kg"},
	{"long unit", FORM, "unit: 万元", "unit: 万元每平方公里每年每人每月每日每小时每分钟每秒", "42:15", "at most 20 characters"},
	{"long label", FORM, "label: 金额", "label: " LONG LONG, "40:16", "\"label\" is 120 characters long; shorten it to 100 at most"},
	{"number", FORM, "min: 2,", "min: two,", "14:22", "whole number"},
	{"min over max", FORM, "min: 2,", "min: 20,", "14:16", "greater than"},
	{"date limit", FORM, "min: 2020-01-01", "min: 2020-13-01", "38:22", "must be a date"},
	{"value of a text", FORM, "chars: {min: 2, max: 10}", "value: {min: 2}", "14:16", "for numbers"},
	{"chars of a number", FORM, "unit: 万元", "chars: {max: 5}", "42:16", "for texts only"},
	{"choices of a text", FORM, "chars: {min: 2, max: 10}", "choices: kinds", "14:18", "only"},
	{"no choices", FORM, "        choices: kinds\n", "", "19:9", "needs \"choices"},
	{"unknown list", FORM, "choices: kinds", "choices: kindz", "22:18", "did you mean \"kinds\"?"},
	{"choice twice", FORM, "[企业, 学校, 其他]", "[企业, 学校, 企业]", "4:19", "stands in the list twice"},
	{"choice with the sign", FORM, "[水, 电, 气]", "[水、电, 气]", "46:18", "holds the sign"},
	{"key with capitals", FORM, "key: org.name", "key: Org.name", "15:14", "is no key"},
	{"key with two dots", FORM, "key: org.name", "key: org.name.x", "15:14", "is no key"},
	{"field twice", FORM, "key: org.name", "key: org.kind", "19:14", "the key \"org.kind\" is taken already"},
	{"label twice", FORM, "label: 开始", "label: 名 称：", NULL, "the label or alias"},
	{"names collide", FORM, "key: project.start", "key: project_end", NULL, "\"x_project_end\""},
	{"column collides", FORM, "key: project.start", "key: members_name", NULL, "x_members_name"},
	{"table as a field begins", FORM, "key: members", "key: project", "48:14", "called as the field project.title"},
	{"section twice", FORM, "key: last", "key: main", "55:10", "another key"},
	{"identity", FORM, "kind: uscc", "kind: uscc\n        identity: true", "26:19", "kind text only"},
	{"required twice", FORM, "chars: {min", "required_when: \"1\"\n        chars: {min", "14:25", "keep one"},
	{"format", FORM, "formats: [pdf, jpg]", "formats: [pdf, jpgg]", NULL, "did you mean \"jpg\"?"},
	{"no fields", FORM, "    fields:\n      - {key: agree", "    notes:\n      - {key: agree", NULL, "neither fields nor tables"},
	/* roles */
	{"no title", FORM, "        role: title\n", "", "5:1", "no field has the role title; write \"role: title\""},
	{"no org", FORM, "        role: org\n", "", NULL, "no field has the role org"},
	{"no contact", FORM, "        role: contact_mail\n", "", NULL, "no field has the role contact_mail"},
	{"role twice", FORM, "label: 开始", "label: 开始\n        role: title", NULL, "project.title has already"},
	{"mail of another kind", FORM, "kind: email", "kind: text", "31:15", "must be of kind email"},
	{"column with a role", FORM, "kind: text, required: true", "kind: text, role: org", NULL, "only have the role files"},
	/* patterns and samples */
	{"faulty pattern", T1, "'[0-9.]+'", "'[0-9.+'", "13:25", "missing terminating ]"},
	{"no samples", T1, "        samples: {pass: [\"1.2\"], fail: [\"9\"]}\n", "", "13:19", "needs samples"},
	{"no fail", T1, "fail: [\"9\"]", "fail: []", NULL, "needs at least one sample"},
	{"sample should pass", T1, "pass: [\"1.2\"]", "pass: [\"1.2\", \"7\"]", "15:34", "\"7\" of pue should pass but does not (out of range: from 1 to 5 wanted"},
	{"sample should fail", T1, "fail: [\"9\"]", "fail: [\"2\"]", "15:42", "\"2\" of pue should fail but passes"},
	{"no pattern_says", T1, "        pattern_says: 数字\n", "", NULL, "\"pattern_says\" is missing"},
	{"example", FORM, "kind: uscc", "kind: uscc\n        example: \"123\"", "26:19", "would be refused itself (no value of kind uscc)"},
	{"example too short", FORM, "chars: {min: 2, max: 10}", "chars: {min: 2, max: 10}\n        example: 短", "15:18", "too short: 1 characters where 2 are the least"},
	{"excerpt too long", FORM, "chars: {min: 2, max: 10}", "chars: {min: 2, max: 10}\n        example: 这是一个太长的名称……", "15:18", "too long: 11 characters"},
	{"example against the pattern", FORM, "label: 单位\n", "label: 单位\n        pattern: '[a-z]+'\n        pattern_says: 小写\n"
	 "        samples: {pass: [a], fail: [A]}\n        example: A1\n", "20:18", "\"A1\" of org.name would be refused itself (the pattern does not match it)"},
	{"example that is no choice", FORM, "choices: kinds", "choices: kinds\n        example: 企业们", "23:18", "did you mean \"企业\"?"},
	{"example out of range", FORM, "max: 2030-12-31}", "max: 2030-12-31}\n        example: 2019-12-31", "39:18", "out of range: from 2020-01-01 to 2030-12-31 wanted"},
	{"example of a column", FORM, "key: share, label: 份额, kind: number", "key: share, label: 份额, kind: number, example: 一半", "53:60", "of members.share would be refused"},
	/* conditions */
	{"unknown field", FORM, "where: project.end >=", "where: project.ende >=", "64:12", "did you mean project.end?"},
	{"second operand", FORM, ">= project.start", ">= project.strat", "64:27", "did you mean project.start?"},
	{"double quotes", FORM, "\"org.kind = '企业'\"", "'org.kind = \"企业\"'", "27:36", "single quotes"},
	{"folded condition", FORM, "where: project.end >= project.start", "where: >-\n      project.end >=\n      project.strat", "66:7", "did you mean project.start?"},
	{"syntax", FORM, ">= project.start", ">= = project.start", "64:27", "syntax error"},
	{"too early", FORM, ">= project.start", ">=", "64:25", "condition: the condition ends too early"},
	{"per cent", FORM, "project.end >= project.start", "project.money > 85%", "64:30", "condition: the condition ends too early"},
	{"function that is none", FORM, "project.end >= project.start", "age(project.end) > 16", "64:12", "days() counts between them"},
	{"table", FORM, "project.end >= project.start", "(select count(*) from member) > 1", "64:34", "did you mean members?"},
	{"table that is none", FORM, "project.end >= project.start", "(select count(*) from people) > 1", "64:34", "no table people; its tables: members"},
	{"column", FORM, "project.end >= project.start", "(select sum(shore) from members) > 1", "64:24", "no field or column shore; did you mean share?"},
	{"column that is none", FORM, "project.end >= project.start", "(select sum(x) from members) > 1", "64:24", "the columns here: row, name, share, end"},
	{"arguments", FORM, "project.end >= project.start", "days() > 1", NULL, "see the list of functions"},
	{"aggregate", FORM, "project.end >= project.start", "sum(project.money) > 1 and count(*) > 1 and 1 in (select 1 where sum(1) > 0)", NULL, "inside (select"},
	{"function", FORM, "where: project.end >=", "where: date(project.end) >=", "64:12", "no function date()"},
	{"of a file", FORM, "project.money > 100", "project.mony > 100", NULL, "did you mean project.money?"},
	{"eligibility", CONTEST, "org.kind <> '其他'", "org.kin <> '其他'", "20:14", "did you mean org.kind?"},
	{"blame", FORM, "blame: [project.start,", "blame: [project.begin,", "66:13", "no field, table or file \"project.begin\""},
	{"says", FORM, "结束{{project.end}}", "结束{{project.ende}}", "65:13", "did you mean \"project.end\"?"},
	{"says, column", FORM, "结束{{project.end}}", "结束{{members.name}}", "65:13", "is a column"},
	{"says, wide", FORM, "结束{{project.end}}", "结束｛｛project.end｝｝", "65:13", "full-width braces mark no name"},
	{"says, open", FORM, "结束{{project.end}}", "结束{{project.end", "65:13", "{{ without }}"},
	{"check twice", FORM, "id: order", "id: kind", NULL, "give one of them another id"},
	{"severity", FORM, "    says: 结束", "    severity: warn\n    says: 结束", "65:15", "write one of: error, warning"},
	/* contest */
	{"edition", CONTEST, "small-1", "Small 1", "1:10", "small letters"},
	{"zone", CONTEST, "Asia/Shanghai", "Asia/Peking", "6:7", "no time zone is called"},
	{"date", CONTEST, "opens: 2023-01-06", "opens: 2023-1-6", "13:12", "must be a date such as 2023-03-31"},
	{"closes before", CONTEST, "closes: 2023-03-31", "closes: 2022-03-31", "14:13", "closes before it opens"},
	{"accepts", CONTEST, "accepts: [entries, supplements]", "accepts: [entry]", "15:14", "entries, supplements"},
	{"takes nothing", CONTEST, "    accepts: [entries, supplements]\n", "", "11:3", "no phase takes entries"},
	{"entry number", CONTEST, "{track}-{seq:4}", "{seq:4}", "9:16", "must be {track}-{seq:WIDTH}"},
	{"contact", CONTEST, "phone: \"1\"", "phone: \"\"", NULL, "needs a phone or a mail address"},
	/* rounds: the line of "eligibility" is 16 */
	{"round's phase", CONTEST, "eligibility:\n", "rounds: [{id: r, name: 轮, phase: colection, criteria: [{key: a, label: 甲}]}]\neligibility:\n",
	 "16:34", "no phase is called \"colection\""},
	{"no criteria", CONTEST, "eligibility:\n", "rounds: [{id: r, name: 轮, phase: collection}]\neligibility:\n", "16:10", "\"criteria\" is missing"},
	{"empty range", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, criteria: [{key: a, label: 甲, min: 5, max: 5}]}\neligibility:\n",
	 NULL, "has no range: \"min\" (5)"},
	{"range that is no number", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, criteria: [{key: a, label: 甲, max: 十}]}\neligibility:\n",
	 NULL, "\"max\" must be a number from"},
	{"criterion twice", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, criteria: [{key: a, label: 甲}, {key: a, label: 乙}]}\neligibility:\n",
	 NULL, "is there already"},
	{"nothing counts", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, criteria: [{key: a, label: 甲, weight: 0}]}\neligibility:\n",
	 NULL, "no criterion counts"},
	{"all dropped", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, experts: 2, drop: {highest: 1, lowest: 1}, criteria: [{key: a, label: 甲}]}\neligibility:\n",
	 NULL, "2 scores are dropped of 2"},
	{"state of a round", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, from: accepted, criteria: [{key: a, label: 甲}]}\neligibility:\n",
	 NULL, "write reviewed or shortlisted"},
	{"two quotas", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, recommend: {share: 3, per_track: 2}, criteria: [{key: a, label: 甲}]}\neligibility:\n",
	 NULL, "not both"},
	{"remind", CONTEST, "eligibility:\n", "rounds:\n  - {id: r, name: 轮, phase: collection, remind: [soon], criteria: [{key: a, label: 甲}]}\neligibility:\n",
	 NULL, "list of days before the closing"},
	{"conflict", CONTEST, "eligibility:\n", "experts: {conflicts: [friend]}\neligibility:\n", "16:22", "not \"friend\""},
	{"public domain", CONTEST, "eligibility:\n", "experts: {public_domains: [a@qq.com]}\neligibility:\n", NULL, "is no domain"},
	/* tracks */
	{"code", T2, "code: T2", "code: t2", "1:7", "capital letters"},
	{"code twice", T2, "code: T2", "code: T1", "1:7", "the track of rules/tracks/T1.yaml has the code"},
	{"direction", T2, "direction: A", "direction: B", "3:12", "no direction with the code \"B\""},
	{"after_track in a track", T1, "    title: 专项", "    title: 专项\n    after_track: true", "6:10", "for the sections of form.yaml"},
	{"field of the common form", T1, "key: pue", "key: org.kind", "9:14", "change one of the two keys"},
	/* mail */
	{"scheme", MAIL, "maildir:spool/inbox", "pop3://x", "4:8", "mail is fetched from"},
	{"smtp for fetching", MAIL, "maildir:spool/inbox", "smtp://x", "4:8", "mail is fetched from"},
	{"password in the URL", MAIL, "maildir:spool/inbox", "imaps://u:p@h/INBOX", "4:8", "no password in the URL"},
	{"@ in the user", MAIL, "maildir:spool/inbox", "imaps://u@x.cn@h/INBOX", "4:8", "%40"},
	{"no password", MAIL, "maildir:spool/inbox", "imaps://u%40x.cn@h/INBOX", "4:8", "password of u@x.cn is missing"},
	{"two passwords", MAIL, "maildir:spool/inbox", "imaps://u@h\n  password_file: a\n  password_env: B", NULL, "keep one of"},
	{"no user", MAIL, "maildir:spool/inbox", "imaps://h/INBOX", "4:8", "the user is missing"},
	{"port", MAIL, "maildir:spool/inbox", "imaps://u@h:x/INBOX", "4:8", "port"},
	{"in clear", MAIL, "maildir:spool/inbox", "imap://u@h/INBOX\n  tls: none\n  password_env: P", "5:8", "in clear"},
	{"tls of imaps", MAIL, "maildir:spool/inbox", "imaps://u@h/INBOX\n  tls: starttls\n  password_env: P", "5:8", "take it away"},
	{"dot dot", MAIL, "maildir:spool/inbox", "maildir:../inbox", "4:8", ".."},
	{"folders of a Maildir", MAIL, "maildir:spool/inbox", "maildir:spool/inbox\n  folders: [a]", "5:12", "one folder"},
	{"after", MAIL, "maildir:spool/inbox", "maildir:spool/inbox\n  after: remove", "5:10", "delete:DAYS"},
	{"size", MAIL, "maildir:spool/inbox", "maildir:spool/inbox\n  max_bytes: 60MB", "5:14", "such as 60M"},
	{"robot", MAIL, "Robot@Example.ORG", "Robot", "1:8", "a mail address is wanted"},
	{"digest", MAIL, "send:", "digest: {at: 8点半}\nsend:", "5:14", "time of day"},
	{"retry", MAIL, "send:", "retry: [2]\nsend:", "5:9", "such as 2m"},
	/* words */
	{"unknown placeholder", WORDS, "{{month}}月{{day}}日（{{weekday}}）{{time}}", "{{month}}月{{days}}日", NULL, "unknown placeholder {{days}} in when.moment"},
	{"unknown text", WORDS, "  end_of_day:", "  end_of_dya: x\n  end_of_day:", NULL, "did you mean when.end_of_day?"},
	{"open section", WORDS, "  days: \"{{n}}", "  days: \"{{#n}}", NULL, "{{#n}} without {{/n}}"},
	{"missing text", WORDS, "  end_of_day: \"24:00\"\n", "", NULL, "the text when.end_of_day is missing"},
};

/* The line of a fault that says `says`, or NULL. */
static const char *fault_line(const char *faults, const char *says) {
	const char *at = strstr(faults, says);
	while (at && at > faults && at[-1] != '\n')
		at--;
	return at;
}

/* Every line that is no source line begins with file:line:column. */
static bool placed(const char *faults) {
	for (Str rest = str_of(faults), line; str_next(&rest, '\n', &line);) {
		Str file, row, column;
		if (!line.n || str_starts(line, "    "))
			continue;
		int64_t n;
		if (!str_next(&line, ':', &file) || !str_next(&line, ':', &row) || !str_next(&line, ':', &column) ||
		    str_to_i64(row, 1, 1000000, &n) || str_to_i64(column, 1, 1000000, &n))
			return false;
	}
	return true;
}

static void test_broken(void **state) {
	(void)state;
	Arena *a = arena_new();
	int wrong = 0;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		Source s = small_source(a);
		if (broken[i].what)
			small_change(a, &s, broken[i].path, broken[i].what, broken[i].with);
		else
			for (size_t k = 0; k < s.n; k++)
				if (strcmp(s.file[k].path, broken[i].path) == 0)
					s.file[k].bytes = str_of(broken[i].with);
		Buf faults = {0};
		Err e = {0};
		bool taken = rules_load(&s, &faults, &e) != NULL;
		const char *line = fault_line(buf_cstr(&faults), broken[i].says);
		char *want = arena_fmt(a, "%s:%s%s", broken[i].path, broken[i].at ? broken[i].at : "",
		                       broken[i].at ? ": " : "");
		bool right = !taken && e.kind == ERR_RULES && line && strncmp(line, want, strlen(want)) == 0 && placed(buf_cstr(&faults));
		wrong += !right;
		if (!right)
			print_error("row %s: no \"%s...%s\" in\n%s", broken[i].row, want, broken[i].says, buf_cstr(&faults));
		buf_free(&faults);
		arena_reset(a);
	}
	arena_free(a);
	assert_int_equal(wrong, 0);
}

/* What is refused of the files today, and must not be of a set that was in force when it was not: with it what came
 * then is judged again. */
static void test_kept(void **state) {
	(void)state;
	static const struct {
		const char *path, *what, *with;
	} rows[] = {
		{FORM, "where: project.end >= project.start", "where: org.kind = '企亚'"},
		{FORM, "where: project.end >= project.start", "where: 1"},
		{FORM, "chars: {min: 2, max: 10}", "chars: {min: 2, max: 10}\n        example: 短"},
		{FORM, "chars: {min: 2, max: 10}", "unit: 万元"},
		{FORM, "label: 金额", "label: " LONG LONG},
		{FORM, "        kind: text\n        role: org", "        kind:\n        role: org"},
		{FORM, "结束{{project.end}}", "结束｛｛project.end｝｝"},
		{CONTEST, "closes: 2023-03-31", "closes: 2023-03-31\n    grace: 900d"},
		{CONTEST, "quota: 1}", "quota: 1, per_track: 2}"},
		{MAIL, "maildir:spool/outbox", "maildir:spool/inbox"},
		{MAIL, "[office@example.org]", "[office@example.org, office@example.org]"},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Source s = small_source(a);
		Buf faults = {0};
		Err e = {0};
		small_change(a, &s, rows[i].path, rows[i].what, rows[i].with);
		ROW_TRUE(rows[i].with, rules_load(&s, &faults, &e) == NULL);
		s.kept = true;
		rules_free(small_rules(&s));
		buf_free(&faults);
	}
	arena_free(a);
}

/* All faults of all files in one go, with the source line and a caret under the place,
 * wide characters counted. */
static void test_together(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf faults = {0};
	Err e = {0};
	small_change(a, &s, CONTEST, "zone: Asia/Shanghai", "zone: Asia/Peking");
	small_change(a, &s, FORM, "says: 结束{{project.end}}", "says: 结束{{project.ende}}");
	small_change(a, &s, MAIL, "secretariat:", "secretary:");
	small_change(a, &s, T2, "name: 乙", "nmae: 乙");
	assert_null(rules_load(&s, &faults, &e));
	static const char *const lines[] = {
		"rules/contest.yaml:6:7: no time zone is called \"Asia/Peking\"",
		"    zone: Asia/Peking\n          ^\n",
		"rules/form.yaml:65:13: there is no field \"project.ende\"; did you mean \"project.end\"?\n"
		"        says: 结束{{project.ende}}早于开始\n"
		"                  ^\n",
		"rules/mail.yaml:2:1: unknown key \"secretary\" in mail.yaml",
		"rules/mail.yaml:1:1: the key \"secretariat\" is missing",
		"rules/tracks/T2.yaml:2:1: unknown key \"nmae\"",
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!strstr(buf_cstr(&faults), lines[i]))
			fail_msg("row %s: not in\n%s", lines[i], buf_cstr(&faults));
	assert_string_equal(e.text, "the rules have 5 faults"); /* that name is missing is not said beside nmae */
	buf_free(&faults);
	arena_free(a);
}

/* A broken form.yaml does not make every track complain. */
static void test_no_echo(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf faults = {0};
	Err e = {0};
	small_change(a, &s, FORM, "sections:", "sections：");
	assert_null(rules_load(&s, &faults, &e));
	assert_string_equal(e.text, "the rules have 1 fault");
	buf_free(&faults);
	arena_free(a);
}

static void test_missing_file(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf faults = {0};
	Err e = {0};
	s.file++, s.n--;
	assert_null(rules_load(&s, &faults, &e));
	assert_non_null(strstr(buf_cstr(&faults), "rules/contest.yaml: the file is missing"));
	buf_clear(&faults);
	s = small_source(a);
	s.file[2].path = "rules/mial.yaml";
	assert_null(rules_load(&s, &faults, &e));
	assert_non_null(strstr(buf_cstr(&faults), "rules/mial.yaml:1:1: nothing reads this file"));
	buf_clear(&faults);
	s = small_source(a);
	s.file[4].path = "rules/tracks/T2.yml";
	assert_null(rules_load(&s, &faults, &e));
	assert_non_null(strstr(buf_cstr(&faults), "rules/tracks/T2.yml:1:1: the files here end in .yaml"));
	buf_free(&faults);
	arena_free(a);
}

/* Billion laughs, deep nesting, endless lists: refused at once. */
static void test_hostile(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf deep = {0}, laughs = {0}, many = {0};
	for (int i = 0; i < 5000; i++)
		buf_str(&deep, "[");
	buf_str(&laughs, "a: &a [x,x,x,x,x,x,x,x,x]\n");
	for (char c = 'b'; c <= 'j'; c++)
		buf_fmt(&laughs, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c - 1, c - 1, c - 1, c - 1,
		        c - 1, c - 1, c - 1, c - 1);
	buf_str(&many, "code: T2\nname: 乙\ndirection: A\nkeywords: [");
	for (int i = 0; i < 60000; i++)
		buf_str(&many, "x,");
	buf_str(&many, "]\n");
	const struct {
		const char *row;
		const Buf *text;
		const char *says;
	} rows[] = {{"deep", &deep, "rules/tracks/T2.yaml"}, {"laughs", &laughs, "anchors"},
	            {"many", &many, "more than 50000 values"}};
	for (size_t i = 0; i < 3; i++) {
		Source s = small_source(a);
		Buf faults = {0};
		Err e = {0};
		s.file[4].bytes = buf_view(rows[i].text);
		int64_t before = when_monotonic_ms();
		ROW_TRUE(rows[i].row, rules_load(&s, &faults, &e) == NULL);
		ROW_TRUE(rows[i].row, when_monotonic_ms() - before < 5000);
		if (!strstr(buf_cstr(&faults), rows[i].says))
			fail_msg("row %s: %s", rows[i].row, buf_cstr(&faults));
		buf_free(&faults);
	}
	buf_free(&deep), buf_free(&laughs), buf_free(&many);
	arena_free(a);
}

/* Any change of a few bytes either loads or is refused with a fault. */
static void test_noise(void **state) {
	(void)state;
	Arena *a = arena_new();
	uint64_t seed = 2463534242u;
	for (int i = 0; i < 600; i++) {
		Source s = small_source(a);
		Buf faults = {0};
		Err e = {0};
		SourceFile *f = &s.file[random_next(&seed) % 5];
		char *text = str_dup(a, f->bytes);
		size_t at = random_next(&seed) % f->bytes.n, n = random_next(&seed) % 4 + 1;
		random_fill(&seed, text + at, at + n <= f->bytes.n ? n : 1, ":-[]{}'\"|>&*!#\n ,x0");
		f->bytes.p = text;
		Rules *r = rules_load(&s, &faults, &e);
		assert_true(r ? faults.n == 0 : faults.n > 0);
		assert_true(text_valid(buf_view(&faults)));
		rules_free(r);
		buf_free(&faults);
		arena_reset(a);
	}
	arena_free(a);
}

/* The contests that ship, and the time it takes. */
static void test_shipped(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s;
	Err e = {0};
	assert_int_equal(source_read(a, AT_FDCWD, &s, &e), 0);
	Rules *r = small_rules(&s);
	assert_int_equal(r->track_n, 7);
	rules_free(r);
	arena_free(a);
}

/* The literal block of the manual that follows `.Pa path :`. */
static Str manual_file(Arena *a, const char *manual, const char *path) {
	const char *at = strstr(manual, arena_fmt(a, ".Pa %s :\n.Bd", path));
	const char *from = at ? strstr(at, "offset indent\n") : NULL, *to = from ? strstr(from, ".Ed\n") : NULL;
	if (!to)
		fail_msg("the manual has no %s", path);
	Buf b = {0};
	for (from = strchr(from, '\n') + 1; from < to; from++) {
		bool quote = strncmp(from, "\\(dq", 4) == 0;
		buf_char(&b, quote ? '"' : *from);
		from += quote ? 3 : 0;
	}
	Str s = {arena_copy(a, b.p, b.n), b.n};
	buf_free(&b);
	return s;
}

/* The example of the manual is a contest that loads. */
/* Servers of the public are paced though nobody said so; a Maildir and this machine are not. */
static void test_limits(void **state) {
	static const struct {
		const char *row, *send;
		int64_t minute, hour, day;
		const char *from;
	} rows[] = {
		{"a folder", "{url: \"maildir:spool/outbox\"}", 0, 0, 0, ""},
		{"loopback", "{url: \"smtp://127.0.0.1:25\", tls: none}", 0, 0, 0, ""},
		{"public", "{url: \"smtps://a%40b.cn@smtp.b.cn\", password_env: P}", 20, 200, 1000, ""},
		{"starttls", "{url: \"smtp://a%40b.cn@smtp.b.cn\", password_env: P, from: a@B.cn}", 20, 200, 1000, "a@b.cn"},
		{"given", "{url: \"smtps://a%40b.cn@smtp.b.cn\", password_env: P, limits: {per_hour: 9}}", 0, 9, 0, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Source s = small_source(a);
		for (size_t k = 0; k < s.n; k++)
			if (!strcmp(s.file[k].path, MAIL)) {
				const char *text = arena_fmt(a, "robot: r@b.cn\nsecretariat: o@b.cn\nfetch: {url: \"maildir:in\"}\n"
				                                "send: %s\n", rows[i].send);
				s.file[k].bytes = str_of(text);
			}
		Rules *r = small_rules(&s);
		const Server *v = &r->mail.send[0];
		ROW_INT(rows[i].row, v->per_minute, rows[i].minute);
		ROW_INT(rows[i].row, v->per_hour, rows[i].hour);
		ROW_INT(rows[i].row, v->per_day, rows[i].day);
		ROW_STR(rows[i].row, v->from, rows[i].from);
		rules_free(r);
		arena_free(a);
	}
}

static void test_manual(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf manual = {0};
	Err e = {0};
	assert_int_equal(file_read(AT_FDCWD, "src/rules/xinlv-rules.5", 0, &manual, &e), 0);
	static const char *const paths[] = {CONTEST, FORM, MAIL, "rules/tracks/BW.yaml"};
	Source s = small_source(a);
	for (size_t i = 0; i < 4; i++)
		s.file[i] = (SourceFile){.path = paths[i], .bytes = manual_file(a, buf_cstr(&manual), paths[i])};
	s.file[4] = s.file[5];
	s.n = 5;
	Rules *r = small_rules(&s);
	assert_string_equal(r->track[0].form.role[ROLE_FILES]->key, "shots.file");
	rules_free(r);
	buf_free(&manual);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good), cmocka_unit_test(test_month_limits), cmocka_unit_test(test_phases), cmocka_unit_test(test_summer_time), cmocka_unit_test(test_casebook), cmocka_unit_test(test_literal),   cmocka_unit_test(test_file_limits), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_final), cmocka_unit_test(test_rounds), cmocka_unit_test(test_bundle),   cmocka_unit_test(test_broken),   cmocka_unit_test(test_kept), cmocka_unit_test(test_together),
		cmocka_unit_test(test_no_echo),  cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_hostile),  cmocka_unit_test(test_noise),    cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_limits),   cmocka_unit_test(test_manual),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
