/* On a mail's way: signs that no person wrote it, and for a bounce, what came back.
 * Refuses to judge: it says what is there, the judge says what that means. */
#include <string.h>

#include "base/text.h"
#include "mail/header.h"
#include "reader/message.h"

#define BODY_LOOKED_AT 1500 /* bytes of the text in which a bounce says so */

static const char *const auto_headers[] = {
	"X-QQ-AUTO-REPLY", "X-QQ-HolidayReply", "X-QQ-Holiday-Reply", "X-Autoreply", "X-Auto-Reply",
	"X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Mail-Autoreply",
	"X-Auto-Reply-From",
};

static const char *const bounce_subjects[] = {
	"系统退信", "退信", "邮件投递失败", "投递失败", "邮件发送失败", "无法投递", "未送达",
	"邮件未送达", "您的邮件被退回", "undelivered", "undeliverable", "delivery status",
	"mail delivery failed", "delivery failure", "delivery failed", "returned mail",
	"failure notice", "mail delivery subsystem", "the email is returned", "mail system error",
	"message you sent blocked", "delivery delayed", "投递状态通知", "邮件退回",
};

static const char *const auto_subjects[] = {
	"自动回复", "自动答复", "自動回覆", "automatic reply", "auto reply", "auto-reply", "autoreply",
	"auto response", "out of office", "out-of-office", "[自动回复]", "【自动回复】", "假期自动回复",
};

static const char *const receipt_subjects[] = {
	"已读:", "已读：", "已读回执", "读取回执", "阅读回执", "未读:", "未读：", "read:", "not read:",
	"read receipt", "return receipt", "disposition notification", "已送达:", "送达:", "delivered:",
};

static const char *const bounce_phrases[] = {
	"您的邮件被退回来了", "您的邮件被退回", "发送的邮件被系统退回", "邮件被系统退回",
	"无法将您的邮件投递", "您发送的邮件未能成功投递", "您的邮件未能送达", "邮件无法发送到",
	"您的邮件无法投递", "该邮件未能投递", "无法投递到以下收件人", "邮件投递失败",
	"could not be delivered", "undeliverable", "delivery to the following recipient",
	"i'm sorry to have to inform you that your message", "wasn't able to deliver your message",
};

/* Labels in the text of Chinese bounces. */
static const char *const to_labels[] = {"收件人", "收件地址", "失败的收件人", "无法送达"};
static const char *const reason_labels[] = {
	"退信原因", "英文说明", "失败原因", "错误原因", "原因", "退信代码", "错误信息",
};

static bool has(Str header, const char *name) {
	return mime_field(header, name, 0).p != NULL;
}

static bool starts_with_any(const char *s, const char *const *table, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (str_starts_nocase(str_of(s), table[i]))
			return true;
	return false;
}

#define STARTS(s, table) starts_with_any(s, table, sizeof(table) / sizeof *(table))

static unsigned header_marks(Arena *a, Str header) {
	unsigned marks = 0;
	Str value = mime_field(header, "Auto-Submitted", 0);
	if (value.n && !str_is_nocase(str_of(header_text(a, value)), "no"))
		marks |= ROBOT_AUTO_SUBMITTED;
	for (size_t i = 0; i < sizeof auto_headers / sizeof *auto_headers; i++)
		if (has(header, auto_headers[i]))
			marks |= ROBOT_AUTO_HEADER;
	if (has(header, "X-Auto-Response-Suppress"))
		marks |= ROBOT_SUPPRESS;
	static const char *const precedence[] = {"bulk", "junk", "auto_reply", "auto-reply"};
	value = mime_field(header, "Precedence", 0);
	if (STARTS(header_text(a, value), precedence))
		marks |= ROBOT_PRECEDENCE;
	if (str_starts_nocase(value, "list") || has(header, "List-Id") ||
	    has(header, "List-Unsubscribe"))
		marks |= ROBOT_LIST;
	value = mime_field(header, "Return-Path", 0);
	if (value.p && (value.n == 0 || str_is(value, "<>") || str_is(value, "< >")))
		marks |= ROBOT_NULL_PATH;
	if (has(header, "X-CM-Original-Message-ID") || has(header, "X-Failed-Recipients"))
		marks |= ROBOT_REPORT;
	return marks;
}

static bool daemon_addr(const MailAddr *from) {
	static const char *const local[] = {
		"mailer-daemon", "mailer_daemon", "mailerdaemon", "postmaster", "no-reply", "noreply",
		"no_reply", "donotreply", "do-not-reply", "do_not_reply", "bounce",
	};
	static const char *const names[] = {
		"系统管理员", "邮件系统管理员", "系统退信", "mail delivery", "mailer-daemon", "postmaster",
	};
	return STARTS(from->addr, local) || STARTS(from->name, names);
}

static unsigned sender_marks(const Report *r) {
	unsigned marks = 0;
	if (strstr(r->return_path, "+auto_=") || strstr(r->sender.addr, "+auto_=") ||
	    strstr(r->from.addr, "+auto_="))
		marks |= ROBOT_AUTO_PATH;
	if (daemon_addr(&r->from))
		marks |= ROBOT_DAEMON;
	return marks;
}

static unsigned root_marks(const MimePart *root) {
	if (!root || strcmp(root->type, "multipart/report") != 0)
		return 0;
	if (strcmp(root->report_type, "disposition-notification") == 0)
		return ROBOT_RECEIPT;
	if (strcmp(root->report_type, "feedback-report") == 0)
		return ROBOT_FEEDBACK;
	return ROBOT_REPORT;
}

