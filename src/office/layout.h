/* Layout: one track's form on its way into a workbook.  What the files of this room
 * share; private to it.
 *
 * The form is one sheet of few columns: label, value, and hints over the rest.  Values are single
 * cells, so that a defined name is one cell and pasting works; a table takes the same columns, its first one
 * in the label's or, after a number, in the value's. */
#ifndef XINLV_OFFICE_LAYOUT_H
#define XINLV_OFFICE_LAYOUT_H

#include "office/book.h"
#include "office/office.h"

#define LAYOUT_ALL_ROWS 20 /* a table of so many rows shows them all */
#define LAYOUT_SOME_ROWS 10
#define LAYOUT_LABEL_WIDTH 22.0
#define LAYOUT_VALUE_WIDTH 43.0
#define LAYOUT_HINT_WIDTH 66.0 /* at least, over all columns behind the value's */

/* What is poured into a form that comes back. */
typedef struct {
	const FillValue *value;
	size_t value_n;
	const FillProblem *problem;
	size_t problem_n;
} Fill;

typedef struct {
	const char *const *choice;
	size_t n;
	const char *range;
} ChoiceRange;

typedef struct {
	Arena *arena;
	const Rules *rules;
	const Track *track;
	Book *book;
	Sheet *form, *lists;
	const Fill *fill;
	unsigned columns; /* of the form */
	double *width;
	unsigned row;     /* the next free one */
	Area *field_at;   /* by field index: its cell, or its column's body */
	Area *table_at;   /* by table: its header */
	VEC(ChoiceRange) range;
} Layout;

#define WORDS(l, key) words((l)->rules, "form." key)

/* layout.c: the form's sheet, whole. */
void layout_write(Layout *l);
/* One cell to fill in, with the value and the fault that came. row: of its table, else 0. */
void layout_value(Layout *l, const Field *f, size_t row, Area at);
/* A row over all columns, as high as its text. */
void layout_paragraph(Layout *l, Look look, double size, const char *text);

/* hint.c: what is said of a field. */
Look field_look(const Field *f);
const char *field_mark(const Layout *l, const Field *f); /* the word: required, optional */
Look field_mark_ink(const Field *f);
/* Between label and mark in that width: nothing, or a line end where both do not fit, or where the
 * label ends with a bracket that readers of labels would take for the hint. */
const char *field_mark_gap(const Layout *l, const Field *f, double width);
const char *field_hint(const Layout *l, const Field *f);
void field_rule(Layout *l, const Field *f, Area at);

/* layouttable.c: tables. */
bool table_numbered(const Table *t); /* a column of row numbers comes first */
double column_need(const Field *f);  /* the width it would like */
void layout_table(Layout *l, const Table *t);

/* fill.c: what came for a field. */
const char *fill_text(const Fill *f, const char *key, size_t row); /* NULL: nothing */
Mark fill_mark(const Fill *f, const char *key, size_t row);
const char *fill_note(const Fill *f, Arena *a, const char *key, size_t row);
size_t fill_rows(const Fill *f, const Table *t); /* the last row that has a value */

/* about.c: facts of the contest as the sheets tell them. */
const char *about_track(const Layout *l);
/* When entries close; of a contest with several windows each, with its name. */
const char *about_closes(const Layout *l);
const char *about_limit(const Layout *l); /* what a mail leaves for files */
bool about_seal(const Layout *l);         /* is there a page for the seal? */
const char *about_footer(const Layout *l);
const char *about_header(const Layout *l);
const char *about_need(const Layout *l, bool required, const char *when);

/* notes.c, seal.c, problems.c: the other sheets. */
void notes_write(Layout *l, Sheet *s);
void seal_write(Layout *l, Sheet *s);
void problems_write(Layout *l, Sheet *s);

#endif
