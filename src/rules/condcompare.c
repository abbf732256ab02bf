/* Beside the loader: whether what a condition compares can ever be equal, or ordered, or matched.  Reports what can only come
 * out one way, whatever a form says. */
#include "rules/condlint_inner.h"

#include <string.h>

#include "base/when.h"
#include "rules/values.h"

void lint_report(Look *l, int at, const char *text) {
	for (size_t i = 0; i < l->n; i++)
		if (l->out[i].at == at)
			return;
	if (l->n < COND_MAX_FINDINGS)
		l->out[l->n++] = (CondFinding){at, text};
}

bool lint_is_text(const Token *w) {
	return w && w->kind == TOKEN_STRING;
}

static bool numeric(const Part *p) {
	return p->field ? fit_numeric(p->field) : p->literal->kind == TOKEN_NUMBER;
}

/* May p be what q, a literal, says? */
static bool meets(Look *l, const Part *p, const Part *q, Fit how) {
	const Token *w = q->literal;
	const char *text = lint_is_text(w) ? cond_string(l->arena, w->text) : str_dup(l->arena, w->text);
	if (p->field)
		return lint_is_text(w) ? fit_text(l->arena, p->field, text, how) : fit_number(p->field, text, how);
	if (p->literal->kind != w->kind)
		return false;
	return how != FIT_EQUAL || !lint_is_text(w) || str_eq(p->literal->text, w->text);
}

static const char *says(Look *l, const Operand *o, const Part *q, Fit how) {
	const Token *w = q->literal;
	const char *text = lint_is_text(w) ? cond_string(l->arena, w->text) : str_dup(l->arena, w->text);
	for (size_t i = 0; i < o->n; i++)
		if (o->part[i].field)
			return lint_is_text(w) ? fit_says_text(l->arena, o->part[i].field, text, how)
			                  : fit_says_number(l->arena, o->part[i].field, text);
	if (lint_is_text(w) && (o->number || (o->n && numeric(&o->part[0]))))
		return arena_fmt(l->arena, "it is compared with a number and never equal to a text; write a number without quotes");
	if (!lint_is_text(w))
		return arena_fmt(l->arena, "it is compared with a text and never equal to a number; write '%s'", text);
	return arena_fmt(l->arena, "%s is none of the texts that it is compared with; mend one of them", fit_quoted(l->arena, text));
}

static bool has_field(const Operand *o) {
	for (size_t i = 0; i < o->n; i++)
		if (o->part[i].field)
			return true;
	return o->number || o->text;
}

/* A number orders before every text, whatever they say: there a last resort of the wrong kind always holds, or never. */
static bool same_kind(const Operand *o, const Part *p) {
	for (size_t i = 0; i < o->n; i++)
		if (numeric(&o->part[i]) == numeric(p))
			return true;
	return o->open || (numeric(p) ? o->number : o->text);
}

/* The literals among q's parts, each against all that o can be.  Where both are but literals, one alone is held against
 * the others, and not the others against it. */
static bool literals(Look *l, const Operand *o, const Operand *q, Fit how, bool unequal) {
	bool any = false, choice = q->n > 1 && !has_field(o);
	for (size_t i = 0; i < q->n; i++) {
		const Part *p = &q->part[i];
		if (!p->literal)
			continue;
		any = true;
		bool loose = (choice || p->otherwise) && (how != FIT_ORDER || same_kind(o, p));
		bool fits = loose || o->open || (lint_is_text(p->literal) ? o->text : o->number) || (!o->n && !o->number && !o->text);
		/* x <> '' asks whether there is something, and is understood so. */
		fits |= unequal && lint_is_text(p->literal) && p->literal->text.n == 2;
		for (size_t k = 0; k < o->n && !fits; k++)
			fits = meets(l, &o->part[k], p, how);
		if (!fits)
			lint_report(l, p->literal->at, says(l, o, p, how));
	}
	return any;
}

