/* Account: one of the accounts that mail is sent by: what it may still send, whether it rests, and what the operator
 * was told of it. */
#ifndef XINLV_COMMAND_ACCOUNT_H
#define XINLV_COMMAND_ACCOUNT_H

#include "home/world.h"
#include "post/sender.h"

typedef struct {
	const Server *server;
	const char *fact;   /* key of what is remembered about its fault */
	int64_t left;       /* mails that its limits still allow */
	bool stopped;       /* for this run */
	bool lost;          /* its last answer did not come */
	int failures;       /* mails put off or lost in a row */
	ErrKind err;        /* why it stopped or was lost; ERR_NONE */
	const char *why;
	/* its fault, as remembered from run to run; tries 0: none */
	int64_t since, next, tries;
	const char *look; /* rest_look when it was refused */
	bool told;
} Account;

/* Reads its fault and counts its budget. */
int account_open(World *w, const Server *s, Account *out, Err *e);
/* May it send one more mail now? */
bool account_can(const Account *a);
/* Takes note of what came of a mail: counts, stops, remembers a fault or its end, tells the operator. */
int account_note(World *w, Account *a, const SentResult *r, Err *e);

#endif
