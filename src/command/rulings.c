/* Rows that may be done become events of entries and rulings on messages, all in the open transaction.  An outcome is never
 * changed; a message that is taken after all is judged again with that set aside, and its sender told as always. */
#include <string.h>

#include "base/log.h"
#include "command/decision.h"
#include "command/settle.h"

typedef struct {
	World *w;
	Arena *a;
	const char *by;
} Doing;

static const char *say(const Doing *g, const char *key)
{
	return words(g->w->rules, key);
}

static int decide_entry(const Doing *g, Decided *d, Err *e)
{
	EventRow ev = {.at = g->w->env->now, .event = d->choice->event, .by = g->by, .detail = d->reason,
	               .state = d->choice->state};
	if (store_event_add(g->w->store, d->ref, &ev, e) < 0)
		return -1;
	log_info("%s: %s by %s", d->ref, ev.event, g->by);
	d->says = say(g, "decide.done_amend");
	if (*ev.state)
		d->says = words_fill(g->w->rules, g->a, "decide.done_state", "state",
		                     say(g, arena_fmt(g->a, "state.%s", ev.state)), NULL);
	return 0;
}

/* What stands set aside for the message, by its last rulings. */
static int aside_of(const Doing *g, int64_t seq, unsigned *aside, Err *e)
{
	int late = store_ruling_stands(g->w->store, seq, "late", "take", e);
	int twin = late < 0 ? -1 : store_ruling_stands(g->w->store, seq, "twin", "not_twin", e);
	*aside = (late > 0 ? ASIDE_DEADLINE : 0u) | (twin > 0 ? ASIDE_TWIN : 0u);
	return twin < 0 ? -1 : 0;
}

/* The new entries say who let them in. */
static int tell_entries(const Doing *g, const Decided *d, const Again *again, Err *e)
{
	EventRow ev = {.at = g->w->env->now, .event = d->choice->event, .by = g->by, .detail = d->reason, .state = ""};
	for (size_t i = 0; i < again->number_n; i++)
		if (store_event_add(g->w->store, again->number[i], &ev, e) < 0)
			return -1;
	return 0;
}

static const char *numbers(const Doing *g, const Again *again)
{
	Buf b = {0};
	for (size_t i = 0; i < again->number_n; i++)
		buf_fmt(&b, "%s%s", i ? say(g, "decide.or") : "", again->number[i]);
	const char *text = arena_str(g->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

/* What came of it, in words; and the next question about it, where there is one. */
static int after_again(const Doing *g, Decided *d, const Again *again, Err *e)
{
	const char *wanted = NULL;
	if (!again->read)
		d->says = say(g, "decide.done_unread");
	else if (again->number_n)
		d->says = words_fill(g->w->rules, g->a, "decide.done_entered", "number", numbers(g, again), NULL);
	else if (again->outcome == OUTCOME_REJECTED)
		d->says = say(g, "decide.done_faults");
	else if (again->outcome == OUTCOME_NOT_ELIGIBLE)
		d->says = say(g, "decide.done_not_eligible");
	else if (again->outcome == OUTCOME_LATE) {
		d->says = say(g, "decide.done_still_late");
		wanted = "late";
	} else if (again->outcome == OUTCOME_DUPLICATE) {
		d->says = say(g, "decide.done_still_twin");
		wanted = "twin";
	}
	return wanted && again->form >= 0 ? store_ruling_wanted(g->w->store, d->seq, wanted, again->form, e) : 0;
}

static int take_after_all(const Doing *g, Decided *d, Err *e)
{
	MessageRow m;
	Again again;
	unsigned aside;
	if (store_message_get(g->w->store, g->a, d->seq, &m, e) <= 0 || aside_of(g, d->seq, &aside, e) < 0 ||
	    settle_again(g->w, g->a, &m, aside, &again, e) < 0 || tell_entries(g, d, &again, e) < 0)
		return -1;
	return after_again(g, d, &again, e);
}

static int decide_message(const Doing *g, Decided *d, Err *e)
{
	RulingRow r = {.seq = d->seq, .at = g->w->env->now, .kind = d->seal.kind, .decision = d->choice->event,
	               .by = g->by, .reason = d->reason};
	if (store_ruling_add(g->w->store, &r, e) < 0)
		return -1;
	log_info("message %lld: %s by %s", (long long)d->seq, r.decision, g->by);
	d->says = say(g, "decide.done_recorded");
	bool taken = !strcmp(r.decision, "take") || !strcmp(r.decision, "not_twin");
	return taken ? take_after_all(g, d, e) : 0;
}

int decisions_apply(World *w, Arena *a, Decisions *all, const char *by, Err *e)
{
	Doing g = {w, a, by};
	for (size_t i = 0; i < all->n; i++) {
		Decided *d = &all->row[i];
		if (d->fate != ROW_GOOD)
			continue;
		if ((d->seq ? decide_message(&g, d, e) : decide_entry(&g, d, e)) < 0)
			return -1;
	}
	return 0;
}
