/* One line of the journal, as text and as a JournalLine.  Private to the room. */
#ifndef XINLV_INTAKE_JOURNAL_LINE_H
#define XINLV_INTAKE_JOURNAL_LINE_H

#include "base/arena.h"
#include "base/json.h"
#include "intake/journal.h"

/* What the next line needs of the lines before. */
typedef struct {
	int64_t line; /* 0: there is none */
	int64_t seq;  /* of the last message */
	Hash hash;    /* of the line's text without its newline; zeros before the first */
	Hash prev;    /* of the line before it, as the line says */
} LineEnd;

/* Appends the line that follows *end, with its newline, and moves *end on to it. */
void line_write(Buf *out, Arena *a, const JournalLine *l, LineEnd *end);
/* Texts borrow from *json, which the caller frees also on failure (then it may be NULL). */
int line_read(Str text, Json **json, JournalLine *l, LineEnd *end, Err *e);

#endif
