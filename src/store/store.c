/* Behind every stage: opening a contest's database, and its transactions.  Refuses a database of a newer
 * program; makes an older one new before anybody reads it. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/inside.h"
#include "store/schema.h"

#define PATH_WAL STORE_PATH "-wal"
#define MODE 0640 /* it holds personal data */

/* SQLite opens by path, so the home is entered for a moment.  (/proc would give a path too, where it is
 * mounted.)  Gives the descriptor of the folder to go back to, AT_FDCWD when there was nothing to do. */
static int enter(int home, Err *e) {
	if (home == AT_FDCWD)
		return AT_FDCWD;
	int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (back < 0)
		return err_errno(e, ERR_DISK, "the current folder");
	if (fchdir(home)) {
		err_errno(e, ERR_DISK, "the contest's folder");
		close(back);
		return -1;
	}
	return back;
}

static int leave(int back, Err *e) {
	if (back == AT_FDCWD)
		return 0;
	int r = fchdir(back) ? err_errno(e, ERR_DISK, "the folder before") : 0;
	close(back);
	return r;
}

static int open_memory(Db **out, Err *e) {
	if (db_open(NULL, DB_MEMORY, out, e) < 0)
		return -1;
	return schema_climb(*out, &schema_ladder, e) < 0 ? -1 : 0;
}

static int open_writing(Db **out, Err *e) {
	/* Made before SQLite would, for its mode; the log beside it takes over the mode of the file. */
	int fd = open(STORE_PATH, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
	if (fd < 0)
		return err_errno(e, ERR_DISK, STORE_PATH);
	close(fd); /* no lock of this process is on it yet, so none is lost */
	if (db_open(STORE_PATH, DB_WRITE, out, e) < 0)
		return -1;
	int r = schema_climb(*out, &schema_ladder, e);
	if (r < 0)
		return err_wrap(e, STORE_PATH);
	return r == 1 ? file_sync_dir(AT_FDCWD, "spool", e) : 0;
}

static int open_in(DbMode mode, Db **out, Err *e) {
	if (db_open(STORE_PATH, mode, out, e) < 0)
		return -1;
	int version = schema_version(*out, e);
	return version < 0 ? err_wrap(e, STORE_PATH) : version;
}

/* Its version through DB_READ, or else, where even sharing the log needs a permission that we lack and no log
 * is there, as it lies; -1. */
static int open_as_it_lies(Db **out, Err *e) {
	int version = open_in(DB_READ, out, e);
	if (version < 0 && e->kind == ERR_DISK && !file_exists(AT_FDCWD, PATH_WAL)) {
		db_close(*out);
		version = open_in(DB_FROZEN, out, e);
	}
	return version;
}

static int open_reading(Db **out, Err *e) {
	if (file_missing(AT_FDCWD, STORE_PATH))
		return open_memory(out, e);
	int version = open_as_it_lies(out, e);
	if (version < 0 || version == schema_ladder.version)
		return version < 0 ? -1 : 0;
	db_close(*out);
	*out = NULL;
	if (version == 0) /* made, and stopped before the schema was in */
		return open_memory(out, e);
	if (open_writing(out, e) < 0)
		return -1;
	return db_exec(*out, "PRAGMA query_only = ON", "set up", e);
}

int store_open(int home, bool readonly, Store **out, Err *e) {
	Err own;
	e = e ? e : &own;
	*out = NULL;
	Db *db = NULL;
	int back = enter(home, e);
	if (back == -1)
		return -1;
	int r = readonly ? open_reading(&db, e) : open_writing(&db, e);
	if (leave(back, r < 0 ? NULL : e) < 0)
		r = -1;
	if (r < 0) {
		db_close(db);
		return -1;
	}
	Store *s = mem_alloc(sizeof *s);
	*s = (Store){.db = db};
	*out = s;
	return 0;
}

void store_shrink(Store *s) {
	db_shrink(s->db);
}

void store_close(Store *s) {
	if (!s)
		return;
	db_rollback(s->db);
	db_close(s->db);
	free(s);
}

int store_backup(Store *s, const char *path, Err *e) {
	return db_backup(s->db, path, MODE, e);
}

int store_begin_reading(Store *s, Err *e) {
	/* What is sorted and compared in it may be large. */
	return db_exec(s->db, "PRAGMA temp_store = FILE; BEGIN", "begin", e);
}

int store_begin(Store *s, Err *e) {
	s->tail_known = false;
	return db_exec(s->db, "BEGIN IMMEDIATE", "begin", e);
}

int store_commit(Store *s, Err *e) {
	s->tail_known = false;
	if (!db_in_transaction(s->db))
		return err_set(e, ERR_BUG, "database: commit: no transaction is open");
	step("store.commit");
	if (db_exec(s->db, "COMMIT", "commit", e) < 0) {
		db_rollback(s->db);
		return -1;
	}
	step("store.committed");
	return 0;
}

void store_rollback(Store *s) {
	s->tail_known = false;
	db_rollback(s->db);
}

void *rows_keep(Arena *a, void *v, size_t n, size_t size) {
	void *kept = arena_array(a, n + 1, size); /* one more: an empty list is no NULL */
	if (n)
		memcpy(kept, v, n * size);
	free(v);
	return kept;
}
