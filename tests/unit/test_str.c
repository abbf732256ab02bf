/* Slices, growing bytes, numbers; and the texts and exit codes of errors. */
#include "row.h"

#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/text.h"

static void compare(void **state) {
	(void)state;
	static const struct {
		const char *a, *b;
		bool eq, nocase, starts, starts_nocase, ends_nocase;
	} rows[] = {
		{"", "", 1, 1, 1, 1, 1},         {"abc", "", 0, 0, 1, 1, 1},
		{"", "abc", 0, 0, 0, 0, 0},      {"abc", "abc", 1, 1, 1, 1, 1},
		{"ABC", "abc", 0, 1, 0, 1, 1},   {"abcd", "ABC", 0, 0, 0, 1, 0},
		{"x.XLSX", ".xlsx", 0, 0, 0, 0, 1}, {"@[", "`{", 0, 0, 0, 0, 0},
		{"绿", "绿", 1, 1, 1, 1, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Str a = str_of(rows[i].a), b = str_of(rows[i].b);
		char name[64];
		snprintf(name, sizeof name, "%s|%s", rows[i].a, rows[i].b);
		ROW_INT(name, str_eq(a, b), rows[i].eq);
		ROW_INT(name, str_is(a, rows[i].b), rows[i].eq);
		ROW_INT(name, str_eq_nocase(a, b), rows[i].nocase);
		ROW_INT(name, str_is_nocase(a, rows[i].b), rows[i].nocase);
		ROW_INT(name, str_starts(a, rows[i].b), rows[i].starts);
		ROW_INT(name, str_starts_nocase(a, rows[i].b), rows[i].starts_nocase);
		ROW_INT(name, str_ends_nocase(a, rows[i].b), rows[i].ends_nocase);
	}
	assert_true(str_eq((Str){0}, STR("")));
	assert_true(str_is(str_of(NULL), ""));
}

static void search(void **state) {
	(void)state;
	static const struct {
		const char *hay, *needle;
		int at, at_nocase;
	} rows[] = {
		{"", "", 0, 0},          {"", "a", -1, -1},       {"abc", "", 0, 0},
		{"abc", "c", 2, 2},      {"abC", "c", -1, 2},     {"aabaab", "AB", -1, 1},
		{"abc", "abcd", -1, -1}, {"xxend", "END", -1, 2},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ROW_INT(rows[i].needle, str_find(str_of(rows[i].hay), str_of(rows[i].needle)), rows[i].at);
		ROW_INT(rows[i].needle, str_find_nocase(str_of(rows[i].hay), str_of(rows[i].needle)),
		        rows[i].at_nocase);
	}
}

static void pieces(void **state) {
	(void)state;
	static const struct {
		const char *in, *out; /* each piece in brackets */
	} rows[] = {
		{"", ""},          {"a", "[a]"},        {"a,b", "[a][b]"},
		{",a", "[][a]"},   {"a,", "[a]"},       {"a,,b", "[a][][b]"},
		{",", "[]"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Str rest = str_of(rows[i].in), piece;
		Buf b = {0};
		while (str_next(&rest, ',', &piece)) {
			buf_char(&b, '[');
			buf_slice(&b, piece);
			buf_char(&b, ']');
		}
		ROW_STR(rows[i].in, buf_cstr(&b), rows[i].out);
		buf_free(&b);
	}
	assert_true(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
	assert_int_equal(str_trim(STR(" \n ")).n, 0);
	assert_int_equal(str_trim((Str){0}).n, 0);
	assert_true(str_is(str_sub(STR("abcdef"), 2, 3), "cde"));
	assert_true(str_is(str_sub(STR("abc"), 2, 99), "c"));
	assert_int_equal(str_sub(STR("abc"), 9, 1).n, 0);
	assert_int_equal(str_from(STR("abc"), 9).n, 0);
}

static void numbers(void **state) {
	(void)state;
	static const struct {
		const char *in;
		int64_t min, max;
		int r;
		int64_t out;
	} rows[] = {
		{"0", 0, 9, 0, 0},
		{"007", 0, 9, 0, 7},
		{"-7", -9, 9, 0, -7},
		{"10", 0, 9, -1, 0},
		{"-1", 0, 9, -1, 0},
		{"", 0, 9, -1, 0},
		{"-", -9, 9, -1, 0},
		{"+1", 0, 9, -1, 0},
		{" 1", 0, 9, -1, 0},
		{"1 ", 0, 9, -1, 0},
		{"1x", 0, 9, -1, 0},
		{"９", 0, 9, -1, 0},
		{"9223372036854775807", INT64_MIN, INT64_MAX, 0, INT64_MAX},
		{"-9223372036854775808", INT64_MIN, INT64_MAX, 0, INT64_MIN},
		{"9223372036854775808", INT64_MIN, INT64_MAX, -1, 0},
		{"-9223372036854775809", INT64_MIN, INT64_MAX, -1, 0},
		{"99999999999999999999999", INT64_MIN, INT64_MAX, -1, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t out = 4711;
		int r = str_to_i64(str_of(rows[i].in), rows[i].min, rows[i].max, &out);
		ROW_INT(rows[i].in, r, rows[i].r);
		ROW_INT(rows[i].in, out, r ? 4711 : rows[i].out);
	}
}

static void growing(void **state) {
	(void)state;
	Buf b = {0};
	assert_string_equal(buf_cstr(&b), "");
	buf_clear(&b);
	buf_add(&b, NULL, 0);
	buf_str(&b, NULL);
	for (int i = 0; i < 10000; i++)
		buf_fmt(&b, "%d,", i);
	assert_int_equal(b.n, 48890);
	assert_int_equal(strlen(b.p), b.n);
	buf_clear(&b);
	assert_string_equal(buf_cstr(&b), "");
	char large[3000];
	memset(large, 'y', sizeof large);
	large[2999] = '\0';
	buf_free(&b);
	buf_fmt(&b, "%s|%s", large, large);
	assert_int_equal(b.n, 5999);
	assert_int_equal(buf_view(&b).n, 5999);
	buf_free(&b);
}

static void errors(void **state) {
	(void)state;
	Err e = {0};
	char large[4000];
	for (size_t i = 0; i + 3 < sizeof large; i += 3)
		memcpy(large + i, "绿", 3);
	large[3999] = '\0';
	for (int shift = 0; shift < 4; shift++) { /* the cut falls on every byte of a character */
		assert_int_equal(err_set(&e, ERR_BUG, "%.*s%s", shift, "abc", large), -1);
		assert_true(text_valid(str_of(e.text)));
		assert_true(strlen(e.text) > 1015);
		err_wrap(&e, "%.*s", shift, "xyz");
		assert_true(text_valid(str_of(e.text)));
		errno = ENOENT;
		err_errno(&e, ERR_MISSING, "%.*s%s", shift, "abc", large);
		assert_true(text_valid(str_of(e.text)));
		assert_non_null(strstr(e.text, ": No such file or directory"));
		assert_int_equal(e.kind, ERR_MISSING);
	}
	err_set(&e, ERR_RULES, "line %d\n", 7);
	err_wrap(&e, "rules/%s", "form.yaml");
	assert_string_equal(e.text, "rules/form.yaml: line 7");
	assert_int_equal(e.kind, ERR_RULES);
	err_set(&e, ERR_BUG, "again: %s", e.text);
	assert_string_equal(e.text, "again: rules/form.yaml: line 7");
	errno = ENOSPC;
	err_errno(&e, ERR_MISSING, "x");
	assert_int_equal(e.kind, ERR_DISK);
	assert_int_equal(err_set(NULL, ERR_BUG, "x"), -1);
	assert_int_equal(err_errno(NULL, ERR_BUG, "x"), -1);
	assert_int_equal(err_wrap(NULL, "x"), -1);
	static const int codes[] = {0, 64, 65, 66, 69, 70, 74, 75, 77, 78};
	for (int k = ERR_NONE; k <= ERR_RULES; k++)
		assert_int_equal(err_exit((ErrKind)k), codes[k]);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare), cmocka_unit_test(search),  cmocka_unit_test(pieces),
		cmocka_unit_test(numbers), cmocka_unit_test(growing), cmocka_unit_test(errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
