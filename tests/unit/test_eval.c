/* Eval: what a condition may say, what it answers, and what it may not do. */
#include "base/when.h"
#include "rules/eval.h"
#include "rules_fixture.h"

typedef struct {
	Arena *arena;
	Rules *rules;
	Eval *eval;
	const Track *track;
} World;

static int set_up(void **state) {
	World *w = mem_alloc(sizeof *w);
	Err e = {0};
	w->arena = arena_new();
	Source s = small_source(w->arena);
	w->rules = small_rules(&s);
	w->eval = eval_new(w->rules, &e);
	if (!w->eval)
		fail_msg("%s", e.text);
	w->track = &w->rules->track[0];
	*state = w;
	return 0;
}

static int tear_down(void **state) {
	World *w = *state;
	eval_free(w->eval);
	rules_free(w->rules);
	arena_free(w->arena);
	free(w);
	return 0;
}

static EvalValue value(const World *w, const char *key, size_t row, const char *text, double number) {
	const Field *f = form_field(&w->track->form, key);
	if (!f)
		fail_msg("no field %s", key);
	return (EvalValue){.field = f, .row = row, .text = text, .number = number};
}

static void load_form(const World *w) {
	static EvalValue v[12];
	size_t n = 0;
	v[n++] = value(w, "project.title", 0, "绿色'数据'中心", 0);
	v[n++] = value(w, "org.kind", 0, "企业", 0);
	v[n++] = value(w, "org.uscc", 0, "914403001922038216", 0);
	v[n++] = value(w, "project.start", 0, "2023-01-05", 0);
	v[n++] = value(w, "project.end", 0, "2023-03-05", 0);
	v[n++] = value(w, "project.money", 0, "9", 9);
	v[n++] = value(w, "project.areas", 0, "水、电", 0);
	v[n++] = value(w, "mail", 0, "a@b.cn", 0);
	v[n++] = value(w, "members.share", 2, "40", 40);
	v[n++] = value(w, "members.name", 1, "张三", 0);
	v[n++] = value(w, "members.name", 2, "李四", 0);
	v[n++] = value(w, "members.share", 1, "60", 60);
	eval_load(w->eval, w->track, v, n);
}

static const struct {
	const char *where;
	int answer;
} asks[] = {
	{"1", 1},
	{"0", 0},
	{"null", -1},
	{"project.title = '绿色''数据''中心'", 1},
	{"project.title <> '绿色''数据''中心'", 0},
	{"org.kind in ('企业', '学校')", 1},
	{"org.kind not in ('企业', '学校')", 0},
	{"org.name = 'x'", -1},
	{"org.name is null", 1},
	{"org.name is not null or org.kind = '企业'", 1},
	{"project.end >= project.start", 1},
	{"days(project.end) - days(project.start) = 59", 1},
	{"days('nonsense') is null", 1},
	/* Numbers are REAL: neither whole division nor comparison as text. */
	{"project.money / 2 = 4.5", 1},
	{"project.money < 10", 1},
	{"3 / 2.0 = 1.5", 1},
	{"has(project.areas, '电')", 1},
	{"has(project.areas, '气')", 0},
	{"has(org.name, '气')", -1},
	{"uscc_ok(org.uscc)", 1},
	{"id_number(org.uscc)", 0},
	{"id_number('11010519491231002X')", 1},
	{"chars(project.title) = 8", 1},
	{"length(project.title) = 8", 1},
	{"regexp('^绿', project.title)", 1},
	{"project.title regexp '中心$'", 1},
	{"project.title not regexp '中心$'", 0},
	{"regexp('x', org.name)", -1},
	{"project.title like '绿色%'", 1},
	{"mail like '%@b.cn'", 1},
	{"iif(org.kind = '企业', 1, 0)", 1},
	{"case when org.kind = '学校' then 0 else 1 end", 1},
	{"coalesce(org.name, '-') = '-'", 1},
	{"abs(round(-1.6)) = 2 and max(1, 2) = 2 and substr('abc', 2, 1) = 'b'", 1},
	/* tables */
	{"(select count(*) from members) = 2", 1},
	{"(select sum(share) from members) = 100", 1},
	{"(select total(members.share) from members) <= 99", 0},
	{"(select max(share) from members) / (select count(*) from members) = 30", 1},
	{"exists (select 1 from members where name = '张三')", 1},
	{"exists (select 1 from members where members.name = org.name)", 0},
	{"exists (select 1 from members m where m.share > 50 and m.row = 1)", 1},
	{"(select group_concat(name) from members) = '张三,李四'", 1},
	{"(select count(distinct name) from members) = (select count(*) from members)", 1},
	{"(select count(members.end) from members) = 0", 1},
	{"'a' = 'a' and (1 + 2) * 3 = 9 and 7 % 4 = 3 and 'a' || 'b' = 'ab'", 1},
	{"project.money between 1 and 10", 1},
	/* what is calculated is what it is on paper */
	{"0.1 + 0.2 = 0.3", 1},
	{"project.money / 10 + 0.3 = 1.2 and 1.2 = 3 * 0.4", 1},
	{"3 / 2 = 1.5 and -(1 / 2) = -0.5 and project.money >= 10 / 4 * 3.6", 1},
	{"(select count(*) from members) / 4 = 0.5", 1},
	{"(select count(*) + 1 from members where share + 0.1 = 60.1) = 2", 1},
	{"(select sum(share * 1.1) from members) = 110", 1},
	{"70.1 + 29.8 + 0.1 between 100 and 100", 1},
	{"case when 0.1 + 0.2 = 0.3 then 1.1 + 2.2 else 0 end = 3.3", 1},
	{"cast(0.1 + 0.2 as text) = '0.3' and cast(0.1 as real) + 0.2 = 0.3", 1},
	{"(select avg(share) from members) = 50 and (select sum(share) from members where share > 99) is null", 1},
	{"(select total(share) filter (where share > 99) from members) + 0.1 = 0.1", 1},
	{"(select 0.1 + sum(share) filter (where share > 50) from members) >= 60", 1},
	{"(select share + 0.1 from members order by share + 0.1 desc limit 1 + 0) = 60.1", 1},
	{"123456789.1 + 0.2 = 123456789.3 and org.name + 1 is null and 1 + 1 || 'x' is not null", 1},
	{"round(2.5 * 3, 1) in (7 + 0.5, 8) and not 1 + 1 = 3", 1},
};

