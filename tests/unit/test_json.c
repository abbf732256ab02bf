/* JSON: what we write is read again the same; what is not JSON is refused. */
#include "row.h"

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"

static Arena *a;

static void written(void **state) {
	(void)state;
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	json_text(&j, "t", "绿\"\\\n\r\t\b\f\x01\x1F\x7F/");
	json_text(&j, "none", NULL);
	json_int(&j, "min", INT64_MIN);
	json_bool(&j, "yes", true);
	json_bool(&j, "no", false);
	json_null(&j, "null");
	json_array(&j, "a\"b");
	json_int(&j, NULL, 1);
	json_object(&j, NULL);
	json_end_object(&j);
	json_array(&j, NULL);
	json_end_array(&j);
	json_text(&j, NULL, "");
	json_end_array(&j);
	json_raw(&j, "raw", STR("[1,2]"));
	json_end_object(&j);
	assert_string_equal(buf_cstr(&b),
	                    "{\"t\":\"绿\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u001f\x7F/\",\"none\":null,"
	                    "\"min\":-9223372036854775808,\"yes\":true,\"no\":false,\"null\":null,"
	                    "\"a\\\"b\":[1,{},[],\"\"],\"raw\":[1,2]}");
	buf_free(&b);
}

static void read_back(void **state) {
	(void)state;
	Json *root = json_parse(STR("{\"b\":\"绿\\u8272\",\"a\":7,\"t\":true,\"n\":null,\"r\":1.5,"
	                            "\"l\":[1,\"x\",{\"k\":2}],\"o\":{}}"),
	                        NULL);
	assert_non_null(root);
	assert_string_equal(json_str(json_get(root, "b"), "?"), "绿色");
	assert_string_equal(json_str(json_get(root, "a"), "?"), "?");
	assert_int_equal(json_num(json_get(root, "a"), -1), 7);
	assert_int_equal(json_num(json_get(root, "r"), -1), -1);
	assert_int_equal(json_num(NULL, -1), -1);
	assert_null(json_str(NULL, NULL));
	assert_true(json_true(json_get(root, "t")) && !json_true(json_get(root, "n")) && !json_true(NULL));
	assert_true(json_is_null(json_get(root, "n")) && json_is_null(json_get(root, "absent")));
	assert_false(json_is_null(json_get(root, "a")));
	const Json *list = json_get(root, "l");
	assert_int_equal(json_len(list), 3);
	assert_int_equal(json_len(root), 0);
	assert_string_equal(json_str(json_at(list, 1), "?"), "x");
	assert_int_equal(json_num(json_get(json_at(list, 2), "k"), 0), 2);
	assert_null(json_at(list, 3));
	assert_null(json_get(list, "k"));
	assert_null(json_get(NULL, "k"));
	static const char *const order[] = {"b", "a", "t", "n", "r", "l", "o"};
	const char *key;
	assert_int_equal(json_members(root), 7);
	for (size_t i = 0; i < 7; i++) {
		assert_ptr_equal(json_member(root, i, &key), json_get(root, order[i]));
		assert_string_equal(key, order[i]);
	}
	for (size_t i = 7; i-- > 0;) {
		json_member(root, i, &key);
		assert_string_equal(key, order[i]);
	}
	assert_null(json_member(root, 7, &key));
	assert_null(json_member(list, 0, NULL));
	assert_int_equal(json_members(list), 0);
	json_free(root);
	json_free(NULL);
}

static void refused(void **state) {
	(void)state;
	static const char *const rows[] = {"", " ", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "nul", "1 2",
	                                   "{\"a\":1}x", "\"a", "\"\xFF\"", "\"\\u0000\"", "\"\x01\"",
	                                   "{\"a\":1,\"a\":2}", "[\n1,\n?]", "99999999999999999999"};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Err e = {0};
		Json *j = json_parse(str_of(rows[i]), &e);
		ROW_TRUE(rows[i], !j && e.kind != ERR_NONE && strstr(e.text, "line"));
	}
	Err e = {0};
	json_parse(STR("[\n1,\n?]"), &e);
	assert_non_null(strstr(e.text, "line 3"));
	assert_null(json_parse((Str){0}, NULL));
	char *deep = arena_alloc(a, 200000);
	memset(deep, '[', 200000);
	assert_null(json_parse((Str){deep, 200000}, NULL));
	Json *j = json_parse(STR(" 7 "), NULL);
	assert_int_equal(json_num(j, 0), 7);
	json_free(j);
}

static void noise(void **state) {
	(void)state;
	uint64_t seed = 5;
	Arena *own = arena_new();
	for (int i = 0; i < 20000; i++) {
		char p[120];
		size_t n = random_next(&seed) % sizeof p;
		random_fill(&seed, p, n, "{}[]\":,0123456789truefalsn\\u \xE7\xBB\xBF");
		json_free(json_parse((Str){p, n}, NULL));
		char *s = text_clean(own, (Str){p, n});
		Buf b = {0};
		JsonOut j = json_to(&b);
		json_array(&j, NULL);
		json_text(&j, NULL, s);
		json_end_array(&j);
		Err e = {0};
		Json *back = json_parse(buf_view(&b), &e);
		ROW_STR(arena_fmt(own, "seed %d %s", i, e.text), json_str(json_at(back, 0), NULL), s);
		json_free(back);
		buf_free(&b);
		arena_reset(own);
	}
	Str whole = STR("{\"a\":[1,2,{\"b\":\"绿\\u8272\"}],\"c\":null}");
	for (size_t n = 0; n < whole.n; n++)
		assert_null(json_parse(str_sub(whole, 0, n), NULL));
	arena_free(own);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written),
		cmocka_unit_test(read_back),
		cmocka_unit_test(refused),
		cmocka_unit_test(noise),
	};
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
