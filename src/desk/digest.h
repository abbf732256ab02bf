/* Digest: the secretariat's mail of the morning, with the workbook they decide in. */
#ifndef XINLV_DESK_DIGEST_H
#define XINLV_DESK_DIGEST_H

#include "home/due.h"

/* The day's digest is queued once a day from mail.digest_minute on. */
extern const Due due_digest;

/* How things stand now, for whoever asks: figures of today so far into d, and the workbook of them. */
int digest_now(World *w, Arena *a, Data *d, Attachment *book, Err *e);

/* One now, whatever the hour; it stands for the day's when the hour is past. */
int digest_make(World *w, Err *e);

#endif
