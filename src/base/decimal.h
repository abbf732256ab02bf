/* Decimal: numbers with a few places behind the point, kept whole, so that sums are exact and equal scores are equal. */
#ifndef XINLV_BASE_DECIMAL_H
#define XINLV_BASE_DECIMAL_H

#include "base/arena.h"
#include "base/str.h"

#define DECIMAL_MAX_PLACES 9

/* The whole of s is a plain decimal number (12, 12.5, -0.25; no exponent, no blanks) with at most `places` digits behind the
 * point that are not 0, and in [min, max]: 0 and *out in units of 10^-places; else -1 and *out untouched. */
int decimal_parse(Str s, int places, int64_t min, int64_t max, int64_t *out);
/* 12345 with three places is 12.345; `least` digits behind the point stand although they are 0. */
char *decimal_text(Arena *a, int64_t v, int places, int least);
/* over / under, rounded half away from zero. under > 0. */
int64_t decimal_divide(int64_t over, int64_t under);

#endif
