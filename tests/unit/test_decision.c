/* Workbooks of decisions: what is read of them, one row a case.  A sheet is written as lines of cells parted by '|'; T1, T2
 * stand for tokens. */
#include "row.h"

#include "base/text.h"
#include "reader/formats.h"

#define MAX_SHEETS 3
#define T1 "eligibility:office::T4-0001:1:aaaaaaaaaaaaaaaaaaaaaaaa"
#define T2 "formal:office::T4-0002:3:bbbbbbbbbbbbbbbbbbbbbbbb"
#define IDENTITY {"_xinlv", "kind|decision\nedition|e\nmade|m"}

typedef struct {
	const char *name, *cells;
} SheetRow;

static const struct {
	const char *name;
	SheetRow sheet[MAX_SHEETS];
	const char *want; /* token=decision/reason@sheet!cell; ... open N; "-": no workbook of decisions */
} rows[] = {
	{"as handed out", {{"S", "x\n编号|决定|理由|_xinlv\na|通过||T1\nb|||T2"}, IDENTITY}, "T1=通过/@S!B3 open 1"},
	{"a reason alone", {{"S", "编号|决定|理由|_xinlv\na||为何|T1"}, IDENTITY}, "T1=/为何@S!B2 open 0"},
	{"two sheets", {{"S", "决定|理由|_xinlv\n通过|a|T1"}, {"R", "决定|理由|_xinlv\n不通过|b|T2"}, IDENTITY},
	 "T1=通过/a@S!A2 T2=不通过/b@R!A2 open 0"},
	{"columns put in", {{"S", "编号|n|决定|n|理由|n|_xinlv\na|1|通过|2|r|3|T1"}, IDENTITY}, "T1=通过/r@S!C2 open 0"},
	{"columns in another order", {{"S", "_xinlv|理由|决定\nT1|r|通过"}, IDENTITY}, "T1=通过/r@S!C2 open 0"},
	{"headings dressed", {{"S", "【决 定】|理由：|_xinlv\n通过|r|T1"}, IDENTITY}, "T1=通过/r@S!A2 open 0"},
	{"headings lost", {{"S", "|||_xinlv\na|通过|r|T1"}, IDENTITY}, "T1=通过/r@S!B2 open 0"},
	{"one heading lost", {{"S", "a|决定||_xinlv\na|通过|r|T1"}, IDENTITY}, "T1=通过/r@S!B2 open 0"},
	{"all headings lost", {{"S", "a|通过|r|T1\nb|不通过||T2"}, IDENTITY}, "T1=通过/r@S!B1 T2=不通过/@S!B2 open 0"},
	{"headings sorted to the end", {{"S", "通过|r|T1\n不通过|s|T2\n决定|理由|_xinlv"}, IDENTITY},
	 "T1=通过/r@S!A1 T2=不通过/s@S!A2 open 0"},
	{"a row of another's", {{"S", "决定|理由|_xinlv\n通过|r|T1\n不通过|s|made up"}, IDENTITY},
	 "T1=通过/r@S!A2 made up=不通过/s@S!A3 open 0"},
	{"nothing filled in", {{"S", "决定|理由|_xinlv\n||T1\n||T2"}, IDENTITY}, "open 2"},
	{"no rows", {{"S", "决定|理由|_xinlv"}, IDENTITY}, "open 0"},
	{"blanks are nothing", {{"S", "决定|理由|_xinlv\n~|~|T1"}, IDENTITY}, "open 1"},
	{"a sheet to read only", {{"S", "决定|理由\n通过|r"}, IDENTITY}, "open 0"},
	{"its identity lost", {{"S", "决定|理由|_xinlv\n通过|r|T1"}}, "T1=通过/r@S!A2 open 0"},
	{"identity and headings lost", {{"S", "通过|r|T1"}}, "-"},
	{"a form", {{"S", "项目名称|甲"}, {"_xinlv", "edition|e\ntrack|T4"}}, "-"},
	{"a form with a heading like ours", {{"S", "决定|理由|_xinlv\n通过|r|T1"}, {"_xinlv", "edition|e\ntrack|T4"}}, "-"},
	{"another's workbook", {{"S", "决定|理由\n通过|r"}}, "-"},
	{"kind of another word", {{"S", "决定|理由|_xinlv\n通过|r|T1"}, {"_xinlv", "kind|score"}}, "-"},
};

/* As the rows above; what the identity names as open columns is read by its heading. */
static const struct {
	const char *name;
	SheetRow sheet[MAX_SHEETS];
	const char *want;
} open_rows[] = {
	{"columns of its own", {{"S", "编号|创新性|备注|_xinlv\na|8.5|好|T1\nb|||T2"}, {"_xinlv", "kind|decision\nopen|创新性&备注"}},
	 "T1=/@S!B2 创新性=8.5 备注=好 open 1"},
	{"all there were, where their list was lost", {{"S", "x\n编号|新联系人|决定|理由|_xinlv\na|李明|同意||T1\nb|王|||T2"}},
	 "T1=同意/@S!C3 编号=a 新联系人=李明 open 1"},
	{"none of them without a decision", {{"S", "编号|创新性|_xinlv\na|8|T1"}}, "T1=a/8@S!A2 open 0"},
	{"beside a decision", {{"S", "编号|时间|决定|理由|_xinlv\na|9:00|通过||T1"}, {"_xinlv", "kind|decision\nopen|时间"}},
	 "T1=通过/@S!C2 时间=9:00 open 0"},
	{"moved and dressed", {{"S", "_xinlv|备 注：|n|创新性\nT1|好|x|8"}, {"_xinlv", "kind|decision\nopen|创新性&备注"}},
	 "T1=/@S!B2 备 注：=好 创新性=8 open 0"},
	{"one of them lost", {{"S", "编号|备注|_xinlv\na|好|T1"}, {"_xinlv", "kind|decision\nopen|创新性&备注"}},
	 "T1=/@S!B2 备注=好 open 0"},
	{"not on this sheet", {{"S", "决定|理由|_xinlv\n通过||T1"}, {"_xinlv", "kind|decision\nopen|创新性"}},
	 "T1=通过/@S!A2 open 0"},
};

