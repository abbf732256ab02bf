/* The first stage, whatever the source: archive -> journal -> database. Knows nothing of what a message says; a message is
 * on record before anybody reads a byte of it. */
#include "command/take.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "command/replay.h"
#include "command/take_inner.h"
#include "store/purge.h"

#define HEADS ARCHIVE_FOLDER "/heads" /* header blocks of messages that were never fetched */

/* Bytes we have already: not a new message; only its copy at the source is to be tidied. */
static int already_known(World *w, const Batch *b, const MessageRow *row, int64_t *seq, Err *e) {
	if (!row->archived)
		return 0;
	for (size_t i = 0; i < b->n; i++)
		if (b->row[i].archived && hash_eq(b->row[i].sha256, row->sha256)) {
			*seq = b->row[i].seq;
			return 1;
		}
	return store_message_find(w->store, row->sha256, seq, e);
}

static int record(Take *t, Err *e) {
	World *w = t->w;
	for (size_t i = 0; i < t->batch.n; i++)
		if (store_message_add(w->store, &t->batch.row[i], e) < 0 ||
		    (!t->stays && store_tidy_add(w->store, t->batch.row[i].source, t->batch.row[i].seq, e) < 0))
			return -1;
	for (size_t i = 0; i < t->known.n && !t->stays; i++)
		if (store_tidy_add(w->store, t->known.v[i].source, t->known.v[i].seq, e) < 0)
			return -1;
	for (size_t i = 0; i < t->progress.n; i++)
		if (store_mailbox_set(w->store, &t->progress.v[i], e) < 0)
			return -1;
	return replay_mark(w, e);
}

int take_close_batch(Take *t, Err *e) {
	World *w = t->w;
	if (t->batch.n) {
		if (archive_sync(w->archive, e) < 0)
			return -1;
		for (size_t i = 0; i < t->batch.n; i++) {
			const MessageRow *r = &t->batch.row[i];
			journal_add(w->journal, &(JournalLine){.kind = JOURNAL_MESSAGE, .at = r->received, .seq = r->seq,
			                                       .sha256 = r->sha256, .archived = r->archived,
			                                       .headed = r->headed, .bytes = r->bytes, .source = r->source,
			                                       .taken = w->env->now});
		}
		if (journal_sync(w->journal, e) < 0)
			return -1;
	}
	if (t->batch.n == 0 && t->known.n == 0 && t->progress.n == 0)
		return 0;
	if (store_begin(w->store, e) < 0)
		return -1;
	if (record(t, e) < 0 || t->each(w, &t->batch, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	t->batch.n = t->known.n = t->progress.n = 0;
	t->bytes = 0;
	return store_commit(w->store, e);
}

/* What was purged stays purged: a copy that comes once more, from a mailbox made anew, leaves the archive at once. */
static int drop_purged(World *w, const MessageRow *row, int64_t seq, Err *e) {
	char path[128];
	int64_t last;
	int purged = store_purged(w->store, &last, e);
	if (purged <= 0 || seq > last)
		return purged < 0 ? -1 : 0;
	archive_path(row->sha256, path);
	if (unlinkat(w->env->home, path, 0) < 0 && errno != ENOENT)
		return err_errno(e, ERR_DISK, "%s", path);
	log_warn("%s is a copy of what was purged: it is not kept here, and should not be there either", row->source);
	return 0;
}

int take_add(Take *t, const MessageRow *row, Err *e) {
	int64_t seq;
	int known = already_known(t->w, &t->batch, row, &seq, e);
	if (known < 0 || (known && drop_purged(t->w, row, seq, e) < 0))
		return -1;
	if (known) {
		*vec_push(&t->known) = (struct Known){row->source, seq};
		return 0;
	}
	if (t->batch.n == TAKE_BATCH)
		return err_set(e, ERR_BUG, "%s: the batch before it was not closed", row->source);
	MessageRow *new = &t->batch.row[t->batch.n++];
	*new = *row;
	new->seq = journal_last_seq(t->w->journal) + (int64_t)t->batch.n;
	t->bytes += row->bytes;
	return 0;
}

Take *take_new(World *w, int (*each)(World *w, const Batch *b, Err *e)) {
	Take *t = mem_alloc(sizeof *t);
	*t = (Take){.w = w, .arena = arena_new(), .each = each};
	return t;
}

void take_free(Take *t) {
	vec_free(&t->known);
	vec_free(&t->progress);
	arena_free(t->arena);
	free(t);
}

int take_tidied(World *w, const char *const *source, size_t n, Err *e) {
	if (n == 0)
		return 0;
	step("tidy.done");
	int rc = store_begin(w->store, e);
	if (rc < 0)
		return -1;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = store_tidy_done(w->store, source[i], e);
	if (rc == 0)
		return store_commit(w->store, e);
	store_rollback(w->store);
	return rc;
}

char *take_head_path(Arena *a, const char *source) {
	return arena_fmt(a, HEADS "/%s.eml", hash_text(a, hash_of(source, strlen(source))));
}

int take_keep_head(World *w, Arena *a, MessageRow *m, int fd, Err *e) {
	Buf b = {0};
	char piece[8192];
	ssize_t n;
	while ((n = pread(fd, piece, sizeof piece, (off_t)b.n)) > 0 && b.n < TAKE_HEAD)
		buf_add(&b, piece, (size_t)n);
	int rc = file_mkdirs(w->env->home, HEADS, 0750, e);
	if (rc == 0)
		rc = file_write(w->env->home, take_head_path(a, m->source), b.p ? b.p : "", b.n, 0440, e);
	m->headed = rc == 0;
	m->sha256 = hash_of(b.p, b.n);
	buf_free(&b);
	return rc;
}

int take_head(World *w, const MessageRow *m) {
	Arena *a = arena_new();
	int fd = file_open(w->env->home, take_head_path(a, m->source), O_NOFOLLOW);
	arena_free(a);
	return fd;
}
