/* Client: the parent's side of the reader, a walled child process that parses the
 * bytes of messages (DESIGN 3).  The child is started at the first question, lives for
 * many messages, and is replaced when one kills it. */
#ifndef XINLV_READER_CLIENT_H
#define XINLV_READER_CLIENT_H

#include "base/err.h"
#include "reader/formmap.h"
#include "reader/report.h"

#define READER_WALL_MS 20000 /* a message may take this long */
#define READER_CPU_SECONDS 10
#define READER_MEMORY (240u << 20) /* beside what it starts with: below 256 MiB in all */
#define READER_RECYCLE 500 /* messages before the child is replaced by a fresh one */
#define READER_LANES 2     /* children at most */

typedef struct Reader Reader;

typedef enum {
	READ_FAULT = -1, /* not the message's fault, see reader_read */
	READ_OK,
	READ_KILLED,    /* the child died of it: crash, forbidden call, memory, processor time */
	READ_TIMED_OUT, /* the child was stopped after READER_WALL_MS */
	READ_GARBLED,   /* the child's answer was no record */
} ReadResult;

enum {
	READ_CELLS = 1 << 0, /* fill Report.sheet (inspect) */
	READ_SPILL = 1 << 1, /* keep the parts' bytes in spill files */
	READ_FILE = 1 << 2,  /* a bare file (a form, an archive, a mail), not surely a mail; see READ_NAME */
};

/* exec_path: the reader program; spill_dir: an open folder for spill files
 * (-1 when never asked for).  The map is copied. */
Reader *reader_new(const char *exec_path, int spill_dir, const FormMap *m);
/* Ends the child, removes what is left of the spill files. */
void reader_free(Reader *r);
/* Reads the message in fd (a regular file, read from offset 0; not closed).
 * name: the file's name for READ_FILE, else NULL.  On READ_OK fills *out from
 * the arena; else *why (not NULL) gets a line in English for the quarantine note.
 * READ_FAULT for faults that are not the message's (no program, no memory, disk full): then the message must be
 * tried again later.  *e is written then, and only then. */
ReadResult reader_read(Reader *r, int fd, const char *name, unsigned flags, Arena *a, Report *out,
                       char **why, Err *e);
/* Begins to read a message that reader_read will be asked for soon, with the same
 * flags and no name, while the caller is busy with the one read last.  fd may be closed.
 * A favour: when it cannot be done, or another message comes first, nothing is lost but
 * the time saved.  start: also when another child has to be started for it, which some dozens of messages
 * are worth; never more than READER_LANES in all, and one where there is one processor. */
void reader_ahead(Reader *r, int fd, unsigned flags, bool start);
/* How many messages are being read ahead, or wait for reader_read. */
size_t reader_is_ahead(const Reader *r);
/* Name of the spill file with that index inside spill_dir, for the message
 * read last; the caller may rename it away.  What is left is removed at the
 * next reader_read. */
const char *reader_spill(const Reader *r, int index);

/* Other limits than the two above, for tests. */
void reader_limits(Reader *r, int wall_ms, int cpu_seconds);

/* Largest resident set of the children so far, KiB (for the log and the bench). */
long reader_peak_kib(const Reader *r);

#endif
