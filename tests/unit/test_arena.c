/* The arena: zeroed, aligned, given back at once; and vectors that grow. */
#include "row.h"

#include "base/arena.h"
#include "base/str.h"

static void sizes(void **state) {
	(void)state;
	static const size_t rows[] = {0, 1, 15, 16, 17, 4095, 8192, 8193, 20000, 300000, 5000000};
	Arena *a = arena_new();
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			unsigned char *p = arena_alloc(a, rows[i]);
			assert_true((uintptr_t)p % _Alignof(max_align_t) == 0);
			for (size_t k = 0; k < rows[i]; k++)
				if (p[k])
					fail_msg("size %zu: byte %zu is not zero", rows[i], k);
			memset(p, 0xAA, rows[i]);
		}
		arena_reset(a);
	}
	arena_free(a);
	arena_free(NULL);
}

static void apart(void **state) {
	(void)state;
	Arena *a = arena_new();
	uint64_t seed = 7;
	char *kept[500];
	size_t size[500];
	for (size_t i = 0; i < 500; i++) {
		size[i] = random_next(&seed) % 2000;
		kept[i] = arena_alloc(a, size[i]);
		memset(kept[i], (int)(i & 255), size[i]);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t k = 0; k < size[i]; k++)
			assert_int_equal((unsigned char)kept[i][k], i & 255);
	arena_free(a);
}

static void copies(void **state) {
	(void)state;
	Arena *a = arena_new();
	char large[5000];
	memset(large, 'x', sizeof large);
	large[4999] = '\0';
	assert_string_equal(arena_str(a, NULL), "");
	assert_string_equal(arena_str(a, "abc"), "abc");
	assert_string_equal(arena_copy(a, "abcdef", 3), "abc");
	assert_string_equal(arena_copy(a, NULL, 0), "");
	assert_string_equal(arena_fmt(a, "%d-%s", 7, "x"), "7-x");
	assert_string_equal(arena_fmt(a, "%s", large), large);
	int *v = arena_array(a, 3, sizeof *v);
	assert_int_equal(v[2], 0);
	char *s = mem_str(NULL);
	assert_string_equal(s, "");
	free(s);
	arena_free(a);
}

/* What it owns goes with it: the sanitizers tell. */
static void owned(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (int round = 0; round < 3; round++) {
		Buf b = {0};
		char *mine = arena_own(a, mem_str("mine"));
		buf_str(&b, "given");
		Str given = buf_give(&b, a), none = buf_give(&b, a);
		assert_string_equal(mine, "mine");
		assert_true(str_is(given, "given"));
		assert_int_equal(none.n, 0);
		if (round < 2)
			arena_reset(a);
	}
	arena_free(a);
}

static void vectors(void **state) {
	(void)state;
	VEC(struct {
		int a;
		char *b;
	}) v = {0};
	for (int i = 0; i < 1000; i++) {
		assert_null(vec_push(&v)->b);
		v.v[i].a = i;
	}
	assert_int_equal(v.n, 1000);
	assert_int_equal(v.v[999].a, 999);
	vec_free(&v);
	assert_null(v.v);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(apart),
		cmocka_unit_test(copies),
		cmocka_unit_test(owned),
		cmocka_unit_test(vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
