/* Results: what became of entries in the rounds and in the end, for those who list them. */
#ifndef XINLV_COURSE_RESULTS_H
#define XINLV_COURSE_RESULTS_H

#include "home/world.h"

typedef struct {
	const char *number, *text;
} Result;

typedef struct {
	World *w;
	Result **of; /* by round, in order of numbers */
	size_t *n;
} Results;

int results_read(World *w, Arena *a, Results *out, Err *e);
/* Of the round with that index in the rules; "" without scores. */
const char *results_score(const Results *r, size_t round, const char *number);
/* The award of an entry that was awarded; else "". */
int results_award(const Results *r, Arena *a, const EntryRow *en, const char **out, Err *e);

#endif
