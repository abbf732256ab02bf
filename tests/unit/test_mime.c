/* The structure of messages, also of faulty and hostile ones (QUIRKS 3). */
#include "row.h"

#include <sys/resource.h>

#include "base/when.h"
#include "mail/header.h"
#include "mail/mime.h"
#include "mailfile.h"

static bool into_buf(void *ctx, const void *b, size_t n) {
	buf_add(ctx, b, n);
	return true;
}

/* type(name)[bytes], children in {}. */
static void describe(Mime *m, const MimePart *p, Buf *out) {
	for (; p; p = p->next) {
		Buf body = {0};
		if (!p->child)
			mime_decode(m, p, into_buf, &body);
		buf_str(out, p->type);
		if (*p->name)
			buf_fmt(out, "(%s)", p->name);
		if (p->attachment)
			buf_char(out, '!');
		if (p->child) {
			buf_char(out, '{');
			describe(m, p->child, out);
			buf_char(out, '}');
		} else {
			buf_fmt(out, "[%s]", buf_cstr(&body));
		}
		if (p->next)
			buf_char(out, ' ');
		buf_free(&body);
	}
}

/* Milliseconds; far above what it takes, since the machine may be busy. */
#ifdef __SANITIZE_ADDRESS__
#define IN_TIME 60000
#else
#define IN_TIME 4000
#endif

#define RAW(lit) {lit, sizeof(lit) - 1}
#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct {
	const char *row;
	Str raw;
	const char *want;
} mails[] = {
	{"plain", RAW("Subject: x\n\nhello"), "text/plain[hello]"},
	{"crlf", RAW("Subject: x\r\n\r\nhello\r\n"), "text/plain[hello\r\n]"},
	{"empty file", RAW(""), "text/plain[]"},
	{"header only", RAW("Subject: x\n"), "text/plain[]"},
	{"no header", RAW("hello\nworld\n"), "text/plain[hello\nworld\n]"},
	{"mbox line", RAW("From a@b Mon Jan  1\nSubject: x\n\nhello"), "text/plain[hello]"},
	{"byte order mark", RAW("\xEF\xBB\xBFSubject: x\nContent-Type: text/html\n\nhello"), "text/html[hello]"},
	{"blank lines first", RAW("\r\n\r\nSubject: x\nContent-Type: text/html\n\nhello"), "text/html[hello]"},
	{"junk line in the header", RAW("Subject: x\njunk\nContent-Type: text/html\n\nhello"), "text/html[hello]"},
	{"two parts", RAW(MIXED "--b\n\none\n--b\nContent-Type: TEXT/Html\n\ntwo\n--b--\n"),
	 "multipart/mixed{text/plain[one] text/html[two]}"},
	{"no end boundary", RAW(MIXED "--b\n\none\n--b\n\ntwo\n"), "multipart/mixed{text/plain[one] text/plain[two\n]}"},
	{"base64", RAW("Content-Transfer-Encoding: BASE64\n\naGVsbG8=\n"), "text/plain[hello]"},
	{"base64 in two runs", RAW("Content-Transfer-Encoding: base64\n\naGVs\nbG8=\nIQ==\n"), "text/plain[hello!]"},
	{"base64 without its padding", RAW("Content-Transfer-Encoding: base64\n\naGVsbG8\n"), "text/plain[hello]"},
	{"base64 with junk", RAW("Content-Transfer-Encoding: base64\n\naGV!\n*sbG8=\n"), "text/plain[hello]"},
	{"quoted-printable", RAW("Content-Transfer-Encoding: quoted-printable\n\na=3Db=\nc"), "text/plain[a=bc]"},
	{"uuencode", RAW("Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n%:&5L;&\\ \n`\nend\n"), "text/plain[hello]"},
	{"unknown coding", RAW("Content-Transfer-Encoding: 8Bit\n\nhi"), "text/plain[hi]"},
	{"foxmail: one octet-stream", RAW("Content-Type: application/octet-stream;\n\tname=\"a.zip\"\n"
	 "Content-Disposition: attachment; filename=\"a.zip\"\nContent-Transfer-Encoding: base64\n\nUEs=\n"),
	 "application/octet-stream(a.zip)![PK]"},
	{"filename before name", RAW("Content-Type: a/b; name=one\nContent-Disposition: attachment; filename=two\n\n"), "a/b(two)![]"},
	{"name when the filename is lost", RAW("Content-Type: a/b; name=\"=?utf-8?B?55Sz5oqlLmRvYw==?=\"\nContent-Disposition: attachment; filename=\"____.doc\"\n\n"), "a/b(申报.doc)![]"},
	{"description as a name", RAW("Content-Type: application/pdf\nContent-Description: =?utf-8?B?55Sz5oqlLmRvYw==?=\n\n"), "application/pdf(申报.doc)[]"},
	{"location as a name", RAW("Content-Type: application/pdf\nContent-Location: a.pdf\n\n"), "application/pdf(a.pdf)[]"},
	{"description in words is none", RAW("Content-Type: application/pdf\nContent-Description: the best. One\n\n"), "application/pdf[]"},
	{"disposition without type", RAW("Content-Disposition: filename=\"y.xlsx\"\n\n"), "text/plain(y.xlsx)[]"},
	{"senseless type", RAW("Content-Type: xyz\n\n"), "application/octet-stream[]"},
	{"type text alone", RAW("Content-Type: text\n\nx"), "text/plain[x]"},
	{"multipart without boundary", RAW("Content-Type: multipart/mixed\n\nhello\n"), "text/plain[hello\n]"},
	{"boundary that never comes", RAW("Content-Type: multipart/mixed; boundary=zz\n\nhello\n"), "text/plain[hello\n]"},
	{"inner one that never comes", RAW(MIXED "--b\nContent-Type: multipart/mixed; boundary=zz\n\nhello\n--b--\n"), "multipart/mixed{text/plain[hello]}"},
	{"boundary of one quote", RAW("Content-Type: multipart/mixed; boundary=\"\\\"\"\n\n--\"\n\nx\n--\"--\n"), "multipart/mixed{text/plain[x]}"},
	{"boundary is an open quote", RAW("Content-Type: multipart/mixed; boundary=\"\n\n--\"\n\nx\n"), "text/plain[--\"\n\nx\n]"},
	{"message, 7bit", RAW(MIXED "--b\nContent-Type: message/rfc822\n\nSubject: in\n\ntext\n--b--\n"), "multipart/mixed{message/rfc822[Subject: in\n\ntext]}"},
	{"message, base64", RAW(MIXED "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nUzogaW4K\n--b--\n"), "multipart/mixed{message/rfc822[S: in\n]}"},
	{"delivery status", RAW(MIXED "--b\nContent-Type: Message/delivery-status\n\nStatus: 5.0.0\n--b--\n"), "multipart/mixed{message/delivery-status[Status: 5.0.0]}"},
	{"preamble and epilogue", RAW(MIXED "pre\n--b\n\nx\n--b--\npost\n"), "multipart/mixed{text/plain[x]}"},
};

