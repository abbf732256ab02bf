/* Inside of the decisions: what the kinds of rows share.  A kind is one file decision_*.c and one line of the table in
 * decision_kinds.c; it says which choices there are, checks a row whose seal holds, and does it. */
#ifndef XINLV_COURSE_DECISION_INNER_H
#define XINLV_COURSE_DECISION_INNER_H

#include "course/decision.h"

/* A row that is looked at.  Nothing is written meanwhile. */
typedef struct {
	World *w;
	Arena *a;
	SealKey key;
	const char *role; /* who returned the workbook, as seals name it */
	int64_t at;       /* when it came */
	Decided *d;
	void *panel; /* of the kinds about a round: the one read last (panel.h) */
	void *ranks; /* and the ranked list (decision_recommend.c) */
} RowCheck;

/* Rows that are done, within the open transaction. */
typedef struct {
	World *w;
	Arena *a;
	const char *by; /* an address, or "operator NAME" */
} Doing;

struct DecisionKind {
	const char *kind;     /* of the seal; the words decide.kind_KIND name it */
	const Choice *choice; /* what may be chosen; none: only open columns are filled in */
	size_t choice_n;
	/* The seal holds, and it is for this role.  Fills about, ref, now and version, and fails the row where it must; 0, or -1
	 * for faults of the store only. */
	int (*check)(RowCheck *c, Err *e);
	/* Looks at the good rows of one mail beside each other, and fails what does not go together; NULL: nothing to look at.
	 * c->d is to be set. */
	int (*together)(RowCheck *c, Decisions *all, Err *e);
	/* Does a good row and says what was done. */
	int (*apply)(const Doing *g, Decided *d, Err *e);
	/* After all rows of the mail, when one of this kind was done; NULL: nothing. */
	int (*after)(const Doing *g, const Decisions *all, Err *e);
};

extern const DecisionKind *const decision_kinds[]; /* ended by NULL, in the order that workbooks show them */
const DecisionKind *decision_kind_find(const char *kind); /* NULL when there is none */

extern const DecisionKind decide_eligibility, decide_formal;       /* decision_entry.c */
extern const DecisionKind decide_award, decide_objection;           /* decision_award.c, decision_objection.c */
extern const DecisionKind decide_slot;                             /* decision_slot.c */
extern const DecisionKind decide_late, decide_twin, decide_read;   /* decision_message.c */

extern const DecisionKind decide_change, decide_withdraw, decide_object; /* decision_petition.c */
extern const DecisionKind decide_expert; /* decision_expert.c */
extern const DecisionKind decide_assign; /* decision_assign.c */
extern const DecisionKind decide_score, decide_seat; /* decision_score.c */
extern const DecisionKind decide_recommend; /* decision_recommend.c */

extern const DecisionKind decide_setting;                                /* decision_setting.c */
/* decision_message.c: a late message is taken all the same; *says: what came of it. */
int decision_take_late(const Doing *g, int64_t seq, const char *reason, const char **says, Err *e);

/* ---- for the checks of a kind (decision.c) */
const char *row_say(const RowCheck *c, const char *key); /* words */
/* again: the row may be decided anew as things stand. */
void row_fail(const RowCheck *c, const char *says, bool again);
/* A choice of the kind, with a reason where one is wanted, into d->choice and d->reason.  False: the row has failed. */
bool row_choice(RowCheck *c);
/* stands: what the row wants holds already: then it is done, and nothing is left to do.  Else its seal must be of today's version
 * (d->version); open: where it is not, the row may be decided anew.  False: the row is settled by that. */
bool row_fresh(RowCheck *c, bool stands, bool open);
/* What was decided before is overturned only with a reason. */
void row_want_reason(RowCheck *c, const char *before);
/* The word of the choice that leads to this event, among all kinds; the event itself when there is none. */
const char *decision_word(const World *w, const char *event);
/* Where that is, as sheet!C7; the row's own place when it is not known. */
const char *row_open_place(const DecisionRow *r, Arena *a, const char *heading);
/* What was filled in under an open column's heading; "" when nothing was. */
const char *row_open(const DecisionRow *r, Arena *a, const char *heading);

/* transcript.c: somebody tried who may not; the secretariat is told, once a day and sender.  out has room for all of it. */
int decision_refuse(World *w, Arena *a, const MessageRow *m, const Report *r, Outgoing *out, size_t *n, Err *e);
/* notice_decided.c: whom the good rows concern hears of them, as the rules say. */
int notice_decisions(const Doing *g, const Decisions *all, Err *e);

#endif
