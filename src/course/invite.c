/* From the schedule to invitations, one a finalist and version, and from answers to events.  The appointment's UID is made of
 * edition and number alone, so that a calendar moves what it has instead of adding one. */
#include "course/invite.h"

#include <string.h>

#include "base/when.h"
#include "course/calendars.h"
#include "course/notice.h"

#define MINUTE 60

static const char *const answers[] = {"roadshow_confirmed", "roadshow_declined", "roadshow_move", "roadshow_tentative"};

/* One that hears of it. */
typedef struct {
	const char *event;
	const ShowSlot *slot;
	EntryRow entry;
} Guest;

static const char *event_of(const ShowSlot *was, const ShowSlot *is) {
	if (was && was->sequence == is->sequence)
		return NULL;
	if (is->cancelled)
		return was && !was->cancelled ? "invite_cancelled" : NULL;
	return was && !was->cancelled ? "invite_changed" : "invited";
}

static const char *domain_of(const Rules *r) {
	const char *at = strrchr(r->mail.robot.addr, '@');
	return at && at[1] ? at + 1 : "localhost";
}

static Appointment appointment(const World *w, Arena *a, const Guest *g) {
	const Rules *r = w->rules;
	const char *place = *r->roadshow.place ? arena_fmt(a, "%s %s", r->roadshow.place, g->slot->room) : g->slot->room;
	return (Appointment){
		.uid = arena_fmt(a, "%s.%s@%s", r->edition, g->entry.number, domain_of(r)), .sequence = g->slot->sequence,
		.cancel = g->slot->cancelled, .stamp = w->env->now, .start = g->slot->start,
		.end = g->slot->start + r->roadshow.minutes * MINUTE, .zone = r->zone,
		.summary = words_fill(r, a, "roadshow.ics_summary", "number", g->entry.number, "title", g->entry.title,
		                      "short_name", r->short_name, NULL),
		.description = words_fill(r, a, "roadshow.ics_text", "number", g->entry.number, "org", g->entry.org, "note",
		                          r->roadshow.note, "minutes", arena_fmt(a, "%lld", (long long)r->roadshow.minutes), NULL),
		.location = place, .from_name = r->mail.robot.name, .from_addr = r->mail.robot.addr,
		.to_name = g->entry.contact, .to_addr = g->entry.email};
}

static int guests(World *w, Arena *a, const Schedule *was, const Schedule *is, Guest **out, size_t *n, Err *e) {
	*out = arena_array(a, is->n + 1, sizeof **out);
	*n = 0;
	for (size_t i = 0; i < is->n; i++) {
		Guest *g = &(*out)[*n];
		*g = (Guest){.event = event_of(schedule_slot(was, is->slot[i].number), &is->slot[i]), .slot = &is->slot[i]};
		int found = g->event ? store_entry_get(w->store, a, g->slot->number, &g->entry, e) : 0;
		if (found < 0)
			return -1;
		*n += found > 0;
	}
	return 0;
}

/* The calendar's part shows the invitation, the file is for programs that look for one. */
static void add(World *w, Arena *a, Notices *n, const Guest *g, const char *ics) {
	const Rules *r = w->rules;
	const char *method = g->slot->cancelled ? "CANCEL" : "REQUEST";
	const Attachment att[] = {
		{NULL, arena_fmt(a, "text/calendar; charset=utf-8; method=%s", method), str_of(ics), NULL},
		{words_fill(r, a, "roadshow.ics_file", "number", g->entry.number, NULL), "application/ics", str_of(ics), NULL}};
	struct tm from = when_local(g->slot->start), to = when_local(g->slot->start + r->roadshow.minutes * MINUTE);
	const char *says[] = {
		"day", words_day(r, a, g->slot->start), "time",
		arena_fmt(a, "%02d:%02d–%02d:%02d", from.tm_hour, from.tm_min, to.tm_hour, to.tm_min), "room", g->slot->room, NULL};
	notice_add(n, &(Notice){.event = g->event, .number = g->entry.number, .says = says, .file = att, .file_n = 2,
	                        .apart = arena_fmt(a, "%s %lld", g->entry.number, (long long)g->slot->sequence)});
}

static int64_t last_of(const Roadshow *show) {
	const ShowDay *d = &show->day[show->day_n - 1];
	return when_at(d->midnight, d->hours.to);
}

int invite_changes(World *w, Arena *a, const Schedule *was, const Schedule *is, const char *by, Err *e) {
	const Rules *r = w->rules;
	Guest *g;
	size_t n;
	if (!r->roadshow.day_n || guests(w, a, was, is, &g, &n, e) < 0)
		return r->roadshow.day_n ? -1 : 0;
	if (!n)
		return 0;
	Appointment *one = arena_array(a, n, sizeof *one);
	const char **ics = arena_array(a, n, sizeof *ics);
	for (size_t i = 0; i < n; i++)
		one[i] = appointment(w, a, &g[i]);
	if (calendars_make(w, a, one, n, ics, e) < 0)
		return -1;
	const char *version = arena_fmt(a, "%lld", (long long)is->version);
	Notices *all = notice_begin(w, &(NoticeFor){.key = arena_fmt(a, "roadshow %s", version), .wanted = true, .by = by,
	                                            .title = words_fill(r, a, "roadshow.batch", "version", version, NULL),
	                                            .until = last_of(&r->roadshow)});
	notice_say(all, "place", r->roadshow.place);
	notice_say(all, "note", r->roadshow.note);
	notice_say(all, "minutes", arena_fmt(a, "%lld", (long long)r->roadshow.minutes));
	for (size_t i = 0; i < n; i++)
		add(w, a, all, &g[i], ics[i]);
	return notice_end(all, NULL, e);
}

/* ---- answers */

int invite_answered(World *w, const Verdict *v, const char *by, Err *e) {
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (!strcmp(v->answer, answers[i])) {
			EventRow ev = {.at = w->env->now, .event = answers[i], .by = by, .detail = "", .state = ""};
			return store_event_add(w->store, v->number, &ev, e);
		}
	return 0;
}

/* What was answered when another place was theirs says nothing of this one. */
static int answer_since(World *w, Arena *a, const char *number, int64_t since, const char **out, Err *e) {
	EventRow *ev;
	size_t n;
	*out = "";
	if (store_entry_events(w->store, a, number, &ev, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof answers / sizeof *answers; k++)
			if (ev[i].at >= since && !strcmp(ev[i].event, answers[k]))
				*out = words(w->rules, arena_fmt(a, "event.%s", answers[k]));
	return 0;
}

int invite_answers(World *w, Arena *a, const Schedule *s, const char ***out, Err *e) {
	int64_t *since = arena_array(a, s->n + 1, sizeof *since);
	*out = arena_array(a, s->n + 1, sizeof **out);
	if (schedule_since(w, a, s, since, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (answer_since(w, a, s->slot[i].number, since[i], &(*out)[i], e) < 0)
			return -1;
	return 0;
}
