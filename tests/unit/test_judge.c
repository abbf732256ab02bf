/* The judge, one row a case: what a person may send and what becomes of it. */
#include "judge_fixture.h"

/* ---- one form */

typedef struct {
	const char *row;
	const char *key;  /* the value that is changed */
	size_t at;        /* its row */
	const char *text; /* NULL: taken away */
	RawKind raw;
	Outcome outcome;
	const char *field;    /* of the problem that must be there, "" none at all */
	Severity severity;
	const char *says;     /* part of its sentence */
	const char *where;    /* "" any */
} FormCase;

#define ERR SEVERITY_ERROR
#define WARN SEVERITY_WARNING
#define REJ OUTCOME_REJECTED
#define ACC OUTCOME_ACCEPTED

static const FormCase form_cases[] = {
	{"as it should be", "project.title", 0, "数据中心间接蒸发冷却节能改造", RAW_TEXT, ACC, "", WARN, "", ""},
	{"missing", "contact.mobile", 0, NULL, RAW_TEXT, REJ, "contact.mobile", ERR, "尚未填写", "申报表!C"},
	{"mobile", "contact.mobile", 0, "1380013800", RAW_TEXT, REJ, "contact.mobile", ERR, "1380013800", "申报表!C"},
	{"mobile repaired", "contact.mobile", 0, "+86 138-0013-8000", RAW_TEXT, ACC, "contact.mobile", WARN, "13800138000", ""},
	{"mobile as number", "contact.mobile", 0, "13800138000", RAW_NUMBER, ACC, "", WARN, "", ""},
	{"code as float", "org.uscc", 0, "911000007109254000", RAW_NUMBER, REJ, "org.uscc", ERR, "丢失", ""},
	{"code with a false check", "org.uscc", 0, "91350203M0001QKT19", RAW_TEXT, ACC, "org.uscc", WARN, "校验码", ""},
	{"code too short", "org.uscc", 0, "91350203M0001", RAW_TEXT, REJ, "org.uscc", ERR, "13位", ""},
	{"an identity number", "org.uscc", 0, "11010519491231002X", RAW_TEXT, REJ, "org.uscc", ERR, "110105********", ""},
	{"choice typed over", "project.stage", 0, "规模化应用", RAW_TEXT, REJ, "project.stage", ERR, "规模应用", ""},
	{"no choice at all", "project.stage", 0, "不知道", RAW_TEXT, REJ, "project.stage", ERR, "方案设计", ""},
	{"too long by one", "project.keywords", 0,
	 "一二三四五六七八九十一二三四五六七八九十、一二三四五六七八九十一二三四五六七八九、一二三四五六七八九十一二三四五六七八九十", RAW_TEXT,
	 REJ, "project.keywords", ERR, "61", ""},
	{"too short", "content.summary", 0, "太短", RAW_TEXT, REJ, "content.summary", ERR, "2", ""},
	{"a number out of range", "project.investment", 0, "-1", RAW_TEXT, REJ, "project.investment", ERR, "", ""},
	{"about", "project.investment", 0, "约50", RAW_TEXT, REJ, "project.investment", ERR, "约50", ""},
	{"no date", "declare.date", 0, "2023年2月30日", RAW_TEXT, REJ, "declare.date", ERR, "2月30日", ""},
	{"a date too early", "declare.date", 0, "2013-03-05", RAW_TEXT, REJ, "declare.date", ERR, "2013-03-05", ""},
	{"an error cell", "project.place", 0, "#N/A", RAW_ERROR, REJ, "project.place", ERR, "#N/A", ""},
	{"a formula never counted", "project.investment", 0, "=A1", RAW_NO_RESULT, REJ, "project.investment", ERR, "公式", ""},
	{"a picture", "project.title", 0, "=DISPIMG()", RAW_PICTURE, REJ, "project.title", ERR, "图片", ""},
	{"a row without a name", "members.unit", 2, "某某大学", RAW_TEXT, REJ, "members.name", ERR, "第2行", ""},
	{"no row", "members.*", 1, NULL, RAW_TEXT, REJ, "members.name", ERR, "至少", ""},
	{"ends before it begins", "project.end", 0, "2020-01", RAW_TEXT, REJ, "project.start", ERR, "早于", ""},
	{"a plausible remark", "saving.co2", 0, "1", RAW_TEXT, ACC, "saving.co2", WARN, "", ""},
	{"registered abroad", "org.registered", 0, "国外", RAW_TEXT, OUTCOME_NOT_ELIGIBLE, "org.registered", ERR, "中国境内", ""},
	{"report needed by a choice", "saving.method", 0, "第三方核查或检测", RAW_TEXT, REJ, "report", ERR, "核查或检测报告", "附件"},
};

static void take_row(World *w, FormRead *f, size_t row) {
	for (size_t i = 0; i < f->value_n;)
		if (w->map->field[f->value[i].field].table >= 0 && f->value[i].row == row)
			f->value[i] = f->value[--f->value_n];
		else
			i++;
}

static void form_row(World *w, const FormCase *c) {
	FormRead *f = good_form(w, "T4");
	if (strcmp(c->key, "members.*") == 0)
		take_row(w, f, c->at);
	else
		put(w, f, c->key, c->at, c->text);
	for (size_t i = 0; i < f->value_n; i++)
		if (strcmp(w->map->field[f->value[i].field].key, c->key) == 0 && f->value[i].row == c->at)
			f->value[i].raw = c->raw;
	Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
	ROW_INT(c->row, v.form_n, 1);
	const FormVerdict *x = &v.form[0];
	const Problem *p = find_problem(x->problem, x->problem_n, c->field, c->severity);
	if (v.outcome != c->outcome || (*c->field && !p))
		show_problems(x->problem, x->problem_n);
	ROW_STR(c->row, outcome_name(v.outcome), outcome_name(c->outcome));
	if (!*c->field) {
		show_problems(x->problem, x->problem_n);
		ROW_INT(c->row, x->problem_n, 0);
		return;
	}
	ROW_TRUE(c->row, p != NULL);
	if (!strstr(p->sentence, c->says) || !strstr(p->where, c->where))
		fail_msg("row %s: %s: %s", c->row, p->where, p->sentence);
}

static void test_form(void **state) {
	(void)state;
	World *w = world_new();
	for (size_t i = 0; i < sizeof form_cases / sizeof *form_cases; i++)
		form_row(w, &form_cases[i]);
	world_end(w);
}

/* Every track's own examples make a form without a fault. */
static void test_examples(void **state) {
	(void)state;
	World *w = world_new();
	for (size_t i = 0; i < w->rules->track_n; i++) {
		const Track *t = &w->rules->track[i];
		FormVerdict v;
		Report *r = entry_mail(w, "li@example.cn", good_form(w, t->code));
		judge_form(w->judge, w->h->a, r, &r->form[0], &v);
		if (!v.valid)
			show_problems(v.problem, v.problem_n);
		ROW_TRUE(t->code, v.valid && v.track == t && v.outcome == ACC);
	}
	world_end(w);
}

/* What is no number is not told the range it is in already. */
static void test_what_is_wanted(void **state) {
	(void)state;
	static const struct {
		const char *row, *key, *text, *want;
	} rows[] = {
		{"no number", "project.investment", "3,50万", "请填写数字，单位为万元"},
		{"out of range", "project.investment", "-1", "应在0至10000000万元之间"},
		{"missing", "project.investment", NULL, "应在0至10000000万元之间"},
		{"no whole number", "dc.racks", "12.5", "请填写整数，单位为架"},
		{"no percentage", "dc.green", "较高", "请填写百分数，如25.6%"},
	};
	World *w = world_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FormRead *f = good_form(w, "T4");
		put(w, f, rows[i].key, 0, rows[i].text);
		Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
		const Problem *p = find_problem(v.form[0].problem, v.form[0].problem_n, rows[i].key, ERR);
		ROW_TRUE(rows[i].row, p != NULL);
		ROW_STR(rows[i].row, p->want, rows[i].want);
	}
	world_end(w);
}

