/* Record: the plain form in which the processes of xinlv talk.  Values are
 * written and read in one agreed order; a text is its length (u32, little
 * endian) and its bytes; a number is a u64.  The reading side trusts nothing:
 * any short or oversized value sets `bad`, and from then on every get gives
 * zero or "". */
#ifndef XINLV_BASE_RECORD_H
#define XINLV_BASE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

void rec_put_num(Buf *b, uint64_t v);
void rec_put_bytes(Buf *b, const void *p, size_t n);
void rec_put_text(Buf *b, const char *s); /* NULL as "" */

typedef struct {
	const char *p;
	size_t n;
	bool bad;
} RecIn;

uint64_t rec_num(RecIn *r);
/* A count that must be at most max, else `bad` and 0. */
size_t rec_count(RecIn *r, size_t max);
Str rec_bytes(RecIn *r);
/* A NUL-terminated copy, made valid UTF-8 (text_clean) whatever was sent. */
char *rec_text(RecIn *r, Arena *a);

/* Frames on a stream or SOCK_STREAM socket: u32 length, then the bytes.
 * A descriptor may ride along (SCM_RIGHTS) when fd >= 0. */
int frame_send(int sock, Str body, int fd, Err *e);
/* Appends one frame to *body.  Returns 1, 0 at the end of the stream, -1 on
 * error, time-out (timeout_ms, -1: none; ERR_SERVER, all others are ERR_BUG) or a
 * frame over max bytes.  *fd gets
 * a descriptor that came along, else -1; fd may be NULL (then one is closed). */
int frame_recv(int sock, Buf *body, size_t max, int *fd, int timeout_ms, Err *e);

#endif
