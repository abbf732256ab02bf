/* Db: one connection to SQLite and its prepared statements.  Private to the room; db.c is the only file
 * that knows sqlite3.
 *
 * A Query is one use of a statement: start it, put its values in the order ?1, ?2, ..., then run it or walk
 * its rows.  A fault on the way is kept inside and comes out once, from query_run, query_next or query_int,
 * with the statement's name: nothing needs a check in between. */
#ifndef XINLV_STORE_DB_H
#define XINLV_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/statements.h"

/* What to do about a damaged one; behind every error that says so. */
#define DB_DAMAGED "; restore a backup, or take spool/xinlv.db* away and 'xinlv run' makes it again"

typedef struct Db Db;
typedef struct Query Query;

typedef enum {
	DB_WRITE,  /* created when missing */
	DB_READ,   /* needs write permission only to share the log of a running writer */
	DB_FROZEN, /* on a read-only disk or without permission: no locks, nothing is written */
	DB_MEMORY, /* empty, for this process */
} DbMode;

/* `path` from the current folder; unused for DB_MEMORY.  On failure *out is NULL. */
int db_open(const char *path, DbMode mode, Db **out, Err *e);
void db_close(Db *db);
/* How long what another process holds is waited for; 0: as at the opening. */
void db_patience(Db *db, int ms);
/* Gives the page cache back to the system. */
void db_shrink(Db *db);
/* Several statements without values and rows; `what` names them in the error. */
int db_exec(Db *db, const char *sql, const char *what, Err *e);
/* The one number that a statement of the schema's own making gives. */
int db_number(Db *db, const char *sql, int64_t *out, Err *e);
/* The rows of a statement made at run time, each value as text ("" for NULL), until `each` says false. */
int db_rows(Db *db, const char *sql, bool (*each)(void *ctx, size_t n, char **value), void *ctx, Err *e);
bool db_in_transaction(const Db *db);
void db_rollback(Db *db);
/* All of it as it is at this moment to a new file, durable. */
int db_backup(Db *db, const char *path, mode_t mode, Err *e);
/* The other way: its pages become those of the file. */
int db_load(Db *db, const char *path, Err *e);
/* A large value in a row of a table, written over what stands there, all of it, or read behind what *out holds: neither takes
 * the copies in memory that a statement takes. */
int db_blob_write(Db *db, const char *table, const char *column, int64_t row, Str bytes, Err *e);
int db_blob_read(Db *db, const char *table, const char *column, int64_t row, Buf *out, Err *e);
/* Appends text as a literal of SQL. */
void db_quote(Buf *sql, const char *text);
/* Compiles every statement of the table. */
int db_compile_all(Db *db, Err *e);

/* Never NULL.  A statement that writes is refused outside a transaction. */
Query *query_start(Db *db, Statement id, Err *e);
void query_put_int(Query *q, int64_t v);
void query_put_when(Query *q, int64_t t); /* WHEN_NONE as NULL */
/* What is put by address must live until the query ends. */
void query_put_text(Query *q, const char *v); /* NULL as "" */
void query_put_blob(Query *q, const void *p, size_t n);
void query_put_zeros(Query *q, size_t n); /* a blob of so many bytes, to be written by db_blob_write() */
void query_put_hash(Query *q, const Hash *h); /* NULL as NULL */
/* 1: a row; 0: the end; -1: a fault.  0 and -1 end the query. */
int query_next(Query *q);
void query_end(Query *q); /* to stop before the end */
int query_run(Query *q);  /* to the end: 0 or -1 */
int query_int(Query *q, int64_t *out); /* the first value of the first row; 1, 0 no row or NULL, -1; ends */

/* The next column of the row, from the left. */
int64_t query_get_int(Query *q);
int64_t query_get_when(Query *q);
char *query_get_text(Query *q, Arena *a);
Str query_get_blob(Query *q); /* until the next row */
bool query_get_hash(Query *q, Hash *h); /* false and zeros when it is NULL */

#endif
