/* For status: counts that triggers keep up, so that reading them costs the same after a million messages. */
#include "store/inside.h"

static int counts(Store *s, Statement id, Arena *a, CountRow **rows, size_t *n, Err *e) {
	VEC(CountRow) all = {0};
	Query *q = query_start(s->db, id, e);
	int r;
	while ((r = query_next(q)) == 1) {
		CountRow *row = vec_push(&all);
		row->track = query_get_text(q, a);
		row->state = query_get_text(q, a);
		row->n = query_get_int(q);
	}
	return ROWS_GIVE(a, &all, r, rows, n);
}

int store_count_entries(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e) {
	return counts(s, ENTRY_COUNT, a, rows, n, e);
}

int store_count_outcomes(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e) {
	return counts(s, OUTCOME_COUNT, a, rows, n, e);
}

int store_count_outbox(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e) {
	return counts(s, OUTBOX_COUNT, a, rows, n, e);
}
