/* From a verdict to finished mails: who gets one, what stands in its head, what is
 * said.  With XINLV_RENDER=folder the mails are also written there, to be looked at. */
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "row.h"

#include "post_fixture.h"

#include "base/file.h"
#include "post/kinds.h"

/* ---- every kind of answer, as a letter */

static Letter plain(Outcome o, const char *reply) {
	Letter l = letter(o, reply, 0);
	l.report.part_n = 0;
	return l;
}

static Letter receipt(void) {
	return letter(OUTCOME_ACCEPTED, "receipt", 1);
}

static Letter faults(void) {
	Letter l = letter(OUTCOME_REJECTED, "faults", 1);
	static const Attachment corrected = {.name = "T4申报表（请修改标红处）.xlsx",
	                                     .media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	                                     .bytes = {"PK\3\4", 4}};
	letter_faults(&l, 0);
	l.f.extra = &corrected;
	l.f.extra_n = 1;
	return l;
}

static Letter faults_near_end(void) {
	Letter l = faults();
	l.f.received = when_of(2023, 3, 31, 23, 50, 0);
	return l;
}

static Letter late(void) {
	Letter l = letter(OUTCOME_LATE, "late", 1);
	l.f.received = when_of(2023, 4, 1, 0, 42, 9);
	l.v.form[0].valid = true;
	return l;
}

static Letter early(void) {
	Letter l = letter(OUTCOME_LATE, "late", 1);
	l.v.before_opening = true;
	l.f.received = when_of(2023, 1, 3, 10, 0, 0);
	return l;
}

static Letter again(void) {
	Letter l = letter(OUTCOME_DUPLICATE, "duplicate", 1);
	l.v.form[0].same_form = l.v.form[0].same_sender = true;
	l.v.form[0].same_as = "T4-0003";
	((int64_t *)(uintptr_t)l.f.accepted)[0] = when_of(2023, 3, 28, 16, 5, 0);
	return l;
}

static Letter late_twin(void) {
	Letter l = again();
	l.v.form[0].same_as = "";
	return l;
}

static Letter kept(void) {
	Letter l = again();
	l.v.form[0].same_sender = false;
	return l;
}

static Letter other_content(void) {
	Letter l = again();
	l.v.form[0].same_form = false;
	return l;
}

static Letter not_eligible(void) {
	Letter l = letter(OUTCOME_NOT_ELIGIBLE, "not_eligible", 1);
	static Problem why = {SEVERITY_ERROR, "申报表!C22", "org.registered",
	                      "本届大赛面向在中国境内注册的单位和团队（表中注册地填写的是“中国境外”）。", "注册地", "中国境外", "", "", 0, NULL, 0};
	l.v.form[0].problem = &why;
	l.v.form[0].problem_n = 1;
	return l;
}

static Letter several(void) {
	Letter l = letter(OUTCOME_ACCEPTED, "several", 5);
	static const Outcome o[] = {OUTCOME_ACCEPTED, OUTCOME_REJECTED, OUTCOME_DUPLICATE, OUTCOME_ACCEPTED,
	                            OUTCOME_NOT_ELIGIBLE};
	for (size_t i = 0; i < 5; i++) {
		l.v.form[i].outcome = o[i];
		l.v.form[i].file_n = i == 0 ? 4 : 1;
		if (o[i] != OUTCOME_ACCEPTED)
			l.f.number[i] = "";
	}
	l.v.form[3].role[ROLE_TITLE] = "智慧园区零碳能源管理平台";
	letter_faults(&l, 1);
	l.v.form[2].same_as = "T4-0001";
	Problem *why = arena_alloc(l.a, sizeof *why);
	*why = fixture_faults[1];
	l.v.form[4].problem = why;
	l.v.form[4].problem_n = 1;
	return l;
}

static Letter precheck(void) {
	Letter l = letter(OUTCOME_PRECHECK, "precheck", 1);
	l.v.form[0].valid = true;
	return l;
}

static Letter precheck_faulty(void) {
	Letter l = letter(OUTCOME_PRECHECK, "precheck", 1);
	letter_faults(&l, 0);
	return l;
}

static Letter near_miss(const char *why) {
	Letter l = plain(OUTCOME_REJECTED, "near_miss");
	l.v.near = why;
	l.v.near_file = "申报表.xlsx";
	return l;
}

static Letter link_only(void) {
	return near_miss("link_only");
}

static Letter damaged(void) {
	return near_miss("damaged");
}

