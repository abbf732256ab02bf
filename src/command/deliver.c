/* The last stage: queued mails leave. A mail is marked sent only after it is durably where it was sent to; a crash
 * between gives the same mail with the same Message-ID again. */
#include "command/deliver.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "command/replay.h"
#include "intake/maildir.h"

#define DELIVER_BATCH 64

char *deliver_file_name(Arena *a, const char *message_id) {
	return text_filename(a, message_id, 200);
}

static int put_into_maildir(World *w, Arena *a, const Server *s, const OutboxRow *row, bool again, Buf *body,
                            Err *e) {
	buf_clear(body);
	if (store_outbox_body(w->store, row->id, body, e) < 0)
		return -1;
	return maildir_deliver(w->env->home, s->path, deliver_file_name(a, row->message_id), body->p, body->n, again,
	                       e);
}

/* These mails left at env->now: told to the journal first, so that a lost database made again sends none of them twice,
 * then to the database. */
static int note_sent(World *w, const OutboxRow *row, size_t n, Err *e) {
	Buf ids = {0};
	for (size_t i = 0; i < n; i++)
		buf_fmt(&ids, "%s%s", i ? " " : "", row[i].message_id);
	journal_add(w->journal, &(JournalLine){.kind = JOURNAL_SENT, .at = w->env->now, .text = buf_cstr(&ids)});
	buf_free(&ids);
	int rc = journal_sync(w->journal, e);
	if (rc == 0)
		rc = store_begin(w->store, e);
	if (rc < 0)
		return -1;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = store_outbox_sent(w->store, row[i].id, w->env->now, e);
	if (rc == 0)
		rc = replay_mark(w, e);
	if (rc == 0)
		return store_commit(w->store, e);
	store_rollback(w->store);
	return rc;
}

/* Stands while a batch is under way: when a run finds it, the run before was stopped in one, and its mails may be in the
 * Maildir already.  Otherwise nothing that was sent long ago is looked through. */
#define UNDER_WAY "spool/outbox.batch"

static int maildir_batch(World *w, Arena *a, const Server *s, const OutboxRow *row, size_t n, bool again, Err *e) {
	Buf body = {0};
	int rc = file_write_plain(w->env->home, UNDER_WAY, "", 0, 0644, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_into_maildir(w, a, s, &row[i], again, &body, e);
	buf_free(&body);
	if (rc == 0)
		rc = file_sync_all(w->env->home, e);
	step("deliver.written");
	if (rc == 0)
		rc = note_sent(w, row, n, e);
	if (rc == 0 && unlinkat(w->env->home, UNDER_WAY, 0) < 0)
		rc = err_errno(e, ERR_DISK, UNDER_WAY);
	return rc;
}

static int deliver_to_maildir(World *w, const Server *s, int64_t *sent, Err *e) {
	Arena *a = arena_new();
	OutboxRow *row;
	size_t n = 0;
	bool again = file_exists(w->env->home, UNDER_WAY);
	int rc = maildir_make(w->env->home, s->path, e);
	do {
		arena_reset(a);
		if (rc == 0)
			rc = store_outbox_due(w->store, a, w->env->now, DELIVER_BATCH, &row, &n, e);
		if (rc == 0 && n)
			rc = maildir_batch(w, a, s, row, n, again, e);
		if (rc == 0)
			*sent += (int64_t)n;
		again = false;
	} while (rc == 0 && n == DELIVER_BATCH);
	arena_free(a);
	return rc;
}

int deliver(World *w, int64_t *n, Err *e) {
	*n = 0;
	const MailConf *mail = &w->rules->mail;
	if (mail->send[0].scheme == SCHEME_MAILDIR)
		return deliver_to_maildir(w, &mail->send[0], n, e);
	return deliver_smtp(w, n, e);
}
