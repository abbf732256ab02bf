/* Scores to ranks: weights, what is dropped, ties, outliers, quotas; exact where floats are not. */
#include "store_fixture.h"

#include "base/decimal.h"
#include "judge/ranking.h"
#include "store/record.h"

static Criterion two[] = {{.key = "a", .label = "甲", .min = 0, .max = 100000, .weight = 6000},
                          {.key = "b", .label = "乙", .min = 0, .max = 100000, .weight = 4000}};

static Round round_of(int64_t experts, int64_t high, int64_t low) {
	return (Round){.id = "r", .name = "轮", .from = "reviewed", .criterion = two, .criterion_n = 2, .experts = experts,
	               .drop_highest = high, .drop_lowest = low, .decimals = 2, .per_track = -1, .share = -1};
}

static void decimals(void **state) {
	(void)state;
	static const struct {
		const char *text;
		int places;
		int64_t want; /* INT64_MIN: refused */
		const char *back;
	} rows[] = {
		{"12.5", 3, 12500, "12.5"}, {"0", 3, 0, "0"}, {"-0.25", 3, -250, "-0.25"}, {"100", 0, 100, "100"},
		{"7.100", 1, 71, "7.1"}, {"7.000000", 3, 7000, "7"}, {"0.001", 3, 1, "0.001"}, {"1.0005", 3, INT64_MIN, NULL},
		{"", 3, INT64_MIN, NULL}, {"-", 3, INT64_MIN, NULL}, {".5", 3, INT64_MIN, NULL}, {"5.", 3, INT64_MIN, NULL},
		{"1e2", 3, INT64_MIN, NULL}, {"1.2.3", 3, INT64_MIN, NULL}, {"12a", 3, INT64_MIN, NULL},
		{"9999999999999999999", 3, INT64_MIN, NULL}, {"999999999999999999", 3, INT64_MIN, NULL}, {"1001", 0, INT64_MIN, NULL},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t v = INT64_MIN;
		int rc = decimal_parse(str_of(rows[i].text), rows[i].places, -1000000, rows[i].places ? 1000000 : 1000, &v);
		ROW_INT(rows[i].text, v, rows[i].want);
		ROW_INT(rows[i].text, rc, rows[i].back ? 0 : -1);
		if (rows[i].back)
			ROW_STR(rows[i].text, decimal_text(a, v, rows[i].places, 0), rows[i].back);
	}
	assert_string_equal(decimal_text(a, 8600, 2, 2), "86.00");
	assert_string_equal(decimal_text(a, 86, 0, 0), "86");
	static const int64_t divided[][3] = {{5, 2, 3}, {-5, 2, -3}, {4, 3, 1}, {-4, 3, -1}, {5, 3, 2}, {0, 7, 0}, {6, 4, 2}};
	for (size_t i = 0; i < sizeof divided / sizeof *divided; i++)
		assert_int_equal(decimal_divide(divided[i][0], divided[i][1]), divided[i][2]);
	arena_free(a);
}

/* points: what each gave for both criteria, in points. */
static Ranked entry_of(Arena *a, const char *number, const int64_t *points, size_t n) {
	Ranked row = {.number = number, .score = arena_array(a, n + 1, sizeof(Score)), .score_n = n};
	for (size_t i = 0; i < n; i++)
		row.score[i] = (Score){.who = arena_fmt(a, "e%zu", i), .point = {points[i] * 1000, points[i] * 1000}};
	return row;
}

static void counted(void **state) {
	(void)state;
	static const struct {
		const char *row;
		int64_t high, low, points[6];
		size_t n;
		const char *want;
		bool complete;
	} rows[] = {
		{"none", 0, 0, {0}, 0, "", false},
		{"one of three", 0, 0, {80}, 1, "80.00", false},
		{"thirds round up", 0, 0, {80, 85, 95}, 3, "86.67", true},
		{"thirds round down", 0, 0, {80, 85, 96}, 3, "87.00", true},
		{"highest and lowest go", 1, 1, {10, 80, 90, 100}, 4, "85.00", true},
		{"equal ones go once", 1, 1, {90, 90, 90, 60}, 4, "90.00", true},
		{"two lowest", 0, 2, {10, 20, 90, 100}, 4, "95.00", true},
		{"too few to drop", 1, 1, {70, 90}, 2, "80.00", false},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Round r = round_of(3, rows[i].high, rows[i].low);
		Ranked row = entry_of(a, "T1-0001", rows[i].points, rows[i].n);
		ranking_count(&r, a, &row);
		ROW_STR(rows[i].row, row.text, rows[i].want);
		ROW_INT(rows[i].row, row.complete, rows[i].complete);
	}
	arena_free(a);
}

