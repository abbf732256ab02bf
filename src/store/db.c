/* Behind every stage: the connection.  Refuses a value that does not bind, a row that is not read to its
 * end, and a change outside a transaction. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/when.h"

#define BUSY_MS 10000 /* a reader may hold up a checkpoint, another command a commit */

struct Query {
	sqlite3_stmt *stmt;
	Db *db;
	Statement id;
	Err *e;
	int put, got; /* values put, columns taken from this row */
	bool used, failed;
	bool extra;   /* made because the table's own was in use; freed at its end */
};

struct Db {
	sqlite3 *sqlite;
	Query slot[STATEMENT_COUNT];
};

static ErrKind kind_of(int code) {
	switch (code & 0xFF) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_NOLFS:
		return ERR_DISK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_LOCKED;
	default:
		return ERR_BUG;
	}
}

static int fault(Db *db, const char *what, Err *e) {
	int code = sqlite3_extended_errcode(db->sqlite);
	/* A reader, too, needs some pages beside the database. */
	const char *why = code == SQLITE_IOERR_SHMSIZE ? "no space left on the disk" : sqlite3_errmsg(db->sqlite);
	bool damaged = (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
	return err_set(e, kind_of(code), "database: %s: %s (%d)%s", what, why, code, damaged ? DB_DAMAGED : "");
}

static int setup(Db *db, DbMode mode, Err *e) {
	sqlite3_extended_result_codes(db->sqlite, 1);
	if (sqlite3_busy_timeout(db->sqlite, BUSY_MS) != SQLITE_OK ||
	    sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK)
		return fault(db, "set up", e);
	/* secure_delete=FAST: what leaves a page in use is overwritten, as far as it costs no more writing;
	 * a purge switches it fully on. */
	static const char all[] = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
	                          "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;";
	static const char writing[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	                              "PRAGMA secure_delete = FAST; PRAGMA journal_size_limit = 16777216;";
	if (db_exec(db, all, "set up", e) < 0)
		return -1;
	return mode == DB_WRITE ? db_exec(db, writing, "set up", e) : 0;
}

int db_open(const char *path, DbMode mode, Db **out, Err *e) {
	static const int flags[] = {
		[DB_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		[DB_READ] = SQLITE_OPEN_READONLY,
		[DB_FROZEN] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
		[DB_MEMORY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY,
	};
	char uri[PATH_MAX + 32];
	struct stat st;
	*out = NULL;
	if (mode != DB_MEMORY && lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) /* opening a FIFO would wait for its other end */
		return err_set(e, ERR_DISK, "%s is no regular file", path);
	if (mode != DB_MEMORY && access(path, R_OK) < 0 && errno != ENOENT) /* SQLite says only that it cannot */
		return err_errno(e, ERR_DISK, "%s", path);
	Db *db = mem_alloc(sizeof *db);
	*db = (Db){0};
	snprintf(uri, sizeof uri, "file:%s?immutable=1", path);
	const char *name = mode == DB_MEMORY ? ":memory:" : mode == DB_FROZEN ? uri : path;
	int r = sqlite3_open_v2(name, &db->sqlite, flags[mode] | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
	            ? setup(db, mode, e)
	            : fault(db, "open", e);
	if (r < 0) {
		db_close(db);
		return err_wrap(e, "%s", mode == DB_MEMORY ? name : path);
	}
	*out = db;
	return 0;
}

void db_patience(Db *db, int ms) {
	sqlite3_busy_timeout(db->sqlite, ms ? ms : BUSY_MS);
}

void db_shrink(Db *db) {
	sqlite3_db_release_memory(db->sqlite);
	malloc_trim(0);
}

void db_close(Db *db) {
	if (!db)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(db->slot[i].stmt);
	sqlite3_close(db->sqlite);
	free(db);
}

/* How the work with it ended, once it is closed. */
static int blob_end(Db *db, sqlite3_blob *blob, int code, const char *table, Err *e) {
	int rc = code == SQLITE_OK ? 0 : fault(db, table, e);
	sqlite3_blob_close(blob);
	return rc;
}

int db_blob_write(Db *db, const char *table, const char *column, int64_t row, Str bytes, Err *e) {
	sqlite3_blob *blob;
	if (sqlite3_blob_open(db->sqlite, "main", table, column, row, 1, &blob) != SQLITE_OK)
		return fault(db, table, e);
	return blob_end(db, blob, sqlite3_blob_write(blob, bytes.p, (int)bytes.n, 0), table, e);
}

int db_blob_read(Db *db, const char *table, const char *column, int64_t row, Buf *out, Err *e) {
	sqlite3_blob *blob;
	if (sqlite3_blob_open(db->sqlite, "main", table, column, row, 0, &blob) != SQLITE_OK)
		return fault(db, table, e);
	int n = sqlite3_blob_bytes(blob);
	buf_reserve(out, (size_t)n);
	int code = sqlite3_blob_read(blob, out->p + out->n, n, 0);
	out->n += code == SQLITE_OK ? (size_t)n : 0;
	out->p[out->n] = '\0';
	return blob_end(db, blob, code, table, e);
}

int db_exec(Db *db, const char *sql, const char *what, Err *e) {
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fault(db, what, e);
}

int db_number(Db *db, const char *sql, int64_t *out, Err *e) {
	sqlite3_stmt *stmt;
	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK)
		return fault(db, sql, e);
	int r = sqlite3_step(stmt) == SQLITE_ROW ? 0 : fault(db, sql, e);
	if (r == 0)
		*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return r;
}

typedef struct {
	bool (*each)(void *ctx, size_t n, char **value);
	void *ctx;
	bool stopped;
} Rows;

static int one_row(void *ctx, int n, char **value, char **name) {
	static char nothing[1];
	Rows *r = ctx;
	(void)name;
	for (int i = 0; i < n; i++)
		if (!value[i])
			value[i] = nothing;
	r->stopped = !r->each(r->ctx, (size_t)n, value);
	return r->stopped;
}

int db_rows(Db *db, const char *sql, bool (*each)(void *ctx, size_t n, char **value), void *ctx, Err *e) {
	Rows r = {each, ctx, false};
	int code = sqlite3_exec(db->sqlite, sql, one_row, &r, NULL);
	return code == SQLITE_OK || (r.stopped && code == SQLITE_ABORT) ? 0 : fault(db, sql, e);
}

bool db_in_transaction(const Db *db) {
	return sqlite3_get_autocommit(db->sqlite) == 0;
}

void db_rollback(Db *db) {
	if (db_in_transaction(db))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

static int compile(Query *q, Err *e) {
	const char *sql = statement_sql(q->id);
	if (q->stmt)
		return 0;
	if (sqlite3_prepare_v3(q->db->sqlite, sql, -1, q->extra ? 0 : SQLITE_PREPARE_PERSISTENT, &q->stmt,
	                       NULL) == SQLITE_OK)
		return 0;
	return fault(q->db, statement_name(q->id), e);
}

/* One step for all of it: the writers of a WAL go on meanwhile, and are not seen. */
static int copy_pages(sqlite3 *from, sqlite3 *to, const char *path, Err *e) {
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	if (b)
		sqlite3_backup_step(b, -1);
	int code = b ? sqlite3_backup_finish(b) : sqlite3_errcode(to);
	return code == SQLITE_OK ? 0 : err_set(e, kind_of(code), "%s: %s", path, sqlite3_errstr(code));
}

int db_backup(Db *db, const char *path, mode_t mode, Err *e) {
	sqlite3 *to = NULL;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_errno(e, ERR_DISK, "%s", path);
	int r = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
	            ? copy_pages(db->sqlite, to, path, e)
	            : err_set(e, ERR_DISK, "%s: %s", path, sqlite3_errmsg(to));
	sqlite3_close(to);
	if (r == 0 && fsync(fd))
		r = err_errno(e, ERR_DISK, "%s", path);
	close(fd);
	return r;
}

/* What a name may have and a URI means otherwise is written by its number. */
static void put_uri(Buf *uri, const char *path) {
	buf_str(uri, "file:");
	for (const char *p = path; *p; p++)
		if (strchr("%?#", *p))
			buf_fmt(uri, "%%%02X", (unsigned char)*p);
		else
			buf_char(uri, *p);
	buf_str(uri, "?immutable=1");
}

int db_load(Db *db, const char *path, Err *e) {
	sqlite3 *from = NULL;
	Buf uri = {0};
	put_uri(&uri, path);
	int r = sqlite3_open_v2(buf_cstr(&uri), &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
	            ? copy_pages(from, db->sqlite, path, e)
	            : err_set(e, ERR_DISK, "%s: %s", path, sqlite3_errmsg(from));
	sqlite3_close(from);
	buf_free(&uri);
	return r;
}

void db_quote(Buf *sql, const char *text) {
	buf_char(sql, '\'');
	for (const char *p = text; *p; p++) {
		buf_char(sql, *p);
		if (*p == '\'')
			buf_char(sql, '\'');
	}
	buf_char(sql, '\'');
}

int db_compile_all(Db *db, Err *e) {
	for (Statement i = 0; i < STATEMENT_COUNT; i++) {
		db->slot[i].db = db;
		db->slot[i].id = i;
		if (compile(&db->slot[i], e) < 0)
			return -1;
	}
	return 0;
}

Query *query_start(Db *db, Statement id, Err *e) {
	Query *q = &db->slot[id];
	if (q->used) { /* inside a walk of the same kind */
		q = mem_alloc(sizeof *q);
		*q = (Query){.extra = true};
	}
	q->db = db;
	q->id = id;
	q->e = e;
	q->put = q->got = 0;
	q->used = true;
	q->failed = compile(q, e) < 0;
	if (!q->failed && !sqlite3_stmt_readonly(q->stmt) && !db_in_transaction(db)) {
		err_set(e, ERR_BUG, "database: %s: outside a transaction", statement_name(id));
		q->failed = true;
	}
	return q;
}

static void put_done(Query *q, int code) {
	if (code == SQLITE_OK)
		return;
	char what[96];
	snprintf(what, sizeof what, "%s: value %d", statement_name(q->id), q->put);
	fault(q->db, what, q->e);
	q->failed = true;
}

void query_put_int(Query *q, int64_t v) {
	q->put++;
	if (!q->failed)
		put_done(q, sqlite3_bind_int64(q->stmt, q->put, v));
}

static void put_null(Query *q) {
	q->put++;
	if (!q->failed)
		put_done(q, sqlite3_bind_null(q->stmt, q->put));
}

void query_put_when(Query *q, int64_t t) {
	if (t == WHEN_NONE)
		put_null(q);
	else
		query_put_int(q, t);
}

void query_put_text(Query *q, const char *v) {
	q->put++;
	if (!q->failed)
		put_done(q, sqlite3_bind_text(q->stmt, q->put, v ? v : "", -1, SQLITE_STATIC));
}

void query_put_blob(Query *q, const void *p, size_t n) {
	q->put++;
	if (!q->failed) /* "": no address means NULL to SQLite */
		put_done(q, sqlite3_bind_blob64(q->stmt, q->put, n ? p : "", n, SQLITE_STATIC));
}

void query_put_zeros(Query *q, size_t n) {
	q->put++;
	if (!q->failed)
		put_done(q, sqlite3_bind_zeroblob64(q->stmt, q->put, n));
}

void query_put_hash(Query *q, const Hash *h) {
	if (h)
		query_put_blob(q, h->b, HASH_BYTES);
	else
		put_null(q);
}

void query_end(Query *q) {
	q->used = false;
	if (q->extra) {
		sqlite3_finalize(q->stmt);
		free(q);
	} else if (q->stmt) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
	}
}

int query_next(Query *q) {
	q->got = 0;
	int code = q->failed ? SQLITE_ERROR : sqlite3_step(q->stmt);
	if (code == SQLITE_ROW)
		return 1;
	int r = 0;
	if (code != SQLITE_DONE)
		r = q->failed ? -1 : fault(q->db, statement_name(q->id), q->e);
	query_end(q);
	return r;
}

int query_run(Query *q) {
	int r;
	while ((r = query_next(q)) == 1)
		;
	return r;
}

int query_int(Query *q, int64_t *out) {
	int r = query_next(q);
	if (r != 1)
		return r;
	bool null = sqlite3_column_type(q->stmt, 0) == SQLITE_NULL;
	if (!null)
		*out = sqlite3_column_int64(q->stmt, 0);
	query_end(q);
	return !null;
}

int64_t query_get_int(Query *q) {
	return sqlite3_column_int64(q->stmt, q->got++);
}

int64_t query_get_when(Query *q) {
	int column = q->got++;
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL ? WHEN_NONE
	                                                          : sqlite3_column_int64(q->stmt, column);
}

char *query_get_text(Query *q, Arena *a) {
	int column = q->got++;
	const char *p = (const char *)sqlite3_column_text(q->stmt, column);
	int n = sqlite3_column_bytes(q->stmt, column);
	return arena_copy(a, p, p && n > 0 ? (size_t)n : 0);
}

Str query_get_blob(Query *q) {
	int column = q->got++;
	const void *p = sqlite3_column_blob(q->stmt, column);
	int n = sqlite3_column_bytes(q->stmt, column);
	return (Str){p, p && n > 0 ? (size_t)n : 0};
}

bool query_get_hash(Query *q, Hash *h) {
	Str b = query_get_blob(q);
	*h = (Hash){0};
	if (b.n != HASH_BYTES)
		return false;
	memcpy(h->b, b.p, HASH_BYTES);
	return true;
}
