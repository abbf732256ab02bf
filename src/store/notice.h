/* Notices in the store: batches of mails that are prepared together, what they are made from, and the codes that release
 * them; and whom a notice may concern beside the entries.  The conventions are those of store.h. */
#ifndef XINLV_STORE_NOTICE_H
#define XINLV_STORE_NOTICE_H

#include "store/store.h"

typedef struct {
	int64_t id;
	const char *key, *title;
	int64_t made, until;
	const char *shared; /* JSON */
	const char *state;  /* held, released, cancelled, expired */
	int64_t round;      /* how often it was shown */
	int64_t shown;      /* when last */
	int64_t mails;
	Hash digest;        /* of the mails as shown */
} NoticeRow;

/* What is mutable of it (round, shown, mails, digest) begins at nothing. */
int store_notice_add(Store *s, const NoticeRow *n, int64_t *id, Err *e); /* writes */
int store_notice_find(Store *s, Arena *a, const char *key, NoticeRow *out, Err *e);
int store_notice_get(Store *s, Arena *a, int64_t id, NoticeRow *out, Err *e);
int store_notice_held(Store *s, Arena *a, NoticeRow **rows, size_t *n, Err *e);
/* state, round, shown, mails and digest of that id, at that moment; audited, with who did it but for an address. */
int store_notice_set(Store *s, const NoticeRow *n, int64_t at, const char *by, Err *e); /* writes */

typedef struct {
	const char *mail, *number;
	int64_t events;
	const char *recipients, *says; /* JSON */
	const char *apart;
} NoticeItemRow;
int store_notice_item_add(Store *s, int64_t id, int64_t n, const NoticeItemRow *item, Err *e); /* writes */
int store_notice_items(Store *s, Arena *a, int64_t id, NoticeItemRow **rows, size_t *n, Err *e);

typedef struct {
	const char *name, *media;
	Str bytes;
} NoticeFileRow;
int store_notice_file_add(Store *s, int64_t id, int64_t n, int64_t k, const NoticeFileRow *f, Err *e); /* writes */
int store_notice_files(Store *s, Arena *a, int64_t id, int64_t n, NoticeFileRow **rows, size_t *count, Err *e);

/* The mails of what is held, as rows of the outbox that they would be; id 0, state held. */
int store_notice_mail_add(Store *s, int64_t id, int64_t n, const OutboxRow *o, Err *e); /* writes */
int store_notice_mails_clear(Store *s, int64_t id, Err *e); /* writes */
int store_notice_mail_each(Store *s, bool (*each)(void *ctx, const OutboxRow *row), void *ctx, Err *e);

/* A code handed out in that round; whose and which round it was. */
int store_notice_code_add(Store *s, const char *code, int64_t id, int64_t round, Err *e); /* writes */
int store_notice_code(Store *s, const char *code, int64_t *id, int64_t *round, Err *e);

/* ---- whom it may concern */
/* 1 when a mail to it came back for good, and nothing came from there since. */
int store_address_bounced(Store *s, const char *address, Err *e);
typedef struct {
	const char *name, *addr;
} PersonRow;
/* Who asked for forms and has sent no form since; an address may come twice. */
int store_asked_list(Store *s, Arena *a, PersonRow **rows, size_t *n, Err *e);
/* Whose form arrived before that moment and was too early, with none accepted since. */
int store_early_list(Store *s, Arena *a, int64_t before, PersonRow **rows, size_t *n, Err *e);
/* When the first rules were taken into force: what the clock asked for before then is none of ours. */
int store_rules_first(Store *s, int64_t *at, Err *e);

#endif
