/* From a workbook that came back to rows that may be done, and to what was done.  Refuses a row whose seal is broken, or that
 * was sealed for somebody else, before it looks at anything else in it; what a row means is for its kind to know. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "course/decision_inner.h"

/* ---- words */

const char *row_say(const RowCheck *c, const char *key) {
	return words(c->w->rules, key);
}

void row_fail(const RowCheck *c, const char *says, bool again) {
	c->d->fate = ROW_FAILED;
	c->d->says = says;
	c->d->again = again;
}

const char *decision_kind(const World *w, Arena *a, const Decided *d) {
	return d->kind ? words(w->rules, arena_fmt(a, "decide.kind_%s", d->kind->kind)) : "";
}

const char *decision_choices(const World *w, Arena *a, const DecisionKind *k, const char *between) {
	Buf b = {0};
	for (size_t i = 0; i < k->choice_n; i++)
		buf_fmt(&b, "%s%s", i ? between : "", words(w->rules, k->choice[i].word));
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static const char *choices_text(const RowCheck *c) {
	return decision_choices(c->w, c->a, c->d->kind, row_say(c, "decide.or"));
}

const char *decision_word(const World *w, const char *event) {
	for (size_t k = 0; decision_kinds[k]; k++)
		for (size_t i = 0; i < decision_kinds[k]->choice_n; i++)
			if (!strcmp(decision_kinds[k]->choice[i].event, event))
				return words(w->rules, decision_kinds[k]->choice[i].word);
	return event;
}

/* ---- one row */

static const Choice *choice_of(const RowCheck *c) {
	const DecisionKind *k = c->d->kind;
	const char *key = text_key(c->a, c->d->row->decision);
	for (size_t i = 0; i < k->choice_n; i++)
		if (!strcmp(key, text_key(c->a, row_say(c, k->choice[i].word))))
			return &k->choice[i];
	return NULL;
}

bool row_choice(RowCheck *c) {
	Decided *d = c->d;
	const Rules *r = c->w->rules;
	d->choice = choice_of(c);
	d->reason = text_tidy(c->a, d->row->reason);
	size_t chars = text_chars(d->reason);
	if (!str_trim(str_of(d->row->decision)).n)
		row_fail(c, words_fill(r, c->a, "decide.no_choice", "choices", choices_text(c), NULL), true);
	else if (!d->choice)
		row_fail(c, words_fill(r, c->a, "decide.unknown_choice", "found", text_cut(c->a, d->row->decision, 40), "choices",
		                   choices_text(c), NULL), true);
	else if (chars > DECISION_REASON_CHARS)
		row_fail(c, words_fill(r, c->a, "decide.reason_long", "chars", arena_fmt(c->a, "%zu", chars), "max",
		                   arena_fmt(c->a, "%d", DECISION_REASON_CHARS), NULL), true);
	else if (d->choice->needs_reason && !*d->reason)
		row_fail(c, words_fill(r, c->a, "decide.no_reason", "choice", row_say(c, d->choice->word), NULL), true);
	return d->fate != ROW_FAILED;
}

bool row_fresh(RowCheck *c, bool stands, bool open) {
	Decided *d = c->d;
	if (stands) {
		d->fate = ROW_ALREADY;
		d->says = row_say(c, "decide.already");
		return false;
	}
	if (d->version == d->seal.version)
		return true;
	row_fail(c, words_fill(c->w->rules, c->a, "decide.stale", "state", d->now, NULL), open);
	return false;
}

void row_want_reason(RowCheck *c, const char *before) {
	if (!*c->d->reason)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.no_reason_now", "before", before, "choice",
		                   row_say(c, c->d->choice->word), NULL), true);
}

static const OpenCell *open_cell(const DecisionRow *r, Arena *a, const char *heading) {
	const char *key = text_key(a, heading);
	for (size_t i = 0; i < r->open_n; i++)
		if (!strcmp(text_key(a, r->open[i].heading), key))
			return &r->open[i];
	return NULL;
}

const char *row_open_place(const DecisionRow *r, Arena *a, const char *heading) {
	const OpenCell *c = open_cell(r, a, heading);
	return arena_fmt(a, "%s!%s", r->sheet, c && *c->cell ? c->cell : r->cell);
}

const char *row_open(const DecisionRow *r, Arena *a, const char *heading) {
	const OpenCell *c = open_cell(r, a, heading);
	return c ? c->value : "";
}

/* ---- all of them */

static int check_row(RowCheck *c, const DecisionBook *book, Err *e) {
	Decided *d = c->d;
	const char *edition = c->w->rules->edition;
	d->sealed = seal_check(c->a, &c->key, d->row->token, &d->seal) == 0;
	if (!d->sealed) {
		row_fail(c, row_say(c, "decide.bad_seal"), false);
		return 0;
	}
	if (*book->edition && strcmp(book->edition, edition) != 0) {
		row_fail(c, words_fill(c->w->rules, c->a, "decide.other_edition", "found", text_cut(c->a, book->edition, 40), "want",
		                   edition, NULL), false);
		return 0;
	}
	d->kind = decision_kind_find(d->seal.kind);
	if (!d->kind || strcmp(d->seal.role, c->role) != 0) {
		row_fail(c, row_say(c, "decide.not_yours"), false);
		return 0;
	}
	return d->kind->check(c, e);
}

