/* Alike: does a new entry say what another organisation's says, or bring a file that another entry brought? */
#ifndef XINLV_COURSE_ALIKE_H
#define XINLV_COURSE_ALIKE_H

#include "course/enter.h"

/* Writes what is found, and what makes later ones findable, into the open transaction.  Nobody but the secretariat hears of
 * it. */
int alike_note(const EnterFacts *f, const char *number, const FileRow *file, size_t n, Err *e);

#endif
