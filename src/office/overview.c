/* The overview: a row of large numbers, charts, and the tables they are drawn from, on one page to print.  Its cells are
 * laid out first and written from the top, as a lean workbook wants it. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "office/workbook_inner.h"

#define COLUMNS 12
#define COLUMN_WIDTH 11.0
#define COLUMN_PIXELS 82
#define ROW_PIXELS 20
#define FIGURE_COLUMNS (COLUMNS / WORKBOOK_MAX_FIGURES)
#define NAME_COLUMNS 3 /* of a table's first column */
#define TABLE_HEIGHT 18.0
#define CHART_ROW 6
#define CHART_ROWS 14
#define MAX_TABLE_COLUMNS 6

typedef struct {
	const char *chart, *title;
	const char *heading[MAX_TABLE_COLUMNS];
	size_t column_n;
	const char **cell; /* row_n * column_n */
	size_t row_n;
	unsigned row, column; /* where its title stands */
} Table;

typedef struct {
	Sheet *sheet;
	Arena *arena;
	Table table[WORKBOOK_MAX_TABLES];
	size_t table_n;
} Overview;

static void read_table(Told *t, Arena *a, Table *out) {
	out->chart = told_text(t, a);
	out->title = told_text(t, a);
	out->column_n = told_count(t, a, MAX_TABLE_COLUMNS);
	for (size_t i = 0; i < out->column_n; i++)
		out->heading[i] = told_text(t, a);
	out->row_n = told_count(t, a, WORKBOOK_MAX_ROWS);
	out->cell = arena_array(a, out->row_n * out->column_n + 1, sizeof *out->cell);
	for (size_t i = 0; i < out->row_n * out->column_n; i++)
		out->cell[i] = told_text(t, a);
}

static void figures(Sheet *s, Told *t, Arena *a) {
	size_t n = told_count(t, a, WORKBOOK_MAX_FIGURES);
	const char *text[WORKBOOK_MAX_FIGURES][3];
	static const Look look[] = {LOOK_FIGURE_NAME, LOOK_FIGURE, LOOK_FIGURE_NOTE};
	static const double height[] = {20, 34, 18};
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 3; k++)
			text[i][k] = told_text(t, a);
	for (unsigned k = 0; k < 3 && !t->bad; k++) {
		sheet_height(s, 2 + k, height[k]);
		for (unsigned i = 0; i < n; i++) {
			unsigned c = i * FIGURE_COLUMNS;
			sheet_wide(s, (Area){2 + k, c, 2 + k, c + FIGURE_COLUMNS - 1}, look[k], MARK_NONE, text[i][k]);
		}
	}
}

/* The first table's chart runs over the page, the others share the band under it; so do the tables below, the first one,
 * which is the longest, last. */
static void place(Overview *o) {
	unsigned row = CHART_ROW + 2 * (CHART_ROWS + 1), most = 0;
	unsigned each = o->table_n > 1 ? COLUMNS / (unsigned)(o->table_n - 1) : COLUMNS;
	for (size_t i = 1; i < o->table_n; i++) {
		o->table[i].row = row;
		o->table[i].column = (unsigned)(i - 1) * each;
		most = o->table[i].row_n > most ? (unsigned)o->table[i].row_n : most;
	}
	o->table[0].row = o->table_n > 1 ? row + most + 3 : row;
	o->table[0].column = 0;
}

/* The first column is several wide. */
static unsigned column_of(const Table *t, size_t i) {
	return t->column + (i ? (unsigned)i + NAME_COLUMNS - 1 : 0);
}

static void cell(Overview *o, const Table *t, unsigned row, size_t i, Look look, const char *text) {
	int64_t n;
	unsigned c = column_of(t, i);
	if (i == 0)
		sheet_wide(o->sheet, (Area){row, c, row, c + NAME_COLUMNS - 1}, look, MARK_NONE, text);
	else if (look == LOOK_CELL_MID && str_to_i64(str_of(text), INT32_MIN, INT32_MAX, &n) == 0)
		sheet_number(o->sheet, row, c, look, MARK_NONE, (double)n);
	else
		sheet_text(o->sheet, row, c, look, MARK_NONE, text);
}

