/* Workbooks: what a cell's XML becomes, one row a case; then the whole of a book, and
 * the limits at and just above. */
#include "row.h"

#include "make_files.h"

#include "reader/numfmt.h"
#include "reader/package.h"

/* "A1=text;B2=..." of a grid, with a letter for what is no plain text. */
static char *dump(Arena *a, const Grid *g) {
	static const char letter[] = {[RAW_TEXT] = 't', [RAW_NUMBER] = 'n', [RAW_DATE] = 'd',
	                              [RAW_BOOL] = 'b', [RAW_ERROR] = 'e', [RAW_NO_RESULT] = 'f',
	                              [RAW_PICTURE] = 'p'};
	Buf b = {0};
	for (size_t i = 0; i < g->cell.n; i++) {
		const Cell *c = &g->cell.v[i];
		buf_fmt(&b, "%s%s=%c%s%s", i ? ";" : "", cell_address(a, c->row, c->column),
		        letter[c->raw], c->percent ? "%" : "", c->text);
	}
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

#define STYLES "<styleSheet " MAIN_NS "><numFmts>" \
	"<numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>" \
	"<numFmt numFmtId=\"165\" formatCode=\"[$-804]General\"/>" \
	"<numFmt numFmtId=\"166\" formatCode=\"0.00%\"/>" \
	"<numFmt numFmtId=\"167\" formatCode=\"yyyy/m/d h:mm\"/>" \
	"<numFmt numFmtId=\"168\" formatCode=\"[&lt;-25][Red]General;[&gt;25][Blue]General\"/></numFmts>" \
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>" \
	"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>" \
	"<xf numFmtId=\"9\"/><xf numFmtId=\"166\"/><xf numFmtId=\"167\"/><xf numFmtId=\"20\"/>" \
	"<xf numFmtId=\"57\"/><xf numFmtId=\"168\"/></cellXfs></styleSheet>"
#define STRINGS "<sst " MAIN_NS "><si><t>企业</t></si>" \
	"<si><r><t>宁东</t></r><r><rPr><b/></rPr><t>大道</t></r><rPh sb=\"0\" eb=\"1\"><t>dao</t></rPh></si>" \
	"<si><t xml:space=\"preserve\">  a b </t></si><si><t>x_x000D_\ny_x4E2D_</t></si>" \
	"<si><t/></si><si><t>_xD842__xDFB7__xD842_</t></si></sst>"

static const struct {
	const char *name, *cells, *want;
} cell_rows[] = {
	{"shared string", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>", "A1=t企业"},
	{"rich text without phonetics", "<row r=\"1\"><c r=\"B1\" t=\"s\"><v>1</v></c></row>", "B1=t宁东大道"},
	{"blanks trimmed", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>2</v></c></row>", "A1=ta b"},
	{"escapes", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>3</v></c></row>", "A1=tx\ny中"},
	{"empty string", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>4</v></c></row>", ""},
	{"surrogate escapes", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>5</v></c></row>", "A1=t𠮷"},
	{"string index past the end", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99</v></c></row>", ""},
	{"inline string", "<row><c t=\"inlineStr\"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c></row>", "A1=tab"},
	{"no r anywhere", "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>", "A1=n1;C1=n3;A2=n4"},
	{"row without r after one with", "<row r=\"5\"><c><v>1</v></c></row><row><c><v>2</v></c></row>", "A5=n1;A6=n2"},
	{"cell before its place", "<row r=\"1\"><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c></row>", "A1=n1;C1=n3"},
	{"mobile as a float", "<row><c><v>1.3800138E10</v></c></row>", "A1=n13800138000"},
	{"float noise", "<row><c><v>2087.0249999999996</v></c></row>", "A1=n2087.025"},
	{"idle zeros", "<row><c><v>1.50</v></c><c><v>-0</v></c><c><v>007</v></c></row>", "A1=n1.5;B1=n0;C1=n7"},
	{"code as a float", "<row><c><v>911101011990030712</v></c></row>", "A1=n9.11101011990031e+17"},
	{"no number", "<row><c><v>abc</v></c><c><v>0x10</v></c><c><v>inf</v></c></row>", "A1=tabc;B1=t0x10;C1=tinf"},
	{"date by built-in", "<row><c s=\"1\"><v>44990</v></c></row>", "A1=d2023-03-05"},
	{"date by Chinese format", "<row><c s=\"2\"><v>44990.75</v></c></row>", "A1=d2023-03-05"},
	{"Chinese built-in", "<row><c s=\"7\"><v>44990</v></c></row>", "A1=d2023-03-05"},
	{"date and time", "<row><c s=\"5\"><v>44990.375</v></c><c s=\"5\"><v>44990</v></c></row>", "A1=d2023-03-05T09:00:00;B1=d2023-03-05"},
	{"time", "<row><c s=\"6\"><v>0.5</v></c></row>", "A1=d12:00:00"},
	{"the false leap day", "<row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>61</v></c></row>", "A1=d1900-01-01;B1=d1900-02-28;C1=d1900-03-01"},
	{"no date any more", "<row><c s=\"1\"><v>-1</v></c><c s=\"1\"><v>9999999</v></c></row>", "A1=n-1;B1=n9999999"},
	{"general by value", "<row><c s=\"8\"><v>50</v></c></row>", "A1=n50"},
	{"percent", "<row><c s=\"3\"><v>0.256</v></c><c s=\"4\"><v>0.5</v></c></row>", "A1=n%0.256;B1=n%0.5"},
	{"iso date cell", "<row><c t=\"d\"><v>2023-03-05T00:00:00.000Z</v></c></row>", "A1=d2023-03-05"},
	{"iso time cell", "<row><c t=\"d\"><v>23:44:51.894</v></c></row>", "A1=d23:44:51"},
	{"booleans", "<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c></row>", "A1=bTRUE;B1=bFALSE"},
	{"error", "<row><c t=\"e\"><v>#N/A</v></c></row>", "A1=e#N/A"},
	{"formula with result", "<row><c><f>1+1</f><v>2</v></c></row>", "A1=n2"},
	{"formula without", "<row><c><f>SUM(A1:A2)</f></c><c><f>A1</f><v/></c></row>", "A1=f=SUM(A1:A2);B1=f=A1"},
	{"shared formula without", "<row><c><f t=\"shared\" si=\"0\"/></c></row>", "A1=f="},
	{"formula giving no text", "<row><c t=\"str\"><f>A1</f><v></v></c></row>", ""},
	{"TRUE as LibreOffice writes it", "<row><c t=\"b\"><f>TRUE()</f><v>1</v></c></row>", "A1=bTRUE"},
	{"picture of WPS", "<row><c t=\"str\"><f>_xlfn.DISPIMG(&quot;ID_1&quot;,1)</f><v>=DISPIMG(&quot;ID_1&quot;,1)</v></c></row>", "A1=p=DISPIMG(\"ID_1\",1)"},
	{"picture of WPS, saved by a program that computes nothing", "<row><c><f>_xlfn.DISPIMG(&quot;ID_1&quot;,1)</f><v/></c></row>", "A1=p_xlfn.DISPIMG(\"ID_1\",1)"},
	{"empty styled cells", "<row r=\"1\"><c r=\"A1\" s=\"1\"/><c r=\"B1\" s=\"2\"/></row>", ""},
	{"out of the sheet", "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row><row r=\"1048577\"><c><v>3</v></c></row>", "XFD1=n2;XFD1=n1"},
	{"full-width kept", "<row><c t=\"str\"><v>\u3000２０２３\u3000</v></c></row>", "A1=t２０２３"},
};

static int read_book(Arena *a, const BookMake *m, Book *out, unsigned *flag) {
	int fd = make_book(m);
	*flag = xlsx_read(a, fd, out);
	return fd;
}

static void test_cells(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof cell_rows / sizeof *cell_rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		unsigned flag;
		const char *sheet = arena_fmt(a, "<worksheet " MAIN_NS "><dimension ref=\"A1\"/><sheetData>%s</sheetData></worksheet>", cell_rows[i].cells);
		close(read_book(a, &(BookMake){.sheet = {sheet}, .styles = STYLES, .strings = STRINGS}, &b, &flag));
		ROW_INT(cell_rows[i].name, flag, 0);
		ROW_INT(cell_rows[i].name, b.grid.n, 1);
		if (strcmp(cell_rows[i].name, "out of the sheet") != 0)
			ROW_STR(cell_rows[i].name, dump(a, &b.grid.v[0]), cell_rows[i].want);
		book_free(&b);
		arena_free(a);
	}
}

static const struct {
	const char *name, *refers, *want;
} name_rows[] = {
	{"plain", "S!$B$3", "x_a 0 B3:B3"},
	{"no dollars", "S!B3:C4", "x_a 0 B3:C4"},
	{"quoted", "'S'!$B$3:$D$9", "x_a 0 B3:D9"},
	{"apostrophe entity", "&apos;S&apos;!$B$3", "x_a 0 B3:B3"},
	{"quote inside", "'it''s 申报'!$B$3", "x_a 1 B3:B3"},
	{"equals in front", "=S!$B$3", "x_a 0 B3:B3"},
	{"letter case", "s!$b$3", "x_a 0 B3:B3"},
	{"sheet twice", "S!$B$3:S!$C$4", "x_a 0 B3:C4"},
	{"first of several areas", "S!$B$3,S!$C$3", "x_a 0 B3:B3"},
	{"lost", "#REF!", ""},
	{"lost cell", "S!#REF!", ""},
	{"lost sheet", "#REF!$B$3", ""},
	{"other workbook", "[1]S!$B$3", ""},
	{"unknown sheet", "T!$B$3", ""},
	{"formula", "OFFSET(S!$A$1,1,1)", ""},
	{"column", "S!$A:$A", ""},
	{"backwards", "S!$C$4:$B$3", ""},
	{"unclosed quote", "'S!$B$3", ""},
	{"nothing", "", ""},
};

static void test_names(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof name_rows / sizeof *name_rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		unsigned flag;
		const char *book = arena_fmt(a, BOOK_XML("", SHEET("1", "S") SHEET("2", "it's 申报"),
			"<definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">S!$A$1</definedName>"
			"<definedName name=\"x_a\">%s</definedName>"), name_rows[i].refers);
		close(read_book(a, &(BookMake){.book = book, .sheet = {SHEET_XML(""), SHEET_XML("")}}, &b, &flag));
		ROW_INT(name_rows[i].name, flag, 0);
		const char *got = "";
		if (b.name.n) {
			const DefinedName *d = &b.name.v[0];
			got = arena_fmt(a, "%s %zu %s:%s", d->name, d->sheet, cell_address(a, d->r1, d->c1),
			                cell_address(a, d->r2, d->c2));
		}
		ROW_STR(name_rows[i].name, got, name_rows[i].want);
		book_free(&b);
		arena_free(a);
	}
}

#define CELL_1 "<row><c><v>1</v></c></row>"
#define TYPES {"[Content_Types].xml", "<Types/>", 0}

/* Books put together in unusual ways; each must give one sheet with A1=1. */
static const struct {
	const char *name;
	ZipMember member[8];
} whole_rows[] = {
	{"absolute targets", {TYPES, {"_rels/.rels", RELS(REL("a", "officeDocument", "/xl/workbook.xml")), 0},
		{"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0},
		{"xl/_rels/workbook.xml.rels", RELS(REL("r1", "worksheet", "/xl/worksheets/other.xml")), 0},
		{"xl/worksheets/other.xml", SHEET_XML(CELL_1), 0}}},
	{"backslashes", {TYPES, {"_rels\\.rels", RELS(REL("a", "officeDocument", "xl\\workbook.xml")), 0},
		{"xl\\workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0},
		{"xl\\_rels\\workbook.xml.rels", RELS(REL("r1", "worksheet", "worksheets\\sheet1.xml")), 0},
		{"\\xl\\worksheets\\Sheet1.xml", SHEET_XML(CELL_1), 0}}},
	{"prefixed tags", {TYPES, {"_rels/.rels", "<p:Relationships xmlns:p=\"" OOXML "package/2006/relationships\"><p:Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></p:Relationships>", 0},
		{"xl/workbook.xml", "<x:workbook xmlns:x=\"m\" xmlns:q=\"r\"><x:sheets><x:sheet name=\"S\" sheetId=\"1\" q:id=\"r1\"/></x:sheets></x:workbook>", 0},
		{"xl/_rels/workbook.xml.rels", BOOK_RELS, 0},
		{"xl/worksheets/sheet1.xml", "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c r=\"A1\"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>", 0}}},
	{"strict namespace", {TYPES, {"_rels/.rels", RELS("<Relationship Id=\"a\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>"), 0},
		{"xl/workbook.xml", "<workbook xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" xmlns:r=\"http://purl.oclc.org/ooxml/officeDocument/relationships\"><sheets>" SHEET("1", "S") "</sheets></workbook>", 0},
		{"xl/_rels/workbook.xml.rels", BOOK_RELS, 0}, {"xl/worksheets/sheet1.xml", SHEET_XML(CELL_1), 0}}},
	{"no .rels at all", {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0},
		{"xl/worksheets/sheet1.xml", SHEET_XML(CELL_1), 0}}},
	{"workbook elsewhere", {TYPES, {"_rels/.rels", RELS(REL("a", "officeDocument", "book/b.xml")), 0},
		{"book/b.xml", BOOK_XML("", SHEET("1", "S"), ""), 0},
		{"book/_rels/b.xml.rels", RELS(REL("r1", "worksheet", "../data/./s.xml")), 0},
		{"data/s.xml", SHEET_XML(CELL_1), 0}}},
	{"broken core.xml", {TYPES, {"docProps/core.xml", "<broken", 0}, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0},
		{"xl/worksheets/sheet1.xml", SHEET_XML(CELL_1), 0}}},
	{"UTF-16", {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0},
		{"xl/worksheets/sheet1.xml", "\xFF\xFE<\0w\0>\0<\0r\0o\0w\0>\0<\0c\0>\0<\0v\0>\0" "1\0<\0/\0v\0>\0<\0/\0c\0>\0<\0/\0r\0o\0w\0>\0<\0/\0w\0>", 68}}},
};

static void test_whole(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof whole_rows / sizeof *whole_rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		int fd = make_zip(whole_rows[i].member);
		ROW_INT(whole_rows[i].name, xlsx_read(a, fd, &b), 0);
		ROW_INT(whole_rows[i].name, b.grid.n, 1);
		ROW_STR(whole_rows[i].name, dump(a, &b.grid.v[0]), "A1=n1");
		close(fd);
		book_free(&b);
		arena_free(a);
	}
}

/* What is refused, and by which flag. */
static const struct {
	const char *name;
	unsigned flag;
	ZipMember member[6];
} bad_rows[] = {
	{"no workbook", PART_DAMAGED, {TYPES, {"xl/styles.xml", "<a/>", 0}}},
	{"no sheet in it", PART_DAMAGED, {TYPES, {"xl/workbook.xml", "<workbook/>", 0}}},
	{"sheet lost", PART_DAMAGED, {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0}}},
	{"texts lost", PART_DAMAGED, {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0}, {"xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>", 0}}},
	{"broken xml", PART_DAMAGED, {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0}, {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>", 0}}},
	{"DOCTYPE", PART_DAMAGED, {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0}, {"xl/worksheets/sheet1.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", 0}}},
	{"external DTD", PART_DAMAGED, {TYPES, {"xl/workbook.xml", "<!DOCTYPE a SYSTEM \"http://x/\"><workbook/>", 0}}},
	{"binary workbook", PART_UNSUPPORTED, {TYPES, {"_rels/.rels", RELS(REL("a", "officeDocument", "xl/workbook.bin")), 0}, {"xl/workbook.bin", "x", 0}}},
};

static void test_bad(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		int fd = make_zip(bad_rows[i].member);
		ROW_INT(bad_rows[i].name, xlsx_read(a, fd, &b), bad_rows[i].flag);
		close(fd);
		book_free(&b);
		arena_free(a);
	}
	Arena *a = arena_new();
	Book b = {0};
	ZipMember m[] = {TYPES, {"xl/workbook.xml", BOOK_XML("", SHEET("1", "S"), ""), 0}};
	int fd = make_zip_with(m, 2, "secret");
	assert_int_equal(xlsx_read(a, fd, &b), PART_ENCRYPTED);
	close(fd);
	fd = make_fd("PK\3\4 cut", 8);
	assert_int_equal(xlsx_read(a, fd, &b), PART_DAMAGED);
	close(fd);
	book_free(&b);
	arena_free(a);
}

static void test_sheets(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	unsigned flag;
	const char *book = BOOK_XML("<workbookPr date1904=\"1\"/>", SHEET("1", "申报表")
		"<sheet name=\"_xinlv\" sheetId=\"2\" state=\"veryHidden\" r:id=\"r2\"/>"
		"<sheet name=\"list\" sheetId=\"3\" state=\"hidden\" r:id=\"r3\"/><sheet name=\" \" sheetId=\"4\" r:id=\"\"/>",
		"<definedName name=\"x_a\" localSheetId=\"1\">$B$3</definedName><x15:workbookPr chartTrackingRefBase=\"1\"/>");
	const char *merged = "<worksheet><sheetData><row><c s=\"1\"><v>43528</v></c></row></sheetData>"
		"<mergeCells count=\"2\"><mergeCell ref=\"A1:B2\"/><mergeCell ref=\"broken\"/></mergeCells>"
		"<dataValidations><dataValidation/></dataValidations></worksheet>";
	close(read_book(a, &(BookMake){.book = book, .sheet = {merged, SHEET_XML(""), SHEET_XML("")}, .styles = STYLES}, &b, &flag));
	assert_int_equal(flag, 0);
	assert_int_equal(b.grid.n, 4);
	assert_string_equal(b.grid.v[0].name, "申报表");
	assert_false(b.grid.v[0].hidden);
	assert_int_equal(b.grid.v[3].cell.n, 0);
	assert_true(b.grid.v[1].hidden);
	assert_true(b.grid.v[2].hidden);
	assert_string_equal(dump(a, &b.grid.v[0]), "A1=d2023-03-05");
	assert_int_equal(b.grid.v[0].merge.n, 1);
	assert_int_equal(b.grid.v[0].merge.v[0].r2, 2);
	assert_int_equal(b.name.n, 1);
	assert_int_equal(b.name.v[0].sheet, 1);
	book_free(&b);
	arena_free(a);
}

static unsigned read_sheet_xml(const char *sheet, size_t *cells, bool *cut) {
	Arena *a = arena_new();
	Book b = {0};
	unsigned flag;
	close(read_book(a, &(BookMake){.sheet = {sheet}}, &b, &flag));
	*cells = b.grid.n ? b.grid.v[0].cell.n : 0;
	*cut = b.grid.n && b.grid.v[0].cut;
	book_free(&b);
	arena_free(a);
	return flag;
}

static void repeat(Buf *b, const char *s, unsigned n) {
	for (unsigned i = 0; i < n; i++)
		buf_str(b, s);
}

static void test_depth(void **state) {
	(void)state;
	size_t cells;
	bool cut;
	for (unsigned over = 0; over < 2; over++) {
		Buf b = {0};
		repeat(&b, "<a>", XML_MAX_DEPTH + over);
		repeat(&b, "</a>", XML_MAX_DEPTH + over);
		assert_int_equal(read_sheet_xml(b.p, &cells, &cut), over ? PART_TOO_DEEP : 0);
		buf_free(&b);
	}
}

/* What a sheet formatted to its end holds: one value, and rows that only have looks. */
static void test_empty_rows(void **state) {
	(void)state;
	size_t cells;
	bool cut;
	Buf b = {0};
	buf_str(&b, "<w><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");
	for (unsigned r = 2; r <= 60000; r++)
		buf_fmt(&b, "<row r=\"%u\" spans=\"1:3\" ht=\"15\"><c r=\"A%u\" s=\"3\"/><c r=\"B%u\" s=\"3\"/><c r=\"C%u\" s=\"1\"/></row>", r, r, r, r);
	buf_str(&b, "</sheetData></w>");
	assert_int_equal(read_sheet_xml(b.p, &cells, &cut), 0);
	assert_int_equal(cells, 1);
	assert_false(cut);
	buf_free(&b);
}

static void test_ratio(void **state) {
	(void)state;
	size_t cells;
	bool cut;
	/* Blanks pack to almost nothing: fine up to PACKAGE_RATIO_FROM, a bomb above. */
	for (unsigned over = 0; over < 2; over++) {
		Buf b = {0};
		repeat(&b, "          ", PACKAGE_RATIO_FROM / 10 - 1 + 10000 * over);
		memcpy(b.p, "<w>", 3);
		memcpy(b.p + b.n - 4, "</w>", 4);
		assert_int_equal(read_sheet_xml(b.p, &cells, &cut), over ? PART_TOO_LARGE : 0);
		buf_free(&b);
	}
}

static void test_value_bytes(void **state) {
	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		Arena *a = arena_new();
		Book b = {0};
		unsigned flag;
		Buf x = {0};
		buf_str(&x, "<w><sheetData><row><c t=\"str\"><v>");
		repeat(&x, "a", REPORT_MAX_VALUE - 1);
		buf_str(&x, over ? "\xE4\xB8\xAD" : "b");
		buf_str(&x, "</v></c></row></sheetData></w>");
		close(read_book(a, &(BookMake){.sheet = {x.p}}, &b, &flag));
		assert_int_equal(flag, 0);
		/* What does not fit whole is left out whole. */
		assert_int_equal(strlen(b.grid.v[0].cell.v[0].text), REPORT_MAX_VALUE - over);
		buf_free(&x);
		book_free(&b);
		arena_free(a);
	}
}

