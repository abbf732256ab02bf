/* The first stage: source -> archive -> journal -> database. Knows nothing of what a message says; a message is on
 * record before anybody reads a byte of it. */
#include "command/take.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "command/replay.h"
#include "intake/maildir.h"

static const char *source_of(Arena *a, const Server *s, const char *name)
{
	return arena_fmt(a, "maildir:%s/%s", s->path, name);
}

/* One file into the archive. 1 taken, 0 gone meanwhile, -1 error. */
static int archive_one(World *w, Arena *a, const MaildirFile *f, MessageRow *row, Err *e)
{
	const Server *s = &w->rules->mail.fetch;
	*row = (MessageRow){.received = f->received, .source = source_of(a, s, f->name), .bytes = f->bytes};
	if (w->rules->mail.max_bytes > 0 && f->bytes > (uint64_t)w->rules->mail.max_bytes)
		return 1;
	int fd = maildir_open(w->env->home, s->path, f, e);
	if (fd < 0)
		return e->kind == ERR_MISSING ? 0 : -1;
	int r = archive_file(w->archive, fd, &row->sha256, &row->bytes, e);
	close(fd);
	row->archived = true;
	return r < 0 ? -1 : 1;
}

/* Bytes we have already: not a new message; only its copy at the source is to be tidied. */
static int already_known(World *w, const Batch *b, const MessageRow *row, int64_t *seq, Err *e)
{
	if (!row->archived)
		return 0;
	for (size_t i = 0; i < b->n; i++)
		if (b->row[i].archived && hash_eq(b->row[i].sha256, row->sha256)) {
			*seq = b->row[i].seq;
			return 1;
		}
	return store_message_find(w->store, row->sha256, seq, e);
}

typedef struct {
	World *w;
	Arena *arena;
	Batch batch;
	VEC(struct Known { const char *source; int64_t seq; }) known;
	uint64_t bytes;
} Take;

static int record(Take *t, Err *e)
{
	World *w = t->w;
	for (size_t i = 0; i < t->batch.n; i++)
		if (store_message_add(w->store, &t->batch.row[i], e) < 0 ||
		    store_tidy_add(w->store, t->batch.row[i].source, t->batch.row[i].seq, e) < 0)
			return -1;
	for (size_t i = 0; i < t->known.n; i++)
		if (store_tidy_add(w->store, t->known.v[i].source, t->known.v[i].seq, e) < 0)
			return -1;
	return replay_mark(w, e);
}

/* Archive durable, then journal durable, then one transaction with every outcome of the batch. */
static int close_batch(Take *t, int (*each)(World *w, const Batch *b, Err *e), Err *e)
{
	World *w = t->w;
	if (t->batch.n) {
		if (archive_sync(w->archive, e) < 0)
			return -1;
		for (size_t i = 0; i < t->batch.n; i++) {
			const MessageRow *r = &t->batch.row[i];
			journal_add(w->journal, &(JournalLine){.kind = JOURNAL_MESSAGE, .at = r->received, .seq = r->seq,
			                                       .sha256 = r->sha256, .archived = r->archived,
			                                       .bytes = r->bytes, .source = r->source,
			                                       .taken = w->env->now});
		}
		if (journal_sync(w->journal, e) < 0)
			return -1;
	}
	if (t->batch.n == 0 && t->known.n == 0)
		return 0;
	if (store_begin(w->store, e) < 0)
		return -1;
	if (record(t, e) < 0 || each(w, &t->batch, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	t->batch.n = t->known.n = 0;
	t->bytes = 0;
	return store_commit(w->store, e);
}

static int take_one(Take *t, const MaildirFile *f, Err *e)
{
	MessageRow row;
	int64_t seq;
	int got = archive_one(t->w, t->arena, f, &row, e);
	if (got <= 0)
		return got;
	int known = already_known(t->w, &t->batch, &row, &seq, e);
	if (known < 0)
		return -1;
	if (known) {
		*vec_push(&t->known) = (struct Known){row.source, seq};
		return 0;
	}
	row.seq = journal_last_seq(t->w->journal) + (int64_t)t->batch.n + 1;
	t->batch.name[t->batch.n] = f->name;
	t->batch.row[t->batch.n++] = row;
	t->bytes += row.bytes;
	return 0;
}

int take_maildir(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e)
{
	Take *t = mem_alloc(sizeof *t);
	*t = (Take){.w = w, .arena = arena_new()};
	MaildirFile *file;
	size_t n;
	const char *path = w->rules->mail.fetch.path;
	int rc = maildir_make(w->env->home, path, e);
	if (rc == 0)
		rc = maildir_list(t->arena, w->env->home, path, &file, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = take_one(t, &file[i], e);
		if (rc == 0 && (t->batch.n == TAKE_BATCH || t->bytes >= TAKE_BATCH_BYTES || t->known.n >= TAKE_BATCH))
			rc = close_batch(t, each, e);
	}
	if (rc == 0)
		rc = close_batch(t, each, e);
	vec_free(&t->known);
	arena_free(t->arena);
	free(t);
	return rc;
}

typedef struct {
	World *w;
	Arena *arena;
	VEC(const char *) done;
	Err *e;
	int rc;
} Tidy;

static const char *name_in(const char *source)
{
	const char *slash = strrchr(source, '/');
	return slash ? slash + 1 : source;
}

static bool tidy_one(void *ctx, const char *source, const MessageRow *m)
{
	Tidy *t = ctx;
	const MailConf *mail = &t->w->rules->mail;
	char path[512];
	if (!str_starts(str_of(source), "maildir:"))
		return true;
	const char *name = name_in(source);
	snprintf(path, sizeof path, "%.*s", (int)(name - source - 8 - 1), source + 8);
	bool remove = mail->after == AFTER_DELETE && m->archived && mail->after_days == 0;
	t->rc = remove ? maildir_remove(t->w->env->home, path, name, t->e)
	               : maildir_keep(t->w->env->home, path, name, mail->after == AFTER_FLAG ? "S" : "", t->e);
	*vec_push(&t->done) = arena_str(t->arena, source);
	return t->rc == 0;
}

int take_tidy(World *w, Err *e)
{
	Tidy t = {.w = w, .arena = arena_new(), .e = e};
	int rc = store_tidy_each(w->store, tidy_one, &t, e);
	if (rc == 0)
		rc = t.rc;
	if (rc == 0 && t.done.n) {
		step("tidy.done");
		rc = store_begin(w->store, e);
		for (size_t i = 0; rc == 0 && i < t.done.n; i++)
			rc = store_tidy_done(w->store, t.done.v[i], e);
		if (rc == 0)
			rc = store_commit(w->store, e);
		else
			store_rollback(w->store);
	}
	vec_free(&t.done);
	arena_free(t.arena);
	return rc;
}
