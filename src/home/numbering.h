/* Numbering: which form became which entry stands in the journal before anybody is told of it.  A database that is made again
 * may judge a message otherwise than it was judged: its reader was killed then, or the program has learnt since.  Every other
 * entry keeps its number all the same, and no number that somebody was told is ever given to another. */
#ifndef XINLV_HOME_NUMBERING_H
#define XINLV_HOME_NUMBERING_H

#include "home/action.h"

typedef struct Numbering Numbering;

/* Puts on record what is not yet: before mails leave. */
int numbering_keep(World *w, Err *e);
extern const Action action_numbered;

/* What the journal has on record behind byte offset `from`; NULL on fault. */
Numbering *numbering_read(int home, int64_t from, Err *e);
void numbering_free(Numbering *n);
/* Says what of it was not made again, for the operator. */
void numbering_tell(const Numbering *n);

/* The number in its track for a form of a message that becomes an entry: the one on record while the journal is replayed,
 * else the next one that was never given. */
int numbering_next(World *w, const char *track, int64_t seq, int form, int64_t *out, Err *e);

#endif
