/* Serve: the reader's end of the socket: one message after another until the parent
 * closes it. */
#ifndef XINLV_READER_SERVE_H
#define XINLV_READER_SERVE_H

#include "reader/read.h"

/* Reads the message in fd (at offset 0) into the job; name is NULL or the file's. */
typedef void (*ServeRead)(ReadJob *j, int fd, const char *name);

/* Says READY, takes the form map, serves.  Every descriptor above `sock` is closed after
 * each message.  0 when the parent closed the socket, -1 when it talked nonsense. */
int serve(int sock, ServeRead read, Err *e);

#endif
