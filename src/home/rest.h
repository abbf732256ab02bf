/* Rest: what a refused login asks for. Providers refuse for a while whoever tries too often, and say the same words then as for
 * a wrong password; so a login waits 2, 4, 8 ... minutes up to an hour, unless it would log in with something else now. */
#ifndef XINLV_HOME_REST_H
#define XINLV_HOME_REST_H

#include "home/world.h"

#define REST_FIRST_SECONDS 120
#define REST_MOST_SECONDS 3600

/* How long a login waits after so many refusals in a row, from 1. */
int64_t rest_seconds(int64_t refusals);
/* What it logs in with, as far as can be seen without running a command: a short word that changes when the address or the
 * password file does.  Tells nothing of the password. */
const char *rest_look(World *w, const Server *s);

#endif
