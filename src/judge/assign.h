/* Assign: who scores what.  A proposal: the same for the same seed, as even as conflicts allow. */
#ifndef XINLV_JUDGE_ASSIGN_H
#define XINLV_JUDGE_ASSIGN_H

#include "base/arena.h"
#include "base/hash.h"

typedef struct {
	size_t entries, experts;
	size_t want;     /* experts an entry */
	const bool *may; /* [entry * experts + expert]: nothing keeps them apart */
	bool *has;       /* the same: in: they are assigned already, and stay so; out: with the proposal */
} Assignment;

/* Where an entry has fewer than `want` experts who may, it gets those there are. */
void assign_propose(Arena *a, const Assignment *x, Hash seed);

#endif
