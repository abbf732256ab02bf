/* The papers of the final and the objections to it: versions, numbers, what stands last. */
#include "store_fixture.h"

static void versions(void **state) {
	(void)state;
	Home *h = home_filled();
	PaperRow p, *all;
	size_t n;
	GOOD(store_begin(h->s, &e));
	GOOD(store_paper_add(h->s, "schedule", NOON + 500, "{\"slots\":[1]}", &p, &e));
	assert_int_equal(p.version, 2);
	GOOD(store_paper_add(h->s, "seed", NOON + 501, "{\"seed\":\"x\"}", &p, &e));
	assert_int_equal(p.version, 1);
	assert_int_equal(store_paper_add(h->s, "gossip", NOON, "{}", NULL, &e), -1);
	store_rollback(h->s);
	assert_int_equal(store_paper_last(h->s, h->a, "schedule", &p, &e), 1);
	assert_int_equal(p.version, 1);
	assert_true(hash_eq(p.sha256, hash_of("{\"slots\":[]}", 12)));
	assert_int_equal(store_paper_last(h->s, h->a, "awards", &p, &e), 0);
	GOOD(store_paper_list(h->s, h->a, "schedule", &all, &n, &e));
	assert_int_equal(n, 1);
	home_end(h);
}

static void objections(void **state) {
	(void)state;
	Home *h = home_filled();
	ObjectionRow *o;
	size_t n;
	int64_t id = 0;
	GOOD(store_begin(h->s, &e));
	GOOD(store_objection_add(h->s, 2, NOON, "T4-0001", &id, &e)); /* the same mail again */
	assert_int_equal(id, 1);
	id = 0;
	GOOD(store_objection_add(h->s, 1, NOON + 600, "", &id, &e));
	assert_int_equal(id, 2);
	GOOD(store_commit(h->s, &e));
	GOOD(store_objection_list(h->s, h->a, &o, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(o[0].decision, "dismissed");
	assert_string_equal(o[0].reason, "查无实据");
	assert_string_equal(o[1].decision, "");
	GOOD(store_begin(h->s, &e));
	o[1].number = "T4-0001"; /* it was about that one after all */
	o[1].decision = "upheld";
	o[1].ended = NOON + 700;
	GOOD(store_objection_end(h->s, &o[1], &e));
	assert_int_equal(store_objection_end(h->s, &o[1], &e), -1); /* once */
	store_rollback(h->s);
	home_end(h);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(versions), cmocka_unit_test(objections)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
