/* Proposals of who scores what: full, even, without conflicts, and the same again. */
#include "row.h"

#include "judge/assign.h"

#define ENTRIES 60
#define EXPERTS 11

typedef struct {
	bool may[ENTRIES * EXPERTS], has[ENTRIES * EXPERTS];
	Assignment x;
} Case;

static Hash seed_of(unsigned n) {
	return hash_of(&n, sizeof n);
}

static void fresh(Case *c, size_t entries, size_t experts, size_t want) {
	*c = (Case){.x = {.entries = entries, .experts = experts, .want = want}};
	c->x.may = c->may;
	c->x.has = c->has;
	for (size_t i = 0; i < entries * experts; i++)
		c->may[i] = true;
}

static size_t of_entry(const Case *c, size_t i) {
	size_t n = 0;
	for (size_t k = 0; k < c->x.experts; k++)
		n += c->has[i * c->x.experts + k];
	return n;
}

static void loads(const Case *c, size_t *least, size_t *most) {
	*least = SIZE_MAX;
	*most = 0;
	for (size_t k = 0; k < c->x.experts; k++) {
		size_t n = 0;
		for (size_t i = 0; i < c->x.entries; i++)
			n += c->has[i * c->x.experts + k];
		*least = n < *least ? n : *least;
		*most = n > *most ? n : *most;
	}
}

static void even(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (unsigned s = 0; s < 20; s++) {
		Case c;
		size_t least, most;
		fresh(&c, ENTRIES, EXPERTS, 3);
		assign_propose(a, &c.x, seed_of(s));
		for (size_t i = 0; i < ENTRIES; i++)
			assert_int_equal(of_entry(&c, i), 3);
		loads(&c, &least, &most);
		assert_true(most - least <= 1);
	}
	arena_free(a);
}

static void same_again(void **state) {
	(void)state;
	Arena *a = arena_new();
	Case c, d, other;
	fresh(&c, ENTRIES, EXPERTS, 3);
	fresh(&d, ENTRIES, EXPERTS, 3);
	fresh(&other, ENTRIES, EXPERTS, 3);
	assign_propose(a, &c.x, seed_of(1));
	assign_propose(a, &d.x, seed_of(1));
	assign_propose(a, &other.x, seed_of(2));
	assert_memory_equal(c.has, d.has, sizeof c.has);
	assert_memory_not_equal(c.has, other.has, sizeof c.has);
	arena_free(a);
}

/* Conflicts are never broken; who is short of experts gets those there are; what was assigned stays. */
static void walls(void **state) {
	(void)state;
	Arena *a = arena_new();
	uint64_t noise = 7;
	for (unsigned s = 0; s < 50; s++) {
		Case c;
		fresh(&c, 40, 8, 3);
		for (size_t i = 0; i < 40 * 8; i++)
			c.may[i] = random_next(&noise) % 3 != 0;
		for (size_t k = 0; k < 8; k++) /* one entry has two to choose from, one nobody */
			c.may[k] = k < 2, c.may[8 + k] = false;
		c.has[2 * 8 + 5] = true; /* although it may not any more */
		c.may[2 * 8 + 5] = false;
		assign_propose(a, &c.x, seed_of(s));
		for (size_t i = 0; i < 40 * 8; i++)
			assert_true(!c.has[i] || c.may[i] || i == 2 * 8 + 5);
		assert_int_equal(of_entry(&c, 0), 2);
		assert_int_equal(of_entry(&c, 1), 0);
		assert_true(c.has[2 * 8 + 5]);
		for (size_t i = 2; i < 40; i++) {
			size_t choice = 0;
			for (size_t k = 0; k < 8; k++)
				choice += c.may[i * 8 + k] || (i == 2 && k == 5);
			assert_int_equal(of_entry(&c, i), choice < 3 ? choice : 3);
		}
	}
	arena_free(a);
}

static void nothing(void **state) {
	(void)state;
	Arena *a = arena_new();
	Case c;
	fresh(&c, 0, 5, 3);
	assign_propose(a, &c.x, seed_of(1));
	fresh(&c, 5, 0, 3);
	assign_propose(a, &c.x, seed_of(1));
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(even), cmocka_unit_test(same_again), cmocka_unit_test(walls),
	                                   cmocka_unit_test(nothing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
