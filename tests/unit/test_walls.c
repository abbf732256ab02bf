/* Walls: what a process behind them can no longer do, one row a deed. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader/walls.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define MEMORY (32u << 20)
#define FILE_BYTES (1u << 20)

/* Prepared before the walls go up. */
static struct {
	int sock, other, read_only, writable;
	pid_t parent; /* getppid(2) is behind the walls, too */
	char dir[64], file[96], path[96], database[96];
	struct sockaddr_un listener;
} room;

/* Each deed gives 0 when it succeeds, else errno. */
typedef int (*Deed)(void);

static int result(long r) {
	return r < 0 ? errno : 0;
}

static int open_file(void) { return result(open(room.file, O_RDONLY)); }
static int open_create(void) { return result(open("/tmp/xinlv-no", O_CREAT | O_RDWR, 0600)); }
static int open_proc(void) { return result(open("/proc/self/mem", O_RDWR)); }
static int reopen(void) {
	char p[64];
	snprintf(p, sizeof p, "/proc/self/fd/%d", room.read_only);
	return result(open(p, O_RDWR));
}
static int open_two(void) {
	uint64_t how[3] = {0};
	return result(syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how));
}
static int stat_path(void) {
	struct stat s;
	return result(stat("/etc/passwd", &s));
}
static int remove_file(void) { return result(unlink(room.file)); }
static int rename_file(void) { return result(rename(room.file, room.path)); }
static int make_dir(void) { return result(mkdir("/tmp/xinlv-no", 0700)); }
static int change_mode(void) { return result(fchmod(room.read_only, 0666)); }
static int change_dir(void) { return result(chdir("/")); }
static int change_root(void) { return result(chroot("/")); }
static int mount_fs(void) { return result(mount("none", "/mnt", "tmpfs", 0, NULL)); }
static int socket_tcp(void) { return result(socket(AF_INET, SOCK_STREAM, 0)); }
static int socket_udp(void) { return result(socket(AF_INET6, SOCK_DGRAM, 0)); }
static int socket_unix(void) { return result(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int pair(void) {
	int p[2];
	return result(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
}
static int connect_unix(void) {
	return result(connect(room.other, (struct sockaddr *)&room.listener, sizeof room.listener));
}
static int bind_socket(void) {
	return result(bind(room.other, (struct sockaddr *)&room.listener, sizeof room.listener));
}
static int send_elsewhere(void) {
	struct iovec v = {(void *)(uintptr_t) "x", 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	return result(sendmsg(room.other, &m, MSG_NOSIGNAL));
}
static int fork_self(void) { return result(fork()); }
static int vfork_raw(void) { return result(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)); }
static int exec_true(void) {
	char *argv[] = {(char *)(uintptr_t) "true", NULL};
	return result(execv("/bin/true", argv));
}
static int exec_fd(void) {
	char *argv[] = {(char *)(uintptr_t) "true", NULL};
	return result(syscall(SYS_execveat, room.read_only, "", argv, NULL, AT_EMPTY_PATH));
}
static int kill_parent(void) { return result(kill(room.parent, 0)); }
static int kill_pid_one(void) { return result(kill(1, 0)); }
static int signal_thread(void) { return result(syscall(SYS_tgkill, 1, 1, SIGABRT)); }
static int kill_self_kill(void) { return result(syscall(SYS_tgkill, getpid(), getpid(), SIGKILL)); }
static int trace_me(void) { return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static int trace_init(void) { return result(ptrace(PTRACE_ATTACH, 1, NULL, NULL)); }
static int peek_parent(void) {
	char b[8];
	struct iovec l = {b, sizeof b}, f = {(void *)b, sizeof b};
	return result(process_vm_readv(1, &l, 1, &f, 1, 0));
}
static int open_database(void) { return result(open(room.database, O_RDWR)); }
static int read_database(void) { return result(open(room.database, O_RDONLY)); }
/* What the parent holds open: the database, the journal. */
static int open_of_parent(void) {
	char p[64];
	snprintf(p, sizeof p, "/proc/%ld/fd/%d", (long)room.parent, room.writable);
	return result(open(p, O_RDWR));
}
static int memory_of_parent(void) {
	char p[64];
	snprintf(p, sizeof p, "/proc/%ld/mem", (long)room.parent);
	return result(open(p, O_RDWR));
}
static int name_parent(void) { return result(syscall(SYS_pidfd_open, room.parent, 0)); }
static int take_from_parent(void) { return result(syscall(SYS_pidfd_getfd, room.writable, 0, 0)); }
static int poke_parent(void) {
	char b[8] = {0};
	struct iovec l = {b, sizeof b}, f = {(void *)b, sizeof b};
	return result(process_vm_writev(room.parent, &l, 1, &f, 1, 0));
}
static int limit_parent(void) {
	struct rlimit l = {1, 1};
	return result(prlimit(room.parent, RLIMIT_CPU, &l, NULL));
}
static int trace_parent(void) { return result(ptrace(PTRACE_ATTACH, room.parent, NULL, NULL)); }
static int queue_signal(void) {
	siginfo_t info = {0};
	return result(syscall(SYS_rt_sigqueueinfo, room.parent, SIGTERM, &info));
}
static int link_file(void) { return result(link(room.file, room.path)); }
static int symlink_file(void) { return result(symlink(room.file, room.path)); }
static int make_node(void) { return result(mknod(room.path, S_IFIFO | 0600, 0)); }
static int open_handle(void) { return result(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0)); }
static int watch_files(void) { return result(syscall(SYS_inotify_init1, 0)); }
static int measure(void) { return result(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0)); }
static int user_faults(void) { return result(syscall(SYS_userfaultfd, 0)); }
static int listen_here(void) { return result(listen(room.other, 1)); }
static int write_read_only(void) { return result(write(room.read_only, "x", 1)); }
static int map_read_only(void) {
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, room.read_only, 0);
	return p == MAP_FAILED ? errno : 0;
}
static int truncate_read_only(void) { return result(ftruncate(room.read_only, 0)); }
static int map_exec(void) {
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? errno : 0;
}
static int protect_exec(void) {
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? 0 : result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}
static int be_another(void) { return result(personality(READ_IMPLIES_EXEC)); }
static int raise_limit(void) {
	struct rlimit l = {4096, 4096};
	return result(prlimit(0, RLIMIT_NOFILE, &l, NULL));
}
static int read_limit(void) {
	struct rlimit l;
	return result(getrlimit(RLIMIT_NOFILE, &l));
}
static int new_filter(void) { return result(prctl(PR_SET_SECCOMP, 0, 0, 0, 0)); }
static int new_space(void) { return result(syscall(SYS_unshare, 0x10000000)); }
static int set_ids(void) { return result(setuid(0)); }
static int bpf_call(void) { return result(syscall(SYS_bpf, 0, NULL, 0)); }
static int key_call(void) { return result(syscall(SYS_keyctl, 0, 0)); }
static int uring(void) { return result(syscall(SYS_io_uring_setup, 1, NULL)); }
static int shared_memory(void) { return result(shmget(IPC_PRIVATE, 4096, 0600)); }
static int sleep_long(void) { return result(usleep(1)); }
static int type_for_operator(void) { return result(syscall(SYS_ioctl, 2, 0x5412, "x")); /* TIOCSTI */ }
#if defined(__x86_64__)
static int x32_call(void) { return result(syscall(0x40000000 + SYS_getpid)); }
static int i386_call(void) {
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory"); /* getpid */
	return r < 0;
}
#endif
static int read_given(void) {
	char b[4];
	return pread(room.read_only, b, 4, 0) == 4 ? 0 : errno;
}
static int write_given(void) { return pwrite(room.writable, "x", 1, 0) == 1 ? 0 : errno; }
static int speak(void) {
	struct iovec v = {(void *)(uintptr_t) "x", 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	return result(sendmsg(room.sock, &m, MSG_NOSIGNAL));
}
static int write_too_far(void) { return result(pwrite(room.writable, "x", 1, FILE_BYTES)); }
static int memory_file(void) { return result(memfd_create("x", MFD_CLOEXEC)); }
static int copy_given(void) { return result(sendfile(room.writable, room.read_only, NULL, 4)); }
static int many_fds(void) {
	for (int i = 0; i < WALLS_FILES + 1; i++)
		if (dup(room.read_only) < 0)
			return errno;
	return 0;
}
static int small_memory(void) {
	void *volatile p = malloc(MEMORY / 2);
	return p ? 0 : ENOMEM;
}
static int much_memory(void) {
	void *volatile p = malloc(MEMORY * 2);
	return p ? 0 : ENOMEM;
}
static int abort_self(void) { abort(); }
static void raise_fault(void) {
	volatile uintptr_t nowhere = 8;
	*(volatile int *)nowhere = 1;
}
static int crash(void) {
	raise_fault();
	return 0;
}
static int spin(void) {
	volatile bool on = true;
	while (on)
		;
	return 0;
}

enum { WORKS = 0, DIES = 1000 }; /* DIES + signal */

typedef struct {
	const char *name;
	Deed deed;
	int want;
} Row;

static const Row rows[] = {
	{"open a file", open_file, EPERM},
	{"create a file", open_create, EPERM},
	{"open own memory", open_proc, EPERM},
	{"reopen a read-only descriptor for writing", reopen, EPERM},
	{"openat2", open_two, EPERM},
	{"stat by path", stat_path, EPERM},
	{"remove a file", remove_file, DIES + SIGSYS},
	{"rename a file", rename_file, DIES + SIGSYS},
	{"make a folder", make_dir, DIES + SIGSYS},
	{"change a file's mode", change_mode, DIES + SIGSYS},
	{"change folder", change_dir, DIES + SIGSYS},
	{"chroot", change_root, DIES + SIGSYS},
	{"mount", mount_fs, DIES + SIGSYS},
	{"TCP socket", socket_tcp, DIES + SIGSYS},
	{"UDP socket", socket_udp, DIES + SIGSYS},
	{"unix socket", socket_unix, DIES + SIGSYS},
	{"socket pair", pair, DIES + SIGSYS},
	{"connect to a unix socket path", connect_unix, DIES + SIGSYS},
	{"bind", bind_socket, DIES + SIGSYS},
	{"send through another socket", send_elsewhere, DIES + SIGSYS},
	{"fork", fork_self, DIES + SIGSYS},
	{"clone", vfork_raw, DIES + SIGSYS},
	{"exec", exec_true, DIES + SIGSYS},
	{"exec a descriptor", exec_fd, DIES + SIGSYS},
	{"kill the parent", kill_parent, DIES + SIGSYS},
	{"kill process 1", kill_pid_one, DIES + SIGSYS},
	{"tgkill another", signal_thread, DIES + SIGSYS},
	{"tgkill itself with SIGKILL", kill_self_kill, DIES + SIGSYS},
	{"ptrace: trace me", trace_me, DIES + SIGSYS},
	{"ptrace: attach", trace_init, DIES + SIGSYS},
	{"read another's memory", peek_parent, DIES + SIGSYS},
	{"open the database", open_database, EPERM},
	{"read the database", read_database, EPERM},
	{"open what the parent has open", open_of_parent, EPERM},
	{"open the parent's memory", memory_of_parent, EPERM},
	{"a handle of the parent", name_parent, DIES + SIGSYS},
	{"a descriptor of the parent's", take_from_parent, DIES + SIGSYS},
	{"write to the parent's memory", poke_parent, DIES + SIGSYS},
	{"limit the parent", limit_parent, DIES + SIGSYS},
	{"ptrace: attach to the parent", trace_parent, DIES + SIGSYS},
	{"queue a signal for the parent", queue_signal, DIES + SIGSYS},
	{"link a file", link_file, DIES + SIGSYS},
	{"symlink", symlink_file, DIES + SIGSYS},
	{"make a pipe by name", make_node, DIES + SIGSYS},
	{"open by handle", open_handle, DIES + SIGSYS},
	{"watch files", watch_files, DIES + SIGSYS},
	{"measure the machine", measure, DIES + SIGSYS},
	{"handle page faults", user_faults, DIES + SIGSYS},
	{"listen", listen_here, DIES + SIGSYS},
	{"write to a read-only descriptor", write_read_only, EBADF},
	{"map a read-only descriptor writable", map_read_only, EACCES},
	{"truncate a read-only descriptor", truncate_read_only, EINVAL},
	{"map executable", map_exec, DIES + SIGSYS},
	{"mprotect executable", protect_exec, DIES + SIGSYS},
	{"personality", be_another, DIES + SIGSYS},
	{"raise a limit", raise_limit, DIES + SIGSYS},
	{"prctl", new_filter, DIES + SIGSYS},
	{"unshare", new_space, DIES + SIGSYS},
	{"setuid", set_ids, DIES + SIGSYS},
	{"bpf", bpf_call, DIES + SIGSYS},
	{"keyctl", key_call, DIES + SIGSYS},
	{"io_uring", uring, DIES + SIGSYS},
	{"shared memory", shared_memory, DIES + SIGSYS},
	{"sleep", sleep_long, DIES + SIGSYS},
	{"push keys into the terminal", type_for_operator, ENOTTY},
#if defined(__x86_64__)
	{"a call of the x32 interface", x32_call, DIES + SIGSYS},
	{"a call of the i386 interface", i386_call, DIES + SIGSYS},
#endif
	{"read a limit", read_limit, WORKS},
	{"read what was given", read_given, WORKS},
	{"write what was given", write_given, WORKS},
	{"copy from given to given", copy_given, WORKS},
	{"speak through the socket", speak, WORKS},
	{"a file in memory", memory_file, WORKS},
	{"write past the file limit", write_too_far, EFBIG},
	{"too many descriptors", many_fds, EMFILE},
	{"memory below the limit", small_memory, WORKS},
	{"memory above the limit", much_memory, SANITIZED ? WORKS : ENOMEM},
	{"abort", abort_self, DIES + SIGABRT},
	{"crash", crash, DIES + SIGSEGV},
};

static void prepare(void) {
	int p[2], q[2];
	room.parent = getpid();
	snprintf(room.dir, sizeof room.dir, "/tmp/xinlv-walls-XXXXXX");
	assert_non_null(mkdtemp(room.dir));
	snprintf(room.file, sizeof room.file, "%s/file", room.dir);
	snprintf(room.path, sizeof room.path, "%s/other", room.dir);
	int fd = open(room.file, O_CREAT | O_RDWR, 0600);
	assert_int_equal(write(fd, "data", 4), 4);
	close(fd);
	snprintf(room.database, sizeof room.database, "%s/xinlv.db", room.dir);
	close(open(room.database, O_CREAT | O_RDWR, 0640));
	room.read_only = open(room.file, O_RDONLY);
	room.writable = open(room.path, O_CREAT | O_RDWR, 0600);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, p), errno);
	room.sock = p[0];
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, q), errno);
	room.other = q[0];
	room.listener.sun_family = AF_UNIX;
	snprintf(room.listener.sun_path, sizeof room.listener.sun_path, "%.60s/sock", room.dir);
}

