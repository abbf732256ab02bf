/* Messages of the embedded Maildir, and what is done with them there once their outcome is committed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/take.h"
#include "command/take_inner.h"
#include "intake/maildir.h"

static const char *source_of(Arena *a, const Server *s, const char *name) {
	return arena_fmt(a, "maildir:%s/%s", s->path, name);
}

/* One file into the archive, or what heads it where it is too large. 1 taken, 0 gone meanwhile, -1 error. */
static int archive_one(World *w, Arena *a, const MaildirFile *f, MessageRow *row, Err *e) {
	const Server *s = &w->rules->mail.fetch;
	*row = (MessageRow){.received = f->received, .source = source_of(a, s, f->name), .bytes = f->bytes};
	bool too_large = w->rules->mail.max_bytes > 0 && f->bytes > (uint64_t)w->rules->mail.max_bytes;
	int fd = maildir_open(w->env->home, s->path, f, e);
	if (fd < 0)
		return e->kind == ERR_MISSING ? 0 : -1;
	int r = too_large ? take_keep_head(w, a, row, fd, e) : archive_file(w->archive, fd, &row->sha256, &row->bytes, e);
	close(fd);
	row->archived = !too_large;
	return r < 0 ? -1 : 1;
}

static int take_one(Take *t, const MaildirFile *f, Err *e) {
	MessageRow row;
	int got = archive_one(t->w, t->arena, f, &row, e);
	return got <= 0 ? got : take_add(t, &row, e);
}

int take_maildir(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e) {
	Take *t = take_new(w, each);
	MaildirFile *file;
	size_t n;
	const char *path = w->rules->mail.fetch.path;
	int rc = maildir_make(w->env->home, path, e);
	if (rc == 0)
		rc = maildir_list(t->arena, w->env->home, path, &file, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = take_one(t, &file[i], e);
		if (rc == 0 && (t->batch.n == TAKE_BATCH || t->bytes >= TAKE_BATCH_BYTES || t->known.n >= TAKE_BATCH))
			rc = take_close_batch(t, e);
	}
	if (rc == 0)
		rc = take_close_batch(t, e);
	take_free(t);
	return rc;
}

typedef struct {
	World *w;
	Arena *arena;
	VEC(const char *) done;
	Err *e;
	int rc;
} Tidy;

static const char *name_in(const char *source) {
	const char *slash = strrchr(source, '/');
	return slash ? slash + 1 : source;
}

static bool tidy_one(void *ctx, const char *source, const MessageRow *m) {
	Tidy *t = ctx;
	const MailConf *mail = &t->w->rules->mail;
	char path[512];
	if (!str_starts(str_of(source), "maildir:"))
		return true;
	const char *name = name_in(source);
	snprintf(path, sizeof path, "%.*s", (int)(name - source - 8 - 1), source + 8);
	bool remove = mail->after == AFTER_DELETE && m->archived && mail->after_days == 0;
	int home = t->w->env->home;
	if (remove)
		t->rc = maildir_remove(home, path, name, t->e);
	else if (mail->after == AFTER_MOVE)
		t->rc = maildir_move(t->arena, home, path, name, mail->after_folder, t->e);
	else
		t->rc = maildir_keep(home, path, name, mail->after == AFTER_FLAG ? "S" : "", t->e);
	*vec_push(&t->done) = arena_str(t->arena, source);
	return t->rc == 0;
}

int take_tidy_maildir(World *w, Err *e) {
	Tidy t = {.w = w, .arena = arena_new(), .e = e};
	int rc = store_tidy_each(w->store, tidy_one, &t, e);
	if (rc == 0)
		rc = t.rc;
	if (rc == 0)
		rc = take_tidied(w, t.done.v, t.done.n, e);
	vec_free(&t.done);
	arena_free(t.arena);
	return rc;
}
