/* Alike: accepted entries with the same long text under another organisation's name, or with the same file under another
 * title.  Everything here is found by index, and costs the same at ten thousand entries. */
#ifndef XINLV_STORE_ALIKE_H
#define XINLV_STORE_ALIKE_H

#include "store/store.h"

#define ALIKE_HOLDERS 20    /* entries looked at that share one hash or one file; what more have is everybody's */
#define ALIKE_CANDIDATES 64 /* texts counted for one new text */

/* The hashes of an entry's text (base/sketch.h); field: its place in the form's answers. */
int store_sketch_add(Store *s, const char *number, int64_t field, const int64_t *hash, size_t hashes, Err *e); /* writes */

typedef struct {
	int64_t entry, field;
	unsigned shared; /* hashes */
} Candidate;
typedef struct {
	Candidate v[ALIKE_CANDIDATES];
	size_t n;
} Candidates;
/* Texts of earlier entries with some of these hashes. */
int store_sketch_find(Store *s, const int64_t *hash, size_t hashes, Candidates *out, Err *e);

typedef struct {
	const char *number, *org, *uscc, *text;
} AlikeText;
/* The text itself, and whose it is. */
int store_alike_text(Store *s, Arena *a, int64_t entry, int64_t field, AlikeText *out, Err *e);
/* Entries other than `number` that came with the same file, the first ones first. */
int store_alike_files(Store *s, Arena *a, const char *number, Hash sha256, char ***numbers, size_t *n, Err *e);

typedef struct {
	const char *number, *other; /* the later entry, and one that stood already */
	const char *kind;           /* text or file */
	const char *what;           /* the field's key; the file's name as the later entry has it */
	int percent;
	/* read only */
	const char *title, *org, *other_title, *other_org;
	int64_t accepted;           /* the later one */
} AlikeRow;
int store_alike_add(Store *s, const AlikeRow *row, Err *e); /* writes; the same again does nothing */
/* In order of acceptance, those accepted at `since` or later; what was withdrawn is left out.  each() returns false to stop;
 * its row is valid during the call. */
int store_alike_each(Store *s, int64_t since, bool (*each)(void *ctx, const AlikeRow *row), void *ctx, Err *e);

#endif
