/* book.c: what the makers of grids share: tight text, addresses, and giving back
 * what stands outside the arena. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"

#define PACK_BLOCK 16384
#define PACK_OWN 4096 /* a longer text gets memory of its own */

char *pack_text(Pack *k, const char *s, size_t n) {
	if (n >= PACK_OWN)
		return arena_copy(k->arena, s, n);
	if (n >= k->left) {
		k->p = arena_alloc(k->arena, PACK_BLOCK);
		k->left = PACK_BLOCK;
	}
	char *at = k->p;
	memcpy(at, s, n);
	at[n] = '\0';
	k->p += n + 1;
	k->left -= n + 1;
	return at;
}

/* Could text_tidy change it?  Says yes too often, never too seldom: to blanks at the
 * ends, CR, and, wherever they stand, the first bytes of NBSP and its block (C2), of
 * invisible characters and odd blanks (E1 9A, E2 80, E2 81), of U+3000 and U+FEFF. */
static bool is_tidy(const unsigned char *s, size_t n) {
	if (n == 0)
		return true;
	if (s[0] <= ' ' || s[n - 1] <= ' ')
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = s[i];
		if (c == '\r' || c == 0xC2)
			return false;
		if ((c & 0xF0) != 0xE0)
			continue;
		if (i + 2 >= n)
			return false;
		unsigned char d = s[i + 1], e = s[i + 2];
		if ((c == 0xE2 && ((d == 0x80 && (e < 0x90 || (e >= 0xA8 && e <= 0xAF))) || d == 0x81)) ||
		    (c == 0xE3 && d == 0x80 && e == 0x80) || (c == 0xEF && d == 0xBB) ||
		    (c == 0xE1 && d == 0x9A))
			return false;
		i += 2;
	}
	return true;
}

const char *pack_tidy(Pack *k, const char *s, size_t n) {
	if (is_tidy((const unsigned char *)s, n))
		return pack_text(k, s, n);
	const char *copy = pack_text(k, s, n);
	return text_tidy(k->arena, copy);
}

char *cell_address(Arena *a, unsigned row, unsigned column) {
	char letters[8];
	size_t at = sizeof letters;
	for (unsigned c = column; c && at; c = (c - 1) / 26)
		letters[--at] = (char)('A' + (c - 1) % 26);
	return arena_fmt(a, "%.*s%u", (int)(sizeof letters - at), letters + at, row);
}

int cell_parse(const char **s, unsigned *row, unsigned *column) {
	const char *p = *s;
	unsigned c = 0, n = 0;
	p += *p == '$';
	for (; ((*p | 32) >= 'a' && (*p | 32) <= 'z') && c <= BOOK_MAX_COLUMN; p++)
		c = c * 26 + (unsigned)((*p | 32) - 'a' + 1);
	p += *p == '$';
	for (; *p >= '0' && *p <= '9' && n <= BOOK_MAX_ROW; p++)
		n = n * 10 + (unsigned)(*p - '0');
	if (c == 0 || n == 0 || c > BOOK_MAX_COLUMN || n > BOOK_MAX_ROW)
		return -1;
	*row = n;
	*column = c;
	*s = p;
	return 0;
}

void book_free(Book *b) {
	for (size_t i = 0; i < b->grid.n; i++) {
		vec_free(&b->grid.v[i].cell);
		vec_free(&b->grid.v[i].merge);
	}
	vec_free(&b->grid);
	vec_free(&b->name);
}
