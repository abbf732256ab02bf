/* What the sources share: a batch on its way through archive, journal and database. */
#ifndef XINLV_COMMAND_TAKE_INNER_H
#define XINLV_COMMAND_TAKE_INNER_H

#include "command/take.h"

#define TAKE_HEAD (64u << 10) /* kept of the header block of a message that was not fetched */

typedef struct {
	World *w;
	Arena *arena;
	int (*each)(World *w, const Batch *b, Err *e);
	bool stays; /* nothing is done with messages at their source */
	Batch batch;
	VEC(struct Known { const char *source; int64_t seq; }) known; /* bytes we have already */
	VEC(MailboxRow) progress; /* of mailboxes, in the transaction of the batch */
	uint64_t bytes;
} Take;

Take *take_new(World *w, int (*each)(World *w, const Batch *b, Err *e));
void take_free(Take *t);
/* A message that lies in the archive (or cannot be fetched) joins the batch, or is recognised; its texts must live until
 * the batch is closed, which is the caller's to do before it holds more than TAKE_BATCH. */
int take_add(Take *t, const MessageRow *row, Err *e);
/* Archive durable, then journal durable, then one transaction with every outcome of the batch. */
int take_close_batch(Take *t, Err *e);
/* Forgets that these sources are to be tidied. */
int take_tidied(World *w, const char *const *source, size_t n, Err *e);
/* Keeps the header block in fd of a message that is not fetched, durably, before its journal line, which gets its hash. */
int take_keep_head(World *w, Arena *a, MessageRow *m, int fd, Err *e);

#endif
