/* Remind: experts who have not answered hear of it on the days that the rules name. */
#ifndef XINLV_COMMAND_REMIND_H
#define XINLV_COMMAND_REMIND_H

#include "command/action.h"
#include "command/due.h"

extern const Action action_remind;
extern const Due due_remind;

#endif
