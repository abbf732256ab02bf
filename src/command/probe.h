/* Probe: a mail to ourselves at set hours (probe: of the rules), that must come back through the mailbox within some time. It
 * finds what no server tells: a filter, a full box, a forwarding that was switched off.  The operator hears once when one stays
 * away, and once when one is back. */
#ifndef XINLV_COMMAND_PROBE_H
#define XINLV_COMMAND_PROBE_H

#include "home/action.h"
#include "home/due.h"

/* A mail of our own came back: was it the probe?  writes */
int probe_came(World *w, Arena *a, const char *subject, Err *e);

extern const Due due_probe;
extern const Action action_probe; /* {"token": ...} */

#endif
