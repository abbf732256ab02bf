/* Amend: how an entry stands that the secretariat sent back for something to be supplied beside it. */
#ifndef XINLV_COURSE_AMEND_H
#define XINLV_COURSE_AMEND_H

#include "home/world.h"

typedef enum {
	AMEND_NONE,  /* nothing was asked for since the last decision */
	AMEND_WAITS, /* and nothing came yet */
	AMEND_CAME,
	AMEND_OVER,  /* nothing came in time */
} AmendState;

typedef struct {
	AmendState state;
	int64_t until;
	const char *files; /* what came since, for a person */
} Amend;
int amend_look(World *w, Arena *a, const char *number, Amend *out, Err *e);

#endif