/* What a table has in that row of the sheet. */
static void table_row(Overview *o, const Table *t, unsigned row) {
	if (row < t->row || row >= t->row + 2 + t->row_n)
		return;
	size_t k = row - t->row;
	if (k == 0) {
		sheet_text(o->sheet, row, t->column, LOOK_LINE_TITLE, MARK_NONE, t->title);
		return;
	}
	for (size_t i = 0; i < t->column_n; i++)
		if (k == 1)
			cell(o, t, row, i, i ? LOOK_HEAD : LOOK_LABEL, t->heading[i]);
		else
			cell(o, t, row, i, i ? LOOK_CELL_MID : LOOK_CELL, t->cell[(k - 2) * t->column_n + i]);
}

static void chart(Overview *o, size_t which) {
	const Table *t = &o->table[which];
	unsigned first = t->row + 2, last = first + (unsigned)t->row_n - 1;
	unsigned wide = which && o->table_n > 1 ? COLUMNS / (unsigned)(o->table_n - 1) : COLUMNS;
	Chart c = {.kind = !strcmp(t->chart, "bar") ? CHART_BAR : !strcmp(t->chart, "line") ? CHART_LINE : CHART_COLUMN,
	           .title = t->title, .category = {first, t->column, last, t->column},
	           .row = CHART_ROW + (which ? CHART_ROWS + 1 : 0), .column = which ? (unsigned)(which - 1) * wide : 0,
	           .width = wide * COLUMN_PIXELS - 8, .height = CHART_ROWS * ROW_PIXELS};
	if (!*t->chart || t->row_n == 0)
		return;
	for (size_t i = 1; i < t->column_n && c.series_n < CHART_MAX_SERIES; i++) {
		unsigned at = column_of(t, i);
		c.series[c.series_n++] = (Area){first, at, last, at};
		if (c.kind == CHART_BAR)
			break;
	}
	sheet_chart(o->sheet, &c);
}

static void lay(Overview *o) {
	unsigned end = 0;
	place(o);
	for (size_t i = 0; i < o->table_n; i++) {
		unsigned last = o->table[i].row + 2 + (unsigned)o->table[i].row_n;
		end = last > end ? last : end;
	}
	unsigned first = CHART_ROW + 2 * (CHART_ROWS + 1);
	for (unsigned row = first; row < end; row++) {
		sheet_height(o->sheet, row, TABLE_HEIGHT);
		for (size_t i = 0; i < o->table_n; i++)
			table_row(o, &o->table[i], row);
	}
	for (size_t i = 0; i < o->table_n; i++)
		chart(o, i);
}

void overview_write(Book *b, Told *t, Arena *a) {
	const char *name = told_text(t, a), *title = told_text(t, a), *subtitle = told_text(t, a),
	           *footer = told_text(t, a);
	if (t->bad)
		return;
	Overview o = {.sheet = book_sheet(b, name), .arena = a};
	sheet_width(o.sheet, 0, COLUMNS - 1, COLUMN_WIDTH);
	sheet_height(o.sheet, 0, 34);
	sheet_wide(o.sheet, (Area){0, 0, 0, COLUMNS - 1}, LOOK_TITLE, MARK_NONE, title);
	sheet_height(o.sheet, 1, 22);
	sheet_wide(o.sheet, (Area){1, 0, 1, COLUMNS - 1}, LOOK_LINE_SUBTITLE, MARK_NONE, subtitle);
	figures(o.sheet, t, a);
	o.table_n = told_count(t, a, WORKBOOK_MAX_TABLES);
	for (size_t i = 0; i < o.table_n; i++)
		read_table(t, a, &o.table[i]);
	if (t->bad)
		return;
	sheet_freeze(o.sheet, 2, 0);
	sheet_first(o.sheet);
	sheet_print(o.sheet, &(Print){.footer = footer});
	lay(&o);
}
