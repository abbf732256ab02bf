/* Idle: a tick with nothing to do ends before it opens anything.  A run that ended well leaves a note of how it left the home,
 * and how to look into its mailbox; while that holds, there is nothing for the next one. */
#ifndef XINLV_COMMAND_IDLE_NOTE_H
#define XINLV_COMMAND_IDLE_NOTE_H

#include "home/idle.h"
#include "home/world.h"

/* True when nothing can have changed since the note: the rules' files, the journal, the database, and no mail or digest falls
 * due; and the inbox is empty, or the mailbox has nothing new, which takes a login.  Then the moment is remembered as the last
 * run.  False while another run holds the lock.
 * A mailbox that cannot be looked into is told to the run by env->unfetched: no login is tried twice. */
bool idle_tick(Env *env);
/* Leaves the note at the end of a whole run without fault, and closes the store: it is the last to read it. */
int idle_note(World *w, Err *e);

#endif
