/* On a mail's way: headers of ours, going out.  Refuses to let any value start
 * a header of its own: CR, LF and controls become blanks. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "mail/header.h"

#define LINE_MAX_CHARS 76 /* RFC 2047, 2: lines that hold encoded words */
#define WORD_FRAME 12     /* =?UTF-8?B??= */
#define PIECE_MAX 250     /* characters that no blank parts */
#define FILE_NAME_MAX 250 /* characters of a quoted file name */
#define EXTENDED_MAX 300  /* bytes of a value beyond which its RFC 2231 twin is left out */

static size_t column(const Buf *out) {
	size_t n = 0;
	while (n < out->n && out->p[out->n - 1 - n] != '\n')
		n++;
	return n;
}

static void fold(Buf *out) {
	buf_str(out, "\r\n ");
}

static bool control(char c) {
	return (unsigned char)c < 0x20 || c == 0x7F;
}

/* A copy without controls; the rest of this file may trust it. */
static void add_tame(Buf *out, const char *s) {
	for (; s && *s; s++)
		buf_char(out, control(*s) ? ' ' : *s);
}

/* Can it stand as it is: ASCII that nobody takes for an encoded word, without a piece between blanks so long that no fold
 * brings it below the 998 characters of a line (RFC 5322, 2.1.1)? */
static bool plain(Str s) {
	size_t piece = 0;
	for (size_t i = 0; i < s.n; i++) {
		piece = s.p[i] == ' ' ? 0 : piece + 1;
		if ((unsigned char)s.p[i] >= 0x80 || piece > PIECE_MAX)
			return false;
	}
	return str_find(s, STR("=?")) < 0;
}

/* As many bytes of whole characters as fit into `room`; at least one character. */
static size_t whole_chars(Str s, size_t room) {
	size_t n = 0;
	while (n < s.n) {
		size_t len;
		text_next(str_from(s, n), &len);
		if (n && n + len > room)
			break;
		n += len;
	}
	return n;
}

/* Encoded words, each on a line that ends at LINE_MAX_CHARS. */
static void add_words(Buf *out, Str s) {
	for (bool first = true; s.n; first = false) {
		size_t col = column(out);
		size_t used = first ? col : 1;
		size_t room = used + WORD_FRAME + 8 <= LINE_MAX_CHARS
		                  ? (LINE_MAX_CHARS - 1 - used - WORD_FRAME) / 4 * 3
		                  : 0;
		if (!first || room < 6) {
			fold(out);
			room = (LINE_MAX_CHARS - 2 - WORD_FRAME) / 4 * 3;
		}
		size_t n = whole_chars(s, room);
		buf_str(out, "=?UTF-8?B?");
		base64_encode(out, s.p, n);
		buf_str(out, "?=");
		s = str_from(s, n);
	}
}

/* ASCII, folded at blanks where a line grows long. */
static void add_ascii(Buf *out, Str s) {
	while (s.n) {
		const char *gap = memchr(s.p + 1, ' ', s.n - 1);
		size_t n = gap ? (size_t)(gap - s.p) : s.n;
		if (s.p[0] == ' ' && n > 1 && column(out) + n > LINE_MAX_CHARS)
			buf_str(out, "\r\n");
		buf_add(out, s.p, n);
		s = str_from(s, n);
	}
}

void header_put_text(Buf *out, const char *name, const char *value) {
	Buf tame = {0};
	add_tame(&tame, value);
	Str s = str_trim(buf_view(&tame));
	buf_fmt(out, "%s: ", name);
	if (plain(s))
		add_ascii(out, s);
	else
		add_words(out, s);
	buf_str(out, "\r\n");
	buf_free(&tame);
}

static bool atoms(Str s) {
	for (size_t i = 0; i < s.n; i++)
		if (strchr("()<>[]:;@\\,.\"", s.p[i]))
			return false;
	return true;
}

static void add_quoted(Buf *out, Str s) {
	buf_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, s.p[i]);
	}
	buf_char(out, '"');
}

/* A name longer than a line goes as words, which fold anywhere. */
static void add_display(Buf *out, Str s) {
	if (!plain(s) || column(out) + s.n + 2 > LINE_MAX_CHARS)
		add_words(out, s);
	else if (atoms(s))
		buf_slice(out, s);
	else
		add_quoted(out, s);
}

void header_put_addr(Buf *out, const char *name, const char *display, const char *addr) {
	Buf tame = {0}, bare = {0};
	add_tame(&tame, display);
	/* What could make a second recipient of one does not belong into an address. */
	for (; addr && *addr; addr++)
		if (!control(*addr) && !strchr(" <>,;", *addr))
			buf_char(&bare, *addr);
	Str s = str_trim(buf_view(&tame));
	buf_fmt(out, "%s: ", name);
	if (s.n) {
		add_display(out, s);
		if (column(out) + bare.n + 3 > LINE_MAX_CHARS)
			buf_str(out, "\r\n");
		buf_char(out, ' ');
	}
	buf_fmt(out, s.n ? "<%s>\r\n" : "%s\r\n", buf_cstr(&bare));
	buf_free(&tame);
	buf_free(&bare);
}

static void add_extended(Buf *out, Str s) {
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		             c == '.' || c == '-' || c == '_';
		if (plain)
			buf_char(out, (char)c);
		else
			buf_fmt(out, "%%%02X", c);
	}
}

void header_put_param(Buf *out, const char *param, const char *value) {
	Buf tame = {0};
	add_tame(&tame, value);
	Str s = str_trim(buf_view(&tame));
	buf_fmt(out, ";\r\n %s=", param);
	if (plain(s) && s.n <= FILE_NAME_MAX) {
		add_quoted(out, s);
	} else {
		buf_char(out, '"');
		add_words(out, s);
		buf_char(out, '"');
		if (s.n <= EXTENDED_MAX) {
			buf_fmt(out, ";\r\n %s*=UTF-8''", param);
			add_extended(out, s);
		}
	}
	buf_free(&tame);
}