/* A share that cannot be read, or is missing, is one fault: not another one, that the shares do not make a whole. */
static void test_sum_of_the_unread(void **state) {
	(void)state;
	static const struct {
		const char *row, *first, *second, *way;
		size_t errors;
		bool sum;
	} rows[] = {
		{"a whole", "60", "40", "其他", 0, false},
		{"no whole", "60", "30", "其他", 1, true},
		{"a share that is no number", "60", "四成多", "其他", 1, false},
		{"a share that is missing", "60", NULL, "其他", 1, false},
		{"something else is missing", "60", "30", NULL, 2, true},
	};
	World *w = world_new();
	TrackForm *t = &w->rules->track[4].form;
	Check *sum = NULL;
	for (size_t i = 0; i < t->check_n; i++)
		if (strstr(t->check[i].where, "sum(share)"))
			sum = &t->check[i];
	assert_non_null(sum);
	sum->where = "(select sum(share) from sources) = 100";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FormRead *f = good_form(w, "T5");
		put(w, f, "sources.way", 1, "自建自用");
		put(w, f, "sources.amount", 1, "1");
		put(w, f, "sources.share", 1, rows[i].first);
		put(w, f, "sources.share", 2, rows[i].second);
		put(w, f, "sources.way", 2, rows[i].way);
		put(w, f, "sources.amount", 2, "1");
		Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
		if (count_errors(&v.form[0]) != rows[i].errors)
			show_problems(v.form[0].problem, v.form[0].problem_n);
		ROW_INT(rows[i].row, count_errors(&v.form[0]), rows[i].errors);
		bool told = false;
		for (size_t k = 0; k < v.form[0].problem_n; k++)
			told |= strncmp(v.form[0].problem[k].sentence, sum->says, strlen(sum->says)) == 0;
		ROW_INT(rows[i].row, told, rows[i].sum);
	}
	world_end(w);
}

/* What failed between cells names each of them, and what they add up to. */
static void test_cells_of_a_check(void **state) {
	(void)state;
	static const struct {
		const char *where, *says;
		const char *blame[3];
		const char *want;
	} rows[] = {
		{"(select sum(share) from sources) = 100", "各项占比合计应为100%。", {"sources.share"},
		 "各项占比合计应为100%。涉及的单元格：“占用电总量比例”申报表!C（30%）、C（40%），合计70%。"},
		{"(select sum(share) from sources) = 100", "合计{{(select sum(share) from sources)}}%。", {"sources.share"},
		 "合计70%。涉及的单元格：“占用电总量比例”申报表!C（30%）、C（40%）。"},
		{"green.share_before + green.share between 90 and 110", "两项合计应为100%。", {"green.share_before", "green.share"},
		 "两项合计应为100%。涉及的单元格：“实施前绿色电力占比”申报表!C（8%）、“实施后绿色电力占比”C（45%），合计53%。"},
		{"green.share_before >= green.share", "前者不应小于后者。", {"green.share_before", "green.share"},
		 "前者不应小于后者。涉及的单元格：“实施前绿色电力占比”申报表!C（8%）、“实施后绿色电力占比”C（45%）。"},
		{"green.share_before > 50", "{{green.share_before}}%太少。", {"green.share_before"}, "8%太少。"},
	};
	World *w = world_new();
	TrackForm *t = &w->rules->track[4].form;
	Check *c = &t->check[t->check_n - 1];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FormRead *f = good_form(w, "T5");
		for (size_t row = 1; row <= 2; row++) {
			put(w, f, "sources.way", row, "自建自用");
			put(w, f, "sources.amount", row, "1");
			put(w, f, "sources.share", row, row == 1 ? "30" : "40");
		}
		const char *blamed[3] = {rows[i].blame[0], rows[i].blame[1]};
		size_t n = rows[i].blame[1] ? 2 : 1;
		*c = (Check){.id = "test", .where = rows[i].where, .says = rows[i].says, .blame = blamed, .blame_n = n, .at = ""};
		Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
		const Problem *p = find_problem(v.form[0].problem, v.form[0].problem_n, rows[i].blame[0], ERR);
		ROW_TRUE(rows[i].says, p != NULL);
		Buf bare = {0}; /* without the rows, which the sketch of a form counts its own way */
		for (const char *s = p->sentence; *s; s++) {
			buf_char(&bare, *s);
			if (*s == 'C')
				s += strspn(s + 1, "0123456789");
		}
		ROW_STR(rows[i].says, buf_cstr(&bare), rows[i].want);
		ROW_INT(rows[i].says, p->cell_n, strncmp(rows[i].blame[0], "sources", 7) == 0 ? 1 : n - 1);
		buf_free(&bare);
	}
	world_end(w);
}

/* However the reader met them, faults are told from the top of the form to its end. */
static void test_order(void **state) {
	(void)state;
	World *w = world_new();
	FormRead *f = good_form(w, "T4");
	put(w, f, "declare.truth", 0, NULL);
	put(w, f, "contact.mobile", 0, "1");
	put(w, f, "project.place", 0, NULL);
	put(w, f, "saving.method", 0, "第三方核查或检测");
	FormValue last = f->value[0];
	f->value[0] = f->value[f->value_n - 1];
	f->value[f->value_n - 1] = last;
	Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
	static const char *const want[] = {"project.place", "contact.mobile", "declare.truth", "report"};
	ROW_INT("all of them", v.form[0].problem_n, 4);
	for (size_t i = 0; i < 4; i++)
		ROW_STR("in order", v.form[0].problem[i].field, want[i]);
	world_end(w);
}

/* ---- mails without a form, and robots */

typedef struct {
	const char *row;
	const char *subject, *text;
	unsigned robot;
	unsigned replies;
	const char *part; /* name of a file, "" none */
	FileType type;
	unsigned flags;
	bool form, link;
	Outcome outcome;
	const char *reply; /* "" none */
	const char *near;
} MailCase;

