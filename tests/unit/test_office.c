/* Workbooks: forms of the shipped contest, of the children's and of a small one are written, read back
 * with the reader's own eyes, and compared with the rules they came from. */
#include "row.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/text.h"
#include "office/office.h"
#include "office/workbook.h"
#include "reader/read.h"
#include "rules/values.h"
#include "rules_fixture.h"

#if defined(__SANITIZE_ADDRESS__)
/* libxlsxwriter 1.1.4 never frees the formula of a list of choices. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
	return "fast_unwind_on_malloc=0";
}
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
	return "leak:worksheet_data_validation_range\n";
}
#endif

#define CODE_DIGITS "911101011990030712"

static char home[] = "/tmp/xinlv-office-XXXXXX";
static int home_fd = -1;

/* A contest's own rules with the repository's words. */
static Rules *rules_of(Arena *a, const char *folder) {
	Source s;
	Err e = {0};
	int fd = open(folder, O_RDONLY | O_DIRECTORY);
	char **track;
	size_t n;
	const char *own[] = {"rules/contest.yaml", "rules/form.yaml", "rules/mail.yaml"};
	if (fd < 0 || file_list(a, fd, "rules/tracks", &track, &n, &e))
		fail_msg("run from the root of the repository: %s", e.text);
	s = (Source){.file = arena_array(a, n + 4, sizeof *s.file)};
	for (size_t i = 0; i < n + 4; i++) {
		Buf b = {0};
		const char *path = i < 3 ? own[i] : i == n + 3 ? "templates/words.yaml"
		                                               : arena_fmt(a, "rules/tracks/%s", track[i - 3]);
		if (file_read(i == n + 3 ? AT_FDCWD : fd, path, 0, &b, &e))
			fail_msg("%s", e.text);
		s.file[s.n++] = (SourceFile){.path = path, .bytes = {arena_copy(a, b.p, b.n), b.n}};
		buf_free(&b);
	}
	close(fd);
	return small_rules(&s);
}

static Rules *small(Arena *a) {
	Source s = small_source(a);
	return small_rules(&s);
}

static const struct {
	const char *name, *folder; /* NULL: the small one in memory */
} contests[] = {{"shipped", "."}, {"children", "tests/contests/poem"}, {"small", NULL}};
#define CONTESTS (sizeof contests / sizeof *contests)

static Rules *contest(Arena *a, size_t i) {
	return contests[i].folder ? rules_of(a, contests[i].folder) : small(a);
}

static void read_book(Arena *a, const char *path, Book *out) {
	int fd = openat(home_fd, path, O_RDONLY);
	memset(out, 0, sizeof *out);
	if (fd < 0)
		fail_msg("%s is not there", path);
	ROW_INT(path, xlsx_read(a, fd, out), 0);
	close(fd);
}

static void book_free(Book *b) {
	for (size_t i = 0; i < b->grid.n; i++) {
		vec_free(&b->grid.v[i].cell);
		vec_free(&b->grid.v[i].merge);
	}
	vec_free(&b->grid);
	vec_free(&b->name);
}

static const char *cell(const Grid *g, unsigned row, unsigned column) {
	for (size_t i = 0; i < g->cell.n; i++)
		if (g->cell.v[i].row == row && g->cell.v[i].column == column)
			return g->cell.v[i].text;
	return "";
}

static const Grid *sheet(const Book *b, const char *name) {
	for (size_t i = 0; i < b->grid.n; i++)
		if (!strcmp(b->grid.v[i].name, name))
			return &b->grid.v[i];
	fail_msg("there is no sheet %s", name);
	return NULL;
}

static const DefinedName *name_of(const Book *b, Arena *a, const char *key) {
	const char *name = formmap_name(a, key);
	for (size_t i = 0; i < b->name.n; i++)
		if (!strcmp(b->name.v[i].name, name))
			return &b->name.v[i];
	fail_msg("there is no name %s", name);
	return NULL;
}

/* A part of the package as it stands. */
static char *part(Arena *a, const char *path, const char *member) {
	int error;
	zip_t *z = zip_open(arena_fmt(a, "%s/%s", home, path), ZIP_RDONLY, &error);
	zip_stat_t st;
	if (!z || zip_stat(z, member, 0, &st))
		fail_msg("%s has no %s", path, member);
	char *text = arena_alloc(a, st.size + 1);
	zip_file_t *f = zip_fopen(z, member, 0);
	assert_int_equal(zip_fread(f, text, st.size), st.size);
	zip_fclose(f);
	zip_close(z);
	return text;
}

