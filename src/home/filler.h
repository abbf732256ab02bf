/* Filler: the office program as it fills in one form after another.  Started with the first form of a run, started again
 * when it died; it ends with the run. */
#ifndef XINLV_HOME_FILLER_H
#define XINLV_HOME_FILLER_H

#include "base/str.h"
#include "home/env.h"

#define FILLER_RECYCLE 500 /* forms before it is replaced: libxlsxwriter never frees the lists of choices */
#define FILLER_MS 60000    /* a form may take this long */

typedef struct Filler Filler;

Filler *filler_new(const Env *env);
void filler_free(Filler *f); /* NULL is allowed */
/* record: phases (rules_phases), track, values, problems and token, as office/main.c reads them.  The workbook is appended to *book. */
int filler_fill(Filler *f, Str record, Buf *book, Err *e);

#endif
