/* Sender: the parent's side of xinlv-send, the process that speaks SMTP (libcurl).  It has the network and the passwords
 * of the accounts, and no database. */
#ifndef XINLV_POST_SENDER_H
#define XINLV_POST_SENDER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "rules/rules.h"

#define SEND_SECONDS 120 /* one mail, and longer for a large one: a second for each 20 kB; XINLV_SEND_SECONDS
                            overrides the first, for tests */
#define SEND_BYTES_SECOND 20000
#define SEND_TEXT 300 /* characters of an answer that are kept */

typedef enum {
	SENT_OK,
	SENT_RETRY,   /* the server says later, or nobody answered: nothing was taken */
	SENT_UNKNOWN, /* the answer to the whole mail was lost: it may have been taken; the same mail goes again */
	SENT_FAILED,  /* for good: this recipient, this content */
	SENT_ACCOUNT, /* the account is at fault (login, sender refused): no other mail will go through it now */
} SentKind;

typedef struct {
	SentKind kind;
	int code;         /* the server's, 0 when none */
	const char *text; /* its words, or ours; one clean line */
	ErrKind err;      /* what a run that comes to nothing else must end with: ERR_SERVER, ERR_LOGIN, ERR_RULES */
	bool reached;     /* the server had let us in: it was about this mail */
} SentResult;

typedef struct Sender Sender;

int sender_open(const char *program, int home, const MailConf *conf, Sender **out, Err *e);
/* Hands over one mail for send[account]; mail: as compose_mail made it, copied.  What became of it is for sender_hear(),
 * which must be called before anything else is asked. */
void sender_post(Sender *s, size_t account, const char *from, const char *to, Str mail);
/* Waits for the mail that was posted. -1 only when the process died, is stuck or could not be started; *r is filled all the
 * same: SENT_UNKNOWN when the mail was in its hands. */
int sender_hear(Sender *s, Arena *a, SentResult *r, Err *e);
/* Logs in and out again, for check --online. */
int sender_try(Sender *s, size_t account, Arena *a, SentResult *r, Err *e);
void sender_close(Sender *s);

/* The meaning of an SMTP answer, by its text before its code, as Chinese servers use both: 'frequency limited'
 * with 550 is transient, 'DT:SPM' with 554 is not. */
SentKind smtp_answer(int code, const char *text);

#endif
