/* Appointment files: what stands in them by zone and method, that no line is long and no character is torn, and the way
 * through the wire. */
#include "row.h"

#include "base/text.h"
#include "base/when.h"
#include "post/calendar.h"

static const Appointment base = {
	.uid = "xinlv-2023.T4-0007@example.org", .sequence = 2, .zone = "Asia/Shanghai",
	.summary = "路演答辩：T4-0007 数据中心余热回收, 与梯级利用; 关键技术研究及应用示范",
	.description = "第一行\n第二行", .location = "第一会场", .from_name = "组委会", .from_addr = "entries@example.org",
	.to_name = "张三", .to_addr = "a@qq.com",
};

static Appointment at_noon(const char *zone) {
	Appointment c = base;
	assert_int_equal(when_zone(zone, NULL), 0);
	c.zone = zone;
	c.stamp = when_of(2023, 5, 10, 9, 0, 0);
	c.start = when_of(2023, 5, 20, 12, 0, 0);
	c.end = c.start + 900;
	return c;
}

static void has(const char *text, const char *want) {
	if (!strstr(text, want))
		fail_msg("\"%s\" is not in:\n%s", want, text);
}

static void request(void **state) {
	(void)state;
	Arena *a = arena_new();
	Appointment c = at_noon("Asia/Shanghai");
	const char *text = calendar_text(a, &c);
	static const char *const want[] = {
		"BEGIN:VCALENDAR\r\n", "METHOD:REQUEST\r\n", "VERSION:2.0\r\n", "TZID:Asia/Shanghai\r\n", "TZOFFSETTO:+0800\r\n",
		"DTSTART;TZID=Asia/Shanghai:20230520T120000\r\n", "DTEND;TZID=Asia/Shanghai:20230520T121500\r\n",
		"DTSTAMP:20230510T010000Z\r\n", "SEQUENCE:2\r\n", "UID:xinlv-2023.T4-0007@example.org\r\n", "RSVP=TRUE",
		"PARTSTAT=NEEDS-ACTION", "STATUS:CONFIRMED\r\n", "\\n", "余热回收\\, ", "END:VCALENDAR\r\n",
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		has(text, want[i]);
	assert_true(text_valid(str_of(text)));
	Str rest = str_of(text), line;
	while (str_next(&rest, '\n', &line)) {
		assert_true(line.n <= 76 && line.p[line.n - 1] == '\r'); /* 75 and its end */
		assert_true(text_valid(line));
	}
	arena_free(a);
}

static void cancel_and_summer_time(void **state) {
	(void)state;
	Arena *a = arena_new();
	Appointment c = at_noon("Europe/Berlin");
	c.cancel = true;
	const char *text = calendar_text(a, &c);
	has(text, "METHOD:CANCEL\r\n");
	has(text, "STATUS:CANCELLED\r\n");
	has(text, "DTSTART:20230520T100000Z\r\n");
	assert_null(strstr(text, "VTIMEZONE"));
	c.start = when_of(2023, 4, 1, 12, 0, 0); /* half a year before and behind it is summer, too */
	c.end = c.start + 900;
	text = calendar_text(a, &c);
	has(text, "DTSTART:20230401T100000Z\r\n");
	assert_null(strstr(text, "VTIMEZONE"));
	arena_free(a);
}

static void wire(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf b = {0};
	Appointment c = at_noon("Asia/Shanghai"), got;
	calendar_put(&b, &c);
	RecIn in = {b.p, b.n, false};
	calendar_get(&in, a, &got);
	assert_false(in.bad);
	assert_string_equal(calendar_text(a, &c), calendar_text(a, &got));
	in = (RecIn){b.p, b.n - 1, false};
	calendar_get(&in, a, &got);
	assert_true(in.bad);
	buf_free(&b);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(request), cmocka_unit_test(cancel_and_summer_time),
	                                   cmocka_unit_test(wire)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
