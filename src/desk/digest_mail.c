/* The digest's mail: figures, a picture of bars, what needs a person (digest_needs.c), the robot's own health.  It fills names
 * that the wording (templates/mail/digest.*) shows. */
#include <string.h>
#include <sys/statvfs.h>

#include "base/hash.h"
#include "base/when.h"
#include "course/phase.h"
#include "desk/digest_inner.h"
#include "home/idle.h"

#define BAR_HIGH 56        /* pixels of the highest day */
#define LATE_RUN (3 * 3600) /* seconds without a run that are told */
#define DISK_LOW (1 << 30)

static const char *num(const Digest *d, int64_t n) {
	return arena_fmt(d->a, "%lld", (long long)n);
}

/* ---- figures */

static const char *change(const Digest *d, int64_t now, int64_t before) {
	const char *key = now > before ? "digest.more" : now < before ? "digest.less" : "digest.same";
	return words_fill(d->w->rules, d->a, key, "n", num(d, now > before ? now - before : before - now), NULL);
}

static void figure(const Digest *d, Data *out, const char *name, int64_t now, int64_t before) {
	data_text(out, name, num(d, now));
	data_text(out, arena_fmt(d->a, "%s_change", name), change(d, now, before));
}

static void figures(const Digest *d, Data *out) {
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

static void days(const Digest *d, Data *out) {
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

static void tracks(const Digest *d, Data *out) {
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

/* Rounded: a day may have 23 hours. */
static int64_t days_to(const Digest *d, int64_t closes) {
	return (when_midnight(closes, 0) - d->today + DAY_SECONDS / 2) / DAY_SECONDS;
}

static void calendar(const Digest *d, Data *out) {
	const Rules *r = d->w->rules;
	int64_t now = d->w->env->now, last = when_midnight(d->to, -1);
	data_text(out, "day", words_day(r, d->a, d->today));
	data_text(out, "now", words_moment(r, d->a, now));
	data_text(out, "told_from", words_day(r, d->a, d->from));
	data_text(out, "told_to", last > d->from ? words_day(r, d->a, last) : "");
	data_flag(out, "forced", d->forced);
	data_text(out, "opens", words_moment(r, d->a, d->opens));
	data_text(out, "closes", words_moment(r, d->a, d->window_closes));
	data_flag(out, "early", now < d->opens);
	data_flag(out, "over", now > d->closes);
	int64_t left = days_to(d, d->window_closes);
	if (now <= d->closes && now >= d->opens) {
		int64_t before = rules_pace(r, days_to(d, d->closes) + 1); /* at the midnight that has passed */
		data_text(out, "pace", before < 0 ? "" : num(d, before));
		data_text(out, "left_days", left > 0 ? num(d, left) : "");
		data_flag(out, "last_day", left == 0);
	}
}

/* Whether what came before the closing is counted: behind the last window, whose count has the entries of all. */
static int counted(const Digest *d, Data *out, Err *e) {
	const Rules *r = d->w->rules;
	const Phase *last = NULL;
	PhaseCount c;
	for (size_t i = 0; i < r->phase_n; i++)
		if (r->phase[i].takes_entries && (!last || r->phase[i].closes > last->closes))
			last = &r->phase[i];
	if (!last)
		return 0;
	if (phase_count(d->w, d->a, last, &c, e) < 0)
		return -1;
	data_flag(out, "counting", c.closed && !c.counted);
	data_text(out, "counted", c.closed && c.counted ? num(d, c.entries) : "");
	return 0;
}

static int coming(const Digest *d, Data *out, Err *e) {
	static const char *const step[] = {"digest.opens", "digest.reminds", "digest.closes"};
	const Rules *r = d->w->rules;
	PhaseMoment m = {.at = d->w->env->now, .order = PHASE_LAST_ORDER};
	for (int i = 0; i < 3 && phase_moment(r, &m, &m); i++) {
		Data *x = data_item(out, "coming");
		/* The grace behind a closing is told to nobody. */
		data_text(x, "at", words_moment(r, d->a, m.step == PHASE_CLOSES ? m.phase->closes : m.at));
		data_text(x, "what", words_fill(r, d->a, step[m.step], "phase", m.phase->name, NULL));
	}
	return counted(d, out, e);
}

/* ---- the robot's own health */

static int health(Digest *d, Data *out, Err *e) {
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
	data_text(out, "failed", num(d, digest_sum(d->queue, d->queue_n, NULL, "failed")));
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

void digest_mail_figures(const Digest *d, Data *out) {
	calendar(d, out);
	figures(d, out);
	days(d, out);
	tracks(d, out);
}

int digest_mail_data(Digest *d, Data *out, Err *e) {
	digest_mail_figures(d, out);
	return coming(d, out, e) < 0 || digest_needs(d, out, e) < 0 ? -1 : health(d, out, e);
}
