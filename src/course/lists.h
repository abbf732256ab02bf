/* Lists: how many entries by province, group, kind of organisation and track came how far, and each by name, as regulators ask for
 * them. */
#ifndef XINLV_COURSE_LISTS_H
#define XINLV_COURSE_LISTS_H

#include "home/world.h"

/* A workbook, at that path from the current folder. */
int lists_write(World *w, const char *path, Err *e);

#endif
