/* Take: messages from a source into the archive, the journal and the database, in this order. */
#ifndef XINLV_COMMAND_TAKE_H
#define XINLV_COMMAND_TAKE_H

#include "command/world.h"

#define TAKE_BATCH 64                    /* messages that share one fsync and one transaction */
#define TAKE_BATCH_BYTES (64u << 20)

/* What was taken, in journal order; for the caller to settle. */
typedef struct {
	MessageRow row[TAKE_BATCH];
	const char *name[TAKE_BATCH]; /* the file's name at the source */
	size_t n;
} Batch;

/* Archives and journals the messages of the embedded Maildir, batch by batch; `each` settles a batch in the open
 * transaction.  A batch that fails is rolled back; its journal lines stand, and the next run settles them. */
int take_maildir(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e);
/* What the configuration says is to be done with messages at their source once their outcome is committed. */
int take_tidy(World *w, Err *e);

#endif
