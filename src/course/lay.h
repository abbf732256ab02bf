/* Lay: the folder of an entry below spool/tracks, for a person to browse. Staged before the commit, moved into place after
 * it; what a crash left out is laid again from the archive. */
#ifndef XINLV_COURSE_LAY_H
#define XINLV_COURSE_LAY_H

#include "home/world.h"

/* Lays the folder of an entry ready below spool/tmp: the spill files of the message read last, and the summary. */
int lay_stage(World *w, const EntryRow *en, const FieldRow *field, size_t fields, const FileRow *file, size_t n,
              const Report *r, Err *e);
/* Reads a message of entry `number` once more, into spill files: 1 when the archive still gives these files of it, 0 when it
 * is damaged or gone (e says how), -1 on error. For a stage that a crash took. */
int lay_read_again(World *w, Arena *a, const char *number, const MessageRow *m, const FileRow *file, size_t n, Report *r,
                   Err *e);
/* Fills e with what the archive no longer gives of an entry; 0, for a caller to return. */
int lay_gone(const char *number, const char *name, Err *e);
/* Moves a staged folder to where it belongs, over what an earlier try left there. */
int lay_in_place(World *w, Arena *a, const char *stage, const char *folder, Err *e);
/* One of several folders, by its place: 1 done, 0 the archive lacks it (e says what), -1. */
typedef int LayStep(void *ctx, size_t i, Err *e);
/* Lays n folders, makes them durable with one sync, and marks those that were laid in one transaction. 1 when the archive
 * lacked something: it was logged, stays unmarked, and kept nothing else back. */
int lay_each(World *w, size_t n, LayStep *lay, LayStep *mark, void *ctx, Err *e);
/* Moves every staged folder whose entry is committed into place; re-reads the archive for entries
 * whose stage is gone.  Marks them filed, in a transaction of its own. What the archive no longer gives is logged, stays
 * marked, and keeps nothing else back: 1; it is laid by the first run that finds the message mended. */
int lay_pending(World *w, Err *e);

#endif
