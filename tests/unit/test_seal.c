/* Tokens: what holds, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/seal.h"

static const SealKey KEY = {{1, 2, 3}}, OTHER = {{1, 2, 4}};
static const SealRow ROW = {"eligibility", "office", "", "T4-0007", 3};

static void test_round_trip(void **state) {
	(void)state;
	Arena *a = arena_new();
	SealRow got;
	char *token = seal_make(a, &KEY, &ROW);
	assert_int_equal(seal_check(a, &KEY, token, &got), 0);
	assert_string_equal(got.kind, "eligibility");
	assert_string_equal(got.role, "office");
	assert_string_equal(got.round, "");
	assert_string_equal(got.ref, "T4-0007");
	assert_int_equal(got.version, 3);
	assert_int_equal(seal_check(a, &KEY, arena_fmt(a, "  %s\n", token), &got), 0);
	assert_int_equal(seal_check(a, &OTHER, token, &got), -1);
	arena_free(a);
}

/* Any one byte changed, dropped or added breaks it. */
static void test_forged(void **state) {
	(void)state;
	Arena *a = arena_new();
	SealRow got;
	const char *token = seal_make(a, &KEY, &ROW);
	for (size_t i = 0; i < strlen(token); i++) {
		char *changed = arena_str(a, token);
		changed[i] = changed[i] == '1' ? '2' : '1';
		assert_int_equal(seal_check(a, &KEY, changed, &got), -1);
		assert_int_equal(seal_check(a, &KEY, arena_fmt(a, "%.*s%s", (int)i, token, token + i + 1), &got), -1);
		assert_int_equal(seal_check(a, &KEY, arena_fmt(a, "%.*s", (int)i, token), &got), -1);
	}
	assert_int_equal(seal_check(a, &KEY, arena_fmt(a, "%s:", token), &got), -1);
	assert_int_equal(seal_check(a, &KEY, arena_fmt(a, "x:%s", token), &got), -1);
	assert_int_equal(seal_check(a, &KEY, "", &got), -1);
	arena_free(a);
}

static void test_key_file(void **state) {
	(void)state;
	char dir[] = "/tmp/xinlv-seal-XXXXXX";
	Err e = {0};
	SealKey one, two;
	struct stat st;
	assert_non_null(mkdtemp(dir));
	int home = open(dir, O_DIRECTORY | O_RDONLY);
	assert_int_equal(seal_key(home, &one, &e), 0);
	assert_int_equal(fstatat(home, "spool/secret.key", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(seal_key(home, &two, &e), 0);
	assert_memory_equal(&one, &two, sizeof one);
	assert_int_equal(file_write(home, "spool/secret.key", "short", 5, 0600, &e), 0);
	assert_int_equal(seal_key(home, &two, &e), -1);
	assert_int_equal(e.kind, ERR_RULES);
	assert_int_equal(file_remove_tree(AT_FDCWD, dir, &e), 0);
	close(home);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_forged),
	                                   cmocka_unit_test(test_key_file)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
