/* For `verify`: what the database says about itself, held against itself.  Changes nothing; every fault is
 * told, and only a database that cannot be read ends the walk. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/digest.h"
#include "store/inside.h"
#include "store/schema.h"

#define LINE_BYTES 512

typedef struct {
	Store *s;
	void (*fault)(void *ctx, const char *line);
	void *ctx;
	Err *e;
	Arena *a; /* of one audit row and what it vouches for */
	int64_t row; /* that audit row */
} Verify;

__attribute__((format(printf, 2, 3))) static void tell(const Verify *v, const char *fmt, ...) {
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
			tell(v, "database: %s", line);
	}
	return r;
}

static int check_foreign(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_FOREIGN, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *table = query_get_text(q, v->a);
		int64_t row = query_get_int(q);
		tell(v, "database: %s row %lld belongs to a %s that is not there", table, (long long)row,
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
			tell(v, "database: %s is missing", want[i].name);
		else if (order > 0)
			tell(v, "database: %s does not belong here", have[k].name);
		else if (!str_eq(want[i].sql, have[k].sql))
			tell(v, "database: %s is not as this program made it", want[i].name);
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

/* ---- what a row of the audit vouches for */

static bool get_salt(Query *q, Salt *salt) {
	Str b = query_get_blob(q);
	if (b.n != sizeof salt->b)
		return false;
	memcpy(salt->b, b.p, b.n);
	return true;
}

/* The personal values are gone: right only after an audited purge. */
static int must_be_purged(Verify *v, const char *ref) {
	int64_t one;
	Query *q = query_start(v->s->db, AUDIT_PURGED, v->e);
	query_put_text(q, ref);
	query_put_int(q, v->row);
	int r = query_int(q, &one);
	if (r == 0)
		tell(v, "%s: personal values are gone, and no purge is on record", ref);
	return r < 0 ? -1 : 0;
}

/* A subject read: is it what the audit saw?  personal: as it stands there; again: made again, when there is a
 * salt. */
static int judge(Verify *v, const Audit *au, Hash digest, bool salted, Hash personal, Hash again,
                 const char *purge_ref) {
	if (!hash_eq(digest, au->digest))
		tell(v, "%s %s: was changed after it was recorded", au->kind, au->ref);
	if (!salted)
		return must_be_purged(v, purge_ref);
	if (!hash_eq(personal, again))
		tell(v, "%s %s: personal values were changed after they were recorded", au->kind, au->ref);
	return 0;
}

/* 1 with its row in *q, 0 (told) when it is gone, -1. */
static int subject(Verify *v, Statement id, const Audit *au, Query **q) {
	*q = query_start(v->s->db, id, v->e);
	query_put_int(*q, au->subject);
	int r = query_next(*q);
	if (r == 0)
		tell(v, "%s %s: is recorded, but not there", au->kind, au->ref);
	return r;
}

static int check_outcome(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_OUTCOME, au, &q);
	if (r != 1)
		return r;
	MessageRow m;
	OutcomeRow o = {.seq = au->subject};
	Hash personal;
	Salt salt;
	message_take(q, v->a, &m);
	o.outcome = query_get_text(q, v->a);
	o.detail = query_get_text(q, v->a);
	o.decided = query_get_int(q);
	query_get_hash(q, &o.content);
	o.rules = query_get_text(q, v->a);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	o.message_id = query_get_text(q, v->a);
	o.from_addr = query_get_text(q, v->a);
	o.from_name = query_get_text(q, v->a);
	o.subject = query_get_text(q, v->a);
	o.in_reply_to = query_get_text(q, v->a);
	query_end(q);
	ProblemRow *problem;
	if (problem_list(v->s, v->a, m.seq, &problem, &o.problem_n, v->e) < 0)
		return -1;
	o.problem = problem;
	Hash again = salted ? digest_head(salt, &o) : personal;
	return judge(v, au, digest_outcome(&m, &o, personal), salted, personal, again, au->ref);
}

static int check_ruling(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_RULING, au, &q);
	if (r != 1)
		return r;
	RulingRow row;
	Hash personal;
	Salt salt;
	ruling_take(q, v->a, &row);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	query_end(q);
	Hash again = salted ? digest_ruling_personal(salt, &row) : personal;
	return judge(v, au, digest_ruling(&row, personal), salted, personal, again, au->ref);
}

static int check_record(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_RECORD, au, &q);
	if (r != 1)
		return r;
	RecordRow row;
	Hash personal;
	Salt salt;
	record_take(q, v->a, &row);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	query_end(q);
	Hash again = salted ? digest_record_personal(salt, &row) : personal;
	return judge(v, au, digest_record(&row, personal), salted, personal, again, au->ref);
}

static int check_entry(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_ENTRY, au, &q);
	if (r != 1)
		return r;
	EntryRow en;
	Hash personal;
	Salt salt;
	entry_take(q, v->a, &en);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	query_end(q);
	FieldRow *f;
	FileRow *file;
	size_t fn, file_n;
	if (field_list(v->s, v->a, au->subject, &f, &fn, v->e) < 0 ||
	    file_rows(v->s, v->a, au->subject, &file, &file_n, v->e) < 0)
		return -1;
	Hash again = salted ? digest_entry_personal(salt, &en, f, fn) : personal;
	return judge(v, au, digest_entry(&en, f, fn, file, file_n, personal), salted, personal, again, au->ref);
}

