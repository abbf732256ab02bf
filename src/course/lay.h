/* Lay: the folder of an entry below spool/tracks, for a person to browse. Staged before the commit, moved into place after
 * it; what a crash left out is laid again from the archive. */
#ifndef XINLV_COURSE_LAY_H
#define XINLV_COURSE_LAY_H

#include "home/world.h"

/* Lays the folder of an entry ready below spool/tmp: the spill files of the message read last, and the summary. */
int lay_stage(World *w, const EntryRow *en, const FieldRow *field, size_t fields, const FileRow *file, size_t n,
              const Report *r, Err *e);
/* Reads a message of entry `number` once more, into spill files, and checks that the archive still gives these files of
 * it. For a stage that a crash took. */
int lay_read_again(World *w, Arena *a, const char *number, const MessageRow *m, const FileRow *file, size_t n, Report *r,
                   Err *e);
/* Moves every staged folder whose entry is committed into place; re-reads the archive for entries
 * whose stage is gone.  Marks them filed, in a transaction of its own. */
int lay_pending(World *w, Err *e);

#endif
