/* What the digest asks of the database: days counted, items that wait and are done, senders turned away. */
#include "store_fixture.h"

#include "base/text.h"
#include "store/report.h"

static void message_from(Home *h, int64_t seq, const char *from, const char *outcome) {
	add_message(h, seq);
	OutcomeRow o = {.seq = seq, .outcome = outcome, .detail = "", .decided = NOON, .message_id = "", .from_addr = from,
	                .from_name = "", .subject = "s", .in_reply_to = "", .content = hash_no(seq), .rules = "abc"};
	GOOD(store_outcome_add(h->s, &o, &e));
}

static void form_of(Home *h, int64_t seq, const char *from, const char *outcome, const char *number, int print) {
	FormRow f = {.print = hash_no(print), .seq = seq, .form = 0, .sender = from, .outcome = outcome, .number = number,
	             .org_key = "org", .title_key = "title", .track = "T4", .received = NOON + seq};
	GOOD(store_form_add(h->s, &f, &e));
}

typedef struct {
	Arena *a;
	Buf text;
} Seen;

static bool note(void *ctx, const TodoRow *t) {
	Seen *s = ctx;
	buf_fmt(&s->text, "%lld:%s:%lld:%s:%s ", (long long)t->seq, t->from_addr, (long long)t->times, t->number, t->contact);
	return true;
}

static char *todo(Home *h, const char *kind) {
	Seen s = {.a = h->a};
	GOOD(store_todo_each(h->s, kind, note, &s, &e));
	char *out = arena_str(h->a, buf_cstr(&s.text));
	buf_free(&s.text);
	return out;
}

static char *turned(Home *h, int64_t times) {
	Seen s = {.a = h->a};
	GOOD(store_turned_each(h->s, times, note, &s, &e));
	char *out = arena_str(h->a, buf_cstr(&s.text));
	buf_free(&s.text);
	return out;
}

static void no_fault(void *ctx, const char *line) {
	fail_msg("%s: %s", (const char *)ctx, line);
}

/* What is kept follows from the rest, as verify has it. */
static void verified(Home *h, const char *row) {
	GOOD(store_verify(h->s, no_fault, (void *)(uintptr_t)row, &e));
}