static Letter no_form_over(void) {
	Letter l = near_miss("no_form");
	l.v.closes = when_of(2023, 3, 29, 23, 59, 59);
	return l;
}

static Letter forms(void) {
	return plain(OUTCOME_REQUEST, "forms");
}

static Letter forms_t4(void) {
	Letter l = plain(OUTCOME_REQUEST, "forms");
	l.v.asked = rules_track(fixture.rules, "T4");
	return l;
}

static Letter help(void) {
	return plain(OUTCOME_REQUEST, "help");
}

static Letter progress(void) {
	Letter l = plain(OUTCOME_REQUEST, "progress");
	static const EntryRow rows[] = {
		{.number = "T4-0007", .title = LETTER_TITLE, .org = LETTER_ORG, .track = "T4", .state = "accepted"},
		{.number = "T2-0012", .title = "绿色出行碳普惠平台", .org = LETTER_ORG, .track = "T2", .state = "accepted"},
	};
	EntryRow *mine = arena_alloc(l.a, sizeof rows);
	memcpy(mine, rows, sizeof rows);
	mine[0].received = mine[1].received = when_of(2023, 3, 28, 16, 0, 0);
	l.f.entry = mine;
	l.f.entry_n = 2;
	return l;
}

/* All are counted, and the first are named. */
static Letter much_progress(void) {
	Letter l = progress();
	EntryRow *many = arena_array(l.a, 130, sizeof *many);
	for (size_t i = 0; i < 130; i++)
		many[i] = l.f.entry[i ? 1 : 0];
	many[110].number = "T2-0111";
	l.f.entry = many;
	l.f.entry_n = 130;
	return l;
}

static Letter no_progress(void) {
	return plain(OUTCOME_REQUEST, "progress");
}

static Letter unrecognised(void) {
	return plain(OUTCOME_UNRECOGNISED, "unrecognised");
}

static Letter supplement(void) {
	Letter l = letter(OUTCOME_SUPPLEMENT, "supplement", 0);
	l.v.number = "T4-0007";
	l.v.file = arena_array(l.a, l.report.part_n, sizeof *l.v.file);
	for (; l.v.file_n < l.report.part_n; l.v.file_n++)
		l.v.file[l.v.file_n].part = (int)l.v.file_n;
	return l;
}

static Letter change(void) {
	Letter l = plain(OUTCOME_CHANGE, "change");
	l.v.number = "T4-0007";
	return l;
}

static Letter change_unnamed(void) {
	return plain(OUTCOME_CHANGE, "change");
}

/* what must be said, and what must not */
static const struct {
	const char *name;
	Letter (*make)(void);
	const char *kind, *subject, *says, *not;
} cases[] = {
	{"receipt", receipt, "receipt", "T4-0007 申报已登记：" LETTER_TITLE, "2023-03-30 09:15:22", "修改期限"},
	{"faults", faults, "faults", "申报表有4处需要修改：" LETTER_TITLE, "【申报表!C31】联系人手机", "项目编号"},
	{"faults_near_end", faults_near_end, "faults", NULL, "4月2日（星期日）09:21前送达", NULL},
	{"late", late, "late", "申报已截止，来信已保存：" LETTER_TITLE, "晚于截止：42分钟", "尚未开始"},
	{"early", early, "late", "申报尚未开始，来信已保存：" LETTER_TITLE, "1月6日（星期五）", "晚于截止"},
	{"again", again, "duplicate", NULL, "登记时间：3月28日（星期二）16:05", "秘书处核实"},
	{"late_twin", late_twin, "duplicate", NULL, "首次来信已完整保存", "T4-0003"},
	{"kept", kept, "duplicate", NULL, "须经秘书处核实后登记", "T4-0003"},
	{"other_content", other_content, "duplicate", NULL, "须经秘书处核实后登记", "T4-0003"},
	{"not_eligible", not_eligible, "not_eligible", NULL, "中国境外", "项目编号"},
	{"several", several, "several", "来信含5份申报表，2份已登记，1份需要修改：T4-0007、T4-0010", "智慧园区零碳能源管理平台", "T4-0001"},
	{"precheck", precheck, "precheck", "【尚未提交】预检结果：未发现需要修改之处：" LETTER_TITLE, "【尚未提交】", "需要修改的"},
	{"precheck_faulty", precheck_faulty, "precheck", "【尚未提交】预检结果：有4处需要修改：" LETTER_TITLE, "需要修改的4处", "未发现"},
	{"link_only", link_only, "near_miss", NULL, "不打开链接", "设有打开密码"},
	{"damaged", damaged, "near_miss", NULL, "“申报表.xlsx”不完整或已损坏", "网盘"},
	{"no_form_over", no_form_over, "near_miss", NULL, "仍视为按时提交", "距现在"},
	{"forms", forms, "forms", NULL, "按表中说明填写", NULL},
	{"forms_t4", forms_t4, "forms", NULL, "绿色数据中心", NULL},
	{"help", help, "help", "新绿杯大赛报名指南", "赛项七", NULL},
	{"progress", progress, "progress", "申报进度：共2项", "T2-0012", "未查到"},
	{"much_progress", much_progress, "progress", "申报进度：共130项", "另有30项，限于篇幅没有列出", "T2-0111"},
	{"no_progress", no_progress, "progress", NULL, "未查到", "T2-0012"},
	{"unrecognised", unrecognised, "unrecognised", NULL, "工作人员阅处", NULL},
	{"supplement", supplement, "supplement", "T4-0007 补充材料已收到，共4个文件", "不替换", NULL},
	{"change", change, "change", NULL, "申报T4-0007", "没有写明项目编号"},
	{"change_unnamed", change_unnamed, "change", NULL, "没有写明项目编号", NULL},
};
#define CASES (sizeof cases / sizeof *cases)

