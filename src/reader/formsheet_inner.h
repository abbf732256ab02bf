/* Inside of formsheet: what is known of one sheet while its fields are sought, and the steps of that, in their order. */
#ifndef XINLV_READER_FORMSHEET_INNER_H
#define XINLV_READER_FORMSHEET_INNER_H

#include "reader/formsheet.h"
#include "reader/grid.h"

#define FORMSHEET_SCRATCH_TURN 64 /* lookups before throw-away memory is given back */

/* A field's cell or a column's body, by a defined name. */
typedef struct {
	size_t field;
	unsigned r1, c1, r2, c2;
} Named;

/* A table's column on this sheet. */
typedef struct {
	size_t field;
	unsigned c1, c2;
} Column;

typedef struct {
	int table;
	unsigned header; /* its row, 0: none, known by names */
	unsigned first;  /* row of the body */
	unsigned last;   /* of the rows that names promise, 0: none */
	VEC(Column) column;
} TableArea;

/* What a label was taken for. */
typedef enum { USE_NONE, USE_HEADER, USE_PLAIN, USE_SKIP, USE_TITLE } HitUse;

typedef struct {
	Arena *arena, *scratch;
	const FormMap *map;
	const Labels *labels;
	const Grid *grid;
	FormSheet *out;
	VEC(Named) named;
	VEC(TableArea) table;
	HitUse *use;     /* of each hit */
	size_t *plain;   /* by field: index + 1 of its entry in found */
	size_t *rows;    /* by table: rows met so far */
	unsigned right_edge;
	bool *column_used; /* by column up to right_edge: something stands in it */
} Sheet;

/* ---- questions (formsheet.c) */
/* The label that stands there, or NULL. */
const LabelHit *sheet_hit(const Sheet *w, unsigned row, unsigned column);
/* Index of the first label at that place or behind it, in reading order. */
size_t sheet_hit_from(const Sheet *w, unsigned row, unsigned column);
/* Whether the name covers the place. */
bool sheet_holds(const Named *n, unsigned row, unsigned column);
/* Whether a defined name of a field covers the place. */
bool sheet_named(const Sheet *w, unsigned row, unsigned column);
/* A row of examples or notes. */
bool sheet_row_skipped(const Sheet *w, unsigned row);
/* Field of that table (-1: a plain one) among those the label may stand for, or -1. */
ptrdiff_t sheet_column(const Sheet *w, const Label *l, int table);

/* ---- tables (formsheet_table.c) */
/* Rows of labels that are a table's header. */
void sheet_headers(Sheet *w);
/* Columns by their defined names. */
void sheet_named_tables(Sheet *w);
/* The rows of one table: down to the next header, label or heading, or the end of the sheet. */
void sheet_body(Sheet *w, const TableArea *t);
/* The column of that field under a header, or NULL. */
const Column *sheet_header_column(const Sheet *w, size_t field);

/* ---- plain fields (formsheet_plain.c); by field: taken[] tells which have a place, by_label[] where labels put it */
void sheet_plain(Sheet *w, bool *taken, Found *by_label);
/* A label that fields of several tracks share stands for all of them. */
void sheet_share_labels(const Sheet *w, bool *taken, Found *by_label);
/* Libraries that insert rows leave the names behind: when most of the names stand
 * elsewhere than their labels say, or one on another's value, none is believed. */
bool sheet_names_astray(const Sheet *w, const bool *taken, const Found *by_label);
void sheet_take_names(Sheet *w, const bool *taken, const Found *by_label);
void sheet_take_labels(Sheet *w, const bool *taken, const Found *by_label);
/* label：value within one cell, for what has no place yet. */
void sheet_inline(Sheet *w);

#endif
