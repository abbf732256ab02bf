/* Notice: mails of the robot's own accord that are prepared together: what a decision, a phase, a round means for those it
 * concerns.  Whoever prepares them says what is to be told about which entry; who hears of it, that one person gets one mail
 * for all of their entries, and whether the mails leave at once or wait for the secretariat follows from the rules
 * (notices: in contest.yaml).
 *
 * A mail is templates/mail/EVENT.txt and .html; its line in post/kinds.c names NOTICE_ENTRIES: entries{number title org track
 * state contact reason more} with what the item says beside them, entry_count, first_number, and what is said to all.
 *
 * What is held is kept as what it is made from, not as mails: the secretariat is shown it (count by kind, samples, the list)
 * with a code that is bound to exactly what it saw, and when the code comes back it is made again; where that is not the same to
 * the byte, the code is void, and it is shown anew.  The mails enter the outbox when they are released.
 *
 * All of it must follow from a message or from an action (action.h), within the open transaction, so that replaying the
 * journal prepares the same. */
#ifndef XINLV_COURSE_NOTICE_H
#define XINLV_COURSE_NOTICE_H

#include "home/world.h"
#include "store/notice.h"

typedef struct Notices Notices;

typedef struct {
	const char *key;   /* what they are for: the same is never prepared twice; no personal values */
	const char *title; /* what the secretariat reads of it */
	int64_t until;     /* of use until then; 0: always */
	bool wanted;       /* somebody must hear of it: where nobody would, the secretariat is shown that */
	const char *by;    /* whose doing it is: an address, "robot", "operator NAME" */
} NoticeFor;

/* One thing to tell.  All texts are copied. */
typedef struct {
	const char *event;       /* of rules_notice_events: chooses the mail and how it goes */
	const char *number;      /* the entry it is about; NULL or "": none */
	const Address *to;       /* who hears of it; none: the entry's contact and sender, as the rules and its form have it */
	size_t to_n;
	const char *const *says; /* name, value, ..., NULL: names of its item in entries{}; NULL: nothing beside the entry's own */
	const char *apart;       /* those with unlike texts never share a mail; NULL: they may */
	const Attachment *file;  /* without cid */
	size_t file_n;
} Notice;

typedef struct {
	bool before;      /* it was prepared before: nothing was done */
	size_t sent;      /* mails queued */
	size_t held;      /* mails that wait for release */
	size_t none;      /* things that the rules do not tell */
} NoticeMade;

Notices *notice_begin(World *w, const NoticeFor *what);
/* For every mail of them, outside entries{}. */
void notice_say(Notices *n, const char *name, const char *value);
void notice_add(Notices *n, const Notice *one);
/* Queues them or holds them, within the open transaction; frees n.  made may be NULL. */
int notice_end(Notices *n, NoticeMade *made, Err *e);

/* ---- what is held */
/* A mail about a release (v->release): does it, or tells why not.  Fills v->detail; makes the mails that answer it. */
int notice_mail(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **out, size_t *n, Err *e);

#endif
