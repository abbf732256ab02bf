/* Digest: the secretariat's mail of the morning, with the workbook they decide in. */
#ifndef XINLV_COMMAND_DIGEST_H
#define XINLV_COMMAND_DIGEST_H

#include "command/due.h"

/* The day's digest is queued once a day from mail.digest_minute on. */
extern const Due due_digest;

#endif
