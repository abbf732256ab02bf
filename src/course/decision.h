/* Decision: a workbook of decisions that comes back, by mail or from disk: each row is checked by its seal, its version and
 * what it says; the good ones are done together in the open transaction, and of the others it is told why not. */
#ifndef XINLV_COURSE_DECISION_H
#define XINLV_COURSE_DECISION_H

#include "base/seal.h"
#include "home/world.h"

#define DECISION_REASON_CHARS 2000

#define DECISION_OFFICE "office" /* the role of the secretariat, in seals */
#define DECISION_SEQ "#"         /* before its order in the journal: what names a message that has no hash */

typedef struct DecisionKind DecisionKind; /* decision_inner.h */

/* What may be chosen for a kind of row. */
typedef struct {
	const char *word;    /* key of the word that is chosen */
	const char *event;   /* of an entry; of a message: what the ruling says */
	const char *state;   /* of an entry after it; "" as before */
	bool needs_reason;
} Choice;

typedef enum {
	ROW_GOOD,    /* to be done; after decisions_apply: done */
	ROW_ALREADY, /* the same decision stands */
	ROW_FAILED,
} RowFate;

typedef struct {
	const DecisionRow *row;
	bool sealed;          /* its token holds: */
	SealRow seal;
	const DecisionKind *kind; /* NULL: not sealed, or not for this role */
	const Choice *choice; /* NULL: none, or unknown */
	RowFate fate;
	bool again;           /* failed, but may be decided anew: `version` is the one of today */
	int64_t version;
	int64_t seq;          /* the message it is about, 0: something else */
	const char *reason;   /* tidied */
	const char *about;    /* title and organisation; sender and subject */
	const char *ref;      /* the entry's number; "" for a message */
	const char *now;      /* how things stand, in words */
	const char *says;     /* what was done, or why not */
	void *found;          /* what the check of its kind found out, for doing it */
} Decided;

typedef struct {
	Decided *row;
	size_t n;
	size_t good, already, failed;
	size_t open; /* left blank */
	bool cut;    /* not all rows were read */
} Decisions;

/* Looks at every row that was filled in, as returned by that role; writes nothing. */
int decisions_check(World *w, Arena *a, const char *role, const DecisionBook *book, size_t n, Decisions *out, Err *e);
/* The same for what came at that moment, by which what closes is judged. */
int decisions_check_at(World *w, Arena *a, const char *role, int64_t at, const DecisionBook *book, size_t n, Decisions *out,
                       Err *e);
/* Does the good ones, by whom: an address, or "operator NAME".  Within the open transaction. */
int decisions_apply(World *w, Arena *a, Decisions *d, const char *by, Err *e);

/* The word for a kind of row: 资格审核 and the like. */
const char *decision_kind(const World *w, Arena *a, const Decided *d);
/* All words that may be chosen for that kind, `between` between them; "" when there are none. */
const char *decision_choices(const World *w, Arena *a, const DecisionKind *kind, const char *between);
/* The rows that may be decided anew, as a sealed workbook at that path (from the current folder).  0 without doing
 * anything when there are none, 1 when it was written. */
int decision_workbook(World *w, Arena *a, const Decisions *d, const char *path, Err *e);

/* A mail with such workbooks.  Applies them when v->decides, and makes what is told: to the sender what was done and what
 * not, or to the secretariat that somebody else tried.  Fills v->detail and v->problem. */
int decision_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n,
                  Err *e);
/* A decision of the journal, taken from disk once, again.  Within the open transaction. */
int decision_replay(World *w, const JournalLine *l, Err *e);

#endif
