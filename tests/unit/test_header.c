/* Header words, names and addresses as Chinese mail programs write them (QUIRKS 3). */
#include "row.h"

#include <stdio.h>

#include "base/text.h"
#include "base/when.h"
#include "mail/header.h"

/* Milliseconds; far above what it takes, since the machine may be busy. */
#ifdef __SANITIZE_ADDRESS__
#define IN_TIME 60000
#else
#define IN_TIME 4000
#endif

#define RAW(lit) {lit, sizeof(lit) - 1}

static const struct {
	const char *row;
	Str raw;
	const char *want;
} texts[] = {
	{"ascii", RAW("Hello world"), "Hello world"},
	{"empty", RAW(""), ""},
	{"folded", RAW("one\r\n two\r\n\tthree"), "one two three"},
	{"folded lf", RAW("one\n two"), "one two"},
	{"two padded words", RAW("=?GB2312?B?sajD+w==?= =?GB2312?B?ssTBzw==?="), "报名材料"},
	{"lower case", RAW("=?gb2312?b?sajD+w==?=\r\n =?gb2312?b?ssTBzw==?="), "报名材料"},
	{"no blank between", RAW("=?gb2312?B?sajD+w==?==?gb2312?B?ssTBzw==?="), "报名材料"},
	{"character cut in two, gbk", RAW("=?gb2312?B?tLTQwrQ=?= =?gb2312?B?tNK1sajD+7Ht?="), "创新创业报名表"},
	{"character cut in two, utf-8", RAW("=?UTF-8?B?5Yib5paw5Q==?=\r\n =?utf-8?B?iJvkuJrmiqXlkI3ooag=?="), "创新创业报名表"},
	{"cut inside a group of four", RAW("=?utf-8?B?55Sz5o?= =?utf-8?B?ql5Lmm?="), "申报书"},
	{"gb2312 that is gb18030", RAW("=?gb2312?B?lTSyNdKw?="), "𠮷野"},
	{"big5", RAW("=?big5?B?s/imV6rt?="), "報名表"},
	{"hz", RAW("=?hz-gb-2312?Q?~{1(C{~}?="), "报名"},
	{"q with a suffix inside", RAW("=?GBK?Q?=CD=BC=C6=AC.png?="), "图片.png"},
	{"q underline and blank", RAW("=?utf-8?q?a_b c?="), "a b c"},
	{"q folded inside", RAW("=?utf-8?Q?=E7=94\r\n =B3=E6=8A=A5?="), "申报"},
	{"base64 with line ends inside", RAW("=?utf-8?B?55Sz5o\r\n ql5Lmm?="), "申报书"},
	{"word and bare suffix", RAW("=?utf-8?B?55Sz5oql?=.xlsx"), "申报.xlsx"},
	{"text around", RAW("Re: =?utf-8?B?55Sz5oql?= (2)"), "Re: 申报 (2)"},
	{"words in quotes", RAW("\"=?utf-8?B?55Sz5oql?=\""), "\"申报\""},
	{"empty word", RAW("=?UTF-8?B?" "?="), ""},
	{"empty word before another", RAW("=?UTF-8?B?" "?= =?utf-8?B?55Sz5oql?="), "申报"},
	{"two charsets", RAW("=?gb2312?B?sajD+w==?= =?utf-8?B?55Sz5oql?="), "报名申报"},
	{"language", RAW("=?utf-8*zh?B?55Sz5oql?="), "申报"},
	{"end missing", RAW("=?utf-8?B?55Sz5oqlMg"), "申报2"},
	{"broken start", RAW("=?utf-8 =?"), "=?utf-8 =?"},
	{"unknown coding", RAW("=?utf-8?X?abc?="), "=?utf-8?X?abc?="},
	{"unknown charset is guessed", RAW("=?unknown-x?B?55Sz5oql?="), "申报"},
	{"utf-8 label over gbk", RAW("=?utf-8?B?sajD+w==?="), "报名"},
	{"raw utf-8", RAW("申报书"), "申报书"},
	{"raw gbk", RAW("\xC9\xEA\xB1\xA8\xCA\xE9"), "申报书"},
	{"control and bidi", RAW("a\x01" "b\xE2\x80\xAE" "c"), "a bc"},
	{"lone equals", RAW("a=b=?c"), "a=b=?c"},
};

