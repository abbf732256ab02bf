/* Report and FormMap as records: what goes in comes out, and nothing else does. */
#include "row.h"

#include "base/text.h"
#include "base/when.h"
#include "reader/formmap.h"
#include "reader/report.h"
#include "reader/wire.h"

static Part a_part(const char *name, int parent) {
	return (Part){.name = name, .path = "", .parent = parent, .type = TYPE_XLSX, .bytes = 7,
	              .spill = -1, .form = -1};
}

/* A report with something in every place. */
static Report a_report(Arena *a) {
	static const char *link[] = {"https://pan.baidu.com/s/1", "https://docs.qq.com/x"};
	static MailAddr to[] = {{"组委会", "entries@example.org"}, {"", "b@example.org"}};
	Report r = {
		.kind = REPORT_MAIL, .from = {"张三", "zhang@example.cn"}, .sender = {"", "s@x.cn"},
		.reply_to = {"李四", ""}, .return_path = "p@x.cn", .to = to, .to_n = 2,
		.subject = "回复：报名", .subject_bare = "报名", .reply_prefixes = 1,
		.forward_prefixes = 2, .message_id = "m@x", .in_reply_to = "i@x",
		.references = "a@x b@x", .date = 1675000000, .received = WHEN_NONE,
		.mailer = "Foxmail 7", .auth_results = "mx; dkim=pass\nmx; spf=pass",
		.robot = ROBOT_LIST | ROBOT_BOUNCE_BODY, .own_mark = "digest", .bounce_of = "o@x",
		.bounce_to = "t@x", .bounce_status = "5.1.1", .bounce_text = "没有此用户", .calendar_uid = "", .calendar_answer = "",
		.text = "您好\n附件", .text_whole = "您好\n附件\n> 旧", .link = link, .link_n = 2,
		.inner_from = {"", "inner@x"}, .inner_received = 5, .part_n = 3, .form_n = 1,
		.sheet_n = 1, .parts_cut = true,
	};
	r.part = arena_array(a, 3, sizeof *r.part);
	r.part[0] = a_part("材料.zip", -1);
	r.part[0].type = TYPE_ZIP;
	r.part[0].flags = PART_CONTAINER | PART_UNSUPPORTED;
	r.part[1] = a_part("T4 申报表.xlsx", 0);
	r.part[1].form = 0;
	r.part[1].path = "材料/终稿";
	r.part[1].spill = 3;
	r.part[1].sha256.b[31] = 9;
	r.part[2] = a_part("", 1);
	r.form = arena_array(a, 1, sizeof *r.form);
	FormRead *f = r.form;
	*f = (FormRead){.source = FORM_DOCX, .part = 1, .edition = "xinlv-2023", .track = "T4",
	                .version = "1", .token = "abc", .by_name = true, .labels = 41,
	                .title = "参赛项目申报表", .value_n = 2, .place_n = 1, .too_large = true};
	f->value = arena_array(a, 2, sizeof *f->value);
	f->value[0] = (FormValue){.field = 3, .text = "绿色\n项目", .sheet = "申报表", .cell = "C7"};
	f->value[1] = (FormValue){.field = 4999, .row = 500, .text = "0.256", .raw = RAW_NUMBER,
	                          .percent = true, .sheet = "", .cell = "1.2.4"};
	f->place = arena_array(a, 1, sizeof *f->place);
	f->place[0].field = 3;
	f->place[0].sheet = "申报表";
	f->place[0].cell = "C7";
	r.decision = arena_array(a, 1, sizeof *r.decision);
	r.decision_n = 1;
	r.decision[0] = (DecisionBook){.part = 1, .edition = "xinlv-2023", .made = "2023-04-01", .row_n = 1, .open = 7,
	                               .cut = true};
	r.decision[0].row = arena_array(a, 1, sizeof *r.decision[0].row);
	OpenCell *open = arena_array(a, 2, sizeof *open);
	open[0] = (OpenCell){"创新性", "8.5", "C7"};
	open[1] = (OpenCell){"备注", "", "C7"};
	r.decision[0].row[0] = (DecisionRow){"read:office::ab:0:cd", "已处理", "一\n二", "待人工阅读", "J3", open, 2};
	r.sheet = arena_array(a, 1, sizeof *r.sheet);
	r.sheet[0] = (SheetRead){.name = "_隐藏", .hidden = true, .cell_n = 1};
	r.sheet[0].cell = arena_array(a, 1, sizeof *r.sheet[0].cell);
	r.sheet[0].cell[0].cell = "A1";
	r.sheet[0].cell[0].text = "TRUE";
	return r;
}