static void test_asks(void **state) {
	const World *w = *state;
	load_form(w);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
			ROW_INT(asks[i].where, eval_ask(w->eval, w->track, asks[i].where), asks[i].answer);
}

/* Shares that make a hundred on paper make a hundred. */
static void test_sums(void **state) {
	const World *w = *state;
	static EvalValue v[RULES_MAX_TABLE_ROWS];
	for (size_t i = 0; i < RULES_MAX_TABLE_ROWS; i++)
		v[i] = value(w, "members.share", i + 1, "0.2", 0.2);
	eval_load(w->eval, w->track, v, RULES_MAX_TABLE_ROWS);
	ROW_INT("sum", eval_ask(w->eval, w->track, "(select sum(share) from members) = 100"), 1);
	ROW_INT("total", eval_ask(w->eval, w->track, "(select total(share) from members) = 100"), 1);
	ROW_INT("avg", eval_ask(w->eval, w->track, "(select avg(share) from members) = 0.2"), 1);
	v[0].number = 70.1, v[1].number = 29.8, v[2].number = 0.1;
	eval_load(w->eval, w->track, v, 3);
	ROW_INT("three", eval_ask(w->eval, w->track, "(select sum(share) from members) = 100"), 1);
	ROW_INT("window", eval_ask(w->eval, w->track, "(select max(s) from (select sum(share) over (order by row rows between 1 "
	                                              "preceding and current row) as s from members)) = 99.9"), 1);
}

/* What looks at a cell that could not be read is unknown; what does not look is answered. */
static void test_unread(void **state) {
	const World *w = *state;
	EvalValue v[] = {
		value(w, "members.name", 1, "张三", 0), value(w, "members.share", 1, "60", 60),
		value(w, "members.name", 2, "李四", 0), value(w, "members.share", 2, "", 0),
	};
	v[3].unread = true;
	eval_load(w->eval, w->track, v, sizeof v / sizeof *v);
	ROW_INT("a sum", eval_ask(w->eval, w->track, "(select sum(share) from members) = 100"), -1);
	ROW_INT("each", eval_ask(w->eval, w->track, "exists (select 1 from members where share > 90)"), -1);
	ROW_INT("another column", eval_ask(w->eval, w->track, "(select count(distinct name) from members) = 2"), 1);
	ROW_INT("rows", eval_ask(w->eval, w->track, "(select count(*) from members) = 1"), 0);
	eval_load(w->eval, w->track, v, 3);
	ROW_INT("read again", eval_ask(w->eval, w->track, "(select sum(share) from members) = 100"), 0);
}

