/* Condlint: what a condition can never find is reported at its place, and what may be is not. */
#include "rules/condlint.h"
#include "rules_fixture.h"

/* at: of the first finding, in characters; says NULL: none. */
static const struct {
	const char *where;
	int at;
	const char *says;
} rows[] = {
	/* days and months, which order as texts */
	{"project.end >= '2023-03' and project.end < '2023' and project.end <= '2023-03-31'", 0, NULL},
	{"project.end <= '2023-02'", 15, "those of 2023-02 are all behind it as a text; write '2023-02-28'"},
	{"project.end > '2023' and project.end < '2024-02'", 0, NULL},
	{"'2024-02' >= project.end", 0, "write '2024-02-29'"},
	{"project.end between '2023-01' and '2023-12'", 34, "write '2023-12-31'"},
	{"project.end not between '2023-01' and '2023-12-31'", 0, NULL},
	{"exists (select 1 from members where members.end >= '2023-06-01')", 51, "before each of its days; write '2023-06'"},
	{"exists (select 1 from members where members.end < '2023-06-30')", 0, NULL},
	{"exists (select 1 from members where members.end <= '2023-06-30' and members.end >= '2023')", 0, NULL},
	{"exists (select 1 from members where members.end <= '2023')", 51, "write '2023-12'"},
	/* remainders */
	{"project.money % 5 = 0 and project.money * 10 % 5 = 0", 0, NULL},
	{"project.money % 0.5 = 0", 16, "multiply both sides first"},
	/* choices */
	{"org.kind = '企业'", 0, NULL},
	{"org.kind = '企亚'", 11, "'企亚' is no choice of org.kind; did you mean '企业'?"},
	{"'学效' = org.kind", 0, "did you mean '学校'?"},
	{"org.kind <> '公园'", 12, "its choices are '企业', '学校', '其他'"},
	{"org.kind in ('企业', '学校')", 0, NULL},
	{"org.kind not in ('企业', '大学校')", 23, "did you mean '学校'?"},
	{"org.kind = '企业' or org.kind = '学生'", 30, "'学生' is no choice"},
	{"org.kind = '企业' or '学校'", 19, "a = 'x' or a = 'y'"},
	{"org.kind", 0, "org.kind is a text and neither true nor false"},
	{"not (org.kind = '企' and project.money > 3)", 16, "is no choice"},
	{"org.kind = ''", 11, "write org.kind is null"},
	{"org.kind <> ''", 0, NULL},
	{"coalesce(org.kind, '') = ''", 0, NULL},
	{"coalesce(org.kind, '-') in ('-', '企业')", 0, NULL},
	{"coalesce(org.kind, '-') = coalesce(agree, '-') and coalesce(org.kind, '/') <> project.areas", 0, NULL},
	{"coalesce(org.kind, '-') = '无'", 26, "'无' is no choice of org.kind"},
	{"iif(org.kind = '企业', 'a', 'b') = 'c'", 33, "none of the texts"},
	{"case org.kind when '企业' then 1 when '企业们' then 2 end = 1", 36, "did you mean '企业'?"},
	{"org.kind = case when project.money > 1 then '学者' else 'x' end", 44, "did you mean '学校'?"},
	{"org.kind = case when project.money > 1 then '企业' else '学者' end", 0, NULL},
	{"org.kind = null", 11, "never true; write \"is null\""},
	{"org.kind is null or org.kind is not null", 0, NULL},
	{"org.kind is not '企'", 16, "is no choice"},
	{"org.kind isnull or org.kind not null", 0, NULL},
	{"org.kind = 3", 11, "its choices are"},
	{"org.kind > '企'", 0, NULL},
	{"org.kind like '%校'", 0, NULL},
	{"org.kind like '大%'", 14, "none of the choices of org.kind is like '大%'"},
	{"org.kind glob '*校' or glob('*校', org.kind)", 0, NULL},
	{"org.kind regexp '^学' or regexp('业$', org.kind)", 0, NULL},
	{"org.kind not regexp '^大'", 20, "none of the choices"},
	{"instr(org.kind, '大') > 0", 16, "none of the choices"},
	{"org.kind = 'A' collate nocase", 0, NULL},
	{"substr(org.kind, 1, 1) = '大'", 0, NULL},
	{"org.kind = project.areas", 0, NULL},
	{"org.kind = agree", 9, "never equal"},
	{"agree = '同意'", 0, NULL},
	{"agree = '是'", 8, "did you mean '同意'?"},
	{"agree = true", 6, "never equal"},
	{"has(project.areas, '水')", 0, NULL},
	{"has(project.areas, '火')", 19, "'火' is no choice of project.areas; its choices are '水', '电', '气'"},
	{"project.areas = '水、电'", 0, NULL},
	{"project.areas = '电、水'", 16, "did you mean '水、电'?"},
	{"has(org.name, '火')", 0, NULL},
	{"has('水', project.areas)", 4, "has() wants the field first"},
	{"project.areas like '%水%' and project.areas like '水%气'", 0, NULL},
	{"project.areas like '%火%'", 19, "none of the choices"},
	{"coalesce(project.money, '0') > 80", 24, "write a number without quotes"},
	{"coalesce(project.end, '') >= project.start and coalesce(project.money, 0) > 80", 0, NULL},
	{"select 1", 0, "looks at nothing of the form"},
	{"3 > 2", 0, "looks at nothing of the form"},
	/* numbers */
	{"project.money > 100 and -5 < project.money", 0, NULL},
	{"project.money > '100'", 16, "project.money is a number; write 100 without quotes"},
	{"project.money = '许多'", 16, "never '许多'; write a number without quotes"},
	{"project.money between 1 and '9'", 28, "write 9 without quotes"},
	{"project.money in (1, '2')", 21, "write 2 without quotes"},
	{"chars(project.title) > '5'", 23, "compared with a number"},
	{"project.money = project.title", 14, "never equal"},
	{"cast(project.title as integer) = '5'", 0, NULL},
	{"project.money * 2 >= pue + 1", 0, NULL},
	{"substr(org.uscc, 1, 2) = 91", 25, "write '91'"},
	{"substr(org.uscc, 1, 2) in ('91', '12')", 0, NULL},
	{"pue", 0, NULL},
	/* dates and codes */
	{"project.start >= '2023-01-01' and project.start < '2023-03' and project.start > '2022'", 0, NULL},
	{"project.start <= '2023-02-31'", 0, NULL},
	{"project.start = '2023-02-31'", 16, "project.start is a date, and '2023-02-31' is none"},
	{"project.start >= '2023年1月'", 17, "project.start is"},
	{"project.start >= '2023-13'", 17, "is none; write it as '2023-03-31'"},
	{"project.start = '2023/3/5'", 16, "is kept as '2023-03-05' here"},
	{"project.start >= 2023", 17, "a date, a text to conditions"},
	{"project.end between '2023-01' and '2023-06-30'", 0, NULL},
	{"project.end = '2023-03'", 14, "is a date"},
	{"days(project.end) - days('2023-01-01') < 30", 0, NULL},
	{"days(project.end) - days('1.1.2023') < 30", 25, "days() wants a date"},
	{"days(project.money) < 30", 5, "days() wants a date"},
	{"days(project.end) < '2023-01-01'", 20, "compared with a number"},
	{"mail = 'a@b.cn' or org.uscc = '914403001922038216'", 0, NULL},
	{"mail = '网址'", 7, "is a mail address"},
	{"org.uscc = '123'", 11, "a credit code"},
	{"project.title = '任何'", 0, NULL},
	{"project.title = 7", 16, "write '7'"},
	/* tables */
	{"(select count(*) from members where share > 3) >= 2 and (select sum(share) from members) = 100", 0, NULL},
	{"exists (select 1 from members where share > '3')", 44, "members.share is a number"},
	{"exists (select 1 from members m where m.share = 'x' and m.row = 1)", 48, "members.share is a number"},
	{"exists (select name from members where row = '1')", 45, "compared with a number"},
	{"'2023-5' in (select end from members)", 0, "members.end is kept as '2023-05' here"},
	{"(select max(members.end) from members) > '五月'", 41, "members.end is a month"},
	{"(select group_concat(name) from members) = '张三,李四'", 0, NULL},
	{"(select count(*) from members where name = org.name group by share having count(*) > 1 order by share desc limit 1) > 0", 0, NULL},
	{"exists (select 1 from members where name)", 36, "neither true nor false"},
	{"(select count(distinct name) filter (where share > 'x') from members) = 1", 51, "is a number"},
	{"(select share as name from members where name = 5) is null", 0, NULL},
	{"(select x from (select share as x from members) where x = 'y') is null", 0, NULL},
	{"(org.kind, project.money) = ('企业', 5)", 0, NULL},
};

