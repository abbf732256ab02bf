/* The list of awards, row by row as it came back.  Refuses an award for one who is not in the final, more of an award than the
 * rules have, one of a tie without a word about the other, and what departs from rank and quota without a reason.  When every
 * finalist is decided on, the list is proposed. */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "course/awards.h"
#include "course/decision_inner.h"
#include "store/record.h"

static const char *award_text(const World *w, const char *award) {
	return !award ? words(w->rules, "award.open") : *award ? award : words(w->rules, "award.none");
}

static const char *open_of(const World *w, Arena *a, const Decided *d, const char *key) {
	return text_tidy(a, row_open(d->row, a, words(w->rules, key)));
}

/* "" for none, NULL when it is no award. */
static const char *award_of(const World *w, Arena *a, const Decided *d) {
	const char *said = open_of(w, a, d, "award.col_award");
	const Award *award = awards_find(w->rules, a, said);
	if (award)
		return award->name;
	return !strcmp(text_key(a, said), text_key(a, words(w->rules, "award.none"))) ? "" : NULL;
}

static const char *names(const World *w, Arena *a) {
	const char *all = words(w->rules, "award.none");
	for (size_t i = w->rules->award_n; i-- > 0;)
		all = arena_fmt(a, "%s%s%s", w->rules->award[i].name, words(w->rules, "decide.or"), all);
	return all;
}

static bool may_win(const char *state) {
	return !strcmp(state, "shortlisted") || !strcmp(state, "awarded") || !strcmp(state, "unplaced");
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	EntryRow en;
	RecordRow stands;
	const Rules *r = c->w->rules;
	int found = store_entry_get(c->w->store, c->a, d->seal.ref, &en, e);
	if (found < 0 || store_record_get(c->w->store, c->a, "award", "", d->seal.ref, "", &stands, e) < 0)
		return -1;
	d->ref = d->seal.ref;
	if (!found) {
		row_fail(c, words_fill(r, c->a, "decide.gone", "ref", d->seal.ref, NULL), false);
		return 0;
	}
	const char *now = !stands.version ? NULL : strcmp(stands.state, AWARDS_NONE) ? stands.state : "";
	const char *want = award_of(c->w, c->a, d);
	d->about = arena_fmt(c->a, "%s  %s", en.title, en.org);
	d->now = award_text(c->w, now);
	d->version = stands.version;
	d->reason = open_of(c->w, c->a, d, "award.col_reason");
	if (!may_win(en.state))
		row_fail(c, words_fill(r, c->a, "award.no_finalist", "state", row_say(c, arena_fmt(c->a, "state.%s", en.state)), NULL),
		         false);
	else if (!want)
		row_fail(c, words_fill(r, c->a, "award.unknown", "found",
		                       text_cut(c->a, open_of(c->w, c->a, d, "award.col_award"), 40), "choices", names(c->w, c->a),
		                       NULL), true);
	else if (text_chars(d->reason) > DECISION_REASON_CHARS)
		row_fail(c, words_fill(r, c->a, "decide.reason_long", "chars", arena_fmt(c->a, "%zu", text_chars(d->reason)), "max",
		                       arena_fmt(c->a, "%d", DECISION_REASON_CHARS), NULL), true);
	else if (row_fresh(c, now && !strcmp(now, want), true))
		d->fate = ROW_GOOD;
	return 0;
}

/* ---- all rows together */

typedef struct {
	const Finalist *f;
	const char *award; /* as it would be; NULL: open */
	Decided *row;      /* what says so; NULL: it stands */
} Would;

static Decided *good_row(const Decisions *all, const char *number) {
	for (size_t i = 0; i < all->n; i++) {
		Decided *d = &all->row[i];
		if (d->kind == &decide_award && d->fate == ROW_GOOD && !strcmp(d->seal.ref, number))
			return d;
	}
	return NULL;
}

static void fail(RowCheck *c, Would *x, const char *says) {
	c->d = x->row;
	row_fail(c, says, true);
	x->award = x->f->award;
	x->row = NULL;
}

static int64_t count(const Would *x, size_t n, const char *award, const char *track) {
	int64_t k = 0;
	for (size_t i = 0; i < n; i++)
		k += x[i].f->final && x[i].award && !strcmp(x[i].award, award) && (!track || !strcmp(x[i].f->entry.track, track));
	return k;
}

