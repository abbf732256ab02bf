/* Unsubmitted: who had a form checked and never submitted it hears so before the entries close (replies.remind: a day before, and
 * three hours). */
#ifndef XINLV_COURSE_UNSUBMITTED_H
#define XINLV_COURSE_UNSUBMITTED_H

#include "home/action.h"
#include "home/due.h"

extern const Due due_unsubmitted;
extern const Action action_unsubmitted;

#endif
