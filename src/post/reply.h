/* Reply: from a verdict to the mails that answer it, as they will be sent.  Pure: it reads
 * rules, templates and the verdict, and gives finished mails; the caller queues them in the transaction of the
 * outcome. */
#ifndef XINLV_POST_REPLY_H
#define XINLV_POST_REPLY_H

#include "judge/judge.h"
#include "mail/compose.h"
#include "post/template.h"

typedef struct {
	const char *kind; /* receipt, faults, confirm, ... : the outbox kind */
	int priority;
	int64_t until;          /* a report of faults: its reader has time to mend until then; 0: nothing is to be mended */
	int64_t joins_at;       /* beyond the cap of its address: then it goes, with others in one mail; 0: alone, at once */
	const char *to_addr, *to_name;
	const char *subject;    /* decoded */
	const char *message_id; /* without <>; the same for the same (message, kind, recipient) */
	Str bytes;              /* the whole mail */
} Outgoing;

typedef struct {
	const Rules *rules;
	const Templates *templates;
	int64_t now;
	int home;               /* folder, for templates/forms/ */
} ReplyWorld;

/* What is known of the message beside the verdict. */
typedef struct {
	const Report *report;
	Hash sha256;
	int64_t received;
	const char **number; /* the entry number given to each form, "" when none; verdict->form_n of them */
	/* a duplicate's standing entry: when it was accepted (WHEN_NONE otherwise), one a form */
	const int64_t *accepted;
	const Attachment *extra; /* made by others: corrected forms */
	size_t extra_n;
	/* progress: the entries of the asking address */
	const EntryRow *entry;
	size_t entry_n;
} ReplyFacts;

/* The mails for one message, 0 or more, in the arena: the answer to the sender, and on acceptance a short
 * confirmation to the form's contact when that is another address.  Mails that must not be answered give none. */
int reply_make(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f, Outgoing **out, size_t *n,
               Err *e);
/* The Message-ID that the answer to the sender will have; "" when there will be none. */
const char *reply_id(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f);
/* A mail that a person must read, to the first of the secretariat, who answers its sender by answering it. original: the
 * mail itself, NULL where it is too large.  None when the secretariat wrote it. */
int reply_forward(const ReplyWorld *w, Arena *a, const Verdict *v, const ReplyFacts *f, const Attachment *original,
                  Outgoing **out, size_t *n, Err *e);
/* For a message that could not be read or fetched: quarantined, too_large.  from may be "" (no mail then). */
int reply_unread(const ReplyWorld *w, Arena *a, const char *mail, const char *from_addr, const char *subject,
                 const char *in_reply_to, Hash sha256, int64_t received, Outgoing **out, size_t *n, Err *e);
/* An answer to a message that is not made of a verdict: to whom it is written is for the caller to say, whatever its
 * Reply-To wants; and what d says stands over what is said of any message. */
int reply_answer(const ReplyWorld *w, Arena *a, const char *mail, const Report *m, Hash sha256, int64_t received,
                 const Address *to, Data *d, const Attachment *att, size_t att_n, Outgoing *out, Err *e);
/* Mails that wait in the outbox (all to one address) in one: each whole, its attachments with its number before their names.
 * bytes: of each.  The same mails give the same Message-ID. */
int reply_joined(const ReplyWorld *w, Arena *a, const OutboxRow *row, const Str *bytes, size_t n, Outgoing *out, Err *e);
/* A mail of the robot's own accord (operator notice, digest later). key makes its Message-ID. */
int notice_make(const ReplyWorld *w, Arena *a, const char *mail, const char *key, const Address *to,
                const Data *d, const Attachment *att, size_t att_n, Outgoing *out, Err *e);

#endif