/* Every form of every contest. */

static void check_fields(Arena *a, const Rules *r, const Track *t, const Book *b) {
	for (size_t i = 0; i < t->form.field_n; i++) {
		const Field *f = &t->form.field[i];
		const DefinedName *d = name_of(b, a, f->key);
		ROW_STR(f->key, b->grid.v[d->sheet].name, words(r, "form.sheet"));
		ROW_INT(f->key, d->c1, d->c2);
		size_t rows = d->r2 - d->r1 + 1, want = f->table ? f->table->max_rows : 1;
		ROW_INT(f->key, rows, want);
		ROW_STR(f->key, cell(&b->grid.v[d->sheet], d->r1, d->c1), "");
		/* The label is where a person looks for it: to the left, or above a table's column. */
		const char *label = f->table ? cell(&b->grid.v[d->sheet], d->r1 - 1, d->c1)
		                             : cell(&b->grid.v[d->sheet], d->r1, d->c1 - 1);
		ROW_TRUE(f->key, str_starts(str_of(label), f->label));
	}
	ROW_INT(t->code, b->name.n >= t->form.field_n, 1);
}

static void check_identity(const Rules *r, const Track *t, const Book *b) {
	const Grid *g = sheet(b, "_xinlv");
	const char *want[][2] = {{"edition", r->edition}, {"track", t->code}, {"version", r->form_version}};
	ROW_TRUE(t->code, g->hidden && sheet(b, "_lists")->hidden);
	for (unsigned i = 0; i < 3; i++) {
		ROW_STR(t->code, cell(g, i + 1, 1), want[i][0]);
		ROW_STR(t->code, cell(g, i + 1, 2), want[i][1]);
	}
	ROW_STR(t->code, cell(g, 4, 1), "token");
	ROW_INT(t->code, strlen(cell(g, 4, 2)), 16);
}

/* The range that the validation of a cell takes its list from. */
static const char *list_of(Arena *a, const char *xml, const DefinedName *d) {
	const char *first = cell_address(a, d->r1, d->c1);
	const char *at = d->r1 == d->r2 ? arena_fmt(a, "sqref=\"%s\"", first)
	                                : arena_fmt(a, "sqref=\"%s:%s\"", first, cell_address(a, d->r2, d->c2));
	const char *v = strstr(xml, at), *from = v ? strstr(v, "<formula1>") : NULL, *end = v ? strstr(v, "</dataValidation>") : NULL;
	if (!from || from > end)
		fail_msg("no list at %s", at);
	from += strlen("<formula1>");
	return arena_copy(a, from, (size_t)(strchr(from, '<') - from));
}

static void check_lists(Arena *a, const Rules *r, const Track *t, const Book *b, const char *path) {
	const char *xml = part(a, path, "xl/worksheets/sheet1.xml");
	const Grid *g = sheet(b, "_lists");
	for (size_t i = 0; i < t->form.field_n; i++) {
		const Field *f = &t->form.field[i];
		if (!f->choice_n)
			continue;
		const char *range = list_of(a, xml, name_of(b, a, f->key));
		char column;
		unsigned last = 1, read = (unsigned)sscanf(range, "'_lists'!$%c$1:$%*c$%u", &column, &last);
		ROW_TRUE(range, read == 2 || (read == 1 && f->choice_n == 1));
		ROW_INT(f->key, last, f->choice_n);
		for (unsigned k = 0; k < f->choice_n; k++)
			ROW_STR(f->key, cell(g, k + 1, (unsigned)(column - 'A') + 1), f->choice[k]);
	}
	(void)r;
}

static void test_forms_carry_the_rules(void **state) {
	(void)state;
	for (size_t c = 0; c < CONTESTS; c++) {
		Arena *a = arena_new();
		Rules *r = contest(a, c);
		Err e = {0};
		for (size_t t = 0; t < r->track_n; t++) {
			Book b;
			const char *file = form_file_name(r, &r->track[t], a), *path = arena_fmt(a, "templates/forms/%s", file);
			ROW_TRUE(file, str_starts(str_of(file), r->track[t].code) && str_ends_nocase(str_of(file), ".xlsx"));
			if (form_write(r, &r->track[t], home_fd, file, &e))
				fail_msg("%s: %s", file, e.text);
			read_book(a, path, &b);
			ROW_STR(file, b.grid.v[0].name, words(r, "form.sheet"));
			ROW_STR(file, cell(&b.grid.v[0], 1, 1), r->form_title);
			check_fields(a, r, &r->track[t], &b);
			check_identity(r, &r->track[t], &b);
			check_lists(a, r, &r->track[t], &b, path);
			book_free(&b);
		}
		rules_free(r);
		arena_free(a);
	}
}