static void test_rows(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	int wrong = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CondFinding found[COND_MAX_FINDINGS];
		size_t n = cond_lint(a, &r->track[0], rows[i].where, found);
		bool right = rows[i].says ? n == 1 && found[0].at == rows[i].at && strstr(found[0].text, rows[i].says) : n == 0;
		wrong += !right;
		if (!right)
			print_error("row %s: %zu findings, the first at %d: %s\n", rows[i].where, n, n ? found[0].at : -1, n ? found[0].text : "none");
	}
	assert_int_equal(wrong, 0);
	rules_free(r);
	arena_free(a);
}

/* Each slip of one condition is told, and none of a set that was in force once. */
static void test_in_rules(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf faults = {0};
	Err e = {0};
	small_change(a, &s, "rules/contest.yaml", "org.kind <> '其他'", "org.kind in ('企亚', '学效')");
	assert_null(rules_load(&s, &faults, &e));
	assert_string_equal(e.text, "the rules have 2 faults");
	assert_non_null(strstr(buf_cstr(&faults), "rules/contest.yaml:20:33: condition: '学效' is no choice"));
	s.kept = true;
	rules_free(small_rules(&s));
	buf_free(&faults);
	arena_free(a);
}

/* What two tracks call by one key may have other choices in each. */
static void test_tracks(void **state) {
	(void)state;
	static const char own[] = "sections:\n  - key: more\n    title: 更\n    fields:\n"
	                          "      - {key: level, label: 级, kind: choice, choices: [%s]}\n";
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf faults = {0};
	Err e = {0};
	small_change(a, &s, "rules/tracks/T1.yaml", "sections:\n", arena_fmt(a, own, "高"));
	small_change(a, &s, "rules/tracks/T2.yaml", NULL, arena_fmt(a, own, "低"));
	small_change(a, &s, "rules/contest.yaml", "org.kind <> '其他'", "level in ('高', '低')");
	rules_free(small_rules(&s));
	small_change(a, &s, "rules/contest.yaml", "'低'", "'中'");
	assert_null(rules_load(&s, &faults, &e));
	assert_non_null(strstr(buf_cstr(&faults), "rules/contest.yaml:20:29: condition: '中' is no choice of level"));
	buf_free(&faults);
	arena_free(a);
}

