/* status: counts by track and state, the queue, what comes next, the last run. */

#include "base/when.h"
#include "command/command.h"
#include "command/filter.h"
#include "command/options.h"
#include "command/print.h"
#include "command/take.h"
#include "course/phase.h"
#include "course/setting.h"
#include "home/idle.h"
#include "store/notice.h"

typedef struct {
	CountRow *entry, *outcome, *outbox;
	size_t entry_n, outcome_n, outbox_n;
	char *last_run;
	int64_t next_due;
	bool has_due;
	NoticeRow *notice; /* that wait for release */
	size_t notice_n;
	const char *held; /* mail from before the first run; "" when none */
	Setting *setting;
	size_t setting_n;
	PhaseCount *count; /* by phase */
} Figures;

static int gather(World *w, Arena *a, Figures *f, Err *e) {
	if (store_count_entries(w->store, a, &f->entry, &f->entry_n, e) < 0 ||
	    store_count_outcomes(w->store, a, &f->outcome, &f->outcome_n, e) < 0 ||
	    store_count_outbox(w->store, a, &f->outbox, &f->outbox_n, e) < 0 ||
	    store_notice_held(w->store, a, &f->notice, &f->notice_n, e) < 0)
		return -1;
	if (setting_list(w, a, &f->setting, &f->setting_n, e) < 0)
		return -1;
	f->last_run = idle_last_run(w->env, a);
	int due = store_outbox_next(w->store, &f->next_due, e);
	f->has_due = due > 0;
	return due < 0 ? -1 : take_held(w, a, &f->held, e);
}

static int gather_phases(World *w, Arena *a, Figures *f, Err *e) {
	f->count = arena_array(a, w->rules->phase_n + 1, sizeof *f->count);
	for (size_t i = 0; i < w->rules->phase_n; i++)
		if (phase_count(w, a, &w->rules->phase[i], &f->count[i], e) < 0)
			return -1;
	return 0;
}

/* The next opening or closing after now, or NULL. */
static const Phase *next_event(const Rules *r, int64_t now, int64_t *at, bool *opens) {
	const Phase *best = NULL;
	for (size_t i = 0; i < r->phase_n; i++)
		for (int k = 0; k < 2; k++) {
			int64_t t = k ? r->phase[i].closes : r->phase[i].opens;
			if (t >= now && (!best || t < *at)) {
				best = &r->phase[i];
				*at = t;
				*opens = k == 0;
			}
		}
	return best;
}

static void counts_json(JsonOut *j, const char *key, const CountRow *row, size_t n) {
	json_array(j, key);
	for (size_t i = 0; i < n; i++) {
		json_object(j, NULL);
		if (row[i].track && *row[i].track)
			json_text(j, "track", row[i].track);
		json_text(j, "state", row[i].state);
		json_int(j, "count", (int64_t)row[i].n);
		json_end_object(j);
	}
	json_end_array(j);
}

static void notices_json(JsonOut *j, Arena *a, const Figures *f) {
	json_array(j, "held");
	for (size_t i = 0; i < f->notice_n; i++) {
		const NoticeRow *n = &f->notice[i];
		json_object(j, NULL);
		json_text(j, "title", n->title);
		json_int(j, "mails", n->mails);
		json_text(j, "shown", when_text(a, n->shown));
		json_text(j, "until", n->until < INT64_MAX ? when_text(a, n->until) : NULL);
		json_end_object(j);
	}
	json_end_array(j);
}

static const char *const steps[] = {"opens", "reminder", "closes"};

#define COMING 5 /* moments of the calendar */

static void calendar_json(JsonOut *j, const World *w, const Figures *f) {
	Arena *a = w->env->arena;
	PhaseMoment m = {.at = w->env->now, .order = PHASE_LAST_ORDER};
	json_array(j, "coming");
	for (int i = 0; i < COMING && phase_moment(w->rules, &m, &m); i++) {
		json_object(j, NULL);
		json_text(j, "at", when_text(a, m.step == PHASE_CLOSES ? m.at - 1 : m.at));
		json_text(j, "phase", m.phase->id);
		json_text(j, "what", steps[m.step]);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "closed");
	for (size_t i = 0; i < w->rules->phase_n; i++) {
		const PhaseCount *c = &f->count[i];
		if (!c->closed || !w->rules->phase[i].takes_entries)
			continue;
		json_object(j, NULL);
		json_text(j, "phase", w->rules->phase[i].id);
		json_bool(j, "counted", c->counted);
		if (c->counted)
			json_int(j, "entries", c->entries);
		json_text(j, "counted_at", c->counted ? when_text(a, c->at) : NULL);
		json_end_object(j);
	}
	json_end_array(j);
}