/* One row a case: outcomes of one sender's mails in order, and what is left of them. */
static void turned_away(void **state) {
	(void)state;
	static const struct {
		const char *name, *outcomes, *left;
	} rows[] = {
		{"never", "accepted", ""},
		{"once", "rejected", "1:x@example.org:1:: "},
		{"twice", "rejected rejected", "2:x@example.org:2:: "},
		{"and back", "rejected rejected accepted", ""},
		{"and again", "rejected accepted rejected", "3:x@example.org:1:: "},
		{"thanks between", "rejected note rejected", "3:x@example.org:2:: "},
		{"a robot", "bounce auto-reply", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Home *h = home_open();
		Str rest = str_of(rows[i].outcomes), one;
		GOOD(store_begin(h->s, &e));
		for (int64_t seq = 1; str_next(&rest, ' ', &one); seq++)
			message_from(h, seq, seq % 2 ? "x@example.org" : "X@example.org", str_dup(h->a, one));
		GOOD(store_commit(h->s, &e));
		char *left = text_lower(h->a, turned(h, 1));
		if (strcmp(left, rows[i].left) != 0)
			fail_msg("%s: '%s'", rows[i].name, left);
		verified(h, rows[i].name);
		home_end(h);
	}
}

static void waits_until_ruled(void **state) {
	(void)state;
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	message_from(h, 1, "a@example.org", "accepted");
	form_of(h, 1, "a@example.org", "accepted", "T4-0001", 1);
	add_entry(h, "T4", 1, 1);
	message_from(h, 2, "a@example.org", "duplicate"); /* the same again: nobody is asked */
	form_of(h, 2, "a@example.org", "duplicate", "", 1);
	message_from(h, 3, "b@example.org", "duplicate");
	form_of(h, 3, "b@example.org", "duplicate", "", 1);
	GOOD(store_said_add(h->s, &(SaidRow){3, 0, "title", "org", "王五", "1", "b@example.org", ""}, &e));
	message_from(h, 4, "c@example.org", "late");
	form_of(h, 4, "c@example.org", "late", "", 2);
	message_from(h, 5, "d@example.org", "unrecognised");
	message_from(h, 6, "", "quarantined");
	assert_string_equal(todo(h, "twin"), "3:b@example.org:0:T4-0001:王五 ");
	assert_string_equal(todo(h, "late"), "4:c@example.org:0:T4-0001: ");
	assert_string_equal(todo(h, "read"), "5:d@example.org:0:: ");
	assert_string_equal(todo(h, "quarantined"), "6::0:: ");
	static const char *const ruled[][3] = {{"twin", "twin", "3"}, {"late", "take", "4"}, {"read", "read", "6"}};
	for (size_t i = 0; i < 3; i++) {
		RulingRow r = {.seq = ruled[i][2][0] - '0', .at = NOON, .kind = ruled[i][0], .decision = ruled[i][1],
		               .by = "office@example.org", .reason = ""};
		GOOD(store_ruling_add(h->s, &r, &e));
	}
	assert_string_equal(todo(h, "twin"), "");
	assert_string_equal(todo(h, "late"), "");
	assert_string_equal(todo(h, "quarantined"), "");
	assert_string_equal(todo(h, "read"), "5:d@example.org:0:: ");
	GOOD(store_todo_done(h->s, "read", 5, NOON, &e));
	assert_string_equal(todo(h, "read"), "");
	GOOD(store_ruling_wanted(h->s, 4, "late", 0, NOON, &e)); /* and still late */
	assert_string_equal(todo(h, "late"), "4:c@example.org:0:T4-0001: ");
	GOOD(store_ruling_wanted(h->s, 4, "twin", 0, NOON, &e));
	GOOD(store_commit(h->s, &e));
	verified(h, "waits");
	home_end(h);
}

/* The number beside it is that of the entry that stands: not of one that was withdrawn, and of one that a ruling let in too. */
static void beside_what_stands(void **state) {
	(void)state;
	Home *h = home_open();
	EventRow gone = {.at = NOON, .event = "withdraw", .by = "x", .detail = "", .state = "withdrawn"};
	GOOD(store_begin(h->s, &e));
	message_from(h, 1, "a@example.org", "accepted");
	form_of(h, 1, "a@example.org", "accepted", "T4-0001", 1);
	add_entry(h, "T4", 1, 1);
	message_from(h, 2, "b@example.org", "rejected");
	form_of(h, 2, "b@example.org", "rejected", "", 2);
	GOOD(store_said_add(h->s, &(SaidRow){2, 0, "title", "org", "", "", "", ""}, &e));
	message_from(h, 3, "c@example.org", "late");
	form_of(h, 3, "c@example.org", "late", "", 3);
	assert_string_equal(turned(h, 1), "2:b@example.org:1:T4-0001: ");
	assert_string_equal(todo(h, "late"), "3:c@example.org:0:T4-0001: ");
	GOOD(store_event_add(h->s, "T4-0001", &gone, &e));
	assert_string_equal(turned(h, 1), "2:b@example.org:1:: ");
	assert_string_equal(todo(h, "late"), "3:c@example.org:0:: ");
	RulingRow take = {.seq = 3, .at = NOON, .kind = "late", .decision = "take", .by = "office@example.org", .reason = ""};
	GOOD(store_ruling_add(h->s, &take, &e));
	add_entry(h, "T4", 2, 3);
	assert_string_equal(turned(h, 1), "2:b@example.org:1:T4-0002: ");
	GOOD(store_commit(h->s, &e));
	home_end(h);
}

static void bounced_until_heard_of(void **state) {
	(void)state;
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	message_from(h, 1, "postmaster@example.org", "bounce");
	GOOD(store_said_add(h->s, &(SaidRow){1, -1, "", "", "", "", "Gone@example.org", "550"}, &e));
	assert_string_equal(todo(h, "bounce"), "1:postmaster@example.org:0:: ");
	verified(h, "a bounce");
	message_from(h, 2, "gone@example.org", "note");
	assert_string_equal(todo(h, "bounce"), "");
	GOOD(store_commit(h->s, &e));
	verified(h, "heard of");
	home_end(h);
}

static void days_are_counted(void **state) {
	(void)state;
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	for (int64_t seq = 1; seq <= 5; seq++)
		message_from(h, seq, "a@example.org", seq < 4 ? "note" : "request");
	form_of(h, 1, "a@example.org", "rejected", "", 1);
	GOOD(store_commit(h->s, &e));
	ArrivalRow *row;
	CountRow *form;
	size_t n;
	GOOD(store_report_arrivals(h->s, h->a, NOON - 86400, NOON + 86400, &row, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(row[0].n + row[1].n, 5);
	GOOD(store_report_arrivals(h->s, h->a, NOON + 86400, NOON + 2 * 86400, &row, &n, &e));
	assert_int_equal(n, 0);
	GOOD(store_report_forms(h->s, h->a, NOON, NOON + 2, &form, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(form[0].track, "T4");
	assert_string_equal(form[0].state, "rejected");
	GOOD(store_report_forms(h->s, h->a, NOON + 2, NOON + 9, &form, &n, &e));
	assert_int_equal(n, 0);
	home_end(h);
}

static void an_entry_has_a_version(void **state) {
	(void)state;
	Home *h = home_filled();
	int64_t version;
	char *hint;
	EventRow *event;
	size_t n;
	GOOD(store_entry_events(h->s, h->a, "T4-0001", &event, &n, &e));
	assert_int_equal(store_report_entry(h->s, h->a, "T4-0001", &version, &hint, &e), 1);
	assert_int_equal(version, n);
	assert_string_equal(hint, "校验位不符");
	assert_int_equal(store_report_entry(h->s, h->a, "T4-0002", &version, &hint, &e), 0);
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turned_away),
		cmocka_unit_test(waits_until_ruled),
		cmocka_unit_test(beside_what_stands),
		cmocka_unit_test(bounced_until_heard_of),
		cmocka_unit_test(days_are_counted),
		cmocka_unit_test(an_entry_has_a_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
