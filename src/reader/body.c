/* On a mail's way: what the person wrote this time, told apart from the mail that they
 * answered or passed on.  Refuses to read on behind the first sign of history: fields of
 * an earlier mail must not become fields of this one. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/header.h"
#include "reader/message.h"

#define LINE_LOOKED_AT 400 /* bytes: signs of history are short lines */
#define BLOCK_LINES 6      /* lines within which a copied header names its kind */

/* text_fold() has made colons, commas and brackets half-width before these are compared. */

/* Words on a rule of dashes: QQ, 163, Outlook, Apple, Gmail, NetEase's phone program. */
static const char *const rules[] = {
	"原始邮件", "原邮件", "原始信息", "回复的原邮件", "转发的邮件", "转发邮件信息", "转发邮件",
	"转发信息", "回复邮件", "被转发邮件信息", "被转发的邮件", "邮件原文", "原始郵件",
	"Original", "Original Message", "Original message", "Original Mail", "Forwarded message",
	"Forwarded Message", "Forwarded Mail", "Replied Message", "Replied message",
	"Forward Message",
};

/* First line of a copied header, and what must stand near it. */
static const char *const from_words[] = {"发件人", "寄件人", "寄件者", "From", "发信人"};
static const char *const near_words[] = {
	"发送时间", "发件时间", "发送日期", "日期", "时间", "收件人", "收件者", "收信人", "主题",
	"主旨", "寄件日期", "Sent", "Date", "To", "Subject",
};

static const char *const wrote[] = {"写道:", "写道", "wrote:", "来信:", "寫道:"};

/* Lines, each with its folded form made at first use. */
typedef struct {
	Arena *a;
	const char **line;
	const char **folded;
	size_t n;
} Lines;

static void split(Lines *l, Arena *a, char *text) {
	size_t n = 1;
	for (const char *p = text; *p; p++)
		n += *p == '\n';
	*l = (Lines){.a = a, .line = arena_array(a, n, sizeof *l->line),
	             .folded = arena_array(a, n, sizeof *l->folded)};
	for (char *p = text; p;) {
		char *nl = strchr(p, '\n');
		if (nl)
			*nl = '\0';
		l->line[l->n++] = p;
		p = nl ? nl + 1 : NULL;
	}
}

/* The line as signs are compared: folded, without quote signs and emphasis; "" for a
 * long one and past the end. */
static const char *look(Lines *l, size_t i) {
	if (i >= l->n)
		return "";
	if (!l->folded[i]) {
		const char *s = l->line[i];
		s = strlen(s) > LINE_LOOKED_AT ? "" : text_fold(l->a, s);
		s += strspn(s, "> *");
		l->folded[i] = s;
	}
	return l->folded[i];
}

static bool one_of(Str s, const char *const *table, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (str_is(s, table[i]))
			return true;
	return false;
}

#define ONE_OF(s, table) one_of(s, table, sizeof(table) / sizeof *(table))

/* ------ 原始邮件 ------ */
static bool rule_line(const char *line) {
	size_t dashes = strspn(line, "-_=");
	if (dashes < 2)
		return false;
	Str s = str_trim(str_of(line + dashes));
	while (s.n && strchr("-_= ", s.p[s.n - 1]))
		s.n--;
	return ONE_OF(s, rules);
}

