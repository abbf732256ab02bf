/* Operator: what the robot says of itself, once when bad and once when well again. */
#ifndef XINLV_HOME_OPERATOR_H
#define XINLV_HOME_OPERATOR_H

#include "home/world.h"

int operator_rules_faulty(World *w, Err *e);
int operator_rules_mended(World *w, Err *e);
/* An account that mail is sent by (its URL) cannot be used since then, or can again.  Remembers `mark` under `fact` in
 * the same transaction. */
int operator_send_faulty(World *w, const char *account, const char *reason, int64_t since, const char *fact,
                         const char *mark, Err *e);
int operator_send_well(World *w, const char *account, int64_t since, const char *fact, Err *e);

/* A trouble with fetching: server, quota, folders, tidy or probe; or its end. */
typedef struct {
	const char *trouble;
	const char *account; /* the fetching server's URL */
	const char *reason;  /* in words; NULL: it is over */
	int64_t since;
	int percent;         /* of the quota */
	bool full;           /* nearly all of it */
	const char *fact, *mark; /* remembered in the same transaction; mark NULL: forgotten */
} FetchNotice;
int operator_fetch(World *w, const FetchNotice *n, Err *e);

#endif
