/* The contest that ships, its wording, and verdicts made by hand: what the tests of
 * the replies answer. */
#ifndef XINLV_TESTS_POST_FIXTURE_H
#define XINLV_TESTS_POST_FIXTURE_H

#include <fcntl.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/text.h"
#include "base/when.h"
#include "post/reply.h"
#include "rules/values.h"

typedef struct {
	Arena *a;
	Source source;
	Rules *rules;
	Templates *templates;
	ReplyWorld w;
} Fixture;

static Fixture fixture;

static int fixture_open(void **state) {
	Fixture *x = &fixture;
	Buf faults = {0};
	Err e = {0};

	(void)state;
	x->a = arena_new();
	int home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (source_read(x->a, home, &x->source, &e) != 0)
		return fprintf(stderr, "%s\n", e.text), -1;
	x->rules = rules_load(&x->source, &faults, &e);
	if (x->rules == NULL || when_zone(x->rules->zone != NULL ? x->rules->zone : "Asia/Shanghai", &e) != 0)
		return fprintf(stderr, "%s\n%s\n", e.text, buf_cstr(&faults)), -1;
	x->templates = templates_load(x->rules, &faults, &e);
	if (x->templates == NULL)
		return fprintf(stderr, "%s\n%s\n", e.text, buf_cstr(&faults)), -1;
	x->w = (ReplyWorld){.rules = x->rules, .templates = x->templates,
	                    .now = when_of(2023, 3, 30, 9, 21, 7), .home = home};
	buf_free(&faults);
	return 0;
}

static int fixture_close(void **state) {
	(void)state;
	templates_free(fixture.templates);
	rules_free(fixture.rules);
	close(fixture.w.home);
	arena_free(fixture.a);
	return 0;
}

/* A message with its verdict and all that is known of it. */
typedef struct {
	Arena *a;
	Report report;
	Verdict v;
	ReplyFacts f;
} Letter;

#define LETTER_TITLE "数据中心间接蒸发冷却节能改造"
#define LETTER_ORG "绿源云计算（河北）有限公司"

static const Field *letter_field(const Track *t, size_t i) {
	return &t->form.field[i];
}

