/* One entry's story for the secretariat: who and how to reach them, and in order of time every mail from its sender and its
 * contacts (those of before, too), every mail to them with whether it has left, and everything that was decided. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "desk/ask_inner.h"

#define LINE_CHARS 120

typedef struct {
	int64_t at;
	size_t n; /* in the order met, for one moment */
	const char *kind; /* of words ask.step_ */
	const char *text, *more;
	bool bad;
} Step;

typedef struct {
	Asking *q;
	const EntryRow *en;
	VEC(Step) step;
	int64_t *seen; /* messages told already */
	size_t seen_n, seen_cap;
} Story;

static void step_add(Story *s, int64_t at, const char *kind, const char *text, const char *more, bool bad) {
	size_t n = s->step.n;
	*vec_push(&s->step) = (Step){at, n, kind, text_cut(s->q->a, text_line(s->q->a, str_of(text)), LINE_CHARS),
	                             text_cut(s->q->a, text_line(s->q->a, str_of(more)), LINE_CHARS), bad};
}

/* ---- mails from them */

static bool told(const Story *s, int64_t seq) {
	for (size_t i = 0; i < s->seen_n; i++)
		if (s->seen[i] == seq)
			return true;
	return false;
}

/* Who has many entries writes about others, too. */
static bool others(const Story *s, const LogRow *row) {
	for (size_t i = 0; i < row->entry_n; i++)
		if (!strcmp(row->entry[i], s->en->number))
			return false;
	return row->entry_n > 0;
}

static bool keep_mail(void *ctx, const LogRow *row) {
	Story *s = ctx;
	Asking *q = s->q;
	const char *problem = "";
	if (told(s, row->message.seq) || !*row->outcome || others(s, row))
		return true;
	if (s->seen_n == s->seen_cap) {
		int64_t *more = arena_array(q->a, s->seen_cap * 2 + 16, sizeof *more);
		if (s->seen_n)
			memcpy(more, s->seen, s->seen_n * sizeof *more);
		s->seen = more;
		s->seen_cap = s->seen_cap * 2 + 16;
	}
	s->seen[s->seen_n++] = row->message.seq;
	for (size_t i = 0; i < row->problem_n && !*problem; i++)
		if (!strcmp(row->problem[i].severity, "error"))
			problem = row->problem[i].sentence;
	step_add(s, row->message.received, "in",
	         arena_fmt(q->a, "%s: %s", row->from_addr, *row->subject ? row->subject : "-"),
	         arena_fmt(q->a, "%s %s", ask_say(q, arena_fmt(q->a, "outcome.%s", row->outcome)), problem), false);
	return true;
}

static int mails_from(Story *s, const char *addr, Err *e) {
	return store_log_each(s->q->w->store, &(LogFilter){.from = addr, .since = WHEN_NONE}, keep_mail, s, e);
}

/* ---- mails to them */

static int mails_to(Story *s, const char *addr, Err *e) {
	Asking *q = s->q;
	OutboxRow *mail;
	size_t n;
	if (store_outbox_to(q->w->store, q->a, addr, &mail, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const OutboxRow *o = &mail[i];
		const char *state = ask_say(q, arena_fmt(q->a, "ask.mail_%s", o->state));
		bool bad = !strcmp(o->state, "failed");
		const char *number = rules_find_number(q->w->rules, q->a, o->subject);
		if (number && strcmp(number, s->en->number) != 0)
			continue;
		step_add(s, o->created, "out", arena_fmt(q->a, "%s: %s", o->to, o->subject),
		         o->sent != WHEN_NONE ? arena_fmt(q->a, "%s %s", state, ask_minute(q, o->sent))
		                              : arena_fmt(q->a, "%s %s", state, o->error), bad);
	}
	return 0;
}

/* ---- what was decided */

static int events(Story *s, Err *e) {
	Asking *q = s->q;
	EventRow *ev;
	size_t n;
	if (store_entry_events(q->w->store, q->a, s->en->number, &ev, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *what = *ev[i].state ? ask_state(q, ev[i].state) : ev[i].event;
		step_add(s, ev[i].at, "event", what, arena_fmt(q->a, "%s %s", ev[i].by, ev[i].detail), false);
	}
	return 0;
}

static int by_time(const void *a, const void *b) {
	const Step *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->n > y->n) - (x->n < y->n);
}

static void steps_data(Story *s, Data *d) {
	size_t first = s->step.n > ASK_STEPS ? s->step.n - ASK_STEPS : 0;
	if (s->step.n)
		qsort(s->step.v, s->step.n, sizeof *s->step.v, by_time);
	for (size_t i = first; i < s->step.n; i++) {
		const Step *t = &s->step.v[i];
		Data *x = data_item(d, "steps");
		data_text(x, "at", ask_minute(s->q, t->at));
		data_text(x, "kind", ask_say(s->q, arena_fmt(s->q->a, "ask.step_%s", t->kind)));
		data_text(x, "text", t->text);
		data_text(x, "more", str_dup(s->q->a, str_trim(str_of(t->more))));
		data_flag(x, "bad", t->bad);
		data_flag(x, "event", !strcmp(t->kind, "event"));
	}
	if (first)
		data_fmt(d, "earlier", "%zu", first);
}

/* ---- the head */

static void file_items(const Story *s, Data *d, const FileRow *f, size_t n, const char *list) {
	for (size_t i = 0; i < n; i++) {
		Data *x = data_item(d, list);
		data_text(x, "name", strrchr(f[i].path, '/') ? strrchr(f[i].path, '/') + 1 : f[i].name);
		data_text(x, "size", words_bytes(s->q->w->rules, s->q->a, f[i].bytes));
	}
}

static int head(const Story *s, Data *d, Err *e) {
	Asking *q = s->q;
	const EntryRow *en = s->en;
	FileRow *file, *later;
	size_t n, more;
	if (store_entry_files(q->w->store, q->a, en->number, &file, &n, e) < 0 ||
	    store_entry_supplements(q->w->store, q->a, en->number, &later, &more, e) < 0)
		return -1;
	const char *const facts[][2] = {
		{"number", en->number}, {"title", en->title}, {"org", en->org}, {"track", ask_track(q, en->track)},
		{"state", ask_state(q, en->state)}, {"contact", en->contact}, {"mobile", en->mobile}, {"email", en->email},
		{"from", en->sender}, {"folder", en->folder}, {"uscc", en->uscc}, {"province", en->province},
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		data_text(d, facts[i][0], facts[i][1]);
	data_text(d, "arrived", ask_minute(q, en->received));
	data_text(d, "accepted", ask_minute(q, en->accepted));
	file_items(s, d, file, n, "files");
	file_items(s, d, later, more, "later");
	data_flag(d, "has_later", more > 0);
	return 0;
}

int ask_story(Asking *q, const EntryRow *en, Err *e) {
	Story s = {.q = q, .en = en};
	Data *d = data_new(q->a);
	char **addr;
	size_t n = 0;
	int rc = head(&s, d, e);
	if (rc == 0)
		rc = store_log_each(q->w->store, &(LogFilter){.since = WHEN_NONE, .seq = en->seq}, keep_mail, &s, e);
	if (rc == 0)
		rc = store_entry_addresses(q->w->store, q->a, en->number, &addr, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = mails_from(&s, addr[i], e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = mails_to(&s, addr[i], e);
	if (rc == 0)
		rc = events(&s, e);
	if (rc == 0) {
		steps_data(&s, d);
		rc = ask_reply(q, "ask_story", 0, d, NULL, 0, e);
	}
	vec_free(&s.step);
	return rc;
}
