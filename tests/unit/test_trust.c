/* Whose decisions count: senders and what trusted servers say of them, one row a case; and messages that a ruling has judged
 * again. */
#include "judge_fixture.h"

#define OFFICE "office@example.org"

static Report *decisions_from(World *w, const char *from, const char *auth) {
	Report *r = mail(w, from, "回复：工作簿", "请处理");
	r->decision = arena_array(w->h->a, 1, sizeof *r->decision);
	r->decision[0] = (DecisionBook){.part = -1, .edition = "", .made = ""};
	r->decision_n = 1;
	r->auth_results = auth ? auth : "";
	return r;
}

static const struct {
	const char *row, *from;
	unsigned robot;
	Outcome outcome;
	bool decides;
} senders[] = {
	{"the secretariat", OFFICE, 0, OUTCOME_DECISION, true},
	{"in other letters", "Office@EXAMPLE.org", 0, OUTCOME_DECISION, true},
	{"an entrant", "a@qq.com", 0, OUTCOME_DECISION, false},
	{"nobody", "", 0, OUTCOME_DECISION, false},
	{"nearly", "xoffice@example.org", 0, OUTCOME_DECISION, false},
	{"below its domain", "office@mail.example.org", 0, OUTCOME_DECISION, false},
	{"above it", "office@example.org.cn", 0, OUTCOME_DECISION, false},
	{"the robot itself", "entries@example.org", 0, OUTCOME_LOOP, false},
	{"a bounce", OFFICE, ROBOT_REPORT, OUTCOME_BOUNCE, false},
	{"an absence notice", OFFICE, ROBOT_AUTO_HEADER, OUTCOME_AUTO_REPLY, false},
	{"automatic", OFFICE, ROBOT_AUTO_SUBMITTED, OUTCOME_AUTO_REPLY, false},
	{"a list", OFFICE, ROBOT_LIST, OUTCOME_BULK, false},
};

static void test_senders(void **state) {
	(void)state;
	World *w = world_new();
	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
		Report *r = decisions_from(w, senders[i].from, "mx.example.org; dkim=fail");
		r->robot = senders[i].robot;
		Verdict v = judged(w, r, IN_TIME);
		ROW_STR(senders[i].row, outcome_name(v.outcome), outcome_name(senders[i].outcome));
		ROW_INT(senders[i].row, v.decides, senders[i].decides);
		ROW_TRUE(senders[i].row, !v.reply);
	}
	world_end(w);
}

static const struct {
	const char *auth;
	bool good;
} auths[] = {
	{"mx.example.org; dkim=pass header.d=example.org", true},
	{"MX.example.ORG 1; DKIM=Pass Header.D=Example.Org", true},
	{"\"mx.example.org\"; dkim=pass header.i=@example.org", true},
	{"mx.example.org; dkim=fail; dkim=pass header.d=example.org", true},
	{"mx.example.org; dkim=pass (a (nested \\) note) here) header.d=example.org", true},
	{"mx.example.org; dmarc=pass header.from=example.org", true},
	{"mx.example.org; spf=pass smtp.mailfrom=bounce@example.org", true},
	{"mx.example.org; auth=pass smtp.auth=office@example.org", true},
	{"other.example; none\nmx.example.org; dkim=pass header.d=example.org", true},
	{"", false},
	{"mx.example.org", false},
	{"mx.example.org; none", false},
	{"mx.example.org;;;;", false},
	{"mx.example.org; dkim", false},
	{"mx.example.org; dkim=", false},
	{"mx.example.org; =pass header.d=example.org", false},
	{"mx.example.org; dkim=pass", false},
	{"mx.example.org; dkim=pass header.d=org", false},
	{"mx.example.org; dkim=pass header.d=", false},
	{"mx.example.org; dkim=pass header.d=mail.example.org", false},
	{"mx.example.org; dkim=pass header.d=badexample.org", false},
	{"mx.example.org; dkim=pass header.d=evil.example; spf=fail smtp.mailfrom=a@example.org", false},
	{"mx.example.org; dkim=pass header.d=evil.example header.d=example.org", false},
	{"mx.example.org; dkim=policy header.d=example.org", false},
	{"mx.example.org; dkim=fail (pass) header.d=example.org", false},
	{"mx.example.org; dkim=fail (; dkim=pass header.d=example.org)", false},
	{"mx.example.org; dkim=fail reason=\"; dkim=pass header.d=example.org\"", false},
	{"mx.example.org; dkim=fail reason=\"a\\\"; dkim=pass header.d=example.org\"", false},
	{"mx.example.org; ((dkim=pass header.d=example.org)", false},
	{"mx.example.org; \"dkim=pass header.d=example.org", false},
	{"mx.example.org dkim=pass header.d=example.org", false},
	{"mx.example.org.evil.example; dkim=pass header.d=example.org", false},
	{"(mx.example.org) evil.example; dkim=pass header.d=example.org", false},
	{"mx.example.org; dmarc=pass header.from=evil.example", false},
	{"mx.example.org; dmarc=pass header.from=mail.example.org", false},
	{"mx.example.org; spf=pass smtp.helo=example.org", false},
	{"mx.example.org; auth=pass smtp.auth=example.org", false},
	{"mx.example.org; dkim=fail\nmx.example.org; dkim=pass header.d=example.org", false},
	{"mx.example.org; none\nother.example; dkim=pass header.d=example.org", false},
};

