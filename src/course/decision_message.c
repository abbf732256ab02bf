/* Rulings on a message: one that came late, that looks like a duplicate, or that a person had to read. Its outcome stays; a
 * ruling that lets it in judges it again, with what was ruled on set aside. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "home/above.h"

static const Choice late_choices[] = {
	{"decide.take", "take", "", false},
	{"decide.refuse", "refuse", "", true},
};
static const Choice twin_choices[] = {
	{"decide.not_twin", "not_twin", "", false},
	{"decide.twin", "twin", "", false},
};
static const Choice read_choices[] = {{"decide.read", "read", "", false}};

/* ---- may it be done? */

typedef struct {
	RowCheck *c;
	bool found;
	const char *outcome, *entry; /* the numbers of its entries, or of the one that its files went to, "" */
} Seen;

static bool see(void *ctx, const LogRow *row) {
	Seen *s = ctx;
	Arena *a = s->c->a;
	Buf b = {0};
	s->found = true;
	s->outcome = arena_str(a, row->outcome);
	s->c->d->about = arena_fmt(a, "%s  %s", row->from_addr, row->subject);
	for (size_t i = 0; i < row->entry_n; i++)
		buf_fmt(&b, "%s%s", i ? " " : "", row->entry[i]);
	s->entry = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return false;
}

/* Does a ruling of that kind mean anything for it? */
static bool may_rule(const char *kind, const char *outcome) {
	if (!strcmp(kind, "read"))
		return true;
	return !strcmp(outcome, "late") || !strcmp(outcome, "duplicate") ||
	       (!strcmp(kind, "twin") && !strcmp(outcome, "accepted"));
}

static const RulingRow *last_of(const RulingRow *r, size_t n, const char *kind) {
	while (n > 0)
		if (!strcmp(r[--n].kind, kind))
			return &r[n];
	return NULL;
}

static int check_ruled(RowCheck *c, const Seen *s, const RulingRow *r, size_t n) {
	Decided *d = c->d;
	const RulingRow *before = last_of(r, n, d->seal.kind);
	bool open = may_rule(d->seal.kind, s->outcome);
	bool taken = before && (!strcmp(before->decision, "take") || !strcmp(before->decision, "not_twin"));
	bool entered = *s->entry && (taken || strcmp(s->outcome, "accepted") != 0) && strcmp(d->seal.kind, "read") != 0;
	d->now = n ? decision_word(c->w, r[n - 1].decision) : row_say(c, arena_fmt(c->a, "outcome.%s", s->outcome));
	d->version = (int64_t)n;
	if (!row_choice(c)) {
		d->again &= open && !entered;
		return 0;
	}
	if (!row_fresh(c, before && !strcmp(before->decision, d->choice->event), open && !entered))
		return 0;
	if (entered) /* what is accepted stays */
		row_fail(c, words_fill(c->w->rules, c->a, "decide.entered", "number", s->entry, NULL), false);
	else if (!open)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.wrong_state", "state", d->now, NULL), false);
	else if (before)
		row_want_reason(c, decision_word(c->w, before->decision));
	return 0;
}

/* What the seal names, by its hash or by its order: 1 and *seq; 0, -1. */
static int find_message(const RowCheck *c, const char *ref, int64_t *seq, Err *e) {
	Hash h;
	if (str_starts(str_of(ref), DECISION_SEQ))
		return str_to_i64(str_of(ref + strlen(DECISION_SEQ)), 1, INT64_MAX, seq) == 0;
	return hash_parse(str_of(ref), &h) < 0 ? 0 : store_message_find(c->w->store, h, seq, e);
}

static int check_message(RowCheck *c, Err *e) {
	Decided *d = c->d;
	Seen s = {.c = c, .outcome = "", .entry = ""};
	RulingRow *r = NULL;
	size_t n = 0;
	int found = find_message(c, d->seal.ref, &d->seq, e);
	if (found > 0 && store_log_each(c->w->store, &(LogFilter){.since = WHEN_NONE, .seq = d->seq}, see, &s, e) < 0)
		return -1;
	if (found > 0 && store_ruling_list(c->w->store, c->a, d->seq, &r, &n, e) < 0)
		return -1;
	char *filed;
	int files = found > 0 && !*s.entry ? store_supplement_of(c->w->store, c->a, d->seq, &filed, e) : 0;
	if (found < 0 || files < 0)
		return -1;
	if (files)
		s.entry = filed;
	if (!found || !s.found || !*s.outcome) {
		row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", text_cut(c->a, d->seal.ref, 12), NULL), false);
		return 0;
	}
	return check_ruled(c, &s, r, n);
}

