/* What compose_mail() writes, our own readers read back. */
#include "row.h"

#include "base/hash.h"
#include "base/when.h"
#include "mail/compose.h"
#include "mail/header.h"
#include "mail/mime.h"
#include "mailfile.h"

static bool into_buf(void *ctx, const void *b, size_t n) {
	buf_add(ctx, b, n);
	return true;
}

static const Mail base = {
	.from_name = "新绿杯大赛组委会", .from_addr = "entries@example.org",
	.to_name = "张三", .to_addr = "a@qq.com",
	.subject = "【新绿杯】您的申报已受理：T4-0007 数据中心余热回收与梯级利用关键技术研究及应用示范",
	.message_id = "r1@example.org", .in_reply_to = "tencent_1@qq.com",
	.references = "x@y tencent_1@qq.com", .auto_submitted = "auto-replied", .mark = "1 receipt",
	.text = "您好：\n已收到。\n", .html = "<p>您好：</p>\n<p>已收到。</p>\n",
};

static void check_bytes(const char *row, Str s) {
	size_t column = 0;
	for (size_t i = 0; i < s.n; i++) {
		ROW_TRUE(row, (unsigned char)s.p[i] < 0x7F);
		ROW_TRUE(row, s.p[i] != '\n' || (i && s.p[i - 1] == '\r'));
		ROW_TRUE(row, s.p[i] != '\r' || (i + 1 < s.n && s.p[i + 1] == '\n'));
		column = s.p[i] == '\n' ? 0 : column + 1;
		ROW_TRUE(row, column < 998);
	}
	ROW_TRUE(row, s.n > 2 && s.p[s.n - 1] == '\n');
}

static void body_is(const char *row, Mime *m, const MimePart *p, const char *type, const char *want) {
	Buf b = {0}, lf = {0};
	ROW_TRUE(row, p != NULL);
	ROW_STR(row, p->type, type);
	mime_decode(m, p, into_buf, &b);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != '\r')
			buf_char(&lf, b.p[i]);
	ROW_STR(row, buf_cstr(&lf), want);
	buf_free(&b);
	buf_free(&lf);
}

static void test_header(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf b = {0};
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
	Mail mail = base;
	mail.date = when_of(2023, 3, 30, 9, 0, 0);
	compose_mail(&b, &mail);
	check_bytes("header", buf_view(&b));
	int fd = mail_file(buf_view(&b));
	Mime *m = mime_open(a, fd);
	Str h = mime_header(m);
	HeaderAddr addr;
	assert_int_equal(header_addrs(a, mime_field(h, "From", 0), &addr, 1), 1);
	assert_string_equal(addr.name, base.from_name);
	assert_string_equal(addr.addr, base.from_addr);
	assert_int_equal(header_addrs(a, mime_field(h, "To", 0), &addr, 1), 1);
	assert_string_equal(addr.name, base.to_name);
	assert_string_equal(header_text(a, mime_field(h, "Subject", 0)), base.subject);
	assert_string_equal(header_ids(a, mime_field(h, "Message-ID", 0)), base.message_id);
	assert_string_equal(header_ids(a, mime_field(h, "In-Reply-To", 0)), base.in_reply_to);
	assert_string_equal(header_ids(a, mime_field(h, "References", 0)), base.references);
	assert_true(str_is(mime_field(h, "Auto-Submitted", 0), "auto-replied"));
	assert_true(str_is(mime_field(h, "X-Auto-Response-Suppress", 0), "All"));
	assert_true(str_is(mime_field(h, "X-Xinlv", 0), "1 receipt"));
	assert_true(str_is(mime_field(h, "MIME-Version", 0), "1.0"));
	int64_t date = 0;
	assert_int_equal(when_parse_mail(mime_field(h, "Date", 0), &date), 0);
	assert_true(date == mail.date);
	MimePart *root = mime_root(m);
	assert_string_equal(root->type, "multipart/alternative");
	body_is("text", m, root->child, "text/plain", base.text);
	body_is("html", m, root->child->next, "text/html", base.html);
	assert_string_equal(root->child->charset, "utf-8");
	assert_false(mime_truncated(m));
	mime_close(m);
	close(fd);
	buf_free(&b);
	arena_free(a);
}

