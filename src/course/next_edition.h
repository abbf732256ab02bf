/* Next edition: the rules of a contest that is over, made those of the next one. */
#ifndef XINLV_COURSE_NEXT_EDITION_H
#define XINLV_COURSE_NEXT_EDITION_H

#include "base/arena.h"
#include "base/err.h"
#include "home/world.h"

/* What contest.yaml says of the winners of a contest, as the lines of `last_winners`; "" when it has no list of awards in force. */
const char *next_edition_winners(World *w, Arena *a, Err *e);
/* Rewrites rules/contest.yaml below `home`: a new edition, the old one as previous_edition, each date a year later, the seed of a
 * draw gone, `winners` in place of those of the edition before, and `draft: true`, for which `check` names all that a person must
 * look at.  Comments stay where they are. */
int next_edition(Arena *a, int home, const char *winners, Err *e);

#endif
