/* A copy of what the secretariat answered: its mail in the thread of a question that came to us, or of our forward of it.
 * It answers nobody, and settles the question; what stands in it is for people alone. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "judge/inner.h"

#define FORWARD "forward" /* our mail by which the question reached the secretariat */

typedef struct {
	Case *c;
	int64_t seq;
	bool own;  /* the secretariat's own mail, or ours */
} Question;

static bool see(void *ctx, const LogRow *row) {
	Question *q = ctx;
	q->own = !*row->from_addr || rules_is_ours(q->c->j->rules, row->from_addr);
	return false;
}

/* The message of that id, when somebody else wrote it. */
static int asked_by(Case *c, Str id, int64_t *seq) {
	Question q = {.c = c, .own = true};
	if (!id.n)
		return 0;
	int found = store_seq_of_message_id(c->j->store, str_dup(c->a, id), seq, c->e);
	if (found <= 0)
		return found;
	if (store_log_each(c->j->store, &(LogFilter){.since = WHEN_NONE, .seq = *seq}, see, &q, c->e) < 0)
		return -1;
	return q.own ? 0 : 1;
}

static int by_thread(Case *c, int64_t *seq) {
	Str rest = str_of(c->r->references), id;
	int found = asked_by(c, str_of(c->r->in_reply_to), seq);
	for (size_t n = 0; found == 0 && n < JUDGE_THREAD_IDS && str_next(&rest, ' ', &id); n++)
		found = asked_by(c, id, seq);
	return found;
}

static bool keep_open(void *ctx, const LogRow *row) {
	Question *q = ctx;
	if (!strcmp(row->outcome, outcome_name(OUTCOME_UNRECOGNISED)) || !strcmp(row->outcome, outcome_name(OUTCOME_CHANGE)))
		q->seq = row->message.seq;
	return true;
}

/* A forwarded thread names whose it is: their last question. */
static int by_sender(Case *c, int64_t *seq) {
	const char *addr = c->r->inner_from.addr;
	Question q = {.c = c};
	if (!addr || !*addr || rules_is_ours(c->j->rules, addr))
		return 0;
	if (store_log_each(c->j->store, &(LogFilter){.from = addr, .since = WHEN_NONE}, keep_open, &q, c->e) < 0)
		return -1;
	*seq = q.seq;
	return q.seq > 0;
}

int kind_answers(Case *c) {
	int64_t seq = 0;
	if (!c->j->store || (!c->r->reply_prefixes && !c->r->forward_prefixes && !*c->r->in_reply_to) || !trust_staff(c))
		return 0;
	int found = c->thread.found && !strcmp(c->thread.mail.kind, FORWARD) && c->thread.mail.seq > 0;
	if (found)
		seq = c->thread.mail.seq;
	else
		found = by_thread(c, &seq);
	if (found == 0)
		found = by_sender(c, &seq);
	if (found <= 0)
		return found;
	c->v->outcome = OUTCOME_NOTE;
	c->v->answers = seq;
	c->v->detail = arena_fmt(c->a, "the secretariat's answer to message %lld", (long long)seq);
	return 1;
}
