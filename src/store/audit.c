/* Behind every effect: the chain that shows, later, that nothing was changed.  Refuses nothing itself; a
 * row is the SHA-256 over the hash of the row before and its own content. */
#include "base/record.h"
#include "store/digest.h"
#include "store/inside.h"

Hash audit_hash(int64_t id, const Audit *a, Hash before) {
	Buf b = {0};
	rec_put_bytes(&b, before.b, HASH_BYTES);
	rec_put_num(&b, (uint64_t)id);
	rec_put_num(&b, (uint64_t)a->at);
	rec_put_text(&b, a->kind);
	rec_put_text(&b, a->ref);
	rec_put_num(&b, (uint64_t)a->subject);
	rec_put_text(&b, a->detail);
	rec_put_bytes(&b, a->digest.b, HASH_BYTES);
	Hash h = hash_of(b.p, b.n);
	buf_free(&b);
	return h;
}

/* The last row; of an empty chain: 0 and zeros. */
static int find_tail(Store *s, int64_t *id, Hash *hash, Err *e) {
	*id = 0;
	*hash = (Hash){0};
	Query *q = query_start(s->db, AUDIT_LAST, e);
	int r = query_next(q);
	if (r == 1) {
		*id = query_get_int(q);
		query_get_hash(q, hash);
		query_end(q);
	}
	return r;
}

int audit_append(Store *s, const Audit *a, Err *e) {
	/* Another process may have written between two transactions, never within one. */
	if (!s->tail_known && find_tail(s, &s->tail_id, &s->tail, e) < 0)
		return -1;
	s->tail_known = true;
	Hash hash = audit_hash(s->tail_id + 1, a, s->tail);
	Query *q = query_start(s->db, AUDIT_ADD, e);
	query_put_int(q, s->tail_id + 1);
	query_put_int(q, a->at);
	query_put_text(q, a->kind);
	query_put_text(q, a->ref);
	query_put_int(q, a->subject);
	query_put_text(q, a->detail);
	query_put_hash(q, &a->digest);
	query_put_hash(q, &hash);
	if (query_run(q) < 0)
		return -1;
	s->tail_id++;
	s->tail = hash;
	return 0;
}

int store_audit_add(Store *s, int64_t at, const char *kind, const char *ref, const char *detail, Err *e) {
	return audit_append(s, &(Audit){.at = at, .kind = kind, .ref = ref, .detail = detail}, e);
}

int store_audit_last(Store *s, int64_t *id, char hash[HASH_HEX], Err *e) {
	Hash h;
	int r = find_tail(s, id, &h, e);
	hash_hex(h, hash);
	return r;
}
