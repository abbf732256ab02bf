/* Condplain: where a condition calculates.  Private to this room. */
#ifndef XINLV_RULES_CONDPLAIN_H
#define XINLV_RULES_CONDPLAIN_H

#include "rules/condtoken.h"

#define COND_PLAIN "xinlv_plain" /* the evaluator's function that makes a result a plain number; no condition may name it */

/* open[i]: calculations that begin with word i, close[i]: that end with it, as many of both; arrays of w->n, all 0.
 * Left out is what would not stand between brackets. */
void cond_calculations(const CondTokens *w, unsigned char *open, unsigned char *close);

#endif
