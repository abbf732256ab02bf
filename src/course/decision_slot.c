/* The roadshow's schedule, row by row as it came back: a day, a time and a room for each finalist.  Refuses a place out of hours
 * or in a break, one that two would have, and two of one organisation too near each other; what is good becomes a new version
 * of the schedule, and invitations are prepared for those it changes. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision_inner.h"
#include "course/invite.h"
#include "course/schedule.h"

#define MINUTE 60

static const char *fill(const RowCheck *c, const char *key, const char *name, const char *value) {
	return words_fill(c->w->rules, c->a, key, name, value, NULL);
}

static const char *open_of(const World *w, Arena *a, const Decided *d, const char *key) {
	return text_fold(a, row_open(d->row, a, words(w->rules, key)));
}

/* 9:30, 09:30:00, also with the wide colon, which text_fold makes narrow. */
static bool clock_read(const char *text, int *hour, int *minute) {
	int64_t h, m;
	Str rest = str_of(text), one;
	if (!str_next(&rest, ':', &one) || str_to_i64(one, 0, 23, &h) < 0 || !str_next(&rest, ':', &one) || one.n != 2 ||
	    str_to_i64(one, 0, 59, &m) < 0 || (rest.n && !str_is(rest, "00")))
		return false;
	*hour = (int)h;
	*minute = (int)m;
	return true;
}

static bool room_read(const Roadshow *show, Arena *a, const char *text, const char **out) {
	const char *key = text_key(a, text);
	for (size_t i = 0; i < show->room_n; i++)
		if (!strcmp(key, text_key(a, show->room[i]))) {
			*out = show->room[i];
			return true;
		}
	return false;
}

/* What the row says; NULL, or why it cannot be done. */
static const char *slot_read(const World *w, Arena *a, const Decided *d, ShowSlot *out) {
	const Roadshow *show = &w->rules->roadshow;
	const char *day = open_of(w, a, d, "roadshow.col_day"), *time = open_of(w, a, d, "roadshow.col_time"),
	           *room = open_of(w, a, d, "roadshow.col_room");
	int64_t midnight;
	int hour, minute;
	*out = (ShowSlot){.number = d->seal.ref, .start = WHEN_NONE, .room = ""};
	if (!strcmp(text_key(a, room), text_key(a, words(w->rules, "roadshow.off")))) {
		out->cancelled = true;
		return NULL;
	}
	if (!*day || !*time || !*room)
		return words(w->rules, "roadshow.incomplete");
	if (when_parse(str_sub(str_of(day), 0, strlen("2023-05-20")), false, &midnight) < 0)
		return words_fill(w->rules, a, "roadshow.bad_day", "found", text_cut(a, day, 40), NULL);
	if (!clock_read(time, &hour, &minute))
		return words_fill(w->rules, a, "roadshow.bad_time", "found", text_cut(a, time, 40), NULL);
	if (!room_read(show, a, room, &out->room))
		return words_fill(w->rules, a, "roadshow.bad_room", "found", text_cut(a, room, 40), NULL);
	struct tm tm = when_local(midnight);
	out->start = when_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, hour, minute, 0);
	if (!schedule_open(show, out->start))
		return words_fill(w->rules, a, "roadshow.closed", "when", words_moment(w->rules, a, out->start), NULL);
	return NULL;
}

static bool same_place(const ShowSlot *a, const ShowSlot *b) {
	return a->cancelled == b->cancelled && (a->cancelled || (a->start == b->start && !strcmp(a->room, b->room)));
}

static const char *place_text(const World *w, Arena *a, const ShowSlot *slot) {
	if (!slot || slot->cancelled)
		return words(w->rules, "roadshow.unplaced");
	return arena_fmt(a, "%s %s", words_moment(w->rules, a, slot->start), slot->room);
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	EntryRow en;
	Schedule s;
	ShowSlot want;
	int found = store_entry_get(c->w->store, c->a, d->seal.ref, &en, e);
	if (found < 0 || schedule_read(c->w, c->a, &s, e) < 0)
		return -1;
	d->ref = d->seal.ref;
	if (!found) {
		row_fail(c, fill(c, "decide.gone", "ref", d->seal.ref), false);
		return 0;
	}
	const ShowSlot *slot = schedule_slot(&s, en.number);
	d->about = arena_fmt(c->a, "%s  %s", en.title, en.org);
	d->now = place_text(c->w, c->a, slot);
	d->version = schedule_version(slot);
	const char *wrong = slot_read(c->w, c->a, d, &want);
	bool final = !strcmp(en.state, "shortlisted");
	if (!c->w->rules->roadshow.day_n)
		row_fail(c, row_say(c, "roadshow.none"), false);
	else if (!final && !want.cancelled)
		row_fail(c, fill(c, "roadshow.no_finalist", "state", row_say(c, arena_fmt(c->a, "state.%s", en.state))), false);
	else if (wrong)
		row_fail(c, wrong, true);
	else if (row_fresh(c, slot ? same_place(slot, &want) : want.cancelled, true))
		d->fate = ROW_GOOD;
	return 0;
}

/* ---- all rows, held against each other and against what stands */

typedef struct {
	ShowSlot slot;
	Decided *row;        /* NULL: it stands already */
	const char *org_key, *where;
} Seat;

