/* On a mail's way: from raw header bytes to one clean line of UTF-8, for
 * subjects, names of people and names of files.  Refuses nothing: what cannot be
 * decoded stays as it stands or becomes U+FFFD; time is linear in the input. */
#include "mail/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/charset.h"
#include "base/hash.h"
#include "base/text.h"

#define CHARSET_MAX 64

typedef struct {
	Str charset, text;
	bool base64;
	size_t length; /* of the whole word */
} Word;

/* Words that follow each other in one charset: a character may be cut between them. */
typedef struct {
	Arena *arena;
	Buf *out;
	Buf bytes;   /* decoded so far */
	Buf pending; /* base64 of words that did not end on a group of four */
	char charset[CHARSET_MAX];
} Run;

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool base64_char(char c) {
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/' || c == '=';
}

/* The charset up to its '?'; RFC 2231 allows a language behind '*'. */
static bool word_charset(Str s, Str *out) {
	for (size_t i = 2; i < s.n && i - 2 < CHARSET_MAX; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '?') {
			*out = str_sub(s, 2, i - 2);
			const char *star = memchr(out->p, '*', out->n);
			if (star)
				out->n = (size_t)(star - out->p);
			return out->n > 0;
		}
		if (c <= ' ' || c >= 0x7F || c == '=')
			return false;
	}
	return false;
}

static size_t word_end(Str text, bool *no_end) {
	if (!*no_end) {
		ptrdiff_t end = str_find(text, STR("?="));
		if (end >= 0)
			return (size_t)end;
		*no_end = true;
	}
	for (size_t i = 0; i < text.n; i++)
		if (!base64_char(text.p[i]) && !blank(text.p[i]))
			return SIZE_MAX;
	return text.n;
}

static bool word_parse(Str s, Word *w, bool *no_end) {
	if (s.n < 6 || s.p[0] != '=' || s.p[1] != '?' || !word_charset(s, &w->charset))
		return false;
	const char *mark = memchr(w->charset.p, '?', s.n - 2);
	if (!mark)
		return false;
	size_t at = (size_t)(mark - s.p) + 1;
	if (at + 1 >= s.n || s.p[at + 1] != '?')
		return false;
	char coding = (char)(s.p[at] | 0x20);
	if (coding != 'b' && coding != 'q')
		return false;
	w->base64 = coding == 'b';
	Str text = str_from(s, at + 2);
	size_t end = word_end(text, no_end);
	if (end == SIZE_MAX)
		return false;
	w->text = str_sub(text, 0, end);
	w->length = at + 2 + end + (end < text.n ? 2 : 0);
	return true;
}

size_t words_length(Str s, bool *no_end) {
	Word w;
	return word_parse(s, &w, no_end) ? w.length : 0;
}

static int hex(char c) {
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_quoted(Buf *out, Str s) {
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '=' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			buf_char(out, (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
			i += 2;
		} else if (c == '\r' || c == '\n') { /* folded inside the word */
			while (i + 1 < s.n && blank(s.p[i + 1]))
				i++;
		} else {
			buf_char(out, c == '_' ? ' ' : c);
		}
	}
}

static void flush_pending(Run *r) {
	if (r->pending.n)
		base64_decode(&r->bytes, buf_view(&r->pending));
	buf_clear(&r->pending);
}

static void flush(Run *r) {
	flush_pending(r);
	if (r->bytes.n)
		buf_str(r->out, charset_decode(r->arena, buf_view(&r->bytes), r->charset));
	buf_clear(&r->bytes);
	r->charset[0] = '\0';
}

static void add_word(Run *r, const Word *w) {
	char label[CHARSET_MAX];
	size_t n = w->charset.n < sizeof label ? w->charset.n : sizeof label - 1;
	memcpy(label, w->charset.p, n);
	label[n] = '\0';
	if (!str_eq_nocase(str_of(label), str_of(r->charset)))
		flush(r);
	memcpy(r->charset, label, n + 1);
	if (!w->base64) {
		flush_pending(r);
		add_quoted(&r->bytes, w->text);
		return;
	}
	for (size_t i = 0; i < w->text.n; i++)
		if (base64_char(w->text.p[i]))
			buf_char(&r->pending, w->text.p[i]);
	/* Each word is padded alone; but one that broke off inside a group is
	 * continued by the next. */
	if (r->pending.n % 4 == 0 || (r->pending.n && r->pending.p[r->pending.n - 1] == '='))
		flush_pending(r);
}

static void add_literal(Run *r, Str s, Buf *scratch) {
	if (s.n == 0)
		return;
	flush(r);
	buf_clear(scratch);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' && s.p[i] != '\n')
			buf_char(scratch, s.p[i]);
		else if (i + 1 == s.n || !blank(s.p[i + 1]))
			buf_char(scratch, ' ');
	buf_str(r->out, charset_guess(r->arena, buf_view(scratch)));
}

static bool all_blank(Str s) {
	return str_trim(s).n == 0;
}

char *words_decode(Arena *a, Str raw) {
	raw = str_trim(raw);
	/* Pieces go through an arena of their own: a header of a thousand words would
	 * leave each piece in the message's memory. */
	Arena *pieces = arena_new();
	Buf out = {0}, scratch = {0};
	Run run = {.arena = pieces, .out = &out};
	Str literal = {raw.p, 0};
	bool no_end = false, after_word = false;
	for (size_t at = 0; at < raw.n;) {
		const char *eq = memchr(raw.p + at, '=', raw.n - at);
		size_t next = eq ? (size_t)(eq - raw.p) : raw.n;
		literal.n += next - at;
		at = next;
		Word w;
		if (at < raw.n && word_parse(str_from(raw, at), &w, &no_end)) {
			if (!after_word || !all_blank(literal))
				add_literal(&run, literal, &scratch);
			add_word(&run, &w);
			at += w.length;
			literal = (Str){raw.p + at, 0};
			after_word = true;
		} else if (at < raw.n) {
			literal.n++;
			at++;
		}
	}
	add_literal(&run, literal, &scratch);
	flush(&run);
	char *line = text_line(a, buf_view(&out));
	buf_free(&out);
	buf_free(&scratch);
	buf_free(&run.bytes);
	buf_free(&run.pending);
	arena_free(pieces);
	return line;
}

/* GBK has '\' as the second byte of some characters (0x5C): there it is no escape. */
static bool second_byte(Str s, size_t at, bool utf8) {
	size_t lead = 0;
	while (lead < at && (unsigned char)s.p[at - 1 - lead] >= 0x81)
		lead++;
	return !utf8 && lead % 2 == 1;
}

size_t words_quoted(Buf *out, Str s, bool (*ends)(Str rest)) {
	size_t i = 1;
	bool utf8 = text_valid(s);
	while (i < s.n) {
		char c = s.p[i];
		if (c == '"' && ends(str_from(s, i + 1)))
			return i + 1;
		bool escapes = c == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\');
		if (escapes && !second_byte(s, i, utf8))
			c = s.p[++i];
		buf_char(out, c);
		i++;
	}
	return s.n;
}
