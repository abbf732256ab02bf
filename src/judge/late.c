/* On time?  By the arrival alone; the closing second is in.  And whether a form that comes
 * after it mends one that came before (nobody is late through our fault). */
#include <string.h>

#include "base/when.h"
#include "judge/inner.h"

/* Our answers that ask for something to be mended. */
static const char *const asking[] = {"faults", "several", "near_miss", "too_large", "quarantined"};

bool late_excepted(const Case *c, int64_t received)
{
	const Rules *r = c->j->rules;
	for (size_t i = 0; i < r->exception_n; i++)
		if (received <= r->exception[i].until && mail_same(r->exception[i].addr, c->v->sender.addr))
			return true;
	return false;
}

void late_window(const Case *c, int64_t *opens, int64_t *closes, bool *open)
{
	const Phase *p = rules_open_phase(c->j->rules, c->received);
	rules_entry_window(c->j->rules, opens, closes);
	*open = p != NULL;
	if (p) {
		*opens = p->opens;
		*closes = p->closes;
	}
}

/* A form between two windows came too late for the one before it. */
void late_missed(const Case *c, int64_t *opens, int64_t *closes)
{
	const Rules *r = c->j->rules;
	const Phase *missed = NULL;
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *p = &r->phase[i];
		if (p->takes_entries && p->closes < c->received && (!missed || p->closes > missed->closes))
			missed = p;
	}
	if (!missed)
		return;
	*opens = missed->opens;
	*closes = missed->closes;
}

/* A message of ours, by its id; 1 found. */
static int sent_by_us(Case *c, Str id, OutboxRow *out)
{
	return id.n ? store_outbox_find(c->j->store, c->a, str_dup(c->a, id), out, c->e) : 0;
}

/* A form that we sent back to be mended names the mail it was in by its token: the Message-ID without its domain. */
static int by_token(Case *c, OutboxRow *out)
{
	const char *at = strrchr(c->j->rules->mail.robot.addr, '@');
	int found = 0;
	for (size_t i = 0; found == 0 && i < c->r->form_n && i < JUDGE_THREAD_IDS; i++)
		if (*c->r->form[i].token)
			found = sent_by_us(c, str_of(arena_fmt(c->a, "%s%s", c->r->form[i].token, at ? at : "@localhost")), out);
	return found;
}

/* A mail about several forms may be of a check, too: what became of the message it answers tells. */
static int thread_checked(Case *c)
{
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
int thread_find(Case *c)
{
	if (!c->j->store)
		return 0;
	int found = sent_by_us(c, str_of(c->r->in_reply_to), &c->thread.mail);
	Str rest = str_of(c->r->references), id;
	for (size_t n = 0; found == 0 && n < JUDGE_THREAD_IDS && str_next(&rest, ' ', &id); n++) {
		OutboxRow row;
		int one = sent_by_us(c, id, &row);
		if (one < 0)
			return -1;
		if (one) {
			c->thread.mail = row; /* the last one of the list is the nearest */
			c->thread.found = true;
		}
	}
	if (found == 0 && !c->thread.found) {
		found = by_token(c, &c->thread.mail);
		c->thread.token = found > 0;
	}
	if (found > 0)
		c->thread.found = true;
	return found < 0 ? -1 : c->thread.found ? thread_checked(c) : 0;
}

static bool asks(const char *kind)
{
	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
		if (strcmp(asking[i], kind) == 0)
			return true;
	return false;
}

static int time_until(Case *c, int64_t until)
{
	if (c->received > until)
		return 0;
	c->v->mend_until = until;
	return 1;
}

/* That mail of ours answered one that came in time or was taken all the same, and leaves time still; or it answered one that
 * was itself mended after the closing, and told until when that may be done. */
static int gives_time(Case *c, const OutboxRow *mail)
{
	MessageRow first;
	if (!asks(mail->kind) || mail->seq <= 0)
		return 0;
	int found = store_message_get(c->j->store, c->a, mail->seq, &first, c->e);
	if (found > 0 && !rules_open_phase(c->j->rules, first.received) && !late_excepted(c, first.received)) /* late, but taken by a ruling? */
		if ((found = store_ruling_stands(c->j->store, mail->seq, "late", "take", c->e)) == 0)
			return time_until(c, mail->until);
	if (found <= 0)
		return found;
	bool failed = strcmp(mail->state, "failed") == 0;
	if (mail->sent == WHEN_NONE && !failed)
		return time_until(c, INT64_MAX);
	int64_t from = mail->sent == WHEN_NONE ? mail->created : mail->sent;
	return time_until(c, from + c->j->rules->mend_seconds);
}

static int by_thread(Case *c)
{
	OutboxRow row;
	Str rest = str_of(c->r->references), id;
	int time = 0, found = sent_by_us(c, str_of(c->r->in_reply_to), &row);
	if (found > 0)
		time = gives_time(c, &row);
	for (size_t n = 0; found >= 0 && time == 0 && n < JUDGE_THREAD_IDS && str_next(&rest, ' ', &id); n++) {
		found = sent_by_us(c, id, &row);
		if (found > 0)
			time = gives_time(c, &row);
	}
	return found < 0 ? -1 : time;
}

int late_mending(Case *c, int64_t closes)
{
	if (!c->j->store || c->received <= closes)
		return 0;
	OutboxRow mail;
	int time = by_thread(c);
	if (time == 0 && (time = by_token(c, &mail)) > 0)
		time = gives_time(c, &mail);
	for (size_t i = 0; time == 0 && *c->v->sender.addr && i < sizeof asking / sizeof *asking; i++) {
		time = store_outbox_last_to(c->j->store, c->a, c->v->sender.addr, asking[i], &mail, c->e);
		if (time > 0)
			time = gives_time(c, &mail);
	}
	return time;
}