static int check_event(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_EVENT, au, &q);
	if (r != 1)
		return r;
	EventRow ev;
	Hash personal;
	Salt salt;
	ev.at = query_get_int(q);
	ev.event = query_get_text(q, v->a);
	ev.by = query_get_text(q, v->a);
	ev.detail = query_get_text(q, v->a);
	ev.state = query_get_text(q, v->a);
	const char *number = query_get_text(q, v->a);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	query_end(q);
	Hash again = salted ? digest_event_personal(salt, &ev) : personal;
	return judge(v, au, digest_event(number, &ev, personal), salted, personal, again, au->ref);
}

static int check_queued(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_OUTBOX, au, &q);
	if (r != 1)
		return r;
	OutboxRow o;
	Hash personal, whole;
	Salt salt;
	outbox_take(q, v->a, &o);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	query_get_hash(q, &whole);
	Str body = query_get_blob(q);
	if (body.p && !hash_eq(hash_of(body.p, body.n), whole))
		tell(v, "mail %s: its body was changed while it waited", au->ref);
	else if (!body.p && salted && strcmp(o.state, "sent") != 0)
		tell(v, "mail %s: its body is gone, and it was not sent", au->ref);
	query_end(q);
	Hash again = salted ? digest_outbox_personal(salt, &o) : personal;
	return judge(v, au, digest_outbox(&o, whole, personal), salted, personal, again, au->ref);
}

static int check_supplement(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_SUPPLEMENT, au, &q);
	if (r != 1)
		return r;
	const char *number = query_get_text(q, v->a);
	query_end(q);
	FileRow *file;
	size_t n;
	if (file_rows_by(v->s, v->a, SUPPLEMENT_FILES, au->subject, &file, &n, v->e) < 0)
		return -1;
	return judge(v, au, digest_supplement(number, file, n), true, au->digest, au->digest, "");
}

/* Its row by the audit's "7/0"; as subject(). */
static int subject_form(Verify *v, Statement id, const Audit *au, Query **q) {
	const char *slash = strchr(au->ref, '/');
	int64_t form = INT64_MIN;
	if (slash)
		(void)str_to_i64(str_of(slash + 1), -1, INT_MAX, &form);
	*q = query_start(v->s->db, id, v->e);
	query_put_int(*q, au->subject);
	query_put_int(*q, form);
	return query_next(*q);
}

static const char *purge_ref(const Verify *v, const Audit *au) {
	return arena_fmt(v->a, "%lld", (long long)au->subject);
}

static int check_form(Verify *v, const Audit *au) {
	Query *q;
	int r = subject_form(v, VERIFY_FORM, au, &q);
	if (r == 0)
		tell(v, "form %s: is recorded, but not there", au->ref);
	if (r != 1)
		return r;
	FormRow f;
	Hash sender;
	Salt salt;
	form_take(q, v->a, &f);
	bool salted = get_salt(q, &salt), vouched = hash_parse(str_of(au->detail), &sender) == 0;
	query_end(q);
	if (!vouched)
		return judge(v, au, digest_form(&f), true, au->digest, au->digest, "");
	Hash again = salted ? digest_form_sender(salt, &f) : sender;
	return judge(v, au, digest_form(&f), salted, sender, again, purge_ref(v, au));
}

static int check_said(Verify *v, const Audit *au) {
	Query *q;
	int r = subject_form(v, VERIFY_SAID, au, &q);
	if (r != 1)
		return r < 0 ? -1 : must_be_purged(v, purge_ref(v, au));
	SaidRow d = {.seq = query_get_int(q)};
	Salt salt;
	d.form = (int)query_get_int(q);
	const char **text[] = {&d.title, &d.org, &d.contact, &d.mobile, &d.email, &d.reason};
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		*text[i] = query_get_text(q, v->a);
	bool salted = get_salt(q, &salt);
	query_end(q);
	if (!salted || !hash_eq(digest_said(salt, &d), au->digest))
		tell(v, "said %s: was changed after it was recorded", au->ref);
	return 0;
}

static int check_rules(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_RULES, au, &q);
	if (r != 1)
		return r;
	const char *hash = query_get_text(q, v->a);
	int64_t at = query_get_int(q);
	query_end(q);
	return judge(v, au, digest_rules(hash, at), true, au->digest, au->digest, "");
}

static int check_paper(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_PAPER, au, &q);
	if (r != 1)
		return r;
	PaperRow p;
	paper_take(q, v->a, &p);
	query_end(q);
	if (!hash_eq(hash_of(p.body, strlen(p.body)), p.sha256))
		tell(v, "paper %s: does not have its checksum any more", au->ref);
	return judge(v, au, digest_paper(&p), true, au->digest, au->digest, "");
}

