/* Skip: a line of the journal that cannot be done, and without which the operator goes on.  The line stays; a later one,
 * 'skip', names it, so that the database is made again without it too. */
#ifndef XINLV_COMMAND_SKIP_H
#define XINLV_COMMAND_SKIP_H

#include "home/action.h"

extern const Action action_skip;

/* The line that a 'skip' names, and its hash; false for any other line. */
bool skip_names(const JournalLine *l, int64_t *line, Hash *hash);
/* What an operator or the clock asked for: may be gone on without.  A message never is, nor a set of rules. */
bool skip_may(const JournalLine *l);

#endif