/* A stored workbook of these sheets, without a compressor's ratio in the way. */
static int stored_book(Buf *first, const char *second) {
	RawMember m[] = {
		{{"xl/workbook.xml", 15}, 0, NULL, str_of(BOOK_XML("", SHEET("1", "S") SHEET("2", "T"), ""))},
		{{"xl/_rels/workbook.xml.rels", 26}, 0, NULL, str_of(BOOK_RELS)},
		{{"xl/worksheets/sheet1.xml", 24}, 0, NULL, buf_view(first)},
		{{"xl/worksheets/sheet2.xml", 24}, 0, NULL, str_of(second)},
	};
	Buf z = raw_zip(m, 4);
	int fd = make_fd(z.p, z.n);
	buf_free(&z);
	return fd;
}

static void test_cell_count(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	Buf row = {0}, x = {0};
	repeat(&row, "<c><v>1</v></c>", 10000);
	buf_str(&x, "<w><sheetData>");
	for (unsigned i = 0; i < REPORT_MAX_CELLS / 10000; i++)
		buf_fmt(&x, "<row>%s</row>", row.p);
	buf_str(&x, "</sheetData></w>");
	int fd = stored_book(&x, SHEET_XML("<row><c><v>1</v></c></row>"));
	assert_int_equal(xlsx_read(a, fd, &b), 0);
	assert_int_equal(b.grid.v[0].cell.n, REPORT_MAX_CELLS);
	assert_false(b.grid.v[0].cut);
	assert_int_equal(b.grid.v[1].cell.n, 0);
	assert_true(b.grid.v[1].cut);
	close(fd);
	buf_free(&row);
	buf_free(&x);
	book_free(&b);
	arena_free(a);
}