static const char *org_of(RowCheck *c, const char *number, Err *e) {
	EntryRow en;
	int found = store_entry_get(c->w->store, c->a, number, &en, e);
	return found < 0 ? NULL : found ? text_key(c->a, en.org) : number;
}

static Decided *good_row(const Decisions *all, const char *number) {
	for (size_t i = 0; i < all->n; i++) {
		Decided *d = &all->row[i];
		if (d->kind == &decide_slot && d->fate == ROW_GOOD && !strcmp(d->seal.ref, number))
			return d;
	}
	return NULL;
}

/* The schedule as it would be. */
static int seats(RowCheck *c, Decisions *all, Seat **out, size_t *n, Err *e) {
	Schedule s;
	if (schedule_read(c->w, c->a, &s, e) < 0)
		return -1;
	Seat *seat = arena_array(c->a, s.n + all->n + 1, sizeof *seat);
	*n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!s.slot[i].cancelled && !good_row(all, s.slot[i].number))
			seat[(*n)++] = (Seat){.slot = s.slot[i], .where = s.slot[i].number};
	for (size_t i = 0; i < all->n; i++) {
		Decided *d = &all->row[i];
		if (d->kind != &decide_slot || d->fate != ROW_GOOD)
			continue;
		Seat *x = &seat[*n];
		*x = (Seat){.row = d, .where = arena_fmt(c->a, "%s %s!%s", d->seal.ref, d->row->sheet, d->row->cell)};
		(void)slot_read(c->w, c->a, d, &x->slot);
		*n += !x->slot.cancelled;
	}
	for (size_t i = 0; i < *n; i++)
		if (!(seat[i].org_key = org_of(c, seat[i].slot.number, e)))
			return -1;
	*out = seat;
	return 0;
}

/* Why both cannot stand; NULL when they can. */
static const char *clash(const RowCheck *c, const Seat *x, const Seat *y) {
	const Roadshow *show = &c->w->rules->roadshow;
	int64_t between = x->slot.start > y->slot.start ? x->slot.start - y->slot.start : y->slot.start - x->slot.start;
	if (between < show->minutes * MINUTE && !strcmp(x->slot.room, y->slot.room))
		return fill(c, "roadshow.taken", "other", y->where);
	if (!strcmp(x->org_key, y->org_key) && (between < show->minutes * MINUTE || between < show->apart * MINUTE))
		return words_fill(c->w->rules, c->a, "roadshow.same_org", "other", y->where, "apart",
		                  arena_fmt(c->a, "%lld", (long long)show->apart), NULL);
	return NULL;
}

static size_t fail_clashes(RowCheck *c, Seat *seat, size_t n) {
	size_t failed = 0;
	for (size_t i = 0; i < n; i++) {
		const char *why = NULL;
		for (size_t k = 0; seat[i].row && k < n && !why; k++)
			why = k == i ? NULL : clash(c, &seat[i], &seat[k]);
		if (!why)
			continue;
		c->d = seat[i].row;
		row_fail(c, why, true);
		failed++;
	}
	return failed;
}

/* A row that falls leaves its entry where it stands, which may be in another's way: until none falls. */
static int together(RowCheck *c, Decisions *all, Err *e) {
	Seat *seat;
	size_t n;
	do {
		if (seats(c, all, &seat, &n, e) < 0)
			return -1;
	} while (fail_clashes(c, seat, n));
	return 0;
}

/* ---- doing it */

static int apply(const Doing *g, Decided *d, Err *e) {
	ShowSlot slot;
	(void)e;
	(void)slot_read(g->w, g->a, d, &slot);
	d->says = slot.cancelled ? words(g->w->rules, "roadshow.done_off")
	                         : words_fill(g->w->rules, g->a, "roadshow.done", "when", place_text(g->w, g->a, &slot), NULL);
	log_info("%s: %s by %s", d->seal.ref, slot.cancelled ? "off the stage" : "on stage", g->by);
	return 0;
}

/* The new version, and who is told of it. */
static int after(const Doing *g, const Decisions *all, Err *e) {
	Schedule was, is;
	const char *seed;
	if (schedule_read(g->w, g->a, &was, e) < 0 || schedule_seed(g->w, g->a, &seed, e) < 0)
		return -1;
	is = was;
	is.seed = seed;
	is.slot = arena_array(g->a, was.n + all->n + 1, sizeof *is.slot);
	if (was.n)
		memcpy(is.slot, was.slot, was.n * sizeof *is.slot);
	for (size_t i = 0; i < all->n; i++) {
		Decided *d = &all->row[i];
		ShowSlot want, *slot;
		if (d->kind != &decide_slot || d->fate != ROW_GOOD)
			continue;
		(void)slot_read(g->w, g->a, d, &want);
		slot = schedule_slot(&is, d->seal.ref);
		want.sequence = slot ? slot->sequence + 1 : 0;
		if (want.cancelled && slot) { /* what is called off must say when it would have been */
			want.start = slot->start;
			want.room = slot->room;
		}
		if (!slot)
			slot = &is.slot[is.n++];
		*slot = want;
	}
	if (schedule_write(g->w, g->a, &is, e) < 0)
		return -1;
	log_info("roadshow: version %lld of the schedule is in force", (long long)is.version);
	return invite_changes(g->w, g->a, &was, &is, g->by, e);
}

const DecisionKind decide_slot = {.kind = "slot", .check = check, .together = together, .apply = apply, .after = after};
