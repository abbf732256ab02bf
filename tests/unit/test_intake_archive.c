/* The archive: bytes come back under their fingerprint, once; a power cut's remains are replaced; killed at any
 * step, the same file can be archived again. */
#include "row.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "intake/archive.h"

static Err e;
static Arena *a;
static int home;
static Archive *ar;
static char place[64];
static const char *self;

#define GOOD(call)                       \
	do {                                 \
		e = (Err){0};                    \
		if ((call) < 0)                  \
			fail_msg("%s", e.text);      \
	} while (0)

static int make_place(void **state) {
	(void)state;
	strcpy(place, "/tmp/xinlv-archive-XXXXXX");
	if (!mkdtemp(place))
		return -1;
	a = arena_new();
	home = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return home < 0 ? -1 : archive_open(home, &ar, NULL);
}

static int remove_place(void **state) {
	(void)state;
	archive_close(ar);
	close(home);
	arena_free(a);
	return file_remove_tree(AT_FDCWD, place, NULL);
}

static size_t names_in(const char *path) {
	char **names;
	size_t n;
	return file_list(a, home, path, &names, &n, NULL) < 0 ? 0 : n;
}

static char *bytes_of(size_t n) {
	char *p = arena_alloc(a, n + 1);
	uint64_t seed = n + 1;
	random_fill(&seed, p, n, "");
	return p;
}

static void check(const char *row, Hash h, const char *p, size_t n) {
	char path[128];
	Buf b = {0};
	struct stat st;
	archive_path(h, path);
	ROW_INT(row, file_read(home, path, 0, &b, &e), 0);
	ROW_INT(row, b.n, n);
	ROW_TRUE(row, n == 0 || memcmp(b.p, p, n) == 0);
	ROW_TRUE(row, hash_eq(h, hash_of(p, n)));
	ROW_INT(row, archive_check(ar, h), 1);
	ROW_INT(row, fstatat(home, path, &st, 0), 0);
	ROW_INT(row, st.st_mode & 0777, 0440);
	buf_free(&b);
}

static const size_t sizes[] = {0, 1, 4096, 65535, 65537, 262144, 262145, 3000000};
#define SIZES (sizeof sizes / sizeof *sizes)

static void in_pieces(void **state) {
	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		ArchiveWrite *w;
		Hash h;
		uint64_t n;
		char *p = bytes_of(sizes[i]), *row = arena_fmt(a, "%zu bytes", sizes[i]);
		GOOD(archive_begin(ar, &w, &e));
		for (size_t at = 0, piece; at < sizes[i]; at += piece) {
			piece = sizes[i] - at < 5000 ? sizes[i] - at : 5000;
			GOOD(archive_more(w, p + at, piece, &e));
		}
		GOOD(archive_end(w, &h, &n, &e));
		ROW_INT(row, n, sizes[i]);
		check(row, h, p, sizes[i]);
	}
	GOOD(archive_sync(ar, &e));
	assert_int_equal(names_in("spool/archive/tmp"), 0);
}

static void whole_files(void **state) {
	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		Hash h;
		uint64_t n;
		char *p = bytes_of(sizes[i]), *row = arena_fmt(a, "%zu bytes", sizes[i]);
		GOOD(file_write_plain(home, "in", p, sizes[i], 0600, &e));
		int fd = openat(home, "in", O_RDONLY | O_CLOEXEC);
		GOOD(archive_file(ar, fd, &h, &n, &e));
		close(fd);
		ROW_INT(row, n, sizes[i]);
		check(row, h, p, sizes[i]);
		GOOD(archive_sync(ar, &e)); /* one by one */
	}
	assert_int_equal(names_in("spool/archive/tmp"), 0);
}

static Hash add(const char *text) {
	ArchiveWrite *w;
	Hash h;
	uint64_t n;
	GOOD(archive_begin(ar, &w, &e));
	GOOD(archive_more(w, text, strlen(text), &e));
	GOOD(archive_end(w, &h, &n, &e));
	return h;
}

static void dropped(void **state) {
	(void)state;
	ArchiveWrite *w;
	GOOD(archive_begin(ar, &w, &e));
	GOOD(archive_more(w, "abc", 3, &e));
	assert_int_equal(names_in("spool/archive/tmp"), 1);
	archive_drop(w);
	archive_drop(NULL);
	assert_int_equal(names_in("spool/archive/tmp"), 0);
	assert_int_equal(names_in("spool/archive"), 1);
	GOOD(archive_sync(ar, &e));
}

static ino_t inode(Hash h) {
	char path[128];
	struct stat st;
	archive_path(h, path);
	assert_int_equal(fstatat(home, path, &st, 0), 0);
	return st.st_ino;
}

