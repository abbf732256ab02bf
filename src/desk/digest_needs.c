/* What needs a person, for the digest's mail: a list a kind, in the order in which they press.  Each shows its first few and
 * counts the rest; a text from outside is cut to a line here. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "course/invite.h"
#include "course/panel.h"
#include "course/petition.h"
#include "desk/digest_inner.h"
#include "store/notice.h"

#define HEAD_CHARS 40
#define WHO_CHARS 60
#define NOTE_CHARS 70
#define PROBLEM_CHARS 34
#define PRESSING_DAYS 3 /* before the closing, whoever is stuck comes first */

typedef struct {
	Digest *d;
	Data *out;
	Data *need;     /* the kind in hand, NULL before its first item */
	Data *brief;    /* its line in the summary */
	const char *key;
	int64_t n;
	int64_t all;
	Err *e;
	int rc;
} Needs;

static const char *cut(const Digest *d, const char *text, size_t chars) {
	return text_cut(d->a, text_line(d->a, str_of(text)), chars);
}

static const char *num(const Digest *d, int64_t n) {
	return arena_fmt(d->a, "%lld", (long long)n);
}

/* The first of them that says something. */
static const char *either(const char *a, const char *b) {
	return *a ? a : b;
}

static void item(Needs *x, const char *head, const char *who, const char *note) {
	const Digest *d = x->d;
	x->n++;
	if (x->n > DIGEST_SHOWN)
		return;
	if (!x->need) {
		x->need = data_item(x->out, "needs");
		x->brief = data_item(x->out, "briefs");
		data_text(x->need, "need", words(d->w->rules, arena_fmt(d->a, "digest.need_%s", x->key)));
		data_text(x->brief, "need", words(d->w->rules, arena_fmt(d->a, "digest.need_%s", x->key)));
		data_text(x->need, "hint", words(d->w->rules, arena_fmt(d->a, "digest.hint_%s", x->key)));
	}
	Data *i = data_item(x->need, "items");
	data_text(i, "head", cut(d, head, HEAD_CHARS));
	data_text(i, "who", cut(d, who, WHO_CHARS));
	data_text(i, "note", cut(d, note, NOTE_CHARS));
}

/* What the mail has no room for is only counted. */
static bool counted(Needs *x) {
	if (x->n < DIGEST_SHOWN)
		return false;
	x->n++;
	return true;
}

/* Name and number of a person where we have them, else the address the mail came from. */
static const char *caller(Needs *x, const TodoRow *t) {
	const Digest *d = x->d;
	const char *who = arena_fmt(d->a, "%s %s", t->contact, t->mobile), *number;
	if (!*t->contact && !*t->mobile && digest_known(d, t->from_addr, &who, &number, x->e) < 0)
		x->rc = -1;
	const char *name = strcmp(str_dup(d->a, str_trim(str_of(who))), "") ? who : t->from_name;
	return arena_fmt(d->a, "%s %s", name, t->from_addr);
}

static bool each_stuck(void *ctx, const TodoRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	if (*t->number || counted(x)) /* a number: a colleague got through */
		return true;
	item(x, either(t->title, t->subject), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_stuck", "n", num(d, t->times), "moment",
	                words_moment(d->w->rules, d->a, t->received), "problem", cut(d, t->problem, PROBLEM_CHARS), NULL));
	return x->rc == 0;
}

static int list_stuck(Needs *x) {
	return store_turned_each(x->d->w->store, 2, each_stuck, x, x->e);
}

static bool each_read(void *ctx, const TodoRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	bool plain = !strcmp(t->outcome, "unrecognised"); /* as the heading says */
	const char *key = arena_fmt(d->a, "outcome.%s", t->outcome);
	if (counted(x))
		return true;
	item(x, either(t->subject, t->from_addr), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_read", "outcome", plain ? "" : words(d->w->rules, key), "moment",
	                words_moment(d->w->rules, d->a, t->received), NULL));
	return x->rc == 0;
}

static int list_read(Needs *x) {
	return store_todo_each(x->d->w->store, "read", each_read, x, x->e);
}

static bool each_bounce(void *ctx, const TodoRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	const char *who, *number;
	if (counted(x))
		return true;
	if (digest_known(d, t->email, &who, &number, x->e) < 0)
		x->rc = -1;
	/* One that names nobody: where it came from, and when. */
	const char *note = *t->email ? t->subject
	                             : words_fill(d->w->rules, d->a, "digest.note_read", "outcome", "", "moment",
	                                          words_moment(d->w->rules, d->a, t->received), NULL);
	item(x, either(t->email, t->subject), *t->email ? arena_fmt(d->a, "%s %s", who, number) : t->from_addr,
	     either(t->reason, note));
	return x->rc == 0;
}