static void test_text(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ROW_STR(texts[i].row, header_text(a, texts[i].raw), texts[i].want);
	arena_free(a);
}

static const struct {
	const char *row, *param;
	Str raw;
	const char *want; /* NULL: absent */
} params[] = {
	{"plain", "name", RAW("application/octet-stream; name=a.xlsx"), "a.xlsx"},
	{"quoted", "name", RAW("application/octet-stream; name=\"a b.xlsx\"; x=y"), "a b.xlsx"},
	{"absent", "name", RAW("text/plain; charset=gbk"), NULL},
	{"charset", "charset", RAW("text/plain; charset=\"GB2312\"; name=x"), "GB2312"},
	{"upper case name", "name", RAW("text/plain; NAME=\"ATT1.PDF\""), "ATT1.PDF"},
	{"blanks around =", "name", RAW("text/plain ;  name = \"x.doc\" "), "x.doc"},
	{"qq", "name", RAW("application/octet-stream; charset=\"gb18030\"; name=\"=?gb18030?B?yeqxqMrpLnhsc3g=?=\""), "申报书.xlsx"},
	{"coremail", "name", RAW("image/png; name=\"=?GBK?Q?=CD=BC=C6=AC.png?=\""), "图片.png"},
	{"word and bare suffix", "filename", RAW("attachment; filename==?utf-8?B?55Sz5oql?=.xlsx"), "申报.xlsx"},
	{"folded words", "filename", RAW("attachment; filename=\"=?gb2312?B?sajD+w==?=\r\n =?gb2312?B?ssTBzw==?=\""), "报名材料"},
	{"rfc 2231", "filename", RAW("attachment; filename*=UTF-8''%E7%94%B3%E6%8A%A5%E4%B9%A6.xlsx"), "申报书.xlsx"},
	{"rfc 2231 gb2312", "filename", RAW("attachment; filename*=GB2312''%C9%EA%B1%A8%CA%E9.xlsx"), "申报书.xlsx"},
	{"rfc 2231 quoted", "filename", RAW("attachment; filename*=\"utf-8''%E7%94%B3%E6%8A%A5%E4%B9%A6.xlsx\""), "申报书.xlsx"},
	{"rfc 2231 continued", "filename", RAW("attachment; filename*0*=UTF-8''%E7%94%B3;\r\n filename*1*=%E6%8A%A5;\r\n filename*2=.xlsx"), "申报.xlsx"},
	{"continued out of order", "filename", RAW("attachment; filename*1=b.xls; filename*0=a"), "ab.xls"},
	{"continued, character cut", "filename", RAW("attachment; filename*0*=gbk''%C9%EA%B1; filename*1*=%A8%CA%E9"), "申报书"},
	{"continued, cut inside %E6", "filename", RAW("attachment; filename*0*=utf-8''%E7%94%B3%E; filename*1*=6%8A%A5"), "申报"},
	{"continued, plain between coded", "filename", RAW("attachment; filename*0*=utf-8''%E7%94%B3; filename*1=100%25; filename*2*=%E6%8A%A5"), "申100%25报"},
	{"percent-coded in a plain value", "filename", RAW("attachment; filename=\"%E7%94%B3%E6%8A%A5%E4%B9%A6.xlsx\""), "申报书.xlsx"},
	{"a real percent sign", "filename", RAW("attachment; filename=\"100%E7.xlsx\""), "100%E7.xlsx"},
	{"single quotes", "filename", RAW("attachment; filename='a.xlsx'"), "a.xlsx"},
	{"javamail hybrid", "filename", RAW("attachment; filename*0=\"=?utf-8?B?55Sz5o\"; filename*1=\"ql5Lmm?=.xls\""), "申报书.xls"},
	{"both forms", "filename", RAW("attachment; filename=\"____.xlsx\"; filename*=UTF-8''%E7%94%B3.xlsx"), "申.xlsx"},
	{"raw utf-8", "filename", RAW("attachment; filename=\"申报书.xlsx\""), "申报书.xlsx"},
	{"raw gbk", "filename", RAW("attachment; filename=\"\xC9\xEA\xB1\xA8\xCA\xE9.xlsx\""), "申报书.xlsx"},
	{"raw gbk with 5C", "filename", RAW("attachment; filename=\"\xD5\x5C.xlsx\""), "誠.xlsx"},
	{"raw gbk with 5C at the end", "filename", RAW("attachment; filename=\"\xD5\x5C\"; size=3"), "誠"},
	{"mojibake", "filename", RAW("attachment; filename=\"\xE5\xA8\xB4\xE5\xAC\xAD\xE7\x98\xAF\xE6\xB6\x93\xEE\x85\x9F\xE6\x9E\x83.doc\""), "测试中文.doc"},
	{"no type before", "filename", RAW("filename=\"y.xlsx\""), "y.xlsx"},
	{"unquoted blank", "name", RAW("application/msword; name=my file (1).doc; x=1"), "my file (1).doc"},
	{"missing semicolon, folded", "charset", RAW("text/plain; charset=gbk\r\n name=x.txt"), "gbk"},
	{"missing semicolon after quote", "filename", RAW("attachment; filename=\"a.txt\" size=3"), "a.txt"},
	{"missing semicolon after type", "name", RAW("application/pdf\r\n name=\"a.pdf\""), "a.pdf"},
	{"quote inside", "name", RAW("text/plain; name=\"a \"b\" c.txt\""), "a \"b\" c.txt"},
	{"escaped quote", "name", RAW("text/plain; name=\"a\\\"b.txt\""), "a\"b.txt"},
	{"windows path", "filename", RAW("attachment; filename=\"C:\\temp\\a.txt\""), "C:\\temp\\a.txt"},
	{"quote missing", "name", RAW("text/plain; name=\"a.txt"), "a.txt"},
	{"boundary of one quote", "boundary", RAW("multipart/mixed; boundary=\"\\\"\""), "\""},
	{"semicolon in quotes", "name", RAW("text/plain; name=\"a;b.txt\""), "a;b.txt"},
	{"first of two", "name", RAW("text/plain; name=a; name=b"), "a"},
	{"empty", "name", RAW("text/plain; name="), ""},
	{"empty header", "name", RAW(""), NULL},
	{"rtl override", "name", RAW("text/plain; name=\"a\xE2\x80\xAEgpj.exe\""), "agpj.exe"},
};