static void twice(void **state) {
	(void)state;
	char path[128];
	Hash h = add("the same");
	ino_t first = inode(h);
	GOOD(archive_sync(ar, &e));
	assert_true(hash_eq(add("the same"), h));
	assert_true(inode(h) == first); /* what is durable stays in its place */
	GOOD(archive_sync(ar, &e));
	assert_int_equal(names_in("spool/archive/tmp"), 0);
	/* A rename that a power cut left without its bytes. */
	archive_path(h, path);
	GOOD(file_write(home, path, "", 0, 0440, &e));
	assert_int_equal(archive_check(ar, h), -1);
	add("the same");
	assert_int_equal(archive_check(ar, h), 1);
}

static void missing(void **state) {
	(void)state;
	Hash h = hash_of("x", 1);
	assert_int_equal(archive_check(ar, h), 0);
	assert_int_equal(archive_read(ar, h, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	int fd = archive_read(ar, add("x"), &e);
	char c = 0;
	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(c, 'x');
	close(fd);
}

static void rules(void **state) {
	(void)state;
	Buf b = {0};
	Hash h = hash_of("bundle", 6);
	assert_int_equal(archive_get_rules(ar, h, &b, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	GOOD(archive_put_rules(ar, h, "{\"a\":\"b\"}", 9, &e));
	GOOD(archive_put_rules(ar, h, "{\"a\":\"b\"}", 9, &e));
	GOOD(archive_get_rules(ar, h, &b, &e));
	assert_string_equal(buf_cstr(&b), "{\"a\":\"b\"}");
	GOOD(archive_put_rules(ar, h, "{}", 2, &e)); /* what was there was not whole */
	buf_clear(&b);
	GOOD(archive_get_rules(ar, h, &b, &e));
	assert_string_equal(buf_cstr(&b), "{}");
	buf_free(&b);
}

/* What a killed run left is swept after a day, not before. */
static void stale(void **state) {
	(void)state;
	GOOD(file_mkdirs(home, "spool/archive/tmp", 0750, &e));
	GOOD(file_write(home, "spool/archive/tmp/1-0", "x", 1, 0640, &e));
	GOOD(file_write(home, "spool/archive/tmp/1-1", "x", 1, 0640, &e));
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	assert_int_equal(utimensat(home, "spool/archive/tmp/1-0", old, 0), 0);
	add("x");
	assert_false(file_exists(home, "spool/archive/tmp/1-0"));
	assert_true(file_exists(home, "spool/archive/tmp/1-1"));
}

static void disk_full(void **state) {
	(void)state;
	struct rlimit before, tight;
	ArchiveWrite *w;
	Hash h;
	uint64_t n;
	char *p = bytes_of(50000);
	GOOD(file_write_plain(home, "in", p, 50000, 0600, &e));
	int fd = openat(home, "in", O_RDONLY | O_CLOEXEC);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = before;
	tight.rlim_cur = 10000;
	signal(SIGXFSZ, SIG_IGN);
	GOOD(archive_begin(ar, &w, &e));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int more = archive_more(w, p, 50000, &e);
	ErrKind kind = e.kind;
	int file = archive_file(ar, fd, &h, &n, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	archive_drop(w);
	close(fd);
	assert_int_equal(more, -1);
	assert_int_equal(kind, ERR_DISK);
	assert_int_equal(file, -1);
	assert_int_equal(e.kind, ERR_DISK);
	assert_int_equal(names_in("spool/archive/tmp"), 0);
	assert_int_equal(names_in("spool/archive"), 1);
}

static int add_and_crash(const char *where) {
	home = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	a = arena_new();
	GOOD(archive_open(home, &ar, &e));
	add("message");
	GOOD(archive_sync(ar, &e));
	return 1;
}

static void crash(void **state) {
	(void)state;
	static const struct {
		const char *at;
		int there;
	} rows[] = {{"archive.rename", 0}, {"archive.renamed", 1}, {"archive.sync", 1}, {"archive.synced", 1}};
	Hash h = hash_of("message", 7);
	char path[128];
	archive_path(h, path);
	for (size_t i = 0; i < 4; i++) {
		int status;
		pid_t child = fork();
		if (child == 0) {
			setenv("XINLV_CRASH_AT", rows[i].at, 1);
			execl(self, self, place, (char *)NULL);
			_exit(1);
		}
		waitpid(child, &status, 0);
		ROW_TRUE(rows[i].at, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ROW_INT(rows[i].at, archive_check(ar, h), rows[i].there);
		add("message");
		GOOD(archive_sync(ar, &e));
		ROW_INT(rows[i].at, archive_check(ar, h), 1);
		unlinkat(home, path, 0);
	}
}

int main(int argc, char **argv) {
	self = argv[0];
	if (argc == 2)
		return add_and_crash(argv[1]);
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)
		TEST(in_pieces), TEST(whole_files), TEST(dropped),   TEST(twice), TEST(missing),
		TEST(rules),     TEST(stale),       TEST(disk_full), TEST(crash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
