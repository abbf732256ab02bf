/* Rulings on messages: what stands, what they do to what waits, and that forms taken later are known again. */
#include "store_fixture.h"

#include "store/report.h"

static void rule(Home *h, int64_t seq, const char *kind, const char *decision) {
	RulingRow r = {.seq = seq, .at = NOON + 500, .kind = kind, .decision = decision, .by = "office@example.org",
	               .reason = "理由"};
	GOOD(store_begin(h->s, &e));
	GOOD(store_ruling_add(h->s, &r, &e));
	GOOD(store_commit(h->s, &e));
}

static int stands(Home *h, int64_t seq, const char *kind, const char *decision) {
	int r = store_ruling_stands(h->s, seq, kind, decision, &e);
	assert_true(r >= 0);
	return r;
}

static void no_fault(void *ctx, const char *line) {
	(void)ctx;
	fail_msg("%s", line);
}

static void last_one_stands(void **state) {
	(void)state;
	Home *h = home_filled();
	RulingRow *r;
	size_t n;
	assert_int_equal(stands(h, 1, "late", "take"), 0);
	rule(h, 1, "late", "refuse");
	rule(h, 1, "twin", "not_twin");
	assert_int_equal(stands(h, 1, "late", "refuse"), 1);
	assert_int_equal(stands(h, 1, "late", "take"), 0);
	rule(h, 1, "late", "take");
	assert_int_equal(stands(h, 1, "late", "take"), 1);
	assert_int_equal(stands(h, 1, "late", "refuse"), 0);
	assert_int_equal(stands(h, 1, "twin", "not_twin"), 1);
	GOOD(store_ruling_list(h->s, h->a, 1, &r, &n, &e));
	assert_int_equal(n, 3);
	assert_string_equal(r[0].decision, "refuse");
	assert_string_equal(r[2].by, "office@example.org");
	assert_string_equal(r[2].reason, "理由");
	GOOD(store_verify(h->s, no_fault, NULL, &e));
	home_end(h);
}

/* A message that has no outcome yet has nothing to rule on. */
static void refused(void **state) {
	(void)state;
	Home *h = home_filled();
	static const RulingRow rows[] = {
		{3, NOON, "read", "read", "x", ""}, {99, NOON, "read", "read", "x", ""},
		{1, NOON, "award", "take", "x", ""}, {1, NOON, "late", "perhaps", "x", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		GOOD(store_begin(h->s, &e));
		ROW_INT(rows[i].kind, store_ruling_add(h->s, &rows[i], &e), -1);
		store_rollback(h->s);
	}
	home_end(h);
}

static bool count(void *ctx, const TodoRow *t) {
	(void)t;
	++*(int *)ctx;
	return true;
}

static int waiting(Home *h, const char *kind) {
	int n = 0;
	GOOD(store_todo_each(h->s, kind, count, &n, &e));
	return n;
}

static void form(Home *h, int64_t seq, int no, const char *outcome) {
	FormRow f = {.print = hash_no(seq * 100 + no), .seq = seq, .form = no, .sender = "a@qq.com", .outcome = outcome,
	             .number = "", .org_key = "甲", .title_key = "乙", .track = "T4", .received = NOON};
	GOOD(store_form_add(h->s, &f, &e));
}

static void what_waits(void **state) {
	(void)state;
	Home *h = home_filled();
	GOOD(store_begin(h->s, &e));
	form(h, 3, 0, "late");
	add_outcome(h, 3, "late");
	add_message(h, 4);
	add_outcome(h, 4, "quarantined");
	GOOD(store_commit(h->s, &e));
	assert_int_equal(waiting(h, "late"), 2); /* 2 did before */
	assert_int_equal(waiting(h, "quarantined"), 1);
	rule(h, 4, "read", "read");
	assert_int_equal(waiting(h, "quarantined"), 0);
	rule(h, 3, "late", "take");
	assert_int_equal(waiting(h, "late"), 1);
	GOOD(store_begin(h->s, &e));
	GOOD(store_ruling_wanted(h->s, 3, "twin", 0, NOON, &e));
	GOOD(store_ruling_wanted(h->s, 3, "twin", 0, NOON, &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(waiting(h, "twin"), 1);
	rule(h, 3, "twin", "twin");
	assert_int_equal(waiting(h, "twin"), 0);
	GOOD(store_verify(h->s, no_fault, NULL, &e));
	home_end(h);
}

/* The form's row says late for ever; its entry makes it one that stands. */
static void taken_later(void **state) {
	(void)state;
	Home *h = home_filled();
	FormRow found;
	char *number, *sender;
	GOOD(store_begin(h->s, &e));
	form(h, 3, 0, "duplicate");
	add_outcome(h, 3, "duplicate");
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_form_same(h->s, h->a, hash_no(300), &found, &e), 0);
	assert_int_equal(store_entry_same(h->s, h->a, "甲", "乙", &number, &sender, &e), 0);
	GOOD(store_begin(h->s, &e));
	add_entry(h, "T4", 2, 3);
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_form_same(h->s, h->a, hash_no(300), &found, &e), 1);
	assert_string_equal(found.outcome, "accepted");
	assert_string_equal(found.number, "T4-0002");
	assert_int_equal(store_entry_same(h->s, h->a, "甲", "乙", &number, &sender, &e), 1);
	assert_string_equal(number, "T4-0002");
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_one_stands),
		cmocka_unit_test(refused),
		cmocka_unit_test(what_waits),
		cmocka_unit_test(taken_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
