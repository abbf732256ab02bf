/* Deliver: the outbox to where mail is sent. */
#ifndef XINLV_COMMAND_DELIVER_H
#define XINLV_COMMAND_DELIVER_H

#include "home/world.h"

/* A mail that is only ever put off is given up after so long, and after every interval of mail.retry was used. */
#define DELIVER_GIVE_UP_SECONDS (3 * 86400)
/* 535 comes with a right password, too, and goes again; servers are away for an hour: the operator is told later. */
#define DELIVER_ALARM_SECONDS (2 * 3600)
/* Mails in a row put off or lost, after which an account rests until the next run. */
#define DELIVER_FAILURES 3

/* Sends what is due. *n counts what went out. After the rest was done: ERR_SERVER for a server out of reach, ERR_LOGIN
 * for a login refused, ERR_RULES for an account that cannot be used as it is configured. */
int deliver(World *w, int64_t *n, Err *e);
/* Its half for SMTP accounts. */
int deliver_smtp(World *w, int64_t *n, Err *e);

/* The file's name in outbox/new: made from the Message-ID, so that the same mail is there once. */
char *deliver_file_name(Arena *a, const char *message_id);

#endif