#define NO_PART "", TYPE_UNKNOWN, 0
static const MailCase mail_cases[] = {
	/* robots */
	{"bounce by report", "系统退信", "", ROBOT_REPORT, 0, NO_PART, true, false, OUTCOME_BOUNCE, "", ""},
	{"bounce by subject", "系统退信", "抱歉", ROBOT_BOUNCE_SUBJECT | ROBOT_DAEMON, 0, NO_PART, false, false, OUTCOME_BOUNCE, "", ""},
	{"daemon and null path", "x", "y", ROBOT_DAEMON | ROBOT_NULL_PATH, 0, NO_PART, true, false, OUTCOME_BOUNCE, "", ""},
	{"a person answers a bounce", "系统退信", "请发申报表模板", ROBOT_BOUNCE_SUBJECT, 1, NO_PART, false, false, OUTCOME_REQUEST, "forms", ""},
	{"qq holiday", "自动回复:参赛", "我在休假", ROBOT_AUTO_HEADER, 0, NO_PART, false, false, OUTCOME_AUTO_REPLY, "", ""},
	{"automatic subject", "自动回复", "我在休假", ROBOT_AUTO_SUBJECT, 0, NO_PART, false, false, OUTCOME_AUTO_REPLY, "", ""},
	{"read receipt", "已读: 参赛", "", ROBOT_RECEIPT, 0, NO_PART, false, false, OUTCOME_AUTO_REPLY, "", ""},
	{"calendar answer", "接受: 路演", "", ROBOT_CALENDAR, 0, NO_PART, false, false, OUTCOME_AUTO_REPLY, "", ""},
	{"auto-submitted", "通知", "内容", ROBOT_AUTO_SUBMITTED, 0, NO_PART, false, false, OUTCOME_AUTO_REPLY, "", ""},
	{"auto-submitted with a form", "网站申报", "", ROBOT_AUTO_SUBMITTED, 0, NO_PART, true, false, OUTCOME_ACCEPTED, "receipt", ""},
	{"newsletter", "行业周报：报名", "内容", ROBOT_LIST, 0, NO_PART, false, false, OUTCOME_BULK, "", ""},
	{"bulk with a form", "申报", "", ROBOT_PRECEDENCE, 0, NO_PART, true, false, OUTCOME_ACCEPTED, "receipt", ""},
	/* a form wins */
	{"form under a keyword", "模板", "", 0, 0, NO_PART, true, false, OUTCOME_ACCEPTED, "receipt", ""},
	{"form under thanks", "谢谢", "收到，谢谢", 0, 1, NO_PART, true, false, OUTCOME_ACCEPTED, "receipt", ""},
	{"precheck", "预检", "", 0, 0, NO_PART, true, false, OUTCOME_PRECHECK, "precheck", ""},
	{"precheck in brackets", "【预检】某公司", "", 0, 0, NO_PART, true, false, OUTCOME_PRECHECK, "precheck", ""},
	{"precheck answered", "预检结果", "提交", 0, 1, NO_PART, true, false, OUTCOME_ACCEPTED, "receipt", ""},
	/* requests */
	{"forms", "索取模板", "", 0, 0, NO_PART, false, false, OUTCOME_REQUEST, "forms", ""},
	{"forms in the first line", "你好", "您好：\n请发一份申报表模板，谢谢。", 0, 0, NO_PART, false, false, OUTCOME_REQUEST, "forms", ""},
	{"wants to take part", "报名", "我们想参加", 0, 0, NO_PART, false, false, OUTCOME_REQUEST, "forms", ""},
	{"help", "帮助", "", 0, 0, NO_PART, false, false, OUTCOME_REQUEST, "help", ""},
	{"progress", "查询进度", "", 0, 0, NO_PART, false, false, OUTCOME_REQUEST, "progress", ""},
	{"change", "申请变更联系人", "联系人换成李四", 0, 0, NO_PART, false, false, OUTCOME_CHANGE, "change", ""},
	{"withdrawal in an answer", "申报已登记", "我单位申请撤回。", 0, 1, NO_PART, false, false, OUTCOME_CHANGE, "change", ""},
	{"thanks", "申报已登记", "收到，谢谢！", 0, 1, NO_PART, false, false, OUTCOME_NOTE, "", ""},
	{"thanks and a question", "申报已登记", "谢谢，请问什么时候出结果？", 0, 1, NO_PART, false, false, OUTCOME_UNRECOGNISED, "unrecognised", ""},
	{"asks whether it came", "申报", "是否收到我们的材料", 0, 0, NO_PART, false, false, OUTCOME_REQUEST, "progress", ""},
	{"something else", "合作", "我们销售服务器。", 0, 0, NO_PART, false, false, OUTCOME_UNRECOGNISED, "unrecognised", ""},
	/* near misses */
	{"empty mail", "", "", 0, 0, NO_PART, false, false, OUTCOME_REJECTED, "near_miss", "empty_mail"},
	{"forgot the file", "参赛申报材料", "请查收附件。", 0, 0, NO_PART, false, false, OUTCOME_REJECTED, "near_miss", "no_form"},
	{"only a link", "参赛申报", "从QQ邮箱发来的超大附件", 0, 0, NO_PART, false, true, OUTCOME_REJECTED, "near_miss", "link_only"},
	{"only a scan", "报名", "见附件", 0, 0, "申报表.pdf", TYPE_PDF, 0, false, false, OUTCOME_REJECTED, "near_miss", "scan_only"},
	{"only a photo", "", "", 0, 0, "IMG_1.jpg", TYPE_JPEG, 0, false, false, OUTCOME_REJECTED, "near_miss", "scan_only"},
	{"WPS's own kind", "申报", "", 0, 0, "申报表.et", TYPE_WPS_OLD, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"old Word", "申报", "", 0, 0, "申报表.doc", TYPE_DOC, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"password", "申报", "", 0, 0, "申报表.xlsx", TYPE_OLE_ENCRYPTED, PART_ENCRYPTED, false, false, OUTCOME_REJECTED, "near_miss", "encrypted"},
	{"Apple's own kind", "申报", "", 0, 0, "申报表.numbers", TYPE_ZIP, PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"archive with a password", "申报", "密码1234", 0, 0, "材料.zip", TYPE_ZIP, PART_ENCRYPTED | PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "archive_encrypted"},
	{"a piece of a split archive", "申报", "", 0, 0, "材料.zip.001", TYPE_ZIP, PART_DAMAGED | PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "split_archive"},
	{"its second piece", "申报", "", 0, 0, "材料.7z.002", TYPE_UNKNOWN, 0, false, false, OUTCOME_REJECTED, "near_miss", "split_archive"},
	{"a piece as WinRAR names it", "申报", "", 0, 0, "材料.part2.rar", TYPE_RAR, PART_DAMAGED | PART_ENCRYPTED | PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "split_archive"},
	{"a piece as WinZip names it", "申报", "", 0, 0, "材料.z01", TYPE_UNKNOWN, 0, false, false, OUTCOME_REJECTED, "near_miss", "split_archive"},
	{"locked or damaged", "申报", "", 0, 0, "材料.rar", TYPE_RAR, PART_DAMAGED | PART_ENCRYPTED | PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "unopenable"},
	{"a binary workbook", "申报", "", 0, 0, "申报表.xlsb", TYPE_XLSB, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"Numbers by its bytes", "申报", "", 0, 0, "申报表", TYPE_IWORK, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"a mail that Outlook saved", "申报", "", 0, 0, "申报.msg", TYPE_MSG, 0, false, false, OUTCOME_REJECTED, "near_miss", "mail_file"},
	{"fixed pages", "申报", "", 0, 0, "申报表.ofd", TYPE_OFD, 0, false, false, OUTCOME_REJECTED, "near_miss", "scan_only"},
	{"the file beside an open workbook", "申报", "", 0, 0, "~$申报表.xlsx", TYPE_UNKNOWN, PART_JUNK, false, false, OUTCOME_REJECTED, "near_miss", "lock_file"},
	{"a saved web page", "申报", "", 0, 0, "申报表.mht", TYPE_EML, PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"an archive of another kind", "申报", "", 0, 0, "申报表.xlsx.bz2", TYPE_UNKNOWN, 0, false, false, OUTCOME_REJECTED, "near_miss", "archive_kind"},
	{"a coding that is not read", "申报", "", 0, 0, "材料.zip", TYPE_ZIP, PART_UNSUPPORTED | PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "archive_kind"},
	{"bomb", "申报", "", 0, 0, "材料.zip", TYPE_ZIP, PART_TOO_LARGE | PART_CONTAINER, false, false, OUTCOME_REJECTED, "near_miss", "archive_too_large"},
	{"a workbook too large", "申报", "", 0, 0, "申报表.xlsx", TYPE_XLSX, PART_TOO_LARGE, false, false, OUTCOME_REJECTED, "near_miss", "form_too_large"},
	{"mails in mails", "申报", "", 0, 0, "转发.eml", TYPE_EML, PART_TOO_DEEP, false, false, OUTCOME_REJECTED, "near_miss", "too_deep"},
	{"archives in archives", "申报", "", 0, 0, "材料.zip", TYPE_ZIP, PART_TOO_DEEP, false, false, OUTCOME_REJECTED, "near_miss", "archive_too_large"},
	{"cut off", "申报", "", 0, 0, "申报表.xlsx", TYPE_XLSX, PART_DAMAGED, false, false, OUTCOME_REJECTED, "near_miss", "damaged"},
	{"no workbook at all", "申报", "", 0, 0, "申报表.xlsx", TYPE_UNKNOWN, 0, false, false, OUTCOME_REJECTED, "near_miss", "damaged"},
	{"a text called a workbook", "申报", "", 0, 0, "申报表.xlsx", TYPE_TEXT, 0, false, false, OUTCOME_REJECTED, "near_miss", "damaged"},
	{"a workbook saved as a web page", "申报", "", 0, 0, "申报表.htm", TYPE_HTML, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"a workbook saved as text", "申报", "", 0, 0, "申报表.csv", TYPE_TEXT, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"notes", "申报", "", 0, 0, "说明.txt", TYPE_TEXT, 0, false, false, OUTCOME_REJECTED, "near_miss", "no_form"},
	{"a web page called a workbook", "申报", "", 0, 0, "申报表.xls", TYPE_HTML, 0, false, false, OUTCOME_REJECTED, "near_miss", "unreadable_kind"},
	{"another workbook", "申报", "", 0, 0, "名单.xlsx", TYPE_XLSX, 0, false, false, OUTCOME_REJECTED, "near_miss", "no_form"},
	{"a logo is no file", "合作", "我们销售服务器。", 0, 0, "logo.png", TYPE_PNG, PART_RELATED, false, false, OUTCOME_UNRECOGNISED, "unrecognised", ""},
	{"precheck without a form", "预检", "", 0, 0, NO_PART, false, false, OUTCOME_REJECTED, "near_miss", "no_form"},
};

