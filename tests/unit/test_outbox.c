/* The outbox: each mail once, in its order, and its body only until it is sent. */
#include "store_fixture.h"

typedef struct {
	Home *h;
	Buf out;
} Walk;

static bool note_mail(void *ctx, const OutboxRow *o) {
	Walk *w = ctx;
	buf_fmt(&w->out, "%s:%s ", o->message_id, o->state);
	return true;
}

static const char *walk_text(Home *h, const char *state) {
	Walk w = {.h = h};
	GOOD(store_outbox_each(h->s, state, note_mail, &w, &e));
	char *text = arena_str(h->a, buf_cstr(&w.out));
	buf_free(&w.out);
	return text;
}

static const char *due_text(Home *h, int64_t now, size_t max) {
	OutboxRow *rows;
	size_t n;
	Buf b = {0};
	GOOD(store_outbox_due(h->s, h->a, now, max, &rows, &n, &e));
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s ", rows[i].message_id);
	char *text = arena_str(h->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static void no_fault(void *ctx, const char *line) {
	(void)ctx;
	fail_msg("%s", line);
}

static void add(Home *h, const char *message_id, int priority, int64_t due, const char *to, const char *mail_state) {
	OutboxRow o = sample_mail(h, 1);
	o.message_id = message_id;
	o.priority = priority;
	o.due = due;
	o.to = to;
	o.state = mail_state;
	o.created = due;
	GOOD(store_outbox_add(h->s, &o, str_of(message_id), &e));
}

static Home *home_queued(void) {
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	add(h, "a", 3, 100, "x@x", "waiting");
	add(h, "b", 2, 100, "x@x", NULL);
	add(h, "c", 2, 200, "X@X", "waiting");
	add(h, "d", 1, 300, "y@y", "waiting");
	add(h, "e", 1, 100, "y@y", "held");
	add(h, "a", 1, 100, "z@z", "waiting"); /* again: nothing happens */
	GOOD(store_commit(h->s, &e));
	return h;
}

static void order(void **state) {
	(void)state;
	static const struct {
		int64_t now;
		size_t max;
		const char *want;
	} rows[] = {
		{99, 9, ""}, {100, 9, "b a "}, {200, 9, "b c a "}, {300, 9, "d b c a "}, {300, 2, "d b "}, {300, 0, ""},
	};
	Home *h = home_queued();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_STR(arena_fmt(h->a, "%lld", (long long)rows[i].now), due_text(h, rows[i].now, rows[i].max), rows[i].want);
	assert_string_equal(walk_text(h, NULL), "a:waiting b:waiting c:waiting d:waiting e:held ");
	assert_string_equal(walk_text(h, "held"), "e:held ");
	assert_string_equal(walk_text(h, "sent"), "");
	home_end(h);
}

/* Among mails of one priority the one whose reader has the least time left. */
static void time_left(void **state) {
	(void)state;
	static const struct {
		const char *id;
		int priority;
		int64_t until;
	} rows[] = {{"a", 1, 0}, {"b", 1, 9000}, {"c", 2, 0}, {"d", 1, 8000}, {"e", 1, 9000}, {"f", 2, 1}};
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		OutboxRow o = sample_mail(h, 1);
		o.message_id = rows[i].id;
		o.priority = rows[i].priority;
		o.until = rows[i].until;
		o.due = 100;
		GOOD(store_outbox_add(h->s, &o, str_of("x"), &e));
	}
	GOOD(store_commit(h->s, &e));
	assert_string_equal(due_text(h, 100, 9), "d b e a f c ");
	home_end(h);
}

/* Its bytes come back as they went in, behind what is there already; what was rolled back is not there. */
static void large_body(void **state) {
	(void)state;
	static const size_t sizes[] = {0, 1, (256u << 10) - 1, 256u << 10, (256u << 10) + 1, 3000000};
	Home *h = home_queued();
	for (size_t i = 0; i < 2 * (sizeof sizes / sizeof *sizes); i++) {
		Buf in = {0}, out = {0};
		int64_t id;
		while (in.n < sizes[i / 2])
			buf_fmt(&in, "%zu,%zu;", i, in.n);
		if (in.n)
			in.n = sizes[i / 2];
		OutboxRow o = sample_mail(h, 1);
		o.message_id = arena_fmt(h->a, "large%zu", i);
		GOOD(store_begin(h->s, &e));
		GOOD(store_outbox_add(h->s, &o, buf_view(&in), &e));
		if (i % 2)
			store_rollback(h->s);
		else
			GOOD(store_commit(h->s, &e));
		id = atoll(raw_rows(h, "SELECT ifnull(max(id), 0) FROM outbox"));
		buf_str(&out, "before");
		assert_int_equal(store_outbox_body(h->s, id + (int64_t)(i % 2), &out, &e), i % 2 ? -1 : 1);
		if (i % 2 == 0) {
			assert_int_equal(out.n, in.n + 6);
			assert_memory_equal(out.p, "before", 6);
			assert_memory_equal(out.p + 6, in.n ? in.p : "", in.n);
			assert_int_equal(out.p[out.n], 0);
		}
		buf_free(&in);
		buf_free(&out);
	}
	home_end(h);
}

static void body(void **state) {
	(void)state;
	Home *h = home_queued();
	Buf b = {0};
	assert_int_equal(store_outbox_body(h->s, 2, &b, &e), 1);
	assert_string_equal(buf_cstr(&b), "b");
	GOOD(store_begin(h->s, &e));
	GOOD(store_outbox_sent(h->s, 2, 500, &e));
	assert_int_equal(store_outbox_sent(h->s, 2, 501, &e), -1);
	assert_int_equal(e.kind, ERR_BUG);
	GOOD(store_outbox_failed(h->s, 1, "550 no such user", &e));
	assert_int_equal(store_outbox_sent(h->s, 1, 501, &e), -1);
	assert_int_equal(store_outbox_sent(h->s, 5, 501, &e), -1); /* held */
	assert_int_equal(store_outbox_retry(h->s, 77, 501, "", &e), -1);
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_outbox_body(h->s, 2, &b, &e), -1);
	assert_int_equal(e.kind, ERR_MISSING);
	assert_int_equal(store_outbox_body(h->s, 1, &b, &e), 1); /* a person may want to see it */
	assert_string_equal(raw_rows(h, "SELECT kind, ref, subject FROM audit WHERE kind <> 'queued' ORDER BY id"),
	                    "sent|b|2\nfailed|a|1\n");
	buf_free(&b);
	home_end(h);
}

