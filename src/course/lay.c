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

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static const char *stage_path(Arena *a, const char *number)
{
	return arena_fmt(a, "spool/tmp/stage-%s", number);
}

static int link_files(World *w, Arena *a, const char *stage, const FileRow *file, size_t n, const Report *r, Err *e)
{
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
              const Report *r, Err *e)
{
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

int lay_read_again(World *w, Arena *a, const char *number, const MessageRow *m, const FileRow *file, size_t n, Report *r,
                   Err *e)
{
	char *why;
	if (world_reader(w, e) < 0)
		return -1;
	int fd = archive_read(w->archive, m->sha256, e);
	if (fd < 0)
		return -1;
	e->kind = ERR_NONE;
	ReadResult got = reader_read(w->reader, fd, NULL, READ_SPILL, a, r, &why, e);
	close(fd);
	if (got != READ_OK)
		return e->kind != ERR_NONE ? -1 : err_set(e, ERR_BUG, "%s cannot be read again: %s", number, why);
	for (size_t i = 0; i < n; i++)
		if ((size_t)file[i].part >= r->part_n || !hash_eq(r->part[file[i].part].sha256, file[i].sha256))
			return err_set(e, ERR_BUG, "%s: the archive no longer gives %s", number, file[i].name);
	return 0;
}

/* The stage is gone (a crash after the commit): its message is read again. */
static int stage_again(World *w, Arena *a, const EntryRow *en, Err *e)
{
	Report r;
	FieldRow *field;
	FileRow *file;
	MessageRow m;
	size_t fields, n;
	if (store_entry_fields(w->store, a, en->number, &field, &fields, e) < 0 ||
	    store_entry_files(w->store, a, en->number, &file, &n, e) < 0 ||
	    store_message_get(w->store, a, en->seq, &m, e) <= 0 ||
	    lay_read_again(w, a, en->number, &m, file, n, &r, e) < 0)
		return -1;
	return lay_stage(w, en, field, fields, file, n, &r, e);
}

static int lay_one(World *w, const char *number, Err *e)
{
	Arena *a = arena_new();
	EntryRow en;
	int home = w->env->home, rc = -1;
	const char *stage = stage_path(a, number);
	if (store_entry_get(w->store, a, number, &en, e) <= 0)
		goto out;
	if (!file_exists(home, stage) && stage_again(w, a, &en, e) < 0)
		goto out;
	if (file_remove_tree(home, en.folder, e) < 0)
		goto out;
	const char *parent = arena_fmt(a, "%.*s", (int)(base_name(en.folder) - en.folder - 1), en.folder);
	if (file_mkdirs(home, parent, 0755, e) < 0)
		goto out;
	if (renameat(home, stage, home, en.folder) < 0) {
		err_errno(e, ERR_DISK, "%s", en.folder);
		goto out;
	}
	step("lay.rename");
	log_info("%s filed", number);
	rc = 0;
out:
	arena_free(a);
	return rc;
}

/* Supplements come after the entries whose folders they lie in. */
int lay_pending(World *w, Err *e)
{
	if (w->rehearsal)
		return 0;
	Arena *a = arena_new();
	char **number;
	size_t n;
	int rc = store_filing_pending(w->store, a, &number, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = lay_one(w, number[i], e);
	if (rc == 0 && n) {
		rc = file_sync_all(w->env->home, e);
		if (rc == 0)
			rc = store_begin(w->store, e);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = store_filing_done(w->store, number[i], e);
		if (rc == 0)
			rc = store_commit(w->store, e);
		else
			store_rollback(w->store);
	}
	arena_free(a);
	return rc < 0 || supplement_lay_pending(w, e) < 0 ? -1 : review_lay(w, e);
}