static void mail_row(World *w, const MailCase *c, size_t i) {
	Report *r = mail(w, "li@example.cn", c->subject, c->text);
	r->robot = c->robot;
	r->reply_prefixes = c->replies;
	if (*c->part)
		attach(w, r, c->part, c->type)->flags = c->flags;
	if (c->form) {
		FormRead *f = good_form(w, "T4");
		put(w, f, "project.title", 0, arena_fmt(w->h->a, "第%zu个项目节能改造", i));
		attach_form(w, r, "申报表.xlsx", f);
	}
	if (c->link) {
		r->link = arena_array(w->h->a, 1, sizeof *r->link);
		r->link[r->link_n++] = "https://mail.qq.com/";
	}
	Verdict v = judged(w, r, IN_TIME);
	ROW_STR(c->row, outcome_name(v.outcome), outcome_name(c->outcome));
	ROW_STR(c->row, v.reply ? v.reply : "", c->reply);
	ROW_STR(c->row, v.near, c->near);
	ROW_INT(c->row, v.suppress_reply, c->robot && c->form && c->outcome == ACC);
	ROW_TRUE(c->row, *v.detail);
	ROW_TRUE(c->row, v.outcome != REJ || v.problem_n > 0);
}

static void test_mail(void **state) {
	(void)state;
	World *w = world_new();
	for (size_t i = 0; i < sizeof mail_cases / sizeof *mail_cases; i++)
		mail_row(w, &mail_cases[i], i);
	world_end(w);
}

static void test_own(void **state) {
	(void)state;
	World *w = world_new();
	Report *r = entry_mail(w, w->rules->mail.robot.addr, good_form(w, "T4"));
	ROW_STR("own address", outcome_name(judged(w, r, IN_TIME).outcome), "loop");
	r = entry_mail(w, "li@example.cn", good_form(w, "T4"));
	r->own_mark = "xinlv-2023 receipt";
	Verdict v = judged(w, r, IN_TIME);
	ROW_STR("own mark", outcome_name(v.outcome), "loop");
	ROW_TRUE("own mark", !v.reply);
	r = mail(w, "li@example.cn", "索取赛项五模板", "");
	ROW_STR("a track asked for", judged(w, r, IN_TIME).asked->code, "T5");
	r = mail(w, "li@example.cn", "模板 t3", "");
	ROW_STR("by its code", judged(w, r, IN_TIME).asked->code, "T3");
	world_end(w);
}

/* ---- whose form */

typedef struct {
	const char *row, *made_for, *edition, *track, *file, *subject;
	bool names;
	Outcome outcome;
	const char *got; /* track, "" none */
	const char *near;
} RouteCase;

static const RouteCase route_cases[] = {
	{"identity", "T4", "xinlv-2023", "T4", "表.xlsx", "", true, ACC, "T4", ""},
	{"identity against the subject", "T4", "xinlv-2023", "T4", "表.xlsx", "赛项五", true, ACC, "T4", ""},
	{"own fields", "T5", "", "", "表.xlsx", "", false, ACC, "T5", ""},
	{"own fields against the subject", "T5", "", "", "表.xlsx", "T4", false, ACC, "T5", ""},
	{"identity against its fields", "T5", "xinlv-2023", "T4", "表.xlsx", "", true, REJ, "", "wrong_track"},
	{"a track that is not", "T5", "xinlv-2023", "T9", "表.xlsx", "", true, REJ, "", "wrong_track"},
	{"last year's", "T4", "xinlv-2022", "T4", "表.xlsx", "", true, REJ, "", "other_edition"},
	{"another contest's", "T4", "huazhang-2023", "T4", "表.xlsx", "", true, REJ, "", "other_contest"},
	{"without any mark, by file name", "", "", "", "T6 共建共享.xlsx", "", false, REJ, "T6", ""},
	{"without any mark, by subject", "", "", "", "表.xlsx", "申报赛项二", false, REJ, "T2", ""},
	{"without any mark", "", "", "", "表.xlsx", "申报", false, REJ, "", ""},
	{"two tracks in the name", "", "", "", "T1和T2.xlsx", "申报", false, REJ, "", ""},
};

static void route_row(World *w, const RouteCase *c) {
	FormRead *f = good_form(w, *c->made_for ? c->made_for : "T4");
	f->edition = c->edition;
	f->track = c->track;
	f->by_name = c->names;
	if (!*c->made_for) { /* only what all tracks share */
		size_t kept = 0, places = 0;
		for (size_t i = 0; i < f->value_n; i++)
			if (form_field(&w->rules->track[0].form, w->map->field[f->value[i].field].key))
				f->value[kept++] = f->value[i];
		for (size_t i = 0; i < f->place_n; i++)
			if (form_field(&w->rules->track[0].form, w->map->field[f->place[i].field].key))
				f->place[places++] = f->place[i];
		f->value_n = kept;
		f->place_n = places;
	}
	Report *r = mail(w, "li@example.cn", c->subject, "");
	attach_form(w, r, c->file, f);
	Verdict v = judged(w, r, IN_TIME);
	const FormVerdict *x = &v.form[0];
	if (v.outcome != c->outcome)
		show_problems(x->problem, x->problem_n);
	ROW_STR(c->row, outcome_name(v.outcome), outcome_name(c->outcome));
	ROW_STR(c->row, x->track ? x->track->code : "", c->got);
	ROW_STR(c->row, v.near, c->near);
	ROW_TRUE(c->row, v.outcome == ACC || count_errors(x) > 0);
	if (!x->track && !*v.near)
		ROW_TRUE(c->row, strstr(x->problem[0].sentence, "T7") != NULL);
	if (*x->role[ROLE_TITLE] == '\0')
		fail_msg("row %s: its title is not told", c->row);
}

static void test_route(void **state) {
	(void)state;
	World *w = world_new();
	for (size_t i = 0; i < sizeof route_cases / sizeof *route_cases; i++)
		route_row(w, &route_cases[i]);
	world_end(w);
}

/* ---- forms that are none */

/* An empty form of somebody else's: to fill it in would be in vain. */
static void test_empty_forms(void **state) {
	(void)state;
	static const struct {
		const char *edition, *near;
	} rows[] = {
		{"xinlv-2023", "empty_form"}, {"", "empty_form"}, {"xinlv-2022", "other_edition"}, {"huazhang-2023", "other_contest"},
	};
	World *w = world_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FormRead *f = blank_form(w, "T4");
		f->edition = rows[i].edition;
		Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
		ROW_STR(rows[i].edition, outcome_name(v.outcome), "rejected");
		ROW_STR(rows[i].edition, v.near, rows[i].near);
	}
	world_end(w);
}