static void clear(void) {
	unlink(room.file);
	unlink(room.path);
	unlink(room.database);
	unlink(room.listener.sun_path);
	rmdir(room.dir);
}

typedef int (*Build)(const Walls *w, Err *e);

/* What becomes of a deed behind the walls: exit status, or DIES + signal. */
static int outcome(Build build, Deed deed, int cpu_seconds) {
	pid_t child = fork();
	assert_return_code(child, errno);
	if (child == 0) {
		const Walls w = {.sock = room.sock, .memory = MEMORY, .file_bytes = FILE_BYTES};
		signal(SIGSEGV, SIG_DFL); /* cmocka and sanitizers put handlers there */
		signal(SIGABRT, SIG_DFL);
		struct rlimit l = {(rlim_t)cpu_seconds, RLIM_INFINITY};
		Err e = {0};
		if (cpu_seconds)
			setrlimit(RLIMIT_CPU, &l);
		if (build(&w, &e))
			_exit(255);
		_exit(deed() & 255);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? DIES + WTERMSIG(status) : WEXITSTATUS(status);
}

static int check(const char *what, Build build, const Row *row) {
	int got = outcome(build, row->deed, 0);
	if (got == row->want)
		return 0;
	print_error("%s, %s: %d instead of %d\n", what, row->name, got, row->want);
	return 1;
}

static void test_all_walls(void **state) {
	(void)state;
	int failed = 0;
	prepare();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		failed += check("all walls", walls_up, &rows[i]);
	clear();
	assert_int_equal(failed, 0);
}

static int only_landlock(const Walls *w, Err *e) {
	(void)w;
	return walls_landlock(e) == 1 ? 0 : -1;
}

static int listen_tcp(void) {
	struct sockaddr_in a = {.sin_family = AF_INET};
	return result(bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof a));
}

