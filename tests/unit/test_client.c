/* Client: a message that kills, stops or corrupts its reader costs one message, and the
 * next one is read. */
#include "row.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/when.h"
#include "reader/client.h"
#include "reader_mock.c"

#define SELF "/proc/self/exe"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
	return "symbolize=0:handle_segv=0:handle_abort=0";
}
#else
#define SANITIZED 0
#endif

static struct {
	char path[64];
	int dir;
	Arena *arena;
} room;

static FormMap a_map(void) {
	static const char *label[] = {"项目名称", "案例名称"};
	static MapField field[] = {
		{.key = "a.b", .name = "x_a_b", .table = -1},
		{.key = "c.d", .name = "x_c_d", .label = label, .label_n = 2, .table = -1},
	};
	return (FormMap){.edition = "test-1", .field = field, .field_n = 2};
}

static Reader *a_reader(void) {
	FormMap m = a_map();
	return reader_new(SELF, room.dir, &m);
}

static int message(const char *text) {
	char path[] = "/tmp/xinlv-client-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	return fd;
}

typedef struct {
	ReadResult result;
	Report report;
	char *why;
	Err e;
} Got;

static Got read_named(Reader *r, const char *text, const char *name, unsigned flags) {
	Got g = {0};
	int fd = message(text);
	g.result = reader_read(r, fd, name, flags, room.arena, &g.report, &g.why, &g.e);
	close(fd);
	assert_non_null(g.why);
	return g;
}

static Got read_text(Reader *r, const char *text) {
	return read_named(r, text, NULL, READ_SPILL);
}

static size_t files_left(void) {
	size_t n = 0;
	DIR *d = opendir(room.path);
	for (struct dirent *f; (f = readdir(d));)
		n += f->d_name[0] != '.';
	closedir(d);
	return n;
}

