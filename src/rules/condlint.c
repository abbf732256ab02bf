/* Beside the loader: reads a condition as SQL does and looks at what it compares.  Refuses what can never hold, or
 * never fail, whatever a form says: there a slip of the pen would turn everybody away, or nobody. */
#include "rules/condlint_inner.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/when.h"
#include "rules/values.h"

#define ARGS_MAX 8 /* of a function that are looked at */

static Operand expression(Look *l);
static Operand question(Look *l);
static Operand selection(Look *l);

/* ---- words ---- */

static const Token *ahead(const Look *l, size_t n) {
	return cond_token(&l->token, l->i + n);
}

static bool sign(const Look *l, size_t n, const char *s) {
	return ahead(l, n)->kind == TOKEN_SIGN && str_is(ahead(l, n)->text, s);
}

static bool named(const Look *l, size_t n, const char *s) {
	return ahead(l, n)->kind == TOKEN_NAME && str_is_nocase(ahead(l, n)->text, s);
}

static bool take_sign(Look *l, const char *s) {
	bool found = sign(l, 0, s);
	l->i += found;
	return found;
}

static bool take_named(Look *l, const char *s) {
	bool found = named(l, 0, s);
	l->i += found;
	return found;
}

/* What is not understood ends the look: all behind it is taken for anything. */
static Operand lost(Look *l) {
	l->i = l->token.n;
	l->form = true;
	return (Operand){.open = true};
}

static Operand number(int at) {
	return (Operand){.number = true, .at = at};
}

static Operand one(Part p, int at) {
	Operand o = {.at = at, .n = 1};
	o.part[0] = p;
	return o;
}

static Operand both(Operand x, const Operand *y) {
	x.open |= y->open;
	x.number |= y->number;
	x.text |= y->text;
	x.null = false;
	for (size_t i = 0; i < y->n; i++) {
		if (x.n == PARTS_MAX)
			x.open = true;
		else
			x.part[x.n++] = y->part[i];
	}
	return x;
}

static Operand otherwise(Operand o) {
	for (size_t i = 0; i < o.n; i++)
		o.part[i].otherwise = true;
	return o;
}

/* ---- names ---- */

static bool hidden(const Look *l, Str name) {
	for (size_t i = 0; i + 1 < l->token.n; i++) {
		const Token *w = cond_token(&l->token, i), *next = cond_token(&l->token, i + 1);
		if (w->kind == TOKEN_NAME && str_is_nocase(w->text, "as") && str_eq(next->text, name))
			return true;
	}
	return false;
}

/* The one column of that name among the tables that are read; *several: more than one. */
static const Field *column(const Look *l, Str name, bool *several) {
	const Field *found = NULL;
	*several = false;
	for (size_t k = 0; k < l->cond.table_n; k++) {
		const Table *t = l->cond.table[k];
		for (size_t i = 0; i < t->column_n; i++)
			if (str_is(name, t->column[i]->key + strlen(t->key) + 1)) {
				*several |= found != NULL;
				found = t->column[i];
			}
	}
	return found;
}

static Operand value_named(Look *l, const Token *w) {
	Str name = w->text;
	l->form = true;
	const Field *f = form_field(&l->track->form, str_dup(l->arena, name));
	bool several = false;
	if (w->kind == TOKEN_DOTTED && !f) {
		ptrdiff_t dot = str_find(name, STR("."));
		name = str_from(name, (size_t)dot + 1);
		f = column(l, name, &several);
	} else if (w->kind == TOKEN_NAME) {
		const Field *c = column(l, name, &several);
		f = c ? c : f;
		several |= hidden(l, name);
	}
	if (!f && l->cond.table_n && str_is(name, "row"))
		return number(w->at);
	return f && !several ? one((Part){.field = f}, w->at) : (Operand){.open = true, .at = w->at};
}

/* ---- functions ---- */

/* The arguments, the bracket that opens them taken already. */
static size_t arguments(Look *l, bool conditions, Operand *arg) {
	size_t n = 0;
	take_named(l, "distinct");
	if (take_sign(l, "*"))
		arg[n++] = number(0);
	while (!sign(l, 0, ")") && l->i < l->token.n) {
		Operand o = n == 0 && conditions ? question(l) : expression(l);
		if (n < ARGS_MAX)
			arg[n++] = o;
		else
			arg[n - 1] = (Operand){.open = true};
		if (!take_sign(l, ",") && !sign(l, 0, ")"))
			lost(l);
	}
	take_sign(l, ")");
	if (named(l, 0, "filter") && sign(l, 1, "(")) {
		l->i += 2 + named(l, 2, "where");
		question(l);
		take_sign(l, ")");
	}
	return n;
}

