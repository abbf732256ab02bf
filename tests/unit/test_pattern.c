/* Patterns: what matches, what is faulty and where, and that none runs long. */
#include <stdio.h>

#include "base/when.h"
#include "row.h"
#include "rules/pattern.h"

static const struct {
	const char *row, *regex, *subject;
	bool matches, finds;
} matching[] = {
	{"whole", "abc", "abc", true, true},
	{"part", "abc", "xabcx", false, true},
	{"alternation backtracks to the end", "a|ab", "ab", true, true},
	{"digits are ASCII", "\\d+", "１２３", false, false},
	{"digits", "\\d+", "123", true, true},
	{"Han", "\\p{Han}+", "绿色数据中心", true, true},
	{"four bytes", ".", "𠮷", true, true},
	{"dollar is the very end", "abc$", "abc\n", false, false},
	{"dot stops at a line", "a.b", "a\nb", false, false},
	{"empty pattern", "", "", true, true},
	{"empty subject", "a", "", false, false},
	{"anchors in it", "^a$", "a", true, true},
	{"invalid UTF-8 does not match", "...", "a\xff" "b", false, false},
};

static void test_matching(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof matching / sizeof *matching; i++) {
		Err e = {0};
		Pattern *p = pattern_new(matching[i].regex, &e);
		ROW_TRUE(matching[i].row, p != NULL);
		ROW_INT(matching[i].row, pattern_matches(p, matching[i].subject), matching[i].matches);
		ROW_INT(matching[i].row, pattern_finds(p, matching[i].subject), matching[i].finds);
		ROW_STR(matching[i].row, pattern_text(p), matching[i].regex);
		pattern_free(p);
	}
}

static const struct {
	const char *row, *regex;
	int offset;
	const char *says;
} faulty[] = {
	{"parenthesis", "(ab", 3, "missing closing parenthesis"},
	{"after Chinese", "数据[", 3, "missing terminating ]"},
	{"range", "[z-a]", 3, "range out of order"},
	{"quantifier", "*a", 0, "quantifier does not follow"},
	{"single bytes", "\\C", 2, "\\C is disabled"},
	{"nested too deep", NULL, -1, "too deep"},
	{"too long", NULL, -1, "longer"},
};

static void test_faulty(void **state) {
	(void)state;
	char deep[300], *much = malloc(PATTERN_MAX_BYTES + 2);
	memset(deep, '(', 100), memset(deep + 100, ')', 100), deep[200] = '\0';
	memset(much, 'a', PATTERN_MAX_BYTES + 1), much[PATTERN_MAX_BYTES + 1] = '\0';
	for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
		Err e = {0};
		int offset = -1;
		const char *regex = faulty[i].regex ? faulty[i].regex : strstr(faulty[i].row, "deep") ? deep : much;
		ROW_TRUE(faulty[i].row, pattern_new_at(regex, &offset, &e) == NULL);
		ROW_INT(faulty[i].row, e.kind, ERR_RULES);
		if (!strstr(e.text, faulty[i].says))
			fail_msg("row %s: \"%s\" does not say \"%s\"", faulty[i].row, e.text, faulty[i].says);
		if (faulty[i].offset >= 0)
			ROW_INT(faulty[i].row, offset, faulty[i].offset);
	}
	free(much);
}

/* Patterns that would run for ages on a subject made for them. */
static const char *const slow[] = {"(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){40}a{40}b", "((a*)*)*b"};

static void test_limits(void **state) {
	(void)state;
	char subject[3001];
	memset(subject, 'a', 3000), subject[3000] = '\0';
	subject[2999] = '!';
	for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
		Pattern *p = pattern_new(slow[i], NULL);
		ROW_TRUE(slow[i], p != NULL);
		int64_t before = when_monotonic_ms();
		ROW_TRUE(slow[i], !pattern_matches(p, subject));
		pattern_finds(p, subject);
		ROW_TRUE(slow[i], when_monotonic_ms() - before < 2000);
		pattern_free(p);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matching),
		cmocka_unit_test(test_faulty),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
