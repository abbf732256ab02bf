/* Spawn: the helper programs that stand beside this one. */
#ifndef XINLV_HOME_SPAWN_H
#define XINLV_HOME_SPAWN_H

#include "home/env.h"

#define SPAWN_MAX_ARGS 14 /* more are not passed on */

/* Runs PROGRAMS/name with the arguments (ended by NULL), standard input from the descriptor `in` (-1: none), and waits.
 * Returns its exit status, or -1 when it could not be started or was killed. */
int spawn_wait(const Env *env, const char *name, const char *const *args, int in, Err *e);

/* The same without waiting: *in gets a pipe to its standard input; spawn_end closes it and gives the exit status. */
typedef struct {
	const char *name;
	int pid;
	int in;
} Child;
int spawn_start(const Env *env, const char *name, const char *const *args, Child *out, Err *e);
/* The same, and *in is a socket: what it answers to its standard input comes back by it (frames, base/record.h). */
int spawn_talk(const Env *env, const char *name, const char *const *args, Child *out, Err *e);
int spawn_end(Child *c, Err *e);

#endif
