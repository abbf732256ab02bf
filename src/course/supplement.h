/* Supplement: files that came for an entry that stands, filed in a folder of their own below the entry's.  Staged before
 * the commit, laid after it, like the entry's own (lay.h). */
#ifndef XINLV_COURSE_SUPPLEMENT_H
#define XINLV_COURSE_SUPPLEMENT_H

#include "home/world.h"

/* Rows and stage for the files of the verdict (v->number, v->file) from the message read last. */
int supplement_enter(World *w, Arena *a, const MessageRow *m, const Report *r, const Verdict *v, Err *e);
/* The folder for what comes for an entry at that moment: that of the day, numbered from the second of it. */
const char *supplement_folder(World *w, Arena *a, const EntryRow *en, int64_t received, const FileRow *before, size_t n);
/* In the place of a part: the file came with no message, and stands in the archive by its own hash (handover.h). */
#define SUPPLEMENT_HANDED_OVER (-1)
/* The stage of what an entry was handed over last, by the run that put it into the archive: its bytes, hashed on their way there,
 * are not read once more.  None is made while the entry waits for its own folder. */
int supplement_stage_handed_over(World *w, Arena *a, const char *number, Err *e);
/* Lays what is committed and not yet in its place; re-reads the archive for stages that are gone. 1 when the archive lacks
 * something, like lay_pending. */
int supplement_lay_pending(World *w, Err *e);

#endif
