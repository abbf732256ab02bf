/* Experts who have not answered are reminded on the days that the rules name, the working day before where one is none,
 * as the office opens: of their scores with the sheet once more, or of the promise without which they get none.  A day that
 * passed while the robot stood still is left out. */
#include "course/remind.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "course/panel.h"
#include "course/roster.h"
#include "home/outbox.h"

#define FACT "rounds.reminded" /* the last moment that was seen to */
#define MORNING (9 * 3600)
#define DAY 86400

/* ---- when */

static int64_t moment_of(const Rules *rules, const Round *r, size_t i) {
	return rules_remind_moment(rules, r->phase, r->remind[i]);
}

/* As it was before holidays counted: what the journal has from then means this. */
static int64_t morning_of(const Round *r, size_t i) {
	return when_midnight(r->phase->closes, (int)-r->remind[i]) + MORNING;
}

/* From a day back, where nothing is on record. */
static int last_seen(World *w, int64_t *last, Err *e) {
	char *text;
	int found = store_fact_get(w->store, w->env->arena, FACT, &text, e);
	if (found <= 0 || str_to_i64(str_of(text), 0, INT64_MAX, last) < 0)
		*last = w->env->now - DAY;
	return found < 0 ? -1 : 0;
}

static int64_t earliest(const Rules *r, int64_t after) {
	int64_t at = INT64_MAX;
	for (size_t i = 0; i < r->round_n; i++)
		for (size_t k = 0; k < r->round[i].remind_n; k++) {
			int64_t t = moment_of(r, &r->round[i], k);
			if (r->round[i].scored_by == SCORED_BY_EXPERTS && t > after && t < at)
				at = t;
		}
	return at;
}

static int next(World *w, int64_t *at, Err *e) {
	int64_t last;
	if (last_seen(w, &last, e) < 0)
		return -1;
	*at = earliest(w->rules, last);
	return 0;
}

/* ---- what */

static int remind(const Behind *b, int64_t at, Err *e) {
	Panel *p = b->panel;
	Attachment att;
	Data *d = data_new(p->a);
	size_t n;
	const EntryRow **list = panel_entries_of(p, b->expert->code, &n);
	const char *key = arena_fmt(p->a, "remind %s %s %lld", p->round->id, b->expert->code, (long long)at);
	if (!b->expert->active)
		return 0;
	data_text(d, "round", p->round->name);
	data_text(d, "closes", words_moment(p->w->rules, p->a, p->round->phase->closes));
	data_fmt(d, "done", "%zu", b->done);
	data_fmt(d, "theirs", "%zu", b->theirs);
	data_fmt(d, "left", "%zu", b->theirs - b->done);
	data_text(d, "promise", b->expert->promised ? "" : p->w->rules->experts.promise);
	if (b->expert->promised && panel_sheet_book(p, b->expert, list, n, &att, e) < 0)
		return -1;
	return expert_mail(p->w, p->a, b->expert, "expert_reminder", key, d, &att, b->expert->promised, e);
}

static bool falls_on(const Rules *rules, const Round *r, int64_t at, bool workdays) {
	for (size_t k = 0; k < r->remind_n; k++)
		if ((workdays ? moment_of(rules, r, k) : morning_of(r, k)) == at)
			return true;
	return false;
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	(void)by;
	int64_t at = json_num(json_get(args, "at"), 0);
	bool late = json_true(json_get(args, "late")), workdays = json_true(json_get(args, "workdays"));
	for (size_t k = 0; k < w->rules->round_n && !late; k++) {
		Behind *b;
		size_t n = 0;
		if (falls_on(w->rules, &w->rules->round[k], at, workdays) &&
		    panel_behind(w, a, &w->rules->round[k], &b, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (remind(&b[i], at, e) < 0)
				return -1;
	}
	return store_fact_set(w->store, FACT, arena_fmt(a, "%lld", (long long)at), e);
}

/* A moment that is over a day old is only marked as seen. */
static int act(World *w, Err *e) {
	int64_t last, at;
	if (last_seen(w, &last, e) < 0)
		return -1;
	while ((at = earliest(w->rules, last)) <= w->env->now) {
		const char *args = arena_fmt(w->env->arena, "{\"at\":%lld,\"late\":%s,\"workdays\":true}", (long long)at,
		                             at < w->env->now - DAY ? "true" : "false");
		if (action_do(w, action_remind.name, "robot", args, e) < 0)
			return -1;
		last = at;
	}
	return 0;
}

const Action action_remind = {"remind-experts", apply};
const Due due_remind = {"reminders to experts", next, act};
