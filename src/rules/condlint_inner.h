/* What the two halves of the lint share: what an expression can be, and its comparison.  Private to them. */
#ifndef XINLV_RULES_CONDLINT_INNER_H
#define XINLV_RULES_CONDLINT_INNER_H

#include "rules/cond.h"
#include "rules/condfit.h"
#include "rules/condlint.h"
#include "rules/condtoken.h"

#define PARTS_MAX 24 /* of one operand; with more it is taken for anything */

/* What an expression can be: one of its parts, or some number or text that nobody foresees. */
typedef struct {
	const Field *field;
	const Token *literal; /* where it is no field: a text or a number */
	bool otherwise;      /* where nothing better is: such a literal may be meant to match nothing */
} Part;

typedef struct {
	bool open;         /* anything */
	bool number, text; /* some number, some text */
	bool null;         /* the word itself */
	int at;
	Part part[PARTS_MAX];
	size_t n;
} Operand;

typedef struct {
	Arena *arena;
	const Track *track;
	Cond cond;
	CondTokens token;
	size_t i;
	bool form; /* it looks at something of the form */
	CondFinding *out;
	size_t n;
} Look;

/* OP_ORDER: < and >; OP_FROM: >=, OP_TO: <=, which take their right side in. */
typedef enum { OP_EQUAL, OP_UNEQUAL, OP_ORDER, OP_FROM, OP_TO, OP_IS, OP_IS_NOT } Op;

/* One finding a place. */
void lint_report(Look *l, int at, const char *text);
/* x op y; at: the operator's character. */
void lint_compare(Look *l, const Operand *x, const Operand *y, Op op, int at);
/* A pattern against a choice: LIKE and its kin. */
void lint_pattern(Look *l, const Operand *x, const Operand *pattern, Fit how);
/* Where a yes or a no is wanted. */
void lint_truth(Look *l, const Operand *o);
bool lint_is_text(const Token *w);

#endif
