/* Between a condition's words and its statement: finds each calculation, so that its result can be made what it is on paper.
 * In binary numbers 0.1 + 0.2 is not 0.3, and shares of 70.1, 29.8 and 0.1 are not 100.  Refuses nothing: what it does not
 * understand it leaves as it stands. */
#include "rules/condplain.h"

#include <string.h>

#include "rules/cond.h"

/* Operands joined by + - * / %, at one depth of brackets. */
typedef struct {
	size_t from;
	bool begun;
	bool whole;      /* an operand is complete, an operator may follow */
	bool calculates;
	bool kept;       /* it is not to be put between brackets */
} Chain;

typedef struct {
	unsigned char *open, *close;
	VEC(Chain) chain; /* the last one is in hand */
} Marks;

static Chain *in_hand(Marks *m) {
	return &m->chain.v[m->chain.n - 1];
}

static bool is_sign(const Token *w, const char *among) {
	return w->kind == TOKEN_SIGN && w->text.n == 1 && strchr(among, w->text.p[0]);
}

/* A function, or cast. */
static bool calls(const CondTokens *w, size_t i) {
	const Token *t = cond_token(w, i);
	return is_sign(cond_token(w, i + 1), "(") && (cond_function(t->text.p, t->text.n) || str_is_nocase(t->text, "cast"));
}

static bool named(const Token *w, const char *name) {
	return w->kind == TOKEN_NAME && str_is_nocase(w->text, name);
}

static void begin(Chain *c, size_t i) {
	if (!c->begun)
		c->from = i;
	c->begun = true;
}

/* What is in hand ends before word i. */
static void finish(Marks *m, size_t i) {
	Chain *c = in_hand(m);
	if (c->begun && c->whole && c->calculates && !c->kept) {
		m->open[c->from]++;
		m->close[i - 1]++;
	}
	*c = (Chain){0};
}

/* + - * / %, between two operands or before one. */
static void operator(Chain *c, const Token *w, size_t i) {
	if (c->whole) {
		c->calculates = true;
		c->whole = false;
	} else if (is_sign(w, "*")) { /* count(*) */
		begin(c, i);
		c->whole = c->kept = true;
	} else {
		begin(c, i);
	}
}

static void sign(Marks *m, const Token *w, size_t i) {
	Chain *c = in_hand(m);
	if (is_sign(w, "(")) {
		begin(c, i);
		*vec_push(&m->chain) = (Chain){0};
	} else if (is_sign(w, ")") && m->chain.n > 1) {
		finish(m, i);
		m->chain.n--;
		in_hand(m)->whole = true;
	} else if (is_sign(w, "+-*/%")) {
		operator(c, w, i);
	} else if (str_is(w->text, "||")) {
		c->kept = true;
		c->whole = false;
	} else {
		finish(m, i);
	}
}

static void keyword(Marks *m, const Token *w, size_t i) {
	Chain *c = in_hand(m);
	if ((named(w, "filter") || named(w, "over")) && c->whole) {
		c->kept = true; /* belongs to the function before it */
		return;
	}
	finish(m, i);
	if (named(w, "end") || named(w, "null"))
		*in_hand(m) = (Chain){.from = i, .begun = true, .whole = true, .kept = true};
}

void cond_calculations(const CondTokens *w, unsigned char *open, unsigned char *close) {
	Marks m = {.open = open, .close = close};
	*vec_push(&m.chain) = (Chain){0};
	for (size_t i = 0; i < w->n; i++) {
		const Token *t = cond_token(w, i);
		if (t->kind == TOKEN_SIGN) {
			sign(&m, t, i);
		} else if (t->kind == TOKEN_NAME && cond_keyword(t->text.p, t->text.n) && !calls(w, i)) {
			keyword(&m, t, i);
		} else {
			if (in_hand(&m)->whole)
				finish(&m, i);
			begin(in_hand(&m), i);
			in_hand(&m)->whole = true;
		}
	}
	finish(&m, w->n);
	vec_free(&m.chain);
}
