/* Unreachable: mail to the contact that a form names came back, or was refused. Who sent the entry hears of it, once for each
 * entry. */
#ifndef XINLV_COMMAND_UNREACHABLE_H
#define XINLV_COMMAND_UNREACHABLE_H

#include "home/world.h"

#define UNREACHABLE_ENTRIES 100      /* of one contact, told in one go */
#define UNREACHABLE_REASON_CHARS 300 /* of the server's words */

/* Queues a mail to each sender of standing entries whose contact has this address, unless it is their own; seq: the
 * message that says so, 0: none.  Writes, inside a transaction. */
int unreachable_tell(World *w, const char *address, const char *reason, int64_t seq, Err *e);
/* The same for a bounce, when it is one of a mail of ours, and for good. */
int unreachable_bounce(World *w, const Report *r, int64_t seq, Err *e);

#endif
