/* After the contest: the personal values go, and what shows that nothing else went stays.  Knows the tables from their
 * triggers: whatever the schema says goes in an audited purge goes here. */
#include <stdio.h>
#include <string.h>

#include "store/inside.h"
#include "store/purge.h"
#include "store/schema.h"

#define COMPACT_MS 1000

typedef struct {
	Arena *a;
	VEC(const char *) name;
} Tables;

static bool take_table(void *ctx, size_t n, char **value) {
	Tables *t = ctx;
	if (n)
		*vec_push(&t->name) = arena_str(t->a, value[0]);
	return true;
}

static int personal_tables(Store *s, Tables *t, Err *e) {
	return db_rows(s->db, "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name = tbl_name || '_no_delete'"
	                      " AND sql LIKE '%key = ''purge''%' ORDER BY rowid", take_table, t, e);
}

int store_purge_count(Store *s, PurgeCount *out, Err *e) {
	Tables t = {.a = arena_new()};
	*out = (PurgeCount){0};
	int rc = personal_tables(s, &t, e);
	for (size_t i = 0; rc == 0 && i < t.name.n; i++) {
		int64_t n = 0;
		rc = db_number(s->db, arena_fmt(t.a, "SELECT count(*) FROM \"%s\"", t.name.v[i]), &n, e);
		out->rows += n;
	}
	if (rc == 0)
		rc = db_number(s->db, "SELECT count(*) FROM message", &out->messages, e);
	if (rc == 0)
		rc = db_number(s->db, "SELECT count(*) FROM entry", &out->entries, e);
	if (rc == 0)
		rc = db_number(s->db, "SELECT count(*) FROM notice WHERE state = 'held'", &out->notices, e);
	if (rc == 0)
		rc = db_number(s->db, "SELECT (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'held'))"
		                      " + (SELECT count(*) FROM pending) + (SELECT count(*) FROM filing)"
		                      " + (SELECT count(*) FROM supplement_filing)", &out->open, e);
	vec_free(&t.name);
	arena_free(t.a);
	return rc;
}

static int vouch(Store *s, int64_t at, const char *by, Err *e) {
	int64_t last;
	if (store_message_last(s, &last, e) < 0)
		return -1;
	return audit_append(s, &(Audit){.at = at, .kind = "purge", .ref = "*", .subject = last, .detail = by}, e);
}

int store_purge(Store *s, int64_t at, const char *by, Err *e) {
	Tables t = {.a = arena_new()};
	int rc = store_fact_set(s, "purge", "1", e) < 0 ? -1 : personal_tables(s, &t, e);
	for (size_t i = 0; rc == 0 && i < t.name.n; i++)
		rc = db_exec(s->db, arena_fmt(t.a, "DELETE FROM \"%s\"", t.name.v[i]), t.name.v[i], e);
	if (rc == 0)
		rc = db_exec(s->db, "UPDATE notice SET state = 'cancelled' WHERE state = 'held'; DELETE FROM notice_mail;"
		                    "UPDATE form SET sender = '' WHERE sender <> '';"
		                    "UPDATE outbox SET recipient = '', subject = '', error = '', salt = NULL;"
		                    "DELETE FROM outbox_body;"
		                    /* Up to now these had the address as their value. */
		                    "UPDATE fact SET value = '1' WHERE key LIKE 'told.unreachable %' AND value <> '1';", "purge", e);
	if (rc == 0)
		rc = store_fact_set(s, "purge", NULL, e);
	vec_free(&t.name);
	arena_free(t.a);
	return rc < 0 ? -1 : vouch(s, at, by, e);
}

int store_purged(Store *s, int64_t *seq, Err *e) {
	return query_int(query_start(s->db, PURGED_SEQ, e), seq);
}

/* What a reader still looks at is not overwritten, and would stay in the log and in the file: its end is awaited for a moment. */
int store_compact(Store *s, Err *e) {
	int64_t busy = 1;
	if (db_exec(s->db, "VACUUM", "compact", e) < 0)
		return -1;
	db_patience(s->db, COMPACT_MS);
	int rc = db_number(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, e);
	db_patience(s->db, 0);
	if (rc == 0 && busy)
		rc = err_set(e, ERR_LOCKED, "a program reads the database as it was before the purge; what was purged can be read"
		                            " there until it ends");
	return rc;
}

int store_snapshot(Store *s, const char *path, Err *e) {
	Buf sql = {0};
	buf_str(&sql, "VACUUM INTO ");
	db_quote(&sql, path);
	int rc = db_exec(s->db, buf_cstr(&sql), "snapshot", e);
	buf_free(&sql);
	return rc;
}

int store_load(Store *s, const char *path, Err *e) {
	s->tail_known = false;
	if (db_load(s->db, path, e) < 0)
		return -1;
	return schema_climb(s->db, &schema_ladder, e) < 0 ? -1 : 0;
}

int store_purged_each(Store *s, int64_t seq, bool (*each)(void *ctx, const MessageRow *m), void *ctx, Err *e) {
	Arena *a = arena_new();
	Query *q = query_start(s->db, PURGED_MESSAGES, e);
	query_put_int(q, seq);
	int r;
	while ((r = query_next(q)) == 1) {
		MessageRow m;
		arena_reset(a);
		message_take(q, a, &m);
		if (!each(ctx, &m)) {
			query_end(q);
			r = 0;
			break;
		}
	}
	arena_free(a);
	return r;
}

int store_purged_mails(Store *s, bool (*each)(void *ctx, const char *message_id), void *ctx, Err *e) {
	Arena *a = arena_new();
	Query *q = query_start(s->db, PURGED_MAILS, e);
	int r;
	while ((r = query_next(q)) == 1) {
		arena_reset(a);
		if (!each(ctx, query_get_text(q, a))) {
			query_end(q);
			r = 0;
			break;
		}
	}
	arena_free(a);
	return r;
}
