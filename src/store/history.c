/* For `log`: every message with what became of it.  Walks by the index that fits the filter, one row in
 * memory at a time. */
#include <string.h>

#include "base/when.h"
#include "store/inside.h"

/* The first message that arrived at `since` or later; later ones may have arrived before, the statements
 * look at that themselves.  1, or 0 when there is none. */
static int first_since(Store *s, int64_t since, int64_t *seq, Err *e) {
	*seq = 0;
	if (since == WHEN_NONE)
		return 1;
	Query *q = query_start(s->db, MESSAGE_SINCE, e);
	query_put_int(q, since);
	return query_int(q, seq);
}

static int numbers_by(Store *s, Arena *a, Statement statement, LogRow *row, Err *e) {
	VEC(const char *) all = {0};
	Query *q = query_start(s->db, statement, e);
	query_put_int(q, row->message.seq);
	int r;
	while ((r = query_next(q)) == 1)
		*vec_push(&all) = query_get_text(q, a);
	return ROWS_GIVE(a, &all, r, &row->entry, &row->entry_n);
}

/* The entries that it became or brought files for; of a wish about an entry, that one. */
static int numbers(Store *s, Arena *a, LogRow *row, Err *e) {
	int r = numbers_by(s, a, LOG_NUMBERS, row, e);
	return r < 0 || row->entry_n || strcmp(row->outcome, "change") ? r : numbers_by(s, a, LOG_ASKED, row, e);
}

static int take(Store *s, Query *q, Arena *a, LogRow *row, Err *e) {
	*row = (LogRow){0};
	message_take(q, a, &row->message);
	row->outcome = query_get_text(q, a);
	row->detail = query_get_text(q, a);
	row->decided = query_get_when(q);
	row->message_id = query_get_text(q, a);
	row->from_addr = query_get_text(q, a);
	row->from_name = query_get_text(q, a);
	row->subject = query_get_text(q, a);
	ProblemRow *problem;
	int r = problem_list(s, a, row->message.seq, &problem, &row->problem_n, e);
	row->problem = problem;
	return r < 0 ? -1 : numbers(s, a, row, e);
}

static Query *start(Store *s, const LogFilter *f, int64_t first, int64_t last, Err *e) {
	bool outcome = f->outcome && *f->outcome, from = f->from && *f->from;
	Query *q = query_start(s->db, from ? LOG_FROM : outcome ? LOG_OUTCOME : LOG_ALL, e);
	query_put_text(q, f->outcome);
	query_put_text(q, f->from);
	query_put_text(q, f->find);
	query_put_int(q, first);
	query_put_int(q, last);
	query_put_int(q, f->since);
	return q;
}

int store_log_each(Store *s, const LogFilter *f, bool (*each)(void *ctx, const LogRow *row), void *ctx,
                   Err *e) {
	int64_t first;
	int r = first_since(s, f->since, &first, e);
	if (r < 1)
		return r;
	if (f->seq)
		first = f->seq;
	Query *q = start(s, f, first, f->seq ? f->seq : INT64_MAX, e);
	Arena *a = arena_new();
	while ((r = query_next(q)) == 1) {
		LogRow row;
		arena_reset(a);
		r = take(s, q, a, &row, e);
		if (r < 0 || !each(ctx, &row)) {
			query_end(q);
			break;
		}
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}