/* The process id of our one child, 0 when there is none. */
static pid_t only_child(void) {
	char path[64];
	long pid = 0;
	snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
	FILE *f = fopen(path, "r");
	if (f && fscanf(f, "%ld", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return (pid_t)pid;
}

static void assert_no_children(void) {
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_reads(void **state) {
	(void)state;
	Reader *r = a_reader();
	static const struct {
		const char *text, *name, *want;
		unsigned flags;
	} rows[] = {
		{"hello", NULL, "hello", 0},
		{"hello", "申报表.xlsx", "hello|申报表.xlsx", READ_FILE},
		{"", NULL, "", 0},
		{"name", "x", "4", READ_FILE},
		{"name", NULL, "3", READ_CELLS | READ_SPILL},
		{"form", NULL, "test-1 x_c_d 2", 0},
		{"write", NULL, "EBADF", 0},
		{"born", NULL, "0 1 2 3 4 LC_ALL=C.UTF-8 TZ=Asia/Shanghai", 0},
		{"leak", NULL, "leaked", 0},
		{"born", NULL, "0 1 2 3 4 LC_ALL=C.UTF-8 TZ=Asia/Shanghai", 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Got g = read_named(r, rows[i].text, rows[i].name, rows[i].flags);
		ROW_INT(rows[i].text, g.result, READ_OK);
		ROW_STR(rows[i].text, g.report.subject, rows[i].want);
		ROW_INT(rows[i].text, g.report.date, WHEN_NONE);
	}
	pid_t child = only_child();
	assert_true(child > 0);
	assert_true(reader_peak_kib(r) > 1000);
	reader_free(r);
	assert_no_children();
}

/* A descriptor that the parent may write is not given on as it is. */
static void test_writable_message(void **state) {
	(void)state;
	Reader *r = a_reader();
	int fd = memfd_create("message", MFD_CLOEXEC);
	assert_int_equal(write(fd, "write", 5), 5);
	Report m;
	char *why;
	Err e;
	assert_int_equal(reader_read(r, fd, NULL, 0, room.arena, &m, &why, &e), READ_OK);
	assert_string_equal(m.subject, "EBADF");
	close(fd);
	reader_free(r);
}

/* Each costs one message; the one after it is read. */
static void test_one_message_lost(void **state) {
	static const struct {
		const char *text;
		ReadResult want;
		const char *why;
		bool plain_only; /* sanitizers have no memory limit */
	} rows[] = {
		{"crash", READ_KILLED, "SIGSEGV", false},
		{"abort", READ_KILLED, "SIGABRT", false},
		{"recurse", READ_KILLED, "SIGSEGV", true},
		{"swell", READ_KILLED, "memory", true},
		{"spin", READ_KILLED, "SIGXCPU", false},
		{"hang", READ_TIMED_OUT, "stopped after", false},
		{"socket", READ_KILLED, "SIGSYS", false},
		{"exit", READ_KILLED, "ended in the middle", false},
		{"garble", READ_GARBLED, "not well formed", false},
		{"babble", READ_GARBLED, "no known kind", false},
		{"huge", READ_GARBLED, "allowed", false},
		{"cut", READ_KILLED, "ended in the middle", false},
		{"deaf", READ_GARBLED, "made no sense", false},
		{"field", READ_GARBLED, "names what is not there", false},
		{"index", READ_GARBLED, "names what is not there", false},
		{"flood", READ_TIMED_OUT, "stopped after", false},
		{"disk", READ_GARBLED, "the disk is full", false},
	};
	(void)state;
	Reader *r = a_reader();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].plain_only && SANITIZED)
			continue;
		bool waits = rows[i].want == READ_TIMED_OUT;
		reader_limits(r, waits ? 700 : READER_WALL_MS, 1);
		Got g = read_text(r, rows[i].text);
		ROW_INT(rows[i].text, g.result, rows[i].want);
		if (!strstr(g.why, rows[i].why))
			fail_msg("row %s: the reason is: %s", rows[i].text, g.why);
		ROW_INT(rows[i].text, files_left(), 0);
		g = read_text(r, "next");
		ROW_INT(rows[i].text, g.result, READ_OK);
		ROW_STR(rows[i].text, g.report.subject, "next");
	}
	reader_free(r);
	assert_no_children();
}

/* An answer sent before its question is never taken for one. */
static void test_forged_answer(void **state) {
	(void)state;
	Reader *r = a_reader();
	assert_int_equal(read_text(r, "forge").result, READ_OK);
	Got g = read_text(r, "true");
	assert_int_equal(g.result, READ_OK);
	assert_string_equal(g.report.subject, "true");
	reader_free(r);
}

static void test_killed_while_idle(void **state) {
	(void)state;
	Reader *r = a_reader();
	read_text(r, "one");
	pid_t child = only_child();
	assert_true(child > 1); /* kill(2) takes 0 and -1 for many */
	kill(child, SIGKILL);
	Got g = read_text(r, "two");
	assert_int_equal(g.result, READ_OK);
	assert_string_equal(g.report.subject, "two");
	assert_int_not_equal(only_child(), child);
	reader_free(r);
	assert_no_children();
}

/* A kill from outside is not the message's doing: it gets a second reader. */
static void test_killed_from_outside(void **state) {
	(void)state;
	Reader *r = a_reader();
	read_text(r, "one");
	pid_t child = only_child();
	assert_true(child > 1);
	reader_limits(r, 600, 1);
	pid_t killer = fork();
	if (killer == 0) {
		nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
		kill(child, SIGKILL);
		_exit(0);
	}
	Got g = read_text(r, "hang");
	waitpid(killer, NULL, 0);
	assert_int_equal(g.result, READ_TIMED_OUT); /* not READ_KILLED: that was the second */
	reader_free(r);
	assert_no_children();
}

static void test_recycled(void **state) {
	(void)state;
	Reader *r = a_reader();
	read_text(r, "first");
	pid_t first = only_child();
	for (int i = 1; i < READER_RECYCLE; i++)
		assert_int_equal(read_text(r, "x").result, READ_OK);
	assert_int_equal(only_child(), first);
	assert_int_equal(read_text(r, "x").result, READ_OK);
	assert_int_not_equal(only_child(), first);
	reader_free(r);
	assert_no_children();
}

static void test_spills(void **state) {
	(void)state;
	Reader *r = a_reader();
	Got g = read_text(r, "spill");
	assert_int_equal(g.result, READ_OK);
	assert_int_equal(g.report.part_n, 2);
	struct stat st;
	assert_return_code(fstatat(room.dir, reader_spill(r, g.report.part[1].spill), &st, 0), errno);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_null(reader_spill(r, 2));
	assert_null(reader_spill(r, -1));
	assert_return_code(renameat(room.dir, reader_spill(r, 0), room.dir, "kept"), errno);
	assert_int_equal(files_left(), 2);
	assert_int_equal(read_text(r, "next").result, READ_OK);
	assert_int_equal(files_left(), 1);
	g = read_named(r, "spill", NULL, 0);
	assert_string_equal(g.report.subject, "no spill");
	assert_int_equal(g.report.part[0].spill, -1);
	read_text(r, "spill");
	reader_free(r);
	assert_int_equal(files_left(), 1); /* what was renamed away stays */
	unlinkat(room.dir, "kept", 0);
}

/* Asks for the message ahead of its turn; its descriptor, still to be read. */
static int ahead(Reader *r, const char *text) {
	int fd = message(text);
	reader_ahead(r, fd, READ_SPILL, false);
	return fd;
}

static Got its_turn(Reader *r, int fd) {
	Got g = {0};
	g.result = reader_read(r, fd, NULL, READ_SPILL, room.arena, &g.report, &g.why, &g.e);
	close(fd);
	return g;
}

/* The files of the message in hand stay while the next one is read; then they go, and its own are there. */
static void test_ahead(void **state) {
	(void)state;
	Reader *r = a_reader();
	Got g = read_text(r, "spill");
	for (int i = 0; i < 4; i++) {
		int next = ahead(r, i == 2 ? "plain" : "spill"), ignored = ahead(r, "crash"); /* one at a time */
		close(ignored);
		assert_return_code(faccessat(room.dir, reader_spill(r, 1), F_OK, 0), errno);
		char *before = arena_str(room.arena, reader_spill(r, 1));
		g = its_turn(r, next);
		assert_int_equal(g.result, READ_OK);
		assert_int_equal(faccessat(room.dir, before, F_OK, 0), -1);
		if (i == 2)
			assert_string_equal(g.report.subject, "plain");
		else
			assert_int_equal(g.report.part_n, 2);
		if (i == 2)
			g = read_text(r, "spill");
		struct stat st;
		assert_return_code(fstatat(room.dir, reader_spill(r, g.report.part[1].spill), &st, 0), errno);
		assert_int_equal(st.st_size, 5);
	}
	close(ahead(r, "spill"));
	reader_free(r);
	assert_int_equal(files_left(), 0);
	assert_no_children();
}

/* What is asked ahead is charged like what is asked in turn, and to itself alone. */
static void test_ahead_one_message_lost(void **state) {
	static const struct {
		const char *text;
		ReadResult want;
	} rows[] = {
		{"crash", READ_KILLED}, {"exit", READ_KILLED},     {"spin", READ_KILLED}, {"hang", READ_TIMED_OUT},
		{"garble", READ_GARBLED}, {"babble", READ_GARBLED}, {"cut", READ_KILLED},  {"flood", READ_TIMED_OUT},
		{"fine", READ_OK},
	};
	(void)state;
	Reader *r = a_reader();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		reader_limits(r, rows[i].want == READ_TIMED_OUT ? 700 : READER_WALL_MS, 1);
		ROW_INT(rows[i].text, read_text(r, "spill").result, READ_OK);
		Got g = its_turn(r, ahead(r, rows[i].text));
		ROW_INT(rows[i].text, g.result, rows[i].want);
		ROW_INT(rows[i].text, files_left(), 0);
		g = read_text(r, "next");
		ROW_STR(rows[i].text, g.report.subject, "next");
	}
	reader_free(r);
	assert_no_children();
}

