/* Scan: the few things about a message's bytes that are read straight from its
 * file, in pieces: its header block, and where a boundary stands. */
#ifndef XINLV_MAIL_SCAN_H
#define XINLV_MAIL_SCAN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define SCAN_MAX_FIELD (64u << 10) /* bytes of one field kept */

typedef struct {
	int64_t body; /* offset of the first byte behind the blank line */
	bool odd;     /* something in the block was no header field, or was not kept */
} Scan;

/* The header block, at most MIME_MAX_HEADER bytes; of what is too much, Content- fields are
 * kept longest. */
Str scan_header(Arena *a, int fd, Scan *out);
/* Takes one field with its continuation lines off the front. */
bool scan_next_field(Str *rest, Str *field);
/* Offset of the first line at or after `from` that is this boundary, -1: none. */
int64_t scan_boundary(int fd, int64_t from, Str boundary);

#endif
