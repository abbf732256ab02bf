/* Rehearsal: a contest's journal played once more, into a second database in a folder of its own outside the home.  It sends
 * nothing, lays nothing, and changes nothing in the home; the folder goes with it. */
#ifndef XINLV_COMMAND_REHEARSE_H
#define XINLV_COMMAND_REHEARSE_H

#include "home/world.h"

typedef struct {
	World w;
	Env env;
	const char *path; /* of the folder */
	const char *database;
	int64_t messages; /* played */
} Rehearsal;

/* Makes the folder, in TMPDIR or else /var/tmp, with an empty database in it.  rules_home: where rules and templates
 * are. Must be closed also on failure. */
int rehearsal_open(Rehearsal *r, const Env *env, const char *rules_home, Err *e);
/* Plays the journal up to that offset and closes the database.  rules: judge all by these (becomes the rehearsal's); NULL: by
 * those in force at each message. */
int rehearsal_play(Rehearsal *r, int64_t until, Rules *rules, Err *e);
void rehearsal_close(Rehearsal *r);

#endif