/* Another message than the one asked ahead, or a reader killed meanwhile: the answer is to what is asked. */
static void test_ahead_in_vain(void **state) {
	(void)state;
	Reader *r = a_reader();
	close(ahead(r, "too early")); /* no reader yet: nothing happens */
	read_text(r, "spill");
	int never = ahead(r, "hang");
	Got g = read_text(r, "other");
	assert_string_equal(g.report.subject, "other");
	close(never);
	int next = ahead(r, "next");
	pid_t child = only_child();
	assert_true(child > 1);
	kill(child, SIGKILL);
	g = its_turn(r, next);
	assert_int_equal(g.result, READ_OK);
	assert_string_equal(g.report.subject, "next");
	reader_free(r);
	assert_int_equal(files_left(), 0);
	assert_no_children();
}

/* Two at once where there are two processors, each by a child of its own; what one dies of is not the other's. */
static void test_ahead_two(void **state) {
	(void)state;
	Reader *r = a_reader();
	size_t lanes = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
	static const char *const first[] = {"spill", "crash", "spill"}, *const second[] = {"plain", "spill", "crash"};
	for (size_t i = 0; i < 3; i++) {
		read_text(r, "spill");
		int one = message(first[i]), two = message(second[i]), more = message("crash");
		reader_ahead(r, one, READ_SPILL, true);
		reader_ahead(r, two, READ_SPILL, true);
		reader_ahead(r, more, READ_SPILL, true);
		close(more);
		assert_int_equal(reader_is_ahead(r), lanes);
		Got g = its_turn(r, one);
		ROW_INT(first[i], g.result, strcmp(first[i], "crash") ? READ_OK : READ_KILLED);
		if (g.result == READ_OK)
			assert_return_code(faccessat(room.dir, reader_spill(r, 1), F_OK, 0), errno);
		g = its_turn(r, two);
		ROW_INT(second[i], g.result, strcmp(second[i], "crash") ? READ_OK : READ_KILLED);
		assert_int_equal(reader_is_ahead(r), 0);
	}
	int never = message("hang");
	reader_ahead(r, never, READ_SPILL, true);
	close(never);
	reader_free(r);
	assert_int_equal(files_left(), 0);
	assert_no_children();
}

