/* Command: one file a verb.  A command gets the world it runs in and returns an exit status of the
 * contract, or -1 with the Err filled; main prints the error and makes the status of it. */
#ifndef XINLV_COMMAND_COMMAND_H
#define XINLV_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"

/* What every command stands on: the flags before the verb. */
typedef struct {
	const char *home_path; /* as given with -C, or "." */
	int home;              /* an open folder */
	int64_t now;           /* --now, XINLV_NOW or the machine's clock */
	const char *now_text;  /* as given; NULL: the machine's clock.  Without an offset it is read again in
	                          the contest's zone once that is known (world.c) */
	bool verbose;
	bool colour;           /* standard output is a terminal and NO_COLOR is not set */
	const char *programs;  /* folder of the helper programs */
	const char *share;     /* folder of the rules and templates that were installed */
	const Err *unfetched;  /* why the mailbox could not be looked into a moment ago (idle.h); NULL */
	Arena *arena;          /* lives as long as the command */
} Env;

/* A verb: its arguments (argv[0] is the verb itself). */
typedef struct {
	const char *name;
	const char *usage;  /* what may stand behind the verb */
	const char *does;   /* one line for --help */
	bool without_home;  /* works where there is no contest home (init) */
	int (*run)(Env *env, int argc, char **argv, Err *e);
} Command;

extern const Command commands[]; /* ended by a NULL name */

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
int command_purge(Env *env, int argc, char **argv, Err *e);
int command_backup(Env *env, int argc, char **argv, Err *e);
int command_restore(Env *env, int argc, char **argv, Err *e);
int command_replay(Env *env, int argc, char **argv, Err *e);
int command_book(Env *env, int argc, char **argv, Err *e);
int command_year(Env *env, int argc, char **argv, Err *e);
int command_init(Env *env, int argc, char **argv, Err *e);

#endif