static void test_param(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof params / sizeof *params; i++)
		ROW_STR(params[i].row, header_param(a, params[i].raw, params[i].param), params[i].want);
	arena_free(a);
}

/* All of a header as "name|addr" with blanks between. */
static const struct {
	const char *row;
	Str raw;
	const char *want;
} addrs[] = {
	{"bare", RAW("a@b.cn"), "|a@b.cn"},
	{"angle", RAW("<a@b.cn>"), "|a@b.cn"},
	{"name", RAW("Zhang San <a@B.CN>"), "Zhang San|a@b.cn"},
	{"quoted name", RAW("\"San, Zhang\" <a@b.cn>"), "San, Zhang|a@b.cn"},
	{"qq word in quotes", RAW("\"=?gb18030?B?1cXI/Q==?=\" <a@qq.com>"), "张三|a@qq.com"},
	{"raw gbk", RAW("\"\xD5\xC5\xC8\xFD\" <a@b.cn>"), "张三|a@b.cn"},
	{"trailing semicolon", RAW("张三 <a@b.cn>;"), "张三|a@b.cn"},
	{"comment is the name", RAW("a.b.@b.cn (Zhang)"), "Zhang|a.b.@b.cn"},
	{"digits as a name", RAW("\"12345\" <12345@qq.com>"), "12345|12345@qq.com"},
	{"two", RAW("a@b.cn, C D <c@d.cn>"), "|a@b.cn C D|c@d.cn"},
	{"semicolons", RAW("a@b.cn; c@d.cn"), "|a@b.cn |c@d.cn"},
	{"group", RAW("friends: a@b.cn, C <c@d.cn>;"), "|a@b.cn C|c@d.cn"},
	{"undisclosed", RAW("undisclosed-recipients:;"), ""},
	{"local part alone", RAW("root"), ""},
	{"name alone", RAW("=?gb18030?B?1cXI/Q==?="), ""},
	{"unquoted comma", RAW("Zhang, San <a@b.cn>"), "San|a@b.cn"},
	{"quote missing", RAW("\"Zhang <a@b.cn>"), "Zhang|a@b.cn"},
	{"angle not closed", RAW("Zhang <a@b.cn"), "Zhang|a@b.cn"},
	{"whole field encoded", RAW("=?utf-8?B?5byg5LiJIDxhQGIuY24+?="), "张三|a@b.cn"},
	{"outlook quotes", RAW("\"'Zhang'\" <a@b.cn>"), "Zhang|a@b.cn"},
	{"folded", RAW("=?gb18030?B?1cXI/Q==?=\r\n\t<a@b.cn>"), "张三|a@b.cn"},
	{"address as name", RAW("\"a@b.cn\" <a@b.cn>"), "a@b.cn|a@b.cn"},
	{"mailto", RAW("<mailto:a@b.cn>"), "|a@b.cn"},
	{"route", RAW("<@x.cn,@y.cn:a@b.cn>"), "|a@b.cn"},
	{"blank inside", RAW("<a @b.cn >"), "|a@b.cn"},
	{"trailing dot", RAW("<a@b.cn.>"), "|a@b.cn"},
	{"null path", RAW("<>"), ""},
	{"at alone", RAW("<@>"), ""},
	{"empty", RAW(""), ""},
	{"auto reply path", RAW("<user+auto_=robot=example.org@qq.com>"), "|user+auto_=robot=example.org@qq.com"},
	{"system manager", RAW("系统管理员 <Postmaster@corp.21cn.com>"), "系统管理员|Postmaster@corp.21cn.com"},
};

