/* What the decisions of one returned workbook mean for those they are about: one batch of notices, whoever decided.  Tells what was
 * done, never what was tried; an event that is no notice of the rules has mails of its own, or none. */
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision_inner.h"
#include "course/notice.h"

#define SUBJECT_CHARS 60

/* ---- an entry's */

static void tell_entry(Notices *n, const Decided *d) {
	const char *says[] = {"reason", d->reason, NULL};
	notice_add(n, &(Notice){.event = d->choice->event, .number = d->ref, .says = says});
}

/* ---- a message's, by its sender */

typedef struct {
	const Doing *g;
	Notices *n;
	const Decided *d;
	const char *event;
} Refused;

static bool tell_sender(void *ctx, const LogRow *row) {
	const Refused *x = ctx;
	const Doing *g = x->g;
	Address to = {row->from_name, row->from_addr};
	const char *says[] = {"title", text_cut(g->a, text_line(g->a, str_of(row->subject)), SUBJECT_CHARS), "reason",
	                      x->d->reason, "received", words_moment(g->w->rules, g->a, row->message.received), NULL};
	if (*row->from_addr)
		notice_add(x->n, &(Notice){.event = x->event, .to = &to, .to_n = 1, .says = says,
		                           .apart = arena_fmt(g->a, "%lld", (long long)x->d->seq)});
	return false;
}

static int tell_message(const Doing *g, Notices *n, const Decided *d, Err *e) {
	Refused x = {g, n, d, arena_fmt(g->a, "%s_refused", d->seal.kind)};
	if (strcmp(d->choice->event, "refuse") != 0)
		return 0;
	return store_log_each(g->w->store, &(LogFilter){.since = WHEN_NONE, .seq = d->seq}, tell_sender, &x, e);
}

/* ---- all of them */

/* A token can be used up once only, so these are told once only. */
static const char *key_of(const Doing *g, const Decisions *all) {
	HashRun *run = hash_start();
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].fate == ROW_GOOD)
			hash_more(run, all->row[i].row->token, strlen(all->row[i].row->token) + 1);
	return arena_fmt(g->a, "decided %.16s", hash_text(g->a, hash_end(run)));
}

int notice_decisions(const Doing *g, const Decisions *all, Err *e) {
	NoticeFor what = {.key = key_of(g, all), .title = words(g->w->rules, "notice.title_decided"), .by = g->by};
	Notices *n = notice_begin(g->w, &what);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		const Decided *d = &all->row[i];
		if (d->fate != ROW_GOOD || !d->choice)
			continue;
		if (d->seq)
			rc = tell_message(g, n, d, e);
		else if (*d->ref)
			tell_entry(n, d);
	}
	return notice_end(n, NULL, e) < 0 ? -1 : rc;
}
