/* Lay: the folder of an entry below spool/tracks, for a person to browse. Staged before the commit, moved into place after
 * it; what a crash left out is laid again from the archive. */
#ifndef XINLV_COMMAND_LAY_H
#define XINLV_COMMAND_LAY_H

#include "command/world.h"

/* Links the spill files of the message read last into spool/tmp/stage/NUMBER/. */
int lay_stage(World *w, const char *number, const FileRow *file, size_t n, const Report *r, Err *e);
/* Moves every staged folder whose entry is committed into place, with its summary; re-reads the archive for entries
 * whose stage is gone.  Marks them filed, in a transaction of its own. */
int lay_pending(World *w, Err *e);

#endif
