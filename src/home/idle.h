/* Idle: the small files by which one run tells the next how it left the home. */
#ifndef XINLV_HOME_IDLE_H
#define XINLV_HOME_IDLE_H

#include "home/env.h"

#define IDLE_NOTE "spool/idle.json" /* while it holds, there is nothing to do (command/idle_note.h) */

/* Takes the note away: whoever opens the home for writing does, for from there on it is in between. */
int idle_forget(const Env *env, Err *e);
/* Remembers env->now as the moment of a run, in a file that may be lost: ticks with nothing to do write no database. */
int idle_ran(const Env *env, Err *e);
/* That moment, RFC 3339; NULL when there was none. */
char *idle_last_run(const Env *env, Arena *a);

#endif
