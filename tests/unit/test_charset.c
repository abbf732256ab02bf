/* Bytes whose label may lie; the walls that go up after the preloading; noise. */
#include "row.h"

#include <fcntl.h>
#include <iconv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/text.h"

static Arena *a;

static void labelled(void **state) {
	(void)state;
	static const struct {
		const char *row, *bytes, *label, *out;
	} rows[] = {
		{"empty", "", "gbk", ""},
		{"gbk", "\xC2\xCC\xC9\xAB", "gbk", "绿色"},
		{"upper case", "\xC2\xCC\xC9\xAB", "GB2312", "绿色"},
		{"quoted", "\xC2\xCC\xC9\xAB", "\"gb18030\"", "绿色"},
		{"x-gbk", "\xC2\xCC\xC9\xAB", "x-gbk", "绿色"},
		{"cp936", "\xC2\xCC\xC9\xAB", "cp936", "绿色"},
		{"gb_2312-80", "\xC2\xCC\xC9\xAB", "gb_2312-80", "绿色"},
		{"chinese", "\xC2\xCC\xC9\xAB", "chinese", "绿色"},
		{"ansi", "\xC2\xCC\xC9\xAB", "ansi", "绿色"},
		{"GBK labelled gb2312", "\x89\xE0", "gb2312", "夃"},
		{"four bytes", "\x95\x34\xB2\x35", "gb2312", "\U00020BB7"},
		{"no label", "\xC2\xCC\xC9\xAB", NULL, "绿色"},
		{"unknown label", "\xC2\xCC\xC9\xAB", "x-what", "绿色"},
		{"labelled utf-8", "\xC2\xCC\xC9\xAB", "utf-8", "绿色"},
		{"labelled us-ascii", "\xC2\xCC\xC9\xAB", "us-ascii", "绿色"},
		{"utf-8", "绿色", "UTF-8", "绿色"},
		{"utf-8 without label", "绿色", NULL, "绿色"},
		{"utf-8, cut", "申报材料一份，请查\xE6\x94", "utf-8", "申报材料一份，请查�"},
		{"utf-8, a short one cut", "申报表\xE6\x94", "utf-8", "申报表�"},
		{"utf-8, cut, no label", "申报材料\xE6", NULL, "申报材料�"},
		{"utf-8, a bad byte amid", "申报\xFF材料", "utf-8", "申报�材料"},
		{"gbk that holds what could be utf-8", "\xE1\xA7\xB6\xC2", NULL, "岌堵"},
		{"utf-8 labelled gbk, odd", "绿色x绿", "gbk", "绿色x绿"},
		{"utf-8 labelled latin-1", "绿色", "iso-8859-1", "绿色"},
		{"latin-1", "caf\xE9 \x93x\x94", "iso-8859-1", "café “x”"},
		{"big5", "\xA4\xA4\xA4\xE5\xB4\xFA\xB8\xD5", "big5", "中文測試"},
		{"big5-hkscs", "\xA4\xA4", "big5-hkscs", "中"},
		{"broken gbk", "\xC2\xCC\xFF\xC9\xAB", "gbk", "绿�色"},
		{"gbk cut", "\xC2\xCC\xC9", "gbk", "绿�"},
		{"hz", "a~{VPND~}b", "hz-gb-2312", "a中文b"},
		{"hz tilde", "a~~b", "hz-gb-2312", "a~b"},
		{"hz line end", "~{VP\nabc", "HZ-GB-2312", "中\nabc"},
		{"hz joined", "ab~\ncd", "hz-gb-2312", "abcd"},
		{"hz cut", "~{VPN", "hz-gb-2312", "中�"},
		{"hz lone tilde", "a~", "hz-gb-2312", "a~"},
		{"hz bad pair", "~{\x7E\x7A", "hz-gb-2312", NULL},
		{"iso-2022-jp", "\x1B$BF|K\\\x1B(B", "iso-2022-jp", "日本"},
		{"iso-2022-cn", "\x1B$)A\x0EVPND\x0F", "iso-2022-cn", "中文"},
		{"shift_jis", "\x93\xFA\x96\x7B", "shift_jis", "日本"},
		{"euc-kr", "\xC7\xD1", "euc-kr", "한"},
		{"utf-7", "+Ti1lhw-", "utf-7", "中文"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *s = charset_decode(a, str_of(rows[i].bytes), rows[i].label);
		ROW_TRUE(rows[i].row, text_valid(str_of(s)));
		if (rows[i].out)
			ROW_STR(rows[i].row, s, rows[i].out);
	}
	assert_string_equal(charset_decode(a, STR("a\0b\xC2\xCC"), "gbk"), "ab绿");
	assert_string_equal(charset_guess(a, (Str){0}), "");
	assert_true(charset_known("GB_2312-80"));
	assert_false(charset_known("x-what"));
	assert_false(charset_known(NULL));
	assert_false(charset_known(""));
}

static void wide(void **state) {
	(void)state;
	static const struct {
		const char *row;
		Str bytes;
		const char *label, *out;
	} rows[] = {
		{"plain", {"\x2D\x4E\x87\x65", 4}, "utf-16", "中文"},
		{"mark LE", {"\xFF\xFE\x2D\x4E", 4}, "utf-16", "中"},
		{"mark BE", {"\xFE\xFF\x4E\x2D", 4}, "utf-16", "中"},
		{"LE", {"\x2D\x4E", 2}, "utf-16le", "中"},
		{"BE", {"\x4E\x2D", 2}, "utf-16be", "中"},
		{"BE with mark", {"\xFE\xFF\x4E\x2D", 4}, "utf-16be", "中"},
		{"pair", {"\x42\xD8\xB7\xDF", 4}, "utf-16", "\U00020BB7"},
		{"lone high", {"\x42\xD8\x2D\x4E", 4}, "utf-16", "�中"},
		{"lone low", {"\xB7\xDF\x2D\x4E", 4}, "utf-16", "�中"},
		{"odd", {"\x2D\x4E\x87", 3}, "utf-16", "中�"},
		{"high at end", {"\x2D\x4E\x42\xD8", 4}, "utf-16", "中�"},
		{"zero", {"\x2D\x4E\0\0\x87\x65", 6}, "utf-16", "中文"},
		{"no label, mark", {"\xFF\xFE\x2D\x4E", 4}, NULL, "中"},
		{"utf-32", {"\x2D\x4E\0\0", 4}, "utf-32le", "中"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_STR(rows[i].row, charset_decode(a, rows[i].bytes, rows[i].label), rows[i].out);
}

static void mojibake(void **state) {
	(void)state;
	static const char *const whole[] = {"中文测试", "新绿杯大赛申报书.xlsx", "测试"};
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		char *spoilt = charset_decode(a, STR(""), NULL);
		Str bytes = str_of(whole[i]);
		/* Read as GB18030 by force: a byte of FF in front makes it invalid UTF-8. */
		spoilt = charset_decode(a, str_of(arena_fmt(a, "\xFF%.*s", (int)bytes.n, bytes.p)), "gbk");
		spoilt += strlen("�");
		if (strstr(spoilt, "�"))
			continue; /* an odd end: that undoing is not complete */
		ROW_STR(whole[i], charset_unmojibake(a, spoilt), whole[i]);
	}
	static const char *const none[] = {"", "abc", "中文测试", "绿色低碳算力", "一", "联通",
	                                   "项目申报书", "涓�", "日报.xlsx"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ROW_STR(none[i], charset_unmojibake(a, none[i]), NULL);
}

static void noise(void **state) {
	(void)state;
	static const char *const all[] = {
		"gbk", "big5", "hz-gb-2312", "utf-16", "utf-16be", "utf-32", "utf-7", "iso-2022-jp",
		"iso-2022-cn", "iso-2022-kr", "euc-tw", "euc-jp", "shift_jis", "euc-kr", "iso-8859-1",
		"windows-1251", "utf-8", NULL};
	uint64_t seed = 20230331;
	Arena *own = arena_new();
	for (int i = 0; i < 3000; i++) {
		char p[300];
		size_t n = random_next(&seed) % sizeof p;
		random_fill(&seed, p, n, "~{}\n\x1B$)AB(\x0E\x0F+-\x81\x30\xC2\xCC\xE4\xB8\xAD");
		for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
			char *s = charset_decode(own, (Str){p, n}, all[k]);
			ROW_TRUE(arena_fmt(own, "%d %s", i, all[k] ? all[k] : "none"), text_valid(str_of(s)));
		}
		char *fixed = charset_unmojibake(own, text_clean(own, (Str){p, n}));
		ROW_TRUE("unmojibake", !fixed || text_valid(str_of(fixed)));
		arena_reset(own);
	}
	arena_free(own);
}

/* A large text whose every second character is broken stays linear. */
static void large(void **state) {
	(void)state;
	Buf b = {0};
	for (int i = 0; i < 300000; i++)
		buf_add(&b, "\xC2\xCC\xFF", 3);
	assert_int_equal(strlen(charset_decode(a, buf_view(&b), "gbk")), 1800000);
	buf_free(&b);
}

/* After preloading, no file can be opened, and everything is still decoded. */
static void preloaded(void **state) {
	(void)state;
	static const char *const all[] = {"gbk", "big5", "iso-2022-cn", "iso-2022-jp", "iso-2022-kr",
	                                  "euc-tw", "euc-jp", "shift_jis", "euc-kr", "utf-7", "utf-32",
	                                  "koi8-r", "windows-1252", "tis-620"};
	charset_preload();
	charset_preload();
	struct rlimit before, none;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int fd = open("/dev/null", O_RDONLY);
	bool good = iconv_open("UTF-8", "CP1257") == (iconv_t)-1;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		good &= strcmp(charset_decode(a, STR("abc"), all[i]), "abc") == 0 || strstr(all[i], "utf-32");
	good &= strcmp(charset_decode(a, STR("\xC2\xCC"), "gbk"), "绿") == 0;
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(fd, -1);
	assert_true(good);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(preloaded), cmocka_unit_test(labelled), cmocka_unit_test(wide),
		cmocka_unit_test(mojibake),  cmocka_unit_test(noise),    cmocka_unit_test(large),
	};
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
