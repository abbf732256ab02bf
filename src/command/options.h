/* Options: the flags behind a verb, in a table. */
#ifndef XINLV_COMMAND_OPTIONS_H
#define XINLV_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef struct {
	const char *name;   /* as "--track" */
	const char **value; /* takes an argument, stored here; or NULL */
	bool *flag;         /* takes none, set true; or NULL */
} Option;

/* Reads argv[1..]: options anywhere (also --name=value and -o VALUE), operands moved to the
 * front of argv[1..] in their order.  Gives their count, or -1 (ERR_USAGE). "--" ends the options. */
int options_read(const Option *table, size_t n, int argc, char **argv, Err *e);

#endif
