/* Records of the rounds: added, and looked up by what holds. */
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

#include "store/digest.h"
#include "store/inside.h"

static int add_row(Store *s, const RecordRow *r, Hash personal, int64_t *id, Err *e) {
	Query *q = query_start(s->db, RECORD_ADD, e);
	query_put_text(q, r->kind);
	query_put_text(q, r->round);
	query_put_text(q, r->ref);
	query_put_text(q, r->who);
	query_put_int(q, r->at);
	query_put_text(q, r->state);
	query_put_text(q, r->data);
	query_put_hash(q, &personal);
	return query_int(q, id) < 0 ? -1 : 0;
}

static int add_personal(Store *s, int64_t id, const RecordRow *r, Salt salt, Err *e) {
	Query *q = query_start(s->db, RECORD_PERSONAL_ADD, e);
	query_put_int(q, id);
	query_put_blob(q, salt.b, sizeof salt.b);
	query_put_text(q, r->by);
	query_put_text(q, r->addr);
	query_put_text(q, r->detail);
	return query_run(q);
}

int store_record_add(Store *s, const RecordRow *r, Err *e) {
	Salt salt = salt_new();
	Hash personal = digest_record_personal(salt, r);
	int64_t id;
	if (add_row(s, r, personal, &id, e) < 0 || add_personal(s, id, r, salt, e) < 0)
		return -1;
	const char *ref = r->ref && *r->ref ? r->ref : r->who && *r->who ? r->who : r->round ? r->round : "";
	return audit_append(s, &(Audit){.at = r->at, .kind = "record", .ref = ref, .subject = id, .detail = r->kind,
	                                .digest = digest_record(r, personal)}, e);
}

void record_take(Query *q, Arena *a, RecordRow *r) {
	r->kind = query_get_text(q, a);
	r->round = query_get_text(q, a);
	r->ref = query_get_text(q, a);
	r->who = query_get_text(q, a);
	r->at = query_get_int(q);
	r->state = query_get_text(q, a);
	r->data = query_get_text(q, a);
	r->by = query_get_text(q, a);
	r->addr = query_get_text(q, a);
	r->detail = query_get_text(q, a);
}

static int take_one(Query *q, Arena *a, RecordRow *out) {
	*out = (RecordRow){.kind = "", .round = "", .ref = "", .who = "", .state = "", .data = "", .by = "", .addr = "",
	                   .detail = ""};
	int r = query_next(q);
	if (r != 1)
		return r;
	record_take(q, a, out);
	out->version = query_get_int(q);
	query_end(q);
	return 1;
}

int store_record_get(Store *s, Arena *a, const char *kind, const char *round, const char *ref, const char *who,
                     RecordRow *out, Err *e) {
	Query *q = query_start(s->db, RECORD_GET, e);
	query_put_text(q, kind);
	query_put_text(q, round);
	query_put_text(q, ref);
	query_put_text(q, who);
	return take_one(q, a, out);
}

int store_record_at(Store *s, Arena *a, const char *kind, const char *round, const char *ref, const char *who, int64_t at,
                    RecordRow *out, Err *e) {
	Query *q = query_start(s->db, RECORD_AT, e);
	query_put_text(q, kind);
	query_put_text(q, round);
	query_put_text(q, ref);
	query_put_text(q, who);
	query_put_int(q, at);
	return take_one(q, a, out);
}

int store_record_list(Store *s, Arena *a, const char *kind, const char *round, const char *ref, RecordRow **rows, size_t *n,
                      Err *e) {
	VEC(RecordRow) all = {0};
	Query *q = query_start(s->db, ref ? RECORD_LIST_REF : RECORD_LIST, e);
	query_put_text(q, kind);
	query_put_text(q, round);
	if (ref)
		query_put_text(q, ref);
	int r;
	while ((r = query_next(q)) == 1) {
		RecordRow *row = vec_push(&all);
		record_take(q, a, row);
		row->version = query_get_int(q);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_record_lists(Store *s, Arena *a, const char *kind, const char *const *round, size_t rounds, RecordRow **rows,
                       size_t *n, Err *e) {
	VEC(RecordRow) all = {0};
	int r = 0;
	for (size_t k = 0; r == 0 && k < rounds; k++) {
		RecordRow *row;
		size_t of;
		r = store_record_list(s, a, kind, round[k], NULL, &row, &of, e);
		for (size_t i = 0; i < of; i++)
			*vec_push(&all) = row[i];
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

static int by_ref(const void *x, const void *y) {
	const RecordRow *p = x, *q = y;
	int c = strcmp(p->ref, q->ref);
	return c ? c : strcmp(p->who, q->who);
}

const RecordRow *record_find(const RecordRow *rows, size_t n, const char *ref, const char *who) {
	RecordRow wanted = {.ref = ref, .who = who};
	return n ? bsearch(&wanted, rows, n, sizeof *rows, by_ref) : NULL;
}

int store_record_addr(Store *s, Arena *a, const char *kind, const char *addr, RecordRow *out, Err *e) {
	Query *q = query_start(s->db, RECORD_ADDR, e);
	query_put_text(q, kind);
	query_put_text(q, addr);
	return take_one(q, a, out);
}
