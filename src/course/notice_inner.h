/* Inside of the notices: a batch that is made into mails.  Nobody outside notice*.c needs this. */
#ifndef XINLV_COURSE_NOTICE_INNER_H
#define XINLV_COURSE_NOTICE_INNER_H

#include "course/notice.h"

/* Something to tell, with the entry as it is now. */
typedef struct {
	const NoticeItemRow *row;
	bool about;        /* an entry: */
	EntryRow entry;
	Address *to;
	size_t to_n;
	const char *back;  /* words key of why it is not told, NULL */
} NoticeItem;

/* One mail: to one person, of one kind. */
typedef struct {
	Address to;
	const char *mail, *apart;
	size_t *item;      /* indexes, in order */
	size_t item_n;
} Letter;

typedef struct {
	NoticeRow row;
	NoticeItem *item;
	size_t item_n;
	Letter *letter;    /* in the order of their first items */
	size_t letter_n;
	size_t people;     /* addresses */
	size_t entries;    /* entries that somebody hears of */
	size_t back;       /* items held back */
	bool everybody;    /* of the entries that stand */
} NoticeSet;

/* ---- notice_whom.c */
/* Who hears of the entry: reachable addresses, else all the same the one there is.  None: n is 0. */
int notice_whom(World *w, Arena *a, const EntryRow *en, Address **to, size_t *n, Err *e);

/* ---- notice_make.c */
/* What the batch is today: who would get which mail, and what is held back. */
int notice_set(World *w, Arena *a, const NoticeRow *row, NoticeSet *out, Err *e);
Data *notice_data(const World *w, Arena *a, const NoticeSet *s, const Letter *l);
/* The mail, dated so. */
int notice_letter(World *w, Arena *a, const NoticeSet *s, const Letter *l, int64_t date, Outgoing *out, Err *e);
/* SHA-256 over every mail as of s->row.shown, and what happened to each entry.  each may be NULL. */
int notice_digest(World *w, const NoticeSet *s, int (*each)(void *ctx, size_t i, const Outgoing *o, Err *e), void *ctx,
                  Hash *out, Err *e);
/* Queues all of them, due then; row: how the batch stands after it. */
int notice_release(World *w, NoticeSet *s, int64_t due, const char *by, Err *e);

/* ---- notice_show.c */
/* Shows the batch to the secretariat with a new code; what it is today becomes what is bound. */
int notice_show(World *w, NoticeRow *row, const char *by, Err *e);
/* The code of that batch and round for that digest. */
int notice_code(World *w, Arena *a, const NoticeRow *row, const char **code, Err *e);

#endif
