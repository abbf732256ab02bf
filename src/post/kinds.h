/* Kinds: every mail the program sends, with its place in the queue and the names
 * its wording may use.  A name with {...} is a list; inside its section the names in the
 * braces hold, and those outside still do. */
#ifndef XINLV_POST_KINDS_H
#define XINLV_POST_KINDS_H

#include <stddef.h>

typedef struct {
	const char *name;  /* of templates/mail/NAME.txt and .html, and the outbox kind */
	int priority;      /* in the queue: 1 faults, 2 receipts, 3 answers, 4 notices; 0: a page, no mail */
	const char *names;
} MailKind;

extern const MailKind mail_kind[];
extern const size_t mail_kind_n;
/* Names that every mail may use: the contest, its office, whom to ask. */
extern const char *const mail_common_names;

const MailKind *kind_find(const char *name); /* NULL when there is no such mail */

#endif
