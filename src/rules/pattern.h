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

typedef struct Pattern Pattern;

/* The whole subject must match (anchored at both ends).  NULL and ERR_RULES
 * with the character column on a faulty pattern.  Freed with pattern_free. */
Pattern *pattern_new(const char *regex, Err *e);
void pattern_free(Pattern *p);
bool pattern_matches(const Pattern *p, const char *subject);
/* Somewhere in the subject (what regexp() of the conditions does). */
bool pattern_finds(const Pattern *p, const char *subject);
const char *pattern_text(const Pattern *p);

#endif