static void shape(const MimePart *p, Buf *out) {
	for (; p; p = p->next) {
		buf_fmt(out, "%s%s%s", strrchr(p->type, '/') + 1, *p->cid ? "@" : "", p->attachment ? "!" : "");
		if (p->child) {
			buf_char(out, '(');
			shape(p->child, out);
			buf_char(out, ')');
		}
		if (p->next)
			buf_char(out, ' ');
	}
}

/* What was written is taken apart again by the one that wrote it. */
static void same_again(const char *row, Arena *a, const Mail *mail, Str bytes) {
	Mail got;
	size_t n = 0;
	ROW_TRUE(row, compose_read(a, bytes, &got));
	ROW_STR(row, got.message_id, mail->message_id);
	ROW_STR(row, got.in_reply_to, mail->in_reply_to);
	ROW_STR(row, got.text, mail->text ? mail->text : "");
	ROW_STR(row, got.html, mail->html ? mail->html : "");
	ROW_INT(row, (int)got.attachment_n, (int)mail->attachment_n);
	for (int related = 1; related >= 0; related--) /* pictures stand before the rest */
		for (size_t i = 0; i < mail->attachment_n; i++) {
			const Attachment *want = &mail->attachment[i], *have = &got.attachment[n];
			if ((want->cid != NULL) != related)
				continue;
			ROW_STR(row, have->name, want->name);
			ROW_STR(row, have->media, want->media);
			ROW_STR(row, have->cid ? have->cid : "", want->cid ? want->cid : "");
			ROW_TRUE(row, have->bytes.n == want->bytes.n && memcmp(have->bytes.p, want->bytes.p, want->bytes.n) == 0);
			n++;
		}
}

static void test_not_ours(void **state) {
	(void)state;
	static const char *const rows[] = {
		"", "Message-ID: <a@b>\r\n", "Message-ID: <a@b>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nfoo",
		"Message-ID: <a@b>\r\nContent-Type: multipart/mixed\r\n\r\n--\r\n", "Content-Type: text/plain\r\n\r\nx\r\n",
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Mail got;
		ROW_TRUE(rows[i], !compose_read(a, str_of(rows[i]), &got));
		arena_free(a);
	}
}

#define XLSX "application/vnd.x"
static const Attachment file = {"申报书（修改版）.xlsx", XLSX, {"PK\003\004\0\1\2", 7}, NULL};
static const Attachment logo = {"logo.png", "image/png", {"\211PNG", 4}, "logo@x"};
static const Attachment invite = {"invite.ics", "text/calendar; method=REQUEST; charset=utf-8", {"BEGIN:VCALENDAR\r\n", 17}, NULL};
static const Attachment nothing = {"empty.txt", "text/plain", {"", 0}, NULL};

static const struct {
	const char *row, *text, *html;
	const Attachment *attachment[3];
	const char *want;
} shapes[] = {
	{"text alone", "x", NULL, {0}, "plain"},
	{"html alone", NULL, "<p>x", {0}, "html"},
	{"nothing", NULL, NULL, {0}, "plain"},
	{"both", "x", "<p>x", {0}, "alternative(plain html)"},
	{"a file", "x", "<p>x", {&file}, "mixed(alternative(plain html) vnd.x!)"},
	{"a file, text alone", "x", "", {&file}, "mixed(plain vnd.x!)"},
	{"a picture", "x", "<p>x", {&logo}, "alternative(plain related(html png@))"},
	{"all", "x", "<p>x", {&file, &logo, &invite}, "mixed(alternative(plain related(html png@)) vnd.x! calendar!)"},
	{"an empty file", "x", NULL, {&nothing}, "mixed(plain plain!)"},
};

