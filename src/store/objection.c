/* Objections to the proposed list: numbered as they come, each ended once.  What one says is the message it came with; who
 * decided, and why, is kept apart, to go in a purge. */
#include <stdio.h>

#include "store/digest.h"
#include "store/inside.h"

static int objection_audit(Store *s, const char *kind, int64_t at, int64_t id, const char *detail, Hash digest, Err *e) {
	char ref[32];
	snprintf(ref, sizeof ref, "%lld", (long long)id);
	return audit_append(s, &(Audit){.at = at, .kind = kind, .ref = ref, .subject = id, .detail = detail, .digest = digest},
	                    e);
}

int store_objection_add(Store *s, int64_t seq, int64_t at, const char *number, int64_t *id, Err *e) {
	int64_t wanted = *id;
	Query *q = query_start(s->db, OBJECTION_OF, e);
	query_put_int(q, seq);
	int r = query_int(q, id);
	if (r != 0)
		return r < 0 ? -1 : 0;
	q = query_start(s->db, OBJECTION_ADD, e);
	query_put_int(q, seq);
	query_put_int(q, at);
	query_put_text(q, number);
	query_put_int(q, wanted);
	if (query_int(q, id) < 0)
		return -1;
	ObjectionRow o = {.id = *id, .seq = seq, .at = at, .number = number};
	return objection_audit(s, "objection", at, *id, number, digest_objection(&o), e);
}

static int add_end(Store *s, const ObjectionRow *o, Hash personal, Err *e) {
	Query *q = query_start(s->db, OBJECTION_END_ADD, e);
	query_put_int(q, o->id);
	query_put_int(q, o->ended);
	query_put_text(q, o->number);
	query_put_text(q, o->decision);
	query_put_hash(q, &personal);
	return query_run(q);
}

int store_objection_end(Store *s, const ObjectionRow *o, Err *e) {
	Salt salt = salt_new();
	Hash personal = digest_objection_personal(salt, o);
	if (add_end(s, o, personal, e) < 0)
		return -1;
	Query *q = query_start(s->db, OBJECTION_PERSONAL_ADD, e);
	query_put_int(q, o->id);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_text(q, o->by);
	query_put_text(q, o->reason);
	if (query_run(q) < 0)
		return -1;
	return objection_audit(s, "objection-end", o->ended, o->id, o->decision, digest_objection_end(o, personal), e);
}

int store_objection_list(Store *s, Arena *a, ObjectionRow **rows, size_t *n, Err *e) {
	VEC(ObjectionRow) all = {0};
	Query *q = query_start(s->db, OBJECTION_LIST, e);
	int r;
	while ((r = query_next(q)) == 1) {
		ObjectionRow *o = vec_push(&all);
		o->id = query_get_int(q);
		o->seq = query_get_int(q);
		o->at = query_get_int(q);
		o->number = query_get_text(q, a);
		o->decision = query_get_text(q, a);
		o->ended = query_get_int(q);
		o->by = query_get_text(q, a);
		o->reason = query_get_text(q, a);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}
