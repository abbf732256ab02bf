/* Decisions on an entry: eligibility, then the formal review. A decision is an event beside the entry, overturned by a later
 * one with a reason and never erased. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "home/outbox.h"
#include "store/record.h"

static const Choice eligibility[] = {
	{"decide.pass", "eligible", "eligible", false},
	{"decide.fail", "ineligible", "ineligible", true},
	{"decide.amend", "amend", "", true},
};
static const Choice formal[] = {
	{"decide.pass", "reviewed", "reviewed", false},
	{"decide.fail", "unfit", "unfit", true},
	{"decide.amend", "amend", "", true},
};

static bool same_amendment(const Decided *d, const EventRow *ev, size_t n) {
	return n && !*d->choice->state && !strcmp(ev[n - 1].event, d->choice->event) &&
	       !strcmp(ev[n - 1].detail, d->reason);
}

/* states: those in which it may be decided; the last two are what it decides between. */
static int check_entry(RowCheck *c, const char *const states[3], Err *e) {
	Decided *d = c->d;
	EntryRow en;
	EventRow *ev;
	size_t n;
	int found = store_entry_get(c->w->store, c->a, d->seal.ref, &en, e);
	if (found < 0 || store_entry_events(c->w->store, c->a, d->seal.ref, &ev, &n, e) < 0)
		return -1;
	d->ref = d->seal.ref;
	if (!found) {
		row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", d->seal.ref, NULL), false);
		return 0;
	}
	bool open = false;
	for (size_t i = 0; i < 3; i++)
		open |= !strcmp(en.state, states[i]);
	d->about = arena_fmt(c->a, "%s  %s", en.title, en.org);
	d->now = row_say(c, arena_fmt(c->a, "state.%s", en.state));
	d->version = (int64_t)n;
	if (!row_choice(c)) {
		d->again &= open;
		return 0;
	}
	if (!row_fresh(c, *d->choice->state ? !strcmp(en.state, d->choice->state) : same_amendment(d, ev, n), open))
		return 0;
	if (!open)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.wrong_state", "state", d->now, NULL), false);
	else if (strcmp(en.state, states[0]) != 0)
		row_want_reason(c, d->now);
	return 0;
}

static int check_eligibility(RowCheck *c, Err *e) {
	static const char *const states[3] = {"accepted", "eligible", "ineligible"};
	return check_entry(c, states, e);
}

static int check_formal(RowCheck *c, Err *e) {
	static const char *const states[3] = {"eligible", "reviewed", "unfit"};
	bool experts = c->w->rules->experts.formal, office = !strcmp(c->d->seal.role, DECISION_OFFICE);
	RecordRow row = {.state = ""};
	if (experts == office) {
		c->d->ref = c->d->seal.ref;
		row_fail(c, row_say(c, office ? "decide.not_yours" : "experts.not_theirs"), false);
		return 0;
	}
	if (experts && store_record_get(c->w->store, c->a, "assign", "formal", c->d->seal.ref, c->d->seal.role, &row, e) < 0)
		return -1;
	if (!experts || !strcmp(row.state, "assigned"))
		return check_entry(c, states, e);
	c->d->ref = c->d->seal.ref;
	row_fail(c, row_say(c, "experts.not_theirs"), false);
	return 0;
}

/* What is to be supplied, and until when; to the contact, and to whoever sent the entry. */
static int ask_for_more(const Doing *g, const Decided *d, const char *until, Err *e) {
	World *w = g->w;
	EntryRow en;
	if (store_entry_get(w->store, g->a, d->ref, &en, e) <= 0)
		return -1;
	const char *to[] = {en.email, en.sender};
	const char *key = arena_fmt(g->a, "amend %s %lld", d->ref, (long long)d->version);
	Data *x = data_new(g->a);
	data_text(x, "number", en.number);
	data_text(x, "title", en.title);
	data_text(x, "org", en.org);
	data_text(x, "reason", d->reason);
	data_text(x, "until", until);
	data_flag(x, d->kind == &decide_formal ? "review" : "eligibility", true);
	for (size_t i = 0; i < 2; i++) {
		Address addr = {i == 0 ? en.contact : "", to[i]};
		if (!mail_address_ok(to[i]) || (i && !strcmp(to[0], to[1])))
			continue;
		if (outbox_tell(w, g->a, &(OwnMail){.mail = "amend", .key = key, .data = x}, &addr, e) < 0)
			return -1;
	}
	return 0;
}

static int decide_entry(const Doing *g, Decided *d, Err *e) {
	EventRow ev = {.at = g->w->env->now, .event = d->choice->event, .by = g->by, .detail = d->reason,
	               .state = d->choice->state};
	if (store_event_add(g->w->store, d->ref, &ev, e) < 0)
		return -1;
	log_info("%s: %s by %s", d->ref, ev.event, g->by);
	if (*ev.state) {
		d->says = words_fill(g->w->rules, g->a, "decide.done_state", "state",
		                     words(g->w->rules, arena_fmt(g->a, "state.%s", ev.state)), NULL);
		return 0;
	}
	const char *until = words_moment(g->w->rules, g->a, rules_amend_until(g->w->rules, ev.at));
	d->says = words_fill(g->w->rules, g->a, "decide.done_amend", "until", until, NULL);
	return ask_for_more(g, d, until, e);
}

#define COUNT(x) (sizeof(x) / sizeof *(x))

const DecisionKind decide_eligibility = {.kind = "eligibility", .choice = eligibility, .choice_n = COUNT(eligibility),
                                         .check = check_eligibility, .apply = decide_entry};
const DecisionKind decide_formal = {.kind = "formal", .choice = formal, .choice_n = COUNT(formal), .check = check_formal,
                                    .apply = decide_entry};
