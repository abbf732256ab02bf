/* Under everything: slices of foreign bytes, and bytes that grow.
 * Refuses to trust a NUL at the end of anything that came from outside. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 64

/* tolower(3) asks the locale; mail headers do not. */
static inline unsigned char lower(char c) {
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

static bool same_nocase(const char *a, const char *b, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

Str str_of(const char *s) {
	return s ? (Str){s, strlen(s)} : (Str){"", 0};
}

bool str_eq(Str a, Str b) {
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(Str a, const char *s) {
	return str_eq(a, str_of(s));
}

bool str_eq_nocase(Str a, Str b) {
	return a.n == b.n && same_nocase(a.p, b.p, a.n);
}

bool str_is_nocase(Str a, const char *s) {
	return str_eq_nocase(a, str_of(s));
}

bool str_starts(Str s, const char *prefix) {
	size_t n = strlen(prefix);
	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool str_starts_nocase(Str s, const char *prefix) {
	size_t n = strlen(prefix);
	return s.n >= n && same_nocase(s.p, prefix, n);
}

bool str_ends_nocase(Str s, const char *suffix) {
	size_t n = strlen(suffix);
	return s.n >= n && (n == 0 || same_nocase(s.p + (s.n - n), suffix, n));
}

ptrdiff_t str_find(Str hay, Str needle) {
	if (needle.n == 0)
		return 0;
	if (needle.n > hay.n)
		return -1;
	const char *at = memmem(hay.p, hay.n, needle.p, needle.n);
	return at ? at - hay.p : -1;
}

ptrdiff_t str_find_nocase(Str hay, Str needle) {
	if (needle.n == 0)
		return 0;
	if (needle.n > hay.n)
		return -1;
	unsigned char first = lower(needle.p[0]);
	size_t last = hay.n - needle.n;
	for (size_t i = 0; i <= last; i++)
		if (lower(hay.p[i]) == first && same_nocase(hay.p + i, needle.p, needle.n))
			return (ptrdiff_t)i;
	return -1;
}

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Str str_trim(Str s) {
	while (s.n && blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

Str str_from(Str s, size_t off) {
	if (off > s.n)
		off = s.n;
	return off ? (Str){s.p + off, s.n - off} : s;
}

Str str_sub(Str s, size_t off, size_t n) {
	s = str_from(s, off);
	if (n < s.n)
		s.n = n;
	return s;
}

bool str_next(Str *rest, char sep, Str *piece) {
	if (rest->n == 0)
		return false;
	const char *at = memchr(rest->p, sep, rest->n);
	size_t n = at ? (size_t)(at - rest->p) : rest->n;
	*piece = (Str){rest->p, n};
	*rest = str_from(*rest, at ? n + 1 : n);
	return true;
}

char *str_dup(Arena *a, Str s) {
	return arena_copy(a, s.p, s.n);
}

int str_to_i64(Str s, int64_t min, int64_t max, int64_t *out) {
	bool minus = s.n && s.p[0] == '-';
	int64_t v = 0;
	if (minus)
		s = str_from(s, 1);
	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';
		if (digit < 0 || digit > 9)
			return -1;
		/* Built downwards when negative: INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, minus ? -digit : digit, &v))
			return -1;
	}
	if (v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

void buf_free(Buf *b) {
	free(b->p);
	*b = (Buf){0};
}

void buf_clear(Buf *b) {
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

/* Room for n bytes in all, and the NUL. */
static void grow(Buf *b, size_t n) {
	size_t cap = b->cap ? b->cap : BUF_FIRST;
	while (cap <= n && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap <= n)
		cap = SIZE_MAX; /* malloc refuses it, and the process ends */
	b->p = mem_resize(b->p, cap);
	b->p[b->n] = '\0';
	b->cap = cap;
}

void buf_reserve(Buf *b, size_t more) {
	size_t n;
	if (__builtin_add_overflow(b->n, more, &n))
		n = SIZE_MAX - 1;
	if (n >= b->cap)
		grow(b, n);
}

void buf_str(Buf *b, const char *s) {
	buf_add(b, s, s ? strlen(s) : 0);
}

void buf_slice(Buf *b, Str s) {
	buf_add(b, s.p, s.n);
}

void buf_fmt(Buf *b, const char *fmt, ...) {
	va_list ap;
	buf_reserve(b, BUF_FIRST);
	va_start(ap, fmt);
	int n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n >= b->cap - b->n) {
		buf_reserve(b, (size_t)n);
		va_start(ap, fmt);
		n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
		va_end(ap);
	}
	if (n > 0)
		b->n += (size_t)n;
	b->p[b->n] = '\0';
}

Str buf_give(Buf *b, Arena *a) {
	Str given = buf_view(b);
	if (b->p)
		arena_own(a, b->p);
	*b = (Buf){0};
	return given;
}

Str buf_view(const Buf *b) {
	return b->p ? (Str){b->p, b->n} : (Str){"", 0};
}

const char *buf_cstr(Buf *b) {
	return b->p ? b->p : "";
}
