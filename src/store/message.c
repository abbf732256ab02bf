/* The first row a message gets, as soon as the journal has it; and what is left to tidy at its source.
 * Refuses to change either: rows of messages are final. */
#include "store/inside.h"

#define TIDY_PAGE_ROWS 256 /* read whole before a caller may remove some */

void message_take(Query *q, Arena *a, MessageRow *m) {
	m->seq = query_get_int(q);
	m->archived = query_get_hash(q, &m->sha256);
	m->bytes = (uint64_t)query_get_int(q);
	m->received = query_get_int(q);
	m->source = query_get_text(q, a);
}

int store_message_add(Store *s, const MessageRow *m, Err *e) {
	Query *q = query_start(s->db, MESSAGE_ADD, e);
	query_put_int(q, m->seq);
	query_put_hash(q, m->archived ? &m->sha256 : NULL);
	query_put_int(q, (int64_t)m->bytes);
	query_put_int(q, m->received);
	query_put_text(q, m->source);
	return query_run(q);
}

int store_message_find(Store *s, Hash sha256, int64_t *seq, Err *e) {
	Query *q = query_start(s->db, MESSAGE_FIND, e);
	query_put_hash(q, &sha256);
	return query_int(q, seq);
}

int store_message_last(Store *s, int64_t *seq, Err *e) {
	*seq = 0;
	return query_int(query_start(s->db, MESSAGE_LAST, e), seq);
}

int store_message_get(Store *s, Arena *a, int64_t seq, MessageRow *out, Err *e) {
	Query *q = query_start(s->db, MESSAGE_GET, e);
	query_put_int(q, seq);
	int r = query_next(q);
	if (r == 1) {
		message_take(q, a, out);
		query_end(q);
	}
	return r;
}

int store_message_hash(Store *s, int64_t seq, Hash *sha256, Err *e) {
	Query *q = query_start(s->db, MESSAGE_HASH, e);
	query_put_int(q, seq);
	int r = query_next(q);
	if (r == 1) {
		query_get_hash(q, sha256);
		query_end(q);
	}
	return r;
}

int store_message_pending(Store *s, Arena *a, int64_t after, size_t max, MessageRow **rows, size_t *n,
                          Err *e) {
	VEC(MessageRow) all = {0};
	Query *q = query_start(s->db, MESSAGE_PENDING, e);
	query_put_int(q, after);
	query_put_int(q, (int64_t)max);
	int r;
	while ((r = query_next(q)) == 1)
		message_take(q, a, vec_push(&all));
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_tidy_add(Store *s, const char *source, int64_t seq, Err *e) {
	Query *q = query_start(s->db, TIDY_ADD, e);
	query_put_text(q, source);
	query_put_int(q, seq);
	return query_run(q);
}

int store_tidy_done(Store *s, const char *source, Err *e) {
	Query *q = query_start(s->db, TIDY_DONE, e);
	query_put_text(q, source);
	return query_run(q);
}

typedef struct {
	const char *source;
	MessageRow message;
} TidyRow;

static int tidy_page(Store *s, Arena *a, const char *after, TidyRow **rows, size_t *n, Err *e) {
	VEC(TidyRow) all = {0};
	Query *q = query_start(s->db, TIDY_PAGE, e);
	query_put_text(q, after);
	query_put_int(q, TIDY_PAGE_ROWS);
	int r;
	while ((r = query_next(q)) == 1) {
		TidyRow *row = vec_push(&all);
		row->source = query_get_text(q, a);
		message_take(q, a, &row->message);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_tidy_each(Store *s, bool (*each)(void *ctx, const char *source, const MessageRow *m), void *ctx,
                    Err *e) {
	Arena *page = arena_new(), *last = arena_new();
	const char *after = "";
	size_t n = TIDY_PAGE_ROWS;
	int r = 0;
	while (r == 0 && n == TIDY_PAGE_ROWS) {
		TidyRow *row;
		arena_reset(page);
		r = tidy_page(s, page, after, &row, &n, e);
		for (size_t i = 0; r == 0 && i < n; i++)
			if (!each(ctx, row[i].source, &row[i].message))
				n = 0;
		if (r == 0 && n) {
			arena_reset(last);
			after = arena_str(last, row[n - 1].source);
		}
	}
	arena_free(page);
	arena_free(last);
	return r;
}