static int read_back(const Buf *b, Arena *a, Report *out) {
	RecIn in = {b->p, b->n, false};
	return report_get(&in, a, out) || in.n ? -1 : 0;
}

static void test_round_trip(void **state) {
	(void)state;
	Arena *a = arena_new();
	Report r = a_report(a), back;
	Buf one = {0}, two = {0};
	report_put(&one, &r);
	assert_int_equal(read_back(&one, a, &back), 0);
	report_put(&two, &back);
	assert_int_equal(one.n, two.n);
	assert_memory_equal(one.p, two.p, one.n);
	assert_string_equal(back.part[1].path, "材料/终稿");
	assert_int_equal(back.part[1].sha256.b[31], 9);
	assert_int_equal(back.part[2].parent, 1);
	assert_int_equal(back.part[0].form, -1);
	assert_int_equal(back.received, WHEN_NONE);
	assert_int_equal(back.form[0].value[1].row, 500);
	assert_string_equal(back.decision[0].row[0].reason, "一\n二");
	assert_int_equal(back.decision[0].open, 7);
	assert_int_equal(back.decision[0].row[0].open_n, 2);
	assert_string_equal(back.decision[0].row[0].open[0].heading, "创新性");
	assert_string_equal(back.decision[0].row[0].open[0].value, "8.5");
	assert_string_equal(back.decision[0].row[0].open[1].value, "");
	assert_string_equal(back.auth_results, "mx; dkim=pass\nmx; spf=pass");
	buf_free(&one);
	buf_free(&two);
	arena_free(a);
}

/* Nothing but zeros and NULL texts: what a reader that found nothing sends. */
static void test_empty(void **state) {
	(void)state;
	Arena *a = arena_new();
	Report r = {0}, back;
	Buf b = {0};
	report_put(&b, &r);
	assert_int_equal(read_back(&b, a, &back), 0);
	assert_string_equal(back.subject, "");
	assert_string_equal(back.inner_from.addr, "");
	assert_int_equal(back.part_n, 0);
	buf_free(&b);
	arena_free(a);
}

static void test_truncated(void **state) {
	(void)state;
	Arena *a = arena_new();
	Report r = a_report(a), back;
	Buf b = {0};
	report_put(&b, &r);
	for (size_t n = 0; n < b.n; n++) {
		Buf cut = {b.p, n, 0};
		Arena *own = arena_new();
		if (read_back(&cut, own, &back) == 0)
			fail_msg("a record cut to %zu of %zu bytes was read", n, b.n);
		arena_free(own);
	}
	rec_put_num(&b, 0);
	assert_int_equal(read_back(&b, a, &back), -1); /* and one that is too long */
	buf_free(&b);
	arena_free(a);
}

/* Each puts one wrong thing into the whole report. */
static void wrong_kind(Report *r) { r->kind = (ReportKind)(REPORT_OTHER + 1); }
static void wrong_type(Report *r) { r->part[1].type = TYPE_COUNT; }
static void wrong_parent_self(Report *r) { r->part[1].parent = 1; }
static void wrong_parent_later(Report *r) { r->part[0].parent = 2; }
static void wrong_parent_negative(Report *r) { r->part[1].parent = -2; }
static void wrong_form(Report *r) { r->part[1].form = 1; }
static void wrong_spill(Report *r) { r->part[1].spill = WIRE_MAX_SPILLS; }
static void wrong_spill_negative(Report *r) { r->part[1].spill = -2; }
static void wrong_flags(Report *r) { r->part[1].flags = PART_PICTURES << 1; }
static void wrong_bytes(Report *r) { r->part[1].bytes = UINT64_MAX; }
static void wrong_robot(Report *r) { r->robot = ROBOT_SUPPRESS << 1; }
static void wrong_prefixes(Report *r) { r->reply_prefixes = UINT32_MAX; }
static void wrong_source(Report *r) { r->form[0].source = (FormSource)(FORM_BODY + 1); }
static void wrong_part(Report *r) { r->form[0].part = 3; }
static void wrong_field(Report *r) { r->form[0].value[0].field = FORMMAP_MAX_FIELDS; }
static void wrong_raw(Report *r) { r->form[0].value[0].raw = (RawKind)(RAW_PICTURE + 1); }
static void wrong_row(Report *r) { r->form[0].value[0].row = SIZE_MAX; }
static void wrong_place(Report *r) { r->form[0].place[0].field = FORMMAP_MAX_FIELDS; }
static void wrong_book(Report *r) { r->decision[0].part = 3; }
static void wrong_open(Report *r) { r->decision[0].open = SIZE_MAX; }
static void wrong_labels(Report *r) { r->form[0].labels = SIZE_MAX; }

