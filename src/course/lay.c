/* Files accepted entries for people. Reads the database and the staged files; an entry's rows never depend on what is
 * done here. */
#include "course/lay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "course/review_lay.h"
#include "course/summary.h"
#include "course/supplement.h"

static const char *base_name(const char *path) {
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static const char *stage_path(Arena *a, const char *number) {
	return arena_fmt(a, "spool/tmp/stage-%s", number);
}

static int link_files(World *w, Arena *a, const char *stage, const FileRow *file, size_t n, const Report *r, Err *e) {
	for (size_t i = 0; i < n; i++) {
		int spill = r->part[file[i].part].spill;
		const char *to = arena_fmt(a, "%s/%s", stage, base_name(file[i].path));
		if (spill < 0)
			return err_set(e, ERR_BUG, "the reader kept no copy of part %d, %s", file[i].part, file[i].name);
		if (linkat(w->spill, reader_spill(w->reader, spill), w->env->home, to, 0) < 0)
			return err_errno(e, ERR_DISK, "%s", to);
	}
	return 0;
}

int lay_stage(World *w, const EntryRow *en, const FieldRow *field, size_t fields, const FileRow *file, size_t n,
              const Report *r, Err *e) {
	if (w->rehearsal)
		return 0;
	Arena *a = arena_new();
	const char *stage = stage_path(a, en->number);
	int rc = file_mkdirs(w->env->home, stage, 0755, e);
	if (rc == 0)
		rc = link_files(w, a, stage, file, n, r, e);
	if (rc == 0)
		rc = summary_write(w, en, field, fields, file, n, stage, e);
	arena_free(a);
	return rc;
}

int lay_gone(const char *number, const char *name, Err *e) {
	err_set(e, ERR_DISK, "%s: the archive no longer gives %s; `xinlv verify` names the file to take from a backup", number, name);
	return 0;
}

int lay_read_again(World *w, Arena *a, const char *number, const MessageRow *m, const FileRow *file, size_t n, Report *r,
                   Err *e) {
	char *why;
	if (world_reader(w, e) < 0)
		return -1;
	int fd = archive_read(w->archive, m->sha256, e);
	if (fd < 0)
		return lay_gone(number, "its message", e);
	ReadResult got = reader_read(w->reader, fd, NULL, READ_SPILL, a, r, &why, e);
	close(fd);
	if (got != READ_OK)
		return got == READ_FAULT ? -1 : lay_gone(number, "its message", e);
	for (size_t i = 0; i < n; i++)
		if ((size_t)file[i].part >= r->part_n || !hash_eq(r->part[file[i].part].sha256, file[i].sha256))
			return lay_gone(number, file[i].name, e);
	return 1;
}

/* The stage is gone (a crash after the commit): its message is read again. 1, or 0 when the archive lacks it. */
static int stage_again(World *w, Arena *a, const EntryRow *en, Err *e) {
	Report r;
	FieldRow *field;
	FileRow *file;
	MessageRow m;
	size_t fields, n;
	if (store_entry_fields(w->store, a, en->number, &field, &fields, e) < 0 ||
	    store_entry_files(w->store, a, en->number, &file, &n, e) < 0 ||
	    store_message_get(w->store, a, en->seq, &m, e) <= 0)
		return -1;
	int given = lay_read_again(w, a, en->number, &m, file, n, &r, e);
	if (given <= 0)
		return given;
	return lay_stage(w, en, field, fields, file, n, &r, e) < 0 ? -1 : 1;
}

int lay_in_place(World *w, Arena *a, const char *stage, const char *folder, Err *e) {
	int home = w->env->home;
	const char *parent = arena_fmt(a, "%.*s", (int)(base_name(folder) - folder - 1), folder);
	if (file_remove_tree(home, folder, e) < 0 || file_mkdirs(home, parent, 0755, e) < 0)
		return -1;
	return renameat(home, stage, home, folder) < 0 ? err_errno(e, ERR_DISK, "%s", folder) : 0;
}

static int lay_one(World *w, Arena *a, const char *number, Err *e) {
	EntryRow en;
	const char *stage = stage_path(a, number);
	if (store_entry_get(w->store, a, number, &en, e) <= 0)
		return -1;
	int given = file_exists(w->env->home, stage) ? 1 : stage_again(w, a, &en, e);
	if (given <= 0)
		return given;
	if (lay_in_place(w, a, stage, en.folder, e) < 0)
		return -1;
	step("lay.rename");
	log_info("%s filed", number);
	return 1;
}

static int mark_laid(World *w, size_t n, const bool *laid, LayStep *mark, void *ctx, Err *e) {
	if (file_sync_all(w->env->home, e) < 0 || store_begin(w->store, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = laid[i] ? mark(ctx, i, e) : 0;
	if (rc == 0)
		return store_commit(w->store, e);
	store_rollback(w->store);
	return -1;
}

int lay_each(World *w, size_t n, LayStep *lay, LayStep *mark, void *ctx, Err *e) {
	int given = 1, missing = 0;
	Arena *a = arena_new();
	bool *laid = arena_array(a, n + 1, sizeof *laid);
	for (size_t i = 0; given >= 0 && i < n; i++) {
		given = lay(ctx, i, e);
		laid[i] = given > 0;
		if (given == 0) {
			log_error("%s", e->text);
			missing = 1;
		}
	}
	int rc = given < 0 || (n && mark_laid(w, n, laid, mark, ctx, e) < 0) ? -1 : missing;
	arena_free(a);
	return rc;
}

typedef struct {
	World *w;
	char **number;
	Arena *one;
} Pending;

static int lay_next(void *ctx, size_t i, Err *e) {
	Pending *p = ctx;
	arena_reset(p->one);
	return lay_one(p->w, p->one, p->number[i], e);
}

static int mark(void *ctx, size_t i, Err *e) {
	Pending *p = ctx;
	return store_filing_done(p->w->store, p->number[i], e);
}

/* Supplements come after the entries whose folders they lie in. */
int lay_pending(World *w, Err *e) {
	if (w->rehearsal)
		return 0;
	size_t n;
	Arena *a = arena_new();
	Pending p = {.w = w, .one = arena_new()};
	int entries = store_filing_pending(w->store, a, &p.number, &n, e) < 0 ? -1 : lay_each(w, n, lay_next, mark, &p, e);
	arena_free(p.one);
	arena_free(a);
	int more = entries < 0 ? -1 : supplement_lay_pending(w, e);
	return more < 0 || review_lay(w, e) < 0 ? -1 : entries | more;
}
