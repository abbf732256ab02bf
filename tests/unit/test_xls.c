/* Old workbooks, made by tests/fixtures/make_xls.py: what libfreexl reads and what it drops. */
#include "row.h"

#include <stdio.h>

#include "make_files.h"
#include "reader/biff.h"

/* The fixture's bytes in a descriptor, -1 where xlwt is not installed. */
static int fixture(const char *kind) {
	char command[200], buf[65536];
	Buf b = {0};
	size_t n;
	snprintf(command, sizeof command, "/usr/bin/python3 tests/fixtures/make_xls.py %s 2>/dev/null", kind);
	FILE *f = popen(command, "r");
	while (f && (n = fread(buf, 1, sizeof buf, f)) > 0)
		buf_add(&b, buf, n);
	int failed = f ? pclose(f) : -1;
	int fd = failed || !b.n ? -1 : make_fd(b.p, b.n);
	buf_free(&b);
	return fd;
}

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

static void test_cells(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	int fd = fixture("cells");
	if (fd < 0)
		skip();
	assert_int_equal(xls_read(a, fd, &b), 0);
	assert_int_equal(b.grid.n, 2);
	assert_string_equal(b.grid.v[0].name, "申报表");
	assert_string_equal(dump(a, &b.grid.v[0]),
		"A1=t项目名称;B1=t绿色 数据中心;A2=n42;B2=n13800138000;C2=n2087.025;A3=d2023-03-05;"
		"B3=d2023-03-05T09:30:00;A4=bTRUE;B4=bFALSE;A5=n%0.256;B5=f=;A6=tmerged;"
		"A8=n%0.1;B8=n%0.2;C8=n%0.3");
	assert_int_equal(b.grid.v[0].merge.n, 1);
	assert_int_equal(b.grid.v[0].merge.v[0].r1, 6);
	assert_int_equal(b.grid.v[0].merge.v[0].r2, 7);
	assert_int_equal(b.grid.v[0].merge.v[0].c2, 2);
	assert_false(b.grid.v[0].hidden);
	assert_true(b.grid.v[1].hidden);
	assert_string_equal(dump(a, &b.grid.v[1]), "A1=tedition;B1=te1");
	close(fd);
	book_free(&b);
	arena_free(a);
}

static void test_form(void **state) {
	(void)state;
	TestJob t;
	int fd = fixture("form");
	if (fd < 0)
		skip();
	job_begin(&t, 0);
	const char *labels[][1] = {{text_key(t.arena, "项目名称")}, {text_key(t.arena, "单位名称")},
	                           {text_key(t.arena, "联系人")}};
	MapField f[] = {{"a", "x_a", labels[0], 1, -1, false}, {"b", "x_b", labels[1], 1, -1, false},
	                {"c", "x_c", labels[2], 1, -1, false}};
	t.map = (FormMap){.edition = "e", .field = f, .field_n = 3};
	read_file(&t.job, fd, "a.xls", "", -1, 0, -1, 0);
	assert_int_equal(t.job.part.v[0].type, TYPE_XLS);
	assert_int_equal(t.job.form.n, 1);
	assert_int_equal(t.job.form.v[0].source, FORM_XLS);
	assert_int_equal(t.job.form.v[0].value_n, 3);
	assert_string_equal(t.job.form.v[0].value[1].text, "乙");
	assert_string_equal(t.job.form.v[0].value[1].cell, "C2");
	close(fd);
	job_end(&t);
}

/* Sheets over BIFF_MAX_AREA are refused before libfreexl fills them. */
static void test_area(void **state) {
	(void)state;
	static const struct {
		const char *kind;
		unsigned flag;
	} rows[] = {{"tall", 0}, {"wide", PART_TOO_LARGE}};
	for (size_t i = 0; i < 2; i++) {
		Arena *a = arena_new();
		Book b = {0};
		int fd = fixture(rows[i].kind);
		if (fd < 0)
			skip();
		ROW_INT(rows[i].kind, xls_read(a, fd, &b), rows[i].flag);
		close(fd);
		book_free(&b);
		arena_free(a);
	}
}

/* Cut or changed at many places: a flag or a book, never a crash.  libfreexl itself is not
 * under sanitizers; biff.c and ole.c are. */
static void test_broken(void **state) {
	(void)state;
	Buf b = {0};
	uint64_t seed = 11;
	int fd = fixture("cells");
	if (fd < 0)
		skip();
	buf_reserve(&b, 65536);
	b.n = (size_t)pread(fd, b.p, 65536, 0);
	close(fd);
	for (int i = 0; i < 600; i++) {
		char *copy = malloc(b.n);
		memcpy(copy, b.p, b.n);
		size_t n = i % 3 ? b.n : (size_t)random_next(&seed) % b.n;
		for (int k = 0; k < i % 7; k++)
			copy[random_next(&seed) % b.n] = (char)random_next(&seed);
		Arena *a = arena_new();
		BiffBook more = {0};
		fd = make_fd(copy, n);
		biff_read(a, fd, &more);
		biff_free(&more);
		close(fd);
		free(copy);
		arena_free(a);
	}
	buf_free(&b);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells), cmocka_unit_test(test_form), cmocka_unit_test(test_area),
		cmocka_unit_test(test_broken),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