static void test_part_count(void **state) {
	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		unsigned flag;
		RawMember *m = calloc(PACKAGE_MAX_PARTS + 1, sizeof *m);
		for (unsigned i = 0; i < PACKAGE_MAX_PARTS + over; i++)
			m[i] = (RawMember){{"a", 1}, 0, NULL, {"x", 1}};
		Buf z = raw_zip(m, PACKAGE_MAX_PARTS + over);
		int fd = make_fd(z.p, z.n);
		Package *p = package_open(fd, &flag);
		assert_int_equal(p != NULL, !over);
		assert_int_equal(flag, over ? PART_TOO_LARGE : 0);
		package_close(p);
		close(fd);
		buf_free(&z);
		free(m);
	}
}

/* A part that claims a size: believed only to be refused. */
static void test_part_bytes(void **state) {
	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		Arena *a = arena_new();
		Book b = {0};
		uint32_t claim = PACKAGE_MAX_PART + over;
		RawMember m = {{"xl/workbook.xml", 15}, 0, NULL, STR("<workbook/>")};
		Buf z = raw_zip(&m, 1);
		char *dir = memmem(z.p, z.n, "PK\1\2", 4);
		memcpy(dir + 20, &claim, 4);
		memcpy(dir + 24, &claim, 4);
		int fd = make_fd(z.p, z.n);
		assert_int_equal(xlsx_read(a, fd, &b), over ? PART_TOO_LARGE : PART_DAMAGED);
		close(fd);
		buf_free(&z);
		book_free(&b);
		arena_free(a);
	}
}