static bool ends_with(Str s, const char *end) {
	size_t n = strlen(end);
	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

static bool digits_year(const char *s) {
	return s[0] == '2' && s[1] == '0' && s[2] >= '0' && s[2] <= '9';
}

/* 在 2018-05-11 12:57:55,"X" <..> 写道: / On .. wrote: / X 于2023年3月5日写道: */
static bool attribution(Lines *l, size_t i) {
	const char *first = look(l, i);
	const char *yu = strstr(first, "于");
	bool starts = strncmp(first, "在", 3) == 0 || strncmp(first, "On ", 3) == 0 ||
	              strncmp(first, "At ", 3) == 0 || digits_year(first) ||
	              (yu && (digits_year(yu + 3) || digits_year(yu + 4)));
	if (!starts || !strpbrk(first, "0123456789"))
		return false;
	for (size_t k = i; k < i + 3 && k < l->n; k++) {
		Str s = str_trim(str_of(look(l, k)));
		if (k > i && s.n == 0)
			return false;
		for (size_t w = 0; w < sizeof wrote / sizeof *wrote; w++)
			if (ends_with(s, wrote[w]))
				return true;
	}
	return false;
}

/* "发件人 : x": the word before the colon; empty when the line is none of that. */
static Str label(const char *line) {
	const char *colon = strchr(line, ':');
	if (!colon || colon - line > 40)
		return (Str){"", 0};
	Str s = str_trim((Str){line, (size_t)(colon - line)});
	while (s.n && s.p[s.n - 1] == '*')
		s = str_trim(str_sub(s, 0, s.n - 1));
	return s;
}

/* A copied header: From, and within a few lines another of its fields. */
static bool header_block(Lines *l, size_t i) {
	if (!ONE_OF(label(look(l, i)), from_words))
		return false;
	for (size_t k = i + 1, seen = 0; k < l->n && k < i + 2 * BLOCK_LINES && seen < BLOCK_LINES; k++) {
		const char *s = look(l, k);
		seen += *s != '\0';
		if (ONE_OF(label(s), near_words))
			return true;
	}
	return false;
}

/* Outlook draws a line above the header it copies. */
static bool line_above(Lines *l, size_t i) {
	const char *s = look(l, i);
	size_t n = strspn(s, "_-");
	if (n < 10 || s[n])
		return false;
	for (size_t k = i + 1; k < i + 4; k++)
		if (*look(l, k))
			return header_block(l, k);
	return false;
}

static bool history_starts(Lines *l, size_t i) {
	const char *s = look(l, i);
	return *s && (rule_line(s) || attribution(l, i) || header_block(l, i) || line_above(l, i));
}

/* Without control characters other than line ends and tabs, cut to size. */
static char *finish(Arena *a, const Buf *b) {
	char *s = text_tidy(a, b->p ? b->p : "");
	size_t n = strlen(s);
	if (n > REPORT_MAX_TEXT) {
		n = REPORT_MAX_TEXT;
		while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
		s[n] = '\0';
	}
	return s;
}

static bool unwanted(char c) {
	return ((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
}

char *body_whole(Arena *a, const char *marked) {
	Buf b = {0};
	for (; *marked; marked++)
		if (!unwanted(*marked))
			buf_char(&b, *marked);
	char *out = finish(a, &b);
	buf_free(&b);
	return out;
}

/* Without what the HTML itself marked as history. */
static char *without_marked(Arena *a, const char *s) {
	Buf b = {0};
	bool quoted = false;
	for (; *s && *s != HTML_REST; s++) {
		if (*s == HTML_QUOTE || *s == HTML_END)
			quoted = *s == HTML_QUOTE;
		else if (!quoted && !unwanted(*s))
			buf_char(&b, *s);
	}
	char *out = text_tidy(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

char *body_cut(Arena *a, const char *marked) {
	Arena *scratch = arena_new();
	Lines l;
	split(&l, scratch, without_marked(scratch, marked));
	Buf b = {0};
	for (size_t i = 0; i < l.n && b.n < 2 * REPORT_MAX_TEXT; i++) {
		if (history_starts(&l, i))
			break;
		if (l.line[i][strspn(l.line[i], " \t")] == '>')
			continue;
		buf_str(&b, l.line[i]);
		buf_char(&b, '\n');
	}
	char *out = finish(a, &b);
	buf_free(&b);
	arena_free(scratch);
	return out;
}

MailAddr body_forwarded(Arena *a, const char *whole) {
	Arena *scratch = arena_new();
	Lines l;
	MailAddr found = {"", ""};
	split(&l, scratch, arena_str(scratch, whole));
	for (size_t i = 0; i < l.n; i++) {
		if (!header_block(&l, i))
			continue;
		const char *s = look(&l, i);
		HeaderAddr addr;
		if (header_addrs(a, str_of(strchr(s, ':') + 1), &addr, 1))
			found = (MailAddr){addr.name, addr.addr};
		break;
	}
	arena_free(scratch);
	return found;
}
