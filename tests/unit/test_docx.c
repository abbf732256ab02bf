/* Documents: Word's tables as grids, one row a case. */
#include "row.h"

#include "make_files.h"

#define P(t) "<w:p><w:r><w:t>" t "</w:t></w:r></w:p>"
#define TC(t) "<w:tc>" P(t) "</w:tc>"
#define TCP(pr, t) "<w:tc><w:tcPr>" pr "</w:tcPr>" P(t) "</w:tc>"
#define TR(c) "<w:tr>" c "</w:tr>"
#define TBL(r) "<w:tbl>" r "</w:tbl>"
#define SPAN(n) "<w:gridSpan w:val=\"" n "\"/>"
#define DOWN "<w:vMerge w:val=\"restart\"/>"
#define GOES_ON "<w:vMerge/>"

static const struct {
	const char *name, *body, *want; /* grid.row.column=text, merges in brackets */
} rows[] = {
	{"paragraphs", P("申报表") P("") P("二"), "0.1.1=申报表;0.3.1=二"},
	{"a table", TBL(TR(TC("项目名称") TC("甲")) TR(TC("单位") TC("乙"))),
	 "1.1.1=项目名称;1.1.2=甲;1.2.1=单位;1.2.2=乙"},
	{"runs split inside a word", TBL(TR("<w:tc><w:p><w:r><w:t>项目</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>名称</w:t></w:r></w:p></w:tc>")), "1.1.1=项目名称"},
	{"paragraphs in a cell", TBL(TR("<w:tc>" P("一") P("") P("二") "</w:tc>")), "1.1.1=一\n二"},
	{"break and tab", TBL(TR("<w:tc><w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r></w:p></w:tc>")), "1.1.1=a\nb\tc"},
	{"gridSpan", TBL(TR(TCP(SPAN("2"), "a") TC("b")) TR(TC("c") TC("d") TC("e"))),
	 "1.1.1=a;1.1.3=b;1.2.1=c;1.2.2=d;1.2.3=e[1.1-1.2]"},
	{"gridBefore", TBL("<w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>" TC("b") "</w:tr>"), "1.1.2=b"},
	{"vMerge", TBL(TR(TCP(DOWN, "a") TC("b")) TR(TCP(GOES_ON, "") TC("c")) TR(TCP(GOES_ON, "x") TC("d")) TR(TC("e"))),
	 "1.1.1=a;1.1.2=b;1.2.2=c;1.3.2=d;1.4.1=e[1.1-3.1]"},
	{"both merges", TBL(TR(TCP(SPAN("2") DOWN, "a") TC("b")) TR(TCP(SPAN("2") GOES_ON, "") TC("c"))),
	 "1.1.1=a;1.1.3=b;1.2.3=c[1.1-2.2]"},
	{"nested tables", TBL(TR("<w:tc>" P("out") TBL(TR(TC("in"))) P("more") "</w:tc>" TC("b"))), "1.1.1=out\nmore;1.1.2=b;2.1.1=in"},
	{"control around a run", TBL(TR("<w:tc><w:p><w:sdt><w:sdtPr><w:tag w:val=\"x\"/></w:sdtPr><w:sdtContent><w:r><w:t>甲</w:t></w:r></w:sdtContent></w:sdt></w:p></w:tc>")), "1.1.1=甲"},
	{"control around a cell and a row", TBL("<w:sdt><w:sdtContent>" TR("<w:sdt><w:sdtContent>" TC("a") "</w:sdtContent></w:sdt>" TC("b")) "</w:sdtContent></w:sdt>" TR(TC("c"))), "1.1.1=a;1.1.2=b;1.2.1=c"},
	{"placeholder is empty", TBL(TR(TC("项目") "<w:tc><w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处</w:t></w:r></w:sdtContent></w:sdt></w:p></w:tc>")), "1.1.1=项目"},
	{"ticked box", TBL(TR("<w:tc><w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val=\"1\"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>X</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>企业</w:t></w:r></w:p></w:tc>")), "1.1.1=☑企业"},
	{"box not ticked", TBL(TR("<w:tc><w:p><w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val=\"0\"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>企业</w:t></w:r></w:p></w:tc>")), "1.1.1=☐企业"},
	{"ticks of a symbol font", TBL(TR("<w:tc><w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/><w:t>a</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0A8\"/><w:t>b</w:t></w:r></w:p></w:tc>")), "1.1.1=☑a☐b"},
	{"tracked changes", TBL(TR("<w:tc><w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>m</w:t></w:r></w:moveFrom></w:p></w:tc>")), "1.1.1=新"},
	{"text box once", P("a") "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" P("box") "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>" P("box") "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>", "0.1.1=a;0.2.1=box"},
	{"field codes", "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>1</w:t></w:r></w:p>", "0.1.1=1"},
	{"phonetic guide", "<w:p><w:r><w:ruby><w:rt><w:r><w:t>dao</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>道</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>", "0.1.1=道"},
	{"other prefix", "<x:tbl><x:tr><x:tc><x:p><x:r><x:t>a</x:t></x:r></x:p></x:tc></x:tr></x:tbl>", "1.1.1=a"},
	{"nonsense order", "<w:tc>" P("a") "</w:tc><w:tr/>" TBL("<w:tc>" P("b") "</w:tc>"), "0.1.1=a;1.1.1=b"},
};

