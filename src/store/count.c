/* For status: counts that triggers keep up, so that reading them costs the same after a million messages. */
#include "store/inside.h"

int count_list(Query *q, Arena *a, CountRow **rows, size_t *n) {
	VEC(CountRow) all = {0};
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
	return count_list(query_start(s->db, ENTRY_COUNT, e), a, rows, n);
}

int store_count_outcomes(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e) {
	return count_list(query_start(s->db, OUTCOME_COUNT, e), a, rows, n);
}

int store_count_outbox(Store *s, Arena *a, CountRow **rows, size_t *n, Err *e) {
	return count_list(query_start(s->db, OUTBOX_COUNT, e), a, rows, n);
}
