/* The draw, which anybody can make again, and the places it gives. */
#include "row.h"

#include "base/when.h"
#include "course/schedule.h"

static ShowSpan lunch = {12 * 60, 13 * 60};
static ShowDay days[2];
static const char *rooms[] = {"一厅", "二厅"};

static Roadshow show_of(size_t room_n) {
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
	days[0] = (ShowDay){when_of(2023, 5, 20, 0, 0, 0), {11 * 60, 14 * 60}};
	days[1] = (ShowDay){when_of(2023, 5, 21, 0, 0, 0), {9 * 60, 10 * 60}};
	return (Roadshow){.day = days, .day_n = 2, .pause = &lunch, .pause_n = 1, .room = rooms, .room_n = room_n,
	                  .minutes = 25, .apart = 30, .seed = "", .place = "", .note = ""};
}

static void draw(void **state) {
	(void)state;
	/* printf '种子|T1-0001' | sha256sum, sorted */
	static const char *const want[] = {"T1-0001", "T1-0002", "T1-0003"};
	Lot lot[3] = {{.number = "T1-0003"}, {.number = "T1-0001"}, {.number = "T1-0002"}};
	Hash h = hash_of("种子|T1-0001", strlen("种子|T1-0001"));
	schedule_draw("种子", lot, 3);
	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(lot[i].number, "T1-0001"))
			assert_true(hash_eq(lot[i].lot, h));
		if (i)
			assert_true(memcmp(lot[i - 1].lot.b, lot[i].lot.b, HASH_BYTES) < 0);
		ROW_STR(want[i], lot[i].number, want[i]);
	}
}

static void open_hours(void **state) {
	(void)state;
	static const struct {
		int day, hour, minute;
		bool open;
	} rows[] = {{20, 11, 0, true}, {20, 10, 59, false}, {20, 11, 35, true}, {20, 11, 36, false}, {20, 12, 30, false},
	            {20, 13, 0, true}, {20, 13, 35, true}, {20, 13, 36, false}, {20, 14, 0, false}, {21, 9, 0, true},
	            {22, 9, 0, false}, {19, 11, 0, false}};
	Roadshow show = show_of(1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT("open", schedule_open(&show, when_of(2023, 5, rows[i].day, rows[i].hour, rows[i].minute, 0)), rows[i].open);
	assert_int_equal(schedule_places(&show), 2 + 2 + 2);
	show.room_n = 2;
	assert_int_equal(schedule_places(&show), 12);
}

/* On the day on which summer time begins, nine o'clock is nine o'clock. */
static void summer_time(void **state) {
	(void)state;
	Roadshow show = show_of(1);
	Lot lot[] = {{.number = "A", .org_key = "x", .start = WHEN_NONE}};
	assert_int_equal(when_zone("Europe/Berlin", NULL), 0);
	days[0] = (ShowDay){when_of(2024, 3, 31, 0, 0, 0), {9 * 60, 14 * 60}};
	show.day_n = 1;
	schedule_propose(&show, lot, 1);
	assert_int_equal(lot[0].start, when_of(2024, 3, 31, 9, 0, 0));
	assert_true(schedule_open(&show, lot[0].start) && !schedule_open(&show, lot[0].start - 60));
	assert_true(schedule_open(&show, when_of(2024, 3, 31, 13, 30, 0)) && !schedule_open(&show, when_of(2024, 3, 31, 12, 30, 0)));
	assert_int_equal(when_zone("Asia/Shanghai", NULL), 0);
}

static void places(void **state) {
	(void)state;
	Roadshow show = show_of(2);
	Lot lot[] = {{.number = "A", .org_key = "x"}, {.number = "B", .org_key = "x"}, {.number = "C", .org_key = "y"},
	             {.number = "D", .org_key = "z"}};
	for (size_t i = 0; i < 4; i++)
		lot[i].start = WHEN_NONE;
	schedule_propose(&show, lot, 4);
	int64_t first = when_of(2023, 5, 20, 11, 0, 0);
	assert_true(lot[0].start == first && lot[2].start == first); /* B would stand beside A */
	assert_string_equal(lot[2].room, "二厅");
	assert_true(lot[1].start == when_of(2023, 5, 20, 13, 0, 0)); /* 11:25 is too near */
	assert_true(lot[3].start == when_of(2023, 5, 20, 11, 25, 0));
	Lot many[20];
	for (size_t i = 0; i < 20; i++)
		many[i] = (Lot){.number = "N", .org_key = i % 2 ? "p" : "q", .start = WHEN_NONE};
	schedule_propose(&show, many, 20);
	size_t placed = 0;
	for (size_t i = 0; i < 20; i++)
		placed += many[i].start != WHEN_NONE;
	assert_true(placed > 0 && placed <= schedule_places(&show));
	for (size_t i = 0; i < 20; i++)
		for (size_t k = 0; k < i; k++)
			if (many[i].start != WHEN_NONE && many[k].start != WHEN_NONE && !strcmp(many[i].org_key, many[k].org_key))
				assert_true(llabs(many[i].start - many[k].start) >= 30 * 60);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(draw), cmocka_unit_test(open_hours), cmocka_unit_test(summer_time), cmocka_unit_test(places)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