static void test_addrs(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof addrs / sizeof *addrs; i++) {
		HeaderAddr got[5];
		size_t n = header_addrs(a, addrs[i].raw, got, 5);
		Buf b = {0};
		for (size_t k = 0; k < n; k++)
			buf_fmt(&b, "%s%s|%s", k ? " " : "", got[k].name, got[k].addr);
		ROW_STR(addrs[i].row, buf_cstr(&b), addrs[i].want);
		buf_free(&b);
	}
	HeaderAddr one[1];
	assert_int_equal(header_addrs(a, STR("a@b.cn, c@d.cn"), one, 1), 1);
	arena_free(a);
}

static const struct {
	const char *row;
	Str raw;
	const char *want;
} ids[] = {
	{"one", RAW("<a@b>"), "a@b"},
	{"several, folded", RAW("<a@b>\r\n <c@d>"), "a@b c@d"},
	{"no blank between", RAW("<a@b><c@d>"), "a@b c@d"},
	{"without brackets", RAW("12b5e9fd-1234"), "12b5e9fd-1234"},
	{"folded inside", RAW("<abc\r\n def@x>"), "abcdef@x"},
	{"bracket missing", RAW("<a@b"), "a@b"},
	{"prose before", RAW("Your message of Monday <a@b>"), "a@b"},
	{"prose without", RAW("message from a friend"), ""},
	{"bare with commas", RAW("a@b, c@d"), "a@b c@d"},
	{"tencent", RAW("<tencent_0123ABCD@qq.com>"), "tencent_0123ABCD@qq.com"},
	{"empty", RAW("<>"), ""},
	{"nothing", RAW(""), ""},
};