static int list_bounce(Needs *x) {
	return store_todo_each(x->d->w->store, "bounce", each_bounce, x, x->e);
}

static bool each_late(void *ctx, const TodoRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	if (digest_early(d, t) || counted(x))
		return true;
	const char *span = digest_late_by(d, d->a, t);
	item(x, digest_late(d, d->a, t), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_late", "org", t->org, "span", span, "moment",
	                words_moment(d->w->rules, d->a, t->received), NULL));
	return x->rc == 0;
}

static int list_late(Needs *x) {
	return store_todo_each(x->d->w->store, "late", each_late, x, x->e);
}

static bool each_twin(void *ctx, const TodoRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	if (counted(x))
		return true;
	item(x, either(t->title, t->subject), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_twin", "number", t->number, "org", t->org, NULL));
	return x->rc == 0;
}

static int list_twin(Needs *x) {
	return store_todo_each(x->d->w->store, "twin", each_twin, x, x->e);
}

static bool each_quarantined(void *ctx, const TodoRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	if (counted(x))
		return true;
	item(x, either(t->subject, hash_text(d->a, t->sha256)), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_quarantined", "reason", t->detail, "moment",
	                words_moment(d->w->rules, d->a, t->received), NULL));
	return x->rc == 0;
}

static int list_quarantined(Needs *x) {
	return store_todo_each(x->d->w->store, "quarantined", each_quarantined, x, x->e);
}

/* Of the days that this digest tells of: nobody has to do anything, so nothing keeps them open. */
static bool each_alike(void *ctx, const AlikeRow *t) {
	Needs *x = ctx;
	const Digest *d = x->d;
	if (t->accepted >= d->to || counted(x))
		return true;
	item(x, arena_fmt(d->a, "%s %s", t->number, t->title), arena_fmt(d->a, "%s %s", t->other, t->other_org),
	     words_fill(d->w->rules, d->a, "digest.note_alike", "org", t->org, "what", digest_alike(d, d->a, t), NULL));
	return x->rc == 0;
}

static int list_alike(Needs *x) {
	return store_alike_each(x->d->w->store, x->d->from, each_alike, x, x->e);
}

/* Of the days that this digest tells of, and of today: nothing that a person does takes one away, and the queue keeps them all. */
static bool each_failed(void *ctx, const OutboxRow *o) {
	Needs *x = ctx;
	if (!counted(x))
		item(x, o->subject, o->to, o->error);
	return true;
}

static int list_failed(Needs *x) {
	return store_outbox_failed_each(x->d->w->store, x->d->from, each_failed, x, x->e);
}

