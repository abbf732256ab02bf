/* Pattern: PCRE2 with limits, on folded text (text_fold) for identifiers.  A
 * subject that makes it work too hard does not match. */
#ifndef XINLV_RULES_PATTERN_H
#define XINLV_RULES_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define PATTERN_MATCH_LIMIT 100000
#define PATTERN_HEAP_KIB 2048
#define PATTERN_MAX_BYTES 4000
#define PATTERN_MAX_DEPTH 50 /* parentheses in parentheses */

typedef struct Pattern Pattern;

/* The whole subject must match (anchored at both ends).  NULL and ERR_RULES
 * with the character column on a faulty pattern.  Freed with pattern_free. */
Pattern *pattern_new(const char *regex, Err *e);
/* The same; *offset (may be NULL) gets the 0-based character of the fault. */
Pattern *pattern_new_at(const char *regex, int *offset, Err *e);
void pattern_free(Pattern *p);
bool pattern_matches(const Pattern *p, const char *subject);
/* Somewhere in the subject (what regexp() of the conditions does). */
bool pattern_finds(const Pattern *p, const char *subject);
const char *pattern_text(const Pattern *p);

#endif
