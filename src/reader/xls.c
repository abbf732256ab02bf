/* xls.c: workbooks of Excel 5 to 2003 become grids of cells, on their way to form.c.  Defined names are not
 * read: such a form is found by its labels.  It computes no formula: a result that is not stored is said to
 * be missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/biff.h"
#include "reader/formats.h"
#include "reader/numfmt.h"

#define MAX_FORMATS 8192
#define CALCULATE 3   /* of a formula's flags: always, or on load */
#define SHEET_CELLS 0 /* kind of a sheet that holds cells */

struct Format {
	unsigned id;
	NumKind kind;
};

struct Sheet {
	uint32_t start;
	unsigned kind;
};

typedef struct {
	Biff biff;
	Book *out;
	Pack pack;
	bool from_1904;
	VEC(struct Sheet) sheet;
	VEC(NumKind) xf;
	VEC(struct Format) format;
	VEC(const char *) string;
	uint64_t cells;
} Work;

/* ---- the workbook's globals */

static NumKind format_kind(const Work *w, unsigned id) {
	for (size_t i = 0; i < w->format.n; i++)
		if (w->format.v[i].id == id)
			return w->format.v[i].kind;
	return numfmt_builtin(id);
}

static void bound_sheet(Work *w, const Record *r) {
	if (r->n < 8 || w->sheet.n >= BOOK_MAX_SHEETS)
		return;
	BiffBytes in = biff_bytes(&w->biff, r, 7, w->biff.n);
	const char *name = biff_text(&in, r->p[6]);
	*vec_push(&w->sheet) = (struct Sheet){biff_u32(r->p), r->p[5]};
	Grid *g = vec_push(&w->out->grid);
	*g = (Grid){.name = text_line(w->biff.arena, str_of(name ? name : "")), .hidden = (r->p[4] & 3) != 0};
}

static void number_format(Work *w, const Record *r) {
	size_t head = w->biff.wide ? 4 : 3;
	if (r->n < head || w->format.n >= MAX_FORMATS)
		return;
	BiffBytes in = biff_bytes(&w->biff, r, head, w->biff.n);
	const char *code = biff_text(&in, w->biff.wide ? biff_u16(r->p + 2) : r->p[2]);
	*vec_push(&w->format) = (struct Format){biff_u16(r->p), numfmt_code(code ? code : "")};
}

/* Stops at the first text that breaks off: what follows could be anything. */
static void shared_strings(Work *w, const Record *r, size_t at) {
	BiffBytes in = biff_bytes(&w->biff, r, 8, at);
	const char *text;
	while (w->string.n < REPORT_MAX_CELLS && (text = biff_shared(&in)))
		*vec_push(&w->string) = text;
}

static void global_record(Work *w, const Record *r, size_t at) {
	switch (r->type) {
	case REC_CODEPAGE:
		if (r->n >= 2)
			w->biff.charset = arena_fmt(w->biff.arena, "cp%u", biff_u16(r->p));
		break;
	case REC_BOUNDSHEET:
		bound_sheet(w, r);
		break;
	case REC_FORMAT:
		number_format(w, r);
		break;
	case REC_DATEMODE:
		w->from_1904 = r->n >= 2 && biff_u16(r->p) == 1;
		break;
	case REC_XF:
		if (r->n >= 4 && w->xf.n < MAX_FORMATS)
			*vec_push(&w->xf) = format_kind(w, biff_u16(r->p + 2));
		break;
	case REC_SST:
		shared_strings(w, r, at);
		break;
	default:
		break;
	}
}

static unsigned read_globals(Work *w) {
	size_t at = 0;
	Record r;
	if (!biff_next(&w->biff, &at, &r) || r.type != REC_BOF || r.n < 4)
		return PART_DAMAGED;
	w->biff.wide = biff_u16(r.p) >= BIFF8;
	w->biff.charset = "cp1252";
	while (biff_next(&w->biff, &at, &r) && r.type != REC_EOF) {
		if (r.type == REC_FILEPASS)
			return PART_ENCRYPTED;
		global_record(w, &r, at);
	}
	return w->sheet.n ? 0 : PART_DAMAGED;
}

/* ---- cells */

