/* Seats: a round that is judged on paper.  The secretariat returns one workbook for all seats of all entries; what it says waits
 * as records of kind "entered" until a second person of the secretariat answers with a code that is bound to exactly that. */
#ifndef XINLV_COURSE_SEATS_H
#define XINLV_COURSE_SEATS_H

#include "course/panel.h"

/* The sealed workbook, a sheet a seat, as the printed sheets are; with what was entered already. */
int seats_book(Panel *p, Attachment *out, Err *e);
/* What people call the seat s3. */
const char *seat_label(const World *w, Arena *a, const char *who);
/* Mails what waits with its code to every address of the secretariat; by: who entered it.  Within the open transaction. */
int seats_show(World *w, Arena *a, const Round *r, const char *by, Err *e);

typedef struct {
	const Round *round; /* NULL: no such code waits */
	bool own;           /* who entered it may not confirm it: nothing was done */
	size_t n;           /* scores that count now */
} Confirmed;
/* Lets what waits with that code count. Within the open transaction. */
int seats_confirm(World *w, Arena *a, const char *code, const char *by, Confirmed *out, Err *e);

#endif
