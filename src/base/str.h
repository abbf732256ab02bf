/* Str: a slice of bytes owned by somebody else.  Buf: bytes that grow. */
#ifndef XINLV_BASE_STR_H
#define XINLV_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* Not NUL-terminated; any bytes.  p may be NULL when n is 0. */
typedef struct {
	const char *p;
	size_t n;
} Str;

#define STR(lit) ((Str){"" lit, sizeof(lit) - 1})

Str str_of(const char *s); /* NULL gives the empty slice */
bool str_eq(Str a, Str b);
bool str_is(Str a, const char *s);
bool str_eq_nocase(Str a, Str b); /* ASCII letters only */
bool str_is_nocase(Str a, const char *s);
bool str_starts(Str s, const char *prefix);
bool str_starts_nocase(Str s, const char *prefix);
bool str_ends_nocase(Str s, const char *suffix);
/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(Str hay, Str needle);
ptrdiff_t str_find_nocase(Str hay, Str needle);
/* Without blanks, tabs, CR and LF at both ends (ASCII only). */
Str str_trim(Str s);
Str str_from(Str s, size_t off);          /* the rest, from off; empty when past the end */
Str str_sub(Str s, size_t off, size_t n); /* clipped to what is there */
/* Takes what stands before the first `sep` off the front of *rest and steps
 * over it.  False when nothing is left. */
bool str_next(Str *rest, char sep, Str *piece);
char *str_dup(Arena *a, Str s); /* NUL-terminated copy; a NUL byte inside ends it for C */

/* The whole of s is a decimal number in [min, max]: 0 and *out; else -1 and
 * *out untouched. */
int str_to_i64(Str s, int64_t min, int64_t max, int64_t *out);

/* Bytes that grow, malloc'd, always with a NUL behind them once used.
 * Buf b = {0}; ... buf_free(&b). */
typedef struct {
	char *p;
	size_t n, cap;
} Buf;

void buf_free(Buf *b);
/* Its bytes, from now on the arena's, without a copy; it is empty then. */
Str buf_give(Buf *b, Arena *a);
void buf_clear(Buf *b); /* n = 0, keeps the memory */
void buf_reserve(Buf *b, size_t more);
void buf_str(Buf *b, const char *s);
void buf_slice(Buf *b, Str s);
/* In place: texts are built of many small pieces. */
static inline void buf_add(Buf *b, const void *p, size_t n) {
	if (n >= b->cap || b->n >= b->cap - n)
		buf_reserve(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}
static inline void buf_char(Buf *b, char c) {
	if (b->n + 1 >= b->cap)
		buf_reserve(b, 1);
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}
void buf_fmt(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Str buf_view(const Buf *b);
const char *buf_cstr(Buf *b); /* never NULL */

#endif
