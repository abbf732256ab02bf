/* What the files of the room share: the store itself, the audit chain, and rows kept for a caller. */
#ifndef XINLV_STORE_INSIDE_H
#define XINLV_STORE_INSIDE_H

#include "store/db.h"
#include "store/digest.h"
#include "store/record.h"
#include "store/store.h"

struct Store {
	Db *db;
	/* The end of the audit chain as this transaction knows it. */
	bool tail_known;
	int64_t tail_id;
	Hash tail;
};

/* What a row of the audit says. */
typedef struct {
	int64_t at;
	const char *kind, *ref;
	int64_t subject; /* key of the row it vouches for, 0: none */
	const char *detail;
	Hash digest;     /* of that row: store/digest.h */
} Audit;

int audit_append(Store *s, const Audit *a, Err *e); /* writes */
/* The hash that row `id` must have behind a row with hash `before`. */
Hash audit_hash(int64_t id, const Audit *a, Hash before);

/* The salt of a message's head, and when its outcome was decided: 1; 0 when the head is not there (any more); writes
 * nothing. */
int head_salt(Store *s, int64_t seq, Salt *salt, int64_t *decided, Err *e);
/* "7/0": a form of a message, as the audit refers to it. */
char *form_ref(char out[48], int64_t seq, int form);

/* What the audit says of a mail that is queued beside its digest: the kind, and until when the time to mend ends of which it tells
 * (0: of none).  Rows of earlier programs say the kind alone. */
#define OUTBOX_DETAIL 80
#define OUTBOX_UNTIL " until "
const char *outbox_detail(char out[OUTBOX_DETAIL], const OutboxRow *o);

/* What a message waits for, where that does not follow from its outcome, forms and rulings: the form it is about and the last
 * ruling before it ("-1/0"), or that it waits no longer.  Verify makes the list again by it; writes. */
#define TODO_IS_DONE "done"
int todo_vouch(Store *s, int64_t at, const char *kind, int64_t seq, const char *detail, Err *e);

/* The key of an entry: 1, 0 (and *id 0) when there is none. */
int entry_id(Store *s, const char *number, int64_t *id, Err *e);
/* Writes; *id (may be NULL) is the event's key. */
int event_append(Store *s, int64_t entry, const char *number, const EventRow *ev, int64_t *id, Err *e);

/* Columns in the order of the table's *_COLUMNS. */
void message_take(Query *q, Arena *a, MessageRow *m);
void entry_take(Query *q, Arena *a, EntryRow *en);
void outbox_take(Query *q, Arena *a, OutboxRow *o);
void ruling_take(Query *q, Arena *a, RulingRow *r);
void paper_take(Query *q, Arena *a, PaperRow *p);
void record_take(Query *q, Arena *a, RecordRow *r); /* kind to detail */
void form_take(Query *q, Arena *a, FormRow *f);
int problem_list(Store *s, Arena *a, int64_t seq, ProblemRow **rows, size_t *n, Err *e);
int field_list(Store *s, Arena *a, int64_t entry, FieldRow **rows, size_t *n, Err *e);
int file_rows(Store *s, Arena *a, int64_t entry, FileRow **rows, size_t *n, Err *e);
/* The same by another statement with one key: name to part. */
int file_rows_by(Store *s, Arena *a, Statement id, int64_t key, FileRow **rows, size_t *n, Err *e);
void file_put(Query *q, const FileRow *f); /* name to part */

/* Rows of track, state and how many: walks q to its end. */
int count_list(Query *q, Arena *a, CountRow **rows, size_t *n);

/* Moves n grown elements into the arena and frees them; never NULL. */
void *rows_keep(Arena *a, void *v, size_t n, size_t size);
/* rows, n of a VEC into *out, *count when r is 0; frees the VEC and gives r. */
#define ROWS_GIVE(a, vec, r, out, count)                                                   \
	((r) < 0 ? (vec_free(vec), *(out) = NULL, *(count) = 0, -1)                            \
	         : (*(count) = (vec)->n, *(out) = rows_keep((a), (vec)->v, (vec)->n, sizeof *(vec)->v), 0))

#endif
