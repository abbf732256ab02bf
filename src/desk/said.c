/* What an expert says in a line is done and answered: a promise, a step back, the wish for files.  Files leave only for who
 * has to score their entry, and not at all where the round hides who entered. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "course/panel.h"
#include "desk/ask_inner.h"

/* ---- a promise */

static int sheets(Asking *q, const char *code, Err *e) {
	const Round *r;
	for (size_t i = 0; (r = rules_work(q->w->rules, i)) != NULL; i++) {
		Panel p;
		size_t n;
		if (panel_read(q->w, q->a, r, &p, e) < 0)
			return -1;
		const Expert *x = expert_of(p.expert, p.expert_n, code);
		panel_entries_of(&p, code, &n);
		if (x && n && panel_sheet(&p, x, e) < 0)
			return -1;
	}
	return 0;
}

/* Recorded with the wording that was promised. */
static int record_promise(Asking *q, const char *code, Err *e) {
	const char *promise = q->w->rules->experts.promise;
	RecordRow row = {.kind = "promise", .round = "", .ref = "", .who = code, .at = q->w->env->now, .state = "given",
	                 .data = hash_text(q->a, hash_of(promise, strlen(promise))), .by = q->r->from.addr, .addr = "", .detail = ""};
	log_info("expert %s promises confidentiality", code);
	return store_record_add(q->w->store, &row, e);
}

static int agrees(Asking *q, Err *e) {
	RecordRow row;
	Data *d = data_new(q->a);
	int found = store_record_get(q->w->store, q->a, "promise", "", "", q->v->role, &row, e);
	if (found < 0 || (!found && record_promise(q, q->v->role, e) < 0))
		return -1;
	if (sheets(q, q->v->role, e) < 0)
		return -1;
	data_flag(d, "agrees", true);
	return ask_reply(q, "expert_said", 0, d, NULL, 0, e);
}

/* ---- an entry */

typedef struct {
	Panel panel;
	const EntryRow *en;
} Theirs;

/* 1: the entry is theirs in a round, of several in the one that is still open, or else in the last one; 0, -1. */
static int find_theirs(Asking *q, Theirs *t, Err *e) {
	const Round *r;
	int found = 0;
	*t = (Theirs){0};
	for (size_t i = 0; *q->v->number && (r = rules_work(q->w->rules, i)) != NULL; i++) {
		Theirs one;
		if (panel_read(q->w, q->a, r, &one.panel, e) < 0)
			return -1;
		one.en = panel_entry(&one.panel, q->v->number);
		if (!one.en || !panel_has(&one.panel, q->v->number, q->v->role))
			continue;
		*t = one;
		found = 1;
		if (r->phase->closes >= q->w->env->now)
			break;
	}
	return found;
}

static Data *about(Asking *q, const Theirs *t, bool theirs) {
	Data *d = data_new(q->a);
	data_text(d, "number", q->v->number);
	data_text(d, "title", theirs ? t->en->title : "");
	data_flag(d, "not_theirs", !theirs);
	return d;
}

static int recuses(Asking *q, Err *e) {
	Theirs t;
	int theirs = find_theirs(q, &t, e);
	if (theirs < 0)
		return -1;
	Data *d = about(q, &t, theirs);
	data_flag(d, "recuses", true);
	if (theirs) {
		RecordRow score;
		const char *why = text_cut(q->a, text_tidy(q->a, q->r->text), 200);
		int given = store_record_get(q->w->store, q->a, "score", t.panel.round->id, q->v->number, q->v->role, &score, e);
		if (given > 0) {
			score.state = "recused";
			score.at = q->w->env->now;
			score.by = q->r->from.addr;
		}
		if (given < 0 || panel_assign(&t.panel, q->v->number, q->v->role, "recused", q->r->from.addr, why, e) < 0 ||
		    (given > 0 && store_record_add(q->w->store, &score, e) < 0) ||
		    panel_read(q->w, q->a, t.panel.round, &t.panel, e) < 0 ||
		    panel_again(&t.panel, expert_of(t.panel.expert, t.panel.expert_n, q->v->role), q->v->number, why, e) < 0)
			return -1;
	}
	return ask_reply(q, "expert_said", 0, d, NULL, 0, e);
}

static int asks(Asking *q, Err *e) {
	Theirs t;
	int theirs = find_theirs(q, &t, e);
	if (theirs < 0)
		return -1;
	const Expert *x = theirs ? expert_of(t.panel.expert, t.panel.expert_n, q->v->role) : NULL;
	if (x && x->promised && !t.panel.round->anonymous) {
		q->v->ask_for = q->v->number;
		return ask_files(q, e);
	}
	Data *d = about(q, &t, theirs);
	data_flag(d, "asks", true);
	data_flag(d, "hidden", theirs && t.panel.round->anonymous);
	data_flag(d, "no_promise", x && !x->promised);
	return ask_reply(q, "expert_said", 0, d, NULL, 0, e);
}

int said_answer(Asking *q, Err *e) {
	switch (q->v->says) {
	case EXPERT_AGREES:
		return agrees(q, e);
	case EXPERT_RECUSES:
		return recuses(q, e);
	case EXPERT_ASKS:
	case EXPERT_SAYS_NOTHING:
		break;
	}
	return asks(q, e);
}
