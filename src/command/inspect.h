/* Inspect: a file of the operator's, through the walled reader. */
#ifndef XINLV_COMMAND_INSPECT_H
#define XINLV_COMMAND_INSPECT_H

#include "home/world.h"

/* Reads the file at `path` with READ_FILE and the further flags.  1 when the file is at fault (e->text says why), -1 on
 * faults that are not the file's. */
int inspect_read(World *w, const char *path, unsigned flags, Arena *a, Report *out, Err *e);

#endif
