/* The code of held mails as people type it, and what beside it makes a doubt: one row a case. */
#include "judge_fixture.h"

#include "store/notice.h"

#define OFFICE "office@example.org"
#define CODE "R7K3M9QX2PD4"

static const struct {
	const char *row, *subject, *text;
	const char *code; /* "": it is no mail about a release */
	bool cancel, everybody, unclear;
} said[] = {
	{"alone", "", "R7K3-M9QX-2PD4", CODE, false, false, false},
	{"without hyphens", "", CODE, CODE, false, false, false},
	{"small, with blanks", "", " r7k3 m9qx 2pd4 ", CODE, false, false, false},
	{"full width", "", "Ｒ７Ｋ３－Ｍ９ＱＸ－２ＰＤ４", CODE, false, false, false},
	{"with a word", "", "放行码：R7K3-M9QX-2PD4", CODE, false, false, false},
	{"politely", "", "您好，同意放行 R7K3-M9QX-2PD4，谢谢。", CODE, false, false, false},
	{"in the subject", "R7K3-M9QX-2PD4", "", CODE, false, false, false},
	{"with a greeting before it", "", "您好\n\nR7K3-M9QX-2PD4\n\n张三", CODE, false, false, false},
	{"to all of them", "", "R7K3-M9QX-2PD4 确认全体", CODE, false, true, false},
	{"to all of them, in a line of its own", "", "R7K3-M9QX-2PD4\n确认全体", CODE, false, true, false},
	{"given up", "", "取消 R7K3-M9QX-2PD4", CODE, true, false, false},
	{"given up in the next line", "", "R7K3-M9QX-2PD4\n取消", CODE, true, false, false},
	{"not yet", "", "先不要放行 R7K3-M9QX-2PD4", CODE, false, false, true},
	{"a doubt in the next line", "", "R7K3-M9QX-2PD4\n先别发", CODE, false, false, true},
	{"a sentence", "", "R7K3-M9QX-2PD4 这批人是谁", CODE, false, false, true},
	{"O for 0 and l for 1", "", "RO00-l000-0000", "R00010000000", false, false, false},
	{"far below", "", "甲\n乙\n丙\n丁\nR7K3-M9QX-2PD4", "", false, false, false},
	{"a letter too much", "", "R7K3-M9QX-2PD45", "", false, false, false},
	{"a letter too few", "", "R7K3-M9QX-2PD", "", false, false, false},
	{"in a longer word", "", "xR7K3M9QX2PD4", "", false, false, false},
	{"a phone number", "", "1511 0291 0899", "", false, false, false},
};

static void test_said(void **state) {
	(void)state;
	World *w = world_new();
	int64_t id;
	NoticeRow n = {.key = "x", .title = "x", .made = IN_TIME, .until = INT64_MAX, .shared = "[]", .state = "held"};
	GOOD(store_begin(w->h->s, &e));
	GOOD(store_notice_add(w->h->s, &n, &id, &e));
	GOOD(store_notice_code_add(w->h->s, CODE, id, 1, &e));
	GOOD(store_notice_code_add(w->h->s, "R00010000000", id, 2, &e));
	GOOD(store_commit(w->h->s, &e));
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		for (int stranger = 0; stranger < 2; stranger++) {
			Report *r = mail(w, stranger ? "a@qq.com" : OFFICE, said[i].subject, said[i].text);
			Verdict v = judged(w, r, IN_TIME);
			ROW_INT(said[i].row, v.release != NULL, *said[i].code != 0);
			if (!v.release)
				continue;
			ROW_STR(said[i].row, outcome_name(v.outcome), "decision");
			ROW_INT(said[i].row, v.decides, !stranger);
			ROW_STR(said[i].row, v.release->code, said[i].code);
			ROW_INT(said[i].row, v.release->cancel, said[i].cancel);
			ROW_INT(said[i].row, v.release->everybody, said[i].everybody);
			ROW_INT(said[i].row, v.release->unclear, said[i].unclear);
		}
	world_end(w);
}

/* A code that was never handed out is answered to the secretariat alone, and only where nothing else stands beside it. */
static void test_unknown(void **state) {
	(void)state;
	World *w = world_new();
	static const struct {
		const char *row, *from, *text;
		bool is;
	} rows[] = {
		{"from the secretariat", OFFICE, "R7K3-M9QX-2PD4", true},
		{"in a sentence", OFFICE, "请问 R7K3-M9QX-2PD4 是什么", false},
		{"from a stranger", "a@qq.com", "R7K3-M9QX-2PD4", false},
		{"a word of as many letters", "a@qq.com", "research team", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Verdict v = judged(w, mail(w, rows[i].from, "", rows[i].text), IN_TIME);
		ROW_INT(rows[i].row, v.release != NULL, rows[i].is);
	}
	world_end(w);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_said), cmocka_unit_test(test_unknown)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
