/* Eval: conditions and checks are SQL expressions over a form's values,
 * evaluated by an in-memory SQLite whose authorizer lets through listed functions only.
 * No sqlite type is in this header.
 *
 * `project.title` is a field; a field key without a dot is a plain name; `members` is
 * a table with a row for each filled row, numbered from 1, its columns by their key without the table's.
 * Numbers are REAL, all else TEXT, an empty value is NULL.  Functions: those of SQLite
 * that are pure (abs, coalesce, ifnull, iif, instr, length, lower, upper, max, min, nullif, replace,
 * round, substr, trim, count, sum, avg, total, group_concat, like, glob) and
 * ours: regexp(pattern, text), uscc_ok(text), id_number(text), chars(text),
 * has(choices, choice), days(date), this_day() is not offered: nothing may depend on the
 * clock. */
#ifndef XINLV_RULES_EVAL_H
#define XINLV_RULES_EVAL_H

#include "rules/rules.h"

/* A normalised value of a form. */
typedef struct {
	const Field *field;
	size_t row;       /* 0 for a plain field; 1.. for a table's rows */
	const char *text; /* normal form; "" never occurs: absent instead */
	double number;    /* for numeric kinds */
	bool unread;      /* it could not be read, or is missing where it must be: a condition that looks at it is unknown */
} EvalValue;

typedef struct Eval Eval;

Eval *eval_new(const Rules *r, Err *e); /* prepares every condition once */
void eval_free(Eval *v);
/* The values that the next questions are about; borrowed until the next call.
 * Any order. */
void eval_load(Eval *v, const Track *t, const EvalValue *value, size_t n);
/* The condition `where` of track t (a Check.where, Field.required_when or
 * FileRule.required_when of that track): 1 true, 0 false, or NULL result (unknown) as -1;
 * -2 when it fails at run time (limits), which counts as unknown and is logged. */
int eval_ask(Eval *v, const Track *t, const char *where);
/* What an expression of a check's sentence is worth: a number in shortest form, a text as it is; "" when unknown. */
const char *eval_text(Eval *v, Arena *a, const Track *t, const char *expression);
/* Compiles a condition for a track without keeping it; 0 or -1 with the
 * reason and the 0-based character offset (or -1). */
int eval_compile(Eval *v, const Track *t, const char *where, int *offset, Err *e);

#endif