static void render(const char *name, const Outgoing *o, Arena *a) {
	const char *folder = getenv("XINLV_RENDER");
	static const char *const ends[] = {"html", "txt", "eml"};

	for (size_t i = 0; folder != NULL && i < 3; i++) {
		const char *s = i == 0 ? mail_part(a, o->bytes, "text/html") : mail_part(a, o->bytes, "text/plain");
		const char *text = i == 1 ? arena_fmt(a, "To: %s\nSubject: %s\n\n%s", o->to_addr, o->subject, s) : s;
		Str all = i == 2 ? o->bytes : str_of(text);
		Err e = {0};
		file_write_plain(AT_FDCWD, arena_fmt(a, "%s/%s.%s", folder, name, ends[i]), all.p, all.n, 0644, &e);
	}
}

static void one_mail(const char *row, const char *kind, const Outgoing *o, Arena *a) {
	const char *html = mail_part(a, o->bytes, "text/html"), *text = mail_part(a, o->bytes, "text/plain");

	ROW_STR(row, o->kind, kind);
	ROW_TRUE(row, *text != '\0' && *html != '\0' && text_valid(str_of(text)) && text_valid(str_of(html)));
	ROW_TRUE(row, strstr(html, "<script") == NULL && strstr(html, "<img") == NULL && strstr(html, "url(") == NULL);
	ROW_TRUE(row, strstr(html, "href") == NULL && strstr(text, "http") == NULL);
	ROW_TRUE(row, strstr(text, "{{") == NULL && strstr(html, "{{") == NULL && strstr(text, "\n\n\n") == NULL);
	ROW_TRUE(row, strstr(text, "（）") == NULL && strstr(text, "“”") == NULL && strstr(text, "：\n\n\n") == NULL);
	ROW_TRUE(row, strstr(o->subject, "（）") == NULL && text_chars(o->subject) < 90);
	ROW_TRUE(row, *mail_head(a, o->bytes, "X-Auto-Response-Suppress") != '\0');
	ROW_TRUE(row, strlen(o->message_id) == 32 + strlen("@example.org") && strstr(o->message_id, "@example.org"));
}

static void test_every_kind(void **state) {
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		const char *row = cases[i].name;
		Letter l = cases[i].make();
		Outgoing *out;
		size_t n;
		Err e = {0};
		if (letter_send(&l, &out, &n, &e) != 0)
			fail_msg("row %s: %s", row, e.text);
		ROW_TRUE(row, n >= 1);
		render(row, &out[0], l.a);
		one_mail(row, cases[i].kind, &out[0], l.a);
		const char *text = mail_part(l.a, out[0].bytes, "text/plain");
		if (cases[i].subject != NULL)
			ROW_STR(row, out[0].subject, cases[i].subject);
		if (strstr(text, cases[i].says) == NULL)
			fail_msg("row %s: no '%s' in:\n%s", row, cases[i].says, text);
		if (cases[i].not != NULL && strstr(text, cases[i].not) != NULL)
			fail_msg("row %s: '%s' in:\n%s", row, cases[i].not, text);
		const char *html = mail_part(l.a, out[0].bytes, "text/html");
		if (cases[i].not != NULL && strstr(html, cases[i].not) != NULL)
			fail_msg("row %s: '%s' in the HTML", row, cases[i].not);
		ROW_STR(row, out[0].to_addr, "lijing2023@163.com");
		ROW_STR(row, mail_head(l.a, out[0].bytes, "Auto-Submitted"), "auto-replied");
		ROW_STR(row, mail_head(l.a, out[0].bytes, "In-Reply-To"), "<7c1b.4e2.Coremail.lijing2023@163.com>");
		ROW_STR(row, mail_head(l.a, out[0].bytes, "References"), "<7c1b.4e2.Coremail.lijing2023@163.com>");
		arena_free(l.a);
	}
}