static void test_servers(void **state) {
	(void)state;
	World *w = world_new();
	const char *trusted[] = {"mx.example.org", "mx2.example.org"};
	w->rules->mail.trusted_authserv = trusted;
	w->rules->mail.trusted_authserv_n = 2;
	for (size_t i = 0; i < sizeof auths / sizeof *auths; i++) {
		Verdict v = judged(w, decisions_from(w, OFFICE, auths[i].auth), IN_TIME);
		ROW_STR(auths[i].auth, outcome_name(v.outcome), "decision");
		ROW_INT(auths[i].auth, v.decides, auths[i].good);
		v = judged(w, decisions_from(w, "a@qq.com", auths[i].auth), IN_TIME);
		ROW_TRUE(auths[i].auth, !v.decides);
	}
	world_end(w);
}

/* Noise never passes, and never hurts. */
static void test_noise(void **state) {
	(void)state;
	World *w = world_new();
	const char *trusted[] = {"mx.example.org"};
	uint64_t seed = 20230301;
	w->rules->mail.trusted_authserv = trusted;
	w->rules->mail.trusted_authserv_n = 1;
	for (int i = 0; i < 3000; i++) {
		char noise[64], line[100];
		size_t n = random_next(&seed) % sizeof noise;
		random_fill(&seed, noise, n, "();=\"\\ \npasdkim.");
		snprintf(line, sizeof line, "mx.example.org; %.*s", (int)n, noise);
		Verdict v = judged(w, decisions_from(w, OFFICE, text_clean(w->h->a, str_of(line))), IN_TIME);
		ROW_TRUE(line, !v.decides);
	}
	world_end(w);
}

/* ---- judged again */

#define AFTER 1680307200 /* 2023-04-01T08:00:00+08:00 */

static Verdict again(World *w, const Report *r, int64_t received, unsigned aside) {
	Verdict v;
	GOOD(judge_again(w->judge, w->h->a, r, received, aside, &v, &e));
	return v;
}

static void test_again(void **state) {
	(void)state;
	World *w = world_new();
	Report *first = entry_mail(w, "a@qq.com", good_form(w, "T4")), *twin = entry_mail(w, "b@qq.com", good_form(w, "T4"));
	Verdict v = judged(w, first, IN_TIME);
	keep(w, first, &v, IN_TIME, IN_TIME);
	v = judged(w, twin, AFTER);
	assert_int_equal(v.outcome, OUTCOME_DUPLICATE);
	assert_int_equal(again(w, twin, AFTER, ASIDE_DEADLINE).outcome, OUTCOME_DUPLICATE);
	assert_int_equal(again(w, twin, AFTER, ASIDE_TWIN).outcome, OUTCOME_LATE);
	v = again(w, twin, AFTER, ASIDE_DEADLINE | ASIDE_TWIN);
	assert_int_equal(v.outcome, OUTCOME_ACCEPTED);
	assert_string_equal(v.reply, "receipt");
	FormRead *f = good_form(w, "T4");
	put(w, f, "contact.mobile", 0, "12");
	v = again(w, entry_mail(w, "c@qq.com", f), AFTER, ASIDE_DEADLINE);
	assert_int_equal(v.outcome, OUTCOME_REJECTED);
	assert_true(v.late_taken);
	world_end(w);
}

