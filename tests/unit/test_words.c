/* Words: the short texts, and how a polite office writes moments, spans, sizes. */
#include "base/text.h"
#include "base/when.h"
#include "rules/words_keys.h"
#include "rules_fixture.h"

typedef struct {
	Arena *arena;
	Rules *rules;
} World;

static int set_up(void **state) {
	World *w = mem_alloc(sizeof *w);
	w->arena = arena_new();
	Source s = small_source(w->arena);
	w->rules = small_rules(&s);
	*state = w;
	return 0;
}

static int tear_down(void **state) {
	World *w = *state;
	rules_free(w->rules);
	arena_free(w->arena);
	free(w);
	return 0;
}

static const char *const keys[] = {
#define WORD(key, holders) key,
	WORDS_KEYS(WORD)
#undef WORD
};

/* Every key has a text; a sentence about a fault ends as a sentence does. */
static void test_all(void **state) {
	const World *w = *state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *s = words(w->rules, keys[i]);
		ROW_TRUE(keys[i], *s && strcmp(s, keys[i]) != 0);
		for (size_t k = 0; k < i; k++)
			ROW_TRUE(keys[i], strcmp(keys[i], keys[k]) != 0);
		/* Full-width punctuation behind Chinese. */
		for (const char *p = s; *p; p++)
			ROW_TRUE(keys[i], !((*p == ',' || *p == ';' || *p == '!') && p > s && (p[-1] & 0x80)));
	}
	assert_string_equal(words(w->rules, "no.such.key"), "no.such.key");
}

static void test_fill(void **state) {
	const World *w = *state;
	Arena *a = w->arena;
	assert_string_equal(words_fill(w->rules, a, "when.days", "n", "3", NULL), "3天");
	assert_string_equal(words_fill(w->rules, a, "when.days", "m", "3", NULL), "天");
	assert_string_equal(words_fill(w->rules, a, "when.days", "n", NULL, NULL), "天");
	/* A value is never filled in again. */
	assert_string_equal(words_fill(w->rules, a, "when.days", "n", "{{n}}", NULL), "{{n}}天");
	assert_string_equal(words_fill(w->rules, a, "kind.pdf", NULL), "PDF文件");
	assert_string_equal(words_fill(w->rules, a, "want.number", "unit", "吨", NULL), "请填写数字，单位为吨");
	assert_string_equal(words_fill(w->rules, a, "want.number", "unit", "", NULL), "请填写数字");
	assert_string_equal(words_fill(w->rules, a, "problem.rows_min", "label", "成员", "rows", "0", "min", "1",
	                               NULL), "“成员”填写了0行，至少需要填写1行。");
}

static void test_moments(void **state) {
	const World *w = *state;
	static const struct {
		const char *at, *moment, *day;
	} rows[] = {
		{"2023-03-31T23:59:59", "3月31日（星期五）24:00", "3月31日（星期五）"},
		{"2023-03-31T23:59:58", "3月31日（星期五）23:59", "3月31日（星期五）"},
		{"2023-01-01T00:00:00", "1月1日（星期日）00:00", "1月1日（星期日）"},
		{"2023-12-25T09:05:00", "12月25日（星期一）09:05", "12月25日（星期一）"},
		{"2023-03-31T16:00:00Z", "4月1日（星期六）00:00", "4月1日（星期六）"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t t = 0;
		ROW_INT(rows[i].at, when_parse(str_of(rows[i].at), false, &t), 0);
		ROW_STR(rows[i].at, words_moment(w->rules, w->arena, t), rows[i].moment);
		ROW_STR(rows[i].at, words_day(w->rules, w->arena, t), rows[i].day);
	}
}

static void test_spans(void **state) {
	const World *w = *state;
	static const struct {
		int64_t seconds;
		const char *text;
	} spans[] = {
		{-5, "不足1分钟"}, {0, "不足1分钟"}, {59, "不足1分钟"}, {60, "1分钟"}, {3599, "59分钟"},
		{3600, "1小时"}, {3660, "1小时1分钟"}, {86399, "23小时59分钟"}, {86400, "1天"},
		{273600, "3天4小时"}, {277199, "3天4小时"}, {86400 + 60, "1天"},
	};
	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
		ROW_STR(spans[i].text, words_span(w->rules, w->arena, spans[i].seconds), spans[i].text);
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{0, "0 B"}, {1023, "1023 B"}, {1024, "1 KB"}, {1536, "1.5 KB"}, {1024 * 1024 - 1, "1 MB"},
		{1258291, "1.2 MB"}, {60u << 20, "60 MB"}, {123 * 1024 + 500, "123 KB"}, {3221225472u, "3 GB"},
	};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		ROW_STR(sizes[i].text, words_bytes(w->rules, w->arena, sizes[i].bytes), sizes[i].text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_spans),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
