/* Records: what happens in the rounds of a contest beside the entries' own events: who judges, what is assigned to whom, which
 * scores came in.  A record is never changed; the newest of its kind, round, ref and who holds, and what went before stays. */
#ifndef XINLV_STORE_RECORD_H
#define XINLV_STORE_RECORD_H

#include "store/store.h"

typedef struct {
	const char *kind;  /* expert, promise, assign, score, ... */
	const char *round; /* id in the rules; "" for none */
	const char *ref;   /* an entry's number and the like; "" for none */
	const char *who;   /* an expert's code; "" for none */
	int64_t at;
	const char *state; /* what holds from now on, one word of its kind */
	const char *data;  /* JSON or a text, without personal values */
	/* Personal, gone after a purge: */
	const char *by;     /* an address, "robot", or "operator NAME" */
	const char *addr;   /* of whom it is about, for finding them by it */
	const char *detail; /* JSON or a text */
	int64_t version;    /* read only: how many of its kind, round, ref and who there are, itself included */
} RecordRow;

int store_record_add(Store *s, const RecordRow *r, Err *e); /* writes */
/* The newest; out->version is 0 when there is none. */
int store_record_get(Store *s, Arena *a, const char *kind, const char *round, const char *ref, const char *who,
                     RecordRow *out, Err *e);
/* The newest that was there at that moment, the moment itself included; the version is not filled. */
int store_record_at(Store *s, Arena *a, const char *kind, const char *round, const char *ref, const char *who, int64_t at,
                    RecordRow *out, Err *e);
/* The newest of each ref and who, of one kind and round, in order of ref, then who; ref: of that only, NULL: all. */
int store_record_list(Store *s, Arena *a, const char *kind, const char *round, const char *ref, RecordRow **rows, size_t *n,
                      Err *e);
/* The same of several rounds, one behind the other. */
int store_record_lists(Store *s, Arena *a, const char *kind, const char *const *round, size_t rounds, RecordRow **rows,
                       size_t *n, Err *e);
/* The row of that ref and who among what store_record_list gave; NULL: none. */
const RecordRow *record_find(const RecordRow *rows, size_t n, const char *ref, const char *who);
/* The newest of that kind whose address it is, among those that hold (in any case of letters). */
int store_record_addr(Store *s, Arena *a, const char *kind, const char *addr, RecordRow *out, Err *e);

#endif