/* Mails that wait until the secretariat has seen them. */
static int list_held(Needs *x) {
	const Digest *d = x->d;
	NoticeRow *row;
	size_t n;
	if (store_notice_held(d->w->store, d->a, &row, &n, x->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		item(x, row[i].title, "",
		     words_fill(d->w->rules, d->a, "digest.note_held", "n", num(d, row[i].mails), "moment",
		                words_moment(d->w->rules, d->a, row[i].shown), NULL));
	return 0;
}

static int list_petitions(Needs *x) {
	const Digest *d = x->d;
	const Rules *r = d->w->rules;
	RecordRow *row;
	size_t n;
	if (petition_open(d->w, d->a, &row, &n, x->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		EntryRow en;
		MessageRow m;
		bool missing = petition_of(&row[i]).stamp_missing;
		const char *kind = words(r, arena_fmt(d->a, "decide.kind_%s", row[i].round));
		if (counted(x))
			continue;
		if (store_entry_get(d->w->store, d->a, row[i].ref, &en, x->e) <= 0 ||
		    store_message_get(d->w->store, d->a, petition_of(&row[i]).seq, &m, x->e) <= 0)
			return -1;
		item(x, arena_fmt(d->a, "%s %s", en.number, en.title), arena_fmt(d->a, "%s %s", en.contact, en.mobile),
		     words_fill(r, d->a, "digest.note_petition", "kind", kind, "org", en.org, "moment",
		                words_moment(r, d->a, m.received), "missing", missing ? words(r, "digest.enclosed_missing") : "", NULL));
	}
	return 0;
}

/* Experts who have not scored all of theirs, while their round is open. */
static int list_behind(Needs *x) {
	const Digest *d = x->d;
	Behind *b;
	size_t n;
	if (panel_behind(d->w, d->a, NULL, &b, &n, x->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const Round *r = b[i].panel->round;
		const char *key = b[i].expert->promised ? "experts.behind" : "experts.behind_promise";
		item(x, b[i].expert->label, arena_fmt(d->a, "%s %s", b[i].expert->org, b[i].expert->mobile),
		     words_fill(d->w->rules, d->a, key, "round", r->name, "done", num(d, (int64_t)b[i].done), "theirs",
		                num(d, (int64_t)b[i].theirs), "closes", words_moment(d->w->rules, d->a, r->phase->closes), NULL));
	}
	return 0;
}

/* To the list of awards, until they are ruled on; whoever wrote is for the workbook. */
static int list_objections(Needs *x) {
	const Digest *d = x->d;
	const Rules *r = d->w->rules;
	ObjectionRow *o;
	size_t n;
	if (store_objection_list(d->w->store, d->a, &o, &n, x->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		EntryRow en = {.number = "", .title = "", .org = ""};
		if (*o[i].decision || counted(x))
			continue;
		if (*o[i].number && store_entry_get(d->w->store, d->a, o[i].number, &en, x->e) < 0)
			return -1;
		item(x, words_fill(r, d->a, "objection.no", "n", num(d, o[i].id), NULL), arena_fmt(d->a, "%s %s", en.number, en.title),
		     words_fill(r, d->a, "digest.note_objection", "org", en.org, "moment", words_moment(r, d->a, o[i].at), NULL));
	}
	return 0;
}

/* Who stands on the roadshow's schedule and has not said that they will come. */
static int list_unconfirmed(Needs *x) {
	const Digest *d = x->d;
	const Rules *r = d->w->rules;
	Schedule s;
	const char **answer;
	if (schedule_read(d->w, d->a, &s, x->e) < 0 || invite_answers(d->w, d->a, &s, &answer, x->e) < 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		const ShowSlot *slot = &s.slot[i];
		EntryRow en;
		if (slot->cancelled || slot->start == WHEN_NONE || slot->start <= d->w->env->now)
			continue;
		if (!strcmp(answer[i], words(r, "event.roadshow_confirmed")) || counted(x))
			continue;
		if (store_entry_get(d->w->store, d->a, slot->number, &en, x->e) <= 0)
			return -1;
		item(x, arena_fmt(d->a, "%s %s", en.number, en.title), arena_fmt(d->a, "%s %s", en.contact, en.mobile),
		     words_fill(r, d->a, "digest.note_roadshow", "answer", answer[i], "moment", words_moment(r, d->a, slot->start), "room",
		                slot->room, NULL));
	}
	return 0;
}

/* ---- in the order in which they press */

typedef struct {
	const char *key; /* of its words: digest.need_KEY, digest.hint_KEY */
	int (*list)(Needs *x);
} Kind;

static const Kind held = {"held", list_held}, stuck = {"stuck", list_stuck}, unread = {"read", list_read};
static const Kind others[] = {
	{"objection", list_objections}, {"bounce", list_bounce},           {"late", list_late},
	{"petition", list_petitions},   {"twin", list_twin},               {"quarantined", list_quarantined},
	{"roadshow", list_unconfirmed}, {"experts", list_behind},          {"failed", list_failed},
	{"alike", list_alike},
};

static int one_kind(Needs *x, const Kind *kind) {
	x->key = kind->key;
	x->need = NULL;
	x->n = 0;
	if (kind->list(x) < 0 || x->rc < 0)
		return -1;
	x->all += x->n;
	if (x->need) {
		data_text(x->need, "count", num(x->d, x->n));
		data_text(x->brief, "count", num(x->d, x->n));
		if (x->n > DIGEST_SHOWN)
			data_text(x->need, "left_out", num(x->d, x->n - DIGEST_SHOWN));
	}
	return 0;
}

/* Who is stuck comes first while the closing is near; before and after that a person who waits for an answer does. */
int digest_needs(Digest *d, Data *out, Err *e) {
	int64_t left = d->window_closes - d->w->env->now;
	bool pressing = left >= 0 && left <= PRESSING_DAYS * DAY_SECONDS;
	Needs x = {.d = d, .out = out, .e = e};
	if (one_kind(&x, &held) < 0 || one_kind(&x, pressing ? &stuck : &unread) < 0 ||
	    one_kind(&x, pressing ? &unread : &stuck) < 0)
		return -1;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (one_kind(&x, &others[i]) < 0)
			return -1;
	data_text(out, "need_count", x.all ? num(d, x.all) : "");
	return 0;
}
