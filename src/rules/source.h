/* Source: the files that make a contest (rules/ and templates/), as bytes in
 * memory, whether they came from a home's folders or from a bundle that the
 * journal kept.  The loader reads from a Source only, so that the rules in
 * force a year ago can be loaded again. */
#ifndef XINLV_RULES_SOURCE_H
#define XINLV_RULES_SOURCE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

#define SOURCE_MAX_FILES 500
#define SOURCE_MAX_FILE_BYTES (4u << 20)

typedef struct {
	const char *path; /* as rules/tracks/T1.yaml */
	Str bytes;
	bool lent;        /* not the home's own: it came with the program */
} SourceFile;

typedef struct {
	SourceFile *file; /* sorted by path */
	size_t n;
	Str words; /* the words.yaml that came with the program, for texts that the home's lacks; in no bundle */
	bool kept; /* from a bundle, perhaps of an older program: texts that nobody asks for any more are no fault */
} Source;

/* Reads rules/ (*.yaml, tracks/ too), templates/words.yaml, the handbook
 * (templates/NAME.md) and templates/mail/ (*.txt, *.html) below the folder `home`.  ERR_RULES when rules/contest.yaml or
 * another needed file is missing; ERR_DISK when unreadable. */
int source_read(Arena *a, int home, Source *out, Err *e);
/* What a program newer than the home needs and the home has not: mails without a wording of the home's take the one below the
 * folder `share`, and its words.yaml is kept beside.  Changes nothing where there is no such folder. */
int source_lend(Arena *a, const char *share, Source *s, Err *e);
/* The same with one file more, or another one of that path; sorted as ever. */
Source *source_with(Arena *a, const Source *s, const SourceFile *file);
/* A digest of names, sizes and times of the files that source_read would read, without reading them: while it is the same,
 * so are they. */
int source_look(Arena *a, int home, Hash *out, Err *e);
/* NULL when absent. */
const SourceFile *source_find(const Source *s, const char *path);
/* One JSON object {path: text}, and back.  What the journal keeps. */
void source_bundle(const Source *s, Buf *out);
int source_unbundle(Arena *a, Str bundle, Source *out, Err *e);
/* SHA-256 over the bundle: the name of this set of rules. */
Hash source_hash(const Source *s);

#endif
