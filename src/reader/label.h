/* Label: which field, table or note a text on a form stands for, however it is
 * numbered, spaced, starred or hinted. */
#ifndef XINLV_READER_LABEL_H
#define XINLV_READER_LABEL_H

#include "base/str.h"
#include "reader/formmap.h"

/* What one label text may stand for; several fields may bear the same. */
typedef struct {
	const char *key; /* text_key() */
	size_t *field;   /* FormMap indices in the map's order */
	size_t field_n;
	int table; /* whose title it is, or -1 */
	bool skip; /* heads a row of examples or notes */
} Label;

typedef struct Labels Labels;

/* Both live in the arena and point into the map.  Looked up by hash. */
Labels *labels_new(Arena *a, const FormMap *m);
const Label *labels_of_key(const Labels *l, const char *key);
/* The field with that defined name, or -1. */
ptrdiff_t labels_of_name(const Labels *l, const char *name);

/* The label that the whole text is: as it stands, or without numbering in front
 * (1. （一） ①), without hints in brackets around it, or its first line.  NULL when
 * none.  `scratch` is for throw-away text. */
const Label *label_whole(const Labels *l, Arena *scratch, Str text);
/* A label and its value in one text: before and after a colon or tab, or 【label】value.
 * The value is trimmed and may be empty. */
const Label *label_inline(const Labels *l, Arena *scratch, Str text, Str *value);
/* Whether the text begins with a bracket, as hints do below a label or behind it. */
bool label_hint(Str s);
/* Whether a colon ends the first line, or a hint in brackets on the second: what stands below is a value then. */
bool label_above(Str text);
/* Without numbering in front; the same text when there is none. */
Str label_unnumbered(Str text);

#endif
