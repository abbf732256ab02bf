/* Journal: spool/archive/journal, the append-only, fsynced order of events; with
 * the archive it is the truth from which the database can be made again.  One JSON object
 * a line: {"seq":1,"kind":"message","at":"...","prev":"<hash of the line before>",...}; a torn last line
 * (power cut) is cut off at the next open. */
#ifndef XINLV_INTAKE_JOURNAL_H
#define XINLV_INTAKE_JOURNAL_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "intake/archive.h"

#define JOURNAL_PATH ARCHIVE_FOLDER "/journal" /* below a home */

typedef struct Journal Journal;

typedef enum { JOURNAL_MESSAGE, JOURNAL_RULES, JOURNAL_DECISION, JOURNAL_LIMIT, JOURNAL_SENT, JOURNAL_ACTION } JournalKind;

typedef struct {
	int64_t line;  /* from 1 */
	int64_t end;   /* on reading: the offset behind the line in the journal */
	Hash hash;     /* on reading: of the line's text, as the next line has it */
	JournalKind kind;
	int64_t at;    /* message: arrival; others: when recorded */
	/* message */
	int64_t seq;
	int64_t taken; /* when the robot recorded it; `at` where an old line does not say */
	Hash sha256;
	bool archived;  /* false: never fetched (too large, unreadable) */
	bool headed;    /* not fetched, but its header block was kept: sha256 is of that */
	uint64_t bytes;
	const char *source;
	/* rules: sha256 names the bundle in the archive; decision and limit: who, and the JSON of it; action: which
	 * and who ("purge operator li"), and the JSON of it; sent: text holds the
	 * Message-IDs that left at `at`, blanks between. */
	const char *name;
	const char *text;
} JournalLine;

/* How much of it the database has read: the offset behind the last line, and that line's hash in hex ("": not noted). */
typedef struct {
	int64_t offset;
	const char *line;
} JournalMark;

/* Opens for appending, creating it when missing; reads only its tail, and cuts off what a crash left of a line behind it.
 * Of what was read before nothing is ever cut, and nothing is written behind it when it is not whole or its last line is
 * another: fails (ERR_DISK). */
int journal_open(int home, const JournalMark *read, Journal **out, Err *e);
void journal_close(Journal *j);
/* Adds lines to memory; journal_sync writes and fsyncs them in one go.  journal_write stops before the fsync: what it wrote
 * outlives the death of this process, and a power cut only after the next journal_sync. */
void journal_add(Journal *j, const JournalLine *line);
int journal_write(Journal *j, Err *e);
int journal_sync(Journal *j, Err *e);
int64_t journal_last_seq(const Journal *j); /* of messages, synced or not; 0 when none */
/* Bytes of the journal that are written: the offset behind its last line. */
int64_t journal_size(const Journal *j);
/* The hash of its last line, zeros while it is empty. */
Hash journal_hash(const Journal *j);
/* Every line in order, from byte offset `from` (0: all); checks the chain: a broken line ends the walk with
 * ERR_DISK naming it. each returns 0 or -1 (stops; the error is its own).  *end gets the offset behind the last line. */
int journal_walk(int home, int64_t from, int (*each)(void *ctx, const JournalLine *line, Err *e), void *ctx,
                 int64_t *end, Err *e);
/* Walks all of it, and sees that it has what was read before: 0, or -1 with ERR_DISK. */
int journal_check(int home, const JournalMark *read, Err *e);

#endif
