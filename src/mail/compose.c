/* On a mail's way: the last step inside, our own mails as bytes.  Refuses nothing,
 * and invents nothing: the same Mail gives the same bytes. */
#include "mail/compose.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/when.h"
#include "mail/header.h"

#define BOUNDARY_MAX 40
#define FOLD_AT 76
#define LINE_MAX_7BIT 998

typedef struct {
	Buf *out;
	const Mail *mail;
	char seed[17]; /* from the Message-ID: boundaries cannot stand in base64 text */
} Writer;

/* "=_" can be in neither base64 nor our headers. */
static void boundary(const Writer *w, char kind, char name[BOUNDARY_MAX]) {
	char *end = stpcpy(name, "=_xinlv_");
	*end++ = kind;
	*end++ = '_';
	strcpy(end, w->seed);
}

static void open_multipart(const Writer *w, const char *subtype, char kind) {
	char name[BOUNDARY_MAX];
	boundary(w, kind, name);
	buf_fmt(w->out, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n\r\n", subtype, name);
}

static void next_part(const Writer *w, char kind) {
	char name[BOUNDARY_MAX];
	boundary(w, kind, name);
	buf_fmt(w->out, "--%s\r\n", name);
}

static void close_multipart(const Writer *w, char kind) {
	char name[BOUNDARY_MAX];
	boundary(w, kind, name);
	buf_fmt(w->out, "--%s--\r\n", name);
}

/* Texts travel with CRLF line ends (RFC 2045, 6.8). */
static void put_text(const Writer *w, const char *subtype, const char *text) {
	Buf crlf = {0};
	buf_fmt(w->out, "Content-Type: text/%s; charset=utf-8\r\n"
	                "Content-Transfer-Encoding: base64\r\n\r\n", subtype);
	buf_reserve(&crlf, strlen(text) + strlen(text) / 32);
	for (const char *p = text; *p;) { /* by lines, each copied whole */
		const char *end = strchrnul(p, '\n');
		buf_add(&crlf, p, (size_t)(end - p));
		if (!*end)
			break;
		if (end == text || end[-1] != '\r')
			buf_char(&crlf, '\r');
		buf_char(&crlf, '\n');
		p = end + 1;
	}
	base64_lines(w->out, crlf.p, crlf.n, "\r\n");
	if (crlf.n == 0)
		buf_str(w->out, "\r\n");
	buf_free(&crlf);
}

/* A mail can travel as it is: only short lines of ASCII (RFC 2045, 2.7). */
static bool is_7bit(Str s) {
	size_t column = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\n')
			column = 0;
		else if (c == '\r' ? i + 1 == s.n || s.p[i + 1] != '\n' : c == 0 || c > 0x7E || ++column > LINE_MAX_7BIT)
			return false;
	}
	return true;
}

/* An enclosed mail must not be encoded (RFC 2046, 5.2.1); one that cannot travel as it is goes as a file. */
static bool put_mail(const Writer *w, const Attachment *a) {
	if (strcmp(a->media, "message/rfc822") != 0 || !is_7bit(a->bytes))
		return false;
	buf_str(w->out, "Content-Type: message/rfc822");
	header_put_param(w->out, "name", a->name);
	buf_str(w->out, "\r\nContent-Transfer-Encoding: 7bit\r\nContent-Disposition: attachment");
	header_put_param(w->out, "filename", a->name);
	buf_str(w->out, "\r\n\r\n");
	for (size_t i = 0; i < a->bytes.n; i++) {
		if (a->bytes.p[i] == '\n' && (i == 0 || a->bytes.p[i - 1] != '\r'))
			buf_char(w->out, '\r');
		buf_char(w->out, a->bytes.p[i]);
	}
	buf_str(w->out, "\r\n");
	return true;
}

static void put_attachment(const Writer *w, const Attachment *a) {
	if (put_mail(w, a))
		return;
	bool mail = strcmp(a->media, "message/rfc822") == 0;
	buf_fmt(w->out, "Content-Type: %s", mail ? "application/octet-stream" : a->media);
	header_put_param(w->out, "name", a->name);
	buf_str(w->out, "\r\nContent-Transfer-Encoding: base64\r\n");
	if (a->cid)
		buf_fmt(w->out, "Content-ID: <%s>\r\n", a->cid);
	buf_fmt(w->out, "Content-Disposition: %s", a->cid ? "inline" : "attachment");
	header_put_param(w->out, "filename", a->name);
	buf_str(w->out, "\r\n\r\n");
	base64_lines(w->out, a->bytes.p, a->bytes.n, "\r\n");
}

static bool is_there(const Attachment *a, bool related) {
	return a->name && (a->cid != NULL) == related;
}

