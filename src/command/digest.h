/* Digest: the secretariat's mail of the morning, with the workbook they decide in. */
#ifndef XINLV_COMMAND_DIGEST_H
#define XINLV_COMMAND_DIGEST_H

#include "command/due.h"

/* The day's digest is queued once a day from mail.digest_minute on. */
extern const Due due_digest;

/* How things stand now, for whoever asks: figures of today so far into d, and the workbook of them. */
int digest_now(World *w, Arena *a, Data *d, Attachment *book, Err *e);

#endif