static void test_other_forms(void **state) {
	(void)state;
	World *w = world_new();
	Verdict v = judged(w, entry_mail(w, "li@example.cn", blank_form(w, "T4")), IN_TIME);
	ROW_STR("blank", v.near, "empty_form");
	ROW_STR("blank", v.reply, "near_miss");
	ROW_INT("blank", v.form[0].problem_n, 1);

	FormRead *f = good_form(w, "T4");
	f->edition = f->track = "";
	f->by_name = false;
	f->title = "第八届互联网创新创业大赛报名表";
	v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
	ROW_STR("another contest's title", v.near, "other_contest");

	Report *r = entry_mail(w, "li@example.cn", good_form(w, "T4"));
	attach_form(w, r, "空白表.xlsx", blank_form(w, "T4"));
	v = judged(w, r, IN_TIME);
	ROW_INT("a blank one beside it", v.form_n, 1);
	ROW_STR("a blank one beside it", outcome_name(v.outcome), "accepted");

	/* A signature that looks like a little form. */
	r = mail(w, "li@example.cn", "索取模板", "请发模板");
	FormRead *body = blank_form(w, "T4");
	*body = (FormRead){.source = FORM_BODY, .part = -1, .edition = "", .track = "", .version = "", .token = "",
	                   .title = "", .value = body->value, .place = body->place};
	put(w, body, "org.name", 0, "某某公司");
	put(w, body, "contact.name", 0, "张三");
	put(w, body, "contact.mobile", 0, "13800138000");
	r->form[r->form_n++] = *body;
	ROW_STR("signature", judged(w, r, IN_TIME).reply, "forms");
	put(w, body, "project.title", 0, "某某节能改造");
	r = mail(w, "li@example.cn", "申报", "项目名称：某某节能改造");
	r->form[r->form_n++] = *body;
	ROW_STR("pasted", judged(w, r, IN_TIME).near, "body_pasted");

	/* A whole form in the body. */
	f = good_form(w, "T4");
	f->source = FORM_BODY;
	f->part = -1;
	f->edition = f->track = f->version = "";
	f->by_name = false;
	put(w, f, "contact.mobile", 0, "12345");
	r = mail(w, "li@example.cn", "申报", "项目名称：……");
	r->form[r->form_n++] = *f;
	v = judged(w, r, IN_TIME);
	ROW_STR("body", outcome_name(v.outcome), "rejected");
	const Problem *p = find_problem(v.form[0].problem, v.form[0].problem_n, "contact.mobile", ERR);
	ROW_TRUE("body", p != NULL);
	ROW_STR("body", p->where, "正文");
	ROW_INT("body", v.form[0].file_n, 0);
	world_end(w);
}

/* ---- the deadline */

typedef struct {
	const char *row, *at;
	Outcome outcome;
	bool early;
} TimeCase;

static void test_deadline(void **state) {
	(void)state;
	static const TimeCase rows[] = {
		{"a second before the opening", "2023-01-05T23:59:59+08:00", OUTCOME_LATE, true},
		{"the opening second", "2023-01-06T00:00:00+08:00", ACC, false},
		{"the closing second", "2023-03-31T23:59:59+08:00", ACC, false},
		{"a second after", "2023-04-01T00:00:00+08:00", OUTCOME_LATE, false},
	};
	World *w = world_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t at;
		assert_int_equal(when_parse(str_of(rows[i].at), false, &at), 0);
		Verdict v = judged(w, entry_mail(w, "li@example.cn", good_form(w, "T4")), at);
		ROW_STR(rows[i].row, outcome_name(v.outcome), outcome_name(rows[i].outcome));
		ROW_INT(rows[i].row, v.before_opening, rows[i].early);
		FormRead *f = good_form(w, "T4");
		put(w, f, "contact.mobile", 0, NULL);
		v = judged(w, entry_mail(w, "li@example.cn", f), at);
		ROW_STR(rows[i].row, outcome_name(v.outcome), rows[i].outcome == ACC ? "rejected" : "late");
		put(w, f, "org.registered", 0, "国外");
		v = judged(w, entry_mail(w, "li@example.cn", f), at);
		ROW_STR(rows[i].row, outcome_name(v.outcome), rows[i].outcome == ACC ? "not-eligible" : "late");
		ROW_TRUE(rows[i].row, count_errors(&v.form[0]) == 2);
	}
	world_end(w);
}

typedef struct {
	const char *row;
	const char *first;    /* when the faulty form arrived */
	int64_t sent;         /* seconds after it; -1 not yet */
	int thread;           /* 0 none, 1 In-Reply-To, 2 References */
	const char *from;
	const char *again;    /* when the mended form arrived */
	Outcome outcome;
} MendCase;

static void test_mending(void **state) {
	(void)state;
	static const MendCase rows[] = {
		{"answers the report", "2023-03-31T23:00:00+08:00", 600, 1, "b1@example.cn", "2023-04-03T23:10:00+08:00", ACC},
		{"a second too late", "2023-03-31T23:00:00+08:00", 600, 1, "b2@example.cn", "2023-04-03T23:10:01+08:00", OUTCOME_LATE},
		{"further down the thread", "2023-03-31T23:00:00+08:00", 600, 2, "b3@example.cn", "2023-04-02T00:00:00+08:00", ACC},
		{"same sender", "2023-03-31T23:00:00+08:00", 600, 0, "a4@example.cn", "2023-04-02T00:00:00+08:00", ACC},
		{"another sender", "2023-03-31T23:00:00+08:00", 600, 0, "b5@example.cn", "2023-04-02T00:00:00+08:00", OUTCOME_LATE},
		{"not sent yet", "2023-03-31T23:00:00+08:00", -1, 0, "a6@example.cn", "2023-04-30T00:00:00+08:00", ACC},
		{"the first was late itself", "2023-04-01T00:00:01+08:00", 600, 1, "a7@example.cn", "2023-04-01T01:00:00+08:00", OUTCOME_LATE},
		{"in time anyway", "2023-02-01T00:00:00+08:00", 600, 1, "a8@example.cn", "2023-03-31T23:59:59+08:00", ACC},
		{"long ago", "2023-02-01T00:00:00+08:00", 600, 1, "a9@example.cn", "2023-04-01T00:00:00+08:00", OUTCOME_LATE},
	};
	World *w = world_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const MendCase *c = &rows[i];
		int64_t first, again;
		assert_int_equal(when_parse(str_of(c->first), false, &first), 0);
		assert_int_equal(when_parse(str_of(c->again), false, &again), 0);
		FormRead *f = good_form(w, "T4");
		put(w, f, "project.title", 0, arena_fmt(w->h->a, "待修改的项目%zu", i));
		put(w, f, "contact.mobile", 0, NULL);
		Report *r = entry_mail(w, arena_fmt(w->h->a, "a%zu@example.cn", i + 1), f);
		Verdict v = judged(w, r, first);
		const char *id = keep(w, r, &v, first, c->sent < 0 ? WHEN_NONE : first + c->sent);
		put(w, f, "contact.mobile", 0, "13800138000");
		r = entry_mail(w, c->from, f);
		r->in_reply_to = c->thread == 1 ? id : "";
		r->references = c->thread == 2 ? arena_fmt(w->h->a, "first@x %s last@x", id) : "";
		v = judged(w, r, again);
		ROW_STR(c->row, outcome_name(v.outcome), outcome_name(c->outcome));
	}
	world_end(w);
}

/* The time to mend is one entry's: not that of whatever else its sender has. */
static void test_mends_the_same(void **state) {
	(void)state;
	static const struct {
		const char *row, *title, *org;
		Outcome outcome;
	} rows[] = {
		{"another entry", "另一个数据中心改造项目", "另一家数据有限公司", OUTCOME_LATE},
		{"its organisation corrected", "待修改的改造项目", "另一家数据有限公司", ACC},
		{"another title yet, after an entry", "又改了名称的改造项目", "绿源数据有限公司", OUTCOME_LATE},
		{"as it was", "第二个待修改的项目", "绿源数据有限公司", ACC},
	};
	World *w = world_new();
	int64_t first = 1680274800, again = 1680364800; /* 31 March 23:00; 2 April 00:00 */
	static const char *const title[] = {"待修改的改造项目", "第二个待修改的项目"};
	for (size_t i = 0; i < 2; i++) {
		FormRead *f = good_form(w, "T4");
		put(w, f, "project.title", 0, title[i]);
		put(w, f, "org.name", 0, "绿源数据有限公司");
		put(w, f, "contact.mobile", 0, NULL);
		Report *r = entry_mail(w, "mends@example.cn", f);
		Verdict v = judged(w, r, first);
		keep(w, r, &v, first, first + 600);
	}
	FormRead *f = good_form(w, "T4");
	put(w, f, "project.title", 0, "改过名称的改造项目");
	put(w, f, "org.name", 0, "绿源数据有限公司");
	Report *r = entry_mail(w, "mends@example.cn", f);
	Verdict v = judged(w, r, again);
	ROW_STR("the first of its organisation under another title", outcome_name(v.outcome), "accepted");
	keep(w, r, &v, again, again + 600);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		f = good_form(w, "T4");
		put(w, f, "project.title", 0, arena_fmt(w->h->a, "%s", rows[i].title));
		put(w, f, "project.place", 0, "天津市");
		put(w, f, "org.name", 0, rows[i].org);
		v = judged(w, entry_mail(w, "mends@example.cn", f), again + 3600);
		ROW_STR(rows[i].row, outcome_name(v.outcome), outcome_name(rows[i].outcome));
	}
	world_end(w);
}