static const struct {
	const char *code;
	NumKind want;
} format_rows[] = {
	{"General", NUM_PLAIN}, {"0.00", NUM_PLAIN}, {"0.00E+00", NUM_PLAIN}, {"##0.0E+0", NUM_PLAIN},
	{"0%", NUM_PERCENT}, {"yyyy-mm-dd", NUM_DATE}, {"yyyy\"年\"m\"月\"", NUM_DATE},
	{"[$-404]e/m/d", NUM_DATE}, {"m\"月\"", NUM_DATE}, {"h:mm:ss", NUM_TIME}, {"[h]:mm", NUM_TIME},
	{"mm:ss.0", NUM_TIME}, {"yyyy/m/d h:mm", NUM_DATETIME}, {"\"day\" 0", NUM_PLAIN},
	{"[Red]0;[Blue]-0", NUM_PLAIN}, {"\\d0", NUM_PLAIN}, {"_d0", NUM_PLAIN}, {"@", NUM_PLAIN},
	{"#,##0\"元\"", NUM_PLAIN}, {"[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", NUM_DATE}, {"", NUM_PLAIN},
	{"\"open", NUM_PLAIN}, {"[open", NUM_PLAIN}, {"0;yyyy", NUM_PLAIN},
};

static void test_formats(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof format_rows / sizeof *format_rows; i++)
		ROW_INT(format_rows[i].code, numfmt_code(format_rows[i].code), format_rows[i].want);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells), cmocka_unit_test(test_names), cmocka_unit_test(test_whole),
		cmocka_unit_test(test_bad), cmocka_unit_test(test_sheets), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_empty_rows), cmocka_unit_test(test_ratio), cmocka_unit_test(test_value_bytes),
		cmocka_unit_test(test_cell_count), cmocka_unit_test(test_part_count), cmocka_unit_test(test_part_bytes),
		cmocka_unit_test(test_formats),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