static void test_near_misses(void **state) {
	static const char *const why[] = {
		"no_form", "link_only", "scan_only", "unreadable_kind", "encrypted", "damaged", "empty_form", "empty_mail",
		"other_edition", "other_contest", "body_pasted", "wrong_track", "disagree", "archive_encrypted",
		"archive_too_large", "form_too_large", "too_deep", "mail_encrypted",
	};
	const char *seen[20] = {NULL};
	Arena *keep = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
		Letter l = near_miss(why[i]);
		Outgoing *out;
		size_t n;
		Err e = {0};
		ROW_INT(why[i], letter_send(&l, &out, &n, &e), 0);
		one_mail(why[i], "near_miss", &out[0], l.a);
		render(arena_fmt(l.a, "near_%s", why[i]), &out[0], l.a);
		seen[i] = arena_str(keep, out[0].subject);
		for (size_t k = 0; k < i; k++)
			ROW_TRUE(why[i], strcmp(seen[k], seen[i]) != 0);
		arena_free(l.a);
	}
	/* What is only to be looked at again does not stand in for what is wrong. */
	Problem two[2] = {fixture_faults[2], fixture_faults[2]};
	two[0].severity = SEVERITY_WARNING;
	two[0].sentence = "这个文件属于哪一份";
	Letter l = near_miss("disagree");
	Outgoing *out;
	size_t n;
	Err e = {0};
	l.v.problem = two;
	l.v.problem_n = 2;
	assert_int_equal(letter_send(&l, &out, &n, &e), 0);
	assert_non_null(strstr(mail_part(l.a, out[0].bytes, "text/plain"), two[1].sentence));
	assert_null(strstr(mail_part(l.a, out[0].bytes, "text/plain"), two[0].sentence));
	arena_free(l.a);
	l = near_miss("of_a_new_kind");
	assert_int_equal(letter_send(&l, &out, &n, &e), -1); /* nothing to say */
	assert_int_equal(e.kind, ERR_BUG);
	Problem p = fixture_faults[2];
	l.v.problem = &p;
	l.v.problem_n = 1;
	assert_int_equal(letter_send(&l, &out, &n, &e), 0);
	assert_non_null(strstr(mail_part(l.a, out[0].bytes, "text/plain"), p.sentence));
	arena_free(l.a);
	arena_free(keep);
}

/* ---- whom */

