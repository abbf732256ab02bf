/* Behind the office's wish for a proposal.  Entries with the smallest choice come first; each takes the expert with the least
 * to do; then work moves from who has most to who has least while it can.  Knows no names, and draws lots by the seed alone. */
#include "judge/assign.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	const Assignment *x;
	uint64_t seed;
	size_t *load;      /* by expert */
	bool *fixed;       /* assigned before */
} Plan;

static uint64_t mix(uint64_t v) {
	v += UINT64_C(0x9E3779B97F4A7C15);
	v = (v ^ (v >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	v = (v ^ (v >> 27)) * UINT64_C(0x94D049BB133111EB);
	return v ^ (v >> 31);
}

static uint64_t lot(const Plan *p, size_t entry, size_t expert) {
	return mix(mix(p->seed ^ mix(entry)) ^ mix(expert << 20));
}

static size_t at(const Plan *p, size_t entry, size_t expert) {
	return entry * p->x->experts + expert;
}

static size_t count(const bool *of, size_t n) {
	size_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += of[i];
	return sum;
}

/* The expert with the least to do among those who may and do not yet; experts when there is none. */
static size_t least(const Plan *p, size_t entry) {
	size_t n = p->x->experts, best = n;
	for (size_t k = 0; k < n; k++) {
		if (!p->x->may[at(p, entry, k)] || p->x->has[at(p, entry, k)])
			continue;
		if (best == n || p->load[k] < p->load[best] ||
		    (p->load[k] == p->load[best] && lot(p, entry, k) < lot(p, entry, best)))
			best = k;
	}
	return best;
}

static void fill(const Plan *p, size_t entry) {
	size_t n = p->x->experts;
	while (count(p->x->has + at(p, entry, 0), n) < p->x->want) {
		size_t k = least(p, entry);
		if (k == n)
			return;
		p->x->has[at(p, entry, k)] = true;
		p->load[k]++;
	}
}

/* One entry from `from` to `to`. */
static bool move(const Plan *p, size_t from, size_t to) {
	size_t best = p->x->entries;
	for (size_t i = 0; i < p->x->entries; i++)
		if (p->x->has[at(p, i, from)] && !p->fixed[at(p, i, from)] && !p->x->has[at(p, i, to)] && p->x->may[at(p, i, to)] &&
		    (best == p->x->entries || lot(p, i, to) < lot(p, best, to)))
			best = i;
	if (best == p->x->entries)
		return false;
	p->x->has[at(p, best, from)] = false;
	p->x->has[at(p, best, to)] = true;
	p->load[from]--;
	p->load[to]++;
	return true;
}

/* Each move makes the loads more even, so that this ends. */
static bool even_out(const Plan *p) {
	for (size_t from = 0; from < p->x->experts; from++)
		for (size_t to = 0; to < p->x->experts; to++)
			if (p->load[from] > p->load[to] + 1 && move(p, from, to))
				return true;
	return false;
}

typedef struct {
	size_t entry, choice;
	uint64_t lot;
} Turn;

static int by_choice(const void *x, const void *y) {
	const Turn *p = x, *q = y;
	if (p->choice != q->choice)
		return p->choice < q->choice ? -1 : 1;
	return p->lot < q->lot ? -1 : p->lot > q->lot;
}

void assign_propose(Arena *a, const Assignment *x, Hash seed) {
	size_t cells = x->entries * x->experts;
	Plan p = {.x = x, .load = arena_array(a, x->experts + 1, sizeof *p.load), .fixed = arena_array(a, cells + 1, sizeof *p.fixed)};
	Turn *turn = arena_array(a, x->entries + 1, sizeof *turn);
	memcpy(&p.seed, seed.b, sizeof p.seed);
	memset(p.load, 0, (x->experts + 1) * sizeof *p.load);
	if (cells)
		memcpy(p.fixed, x->has, cells * sizeof *p.fixed);
	for (size_t i = 0; i < x->entries; i++) {
		for (size_t k = 0; k < x->experts; k++)
			p.load[k] += x->has[at(&p, i, k)];
		turn[i] = (Turn){i, count(x->may + at(&p, i, 0), x->experts), lot(&p, i, x->experts)};
	}
	if (x->entries)
		qsort(turn, x->entries, sizeof *turn, by_choice);
	for (size_t i = 0; i < x->entries; i++)
		fill(&p, turn[i].entry);
	while (even_out(&p))
		;
}
