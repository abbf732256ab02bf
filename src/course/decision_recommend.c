/* The recommended list comes back: who goes on, and who does not.  What differs from the proposal wants a reason, and no track
 * gets more than its quota.  Refuses what arrived after the round closed, whenever it is read. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "course/recommend.h"

static const Choice choices[] = {
	{"decide.recommend", "recommend", "", false},
	{"decide.not_recommend", "not_recommend", "", false},
};
/* The same where the round ends in the list of the final: these events are told to those they concern, as the rules say. */
static const Choice told[] = {
	{"decide.recommend", "shortlisted", "", false},
	{"decide.not_recommend", "eliminated", "", false},
};

/* One track of a round, ranked; kept while rows of it come. */
typedef struct {
	const Round *round;
	const char *track;
	Ranked *row;
	size_t n;
} Ranks;

typedef struct {
	const Ranks *ranks;
	const char *state; /* after it */
	bool passes;
} Found;

static Ranks *ranks_of(RowCheck *c, const Round *r, const char *track, Err *e) {
	Ranks *k = c->ranks;
	if (k && k->round == r && !strcmp(k->track, track))
		return k;
	k = ARENA_NEW(c->a, Ranks);
	k->round = r;
	k->track = track;
	if (ranking_read(c->w->store, r, c->a, track, &k->row, &k->n, e) < 0)
		return NULL;
	c->ranks = k;
	return k;
}

/* Neither does what is proposed, nor says why. */
static bool unreasoned(const RowCheck *c, const Ranks *k, bool passes) {
	if (*c->d->reason)
		return false;
	for (size_t i = 0; i < k->n; i++)
		if (!strcmp(k->row[i].number, c->d->seal.ref)) {
			Proposed p = recommend_proposed(k->round, k->row, k->n, i);
			return p == PROPOSED_TIE || (p == PROPOSED) != passes;
		}
	return true;
}

static int check_entry(RowCheck *c, const Round *r, const EntryRow *en, Err *e) {
	Decided *d = c->d;
	EventRow *ev;
	size_t n;
	Found *f = d->found = ARENA_NEW(c->a, Found);
	if (store_entry_events(c->w->store, c->a, en->number, &ev, &n, e) < 0 || !(f->ranks = ranks_of(c, r, en->track, e)))
		return -1;
	bool open = !strcmp(en->state, r->from), decided = !strcmp(en->state, r->passed) || !strcmp(en->state, r->failed);
	d->about = arena_fmt(c->a, "%s  %s", en->title, en->org);
	d->now = row_say(c, arena_fmt(c->a, "state.%s", en->state));
	d->version = (int64_t)n;
	if (!row_choice(c)) {
		d->again &= open || decided;
		return 0;
	}
	f->passes = d->choice == &choices[0];
	f->state = f->passes ? r->passed : r->failed;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (!strcmp(told[i].event, f->state))
			d->choice = &told[i];
	if (!row_fresh(c, !strcmp(en->state, f->state), open || decided))
		return 0;
	if (c->at > r->phase->closes)
		row_fail(c, words_fill(c->w->rules, c->a, "experts.list_closed", "round", r->name, "closes",
		                       words_moment(c->w->rules, c->a, r->phase->closes), NULL), false);
	else if (!open && !decided)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.wrong_state", "state", d->now, NULL), false);
	else if (decided)
		row_want_reason(c, d->now);
	else if (unreasoned(c, f->ranks, f->passes))
		row_fail(c, words_fill(c->w->rules, c->a, "experts.no_reason", "choice", row_say(c, d->choice->word), NULL), true);
	return 0;
}

static int check(RowCheck *c, Err *e) {
	EntryRow en;
	Decided *d = c->d;
	const Round *r = rules_round(c->w->rules, d->seal.round);
	if (r == &c->w->rules->formal) /* decided one by one, by its own kind of row */
		r = NULL;
	int found = r ? store_entry_get(c->w->store, c->a, d->seal.ref, &en, e) : 0;
	d->ref = d->seal.ref;
	if (found > 0)
		return check_entry(c, r, &en, e);
	row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", d->seal.ref, NULL), false);
	return found;
}

/* ---- the quota */

static const Found *good_of(const Decided *d) {
	return d->kind == &decide_recommend && d->fate == ROW_GOOD ? d->found : NULL;
}

static bool same_list(const Ranks *p, const Ranks *q) {
	return p->round == q->round && !strcmp(p->track, q->track);
}

/* How many of the track would have passed: those the rows decide, and of the others who has. */
static size_t passed(const Decisions *all, const Ranks *k) {
	size_t n = 0;
	for (size_t i = 0; i < k->n; i++)
		n += !strcmp(k->row[i].state, k->round->passed);
	for (size_t i = 0; i < all->n; i++) {
		const Found *f = good_of(&all->row[i]);
		if (!f || !same_list(f->ranks, k))
			continue;
		bool has = false;
		for (size_t j = 0; j < k->n; j++)
			has |= !strcmp(k->row[j].number, all->row[i].seal.ref) && !strcmp(k->row[j].state, k->round->passed);
		n = n + f->passes - has;
	}
	return n;
}

static int together(RowCheck *c, Decisions *all, Err *e) {
	(void)e;
	for (size_t i = 0; i < all->n; i++) {
		const Found *f = good_of(&all->row[i]);
		size_t quota = f ? ranking_quota(f->ranks->round, f->ranks->n) : 0;
		if (!f || passed(all, f->ranks) <= quota)
			continue;
		const Ranks *k = f->ranks;
		const char *says = words_fill(c->w->rules, c->a, "experts.over_quota", "track", k->track, "quota",
		                              arena_fmt(c->a, "%zu", quota), "n", arena_fmt(c->a, "%zu", passed(all, k)), NULL);
		for (size_t j = 0; j < all->n; j++) {
			const Found *g = good_of(&all->row[j]);
			c->d = &all->row[j];
			if (g && g->passes && same_list(g->ranks, k))
				row_fail(c, says, true);
		}
	}
	return 0;
}

/* ---- doing it */

static int apply(const Doing *g, Decided *d, Err *e) {
	const Found *f = d->found;
	EventRow ev = {.at = g->w->env->now, .event = f->state, .by = g->by, .detail = d->reason, .state = f->state};
	log_info("%s: %s by %s", d->ref, f->state, g->by);
	d->says = words_fill(g->w->rules, g->a, "decide.done_state", "state",
	                     words(g->w->rules, arena_fmt(g->a, "state.%s", f->state)), NULL);
	return store_event_add(g->w->store, d->ref, &ev, e);
}

const DecisionKind decide_recommend = {.kind = "recommend", .choice = choices, .choice_n = sizeof choices / sizeof *choices,
                                       .check = check, .together = together, .apply = apply};
