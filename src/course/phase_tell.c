/* Whom a moment of the calendar concerns, and what each is told.  What comes too late to be of use is not told at all. */
#include <string.h>
#include <strings.h>

#include "base/when.h"
#include "course/notice.h"
#include "course/phase.h"
#include "store/report.h"

#define DAY 86400
#define OPENING_DAYS 7  /* an opening is news for so long */
#define CLOSING_DAYS 30 /* how things stood at a closing, for so long */

typedef struct {
	World *w;
	Arena *a;
	Notices *n;
	const char *event;
	VEC(const char *) told; /* addresses */
} Tell;

/* ---- people without an entry */

/* Each once, with the first reason there is; says: the name that is set in their item. */
static void tell_person(Tell *t, const char *name, const char *addr, const char *says) {
	if (!*addr || rules_is_ours(t->w->rules, addr))
		return;
	for (size_t i = 0; i < t->told.n; i++)
		if (!strcasecmp(t->told.v[i], addr))
			return;
	*vec_push(&t->told) = arena_str(t->a, addr);
	Address to = {name, addr};
	const char *const pair[] = {says, "1", NULL};
	notice_add(t->n, &(Notice){.event = t->event, .to = &to, .to_n = 1, .says = pair});
}

static bool each_turned(void *ctx, const TodoRow *row) {
	tell_person(ctx, row->from_name, row->from_addr, "turned");
	return true;
}

static int tell_asked(Tell *t, Err *e) {
	PersonRow *row;
	size_t n;
	if (store_asked_list(t->w->store, t->a, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		tell_person(t, row[i].name, row[i].addr, "asked");
	return 0;
}

static int tell_early(Tell *t, const Phase *p, Err *e) {
	PersonRow *row;
	size_t n;
	if (store_early_list(t->w->store, t->a, p->opens, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		tell_person(t, row[i].name, row[i].addr, "early");
	return 0;
}

/* ---- entries */

static bool each_entry(void *ctx, const EntryRow *en) {
	static const char *const out[] = {"withdrawn", "ineligible", "unfit", "eliminated", "unplaced"};
	Tell *t = ctx;
	bool closing = !strcmp(t->event, "phase_closed");
	for (size_t i = 0; i < (closing ? 1 : sizeof out / sizeof *out); i++)
		if (!strcmp(en->state, out[i]))
			return true;
	notice_add(t->n, &(Notice){.event = t->event, .number = en->number});
	return true;
}

/* ---- what is said to all of them */

static void say(Tell *t, const Phase *p, int64_t left) {
	const Rules *r = t->w->rules;
	notice_say(t->n, "phase", p->name);
	notice_say(t->n, "text", p->text);
	notice_say(t->n, "opens", words_moment(r, t->a, p->opens));
	notice_say(t->n, "closes", words_moment(r, t->a, p->closes));
	notice_say(t->n, "left_days", left > 0 ? arena_fmt(t->a, "%lld", (long long)left) : "");
	notice_say(t->n, "takes_entries", p->takes_entries ? "1" : "");
}

static int opening(Tell *t, const Phase *p, Err *e) {
	if (!p->takes_entries)
		return store_entry_each(t->w->store, &(EntryFilter){0}, each_entry, t, e);
	return tell_early(t, p, e) < 0 ? -1 : tell_asked(t, e);
}

static int reminding(Tell *t, const Phase *p, Err *e) {
	if (!p->takes_entries)
		return 0;
	return store_turned_each(t->w->store, 1, each_turned, t, e) < 0 ? -1 : tell_asked(t, e);
}

static int closing(Tell *t, const Phase *p, Err *e) {
	(void)p;
	return store_entry_each(t->w->store, &(EntryFilter){0}, each_entry, t, e);
}

static const struct {
	const char *step, *event;
	int (*whom)(Tell *t, const Phase *p, Err *e);
} steps[] = {
	{"opens", "phase_opened", opening}, {"reminds", "phase_closing", reminding}, {"closes", "phase_closed", closing},
};

/* Until when it is of use; 0: it is not told. */
static int64_t useful(const Phase *p, const char *event, int64_t at) {
	if (!strcmp(event, "phase_opened"))
		return !p->tells_opening ? 0 : p->closes < at + OPENING_DAYS * DAY ? p->closes : at + OPENING_DAYS * DAY;
	if (!strcmp(event, "phase_closing"))
		return p->closes;
	return p->tells_closing ? at + CLOSING_DAYS * DAY : 0;
}

/* Where the robot stood still over several reminders, the last one is all that is told. */
static bool has_followed(const World *w, const Phase *p, int64_t at) {
	for (size_t i = 0; i < p->remind_n; i++) {
		int64_t next = rules_remind_moment(w->rules, p, p->remind[i]);
		if (next > at && next <= w->env->now)
			return true;
	}
	return false;
}

int phase_tell(World *w, Arena *a, const Phase *p, const char *step, int64_t at, int64_t days, Err *e) {
	size_t i = 0;
	while (i < 2 && strcmp(steps[i].step, step) != 0)
		i++;
	int64_t until = useful(p, steps[i].event, at);
	if (until < w->env->now || rules_notice_mode(w->rules, steps[i].event) == NOTICE_NONE)
		return 0;
	if (!strcmp(step, "reminds") && has_followed(w, p, at))
		return 0;
	int64_t left = (when_midnight(p->closes, 0) - when_midnight(w->env->now, 0) + DAY / 2) / DAY;
	NoticeFor what = {.key = arena_fmt(a, "phase %s %s %lld %lld", p->id, step, (long long)at, (long long)days),
	                  .until = until, .by = "robot",
	                  .title = words_fill(w->rules, a, arena_fmt(a, "notice.title_%s", steps[i].event), "phase", p->name,
	                                      "left_days", left > 0 ? arena_fmt(a, "%lld", (long long)left) : "", NULL)};
	Tell t = {.w = w, .a = a, .n = notice_begin(w, &what), .event = steps[i].event};
	say(&t, p, left);
	int rc = steps[i].whom(&t, p, e);
	vec_free(&t.told);
	return notice_end(t.n, NULL, e) < 0 ? -1 : rc;
}
