/* Review_lay: spool/review/NAME/, what an expert has to score, to be handed over on a disk or in a room: the booklet as an index,
 * and a folder of files an entry. */
#ifndef XINLV_COURSE_REVIEW_LAY_H
#define XINLV_COURSE_REVIEW_LAY_H

#include "home/world.h"

#define REVIEW_FOLDER "spool/review"
#define REVIEW_FACT "review.lay" /* set when who scores what has changed since they were laid */

/* Lays all of them anew when the fact says so.  A run that was stopped on the way does it again. */
int review_lay(World *w, Err *e);

#endif