static void test_ids(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		ROW_STR(ids[i].row, header_ids(a, ids[i].raw), ids[i].want);
	arena_free(a);
}

#define TEN(s) s s s s s s s s s s
#define ENDLESS TEN(TEN(TEN("abcd")))

/* Every line at most 78, no line starts a header of its own. */
static void check_lines(const char *row, const char *s) {
	size_t n = 0;
	for (const char *p = s; *p; p++) {
		n = *p == '\n' ? 0 : n + 1;
		ROW_TRUE(row, n <= 79);
		if (*p == '\n' && p[1])
			ROW_TRUE(row, p[-1] == '\r' && (p[1] == ' ' || p[1] == '\t'));
		ROW_TRUE(row, (unsigned char)*p < 0x7F);
	}
}

static const struct {
	const char *row, *value, *want; /* want: NULL as value */
} written[] = {
	{"ascii", "Hello", NULL},
	{"long ascii", "The quick brown fox jumps over the lazy dog and over it again and again and again until done", NULL},
	{"chinese", "您的申报材料已收到", NULL},
	{"long chinese", "【新绿杯】您提交的《数据中心余热回收与梯级利用关键技术研究及应用示范》（T4-0007）已受理，请勿重复提交，感谢参与", NULL},
	{"mixed", "Re: 申报 T4-0007 ok", NULL},
	{"four bytes", "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", NULL},
	{"looks encoded", "=?utf-8?B?YQ==?=", NULL},
	{"injection", "a\r\nBcc: x@y", "a Bcc: x@y"},
	{"injection, chinese", "中\nBcc: x@y", "中 Bcc: x@y"},
	{"a word beyond any line", ENDLESS, NULL},
	{"words, one beyond any line", "Re: " ENDLESS " ok", NULL},
	{"empty", "", NULL},
};

static void test_put_text(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		Buf b = {0};
		header_put_text(&b, "Subject", written[i].value);
		check_lines(written[i].row, b.p);
		char *back = header_text(a, str_from(buf_view(&b), 8));
		const char *want = written[i].want ? written[i].want : written[i].value;
		ROW_STR(written[i].row, text_key(a, back), text_key(a, want));
		buf_free(&b);
	}
	Buf b = {0};
	header_put_text(&b, "Subject", "中文");
	assert_string_equal(b.p, "Subject: =?UTF-8?B?5Lit5paH?=\r\n");
	buf_free(&b);
	arena_free(a);
}

static const struct {
	const char *row, *name, *addr, *want;
} put_addrs[] = {
	{"bare", "", "a@b.cn", "To: a@b.cn\r\n"},
	{"null name", NULL, "a@b.cn", "To: a@b.cn\r\n"},
	{"ascii", "Zhang San", "a@b.cn", "To: Zhang San <a@b.cn>\r\n"},
	{"special", "San, Zhang", "a@b.cn", "To: \"San, Zhang\" <a@b.cn>\r\n"},
	{"chinese", "张三", "a@b.cn", "To: =?UTF-8?B?5byg5LiJ?= <a@b.cn>\r\n"},
	{"second recipient", "", "a@b.cn, c@d.cn", "To: a@b.cnc@d.cn\r\n"},
	{"injection", "x\r\nBcc: y", "a@b.cn>\r\nBcc:<c@d", "To: \"x Bcc: y\" <a@b.cnBcc:c@d>\r\n"},
};

