/* Old workbooks, made by tests/fixtures/make_xls.py: as programs write them, and as few do. */
#include "row.h"

#include <stdio.h>

#include "make_files.h"

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
	read_file(&t.job, fd, -1, &(FileAt){.name = "a.xls", .parent = -1});
	assert_int_equal(t.job.part.v[0].type, TYPE_XLS);
	assert_int_equal(t.job.form.n, 1);
	assert_int_equal(t.job.form.v[0].source, FORM_XLS);
	assert_int_equal(t.job.form.v[0].value_n, 3);
	assert_string_equal(t.job.form.v[0].value[1].text, "乙");
	assert_string_equal(t.job.form.v[0].value[1].cell, "C2");
	close(fd);
	job_end(&t);
}

/* The first sheet of a fixture, in rows. */
static void test_kinds(void **state) {
	(void)state;
	static const struct {
		const char *kind, *sheet, *want;
	} rows[] = {
		{"biff5", "申报表", "A1=t数字技术;B1=t数字技术;A2=n1.5;B2=t数字技术"},
		{"odd", "表", "A1=tabc;B1=t绿色;C1=t绿色ok;D1=t数据;A2=n12.34;B2=n1;C2=n-5;A3=t绿色数据;B3=thi;C3=e#DIV/0!"},
		{"far", "申报表", "A1=tx;IV65536=ty"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Book b = {0};
		int fd = fixture(rows[i].kind);
		if (fd < 0)
			skip();
		ROW_INT(rows[i].kind, xls_read(a, fd, &b), 0);
		ROW_INT(rows[i].kind, b.grid.n, 1);
		ROW_STR(rows[i].kind, b.grid.v[0].name, rows[i].sheet);
		ROW_STR(rows[i].kind, dump(a, &b.grid.v[0]), rows[i].want);
		close(fd);
		book_free(&b);
		arena_free(a);
	}
}

/* Shared strings of 180 KB go on in more than twenty records, each text whole. */
static void test_long(void **state) {
	(void)state;
	Arena *a = arena_new();
	Book b = {0};
	int fd = fixture("long");
	if (fd < 0)
		skip();
	assert_int_equal(xls_read(a, fd, &b), 0);
	assert_int_equal(b.grid.v[0].cell.n, 60);
	for (size_t i = 0; i < 60; i++) {
		const char *text = b.grid.v[0].cell.v[i].text, *head = arena_fmt(a, "第%zu行", i);
		assert_int_equal(strncmp(text, head, strlen(head)), 0);
		assert_int_equal(strlen(text), strlen(head) + i * 97 * (i % 2 ? 3 : 1));
	}
	close(fd);
	book_free(&b);
	arena_free(a);
}

/* Cut or changed at many places: a flag or a book, never a crash. */
static void test_broken(void **state) {
	(void)state;
	static const char *const kinds[] = {"cells", "odd", "biff5"};
	uint64_t seed = 11;
	for (int i = 0; i < 900; i++) {
		static Buf b[3];
		Buf *from = &b[i % 3];
		if (!from->n) {
			int fd = fixture(kinds[i % 3]);
			if (fd < 0)
				skip();
			buf_reserve(from, 65536);
			from->n = (size_t)pread(fd, from->p, 65536, 0);
			close(fd);
		}
		char *copy = malloc(from->n);
		memcpy(copy, from->p, from->n);
		size_t n = i % 4 ? from->n : (size_t)random_next(&seed) % from->n;
		for (int k = 0; k < i % 7; k++)
			copy[random_next(&seed) % from->n] = (char)random_next(&seed);
		Arena *a = arena_new();
		Book book = {0};
		int fd = make_fd(copy, n);
		xls_read(a, fd, &book);
		book_free(&book);
		close(fd);
		free(copy);
		arena_free(a);
		if (i >= 897)
			buf_free(from);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells), cmocka_unit_test(test_form), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_long), 		cmocka_unit_test(test_broken),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