/* ---- doing it */

/* What stands set aside for the message, by its last rulings. */
static int aside_of(const Doing *g, int64_t seq, unsigned *aside, Err *e) {
	int late = store_ruling_stands(g->w->store, seq, "late", "take", e);
	int twin = late < 0 ? -1 : store_ruling_stands(g->w->store, seq, "twin", "not_twin", e);
	*aside = (late > 0 ? ASIDE_DEADLINE : 0u) | (twin > 0 ? ASIDE_TWIN : 0u);
	return twin < 0 ? -1 : 0;
}

/* The new entries say who let them in. */
static int tell_entries(const Doing *g, const Decided *d, const Again *again, Err *e) {
	EventRow ev = {.at = g->w->env->now, .event = d->choice->event, .by = g->by, .detail = d->reason, .state = ""};
	for (size_t i = 0; i < again->number_n; i++)
		if (store_event_add(g->w->store, again->number[i], &ev, e) < 0)
			return -1;
	return 0;
}

static const char *numbers(const Doing *g, const Again *again) {
	Buf b = {0};
	for (size_t i = 0; i < again->number_n; i++)
		buf_fmt(&b, "%s%s", i ? words(g->w->rules, "decide.or") : "", again->number[i]);
	const char *text = arena_str(g->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

/* What came of it, in words; and the next question about it, where there is one. */
static int after_again(const Doing *g, Decided *d, const Again *again, Err *e) {
	const char *wanted = NULL;
	if (!again->read)
		d->says = words(g->w->rules, "decide.done_unread");
	else if (again->number_n)
		d->says = words_fill(g->w->rules, g->a, "decide.done_entered", "number", numbers(g, again), NULL);
	else if (again->outcome == OUTCOME_SUPPLEMENT)
		d->says = words(g->w->rules, "decide.done_supplement");
	else if (again->outcome == OUTCOME_REJECTED)
		d->says = words(g->w->rules, "decide.done_faults");
	else if (again->outcome == OUTCOME_NOT_ELIGIBLE)
		d->says = words(g->w->rules, "decide.done_not_eligible");
	else if (again->outcome == OUTCOME_LATE) {
		d->says = words(g->w->rules, "decide.done_still_late");
		wanted = "late";
	} else if (again->outcome == OUTCOME_DUPLICATE) {
		d->says = words(g->w->rules, "decide.done_still_twin");
		wanted = "twin";
	}
	return wanted && again->form >= 0 ? store_ruling_wanted(g->w->store, d->seq, wanted, again->form, g->w->env->now, e) : 0;
}

static int take_after_all(const Doing *g, Decided *d, Err *e) {
	MessageRow m;
	Again again;
	unsigned aside;
	if (store_message_get(g->w->store, g->a, d->seq, &m, e) <= 0 || aside_of(g, d->seq, &aside, e) < 0 ||
	    settle_again(g->w, g->a, &m, aside, &again, e) < 0 || tell_entries(g, d, &again, e) < 0)
		return -1;
	return after_again(g, d, &again, e);
}

static int decide_message(const Doing *g, Decided *d, Err *e) {
	RulingRow r = {.seq = d->seq, .at = g->w->env->now, .kind = d->seal.kind, .decision = d->choice->event,
	               .by = g->by, .reason = d->reason};
	if (store_ruling_add(g->w->store, &r, e) < 0)
		return -1;
	log_info("message %lld: %s by %s", (long long)d->seq, r.decision, g->by);
	d->says = words(g->w->rules, "decide.done_recorded");
	bool taken = !strcmp(r.decision, "take") || !strcmp(r.decision, "not_twin");
	return taken ? take_after_all(g, d, e) : 0;
}

int decision_take_late(const Doing *g, int64_t seq, const char *reason, const char **says, Err *e) {
	Decided d = {.seq = seq, .seal = {.kind = "late", .ref = ""}, .choice = &late_choices[0], .reason = reason};
	if (decide_message(g, &d, e) < 0)
		return -1;
	*says = d.says;
	return 0;
}

#define COUNT(x) (sizeof(x) / sizeof *(x))

const DecisionKind decide_late = {.kind = "late", .choice = late_choices, .choice_n = COUNT(late_choices),
                                  .check = check_message, .apply = decide_message};
const DecisionKind decide_twin = {.kind = "twin", .choice = twin_choices, .choice_n = COUNT(twin_choices),
                                  .check = check_message, .apply = decide_message};
const DecisionKind decide_read = {.kind = "read", .choice = read_choices, .choice_n = COUNT(read_choices),
                                  .check = check_message, .apply = decide_message};
