/* The digest's mail: figures, a picture of bars, what needs a person in the order in which it presses, the robot's own
 * health.  It fills names that the wording (templates/mail/digest.*) shows; a text from outside is cut to a line here. */
#include <string.h>
#include <sys/statvfs.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/when.h"
#include "course/invite.h"
#include "course/panel.h"
#include "course/petition.h"
#include "course/phase.h"
#include "desk/digest_inner.h"
#include "home/idle.h"
#include "store/notice.h"

#define HEAD_CHARS 40
#define WHO_CHARS 60
#define NOTE_CHARS 70
#define PROBLEM_CHARS 34
#define BAR_HIGH 56        /* pixels of the highest day */
#define PRESSING_DAYS 3    /* before the closing, whoever is stuck comes first */
#define LATE_RUN (3 * 3600) /* seconds without a run that are told */
#define DISK_LOW (1 << 30)

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

static const char *cut(const Digest *d, const char *text, size_t chars)
{
	return text_cut(d->a, text_line(d->a, str_of(text)), chars);
}

static const char *num(const Digest *d, int64_t n)
{
	return arena_fmt(d->a, "%lld", (long long)n);
}

/* ---- what needs a person */

/* The first of them that says something. */
static const char *either(const char *a, const char *b)
{
	return *a ? a : b;
}

static void item(Needs *x, const char *head, const char *who, const char *note)
{
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
static bool counted(Needs *x)
{
	if (x->n < DIGEST_SHOWN)
		return false;
	x->n++;
	return true;
}

/* Name and number of a person where we have them, else the address the mail came from. */
static const char *caller(Needs *x, const TodoRow *t)
{
	const Digest *d = x->d;
	const char *who = arena_fmt(d->a, "%s %s", t->contact, t->mobile), *number;
	if (!*t->contact && !*t->mobile && digest_known(d, t->from_addr, &who, &number, x->e) < 0)
		x->rc = -1;
	const char *name = strcmp(str_dup(d->a, str_trim(str_of(who))), "") ? who : t->from_name;
	return arena_fmt(d->a, "%s %s", name, t->from_addr);
}

static bool each_stuck(void *ctx, const TodoRow *t)
{
	Needs *x = ctx;
	const Digest *d = x->d;
	if (*t->number || counted(x)) /* a number: a colleague got through */
		return true;
	item(x, either(t->title, t->subject), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_stuck", "n", num(d, t->times), "moment",
	                words_moment(d->w->rules, d->a, t->received), "problem", cut(d, t->problem, PROBLEM_CHARS), NULL));
	return x->rc == 0;
}

static bool each_read(void *ctx, const TodoRow *t)
{
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

static bool each_bounce(void *ctx, const TodoRow *t)
{
	Needs *x = ctx;
	const Digest *d = x->d;
	const char *who, *number;
	if (counted(x))
		return true;
	if (digest_known(d, t->email, &who, &number, x->e) < 0)
		x->rc = -1;
	item(x, either(t->email, t->subject), arena_fmt(d->a, "%s %s", who, number), either(t->reason, t->subject));
	return x->rc == 0;
}

static bool each_late(void *ctx, const TodoRow *t)
{
	Needs *x = ctx;
	const Digest *d = x->d;
	if (digest_early(d, t) || counted(x))
		return true;
	const char *span = words_span(d->w->rules, d->a, t->received - d->closes);
	item(x, either(t->title, t->subject), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_late", "org", t->org, "span", span, "moment",
	                words_moment(d->w->rules, d->a, t->received), NULL));
	return x->rc == 0;
}

