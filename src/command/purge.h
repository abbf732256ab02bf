/* Purge: the personal data of a contest leave its home when the rules say so: the values in the database, the messages, the
 * entries' folders.  The journal has two lines of it: 'purge', that it is done, and 'purged', with the name of a snapshot
 * of the database from then on, which stands in for the messages when the database must be made again. */
#ifndef XINLV_COMMAND_PURGE_H
#define XINLV_COMMAND_PURGE_H

#include "home/action.h"

extern const Action action_purge, action_purged;

/* Goes on with a purge that was stopped after its journal line. */
int purge_resume(World *w, Err *e);
/* 1 while a purge is not over; 0; -1. */
int purge_under_way(World *w, Err *e);
#define PURGE_FOLDER ARCHIVE_FOLDER "/purged" /* of the snapshots, HASH.db each */
char *purge_snapshot_path(Arena *a, const char *hash);
/* The hash that a line of the journal names, "" when it is no 'purged' line. */
const char *purge_snapshot_of(Arena *a, const JournalLine *l);

#endif
