/* The papers of the final.  A version is added behind the last one and never touched again; its checksum is taken here, once,
 * and whoever uses a paper holds its body against it. */
#include <stdio.h>

#include "store/digest.h"
#include "store/inside.h"

void paper_take(Query *q, Arena *a, PaperRow *p) {
	p->kind = query_get_text(q, a);
	p->version = query_get_int(q);
	p->at = query_get_int(q);
	p->body = query_get_text(q, a);
	query_get_hash(q, &p->sha256);
}

static int last_version(Store *s, const char *kind, int64_t *out, Err *e) {
	Arena *a = arena_new();
	PaperRow last;
	int r = store_paper_last(s, a, kind, &last, e);
	*out = r > 0 ? last.version : 0;
	arena_free(a);
	return r < 0 ? -1 : 0;
}

int store_paper_add(Store *s, const char *kind, int64_t at, const char *body, PaperRow *out, Err *e) {
	PaperRow p = {.kind = kind, .at = at, .body = body, .sha256 = hash_of(body, str_of(body).n)};
	int64_t id;
	char ref[64];
	if (last_version(s, kind, &p.version, e) < 0)
		return -1;
	p.version++;
	Query *q = query_start(s->db, PAPER_ADD, e);
	query_put_text(q, p.kind);
	query_put_int(q, p.version);
	query_put_int(q, p.at);
	query_put_text(q, p.body);
	query_put_hash(q, &p.sha256);
	if (query_int(q, &id) < 0)
		return -1;
	snprintf(ref, sizeof ref, "%s %lld", kind, (long long)p.version);
	if (out)
		*out = p;
	return audit_append(s, &(Audit){.at = at, .kind = "paper", .ref = ref, .subject = id, .digest = digest_paper(&p)}, e);
}

int store_paper_last(Store *s, Arena *a, const char *kind, PaperRow *out, Err *e) {
	Query *q = query_start(s->db, PAPER_LAST, e);
	query_put_text(q, kind);
	int r = query_next(q);
	if (r == 1) {
		paper_take(q, a, out);
		query_end(q);
	}
	return r;
}

int store_paper_list(Store *s, Arena *a, const char *kind, PaperRow **rows, size_t *n, Err *e) {
	VEC(PaperRow) all = {0};
	Query *q = query_start(s->db, PAPER_LIST, e);
	query_put_text(q, kind);
	int r;
	while ((r = query_next(q)) == 1)
		paper_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}