/* A late entry that was taken may be mended for as long as any other. */
static void test_mending(void **state) {
	(void)state;
	World *w = world_new();
	Home *h = w->h;
	FormRead *faulty = good_form(w, "T4");
	put(w, faulty, "contact.mobile", 0, "12");
	Report *late = entry_mail(w, "a@qq.com", faulty);
	Verdict v = judged(w, late, AFTER);
	assert_int_equal(v.outcome, OUTCOME_LATE);
	v.reply = "faults"; /* as after the ruling */
	keep(w, late, &v, AFTER, AFTER + 60);
	Report *mended = entry_mail(w, "a@qq.com", good_form(w, "T4"));
	assert_int_equal(judged(w, mended, AFTER + 7200).outcome, OUTCOME_LATE);
	int64_t seq;
	GOOD(store_message_last(h->s, &seq, &e));
	GOOD(store_begin(h->s, &e));
	RulingRow ruling = {.seq = seq, .at = AFTER + 60, .kind = "late", .decision = "take", .by = OFFICE, .reason = ""};
	GOOD(store_ruling_add(h->s, &ruling, &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(judged(w, mended, AFTER + 7200).outcome, OUTCOME_ACCEPTED);
	assert_int_equal(judged(w, mended, AFTER + 60 + w->rules->mend_seconds + 1).outcome, OUTCOME_LATE);
	world_end(w);
}

/* ---- experts */

static void add_expert(World *w, const char *code, const char *addr, const char *state) {
	GOOD(store_begin(w->h->s, &e));
	GOOD(store_record_add(w->h->s, &(RecordRow){.kind = "expert", .round = "", .ref = "", .who = code, .at = NOON, .state = state,
	                                            .data = "", .by = OFFICE, .addr = addr, .detail = "{}"}, &e));
	GOOD(store_commit(w->h->s, &e));
}

static const struct {
	const char *row, *from, *subject, *text;
	ExpertSays says;
	const char *number;
} sayings[] = {
	{"agrees", "li@uni.example.cn", "回复：请确认", "同意", EXPERT_AGREES, ""},
	{"with a stop and a signature", "LI@uni.example.cn", "回复：请确认", "同意。\n\n李明", EXPERT_AGREES, ""},
	{"behind a greeting", "li@uni.example.cn", "回复：请确认", "秘书处老师，您好！\n\n本人同意\n李明", EXPERT_AGREES, ""},
	{"far below", "li@uni.example.cn", "回复：请确认", "一\n二\n三\n同意", EXPERT_SAYS_NOTHING, ""},
	{"does not", "li@uni.example.cn", "回复：请确认", "不同意", EXPERT_SAYS_NOTHING, ""},
	{"asks whether", "li@uni.example.cn", "回复：请确认", "同意书要签字吗？", EXPERT_SAYS_NOTHING, ""},
	{"a stranger", "li@other.example.cn", "回复：请确认", "同意", EXPERT_SAYS_NOTHING, ""},
	{"one who was retired", "old@uni.example.cn", "回复：请确认", "同意", EXPERT_SAYS_NOTHING, ""},
	{"steps back", "li@uni.example.cn", "回复：请评审", "回避 T1-0007，有合作", EXPERT_RECUSES, "T1-0007"},
	{"steps back from nothing", "li@uni.example.cn", "回复：请评审", "回避", EXPERT_RECUSES, ""},
	{"asks in a subject of their own", "li@uni.example.cn", "材料 t1-0007", "", EXPERT_ASKS, "T1-0007"},
	{"our subject answered", "li@uni.example.cn", "回复：材料 T1-0007", "收到，谢谢", EXPERT_SAYS_NOTHING, ""},
};

static void test_sayings(void **state) {
	(void)state;
	World *w = world_new();
	add_expert(w, "e1-01", "li@uni.example.cn", "active");
	add_expert(w, "e1-02", "old@uni.example.cn", "retired");
	for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
		Report *r = mail(w, sayings[i].from, sayings[i].subject, sayings[i].text);
		r->reply_prefixes = strncmp(sayings[i].subject, "回复：", strlen("回复：")) == 0;
		if (r->reply_prefixes)
			r->subject_bare = sayings[i].subject + strlen("回复：");
		Verdict v = judged(w, r, IN_TIME);
		ROW_INT(sayings[i].row, v.says, sayings[i].says);
		if (sayings[i].says != EXPERT_SAYS_NOTHING) {
			ROW_STR(sayings[i].row, v.number, sayings[i].number);
			ROW_STR(sayings[i].row, v.role, "e1-01");
		}
	}
	Report *r = decisions_from(w, "li@uni.example.cn", "");
	Verdict v = judged(w, r, IN_TIME);
	assert_true(v.decides);
	assert_string_equal(v.role, "e1-01");
	r = decisions_from(w, "old@uni.example.cn", "");
	v = judged(w, r, IN_TIME);
	assert_false(v.decides);
	assert_string_equal(v.role, "");
	world_end(w);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_senders), cmocka_unit_test(test_servers), cmocka_unit_test(test_noise),
		cmocka_unit_test(test_again),   cmocka_unit_test(test_mending), cmocka_unit_test(test_sayings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
