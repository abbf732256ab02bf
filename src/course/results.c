/* Reads each round's ranking once, so that a list of thousands costs no more than its rows.  Decides nothing. */
#include "course/results.h"

#include <stdlib.h>
#include <string.h>

#include "course/awards.h"
#include "judge/ranking.h"
#include "store/record.h"

static int by_number(const void *a, const void *b) {
	return strcmp(((const Result *)a)->number, ((const Result *)b)->number);
}

static int one_round(World *w, Arena *a, const Round *round, Result **out, size_t *n, Err *e) {
	Ranked *row;
	if (ranking_read(w->store, round, a, NULL, &row, n, e) < 0)
		return -1;
	*out = arena_array(a, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (Result){row[i].number, row[i].text};
	if (*n)
		qsort(*out, *n, sizeof **out, by_number);
	return 0;
}

int results_read(World *w, Arena *a, Results *out, Err *e) {
	const Rules *r = w->rules;
	*out = (Results){.w = w, .of = arena_array(a, r->round_n + 1, sizeof *out->of),
	                 .n = arena_array(a, r->round_n + 1, sizeof *out->n)};
	for (size_t i = 0; i < r->round_n; i++)
		if (one_round(w, a, &r->round[i], &out->of[i], &out->n[i], e) < 0)
			return -1;
	return 0;
}

const char *results_score(const Results *r, size_t round, const char *number) {
	Result key = {number, NULL};
	const Result *found = r->n[round] ? bsearch(&key, r->of[round], r->n[round], sizeof key, by_number) : NULL;
	return found ? found->text : "";
}

int results_award(const Results *r, Arena *a, const EntryRow *en, const char **out, Err *e) {
	RecordRow record;
	*out = "";
	if (strcmp(en->state, "awarded"))
		return 0;
	if (store_record_get(r->w->store, a, "award", "", en->number, "", &record, e) < 0)
		return -1;
	if (record.version && strcmp(record.state, AWARDS_NONE))
		*out = record.state;
	return 0;
}