/* Of too many the last in rank come back. */
static void hold_quota(RowCheck *c, Would *x, size_t n, const Award *award, const char *track, int64_t quota) {
	const Rules *r = c->w->rules;
	for (size_t i = n; i-- > 0 && count(x, n, award->name, track) > quota;)
		if (x[i].row && x[i].award && !strcmp(x[i].award, award->name) &&
		    (!track || !strcmp(x[i].f->entry.track, track)))
			fail(c, &x[i], words_fill(r, c->a, "award.over_quota", "award", award->name, "quota",
			                          arena_fmt(c->a, "%lld", (long long)quota), "track",
			                          track && rules_track(r, track) ? rules_track(r, track)->name : "", NULL));
}

static void hold_quotas(RowCheck *c, Would *x, size_t n) {
	const Rules *r = c->w->rules;
	for (size_t i = 0; i < r->award_n; i++) {
		const Award *award = &r->award[i];
		if (award->quota >= 0)
			hold_quota(c, x, n, award, NULL, award->quota);
		for (size_t t = 0; award->per_track >= 0 && t < r->track_n; t++)
			hold_quota(c, x, n, award, r->track[t].code, award->per_track);
	}
}

static bool tied_together(const Would *x, const Would *y, bool by_track) {
	return x->f->rank && x->f->rank == y->f->rank && (!by_track || !strcmp(x->f->entry.track, y->f->entry.track));
}

/* Who is tied with another and gets something else needs a reason at one of the two. */
static void hold_ties(RowCheck *c, Would *x, size_t n) {
	bool by_track = awards_by_track(c->w->rules);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n && x[i].row; k++) {
			bool cut = k != i && tied_together(&x[i], &x[k], by_track) && x[i].award && x[k].award &&
			           strcmp(x[i].award, x[k].award);
			if (cut && !*x[i].row->reason && !(x[k].row && *x[k].row->reason))
				fail(c, &x[i], words_fill(c->w->rules, c->a, "award.tie_cut", "other", x[k].f->entry.number, "award",
				                          award_text(c->w, x[k].award), NULL));
		}
}

static void want_reasons(RowCheck *c, Would *x, size_t n) {
	for (size_t i = 0; i < n; i++) {
		const Finalist *f = x[i].f;
		const char *expected = f->award ? f->award : f->proposal;
		if (x[i].row && expected && strcmp(expected, x[i].award) && !*x[i].row->reason)
			fail(c, &x[i], words_fill(c->w->rules, c->a, "award.no_reason", "proposal", award_text(c->w, expected), NULL));
	}
}

static size_t good_rows(const Would *x, size_t n) {
	size_t good = 0;
	for (size_t i = 0; i < n; i++)
		good += x[i].row != NULL;
	return good;
}

/* A row that falls leaves its entry the award it has, which may be one too many by then, or part a tie: until none falls. */
static int together(RowCheck *c, Decisions *all, Err *e) {
	Finalist *f;
	size_t n, good;
	if (awards_finalists(c->w, c->a, &f, &n, e) < 0)
		return -1;
	Would *x = arena_array(c->a, n + 1, sizeof *x);
	for (size_t i = 0; i < n; i++) {
		Decided *row = good_row(all, f[i].entry.number);
		x[i] = (Would){&f[i], row ? award_of(c->w, c->a, row) : f[i].award, row};
	}
	want_reasons(c, x, n);
	do {
		good = good_rows(x, n);
		hold_ties(c, x, n);
		hold_quotas(c, x, n);
	} while (good_rows(x, n) < good);
	return 0;
}

/* ---- doing it */

static int apply(const Doing *g, Decided *d, Err *e) {
	const char *award = award_of(g->w, g->a, d);
	RecordRow r = {.kind = "award", .round = "", .ref = d->seal.ref, .who = "", .at = g->w->env->now,
	               .state = *award ? award : AWARDS_NONE, .data = "", .by = g->by, .addr = "", .detail = d->reason};
	if (store_record_add(g->w->store, &r, e) < 0)
		return -1;
	d->says = words_fill(g->w->rules, g->a, "award.done", "award", award_text(g->w, award), NULL);
	log_info("%s: %s by %s", d->seal.ref, r.state, g->by);
	return 0;
}

static int after(const Doing *g, const Decisions *all, Err *e) {
	(void)all;
	return awards_decided(g->w, g->a, g->by, e);
}

const DecisionKind decide_award = {.kind = "award", .check = check, .together = together, .apply = apply, .after = after};
