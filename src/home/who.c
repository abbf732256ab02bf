/* For what an operator does by hand.  Believes the system's accounts. */
#include "home/who.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"

const char *who_operator(Arena *a) {
	const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *p = sudo && *sudo ? NULL : getpwuid(getuid());
	const char *name = sudo && *sudo ? sudo : p ? p->pw_name : arena_fmt(a, "%u", (unsigned)getuid());
	return arena_fmt(a, "operator %s", text_line(a, str_of(name)));
}
