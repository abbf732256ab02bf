/* Joint: verdicts beyond the daily cap of an address.  None is withheld: they wait in the outbox, and go out together, each
 * whole, in one mail (replies.joined_every). */
#ifndef XINLV_COMMAND_JOINT_H
#define XINLV_COMMAND_JOINT_H

#include "home/action.h"
#include "home/due.h"

#define JOINT_MOST 50               /* verdicts in one mail; more go in another */
#define JOINT_BYTES (8u << 20)

/* Kinds of mail that are verdicts on a form. */
bool joint_takes(const char *kind);
/* When a verdict that is queued now goes with others: with those that wait for its address already, else after
 * replies.joined_every; at once where the time to mend would run out. */
int joint_moment(World *w, const Outgoing *mail, int64_t *at, Err *e);

extern const Due due_joint;
extern const Action action_join; /* {"mails": [Message-ID, ...]} */

#endif
