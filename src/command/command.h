/* Command: one file a verb.  A command gets the world it runs in and returns an exit status of the
 * contract, or -1 with the Err filled; main prints the error and makes the status of it. */
#ifndef XINLV_COMMAND_COMMAND_H
#define XINLV_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "home/env.h"

/* A verb: its arguments (argv[0] is the verb itself). */
typedef struct {
	const char *name;
	const char *usage;  /* what may stand behind the verb */
	const char *does;   /* one line for --help */
	bool without_home;  /* works where there is no contest home (init) */
	int (*run)(Env *env, int argc, char **argv, Err *e);
} Command;

extern const Command commands[]; /* ended by a NULL name */

/* Runs a verb. What looks like a fault of our own is the disk's where the database is damaged (ERR_DISK). */
int command_do(const Command *c, Env *env, int argc, char **argv, Err *e);

int command_run(Env *env, int argc, char **argv, Err *e);
int command_fetch(Env *env, int argc, char **argv, Err *e);
int command_send(Env *env, int argc, char **argv, Err *e);
int command_release(Env *env, int argc, char **argv, Err *e);
int command_digest(Env *env, int argc, char **argv, Err *e);
int command_status(Env *env, int argc, char **argv, Err *e);
int command_list(Env *env, int argc, char **argv, Err *e);
int command_show(Env *env, int argc, char **argv, Err *e);
int command_log(Env *env, int argc, char **argv, Err *e);
int command_queue(Env *env, int argc, char **argv, Err *e);
int command_inspect(Env *env, int argc, char **argv, Err *e);
int command_validate(Env *env, int argc, char **argv, Err *e);
int command_forms(Env *env, int argc, char **argv, Err *e);
int command_check(Env *env, int argc, char **argv, Err *e);
int command_decide(Env *env, int argc, char **argv, Err *e);
int command_export(Env *env, int argc, char **argv, Err *e);
int command_verify(Env *env, int argc, char **argv, Err *e);
int command_skip(Env *env, int argc, char **argv, Err *e);
int command_purge(Env *env, int argc, char **argv, Err *e);
int command_backup(Env *env, int argc, char **argv, Err *e);
int command_restore(Env *env, int argc, char **argv, Err *e);
int command_replay(Env *env, int argc, char **argv, Err *e);
int command_book(Env *env, int argc, char **argv, Err *e);
int command_year(Env *env, int argc, char **argv, Err *e);
int command_init(Env *env, int argc, char **argv, Err *e);

#endif