static void test_wrong(void **state) {
	static const struct {
		const char *name;
		void (*spoil)(Report *r);
	} rows[] = {
		{"kind", wrong_kind}, {"type", wrong_type}, {"own parent", wrong_parent_self},
		{"parent that comes later", wrong_parent_later}, {"parent -2", wrong_parent_negative},
		{"form of a part", wrong_form}, {"spill", wrong_spill},
		{"spill -2", wrong_spill_negative}, {"part flags", wrong_flags},
		{"bytes", wrong_bytes}, {"robot flags", wrong_robot}, {"prefixes", wrong_prefixes},
		{"source", wrong_source}, {"part of a form", wrong_part}, {"field", wrong_field},
		{"raw", wrong_raw}, {"row", wrong_row}, {"place", wrong_place},
		{"labels", wrong_labels}, {"part of a book", wrong_book}, {"open rows", wrong_open},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Report r = a_report(a), back;
		Buf b = {0};
		rows[i].spoil(&r);
		report_put(&b, &r);
		ROW_INT(rows[i].name, read_back(&b, a, &back), -1);
		buf_free(&b);
		arena_free(a);
	}
}

/* Texts that a hostile reader sends: one line stays one line, all is UTF-8. */
static void test_texts_cleaned(void **state) {
	(void)state;
	Arena *a = arena_new();
	Report r = a_report(a), back;
	Buf b = {0};
	r.subject = "a\r\nBcc: x@y";
	r.from.addr = "a@b\nc";
	r.part[0].name = "x\ny\xff";
	r.text = "one\ntwo\xff";
	r.date = INT64_MAX;
	report_put(&b, &r);
	assert_int_equal(read_back(&b, a, &back), 0);
	assert_null(strpbrk(back.subject, "\r\n"));
	assert_null(strpbrk(back.from.addr, "\r\n"));
	assert_null(strpbrk(back.part[0].name, "\r\n"));
	assert_true(text_valid(str_of(back.part[0].name)));
	assert_string_equal(back.text, "one\ntwo\xEF\xBF\xBD");
	assert_int_equal(back.date, WHEN_NONE);
	buf_free(&b);
	arena_free(a);
}

static void assert_sound(const Report *r) {
	assert_true(r->kind <= REPORT_OTHER);
	assert_true(text_valid(str_of(r->subject)) && text_valid(str_of(r->text_whole)));
	for (size_t i = 0; i < r->part_n; i++) {
		const Part *p = &r->part[i];
		assert_true(p->type < TYPE_COUNT && p->parent >= -1 && p->parent < (int)i);
		assert_true(p->form >= -1 && p->form < (int)r->form_n && p->spill >= -1);
		assert_true(text_valid(str_of(p->name)) && text_valid(str_of(p->path)));
	}
	for (size_t i = 0; i < r->form_n; i++) {
		const FormRead *f = &r->form[i];
		assert_true(f->part >= -1 && f->part < (int)r->part_n);
		for (size_t k = 0; k < f->value_n; k++)
			assert_true(f->value[k].field < FORMMAP_MAX_FIELDS &&
			            f->value[k].raw <= RAW_PICTURE &&
			            text_valid(str_of(f->value[k].text)));
	}
	for (size_t i = 0; i < r->sheet_n; i++)
		for (size_t k = 0; k < r->sheet[i].cell_n; k++)
			assert_true(text_valid(str_of(r->sheet[i].cell[k].text)));
}

