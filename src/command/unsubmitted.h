/* Unsubmitted: who had a form checked and never submitted it hears so before the entries close (replies.remind: a day before, and
 * three hours). */
#ifndef XINLV_COMMAND_UNSUBMITTED_H
#define XINLV_COMMAND_UNSUBMITTED_H

#include "command/action.h"
#include "command/due.h"

extern const Due due_unsubmitted;
extern const Action action_unsubmitted;

#endif
