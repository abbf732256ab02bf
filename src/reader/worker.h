/* Worker: one run of the reader program as the parent sees it: a process and a socket. */
#ifndef XINLV_READER_WORKER_H
#define XINLV_READER_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/reap.h"

#define WORKER_START_MS 20000 /* until it must have its walls up */
#define WORKER_GRACE_MS 500   /* for a process that closed its socket to be gone */

typedef struct {
	pid_t pid; /* 0: none */
	int sock;
} Worker;

/* Starts the program with a socket, /dev/null and our stderr, in a session of its own,
 * with default signals and an environment of LC_ALL, TZ and sanitizer options.  Waits until it
 * says that its walls are up.  0, or -1. */
int worker_start(Worker *w, const char *path, Err *e);
/* True when it can be asked: it lives, and has not spoken out of turn. */
bool worker_quiet(const Worker *w);
/* From now on it may use so many seconds of processor time; SIGXCPU ends it then. */
void worker_arm(const Worker *w, int cpu_seconds);
/* Closes the socket, waits so long, kills, reaps. */
Reaped worker_end(Worker *w, int grace_ms);
/* Largest resident set so far of one that lives, KiB; 0 when the system does not tell. */
long worker_peak_kib(const Worker *w);

#endif
