/* The Maildir: order of arrival; only files count; nothing is written over; a delivery is there once. */
#include "row.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "intake/maildir.h"

#define BOX "spool/inbox"

static Err e;
static Arena *a;
static int home;
static char place[64];

#define GOOD(call)                       \
	do {                                 \
		e = (Err){0};                    \
		if ((call) < 0)                  \
			fail_msg("%s", e.text);      \
	} while (0)

static int make_place(void **state) {
	(void)state;
	strcpy(place, "/tmp/xinlv-maildir-XXXXXX");
	if (!mkdtemp(place))
		return -1;
	a = arena_new();
	home = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return home < 0 ? -1 : maildir_make(home, BOX, NULL);
}

static int remove_place(void **state) {
	(void)state;
	close(home);
	arena_free(a);
	return file_remove_tree(AT_FDCWD, place, NULL);
}

static void put(const char *name, time_t at, long ns) {
	char *path = arena_fmt(a, BOX "/%s", name);
	GOOD(file_write_plain(home, path, name, strlen(name), 0600, &e));
	struct timespec times[2] = {{.tv_sec = at, .tv_nsec = ns}, {.tv_sec = at, .tv_nsec = ns}};
	assert_int_equal(utimensat(home, path, times, 0), 0);
}

/* The names in a folder of the box, or the messages of new/ for NULL. */
static const char *names(const char *sub) {
	Buf b = {0};
	if (sub) {
		char **name;
		size_t n;
		GOOD(file_list(a, home, arena_fmt(a, BOX "/%s", sub), &name, &n, &e));
		for (size_t i = 0; i < n; i++)
			buf_fmt(&b, "%s ", name[i]);
	} else {
		MaildirFile *f;
		size_t n;
		GOOD(maildir_list(a, home, BOX, &f, &n, &e));
		for (size_t i = 0; i < n; i++)
			buf_fmt(&b, "%s ", f[i].name);
	}
	char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static void order(void **state) {
	(void)state;
	MaildirFile *f;
	size_t n;
	assert_string_equal(names(NULL), "");
	put("new/late", 2000, 0);
	put("new/z", 1000, 5);
	put("new/b", 1000, 6);
	put("new/a", 1000, 6);
	put("new/before-1970", -5, 0);
	put("new/.hidden", 1, 0);
	put("cur/old:2,S", 1, 0);
	put("tmp/half", 1, 0);
	assert_int_equal(symlinkat("/etc/passwd", home, BOX "/new/link"), 0);
	assert_int_equal(mkdirat(home, BOX "/new/folder", 0700), 0);
	assert_int_equal(mkfifoat(home, BOX "/new/pipe", 0600), 0);
	assert_string_equal(names(NULL), "before-1970 z a b late ");
	GOOD(maildir_list(a, home, BOX, &f, &n, &e));
	assert_true(f[1].received == 1000 && f[1].nanoseconds == 5 && f[1].bytes == 5 && !f[1].in_cur);
}

static void opening(void **state) {
	(void)state;
	static const struct {
		const char *name;
		bool in_cur;
		bool good;
	} rows[] = {{"m", false, true}, {"m", true, false}, {"c:2,", true, true}, {"link", false, false},
	            {"pipe", false, false}, {"../cur/c:2,", false, false}, {"..", false, false}, {"", false, false}};
	put("new/m", 1, 0);
	put("cur/c:2,", 1, 0);
	assert_int_equal(symlinkat("m", home, BOX "/new/link"), 0);
	assert_int_equal(mkfifoat(home, BOX "/new/pipe", 0600), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int fd = maildir_open(home, BOX, &(MaildirFile){.name = rows[i].name, .in_cur = rows[i].in_cur}, &e);
		ROW_INT(rows[i].name, fd >= 0, rows[i].good);
		if (fd >= 0)
			close(fd);
	}
}

static void keeping(void **state) {
	(void)state;
	static const struct {
		const char *name, *flags, *cur;
	} rows[] = {
		{"plain", "", "plain:2, "},
		{"seen", "S", "seen:2,S "},
		{"had:2,F", "S", "had:2,S "},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put(arena_fmt(a, "new/%s", rows[i].name), 1, 0);
		GOOD(maildir_keep(home, BOX, rows[i].name, rows[i].flags, &e));
		ROW_STR(rows[i].name, names("cur"), rows[i].cur);
		GOOD(maildir_keep(home, BOX, rows[i].name, rows[i].flags, &e)); /* gone: fine */
		GOOD(maildir_remove(home, BOX, rows[i].name, &e));
		if (i < 2)
			ROW_STR(rows[i].name, names("cur"), "");
		else
			unlinkat(home, BOX "/cur/had:2,S", 0);
	}
	put("new/twin", 1, 0);
	put("cur/twin:2,", 2, 0);
	GOOD(maildir_keep(home, BOX, "twin", "", &e));
	assert_string_equal(names("cur"), "twin.1:2, twin:2, ");
	assert_int_equal(maildir_keep(home, BOX, "../cur/twin:2,", "", &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	char *long_name = arena_alloc(a, 256);
	memset(long_name, 'n', 254);
	put(arena_fmt(a, "new/%.240s", long_name), 1, 0);
	GOOD(maildir_keep(home, BOX, arena_fmt(a, "%.240s", long_name), "S", &e));
	assert_string_equal(names("new"), "");
}

static void moving(void **state) {
	(void)state;
	static const struct {
		const char *folder, *at;
	} rows[] = {
		{"Done", ".Done"}, {"已处理", ".&XfJZBHQG-"}, {"Done/2023", ".Done.2023"}, {"./../x", "._....x"}, {"..", "._."},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put("new/m", 1, 0);
		GOOD(maildir_move(a, home, BOX, "m", rows[i].folder, &e));
		ROW_STR(rows[i].folder, names(arena_fmt(a, "%s/cur", rows[i].at)), "m:2, ");
		ROW_STR(rows[i].folder, names("new"), "");
		GOOD(maildir_move(a, home, BOX, "m", rows[i].folder, &e)); /* gone: fine */
	}
	assert_int_equal(maildir_move(a, home, BOX, "m", "", &e), -1);
	assert_int_equal(maildir_move(a, home, BOX, "../m", "Done", &e), -1);
}

static void removing(void **state) {
	(void)state;
	put("new/a", 1, 0);
	put("cur/b:2,RS", 1, 0);
	put("cur/bb:2,", 1, 0);
	static const char *const rows[] = {"a", "b", "gone"};
	for (size_t i = 0; i < 3; i++)
		GOOD(maildir_remove(home, BOX, rows[i], &e));
	assert_string_equal(names("new"), "");
	assert_string_equal(names("cur"), "bb:2, ");
	assert_int_equal(maildir_remove(home, BOX, "x/../../a", &e), -1);
}

static void delivering(void **state) {
	(void)state;
	Buf b = {0};
	GOOD(maildir_deliver(home, BOX, "r1", "first", 5, true, &e));
	GOOD(maildir_deliver(home, BOX, "r1", "second", 6, true, &e));
	GOOD(file_read(home, BOX "/new/r1", 0, &b, &e));
	assert_string_equal(buf_cstr(&b), "first");
	GOOD(maildir_keep(home, BOX, "r1", "S", &e)); /* a mail program looked */
	GOOD(maildir_deliver(home, BOX, "r1", "second", 6, true, &e));
	assert_string_equal(names("new"), "");
	put("tmp/r2", 1, 0); /* half written by a killed run */
	GOOD(maildir_deliver(home, BOX, "r2", "", 0, true, &e));
	assert_string_equal(names("new"), "r2 ");
	assert_string_equal(names("tmp"), "");
	assert_int_equal(maildir_deliver(home, BOX, "../new/x", "x", 1, true, &e), -1);
	assert_int_equal(maildir_deliver(home, "nowhere", "x", "x", 1, true, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	buf_free(&b);
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)
		TEST(order), TEST(opening), TEST(keeping), TEST(moving), TEST(removing), TEST(delivering),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