static Cell *add_cell(Work *w, Grid *g, unsigned row, unsigned column, const char *text, RawKind raw) {
	if (!text || !text[0])
		return NULL;
	if (w->cells >= REPORT_MAX_CELLS) {
		g->cut = true;
		return NULL;
	}
	w->cells++;
	Cell *c = vec_push(&g->cell);
	*c = (Cell){.row = row + 1, .column = column + 1, .text = text, .raw = raw};
	return c;
}

static void add_text(Work *w, Grid *g, const Record *r, const char *text) {
	if (text)
		add_cell(w, g, biff_u16(r->p), biff_u16(r->p + 2), pack_tidy(&w->pack, text, strlen(text)), RAW_TEXT);
}

static void add_number(Work *w, Grid *g, unsigned row, unsigned column, unsigned xf, double v) {
	char given[NUM_TEXT], shown[NUM_TEXT];
	NumKind kind = xf < w->xf.n ? w->xf.v[xf] : NUM_PLAIN;
	RawKind raw = RAW_NUMBER;
	snprintf(given, sizeof given, "%.17g", v);
	if (num_shortest(given, strlen(given), shown) != 0)
		return;
	if (kind >= NUM_DATE && num_date(v, kind, w->from_1904, shown) == 0)
		raw = RAW_DATE;
	Cell *c = add_cell(w, g, row, column, pack_text(&w->pack, shown, strlen(shown)), raw);
	if (c)
		c->percent = kind == NUM_PERCENT;
}

static double double_of(const unsigned char *p) {
	double v;
	memcpy(&v, p, sizeof v);
	return v;
}

/* Thirty bits of an integer or of a double's upper part, perhaps to be divided by 100. */
static double rk_of(const unsigned char *p) {
	uint32_t bits = biff_u32(p);
	double v;
	if (bits & 2) {
		v = (int32_t)bits >> 2;
	} else {
		uint64_t high = (uint64_t)(bits & ~3u) << 32;
		memcpy(&v, &high, sizeof v);
	}
	return bits & 1 ? v / 100 : v;
}

/* row, first column, then (format, number) for each, last column */
static void many_numbers(Work *w, Grid *g, const Record *r) {
	unsigned row = biff_u16(r->p), column = biff_u16(r->p + 2);
	for (size_t i = 4; i + 6 <= r->n - 2; i += 6, column++)
		add_number(w, g, row, column, biff_u16(r->p + i), rk_of(r->p + i + 2));
}

static const char *error_text(unsigned char code) {
	static const struct {
		unsigned char code;
		const char *text;
	} known[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"}, {0x1D, "#NAME?"},
	             {0x24, "#NUM!"}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].code == code)
			return known[i].text;
	return "#N/A";
}

static void bool_or_error(Work *w, Grid *g, const Record *r, unsigned char value, bool error) {
	const char *text = error ? error_text(value) : value ? "TRUE" : "FALSE";
	add_cell(w, g, biff_u16(r->p), biff_u16(r->p + 2), text, error ? RAW_ERROR : RAW_BOOL);
}

static void no_result(Work *w, Grid *g, const Record *r) {
	add_cell(w, g, biff_u16(r->p), biff_u16(r->p + 2), "=", RAW_NO_RESULT);
}

/* The text that a formula gave stands in a record behind it; shared and array formulas put one between. */
static void text_result(Work *w, Grid *g, const Record *r, size_t at) {
	Record next;
	for (int i = 0; i < 2 && biff_next(&w->biff, &at, &next); i++)
		if (next.type == REC_STRING && next.n >= 2) {
			BiffBytes in = biff_bytes(&w->biff, &next, 2, at);
			add_text(w, g, r, biff_text(&in, biff_u16(next.p)));
			return;
		}
	no_result(w, g, r);
}

/* The result stands in the record: a number, or FFFF and what else it is. */
static void formula(Work *w, Grid *g, const Record *r, size_t at) {
	if (r->n < 14)
		return;
	if (biff_u16(r->p + 12) != 0xFFFF)
		add_number(w, g, biff_u16(r->p), biff_u16(r->p + 2), biff_u16(r->p + 4), double_of(r->p + 6));
	else if (r->p[6] == 0)
		text_result(w, g, r, at);
	else if (r->p[6] == 1 || r->p[6] == 2)
		bool_or_error(w, g, r, r->p[8], r->p[6] == 2);
	else if (r->n >= 16 && biff_u16(r->p + 14) & CALCULATE)
		no_result(w, g, r); /* an empty text; or nothing yet, to be computed when the book is opened */
}

