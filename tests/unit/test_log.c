/* What the log shows of people, and how its lines look where. */
#include "row.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void masks(void **state) {
	(void)state;
	static const struct {
		const char *row, *text, *want;
	} rows[] = {
		{"a mobile", "ring 13800138000 now", "ring 138****8000 now"},
		{"between Chinese", "电话：13912345678。", "电话：139****5678。"},
		{"an identity card", "110101199003078888", "110101********8888"},
		{"with an X", "id=11010119900307888X;", "id=110101********888X;"},
		{"two", "13800138000,13900139000", "138****8000,139****9000"},
		{"twelve digits", "138001380001", "138001380001"},
		{"no mobile", "12345678901", "12345678901"},
		{"in a hash", "a13800138000", "a13800138000"},
		{"a hash of digits", "138001380001 accepted", "138001380001 accepted"},
		{"a credit code with letters", "91110000MA0000000X", "91110000MA0000000X"},
		{"nothing", "", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = strdup(rows[i].text);
		log_mask(text);
		ROW_STR(rows[i].row, text, rows[i].want);
		free(text);
	}
}

/* What two events leave on standard error. */
static char *logged(const char *target) {
	static char got[1024];
	int p[2], kept = dup(STDERR_FILENO);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(log_target(target), 0);
	fflush(stderr);
	dup2(p[1], STDERR_FILENO);
	log_warn("ring %s", "13800138000");
	log_error("one\ntwo");
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(p[1]);
	ssize_t n = read(p[0], got, sizeof got - 1);
	got[n > 0 ? n : 0] = '\0';
	close(p[0]);
	assert_int_equal(log_target("stderr"), 0);
	return got;
}

static void targets(void **state) {
	(void)state;
	assert_string_equal(logged("stderr"), "xinlv: ring 138****8000\nxinlv: one\n  two\n");
	assert_string_equal(logged("journal"), "<4>xinlv: ring 138****8000\n<3>xinlv: one\n<3>  two\n");
	assert_string_equal(logged("syslog"), "");
	assert_int_equal(log_target("nowhere"), -1);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(masks), cmocka_unit_test(targets)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
