/* Purge: personal values leave the database, audited; digests, outcomes, numbers and the chain stay.  And whole databases: a
 * snapshot without them stands in for the messages that go with them. */
#ifndef XINLV_STORE_PURGE_H
#define XINLV_STORE_PURGE_H

#include "store/store.h"

typedef struct {
	int64_t rows;     /* of personal values */
	int64_t messages, entries;
	int64_t notices;  /* prepared and never released: cancelled */
	int64_t open;     /* mails not sent, messages without an outcome, folders not laid: a purge waits for them */
} PurgeCount;
int store_purge_count(Store *s, PurgeCount *out, Err *e);

/* Everything personal that is there now; one row in the audit, by whom; writes. */
int store_purge(Store *s, int64_t at, const char *by, Err *e);
/* The last message that a purge took: 1; 0 when there was none. */
int store_purged(Store *s, int64_t *seq, Err *e);
/* What was purged is in no free page any more; outside a transaction.  ERR_LOCKED while a reader keeps the pages of before. */
int store_compact(Store *s, Err *e);
/* Messages up to seq, in order; and the Message-IDs of mails without a reader any more. */
int store_purged_each(Store *s, int64_t seq, bool (*each)(void *ctx, const MessageRow *m), void *ctx, Err *e);
int store_purged_mails(Store *s, bool (*each)(void *ctx, const char *message_id), void *ctx, Err *e);

/* A new file at the absolute path, without a free page; and the whole database replaced by such a file. Both outside a
 * transaction. */
int store_snapshot(Store *s, const char *path, Err *e);
int store_load(Store *s, const char *path, Err *e);

#endif
