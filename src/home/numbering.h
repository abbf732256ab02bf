/* Numbering: which form became which entry stands in the journal before anybody is told of it.  A message may be judged otherwise
 * while a database is made again: its reader was killed the first time, or the program has learnt since.  What became an entry
 * then is one all the same, with its number, and nothing else is.  Where it cannot be made an entry any more, its number is
 * given to nobody. */
#ifndef XINLV_HOME_NUMBERING_H
#define XINLV_HOME_NUMBERING_H

#include "home/action.h"

typedef struct Numbering Numbering;

/* Puts on record what is not yet: before mails leave. */
int numbering_keep(World *w, Err *e);
extern const Action action_numbered;

/* What the journal has on record: every line that is to be replayed is shown to it, then numbering_ready() ends that.  holds:
 * what became an entry then is one, and nothing else; false for a rehearsal with other rules. */
Numbering *numbering_new(bool holds);
int numbering_line(Numbering *n, const JournalLine *l, Err *e);
void numbering_ready(Numbering *n);
void numbering_free(Numbering *n);
/* Says for the operator what is thought of otherwise today, and what could not be made again. */
void numbering_tell(const Numbering *n);

/* A message whose forms are judged, by itself or once more because of a ruling. */
typedef struct {
	Numbering *numbering; /* NULL: nothing is known */
	int64_t seq;
	bool again;
} NumberingPast;
Past numbering_past(void *ctx, size_t form, const char *track); /* a JudgePast; ctx: NumberingPast */
/* Whether the message of that number is an objection, and which: what is on record, where something is; id 0: the next one. */
void numbering_objection(World *w, int64_t seq, bool *objects, int64_t *id);
/* The verdict on it: how often it was held to what was. */
void numbering_count(Numbering *n, const Verdict *v);

/* The number in its track for a form of a message that becomes an entry: the one on record while the journal is replayed,
 * else the next one that was never given. */
int numbering_next(World *w, const char *track, int64_t seq, int form, int64_t *out, Err *e);

#endif
