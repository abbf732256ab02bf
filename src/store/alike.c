/* Entries that say the same, or bring the same file: found when the later one comes, by index, for the secretariat alone.
 * What is found is kept beside the entries and never changed; nothing is decided from it. */
#include "store/alike.h"

#include "store/inside.h"

int store_sketch_add(Store *s, const char *number, int64_t n, const int64_t *hash, size_t hashes, Err *e) {
	int64_t entry;
	if (entry_id(s, number, &entry, e) <= 0)
		return -1;
	for (size_t i = 0; i < hashes; i++) {
		Query *q = query_start(s->db, SKETCH_ADD, e);
		query_put_int(q, hash[i]);
		query_put_int(q, entry);
		query_put_int(q, n);
		if (query_run(q) < 0)
			return -1;
	}
	return 0;
}

static void count(Candidates *c, int64_t entry, int64_t n) {
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].entry == entry && c->v[i].field == n) {
			c->v[i].shared++;
			return;
		}
	if (c->n < ALIKE_CANDIDATES)
		c->v[c->n++] = (Candidate){entry, n, 1};
}

int store_sketch_find(Store *s, const int64_t *hash, size_t hashes, Candidates *out, Err *e) {
	out->n = 0;
	for (size_t i = 0; i < hashes; i++) {
		Query *q = query_start(s->db, SKETCH_FIND, e);
		query_put_int(q, hash[i]);
		query_put_int(q, ALIKE_HOLDERS);
		int r;
		while ((r = query_next(q)) == 1) {
			int64_t entry = query_get_int(q);
			count(out, entry, query_get_int(q));
		}
		if (r < 0)
			return -1;
	}
	return 0;
}

int store_alike_text(Store *s, Arena *a, int64_t entry, int64_t field, AlikeText *out, Err *e) {
	Query *q = query_start(s->db, ALIKE_TEXT, e);
	query_put_int(q, entry);
	query_put_int(q, field);
	int r = query_next(q);
	if (r != 1)
		return r;
	out->number = query_get_text(q, a);
	out->org = query_get_text(q, a);
	out->uscc = query_get_text(q, a);
	out->text = query_get_text(q, a);
	query_end(q);
	return 1;
}

int store_alike_files(Store *s, Arena *a, const char *number, Hash sha256, char ***numbers, size_t *n, Err *e) {
	VEC(char *) all = {0};
	Query *q = query_start(s->db, ALIKE_FILE, e);
	query_put_hash(q, &sha256);
	query_put_text(q, number);
	query_put_int(q, ALIKE_HOLDERS);
	int r;
	while ((r = query_next(q)) == 1)
		*vec_push(&all) = query_get_text(q, a);
	return ROWS_GIVE(a, &all, r, numbers, n);
}

int store_alike_add(Store *s, const AlikeRow *row, Err *e) {
	Query *q = query_start(s->db, ALIKE_ADD, e);
	query_put_text(q, row->number);
	query_put_text(q, row->other);
	query_put_text(q, row->kind);
	query_put_text(q, row->what);
	query_put_int(q, row->percent);
	return query_run(q);
}

int store_alike_each(Store *s, int64_t since, bool (*each)(void *ctx, const AlikeRow *row), void *ctx, Err *e) {
	Arena *a = arena_new();
	Query *q = query_start(s->db, ALIKE_LIST, e);
	query_put_int(q, since);
	int r;
	while ((r = query_next(q)) == 1) {
		AlikeRow row;
		arena_reset(a);
		const char **text[] = {&row.number, &row.title, &row.org, &row.other, &row.other_title, &row.other_org, &row.kind,
		                       &row.what};
		for (size_t i = 0; i < sizeof text / sizeof *text; i++)
			*text[i] = query_get_text(q, a);
		row.percent = (int)query_get_int(q);
		row.accepted = query_get_int(q);
		if (!each(ctx, &row)) {
			query_end(q);
			break;
		}
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}
