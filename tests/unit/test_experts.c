/* Experts of the roster: which tracks a cell names, who is meant by a name, and what keeps an expert from an entry. */
#include "rules_fixture.h"

#include "course/experts.h"

static Expert expert(const char *code, const char *name, const char *org, const char *mail) {
	return (Expert){.code = code, .name = name, .label = name, .org = org, .uscc = "", .mail = mail, .mobile = "", .remark = "",
	                .tracks = "", .active = true, .promised = true, .version = 1};
}

static void tracks(void **state) {
	(void)state;
	static const struct {
		const char *text, *want, *wrong;
	} rows[] = {
		{"", "", NULL}, {"T1", "T1", NULL}, {"t1、T2", "T1,T2", NULL}, {"T2，T1", "T2,T1", NULL}, {"T1;T1", "T1", NULL},
		{"T1\nT2", "T1,T2", NULL}, {" 甲 / 乙 ", "T1,T2", NULL}, {"T1、T9", NULL, "T9"}, {"全部", NULL, "全部"},
	};
	Arena *a = arena_new();
	Source s = small_source(a);
	Rules *r = small_rules(&s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *wrong;
		ROW_STR(rows[i].text, expert_tracks(r, a, rows[i].text, &wrong), rows[i].want);
		ROW_STR(rows[i].text, wrong, rows[i].wrong);
	}
	Expert x = expert("e1", "李", "", "");
	assert_true(expert_has_track(&x, "T1"));
	x.tracks = "T2,T12";
	assert_true(expert_has_track(&x, "t12"));
	assert_false(expert_has_track(&x, "T1"));
	rules_free(r);
	arena_free(a);
}

static void named(void **state) {
	(void)state;
	Arena *a = arena_new();
	Expert list[] = {expert("e1", "李明", "甲大学", "a@x.cn"), expert("e2", "李明", "乙大学", "b@x.cn"),
	                 expert("e3", "王芳", "", "c@x.cn"), expert("e4", "赵强", "", "d@x.cn")};
	list[0].label = "李明（甲大学）";
	list[1].label = "李明（乙大学）";
	list[3].active = false;
	static const struct {
		const char *text, *code;
	} rows[] = {{"王芳", "e3"}, {" 王 芳 ", "e3"}, {"李明", NULL}, {"李明(乙大学)", "e2"}, {"赵强", NULL}, {"", NULL}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const Expert *x = expert_named(a, list, 4, rows[i].text);
		ROW_STR(rows[i].text, x ? x->code : NULL, rows[i].code);
	}
	arena_free(a);
}

static void conflicts(void **state) {
	(void)state;
	static const struct {
		const char *row, *org, *uscc, *mail;   /* the expert's */
		const char *with, *code, *email, *sender; /* the entry's */
		const char *want;
	} rows[] = {
		{"strangers", "甲大学", "", "a@jia.edu.cn", "乙公司", "", "b@yi.com", "c@yi.com", NULL},
		{"one organisation", "乙公司", "", "a@jia.edu.cn", " 乙 公司", "", "b@yi.com", "", "experts.conflict_org"},
		{"no organisation named", "", "", "a@jia.edu.cn", "", "", "b@yi.com", "", NULL},
		{"one code", "甲大学", "91350100M000100Y43", "a@jia.edu.cn", "甲校区", "91350100m000100y43", "b@yi.com", "", "experts.conflict_uscc"},
		{"one domain", "甲", "", "a@Jia.edu.cn", "乙", "", "b@jia.edu.cn", "", "experts.conflict_domain"},
		{"the sender's", "甲", "", "a@jia.edu.cn", "乙", "", "b@yi.com", "x@jia.edu.cn", "experts.conflict_domain"},
		{"below it", "甲", "", "a@lab.jia.edu.cn", "乙", "", "b@jia.edu.cn", "", "experts.conflict_domain"},
		{"it only ends alike", "甲", "", "a@xjia.edu.cn", "乙", "", "b@jia.edu.cn", "", NULL},
		{"a public one", "甲", "", "a@qq.com", "乙", "", "b@qq.com", "c@QQ.com", NULL},
	};
	Arena *a = arena_new();
	Source s = small_source(a);
	small_change(a, &s, "rules/contest.yaml", "eligibility:\n", "experts: {public_domains: [qq.com]}\neligibility:\n");
	Rules *r = small_rules(&s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Expert x = expert("e1", "李", rows[i].org, rows[i].mail);
		EntryRow en = {.number = "T1-0001", .org = rows[i].with, .uscc = rows[i].code, .email = rows[i].email, .sender = rows[i].sender};
		x.uscc = rows[i].uscc;
		ROW_STR(rows[i].row, expert_conflict(r, a, &x, &en), rows[i].want);
	}
	rules_free(r);
	small_change(a, &s, "rules/contest.yaml", "experts: {", "experts: {conflicts: [credit_code], ");
	r = small_rules(&s);
	Expert x = expert("e1", "李", "乙公司", "a@yi.com");
	EntryRow en = {.number = "T1-0001", .org = "乙公司", .uscc = "", .email = "b@yi.com", .sender = ""};
	assert_null(expert_conflict(r, a, &x, &en)); /* the rules look at codes alone */
	rules_free(r);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(tracks), cmocka_unit_test(named), cmocka_unit_test(conflicts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
