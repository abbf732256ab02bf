/* Handover: files too large for mail, brought by another way and laid by a person in spool/handover/NUMBER/.  The next run
 * takes them in: into the archive by their hash, into the journal with who brought them (the file's owner) and when (its time),
 * beside the entry as a supplement. */
#ifndef XINLV_COURSE_HANDOVER_H
#define XINLV_COURSE_HANDOVER_H

#include "home/action.h"

#define HANDOVER_FOLDER "spool/handover"
#define HANDOVER_QUIET 10 /* seconds by the machine's clock that a file was not written to: one that is still being copied waits */

/* Takes in what lies there, each entry's files by one line of the journal; each file goes from the folder once it is on record.
 * A folder that is called as no entry is stays, with a warning. */
int handover_take(World *w, Err *e);

extern const Action action_handover;

#endif
