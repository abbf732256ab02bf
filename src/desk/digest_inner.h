/* Inside of the digest: what is known of the day, and the parts that make the mail and the workbooks of it.  Nobody
 * outside digest*.c needs this. */
#ifndef XINLV_DESK_DIGEST_INNER_H
#define XINLV_DESK_DIGEST_INNER_H

#include "base/seal.h"
#include "home/world.h"
#include "store/alike.h"
#include "store/report.h"

#define DIGEST_SHOWN 5            /* items of one kind in the mail; the others are counted */
#define DIGEST_DAYS 14            /* in the picture of the mail */
#define DIGEST_BOOK_DAYS 120      /* in the workbook */
#define DIGEST_COLUMN_DAYS 31     /* more are drawn as lines */
#define DIGEST_CATCH_UP 31        /* days that one digest tells of at the most */
#define DIGEST_MAIL_BYTES (10 << 20) /* what every mail server takes */
#define DAY_SECONDS 86400

typedef struct {
	World *w;
	Arena *a;
	bool forced;
	int64_t today;            /* 00:00 of the day it is made */
	int64_t from, to;         /* the days it tells of: [from, to) */
	int64_t before;           /* [before, from): as many days, which they are compared with */
	ArrivalRow *arrival;      /* DIGEST_BOOK_DAYS and today */
	size_t arrival_n;
	CountRow *form, *form_before, *form_today; /* by track and outcome */
	size_t form_n, form_before_n, form_today_n;
	CountRow *entry;          /* by track and state */
	size_t entry_n;
	CountRow *queue;
	size_t queue_n;
	int64_t opens, closes;  /* of the contest as a whole */
	int64_t window_closes;  /* of the window that is open, or opens first */
} Digest;

/* ---- digest_facts.c */
int digest_gather(Digest *d, Err *e);
/* Messages of an outcome (NULL: any) that arrived in [from, to). */
int64_t digest_arrived(const Digest *d, int64_t from, int64_t to, const char *outcome);
/* Sums of rows; NULL: any. */
int64_t digest_sum(const CountRow *row, size_t n, const char *track, const char *state);
/* Whom we know by an address: "name mobile" of the newest entry it belongs to, "" when none; *number likewise. */
int digest_known(const Digest *d, const char *address, const char **who, const char **number, Err *e);
/* Came before the opening: nothing to rule on. */
bool digest_early(const Digest *d, const TodoRow *t);
/* What came late, in a phrase: its title, or the entry that its files are for. */
const char *digest_late(const Digest *d, Arena *a, const TodoRow *t);
/* By how much. */
const char *digest_late_by(const Digest *d, Arena *a, const TodoRow *t);
const char *digest_track(const Digest *d, const char *code); /* its name, or the code */
/* Where a person finds the message, from the home; "" when it was never fetched. */
const char *digest_path(Arena *a, const TodoRow *t);

/* What two entries have in common, in a phrase. */
const char *digest_alike(const Digest *d, Arena *a, const AlikeRow *t);

/* ---- digest_needs.c */
/* Fills needs{}, briefs{} and need_count. */
int digest_needs(Digest *d, Data *out, Err *e);

/* ---- digest_mail.c */
int digest_mail_data(Digest *d, Data *out, Err *e);
/* Of it: days, figures, tracks. */
void digest_mail_figures(const Digest *d, Data *out);

/* ---- digest_book.c: what the workbook leaves out to stay small */
typedef struct {
	bool all;       /* with the sheet of all entries */
	int64_t rows;   /* of a sheet at the most, 0: no limit */
} BookSize;
int digest_figures(Digest *d, const char *path, Err *e);
int digest_book(Digest *d, const BookSize *size, const char *path, Err *e);

#endif
