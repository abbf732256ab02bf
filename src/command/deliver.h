/* Deliver: the outbox to where mail is sent. */
#ifndef XINLV_COMMAND_DELIVER_H
#define XINLV_COMMAND_DELIVER_H

#include "command/world.h"

/* Sends what is due. *n counts what went out. A server out of reach is ERR_SERVER after the rest was tried. */
int deliver(World *w, int64_t *n, Err *e);

#endif
