/* Smtp: one account of one server, spoken to by libcurl.  Lives in xinlv-send alone.  Private to the room. */
#ifndef XINLV_POST_SMTP_H
#define XINLV_POST_SMTP_H

#include "base/arena.h"
#include "post/sender.h"

#define SMTP_MAILS_A_CONNECTION 10 /* more is what NetEase answers 450 MI:DMC to */
#define SMTP_CONNECT_SECONDS 45    /* until the server has let us in */

typedef struct {
	const char *from, *to; /* the envelope, bare */
	int fd;                /* the mail's bytes, from offset 0 */
	uint64_t bytes;
	int seconds;           /* until it must be done */
} SmtpMail;

typedef struct Smtp Smtp;

/* server and ehlo must outlive it.  home: folder of the password's and the CA's files, which must be the current
 * folder too. */
Smtp *smtp_new(const Server *server, const char *ehlo, int home);
void smtp_free(Smtp *s);
/* Each fills *r; its text lives in the arena. */
void smtp_mail(Smtp *s, const SmtpMail *m, Arena *a, SentResult *r);
void smtp_try(Smtp *s, int seconds, Arena *a, SentResult *r);

#endif
