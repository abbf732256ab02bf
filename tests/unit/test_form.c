/* Forms: how people leave them, one row a case.  A sheet is written as lines of cells
 * parted by '|'; what must come out as field=value@cell. */
#include "row.h"

#include <unistd.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/label.h"

#define MAX_SHEETS 4

static const struct {
	const char *key, *labels; /* parted by ',' */
	int table;
	bool longtext;
} fields[] = {
	{"project.title", "项目名称,案例名称", -1, false},
	{"org.name", "单位名称,单位全称", -1, false},
	{"org.uscc", "统一社会信用代码", -1, false},
	{"invest", "总投资（万元）", -1, false},
	{"contact.name", "联系人", -1, false},
	{"contact.mobile", "手机", -1, false},
	{"contact2.name", "联系人", -1, false},
	{"contact2.mobile", "手机", -1, false},
	{"summary", "项目简介", -1, true},
	{"province", "所在省（区、市）", -1, false},
	{"t2.scene", "应用场景", -1, false},
	{"t3.scene", "应用场景", -1, false},
	{"members.name", "姓名", 0, false},
	{"members.post", "职务", 0, false},
	{"members.mobile", "手机", 0, false},
	{"ip.name", "名称", 1, false},
	{"ip.kind", "类别", 1, false},
};
#define FIELDS (sizeof fields / sizeof *fields)

static FormMap *make_map(Arena *a) {
	FormMap *m = ARENA_NEW(a, FormMap);
	m->edition = "e";
	m->field = arena_array(a, FIELDS, sizeof *m->field);
	m->field_n = FIELDS;
	for (size_t i = 0; i < FIELDS; i++) {
		MapField *f = &m->field[i];
		Str rest = str_of(fields[i].labels), one;
		f->key = fields[i].key;
		char *name = arena_fmt(a, "x_%s", fields[i].key);
		for (char *c = name; *c; c++)
			*c = *c == '.' ? '_' : *c;
		f->name = name;
		f->label = arena_array(a, 4, sizeof *f->label);
		while (str_next(&rest, ',', &one))
			f->label[f->label_n++] = text_key(a, str_dup(a, one));
		f->table = fields[i].table;
		f->longtext = fields[i].longtext;
	}
	m->table = arena_array(a, 2, sizeof *m->table);
	m->table[0] = (MapTable){"members", text_key(a, "团队成员"), "团队成员"};
	m->table[1] = (MapTable){"ip", text_key(a, "知识产权"), "知识产权"};
	m->table_n = 2;
	m->skip = arena_array(a, 2, sizeof *m->skip);
	m->skip[0] = text_key(a, "示例");
	m->skip[1] = text_key(a, "填表说明");
	m->skip_n = 2;
	return m;
}

typedef struct {
	const char *name, *cells, *merges;
	bool hidden;
} SheetRow;

static unsigned place_of(const char **s, unsigned *row) {
	unsigned c = 0;
	for (*row = 0; **s >= 'A' && **s <= 'Z'; ++*s)
		c = c * 26 + (unsigned)(**s - 'A' + 1);
	for (; **s >= '0' && **s <= '9'; ++*s)
		*row = *row * 10 + (unsigned)(**s - '0');
	return c;
}

static void make_grid(Arena *a, const SheetRow *s, Grid *g) {
	Str rest = str_of(s->cells), line, cell;
	g->name = s->name;
	g->hidden = s->hidden;
	for (unsigned row = 1; str_next(&rest, '\n', &line); row++)
		for (unsigned column = 1; str_next(&line, '|', &cell); column++)
			if (str_trim(cell).n) {
				char *text = str_dup(a, str_trim(cell));
				for (char *c = text; *c; c++)
					*c = *c == '~' ? '\n' : *c;
				*vec_push(&g->cell) = (Cell){.row = row, .column = column, .text = text, .raw = RAW_TEXT};
			}
	for (const char *m = s->merges ? s->merges : ""; *m; m += *m == ' ') {
		struct Merge x;
		x.c1 = place_of(&m, &x.r1);
		m++;
		x.c2 = place_of(&m, &x.r2);
		*vec_push(&g->merge) = x;
	}
}