static bool among(Str name, const char *const *list) {
	for (; *list; list++)
		if (str_is_nocase(name, *list))
			return true;
	return false;
}

/* days() of what is no day gives nothing, whatever the form says. */
static void counts_days(Look *l, const Operand *o) {
	for (size_t i = 0; i < o->n; i++) {
		const Part *p = &o->part[i];
		if (p->field ? fit_days(p->field)
		             : lint_is_text(p->literal) && value_days(cond_string(l->arena, p->literal->text)) != WHEN_NONE)
			return;
	}
	if (o->n && !o->open && !o->text && !o->number)
		lint_report(l, o->at, "days() wants a date or a month, such as '2023-03-31', and this is none");
}

static void look_into(Look *l, Str name, const Operand *arg, size_t n) {
	if (n == 1 && str_is_nocase(name, "days"))
		counts_days(l, &arg[0]);
	if (n != 2)
		return;
	if (str_is_nocase(name, "has") && arg[0].n == 1 && arg[0].part[0].literal)
		lint_report(l, arg[0].at, "has() wants the field first: has(choices, 'choice')");
	else if (str_is_nocase(name, "has"))
		lint_pattern(l, &arg[0], &arg[1], FIT_AMONG);
	else if (str_is_nocase(name, "instr"))
		lint_pattern(l, &arg[0], &arg[1], FIT_WITHIN);
	else if (str_is_nocase(name, "regexp"))
		lint_pattern(l, &arg[1], &arg[0], FIT_REGEXP);
	else if (str_is_nocase(name, "like"))
		lint_pattern(l, &arg[1], &arg[0], FIT_LIKE);
	else if (str_is_nocase(name, "glob"))
		lint_pattern(l, &arg[1], &arg[0], FIT_GLOB);
	else if (str_is_nocase(name, "nullif"))
		lint_compare(l, &arg[0], &arg[1], OP_EQUAL, arg[1].at);
}

static Operand call(Look *l, const Token *w) {
	static const char *const texts[] = {"lower", "upper", "replace", "substr", "trim", "ltrim", "rtrim", "group_concat", NULL};
	static const char *const either[] = {"coalesce", "ifnull", "max", "min", "iif", NULL};
	Operand arg[ARGS_MAX + 1], o = {.at = w->at};
	size_t iif = str_is_nocase(w->text, "iif"), n = arguments(l, iif, arg);
	look_into(l, w->text, arg, n);
	if (among(w->text, either))
		for (size_t i = iif; i < n; i++) {
			Operand next = i > iif ? otherwise(arg[i]) : arg[i];
			o = both(o, &next);
		}
	else if (str_is_nocase(w->text, "nullif") && n)
		o = arg[0];
	else if (among(w->text, texts))
		o.text = true;
	else
		o.number = true;
	o.at = w->at;
	return o;
}

/* case ... end, its first word taken already. */
static Operand cases(Look *l, int at) {
	Operand base = {0}, o = {.at = at};
	bool plain = !named(l, 0, "when");
	if (plain)
		base = expression(l);
	while (take_named(l, "when")) {
		Operand when = plain ? expression(l) : question(l);
		if (plain)
			lint_compare(l, &base, &when, OP_EQUAL, when.at);
		if (!take_named(l, "then"))
			return lost(l);
		Operand then = expression(l);
		o = both(o, &then);
	}
	if (take_named(l, "else")) {
		Operand rest = otherwise(expression(l));
		o = both(o, &rest);
	}
	return take_named(l, "end") ? o : lost(l);
}

/* ---- expressions, what binds most tightly first ---- */

static Operand bracket(Look *l) {
	if (named(l, 0, "select")) {
		Operand o = selection(l);
		return take_sign(l, ")") ? o : lost(l);
	}
	Operand o = expression(l);
	bool row = false;
	while (take_sign(l, ",")) {
		expression(l);
		row = true;
	}
	if (!take_sign(l, ")"))
		return lost(l);
	return row ? (Operand){.open = true} : o;
}