/* 0.1 + 0.2 and 0.3 are the same here. */
static void exact(void **state) {
	(void)state;
	Arena *a = arena_new();
	Round r = round_of(2, 0, 0);
	r.decimals = 4;
	Ranked row[2] = {entry_of(a, "B", (int64_t[]){0, 0}, 2), entry_of(a, "A", (int64_t[]){0, 0}, 2)};
	row[0].score[0].point[0] = 100; /* 0.1 */
	row[0].score[1].point[0] = 200;
	row[1].score[0].point[0] = 300;
	for (size_t i = 0; i < 2; i++)
		ranking_count(&r, a, &row[i]);
	assert_int_equal(row[0].result, row[1].result);
	assert_string_equal(row[0].text, "0.0900"); /* 0.3 at a weight of 0.6, halved */
	ranking_sort(row, 2);
	assert_string_equal(row[0].number, "A");
	assert_true(row[0].rank == 1 && row[1].rank == 1 && row[0].tied && row[1].tied);
	arena_free(a);
}

static void ranks(void **state) {
	(void)state;
	Arena *a = arena_new();
	Round r = round_of(1, 0, 0);
	Ranked row[] = {entry_of(a, "E", NULL, 0), entry_of(a, "D", (int64_t[]){70}, 1), entry_of(a, "C", (int64_t[]){90}, 1),
	                entry_of(a, "B", (int64_t[]){80}, 1), entry_of(a, "A", (int64_t[]){80}, 1)};
	static const struct {
		const char *number;
		size_t rank;
		bool tied;
	} want[] = {{"C", 1, false}, {"A", 2, true}, {"B", 2, true}, {"D", 4, false}, {"E", 0, false}};
	for (size_t i = 0; i < 5; i++)
		ranking_count(&r, a, &row[i]);
	ranking_sort(row, 5);
	for (size_t i = 0; i < 5; i++) {
		ROW_STR(want[i].number, row[i].number, want[i].number);
		ROW_INT(want[i].number, row[i].rank, want[i].rank);
		ROW_INT(want[i].number, row[i].tied, want[i].tied);
	}
	arena_free(a);
}

static void outliers(void **state) {
	(void)state;
	static const struct {
		const char *row;
		int64_t limit, points[4];
		size_t n;
		unsigned want; /* bits */
	} rows[] = {
		{"far", 15000, {80, 82, 60}, 3, 4}, {"at the limit", 15000, {80, 80, 65}, 3, 0}, {"over it", 15000, {80, 80, 64}, 3, 4},
		{"no limit", 0, {80, 80, 0}, 3, 0}, {"two only", 15000, {80, 0}, 2, 0},
	};
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Round r = round_of(3, 0, 0);
		r.outlier = rows[i].limit;
		Ranked row = entry_of(a, "A", rows[i].points, rows[i].n);
		ranking_count(&r, a, &row);
		unsigned got = 0;
		for (size_t k = 0; k < row.score_n; k++)
			got |= row.score[k].outlier ? 1u << k : 0;
		ROW_INT(rows[i].row, got, rows[i].want);
	}
	arena_free(a);
}

static void quotas(void **state) {
	(void)state;
	static const struct {
		int64_t per_track, share;
		size_t n, want;
	} rows[] = {{-1, -1, 7, 7}, {3, -1, 7, 3}, {9, -1, 7, 7}, {0, -1, 7, 0}, {-1, 30, 7, 3}, {-1, 30, 10, 3}, {-1, 0, 7, 0},
	            {-1, 100, 7, 7}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Round r = round_of(1, 0, 0);
		r.per_track = rows[i].per_track;
		r.share = rows[i].share;
		assert_int_equal(ranking_quota(&r, rows[i].n), rows[i].want);
	}
}