static void test_same_rules_same_bytes(void **state) {
	(void)state;
	Arena *a = arena_new();
	Rules *r = rules_of(a, ".");
	Err e = {0};
	Buf one = {0}, two = {0};
	assert_int_equal(form_write(r, &r->track[3], home_fd, "one.xlsx", &e), 0);
	rules_free(r);
	r = rules_of(a, ".");
	assert_int_equal(form_write(r, &r->track[3], home_fd, "two.xlsx", &e), 0);
	assert_int_equal(file_read(home_fd, "templates/forms/one.xlsx", 0, &one, &e), 0);
	assert_int_equal(file_read(home_fd, "templates/forms/two.xlsx", 0, &two, &e), 0);
	assert_true(str_eq(buf_view(&one), buf_view(&two)));
	buf_free(&one);
	buf_free(&two);
	rules_free(r);
	arena_free(a);
}

/* Forms that come back. */

static const char *answer(Arena *a, const Field *f) {
	if (f->kind == KIND_CHOICE || f->kind == KIND_CONFIRM)
		return f->choice[f->choice_n - 1];
	if (f->kind == KIND_LONGTEXT)
		return arena_fmt(a, "%s\n= 1 & <b> '“”'", f->key);
	return *f->example ? f->example : "1280.5";
}

/* One value for each field, two rows for each table. */
static FillValue *answers(Arena *a, const Track *t, size_t *n) {
	FillValue *v = arena_array(a, t->form.field_n * 2, sizeof *v);
	*n = 0;
	for (size_t i = 0; i < t->form.field_n; i++) {
		const Field *f = &t->form.field[i];
		for (size_t row = f->table ? 1 : 0; row <= (f->table ? 2u : 0u); row++)
			v[(*n)++] = (FillValue){f->key, row, answer(a, f)};
	}
	return v;
}

static FillProblem *problems(Arena *a, const Track *t, size_t *n) {
	FillProblem *p = arena_array(a, t->form.field_n + 2, sizeof *p);
	*n = 0;
	for (size_t i = 0; i < t->form.field_n; i++)
		p[(*n)++] = (FillProblem){t->form.field[i].key, t->form.field[i].table ? 2 : 0, i % 2 == 0,
		                          arena_fmt(a, "“%s”不对：请改。", t->form.field[i].label), false};
	p[(*n)++] = (FillProblem){"", 0, true, "缺少附件", false};
	if (t->form.table_n)
		p[(*n)++] = (FillProblem){t->form.table[0].key, 0, true, "行数太少", false};
	return p;
}

static const char *value_read_back(const ReadJob *j, const FillValue *v) {
	const FormRead *f = &j->form.v[0];
	for (size_t i = 0; i < f->value_n; i++)
		if (f->value[i].row == v->row && !strcmp(j->map->field[f->value[i].field].key, v->key))
			return f->value[i].text;
	return "(nothing)";
}

static void read_filled(Arena *a, const Rules *r, const char *path, bool with_names, const FillValue *v, size_t n) {
	Book b;
	ReadJob j = {.arena = a, .map = formmap_make(r, a), .report = ARENA_NEW(a, Report)};
	read_book(a, path, &b);
	if (!with_names)
		b.name.n = 0;
	form_extract(&j, &b, FORM_XLSX, 0);
	ROW_INT(path, j.form.n, 1);
	for (size_t i = 0; i < n; i++)
		ROW_STR(arena_fmt(a, "%s %s %zu %s", path, v[i].key, v[i].row, with_names ? "by name" : "by label"),
		        value_read_back(&j, &v[i]), v[i].text);
	ROW_STR(path, j.form.v[0].token, "token-1");
	vec_free(&j.form);
	book_free(&b);
}

static int fill_file(const Rules *r, const Track *t, const FillValue *v, size_t vn, const FillProblem *p, size_t pn,
                     const char *token, const char *file, Err *e) {
	Buf b = {0};
	int rc = form_fill(r, t, v, vn, p, pn, token, &b, e);
	if (rc == 0)
		rc = file_write_plain(home_fd, file, b.p, b.n, 0644, e);
	buf_free(&b);
	return rc;
}