unsigned robot_header(Arena *a, Str header, const MimePart *root, const Report *r) {
	unsigned marks = header_marks(a, header) | sender_marks(r) | root_marks(root);
	if (STARTS(r->subject, bounce_subjects))
		marks |= ROBOT_BOUNCE_SUBJECT;
	if (STARTS(r->subject, auto_subjects))
		marks |= ROBOT_AUTO_SUBJECT;
	if (STARTS(r->subject, receipt_subjects))
		marks |= ROBOT_RECEIPT_SUBJECT;
	if (str_is_nocase(str_of(r->subject), "unsubscribe"))
		marks |= ROBOT_FEEDBACK;
	return marks;
}

bool robot_bounce_body(const char *text) {
	Str s = str_sub(str_of(text), 0, BODY_LOOKED_AT);
	for (size_t i = 0; i < sizeof bounce_phrases / sizeof *bounce_phrases; i++)
		if (str_find_nocase(s, str_of(bounce_phrases[i])) >= 0)
			return true;
	return false;
}

/* ---- what came back ---- */

static void fill(const char **slot, const char *value) {
	if (!**slot && value && *value)
		*slot = value;
}

static const char *first_word(Arena *a, const char *s) {
	return str_dup(a, str_sub(str_of(s), 0, strcspn(s, " \t,;")));
}

static const char *first_addr(Arena *a, Str raw) {
	HeaderAddr addr;
	return header_addrs(a, raw, &addr, 1) ? addr.addr : "";
}

void bounce_own(Arena *a, Str header, Report *r) {
	fill(&r->bounce_of, first_word(a, header_ids(a, mime_field(header, "X-CM-Original-Message-ID", 0))));
	fill(&r->bounce_to, first_addr(a, mime_field(header, "X-Failed-Recipients", 0)));
}

/* "rfc822; x@163.com" without its type. */
static Str typed(Str value) {
	const char *semi = value.n ? memchr(value.p, ';', value.n) : NULL;
	return str_trim(semi ? str_from(value, (size_t)(semi - value.p) + 1) : value);
}

/* The block up to the next blank line; steps over it. */
static Str status_block(Str *rest) {
	Str line, at = *rest;
	while (str_next(rest, '\n', &line) && str_trim(line).n)
		;
	return str_sub(at, 0, at.n - rest->n);
}

/* How bad a recipient's block says it is: 0 no recipient's; arrived, on its way still, no word of it, failed. */
static int status_rank(Str block) {
	Str action = str_trim(mime_field(block, "Action", 0)), status = str_trim(mime_field(block, "Status", 0));
	if (str_is_nocase(action, "delivered") || str_is_nocase(action, "relayed") || str_is_nocase(action, "expanded"))
		return 1;
	if (str_is_nocase(action, "delayed"))
		return 2;
	if (str_is_nocase(action, "failed"))
		return 4;
	if (status.n)
		return status.p[0] == '2' ? 1 : status.p[0] == '4' ? 2 : 4;
	return mime_field(block, "Final-Recipient", 0).n ? 3 : 0;
}

void bounce_status(Arena *a, Str status, Report *r) {
	Str rest = status, worst = status;
	int rank = 0;
	while (rest.n) {
		Str block = status_block(&rest);
		int one = status_rank(block);
		if (one > rank) {
			rank = one;
			worst = block;
		}
	}
	fill(&r->bounce_to, first_addr(a, typed(mime_field(worst, "Final-Recipient", 0))));
	fill(&r->bounce_to, first_addr(a, typed(mime_field(worst, "Original-Recipient", 0))));
	fill(&r->bounce_status, first_word(a, header_text(a, mime_field(worst, "Status", 0))));
	if (rank == 1 || rank == 2)
		fill(&r->bounce_status, rank == 1 ? "2.0.0" : "4.0.0");
	fill(&r->bounce_text, header_text(a, typed(mime_field(worst, "Diagnostic-Code", 0))));
	fill(&r->bounce_of, first_word(a, header_ids(a, mime_field(status, "Original-Message-ID", 0))));
}

void bounce_returned(Arena *a, Str header, Report *r) {
	fill(&r->bounce_of, first_word(a, header_ids(a, mime_field(header, "Message-ID", 0))));
	fill(&r->bounce_to, first_addr(a, mime_field(header, "To", 0)));
}

/* What stands behind a label: on its line, or on the next one that is not empty. */
static Str behind_label(Str text, const char *label) {
	ptrdiff_t at = str_find(text, str_of(label));
	if (at < 0)
		return (Str){"", 0};
	Str rest = str_from(text, (size_t)at + strlen(label)), line;
	for (int i = 0; i < 3 && str_next(&rest, '\n', &line); i++) {
		for (;;) {
			line = str_trim(line);
			if (str_starts(line, ":"))
				line = str_from(line, 1);
			else if (str_starts(line, "\xEF\xBC\x9A"))
				line = str_from(line, 3);
			else
				break;
		}
		if (line.n)
			return line;
	}
	return (Str){"", 0};
}

void bounce_words(Arena *a, const char *text, Report *r) {
	Str s = str_of(text);
	for (size_t i = 0; i < sizeof to_labels / sizeof *to_labels; i++)
		fill(&r->bounce_to, first_addr(a, behind_label(s, to_labels[i])));
	for (size_t i = 0; i < sizeof reason_labels / sizeof *reason_labels; i++)
		fill(&r->bounce_text, text_cut(a, text_line(a, behind_label(s, reason_labels[i])), 300));
}
