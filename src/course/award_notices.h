/* The notices of a list of awards in force. */
#ifndef XINLV_COURSE_AWARD_NOTICES_H
#define XINLV_COURSE_AWARD_NOTICES_H

#include "course/awards.h"

/* Prepares what each finalist of the list is told, who has not been told it by an earlier one. */
int award_notices(World *w, Arena *a, const AwardList *list, const char *by, Err *e); /* writes */

#endif