static void test_a_filled_form_reads_as_it_was(void **state) {
	(void)state;
	for (size_t c = 0; c < 2; c++) {
		Arena *a = arena_new();
		Rules *r = contest(a, c);
		Err e = {0};
		for (size_t t = 0; t < r->track_n; t++) {
			size_t vn, pn;
			FillValue *v = answers(a, &r->track[t], &vn);
			FillProblem *p = problems(a, &r->track[t], &pn);
			if (fill_file(r, &r->track[t], v, vn, p, pn, "token-1", "filled.xlsx", &e))
				fail_msg("%s", e.text);
			read_filled(a, r, "filled.xlsx", true, v, vn);
			read_filled(a, r, "filled.xlsx", false, v, vn);
		}
		rules_free(r);
		arena_free(a);
	}
}

static void test_problems_are_listed_with_their_cells(void **state) {
	(void)state;
	Arena *a = arena_new();
	Rules *r = small(a);
	Err e = {0};
	Book b;
	const FillValue v[] = {{"members.name", 7, "第七人"}};
	const FillProblem p[] = {{"org.kind", 0, false, "请核对性质", false}, {"project.title", 0, true, "没有名称", false},
	                         {"members.name", 3, true, "没有姓名", false}, {"", 0, true, "没有附件", false},
	                         {"no.such", 0, true, "不知何处", false}, {"org.name", 0, true, "没有名称", true}};
	assert_int_equal(fill_file(r, &r->track[0], v, 1, p, 6, "", "list.xlsx", &e), 0);
	read_book(a, "list.xlsx", &b);
	const Grid *g = &b.grid.v[0];
	ROW_STR("name", g->name, words(r, "form.problems"));
	/* Errors first. */
	const char *want[] = {"没有名称", "没有姓名", "没有附件", "不知何处", "请核对性质"};
	const char *const key[] = {"project.title", "members.name", NULL, NULL, "org.kind"};
	for (unsigned i = 0; i < 5; i++) {
		ROW_STR("sentence", cell(g, i + 4, 5), want[i]);
		const DefinedName *d = key[i] ? name_of(&b, a, key[i]) : NULL;
		unsigned down = i == 1 ? 2 : 0;
		ROW_STR(want[i], cell(g, i + 4, 3),
		        d ? arena_fmt(a, "%s!%s", words(r, "form.sheet"), cell_address(a, d->r1 + down, d->c1)) : "");
	}
	ROW_STR("another cell of one that is listed", cell(g, 9, 5), "");
	/* More rows came than the rules allow: all are there. */
	const DefinedName *d = name_of(&b, a, "members.name");
	ROW_INT("rows", d->r2 - d->r1 + 1, 7);
	ROW_STR("seventh", cell(&b.grid.v[d->sheet], d->r2, d->c1), "第七人");
	book_free(&b);
	rules_free(r);
	arena_free(a);
}

/* Hostile texts. */

static const struct {
	const char *name, *text, *want; /* NULL: as it came */
} hostile[] = {
	{"formula", "=HYPERLINK(\"http://x.example/\",\"x\")", NULL},
	{"at", "@SUM(A1)", NULL},
	{"markup", "]]></t></si><x a='\"'>&amp;", NULL},
	{"bytes that are not UTF-8", "a\xFF\xC3(b", "a\xEF\xBF\xBD\xEF\xBF\xBD(b"},
	{"control characters", "a\x01\x02\x1B[31mb\x7F", "a[31mb"},
	{"noncharacters", "a\xEF\xBF\xBE" "b\xF0\x9F\xBF\xBF", "ab"},
	{"rare characters", "\xF0\xA0\xAE\xB7\xE4\xB8\xAD", NULL},
	{"digits", CODE_DIGITS, NULL},
	{"leading zero", "0075400", NULL},
	{"line ends", "a\nb\n\nc", NULL},
	{"what reads as an escaped character", "_x0041_\347\224\262 _x000D_x005f_ _x00G1_ _X0041_ _x004", NULL},
};

