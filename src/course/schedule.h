/* Schedule: the roadshow: who is on stage when and where.  It is a paper (store.h), version after version; the draw that its
 * first proposal follows can be made again by anybody from the seed and the numbers. */
#ifndef XINLV_COURSE_SCHEDULE_H
#define XINLV_COURSE_SCHEDULE_H

#include "home/world.h"

typedef struct {
	const char *number;
	int64_t start;      /* the moment; WHEN_NONE: not placed */
	const char *room;
	int64_t sequence;   /* how often it was changed since its first version: of the calendar file, RFC 5545 */
	bool cancelled;     /* taken off the stage again */
} ShowSlot;

typedef struct {
	int64_t version;    /* 0: none is in force */
	int64_t at;
	const char *seed;
	ShowSlot *slot;     /* in order of time, then room; those taken off last */
	size_t n;
} Schedule;

/* The one in force. */
int schedule_read(World *w, Arena *a, Schedule *out, Err *e);
/* Since when each of its slots stands as it does, by their places in s: the moment of the first version that has it so. */
int schedule_since(World *w, Arena *a, const Schedule *s, int64_t *since, Err *e);
/* Puts a new version into force; sorts it, and fills version and at. */
int schedule_write(World *w, Arena *a, Schedule *s, Err *e); /* writes */
/* NULL when it has none.  One that was taken off is there, cancelled. */
ShowSlot *schedule_slot(const Schedule *s, const char *number);
/* What a row of a workbook about the slot is sealed with: 0 without a slot. */
int64_t schedule_version(const ShowSlot *slot);

/* The seed of the draw: of the rules, or the first that was mailed; "" while there is none. */
int schedule_seed(World *w, Arena *a, const char **seed, Err *e);
/* Publishes the seed; the first one stands. */
int schedule_seed_add(World *w, Arena *a, const char *seed, Err *e); /* writes */

/* ---- the draw and the proposal, without any database */
typedef struct {
	const char *number, *org_key; /* org_key: text_key of the organisation */
	Hash lot;
	int64_t start;                /* WHEN_NONE: no place was left */
	const char *room;
} Lot;

/* In order of SHA-256 over seed, '|' and number; whoever has both can do it again. */
void schedule_draw(const char *seed, Lot *lot, size_t n);
/* Gives each in its turn the next place: the rooms of one time, then the next time; the next in turn goes first where the same
 * organisation would stand too near. */
void schedule_propose(const Roadshow *show, Lot *lot, size_t n);
/* How many places there are. */
size_t schedule_places(const Roadshow *show);
/* An entry may begin then: within the hours of a day, and not in a break. */
bool schedule_open(const Roadshow *show, int64_t start);

#endif