static bool fields_meet(const Operand *x, const Operand *y, Fit how) {
	for (size_t i = 0; i < x->n; i++) {
		if (y->number && numeric(&x->part[i]))
			return true;
		if (y->text && !numeric(&x->part[i]))
			return true;
		for (size_t k = 0; k < y->n; k++)
			if (fit_fields(x->part[i].field, y->part[k].field, how))
				return true;
	}
	for (size_t k = 0; k < y->n; k++)
		if (numeric(&y->part[k]) ? x->number : x->text)
			return true;
	return (x->number && y->number) || (x->text && y->text);
}

/* Days and months are texts: each day of a month is behind the month, and the month before each of its days.  An end that is
 * to be in is then never in. */
static void edge(Look *l, const Field *f, const Token *w, Op op) {
	const char *text = cond_string(l->arena, w->text);
	int64_t first = value_days(strlen(text) == 4 ? arena_fmt(l->arena, "%s-12", text) : text);
	size_t wanted = f->kind == KIND_DATE ? 10 : f->kind == KIND_MONTH ? 7 : 0;
	if (first == WHEN_NONE || !wanted || strlen(text) == wanted)
		return;
	const char *last = value_day_text(l->arena, first + 31); /* a day of the month behind it */
	last = value_day_text(l->arena, value_days(arena_copy(l->arena, last, 7)) - 1);
	if (strlen(text) < wanted && op == OP_TO)
		lint_report(l, w->at, arena_fmt(l->arena, "%s is a %s, and those of %s are all behind it as a text; write '%s'", f->key,
		                                wanted == 10 ? "date" : "month", text, arena_copy(l->arena, last, wanted)));
	if (strlen(text) > wanted && op == OP_FROM)
		lint_report(l, w->at, arena_fmt(l->arena, "%s is a month, which as a text is before each of its days; write '%s'", f->key,
		                                arena_copy(l->arena, text, wanted)));
}

static void edges(Look *l, const Operand *o, const Operand *q, Op op) {
	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; k < q->n && o->part[i].field; k++)
			if (lint_is_text(q->part[k].literal))
				edge(l, o->part[i].field, q->part[k].literal, op);
}

static bool nothing(const Operand *o) {
	return !o->open && !o->number && !o->text && !o->n;
}

void lint_compare(Look *l, const Operand *x, const Operand *y, Op op, int at) {
	bool orders = op == OP_ORDER || op == OP_FROM || op == OP_TO;
	Fit how = orders ? FIT_ORDER : FIT_EQUAL;
	const Operand *null = x->null ? x : y->null ? y : NULL;
	if (null && op != OP_IS && op != OP_IS_NOT)
		lint_report(l, null->at, "a comparison with null is never true; write \"is null\" or \"is not null\"");
	if (nothing(x) || nothing(y))
		return;
	if (op == OP_FROM || op == OP_TO) {
		edges(l, x, y, op);
		edges(l, y, x, op == OP_FROM ? OP_TO : OP_FROM);
	}
	bool any = literals(l, x, y, how, op == OP_UNEQUAL);
	any |= literals(l, y, x, how, op == OP_UNEQUAL);
	if (any || x->open || y->open || fields_meet(x, y, how))
		return;
	lint_report(l, at, "the two sides are never equal: they are of different kinds, or have no choice in common; compare what is "
	             "of one kind");
}

void lint_pattern(Look *l, const Operand *x, const Operand *pattern, Fit how) {
	if (x->open || x->text || x->number || pattern->open || pattern->n != 1 || !lint_is_text(pattern->part[0].literal))
		return;
	for (size_t i = 0; i < x->n; i++)
		if (!x->part[i].field)
			return;
	literals(l, x, pattern, how, false);
}

void lint_truth(Look *l, const Operand *o) {
	if (o->open || o->number || !(o->n || o->text))
		return;
	for (size_t i = 0; i < o->n; i++)
		if (numeric(&o->part[i]))
			return;
	const Part *p = o->n ? &o->part[0] : NULL;
	if (p && p->field)
		lint_report(l, o->at, arena_fmt(l->arena, "%s is a text and neither true nor false; compare it: %s = '...'", p->field->key,
		                          p->field->key));
	else
		lint_report(l, o->at, "a text alone is neither true nor false; write what it is compared with: a = 'x' or a = 'y'");
}
