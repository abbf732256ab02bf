/* Compare: the database in use against one made again from the journal, row by row.  Left out is what is drawn by lot (salts,
 * and the digests made with them), what follows from the moment of a run and not from the journal (progress, what waits for
 * its folder), and mails that answer no message. */
#ifndef XINLV_STORE_COMPARE_H
#define XINLV_STORE_COMPARE_H

#include "store/store.h"

#define COMPARE_MAX_LINES 20 /* told of one table; the rest is counted */

/* Puts the database at `path` (absolute) beside the one in use, which from now on is seen as it is at its next reading,
 * whatever a run does to it. */
int store_compare_begin(Store *s, const char *path, Err *e);
/* Tells each difference in a line of English; *n counts them. */
int store_compare(Store *s, void (*tell)(void *ctx, const char *line), void *ctx, int64_t *n, Err *e);

/* A message whose outcome or entries differ. */
typedef struct {
	const char *seq, *sha256, *from, *subject;
	const char *outcome, *entries; /* in use; "" when there are none */
	const char *other_outcome, *other_entries;
} OutcomeDiff;
int store_compare_outcomes(Store *s, bool (*each)(void *ctx, const OutcomeDiff *d), void *ctx, Err *e);

#endif
