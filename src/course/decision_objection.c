/* Decisions on objections: upheld takes the award away and makes a new list, dismissed lets it stand.  Which entry one is about
 * may be said here, where the mail did not. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "course/awards.h"
#include "course/decision_inner.h"
#include "store/record.h"

static const Choice choices[] = {
	{"objection.upheld", "upheld", "", true},
	{"objection.dismissed", "dismissed", "", true},
};

/* The one of that number; 1, 0, -1. */
static int find(World *w, Arena *a, const char *ref, ObjectionRow *out, Err *e) {
	ObjectionRow *all;
	size_t n;
	int64_t id;
	if (store_objection_list(w->store, a, &all, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && str_to_i64(str_of(ref), 1, INT64_MAX, &id) == 0; i++)
		if (all[i].id == id) {
			*out = all[i];
			return 1;
		}
	return 0;
}

/* The entry it is about: as typed, else as the mail had it; NULL: what was typed is no number of ours. */
static const char *number_of(const World *w, Arena *a, const Decided *d, const ObjectionRow *o) {
	const char *typed = text_tidy(a, row_open(d->row, a, words(w->rules, "objection.col_number")));
	return *typed ? rules_find_number(w->rules, a, typed) : o->number;
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	ObjectionRow o;
	EntryRow en;
	int found = find(c->w, c->a, d->seal.ref, &o, e);
	if (found < 0)
		return -1;
	d->ref = words_fill(c->w->rules, c->a, "objection.no", "n", d->seal.ref, NULL);
	if (!found) {
		row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", d->ref, NULL), false);
		return 0;
	}
	d->version = *o.decision ? 1 : 0;
	d->now = row_say(c, *o.decision ? arena_fmt(c->a, "objection.%s", o.decision) : "objection.open");
	d->about = o.number;
	if (!row_choice(c) || !row_fresh(c, *o.decision && !strcmp(o.decision, d->choice->event), false))
		return 0;
	const char *number = number_of(c->w, c->a, d, &o);
	found = number && *number ? store_entry_get(c->w->store, c->a, number, &en, e) : 0;
	if (found < 0)
		return -1;
	if (!number || (*number && !found) || (!found && !strcmp(d->choice->event, "upheld")))
		row_fail(c, row_say(c, "objection.whose"), true);
	return 0;
}

/* The award goes; with the list that is proposed next, it is gone for all to see. */
static int take_away(const Doing *g, const Decided *d, const char *number, Err *e) {
	RecordRow r = {.kind = "award", .round = "", .ref = number, .who = "", .at = g->w->env->now, .state = AWARDS_NONE,
	               .data = "", .by = g->by, .addr = "", .detail = d->reason};
	return store_record_add(g->w->store, &r, e);
}

static int apply(const Doing *g, Decided *d, Err *e) {
	ObjectionRow o;
	if (find(g->w, g->a, d->seal.ref, &o, e) <= 0)
		return e->kind == ERR_NONE ? err_set(e, ERR_BUG, "objection %s is gone", d->seal.ref) : -1;
	const char *number = number_of(g->w, g->a, d, &o);
	bool upheld = !strcmp(d->choice->event, "upheld");
	o.number = number;
	o.decision = d->choice->event;
	o.ended = g->w->env->now;
	o.by = g->by;
	o.reason = d->reason;
	EventRow ev = {.at = o.ended, .event = upheld ? "objection_upheld" : "objection_dismissed", .by = g->by,
	               .detail = d->reason, .state = ""};
	if (store_objection_end(g->w->store, &o, e) < 0 || (upheld && take_away(g, d, number, e) < 0) ||
	    (*number && store_event_add(g->w->store, number, &ev, e) < 0))
		return -1;
	d->says = words(g->w->rules, upheld ? "objection.done_upheld" : "objection.done_dismissed");
	log_info("objection %s: %s by %s", d->seal.ref, o.decision, g->by);
	return 0;
}

static int after(const Doing *g, const Decisions *all, Err *e) {
	(void)all;
	return awards_decided(g->w, g->a, g->by, e);
}

const DecisionKind decide_objection = {.kind = "objection", .choice = choices, .choice_n = 2, .check = check, .apply = apply,
                                       .after = after};
