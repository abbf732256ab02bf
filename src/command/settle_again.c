/* A message that has its outcome, judged once more because of a ruling: its forms may become entries, its outcome stays. */
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "command/settle_inner.h"
#include "home/above.h"
#include "store/purge.h"

typedef struct {
	Case *c;
	Err *e;
	int rc;
} Entered;

/* A form that became an entry before is nothing new. */
static bool mark_entered(void *ctx, const LogRow *row) {
	Entered *x = ctx;
	Case *c = x->c;
	for (size_t i = 0; i < row->entry_n && x->rc >= 0; i++) {
		EntryRow en;
		x->rc = store_entry_get(c->w->store, c->arena, row->entry[i], &en, x->e);
		if (x->rc <= 0 || en.seq != row->message.seq || en.form < 0 || (size_t)en.form >= c->verdict.form_n)
			continue;
		FormVerdict *f = &c->verdict.form[en.form];
		f->outcome = OUTCOME_DUPLICATE;
		f->same_as = en.number;
		f->same_form = f->same_sender = true;
	}
	return false;
}

/* The best of the forms that are not entries yet. */
static void best_again(Case *c, Again *out) {
	Verdict *v = &c->verdict;
	out->outcome = OUTCOME_REJECTED;
	out->form = -1;
	for (size_t i = 0; i < v->form_n; i++) {
		const FormVerdict *f = &v->form[i];
		bool entered = f->outcome == OUTCOME_DUPLICATE && f->same_form && f->same_sender && f->same_as && *f->same_as;
		if (!entered && (out->form < 0 || f->outcome < out->outcome)) {
			out->outcome = f->outcome;
			out->form = (int)i;
		}
	}
	if (out->form >= 0)
		v->outcome = out->outcome;
	else if (!v->form_n || v->outcome == OUTCOME_SUPPLEMENT)
		out->outcome = v->outcome;
}

static int again_read(Case *c, Arena *a, unsigned aside, Again *out, Err *e) {
	World *w = c->w;
	Outgoing *mail;
	size_t n;
	Entered entered = {c, e, 0};
	if (world_judge(w, e) < 0)
		return -1;
	c->past.again = true;
	judge_recall(w->judge, numbering_past, &c->past);
	int rc = judge_again(w->judge, c->arena, &c->report, c->row->received, aside, &c->verdict, e);
	judge_recall(w->judge, NULL, NULL);
	if (rc < 0 || store_log_each(w->store, &(LogFilter){.since = WHEN_NONE, .seq = c->row->seq}, mark_entered, &entered, e) < 0 ||
	    entered.rc < 0)
		return -1;
	out->read = true;
	best_again(c, out);
	if (settle_enter(c, e) < 0 || settle_replies(c, &mail, &n, e) < 0)
		return -1;
	out->number = arena_array(a, c->verdict.form_n + 1, sizeof *out->number);
	for (size_t i = 0; i < c->verdict.form_n; i++)
		if (*c->number[i])
			out->number[out->number_n++] = arena_str(a, c->number[i]);
	return settle_queue(c, mail, n, e);
}

int settle_again(World *w, Arena *a, const MessageRow *m, unsigned aside, Again *out, Err *e) {
	Case c;
	char *why;
	*out = (Again){.outcome = OUTCOME_QUARANTINED, .form = -1};
	if (!m->archived)
		return 0;
	if (world_reader(w, e) < 0)
		return -1;
	int64_t purged;
	int gone = store_purged(w->store, &purged, e);
	if (gone < 0 || (gone && m->seq <= purged)) /* it cannot be read any more */
		return gone < 0 ? -1 : 0;
	int fd = archive_sound(w->archive, m->sha256, e) < 0 ? -1 : archive_read(w->archive, m->sha256, e);
	if (fd < 0)
		return -1;
	settle_open(&c, w, m);
	ReadResult got = reader_read(w->reader, fd, NULL, READ_SPILL, c.arena, &c.report, &why, e);
	int rc = got == READ_OK ? again_read(&c, a, aside, out, e) : got == READ_FAULT ? -1 : 0;
	if (got != READ_OK && got != READ_FAULT)
		log_warn("%s cannot be read again: %s", c.id, why);
	close(fd);
	arena_free(c.arena);
	return rc;
}