static void test_mutated(void **state) {
	(void)state;
	Arena *a = arena_new();
	Report r = a_report(a), back;
	Buf b = {0};
	uint64_t seed = 20230331;
	size_t read = 0;
	report_put(&b, &r);
	for (int i = 0; i < 30000; i++) {
		Arena *own = arena_new();
		char *copy = arena_copy(own, b.p, b.n);
		for (uint64_t k = random_next(&seed) % 3 + 1; k; k--)
			copy[random_next(&seed) % b.n] = (char)(random_next(&seed) >> 24);
		Buf changed = {copy, b.n, 0};
		if (read_back(&changed, own, &back) == 0) {
			read++;
			assert_sound(&back);
		}
		arena_free(own);
	}
	assert_in_range(read, 1000, 29000); /* both ways must have been gone */
	buf_free(&b);
	arena_free(a);
}

static void test_types(void **state) {
	(void)state;
	for (FileType t = TYPE_UNKNOWN; t < TYPE_COUNT; t++) {
		assert_non_null(type_name(t));
		assert_non_null(strchr(type_media(t), '/'));
		ROW_INT(type_name(t), type_of_name(type_name(t)), t);
	}
	static const struct {
		const char *name;
		FileType want;
	} rows[] = {
		{"XLSX", TYPE_XLSX}, {"jpeg", TYPE_JPEG}, {"tif", TYPE_TIFF}, {"et", TYPE_WPS_OLD},
		{"", TYPE_UNKNOWN},  {"exe", TYPE_UNKNOWN}, {"pdf ", TYPE_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT(rows[i].name, type_of_name(rows[i].name), rows[i].want);
	assert_string_equal(type_name(TYPE_COUNT), "unknown");
	assert_string_equal(type_media((FileType)-1), "application/octet-stream");
}

/* The map of a contest of two tracks that share a field. */
static void test_formmap(void **state) {
	(void)state;
	Arena *a = arena_new();
	static const char *alias[] = {"案例名称"}, *other[] = {"课题 名称", "项目名称："};
	static Table members = {.key = "members", .label = "项目团队 成员"};
	static Field one[] = {
		{.key = "project.title", .label = "项目名称", .alias = alias, .alias_n = 1},
		{.key = "members.name", .label = "姓名", .table = &members},
	};
	static Field two[] = {
		{.key = "dc.pue", .label = "PUE（改造前）", .kind = KIND_LONGTEXT},
		{.key = "project.title", .label = "项目名称", .alias = other, .alias_n = 2},
	};
	static Track track[] = {
		{.code = "T1", .form = {.field = one, .field_n = 2}},
		{.code = "T4", .form = {.field = two, .field_n = 2}},
	};
	Rules rules = {.edition = "test-2023", .track = track, .track_n = 2};
	FormMap *m = formmap_make(&rules, a), back;
	assert_int_equal(m->field_n, 3);
	assert_string_equal(m->field[1].name, "x_members_name");
	assert_int_equal(formmap_find(m, "dc.pue"), 2);
	assert_int_equal(formmap_find(m, "dc"), -1);
	assert_int_equal(m->field[0].label_n, 3); /* 项目名称, 案例名称, 课题名称 */
	assert_string_equal(m->field[0].label[2], text_key(a, "课题名称"));
	assert_int_equal(m->field[1].table, 0);
	assert_int_equal(m->field[0].table, -1);
	assert_true(m->field[2].longtext && !m->field[0].longtext);
	assert_string_equal(m->table[0].title, "项目团队 成员");
	Buf b = {0}, again = {0};
	formmap_put(&b, m);
	RecIn in = {b.p, b.n, false};
	assert_int_equal(formmap_get(&in, a, &back), 0);
	formmap_put(&again, &back);
	assert_int_equal(again.n, b.n);
	assert_memory_equal(again.p, b.p, b.n);
	for (size_t n = 0; n < b.n; n++) {
		in = (RecIn){b.p, n, false};
		assert_int_equal(formmap_get(&in, a, &back), -1);
	}
	buf_free(&b);
	buf_free(&again);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_truncated),  cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_texts_cleaned), cmocka_unit_test(test_mutated),
		cmocka_unit_test(test_types),      cmocka_unit_test(test_formmap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