static void attempts(void **state) {
	(void)state;
	Home *h = home_queued();
	OutboxRow o;
	int64_t due = -1, n;
	assert_int_equal(store_outbox_next(h->s, &due, &e), 1);
	assert_int_equal(due, 100);
	GOOD(store_begin(h->s, &e));
	GOOD(store_outbox_retry(h->s, 1, 900, "451 later", &e));
	GOOD(store_outbox_retry(h->s, 2, 901, "451 later", &e));
	GOOD(store_outbox_sent(h->s, 3, 950, &e));
	GOOD(store_outbox_sent(h->s, 4, 960, &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_outbox_next(h->s, &due, &e), 1);
	assert_int_equal(due, 900);
	assert_int_equal(store_outbox_find(h->s, h->a, "a", &o, &e), 1);
	assert_true(o.attempts == 1 && o.due == 900 && o.sent == WHEN_NONE);
	assert_string_equal(o.error, "451 later");
	assert_int_equal(store_outbox_find(h->s, h->a, "c", &o, &e), 1);
	assert_true(o.attempts == 1 && o.sent == 950);
	assert_string_equal(o.state, "sent");
	assert_int_equal(store_outbox_find(h->s, h->a, "q", &o, &e), 0);
	GOOD(store_begin(h->s, &e));
	GOOD(store_outbox_tried(h->s, 3, "smtp://a", 950, &e));
	GOOD(store_outbox_tried(h->s, 4, "smtp://b", 960, &e));
	GOOD(store_outbox_tried(h->s, 1, "smtp://a", 960, &e));
	GOOD(store_outbox_tried(h->s, 1, "smtp://a", 970, &e)); /* the last attempt counts */
	GOOD(store_commit(h->s, &e));
	GOOD(store_outbox_count_tried(h->s, "smtp://a", 949, &n, &e));
	assert_int_equal(n, 2);
	GOOD(store_outbox_count_tried(h->s, "smtp://a", 950, &n, &e));
	assert_int_equal(n, 1);
	GOOD(store_outbox_count_tried(h->s, "smtp://c", 0, &n, &e));
	assert_int_equal(n, 0);
	GOOD(store_outbox_count_to(h->s, "x@x", 100, &n, &e));
	assert_int_equal(n, 3);
	GOOD(store_outbox_count_to(h->s, "x@x", 101, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(store_outbox_last_to(h->s, h->a, "x@x", "receipt", &o, &e), 1);
	assert_string_equal(o.message_id, "c");
	assert_int_equal(store_outbox_last_to(h->s, h->a, "x@x", "faults", &o, &e), 0);
	GOOD(store_begin(h->s, &e));
	GOOD(store_outbox_sent(h->s, 1, 970, &e));
	GOOD(store_outbox_sent(h->s, 2, 970, &e));
	GOOD(store_commit(h->s, &e));
	assert_int_equal(store_outbox_next(h->s, &due, &e), 0);
	assert_string_equal(raw_rows(h, "SELECT state, n FROM outbox_count WHERE n > 0"), "held|1\nsent|4\n");
	home_end(h);
}

static void add_joining(Home *h, const char *message_id, int64_t due, const char *to) {
	OutboxRow o = sample_mail(h, 1);
	o.message_id = message_id;
	o.to = to;
	o.due = o.created = due;
	o.state = "held";
	o.joins = true;
	GOOD(store_outbox_add(h->s, &o, str_of(message_id), &e));
}

/* What is held to be joined counts as no mail of its own, goes to nobody alone, and shares what becomes of its mail. */
static void joined(void **state) {
	(void)state;
	for (int fails = 0; fails < 2; fails++) {
		Home *h = home_open();
		OutboxRow *rows, o;
		char *to;
		size_t n;
		int64_t due, count;
		GOOD(store_begin(h->s, &e));
		add(h, "whole", 1, 100, "x@x", "waiting");
		add(h, "held", 1, 100, "x@x", "held"); /* by a person: nothing to join */
		add_joining(h, "p", 300, "X@x");
		add_joining(h, "q", 200, "x@x");
		add_joining(h, "r", 250, "y@y");
		GOOD(store_outbox_sent(h->s, 1, 110, &e));
		GOOD(store_commit(h->s, &e));
		assert_true(store_outbox_next(h->s, &due, &e) == 1 && due == 200);
		assert_string_equal(due_text(h, 900, 9), "");
		assert_int_equal(store_outbox_joint_due(h->s, h->a, 199, &to, &e), 0);
		assert_int_equal(store_outbox_joint_due(h->s, h->a, 200, &to, &e), 1);
		assert_string_equal(to, "x@x");
		assert_true(store_outbox_joint_next(h->s, "y@y", &due, &e) == 1 && due == 250);
		GOOD(store_outbox_joint_list(h->s, h->a, to, 9, &rows, &n, &e));
		assert_int_equal(n, 2);
		assert_string_equal(rows[0].message_id, "p");
		GOOD(store_outbox_count_to(h->s, "x@x", 0, &count, &e));
		assert_int_equal(count, 2);
		GOOD(store_begin(h->s, &e));
		add(h, "joint", 1, 300, "x@x", "waiting");
		assert_int_equal(store_outbox_find(h->s, h->a, "joint", &o, &e), 1);
		assert_false(o.joins);
		GOOD(store_outbox_join(h->s, "p", o.id, &e));
		GOOD(store_outbox_join(h->s, "q", o.id, &e));
		GOOD(store_outbox_join(h->s, "held", o.id, &e)); /* not meant for it */
		GOOD(fails ? store_outbox_failed(h->s, o.id, "550", &e) : store_outbox_sent(h->s, o.id, 310, &e));
		GOOD(store_commit(h->s, &e));
		assert_string_equal(walk_text(h, fails ? "failed" : "sent"), fails ? "p:failed q:failed joint:failed "
		                                                                  : "whole:sent p:sent q:sent joint:sent ");
		assert_string_equal(walk_text(h, "held"), "held:held r:held ");
		assert_int_equal(store_outbox_find(h->s, h->a, "p", &o, &e), 1);
		assert_true(o.joins && o.joint == 6 && (fails ? o.sent == WHEN_NONE : o.sent == 310));
		assert_true(store_outbox_next(h->s, &due, &e) == 1 && due == 250);
		GOOD(store_verify(h->s, no_fault, NULL, &e));
		home_end(h);
	}
}

/* A reply stands or falls with its outcome. */
static void one_transaction(void **state) {
	(void)state;
	Home *h = home_open();
	GOOD(store_begin(h->s, &e));
	add_message(h, 1);
	GOOD(store_commit(h->s, &e));
	GOOD(store_begin(h->s, &e));
	add_outcome(h, 1, "note");
	add_mail(h, 1);
	store_rollback(h->s);
	assert_string_equal(raw_rows(h, "SELECT (SELECT count(*) FROM outcome), (SELECT count(*) FROM outbox),"
	                                " (SELECT count(*) FROM outbox_body), (SELECT count(*) FROM pending)"),
	                    "0|0|0|1\n");
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(time_left),
		cmocka_unit_test(body),
		cmocka_unit_test(large_body),
		cmocka_unit_test(attempts),
		cmocka_unit_test(joined),
		cmocka_unit_test(one_transaction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
