/* Summary: the readable page in an entry's folder. */
#ifndef XINLV_COMMAND_SUMMARY_H
#define XINLV_COMMAND_SUMMARY_H

#include "command/world.h"

/* Writes the summary of a committed entry into the folder `stage` (relative to the home), from the database alone. */
int summary_write(World *w, const EntryRow *en, const char *stage, Err *e);

#endif