/* A field that could not be read is not empty, whatever asks so. */
static void test_unread_field(void **state) {
	const World *w = *state;
	EvalValue v[] = {value(w, "org.kind", 0, "企业", 0), value(w, "project.money", 0, "", 0), value(w, "members.share", 1, "5", 5)};
	v[1].unread = true;
	eval_load(w->eval, w->track, v, sizeof v / sizeof *v);
	static const char *const unknown[] = {
		"project.money is not null", "not (org.kind = '企业' and project.money is null)", "coalesce(project.money, 0) >= 18",
		"iif(project.money > 18, 1, 0)", "case when project.money > 18 then 1 else 0 end",
		"exists (select 1 from members where share = project.money)", "project.money > 18",
	};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		ROW_INT(unknown[i], eval_ask(w->eval, w->track, unknown[i]), -1);
	ROW_INT("false for another reason", eval_ask(w->eval, w->track, "org.kind = '学校' and project.money > 18"), 0);
	ROW_INT("of another field", eval_ask(w->eval, w->track, "org.name is null"), 1);
}

/* A row that is left out, or says nothing, is none. */
static void test_row_between(void **state) {
	const World *w = *state;
	EvalValue v[] = {value(w, "members.name", 2, "甲", 0), value(w, "members.name", 5, "乙", 0), value(w, "members.share", 5, "1", 1)};
	eval_load(w->eval, w->track, v, sizeof v / sizeof *v);
	ROW_INT("count", eval_ask(w->eval, w->track, "(select count(*) from members) = (select count(distinct name) from members)"), 1);
	ROW_INT("row", eval_ask(w->eval, w->track, "(select name from members where row = 2) = '乙'"), 1);
	ROW_INT("none", eval_ask(w->eval, w->track, "not exists (select 1 from members where name is null)"), 1);
}

/* A second form sees nothing of the first. */
static void test_reload(void **state) {
	const World *w = *state;
	load_form(w);
	assert_int_equal(eval_ask(w->eval, w->track, "org.kind = '企业'"), 1);
	eval_load(w->eval, w->track, NULL, 0);
	assert_int_equal(eval_ask(w->eval, w->track, "org.kind = '企业'"), -1);
	assert_int_equal(eval_ask(w->eval, w->track, "(select count(*) from members) = 0"), 1);
	/* A field of another track's form is no business of this one. */
	const Field *other = form_field(&w->rules->track[1].form, "org.kind");
	EvalValue v[] = {{.field = other, .text = "企业"}};
	eval_load(w->eval, w->track, v, 1);
	assert_int_equal(eval_ask(w->eval, w->track, "org.kind = '企业'"), -1);
}