static void test_structure(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
		Arena *a = arena_new();
		Buf got = {0};
		int fd = mail_file(mails[i].raw);
		Mime *m = mime_open(a, fd);
		describe(m, mime_root(m), &got);
		ROW_STR(mails[i].row, buf_cstr(&got), mails[i].want);
		mime_close(m);
		buf_free(&got);
		close(fd);
		arena_free(a);
	}
}

static void test_fields(void **state) {
	(void)state;
	Str block = STR("Subject: a\r\n b\r\nX-CM-TRANSID:abc\r\nReceived: one\r\nreceived : two\r\nSubjectX: c\r\n");
	assert_true(str_is(mime_field(block, "subject", 0), "a\r\n b"));
	assert_true(str_is(mime_field(block, "x-cm-transid", 0), "abc"));
	assert_true(str_is(mime_field(block, "Received", 1), "two"));
	assert_null(mime_field(block, "Received", 2).p);
	assert_null(mime_field(block, "Subj", 0).p);
	assert_null(mime_field((Str){NULL, 0}, "Subject", 0).p);
}

static void test_details(void **state) {
	(void)state;
	Arena *a = arena_new();
	int fd = mail_file(STR("Content-Type: Multipart/report; report-type=Delivery-Status;\n boundary=\"b\"\n\n"
	                       "--b\nContent-Type: text/calendar; method=reply; charset=UTF-8\nContent-ID: <x@y>\n\n"
	                       "--b\nContent-Disposition: inline\n\n"));
	Mime *m = mime_open(a, fd);
	MimePart *root = mime_root(m), *one = root->child, *two = one->next;
	assert_string_equal(root->report_type, "delivery-status");
	assert_string_equal(one->method, "REPLY");
	assert_string_equal(one->charset, "UTF-8");
	assert_string_equal(one->cid, "x@y");
	assert_false(one->has_disposition);
	assert_true(two->has_disposition);
	assert_false(two->attachment);
	assert_true(mime_truncated(m));
	assert_ptr_equal(one->parent, root);
	mime_close(m);
	close(fd);
	arena_free(a);
}

static bool stop(void *ctx, const void *b, size_t n) {
	(void)b;
	(void)n;
	return --*(int *)ctx > 0;
}

static void test_stop(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf b = {0};
	buf_str(&b, "Content-Type: application/pdf\n\n");
	while (b.n < 1000000)
		buf_str(&b, "0123456789abcde\n");
	int fd = mail_file(buf_view(&b)), calls = 2;
	Mime *m = mime_open(a, fd);
	assert_int_equal(mime_decode(m, mime_root(m), stop, &calls), -1);
	assert_int_equal(calls, 0);
	mime_close(m);
	close(fd);
	buf_free(&b);
	arena_free(a);
}

static bool count_bytes(void *ctx, const void *b, size_t n) {
	(void)b;
	*(size_t *)ctx += n;
	return true;
}

