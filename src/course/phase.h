/* Phase: what the calendar of the rules brings by itself: the opening of a phase, reminders before it closes, its closing.  Each is
 * an action, so that replay tells the same people the same. */
#ifndef XINLV_COURSE_PHASE_H
#define XINLV_COURSE_PHASE_H

#include "home/action.h"
#include "home/due.h"

typedef enum { PHASE_OPENS, PHASE_REMINDS, PHASE_CLOSES } PhaseStep;

typedef struct {
	int64_t at;      /* of a closing: the first second behind it, the grace counted in */
	PhaseStep step;
	const Phase *phase;
	int64_t days;    /* PHASE_REMINDS: before the closing */
	int64_t order;   /* among those of the same second, from 0: one phase may close as the next opens */
} PhaseMoment;
#define PHASE_LAST_ORDER INT64_MAX /* behind all of a second */

/* The first moment behind `after`, of which at and order count; false when there is none.  out may be `after`. */
bool phase_moment(const Rules *r, const PhaseMoment *after, PhaseMoment *out);

/* A fetch that saw the whole mailbox began at that moment: whatever arrived before it is counted in.  Costs a look at the rules,
 * and a fact when a phase has closed since the last one. */
int phase_fetched(World *w, int64_t began, Err *e);

/* What was counted at the closing of a phase, once the mailbox was fetched behind it. */
typedef struct {
	bool closed;     /* it is over, its grace too */
	bool counted;    /* and nothing that arrived in time is still to be fetched: */
	int64_t entries; /* so many had come in */
	int64_t at;      /* when that was known */
} PhaseCount;
int phase_count(World *w, Arena *a, const Phase *p, PhaseCount *out, Err *e);

/* phase_tell.c: tells whom the step concerns (opens, reminds `days` before the closing, closes), within the open transaction. */
int phase_tell(World *w, Arena *a, const Phase *p, const char *step, int64_t at, int64_t days, Err *e);

/* Notices of that key are not of a moment that the calendar no longer has: their phase was not moved since, or they are of none. */
bool phase_key_stands(const Rules *r, const char *key);

extern const Due due_phase;
extern const Action action_phase;

#endif