static const struct {
	const char *where;
	int offset;
	const char *says;
} refused[] = {
	{"", 0, "empty"},
	{"   ", 0, "empty"},
	{"project.titel = 'x'", 0, "did you mean project.title"},
	{"1 = 1 and org.knid = 'x'", 10, "did you mean org.kind"},
	{"org.kind = \"企业\"", 11, "single quotes"},
	{"org.kind = 企业", 11, "single quotes"},
	{"org.kind ＝ '企业'", 9, "write ="},
	{"org.kind in （'企业')", 12, "write ("},
	{"org.kind = ‘企业’", 11, "write '"},
	{"org.kind = '企业", 11, "does not end"},
	{"(org.kind = '企业'", 0, "is not closed"},
	{"org.kind = '企业')", 15, "closes nothing"},
	{"org.kind = '企业';", 15, "semicolon"},
	{"1) union select (1", 1, "closes nothing"},
	{"1 -- comment", 2, "no comments"},
	{"1 /* comment */", 2, "no comments"},
	{"org.kind = ?1", 11, "cannot stand"},
	{"org.kind = :x", 11, "cannot stand"},
	{"lenght(org.name) > 1", 0, "did you mean length()"},
	{"random() > 1", 0, "no function random()"},
	{"load_extension('x')", 0, "no function load_extension()"},
	{"readfile('/etc/passwd') is null", 0, "no function readfile()"},
	{"date('now') > '2023'", 0, "no function date()"},
	{"current_date > '2023'", -1, "not authorized"},
	{"(select sql from sqlite_master) is null", -1, ""},
	{"(select count(*) from members, sqlite_master) = 0", -1, "not authorized"},
	{"(select count(*) from pragma_database_list) = 0", -1, ""},
	{"(select count(*) from persons) = 0", -1, "no table persons; its tables: members"},
	{"(select count(*) from members where naem = 'x') = 0", 36, "no field or column naem; did you mean name?"},
	{"members.name = 'x'", 0, "(select ... from members), and what hangs on a cell of the same row as a check"},
	{"exists (select 1 from members where members.naem = 'x')", 36, "no field members.naem"},
	{"(with recursive r(n) as (select 1 union select n + 1 from r) select max(n) from r) > 0", -1, ""},
	{"org.kind = = 'x'", 11, "syntax error"},
	{"org.kind and or 1", 13, "syntax error"},
	{"regexp('数据[', project.title)", 11, "missing terminating ]"},
	{"project.title regexp '(x'", 24, "missing closing parenthesis"},
	{"chars(project.title, 1) = 1", 0, "wrong number of arguments"},
	{"(select 1, 2) = 1", -1, ""},
	{"insert into members values (1)", -1, "syntax error"},
	{"(delete from members) is null", -1, "syntax error"},
};

static void test_refused(void **state) {
	const World *w = *state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		Err e = {0};
		int offset = -2;
		if (eval_compile(w->eval, w->track, refused[i].where, &offset, &e) == 0)
			fail_msg("row %s: was taken", refused[i].where);
		if (!strstr(e.text, refused[i].says))
			fail_msg("row %s: \"%s\" does not say \"%s\"", refused[i].where, e.text, refused[i].says);
		if (refused[i].offset >= 0)
			ROW_INT(refused[i].where, offset, refused[i].offset);
	}
}

/* What would run long is stopped, and counts as unknown. */
static void test_limits(void **state) {
	const World *w = *state;
	static const char *const heavy[] = {
		"(select count(*) from members a, members b, members c, members d, members e, members f) > 0",
		"length(replace(replace(replace(replace(replace(project.title, '', ''), '中', project.title), "
		"'数', project.title), '色', project.title), '心', project.title)) > 0",
	};
	static EvalValue v[RULES_MAX_TABLE_ROWS + 1];
	Buf big = {0};
	for (int i = 0; i < 20000; i++)
		buf_str(&big, "中数色心");
	size_t n = 0;
	for (; n < RULES_MAX_TABLE_ROWS; n++)
		v[n] = value(w, "members.name", n + 1, "张三", 0);
	v[n++] = value(w, "project.title", 0, buf_cstr(&big), 0);
	eval_load(w->eval, w->track, v, n);
	for (size_t i = 0; i < sizeof heavy / sizeof *heavy; i++) {
		int64_t before = when_monotonic_ms();
		ROW_INT(heavy[i], eval_ask(w->eval, w->track, heavy[i]), -2);
		ROW_TRUE(heavy[i], when_monotonic_ms() - before < 5000);
	}
	/* And the next question is answered as if nothing had been. */
	assert_int_equal(eval_ask(w->eval, w->track, "(select count(*) from members) = 500"), 1);
	buf_free(&big);
}

static void test_too_much(void **state) {
	const World *w = *state;
	Buf b = {0};
	Err e = {0};
	for (int i = 0; i < 1000; i++)
		buf_str(&b, "1 + 1 + ");
	buf_str(&b, "1");
	assert_int_equal(eval_compile(w->eval, w->track, buf_cstr(&b), NULL, &e), -1);
	buf_clear(&b);
	for (int i = 0; i < 200; i++)
		buf_str(&b, "(");
	buf_str(&b, "1");
	for (int i = 0; i < 200; i++)
		buf_str(&b, ")");
	assert_int_equal(eval_compile(w->eval, w->track, buf_cstr(&b), NULL, &e), -1);
	buf_free(&b);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks),    cmocka_unit_test(test_unread), cmocka_unit_test(test_sums), cmocka_unit_test(test_unread_field), cmocka_unit_test(test_row_between), cmocka_unit_test(test_reload),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_too_much),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