static void test_shape(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		Arena *a = arena_new();
		Attachment all[3];
		Mail mail = base;
		Buf b = {0}, again = {0}, got = {0};
		for (size_t k = 0; k < 3 && shapes[i].attachment[k]; k++)
			all[mail.attachment_n++] = *shapes[i].attachment[k];
		mail.attachment = all;
		mail.text = shapes[i].text;
		mail.html = shapes[i].html;
		compose_mail(&b, &mail);
		compose_mail(&again, &mail);
		check_bytes(shapes[i].row, buf_view(&b));
		ROW_STR(shapes[i].row, b.p, again.p);
		int fd = mail_file(buf_view(&b));
		Mime *m = mime_open(a, fd);
		shape(mime_root(m), &got);
		ROW_STR(shapes[i].row, buf_cstr(&got), shapes[i].want);
		ROW_TRUE(shapes[i].row, !mime_truncated(m));
		same_again(shapes[i].row, a, &mail, buf_view(&b));
		mime_close(m);
		close(fd);
		buf_free(&b);
		buf_free(&again);
		buf_free(&got);
		arena_free(a);
	}
}

/* Bytes and name of an attachment come back as they were, whatever its length. */
static void test_attachment(void **state) {
	(void)state;
	char bytes[300];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7);
	for (size_t n = 0; n < sizeof bytes; n += 1 + n / 20) {
		Arena *a = arena_new();
		Attachment one = {file.name, XLSX, {bytes, n}, NULL};
		Mail mail = base;
		mail.attachment = &one;
		mail.attachment_n = 1;
		Buf b = {0}, got = {0};
		compose_mail(&b, &mail);
		int fd = mail_file(buf_view(&b));
		Mime *m = mime_open(a, fd);
		const MimePart *p = mime_root(m)->child->next;
		mime_decode(m, p, into_buf, &got);
		assert_string_equal(p->name, file.name);
		assert_int_equal(got.n, n);
		assert_true(n == 0 || memcmp(got.p, bytes, n) == 0);
		mime_close(m);
		close(fd);
		buf_free(&b);
		buf_free(&got);
		arena_free(a);
	}
}

/* An invitation is a third form of the text, and may be enclosed as a file, too. */
static void test_invitation(void **state) {
	(void)state;
	static const char ics[] = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";
	const Attachment att[] = {{NULL, "text/calendar; charset=utf-8; method=REQUEST", {ics, sizeof ics - 1}, NULL},
	                          {"邀请.ics", "application/ics", {ics, sizeof ics - 1}, NULL}};
	Arena *a = arena_new();
	Buf b = {0};
	Mail mail = base;
	mail.attachment = att;
	mail.attachment_n = 2;
	compose_mail(&b, &mail);
	check_bytes("invitation", buf_view(&b));
	Mime *m = mime_open(a, mail_file(buf_view(&b)));
	MimePart *root = mime_root(m), *text = root->child;
	assert_string_equal(root->type, "multipart/mixed");
	assert_string_equal(text->type, "multipart/alternative");
	assert_string_equal(text->child->type, "text/plain");
	assert_string_equal(text->child->next->type, "text/html");
	assert_string_equal(text->child->next->next->type, "text/calendar");
	assert_null(text->child->next->next->next);
	assert_string_equal(text->next->type, "application/ics");
	assert_null(text->next->next);
	assert_true(compose_read(a, buf_view(&b), &mail)); /* nothing of it is taken for the text */
	assert_int_equal(mail.attachment_n, 2);
	assert_null(mail.attachment[0].name);
	assert_string_equal(mail.attachment[0].media, att[0].media);
	assert_true(str_eq(mail.attachment[0].bytes, att[0].bytes));
	assert_string_equal(mail.text, base.text);
	mime_close(m);
	arena_free(a);
	buf_free(&b);
}

static void test_injection(void **state) {
	(void)state;
	Buf b = {0};
	Mail mail = base;
	mail.subject = "a\r\nBcc: v@x";
	mail.to_name = "n\nBcc: v@x";
	mail.to_addr = "a@b>\r\nBcc: <v@x";
	mail.in_reply_to = "x@y>\r\nBcc:v@x";
	mail.mark = "1\r\nBcc: v@x";
	compose_mail(&b, &mail);
	assert_null(mime_field(buf_view(&b), "Bcc", 0).p);
	check_bytes("injection", buf_view(&b));
	buf_free(&b);
}

static int preload(void **state) {
	(void)state;
	mime_preload();
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header), cmocka_unit_test(test_shape),
		cmocka_unit_test(test_attachment), cmocka_unit_test(test_invitation), cmocka_unit_test(test_injection), cmocka_unit_test(test_not_ours),
	};
	return cmocka_run_group_tests(tests, preload, NULL);
}
