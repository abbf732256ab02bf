/* What a row of the audit vouches for: read again, and held against the digest that was taken when it was recorded. Personal
 * values that are gone are right only after a purge that is on record. */
#include <limits.h>
#include <string.h>

#include "store/verify_inner.h"

/* The digest of a row's personal values, and the salt it was made with while they are there. */
typedef struct {
	Hash digest;
	Salt salt;
	bool there;
} Personal;

static bool take_salt(Query *q, Salt *salt) {
	Str b = query_get_blob(q);
	if (b.n != sizeof salt->b)
		return false;
	memcpy(salt->b, b.p, b.n);
	return true;
}

static Personal take_personal(Query *q) {
	Personal p = {0};
	query_get_hash(q, &p.digest);
	p.there = take_salt(q, &p.salt);
	return p;
}

/* The personal values are gone: right only after an audited purge. */
static int must_be_purged(Verify *v, const char *ref) {
	int64_t one;
	Query *q = query_start(v->s->db, AUDIT_PURGED, v->e);
	query_put_text(q, ref);
	query_put_int(q, v->row);
	int r = query_int(q, &one);
	if (r == 0)
		verify_tell(v, "%s: personal values are gone, and no purge is on record", ref);
	return r < 0 ? -1 : 0;
}

/* A subject read: is it what the audit saw?  again: the digest of the personal values, where they are there. */
static int judge(Verify *v, const Audit *au, Hash digest, const Personal *p, Hash again, const char *purge_ref) {
	if (!hash_eq(digest, au->digest))
		verify_tell(v, "%s %s: was changed after it was recorded", au->kind, au->ref);
	if (!p->there)
		return must_be_purged(v, purge_ref);
	if (!hash_eq(p->digest, again))
		verify_tell(v, "%s %s: personal values were changed after they were recorded", au->kind, au->ref);
	return 0;
}

/* The same for what has no personal values. */
static int judge_plain(Verify *v, const Audit *au, Hash digest) {
	const Personal none = {.digest = au->digest, .there = true};
	return judge(v, au, digest, &none, au->digest, "");
}

/* ---- by kind: each check takes over q, which stands on the row */

static int check_outcome(Verify *v, const Audit *au, Query *q) {
	MessageRow m;
	OutcomeRow o = {.seq = au->subject};
	message_take(q, v->a, &m);
	o.outcome = query_get_text(q, v->a);
	o.detail = query_get_text(q, v->a);
	o.decided = query_get_int(q);
	query_get_hash(q, &o.content);
	o.rules = query_get_text(q, v->a);
	Personal p = take_personal(q);
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
	return judge(v, au, digest_outcome(&m, &o, p.digest), &p, digest_head(p.salt, &o), au->ref);
}

static int check_ruling(Verify *v, const Audit *au, Query *q) {
	RulingRow row;
	ruling_take(q, v->a, &row);
	Personal p = take_personal(q);
	query_end(q);
	return judge(v, au, digest_ruling(&row, p.digest), &p, digest_ruling_personal(p.salt, &row), au->ref);
}

static int check_record(Verify *v, const Audit *au, Query *q) {
	RecordRow row;
	record_take(q, v->a, &row);
	Personal p = take_personal(q);
	query_end(q);
	return judge(v, au, digest_record(&row, p.digest), &p, digest_record_personal(p.salt, &row), au->ref);
}

static int check_entry(Verify *v, const Audit *au, Query *q) {
	EntryRow en;
	entry_take(q, v->a, &en);
	Personal p = take_personal(q);
	query_end(q);
	FieldRow *f;
	FileRow *file;
	size_t fn, file_n;
	if (field_list(v->s, v->a, au->subject, &f, &fn, v->e) < 0 ||
	    file_rows(v->s, v->a, au->subject, &file, &file_n, v->e) < 0)
		return -1;
	return judge(v, au, digest_entry(&en, f, fn, file, file_n, p.digest), &p, digest_entry_personal(p.salt, &en, f, fn), au->ref);
}

static int check_event(Verify *v, const Audit *au, Query *q) {
	EventRow ev;
	ev.at = query_get_int(q);
	ev.event = query_get_text(q, v->a);
	ev.by = query_get_text(q, v->a);
	ev.detail = query_get_text(q, v->a);
	ev.state = query_get_text(q, v->a);
	const char *number = query_get_text(q, v->a);
	Personal p = take_personal(q);
	query_end(q);
	return judge(v, au, digest_event(number, &ev, p.digest), &p, digest_event_personal(p.salt, &ev), au->ref);
}

static int check_queued(Verify *v, const Audit *au, Query *q) {
	OutboxRow o;
	Hash whole;
	char detail[OUTBOX_DETAIL];
	outbox_take(q, v->a, &o);
	Personal p = take_personal(q);
	query_get_hash(q, &whole);
	Str body = query_get_blob(q);
	if (body.p && !hash_eq(hash_of(body.p, body.n), whole))
		verify_tell(v, "mail %s: its body was changed while it waited", au->ref);
	else if (!body.p && p.there && strcmp(o.state, "sent") != 0)
		verify_tell(v, "mail %s: its body is gone, and it was not sent", au->ref);
	query_end(q);
	if (strstr(au->detail, OUTBOX_UNTIL) && strcmp(au->detail, outbox_detail(detail, &o)) != 0)
		verify_tell(v, "mail %s: until when there is time to mend was changed after it was recorded", au->ref);
	return judge(v, au, digest_outbox(&o, whole, p.digest), &p, digest_outbox_personal(p.salt, &o), au->ref);
}

