/* Walls: what the reader gives up before it sees a byte of a message: descriptors,
 * memory, the file system, and all system calls but some fifty.  Nothing gives them
 * back.  What is needed later must be loaded before (preload.h). */
#ifndef XINLV_READER_WALLS_H
#define XINLV_READER_WALLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define WALLS_FILES 64          /* open descriptors */
#define WALLS_STACK (8u << 20)

typedef struct {
	int sock;            /* the one descriptor that may be spoken through */
	size_t memory;       /* bytes beyond what is mapped now; no limit under sanitizers */
	uint64_t file_bytes; /* the largest file it may write; a write past it answers EFBIG */
} Walls;

/* Closes every descriptor above `last`. */
void walls_close_above(int last);

/* All of the below.  On -1 the program must not read a message. */
int walls_up(const Walls *w, Err *e);

/* setrlimit(2): memory, stack, file size, descriptors, processes, no core. */
int walls_limits(const Walls *w, Err *e);
/* No path can be opened, no port bound or reached, no other process signalled, as
 * far as the kernel knows Landlock.  1: up; 0: this kernel has none; -1. */
int walls_landlock(Err *e);
/* The list of allowed system calls.  Opening by path, stat by path, and ioctl answer an
 * error, since libraries ask; any other call that is not listed kills the process. */
int walls_seccomp(const Walls *w, Err *e);

#endif
