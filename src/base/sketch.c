/* Runs of characters as hashes.  Keeps no text and decides nothing. */
#include "base/sketch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* A run's number is rolled on from the one before it (Rabin and Karp), modulo 2^64. */
#define WEIGHT UINT64_C(0x9E3779B97F4A7C15)
#define FIRST_WEIGHT (WEIGHT * WEIGHT * WEIGHT * WEIGHT) /* of the first of SKETCH_RUN characters */
_Static_assert(SKETCH_RUN == 5, "FIRST_WEIGHT is WEIGHT to the power of SKETCH_RUN - 1");

typedef struct {
	int64_t *v;
	size_t n;
} Runs;

static int by_value(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The mixing of 64 bits by Steele, Lea and Flood (SplittableRandom). */
static uint64_t mix(uint64_t x) {
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 27) * 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

/* The runs of a key, one after the other. */
typedef struct {
	const char *rest;
	uint32_t last[SKETCH_RUN]; /* the characters of the run, in a ring */
	uint64_t h;
	size_t chars;
} Roll;

/* Steps over one character of a key, which is right UTF-8. */
static uint32_t key_next(const char **s) {
	uint32_t c = (unsigned char)*(*s)++;
	if (c >= 0x80)
		c &= c < 0xE0 ? 0x1F : c < 0xF0 ? 0x0F : 0x07;
	while (((unsigned char)**s & 0xC0) == 0x80)
		c = c << 6 | (*(*s)++ & 0x3F);
	return c;
}

static bool roll_on(Roll *r, int64_t *run) {
	do {
		if (!*r->rest)
			return false;
		uint32_t *slot = &r->last[r->chars++ % SKETCH_RUN]; /* the character that leaves the run */
		uint32_t c = key_next(&r->rest);
		r->h = (r->h - *slot * FIRST_WEIGHT) * WEIGHT + c;
		*slot = c;
	} while (r->chars < SKETCH_RUN);
	*run = (int64_t)(mix(r->h) >> 1);
	return true;
}

/* Rising, each run once. */
static Runs sorted_runs(Arena *a, const char *text) {
	Roll roll = {.rest = text_key(a, text)};
	Runs r = {arena_array(a, text_chars(roll.rest) + 1, sizeof *r.v), 0};
	size_t kept = 0;
	while (roll_on(&roll, &r.v[r.n]))
		r.n++;
	if (roll.chars < SKETCH_CHARS)
		r.n = 0;
	qsort(r.v, r.n, sizeof *r.v, by_value);
	for (size_t i = 0; i < r.n; i++)
		if (i == 0 || r.v[i] != r.v[kept - 1])
			r.v[kept++] = r.v[i];
	r.n = kept;
	return r;
}

/* Into the n smallest so far, rising, each once; the new n. */
static size_t keep_small(int64_t v, int64_t *least, size_t n) {
	size_t at = n;
	while (at > 0 && least[at - 1] > v)
		at--;
	if (at == SKETCH_HASHES || (at > 0 && least[at - 1] == v))
		return n;
	n += n < SKETCH_HASHES;
	memmove(least + at + 1, least + at, (n - at - 1) * sizeof *least);
	least[at] = v;
	return n;
}

size_t sketch_make(Arena *a, const char *text, int64_t out[SKETCH_HASHES]) {
	Roll roll = {.rest = text_key(a, text)};
	size_t n = 0;
	for (int64_t run; roll_on(&roll, &run);)
		n = keep_small(run, out, n);
	return roll.chars < SKETCH_CHARS ? 0 : n;
}

int sketch_alike(Arena *a, const char *one, const char *other) {
	Runs x = sorted_runs(a, one), y = sorted_runs(a, other);
	size_t both = 0, least = x.n < y.n ? x.n : y.n;
	for (size_t i = 0, k = 0; i < x.n && k < y.n;) {
		both += x.v[i] == y.v[k];
		if (x.v[i] < y.v[k])
			i++;
		else if (x.v[i] > y.v[k])
			k++;
		else
			i++, k++;
	}
	return least ? (int)(both * 100 / least) : 0;
}
