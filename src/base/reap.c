/* Ends child processes.  Refuses to wait for ever for one that does not end, and to sleep while one that has ended waits. */
#include "base/reap.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/when.h"

#define NAP_NS 1000000 /* where the kernel gives no descriptor for a process */

/* Until it has ended, or the time is over; may return before. */
static void rest(int fd, int64_t ms) {
	struct pollfd p = {.fd = fd, .events = POLLIN};
	if (fd >= 0)
		poll(&p, 1, (int)ms);
	else
		nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
}

Reaped reap(pid_t pid, int grace_ms) {
	Reaped r = {0};
	struct rusage use = {0};
	if (pid <= 0)
		return r;
	int64_t until = when_monotonic_ms() + grace_ms;
	int fd = pidfd_open(pid, 0);
	for (;;) {
		pid_t got = wait4(pid, &r.status, r.killed ? 0 : WNOHANG, &use);
		if (got < 0 && errno != EINTR)
			r.status = -1;
		if (got == pid || (got < 0 && errno != EINTR))
			break;
		int64_t left = until - when_monotonic_ms();
		if (got == 0 && left > 0)
			rest(fd, left);
		else if (got == 0)
			r.killed = kill(pid, SIGKILL) == 0;
	}
	if (fd >= 0)
		close(fd);
	r.peak_kib = use.ru_maxrss;
	return r;
}
