/* Condfit: may a field ever hold what a condition compares it with?  Private to this room.
 *
 * A field holds normal forms only (values.h), so that a text it would repair is as impossible as one that it
 * would refuse. */
#ifndef XINLV_RULES_CONDFIT_H
#define XINLV_RULES_CONDFIT_H

#include "rules/rules.h"

typedef enum {
	FIT_EQUAL,   /* the whole value */
	FIT_ORDER,   /* before or behind it */
	FIT_AMONG,   /* one of several choices: has() */
	FIT_LIKE,    /* a pattern of LIKE */
	FIT_GLOB,    /* of GLOB */
	FIT_REGEXP,  /* of REGEXP */
	FIT_WITHIN,  /* a part of it: instr() */
} Fit;

bool fit_numeric(const Field *f);
bool fit_days(const Field *f); /* it can hold a day or a month */
/* A text; true in doubt. */
bool fit_text(Arena *a, const Field *f, const char *text, Fit how);
/* A number as written in the condition. */
bool fit_number(const Field *f, const char *number, Fit how);
/* Two fields compared. */
bool fit_fields(const Field *f, const Field *g, Fit how);
/* What is wrong and what to write instead; of a text that does not fit, and of a number. */
const char *fit_says_text(Arena *a, const Field *f, const char *text, Fit how);
const char *fit_says_number(Arena *a, const Field *f, const char *number);
/* 'text' as a condition writes it. */
const char *fit_quoted(Arena *a, const char *text);

#endif