/* What is chosen for one thing is one decision, whatever its kind; what is entered in open columns, and a message, is one of
 * each kind. */
static bool chosen(const Decided *d) {
	return !d->seq && d->kind->choice_n;
}

static bool same_subject(const Decided *x, const Decided *y) {
	bool same = !strcmp(x->seal.kind, y->seal.kind) && !strcmp(x->seal.round, y->seal.round);
	return !strcmp(x->seal.ref, y->seal.ref) && ((chosen(x) && chosen(y)) || same);
}

static int by_subject(const void *a, const void *b) {
	const Decided *x = *(Decided *const *)a, *y = *(Decided *const *)b;
	int c = strcmp(x->seal.ref, y->seal.ref);
	if (c == 0 && chosen(x) != chosen(y))
		c = chosen(x) ? -1 : 1;
	if (c == 0 && !chosen(x))
		c = strcmp(x->seal.kind, y->seal.kind);
	if (c == 0 && !chosen(x))
		c = strcmp(x->seal.round, y->seal.round);
	return c ? c : (x > y) - (x < y);
}

static bool same_entered(const DecisionRow *x, const DecisionRow *y) {
	bool same = x->open_n == y->open_n;
	for (size_t i = 0; same && i < x->open_n; i++)
		same = !strcmp(x->open[i].heading, y->open[i].heading) && !strcmp(x->open[i].value, y->open[i].value);
	return same;
}

/* One thing decided twice in what came back: the same counts once; what differs is a question to ask. */
static void settle_twice(RowCheck *c, Decided **of, size_t n) {
	bool differs = false;
	const char *why = of[0]->reason; /* of the first that says one: somebody is told it */
	for (size_t i = 1; i < n; i++) {
		differs |= of[i]->choice != of[0]->choice || !same_entered(of[i]->row, of[0]->row) ||
		           (*why && *of[i]->reason && strcmp(of[i]->reason, why) != 0);
		why = *why ? why : of[i]->reason;
	}
	for (size_t i = differs ? 0 : 1; i < n; i++) {
		c->d = of[i];
		if (differs) {
			row_fail(c, row_say(c, "decide.twice"), true);
		} else {
			of[i]->fate = ROW_ALREADY;
			of[i]->says = row_say(c, "decide.already");
		}
	}
}

static void find_twice(RowCheck *c, Decisions *all) {
	Decided **good = arena_array(c->a, all->n + 1, sizeof(Decided *));
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].fate == ROW_GOOD)
			good[n++] = &all->row[i];
	qsort(good, n, sizeof *good, by_subject);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && same_subject(good[k], good[i]); k++)
			;
		if (k - i > 1)
			settle_twice(c, good + i, k - i);
	}
}

/* One of the kind is good, or was done. */
static bool any_done(const Decisions *all, const DecisionKind *k) {
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].kind == k && all->row[i].fate == ROW_GOOD)
			return true;
	return false;
}

int decisions_check(World *w, Arena *a, const char *role, const DecisionBook *book, size_t n, Decisions *out, Err *e) {
	return decisions_check_at(w, a, role, w->env->now, book, n, out, e);
}

int decisions_check_at(World *w, Arena *a, const char *role, int64_t at, const DecisionBook *book, size_t n, Decisions *out,
                       Err *e) {
	RowCheck c = {.w = w, .a = a, .role = role, .at = at};
	size_t all = 0;
	*out = (Decisions){0};
	if (seal_key(w->env->home, &c.key, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		all += book[i].row_n;
	out->row = arena_array(a, all + 1, sizeof *out->row);
	for (size_t i = 0; i < n; i++) {
		out->open += book[i].open;
		out->cut |= book[i].cut;
		for (size_t k = 0; k < book[i].row_n; k++) {
			c.d = &out->row[out->n++];
			*c.d = (Decided){.row = &book[i].row[k], .reason = "", .about = "", .ref = "", .now = "", .says = ""};
			if (check_row(&c, &book[i], e) < 0)
				return -1;
		}
	}
	find_twice(&c, out);
	for (size_t i = 0; decision_kinds[i]; i++)
		if (decision_kinds[i]->together && any_done(out, decision_kinds[i]) && decision_kinds[i]->together(&c, out, e) < 0)
			return -1;
	for (size_t i = 0; i < out->n; i++) {
		out->good += out->row[i].fate == ROW_GOOD;
		out->already += out->row[i].fate == ROW_ALREADY;
		out->failed += out->row[i].fate == ROW_FAILED;
	}
	return 0;
}

/* ---- doing them */

int decisions_apply(World *w, Arena *a, Decisions *all, const char *by, Err *e) {
	Doing g = {w, a, by};
	for (size_t i = 0; i < all->n; i++) {
		Decided *d = &all->row[i];
		if (d->fate == ROW_GOOD && d->kind->apply(&g, d, e) < 0)
			return -1;
	}
	for (size_t i = 0; decision_kinds[i]; i++)
		if (decision_kinds[i]->after && any_done(all, decision_kinds[i]) && decision_kinds[i]->after(&g, all, e) < 0)
			return -1;
	return notice_decisions(&g, all, e);
}
