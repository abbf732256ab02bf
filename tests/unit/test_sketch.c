/* Sketches: texts alike share hashes and runs, others do not; at ten thousand too. */
#include "row.h"

#include "base/sketch.h"

#define LONG1 "本项目在数据中心采用间接蒸发冷却与液冷相结合的方案，按季节切换运行模式，利用自然冷源减少压缩机运行时间，并把余热送入园区供暖管网，全年电能利用效率由一点五八降至一点二三，每年节电约一千二百万千瓦时，折合减少二氧化碳排放约七千吨。"
#define LONG2 "平台汇聚了全市公共建筑的用能数据，通过边缘网关采集电、水、气、热，按小时核对异常，自动派发整改工单，并向业主公布同类建筑的排名；运行一年来，三百二十栋楼的平均能耗下降百分之九，投诉减少一半，维护人员由四十人减为二十六人，且数据全部留存可查。"

static const struct {
	const char *name, *one, *other;
	int least, most;
} rows[] = {
	{"the same", LONG1, LONG1, 100, 100},
	{"other signs and blanks", LONG1, "本项目在数据中心采用 间接蒸发冷却与液冷相结合的方案;按季节切换运行模式;利用自然冷源减少压缩机运行时间;并把余热送入园区供暖管网;全年电能利用效率由一点五八降至一点二三;每年节电约一千二百万千瓦时;折合减少二氧化碳排放约七千吨", 100, 100},
	{"a word changed", LONG1, "本项目在数据中心采用间接蒸发冷却与液冷相结合的方案，按季节切换运行模式，利用自然冷源减少压缩机运行时间，并把余热送入小区供暖管网，全年电能利用效率由一点五八降至一点二三，每年节电约一千二百万千瓦时，折合减少二氧化碳排放约七千吨。", 90, 99},
	{"inside a longer one", LONG1, LONG2 LONG1, 95, 100},
	{"another text", LONG1, LONG2, 0, 2},
	{"too short", "本项目采用液冷", "本项目采用液冷", 0, 0},
	{"nothing", "", LONG1, 0, 0},
};

static void alike(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		int64_t x[SKETCH_HASHES], y[SKETCH_HASHES];
		int got = sketch_alike(a, rows[i].one, rows[i].other);
		size_t n = sketch_make(a, rows[i].one, x), m = sketch_make(a, rows[i].other, y), shared = 0;
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < m; j++)
				shared += x[k] == y[j];
		ROW_TRUE(rows[i].name, got >= rows[i].least && got <= rows[i].most);
		ROW_TRUE(rows[i].name, rows[i].least < 60 || shared >= 2);
		ROW_TRUE(rows[i].name, rows[i].most > 10 || shared == 0);
		for (size_t k = 1; k < n; k++)
			ROW_TRUE(rows[i].name, x[k - 1] >= 0 && x[k - 1] < x[k]);
		arena_free(a);
	}
}

/* As the databases of earlier releases keep them: characters of one to four bytes. */
static void lasting(void **state) {
	(void)state;
	static const int64_t want[SKETCH_HASHES] = {
		INT64_C(122381083456785817), INT64_C(220124359752869651), INT64_C(227706217875750831), INT64_C(338468508449306559),
		INT64_C(409996725761248613), INT64_C(566532242557598104), INT64_C(578961218126175692), INT64_C(626731707922651431)};
	Arena *a = arena_new();
	int64_t got[SKETCH_HASHES];
	assert_int_equal(sketch_make(a, LONG1 "Éé ABC Ωμ𠮷野", got), SKETCH_HASHES);
	assert_memory_equal(got, want, sizeof want);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(alike), cmocka_unit_test(lasting)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