static int check_objection(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_OBJECTION, au, &q);
	if (r != 1)
		return r;
	ObjectionRow o = {.seq = query_get_int(q)};
	o.at = query_get_int(q);
	o.number = query_get_text(q, v->a);
	query_end(q);
	return judge(v, au, digest_objection(&o), true, au->digest, au->digest, "");
}

static int check_objection_end(Verify *v, const Audit *au) {
	Query *q;
	int r = subject(v, VERIFY_OBJECTION_END, au, &q);
	if (r != 1)
		return r;
	ObjectionRow o = {.ended = query_get_int(q)};
	Hash personal;
	Salt salt;
	o.number = query_get_text(q, v->a);
	o.decision = query_get_text(q, v->a);
	o.by = query_get_text(q, v->a);
	o.reason = query_get_text(q, v->a);
	query_get_hash(q, &personal);
	bool salted = get_salt(q, &salt);
	query_end(q);
	Hash again = salted ? digest_objection_personal(salt, &o) : personal;
	return judge(v, au, digest_objection_end(&o, personal), salted, personal, again, "objections");
}

/* ---- the chain */

static int check_subject(Verify *v, const Audit *au) {
	static const struct {
		const char *kind;
		int (*check)(Verify *v, const Audit *au);
	} kinds[] = {{"outcome", check_outcome}, {"entry", check_entry}, {"event", check_event},
	             {"queued", check_queued}, {"rules", check_rules}, {"ruling", check_ruling}, {"record", check_record},
	             {"supplement", check_supplement}, {"paper", check_paper}, {"objection", check_objection},
	             {"objection-end", check_objection_end},
	             {"form", check_form}, {"said", check_said}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, au->kind) == 0)
			return kinds[i].check(v, au);
	return 0;
}

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
			tell(v, "audit: rows %lld to %lld are gone", (long long)want, (long long)id - 1);
		else if (!hash_eq(audit_hash(id, &au, before), hash))
			tell(v, "audit: row %lld was changed, or a row before it", (long long)id);
		want = id + 1;
		before = hash; /* what follows is held against what stands there: one fault, one line */
		if (check_subject(v, &au) < 0) {
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
		tell(v, "%s %lld: is there, but was never recorded", what, (long long)query_get_int(q));
	}
	return r;
}

static int check_states(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_STATE, v->e);
	int r;
	while ((r = query_next(q)) == 1) {
		const char *number = query_get_text(q, v->a);
		const char *kept = query_get_text(q, v->a);
		tell(v, "entry %s: stands as '%s', by its events it is '%s'", number, kept,
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
		tell(v, "count of %s '%s': %lld is kept, %lld are there", what, key, (long long)kept,
		     (long long)query_get_int(q));
	}
	return r;
}

static int check_records(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_RECORD_NOW, v->e);
	int r;
	while ((r = query_next(q)) == 1)
		tell(v, "%s: which record holds does not follow from the records", query_get_text(q, v->a));
	return r;
}

static int check_messages(Verify *v) {
	Query *q = query_start(v->s->db, VERIFY_PENDING, v->e);
	int r;
	while ((r = query_next(q)) == 1)
		tell(v, "message %lld: waiting for an outcome and having one do not agree",
		     (long long)query_get_int(q));
	if (r < 0)
		return -1;
	q = query_start(v->s->db, VERIFY_TWINS, v->e);
	while ((r = query_next(q)) == 1) {
		int64_t first = query_get_int(q);
		tell(v, "message %lld: has the same bytes as message %lld", (long long)query_get_int(q),
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
			tell(v, "message %lld: whether it waits for a person ('%s') does not follow from what became of it",
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
		tell(v, "message %lld: its sender was turned away %lld times in a row as is kept, %lld as the outcomes have it",
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

int store_verify(Store *s, void (*fault)(void *ctx, const char *line), void *ctx, Err *e) {
	Verify v = {.s = s, .fault = fault, .ctx = ctx, .e = e, .a = arena_new()};
	bool own = !db_in_transaction(s->db); /* one moment of a database that a run may be writing to */
	int r = own ? db_exec(s->db, "PRAGMA temp_store = FILE; BEGIN", "begin", e) : 0; /* what is compared may be large */
	if (r < 0 || check_integrity(&v) < 0 || check_foreign(&v) < 0 || check_schema(&v) < 0 || check_chain(&v) < 0 ||
	    check_unvouched(&v) < 0 || check_states(&v) < 0 ||
	    check_count(&v, VERIFY_ENTRY_COUNT, "entries") < 0 ||
	    check_count(&v, VERIFY_OUTCOME_COUNT, "outcomes") < 0 ||
	    check_count(&v, VERIFY_ARRIVALS, "arrivals") < 0 ||
	    check_count(&v, VERIFY_OUTBOX_COUNT, "mails") < 0 || check_records(&v) < 0 || check_messages(&v) < 0 ||
	    check_waiting(&v) < 0)
		r = -1;
	if (own)
		db_rollback(s->db);
	if (own)
		db_exec(s->db, "PRAGMA temp_store = MEMORY", "set up", NULL);
	arena_free(v.a);
	return r;
}
