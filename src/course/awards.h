/* Awards: from the ranking of the final to the list in force.  What the secretariat returned for each finalist is a record; a
 * complete set of them becomes a proposed list, which is published where the rules have a publicity period, and after it,
 * objections set aside, the list in force: one frozen paper that everything made from it names by its checksum. */
#ifndef XINLV_COURSE_AWARDS_H
#define XINLV_COURSE_AWARDS_H

#include "home/action.h"
#include "home/due.h"
#include "home/world.h"

#define AWARDS_NONE "none" /* state of the record of a finalist without an award */

/* A finalist. */
typedef struct {
	EntryRow entry;
	size_t rank;          /* within its track where awards are counted by track; 0: without scores */
	bool tied;
	const char *score;    /* "" without */
	const char *proposal; /* an award, "" for none, by rank and quota; NULL: the rules leave it open */
	const char *award;    /* as returned last; "" for none; NULL: not yet */
	int64_t version;      /* of the record, 0: none */
	bool held;            /* an objection to it is open */
	bool final;           /* may still be given an award: stands in the final or behind it */
} Finalist;

/* All of them, the best first, by track where awards are counted so. */
int awards_finalists(World *w, Arena *a, Finalist **out, size_t *n, Err *e);
/* Some award has so many a track: then ranks, ties and proposals are those of a track, else of all entries as one list. */
bool awards_by_track(const Rules *r);
/* The award of that name, whatever blanks and signs; NULL when there is none. */
const Award *awards_find(const Rules *r, Arena *a, const char *name);

typedef struct {
	const char *number, *track, *award, *title, *org, *province;
} AwardLine;

typedef struct {
	int64_t version;      /* 0: there is no such list */
	int64_t at, closes;   /* closes: of the publicity; WHEN_NONE: there is none */
	AwardLine *line;      /* in order of awards, tracks and numbers */
	size_t n;
	const char **unplaced;
	size_t unplaced_n;
	const char *checksum; /* 64 hex digits */
} AwardList;

/* kind: "proposed" or "awards".  ERR_REFUSED when it no longer has its checksum, or says other things than the entries and
 * records it was made from: then nothing may be made of it. */
int awards_read(World *w, Arena *a, const char *kind, AwardList *out, Err *e);

/* After something was decided: makes a new proposed list when all finalists have been decided on, and a new list in force when
 * nothing stands in its way any more. */
int awards_decided(World *w, Arena *a, const char *by, Err *e); /* writes */

/* A mail about the proposed list: numbered while the list is open to objections; 0 when it is not.  *id: the number it is to
 * have (store_objection_add). */
int awards_objection(World *w, Arena *a, const MessageRow *m, const char *number, int64_t *id, Err *e); /* writes */

/* The end of a publicity makes the list in force. */
extern const Due due_awards;
extern const Action action_awards;

#endif
