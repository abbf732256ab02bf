/* Outbox: a finished mail becomes a row that is sent later. */
#ifndef XINLV_HOME_OUTBOX_H
#define XINLV_HOME_OUTBOX_H

#include "home/world.h"

/* Queues the mail within the open transaction: due now, for the message `seq` (0: for none).  state: "waiting", or "held" for
 * what a person must release first; what is to be joined with others is held until then.  A mail with that Message-ID is never
 * queued a second time. */
int outbox_queue(World *w, int64_t seq, const Outgoing *mail, const char *state, Err *e);
/* The same, not to be sent before `due`. */
int outbox_queue_at(World *w, int64_t seq, const Outgoing *mail, const char *state, int64_t due, Err *e);

/* A mail of the robot's own accord: what is notice_make's, and the message it is about. */
typedef struct {
	const char *mail, *key;
	const Data *data;
	const Attachment *file;
	size_t file_n;
	int64_t seq; /* 0: none */
} OwnMail;

/* Makes it and queues it within the open transaction, due now; opens the wording where nobody has yet. */
int outbox_tell(World *w, Arena *a, const OwnMail *mail, const Address *to, Err *e);
/* The same to every address of the secretariat but that one; NULL: to all. */
int outbox_tell_office(World *w, Arena *a, const OwnMail *mail, const char *but, Err *e);

#endif
