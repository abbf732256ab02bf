/* At the reader's door: limits, Landlock, seccomp, in this order.
 * Refuses to go on without limits and seccomp; Landlock is a second wall where the
 * kernel has it. */
#include "reader/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1 /* the shadow is terabytes of address space, and reports take more calls */
#else
#define SANITIZED 0
#endif

#define MAPPED_UNKNOWN ((size_t)64 << 20) /* where there is no /proc */

void walls_close_above(int last) {
	close_range((unsigned)last + 1, ~0u, 0);
}

/* Bytes of address space in use. */
static size_t mapped(void) {
	char line[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return MAPPED_UNKNOWN;
	ssize_t n = read(fd, line, sizeof line - 1);
	close(fd);
	unsigned long pages = n > 0 ? strtoul(line, NULL, 10) : 0;
	return pages ? pages * (size_t)sysconf(_SC_PAGESIZE) : MAPPED_UNKNOWN;
}

/* Soft and hard; never above what we were given. */
static int limit(__rlimit_resource_t what, rlim_t n, const char *name, Err *e) {
	struct rlimit l;
	if (getrlimit(what, &l))
		return err_errno(e, ERR_BUG, "walls: getrlimit %s", name);
	if (l.rlim_max == RLIM_INFINITY || l.rlim_max > n)
		l.rlim_max = n;
	l.rlim_cur = l.rlim_max;
	if (setrlimit(what, &l))
		return err_errno(e, ERR_BUG, "walls: setrlimit %s", name);
	return 0;
}

int walls_limits(const Walls *w, Err *e) {
	/* Past its file size a write shall answer EFBIG, not kill: a bomb is reported. */
	signal(SIGXFSZ, SIG_IGN);
	if (limit(RLIMIT_CORE, 0, "core", e) || limit(RLIMIT_STACK, WALLS_STACK, "stack", e) ||
	    limit(RLIMIT_FSIZE, w->file_bytes, "file size", e) ||
	    limit(RLIMIT_NOFILE, WALLS_FILES, "descriptors", e) ||
	    limit(RLIMIT_NPROC, 0, "processes", e) || limit(RLIMIT_MSGQUEUE, 0, "queues", e))
		return -1;
	if (SANITIZED)
		return 0;
	return limit(RLIMIT_AS, mapped() + w->memory, "memory", e);
}

/* Landlock's rights by version of its interface; Debian 12's header stops at the second. */
typedef struct {
	uint64_t files, net, scope;
} Ruleset;

static Ruleset landlock_rights(long version) {
	Ruleset r = {.files = (1u << 13) - 1};
	if (version >= 2)
		r.files |= 1u << 13; /* refer */
	if (version >= 3)
		r.files |= 1u << 14; /* truncate */
	if (version >= 4)
		r.net = 3; /* bind and connect TCP */
	if (version >= 5)
		r.files |= 1u << 15; /* ioctl on devices */
	if (version >= 6)
		r.scope = 3; /* abstract sockets, signals */
	return r;
}

int walls_landlock(Err *e) {
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_errno(e, ERR_BUG, "walls: no_new_privs");
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	if (version < 1)
		return 0;
	/* Older kernels take the longer struct as long as what they don't know is zero. */
	Ruleset r = landlock_rights(version);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof r, 0);
	if (fd < 0)
		return err_errno(e, ERR_BUG, "walls: landlock rules");
	int failed = syscall(SYS_landlock_restrict_self, fd, 0) ?
	             err_errno(e, ERR_BUG, "walls: landlock") : 0;
	close(fd);
	return failed ? -1 : 1;
}

/* A call and, where op is not 0, what argument `arg` must be: the mask and value for
 * SCMP_CMP_MASKED_EQ, else the value alone. */
typedef struct {
	int call;
	unsigned arg;
	enum scmp_compare op;
	uint64_t a, b;
} Rule;

#define ALWAYS(c) {SCMP_SYS(c), 0, 0, 0, 0}
#define WHEN(c, n, is, x) {SCMP_SYS(c), n, SCMP_CMP_##is, x, 0}
#define NO_BITS(c, n, bits) {SCMP_SYS(c), n, SCMP_CMP_MASKED_EQ, bits, 0}

