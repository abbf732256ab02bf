/* The last step of a purge.  Takes away what its rows in the database name, and what killed runs left of such things; looks for
 * nothing else. */
#include "command/purge_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "command/deliver.h"
#include "command/take.h"
#include "course/review_lay.h"
#include "course/supplement.h"
#include "store/purge.h"

typedef struct {
	World *w;
	int64_t last;  /* message that was purged */
	Arena *a;      /* of one thing */
	char **cur;    /* of the outbox, sorted */
	size_t cur_n;
	const char *outbox;
	Err *e;
	int rc;
} PurgeFiles;

static void take_away(PurgeFiles *p, const char *path) {
	if (unlinkat(p->w->env->home, path, 0) < 0 && errno != ENOENT)
		p->rc = err_errno(p->e, ERR_DISK, "%s", path);
}

static bool one_message(void *ctx, const MessageRow *m) {
	PurgeFiles *p = ctx;
	char path[128];
	arena_reset(p->a);
	if (!m->archived) {
		take_away(p, take_head_path(p->a, m->source));
		return p->rc == 0;
	}
	archive_path(m->sha256, path);
	take_away(p, path);
	const char *hex = hash_text(p->a, m->sha256);
	take_away(p, arena_fmt(p->a, "spool/quarantine/%s.eml", hex));
	take_away(p, arena_fmt(p->a, "spool/quarantine/%s.txt", hex));
	return p->rc == 0;
}

/* What came with no message stands in the archive by its own hash. */
static int handed_over(PurgeFiles *p, const char *number) {
	FileRow *file;
	size_t n;
	char path[128];
	arena_reset(p->a);
	if (store_entry_supplements(p->w->store, p->a, number, &file, &n, p->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (file[i].part == SUPPLEMENT_HANDED_OVER) {
			archive_path(file[i].sha256, path);
			take_away(p, path);
		}
	return p->rc;
}

static bool one_entry(void *ctx, const EntryRow *en) {
	PurgeFiles *p = ctx;
	if (en->seq <= p->last && (file_remove_tree(p->w->env->home, en->folder, p->e) < 0 || handed_over(p, en->number) < 0))
		p->rc = -1;
	return p->rc == 0;
}

/* Copies in the Maildir that mail comes from: told by their bytes. */
static int one_inbox(PurgeFiles *p, const char *folder) {
	char **name;
	size_t n;
	int home = p->w->env->home;
	if (!file_exists(home, folder))
		return 0;
	Arena *a = arena_new();
	int rc = file_list(a, home, folder, &name, &n, p->e);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		Hash h;
		int64_t seq;
		const char *path = arena_fmt(a, "%s/%s", folder, name[i]);
		int fd = file_open(home, path, O_NOFOLLOW);
		int known = fd >= 0 && hash_fd(fd, &h, NULL, NULL) == 0 ? store_message_find(p->w->store, h, &seq, p->e) : 0;
		if (fd >= 0)
			close(fd);
		if (known > 0 && seq <= p->last)
			take_away(p, path);
		rc = known < 0 ? -1 : p->rc;
	}
	arena_free(a);
	return rc;
}

static int inbox(PurgeFiles *p) {
	const Server *s = &p->w->rules->mail.fetch;
	if (s->scheme != SCHEME_MAILDIR)
		return 0;
	return one_inbox(p, arena_fmt(p->w->env->arena, "%s/new", s->path)) < 0
	           ? -1
	           : one_inbox(p, arena_fmt(p->w->env->arena, "%s/cur", s->path));
}

/* new/NAME, or cur/NAME:2,FLAGS once a mail program has seen it; tmp/NAME where a run was killed in mid-delivery. */
static bool one_mail(void *ctx, const char *message_id) {
	PurgeFiles *p = ctx;
	arena_reset(p->a);
	const char *name = deliver_file_name(p->a, message_id);
	size_t n = strlen(name);
	take_away(p, arena_fmt(p->a, "%s/new/%s", p->outbox, name));
	take_away(p, arena_fmt(p->a, "%s/tmp/%s", p->outbox, name));
	for (size_t i = 0; i < p->cur_n; i++)
		if (!strncmp(p->cur[i], name, n) && (!p->cur[i][n] || p->cur[i][n] == ':'))
			take_away(p, arena_fmt(p->a, "%s/cur/%s", p->outbox, p->cur[i]));
	return p->rc == 0;
}

static int outbox(PurgeFiles *p, const Server *s) {
	if (s->scheme != SCHEME_MAILDIR)
		return 0;
	p->outbox = s->path;
	const char *cur = arena_fmt(p->w->env->arena, "%s/cur", s->path);
	p->cur_n = 0;
	if (file_exists(p->w->env->home, cur) && file_list(p->w->env->arena, p->w->env->home, cur, &p->cur, &p->cur_n, p->e) < 0)
		return -1;
	return store_purged_mails(p->w->store, one_mail, p, p->e) < 0 ? -1 : p->rc;
}

/* What a fetch that was killed had of a message; nobody else writes there while we hold the lock. */
static int half_fetched(PurgeFiles *p) {
	static const char folder[] = ARCHIVE_FOLDER "/tmp";
	char **name;
	size_t n;
	Arena *a = p->w->env->arena;
	if (!file_exists(p->w->env->home, folder))
		return 0;
	if (file_list(a, p->w->env->home, folder, &name, &n, p->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		take_away(p, arena_fmt(a, "%s/%s", folder, name[i]));
	return p->rc;
}

/* Copies that were made for people: the experts' folders, and the winners' own files for the book of cases. */
static int copies(PurgeFiles *p) {
	static const char *const folder[] = {"spool/review", "spool/publish/casebook"};
	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		if (file_remove_tree(p->w->env->home, folder[i], p->e) < 0)
			return -1;
	return 0;
}

int purge_files(World *w, Err *e) {
	PurgeFiles p = {.w = w, .a = arena_new(), .e = e};
	int rc = store_purged(w->store, &p.last, e);
	if (rc > 0)
		rc = store_purged_each(w->store, p.last, one_message, &p, e);
	if (rc == 0)
		rc = store_entry_each(w->store, &(EntryFilter){0}, one_entry, &p, e);
	if (rc == 0)
		rc = file_remove_tree(w->env->home, REVIEW_FOLDER, e); /* what was laid for experts */
	if (rc == 0)
		rc = half_fetched(&p);
	if (rc == 0)
		rc = copies(&p);
	if (rc == 0)
		rc = inbox(&p);
	for (size_t i = 0; rc == 0 && i < w->rules->mail.send_n; i++)
		rc = outbox(&p, &w->rules->mail.send[i]);
	if (rc == 0)
		rc = p.rc < 0 ? -1 : file_sync_all(w->env->home, e);
	arena_free(p.a);
	return rc;
}
