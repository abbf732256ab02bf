/* What the secretariat decided on a message: taken though late, no duplicate though it looked so, dealt with.  It stands
 * beside the outcome, which is never changed, and is overturned only by a later one. */
#include <stdio.h>
#include <string.h>

#include "store/digest.h"
#include "store/inside.h"

static int add_row(Store *s, const RulingRow *r, Hash personal, int64_t *id, Err *e) {
	Query *q = query_start(s->db, RULING_ADD, e);
	query_put_int(q, r->seq);
	query_put_int(q, r->at);
	query_put_text(q, r->kind);
	query_put_text(q, r->decision);
	query_put_hash(q, &personal);
	return query_int(q, id) < 0 ? -1 : 0;
}

static int add_personal(Store *s, int64_t id, const RulingRow *r, Salt salt, Err *e) {
	Query *q = query_start(s->db, RULING_PERSONAL_ADD, e);
	query_put_int(q, id);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_text(q, r->by);
	query_put_text(q, r->reason);
	return query_run(q);
}

int store_ruling_add(Store *s, const RulingRow *r, Err *e) {
	Salt salt = salt_new();
	Hash personal = digest_ruling_personal(salt, r);
	int64_t id;
	char ref[32];
	if (add_row(s, r, personal, &id, e) < 0 || add_personal(s, id, r, salt, e) < 0)
		return -1;
	snprintf(ref, sizeof ref, "%lld", (long long)r->seq);
	return audit_append(s, &(Audit){.at = r->at, .kind = "ruling", .ref = ref, .subject = id, .detail = r->decision,
	                                .digest = digest_ruling(r, personal)}, e);
}

void ruling_take(Query *q, Arena *a, RulingRow *r) {
	r->seq = query_get_int(q);
	r->at = query_get_int(q);
	r->kind = query_get_text(q, a);
	r->decision = query_get_text(q, a);
	r->by = query_get_text(q, a);
	r->reason = query_get_text(q, a);
}

int store_ruling_list(Store *s, Arena *a, int64_t seq, RulingRow **rows, size_t *n, Err *e) {
	VEC(RulingRow) all = {0};
	Query *q = query_start(s->db, RULING_LIST, e);
	query_put_int(q, seq);
	int r;
	while ((r = query_next(q)) == 1)
		ruling_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_ruling_stands(Store *s, int64_t seq, const char *kind, const char *decision, Err *e) {
	Arena *a = arena_new();
	RulingRow *row;
	size_t n;
	int r = store_ruling_list(s, a, seq, &row, &n, e), stands = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!strcmp(row[i].kind, kind))
			stands = !strcmp(row[i].decision, decision);
	arena_free(a);
	return r < 0 ? -1 : stands;
}

/* detail: the form, and the last ruling before it, so that verify knows which came after. */
int store_ruling_wanted(Store *s, int64_t seq, const char *kind, int form, int64_t at, Err *e) {
	char detail[48];
	int64_t last;
	Query *q = query_start(s->db, RULING_LAST, e);
	query_put_int(q, seq);
	if (query_int(q, &last) < 0)
		return -1;
	q = query_start(s->db, RULING_WANTED, e);
	query_put_int(q, seq);
	query_put_text(q, kind);
	query_put_int(q, form);
	snprintf(detail, sizeof detail, "%d/%lld", form, (long long)last);
	return query_run(q) < 0 ? -1 : todo_vouch(s, at, kind, seq, detail, e);
}
