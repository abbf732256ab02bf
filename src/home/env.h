/* Env: what every command stands on. */
#ifndef XINLV_HOME_ENV_H
#define XINLV_HOME_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* The flags before the verb, and where the program found itself. */
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

#endif