/* "x_a=0!B1:B2 x_b=..." */
static void make_names(Arena *a, const char *s, Book *b) {
	for (; s && *s; s += *s == ' ') {
		DefinedName d = {0};
		size_t n = strcspn(s, "=");
		d.name = arena_copy(a, s, n);
		s += n + 1;
		d.sheet = (size_t)(*s - '0');
		s += 2;
		d.c1 = place_of(&s, &d.r1);
		d.c2 = d.c1;
		d.r2 = d.r1;
		if (*s == ':') {
			s++;
			d.c2 = place_of(&s, &d.r2);
		}
		*vec_push(&b->name) = d;
	}
}

static char *dump_form(Arena *a, const FormMap *m, const FormRead *f, bool sheets) {
	Buf b = {0};
	for (size_t i = 0; i < f->value_n; i++) {
		const FormValue *v = &f->value[i];
		buf_fmt(&b, "%s%s", i ? ";" : "", m->field[v->field].key);
		if (v->row)
			buf_fmt(&b, "[%zu]", v->row);
		buf_fmt(&b, "=%s@%s%s%s", v->text, sheets ? v->sheet : "", sheets ? "!" : "", v->cell);
	}
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static char *dump_all(Arena *a, const ReadJob *j) {
	Buf b = {0};
	for (size_t i = 0; i < j->form.n; i++)
		buf_fmt(&b, "%s%s", i ? " || " : "", dump_form(a, j->map, &j->form.v[i], false));
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

/* Three labels make a form: rows that look at one thing carry these as well. */
#define THREE "项目名称|甲\n单位名称|乙\n统一社会信用代码|丙\n"
#define THREE_OUT "project.title=甲@B1;org.name=乙@B2;org.uscc=丙@B3"

static const struct {
	const char *name;
	SheetRow sheet[MAX_SHEETS];
	const char *names, *want;
} form_rows[] = {
	{"labels to the left", {{"S", THREE, NULL, false}}, NULL, THREE_OUT},
	{"other order", {{"S", "统一社会信用代码|丙\n项目名称|甲\n单位名称|乙", NULL, false}}, NULL,
	 "project.title=甲@B2;org.name=乙@B3;org.uscc=丙@B1"},
	{"pairs side by side", {{"S", "项目名称|甲|单位名称|乙\n统一社会信用代码|丙|总投资(万元)|12", NULL, false}}, NULL,
	 "project.title=甲@B1;org.name=乙@D1;org.uscc=丙@B2;invest=12@D2"},
	{"an empty pair", {{"S", "项目名称||单位名称|乙\n统一社会信用代码|丙", NULL, false}}, NULL,
	 "org.name=乙@D1;org.uscc=丙@B2"},
	{"dressed labels", {{"S", "1. 项 目 名 称：|甲\n（二）＊单位名称（盖章）|乙\n③统一社会信用代码 （18位，必填）*：|丙\n四、总投资(万元)|5", NULL, false}}, NULL,
	 "project.title=甲@B1;org.name=乙@B2;org.uscc=丙@B3;invest=5@B4"},
	{"hint on a second line", {{"S", "项目名称~（不超过30字）|甲\n单位名称~与公章一致|乙\n统一社会信用代码|丙", NULL, false}}, NULL, THREE_OUT},
	{"value in the label's cell", {{"S", "项目名称：甲\n单位名称: 乙公司\n【统一社会信用代码】丙", NULL, false}}, NULL,
	 "project.title=甲@A1;org.name=乙公司@A2;org.uscc=丙@A3"},
	{"value below the label, in its cell", {{"S", "项目名称：~甲\n单位名称（盖章）:~乙~二部\n统一社会信用代码：~丙", NULL, false}}, NULL,
	 "org.uscc=丙@A3;project.title=甲@A1;org.name=乙\n二部@A2"},
	{"no value before the next label, in one cell", {{"S", "项目名称：~  单位名称：乙~统一社会信用代码：丙~总投资（万元）：5", NULL, false}}, NULL,
	 "org.name=乙@A1;org.uscc=丙@A1;invest=5@A1"},
	{"a hint below the label, in its cell", {{"S", "项目名称：~（不超过30字）\n单位名称：~与公章一致|乙\n统一社会信用代码|丙", NULL, false}}, NULL,
	 "org.name=乙@B2;org.uscc=丙@B3"},
	{"value behind the label's hint, in its cell", {{"S", "项目名称~（必填）：甲\n单位名称~（必填）：乙\n统一社会信用代码|丙", NULL, false}}, NULL,
	 "project.title=甲@A1;org.name=乙@A2;org.uscc=丙@B3"},
	{"several in one cell", {{"S", "项目名称：甲~单位名称：乙~统一社会信用代码：丙", NULL, false}}, NULL,
	 "project.title=甲@A1;org.name=乙@A1;org.uscc=丙@A1"},
	{"merging left behind by rows put in", {{"S", "项目名称|甲\n单位名称|乙\n统一社会信用代码|丙", "A1:C1 A3:B3", false}}, NULL,
	 "project.title=甲@B1;org.name=乙@B2;org.uscc=丙@B3"},
	{"merged label and value", {{"S", "项目名称||甲\n单位名称||乙\n统一社会信用代码||丙", "A1:B1 C1:E1 A2:B2 C2:E2 A3:B3 C3:E3", false}}, NULL,
	 "project.title=甲@C1;org.name=乙@C2;org.uscc=丙@C3"},
	{"inserted column", {{"S", "项目名称||甲\n单位名称||乙\n统一社会信用代码||丙", NULL, false}}, NULL,
	 "project.title=甲@C1;org.name=乙@C2;org.uscc=丙@C3"},
	{"inserted column in front, rows between", {{"S", "\n|项目名称|甲\n\n\n|单位名称|乙\n|统一社会信用代码|丙", NULL, false}}, NULL,
	 "project.title=甲@C2;org.name=乙@C5;org.uscc=丙@C6"},
	{"long text below a wide label", {{"S", THREE "项目简介\n很长的一段", "A4:D4 A5:D5", false}}, NULL,
	 THREE_OUT ";summary=很长的一段@A5"},
	{"value below the label", {{"S", "项目名称|单位名称|统一社会信用代码\n甲|乙|丙", NULL, false}}, NULL,
	 "project.title=甲@A2;org.name=乙@B2;org.uscc=丙@C2"},
	{"same labels, two contacts", {{"S", THREE "联系人|张|手机|1\n联系人|李|手机|2", NULL, false}}, NULL,
	 THREE_OUT ";contact.name=张@B4;contact.mobile=1@D4;contact2.name=李@B5;contact2.mobile=2@D5"},
	{"a label that two tracks share", {{"S", THREE "应用场景|园区", NULL, false}}, NULL,
	 THREE_OUT ";t2.scene=园区@B4;t3.scene=园区@B4"},
	{"a table", {{"S", THREE "团队成员\n序号|姓名|职务|手机\n1|张|工|1\n2|\n3|李||2\n知识产权\n名称|类别\n专利甲|发明", NULL, false}}, NULL,
	 THREE_OUT ";members.name[1]=张@B6;members.post[1]=工@C6;members.mobile[1]=1@D6;members.name[2]=李@B8;members.mobile[2]=2@D8;ip.name[1]=专利甲@A11;ip.kind[1]=发明@B11"},
	{"a header with a foreign column", {{"S", THREE "姓名|性别|职务|手机\n张|男|工|1", NULL, false}}, NULL,
	 THREE_OUT ";members.name[1]=张@A5;members.post[1]=工@C5;members.mobile[1]=1@D5"},
	{"the example row", {{"S", THREE "序号|姓名|职务\n示例|王|工\n1|张|工", NULL, false}}, NULL,
	 THREE_OUT ";members.name[1]=张@B6;members.post[1]=工@C6"},
	{"the example row before a colon", {{"S", THREE "序号|姓名|职务\n示例：|王|工\n1|张|工", NULL, false}}, NULL,
	 THREE_OUT ";members.name[1]=张@B6;members.post[1]=工@C6"},
	{"a heading ends a table", {{"S", THREE "姓名|职务\n张|工\n三、其他说明\n没有|什么", NULL, false}}, NULL,
	 THREE_OUT ";members.name[1]=张@A5;members.post[1]=工@B5"},
	{"a wide text ends a table", {{"S", THREE "姓名|职务\n张|工\n注意事项\n没有|什么", "A6:B6", false}}, NULL,
	 THREE_OUT ";members.name[1]=张@A5;members.post[1]=工@B5"},
	{"merged over rows of a table", {{"S", THREE "姓名|职务\n张|工\n李|", "B5:B6", false}}, NULL,
	 THREE_OUT ";members.name[1]=张@A5;members.post[1]=工@B5;members.name[2]=李@A6;members.post[2]=工@B5"},
	{"by names", {{"S", "a|甲\nb|乙", NULL, false}}, "x_project_title=0!B1 x_org_name=0!B2",
	 "project.title=甲@B1;org.name=乙@B2"},
	{"names win over labels", {{"S", "项目名称|x|甲\n单位名称|y|乙", NULL, false}}, "x_project_title=0!C1 x_org_name=0!C2",
	 "project.title=甲@C1;org.name=乙@C2"},
	{"names left behind by inserted rows", {{"S", "\n" THREE, NULL, false}}, "x_project_title=0!B1 x_org_name=0!B2 x_org_uscc=0!B3",
	 "project.title=甲@B2;org.name=乙@B3;org.uscc=丙@B4"},
	{"names left behind below a row put in", {{"S", "项目名称|甲\n单位名称|乙\n\n统一社会信用代码|丙\n总投资（万元）|5", NULL, false}},
	 "x_project_title=0!B1 x_org_name=0!B2 x_org_uscc=0!B3 x_invest=0!B4",
	 "project.title=甲@B1;org.name=乙@B2;org.uscc=丙@B4;invest=5@B5"},
	{"names of fields with one label are believed", {{"S", THREE "联系人|张|手机|1\n联系人|李|手机|2", NULL, false}},
	 "x_contact_name=0!B5 x_contact2_name=0!B4 x_project_title=0!B1 x_org_name=0!B2 x_org_uscc=0!B3",
	 "contact.name=李@B5;contact2.name=张@B4;" THREE_OUT ";contact.mobile=1@D4;contact2.mobile=2@D5"},
	{"a column put into a table", {{"S", "项目名称|甲\n姓名||职务\n张||工", NULL, false}},
	 "x_project_title=0!B1 x_members_name=0!A3:A4 x_members_post=0!B3:B4",
	 "project.title=甲@B1;members.name[1]=张@A3;members.post[1]=工@C3"},
	{"some names lost", {{"S", THREE, NULL, false}}, "x_project_title=0!B1", THREE_OUT},
	{"one value moved", {{"S", THREE, NULL, false}}, "x_project_title=0!B1 x_org_name=0!B2 x_org_uscc=0!F9", THREE_OUT},
	{"a table by names", {{"S", "项目名称|甲\n||\n张|工\n\n李|工", NULL, false}}, "x_project_title=0!B1 x_members_name=0!A3:A8 x_members_post=0!B3:B8",
	 "project.title=甲@B1;members.name[1]=张@A3;members.post[1]=工@B3;members.name[2]=李@A5;members.post[2]=工@B5"},
	{"rows typed below a table's end", {{"S", "姓名|职务\n张|工\n李|工\n王|工\n后记", NULL, false}}, "x_members_name=0!A2:A3 x_members_post=0!B2:B3",
	 "members.name[1]=张@A2;members.post[1]=工@B2;members.name[2]=李@A3;members.post[2]=工@B3;members.name[3]=王@A4;members.post[3]=工@B4"},
	{"a row typed above a table's first", {{"S", "姓名|职务\n张|工\n李|工", NULL, false}}, "x_members_name=0!A3:A3 x_members_post=0!B3:B3",
	 "members.name[1]=张@A2;members.post[1]=工@B2;members.name[2]=李@A3;members.post[2]=工@B3"},
	{"two copies", {{"甲", THREE, NULL, false}, {"乙", "项目名称|丁\n单位名称|戊\n统一社会信用代码|己", NULL, false}}, NULL,
	 THREE_OUT " || project.title=丁@B1;org.name=戊@B2;org.uscc=己@B3"},
	{"copies, one named", {{"甲", THREE, NULL, false}, {"乙", "项目名称|丁\n单位名称|戊\n统一社会信用代码|己", NULL, false}},
	 "x_project_title=0!B1 x_org_name=0!B2 x_org_uscc=0!B3",
	 THREE_OUT " || project.title=丁@B1;org.name=戊@B2;org.uscc=己@B3"},
	{"an empty copy beside", {{"甲", "项目名称|\n单位名称|\n统一社会信用代码|", NULL, false}, {"乙", THREE, NULL, false}}, NULL, THREE_OUT},
	{"the same twice", {{"甲", THREE, NULL, false}, {"乙", THREE, NULL, false}}, NULL, THREE_OUT},
	{"two pages", {{"甲", THREE, NULL, false}, {"乙", "姓名|职务\n张|工", NULL, false}}, NULL,
	 THREE_OUT ";members.name[1]=张@A2;members.post[1]=工@B2"},
	{"extra sheets", {{"说明", "请如实填写", NULL, false}, {"S", THREE, NULL, false}, {"x", "1|2", NULL, false}}, NULL, THREE_OUT},
	{"a sheet of notes", {{"填表说明", "项目名称|营业执照上的\n单位名称|全称\n统一社会信用代码|18位", NULL, false}, {"S", THREE, NULL, false}}, NULL, THREE_OUT},
	{"a page that talks about the form", {{"S", THREE "项目简介|x", NULL, false}, {"帮助", "序|栏目|说明\n1|项目名称|a\n2|单位名称|b\n3|统一社会信用代码|c", NULL, false}},
	 "x_project_title=0!B1 x_org_name=0!B2 x_org_uscc=0!B3", THREE_OUT ";summary=x@B4"},
	{"a page for the seal before the form", {{"盖章页", "项目名称|\n单位名称|\n单位（盖章）|", NULL, false}, {"表 (2)", THREE "项目简介|x\n所在省（区、市）|丁", NULL, false}}, NULL,
	 THREE_OUT ";summary=x@B4;province=丁@B5"},
	{"brackets of the label and a hint", {{"S", THREE "所在省（区、市）（必填）|丁", NULL, false}}, NULL, THREE_OUT ";province=丁@B4"},
	{"hidden sheets have no labels", {{"S", THREE, NULL, true}}, NULL, ""},
	{"two labels are no form", {{"S", "项目名称|甲\n单位名称|乙", NULL, false}}, NULL, ""},
	{"nothing known", {{"S", "a|b\nc|d", NULL, false}}, NULL, ""},
	{"nothing at all", {{"S", "", NULL, false}}, NULL, ""},
	{"a value that reads like a label", {{"S", "项目名称|单位名称公司\n单位名称|手机厂\n统一社会信用代码|丙", NULL, false}}, NULL,
	 "project.title=单位名称公司@B1;org.name=手机厂@B2;org.uscc=丙@B3"},
	{"label twice, first one empty", {{"S", "项目名称|\n单位名称|乙\n统一社会信用代码|丙\n项目名称|甲", NULL, false}}, NULL,
	 "project.title=甲@B4;org.name=乙@B2;org.uscc=丙@B3"},
};

static void make_book(Arena *a, const SheetRow *s, const char *names, Book *b) {
	for (size_t i = 0; i < MAX_SHEETS && s[i].name; i++)
		make_grid(a, &s[i], vec_push(&b->grid));
	make_names(a, names, b);
}

static void test_forms(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof form_rows / sizeof *form_rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		Report report = {0};
		ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
		make_book(a, form_rows[i].sheet, form_rows[i].names, &b);
		form_extract(&j, &b, FORM_XLSX, 0);
		ROW_STR(form_rows[i].name, dump_all(a, &j), form_rows[i].want);
		book_free(&b);
		vec_free(&j.form);
		arena_free(a);
	}
}

static void test_identity(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	Report report = {0};
	ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
	const SheetRow s[MAX_SHEETS] = {{"S", "申报表\n项目名称|\n单位名称|\n姓名|职务", NULL, false},
		{"_xinlv", "edition|e1\ntrack|T4\nversion|2\ntoken|abc\nother|x", NULL, true}};
	make_book(a, s, NULL, &b);
	form_extract(&j, &b, FORM_XLSX, 3);
	assert_int_equal(j.form.n, 1);
	const FormRead *f = &j.form.v[0];
	assert_string_equal(f->edition, "e1");
	assert_string_equal(f->track, "T4");
	assert_string_equal(f->version, "2");
	assert_string_equal(f->token, "abc");
	assert_string_equal(f->title, "申报表");
	assert_int_equal(f->part, 3);
	assert_int_equal(f->value_n, 0);
	assert_false(f->by_name);
	/* Every field that the sheet has room for has a place, filled or not. */
	assert_int_equal(f->place_n, 4);
	assert_string_equal(f->place[0].cell, "B2");
	assert_string_equal(f->place[0].sheet, "S");
	assert_string_equal(f->place[2].cell, "A5");
	assert_string_equal(f->place[3].cell, "B5");
	book_free(&b);
	vec_free(&j.form);
	/* The identity alone is a form, of which nothing is left. */
	b = (Book){0};
	make_book(a, (const SheetRow[MAX_SHEETS]){{"x", "a", NULL, false}, {"_xinlv", "token|t", NULL, true}}, NULL, &b);
	form_extract(&j, &b, FORM_XLSX, 0);
	assert_int_equal(j.form.n, 1);
	assert_string_equal(j.form.v[0].token, "t");
	assert_int_equal(j.form.v[0].place_n, 0);
	book_free(&b);
	vec_free(&j.form);
	arena_free(a);
}

/* The short cuts around text_key() must say what it says: any character inside a label. */
static void test_label_keys(void **state) {
	(void)state;
	Arena *a = arena_new(), *scratch = arena_new();
	const Labels *l = labels_new(a, make_map(a));
	const char *want = text_key(a, "项目名称");
	for (uint32_t c = 1; c < 0x30000; c++) {
		Buf b = {0};
		if ((c >= 0xD800 && c < 0xE000) || c == '\n')
			continue;
		buf_str(&b, "项目");
		text_put(&b, c);
		buf_str(&b, "名称");
		bool same = !strcmp(text_key(scratch, b.p), want);
		const Label *hit = label_whole(l, scratch, buf_view(&b));
		if ((hit && !strcmp(hit->key, want)) != same)
			fail_msg("U+%04X inside a label: text_key() says %d", c, same);
		buf_free(&b);
		if (c % 256 == 0)
			arena_reset(scratch);
	}
	arena_free(scratch);
	arena_free(a);
}

static const struct {
	const char *name, *text, *want;
} body_rows[] = {
	{"lines", "您好\n项目名称：甲\n单位名称: 乙\n统一社会信用代码 ： 丙\n谢谢", "project.title=甲@2;org.name=乙@3;org.uscc=丙@4"},
	{"value on the next line", "项目名称：\n甲\n单位名称：乙\n联系人：张", "project.title=甲@1;org.name=乙@3;contact.name=张@4"},
	{"long text goes on", "项目名称：甲\n单位名称：乙\n项目简介：一\n二\n\n三\n手机：1", "project.title=甲@1;org.name=乙@2;summary=一\n二\n\n三@3;contact.mobile=1@7"},
	{"long text ends", "项目名称：甲\n单位名称：乙\n项目简介：一\n\n\n此致", "project.title=甲@1;org.name=乙@2;summary=一@3"},
	{"signature", "项目名称：甲\n单位名称：乙\n项目简介：一\n--\n张", "project.title=甲@1;org.name=乙@2;summary=一@3"},
	{"brackets, numbers, tabs", "【项目名称】甲\n1、单位名称：乙\n联系人\t张", "project.title=甲@1;org.name=乙@2;contact.name=张@3"},
	{"colon in the value", "项目名称：甲：乙\n单位名称：http://a\n联系人：张", "project.title=甲：乙@1;org.name=http://a@2;contact.name=张@3"},
	{"two contacts", "联系人：张\n手机：1\n联系人：李\n手机：2", "contact.name=张@1;contact.mobile=1@2;contact2.name=李@3;contact2.mobile=2@4"},
	{"CRLF", "项目名称：甲\r\n单位名称：乙\r\n联系人：张\r\n", "project.title=甲@1;org.name=乙@2;contact.name=张@3"},
	{"a heading behind a long text", "项目名称：甲\n单位名称：乙\n项目简介：一\n1、二\n三、联系方式\n联系人：张", "project.title=甲@1;org.name=乙@2;summary=一\n1、二@3;contact.name=张@6"},
	{"a table among lines", "项目名称：甲\n单位名称：乙\n项目简介：一\n二\n团队成员\n姓名\t职务\n张\t工\n李\t\n联系人：王", "project.title=甲@A1;org.name=乙@A2;summary=一\n二@3;contact.name=王@A9;members.name[1]=张@A7;members.post[1]=工@B7;members.name[2]=李@A8"},
	{"a pasted table", "您好\n项目名称\t甲\n所在省（区、市）\t河北\t总投资（万元）\t5\n项目简介\t一\n二\n三、附件\n单位名称\t乙", "project.title=甲@B2;org.name=乙@B6;invest=5@D3;summary=一\n二@B4;province=河北@B3"},
	{"a pasted form of ours", "项目名称\n（必填）\t甲\t不超过30字\n单位名称（必填）\t\t与公章一致\n统一社会信用代码\n（必填）\t丙\n团队成员\n姓名\n（必填）\t职务\n（选填）\t手机\n张\t工\t1\n二、内容\n请突出重点", "project.title=甲@B1;org.uscc=丙@B3;members.name[1]=张@A6;members.post[1]=工@B6;members.mobile[1]=1@C6"},
	{"two are too few", "项目名称：甲\n单位名称：乙\n", ""},
	{"nothing", "", ""},
	{"empty values", "项目名称：\n单位名称：\n联系人：", ""},
};

static void test_body(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof body_rows / sizeof *body_rows; i++) {
		Arena *a = arena_new();
		Report report = {0};
		ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
		form_extract_body(&j, body_rows[i].text);
		ROW_STR(body_rows[i].name, dump_all(a, &j), body_rows[i].want);
		if (j.form.n)
			ROW_INT(body_rows[i].name, j.form.v[0].part, -1);
		vec_free(&j.form);
		arena_free(a);
	}
}

