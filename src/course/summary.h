/* Summary: the readable page in an entry's folder. */
#ifndef XINLV_COURSE_SUMMARY_H
#define XINLV_COURSE_SUMMARY_H

#include "home/world.h"

/* Writes the summary of an entry into the folder `stage` (relative to the home). */
int summary_write(World *w, const EntryRow *en, const FieldRow *field, size_t n, const FileRow *file, size_t files,
                  const char *stage, Err *e);

#endif
