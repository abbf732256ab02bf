/* Petition: what an entry's sender or contact asks for, or objects to, becomes a row that the secretariat decides.  It is a
 * record of kind `petition`: its round says what is asked for, ref the entry, who the message; state open, agreed, refused. */
#ifndef XINLV_COURSE_PETITION_H
#define XINLV_COURSE_PETITION_H

#include "home/world.h"
#include "store/record.h"

#define PETITION_KINDS 3
extern const char *const petition_kind[PETITION_KINDS]; /* change, withdraw, object */

/* From the record's data. */
typedef struct {
	int64_t seq;        /* of the message */
	int64_t no;         /* of an objection, else 0 */
	bool stamp_missing;
} Petition;
Petition petition_of(const RecordRow *r);

/* The row for v->petition, beside what its message brought; writes within the open transaction, after the outcome. */
int petition_enter(World *w, Arena *a, const MessageRow *m, const Report *r, const Verdict *v, Err *e);
/* Those that wait for a decision, the first that came first. */
int petition_open(World *w, Arena *a, RecordRow **rows, size_t *n, Err *e);
/* Another contact from now on; empty fields stay as they are.  Who was contact before is told, and who is now; writes. */
int contact_change(World *w, Arena *a, const EntryRow *en, const char *name, const char *mobile, const char *email,
                   const char *by, Err *e);

#endif