static void test_hostile_values(void **state) {
	(void)state;
	Arena *a = arena_new();
	Rules *r = small(a);
	Err e = {0};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		Book b;
		const FillValue v[] = {{"org.name", 0, hostile[i].text}, {"members.name", 1, hostile[i].text}};
		const FillProblem p[] = {{"org.name", 0, true, hostile[i].text, false}, {hostile[i].text, 0, true, hostile[i].text, false}};
		if (fill_file(r, &r->track[0], v, 2, p, 2, hostile[i].text, "hostile.xlsx", &e))
			fail_msg("row %s: %s", hostile[i].name, e.text);
		read_book(a, "hostile.xlsx", &b);
		const char *want = hostile[i].want ? hostile[i].want : hostile[i].text;
		const DefinedName *d = name_of(&b, a, "org.name");
		ROW_STR(hostile[i].name, cell(&b.grid.v[d->sheet], d->r1, d->c1), want);
		ROW_STR(hostile[i].name, cell(&b.grid.v[0], 4, 5), want);
		ROW_STR(hostile[i].name, cell(sheet(&b, "_xinlv"), 4, 2), want);
		book_free(&b);
	}
	rules_free(r);
	arena_free(a);
}

static void test_a_text_beyond_a_cell_is_cut(void **state) {
	(void)state;
	Arena *a = arena_new();
	Rules *r = small(a);
	Err e = {0};
	Book b;
	/* Outside the basic plane, each counts as two. */
	for (size_t n = 32767 / 2; n <= 32767 / 2 + 1; n++) {
		Buf text = {0};
		for (size_t i = 0; i < n; i++)
			buf_str(&text, "\xF0\xA0\xAE\xB7");
		const FillValue v = {"org.name", 0, text.p};
		const FillProblem p = {"org.name", 0, true, text.p, false};
		assert_int_equal(fill_file(r, &r->track[0], &v, 1, &p, 1, "t", "long.xlsx", &e), 0);
		read_book(a, "long.xlsx", &b);
		const DefinedName *d = name_of(&b, a, "org.name");
		assert_int_equal(text_chars(cell(&b.grid.v[d->sheet], d->r1, d->c1)), 32767 / 2);
		book_free(&b);
		buf_free(&text);
	}
	/* What is written for one character counts as all that is written. */
	Buf text = {0};
	for (size_t i = 0; i < 32767 / 7; i++)
		buf_str(&text, "_x0041_");
	const FillValue v = {"org.name", 0, text.p};
	assert_int_equal(fill_file(r, &r->track[0], &v, 1, NULL, 0, "t", "long.xlsx", &e), 0);
	read_book(a, "long.xlsx", &b);
	const DefinedName *d = name_of(&b, a, "org.name");
	const char *got = cell(&b.grid.v[d->sheet], d->r1, d->c1);
	assert_in_range(strlen(got), 32767 / 2, 32767);
	assert_true(str_starts(buf_view(&text), got));
	book_free(&b);
	buf_free(&text);
	rules_free(r);
	arena_free(a);
}

/* Labels, helps and choices of any length: prompts and warnings have limits that would be told on
 * standard error, and the list would be gone. */
static void test_long_rules(void **state) {
	(void)state;
	Arena *a = arena_new();
	Source s = small_source(a);
	Buf choices = {0}, help = {0};
	for (int i = 0; i < 300; i++) {
		buf_fmt(&choices, "%s很长的选项其%d", i ? ", " : "[企业, 学校, 其他, ", i);
		buf_str(&help, "说明很长。&");
	}
	buf_str(&choices, "]");
	small_change(a, &s, "rules/form.yaml", "[企业, 学校, 其他]", buf_cstr(&choices));
	small_change(a, &s, "rules/form.yaml", "        label: 名称\n",
	             arena_fmt(a, "        label: 名称\n        help: %s\n", buf_cstr(&help)));
	Rules *r = small_rules(&s);
	Err e = {0};
	Book b;
	int saved = dup(2), pipe_end[2];
	assert_int_equal(pipe(pipe_end), 0);
	dup2(pipe_end[1], 2);
	int rc = form_write(r, &r->track[0], home_fd, "long.xlsx", &e);
	dup2(saved, 2);
	close(saved);
	close(pipe_end[1]);
	char said[64];
	ssize_t n = read(pipe_end[0], said, sizeof said);
	close(pipe_end[0]);
	assert_int_equal(rc, 0);
	assert_int_equal(n, 0); /* nothing on standard error */
	read_book(a, "templates/forms/long.xlsx", &b);
	check_fields(a, r, &r->track[0], &b);
	check_lists(a, r, &r->track[0], &b, "templates/forms/long.xlsx");
	book_free(&b);
	buf_free(&choices);
	buf_free(&help);
	rules_free(r);
	arena_free(a);
}

