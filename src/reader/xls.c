/* xls.c: workbooks of Excel 97 to 2003 become grids, through libfreexl, on their way to
 * form.c; what that library drops comes from biff.c.  Defined names are not read: such a
 * form is found by its labels.
 * libfreexl opens by path alone; xls_open.c gives it the descriptor. */
#include <freexl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "reader/biff.h"
#include "reader/formats.h"
#include "reader/numfmt.h"
#include "reader/xls.h"

/* libfreexl converts text through iconv by itself. */
void xls_preload(void) {
	static const char *const names[] = {"UTF-16LE", "CP936", "CP950", "CP1252", "LATIN1", NULL};
	charset_keep(names);
}

typedef struct {
	Arena *arena;
	Pack pack;
	const void *xls;
	Book *out;
	uint64_t cells;
} Work;

static unsigned flag_of(int code) {
	switch (code) {
	case FREEXL_INSUFFICIENT_MEMORY:
		return PART_TOO_LARGE;
	case FREEXL_UNSUPPORTED_CHARSET:
		return PART_UNSUPPORTED;
	default:
		return PART_DAMAGED;
	}
}

static void put(Work *w, Grid *g, unsigned row, unsigned column, const char *text, RawKind raw) {
	if (!text[0])
		return;
	if (w->cells >= REPORT_MAX_CELLS) {
		g->cut = true;
		return;
	}
	w->cells++;
	*vec_push(&g->cell) = (Cell){.row = row, .column = column, .text = text, .raw = raw};
}

static const char *number_text(Work *w, double v) {
	char given[NUM_TEXT], shown[NUM_TEXT];
	snprintf(given, sizeof given, "%.17g", v);
	if (num_shortest(given, strlen(given), shown) != 0)
		return "";
	return pack_text(&w->pack, shown, strlen(shown));
}

/* "2023-03-05 09:00:00" as ISO 8601; midnight says nothing. */
static const char *date_text(Work *w, const char *s) {
	char *text = pack_text(&w->pack, s, strnlen(s, NUM_TEXT));
	char *blank = strchr(text, ' ');
	if (blank && !strcmp(blank, " 00:00:00"))
		*blank = '\0';
	else if (blank)
		*blank = 'T';
	return text;
}

static void take_value(Work *w, Grid *g, unsigned row, unsigned column,
                       const FreeXL_CellValue *v) {
	switch (v->type) {
	case FREEXL_CELL_INT:
		put(w, g, row, column, number_text(w, v->value.int_value), RAW_NUMBER);
		break;
	case FREEXL_CELL_DOUBLE:
		put(w, g, row, column, number_text(w, v->value.double_value), RAW_NUMBER);
		break;
	case FREEXL_CELL_TEXT:
	case FREEXL_CELL_SST_TEXT: {
		const char *s = v->value.text_value ? v->value.text_value : "";
		char *clean = text_clean(w->arena, (Str){s, strnlen(s, REPORT_MAX_VALUE)});
		put(w, g, row, column, text_tidy(w->arena, clean), RAW_TEXT);
		break;
	}
	case FREEXL_CELL_DATE:
	case FREEXL_CELL_DATETIME:
	case FREEXL_CELL_TIME:
		put(w, g, row, column, date_text(w, v->value.text_value), RAW_DATE);
		break;
	default:
		break;
	}
}

static int by_place(const void *a, const void *b) {
	const Cell *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

static Cell *cell_at(const Grid *g, size_t n, unsigned row, unsigned column) {
	Cell key = {.row = row, .column = column};
	return n ? bsearch(&key, g->cell.v, n, sizeof key, by_place) : NULL;
}

/* Adds what libfreexl left out.  Where both speak of a cell, this knows better: TRUE is not
 * the number 1. */
static void supplement(Work *w, Grid *g, const struct BiffSheet *s) {
	size_t had = g->cell.n;
	for (size_t i = 0; i < s->percent.n; i++) {
		Cell *c = cell_at(g, had, s->percent.v[i].row, s->percent.v[i].column);
		if (c && c->raw == RAW_NUMBER)
			c->percent = true;
	}
	for (size_t i = 0; i < s->cell.n; i++) {
		const Cell *c = &s->cell.v[i];
		Cell *known = cell_at(g, had, c->row, c->column);
		if (known) {
			*known = *c;
			continue;
		}
		size_t before = g->cell.n;
		put(w, g, c->row, c->column, c->text, c->raw);
		if (g->cell.n > before)
			g->cell.v[before].percent = c->percent;
	}
	if (g->cell.n > had)
		qsort(g->cell.v, g->cell.n, sizeof *g->cell.v, by_place);
	for (size_t i = 0; i < s->merge.n; i++)
		*vec_push(&g->merge) = s->merge.v[i];
	g->hidden = s->hidden;
}

static unsigned read_sheet(Work *w, unsigned short index, Grid *g) {
	unsigned rows;
	unsigned short columns;
	const char *name;
	int r = freexl_get_worksheet_name(w->xls, index, &name);
	if (r == FREEXL_OK)
		r = freexl_select_active_worksheet(w->xls, index);
	if (r == FREEXL_OK)
		r = freexl_worksheet_dimensions(w->xls, &rows, &columns);
	if (r != FREEXL_OK)
		return flag_of(r);
	g->name = text_line(w->arena, str_of(text_clean(w->arena, str_of(name))));
	for (unsigned row = 0; row < rows; row++)
		for (unsigned short column = 0; column < columns; column++) {
			FreeXL_CellValue v;
			if (freexl_get_cell_value(w->xls, row, column, &v) == FREEXL_OK)
				take_value(w, g, row + 1, column + 1u, &v);
		}
	return 0;
}

static unsigned read_sheets(Work *w, const BiffBook *more) {
	unsigned sheets = 0, flag = 0;
	int r = freexl_get_info(w->xls, FREEXL_BIFF_SHEET_COUNT, &sheets);
	if (r != FREEXL_OK)
		return flag_of(r);
	for (unsigned i = 0; !flag && i < sheets && i < BOOK_MAX_SHEETS; i++) {
		Grid *g = vec_push(&w->out->grid);
		g->name = "";
		flag = read_sheet(w, (unsigned short)i, g);
		if (!flag && i < more->sheet.n)
			supplement(w, g, &more->sheet.v[i]);
	}
	return flag;
}

unsigned xls_read(Arena *a, int fd, Book *out) {
	BiffBook more = {0};
	Work w = {.arena = a, .pack = {.arena = a}, .out = out};
	unsigned flag = biff_read(a, fd, &more);
	if (!flag) {
		int r = freexl_open(arena_fmt(a, XLS_MARK "%d", fd), &w.xls);
		flag = r == FREEXL_OK ? read_sheets(&w, &more) : flag_of(r);
		freexl_close(w.xls);
	}
	biff_free(&more);
	return flag;
}