static size_t count(const Mail *m, bool related) {
	size_t n = 0;
	for (size_t i = 0; i < m->attachment_n; i++)
		n += is_there(&m->attachment[i], related);
	return n;
}

static void put_attachments(const Writer *w, bool related, char kind) {
	for (size_t i = 0; i < w->mail->attachment_n; i++) {
		const Attachment *a = &w->mail->attachment[i];
		if (!is_there(a, related))
			continue;
		next_part(w, kind);
		put_attachment(w, a);
	}
}

/* The HTML, with the pictures it shows. */
static void put_html(const Writer *w) {
	if (count(w->mail, true) == 0) {
		put_text(w, "html", w->mail->html);
		return;
	}
	open_multipart(w, "related", 'r');
	next_part(w, 'r');
	put_text(w, "html", w->mail->html);
	put_attachments(w, true, 'r');
	close_multipart(w, 'r');
}

/* Without a file name: a program that knows the form shows it, any other shows the text. */
static void put_instead(const Writer *w) {
	for (size_t i = 0; i < w->mail->attachment_n; i++) {
		const Attachment *a = &w->mail->attachment[i];
		if (a->name)
			continue;
		next_part(w, 'a');
		buf_fmt(w->out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n", a->media);
		base64_lines(w->out, a->bytes.p, a->bytes.n, "\r\n");
	}
}

static void put_body(const Writer *w) {
	const Mail *m = w->mail;
	if (!m->html || !*m->html) {
		put_text(w, "plain", m->text ? m->text : "");
		return;
	}
	if (!m->text || !*m->text) {
		put_html(w);
		return;
	}
	open_multipart(w, "alternative", 'a');
	next_part(w, 'a');
	put_text(w, "plain", m->text);
	next_part(w, 'a');
	put_html(w);
	put_instead(w);
	close_multipart(w, 'a');
}

/* One id a line where they grow long; what is no id character is left out. */
static void put_ids(Buf *out, const char *name, const char *ids) {
	Str rest = str_of(ids), id;
	size_t column = 0, n = 0;
	while (str_next(&rest, ' ', &id)) {
		if (id.n == 0)
			continue;
		if (n++ == 0)
			buf_fmt(out, "%s:", name), column = strlen(name) + 1;
		if (column + id.n + 3 > FOLD_AT)
			buf_str(out, "\r\n"), column = 0;
		buf_str(out, " <");
		for (size_t i = 0; i < id.n; i++)
			if ((unsigned char)id.p[i] > ' ' && (unsigned char)id.p[i] < 0x7F && id.p[i] != '<' &&
			    id.p[i] != '>')
				buf_char(out, id.p[i]);
		buf_char(out, '>');
		column += id.n + 3;
	}
	if (n)
		buf_str(out, "\r\n");
}

static void put_header(Buf *out, const Mail *m) {
	Arena *a = arena_new();
	buf_fmt(out, "Date: %s\r\n", when_mail(a, m->date));
	header_put_addr(out, "From", m->from_name, m->from_addr);
	header_put_addr(out, "To", m->to_name, m->to_addr);
	if (m->reply_to && *m->reply_to)
		header_put_addr(out, "Reply-To", NULL, m->reply_to);
	header_put_text(out, "Subject", m->subject);
	put_ids(out, "Message-ID", m->message_id);
	put_ids(out, "In-Reply-To", m->in_reply_to);
	put_ids(out, "References", m->references);
	if (m->auto_submitted && *m->auto_submitted)
		header_put_text(out, "Auto-Submitted", m->auto_submitted);
	buf_str(out, "X-Auto-Response-Suppress: All\r\n");
	if (m->mark && *m->mark)
		header_put_text(out, "X-Xinlv", m->mark);
	buf_str(out, "MIME-Version: 1.0\r\n");
	arena_free(a);
}

/* All attachments grow by a third and their line ends: one reservation. */
static size_t size_of(const Mail *m) {
	size_t n = 4096 + (m->text ? strlen(m->text) : 0) * 2 + (m->html ? strlen(m->html) : 0) * 2;
	for (size_t i = 0; i < m->attachment_n; i++)
		n += m->attachment[i].bytes.n / 54 * 76 + 1024;
	return n;
}

void compose_mail(Buf *out, const Mail *m) {
	Writer w = {.out = out, .mail = m};
	Str id = str_of(m->message_id);
	char hex[HASH_HEX];
	hash_hex(hash_of(id.p, id.n), hex);
	memcpy(w.seed, hex, sizeof w.seed - 1);
	buf_reserve(out, size_of(m));
	put_header(out, m);
	if (count(m, false) == 0) {
		put_body(&w);
		return;
	}
	open_multipart(&w, "mixed", 'm');
	next_part(&w, 'm');
	put_body(&w);
	put_attachments(&w, false, 'm');
	close_multipart(&w, 'm');
}
