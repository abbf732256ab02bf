/* Window: a GMime stream over a file descriptor that reads ahead.  GMime's parser takes 4 KiB at a time and seeks before each;
 * this stream takes WINDOW_BYTES at a time with pread, and its substreams look through the same window. */
#ifndef XINLV_MAIL_WINDOW_H
#define XINLV_MAIL_WINDOW_H

#include <stdint.h>

#define WINDOW_BYTES (64u << 10)

typedef struct _GMimeStream GMimeStream; /* GMime's */

/* From `from` to the end of the file.  Borrows fd, whose offset is never moved and whose bytes must not change; read only: a
 * write fails.  Released with g_object_unref(). */
GMimeStream *window_stream(int fd, int64_t from);

#endif
