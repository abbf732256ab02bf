/* On a mail's way: who wrote, and whom to answer.  Takes what is written
 * leniently and refuses only what has no '@' with something on both sides. */
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "mail/header.h"
#include "mail/words.h"

#define ADDR_MAX 320 /* bytes: 64 + 1 + 255, RFC 5321 */

static bool any_end(Str rest) {
	(void)rest;
	return true;
}

/* Bytes of the quoted string at the front; 0 when nothing closes it: a stray quote. */
static size_t quoted_length(Str s) {
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '"')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

static size_t comment_length(Str s) {
	size_t depth = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

typedef struct {
	bool no_word_end, no_quote, no_comment, no_angle; /* searched once, none left */
} Missing;

/* How many bytes belong together at the front of s: a quoted string, a comment, a
 * word, <...>, or one byte. */
static size_t unit(Str s, Missing *m) {
	size_t n = 0;
	if (s.p[0] == '"' && !m->no_quote) {
		n = quoted_length(s);
		m->no_quote = n == 0;
	} else if (s.p[0] == '(' && !m->no_comment) {
		n = comment_length(s);
		m->no_comment = n == 0;
	} else if (s.p[0] == '=') {
		n = words_length(s, &m->no_word_end);
	} else if (s.p[0] == '<' && !m->no_angle) {
		size_t end = 1;
		while (end < s.n && s.p[end] != '>' && s.p[end] != '<')
			end++;
		m->no_angle = end == s.n;
		n = end < s.n && s.p[end] == '>' ? end + 1 : 0;
	}
	return n ? n : 1;
}

/* One address with its name, off the front of *rest.  A group's name goes with its
 * colon. */
static Str piece(Str *rest, Missing *m) {
	size_t start = 0, i = 0;
	bool at = false;
	while (i < rest->n) {
		char c = rest->p[i];
		if (c == ',' || c == ';')
			break;
		if (c == ':' && !at)
			start = i + 1;
		at = at || c == '@';
		i += unit(str_from(*rest, i), m);
	}
	Str out = str_sub(*rest, start, (i < rest->n ? i : rest->n) - start);
	*rest = str_from(*rest, i + 1);
	return str_trim(out);
}

static bool plain_char(unsigned char c) {
	return c > ' ' && c != 0x7F && !strchr("<>,;()", c);
}

/* The address as it will be stored, or NULL: no blanks, the domain in lower case. */
static char *tidy_addr(Arena *a, Str s) {
	if (str_find(s, STR("=?")) >= 0)
		s = str_of(words_decode(a, s));
	if (str_starts_nocase(s, "mailto:"))
		s = str_from(s, 7);
	if (s.n && s.p[0] == '@') { /* a route: <@relay:user@host> */
		const char *colon = memchr(s.p, ':', s.n);
		s = str_from(s, colon ? (size_t)(colon - s.p) + 1 : s.n);
	}
	Buf b = {0};
	for (size_t i = 0; i < s.n && b.n <= ADDR_MAX; i++)
		if (plain_char((unsigned char)s.p[i]))
			buf_char(&b, s.p[i]);
	while (b.n && (b.p[b.n - 1] == '.' || b.p[b.n - 1] == '\'' || b.p[b.n - 1] == '"'))
		b.n--;
	size_t skip = b.n && b.p[0] == '\'' ? 1 : 0;
	char *line = text_line(a, str_of(charset_guess(a, str_from(buf_view(&b), skip))));
	buf_free(&b);
	char *at = strrchr(line, '@');
	if (!at || at == line || !at[1] || strlen(line) > ADDR_MAX)
		return NULL;
	for (char *p = at; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return line;
}

/* A display name: quotes and escapes undone, then words decoded. */
static char *tidy_name(Arena *a, Str s) {
	Buf b = {0};
	Missing m = {0};
	for (size_t n; s.n; s = str_from(s, n)) {
		n = 1;
		if (s.p[0] == '"' && !m.no_quote && quoted_length(s))
			n = words_quoted(&b, s, any_end);
		else if (s.p[0] == '"')
			m.no_quote = true;
		else
			buf_char(&b, s.p[0]);
	}
	char *name = words_decode(a, buf_view(&b));
	buf_free(&b);
	Str t = str_trim(str_of(name));
	if (t.n >= 2 && t.p[0] == '\'' && t.p[t.n - 1] == '\'')
		t = str_sub(t, 1, t.n - 2);
	return str_dup(a, str_trim(t));
}

/* The last '<' outside quotes, or -1. */
static ptrdiff_t angle(Str s, Missing *m) {
	ptrdiff_t last = -1;
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '<')
			last = (ptrdiff_t)i;
		i += unit(str_from(s, i), m);
	}
	return last;
}

/* name <addr>; a closing '>' may be missing. */
static bool with_angle(Arena *a, Str s, size_t open, HeaderAddr *out) {
	Str inside = str_from(s, open + 1);
	const char *close = inside.n ? memchr(inside.p, '>', inside.n) : NULL;
	if (close)
		inside.n = (size_t)(close - inside.p);
	out->addr = tidy_addr(a, inside);
	out->name = out->addr ? tidy_name(a, str_sub(s, 0, open)) : NULL;
	return out->addr != NULL;
}

/* addr (name), or addr among other words. */
static bool without_angle(Arena *a, Str s, HeaderAddr *out) {
	Missing m = {0};
	Str comment = {"", 0}, found = {"", 0};
	size_t start = 0;
	for (size_t i = 0; i <= s.n;) {
		bool gap = i == s.n || s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r' ||
		           s.p[i] == '\n' || s.p[i] == '(';
		if (gap && i > start && memchr(s.p + start, '@', i - start) && found.n == 0)
			found = str_sub(s, start, i - start);
		if (i == s.n)
			break;
		size_t n = unit(str_from(s, i), &m);
		if (s.p[i] == '(' && n > 2 && comment.n == 0)
			comment = str_sub(s, i + 1, n - 2);
		i += n;
		if (gap)
			start = i;
	}
	out->addr = found.n ? tidy_addr(a, found) : NULL;
	out->name = out->addr ? tidy_name(a, comment) : NULL;
	return out->addr != NULL;
}

static bool parse_one(Arena *a, Str s, HeaderAddr *out) {
	Missing m = {0};
	ptrdiff_t open = angle(s, &m);
	if (open >= 0 && with_angle(a, s, (size_t)open, out))
		return true;
	return without_angle(a, s, out);
}

static size_t parse_list(Arena *a, Str raw, HeaderAddr *out, size_t max) {
	size_t n = 0;
	Missing m = {0};
	while (raw.n && n < max) {
		Str s = piece(&raw, &m);
		if (s.n && memchr(s.p, '@', s.n) && parse_one(a, s, &out[n]))
			n++;
	}
	return n;
}

size_t header_addrs(Arena *a, Str raw, HeaderAddr *out, size_t max) {
	size_t n = parse_list(a, raw, out, max);
	/* A stray quote may have swallowed the address: once more without any. */
	if (n == 0 && max && raw.n && memchr(raw.p, '"', raw.n) && memchr(raw.p, '@', raw.n)) {
		char *bare = str_dup(a, raw);
		for (size_t i = 0; i < raw.n; i++)
			if (bare[i] == '"')
				bare[i] = ' ';
		n = parse_list(a, (Str){bare, raw.n}, out, max);
	}
	/* Some programs encode the whole field, address and all. */
	if (n == 0 && max && str_find(raw, STR("=?")) >= 0)
		n = parse_list(a, str_of(words_decode(a, raw)), out, max);
	return n;
}
