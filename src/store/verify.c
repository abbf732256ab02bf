/* For `verify`: what the database says about itself, held against itself.  Changes nothing; every fault is
 * told, and only a database that cannot be read ends the walk. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/inside.h"
#include "store/schema.h"
#include "store/verify_inner.h"

#define LINE_BYTES 512

void verify_tell(const Verify *v, const char *fmt, ...) {
	char line[LINE_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	v->fault(v->ctx, line);
}

static int check_integrity(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_INTEGRITY, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *line = query_get_text(q, v->a);
		if (strcmp(line, "ok") != 0)
			verify_tell(v, "database: %s", line);
	}
	return r;
}

static int check_foreign(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_FOREIGN, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *table = query_get_text(q, v->a);
		int64_t row = query_get_int(q);
		verify_tell(v, "database: %s row %lld belongs to a %s that is not there", table, (long long)row,
		     query_get_text(q, v->a));
	}
	return r;
}

/* ---- the schema: a dropped trigger is how an append-only table is opened up */

typedef struct {
	const char *name;
	Str sql; /* plain */
} Definition;

static int definitions(Db *db, Arena *a, Definition **out, size_t *n, Err *e) {
	VEC(Definition) all = {0};
	Query *q = query_start(db, VERIFY_SCHEMA, e);
	Buf plain = {0};
	int r;
	while ((r = query_next(q)) == 1) {
		Definition *d = vec_push(&all);
		d->name = query_get_text(q, a);
		buf_clear(&plain);
		schema_plain(str_of(query_get_text(q, a)), &plain);
		d->sql = (Str){arena_copy(a, plain.p, plain.n), plain.n};
	}
	buf_free(&plain);
	return ROWS_GIVE(a, &all, r, out, n);
}

/* Both lists are in order of their names. */
static void compare(const Verify *v, const Definition *want, size_t want_n, const Definition *have,
                    size_t have_n) {
	size_t i = 0, k = 0;
	while (i < want_n || k < have_n) {
		int order = i == want_n ? 1 : k == have_n ? -1 : strcmp(want[i].name, have[k].name);
		if (order < 0)
			verify_tell(v, "database: %s is missing", want[i].name);
		else if (order > 0)
			verify_tell(v, "database: %s does not belong here", have[k].name);
		else if (!str_eq(want[i].sql, have[k].sql))
			verify_tell(v, "database: %s is not as this program made it", want[i].name);
		i += order <= 0;
		k += order >= 0;
	}
}

static int check_schema(Verify *v) {
	Db *fresh;
	Definition *want, *have;
	size_t want_n, have_n;
	if (db_open(NULL, DB_MEMORY, &fresh, v->e) < 0)
		return -1;
	int r = schema_climb(fresh, &schema_ladder, v->e);
	if (r >= 0)
		r = definitions(fresh, v->a, &want, &want_n, v->e);
	if (r >= 0)
		r = definitions(v->s->db, v->a, &have, &have_n, v->e);
	if (r >= 0)
		compare(v, want, want_n, have, have_n);
	db_close(fresh);
	return r < 0 ? -1 : 0;
}

/* ---- the chain */

static int check_chain(Verify *v) {
	int64_t want = 1;
	Hash before = {0}, hash;
	Query *q = query_start(v->s->db, AUDIT_WALK, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		Audit au;
		arena_reset(v->a);
		int64_t id = query_get_int(q);
		v->row = id;
		au.at = query_get_int(q);
		au.kind = query_get_text(q, v->a);
		au.ref = query_get_text(q, v->a);
		au.subject = query_get_int(q);
		au.detail = query_get_text(q, v->a);
		query_get_hash(q, &au.digest);
		query_get_hash(q, &hash);
		if (id != want)
			verify_tell(v, "audit: rows %lld to %lld are gone", (long long)want, (long long)id - 1);
		else if (!hash_eq(audit_hash(id, &au, before), hash))
			verify_tell(v, "audit: row %lld was changed, or a row before it", (long long)id);
		want = id + 1;
		before = hash; /* what follows is held against what stands there: one fault, one line */
		if (verify_subject(v, &au) < 0) {
			query_end(q);
			return -1;
		}
	}
	return r;
}

/* ---- what no audit row vouches for, and what is kept up by triggers */

static int check_unvouched(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_UNVOUCHED, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *what = query_get_text(q, v->a);
		verify_tell(v, "%s %lld: is there, but was never recorded", what, (long long)query_get_int(q));
	}
	return r;
}

static int check_states(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_STATE, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *number = query_get_text(q, v->a);
		const char *kept = query_get_text(q, v->a);
		verify_tell(v, "entry %s: stands as '%s', by its events it is '%s'", number, kept,
		     query_get_text(q, v->a));
	}
	return r;
}

static int check_count(Verify *v, Statement id, const char *what) {
	Query *q = query_start(v->s->db, id, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *key = query_get_text(q, v->a);
		int64_t kept = query_get_int(q);
		verify_tell(v, "count of %s '%s': %lld is kept, %lld are there", what, key, (long long)kept,
		     (long long)query_get_int(q));
	}
	return r;
}

