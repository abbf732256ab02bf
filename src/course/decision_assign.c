/* Who scores what comes back from the secretariat: what stands in the row from then on holds.  Nobody is assigned against a
 * conflict, and nobody who has scored already is taken off. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "course/panel.h"

typedef struct {
	const Panel *panel;
	const Expert *x[ROUND_MAX_EXPERTS];
	size_t n;
} Seats;

static void fail(RowCheck *c, const char *key, const char *expert) {
	row_fail(c, words_fill(c->w->rules, c->a, key, "expert", text_cut(c->a, expert, 40), NULL), true);
}

static bool seated(const Seats *s, const char *code) {
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->x[i]->code, code))
			return true;
	return false;
}

static void take_seat(RowCheck *c, const Panel *p, const EntryRow *en, const char *name, Seats *s) {
	const Expert *x = expert_named(c->a, p->expert, p->expert_n, name);
	const char *conflict = x ? expert_conflict(c->w->rules, c->a, x, en) : NULL;
	if (!x)
		fail(c, "experts.unknown", name);
	else if (seated(s, x->code))
		fail(c, "experts.seat_twice", name);
	else if (conflict && !panel_has(p, en->number, x->code))
		row_fail(c, words_fill(c->w->rules, c->a, "experts.conflict", "expert", x->label, "why", row_say(c, conflict), NULL),
		         true);
	else
		s->x[s->n++] = x;
}

/* The experts of the row; false when it has failed. */
static bool take_seats(RowCheck *c, const Panel *p, const EntryRow *en, Seats *s) {
	s->n = 0;
	for (int64_t i = 0; i < p->round->experts && c->d->fate != ROW_FAILED; i++) {
		const char *n = arena_fmt(c->a, "%lld", (long long)i + 1);
		const char *name = row_open(c->d->row, c->a, words_fill(c->w->rules, c->a, "experts.col_seat", "n", n, NULL));
		if (*text_key(c->a, name))
			take_seat(c, p, en, name, s);
	}
	if (c->d->fate != ROW_FAILED && !s->n)
		row_fail(c, row_say(c, "experts.nobody"), true);
	return c->d->fate != ROW_FAILED;
}

/* Who is taken off must not have scored. */
static int keep_scored(RowCheck *c, const Panel *p, const Seats *s, Err *e) {
	for (size_t i = 0; i < p->assign_n; i++) {
		RecordRow score;
		const RecordRow *r = &p->assign[i];
		if (strcmp(r->ref, c->d->seal.ref) != 0 || strcmp(r->state, "assigned") != 0 || seated(s, r->who))
			continue;
		int found = store_record_get(c->w->store, c->a, "score", p->round->id, r->ref, r->who, &score, e);
		if (found < 0)
			return -1;
		const Expert *x = expert_of(p->expert, p->expert_n, r->who);
		if (found && !strcmp(score.state, "given"))
			fail(c, "experts.scored_already", x ? x->label : r->who);
	}
	return 0;
}

static bool as_before(const Panel *p, const char *number, const Seats *s) {
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (!panel_has(p, number, s->x[i]->code))
			return false;
	for (size_t i = 0; i < p->assign_n; i++)
		n += !strcmp(p->assign[i].ref, number) && !strcmp(p->assign[i].state, "assigned");
	return n == s->n;
}

/* The entry of the row; NULL: the row has failed, or *rc is -1. */
static const EntryRow *row_entry(RowCheck *c, Panel **p, int *rc, Err *e) {
	Decided *d = c->d;
	const Round *r = rules_round(c->w->rules, d->seal.round);
	*rc = 0;
	d->ref = d->seal.ref;
	if (!r) {
		row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", d->seal.round, NULL), false);
		return NULL;
	}
	*p = panel_keep(c->w, c->a, r, &c->panel, e);
	const EntryRow *en = *p ? panel_entry(*p, d->seal.ref) : NULL;
	if (!*p)
		*rc = -1;
	else if (!en)
		row_fail(c, words_fill(c->w->rules, c->a, "experts.not_in_round", "round", r->name, NULL), false);
	return en;
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	Panel *p;
	Seats *s = d->found = ARENA_NEW(c->a, Seats);
	int rc;
	const EntryRow *en = row_entry(c, &p, &rc, e);
	if (!en)
		return rc;
	s->panel = p;
	d->about = arena_fmt(c->a, "%s  %s", en->title, en->org);
	d->version = panel_version(p, en->number);
	d->now = row_say(c, d->version ? "experts.assigned" : "experts.not_assigned");
	if (!take_seats(c, p, en, s) || !row_fresh(c, d->version && as_before(p, en->number, s), true))
		return 0;
	return keep_scored(c, p, s, e);
}

static int set_seats(const Doing *g, const Panel *p, const char *number, const Seats *s, Err *e) {
	for (size_t i = 0; i < p->assign_n; i++) {
		const RecordRow *r = &p->assign[i];
		bool out = !strcmp(r->ref, number) && !strcmp(r->state, "assigned") && !seated(s, r->who);
		if (out && panel_assign(p, number, r->who, "released", g->by, "", e) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->n; i++)
		if (!panel_has(p, number, s->x[i]->code) && panel_assign(p, number, s->x[i]->code, "assigned", g->by, "", e) < 0)
			return -1;
	return 0;
}

static int apply(const Doing *g, Decided *d, Err *e) {
	const Seats *s = d->found;
	Buf b = {0};
	for (size_t i = 0; i < s->n; i++)
		buf_fmt(&b, "%s%s", i ? words(g->w->rules, "decide.or") : "", s->x[i]->label);
	d->says = words_fill(g->w->rules, g->a, "experts.done_assigned", "experts", buf_cstr(&b), NULL);
	buf_free(&b);
	log_info("%s: %zu experts by %s", d->ref, s->n, g->by);
	return set_seats(g, s->panel, d->ref, s, e);
}

/* Everybody for whom something changed gets a sheet as it is now. */
static int sheets(const Doing *g, const Round *r, Err *e) {
	Panel p;
	if (panel_read(g->w, g->a, r, &p, e) < 0)
		return -1;
	for (size_t k = 0; k < p.expert_n; k++) {
		bool touched = false;
		for (size_t i = 0; i < p.assign_n; i++)
			touched |= p.assign[i].at == g->w->env->now && !strcmp(p.assign[i].who, p.expert[k].code);
		if (touched && panel_sheet(&p, &p.expert[k], e) < 0)
			return -1;
	}
	return 0;
}

static int after(const Doing *g, const Decisions *all, Err *e) {
	const Round *round;
	for (size_t r = 0; (round = rules_work(g->w->rules, r)) != NULL; r++) {
		bool any = false;
		for (size_t i = 0; i < all->n; i++)
			any |= all->row[i].kind == &decide_assign && all->row[i].fate == ROW_GOOD &&
			       !strcmp(all->row[i].seal.round, round->id);
		if (any && sheets(g, round, e) < 0)
			return -1;
	}
	return 0;
}

const DecisionKind decide_assign = {.kind = "assign", .check = check, .apply = apply, .after = after};