static char *dump(Arena *a, const Book *b) {
	Buf out = {0};
	for (size_t i = 0; i < b->grid.n; i++)
		for (size_t k = 0; k < b->grid.v[i].cell.n; k++) {
			const Cell *c = &b->grid.v[i].cell.v[k];
			buf_fmt(&out, "%s%s.%u.%u=%s", out.n ? ";" : "", b->grid.v[i].name, c->row, c->column, c->text);
		}
	for (size_t i = 0; i < b->grid.n; i++)
		for (size_t k = 0; k < b->grid.v[i].merge.n; k++) {
			const struct Merge *m = &b->grid.v[i].merge.v[k];
			buf_fmt(&out, "[%u.%u-%u.%u]", m->r1, m->c1, m->r2, m->c2);
		}
	char *s = arena_str(a, buf_cstr(&out));
	buf_free(&out);
	return s;
}

static int make_docx(Arena *a, const char *body) {
	ZipMember m[] = {{"[Content_Types].xml", "<Types/>", 0},
		{"_rels/.rels", RELS(REL("a", "officeDocument", "word/document.xml")), 0},
		{"word/document.xml", arena_fmt(a, "<w:document xmlns:w=\"w\"><w:body>%s</w:body></w:document>", body), 0}};
	return make_zip(m);
}

static void test_bodies(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		int fd = make_docx(a, rows[i].body);
		ROW_INT(rows[i].name, docx_read(a, fd, &b), 0);
		ROW_STR(rows[i].name, dump(a, &b), rows[i].want);
		close(fd);
		book_free(&b);
		arena_free(a);
	}
}

static void test_refused(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	ZipMember none[] = {{"[Content_Types].xml", "<Types/>", 0}, {"word/styles.xml", "<a/>", 0}};
	ZipMember dtd[] = {{"word/document.xml", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", 0}};
	int fd = make_zip(none);
	assert_int_equal(docx_read(a, fd, &b), PART_DAMAGED);
	close(fd);
	fd = make_zip(dtd);
	assert_int_equal(docx_read(a, fd, &b), PART_DAMAGED);
	close(fd);
	book_free(&b);
	arena_free(a);
}

/* A form in Word: labels in one table and beside it, with addresses of its own kind. */
static void test_form(void **state) {
	(void)state;
	TestJob t;
	job_begin(&t, 0);
	const char *labels[][1] = {{text_key(t.arena, "项目名称")}, {text_key(t.arena, "单位名称")},
	                           {text_key(t.arena, "联系人")}};
	MapField f[] = {{"a", "x_a", labels[0], 1, -1, false}, {"b", "x_b", labels[1], 1, -1, false},
	                {"c", "x_c", labels[2], 1, -1, false}};
	t.map = (FormMap){.edition = "e", .field = f, .field_n = 3};
	int fd = make_docx(t.arena, P("申报表") TBL(TR(TC("项目名称") TC("甲")) TR(TC("单位名称") TC(""))) P("联系人：张"));
	read_file(&t.job, fd, -1, &(FileAt){.name = "a.docx", .parent = -1});
	close(fd);
	assert_int_equal(t.job.form.n, 1);
	assert_int_equal(t.job.part.v[0].form, 0);
	const FormRead *r = &t.job.form.v[0];
	assert_int_equal(r->source, FORM_DOCX);
	assert_string_equal(r->title, "申报表");
	assert_int_equal(r->value_n, 2);
	assert_int_equal(r->place_n, 3);
	for (size_t i = 0; i < r->value_n; i++) {
		assert_string_equal(r->value[i].sheet, "");
		assert_string_equal(r->value[i].cell, r->value[i].field == 0 ? "1.1.2" : "0.2.1");
		assert_string_equal(r->value[i].text, r->value[i].field == 0 ? "甲" : "张");
	}
	job_end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies), cmocka_unit_test(test_refused), cmocka_unit_test(test_form),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