/* Refusals. */

static void test_refusals(void **state) {
	(void)state;
	static const struct {
		const char *name, *what, *with, *path;
		ErrKind kind;
	} rows[] = {
		{"sheet name with a slash", "  sheet: 申报表", "  sheet: 申/报", "x.xlsx", ERR_RULES},
		{"two sheets of one name", "  notes: 填写说明", "  notes: 申报表", "x.xlsx", ERR_RULES},
		{"name of 32 characters", "  sheet: 申报表", "  sheet: abcdefghijklmnopqrstuvwxyzabcdef", "x.xlsx", ERR_RULES},
		{"no such folder", "  sheet: 申报表", "  sheet: 申报表", "missing/x.xlsx", ERR_DISK},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Source s = small_source(a);
		Err e = {0};
		char **names;
		size_t before, after;
		small_change(a, &s, "templates/words.yaml", rows[i].what, rows[i].with);
		Rules *r = small_rules(&s);
		file_list(a, home_fd, "templates/forms", &names, &before, &e);
		ROW_INT(rows[i].name, form_write(r, &r->track[0], home_fd, rows[i].path, &e), -1);
		ROW_INT(rows[i].name, e.kind, rows[i].kind);
		file_list(a, home_fd, "templates/forms", &names, &after, &e);
		ROW_INT(rows[i].name, after, before);
		rules_free(r);
		arena_free(a);
	}
}

/* Lists. */

typedef struct {
	size_t rows, at;
	bool breaks;
} Feed;

static int next(void *ctx, const char **cells, Err *e) {
	static char number[32];
	Feed *f = ctx;
	if (f->at == f->rows)
		return f->breaks ? err_set(e, ERR_BUG, "broken off") : 0;
	snprintf(number, sizeof number, "%zu", ++f->at);
	cells[0] = number;
	cells[1] = CODE_DIGITS;
	cells[2] = "=1+1\n中\xFF";
	return 1;
}

static void test_tables(void **state) {
	(void)state;
	static const char *const heading[] = {"编号", "代码", "备注"};
	Arena *a = arena_new();
	const char *path = arena_fmt(a, "%s/table.xlsx", home);
	for (size_t rows = 0; rows <= 3000; rows += 1500) {
		Feed f = {.rows = rows};
		Err e = {0};
		Book b;
		assert_int_equal(table_write(heading, 3, "entries", path, next, &f, &e), 0);
		read_book(a, "table.xlsx", &b);
		assert_string_equal(cell(&b.grid.v[0], 1, 2), "代码");
		if (rows) {
			const Grid *g = &b.grid.v[0];
			assert_int_equal(g->cell.n, 3 * (rows + 1));
			const Cell *c = &g->cell.v[3 * rows];
			assert_int_equal(c[0].raw, RAW_TEXT);
			assert_string_equal(c[1].text, CODE_DIGITS);
			assert_string_equal(c[2].text, "=1+1\n中\xEF\xBF\xBD");
		}
		assert_non_null(strstr(part(a, "table.xlsx", "xl/worksheets/sheet1.xml"), "<autoFilter"));
		book_free(&b);
	}
	/* A list that breaks off leaves the file that was there. */
	Feed broken = {.rows = 2, .breaks = true};
	Err e = {0};
	Book b;
	assert_int_equal(table_write(heading, 3, "entries", path, next, &broken, &e), -1);
	assert_string_equal(e.text, "broken off");
	read_book(a, "table.xlsx", &b);
	assert_int_equal(b.grid.v[0].cell.n, 3 * 3001);
	book_free(&b);
	arena_free(a);
}

/* Workbooks told text by text. */

static const char *const *telling;

static int next_told(Arena *a, const char **out, Err *e) {
	(void)e;
	*out = *telling ? arena_str(a, *telling) : "";
	return *telling ? telling++, 1 : 0;
}