static void test_no_spill_folder(void **state) {
	(void)state;
	FormMap m = a_map();
	Reader *r = reader_new(SELF, -1, &m);
	Got g = read_text(r, "spill");
	assert_int_equal(g.result, READ_OK);
	assert_string_equal(g.report.subject, "no spill");
	g = its_turn(r, ahead(r, "spill"));
	assert_string_equal(g.report.subject, "no spill");
	reader_free(r);
}

/* A folder that takes no file is the operator's matter, not the message's. */
static void test_spill_refused(void **state) {
	(void)state;
	FormMap m = a_map();
	char path[] = "/tmp/xinlv-gone-XXXXXX";
	assert_non_null(mkdtemp(path));
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rmdir(path); /* also the superuser can make no file in it now */
	Reader *r = reader_new(SELF, dir, &m);
	Got g = read_text(r, "spill");
	assert_int_equal(g.result, READ_FAULT);
	assert_int_equal(g.e.kind, ERR_DISK);
	g = read_named(r, "next", NULL, 0);
	assert_int_equal(g.result, READ_OK);
	reader_free(r);
	close(dir);
	assert_no_children();
}

static void test_disk_full(void **state) {
	(void)state;
	char path[] = "/tmp/xinlv-full-XXXXXX";
	assert_non_null(mkdtemp(path));
	if (mount("none", path, "tmpfs", 0, "size=1m")) {
		rmdir(path);
		skip();
	}
	FormMap m = a_map();
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	Reader *r = reader_new(SELF, dir, &m);
	Got g = read_text(r, "disk");
	assert_int_equal(g.result, READ_FAULT);
	assert_int_equal(g.e.kind, ERR_DISK);
	assert_int_equal(read_text(r, "next").result, READ_OK);
	reader_free(r);
	close(dir);
	umount(path);
	rmdir(path);
}

static void test_no_program(void **state) {
	static const struct {
		const char *path, *says;
	} rows[] = {
		{"/nonexistent/xinlv-read", "No such file"},
		{"/bin/true", "did not start"},
		{"/etc/passwd", "Permission denied"},
	};
	(void)state;
	FormMap m = a_map();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Reader *r = reader_new(rows[i].path, room.dir, &m);
		Got g = read_text(r, "x");
		ROW_INT(rows[i].path, g.result, READ_FAULT);
		ROW_INT(rows[i].path, g.e.kind, ERR_BUG);
		if (!strstr(g.e.text, rows[i].says))
			fail_msg("row %s: %s", rows[i].path, g.e.text);
		reader_free(r);
	}
	assert_no_children();
}

/* Not a check, a figure: what a fresh reader and a question cost. */
static void test_cost(void **state) {
	(void)state;
	int64_t t = when_monotonic_ms();
	for (int i = 0; i < 20; i++) {
		Reader *r = a_reader();
		assert_int_equal(read_text(r, "x").result, READ_OK);
		reader_free(r);
	}
	int64_t starts = when_monotonic_ms() - t;
	Reader *r = a_reader();
	read_text(r, "x");
	t = when_monotonic_ms();
	for (int i = 0; i < 400; i++)
		read_text(r, "x");
	print_message("a start %lld us, a question %lld us, peak %ld KiB\n", (long long)starts * 50,
	              (long long)(when_monotonic_ms() - t) * 1000 / 400, reader_peak_kib(r));
	reader_free(r);
}

static int set_up(void **state) {
	(void)state;
	snprintf(room.path, sizeof room.path, "/tmp/xinlv-spill-XXXXXX");
	if (!mkdtemp(room.path))
		return -1;
	room.dir = open(room.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	room.arena = arena_new();
	return room.dir < 0 ? -1 : 0;
}

static int tear_down(void **state) {
	(void)state;
	close(room.dir);
	arena_free(room.arena);
	return rmdir(room.path);
}

int main(int argc, char **argv) {
	if (argc == 1 && strcmp(argv[0], "xinlv-read") == 0)
		return reader_mock();
	setenv("TZ", "Asia/Shanghai", 1); /* of all that stands here, TZ alone goes on */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_writable_message),
		cmocka_unit_test(test_one_message_lost),
		cmocka_unit_test(test_forged_answer),
		cmocka_unit_test(test_killed_while_idle),
		cmocka_unit_test(test_killed_from_outside),
		cmocka_unit_test(test_recycled),
		cmocka_unit_test(test_spills),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_ahead_one_message_lost),
		cmocka_unit_test(test_ahead_in_vain),
		cmocka_unit_test(test_ahead_two),
		cmocka_unit_test(test_no_spill_folder),
		cmocka_unit_test(test_spill_refused),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_no_program),
		cmocka_unit_test(test_cost),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
