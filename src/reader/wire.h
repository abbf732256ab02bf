/* Wire: what parent and reader say to each other over their one socket.  Every
 * frame (base/record.h) begins with one of these numbers; the rest is below.
 *
 *	reader                      parent
 *	READY               ->                      the walls are up
 *	                    <-      HELLO           the form map
 *	                    <-      READ + fd       question's number, flags, spares, whether named, name
 *	                    <-      SPILL + fd      as many as there are spares: files to write to, given unasked
 *	SPILL               ->                      another file to write to, please
 *	                    <-      SPILL [+ fd]    its index, or WIRE_NO_SPILL: keep nothing
 *	REPORT              ->                      question's number, record of the message
 *	   or DISK          ->                      question's number, errno of a failed write
 *
 * READY comes first so that the parent writes nothing to a program that is not ours. */
#ifndef XINLV_READER_WIRE_H
#define XINLV_READER_WIRE_H

#include "base/record.h"
#include "reader/report.h"

#define WIRE_SOCKET 3 /* the reader's end */
#define WIRE_MAX_FRAME ((size_t)REPORT_MAX_BYTES + 16)
#define WIRE_NO_SPILL UINT64_MAX
#define WIRE_MAX_SPILLS (2 * REPORT_MAX_PARTS) /* spill files of one message */

enum {
	WIRE_READY = 0x72310003, /* the low half grows when the records change */
	WIRE_HELLO,
	WIRE_READ,
	WIRE_SPILL,
	WIRE_REPORT,
	WIRE_DISK,
};

/* A count of things that take at least `each` bytes of the record: what cannot stand
 * in the bytes that are left is `bad`, so that a short record never asks for much memory. */
static inline size_t wire_count(RecIn *r, size_t max, size_t each) {
	size_t fit = r->n / each;
	return rec_count(r, fit < max ? fit : max);
}

#endif
