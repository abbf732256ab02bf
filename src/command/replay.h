/* Replay: what the journal has and the database has not, in the journal's order: after a crash the last lines, after the
 * loss of the database all of them.  Each message is judged by the rules that were in force when it was taken, as of that
 * moment, so that the same entries, numbers and outcomes come out. */
#ifndef XINLV_COMMAND_REPLAY_H
#define XINLV_COMMAND_REPLAY_H

#include "home/above.h"

/* How far, and by which rules. */
typedef struct {
	int64_t until;    /* no line that ends behind this offset */
	bool fixed;       /* all by the rules the world has, whatever the journal says was in force */
	int64_t messages; /* out: how many were brought in */
} Replaying;
int replay_until(World *w, Replaying *how, Err *e);

#endif