/* Two windows: what comes between them missed the first, and may mend what came in it. */
static void test_two_windows(void **state) {
	(void)state;
	World *w = world_new();
	int64_t faulty = 1680274800, between = 1680364800, last_closes, first_closes; /* 31 March 23:00; 2 April 00:00 */
	Phase *again = &w->rules->phase[3];
	again->takes_entries = true;
	rules_entry_window(w->rules, &first_closes, &last_closes);
	first_closes = w->rules->phase[1].closes;
	ROW_TRUE("a gap", faulty < first_closes && between > first_closes && between < again->opens);
	Verdict v = judged(w, entry_mail(w, "early@example.cn", good_form(w, "T4")), w->rules->phase[1].opens - 1);
	ROW_TRUE("before both", v.outcome == OUTCOME_LATE && v.before_opening && v.closes == first_closes);
	v = judged(w, entry_mail(w, "gap@example.cn", good_form(w, "T4")), between);
	ROW_STR("between", outcome_name(v.outcome), "late");
	ROW_TRUE("between", !v.before_opening && v.closes == first_closes);
	v = judged(w, entry_mail(w, "gap@example.cn", good_form(w, "T4")), last_closes + 1);
	ROW_TRUE("after both", v.outcome == OUTCOME_LATE && v.closes == last_closes);
	v = judged(w, entry_mail(w, "gap@example.cn", good_form(w, "T4")), again->opens);
	ROW_STR("in the second", outcome_name(v.outcome), "accepted");
	FormRead *f = good_form(w, "T4");
	put(w, f, "contact.mobile", 0, NULL);
	Report *r = entry_mail(w, "mends@example.cn", f);
	v = judged(w, r, faulty);
	keep(w, r, &v, faulty, faulty + 600);
	v = judged(w, entry_mail(w, "mends@example.cn", good_form(w, "T4")), between);
	ROW_STR("mended between", outcome_name(v.outcome), "accepted");
	world_end(w);
}

/* ---- seen before */

static Report *titled_mail(World *w, const char *from, const char *title, const char *org, const char *place) {
	FormRead *f = good_form(w, "T4");
	put(w, f, "project.title", 0, title);
	put(w, f, "org.name", 0, org);
	put(w, f, "project.place", 0, place);
	return entry_mail(w, from, f);
}

static void test_duplicates(void **state) {
	(void)state;
	World *w = world_new();
	Report *first = titled_mail(w, "li@example.cn", "节能改造系统V1.0", "绿源数据有限公司", "北京市");
	Verdict v = judged(w, first, IN_TIME);
	ROW_STR("first", outcome_name(v.outcome), "accepted");
	keep(w, first, &v, IN_TIME, IN_TIME + 60);

	v = judged(w, first, IN_TIME + 100);
	ROW_STR("delivered again", outcome_name(v.outcome), "duplicate");
	ROW_TRUE("delivered again", v.redelivery);

	Report *r = titled_mail(w, "Li@Example.cn", "节能改造系统V1.0", "绿源数据有限公司", "北京市");
	v = judged(w, r, IN_TIME + 100);
	ROW_STR("the same form", outcome_name(v.outcome), "duplicate");
	ROW_TRUE("the same form", !v.redelivery && v.form[0].same_form && v.form[0].same_sender);
	ROW_STR("the same form", v.form[0].same_as, "T4-0001");
	ROW_STR("the same form", v.reply, "duplicate");

	v = judged(w, r, 1690000000);
	ROW_STR("the same form after the closing", outcome_name(v.outcome), "duplicate");

	r = titled_mail(w, "wang@example.cn", "节能改造系统V1.0", "绿源数据有限公司", "北京市");
	v = judged(w, r, IN_TIME + 100);
	ROW_STR("from another", outcome_name(v.outcome), "duplicate");
	ROW_TRUE("from another", v.form[0].same_form && !v.form[0].same_sender);

	r = titled_mail(w, "li@example.cn", "节能改造系统 v1.0", "绿源数据 有限公司", "上海市");
	v = judged(w, r, IN_TIME + 100);
	ROW_STR("other content", outcome_name(v.outcome), "duplicate");
	ROW_TRUE("other content", !v.form[0].same_form && v.form[0].same_sender);

	r = titled_mail(w, "li@example.cn", "节能改造系统V10", "绿源数据有限公司", "北京市");
	v = judged(w, r, IN_TIME + 100);
	ROW_STR("another version", outcome_name(v.outcome), "accepted");

	r = titled_mail(w, "li@example.cn", "节能改造系统V1.0", "绿源数据有限公司", "北京市");
	put(w, &r->form[0], "contact.mobile", 0, "1");
	v = judged(w, r, IN_TIME + 100);
	ROW_STR("with a fault", outcome_name(v.outcome), "rejected");
	world_end(w);
}

static void test_early_and_late_twins(void **state) {
	(void)state;
	World *w = world_new();
	int64_t early = 1672000000, late = 1690000000;
	Report *r = titled_mail(w, "li@example.cn", "来得太早的项目", "绿源数据有限公司", "北京市");
	Verdict v = judged(w, r, early);
	keep(w, r, &v, early, early + 60);
	r = titled_mail(w, "li@example.cn", "来得太早的项目", "绿源数据有限公司", "北京市");
	v = judged(w, r, IN_TIME);
	ROW_STR("early, then in time", outcome_name(v.outcome), "accepted");
	r = titled_mail(w, "li@example.cn", "来得太晚的项目", "绿源数据有限公司", "北京市");
	v = judged(w, r, late);
	ROW_STR("late", outcome_name(v.outcome), "late");
	keep(w, r, &v, late, late + 60);
	r = titled_mail(w, "li@example.cn", "来得太晚的项目", "绿源数据有限公司", "北京市");
	v = judged(w, r, late + 100);
	ROW_STR("late again", outcome_name(v.outcome), "duplicate");
	ROW_STR("late again", v.form[0].same_as, "");
	world_end(w);
}

/* ---- several forms */

static Report *two_forms(World *w, const char *title, const char *place) {
	FormRead *f = good_form(w, "T4"), *g = good_form(w, "T5");
	Report *r = mail(w, "li@example.cn", "两份申报", "");
	attach_form(w, r, "甲/表.xlsx", f);
	if (title) {
		g = good_form(w, "T4");
		put(w, g, "project.title", 0, title);
	}
	put(w, g, "project.place", 0, place);
	attach_form(w, r, "乙/表.xlsx", g);
	r->part[0].name = r->part[1].name = "表.xlsx";
	r->part[0].path = "甲";
	r->part[1].path = "乙";
	return r;
}

static void test_several(void **state) {
	(void)state;
	World *w = world_new();
	const char *title = form_field(&w->rules->track[3].form, "project.title")->example;
	const char *place = form_field(&w->rules->track[3].form, "project.place")->example;

	Verdict v = judged(w, two_forms(w, NULL, place), IN_TIME);
	ROW_STR("two tracks", v.reply, "several");
	ROW_INT("two tracks", v.form_n, 2);
	ROW_STR("two tracks", outcome_name(v.outcome), "accepted");
	ROW_STR("one project, two tracks", outcome_name(v.form[1].outcome), "duplicate");
	Report *r = two_forms(w, NULL, place);
	put(w, &r->form[1], "project.title", 0, "另一个节能改造项目");
	v = judged(w, r, IN_TIME);
	ROW_STR("two projects", outcome_name(v.form[1].outcome), "accepted");

	r = two_forms(w, title, place);
	v = judged(w, r, IN_TIME);
	ROW_INT("the same twice", v.form_n, 1);
	ROW_STR("the same twice", outcome_name(v.outcome), "accepted");
	ROW_INT("the same twice: both are filed", v.form[0].file_n, 2);
	ROW_INT("the same twice: told", v.problem_n, 1);

	v = judged(w, two_forms(w, title, "上海市"), IN_TIME);
	ROW_STR("they disagree", outcome_name(v.outcome), "rejected");
	ROW_STR("they disagree", v.near, "disagree");
	ROW_TRUE("they disagree", strstr(v.form[0].problem[0].sentence, "项目实施地点") != NULL);
	ROW_TRUE("they disagree", count_errors(&v.form[1]) == 1);

	r = two_forms(w, NULL, place);
	put(w, &r->form[1], "contact.mobile", 0, "1");
	v = judged(w, r, IN_TIME);
	ROW_STR("the best wins", outcome_name(v.outcome), "accepted");
	ROW_STR("the best wins", outcome_name(v.form[1].outcome), "rejected");
	world_end(w);
}

