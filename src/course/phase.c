/* The clock's side of the phases: which moment of the calendar comes next, and whether all mail from before a closing has been
 * fetched.  Asks the rules and three facts, never the history. */
#include "course/phase.h"

#include <string.h>

#include "base/when.h"
#include "store/notice.h"

#define FACT_DONE "phase.done"       /* moments up to this one are done: its second and its order there */
#define FACT_FETCHED "phase.fetched" /* when the last whole fetch behind a closing began */

static const char *const step_name[] = {[PHASE_OPENS] = "opens", [PHASE_REMINDS] = "reminds", [PHASE_CLOSES] = "closes"};

static bool behind(const PhaseMoment *m, const PhaseMoment *than) {
	return m->at > than->at || (m->at == than->at && m->order > than->order);
}

static PhaseMoment moment_of(const Rules *r, const Phase *p, size_t k) {
	if (k == 0)
		return (PhaseMoment){.at = p->opens, .step = PHASE_OPENS, .phase = p};
	if (k > p->remind_n)
		return (PhaseMoment){.at = phase_ends(p) + 1, .step = PHASE_CLOSES, .phase = p};
	return (PhaseMoment){.at = rules_remind_moment(r, p, p->remind[k - 1]), .step = PHASE_REMINDS, .phase = p,
	                     .days = p->remind[k - 1]};
}

bool phase_moment(const Rules *r, const PhaseMoment *after, PhaseMoment *out) {
	PhaseMoment from = *after, best = {.at = INT64_MAX, .order = INT64_MAX};
	int64_t order = 0;
	for (size_t i = 0; i < r->phase_n; i++)
		for (size_t k = 0; k < r->phase[i].remind_n + 2; k++) {
			PhaseMoment m = moment_of(r, &r->phase[i], k);
			m.order = order++;
			if (behind(&m, &from) && behind(&best, &m))
				best = m;
		}
	*out = best.phase ? best : from;
	return best.phase != NULL;
}

static int number_of(World *w, const char *fact, int64_t *out, Err *e) {
	char *text;
	int found = store_fact_get(w->store, w->env->arena, fact, &text, e);
	return found > 0 && str_to_i64(str_of(text), INT64_MIN, INT64_MAX, out) < 0 ? 0 : found;
}

/* What lies before the first rules was never ours to tell. */
static int done_until(World *w, PhaseMoment *out, Err *e) {
	char *text;
	Str rest, at;
	*out = (PhaseMoment){.order = PHASE_LAST_ORDER};
	int found = store_fact_get(w->store, w->env->arena, FACT_DONE, &text, e);
	if (found > 0) {
		rest = str_of(text);
		/* Homes of before such moments had an order have the second alone. */
		if (str_next(&rest, ' ', &at) && str_to_i64(at, INT64_MIN, INT64_MAX, &out->at) == 0 &&
		    (!rest.n || str_to_i64(rest, 0, INT64_MAX, &out->order) == 0))
			return 0;
		return err_set(e, ERR_BUG, "database: %s is no moment", FACT_DONE);
	}
	if (found == 0 && (found = store_rules_first(w->store, &out->at, e)) == 0)
		out->at = w->env->now;
	return found < 0 ? -1 : 0;
}

static int fetched_until(World *w, int64_t *out, Err *e) {
	*out = WHEN_NONE;
	return number_of(w, FACT_FETCHED, out, e) < 0 ? -1 : 0;
}

static int set_number(World *w, const char *fact, int64_t n, Err *e) {
	return store_fact_set(w->store, fact, arena_fmt(w->env->arena, "%lld", (long long)n), e);
}

int phase_fetched(World *w, int64_t began, Err *e) {
	int64_t last;
	bool closed = false;
	if (fetched_until(w, &last, e) < 0)
		return -1;
	for (size_t i = 0; i < w->rules->phase_n; i++) {
		int64_t end = phase_ends(&w->rules->phase[i]);
		closed |= end >= last && end < began;
	}
	if (!closed)
		return 0;
	if (store_begin(w->store, e) < 0)
		return -1;
	if (set_number(w, FACT_FETCHED, began, e) == 0)
		return store_commit(w->store, e);
	store_rollback(w->store);
	return -1;
}

static const char *count_fact(Arena *a, const Phase *p) {
	return arena_fmt(a, "phase.count %s %lld", p->id, (long long)phase_ends(p));
}