static Operand name(Look *l, const Token *w) {
	if (str_is_nocase(w->text, "case"))
		return cases(l, w->at);
	if (str_is_nocase(w->text, "null"))
		return (Operand){.null = true, .at = w->at};
	if (str_is_nocase(w->text, "true") || str_is_nocase(w->text, "false"))
		return number(w->at);
	if (str_is_nocase(w->text, "exists") && take_sign(l, "(")) {
		bracket(l);
		return number(w->at);
	}
	if (str_is_nocase(w->text, "cast") && take_sign(l, "(")) {
		expression(l);
		while (l->i < l->token.n && !take_sign(l, ")"))
			l->i++;
		return (Operand){.open = true, .at = w->at};
	}
	return take_sign(l, "(") ? call(l, w) : value_named(l, w);
}

static Operand primary(Look *l) {
	const Token *w = ahead(l, 0);
	if (take_sign(l, "-") || take_sign(l, "+")) {
		Operand o = primary(l);
		return o.open ? o : number(w->at);
	}
	if (take_sign(l, "("))
		return bracket(l);
	l->i++;
	switch (w->kind) {
	case TOKEN_NUMBER:
	case TOKEN_STRING:
		return one((Part){.literal = w}, w->at);
	case TOKEN_NAME:
		return name(l, w);
	case TOKEN_DOTTED:
		return value_named(l, w);
	default:
		return lost(l);
	}
}

/* SQL divides whole numbers for a remainder: of 0.5 it makes 0, by which nothing is divided, and the condition is never told. */
static void cut_by(Look *l, const Token *w) {
	if (w->kind != TOKEN_NUMBER)
		return;
	double v = value_number(str_dup(l->arena, w->text));
	if (v != trunc(v) || v == 0)
		lint_report(l, w->at, arena_fmt(l->arena, "%% cuts both its sides to whole numbers, of which %.*s is none to divide by; "
		                                "multiply both sides first: x * 10 %% 5", (int)w->text.n, w->text.p));
}

/* || makes a text, the other signs a number. */
static Operand sum(Look *l) {
	static const char *const signs[] = {"+", "-", "*", "/", "%", "||"};
	Operand o = primary(l);
	for (size_t k = 0; k < sizeof signs / sizeof *signs;) {
		if (!take_sign(l, signs[k])) {
			k++;
			continue;
		}
		if (k == 4)
			cut_by(l, ahead(l, 0));
		primary(l);
		o = (Operand){.number = k < 5, .text = k == 5, .at = o.at};
		k = 0;
	}
	return o;
}

/* The operator at hand; false where there is none that compares two values. */
static bool operator(Look *l, Op *op) {
	if (take_named(l, "is")) {
		*op = take_named(l, "not") ? OP_IS_NOT : OP_IS;
		if (named(l, 0, "distinct") && named(l, 1, "from"))
			l->i += 2;
		return true;
	}
	if (take_sign(l, "!=")) {
		*op = OP_UNEQUAL;
		return true;
	}
	bool less = take_sign(l, "<"), more = take_sign(l, ">"), equal = take_sign(l, "=");
	if (equal && !less && !more)
		take_sign(l, "=");
	*op = less && more ? OP_UNEQUAL : less || more ? (!equal ? OP_ORDER : less ? OP_TO : OP_FROM) : OP_EQUAL;
	return less || more || equal;
}

static void listed(Look *l, const Operand *x, Op op) {
	if (!take_sign(l, "(")) {
		lost(l);
		return;
	}
	if (named(l, 0, "select")) {
		Operand o = selection(l);
		lint_compare(l, x, &o, op, o.at);
	} else {
		while (!sign(l, 0, ")") && l->i < l->token.n) {
			Operand o = expression(l);
			lint_compare(l, x, &o, op, o.at);
			if (!take_sign(l, ",") && !sign(l, 0, ")"))
				lost(l);
		}
	}
	take_sign(l, ")");
}

/* Words that compare: in, between, like, ...; false when none stands here. */
static bool word_compares(Look *l, const Operand *x) {
	static const char *const like[] = {"like", "glob", "regexp"};
	size_t not = named(l, 0, "not");
	if (take_named(l, "isnull") || take_named(l, "notnull"))
		return true;
	if (named(l, not, "null") && not) {
		l->i += 2;
		return true;
	}
	if (named(l, not, "in")) {
		l->i += not + 1;
		listed(l, x, not ? OP_UNEQUAL : OP_EQUAL);
		return true;
	}
	if (named(l, not, "between")) {
		l->i += not + 1;
		Operand low = sum(l), high = take_named(l, "and") ? sum(l) : lost(l);
		lint_compare(l, x, &low, OP_FROM, low.at);
		lint_compare(l, x, &high, OP_TO, high.at);
		return true;
	}
	for (size_t k = 0; k < 3; k++)
		if (named(l, not, like[k])) {
			l->i += not + 1;
			Operand pattern = sum(l);
			lint_pattern(l, x, &pattern, (Fit)(FIT_LIKE + k));
			if (take_named(l, "escape"))
				sum(l);
			return true;
		}
	return false;
}

