/* Publish: what of the lists of awards is laid for the public below spool/publish, after the commit that made them. */
#ifndef XINLV_COURSE_PUBLISH_H
#define XINLV_COURSE_PUBLISH_H

#include "course/awards.h"

#define PUBLISH_PROPOSED "spool/publish/proposed"
#define PUBLISH_AWARDS "spool/publish/awards"

/* To be laid by the next tick (or this one). */
int publish_due(World *w, Err *e); /* writes */
/* The list as page and workbook: index.html, and a name of the words.  ERR_REFUSED: see awards_read. */
int publish_list(World *w, Arena *a, const char *kind, Err *e);
/* The workbook for those who print the certificates, at that path from the home: it names persons, so it lies nowhere that is
 * published. */
int publish_certificates(World *w, Arena *a, const AwardList *list, const char *path, Err *e);

extern const Due due_publish;

#endif
