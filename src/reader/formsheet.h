/* Formsheet: where on one sheet the fields of a form stand, and what is in them. */
#ifndef XINLV_READER_FORMSHEET_H
#define XINLV_READER_FORMSHEET_H

#include "reader/label.h"
#include "reader/read.h"

/* A cell that belongs to a field. */
typedef struct {
	size_t field; /* FormMap index */
	size_t trow;  /* 0 plain; 1.. row of its table; 1 also for an empty table's first row */
	unsigned row, column;
	const Cell *cell; /* NULL when it is empty */
	const char *text; /* the value; "" when empty */
} Found;

typedef struct {
	unsigned row, column;
	const Label *label;
} LabelHit;

typedef struct {
	const Grid *grid;
	VEC(Found) found;
	VEC(LabelHit) hit; /* the labels recognised, in reading order */
	size_t labels;     /* different fields among them that were used */
	size_t names;      /* fields found by a defined name that holds */
	bool cut;
} FormSheet;

/* Looks through grid `index` of the book; by labels only when it is not hidden. */
void formsheet_read(Arena *a, const FormMap *m, const Labels *l, const Book *b, size_t index,
                    FormSheet *out);
void formsheet_free(FormSheet *s);

#endif
