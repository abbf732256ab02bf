/* A form that comes after the closing may mend one that came before (nobody is late through our fault): for the time that the
 * report of its faults left, and the same entry only. A mail in which no form could be read may have meant any one. */
#include <string.h>

#include "base/when.h"
#include "judge/inner.h"

/* Our answers that ask for something to be mended. */
static const char *const asking[] = {"faults", "several", "near_miss", "too_large", "quarantined"};

static bool asks(const char *kind) {
	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
		if (strcmp(asking[i], kind) == 0)
			return true;
	return false;
}

static int add(Case *c, int64_t seq, int64_t until) {
	if (c->received > until)
		return 0;
	for (size_t i = 0; i < c->mend_n; i++)
		if (c->mend[i].seq == seq)
			return 0;
	if (c->mend_n < MEND_MAX)
		c->mend[c->mend_n++] = (Mend){seq, until};
	return 0;
}

/* That mail of ours answered one that came in time or was taken all the same, and leaves time still; or it answered one that
 * was itself mended after the closing, and told until when that may be done. */
static int weigh(Case *c, const OutboxRow *mail) {
	MessageRow first;
	if (!asks(mail->kind) || mail->seq <= 0)
		return 0;
	int found = store_message_get(c->j->store, c->a, mail->seq, &first, c->e);
	/* late, but taken by a ruling? */
	if (found > 0 && !rules_open_phase(c->j->rules, first.received) && !late_excepted(c, first.received))
		if ((found = store_ruling_stands(c->j->store, mail->seq, "late", "take", c->e)) == 0)
			return add(c, mail->seq, mail->until);
	if (found <= 0)
		return found;
	bool failed = strcmp(mail->state, "failed") == 0;
	if (mail->sent == WHEN_NONE && !failed)
		return add(c, mail->seq, INT64_MAX);
	int64_t from = mail->sent == WHEN_NONE ? mail->created : mail->sent;
	return add(c, mail->seq, from + c->j->rules->mend_seconds);
}

static int by_thread(Case *c) {
	OutboxRow row;
	Str rest = str_of(c->r->references), id = str_of(c->r->in_reply_to);
	for (size_t n = 0; n <= JUDGE_THREAD_IDS; n++) {
		int found = thread_sent(c, id, &row);
		if (found < 0 || (found > 0 && weigh(c, &row) < 0))
			return -1;
		if (!str_next(&rest, ' ', &id))
			break;
	}
	return 0;
}

static int by_sender(Case *c) {
	OutboxRow *row;
	size_t n;
	if (!*c->v->sender.addr)
		return 0;
	int rc = store_outbox_to(c->j->store, c->a, c->v->sender.addr, &row, &n, c->e);
	while (rc >= 0 && n > 0) /* the last first */
		rc = weigh(c, &row[--n]);
	return rc < 0 ? -1 : 0;
}

int mend_time(Case *c, int64_t closes) {
	OutboxRow mail;
	if (!c->j->store || c->received <= closes)
		return 0;
	int found = by_thread(c) < 0 ? -1 : thread_token(c, &mail);
	if (found < 0 || (found > 0 && weigh(c, &mail) < 0))
		return -1;
	return by_sender(c);
}

/* By its faults, or late and faulty when a ruling took it. */
static bool turned_away(const FormRow *f) {
	return strcmp(f->outcome, outcome_name(OUTCOME_REJECTED)) == 0 || strcmp(f->outcome, outcome_name(OUTCOME_LATE)) == 0;
}

static bool is_nameless(const FormRow *f) {
	return !*f->title_key && !*f->org_key;
}

/* The form that was turned away is this one: of one title, or of one organisation under another title, unless its own people
 * have had an entry since. */
static int is_same(Case *c, const FormRow *before, const FormVerdict *v) {
	int64_t since;
	if (!turned_away(before) || is_nameless(before))
		return 0;
	if (*before->title_key && strcmp(before->title_key, v->title_key) == 0)
		return 1;
	if (!*before->org_key || strcmp(before->org_key, v->org_key) != 0)
		return 0;
	return store_form_entered(c->j->store, before, &since, c->e) < 0 ? -1 : since == 0;
}

/* Is it about that form?  *nameless: it is about none that said what it was. */
static int takes(Case *c, const Mend *m, const FormVerdict *v, bool *nameless) {
	FormRow *row;
	size_t n;
	int same = 0;
	if (store_form_list(c->j->store, c->a, m->seq, &row, &n, c->e) < 0)
		return -1;
	*nameless = n == 0;
	for (size_t i = 0; i < n && same == 0; i++) {
		*nameless |= turned_away(&row[i]) && is_nameless(&row[i]);
		same = is_same(c, &row[i], v);
	}
	return same;
}

/* Such a mail may have meant any entry, and one: as many as there are reports, less the sender's entries since. */
static int takes_any(Case *c, const Mend *latest) {
	FormRow since = {.sender = c->v->sender.addr, .seq = INT64_MAX, .org_key = ""};
	int64_t entered;
	for (size_t i = 0; i < c->mend_n; i++)
		if (c->mend[i].seq < since.seq)
			since.seq = c->mend[i].seq;
	if (store_form_entered(c->j->store, &since, &entered, c->e) < 0)
		return -1;
	if ((size_t)entered + c->mend_used >= c->mend_n)
		return 0;
	c->mend_used++;
	c->v->mend_until = latest->until;
	return 1;
}

int mend_takes(Case *c, const Form *f) {
	const Mend *any = NULL;
	for (size_t i = 0; i < c->mend_n; i++) {
		bool nameless;
		int taken = takes(c, &c->mend[i], f->v, &nameless);
		if (taken > 0)
			c->v->mend_until = c->mend[i].until;
		if (taken != 0)
			return taken;
		if (nameless && !any)
			any = &c->mend[i];
	}
	return any ? takes_any(c, any) : 0;
}
