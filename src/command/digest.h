/* Digest: the secretariat's mail of the morning, with the workbook they decide in. */
#ifndef XINLV_COMMAND_DIGEST_H
#define XINLV_COMMAND_DIGEST_H

#include "command/world.h"

/* Queues the day's digest when it is due and was not queued yet: once a day from mail.digest_minute on. */
int digest_when_due(World *w, Err *e);

#endif
