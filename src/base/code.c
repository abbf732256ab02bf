/* Codes, made and found again.  Knows nothing of what they stand for, nor whether one was ever handed out. */
#include "base/code.h"

#include <string.h>

#include "base/text.h"

#define MAX_CHARS 12
#define BETWEEN 3 /* blanks and hyphens between two letters, where somebody typed it so */

static const struct {
	char first; /* letter of every such code, 0: none */
	size_t chars;
	const char *alphabet;
} kinds[] = {
	[CODE_RELEASE] = {'R', 12, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"},
	[CODE_SETTING] = {'S', 12, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"},
	[CODE_SCORES] = {0, 8, "0123456789"},
};

/* ---- making */

/* Digits of a number of 64 bits, four by four from its end: as such a code was always made. */
static void put_digits(Hash mac, char *out, size_t n) {
	uint64_t v;
	memcpy(&v, mac.b, sizeof v);
	for (size_t group = 0; group < n; group += 4, v /= 10000)
		for (size_t i = 0, rest = v % 10000; i < 4; i++, rest /= 10)
			out[group + 3 - i] = (char)('0' + rest % 10);
}

char *code_make(Arena *a, CodeKind kind, const SealKey *k, const char *text) {
	char out[MAX_CHARS + 1] = "";
	size_t n = kinds[kind].chars;
	Hash mac = hash_hmac(k->b, sizeof k->b, text, strlen(text));
	if (kinds[kind].first) {
		out[0] = kinds[kind].first;
		for (size_t i = 1; i < n; i++)
			out[i] = kinds[kind].alphabet[mac.b[i] % strlen(kinds[kind].alphabet)];
	} else {
		put_digits(mac, out, n);
	}
	return arena_copy(a, out, n);
}

char *code_shown(Arena *a, const char *code) {
	Buf b = {0};
	for (size_t i = 0; code[i]; i++)
		buf_fmt(&b, "%s%c", i && i % 4 == 0 ? "-" : "", code[i]);
	char *shown = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return shown;
}

/* ---- finding */

static bool alnum(char c) {
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A letter as it was meant, 0: none of that kind. */
static char meant(CodeKind kind, char c) {
	c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
	return c && strchr(kinds[kind].alphabet, c) ? c : 0;
}

/* Bytes of a blank, a hyphen of any kind or another such sign at s, 0: it is another letter. */
static size_t between(const char *s) {
	static const char *const signs[] = {" ", "_", ".", "\u3001"};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strncmp(s, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	return text_hyphen(s);
}

char *code_at(Arena *a, CodeKind kind, const char *s, const char **end) {
	char code[MAX_CHARS];
	size_t n = 0, gap;
	for (; n < kinds[kind].chars; n++, s++) {
		for (int i = 0; n && i < BETWEEN && (gap = between(s)) > 0; i++)
			s += gap;
		code[n] = meant(kind, *s);
		if (!code[n] || (n == 0 && kinds[kind].first && code[0] != kinds[kind].first))
			return NULL;
	}
	*end = s;
	return alnum(*s) ? NULL : arena_copy(a, code, n);
}

char *code_in(Arena *a, CodeKind kind, const char *text, const char **at, const char **end) {
	for (const char *p = text; *p; p++) {
		char *code = p == text || !alnum(p[-1]) ? code_at(a, kind, p, end) : NULL;
		if (code) {
			*at = p;
			return code;
		}
	}
	return NULL;
}
