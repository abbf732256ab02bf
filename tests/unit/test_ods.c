/* OpenDocument sheets: what a cell's XML becomes, one row a case; then names, hidden sheets, limits. */
#include "row.h"

#include "make_files.h"

#define HEAD "<office:document-content><office:automatic-styles><style:style style:name=\"ta1\" style:family=\"table\">" \
	"<style:table-properties table:display=\"true\"/></style:style><style:style style:name=\"ta2\" style:family=\"table\">" \
	"<style:table-properties table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>"
#define TAIL "</office:spreadsheet></office:body></office:document-content>"
#define SHEET1(rows) HEAD "<table:table table:name=\"申报表\" table:style-name=\"ta1\">" rows "</table:table>" TAIL
#define P(text) "<text:p>" text "</text:p>"
#define C(attr, inner) "<table:table-cell " attr ">" inner "</table:table-cell>"
#define ROW(cells) "<table:table-row>" cells "</table:table-row>"

static char *dump(Arena *a, const Grid *g) {
	static const char letter[] = {[RAW_TEXT] = 't', [RAW_NUMBER] = 'n', [RAW_DATE] = 'd', [RAW_BOOL] = 'b',
	                              [RAW_ERROR] = 'e', [RAW_NO_RESULT] = 'f', [RAW_PICTURE] = 'p'};
	Buf b = {0};
	for (size_t i = 0; i < g->cell.n; i++) {
		const Cell *c = &g->cell.v[i];
		buf_fmt(&b, "%s%s=%c%s%s", i ? ";" : "", cell_address(a, c->row, c->column), letter[c->raw],
		        c->percent ? "%" : "", c->text);
	}
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static unsigned read_ods(Arena *a, const char *content, const char *manifest, Book *b) {
	ZipMember m[] = {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0}, {"content.xml", content, 0},
	                 {manifest ? "META-INF/manifest.xml" : NULL, manifest, 0}, {0}};
	int fd = make_zip(m);
	unsigned flag = ods_read(a, fd, b);
	close(fd);
	return flag;
}

