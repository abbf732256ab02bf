/* Above: the little that this room and the course ask of the rooms above them.  It is declared here and made there, so that
 * includes go one way all the same. */
#ifndef XINLV_HOME_ABOVE_H
#define XINLV_HOME_ABOVE_H

#include "home/action.h"
#include "home/due.h"
#include "home/world.h"

/* ---- made by command/tables.c */
extern const Action *const actions[]; /* ended by NULL */
extern const Due *const due_table[];  /* ended by NULL */

/* ---- made by command/replay.c */
/* Brings the database up to the journal.  Changes nothing, and opens nothing, when it is. */
int replay_journal(World *w, Err *e);
/* How far the database has the journal: an offset in it; *line (may be NULL) gets the hash of the line that ends there, as it
 * was then, in hex; "" when that was not noted. */
int replay_offset(World *w, int64_t *out, const char **line, Err *e);
/* Remembers, in the open transaction, that the database has all of the journal as it is now. */
int replay_mark(World *w, Err *e);

/* ---- made by command/settle_again.c */
/* A message that has its outcome, judged again with something set aside (ASIDE_...) by a ruling: forms that are accepted
 * now become entries, and their sender is told; the outcome stays.  Texts live in the arena. */
typedef struct {
	bool read;            /* false: it could not be read again, nothing was done */
	Outcome outcome;      /* what it would be now */
	int form;             /* the first form of that outcome, from 0 */
	const char **number;  /* the new entries */
	size_t number_n;
} Again;
int settle_again(World *w, Arena *a, const MessageRow *m, unsigned aside, Again *out, Err *e);

/* ---- made by course/setting.c */
/* Lays the settings in force over r. */
int setting_overlay(World *w, Rules *r, Err *e);

#endif