static void test_files(void **state) {
	(void)state;
	World *w = world_new();
	const char *place = form_field(&w->rules->track[3].form, "project.place")->example;
	Report *r = two_forms(w, NULL, place);
	put(w, &r->form[1], "evidence.file", 1, "储能照片.jpg");
	put(w, &r->form[1], "evidence.kind", 1, "其他");
	attach(w, r, "说明.pdf", TYPE_PDF)->path = "甲/附件";
	attach(w, r, "照片.jpg", TYPE_JPEG)->path = "乙";
	attach(w, r, "储能照片.jpg", TYPE_JPEG);
	attach(w, r, "不知.pdf", TYPE_PDF);
	attach(w, r, "._x", TYPE_UNKNOWN)->flags = PART_JUNK;
	FormRead *empty = good_form(w, "T4");
	empty->value_n = 0;
	attach_form(w, r, "空表.xlsx", empty);
	Verdict v = judged(w, r, IN_TIME);
	ROW_INT("by folder", v.form[0].file_n, 2);
	ROW_INT("by folder", v.form[0].file[1].part, 2);
	ROW_INT("by folder and list", v.form[1].file_n, 3);
	ROW_INT("by list", v.form[1].file[2].part, 4);
	ROW_TRUE("the form is its own file", v.form[1].file[0].is_form && v.form[1].file[0].part == 1);
	ROW_INT("one is nobody's", v.problem_n, 1);
	ROW_TRUE("one is nobody's", strstr(v.problem[0].sentence, "不知.pdf") != NULL);
	ROW_TRUE("an empty form is missed nowhere", strstr(v.problem[0].sentence, "空表") == NULL);

	/* One file that several forms name or want is for all of them; of two none is given on a guess. */
	static const struct {
		const char *row, *first, *second; /* names of the files */
		bool listed;
		size_t given, files, nobody;
	} shared[] = {
		{"one by its name", "核查报告.pdf", NULL, false, 1, 2, 0},
		{"one by both lists", "学生证.pdf", NULL, true, 1, 2, 0},
		{"one that nobody names or wants", "学生证.pdf", NULL, false, 0, 1, 1},
		{"two that could be meant", "核查报告甲.pdf", "核查报告乙.pdf", false, 0, 1, 2},
		{"one of two", "核查报告.pdf", "学生证.pdf", false, 1, 2, 1},
	};
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
		r = two_forms(w, NULL, place);
		for (size_t k = 0; k < 2; k++)
			put(w, &r->form[k], "evidence.file", 1, shared[i].listed ? shared[i].first : "别的.pdf");
		attach(w, r, shared[i].first, TYPE_PDF);
		if (shared[i].second)
			attach(w, r, shared[i].second, TYPE_PDF);
		r->part[0].path = r->part[1].path = "";
		v = judged(w, r, IN_TIME);
		ROW_INT(shared[i].row, v.form[0].file_n, shared[i].files);
		ROW_INT(shared[i].row, v.form[1].file_n, shared[i].files);
		ROW_INT(shared[i].row, v.problem_n, (shared[i].given > 0) + (shared[i].nobody > 0));
		if (shared[i].given)
			ROW_TRUE(shared[i].row, strstr(v.problem[0].sentence, "同时作为其中2份") != NULL);
	}

	/* What a file is for. */
	FormRead *f = good_form(w, "T4");
	put(w, f, "saving.method", 0, "第三方核查或检测");
	r = entry_mail(w, "li@example.cn", f);
	attach(w, r, "IMG_0001.jpg", TYPE_JPEG);
	v = judged(w, r, IN_TIME);
	ROW_STR("the only one that may serve", outcome_name(v.outcome), "accepted");
	ROW_STR("the only one that may serve", v.form[0].file[1].rule->key, "report");
	attach(w, r, "IMG_0002.jpg", TYPE_JPEG);
	v = judged(w, r, IN_TIME);
	ROW_STR("two that may", outcome_name(v.outcome), "rejected");
	attach(w, r, "节能检测报告.jpg", TYPE_JPEG)->bytes = 30 << 20;
	v = judged(w, r, IN_TIME);
	const Problem *p = find_problem(v.form[0].problem, v.form[0].problem_n, "report", ERR);
	ROW_TRUE("too large", p && strstr(p->sentence, "30 MB") && strcmp(p->where, "节能检测报告.jpg") == 0);
	r->part[3].bytes = 1000;
	r->part[3].type = TYPE_DOC;
	v = judged(w, r, IN_TIME);
	p = find_problem(v.form[0].problem, v.form[0].problem_n, "report", ERR);
	ROW_TRUE("another kind", p && strstr(p->sentence, "旧版Word"));
	r = entry_mail(w, "li@example.cn", good_form(w, "T4"));
	attach(w, r, "专利证书.doc", TYPE_DOC);
	v = judged(w, r, IN_TIME);
	p = find_problem(v.form[0].problem, v.form[0].problem_n, "certificates", WARN);
	ROW_TRUE("another kind of what need not be sent", p && strstr(p->sentence, "旧版Word"));
	ROW_STR("another kind of what need not be sent", outcome_name(v.outcome), "accepted");
	attach(w, r, "专利证书.pdf", TYPE_PDF);
	v = judged(w, r, IN_TIME);
	ROW_TRUE("beside the right kind", !find_problem(v.form[0].problem, v.form[0].problem_n, "certificates", WARN));
	world_end(w);
}

/* What people write where there is nothing to say. */
static void test_nothing_to_say(void **state) {
	(void)state;
	static const struct {
		const char *row, *key;
		size_t at;
		const char *text;
		bool fault;
	} rows[] = {
		{"an optional telephone", "contact.phone", 0, "无", false},
		{"a dash", "contact.postcode", 0, "——", false},
		{"a stroke", "contact.postcode", 0, "/", false},
		{"n/a", "contact2.mail", 0, "N/A", false},
		{"too short for a text, but meant so", "org.host", 0, "无", false},
		{"where it must be filled", "contact.mobile", 0, "无", true},
		{"where it must be filled here", "org.uscc", 0, "无", true},
		{"anything else", "contact.phone", 0, "无线", true},
	};
	World *w = world_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		FormRead *f = good_form(w, "T4");
		put(w, f, rows[i].key, rows[i].at, rows[i].text);
		Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
		ROW_STR(rows[i].row, outcome_name(v.outcome), rows[i].fault ? "rejected" : "accepted");
		ROW_TRUE(rows[i].row, !rows[i].fault == !find_problem(v.form[0].problem, v.form[0].problem_n, rows[i].key, ERR));
	}
	FormRead *f = good_form(w, "T4");
	put(w, f, "joint.name", 1, "无");
	put(w, f, "joint.uscc", 1, "/");
	put(w, f, "joint.kind", 1, "无");
	put(w, f, "joint.work", 1, "无");
	Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
	ROW_STR("a row of nothing", outcome_name(v.outcome), "accepted");
	put(w, f, "joint.name", 1, "某某大学");
	v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
	ROW_STR("a row of little", outcome_name(v.outcome), "rejected");
	world_end(w);
}

/* ---- what comes later to an entry */

