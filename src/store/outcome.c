/* What became of a message, with whom it was from and what was to mend: written once, in the transaction of
 * everything else that follows from it. */
#include <stdio.h>
#include <string.h>

#include "store/digest.h"
#include "store/inside.h"

static int add_head(Store *s, const OutcomeRow *o, Salt salt, Err *e) {
	Query *q = query_start(s->db, HEAD_ADD, e);
	query_put_int(q, o->seq);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_text(q, o->message_id);
	query_put_text(q, o->from_addr);
	query_put_text(q, o->from_name);
	query_put_text(q, o->subject);
	query_put_text(q, o->in_reply_to);
	return query_run(q);
}

int head_salt(Store *s, int64_t seq, Salt *salt, int64_t *decided, Err *e) {
	Query *q = query_start(s->db, HEAD_SALT, e);
	query_put_int(q, seq);
	int r = query_next(q);
	if (r != 1)
		return r;
	Str b = query_get_blob(q);
	if (b.n == sizeof salt->b)
		memcpy(salt->b, b.p, b.n);
	*decided = query_get_int(q);
	r = b.n == sizeof salt->b;
	query_end(q);
	return r;
}

static int add_problems(Store *s, const OutcomeRow *o, Err *e) {
	for (size_t i = 0; i < o->problem_n; i++) {
		const ProblemRow *p = &o->problem[i];
		Query *q = query_start(s->db, PROBLEM_ADD, e);
		query_put_int(q, o->seq);
		query_put_int(q, (int64_t)i);
		query_put_int(q, p->form);
		query_put_text(q, p->severity);
		query_put_text(q, p->where);
		query_put_text(q, p->field);
		query_put_text(q, p->sentence);
		if (query_run(q) < 0)
			return -1;
	}
	return 0;
}

static int vouch(Store *s, const OutcomeRow *o, Hash personal, Err *e) {
	MessageRow m;
	char ref[32];
	Arena *a = arena_new();
	int r = store_message_get(s, a, o->seq, &m, e);
	if (r == 0)
		r = err_set(e, ERR_BUG, "database: outcome of message %lld, which is not there", (long long)o->seq);
	snprintf(ref, sizeof ref, "%lld", (long long)o->seq);
	if (r == 1)
		r = audit_append(s, &(Audit){.at = o->decided, .kind = "outcome", .ref = ref, .subject = o->seq,
		                             .detail = o->outcome, .digest = digest_outcome(&m, o, personal)}, e);
	arena_free(a);
	return r;
}

int store_outcome_add(Store *s, const OutcomeRow *o, Err *e) {
	Salt salt = salt_new();
	Hash personal = digest_head(salt, o);
	Query *q = query_start(s->db, OUTCOME_ADD, e);
	query_put_int(q, o->seq);
	query_put_text(q, o->outcome);
	query_put_text(q, o->detail);
	query_put_int(q, o->decided);
	query_put_hash(q, &o->content);
	query_put_text(q, o->rules);
	query_put_hash(q, &personal);
	if (query_run(q) < 0 || add_head(s, o, salt, e) < 0 || add_problems(s, o, e) < 0)
		return -1;
	return vouch(s, o, personal, e);
}

int store_outcome_same(Store *s, const char *message_id, const char *from_addr, Hash content, int64_t *seq,
                       Err *e) {
	Query *q = query_start(s->db, OUTCOME_SAME, e);
	query_put_text(q, message_id);
	query_put_text(q, from_addr);
	query_put_hash(q, &content);
	return query_int(q, seq);
}

int store_outcome_get(Store *s, Arena *a, int64_t seq, char **outcome, Err *e) {
	Query *q = query_start(s->db, OUTCOME_GET, e);
	query_put_int(q, seq);
	int r = query_next(q);
	if (r == 1) {
		*outcome = query_get_text(q, a);
		query_end(q);
	}
	return r;
}

int store_seq_of_message_id(Store *s, const char *message_id, int64_t *seq, Err *e) {
	Query *q = query_start(s->db, SEQ_OF_MESSAGE_ID, e);
	query_put_text(q, message_id);
	return query_int(q, seq);
}

int problem_list(Store *s, Arena *a, int64_t seq, ProblemRow **rows, size_t *n, Err *e) {
	VEC(ProblemRow) all = {0};
	Query *q = query_start(s->db, PROBLEM_LIST, e);
	query_put_int(q, seq);
	int r;
	while ((r = query_next(q)) == 1) {
		ProblemRow *p = vec_push(&all);
		p->form = (int)query_get_int(q);
		p->severity = query_get_text(q, a);
		p->where = query_get_text(q, a);
		p->field = query_get_text(q, a);
		p->sentence = query_get_text(q, a);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}