/* A value that looks like what people write: the example of the form, long where long texts go. */
static const char *letter_value(Arena *a, const Field *f) {
	if (f->role == ROLE_CONTACT_MAIL)
		return "lijing@lvyuan-idc.example.cn";
	if (f->kind == KIND_PERCENT)
		return "35";
	if (f->kind != KIND_LONGTEXT)
		return *f->example != '\0' ? f->example : "示例内容";
	Buf b = {0};
	for (int i = 0; i < 14; i++)
		buf_str(&b, "针对机房制冷能耗偏高的问题，项目采用间接蒸发冷却与余热回收相结合的方案，\n分三期实施，");
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void letter_values(Letter *l, FormVerdict *fv, size_t rows) {
	const TrackForm *form = &fv->track->form;
	static FormValue raw = {.text = "１２００", .sheet = "申报表", .cell = "C41"};

	fv->value = arena_array(l->a, form->field_n * rows + 1, sizeof *fv->value);
	for (size_t i = 0; i < form->field_n; i++) {
		const Field *f = letter_field(fv->track, i);
		for (size_t row = f->table != NULL; row <= (f->table != NULL ? rows : 0); row++)
			fv->value[fv->value_n++] = (JudgedValue){
				.norm = {.field = f, .row = row, .text = letter_value(l->a, f)}, .raw = &raw};
	}
}

static void letter_form(Letter *l, FormVerdict *fv, const char *track, size_t rows) {
	static FormRead read = {.source = FORM_XLSX, .part = 0, .edition = "xinlv-2023", .track = "T4", .version = "1",
	                        .token = "", .title = ""};

	fv->read = &read;
	fv->track = rules_track(fixture.rules, track);
	fv->same_as = "";
	fv->role[ROLE_TITLE] = LETTER_TITLE;
	fv->role[ROLE_ORG] = LETTER_ORG;
	fv->role[ROLE_CONTACT_NAME] = "李静";
	fv->role[ROLE_CONTACT_MAIL] = "lijing@lvyuan-idc.example.cn";
	for (int i = 0; i < ROLE_COUNT; i++)
		if (fv->role[i] == NULL)
			fv->role[i] = "";
	letter_values(l, fv, rows);
	fv->file = arena_array(l->a, l->report.part_n, sizeof *fv->file);
	fv->file_n = l->report.part_n;
	for (size_t i = 0; i < fv->file_n; i++)
		fv->file[i] = (JudgedFile){.part = (int)i, .is_form = i == 0};
}

static Letter letter(Outcome outcome, const char *reply, size_t forms) {
	Arena *a = arena_new();
	Letter l = {.a = a};
	static const struct {
		const char *name;
		FileType type;
		uint64_t bytes;
	} files[] = {
		{"T4申报表（绿源云计算）.xlsx", TYPE_XLSX, 48213},
		{"盖章页扫描件.pdf", TYPE_PDF, 1834021},
		{"能效检测报告（国家计量中心2022-0815）.pdf", TYPE_PDF, 6203344},
		{"发明专利证书ZL202010123456.7.jpg", TYPE_JPEG, 912003},
	};
	size_t n = sizeof files / sizeof *files;

	l.report = (Report){.kind = REPORT_MAIL, .from = {"李静", "lijing2023@163.com"}, .sender = {"", ""},
	                    .reply_to = {"", ""}, .return_path = "lijing2023@163.com", .subject = "新绿杯大赛申报材料-绿源云计算",
	                    .subject_bare = "", .message_id = "7c1b.4e2.Coremail.lijing2023@163.com",
	                    .in_reply_to = "", .references = "", .own_mark = "", .mailer = "", .auth_results = "",
	                    .text = "", .text_whole = ""};
	l.report.part = arena_array(a, n, sizeof *l.report.part);
	l.report.part_n = n;
	for (size_t i = 0; i < n; i++)
		l.report.part[i] = (Part){.name = files[i].name, .path = "", .parent = -1, .type = files[i].type,
		                          .bytes = files[i].bytes, .sha256 = hash_of(files[i].name, 12), .form = -1};
	l.v = (Verdict){.outcome = outcome, .reply = reply, .near = "", .near_file = "", .detail = "", .number = "",
	                .opens = when_of(2023, 1, 6, 0, 0, 0), .closes = when_of(2023, 3, 31, 23, 59, 59)};
	l.v.form = arena_array(a, forms + 1, sizeof *l.v.form);
	l.v.form_n = forms;
	const char **number = arena_array(a, forms + 1, sizeof *number);
	int64_t *accepted = arena_array(a, forms + 1, sizeof *accepted);
	for (size_t i = 0; i < forms; i++) {
		letter_form(&l, &l.v.form[i], "T4", 5);
		l.v.form[i].outcome = outcome;
		number[i] = outcome == OUTCOME_ACCEPTED ? arena_fmt(a, "T4-%04zu", i + 7) : "";
		accepted[i] = WHEN_NONE;
	}
	/* the report is set by letter_send: a Letter may be copied */
	l.f = (ReplyFacts){.sha256 = hash_of("message", 7), .received = when_of(2023, 3, 30, 9, 15, 22), .number = number,
	                   .accepted = accepted};
	return l;
}

static int letter_send(Letter *l, Outgoing **out, size_t *n, Err *e) {
	l->f.report = &l->report;
	return reply_make(&fixture.w, l->a, &l->v, &l->f, out, n, e);
}

static const Problem fixture_faults[] = {
	{SEVERITY_ERROR, "申报表!C7", "project.title", "“项目名称”未填写。", "项目名称", "", "4至60个字，请用中文写出项目名称",
	 "数据中心间接蒸发冷却节能改造", 0, NULL, 0},
	{SEVERITY_ERROR, "申报表!C31", "contact.mobile", "“联系人手机”应为11位手机号码。", "联系人手机", "1380013800",
	 "11位手机号码，以1开头", "13800138000", 0, NULL, 0},
	{SEVERITY_ERROR, "申报表!C14", "project.end", "完成时间（2021-03）早于开始时间（2022-06）。", "项目完成时间",
	 "2021-03", "", "", 0, NULL, 0},
	{SEVERITY_ERROR, "申报表!C52", "content.summary", "“项目简介”超过1000字。", "项目简介",
	 "针对机房制冷能耗偏高的问题，项目采用间接蒸发冷却与余热回收相结合的方案，分三期实施，针对机房制冷能耗偏高的问题，项目采用间接蒸发冷却与余热回收相结合的方案，分三期实施，再接再厉",
	 "200至1000字，请删减226字", "", 0, NULL, 0},
	{SEVERITY_WARNING, "申报表!C20", "org.uscc", "统一社会信用代码“91350203M0001QKT19”的校验位不符，请核对。",
	 "统一社会信用代码", "91350203M0001QKT19", "", "", 0, NULL, 0},
};
#define FIXTURE_FAULTS (sizeof fixture_faults / sizeof *fixture_faults)

static void letter_faults(Letter *l, size_t form) {
	FormVerdict *f = &l->v.form[form];

	f->problem = arena_array(l->a, FIXTURE_FAULTS, sizeof *f->problem);
	memcpy(f->problem, fixture_faults, sizeof fixture_faults);
	f->problem_n = FIXTURE_FAULTS;
	for (size_t i = 0; i < f->value_n; i++)
		if (strcmp(f->value[i].norm.field->key, "dc.racks") == 0)
			f->value[i].repaired = true;
}

/* ---- looking into finished mails */

/* The decoded body part of a media type, "" when there is none. */
static const char *mail_part(Arena *a, Str mail, const char *type) {
	char *head = arena_fmt(a, "Content-Type: %s", type);
	ptrdiff_t at = str_find(mail, str_of(head));
	if (at < 0)
		return "";
	Str rest = str_from(mail, (size_t)at);
	rest = str_from(rest, (size_t)str_find(rest, STR("\r\n\r\n")) + 4);
	ptrdiff_t end = str_find(rest, STR("\r\n--"));
	Buf b = {0};
	base64_decode(&b, end < 0 ? rest : str_sub(rest, 0, (size_t)end));
	const char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

/* A header's value, unfolded; "" when there is none. */
static const char *mail_head(Arena *a, Str mail, const char *name) {
	ptrdiff_t end = str_find(mail, STR("\r\n\r\n"));
	Str head = {mail.p, (size_t)end + 2};
	ptrdiff_t at = str_find(head, str_of(arena_fmt(a, "\r\n%s: ", name)));
	Buf b = {0};

	if (at < 0)
		return "";
	Str rest = str_from(head, (size_t)at + strlen(name) + 4);
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '\r')
			continue;
		if (rest.p[i] == '\n' && (i + 1 >= rest.n || rest.p[i + 1] != ' '))
			break;
		if (rest.p[i] != '\n')
			buf_char(&b, rest.p[i]);
	}
	const char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

#endif
