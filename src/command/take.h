/* Take: messages from a source into the archive, the journal and the database, in this order. */
#ifndef XINLV_COMMAND_TAKE_H
#define XINLV_COMMAND_TAKE_H

#include "home/world.h"

#define TAKE_BATCH 64                    /* messages that share one fsync and one transaction */
#define TAKE_BATCH_BYTES (64u << 20)

/* What was taken, in journal order; for the caller to settle. */
typedef struct {
	MessageRow row[TAKE_BATCH];
	size_t n;
} Batch;

/* Archives and journals the messages of the embedded Maildir, batch by batch; `each` settles a batch in the open
 * transaction.  A batch that fails is rolled back; its journal lines stand, and the next run settles them. */
int take_maildir(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e);
/* What the configuration says is to be done with messages of the Maildir once their outcome is committed. */
int take_tidy_maildir(World *w, Err *e);
/* The same for the folders of an IMAP server, tidying included, over one connection.  ERR_SERVER, ERR_LOGIN and
 * ERR_RULES when it cannot be reached or used: then what was taken before stands. */
int take_imap(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e);
/* A message of the journal moves on the progress in its mailbox; writes, inside a transaction.  Other sources: nothing. */
int take_progress(World *w, const char *source, Err *e);
/* Where the header block of a message that was not fetched is kept. */
char *take_head_path(Arena *a, const char *source);
/* The mailbox's session as fetcher_news takes it, appended to out; nothing while anything is left to be done there: a
 * message to be tidied, a trouble that was told. */
int take_packed(World *w, Buf *out, Err *e);
/* The header block of a message that was not fetched: a descriptor, or -1 when there is none. */
int take_head(World *w, const MessageRow *m);

/* Folders whose messages from before the first run are held (fetch.first_start); text for the operator, "" when none. */
int take_held(World *w, Arena *a, const char **text, Err *e);
/* Gives them free: the next run takes them.  *n: how many folders. */
int take_release(World *w, size_t *n, Err *e);

#endif