static void test_supplement(void **state) {
	(void)state;
	World *w = world_new();
	Report *r = entry_mail(w, "li@example.cn", good_form(w, "T4"));
	Verdict v = judged(w, r, IN_TIME);
	const char *id = keep(w, r, &v, IN_TIME, IN_TIME + 10);
	static const struct {
		const char *row, *from, *subject;
		bool thread;
		int64_t at;
		const char *outcome, *number;
	} rows[] = {
		{"answers the receipt", "li@example.cn", "补充", true, IN_TIME + 100, "supplement", "T4-0001"},
		{"names the number", "li@example.cn", "ｔ4-0001 补充材料", false, IN_TIME + 100, "supplement", "T4-0001"},
		{"the contact does", "zhangsan@example.cn", "T4-0001", false, IN_TIME + 100, "supplement", "T4-0001"},
		{"a stranger does", "eve@example.cn", "T4-0001", false, IN_TIME + 100, "unrecognised", ""},
		{"after the closing", "li@example.cn", "T4-0001", true, 1690000000, "late", "T4-0001"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		r = mail(w, rows[i].from, rows[i].subject, "");
		r->in_reply_to = rows[i].thread ? id : "";
		attach(w, r, "检测报告.pdf", TYPE_PDF);
		v = judged(w, r, rows[i].at);
		ROW_STR(rows[i].row, outcome_name(v.outcome), rows[i].outcome);
		ROW_STR(rows[i].row, v.number, rows[i].number);
	}
	r = mail(w, "li@example.cn", "T4-0001", "收到，谢谢");
	r->reply_prefixes = 1;
	v = judged(w, r, IN_TIME);
	ROW_STR("thanks at the entry", outcome_name(v.outcome), "note");
	ROW_STR("thanks at the entry", v.number, "T4-0001");
	world_end(w);
}

/* ---- whatever is broken, there is a reason */

static void break_form(World *w, FormRead *f, uint64_t *s) {
	static const char *const junk[] = {"", " ", "无", "/", "９９９", "-1", "2023年13月", "#REF!", "约50万", "是是是",
	                                   "𠮷", "a@b", "11010519491231002X", "1e999", "☑", "\n\n", "{{label}}"};
	for (size_t n = random_next(s) % 12; n > 0 && f->value_n; n--) {
		FormValue *v = &f->value[random_next(s) % f->value_n];
		switch (random_next(s) % 5) {
		case 0:
			*v = f->value[--f->value_n];
			break;
		case 1:
			v->raw = (RawKind)(random_next(s) % 7);
			break;
		case 2:
			v->row = random_next(s) % 40;
			break;
		case 3:
			v->field = random_next(s) % (w->map->field_n + 5);
			break;
		default:
			v->text = junk[random_next(s) % (sizeof junk / sizeof *junk)];
		}
	}
	if (random_next(s) % 8 == 0)
		f->track = "";
	if (random_next(s) % 20 == 0)
		f->edition = "xinlv-2021";
	if (random_next(s) % 9 == 0)
		f->source = (FormSource)(random_next(s) % 4);
}

static void test_never_without_a_reason(void **state) {
	(void)state;
	World *w = world_new();
	uint64_t s = 20230331;
	size_t accepted = 0, all = 1500;
	for (size_t i = 0; i < all; i++) {
		char row[32];
		snprintf(row, sizeof row, "%zu", i);
		FormRead *f = good_form(w, w->rules->track[i % w->rules->track_n].code);
		break_form(w, f, &s);
		Verdict v = judged(w, entry_mail(w, "li@example.cn", f), IN_TIME);
		accepted += v.outcome == ACC;
		ROW_TRUE(row, v.outcome == ACC || v.outcome == REJ || v.outcome == OUTCOME_NOT_ELIGIBLE);
		const FormVerdict *x = &v.form[0];
		ROW_INT(row, count_errors(x) > 0, v.outcome != ACC);
		for (size_t k = 0; k < x->problem_n; k++) {
			const Problem *p = &x->problem[k];
			ROW_TRUE(row, *p->sentence && *p->where && text_valid(str_of(p->sentence)));
			if (strstr(p->sentence, "}}") && !strstr(p->found, "{{"))
				fail_msg("row %s: %s", row, p->sentence);
		}
	}
	assert_true(accepted > 50 && accepted < all);
	world_end(w);
}

/* ---- another contest */

static void test_children(void **state) {
	(void)state;
	World *w = world_of("tests/contests/poem", true);
	const Track *t = &w->rules->track[0];
	int64_t at = t ? w->rules->phase[0].opens + 3600 : 0;
	FormRead *f = good_form(w, t->code);
	Report *r = entry_mail(w, "lin@example.net", f);
	for (size_t i = 0; i < t->form.file_n; i++)
		attach(w, r, t->form.file[i].label, type_of_name(t->form.file[i].format[0]));
	Verdict v = judged(w, r, at);
	if (v.outcome != ACC)
		show_problems(v.form[0].problem, v.form[0].problem_n);
	ROW_STR("good", outcome_name(v.outcome), "accepted");
	put(w, f, "child.birth_year", 0, "1999");
	v = judged(w, entry_mail(w, "lin@example.net", f), at);
	ROW_STR("too old", outcome_name(v.outcome), "not-eligible");
	world_end(w);
	assert_int_equal(when_zone("Asia/Shanghai", &e), 0);
}

static void test_without_store(void **state) {
	(void)state;
	World *w = world_new();
	Judge *j = judge_new(w->rules, w->map, NULL, &e);
	Verdict v;
	GOOD(judge_mail(j, w->h->a, entry_mail(w, "li@example.cn", good_form(w, "T4")), IN_TIME, &v, &e));
	ROW_STR("no store", outcome_name(v.outcome), "accepted");
	GOOD(judge_mail(j, w->h->a, entry_mail(w, "li@example.cn", good_form(w, "T4")), 1690000000, &v, &e));
	ROW_STR("no store, late", outcome_name(v.outcome), "late");
	judge_free(j);
	world_end(w);
}

static Past past(void *ctx, size_t form, const char *track) {
	const Past *was = ctx;
	return strcmp(track, "T4") == 0 ? was[form] : PAST_UNKNOWN;
}

/* While the journal is replayed, what became of a form then counts. */
static void test_as_it_was(void **state) {
	(void)state;
	static const struct {
		const char *name;
		int64_t at;
		bool faulty;
		Past was;
		const char *outcome, *reply;
		bool other;
	} row[] = {
		{"good, nobody knows", IN_TIME, false, PAST_UNKNOWN, "accepted", "receipt", false},
		{"good, an entry", IN_TIME, false, PAST_ENTRY, "accepted", "receipt", false},
		{"good, no entry", IN_TIME, false, PAST_NO_ENTRY, "rejected", NULL, true},
		{"faulty, nobody knows", IN_TIME, true, PAST_UNKNOWN, "rejected", "faults", false},
		{"faulty, an entry", IN_TIME, true, PAST_ENTRY, "accepted", "receipt", true},
		{"faulty, no entry", IN_TIME, true, PAST_NO_ENTRY, "rejected", "faults", false},
		{"late, an entry", 1690000000, false, PAST_ENTRY, "accepted", "receipt", true},
		{"late, no entry", 1690000000, false, PAST_NO_ENTRY, "late", "late", false},
	};
	World *w = world_new();
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		Judge *j = judge_new(w->rules, w->map, NULL, &e);
		FormRead *f = good_form(w, "T4");
		Past was[] = {row[i].was};
		Verdict v;
		if (row[i].faulty)
			put(w, f, "project.title", 0, "");
		judge_recall(j, past, was);
		GOOD(judge_mail(j, w->h->a, entry_mail(w, "li@example.cn", f), row[i].at, &v, &e));
		ROW_STR(row[i].name, outcome_name(v.outcome), row[i].outcome);
		ROW_STR(row[i].name, v.reply ? v.reply : "none", row[i].reply ? row[i].reply : "none");
		ROW_INT(row[i].name, v.form->as_it_was, row[i].other);
		judge_free(j);
	}
	world_end(w);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_cells_of_a_check), cmocka_unit_test(test_order),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_route),
		cmocka_unit_test(test_other_forms),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_mending),
		cmocka_unit_test(test_mends_the_same),
		cmocka_unit_test(test_two_windows),
		cmocka_unit_test(test_sum_of_the_unread),
		cmocka_unit_test(test_empty_forms),
		cmocka_unit_test(test_what_is_wanted),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_early_and_late_twins),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_nothing_to_say), cmocka_unit_test(test_supplement),
		cmocka_unit_test(test_never_without_a_reason),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_without_store), cmocka_unit_test(test_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
