/* Notices and the clock: what nobody released in time is given up. */
#ifndef XINLV_COURSE_NOTICE_DUE_H
#define XINLV_COURSE_NOTICE_DUE_H

#include "home/action.h"
#include "home/due.h"

extern const Due due_notice;
extern const Action action_notice_expire;

#endif