static bool each_twin(void *ctx, const TodoRow *t)
{
	Needs *x = ctx;
	const Digest *d = x->d;
	if (counted(x))
		return true;
	item(x, either(t->title, t->subject), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_twin", "number", t->number, "org", t->org, NULL));
	return x->rc == 0;
}

static bool each_quarantined(void *ctx, const TodoRow *t)
{
	Needs *x = ctx;
	const Digest *d = x->d;
	if (counted(x))
		return true;
	item(x, either(t->subject, hash_text(d->a, t->sha256)), caller(x, t),
	     words_fill(d->w->rules, d->a, "digest.note_quarantined", "reason", t->detail, "moment",
	                words_moment(d->w->rules, d->a, t->received), NULL));
	return x->rc == 0;
}

/* Of the days that this digest tells of: nobody has to do anything, so nothing keeps them open. */
static bool each_alike(void *ctx, const AlikeRow *t)
{
	Needs *x = ctx;
	const Digest *d = x->d;
	if (t->accepted >= d->to || counted(x))
		return true;
	item(x, arena_fmt(d->a, "%s %s", t->number, t->title), arena_fmt(d->a, "%s %s", t->other, t->other_org),
	     words_fill(d->w->rules, d->a, "digest.note_alike", "org", t->org, "what", digest_alike(d, d->a, t), NULL));
	return x->rc == 0;
}

static bool each_failed(void *ctx, const OutboxRow *o)
{
	Needs *x = ctx;
	item(x, o->subject, o->to, o->error);
	return x->n < DIGEST_SHOWN;
}

static int each_petition(Needs *x)
{
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
static int each_behind(Needs *x)
{
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
static int each_objection(Needs *x)
{
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
static int each_unconfirmed(Needs *x)
{
	const Digest *d = x->d;
	const Rules *r = d->w->rules;
	Schedule s;
	if (schedule_read(d->w, d->a, &s, x->e) < 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		const ShowSlot *slot = &s.slot[i];
		EntryRow en;
		const char *answer;
		if (slot->cancelled || slot->start == WHEN_NONE || slot->start <= d->w->env->now)
			continue;
		if (store_entry_get(d->w->store, d->a, slot->number, &en, x->e) <= 0 ||
		    invite_answer(d->w, d->a, slot->number, &answer, x->e) < 0)
			return -1;
		if (!strcmp(answer, words(r, "event.roadshow_confirmed")) || counted(x))
			continue;
		item(x, arena_fmt(d->a, "%s %s", en.number, en.title), arena_fmt(d->a, "%s %s", en.contact, en.mobile),
		     words_fill(r, d->a, "digest.note_roadshow", "answer", answer, "moment", words_moment(r, d->a, slot->start), "room",
		                slot->room, NULL));
	}
	return 0;
}

typedef bool (*Each)(void *ctx, const TodoRow *t);

static const struct {
	const char *key, *kind;
	Each each;
	int (*all)(Needs *x); /* or all at once */
} KINDS[] = {
	{"stuck", NULL, each_stuck, NULL},           {"read", "read", each_read, NULL},
	{"objection", NULL, NULL, each_objection},   {"bounce", "bounce", each_bounce, NULL},
	{"late", "late", each_late, NULL},           {"petition", NULL, NULL, each_petition},
	{"twin", "twin", each_twin, NULL},           {"quarantined", "quarantined", each_quarantined, NULL},
	{"roadshow", NULL, NULL, each_unconfirmed},  {"experts", NULL, NULL, each_behind},
	{"failed", NULL, NULL, NULL},                {"alike", NULL, NULL, NULL},
};
#define KIND_N (sizeof KINDS / sizeof *KINDS)

static int64_t failed_mails(const Digest *d)
{
	return digest_sum(d->queue, d->queue_n, NULL, "failed");
}

/* How many of the kind in hand there are. */
static void count_need(Needs *x)
{
	if (x->need) {
		data_text(x->need, "count", num(x->d, x->n));
		data_text(x->brief, "count", num(x->d, x->n));
		if (x->n > DIGEST_SHOWN)
			data_text(x->need, "left_out", num(x->d, x->n - DIGEST_SHOWN));
	}
}

static int one_kind(Needs *x, size_t k)
{
	Store *s = x->d->w->store;
	x->key = KINDS[k].key;
	x->need = NULL;
	x->n = 0;
	int rc;
	if (!strcmp(x->key, "alike")) {
		rc = store_alike_each(s, x->d->from, each_alike, x, x->e);
	} else if (KINDS[k].all) {
		rc = KINDS[k].all(x);
	} else if (!KINDS[k].each) {
		rc = failed_mails(x->d) ? store_outbox_each(s, "failed", each_failed, x, x->e) : 0;
		x->n = failed_mails(x->d);
	} else if (!KINDS[k].kind) {
		rc = store_turned_each(s, 2, KINDS[k].each, x, x->e);
	} else {
		rc = store_todo_each(s, KINDS[k].kind, KINDS[k].each, x, x->e);
	}
	x->all += x->n;
	count_need(x);
	return rc < 0 || x->rc < 0 ? -1 : 0;
}

/* Mails that wait until the secretariat has seen them. */
static int held_need(Needs *x)
{
	const Digest *d = x->d;
	NoticeRow *row;
	size_t n;
	if (store_notice_held(d->w->store, d->a, &row, &n, x->e) < 0)
		return -1;
	x->key = "held";
	x->need = NULL;
	x->n = 0;
	for (size_t i = 0; i < n; i++)
		item(x, row[i].title, "",
		     words_fill(d->w->rules, d->a, "digest.note_held", "n", num(d, row[i].mails), "moment",
		                words_moment(d->w->rules, d->a, row[i].shown), NULL));
	x->all += x->n;
	count_need(x);
	return 0;
}

/* Who is stuck comes first while the closing is near; before and after that a person who waits for an answer does. */
static int needs(Digest *d, Data *out, Err *e)
{
	int64_t left = d->closes - d->w->env->now;
	bool pressing = left >= 0 && left <= PRESSING_DAYS * DAY_SECONDS;
	Needs x = {.d = d, .out = out, .e = e};
	if (held_need(&x) < 0)
		return -1;
	for (size_t i = 0; i < KIND_N; i++) {
		size_t k = i > 1 ? i : pressing ? i : 1 - i;
		if (one_kind(&x, k) < 0)
			return -1;
	}
	data_text(out, "need_count", x.all ? num(d, x.all) : "");
	return 0;
}

/* ---- figures */

static const char *change(const Digest *d, int64_t now, int64_t before)
{
	const char *key = now > before ? "digest.more" : now < before ? "digest.less" : "digest.same";
	return words_fill(d->w->rules, d->a, key, "n", num(d, now > before ? now - before : before - now), NULL);
}

static void figure(const Digest *d, Data *out, const char *name, int64_t now, int64_t before)
{
	data_text(out, name, num(d, now));
	data_text(out, arena_fmt(d->a, "%s_change", name), change(d, now, before));
}

static void figures(const Digest *d, Data *out)
{
	int64_t end = when_midnight(d->today, 1);
	figure(d, out, "mails", digest_arrived(d, d->from, d->to, NULL), digest_arrived(d, d->before, d->from, NULL));
	figure(d, out, "taken", digest_sum(d->form, d->form_n, NULL, "accepted"),
	       digest_sum(d->form_before, d->form_before_n, NULL, "accepted"));
	figure(d, out, "turned", digest_arrived(d, d->from, d->to, "rejected"),
	       digest_arrived(d, d->before, d->from, "rejected"));
	data_text(out, "total", num(d, digest_sum(d->entry, d->entry_n, NULL, NULL)));
	data_text(out, "today_mails", num(d, digest_arrived(d, d->today, end, NULL)));
	data_text(out, "today_taken", num(d, digest_sum(d->form_today, d->form_today_n, NULL, "accepted")));
	int64_t check = digest_sum(d->entry, d->entry_n, NULL, "accepted"),
	        review = digest_sum(d->entry, d->entry_n, NULL, "eligible");
	data_text(out, "to_check", num(d, check));
	data_text(out, "to_review", num(d, review));
	data_flag(out, "to_decide", check + review > 0);
}

static void days(const Digest *d, Data *out)
{
	int64_t most = 1, n[DIGEST_DAYS];
	for (int i = 0; i < DIGEST_DAYS; i++) {
		int64_t from = when_midnight(d->today, i - DIGEST_DAYS), to = when_midnight(from, 1);
		n[i] = digest_arrived(d, from, to, NULL);
		most = n[i] > most ? n[i] : most;
	}
	for (int i = 0; i < DIGEST_DAYS; i++) {
		int64_t from = when_midnight(d->today, i - DIGEST_DAYS), high = n[i] * BAR_HIGH / most;
		Data *x = data_item(out, "days");
		struct tm tm = when_local(from);
		data_fmt(x, "date", "%d/%d", tm.tm_mon + 1, tm.tm_mday);
		data_text(x, "n", n[i] ? num(d, n[i]) : "");
		data_text(x, "high", num(d, n[i] && high < 2 ? 2 : high ? high : 1));
		data_flag(x, "none", n[i] == 0);
		data_flag(x, "told", from >= d->from && from < d->to);
	}
}

static void tracks(const Digest *d, Data *out)
{
	const Rules *r = d->w->rules;
	int64_t most = 1;
	const char *direction = "";
	for (size_t i = 0; i < r->track_n; i++) {
		int64_t n = digest_sum(d->entry, d->entry_n, r->track[i].code, NULL);
		most = n > most ? n : most;
	}
	for (size_t i = 0; i < r->track_n; i++) {
		const Track *t = &r->track[i];
		int64_t all = digest_sum(d->entry, d->entry_n, t->code, NULL), wide = all * 100 / most, of = 0;
		int64_t fresh = digest_sum(d->form, d->form_n, t->code, "accepted");
		Data *x = data_item(out, "tracks");
		data_text(x, "code", t->code);
		data_text(x, "name", t->name);
		data_text(x, "all", num(d, all));
		data_text(x, "fresh", fresh ? num(d, fresh) : "");
		data_text(x, "wide", all ? num(d, wide < 2 ? 2 : wide) : "");
		data_text(x, "rest", wide < 100 ? num(d, 100 - (all && wide < 2 ? 2 : wide)) : "");
		if (!strcmp(direction, t->direction))
			continue;
		direction = t->direction;
		for (size_t k = 0; k < r->track_n; k++)
			if (!strcmp(r->track[k].direction, direction))
				of += digest_sum(d->entry, d->entry_n, r->track[k].code, NULL);
		data_text(x, "direction", direction);
		data_text(x, "direction_all", num(d, of));
	}
}

/* ---- the days and the closing */

static void calendar(const Digest *d, Data *out)
{
	const Rules *r = d->w->rules;
	int64_t now = d->w->env->now, last = when_midnight(d->to, -1);
	data_text(out, "day", words_day(r, d->a, d->today));
	data_text(out, "now", words_moment(r, d->a, now));
	data_text(out, "told_from", words_day(r, d->a, d->from));
	data_text(out, "told_to", last > d->from ? words_day(r, d->a, last) : "");
	data_flag(out, "forced", d->forced);
	data_text(out, "opens", words_moment(r, d->a, d->opens));
	data_text(out, "closes", words_moment(r, d->a, d->closes));
	data_flag(out, "early", now < d->opens);
	data_flag(out, "over", now > d->closes);
	/* Rounded: a day may have 23 hours. */
	int64_t left = (when_midnight(d->closes, 0) - d->today + DAY_SECONDS / 2) / DAY_SECONDS;
	if (now <= d->closes && now >= d->opens) {
		int64_t before = rules_pace(r, left + 1); /* at the midnight that has passed */
		data_text(out, "pace", before < 0 ? "" : num(d, before));
		data_text(out, "left_days", left > 0 ? num(d, left) : "");
		data_flag(out, "last_day", left == 0);
	}
}

/* What comes next, and whether what closed is counted. */
static int coming(const Digest *d, Data *out, Err *e)
{
	static const char *const step[] = {"digest.opens", "digest.reminds", "digest.closes"};
	const Rules *r = d->w->rules;
	PhaseMoment m = {.at = d->w->env->now, .order = PHASE_LAST_ORDER};
	for (int i = 0; i < 3 && phase_moment(r, &m, &m); i++) {
		Data *x = data_item(out, "coming");
		data_text(x, "at", words_moment(r, d->a, m.step == PHASE_CLOSES ? m.at - 1 : m.at));
		data_text(x, "what", words_fill(r, d->a, step[m.step], "phase", m.phase->name, NULL));
	}
	for (size_t i = 0; i < r->phase_n; i++) {
		PhaseCount c;
		if (!r->phase[i].takes_entries)
			continue;
		if (phase_count(d->w, d->a, &r->phase[i], &c, e) < 0)
			return -1;
		data_flag(out, "counting", c.closed && !c.counted);
		data_text(out, "counted", c.closed && c.counted ? num(d, c.entries) : "");
	}
	return 0;
}

/* ---- the robot's own health */

static int health(Digest *d, Data *out, Err *e)
{
	World *w = d->w;
	const Rules *r = w->rules;
	char *last, hash[HASH_HEX];
	int64_t at = WHEN_NONE, id, due = 0;
	struct statvfs fs;
	if (store_audit_last(w->store, &id, hash, e) < 0)
		return -1;
	last = idle_last_run(w->env, d->a);
	if (last && when_parse(str_of(last), false, &at) == 0) {
		data_text(out, "last_run", words_moment(r, d->a, at));
		if (w->env->now - at > LATE_RUN)
			data_text(out, "silent", words_span(r, d->a, w->env->now - at));
	}
	data_text(out, "waiting", num(d, digest_sum(d->queue, d->queue_n, NULL, "waiting")));
	data_text(out, "held", num(d, digest_sum(d->queue, d->queue_n, NULL, "held")));
	data_text(out, "failed", num(d, failed_mails(d)));
	int waits = store_outbox_next(w->store, &due, e);
	if (waits < 0)
		return -1;
	if (waits && w->env->now - due > LATE_RUN)
		data_text(out, "stuck_queue", words_span(r, d->a, w->env->now - due));
	data_flag(out, "rules_faulty", w->rules_faulty);
	if (fstatvfs(w->env->home, &fs) == 0) {
		uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
		data_text(out, "disk", words_bytes(r, d->a, room));
		data_flag(out, "disk_low", room < DISK_LOW);
	}
	data_text(out, "audit_no", num(d, id));
	data_text(out, "audit", hash);
	return 0;
}

void digest_mail_figures(const Digest *d, Data *out)
{
	calendar(d, out);
	figures(d, out);
	days(d, out);
	tracks(d, out);
}

int digest_mail_data(Digest *d, Data *out, Err *e)
{
	digest_mail_figures(d, out);
	return coming(d, out, e) < 0 || needs(d, out, e) < 0 ? -1 : health(d, out, e);
}
