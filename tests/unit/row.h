/* For tests in tables: a failure names its row.  And random numbers that are
 * the same in every run. */
#ifndef XINLV_TESTS_ROW_H
#define XINLV_TESTS_ROW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROW_STR(row, got, want)                                                               \
	do {                                                                                  \
		const char *got_ = (got), *want_ = (want);                                    \
		if (!got_ || !want_ ? got_ != want_ : strcmp(got_, want_) != 0)               \
			fail_msg("row %s: got \"%s\", want \"%s\"", (row),                    \
			         got_ ? got_ : "(null)", want_ ? want_ : "(null)");           \
	} while (0)
#define ROW_INT(row, got, want)                                                               \
	do {                                                                                  \
		long long got_ = (long long)(got), want_ = (long long)(want);                 \
		if (got_ != want_)                                                            \
			fail_msg("row %s: got %lld, want %lld", (row), got_, want_);          \
	} while (0)
#define ROW_TRUE(row, what)                                                                   \
	do {                                                                                  \
		if (!(what))                                                                  \
			fail_msg("row %s: not so: %s", (row), #what);                         \
	} while (0)

/* xorshift64 (Marsaglia): *state must not be 0. */
static inline uint64_t random_next(uint64_t *state) {
	uint64_t x = *state;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

/* n bytes, half of them from the letters of `like`, which makes deeper inputs
 * than noise does. */
static inline void random_fill(uint64_t *state, char *p, size_t n, const char *like) {
	size_t letters = strlen(like);
	for (size_t i = 0; i < n; i++) {
		uint64_t r = random_next(state);
		p[i] = letters && (r & 1) ? like[(r >> 8) % letters] : (char)(r >> 32);
	}
}

#endif
