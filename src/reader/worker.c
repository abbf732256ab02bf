/* Outside the walls: starts, limits and ends the process that reads.
 * Refuses to hand anything of ours to it: no descriptor but its socket and stderr, no
 * variable but locale and zone, no terminal; and never leaves a zombie. */
#include "reader/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/when.h"
#include "reader/wire.h"

/* TZ is the contest's zone (when_zone): a Date without an offset is read in it. */
static const char *const kept_variables[] = {"TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                             "LSAN_OPTIONS"};
#define KEPT (sizeof kept_variables / sizeof *kept_variables)

/* Both ends above the standard descriptors and the one the child gets it as, so that
 * no step of the start can close what a later one needs. */
static int raise_fd(int fd) {
	int high = fcntl(fd, F_DUPFD_CLOEXEC, WIRE_SOCKET + 1);
	close(fd);
	return high;
}

static int socket_pair(int end[2], Err *e) {
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end))
		return err_errno(e, ERR_BUG, "reader: socketpair");
	end[0] = raise_fd(end[0]);
	end[1] = raise_fd(end[1]);
	if (end[0] >= 0 && end[1] >= 0)
		return 0;
	err_errno(e, ERR_BUG, "reader: socketpair");
	for (int i = 0; i < 2; i++)
		if (end[i] >= 0)
			close(end[i]);
	return -1;
}

static int prepare(posix_spawn_file_actions_t *f, posix_spawnattr_t *a, int sock) {
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	int failed = posix_spawn_file_actions_adddup2(f, sock, WIRE_SOCKET);
	if (!failed)
		failed = posix_spawn_file_actions_addopen(f, 0, "/dev/null", O_RDONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_addopen(f, 1, "/dev/null", O_WRONLY, 0);
	if (!failed && fcntl(STDERR_FILENO, F_GETFD) < 0)
		failed = posix_spawn_file_actions_addopen(f, 2, "/dev/null", O_WRONLY, 0);
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(f, WIRE_SOCKET + 1);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(a, &all);
	if (!failed)
		failed = posix_spawnattr_setsigmask(a, &none);
	/* A session of its own: keys typed at a terminal are for the run, not for it. */
	if (!failed)
		failed = posix_spawnattr_setflags(
			a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	return failed;
}

static int spawn(const char *path, int sock, pid_t *pid) {
	char name[] = "xinlv-read", locale[] = "LC_ALL=C.UTF-8";
	char *argv[] = {name, NULL}, *env[KEPT + 2] = {locale};
	size_t n = 1;
	for (size_t i = 0; i < KEPT; i++) {
		const char *v = getenv(kept_variables[i]);
		if (v && asprintf(&env[n], "%s=%s", kept_variables[i], v) >= 0)
			n++;
		else
			env[n] = NULL;
	}
	posix_spawn_file_actions_t f;
	posix_spawnattr_t a;
	posix_spawn_file_actions_init(&f);
	posix_spawnattr_init(&a);
	int failed = prepare(&f, &a, sock);
	if (!failed)
		failed = posix_spawn(pid, path, &f, &a, argv, env);
	posix_spawnattr_destroy(&a);
	posix_spawn_file_actions_destroy(&f);
	for (size_t i = 1; i < n; i++)
		free(env[i]);
	return failed;
}

/* Its first frame, which says that the walls are up. */
static int wait_ready(Worker *w, const char *path, Err *e) {
	Buf b = {0};
	int got = frame_recv(w->sock, &b, WIRE_MAX_FRAME, NULL, WORKER_START_MS, NULL);
	RecIn in = {b.p, b.n, got != 1};
	bool ready = rec_num(&in) == WIRE_READY;
	buf_free(&b);
	if (ready)
		return 0;
	Reaped end = worker_end(w, got == 0 ? WORKER_GRACE_MS : 0);
	return err_set(e, ERR_BUG, "reader: %s did not start (wait status 0x%x)", path,
	               (unsigned)end.status);
}

int worker_start(Worker *w, const char *path, Err *e) {
	int end[2];
	*w = (Worker){.sock = -1};
	if (socket_pair(end, e))
		return -1;
	int failed = spawn(path, end[1], &w->pid);
	close(end[1]);
	w->sock = end[0];
	if (!failed)
		return wait_ready(w, path, e);
	close(w->sock);
	*w = (Worker){.sock = -1};
	return err_set(e, ERR_BUG, "reader: %s: %s", path, strerror(failed));
}

bool worker_quiet(const Worker *w) {
	struct pollfd p = {.fd = w->sock, .events = POLLIN};
	return poll(&p, 1, 0) == 0;
}

void worker_arm(const Worker *w, int cpu_seconds) {
	clockid_t clock;
	struct timespec used = {0};
	struct rlimit old;
	if (clock_getcpuclockid(w->pid, &clock) || clock_gettime(clock, &used))
		return;
	/* Set from here, so that the child needs no call to change its own limits. */
	if (prlimit(w->pid, RLIMIT_CPU, NULL, &old))
		return;
	rlim_t soft = (rlim_t)used.tv_sec + (rlim_t)cpu_seconds + 1;
	old.rlim_cur = soft < old.rlim_max ? soft : old.rlim_max;
	prlimit(w->pid, RLIMIT_CPU, &old, NULL);
}

Reaped worker_end(Worker *w, int grace_ms) {
	if (w->sock >= 0)
		close(w->sock);
	Reaped end = w->pid > 0 ? reap(w->pid, grace_ms) : (Reaped){.status = -1};
	*w = (Worker){.sock = -1};
	return end;
}

long worker_peak_kib(const Worker *w) {
	char path[64], line[256];
	long kib = 0;
	if (w->pid <= 0)
		return 0;
	snprintf(path, sizeof path, "/proc/%ld/status", (long)w->pid);
	FILE *f = fopen(path, "re");
	while (f && !kib && fgets(line, sizeof line, f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}
