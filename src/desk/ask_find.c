/* What is known by a number, a name, a telephone number or an address: an entry's story, or which entries and mails it may
 * be.  Answers "did you get our mail?" for mails that became no entry, too. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "desk/ask_inner.h"

#define SUBJECT_CHARS 60

typedef struct {
	Asking *q;
	Data *d;
	const char *first; /* number */
	size_t entries, mails;
	Err *e;
	int rc;
} Found;

static bool keep_entry(void *ctx, const EntryRow *en) {
	Found *f = ctx;
	const Asking *q = f->q;
	if (f->entries++ >= ASK_FOUND)
		return true;
	if (f->entries == 1)
		f->first = arena_str(q->a, en->number);
	Data *x = data_item(f->d, "entries");
	data_text(x, "number", en->number);
	data_text(x, "title", en->title);
	data_text(x, "org", en->org);
	data_text(x, "state", ask_state(q, en->state));
	data_text(x, "contact", en->contact);
	data_text(x, "mobile", en->mobile);
	return true;
}

/* What the robot answered, and whether it has left. */
static int answers(Found *f, Data *x, const LogRow *row) {
	const Asking *q = f->q;
	OutboxRow *mail;
	size_t n;
	if (store_outbox_to(q->w->store, q->a, row->from_addr, &mail, &n, f->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (mail[i].seq == row->message.seq) {
			const char *state = words(q->w->rules, arena_fmt(q->a, "ask.mail_%s", mail[i].state));
			data_text(x, "answer", text_cut(q->a, mail[i].subject, SUBJECT_CHARS));
			data_text(x, "answered", mail[i].sent == WHEN_NONE ? state
			                                                   : arena_fmt(q->a, "%s %s", state, ask_minute(q, mail[i].sent)));
			return 0;
		}
	return 0;
}

/* Which of us has answered it, or dealt with it. */
static int dealt_with(Found *f, Data *x, const LogRow *row) {
	RulingRow *r;
	size_t n;
	if (store_ruling_list(f->q->w->store, f->q->a, row->message.seq, &r, &n, f->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(r[i].kind, "read"))
			data_text(x, "read", arena_fmt(f->q->a, "%s %s", r[i].by, ask_minute(f->q, r[i].at)));
	return 0;
}

static bool keep_mail(void *ctx, const LogRow *row) {
	Found *f = ctx;
	const Asking *q = f->q;
	bool told = row->entry_n && strcmp(row->outcome, "change") != 0; /* with its entry */
	if (told || row->message.seq == q->m->seq || !*row->outcome || f->mails++ >= ASK_FOUND)
		return true;
	Data *x = data_item(f->d, "mails");
	data_text(x, "at", ask_minute(q, row->message.received));
	data_text(x, "from", arena_fmt(q->a, "%s %s", row->from_name, row->from_addr));
	data_text(x, "subject", text_cut(q->a, row->subject, SUBJECT_CHARS));
	data_text(x, "outcome", ask_say(q, arena_fmt(q->a, "outcome.%s", row->outcome)));
	for (size_t i = 0; i < row->problem_n; i++)
		if (!strcmp(row->problem[i].severity, "error")) {
			data_text(x, "problem", row->problem[i].sentence);
			break;
		}
	f->rc = answers(f, x, row);
	if (f->rc == 0)
		f->rc = dealt_with(f, x, row);
	return f->rc == 0;
}

static void counts(const Found *f) {
	if (f->entries)
		data_fmt(f->d, "entry_count", "%zu", f->entries);
	if (f->mails)
		data_fmt(f->d, "mail_count", "%zu", f->mails);
	data_flag(f->d, "cut", f->entries > ASK_FOUND || f->mails > ASK_FOUND);
}

int ask_find(Asking *q, Err *e) {
	Found f = {.q = q, .d = data_new(q->a), .e = e};
	Store *s = q->w->store;
	const char *text = q->v->ask_for, *number = rules_find_number(q->w->rules, q->a, text);
	EntryRow en;
	int found = number ? store_entry_get(s, q->a, number, &en, e) : 0;
	if (found != 0)
		return found < 0 ? -1 : ask_story(q, &en, e);
	if (*text && (store_entry_each(s, &(EntryFilter){.find = text}, keep_entry, &f, e) < 0 ||
	              store_log_each(s, &(LogFilter){.find = text, .since = WHEN_NONE}, keep_mail, &f, e) < 0 || f.rc < 0))
		return -1;
	if (f.entries == 1 && f.mails == 0) {
		found = store_entry_get(s, q->a, f.first, &en, e);
		return found <= 0 ? -1 : ask_story(q, &en, e);
	}
	data_text(f.d, "asked", text);
	counts(&f);
	return ask_reply(q, "ask_found", 0, f.d, NULL, 0, e);
}
