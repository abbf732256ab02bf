/* Condlint: a linter for conditions.  Reports comparisons that can only come out one way, such as a choice that the list
 * does not have.  Private to this room. */
#ifndef XINLV_RULES_CONDLINT_H
#define XINLV_RULES_CONDLINT_H

#include "rules/rules.h"

#define COND_MAX_FINDINGS 20 /* of one condition; more are left unsaid */

typedef struct {
	int at; /* 0-based character of the condition */
	const char *text; /* what is wrong and what to write instead */
} CondFinding;

/* For a condition that compiles.  Puts at most COND_MAX_FINDINGS into out and returns how many; what it does not
 * understand it does not report. */
size_t cond_lint(Arena *a, const Track *t, const char *where, CondFinding *out);

#endif
