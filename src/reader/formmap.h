/* FormMap: what the reader must know of the contest to find a form's values:
 * keys, labels and tables of all tracks, nothing else.  Made from the rules by
 * the parent, sent once to the reader as a record. */
#ifndef XINLV_READER_FORMMAP_H
#define XINLV_READER_FORMMAP_H

#include "base/record.h"
#include "rules/rules.h"

#define FORMMAP_MAX_FIELDS 5000

typedef struct {
	const char *key;    /* project.title, members.name: unique over all tracks */
	const char *name;   /* defined name: x_project_title, x_members_name */
	const char **label; /* text_key() of label and aliases */
	size_t label_n;
	int table;          /* index into table, -1 for a plain field */
	bool longtext;
} MapField;

typedef struct {
	const char *key;
	const char *label; /* text_key() */
	const char *title; /* as written */
} MapTable;

typedef struct {
	const char *edition;
	MapField *field;
	size_t field_n;
	MapTable *table;
	size_t table_n;
	/* Labels of the rows that carry examples or notes in our forms, text_key():
	 * rows that begin with one are not data. */
	const char **skip;
	size_t skip_n;
	/* Titles of sections, text_key(): such a line heads what follows, and is no value. */
	const char **heading;
	size_t heading_n;
	/* What heads the columns to fill in, of a workbook of decisions, text_key(). */
	const char *decision, *reason;
} FormMap;

/* The union over all tracks: a key that several tracks have is one field. */
FormMap *formmap_make(const Rules *r, Arena *a);
void formmap_put(Buf *out, const FormMap *m);
int formmap_get(RecIn *in, Arena *a, FormMap *out);
/* Field index for a key, or -1. */
ptrdiff_t formmap_find(const FormMap *m, const char *key);
/* Is the text the title of a section?  What it throws away is in scratch. */
bool formmap_heads(const FormMap *m, Arena *scratch, Str text);
/* The defined name of a key: x_ and the key with _ for ".". */
char *formmap_name(Arena *a, const char *key);

#endif
