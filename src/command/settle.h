/* Settle: one archived message becomes its outcome: read behind the walls, judged, entered, answered. Runs inside the
 * transaction of the batch; nothing it does outside the database matters before the commit. */
#ifndef XINLV_COMMAND_SETTLE_H
#define XINLV_COMMAND_SETTLE_H

#include "home/above.h"

/* next: the n messages that come after it, of which some are read ahead.  0 when the message has its outcome now.  -1 when
 * something that is not the message's fault stopped it: the transaction must be rolled back and the message tried again
 * later. */
int settle_message(World *w, const MessageRow *m, const MessageRow *next, size_t n, Err *e);
/* A message known to the server only: too large to fetch. `head` is a descriptor of its header block, or -1. */
int settle_unfetched(World *w, const MessageRow *m, int head, Err *e);

#endif