static void test_limits(void **state) {
	(void)state;
	Arena *a = arena_new();
	Report report = {0};
	ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
	/* Rows of a table: the last one allowed, and one more. */
	for (unsigned over = 0; over < 2; over++) {
		Book b = {0};
		Grid *g = vec_push(&b.grid);
		g->name = "S";
		*vec_push(&g->cell) = (Cell){.row = 1, .column = 1, .text = "姓名"};
		*vec_push(&g->cell) = (Cell){.row = 1, .column = 2, .text = "职务"};
		*vec_push(&g->cell) = (Cell){.row = 1, .column = 3, .text = "手机"};
		for (unsigned i = 0; i < RULES_MAX_TABLE_ROWS + over; i++)
			*vec_push(&g->cell) = (Cell){.row = i + 2, .column = 1, .text = "张三"};
		form_extract(&j, &b, FORM_XLSX, 0);
		assert_int_equal(j.form.n, 1);
		assert_int_equal(j.form.v[0].value_n, RULES_MAX_TABLE_ROWS);
		assert_int_equal(j.form.v[0].too_large, over);
		book_free(&b);
		vec_free(&j.form);
	}
	/* Forms of one message. */
	for (unsigned i = 0; i <= REPORT_MAX_FORMS; i++) {
		assert_false(report.parts_cut);
		form_extract_body(&j, "项目名称：甲\n单位名称：乙\n联系人：张");
	}
	assert_int_equal(j.form.n, REPORT_MAX_FORMS);
	assert_true(report.parts_cut);
	vec_free(&j.form);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms), cmocka_unit_test(test_identity),
		cmocka_unit_test(test_label_keys), cmocka_unit_test(test_body),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
