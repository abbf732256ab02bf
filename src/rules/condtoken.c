/* First step of a condition: its words.  Refuses what is no expression: statements,
 * comments, parameters, quotes other than '. */
#include "rules/condtoken.h"

#include <string.h>

#include "base/text.h"
#include "rules/cond.h"

typedef struct {
	CondTokens *word;
	Err *err;
	int offset; /* of the fault */
} Cut;

#define fail(r, at_, ...) ((r)->offset = (at_), err_set((r)->err, ERR_RULES, __VA_ARGS__))

static bool letter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c) {
	return c >= '0' && c <= '9';
}

static size_t name_length(Str s) {
	size_t n = 0;
	while (n < s.n && (letter(s.p[n]) || (n && digit(s.p[n]))))
		n++;
	return n;
}

/* What an input method writes where a sign of ASCII is meant. */
static const char *meant(Str s) {
	static const char *const wide[][2] = {
		{"\uFF08", "("}, {"\uFF09", ")"}, {"\uFF0C", ","}, {"\uFF1D", "="}, {"\uFF1E", ">"},
		{"\uFF1C", "<"}, {"\u2265", ">="}, {"\u2264", "<="}, {"\u2260", "<>"}, {"\u2018", "'"},
		{"\u2019", "'"}, {"\u201C", "'"}, {"\u201D", "'"}, {"\u3001", ","}, {"\u3000", "a blank"},
		{"\uFF0E", "."}, {"\u3002", "."}, {"\uFF0B", "+"}, {"\uFF0D", "-"}, {"\u00D7", "*"},
		{"\u00F7", "/"},
	};
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (str_starts(s, wide[i][0]))
			return wide[i][1];
	return NULL;
}

static int odd_sign(Cut *r, Str s, int at) {
	size_t len;
	const char *want = meant(s);
	text_next(s, &len);
	if (want)
		return fail(r, at, "the full-width sign %.*s cannot stand here; write %s", (int)len, s.p, want);
	if (s.p[0] == '"' || s.p[0] == '`')
		return fail(r, at, "text stands between single quotes: 'text', not %ctext%c", s.p[0], s.p[0]);
	if (s.p[0] == ';')
		return fail(r, at, "a condition is one expression; take the semicolon away");
	if ((unsigned char)s.p[0] >= 0x80)
		return fail(r, at, "text stands between single quotes: 'text'");
	return fail(r, at, "the sign %c cannot stand in a condition", s.p[0]);
}

/* Bytes of a quoted text at s, 0 when it does not end. */
static size_t string_length(Str s) {
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] != '\'')
			continue;
		if (i + 1 < s.n && s.p[i + 1] == '\'')
			i++;
		else
			return i + 1;
	}
	return 0;
}

static size_t number_length(Str s) {
	size_t n = 0;
	while (n < s.n && (digit(s.p[n]) || s.p[n] == '.'))
		n++;
	return n;
}

/* Length of the word at s and its kind; 0 with a fault. */
static size_t next_word(Cut *r, Str s, int at, TokenKind *kind) {
	size_t n = name_length(s);
	if (n) {
		*kind = TOKEN_NAME;
		size_t more = n < s.n && s.p[n] == '.' ? name_length(str_from(s, n + 1)) : 0;
		if (more)
			*kind = TOKEN_DOTTED;
		return more ? n + 1 + more : n;
	}
	if (s.p[0] == '\'') {
		*kind = TOKEN_STRING;
		if (!(n = string_length(s)))
			fail(r, at, "the text that begins here does not end; close it with '");
		return n;
	}
	*kind = TOKEN_NUMBER;
	if (digit(s.p[0]))
		return number_length(s);
	*kind = TOKEN_SIGN;
	if (str_starts(s, "--") || str_starts(s, "/*")) {
		fail(r, at, "no comments in a condition; write them in the YAML behind #");
		return 0;
	}
	if (str_starts(s, "!=") || str_starts(s, "||"))
		return 2;
	if (strchr("=<>+-*/%(),", s.p[0]))
		return 1;
	odd_sign(r, s, at);
	return 0;
}

static bool too_long(Cut *r, Str s) {
	return s.n > COND_MAX_BYTES &&
	       fail(r, 0, "a condition has at most %d bytes; make two of it", COND_MAX_BYTES) != 0;
}

static int split(Cut *r, Str s) {
	int at = 0, depth = 0;
	VEC(int) open = {0};
	bool bad = too_long(r, s);
	while (s.n && !bad) {
		if (strchr(" \n\t\r", s.p[0])) {
			s = str_from(s, 1);
			at++;
			continue;
		}
		TokenKind kind;
		size_t n = next_word(r, s, at, &kind);
		bad = n == 0;
		Token w = {kind, str_sub(s, 0, n), at};
		if (!bad)
			*vec_push(r->word) = w;
		if (n == 1 && s.p[0] == '(')
			*vec_push(&open) = at, depth++;
		if (n == 1 && s.p[0] == ')' && depth-- == 0)
			bad = fail(r, at, "this ) closes nothing; take it away or add a (") != 0;
		else if (n == 1 && s.p[0] == ')')
			open.n--;
		for (size_t len, i = 0; i < n; i += len, at++)
			text_next(str_from(w.text, i), &len);
		s = str_from(s, n);
	}
	if (!bad && depth > 0)
		bad = fail(r, open.v[open.n - 1], "this ( is not closed; add a )") != 0;
	if (!bad && r->word->n == 0)
		bad = fail(r, 0, "the condition is empty") != 0;
	vec_free(&open);
	return bad ? -1 : 0;
}

int cond_tokenize(const char *where, CondTokens *out, int *offset, Err *e) {
	Cut c = {out, e, -1};
	int bad = split(&c, str_of(where));
	*offset = c.offset;
	return bad;
}

const Token *cond_token(const CondTokens *w, size_t i) {
	static const Token end = {TOKEN_END, {"", 0}, -1};
	return i < w->n ? &w->v[i] : &end;
}

char *cond_string(Arena *a, Str word) {
	Buf b = {0};
	for (size_t i = 1; i + 1 < word.n; i++) {
		buf_char(&b, word.p[i]);
		i += word.p[i] == '\'';
	}
	char *s = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return s;
}
