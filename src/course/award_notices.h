/* The notices of a list of awards in force. */
#ifndef XINLV_COURSE_AWARD_NOTICES_H
#define XINLV_COURSE_AWARD_NOTICES_H

#include "course/awards.h"

/* Prepares what each finalist of the list is told, who has not been told it by an earlier one. */
int award_notices(World *w, Arena *a, const AwardList *list, const char *by, Err *e); /* writes */

/* What an objection to the entry finds: a sentence when a list in force names it already (its notice waits, or has gone out and to
 * whom), else NULL. */
int award_notices_overtaken(World *w, Arena *a, const char *number, const char **says, Err *e);

/* Before the batch of that key is let go: 1 when it is no batch of awards, or the list it was made from has its checksum and
 * the list in force stands as awards_read wants it; 0 when not, then nothing of it may be sent.  What is
 * laid out of the list is laid anew after the commit, whoever changed it: it says what the notices say. */
int award_notices_sound(World *w, Arena *a, const char *key, Err *e); /* writes */

#endif