static int check_supplement(Verify *v, const Audit *au, Query *q) {
	const char *number = query_get_text(q, v->a);
	query_end(q);
	FileRow *file;
	size_t n;
	if (file_rows_by(v->s, v->a, SUPPLEMENT_FILES, au->subject, &file, &n, v->e) < 0)
		return -1;
	return judge_plain(v, au, digest_supplement(number, file, n));
}

static const char *purge_ref(const Verify *v, const Audit *au) {
	return arena_fmt(v->a, "%lld", (long long)au->subject);
}

static int check_form(Verify *v, const Audit *au, Query *q) {
	FormRow f;
	Personal p = {0};
	form_take(q, v->a, &f);
	p.there = take_salt(q, &p.salt);
	query_end(q);
	if (hash_parse(str_of(au->detail), &p.digest) < 0)
		return judge_plain(v, au, digest_form(&f));
	return judge(v, au, digest_form(&f), &p, digest_form_sender(p.salt, &f), purge_ref(v, au));
}

static int check_said(Verify *v, const Audit *au, Query *q) {
	SaidRow d = {.seq = query_get_int(q)};
	Salt salt;
	d.form = (int)query_get_int(q);
	const char **text[] = {&d.title, &d.org, &d.contact, &d.mobile, &d.email, &d.reason};
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		*text[i] = query_get_text(q, v->a);
	bool salted = take_salt(q, &salt);
	query_end(q);
	if (!salted || !hash_eq(digest_said(salt, &d), au->digest))
		verify_tell(v, "said %s: was changed after it was recorded", au->ref);
	return 0;
}

static int check_rules(Verify *v, const Audit *au, Query *q) {
	const char *hash = query_get_text(q, v->a);
	int64_t at = query_get_int(q);
	query_end(q);
	return judge_plain(v, au, digest_rules(hash, at));
}

static int check_paper(Verify *v, const Audit *au, Query *q) {
	PaperRow paper;
	paper_take(q, v->a, &paper);
	query_end(q);
	if (!hash_eq(hash_of(paper.body, strlen(paper.body)), paper.sha256))
		verify_tell(v, "paper %s: does not have its checksum any more", au->ref);
	return judge_plain(v, au, digest_paper(&paper));
}

static int check_objection(Verify *v, const Audit *au, Query *q) {
	ObjectionRow o = {.seq = query_get_int(q)};
	o.at = query_get_int(q);
	o.number = query_get_text(q, v->a);
	query_end(q);
	return judge_plain(v, au, digest_objection(&o));
}

static int check_objection_end(Verify *v, const Audit *au, Query *q) {
	ObjectionRow o = {.ended = query_get_int(q)};
	o.number = query_get_text(q, v->a);
	o.decision = query_get_text(q, v->a);
	o.by = query_get_text(q, v->a);
	o.reason = query_get_text(q, v->a);
	Personal p = take_personal(q);
	query_end(q);
	return judge(v, au, digest_objection_end(&o, p.digest), &p, digest_objection_personal(p.salt, &o), "objections");
}

typedef struct {
	const char *kind;
	Statement by_subject;
	int (*check)(Verify *v, const Audit *au, Query *q);
	bool of_form;     /* the subject is a message, and ref has the form behind a slash: "7/0" */
	bool may_be_gone; /* the whole row is personal: a purge takes it */
} Kind;

static const Kind *kind_of(const Audit *au) {
	static const Kind kinds[] = {
		{"outcome", VERIFY_OUTCOME, check_outcome, false, false},
		{"entry", VERIFY_ENTRY, check_entry, false, false},
		{"event", VERIFY_EVENT, check_event, false, false},
		{"queued", VERIFY_OUTBOX, check_queued, false, false},
		{"rules", VERIFY_RULES, check_rules, false, false},
		{"ruling", VERIFY_RULING, check_ruling, false, false},
		{"record", VERIFY_RECORD, check_record, false, false},
		{"supplement", VERIFY_SUPPLEMENT, check_supplement, false, false},
		{"paper", VERIFY_PAPER, check_paper, false, false},
		{"objection", VERIFY_OBJECTION, check_objection, false, false},
		{"objection-end", VERIFY_OBJECTION_END, check_objection_end, false, false},
		{"form", VERIFY_FORM, check_form, true, false},
		{"said", VERIFY_SAID, check_said, true, true},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, au->kind) == 0)
			return &kinds[i];
	return NULL;
}

static int64_t form_of(const Audit *au) {
	const char *slash = strchr(au->ref, '/');
	int64_t form = INT64_MIN;
	if (slash)
		(void)str_to_i64(str_of(slash + 1), -1, INT_MAX, &form);
	return form;
}

int verify_subject(Verify *v, const Audit *au) {
	const Kind *k = kind_of(au);
	if (!k)
		return 0;
	Query *q = query_start(v->s->db, k->by_subject, v->e);
	query_put_int(q, au->subject);
	if (k->of_form)
		query_put_int(q, form_of(au));
	int r = query_next(q);
	if (r == 1)
		return k->check(v, au, q);
	if (r == 0 && k->may_be_gone)
		return must_be_purged(v, purge_ref(v, au));
	if (r == 0)
		verify_tell(v, "%s %s: is recorded, but not there", au->kind, au->ref);
	return r;
}
