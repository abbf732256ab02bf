/* By the clock: reminders of forms that were only checked.  Each moment is looked at once; where several passed while the robot
 * stood still, one mail says it.  Refuses to remind of a project that was sent in since, whatever became of it. */
#include "course/unsubmitted.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "home/outbox.h"
#include "post/reply.h"

#define FACT "unsubmitted" /* the last moment that was looked at */

static int done_until(World *w, int64_t *at, Err *e) {
	char *text;
	int found = store_fact_get(w->store, w->env->arena, FACT, &text, e);
	*at = INT64_MIN;
	if (found > 0 && str_to_i64(str_of(text), 0, INT64_MAX, at) < 0)
		return err_set(e, ERR_BUG, "database: %s is no number", FACT);
	return found < 0 ? -1 : 0;
}

/* The first moment to come after `done`, or with `passed` the last one that is over; INT64_MAX when there is none. */
static int64_t moment(const World *w, int64_t done, bool passed) {
	const MailConf *m = &w->rules->mail;
	int64_t opens, closes, best = INT64_MAX;
	rules_window_at(w->rules, w->env->now, &opens, &closes);
	for (size_t i = 0; w->env->now <= closes && i < m->remind_n; i++) {
		int64_t at = closes - m->remind[i];
		if (at <= done || at < opens || (passed && at > w->env->now))
			continue;
		if (best == INT64_MAX || (passed ? at > best : at < best))
			best = at;
	}
	return best;
}

static int next(World *w, int64_t *at, Err *e) {
	int64_t done;
	if (done_until(w, &done, e) < 0)
		return -1;
	*at = moment(w, done, false);
	return 0;
}

static int mark(World *w, int64_t at, Err *e) {
	return store_fact_set(w->store, FACT, arena_fmt(w->env->arena, "%lld", (long long)at), e);
}

/* ---- one mail */

static Data *data_of(World *w, Arena *a, const CheckedRow *c) {
	const Rules *r = w->rules;
	const Track *t = rules_track(r, c->track);
	int64_t opens, closes;
	Data *d = data_new(a);
	rules_window_at(r, w->env->now, &opens, &closes);
	data_text(d, "title", text_line(a, str_of(c->title)));
	data_text(d, "org", text_line(a, str_of(c->org)));
	data_text(d, "track", t ? t->name : "");
	data_text(d, "track_ordinal", t ? t->ordinal : "");
	data_text(d, "checked", words_moment(r, a, c->received));
	data_text(d, "closes", words_moment(r, a, closes));
	data_text(d, "left", words_span(r, a, closes - w->env->now));
	data_text(d, "subject", c->subject);
	data_text(d, "error_count", c->errors ? arena_fmt(a, "%lld", (long long)c->errors) : "");
	return d;
}

static int one_mail(World *w, Arena *a, int64_t at, const Json *pair, Err *e) {
	CheckedRow c;
	int found = store_checked_get(w->store, a, json_num(json_at(pair, 0), 0), (int)json_num(json_at(pair, 1), 0), &c, e);
	if (found <= 0 || !*c.sender)
		return found < 0 ? -1 : 0;
	Address to = {"", c.sender};
	const char *key = arena_fmt(a, "unsubmitted %lld %lld/%d", (long long)at, (long long)c.seq, c.form);
	return outbox_tell(w, a, &(OwnMail){.mail = "unsubmitted", .key = key, .data = data_of(w, a, &c), .seq = c.seq}, &to, e);
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	int64_t at = json_num(json_get(args, "moment"), 0);
	const Json *forms = json_get(args, "forms");
	(void)by;
	for (size_t i = 0; i < json_len(forms); i++)
		if (one_mail(w, a, at, json_at(forms, i), e) < 0)
			return -1;
	return mark(w, at, e);
}

const Action action_unsubmitted = {"unsubmitted", apply};

/* ---- who is reminded */

static int looked_at(World *w, int64_t at, Err *e) {
	if (store_begin(w->store, e) < 0)
		return -1;
	if (mark(w, at, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	return store_commit(w->store, e);
}

static int act(World *w, Err *e) {
	Arena *a = w->env->arena;
	CheckedRow *row;
	size_t n;
	int64_t done, opens, closes;
	Buf args = {0};
	rules_window_at(w->rules, w->env->now, &opens, &closes);
	if (done_until(w, &done, e) < 0 || store_checked_list(w->store, a, opens, closes, &row, &n, e) < 0)
		return -1;
	int64_t at = moment(w, done, true);
	JsonOut j = json_to(&args);
	json_object(&j, NULL);
	json_int(&j, "moment", at);
	json_array(&j, "forms");
	for (size_t i = 0; i < n; i++) {
		json_array(&j, NULL);
		json_int(&j, NULL, row[i].seq);
		json_int(&j, NULL, row[i].form);
		json_end_array(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	int rc = n ? action_do(w, action_unsubmitted.name, "robot", buf_cstr(&args), e) : looked_at(w, at, e);
	if (rc == 0 && n)
		log_info("%zu forms were checked and not submitted; their senders are reminded", n);
	buf_free(&args);
	return rc;
}

const Due due_unsubmitted = {"unsubmitted", next, act};