static const struct {
	const char *name, *content, *want;
} rows[] = {
	{"text", SHEET1(ROW(C("office:value-type=\"string\"", P("绿色")))), "A1=t绿色"},
	{"text in the attribute", SHEET1(ROW(C("office:value-type=\"string\" office:string-value=\"甲\"", P("乙")))), "A1=t甲"},
	{"lines, blanks, runs", SHEET1(ROW(C("", P("a<text:s text:c=\"2\"/>b") P("<text:span>c</text:span>d<text:line-break/>e")))), "A1=ta  b\ncd\ne"},
	{"number", SHEET1(ROW(C("office:value-type=\"float\" office:value=\"13800138000\"", P("1.38E+10")))), "A1=n13800138000"},
	{"percentage", SHEET1(ROW(C("office:value-type=\"percentage\" office:value=\"0.256\"", P("25.60%")))), "A1=n%0.256"},
	{"currency", SHEET1(ROW(C("office:value-type=\"currency\" office:value=\"5\"", P("￥5")))), "A1=n5"},
	{"dates", SHEET1(ROW(C("office:value-type=\"date\" office:date-value=\"2023-03-05\"", P("3月5日")) C("office:value-type=\"date\" office:date-value=\"2023-03-05T09:30:00.25\"", P("x")) C("office:value-type=\"date\" office:date-value=\"2023-03-05T00:00:00\"", ""))), "A1=d2023-03-05;B1=d2023-03-05T09:30:00;C1=d2023-03-05"},
	{"time", SHEET1(ROW(C("office:value-type=\"time\" office:time-value=\"PT09H05M07.5S\"", P("9:05")))), "A1=d09:05:07"},
	{"truth", SHEET1(ROW(C("office:value-type=\"boolean\" office:boolean-value=\"true\"", P("是")))), "A1=bTRUE"},
	{"error", SHEET1(ROW(C("table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"", P("#DIV/0!")))), "A1=e#DIV/0!"},
	{"formula without its result", SHEET1(ROW(C("table:formula=\"of:=SUM([.A1])\"", ""))), "A1=f="},
	{"formula giving an empty text", SHEET1(ROW(C("table:formula=\"of:=[.A1]\" office:value-type=\"string\" office:string-value=\"\"", ""))), ""},
	{"a note is no text", SHEET1(ROW(C("", "<office:annotation><dc:date>x</dc:date>" P("note") "</office:annotation>" P("text")))), "A1=ttext"},
	{"a drawing is no text", SHEET1(ROW(C("", "<draw:frame><draw:text-box>" P("box") "</draw:text-box></draw:frame>" P("text")))), "A1=ttext"},
	{"phonetics are no text", SHEET1(ROW(C("", P("<text:ruby><text:ruby-base>宁东</text:ruby-base><text:ruby-text>ningdong</text:ruby-text></text:ruby>大道")))), "A1=t宁东大道"},
	{"repeated", SHEET1(ROW(C("table:number-columns-repeated=\"2\"", "") C("table:number-columns-repeated=\"2\"", P("x"))) "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row><table:table-row table:number-rows-repeated=\"2\">" C("", P("y")) "</table:table-row>"), "C1=tx;D1=tx;A5=ty;A6=ty"},
	{"empty to the end", SHEET1(ROW(C("", P("x")) "<table:table-cell table:number-columns-repeated=\"16383\"/>") "<table:table-row table:number-rows-repeated=\"1048575\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>"), "A1=tx"},
	{"covered", SHEET1(ROW(C("table:number-columns-spanned=\"2\" table:number-rows-spanned=\"1\"", P("x")) "<table:covered-table-cell/>" C("", P("y")))), "A1=tx;C1=ty"},
	{"rows in groups", SHEET1("<table:table-header-rows>" ROW(C("", P("a"))) "</table:table-header-rows><table:table-row-group>" ROW(C("", P("b"))) "</table:table-row-group>"), "A1=ta;A2=tb"},
};

static void test_cells(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		ROW_INT(rows[i].name, read_ods(a, rows[i].content, NULL, &b), 0);
		ROW_INT(rows[i].name, b.grid.n, 1);
		ROW_STR(rows[i].name, b.grid.v[0].name, "申报表");
		ROW_STR(rows[i].name, dump(a, &b.grid.v[0]), rows[i].want);
		book_free(&b);
		arena_free(a);
	}
}

static void test_book(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	const char *content = HEAD "<table:table table:name=\"it's 申报\" table:style-name=\"ta1\">"
		ROW(C("table:number-columns-spanned=\"3\" table:number-rows-spanned=\"2\"", P("x"))) "</table:table>"
		"<table:table table:name=\"_xinlv\" table:style-name=\"ta2\">" ROW(C("", P("edition"))) "</table:table>"
		"<table:named-expressions>"
		"<table:named-range table:name=\"x_a\" table:base-cell-address=\"$_xinlv.$A$1\" table:cell-range-address=\"$'it''s 申报'.$B$3\"/>"
		"<table:named-range table:name=\"x_b\" table:cell-range-address=\"$_xinlv.$B$3:.$C$9\"/>"
		"<table:named-range table:name=\"x_c\" table:cell-range-address=\"$lost.$B$3\"/>"
		"<table:named-range table:name=\"x_d\" table:cell-range-address=\"#REF!\"/>"
		"</table:named-expressions>" TAIL;
	assert_int_equal(read_ods(a, content, "<manifest/>", &b), 0);
	assert_int_equal(b.grid.n, 2);
	assert_false(b.grid.v[0].hidden);
	assert_true(b.grid.v[1].hidden);
	assert_int_equal(b.grid.v[0].merge.n, 1);
	assert_int_equal(b.grid.v[0].merge.v[0].r2, 2);
	assert_int_equal(b.grid.v[0].merge.v[0].c2, 3);
	assert_int_equal(b.name.n, 2);
	assert_int_equal(b.name.v[0].sheet, 0);
	assert_int_equal(b.name.v[0].r1, 3);
	assert_int_equal(b.name.v[1].sheet, 1);
	assert_int_equal(b.name.v[1].r2, 9);
	assert_int_equal(b.name.v[1].c2, 3);
	book_free(&b);
	arena_free(a);
}

static void test_bad(void **state) {
	(void)state;
	static const struct {
		const char *name, *content, *manifest;
		unsigned flag;
	} bad[] = {
		{"locked", "no xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>", PART_ENCRYPTED},
		{"broken", HEAD, NULL, PART_DAMAGED},
		{"entities", "<!DOCTYPE x [<!ENTITY a \"b\">]>" SHEET1(""), NULL, PART_DAMAGED},
		{"no table", HEAD TAIL, NULL, PART_DAMAGED},
		{"a table in a table", SHEET1(ROW(C("", "<table:table>" ROW(C("", P("x"))) "</table:table>"))), NULL, 0},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		Arena *a = arena_new();
		Book b = {0};
		ROW_INT(bad[i].name, read_ods(a, bad[i].content, bad[i].manifest, &b), bad[i].flag);
		book_free(&b);
		arena_free(a);
	}
}

/* A kilobyte that says it is 17 thousand million cells. */
static void test_repeated_bomb(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	assert_int_equal(read_ods(a, SHEET1("<table:table-row table:number-rows-repeated=\"1048576\">"
		C("table:number-columns-repeated=\"16384\"", P("x")) "</table:table-row>"), NULL, &b), 0);
	assert_true(b.grid.v[0].cut);
	assert_int_equal(b.grid.v[0].cell.n, REPORT_MAX_CELLS);
	book_free(&b);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells), cmocka_unit_test(test_book), cmocka_unit_test(test_bad),
		cmocka_unit_test(test_repeated_bomb),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