/* Choices that hold what parts them, or are too many for a list written out, stand in a range of a hidden sheet. */
static void test_choices_of_any_kind(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf many = {0};
	buf_str(&many, "list ");
	for (size_t i = 0; i < 60; i++)
		buf_fmt(&many, "%s第%zu位评审专家", i ? "\n" : "", i + 1);
	const char *const told[] = {
		"book", "t", "a", "SimSun", "1", "sheet", "甲", "g", "", "", "同意\n说\"不\"", "5",
		"c", "9", "编号", "d", "9", "决定", "e", "9", "会场", "list 一厅, 东\n二厅", "e", "9", "专家", buf_cstr(&many),
		"e", "9", "天", "list 周一\n周二", "row", "", "1", "", "", "", "",
		"sheet", "乙", "g", "", "", "", "2", "c", "9", "编号", "e", "9", "专家", buf_cstr(&many), "row", "", "2", "", NULL};
	Err e = {0};
	Book b;
	telling = told;
	if (workbook_write(arena_fmt(a, "%s/told.xlsx", home), next_told, &e) < 0)
		fail_msg("%s", e.text);
	const char *one = part(a, "told.xlsx", "xl/worksheets/sheet1.xml"), *two = part(a, "told.xlsx", "xl/worksheets/sheet3.xml");
	assert_non_null(strstr(one, "<formula1>'_lists'!$A$1:$A$2</formula1>"));
	assert_non_null(strstr(one, "<formula1>'_lists'!$B$1:$B$2</formula1>"));
	assert_non_null(strstr(one, "<formula1>'_lists'!$C$1:$C$60</formula1>"));
	assert_non_null(strstr(one, "<formula1>\"周一,周二\"</formula1>"));
	assert_non_null(strstr(one, "<formula>\"说\"\"不\"\"\"</formula>"));
	assert_non_null(strstr(two, "<formula1>'_lists'!$C$1:$C$60</formula1>"));
	read_book(a, "told.xlsx", &b);
	const Grid *lists = sheet(&b, "_lists");
	assert_true(lists->hidden);
	assert_string_equal(cell(lists, 2, 1), "说\"不\"");
	assert_string_equal(cell(lists, 1, 2), "一厅, 东");
	assert_string_equal(cell(lists, 60, 3), "第60位评审专家");
	book_free(&b);
	buf_free(&many);
	arena_free(a);
}

/* The headings are whole however long they are, and every page says which it is. */
static void test_heads_and_pages(void **state) {
	(void)state;
	static const char *const told[] = {"book", "t", "a", "SimSun", "1", "sheet", "甲", "", "一行", "", "", "2", "c", "9", "编号",
	                                   "r", "9", "技术创新性与先进性以及可推广的程度", "row", "", "1", "",
	                                   "sheet", "乙", "", "一行", "第&P页", "", "1", "c", "9", "编号", NULL};
	Arena *a = arena_new();
	Err e = {0};
	telling = told;
	if (workbook_write(arena_fmt(a, "%s/told.xlsx", home), next_told, &e) < 0)
		fail_msg("%s", e.text);
	const char *one = part(a, "told.xlsx", "xl/worksheets/sheet1.xml"), *two = part(a, "told.xlsx", "xl/worksheets/sheet2.xml");
	const char *row = strstr(one, "<row r=\"2\""), *ht = row ? strstr(row, " ht=\"") : NULL;
	assert_non_null(ht);
	assert_in_range(atoi(ht + 5), 64, 110); /* four lines of them */
	assert_non_null(strstr(one, "<oddFooter>&amp;C&amp;9 &amp;P / &amp;N</oddFooter>"));
	row = strstr(two, "<row r=\"2\"");
	assert_non_null(row && strstr(row, " ht=\"30\"") ? row : NULL);
	assert_non_null(strstr(two, "<oddFooter>第&amp;P页</oddFooter>"));
	arena_free(a);
}

static int begin(void **state) {
	(void)state;
	Err e = {0};
	if (!mkdtemp(home))
		return -1;
	home_fd = open(home, O_RDONLY | O_DIRECTORY);
	return home_fd < 0 ? -1 : file_mkdirs(home_fd, "templates/forms", 0755, &e);
}

static int end(void **state) {
	(void)state;
	Err e = {0};
	close(home_fd);
	return file_remove_tree(AT_FDCWD, home, &e);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_carry_the_rules),
		cmocka_unit_test(test_same_rules_same_bytes),
		cmocka_unit_test(test_a_filled_form_reads_as_it_was),
		cmocka_unit_test(test_problems_are_listed_with_their_cells),
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_a_text_beyond_a_cell_is_cut),
		cmocka_unit_test(test_long_rules),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_choices_of_any_kind),
		cmocka_unit_test(test_heads_and_pages),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