static int check_records(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_RECORD_NOW, v->e);
	int r;
	while ((r = query_next(q)) == 1)
		verify_tell(v, "%s: which record holds does not follow from the records", query_get_text(q, v->a));
	return r;
}

static int check_notices(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_NOTICES, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *key = query_get_text(q, v->a);
		const char *state = query_get_text(q, v->a);
		verify_tell(v, "notice %s: stands as '%s', it was left '%s', or its mails were other ones", key, state, query_get_text(q, v->a));
	}
	return r;
}

static int check_messages(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_PENDING, v->e);
	int r;
	while ((r = query_next(q)) == 1)
		verify_tell(v, "message %lld: waiting for an outcome and having one do not agree",
		     (long long)query_get_int(q));
	if (r < 0)
		return -1;
	q = query_start(v->s->db, VERIFY_TWINS, v->e);
	while ((r = query_next(q)) == 1) {
		int64_t first = query_get_int(q);
		verify_tell(v, "message %lld: has the same bytes as message %lld", (long long)query_get_int(q),
		     (long long)first);
	}
	return r;
}

/* What waits for a person, made again message by message.  What went in a purge said whom a bounce was about and whose form was
 * whose; up to version 3 of the schema the audit did not have all that brings something there or takes it away. */
static int check_todo(Verify *v, int64_t seq, bool purged, bool before) {
	Query *q = query_start(v->s->db, VERIFY_TODO, v->e);
	query_put_int(q, seq);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *kind = query_get_text(q, v->a);
		bool late = strcmp(kind, "late") == 0, twin = strcmp(kind, "twin") == 0, bounce = strcmp(kind, "bounce") == 0;
		bool read = strcmp(kind, "read") == 0;
		if (!(purged && (twin || bounce)) && !(before && (late || twin || read)))
			verify_tell(v, "message %lld: whether it waits for a person ('%s') does not follow from what became of it",
			     (long long)seq, kind);
	}
	return r;
}

static int check_turned(Verify *v, int64_t seq) {
	Query *q = query_start(v->s->db, VERIFY_TURNED, v->e);
	query_put_int(q, seq);
	int r = query_next(q);
	if (r == 1) {
		int64_t kept = query_get_int(q);
		verify_tell(v, "message %lld: its sender was turned away %lld times in a row as is kept, %lld as the outcomes have it",
		     (long long)seq, (long long)kept, (long long)query_get_int(q));
		query_end(q);
	}
	return r < 0 ? -1 : 0;
}

static int check_waiting(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_MESSAGES, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		int64_t seq = query_get_int(q), purged = query_get_int(q), before = query_get_int(q);
		arena_reset(v->a);
		if (check_todo(v, seq, purged != 0, before != 0) < 0 || (!purged && check_turned(v, seq) < 0)) {
			query_end(q);
			return -1;
		}
	}
	return r;
}

/* 1 when SQLite finds its pages and indexes in order, 0, or -1. */
static int is_sound(Store *s, Err *e) {
	Arena *a = arena_new();
	Query *q = query_start(s->db, VERIFY_SOUND, e);
	int got = query_next(q);
	bool sound = got == 1 && strcmp(query_get_text(q, a), "ok") == 0;
	if (got == 1)
		query_end(q);
	arena_free(a);
	return got < 0 ? -1 : sound;
}

int store_sound(int home, Err *e) {
	Store *s;
	Err fault = {0};
	int sound = store_open(home, true, &s, &fault);
	if (sound == 0) {
		sound = is_sound(s, &fault);
		store_close(s);
	}
	if (sound > 0 || (sound < 0 && fault.kind != ERR_DISK))
		return 0;
	return err_set(e, ERR_DISK, "%s", sound < 0 ? fault.text : STORE_PATH " is damaged" DB_DAMAGED);
}

int store_verify(Store *s, void (*fault)(void *ctx, const char *line), void *ctx, Err *e) {
	Verify v = {.s = s, .fault = fault, .ctx = ctx, .e = e, .a = arena_new()};
	bool own = !db_in_transaction(s->db); /* one moment of a database that a run may be writing to */
	int r = own ? store_begin_reading(s, e) : 0;
	if (r < 0 || check_integrity(&v) < 0 || check_foreign(&v) < 0 || check_schema(&v) < 0 || check_chain(&v) < 0 ||
	    check_unvouched(&v) < 0 || check_states(&v) < 0 ||
	    check_count(&v, VERIFY_ENTRY_COUNT, "entries") < 0 ||
	    check_count(&v, VERIFY_OUTCOME_COUNT, "outcomes") < 0 ||
	    check_count(&v, VERIFY_ARRIVALS, "arrivals") < 0 ||
	    check_count(&v, VERIFY_OUTBOX_COUNT, "mails") < 0 || check_records(&v) < 0 || check_notices(&v) < 0 || check_messages(&v) < 0 ||
	    check_waiting(&v) < 0)
		r = -1;
	if (own)
		db_rollback(s->db);
	if (own)
		db_exec(s->db, "PRAGMA temp_store = MEMORY", "set up", NULL);
	arena_free(v.a);
	return r;
}
