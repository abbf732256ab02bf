/* Calendar: an appointment as a calendar file: iCalendar (RFC 5545) with a method of iTIP (RFC 5546), to be mailed as iMIP
 * (RFC 6047) asks.  Made by a program of its own (xinlv-ical), so that nothing else loads libical. */
#ifndef XINLV_POST_CALENDAR_H
#define XINLV_POST_CALENDAR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/record.h"

#define CALENDAR_MAX 20000 /* appointments in one go */

typedef struct {
	const char *uid;    /* the same for the same appointment, whatever becomes of it */
	int64_t sequence;   /* raised with every change */
	bool cancel;        /* METHOD:CANCEL; else REQUEST */
	int64_t stamp;      /* when it was made */
	int64_t start, end;
	const char *zone;   /* IANA name; the one that base/when.h is set to */
	const char *summary, *description, *location;
	const char *from_name, *from_addr; /* who invites */
	const char *to_name, *to_addr;
} Appointment;

/* The whole file, lines ended by CRLF, in the arena. */
char *calendar_text(Arena *a, const Appointment *c);

/* To the program and back. */
void calendar_put(Buf *out, const Appointment *c);
void calendar_get(RecIn *in, Arena *a, Appointment *c);

#endif
