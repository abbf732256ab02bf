/* Roster: the sealed workbook in which the secretariat adds, changes and retires experts. */
#ifndef XINLV_COURSE_ROSTER_H
#define XINLV_COURSE_ROSTER_H

#include "course/experts.h"
#include "mail/compose.h"

#define ROSTER_BLANK 30 /* rows for new experts, sealed before anybody stands in them */

/* seq: the message it answers, which makes the codes of the blank rows. */
int roster_book(World *w, Arena *a, int64_t seq, Attachment *out, Err *e);
/* Asks for the promise of confidentiality. */
int roster_promise(World *w, Arena *a, const Expert *x, Err *e);

#endif