static void show_calendar(const World *w, const Figures *f) {
	const Env *env = w->env;
	PhaseMoment m = {.at = env->now, .order = PHASE_LAST_ORDER};
	for (int i = 0; i < COMING && phase_moment(w->rules, &m, &m); i++)
		print_fact(env, i ? "" : "next", "%s %s %s", print_when(env->arena, m.step == PHASE_CLOSES ? m.at - 1 : m.at),
		           m.phase->name, steps[m.step]);
	for (size_t i = 0; i < w->rules->phase_n; i++) {
		const PhaseCount *c = &f->count[i];
		if (!c->closed || !w->rules->phase[i].takes_entries)
			continue;
		if (c->counted)
			print_fact(env, "counted", "%s: %lld entries, all mail from before the closing fetched by %s",
			           w->rules->phase[i].name, (long long)c->entries, print_when(env->arena, c->at));
		else
			print_fact(env, "counting", "%s: mail from before the closing may still be in the mailbox", w->rules->phase[i].name);
	}
}

static void show_json(const World *w, const Figures *f) {
	Arena *a = w->env->arena;
	const Phase *now = rules_phase_at(w->rules, w->env->now);
	int64_t at = 0;
	bool opens = false;
	const Phase *next = next_event(w->rules, w->env->now, &at, &opens);
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	json_text(&j, "edition", w->rules->edition);
	json_text(&j, "now", when_text(a, w->env->now));
	json_text(&j, "phase", now ? now->id : NULL);
	json_text(&j, "next_phase", next ? next->id : NULL);
	json_text(&j, "next_event", next ? (opens ? "opens" : "closes") : NULL);
	json_text(&j, "next_at", next ? when_text(a, at) : NULL);
	json_text(&j, "last_run", f->last_run);
	json_text(&j, "held_at_server", *f->held ? f->held : NULL);
	json_text(&j, "next_send", f->has_due ? when_text(a, f->next_due) : NULL);
	json_array(&j, "settings");
	for (size_t i = 0; i < f->setting_n; i++)
		json_text(&j, NULL, setting_says(w, a, &f->setting[i]));
	json_end_array(&j);
	counts_json(&j, "entries", f->entry, f->entry_n);
	counts_json(&j, "messages", f->outcome, f->outcome_n);
	counts_json(&j, "queue", f->outbox, f->outbox_n);
	notices_json(&j, a, f);
	calendar_json(&j, w, f);
	json_end_object(&j);
	print_json(&b);
	buf_free(&b);
}

static void show_counts(const Env *env, const char *title, const CountRow *row, size_t n) {
	print_title(env, title);
	if (n == 0)
		print_fact(env, "none", "%s", "");
	for (size_t i = 0; i < n; i++)
		print_fact(env, row[i].track && *row[i].track ? arena_fmt(env->arena, "%s %s", row[i].track, row[i].state)
		                                              : row[i].state,
		           "%lld", (long long)row[i].n);
}

static void show_text(const World *w, const Figures *f) {
	const Env *env = w->env;
	const Phase *now = rules_phase_at(w->rules, env->now);
	print_title(env, w->rules->name);
	print_fact(env, "now", "%s", print_when(env->arena, env->now));
	print_fact(env, "phase", "%s", now ? now->name : "none");
	show_calendar(w, f);
	print_fact(env, "last run", "%s", f->last_run ? f->last_run : "never");
	if (*f->held)
		print_fact(env, "held", "mail from before the first run: %s; xinlv release gives it free", f->held);
	for (size_t i = 0; i < f->setting_n; i++)
		print_fact(env, "setting", "%s", setting_says(w, env->arena, &f->setting[i]));
	show_counts(env, "Entries", f->entry, f->entry_n);
	show_counts(env, "Messages", f->outcome, f->outcome_n);
	show_counts(env, "Queue", f->outbox, f->outbox_n);
	if (f->notice_n)
		print_title(env, "Held until the secretariat releases them");
	for (size_t i = 0; i < f->notice_n; i++)
		print_fact(env, arena_fmt(env->arena, "%lld", (long long)f->notice[i].mails), "%s, shown %s", f->notice[i].title,
		           print_when(env->arena, f->notice[i].shown));
}

int command_status(Env *env, int argc, char **argv, Err *e) {
	bool json = false;
	const Option options[] = {{"--json", NULL, &json}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "status takes only options");
	World w;
	Figures f = {0};
	int rc = world_open(&w, env, WORLD_SHOW, e);
	if (rc == 0)
		rc = gather(&w, env->arena, &f, e);
	if (rc == 0)
		rc = gather_phases(&w, env->arena, &f, e);
	if (rc == 0 && json)
		show_json(&w, &f);
	else if (rc == 0)
		show_text(&w, &f);
	world_close(&w);
	return rc;
}