/* Any row of words comes to an end, whether it is a condition or none. */
static void test_noise(void **state) {
	(void)state;
	static const char *const word[] = {
		"org.kind", "members", "name", "'企业'", "3", "(", ")", ",", "=", "<", ">", "and", "or", "not", "in", "is", "null", "between",
		"like", "case", "when", "then", "else", "end", "select", "from", "where", "as", "m", "m.share", "count(", "*", "||", "coalesce(",
		"has(", "exists", "cast(", "group by", "order by", "limit", "union", "filter (where", "distinct", "-", "escape",
	};
	Arena *a = arena_new(), *one = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	uint64_t seed = 88172645463325252u;
	for (int i = 0; i < 20000; i++) {
		Buf b = {0};
		CondFinding found[COND_MAX_FINDINGS];
		for (uint64_t n = random_next(&seed) % 30; n > 0; n--)
			buf_fmt(&b, "%s ", word[random_next(&seed) % (sizeof word / sizeof *word)]);
		assert_true(cond_lint(one, &r->track[0], buf_cstr(&b), found) <= COND_MAX_FINDINGS);
		buf_free(&b);
		arena_reset(one);
	}
	rules_free(r);
	arena_free(one);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_in_rules), cmocka_unit_test(test_tracks), cmocka_unit_test(test_noise)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