static void give(Home *h, const char *number, const char *who, const char *state, const char *marks) {
	GOOD(store_begin(h->s, &e));
	GOOD(store_record_add(h->s, &(RecordRow){.kind = "score", .round = "r", .ref = number, .who = who, .at = NOON,
	                                         .state = state, .data = marks, .by = "x@example.org", .addr = "",
	                                         .detail = "评语"}, &e));
	GOOD(store_commit(h->s, &e));
}

static void out_of_the_store(void **state) {
	(void)state;
	Home *h = home_filled();
	Round r = round_of(2, 0, 0);
	Ranked *row;
	size_t n;
	GOOD(ranking_read(h->s, &r, h->a, NULL, &row, &n, &e));
	assert_int_equal(n, 0); /* it stands elsewhere, and has no score */
	give(h, "T4-0001", "e1", "given", "[80000,90000]");
	give(h, "T4-0001", "e1", "given", "[90000,90000]"); /* a later one */
	give(h, "T4-0001", "e2", "given", "[70000]");       /* of other criteria */
	give(h, "T4-0001", "e3", "recused", "");
	give(h, "T4-0009", "e1", "given", "[80000,90000]"); /* no such entry */
	GOOD(ranking_read(h->s, &r, h->a, "T4", &row, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(row[0].text, "90.00");
	assert_int_equal(row[0].score_n, 1);
	assert_string_equal(row[0].score[0].remark, "评语");
	assert_false(row[0].complete);
	GOOD(ranking_read(h->s, &r, h->a, "T1", &row, &n, &e));
	assert_int_equal(n, 0);
	home_end(h);
}

static void records(void **state) {
	(void)state;
	Home *h = home_filled();
	RecordRow got, *all;
	size_t n;
	static const RecordRow rows[] = {
		{.kind = "expert", .round = "", .ref = "", .who = "e1", .at = 1, .state = "active", .data = "T1", .by = "o", .addr = "Li@example.cn", .detail = "李"},
		{.kind = "expert", .round = "", .ref = "", .who = "e2", .at = 2, .state = "active", .data = "T2", .by = "o", .addr = "wang@example.cn", .detail = "王"},
		{.kind = "expert", .round = "", .ref = "", .who = "e1", .at = 3, .state = "retired", .data = "T1", .by = "o", .addr = "li2@example.cn", .detail = "李"},
	};
	GOOD(store_begin(h->s, &e));
	for (size_t i = 0; i < 3; i++)
		GOOD(store_record_add(h->s, &rows[i], &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_record_get(h->s, h->a, "expert", "", "", "e1", &got, &e), 1);
	assert_string_equal(got.state, "retired");
	assert_int_equal(got.version, 3);
	assert_int_equal(store_record_get(h->s, h->a, "expert", "", "", "e3", &got, &e), 0);
	assert_int_equal(got.version, 0);
	assert_int_equal(store_record_addr(h->s, h->a, "expert", "LI2@Example.cn", &got, &e), 1);
	assert_string_equal(got.who, "e1");
	assert_int_equal(store_record_addr(h->s, h->a, "expert", "li@example.cn", &got, &e), 0); /* an address of before */
	assert_int_equal(store_record_addr(h->s, h->a, "expert", "", &got, &e), 0);
	GOOD(store_record_list(h->s, h->a, "expert", "", NULL, &all, &n, &e));
	assert_int_equal(n, 2);
	GOOD(store_record_list(h->s, h->a, "expert", "", "T1-0001", &all, &n, &e));
	assert_int_equal(n, 0);
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimals), cmocka_unit_test(counted), cmocka_unit_test(exact),  cmocka_unit_test(ranks),
		cmocka_unit_test(outliers), cmocka_unit_test(quotas),  cmocka_unit_test(out_of_the_store), cmocka_unit_test(records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
