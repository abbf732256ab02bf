/* What the secretariat asks about the rounds: the roster, who scores what, how far the scores are, the recommended list.  Each
 * answer is a workbook, and the mail says what to do with it. */
#include <string.h>

#include "base/code.h"
#include "base/text.h"
#include "base/when.h"
#include "course/recommend.h"
#include "course/roster.h"
#include "course/seats.h"
#include "desk/ask_inner.h"

int ask_experts(Asking *q, Err *e) {
	Attachment att;
	Expert *x;
	size_t n, active = 0, promised = 0;
	Data *d = data_new(q->a);
	if (experts_read(q->w, q->a, &x, &n, e) < 0 || roster_book(q->w, q->a, q->m->seq, &att, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		active += x[i].active;
		promised += x[i].active && x[i].promised;
	}
	if (active)
		data_fmt(d, "expert_count", "%zu", active);
	data_fmt(d, "promised_count", "%zu", promised);
	data_flag(d, "wants_promise", *q->w->rules->experts.promise);
	return ask_reply(q, "ask_experts", 0, d, &att, 1, e);
}

/* The round asked for; where there is none, the answer says so and *rc is its result. */
static const Round *round_of(Asking *q, const char *mail, int *rc, Err *e) {
	const Round *r = panel_round(q->w, q->a, q->v->ask_for);
	Data *d = data_new(q->a);
	if (r && (r != &q->w->rules->formal || q->v->ask == ASK_ASSIGN)) /* the formal review has no scores */
		return r;
	data_flag(d, "no_round", true);
	*rc = ask_reply(q, mail, 0, d, NULL, 0, e);
	return NULL;
}

static Data *about(const Asking *q, const Round *r) {
	Data *d = data_new(q->a);
	data_text(d, "round", r->name);
	data_text(d, "closes", words_moment(q->w->rules, q->a, r->phase->closes));
	data_fmt(d, "per_entry", "%lld", (long long)r->experts);
	data_flag(d, "by_scorer", r->scored_by == SCORED_BY_SCORER);
	return d;
}

int ask_assign(Asking *q, Err *e) {
	Panel p;
	Attachment att;
	int rc;
	size_t active = 0;
	const Round *r = round_of(q, "ask_assign", &rc, e);
	if (!r)
		return rc;
	if (panel_read(q->w, q->a, r, &p, e) < 0)
		return -1;
	for (size_t i = 0; i < p.expert_n; i++)
		active += p.expert[i].active;
	Data *d = about(q, r);
	bool possible = p.entry_n && active && r->scored_by == SCORED_BY_EXPERTS;
	if (p.entry_n)
		data_fmt(d, "entry_count", "%zu", p.entry_n);
	if (active)
		data_fmt(d, "expert_count", "%zu", active);
	data_flag(d, "possible", possible);
	if (possible && panel_book(&p, q->m->sha256, NULL, &att, e) < 0)
		return -1;
	return ask_reply(q, "ask_assign", 0, d, &att, possible, e);
}

/* On paper: all seats of all entries. */
static void progress_seats(const Panel *p, const RecordRow *score, size_t n, Data *d) {
	size_t given = 0;
	for (size_t i = 0; i < n; i++)
		given += !strcmp(score[i].state, "given") && panel_entry(p, score[i].ref);
	data_fmt(d, "given", "%zu", given);
	data_fmt(d, "want", "%zu", p->entry_n * (size_t)p->round->experts);
}

/* Who has not scored everything yet, and how far all are. */
static int progress(Asking *q, const Panel *p, Data *d, Err *e) {
	RecordRow *score;
	size_t n, given = 0, want = 0;
	if (store_record_list(q->w->store, q->a, "score", p->round->id, NULL, &score, &n, e) < 0)
		return -1;
	if (p->round->scored_by == SCORED_BY_SCORER) {
		progress_seats(p, score, n, d);
		return 0;
	}
	for (size_t k = 0; k < p->expert_n; k++) {
		size_t theirs, done = panel_done(p, score, n, p->expert[k].code, &theirs);
		want += theirs;
		given += done;
		if (done == theirs)
			continue;
		Data *x = data_item(d, "behind");
		data_text(x, "name", p->expert[k].label);
		data_text(x, "mobile", p->expert[k].mobile);
		data_fmt(x, "done", "%zu", done);
		data_fmt(x, "theirs", "%zu", theirs);
		data_flag(x, "no_promise", !p->expert[k].promised);
		data_flag(d, "any_behind", true);
	}
	data_fmt(d, "given", "%zu", given);
	data_fmt(d, "want", "%zu", want);
	return 0;
}

int ask_scores(Asking *q, Err *e) {
	Panel p;
	Attachment att[2];
	size_t n = 1;
	int rc;
	const Round *r = round_of(q, "ask_scores", &rc, e);
	if (!r)
		return rc;
	Data *d = about(q, r);
	if (panel_read(q->w, q->a, r, &p, e) < 0 || progress(q, &p, d, e) < 0 || scores_book(q->w, q->a, r, &att[0], e) < 0)
		return -1;
	if (r->scored_by == SCORED_BY_SCORER && seats_book(&p, &att[n++], e) < 0)
		return -1;
	data_flag(d, "confirmed", r->confirmed);
	return ask_reply(q, "ask_scores", 0, d, att, n, e);
}

int ask_recommend(Asking *q, Err *e) {
	Panel p;
	Attachment att;
	int rc;
	const Round *r = round_of(q, "ask_recommend", &rc, e);
	if (!r)
		return rc;
	Data *d = about(q, r);
	if (panel_read(q->w, q->a, r, &p, e) < 0 || progress(q, &p, d, e) < 0 || recommend_book(q->w, q->a, r, &att, e) < 0)
		return -1;
	data_flag(d, "early", q->m->received <= r->phase->closes && r->scored_by == SCORED_BY_EXPERTS);
	return ask_reply(q, "ask_recommend", 0, d, &att, 1, e);
}

int ask_confirm(Asking *q, Err *e) {
	Data *d = data_new(q->a);
	Confirmed done;
	if (seats_confirm(q->w, q->a, q->v->ask_for, q->r->from.addr, &done, e) < 0)
		return -1;
	data_text(d, "code", code_shown(q->a, q->v->ask_for));
	data_text(d, "round", done.round ? done.round->name : "");
	data_flag(d, "unknown", !done.round);
	data_flag(d, "own", done.own);
	data_fmt(d, "count", "%zu", done.n);
	return ask_reply(q, "ask_confirm", 0, d, NULL, 0, e);
}
