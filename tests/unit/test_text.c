/* What people type: folding, keys, widths, names of files.  And noise. */
#include "row.h"

#include "base/text.h"

static Arena *a;

typedef char *(*Change)(Arena *, const char *);
typedef struct {
	const char *in, *out;
} Row;

static void all_rows(const char *what, Change change, const Row *rows, size_t n) {
	for (size_t i = 0; i < n; i++) {
		char *once = change(a, rows[i].in);
		ROW_STR(arena_fmt(a, "%s %zu", what, i), once, rows[i].out);
		ROW_STR(arena_fmt(a, "%s twice %zu", what, i), change(a, once), rows[i].out);
	}
}
#define ALL(change, rows) all_rows(#change, change, rows, sizeof(rows) / sizeof *(rows))

static char *line_of(Arena *arena, const char *s) {
	return text_line(arena, str_of(s));
}

static void valid(void **state) {
	(void)state;
	static const struct {
		const char *in;
		bool valid;
		const char *clean;
	} rows[] = {
		{"", 1, ""},
		{"abc", 1, "abc"},
		{"绿色", 1, "绿色"},
		{"\xF0\x9F\x98\x80", 1, "\xF0\x9F\x98\x80"},
		{"\xC3", 0, "�"},
		{"a\x80z", 0, "a�z"},
		{"\xC0\xAF", 0, NULL},
		{"\xED\xA0\x80", 0, NULL},
		{"\xF4\x90\x80\x80", 0, NULL},
		{"\xF8\x88\x80\x80\x80", 0, NULL},
		{"\xE7\xBB", 0, NULL},
		{"12345678\xFF" "12345678", 0, "12345678�12345678"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *name = arena_fmt(a, "%zu", i), *clean = text_clean(a, str_of(rows[i].in));
		ROW_INT(name, text_valid(str_of(rows[i].in)), rows[i].valid);
		ROW_TRUE(name, text_valid(str_of(clean)));
		if (rows[i].clean)
			ROW_STR(name, clean, rows[i].clean);
	}
	assert_true(text_valid(STR("a\0b")));
	assert_string_equal(text_clean(a, STR("a\0b\0")), "ab");
	assert_string_equal(text_clean(a, STR("\0\xFF\0x")), "�x");
	assert_string_equal(text_clean(a, (Str){0}), "");
}

static void lines(void **state) {
	(void)state;
	static const Row rows[] = {
		{"", ""},
		{"  a b  ", "a b"},
		{"a\r\n b", "a b"},
		{"a\t\tb\x01\x7F" "c", "a b c"},
		{"a\xC2\x85" "b\xE2\x80\xA8" "c", "a b c"},
		{"\n\n", ""},
		{"a\xE2\x80\xAEgpj.exe\xE2\x81\xA6", "agpj.exe"},
		{"\xE3\x80\x80绿　色\xC2\xA0", "绿　色"},
		{"a  b", "a  b"},
	};
	ALL(line_of, rows);
	assert_string_equal(text_line(a, STR("a\0\xFF" "b")), "a�b");
}

static void measures(void **state) {
	(void)state;
	static const struct {
		const char *in;
		size_t chars, width;
		const char *cut4, *fit5;
	} rows[] = {
		{"", 0, 0, "", ""},
		{"abcd", 4, 4, "abcd", "abcd"},
		{"abcde", 5, 5, "abc…", "abcde"},
		{"abcdef", 6, 6, "abc…", "abcd…"},
		{"绿色", 2, 4, "绿色", "绿色"},
		{"绿色低碳", 4, 8, "绿色低碳", "绿色…"},
		{"绿色低碳算", 5, 10, "绿色低…", "绿色…"},
		{"a绿b色c", 5, 7, "a绿b…", "a绿b…"},
		{"e\xCC\x81" "x", 3, 2, "e\xCC\x81" "x", "e\xCC\x81" "x"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ROW_INT(rows[i].in, text_chars(rows[i].in), rows[i].chars);
		ROW_INT(rows[i].in, text_width(rows[i].in), rows[i].width);
		ROW_STR(rows[i].in, text_cut(a, rows[i].in, 4), rows[i].cut4);
		ROW_STR(rows[i].in, text_fit(a, rows[i].in, 5), rows[i].fit5);
	}
	assert_string_equal(text_cut(a, "abc", 0), "");
	assert_string_equal(text_cut(a, "abc", 1), "…");
	assert_string_equal(text_fit(a, "绿色", 1), "…");
}

static void folds(void **state) {
	(void)state;
	static const Row rows[] = {
		{"", ""},
		{"  abc ", "abc"},
		{"１３８\xE2\x80\x8B" "００１３８０００\xEF\xBB\xBF", "13800138000"},
		{"zhang＠example．com", "zhang@example.com"},
		{"\xC2\xA0" "a\xE3\x80\x80" "b\xC2\xA0", "a b"},
		{"①（一）", "1(一)"},
		{"绿\xC2\xAD色", "绿色"},
		{"\xE2\x80\xAD" "13800138000\xE2\x80\xAC", "13800138000"},
		{"ﾊﾝｶｸ", "ハンカク"},
		{"91350203M0001QKT19", "91350203M0001QKT19"},
		{"“新绿杯”，好。", "“新绿杯”,好。"},
		{"e\xCC\x81", "é"},
	};
	ALL(text_fold, rows);
}

static void keys(void **state) {
	(void)state;
	static const Row rows[] = {
		{"", ""},
		{"“新绿杯” 大赛（一）", "新绿杯大赛一"},
		{"新绿杯大赛(一)", "新绿杯大赛一"},
		{"買買提·艾力", "買買提艾力"},
		{"買買提•艾力", "買買提艾力"},
		{"買買提．艾力", "買買提艾力"},
		{"買買提‧艾力", "買買提艾力"},
		{"買買提・艾力", "買買提艾力"},
		{"* 项目名称：", "项目名称"},
		{"项 目　名 称 ：", "项目名称"},
		{"《绿色》【低碳】「算力」", "绿色低碳算力"},
		{"ABC-def_9", "abcdef9"},
		{"ＡＢＣ", "abc"},
		{"E-MAIL", "email"},
		{"≤10 <20", "≤10<20"},
		{"  ", ""},
		{"ÄÖ——Й", "äöй"},
	};
	ALL(text_key, rows);
}

static void tidies(void **state) {
	(void)state;
	static const Row rows[] = {
		{"", ""},
		{"a\r\nb\rc\nd", "a\nb\nc\nd"},
		{"\r\n　绿　色，\xE2\x80\x8B（一）\xC2\xA0 \n", "绿　色，（一）"},
		{"\xEF\xBB\xBF" "１２", "１２"},
	};
	ALL(text_tidy, rows);
	static const Row upper[] = {{"abcXYZ绿é", "ABCXYZ绿é"}};
	static const Row lower[] = {{"ABCxyz绿É", "abcxyz绿É"}};
	ALL(text_upper, upper);
	ALL(text_lower, lower);
}

static size_t slow_distance(const char *x, size_t n, const char *y, size_t m) {
	size_t t[16][16];
	for (size_t i = 0; i <= n; i++)
		for (size_t k = 0; k <= m; k++) {
			size_t v = i ? t[i - 1][k] + 1 : k;
			if (k && i && t[i][k - 1] + 1 < v)
				v = t[i][k - 1] + 1;
			if (i && k && t[i - 1][k - 1] + (x[i - 1] != y[k - 1]) < v)
				v = t[i - 1][k - 1] + (x[i - 1] != y[k - 1]);
			t[i][k] = v;
		}
	return t[n][m];
}

static void distances(void **state) {
	(void)state;
	assert_int_equal(text_distance("kitten", "sitting", 9), 3);
	assert_int_equal(text_distance("绿色低碳", "绿色底碳", 9), 1);
	assert_int_equal(text_distance("abc", "abc", 9), 0);
	assert_int_equal(text_distance("", "abc", 9), 3);
	assert_int_equal(text_distance("abc", "xyz", 0), 0);
	uint64_t seed = 99;
	for (int i = 0; i < 20000; i++) {
		char x[12] = {0}, y[12] = {0};
		size_t n = random_next(&seed) % 11, m = random_next(&seed) % 11;
		size_t limit = random_next(&seed) % 14;
		for (size_t k = 0; k < n; k++)
			x[k] = (char)('a' + random_next(&seed) % 3);
		for (size_t k = 0; k < m; k++)
			y[k] = (char)('a' + random_next(&seed) % 3);
		size_t want = slow_distance(x, n, y, m);
		if (want > limit)
			want = limit;
		ROW_INT(arena_fmt(a, "%s %s %zu", x, y, limit), text_distance(x, y, limit), want);
	}
}

static void filenames(void **state) {
	(void)state;
	static const struct {
		const char *in;
		size_t max;
		const char *out;
	} rows[] = {
		{"", 100, "_"},
		{".", 100, "_"},
		{"..", 100, "_"},
		{" . . ", 100, "_"},
		{"a.xlsx", 100, "a.xlsx"},
		{"../../etc/passwd", 100, "_.._etc_passwd"},
		{"..\\..\\windows", 100, "_.._windows"},
		{"/etc/passwd", 100, "_etc_passwd"},
		{"C:\\x", 100, "C__x"},
		{"a:b*c?d\"e<f>g|h", 100, "a_b_c_d_e_f_g_h"},
		{"a\nb\x01" "c", 100, "a b c"},
		{"\xE2\x80\xAEgpj.exe", 100, "gpj.exe"},
		{".hidden", 100, "hidden"},
		{"x. . .", 100, "x"},
		{"x\xE3\x80\x80.", 100, "x"},
		{"CON", 100, "_CON"},
		{"con.txt", 100, "_con.txt"},
		{"NUL .tar.gz", 100, "_NUL .tar.gz"},
		{"COM1", 100, "_COM1"},
		{"LPT9.x", 100, "_LPT9.x"},
		{"COM\xC2\xB9", 100, "_COM\xC2\xB9"},
		{"conin$", 100, "_conin$"},
		{"COM10", 100, "COM10"},
		{"CONSOLE", 100, "CONSOLE"},
		{"CONSOLE.txt", 7, "_CO.txt"},
		{"绿色低碳.xlsx", 12, "绿色.xlsx"},
		{"绿色低碳.xlsx", 13, "绿色.xlsx"},
		{"绿色低碳.xlsx", 14, "绿色低.xlsx"},
		{"绿色低碳", 4, "绿"},
		{"绿.xlsx", 5, "绿.x"},
		{"绿色", 2, "_"},
		{"ab .xlsx-and-so-on-and-so-on", 4, "ab"},
		{"a\xE2\x80\x8B" "b", 100, "ab"},
		{"张 三（组长）.docx", 100, "张 三（组长）.docx"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_STR(rows[i].in, text_filename(a, rows[i].in, rows[i].max), rows[i].out);
	char large[1000];
	memset(large, 'a', sizeof large);
	memcpy(large + 990, ".xlsx", 6);
	char *cut = text_filename(a, large, 255);
	assert_int_equal(strlen(cut), 255);
	assert_string_equal(cut + 250, ".xlsx");
}

static void masks(void **state) {
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"13800138000", "138***8000"},    {"zhangsan@example.cn", "z***@example.cn"},
		{"@example.cn", "***@example.cn"}, {"", "***"},
		{"张三", "张***"},                 {"+8613800138000", "+86***8000"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_STR(rows[i].in, text_mask(a, rows[i].in), rows[i].out);
}

static bool fit_for_a_name(const char *s) {
	return *s && !strpbrk(s, "/\\:*?\"<>|\n\r\t") && *s != '.' && *s != ' ' &&
	       s[strlen(s) - 1] != '.' && s[strlen(s) - 1] != ' ';
}

static void noise(void **state) {
	(void)state;
	uint64_t seed = 20230106;
	Arena *own = arena_new();
	for (int i = 0; i < 20000; i++) {
		char p[80], *name = arena_fmt(own, "seed %d", i);
		size_t n = random_next(&seed) % sizeof p, max = random_next(&seed) % 40 + 1;
		random_fill(&seed, p, n, "./\\ CON\xE7\xBB\xBF\xE2\x80\xAE\xEF\xBC\x81\xCC\x81\r\n");
		char *s = text_clean(own, (Str){p, n});
		Change all[] = {line_of, text_fold, text_key, text_tidy, text_upper, text_lower, text_mask};
		ROW_TRUE(name, text_valid(str_of(s)));
		for (size_t k = 0; k < sizeof all / sizeof *all; k++)
			ROW_TRUE(name, text_valid(str_of(all[k](own, s))));
		ROW_STR(name, text_key(own, text_fold(own, s)), text_key(own, s));
		char *cut = text_cut(own, s, max), *fit = text_fit(own, s, max);
		ROW_TRUE(name, text_valid(str_of(cut)) && text_chars(cut) <= max);
		ROW_TRUE(name, text_valid(str_of(fit)) && text_width(fit) <= max);
		char *file = text_filename(own, s, max);
		ROW_TRUE(name, text_valid(str_of(file)) && strlen(file) <= max && fit_for_a_name(file));
		ROW_STR(name, text_filename(own, file, max), file);
		arena_reset(own);
	}
	arena_free(own);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid),     cmocka_unit_test(lines),     cmocka_unit_test(measures),
		cmocka_unit_test(folds),     cmocka_unit_test(keys),      cmocka_unit_test(tidies),
		cmocka_unit_test(distances), cmocka_unit_test(filenames), cmocka_unit_test(masks),
		cmocka_unit_test(noise),
	};
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