static Operand comparison(Look *l) {
	Operand x = sum(l);
	for (;;) {
		int at = ahead(l, 0)->at;
		Op op;
		if (word_compares(l, &x)) {
			x = number(x.at);
			continue;
		}
		if (!operator(l, &op))
			return x;
		Operand y = sum(l);
		lint_compare(l, &x, &y, op, at);
		x = number(x.at);
	}
}

static Operand negation(Look *l) {
	const Token *w = ahead(l, 0);
	if (!take_named(l, "not"))
		return comparison(l);
	Operand o = negation(l);
	lint_truth(l, &o);
	return number(w->at);
}

/* AND binds more tightly than OR: to what is compared it is all one. */
static Operand expression(Look *l) {
	Operand o = negation(l);
	while (named(l, 0, "and") || named(l, 0, "or")) {
		l->i++;
		Operand next = negation(l);
		lint_truth(l, &o);
		lint_truth(l, &next);
		o = number(o.at);
	}
	return o;
}

static Operand question(Look *l) {
	Operand o = named(l, 0, "select") ? selection(l) : expression(l);
	lint_truth(l, &o);
	return o;
}

/* ---- select ---- */

static bool clause(const Look *l) {
	static const char *const words[] = {"where", "group", "having", "order", "limit", "union", "except", "intersect", NULL};
	return l->i >= l->token.n || sign(l, 0, ")") || (ahead(l, 0)->kind == TOKEN_NAME && among(ahead(l, 0)->text, words));
}

static Operand selected(Look *l) {
	Operand o = {0};
	size_t n = 0;
	do {
		if (take_sign(l, "*")) {
			o = (Operand){.open = true};
			continue;
		}
		Operand next = expression(l);
		o = n++ ? (Operand){.open = true} : next;
		l->i += take_named(l, "as") || (ahead(l, 0)->kind == TOKEN_NAME && !named(l, 0, "from") && !clause(l));
	} while (take_sign(l, ","));
	return o;
}

static void sources(Look *l) {
	while (!clause(l)) {
		if (take_named(l, "on"))
			question(l);
		else if (take_sign(l, "("))
			bracket(l);
		else
			l->i++;
	}
}

/* group by, order by and limit: lists of expressions. */
static void ordered(Look *l) {
	static const char *const tail[] = {"asc", "desc", "nulls", "first", "last", "offset", NULL};
	take_named(l, "by");
	do {
		expression(l);
		while (ahead(l, 0)->kind == TOKEN_NAME && among(ahead(l, 0)->text, tail))
			if (take_named(l, "offset"))
				expression(l);
			else
				l->i++;
	} while (take_sign(l, ","));
}

static Operand selection(Look *l) {
	int at = ahead(l, 0)->at;
	l->i++;
	if (!take_named(l, "distinct"))
		take_named(l, "all");
	Operand o = selected(l);
	if (take_named(l, "from"))
		sources(l);
	while (l->i < l->token.n && !sign(l, 0, ")")) {
		if (take_named(l, "where") || take_named(l, "having")) {
			question(l);
		} else if (take_named(l, "group") || take_named(l, "order") || take_named(l, "limit")) {
			ordered(l);
		} else {
			l->i++;
			take_named(l, "all");
			Operand more = named(l, 0, "select") ? selection(l) : lost(l);
			o = both(o, &more);
		}
	}
	o.at = at;
	return o;
}

/* Under a collation other than the plain one texts are equal that differ. */
static bool collated(const Look *l) {
	for (size_t i = 0; i < l->token.n; i++)
		if (str_is_nocase(cond_token(&l->token, i)->text, "collate"))
			return true;
	return false;
}

size_t cond_lint(Arena *a, const Track *t, const char *where, CondFinding *out) {
	Look l = {.arena = a, .track = t, .out = out};
	Err ignored = {0};
	int offset;
	if (cond_translate(a, t, where, &l.cond, &offset, &ignored) == 0 && cond_tokenize(where, &l.token, &offset, &ignored) == 0 &&
	    !collated(&l)) {
		question(&l);
		if (!l.form && !l.cond.table_n && l.i >= l.token.n)
			lint_report(&l, 0, "this looks at nothing of the form, and so says the same of each; name a field");
	}
	vec_free(&l.token);
	return l.n;
}