static const Rule allowed[] = {
	/* descriptors that were given to us */
	ALWAYS(read), ALWAYS(write), ALWAYS(readv), ALWAYS(writev), ALWAYS(pread64),
	ALWAYS(pwrite64), ALWAYS(preadv), ALWAYS(pwritev), ALWAYS(lseek), ALWAYS(close),
	ALWAYS(close_range), ALWAYS(fstat), ALWAYS(ftruncate), ALWAYS(fadvise64), ALWAYS(dup),
	ALWAYS(sendfile), ALWAYS(copy_file_range), ALWAYS(memfd_create),
	WHEN(newfstatat, 3, EQ, AT_EMPTY_PATH), /* glibc's fstat */
	WHEN(fcntl, 1, LE, F_GETFL), WHEN(fcntl, 1, EQ, F_DUPFD_CLOEXEC),
	ALWAYS(poll), ALWAYS(ppoll),
	/* memory, never to be run as code */
	ALWAYS(brk), ALWAYS(munmap), ALWAYS(mremap), ALWAYS(madvise),
	NO_BITS(mmap, 2, PROT_EXEC), NO_BITS(mprotect, 2, PROT_EXEC),
	/* the process itself */
	ALWAYS(exit), ALWAYS(exit_group), ALWAYS(futex), ALWAYS(sched_yield), ALWAYS(getpid),
	ALWAYS(gettid), ALWAYS(rt_sigprocmask), ALWAYS(rt_sigreturn), ALWAYS(restart_syscall),
	ALWAYS(clock_gettime), ALWAYS(clock_getres), ALWAYS(gettimeofday), ALWAYS(time),
	ALWAYS(getrandom), ALWAYS(sysinfo), /* qsort(3) asks how much memory there is */
	WHEN(prlimit64, 2, EQ, 0), /* getrlimit */
#if SANITIZED
	ALWAYS(sigaltstack), ALWAYS(rt_sigaction), ALWAYS(sched_getaffinity), ALWAYS(getuid),
	ALWAYS(geteuid), ALWAYS(mincore),
#endif
};

/* What libraries try by the way, and can do without. */
static const Rule refused[] = {
	ALWAYS(open), ALWAYS(openat), ALWAYS(openat2), ALWAYS(stat), ALWAYS(lstat), ALWAYS(statx),
	ALWAYS(access), ALWAYS(faccessat), ALWAYS(faccessat2), ALWAYS(readlink),
	ALWAYS(readlinkat), ALWAYS(getcwd), ALWAYS(statfs),
	WHEN(newfstatat, 3, NE, AT_EMPTY_PATH),
};

static int add(scmp_filter_ctx c, uint32_t action, const Rule *v, size_t n) {
	for (size_t i = 0; i < n; i++) {
		struct scmp_arg_cmp arg = {v[i].arg, v[i].op, v[i].a, v[i].b};
		int failed = v[i].op ? seccomp_rule_add_array(c, action, v[i].call, 1, &arg)
		                     : seccomp_rule_add_array(c, action, v[i].call, 0, NULL);
		if (failed)
			return failed;
	}
	return 0;
}

/* What depends on the process: where it may speak, and abort(3) of itself alone. */
static int add_own(scmp_filter_ctx c, const Walls *w) {
	const Rule ioctl_rule = ALWAYS(ioctl);
	const Rule socket_rules[] = {
		WHEN(sendmsg, 0, EQ, (uint64_t)w->sock),
		WHEN(recvmsg, 0, EQ, (uint64_t)w->sock),
	};
	const struct scmp_arg_cmp self[] = {
		SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()),
		SCMP_A2(SCMP_CMP_EQ, SIGABRT),
	};
	int failed = add(c, SCMP_ACT_ALLOW, socket_rules, 2);
	if (!failed)
		failed = add(c, SCMP_ACT_ERRNO(ENOTTY), &ioctl_rule, 1);
	return failed ? failed : seccomp_rule_add_array(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2, self);
}

int walls_seccomp(const Walls *w, Err *e) {
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!c)
		return err_set(e, ERR_BUG, "walls: seccomp has no memory");
	int failed = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!failed)
		failed = add(c, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof *allowed);
	if (!failed)
		failed = add(c, SCMP_ACT_ERRNO(EPERM), refused, sizeof refused / sizeof *refused);
	if (!failed)
		failed = add_own(c, w);
	if (!failed)
		failed = seccomp_load(c);
	seccomp_release(c);
	if (!failed)
		return 0;
	errno = -failed;
	return err_errno(e, ERR_BUG, "walls: seccomp");
}

int walls_up(const Walls *w, Err *e) {
	if (walls_limits(w, e) || walls_landlock(e) < 0)
		return -1;
	return walls_seccomp(w, e);
}
