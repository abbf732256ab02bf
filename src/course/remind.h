/* Remind: experts who have not answered hear of it on the days that the rules name. */
#ifndef XINLV_COURSE_REMIND_H
#define XINLV_COURSE_REMIND_H

#include "home/action.h"
#include "home/due.h"

extern const Action action_remind;
extern const Due due_remind;

#endif
