/* Action: what the robot does because the clock or the operator says so, and not because a message does.  It stands in the
 * journal before it is committed, so that the database can be made again to the same: replayed at the same place, with the
 * moment it was done as `now`. */
#ifndef XINLV_HOME_ACTION_H
#define XINLV_HOME_ACTION_H

#include "base/json.h"
#include "home/world.h"

typedef struct {
	const char *name; /* as the journal has it, for good: letters, digits, hyphens */
	/* Does it within the open transaction.  by: "robot", or "operator NAME"; args: an object, valid during the call.  What it
	 * depends on besides must follow from the rules in force and the database.  Mails are queued by it, never sent. */
	int (*apply)(World *w, Arena *a, const char *by, const Json *args, Err *e);
} Action;

/* Does it in one transaction of its own, which is committed once its line stands durably in the journal; the journal is marked
 * as read up to it.  What fails leaves no line.  args: the text of a JSON
 * object.  ERR_BUG for a name that is not in the table. */
int action_do(World *w, const char *name, const char *by, const char *args, Err *e);
/* The line of the journal, done again.  Within the open transaction. */
int action_replay(World *w, const JournalLine *l, Err *e);

#endif
