/* Due: what falls due by the clock.  One table serves the run, which does it, and the idle note, which must know the next
 * moment at which there is something to do. */
#ifndef XINLV_HOME_DUE_H
#define XINLV_HOME_DUE_H

#include "home/world.h"

typedef struct {
	const char *name; /* for the log */
	/* The moment from which it has something to do, INT64_MAX when nothing is in sight.  Must cost next to nothing, however
	 * long the history: it is asked at every tick. */
	int (*next)(World *w, int64_t *at, Err *e);
	/* Does what is due at w->env->now; done twice it does nothing the second time. */
	int (*act)(World *w, Err *e);
} Due;

/* Does all that is due, each although another one failed: -1 with the first fault, after the others were done. */
int due_act(World *w, Err *e);
/* The earliest next moment. */
int due_next(World *w, int64_t *at, Err *e);

#endif