static void test_recipients(void **state) {
	static const struct {
		const char *name, *from, *reply_to, *to; /* to NULL: nobody */
	} rows[] = {
		{"from", "a@b.cn", "", "a@b.cn"},
		{"reply-to", "a@b.cn", "c@d.cn", "c@d.cn"},
		{"reply-to is nonsense", "a@b.cn", "c d", "a@b.cn"},
		{"reply-to is us", "a@b.cn", "Entries@Example.ORG", "a@b.cn"},
		{"from is us", "entries@example.org", "", NULL},
		{"from is us, reply-to is not", "ENTRIES@example.org", "a@b.cn", NULL},
		{"no from", "", "", NULL},
		{"no from but reply-to", "", "c@d.cn", "c@d.cn"},
		{"line break in from", "a@b.cn\r\nBcc: x@y.cn", "", NULL},
		{"two addresses", "a@b.cn,c@d.cn", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Letter l = unrecognised();
		Outgoing *out;
		size_t n;
		Err e = {0};
		l.report.from.addr = rows[i].from;
		l.report.reply_to.addr = rows[i].reply_to;
		ROW_INT(rows[i].name, letter_send(&l, &out, &n, &e), 0);
		ROW_INT(rows[i].name, n, rows[i].to != NULL ? 1 : 0);
		if (n > 0)
			ROW_STR(rows[i].name, out[0].to_addr, rows[i].to);
		arena_free(l.a);
	}
}

static void test_silence(void **state) {
	static const struct {
		const char *name;
		Outcome outcome;
		const char *reply;
		bool redelivery, suppress;
	} rows[] = {
		{"redelivery", OUTCOME_DUPLICATE, "duplicate", true, false},
		{"suppressed", OUTCOME_REJECTED, "faults", false, true},
		{"note", OUTCOME_NOTE, NULL, false, false},
		{"auto-reply", OUTCOME_AUTO_REPLY, "unrecognised", false, false},
		{"bounce", OUTCOME_BOUNCE, "unrecognised", false, false},
		{"bulk", OUTCOME_BULK, "unrecognised", false, false},
		{"loop", OUTCOME_LOOP, "unrecognised", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Letter l = letter(rows[i].outcome, rows[i].reply, 1);
		Outgoing *out;
		size_t n = 9;
		Err e = {0};
		l.v.redelivery = rows[i].redelivery;
		l.v.suppress_reply = rows[i].suppress;
		ROW_INT(rows[i].name, letter_send(&l, &out, &n, &e), 0);
		ROW_INT(rows[i].name, n, 0);
		arena_free(l.a);
	}
}

static void test_confirmation(void **state) {
	static const struct {
		const char *name, *contact;
		bool told;
	} rows[] = {
		{"another", "lijing@lvyuan-idc.example.cn", true},
		{"the sender", "LiJing2023@163.com", false},
		{"us", "entries@example.org", false},
		{"nonsense", "lijing#lvyuan", false},
		{"none", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Letter l = receipt();
		Outgoing *out;
		size_t n;
		Err e = {0};
		l.v.form[0].role[ROLE_CONTACT_MAIL] = rows[i].contact;
		ROW_INT(rows[i].name, letter_send(&l, &out, &n, &e), 0);
		ROW_INT(rows[i].name, n, rows[i].told ? 2 : 1);
		if (n == 2) {
			const char *text = mail_part(l.a, out[1].bytes, "text/plain");
			one_mail(rows[i].name, "confirm", &out[1], l.a);
			render("confirm", &out[1], l.a);
			ROW_STR(rows[i].name, out[1].to_addr, rows[i].contact);
			ROW_TRUE(rows[i].name, strstr(text, "T4-0007") && strstr(text, LETTER_TITLE) && strstr(text, LETTER_ORG));
			ROW_TRUE(rows[i].name, strstr(text, "lijing2023") == NULL && strstr(text, "间接蒸发冷却与余热") == NULL);
			ROW_STR(rows[i].name, mail_head(l.a, out[1].bytes, "In-Reply-To"), "");
		}
		arena_free(l.a);
	}
	Letter l = several();
	Outgoing *out;
	size_t n;
	Err e = {0};
	assert_int_equal(letter_send(&l, &out, &n, &e), 0);
	assert_int_equal(n, 2); /* one contact of two accepted forms: one mail */
	const char *text = mail_part(l.a, out[1].bytes, "text/plain");
	assert_true(strstr(text, "T4-0007") && strstr(text, "T4-0010"));
	arena_free(l.a);
}

/* ---- heads */

static void test_same_bytes_and_ids(void **state) {
	Letter x = receipt(), y = receipt(), z = receipt();
	Outgoing *a, *b, *c;
	size_t n;
	Err e = {0};

	(void)state;
	z.f.sha256 = hash_of("another", 7);
	assert_int_equal(letter_send(&x, &a, &n, &e), 0);
	assert_int_equal(letter_send(&y, &b, &n, &e), 0);
	assert_int_equal(letter_send(&z, &c, &n, &e), 0);
	assert_true(str_eq(a[0].bytes, b[0].bytes));
	assert_string_not_equal(a[0].message_id, c[0].message_id);
	assert_string_not_equal(a[0].message_id, a[1].message_id);
	/* later, with another clock, it is still the same mail to the server */
	fixture.w.now += 3600;
	assert_int_equal(letter_send(&y, &b, &n, &e), 0);
	fixture.w.now -= 3600;
	assert_string_equal(a[0].message_id, b[0].message_id);
	/* and as written down once: hex(sha256(edition|message|kind|recipient)), 32 digits */
	const char *all = arena_fmt(x.a, "%s|%s|receipt|lijing2023@163.com", fixture.rules->edition,
	                            hash_text(x.a, x.f.sha256));
	assert_memory_equal(a[0].message_id, hash_text(x.a, hash_of(all, strlen(all))), 32);
	arena_free(x.a);
	arena_free(y.a);
	arena_free(z.a);
}

static void test_threads(void **state) {
	static const struct {
		const char *name, *id, *before, *in_reply_to, *references;
	} rows[] = {
		{"thread", "c@x", "a@x b@x", "<c@x>", "<a@x> <b@x> <c@x>"},
		{"id in its own references", "c@x", "a@x c@x", "<c@x>", "<a@x> <c@x>"},
		{"no id", "", "a@x", "", ""},
		{"bad id", "a@x\r\nBcc: y@z", "", "", ""},
		{"bad references", "c@x", "a\x80@x b@x> d@x", "<c@x>", "<d@x> <c@x>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Letter l = unrecognised();
		Outgoing *out;
		size_t n;
		Err e = {0};
		l.report.message_id = rows[i].id;
		l.report.references = rows[i].before;
		ROW_INT(rows[i].name, letter_send(&l, &out, &n, &e), 0);
		ROW_STR(rows[i].name, mail_head(l.a, out[0].bytes, "In-Reply-To"), rows[i].in_reply_to);
		ROW_STR(rows[i].name, mail_head(l.a, out[0].bytes, "References"), rows[i].references);
		arena_free(l.a);
	}
}

static void test_no_injection(void **state) {
	static const char evil[] = "x\r\nBcc: victim@example.net\r\n\r\n<script>alert(1)</script>{{robot}}";
	Letter l = receipt();
	Outgoing *out;
	size_t n;
	Err e = {0};

	(void)state;
	l.v.form[0].role[ROLE_TITLE] = l.v.form[0].role[ROLE_ORG] = l.report.from.name = l.report.subject = evil;
	l.report.part[1].name = evil;
	l.f.number[0] = evil;
	assert_int_equal(letter_send(&l, &out, &n, &e), 0);
	for (size_t i = 0; i < n; i++) {
		const char *html = mail_part(l.a, out[i].bytes, "text/html");
		assert_string_equal(mail_head(l.a, out[i].bytes, "Bcc"), "");
		assert_null(strchr(out[i].subject, '\n'));
		assert_null(strstr(html, "<script"));
		assert_non_null(strstr(html, "&lt;script"));
		assert_non_null(strstr(html, "{{robot}}")); /* a value is never read as wording */
		assert_true(str_find(out[i].bytes, STR("\r\nBcc")) < 0);
	}
	arena_free(l.a);
}

/* ---- what makes no sense is our own fault, told before anything is sent */

static void test_bugs(void **state) {
	static const struct {
		const char *name, *reply;
		Outcome outcome;
		size_t forms;
	} rows[] = {
		{"faults without one", "faults", OUTCOME_REJECTED, 1},
		{"faults without a form", "faults", OUTCOME_REJECTED, 0},
		{"not eligible without a reason", "not_eligible", OUTCOME_NOT_ELIGIBLE, 1},
		{"several without a fault", "several", OUTCOME_REJECTED, 2},
		{"late without a form", "late", OUTCOME_LATE, 0},
		{"duplicate without a form", "duplicate", OUTCOME_DUPLICATE, 0},
		{"receipt without a form", "receipt", OUTCOME_ACCEPTED, 0},
		{"unknown mail", "thanks", OUTCOME_REQUEST, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Letter l = letter(rows[i].outcome, rows[i].reply, rows[i].forms);
		Outgoing *out;
		size_t n = 9;
		Err e = {0};
		ROW_INT(rows[i].name, letter_send(&l, &out, &n, &e), -1);
		ROW_INT(rows[i].name, e.kind, ERR_BUG);
		ROW_INT(rows[i].name, n, 0);
		arena_free(l.a);
	}
	Letter l = receipt();
	Outgoing *out;
	size_t n;
	Err e = {0};
	l.f.number[0] = "";
	assert_int_equal(letter_send(&l, &out, &n, &e), -1);
	arena_free(l.a);
}

static void test_several_by_count(void **state) {
	Letter l = letter(OUTCOME_ACCEPTED, "receipt", 2);
	Outgoing *out;
	size_t n;
	Err e = {0};

	(void)state;
	assert_int_equal(letter_send(&l, &out, &n, &e), 0);
	assert_string_equal(out[0].kind, "several");
	arena_free(l.a);
}

static void test_many_faults(void **state) {
	Letter l = letter(OUTCOME_REJECTED, "faults", 1);
	FormVerdict *f = &l.v.form[0];
	Outgoing *out;
	size_t n;
	Err e = {0};

	(void)state;
	f->problem_n = 321;
	f->problem = arena_array(l.a, f->problem_n, sizeof *f->problem);
	for (size_t i = 0; i < f->problem_n; i++)
		f->problem[i] = fixture_faults[1];
	assert_int_equal(letter_send(&l, &out, &n, &e), 0);
	const char *text = mail_part(l.a, out[0].bytes, "text/plain");
	assert_non_null(strstr(text, "321处"));
	assert_non_null(strstr(text, "另有121处"));
	assert_null(strstr(text, "201. "));
	arena_free(l.a);
}

/* ---- mails beside a verdict */

static void test_unread(void **state) {
	static const char *const mails[] = {"quarantined", "too_large"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		Arena *a = arena_new();
		Outgoing *out, *later;
		size_t n;
		Err e = {0};
		Hash none = {{0}};
		int64_t at = when_of(2023, 3, 30, 9, 0, 0);
		ROW_INT(mails[i], reply_unread(&fixture.w, a, mails[i], "a@b.cn", "申报材料", "m1@b.cn", none, at, &out, &n, &e), 0);
		ROW_INT(mails[i], n, 1);
		one_mail(mails[i], mails[i], &out[0], a);
		render(mails[i], &out[0], a);
		ROW_STR(mails[i], mail_head(a, out[0].bytes, "In-Reply-To"), "<m1@b.cn>");
		ROW_INT(mails[i], reply_unread(&fixture.w, a, mails[i], "a@b.cn", "申报材料", "m2@b.cn", none, at, &later, &n, &e), 0);
		ROW_TRUE(mails[i], strcmp(out[0].message_id, later[0].message_id) != 0);
		ROW_INT(mails[i], reply_unread(&fixture.w, a, mails[i], "", "", "", none, at, &out, &n, &e), 0);
		ROW_INT(mails[i], n, 0);
		ROW_INT(mails[i], reply_unread(&fixture.w, a, mails[i], "entries@example.org", "", "", none, at, &out, &n, &e), 0);
		ROW_INT(mails[i], n, 0);
		arena_free(a);
	}
}

static void test_notices(void **state) {
	Arena *a = arena_new();
	const Address to = {"运维", "office@example.org"};
	Data *d = data_new(a);
	Outgoing out;
	Err e = {0};

	(void)state;
	data_text(d, "at", "3月30日（星期四）09:21");
	data_text(d, "fault_count", "1");
	data_text(d, "faults", "rules/form.yaml:41:9: unknown key 'requird'; write required\n    requird: true\n    ^");
	assert_int_equal(notice_make(&fixture.w, a, "operator_rules", "rules-1", &to, d, NULL, 0, &out, &e), 0);
	one_mail("rules", "operator_rules", &out, a);
	render("operator_rules", &out, a);
	assert_string_equal(mail_head(a, out.bytes, "Auto-Submitted"), "auto-generated");
	assert_non_null(strstr(mail_part(a, out.bytes, "text/html"), "requird: true<br>    ^"));
	d = data_new(a);
	data_text(d, "at", "3月30日（星期四）09:21");
	data_text(d, "count", "1");
	Data *m = data_item(d, "messages");
	data_text(m, "subject", "申报材料");
	data_text(m, "sender", "a@b.cn");
	data_text(m, "received", "3月30日（星期四）09:00");
	data_text(m, "reason", "killed by the processor limit");
	data_text(m, "path", "spool/quarantine/7c1b.eml");
	data_text(m, "sha256", "7c1b");
	assert_int_equal(notice_make(&fixture.w, a, "operator_quarantine", "q-1", &to, d, NULL, 0, &out, &e), 0);
	one_mail("quarantine", "operator_quarantine", &out, a);
	render("operator_quarantine", &out, a);
	d = data_new(a);
	data_text(d, "at", "3月30日（星期四）09:21");
	data_text(d, "since", "3月30日（星期四）07:05");
	data_text(d, "account", "smtps://entries%40example.org@smtp.example.org");
	data_text(d, "reason", "535 Login Fail. Please enter your authorization code to login");
	assert_int_equal(notice_make(&fixture.w, a, "operator_send", "s-1", &to, d, NULL, 0, &out, &e), 0);
	one_mail("send", "operator_send", &out, a);
	render("operator_send", &out, a);
	data_flag(d, "well", true);
	assert_int_equal(notice_make(&fixture.w, a, "operator_send", "s-2", &to, d, NULL, 0, &out, &e), 0);
	render("operator_send_well", &out, a);
	data_flag(d, "server", true);
	assert_int_equal(notice_make(&fixture.w, a, "operator_fetch", "f-1", &to, d, NULL, 0, &out, &e), 0);
	one_mail("fetch", "operator_fetch", &out, a);
	render("operator_fetch_well", &out, a);
	assert_int_equal(notice_make(&fixture.w, a, "no_such", "q-1", &to, d, NULL, 0, &out, &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	arena_free(a);
}

/* Forms come from templates/forms/ of the home; a home without them still answers. */
static void test_forms_enclosed(void **state) {
	char folder[] = "/tmp/xinlv-reply-XXXXXX";
	int old = fixture.w.home;
	Err e = {0};
	static const struct {
		const char *name, *track;
		size_t t1, t10, t4;
	} rows[] = {{"all", NULL, 1, 0, 1}, {"one", "T4", 0, 0, 1}, {"one of a prefix", "T1", 1, 0, 0}};

	(void)state;
	assert_non_null(mkdtemp(folder));
	fixture.w.home = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(file_mkdirs(fixture.w.home, "templates/forms", 0755, &e), 0);
	assert_int_equal(file_write_plain(fixture.w.home, "templates/forms/T1 form.xlsx", "PK", 2, 0644, &e), 0);
	assert_int_equal(file_write_plain(fixture.w.home, "templates/forms/T10 form.xlsx", "PK", 2, 0644, &e), 0);
	assert_int_equal(file_write_plain(fixture.w.home, "templates/forms/T4 form.xlsx", "PK", 2, 0644, &e), 0);
	assert_int_equal(file_write_plain(fixture.w.home, "templates/forms/T4 notes.txt", "no", 2, 0644, &e), 0);
	for (size_t i = 0; i < 3; i++) {
		Letter l = forms();
		Outgoing *out;
		size_t n;
		l.v.asked = rows[i].track != NULL ? rules_track(fixture.rules, rows[i].track) : NULL;
		ROW_INT(rows[i].name, letter_send(&l, &out, &n, &e), 0);
		if (rows[i].track == NULL)
			render("forms_all", &out[0], l.a);
		ROW_INT(rows[i].name, str_find(out[0].bytes, STR("filename=\"T1 form.xlsx\"")) >= 0, rows[i].t1);
		ROW_INT(rows[i].name, str_find(out[0].bytes, STR("filename=\"T10 form.xlsx\"")) >= 0, rows[i].t10);
		ROW_INT(rows[i].name, str_find(out[0].bytes, STR("filename=\"T4 form.xlsx\"")) >= 0, rows[i].t4);
		ROW_TRUE(rows[i].name, str_find(out[0].bytes, STR("notes.txt")) < 0);
		arena_free(l.a);
	}
	assert_int_equal(file_remove_tree(AT_FDCWD, folder, &e), 0);
	close(fixture.w.home);
	fixture.w.home = old;
}

/* A receipt is made in well under a third of a millisecond of one core. */
static void test_speed(void **state) {
	struct timespec a, b;
	Letter l = receipt();
	Outgoing *out;
	size_t n;
	Err e = {0};
	const int rounds = 500;

	(void)state;
	l.v.form[0].role[ROLE_CONTACT_MAIL] = "";
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (int i = 0; i < rounds; i++) {
		Arena *keep = l.a;
		l.a = arena_new();
		assert_int_equal(letter_send(&l, &out, &n, &e), 0);
		arena_free(l.a);
		l.a = keep;
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	double ms = ((double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6) / rounds;
	print_message("a receipt: %.3f ms\n", ms);
	assert_true(ms < 3); /* generous: sanitizers and busy machines */
	arena_free(l.a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_confirmation),
		cmocka_unit_test(test_same_bytes_and_ids),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_injection),
		cmocka_unit_test(test_bugs),
		cmocka_unit_test(test_several_by_count),
		cmocka_unit_test(test_many_faults),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_notices),
		cmocka_unit_test(test_forms_enclosed),
		cmocka_unit_test(test_speed),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