static const char *short_token(const char *t) {
	return !strcmp(t, T1) ? "T1" : !strcmp(t, T2) ? "T2" : t;
}

static void make_grid(Arena *a, const SheetRow *s, Grid *g) {
	Str rest = str_of(s->cells), line, cell;
	g->name = s->name;
	for (unsigned row = 1; str_next(&rest, '\n', &line); row++)
		for (unsigned column = 1; str_next(&line, '|', &cell); column++) {
			char *text = str_is(cell, "T1") ? arena_str(a, T1) : str_is(cell, "T2") ? arena_str(a, T2) : str_dup(a, cell);
			for (char *p = text; (p = strchr(p, '&')) != NULL;)
				*p = '\n';
			if (cell.n)
				*vec_push(&g->cell) = (Cell){.row = row, .column = column,
				                             .text = str_is(cell, "~") ? " " : text, .raw = RAW_TEXT};
		}
}

static FormMap *make_map(Arena *a) {
	FormMap *m = ARENA_NEW(a, FormMap);
	m->edition = "e";
	m->decision = text_key(a, "决定");
	m->reason = text_key(a, "理由");
	return m;
}

static char *dump(Arena *a, const DecisionBook *d) {
	Buf b = {0};
	for (size_t i = 0; i < d->row_n; i++) {
		buf_fmt(&b, "%s=%s/%s@%s!%s ", short_token(d->row[i].token), d->row[i].decision, d->row[i].reason,
		        d->row[i].sheet, d->row[i].cell);
		for (size_t k = 0; k < d->row[i].open_n; k++)
			buf_fmt(&b, "%s=%s ", d->row[i].open[k].heading, d->row[i].open[k].value);
	}
	buf_fmt(&b, "open %zu", d->open);
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void one_case(const char *name, const SheetRow *sheet, const char *want) {
	Arena *a = arena_new();
	Book b = {0};
	Report report = {0};
	ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
	for (size_t k = 0; k < MAX_SHEETS && sheet[k].name; k++)
		make_grid(a, &sheet[k], vec_push(&b.grid));
	bool is = decision_extract(&j, &b, 0);
	ROW_INT(name, j.decision.n, is);
	ROW_STR(name, is ? dump(a, &j.decision.v[0]) : "-", want);
	ROW_TRUE(name, !is || !j.decision.v[0].cut);
	book_free(&b);
	vec_free(&j.decision);
	arena_free(a);
}

static void test_rows(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		one_case(rows[i].name, rows[i].sheet, rows[i].want);
	for (size_t i = 0; i < sizeof open_rows / sizeof *open_rows; i++)
		one_case(open_rows[i].name, open_rows[i].sheet, open_rows[i].want);
}

static void test_identity(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	Report report = {0};
	ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
	SheetRow s = IDENTITY;
	make_grid(a, &s, vec_push(&b.grid));
	assert_true(decision_extract(&j, &b, 7));
	assert_string_equal(j.decision.v[0].edition, "e");
	assert_string_equal(j.decision.v[0].made, "m");
	assert_int_equal(j.decision.v[0].part, 7);
	for (size_t i = 1; i < REPORT_MAX_DECISION_BOOKS + 2; i++)
		assert_true(decision_extract(&j, &b, 7));
	assert_int_equal(j.decision.n, REPORT_MAX_DECISION_BOOKS);
	assert_true(report.parts_cut);
	book_free(&b);
	vec_free(&j.decision);
	arena_free(a);
}

/* At the limit, and one above it; and a text longer than any. */
static void test_limits(void **state) {
	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		Arena *a = arena_new();
		Book b = {0};
		Report report = {0};
		ReadJob j = {.arena = a, .map = make_map(a), .report = &report};
		Grid *g = vec_push(&b.grid);
		SheetRow head = {"S", "决定|理由|_xinlv"};
		make_grid(a, &head, g);
		char *longest = arena_alloc(a, 20001);
		memset(longest, 'x', 20000);
		for (unsigned r = 2; r < REPORT_MAX_DECISIONS + 2 + more; r++) {
			*vec_push(&g->cell) = (Cell){.row = r, .column = 1, .text = r == 2 ? longest : "通过", .raw = RAW_TEXT};
			*vec_push(&g->cell) = (Cell){.row = r, .column = 3, .text = T1, .raw = RAW_TEXT};
		}
		assert_true(decision_extract(&j, &b, 0));
		assert_int_equal(j.decision.v[0].row_n, REPORT_MAX_DECISIONS);
		assert_int_equal(j.decision.v[0].cut, more);
		assert_true(strlen(j.decision.v[0].row[0].decision) <= 16384);
		book_free(&b);
		vec_free(&j.decision);
		arena_free(a);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
