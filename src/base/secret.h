/* Secret: a password or token from where the operator keeps it.  The configuration names the place, never the
 * secret itself. */
#ifndef XINLV_BASE_SECRET_H
#define XINLV_BASE_SECRET_H

#include "base/arena.h"
#include "base/err.h"

#define SECRET_MAX 16384          /* bytes; an XOAUTH2 token may take some thousands */
#define SECRET_COMMAND_SECONDS 30 /* XINLV_SECRET_SECONDS overrides it, for tests */

/* Where to look: at most one is not "". */
typedef struct {
	const char *file;    /* from the folder `home`; a warning when others may read it */
	const char *command; /* for sh -c, in the home, without standard input */
	const char *env;     /* the name of a variable */
} SecretFrom;

/* The first line found there, without its end.  NULL and ERR_RULES when it cannot be had, is empty or too long, or has
 * control bytes (they would end the command it is sent in). */
char *secret_read(int home, const SecretFrom *from, Arena *a, Err *e);

#endif
