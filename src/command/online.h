/* Online: check --online, server by server, in plain words. */
#ifndef XINLV_COMMAND_ONLINE_H
#define XINLV_COMMAND_ONLINE_H

#include "command/command.h"
#include "rules/rules.h"

/* Logs in to every account that mail is sent by, and says how it went.  The exit status of the first that failed, 0 when
 * all work, -1 on a fault of our own. */
int online_send(Env *env, const Rules *r, Err *e);
/* The same for the server that mail is fetched from, and its folders. */
int online_fetch(Env *env, const Rules *r, Err *e);
/* What a person can do about a server out of reach, by what was said of it; "" when that says enough. */
const char *online_advice(const char *said);

#endif
