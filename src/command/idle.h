/* Idle: a tick with nothing to do ends before it opens anything.  A run that ended well with the embedded Maildirs leaves a
 * note of how it left the home; while that holds, there is nothing for the next one. */
#ifndef XINLV_COMMAND_IDLE_H
#define XINLV_COMMAND_IDLE_H

#include "command/world.h"

/* True when nothing can have changed since the note: the rules' files, the inbox, the journal, the database, and no mail or
 * digest falls due. Then the moment is remembered as the last run.  False while another run holds the lock. */
bool idle_tick(Env *env);
/* Takes the note away: from here on the home is in between. */
int idle_forget(World *w, Err *e);
/* Leaves the note at the end of a whole run without fault. */
int idle_note(World *w, Err *e);
/* Remembers env->now as the moment of a run, in a file that may be lost: ticks with nothing to do write no database. */
int idle_ran(const Env *env, Err *e);
/* That moment, RFC 3339; NULL when there was none. */
char *idle_last_run(const Env *env, Arena *a);

#endif
