/* On a mail's way: parameters of Content-Type and Content-Disposition, file names
 * above all.  Takes every form that Chinese mail programs were seen to write;
 * refuses nothing but more than PARAM_SEGMENTS pieces of one value. */
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "mail/header.h"
#include "mail/words.h"

#define PARAM_SEGMENTS 200 /* RFC 2231 continuations of one value */
#define TOKEN_MAX 64       /* longest parameter name looked at */

typedef struct {
	int index;     /* filename*3; -1: no continuation */
	bool extended; /* ends in '*': percent-coded */
	Buf value;
} Segment;

typedef VEC(Segment) Segments;

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool token_char(char c) {
	return (unsigned char)c > ' ' && (unsigned char)c < 0x7F && !strchr("()<>@,;:\\\"/[]?=", c);
}

static Str skip_blank(Str s) {
	while (s.n && blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/* `token =` stands at the front: a new parameter, also where the ';' is missing. */
static bool assignment(Str s) {
	size_t n = 0;
	while (n < s.n && n < TOKEN_MAX && token_char(s.p[n]))
		n++;
	return n > 0 && n < s.n && s.p[n] == '=' && (n + 1 == s.n || s.p[n + 1] != '?');
}

static bool quote_ends(Str rest) {
	size_t was = rest.n;
	rest = skip_blank(rest);
	return rest.n == 0 || rest.p[0] == ';' || (rest.n < was && assignment(rest));
}

/* An unquoted value ends at ';', or at a fold behind which a new parameter starts. */
static size_t unquoted(Buf *out, Str s) {
	size_t n = 0;
	while (n < s.n && s.p[n] != ';') {
		if (s.p[n] == '\n' && assignment(skip_blank(str_from(s, n))))
			break;
		n++;
	}
	buf_slice(out, str_trim(str_sub(s, 0, n)));
	return n;
}

static size_t take_value(Buf *out, Str s) {
	return s.n && s.p[0] == '"' ? words_quoted(out, s, quote_ends) : unquoted(out, s);
}

/* "filename*3*" as wanted name, index and coding. */
static bool segment_name(Str attr, const char *param, Segment *seg) {
	size_t n = strlen(param);
	if (!str_starts_nocase(attr, param))
		return false;
	attr = str_from(attr, n);
	*seg = (Segment){.index = -1};
	if (attr.n && attr.p[attr.n - 1] == '*') {
		seg->extended = true;
		attr.n--;
	}
	if (attr.n == 0)
		return true;
	int64_t index;
	if (attr.p[0] != '*' || str_to_i64(str_from(attr, 1), 0, 9999, &index))
		return false;
	seg->index = (int)index;
	return true;
}

/* Behind the value itself; one that begins like a parameter has been left out
 * (Content-Disposition: filename="y.xlsx"). */
static Str first_param(Str s) {
	s = skip_blank(s);
	if (assignment(s))
		return s;
	size_t n = 0;
	while (n < s.n && s.p[n] != ';' &&
	       !(n && blank(s.p[n - 1]) && assignment(str_from(s, n))))
		n++;
	return str_from(s, n);
}

static void collect(Segments *out, Str s, const char *param) {
	s = first_param(s);
	while (s.n && out->n < PARAM_SEGMENTS) {
		if (blank(s.p[0]) || s.p[0] == ';') {
			s = str_from(s, 1);
			continue;
		}
		size_t n = 0;
		while (n < s.n && s.p[n] != '=' && s.p[n] != ';')
			n++;
		Str attr = str_trim(str_sub(s, 0, n));
		s = str_from(s, n);
		if (s.n == 0 || s.p[0] == ';')
			continue;
		Segment seg;
		Buf value = {0};
		s = skip_blank(str_from(s, 1));
		s = str_from(s, take_value(&value, s));
		if (segment_name(attr, param, &seg)) {
			seg.value = value;
			*vec_push(out) = seg;
		} else {
			buf_free(&value);
		}
	}
}

static int hex(char c) {
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_percent(Buf *out, Str s) {
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			c = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
		}
		buf_char(out, c);
	}
}

/* Takes charset'language' off the front of an extended value. */
static Str take_charset(Arena *a, Str s, char **charset) {
	const char *one = s.n ? memchr(s.p, '\'', s.n) : NULL;
	*charset = NULL;
	if (!one)
		return s;
	Str rest = str_from(s, (size_t)(one - s.p) + 1);
	const char *two = rest.n ? memchr(rest.p, '\'', rest.n) : NULL;
	if (!two)
		return s;
	if (one > s.p)
		*charset = str_dup(a, str_sub(s, 0, (size_t)(one - s.p)));
	return str_from(rest, (size_t)(two - rest.p) + 1);
}

static int by_index(const void *x, const void *y) {
	const Segment *a = x, *b = y;
	return (a->index > b->index) - (a->index < b->index);
}

/* Percent-coded UTF-8 where a plain value was due, as some programs write names: NULL when it is not wholly that. */
static char *percent_utf8(Arena *a, Str value) {
	bool high = false;
	for (size_t i = 0; i < value.n; i++) {
		if ((unsigned char)value.p[i] >= 0x80)
			return NULL;
		if (value.p[i] != '%')
			continue;
		if (i + 2 >= value.n || hex(value.p[i + 1]) < 0 || hex(value.p[i + 2]) < 0)
			return NULL;
		high = high || hex(value.p[i + 1]) >= 8;
	}
	if (!high)
		return NULL;
	Buf b = {0};
	add_percent(&b, value);
	char *out = text_valid(buf_view(&b)) ? text_line(a, buf_view(&b)) : NULL;
	buf_free(&b);
	return out;
}

/* 'name': quotes that mean nothing here. */
static Str unquote(Str value) {
	bool quoted = value.n > 2 && value.p[0] == '\'' && value.p[value.n - 1] == '\'';
	return quoted ? str_sub(value, 1, value.n - 2) : value;
}

/* Plain and hybrid values: words are decoded after joining.  Bytes without words
 * may be UTF-8 that a server upstream took for GBK. */
static char *plain(Arena *a, Str value) {
	char *coded = percent_utf8(a, unquote(value));
	if (coded)
		return coded;
	char *line = words_decode(a, unquote(value));
	char *undone = charset_unmojibake(a, line);
	return undone ? text_line(a, str_of(undone)) : line;
}

static char *extended(Arena *a, Str value, const char *charset) {
	if (str_find(value, STR("=?")) >= 0)
		return words_decode(a, value);
	return text_line(a, str_of(charset_decode(a, value, charset)));
}

static void add_run(Buf *whole, Buf *run) {
	add_percent(whole, buf_view(run));
	buf_clear(run);
}

static char *joined(Arena *a, Segments *s) {
	Buf whole = {0}, run = {0}; /* run: coded pieces, decoded together, since a cut may go through %E6 */
	char *charset = NULL;
	bool any = false;
	int last = -1;
	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, by_index);
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].index < 0 || s->v[i].index == last)
			continue;
		Str value = buf_view(&s->v[i].value);
		if (s->v[i].extended && !any)
			value = take_charset(a, value, &charset);
		if (s->v[i].extended) {
			buf_slice(&run, value);
		} else {
			add_run(&whole, &run);
			buf_slice(&whole, value);
		}
		any = any || s->v[i].extended;
		last = s->v[i].index;
	}
	add_run(&whole, &run);
	buf_free(&run);
	char *out = any ? extended(a, buf_view(&whole), charset) : plain(a, buf_view(&whole));
	buf_free(&whole);
	return last < 0 ? NULL : out;
}

static char *single(Arena *a, const Segments *s, bool want_extended) {
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].index >= 0 || s->v[i].extended != want_extended)
			continue;
		if (!want_extended)
			return plain(a, buf_view(&s->v[i].value));
		char *charset;
		Buf bytes = {0};
		add_percent(&bytes, take_charset(a, buf_view(&s->v[i].value), &charset));
		char *out = extended(a, buf_view(&bytes), charset);
		buf_free(&bytes);
		return out;
	}
	return NULL;
}

static bool good(const char *s) {
	return s && *s && !strstr(s, "\xEF\xBF\xBD");
}

char *header_param(Arena *a, Str raw, const char *param) {
	Segments s = {0};
	collect(&s, raw, param);
	char *best = single(a, &s, true);
	if (!good(best)) {
		char *other = joined(a, &s);
		best = good(other) || !best ? other : best;
	}
	if (!good(best)) {
		char *other = single(a, &s, false);
		best = good(other) || !best || !*best ? (other ? other : best) : best;
	}
	for (size_t i = 0; i < s.n; i++)
		buf_free(&s.v[i].value);
	vec_free(&s);
	return best;
}
