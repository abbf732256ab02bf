/* Durable files: wholly there or not at all; links are not followed; locks;
 * the crash points. */
#include "row.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static Arena *a;
static int dir;
static char place[64];

static int make_place(void **state) {
	(void)state;
	strcpy(place, "/tmp/xinlv-file-XXXXXX");
	if (!mkdtemp(place))
		return -1;
	dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int remove_place(void **state) {
	(void)state;
	close(dir);
	return file_remove_tree(AT_FDCWD, place, NULL);
}

static const char *names_in(const char *path) {
	char **names;
	size_t n;
	Buf b = {0};
	assert_int_equal(file_list(a, dir, path, &names, &n, NULL), 0);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s,", names[i]);
	char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void write_and_read(void **state) {
	(void)state;
	static const size_t rows[] = {0, 1, 4096, 65535, 65536, 65537, 3000000};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *row = arena_fmt(a, "%zu bytes", rows[i]), *p = arena_alloc(a, rows[i] + 1);
		memset(p, 'x', rows[i]);
		Err e = {0};
		Buf b = {0};
		buf_str(&b, "before|");
		int r = i % 2 ? file_write(dir, "f", p, rows[i], 0640, &e)
		              : file_write_plain(dir, "f", p, rows[i], 0640, &e);
		ROW_STR(row, e.text, "");
		ROW_INT(row, r, 0);
		ROW_INT(row, file_read(dir, "f", rows[i], &b, &e), 0);
		ROW_INT(row, b.n, rows[i] + 7);
		ROW_TRUE(row, memcmp(b.p, "before|", 7) == 0 && memcmp(b.p + 7, p, rows[i]) == 0);
		if (rows[i] > 1) {
			ROW_INT(row, file_read(dir, "f", rows[i] - 1, &b, &e), -1);
			ROW_INT(row, e.kind, ERR_MISSING);
			ROW_INT(row, b.n, rows[i] + 7);
		}
		buf_free(&b);
	}
	assert_string_equal(names_in("."), "f,");
	assert_int_equal(unlinkat(dir, "f", 0), 0);
}

static void faults(void **state) {
	(void)state;
	Err e = {0};
	Buf b = {0};
	char **names;
	size_t n;
	assert_int_equal(file_read(dir, "none", 0, &b, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	assert_int_equal(file_read(dir, ".", 0, &b, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	assert_int_equal(file_list(a, dir, "none", &names, &n, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	assert_int_equal(file_write(dir, "none/f", "x", 1, 0600, &e), -1);
	assert_int_equal(file_mkdirs(dir, "d", 0700, &e), 0);
	assert_int_equal(file_write(dir, "d", "x", 1, 0600, &e), -1); /* a folder is in the way */
	assert_string_equal(names_in("."), "d,");                    /* and nothing is left */
	assert_int_equal(file_write_plain(dir, "f", "x", 1, 0600, &e), 0);
	assert_int_equal(file_mkdirs(dir, "f", 0700, &e), -1);
	assert_int_equal(file_mkdirs(dir, "f/g", 0700, &e), -1);
	assert_int_equal(file_rename(dir, "none", "x", &e), -1);
	assert_int_equal(file_sync_dir(dir, "none", &e), -1);
	assert_int_equal(file_write_all(-1, "x", 1, &e), -1);
	assert_int_equal(file_sync_all(-1, &e), -1);
	int full = open("/dev/full", O_WRONLY);
	if (full >= 0) {
		assert_int_equal(file_write_all(full, "x", 1, &e), -1);
		assert_int_equal(e.kind, ERR_DISK);
		close(full);
	}
	char large[5000];
	memset(large, 'a', sizeof large);
	large[4999] = '\0';
	large[2000] = '/';
	assert_int_equal(file_write(dir, large, "x", 1, 0600, &e), -1);
	assert_int_equal(file_mkdirs(dir, large, 0700, &e), -1);
	buf_free(&b);
	assert_int_equal(file_remove_tree(dir, "d", &e), 0);
	assert_int_equal(file_remove_tree(dir, "f", &e), 0);
}

/* Writes there until the folder is gone, or for as long as a process that dies may: less than the removal is tried again for,
 * also on a machine that is busy. */
static void write_on(int busy) {
	char name[16];
	for (int i = 0, fd = 0; fd >= 0 && i < 1000; i++) {
		snprintf(name, sizeof name, "%d", i);
		fd = openat(busy, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		if (fd >= 0)
			close(fd);
	}
}

/* A killed process's child still writes there for a while. */
static void tree_in_use(void **state) {
	(void)state;
	for (int i = 0; i < 100; i++) {
		Err e = {0};
		assert_int_equal(file_mkdirs(dir, "busy", 0750, &e), 0);
		int busy = openat(dir, "busy", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		pid_t child = fork();
		if (child == 0) {
			write_on(busy);
			_exit(0);
		}
		assert_true(child > 0);
		while (faccessat(busy, "10", F_OK, 0) != 0)
			sched_yield();
		int r = file_remove_tree(dir, "busy", &e);
		assert_int_equal(waitpid(child, NULL, 0), child);
		close(busy);
		if (r)
			fail_msg("removal %d: %s", i, e.text);
		assert_false(file_exists(dir, "busy"));
	}
}

static void trees(void **state) {
	(void)state;
	Err e = {0};
	assert_int_equal(file_mkdirs(dir, "t/a/b/c", 0750, &e), 0);
	assert_int_equal(file_mkdirs(dir, "t/a/b/c/", 0750, &e), 0);
	assert_int_equal(file_mkdirs(dir, "keep", 0750, &e), 0);
	assert_int_equal(file_mkdirs(dir, "", 0750, &e), 0);
	assert_int_equal(file_write(dir, "t/a/f", "1", 1, 0600, &e), 0);
	assert_int_equal(file_write(dir, "keep/f", "1", 1, 0600, &e), 0);
	assert_int_equal(symlinkat("../../keep", dir, "t/a/link"), 0);
	assert_int_equal(file_rename(dir, "t/a/f", "t/a/b/g", &e), 0);
	assert_true(file_exists(dir, "t/a/b/g") && !file_exists(dir, "t/a/f"));
	assert_true(file_exists(dir, "t/a/link"));
	assert_string_equal(names_in("t/a"), "b,link,");
	assert_int_equal(file_remove_tree(dir, "t", &e), 0);
	assert_false(file_exists(dir, "t"));
	assert_true(file_exists(dir, "keep/f"));
	assert_int_equal(file_remove_tree(dir, "t", &e), 0);
	assert_int_equal(file_sync_dir(dir, "keep", &e), 0);
	assert_int_equal(file_sync_all(dir, &e), 0);
	assert_int_equal(symlinkat("keep", dir, "link"), 0);
	assert_int_equal(file_remove_tree(dir, "link", &e), 0);
	assert_true(file_exists(dir, "keep/f"));
	assert_int_equal(file_remove_tree(dir, "keep", &e), 0);
}

/* From a file, a memfd and /proc; the first two begin at 0 whatever their offset. */
static void copies(void **state) {
	(void)state;
	Err e = {0};
	uint64_t n = 0;
	char *p = mem_alloc(200000);
	memset(p, 'q', 200000);
	assert_int_equal(file_write(dir, "from", p, 200000, 0600, &e), 0);
	int sources[] = {openat(dir, "from", O_RDONLY), memfd_create("m", MFD_CLOEXEC),
	                 open("/proc/self/status", O_RDONLY)};
	assert_int_equal(file_write_all(sources[1], p, 200000, &e), 0);
	for (size_t i = 0; i < 3; i++) {
		for (int append = 0; append < 2; append++) {
			int to = openat(dir, "to", O_WRONLY | O_CREAT | O_TRUNC | (append ? O_APPEND : 0), 0600);
			assert_int_equal(file_copy(sources[i], to, &n, &e), 0);
			close(to);
			Buf b = {0};
			assert_int_equal(file_read(dir, "to", 0, &b, &e), 0);
			assert_int_equal(b.n, n);
			assert_true(i == 2 ? n > 100 : n == 200000 && memcmp(b.p, p, n) == 0);
			buf_free(&b);
		}
		close(sources[i]);
	}
	assert_int_equal(file_copy(-1, -1, NULL, &e), -1);
	free(p);
	assert_int_equal(file_remove_tree(dir, "from", NULL) | file_remove_tree(dir, "to", NULL), 0);
}

static void locks(void **state) {
	(void)state;
	Err e = {0};
	int one = file_lock(dir, "lock", &e);
	assert_true(one >= 0);
	assert_int_equal(file_lock(dir, "lock", &e), -1);
	assert_int_equal(e.kind, ERR_LOCKED);
	close(one);
	one = file_lock(dir, "lock", &e);
	assert_true(one >= 0);
	close(one);
	assert_int_equal(file_remove_tree(dir, "lock", NULL), 0);
}

static void stepper(const char *at, int times) {
	setenv("XINLV_CRASH_AT", at, 1);
	for (int i = 0; i < times; i++)
		step("x");
	step("y");
	_exit(0);
}

/* Must run before all others: step() reads the environment once a process. */
static void steps(void **state) {
	(void)state;
	static const struct {
		const char *at;
		int times;
		bool killed;
	} rows[] = {{"x", 1, 1},   {"y", 0, 1},   {"z", 9, 0},  {"", 9, 0},   {"x:3", 2, 0},
	            {"x:3", 3, 1}, {"x:1", 1, 1}, {"x", 0, 0},  {"xx", 1, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pid_t child = fork();
		if (child == 0)
			stepper(rows[i].at, rows[i].times);
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		ROW_INT(arena_fmt(a, "%s %d", rows[i].at, rows[i].times),
		        WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, rows[i].killed);
	}
}

/* A process killed inside file_write leaves the old file or the new, whole. */
static void crashes(void **state) {
	(void)state;
	static const struct {
		const char *at, *left;
	} rows[] = {{"file-temp", "old"}, {"file-renamed", "new"}, {"none", "new"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int fd = openat(dir, "f", O_WRONLY | O_CREAT | O_TRUNC, 0600), status;
		assert_int_equal(file_write_all(fd, "old", 3, NULL), 0);
		close(fd);
		pid_t child = fork();
		if (child == 0) {
			setenv("XINLV_CRASH_AT", rows[i].at, 1);
			_exit(file_write(dir, "f", "new", 3, 0600, NULL) ? 1 : 0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		Buf b = {0};
		ROW_INT(rows[i].at, file_read(dir, "f", 0, &b, NULL), 0);
		ROW_STR(rows[i].at, buf_cstr(&b), rows[i].left);
		buf_free(&b);
	}
	char **names;
	size_t n;
	assert_int_equal(file_list(a, dir, ".", &names, &n, NULL), 0);
	for (size_t i = 0; i < n; i++) /* the killed ones left their temporary files */
		assert_int_equal(file_remove_tree(dir, names[i], NULL), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),  cmocka_unit_test(crashes), cmocka_unit_test(write_and_read),
		cmocka_unit_test(faults),
		cmocka_unit_test(trees), cmocka_unit_test(tree_in_use),  cmocka_unit_test(copies),         cmocka_unit_test(locks),
	};
	unsetenv("XINLV_CRASH_AT");
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, make_place, remove_place);
	arena_free(a);
	return failed;
}