static void shared_text(Work *w, Grid *g, const Record *r) {
	uint32_t i = biff_u32(r->p + 6);
	if (i < w->string.n)
		add_text(w, g, r, w->string.v[i]);
}

static void label(Work *w, Grid *g, const Record *r, size_t at) {
	BiffBytes in = biff_bytes(&w->biff, r, 8, at);
	add_text(w, g, r, biff_text(&in, biff_u16(r->p + 6)));
}

static void merged(Grid *g, const Record *r) {
	for (size_t i = 2; i + 8 <= r->n && g->merge.n < BOOK_MAX_MERGES; i += 8) {
		const unsigned char *p = r->p + i;
		struct Merge m = {biff_u16(p) + 1, biff_u16(p + 4) + 1, biff_u16(p + 2) + 1, biff_u16(p + 6) + 1};
		if (m.r2 >= m.r1 && m.c2 >= m.c1)
			*vec_push(&g->merge) = m;
	}
}

static void sheet_record(Work *w, Grid *g, const Record *r, size_t at) {
	switch (r->type) {
	case REC_FORMULA:
		formula(w, g, r, at);
		break;
	case REC_BOOLERR:
		if (r->n >= 8)
			bool_or_error(w, g, r, r->p[6], r->p[7]);
		break;
	case REC_NUMBER:
		if (r->n >= 14)
			add_number(w, g, biff_u16(r->p), biff_u16(r->p + 2), biff_u16(r->p + 4), double_of(r->p + 6));
		break;
	case REC_RK:
		if (r->n >= 10)
			add_number(w, g, biff_u16(r->p), biff_u16(r->p + 2), biff_u16(r->p + 4), rk_of(r->p + 6));
		break;
	case REC_MULRK:
		if (r->n >= 12)
			many_numbers(w, g, r);
		break;
	case REC_LABELSST:
		if (r->n >= 10)
			shared_text(w, g, r);
		break;
	case REC_LABEL:
	case REC_RSTRING:
		if (r->n >= 8)
			label(w, g, r, at);
		break;
	case REC_MERGED:
		merged(g, r);
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

/* One sheet, with the charts that may stand inside it stepped over. */
static void read_sheet(Work *w, Grid *g, size_t at) {
	Record r;
	int nest = 0;
	while (biff_next(&w->biff, &at, &r) && !g->cut) {
		if (r.type == REC_BOF)
			nest++;
		else if (r.type == REC_EOF && --nest <= 0)
			break;
		else if (nest == 1)
			sheet_record(w, g, &r, at);
	}
	if (g->cell.n)
		qsort(g->cell.v, g->cell.n, sizeof *g->cell.v, by_place);
}

static unsigned read_stream(Work *w, int fd, Buf *stream) {
	const Ole *o = ole_open(w->biff.arena, fd);
	const char *name = o && ole_has(o, "Workbook") ? "Workbook" : "Book";
	if (!o || ole_stream(o, name, BIFF_MAX_STREAM, stream) != 0)
		return PART_DAMAGED;
	w->out->inserted = ole_has_storage(o, OLE_OBJECT);
	w->biff.p = (const unsigned char *)stream->p;
	w->biff.n = stream->n;
	return read_globals(w);
}

unsigned xls_read(Arena *a, int fd, Book *out) {
	Buf stream = {0};
	Work w = {.biff = {.arena = a}, .out = out, .pack = {.arena = a}};
	unsigned flag = read_stream(&w, fd, &stream);
	for (size_t i = 0; !flag && i < w.sheet.n; i++)
		if (w.sheet.v[i].kind == SHEET_CELLS)
			read_sheet(&w, &out->grid.v[i], w.sheet.v[i].start);
	vec_free(&w.sheet);
	vec_free(&w.xf);
	vec_free(&w.format);
	vec_free(&w.string);
	buf_free(&stream);
	return flag;
}
