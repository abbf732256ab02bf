/* On time?  By the arrival alone; the closing second is in.  And which mail of ours one answers. */
#include <string.h>

#include "base/when.h"
#include "judge/inner.h"

bool late_excepted(const Case *c, int64_t received) {
	return rules_excepted(c->j->rules, c->v->sender.addr, received);
}

/* A form between two windows came too late for the one before it. */
void late_missed(const Case *c, int64_t *opens, int64_t *closes) {
	const Phase *missed = rules_missed_window(c->j->rules, c->received);
	if (!missed)
		return;
	*opens = missed->opens;
	*closes = missed->closes;
}

int thread_sent(Case *c, Str id, OutboxRow *out) {
	return id.n ? store_outbox_find(c->j->store, c->a, str_dup(c->a, id), out, c->e) : 0;
}

int thread_token(Case *c, OutboxRow *out) {
	const char *at = strrchr(c->j->rules->mail.robot.addr, '@');
	int found = 0;
	for (size_t i = 0; found == 0 && i < c->r->form_n && i < JUDGE_THREAD_IDS; i++)
		if (*c->r->form[i].token)
			found = thread_sent(c, str_of(arena_fmt(c->a, "%s%s", c->r->form[i].token, at ? at : "@localhost")), out);
	return found;
}

/* A mail about several forms may be of a check, too: what became of the message it answers tells. */
static int thread_checked(Case *c) {
	Thread *t = &c->thread;
	char *outcome;
	t->checked = strcmp(t->mail.kind, "precheck") == 0 || strcmp(t->mail.kind, "unsubmitted") == 0;
	if (t->checked || strcmp(t->mail.kind, "several") != 0)
		return 0;
	int found = store_outcome_get(c->j->store, c->a, t->mail.seq, &outcome, c->e);
	t->checked = found > 0 && strcmp(outcome, outcome_name(OUTCOME_PRECHECK)) == 0;
	return found < 0 ? -1 : 0;
}

/* By In-Reply-To, else by References, else by the token of a form. */
int thread_find(Case *c) {
	if (!c->j->store)
		return 0;
	int found = thread_sent(c, str_of(c->r->in_reply_to), &c->thread.mail);
	Str rest = str_of(c->r->references), id;
	for (size_t n = 0; found == 0 && n < JUDGE_THREAD_IDS && str_next(&rest, ' ', &id); n++) {
		OutboxRow row;
		int one = thread_sent(c, id, &row);
		if (one < 0)
			return -1;
		if (one) {
			c->thread.mail = row; /* the last one of the list is the nearest */
			c->thread.found = true;
		}
	}
	if (found == 0 && !c->thread.found) {
		found = thread_token(c, &c->thread.mail);
		c->thread.token = found > 0;
	}
	if (found > 0)
		c->thread.found = true;
	return found < 0 ? -1 : c->thread.found ? thread_checked(c) : 0;
}
