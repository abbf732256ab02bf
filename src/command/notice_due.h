/* Notices and the clock: what nobody released in time is given up. */
#ifndef XINLV_COMMAND_NOTICE_DUE_H
#define XINLV_COMMAND_NOTICE_DUE_H

#include "command/action.h"
#include "command/due.h"

extern const Due due_notice;
extern const Action action_notice_expire;

#endif
