/* Reap: the end of a child process: waited for, killed when it takes too long, never left a zombie. */
#ifndef XINLV_BASE_REAP_H
#define XINLV_BASE_REAP_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct {
	int status;    /* as wait(2) tells it; -1 when somebody else has reaped it */
	bool killed;   /* by our SIGKILL */
	long peak_kib; /* its largest resident set */
} Reaped;

/* Waits so long for the child to end by itself, then kills it.  pid <= 0: there is none, status 0. */
Reaped reap(pid_t pid, int grace_ms);

#endif