/* Landlock stands even if seccomp had a hole. */
static void test_landlock_alone(void **state) {
	static const struct {
		long version; /* of the kernel's interface that has it */
		Row row;
	} one[] = {
		{1, {"open a file", open_file, EACCES}},
		{1, {"open the database", open_database, EACCES}},
		{1, {"read the database", read_database, EACCES}},
		{1, {"create a file", open_create, EACCES}},
		{1, {"remove a file", remove_file, EACCES}},
		{1, {"make a folder", make_dir, EACCES}},
		{1, {"exec", exec_true, EACCES}},
		{4, {"bind a port", listen_tcp, EACCES}},
		{6, {"kill the parent", kill_parent, EPERM}},
		{1, {"read what was given", read_given, WORKS}},
		{1, {"write what was given", write_given, WORKS}},
	};
	(void)state;
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	if (version < 1)
		skip();
	int failed = 0;
	prepare();
	for (size_t i = 0; i < sizeof one / sizeof *one; i++)
		if (version >= one[i].version)
			failed += check("Landlock alone", only_landlock, &one[i].row);
	clear();
	assert_int_equal(failed, 0);
}

static void test_processor_time(void **state) {
	(void)state;
	prepare();
	assert_int_equal(outcome(walls_up, spin, 1), DIES + SIGXCPU);
	clear();
}

static void test_close_above(void **state) {
	(void)state;
	pid_t child = fork();
	if (child == 0) {
		int fd = dup(0);
		walls_close_above(2);
		_exit(fcntl(fd, F_GETFD) < 0 && fcntl(2, F_GETFD) >= 0 ? 0 : 1);
	}
	int status;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_walls),
		cmocka_unit_test(test_landlock_alone),
		cmocka_unit_test(test_processor_time),
		cmocka_unit_test(test_close_above),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