/* A head, a piece again and again, a tail: opened and decoded in time. */
static const struct {
	const char *row, *head, *piece, *tail;
	size_t times;
} hostile[] = {
	{"header lines", "", "X-A: b\n", "Content-Type: text/html\n\nx", 100000},
	{"long subject", "Subject: ", "abc ", "\nContent-Type: text/html\n\nx", 1250000},
	{"long subject of words", "Subject: ", "=?utf-8?B?5rWL?= ", "\nContent-Type: text/html\n\nx", 300000},
	{"header lines of a part", MIXED "--b\n", "X-A: b\n", "\nx\n--b--\n", 100000},
	{"long name of a part", MIXED "--b\nContent-Type: a/b; name=\"", "=?utf-8?B?5rWL?= ", "\"\n\nx\n--b--\n", 300000},
	{"many parameters", MIXED "--b\nContent-Type: a/b", ";\n name*1=a", "\n\nx\n--b--\n", 100000},
	{"many parts", MIXED, "--b\n\nx\n", "--b--\n", 50000},
	{"many messages", "", "Content-Type: message/rfc822\n\n", "x", 50000},
	{"addresses of an inner message", "Content-Type: message/rfc822\n\nTo: ", "x@y, ", "\n\nx", 1000000},
	{"preamble", MIXED, "line of text of a middling length\n", "--b\n\nx\n--b--\n", 300000},
	{"no boundary", MIXED, "line of text of a middling length\n", "", 300000},
	{"one long line", MIXED, "abc", "\n--b\n\nx\n--b--\n", 3000000},
	{"continuation lines", "Subject: x\n", " y\n", "\nx", 500000},
};

static void check_hostile(const char *row, const Buf *b) {
	Arena *a = arena_new();
	int fd = mail_file(buf_view(b));
	int64_t start = when_monotonic_ms();
	Mime *m = mime_open(a, fd);
	size_t n = 0;
	for (const MimePart *p = mime_root(m); p; p = p->child)
		mime_decode(m, p, count_bytes, &n);
	header_text(a, mime_field(mime_header(m), "Subject", 0));
	ROW_TRUE(row, mime_header(m).n <= MIME_MAX_HEADER);
	mime_close(m);
	ROW_TRUE(row, when_monotonic_ms() - start < IN_TIME);
	close(fd);
	arena_free(a);
}

static void test_hostile(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		Buf b = {0};
		buf_str(&b, hostile[i].head);
		for (size_t k = 0; k < hostile[i].times; k++)
			buf_str(&b, hostile[i].piece);
		buf_str(&b, hostile[i].tail);
		check_hostile(hostile[i].row, &b);
		buf_free(&b);
	}
}

static void test_nested(void **state) {
	(void)state;
	Buf b = {0};
	for (int i = 0; i < 50000; i++)
		buf_fmt(&b, "Content-Type: multipart/mixed; boundary=%d\n\n--%d\n", i, i);
	check_hostile("nested multiparts", &b);
	Arena *a = arena_new();
	int fd = mail_file(buf_view(&b));
	Mime *m = mime_open(a, fd);
	assert_true(mime_too_deep(m));
	int depth = 0;
	for (const MimePart *p = mime_root(m); p->child; p = p->child)
		depth = p->child->depth;
	assert_int_equal(depth, MIME_MAX_DEPTH);
	mime_close(m);
	close(fd);
	arena_free(a);
	buf_free(&b);
}

/* At the limit of parts, and one above. */
static void test_part_limit(void **state) {
	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		Buf b = {0};
		buf_str(&b, MIXED);
		for (int i = 0; i < MIME_MAX_PARTS - 1 + extra; i++)
			buf_str(&b, "--b\n\nx\n");
		buf_str(&b, "--b--\n");
		Arena *a = arena_new();
		int fd = mail_file(buf_view(&b));
		Mime *m = mime_open(a, fd);
		assert_int_equal(mime_too_deep(m), extra);
		mime_close(m);
		close(fd);
		arena_free(a);
		buf_free(&b);
	}
}

/* 48 MB through the file: what stays in memory is small. */
static void test_large(void **state) {
	(void)state;
	int fd = memfd_create("large", MFD_CLOEXEC);
	Buf line = {0};
	buf_str(&line, MIXED "--b\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\n");
	assert_int_equal(write(fd, line.p, line.n), (ssize_t)line.n);
	buf_clear(&line);
	for (int i = 0; i < 10000; i++)
		buf_str(&line, "QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD\r\n");
	for (int i = 0; i < 60; i++)
		assert_int_equal(write(fd, line.p, line.n), (ssize_t)line.n);
	buf_free(&line);
	struct rusage before, after;
	Arena *a = arena_new();
	getrusage(RUSAGE_SELF, &before);
	Mime *m = mime_open(a, fd);
	size_t n = 0;
	mime_decode(m, mime_root(m)->child, count_bytes, &n);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(n, 57u * 10000 * 60);
	assert_true(after.ru_maxrss - before.ru_maxrss < 4096);
	mime_close(m);
	close(fd);
	arena_free(a);
}

static int preload(void **state) {
	(void)state;
	mime_preload();
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large),     cmocka_unit_test(test_structure),
		cmocka_unit_test(test_fields),    cmocka_unit_test(test_details),
		cmocka_unit_test(test_stop),      cmocka_unit_test(test_part_limit),
		cmocka_unit_test(test_nested),    cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, preload, NULL);
}
