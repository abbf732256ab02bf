/* Inside of settle: what its files share of a message on its way.  Nobody outside settle*.c needs this. */
#ifndef XINLV_COMMAND_SETTLE_INNER_H
#define XINLV_COMMAND_SETTLE_INNER_H

#include "command/settle.h"
#include "home/numbering.h"

/* A message on its way through; everything it needs lives in `arena`. */
typedef struct {
	World *w;
	const MessageRow *row;
	char id[13]; /* first digits of its hash, before every log line */
	Arena *arena;
	Report report;
	Verdict verdict;
	const char **number;
	int64_t *accepted;
	NumberingPast past; /* what became of it when it was settled first, where that is known */
} Case;

/* ---- settle.c */
void settle_open(Case *c, World *w, const MessageRow *row);
/* Entries for the forms that are accepted, into c->number. */
int settle_enter(Case *c, Err *e);
/* The replies to the verdict, already capped. */
int settle_replies(Case *c, Outgoing **out, size_t *n, Err *e);
int settle_cap(Case *c, Outgoing *out, size_t *n, Err *e);
/* The verdict becomes the message's outcome: after the replies, whose withholding it tells. */
int settle_outcome(Case *c, Err *e);
int settle_queue(Case *c, const Outgoing *out, size_t n, Err *e);

/* ---- settle_unread.c */
/* The message in fd killed its reader, or gave it nothing to read: laid in quarantine, on record, answered. */
int settle_quarantine(Case *c, int fd, const char *why, Err *e);

#endif
