/* Invite: who stands on the roadshow's schedule is told so, with a calendar file; and what they answer. */
#ifndef XINLV_COURSE_INVITE_H
#define XINLV_COURSE_INVITE_H

#include "course/schedule.h"

/* Prepares the notices for what a new version of the schedule changed: invitations, changes, cancellations. */
int invite_changes(World *w, Arena *a, const Schedule *was, const Schedule *is, const char *by, Err *e); /* writes */
/* What v->answer says about v->number becomes an event of that entry. */
int invite_answered(World *w, const Verdict *v, const char *by, Err *e); /* writes */
/* The last answer of each entry on the schedule to its invitation of today, a word to show, by the places of the slots; "" when none
 * came since the slot stands so. */
int invite_answers(World *w, Arena *a, const Schedule *s, const char ***out, Err *e);

#endif