static void test_put_addr(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof put_addrs / sizeof *put_addrs; i++) {
		Buf b = {0};
		header_put_addr(&b, "To", put_addrs[i].name, put_addrs[i].addr);
		Str s = buf_view(&b);
		Buf flat = {0}; /* two controls become two blanks */
		for (size_t k = 0; k < s.n; k++)
			if (!(k && s.p[k] == ' ' && s.p[k - 1] == ' '))
				buf_char(&flat, s.p[k]);
		ROW_STR(put_addrs[i].row, flat.p, put_addrs[i].want);
		buf_free(&flat);
		buf_free(&b);
	}
}

/* A name of any length, of one word or of many, in quotes or not, leaves lines that every server takes. */
static void test_put_long_name(void **state) {
	(void)state;
	static const char *const rows[] = {ENDLESS, TEN(TEN("word ")) "end", TEN(TEN("San, ")) "Zhang", TEN(TEN("张三")) "王"};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Buf b = {0};
		HeaderAddr got;
		header_put_addr(&b, "To", rows[i], "a@b.cn");
		check_lines(rows[i], buf_cstr(&b));
		ROW_INT(rows[i], (int)header_addrs(a, str_from(buf_view(&b), 3), &got, 1), 1);
		ROW_STR(rows[i], got.name, rows[i]);
		ROW_STR(rows[i], got.addr, "a@b.cn");
		buf_clear(&b);
		header_put_param(&b, "filename", rows[i]);
		check_lines(rows[i], str_from(buf_view(&b), 3).p);
		ROW_STR(rows[i], header_param(a, buf_view(&b), "filename"), rows[i]);
		buf_free(&b);
	}
	arena_free(a);
}

static const char *const names[] = {
	"a.xlsx", "a b \"c\" \\d.xlsx", "申报书.xlsx", "申报书（修改版）(1)(2).xlsx",
	"数据中心余热回收与梯级利用关键技术研究及应用示范项目申报书附件材料之一（最终修改版）第三稿.xlsx",
};

static void test_put_param(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		Buf b = {0};
		buf_str(&b, "attachment");
		header_put_param(&b, "filename", names[i]);
		ROW_STR(names[i], header_param(a, buf_view(&b), "filename"), names[i]);
		/* The old form alone tells the name too. */
		ptrdiff_t star = str_find(buf_view(&b), STR(";\r\n filename*="));
		if (star >= 0)
			ROW_STR(names[i], header_param(a, str_sub(buf_view(&b), 0, (size_t)star), "filename"), names[i]);
		ROW_INT(names[i], star >= 0, !text_valid(str_of(names[i])) || strpbrk(names[i], "\xE7\xE6") != NULL);
		buf_free(&b);
	}
	arena_free(a);
}

/* Hostile lengths: linear time, and every answer valid UTF-8. */
static void test_hostile(void **state) {
	(void)state;
	static const char *const pieces[] = {
		"=?", "=?a?B?", "=?utf-8?B?5rWL?= ", "=?utf-8?Q?=E6?=", "\"", "(", "<", "a@b,", "<a@b", ";name*1*=%",
		";name=\"", "=?utf-8?B?****", " ", "\\", "\xD5\x5C", "?=", ":", ";name", "\r\n ", "\" ",
	};
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		Arena *a = arena_new();
		Buf b = {0};
		while (b.n < 2000000)
			buf_str(&b, pieces[i]);
		int64_t start = when_monotonic_ms();
		HeaderAddr got[10];
		char *text = header_text(a, buf_view(&b));
		ROW_TRUE(pieces[i], text_valid(str_of(text)));
		header_addrs(a, buf_view(&b), got, 10);
		header_ids(a, buf_view(&b));
		header_param(a, buf_view(&b), "name");
		ROW_TRUE(pieces[i], when_monotonic_ms() - start < IN_TIME);
		buf_free(&b);
		arena_free(a);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),     cmocka_unit_test(test_param),
		cmocka_unit_test(test_addrs),    cmocka_unit_test(test_ids),
		cmocka_unit_test(test_put_text), cmocka_unit_test(test_put_addr),
		cmocka_unit_test(test_put_param), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_put_long_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
