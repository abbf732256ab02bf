/* Passwords from files, commands and variables; what cannot be a password is refused without showing it. */
#include "row.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "base/when.h"

static int home = -1;

static const struct {
	const char *row;
	SecretFrom from;
	const char *want;  /* NULL: refused */
	const char *words; /* in the error */
} rows[] = {
	{"a file", {"plain", "", ""}, "s3cret", NULL},
	{"two lines", {"lines", "", ""}, "first", NULL},
	{"no end of line", {"bare", "", ""}, "bare word", NULL},
	{"Chinese", {"han", "", ""}, "密码", NULL},
	{"no file", {"none", "", ""}, NULL, "password_file none"},
	{"an empty file", {"empty", "", ""}, NULL, "empty"},
	{"an empty first line", {"late", "", ""}, NULL, "empty"},
	{"a control byte", {"control", "", ""}, NULL, "control"},
	{"a zero byte", {"zero", "", ""}, NULL, "control"},
	{"too long", {"long", "", ""}, NULL, "too long"},
	{"a folder", {".", "", ""}, NULL, "password_file"},
	{"a command", {"", "echo from; echo more", ""}, "from", NULL},
	{"a command in the home", {"", "cat plain", ""}, "s3cret", NULL},
	{"a command that reads", {"", "cat; echo x", ""}, "x", NULL},
	{"a command that fails", {"", "echo s3cret; exit 7", ""}, NULL, "status 7"},
	{"a command that is killed", {"", "kill -9 $$", ""}, NULL, "signal 9"},
	{"no such command", {"", "/nonexistent/xinlv", ""}, NULL, "status 127"},
	{"a command that hangs", {"", "sleep 30 & sleep 30", ""}, NULL, "in time"},
	{"a command without end", {"", "yes", ""}, NULL, "password_command"},
	{"a variable", {"", "", "XINLV_TEST_SECRET"}, "of the environment", NULL},
	{"no variable", {"", "", "XINLV_TEST_NONE"}, NULL, "XINLV_TEST_NONE"},
	{"nothing", {"", "", ""}, NULL, "missing"},
};

static void lay(const char *name, const char *p, size_t n) {
	Err e = {0};
	assert_int_equal(file_write_plain(home, name, p, n, 0600, &e), 0);
}

static int start(void **state) {
	static char path[] = "/tmp/xinlv-secret-XXXXXX";
	char *big = mem_alloc(SECRET_MAX + 10);
	*state = path;
	assert_non_null(mkdtemp(path));
	home = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	memset(big, 'x', SECRET_MAX + 10);
	lay("plain", "s3cret\n", 7);
	lay("lines", "first\r\nsecond\n", 14);
	lay("bare", "bare word", 9);
	lay("han", "密码\n", strlen("密码\n"));
	lay("empty", "", 0);
	lay("late", "\ns3cret\n", 8);
	lay("control", "s3\acret\n", 8);
	lay("zero", "s3\0cret\n", 8);
	lay("long", big, SECRET_MAX + 10);
	free(big);
	setenv("XINLV_TEST_SECRET", "of the environment", 1);
	setenv("XINLV_SECRET_SECONDS", "1", 1);
	return 0;
}

static int stop(void **state) {
	Err e = {0};
	close(home);
	return file_remove_tree(AT_FDCWD, *state, &e);
}

static void table(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		Err e = {0};
		char *got = secret_read(home, &rows[i].from, a, &e);
		if (rows[i].want)
			ROW_STR(rows[i].row, got, rows[i].want);
		else {
			ROW_TRUE(rows[i].row, !got && e.kind == ERR_RULES);
			ROW_TRUE(rows[i].row, strstr(e.text, rows[i].words) && !strstr(e.text, "s3cret"));
		}
		arena_free(a);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(table)};
	return cmocka_run_group_tests(tests, start, stop);
}