int phase_count(World *w, Arena *a, const Phase *p, PhaseCount *out, Err *e) {
	char *text;
	Str rest, n;
	int64_t fetched;
	*out = (PhaseCount){.closed = w->env->now > phase_ends(p)};
	int found = fetched_until(w, &fetched, e) < 0 ? -1 : store_fact_get(w->store, a, count_fact(a, p), &text, e);
	if (found == 0 && fetched > phase_ends(p)) /* its closing was never ours to tell, and nothing of it is missing */
		out->closed = false;
	if (found <= 0)
		return found;
	rest = str_of(text);
	out->counted = str_next(&rest, ' ', &n) && str_to_i64(n, 0, INT64_MAX, &out->entries) == 0 &&
	               str_to_i64(rest, 0, INT64_MAX, &out->at) == 0;
	return 0;
}

/* What phase_tell called it: "phase ID STEP AT DAYS". */
bool phase_key_stands(const Rules *r, const char *key) {
	Str rest = str_of(key), word[5] = {0};
	for (size_t i = 0; i < 5; i++)
		if (!str_next(&rest, ' ', &word[i]))
			return true;
	int64_t at = 0, days = 0;
	const Phase *p = NULL;
	for (size_t i = 0; i < r->phase_n; i++)
		if (str_is(word[1], r->phase[i].id))
			p = &r->phase[i];
	if (!str_is(word[0], "phase") || str_to_i64(word[3], INT64_MIN, INT64_MAX, &at) < 0 ||
	    str_to_i64(word[4], INT64_MIN, INT64_MAX, &days) < 0)
		return true;
	for (size_t k = 0; p && k < p->remind_n + 2; k++) {
		PhaseMoment m = moment_of(r, p, k);
		if (str_is(word[2], step_name[m.step]) && m.at == at && m.days == days)
			return true;
	}
	return false;
}

/* ---- due */

/* The next one that the clock alone may bring: a closing waits for the mail that arrived before it. */
static int next_moment(World *w, PhaseMoment *m, bool *waits, Err *e) {
	PhaseMoment done;
	int64_t fetched;
	if (done_until(w, &done, e) < 0 || fetched_until(w, &fetched, e) < 0)
		return -1;
	if (!phase_moment(w->rules, &done, m))
		return 0;
	*waits = m->step == PHASE_CLOSES && m->at <= w->env->now && fetched < m->at;
	return 1;
}

static int next(World *w, int64_t *at, Err *e) {
	PhaseMoment m;
	bool waits = false;
	int found = next_moment(w, &m, &waits, e);
	*at = found > 0 && !waits ? m.at : INT64_MAX;
	return found < 0 ? -1 : 0;
}

static int act(World *w, Err *e) {
	PhaseMoment m;
	bool waits = false;
	int found;
	while ((found = next_moment(w, &m, &waits, e)) > 0 && !waits && m.at <= w->env->now) {
		Buf b = {0};
		JsonOut j = json_to(&b);
		json_object(&j, NULL);
		json_text(&j, "phase", m.phase->id);
		json_text(&j, "step", step_name[m.step]);
		json_int(&j, "at", m.at);
		json_int(&j, "days", m.days);
		json_int(&j, "order", m.order);
		json_end_object(&j);
		int rc = action_do(w, "phase", "robot", buf_cstr(&b), e);
		buf_free(&b);
		if (rc < 0)
			return -1;
	}
	return found < 0 ? -1 : 0;
}

const Due due_phase = {"phases", next, act};

/* ---- the action */

static int count_now(World *w, Arena *a, const Phase *p, Err *e) {
	CountRow *row;
	size_t n;
	int64_t all = 0;
	if (store_count_entries(w->store, a, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		all += row[i].n;
	const char *text = arena_fmt(a, "%lld %lld", (long long)all, (long long)w->env->now);
	return store_fact_set(w->store, count_fact(a, p), text, e);
}

static const Phase *phase_of(const Rules *r, const char *id) {
	for (size_t i = 0; i < r->phase_n; i++)
		if (!strcmp(r->phase[i].id, id))
			return &r->phase[i];
	return NULL;
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	const Phase *p = phase_of(w->rules, json_str(json_get(args, "phase"), ""));
	const char *step = json_str(json_get(args, "step"), "");
	int64_t at = json_num(json_get(args, "at"), 0);
	(void)by;
	if (p && !strcmp(step, "closes") && count_now(w, a, p, e) < 0)
		return -1;
	if (p && phase_tell(w, a, p, step, at, json_num(json_get(args, "days"), 0), e) < 0)
		return -1;
	const char *done = arena_fmt(a, "%lld %lld", (long long)at, (long long)json_num(json_get(args, "order"), 0));
	return store_fact_set(w->store, FACT_DONE, done, e);
}

const Action action_phase = {"phase", apply};
