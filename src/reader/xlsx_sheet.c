/* Cells and merged areas of one sheet. A cell without its place follows the one before it; a formula whose result is not stored
 * stands for it. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "reader/xlsx_inner.h"

#define FORMULA_SHOWN 200 /* bytes of a formula that stands for its missing result */

typedef struct {
	XlsxWork *r;
	Grid *grid;
	unsigned row, column; /* of the cell that is read, or was read last */
	bool sorted;
	/* the cell */
	unsigned style;
	char type; /* n s b e d, i inline, S str */
	bool in_cell, has_formula, has_value, in_phonetic, keep;
	Buf formula;
	bool in_formula;
	bool past_data; /* sheetData is over */
} SheetPart;

static char type_of(const char *t) {
	if (!strcmp(t, "inlineStr"))
		return 'i';
	return !strcmp(t, "str") ? 'S' : t[0];
}

static void cell_start(SheetPart *s, const char **attr) {
	unsigned row, column;
	s->column++;
	s->style = 0;
	s->type = 'n';
	s->has_formula = s->has_value = s->in_phonetic = false;
	s->in_cell = true;
	buf_clear(&s->r->text);
	for (; attr[0]; attr += 2) {
		if (attr[0][1] != '\0')
			continue;
		const char *at = attr[1];
		if (attr[0][0] == 'r' && cell_parse(&at, &row, &column) == 0) {
			s->row = row;
			s->column = column;
		} else if (attr[0][0] == 's') {
			s->style = xlsx_number(at);
		} else if (attr[0][0] == 't') {
			s->type = type_of(at);
		}
	}
}

static Cell *add_cell(SheetPart *s, const char *text, RawKind raw) {
	XlsxWork *r = s->r;
	Grid *g = s->grid;
	if (s->row == 0 || s->row > BOOK_MAX_ROW || s->column > BOOK_MAX_COLUMN)
		return NULL;
	if (r->cells >= REPORT_MAX_CELLS) {
		g->cut = true;
		package_stop(r->package);
		return NULL;
	}
	if (g->cell.n) {
		const Cell *last = &g->cell.v[g->cell.n - 1];
		if (last->row > s->row || (last->row == s->row && last->column >= s->column))
			s->sorted = false;
	}
	r->cells++;
	Cell *c = vec_push(&g->cell);
	*c = (Cell){.row = s->row, .column = s->column, .text = text, .raw = raw};
	return c;
}

static void add_number(SheetPart *s) {
	XlsxWork *r = s->r;
	char shown[NUM_TEXT];
	if (num_shortest(r->text.p, r->text.n, shown) != 0) {
		add_cell(s, xlsx_text(r), RAW_TEXT);
		return;
	}
	NumKind kind = s->style < r->format.n ? r->format.v[s->style] : NUM_PLAIN;
	RawKind raw = RAW_NUMBER;
	if (kind >= NUM_DATE && num_date(strtod(shown, NULL), kind, r->from_1904, shown) == 0)
		raw = RAW_DATE;
	Cell *c = add_cell(s, pack_text(&r->pack, shown, strlen(shown)), raw);
	if (c)
		c->percent = kind == NUM_PERCENT;
}

/* t="d": ISO 8601 already; midnight, parts of a second and the zone say nothing. */
static void add_iso(SheetPart *s) {
	Str t = buf_view(&s->r->text);
	if (t.n && t.p[t.n - 1] == 'Z')
		t.n--;
	ptrdiff_t dot = str_find(t, STR("."));
	if (dot == 8 || dot == 19)
		t.n = (size_t)dot;
	if (t.n == 19 && !memcmp(t.p + 10, "T00:00:00", 9))
		t.n = 10;
	add_cell(s, pack_tidy(&s->r->pack, t.p, t.n), RAW_DATE);
}

/* A picture in the cell, as WPS writes it: =_xlfn.DISPIMG("ID_...",1). */
static bool is_picture(const SheetPart *s) {
	Str value = buf_view(&s->r->text);
	return (s->has_formula && str_find(buf_view(&s->formula), STR("DISPIMG(")) >= 0) ||
	       (str_starts(value, "=") && str_find(value, STR("DISPIMG(")) >= 0);
}

static void add_formula(SheetPart *s) {
	size_t n = s->formula.n;
	Buf b = {0};
	buf_char(&b, '=');
	buf_add(&b, s->formula.p, n);
	add_cell(s, pack_tidy(&s->r->pack, b.p, b.n), RAW_NO_RESULT);
	buf_free(&b);
}

static void add_string(SheetPart *s) {
	XlsxWork *r = s->r;
	size_t i = xlsx_number(r->text.p);
	r->strings_lost |= r->string.n == 0;
	if (i < r->string.n && r->string.v[i][0])
		add_cell(s, r->string.v[i], RAW_TEXT);
}

static void add_text(SheetPart *s) {
	const char *text = xlsx_text(s->r);
	if (text[0])
		add_cell(s, text, RAW_TEXT);
}

static void cell_end(SheetPart *s) {
	XlsxWork *r = s->r;
	s->in_cell = false;
	if (r->text.n == 0) {
		/* An empty text may well be a result; an empty number is none. */
		if (is_picture(s))
			add_cell(s, pack_tidy(&s->r->pack, s->formula.p, s->formula.n), RAW_PICTURE);
		else if (s->has_formula && !(s->type == 'S' && s->has_value))
			add_formula(s);
		return;
	}
	if (s->type != 's' && is_picture(s)) {
		add_cell(s, xlsx_text(r), RAW_PICTURE);
		return;
	}
	switch (s->type) {
	case 's':
		add_string(s);
		break;
	case 'b':
		add_cell(s, xml_true(buf_cstr(&r->text)) ? "TRUE" : "FALSE", RAW_BOOL);
		break;
	case 'e':
		add_cell(s, xlsx_text(r), RAW_ERROR);
		break;
	case 'd':
		add_iso(s);
		break;
	case 'n':
		add_number(s);
		break;
	default:
		add_text(s);
	}
}

static void row_start(SheetPart *s, const char **attr) {
	const char *r = xml_attr(attr, "r");
	unsigned row = r ? xlsx_number(r) : 0;
	s->row = row ? row : s->row + 1;
	s->column = 0;
}

static void merge_start(SheetPart *s, const char **attr) {
	const char *ref = xml_attr(attr, "ref");
	struct Merge m;
	if (!ref || s->grid->merge.n >= BOOK_MAX_MERGES || cell_parse(&ref, &m.r1, &m.c1) != 0 ||
	    *ref++ != ':' || cell_parse(&ref, &m.r2, &m.c2) != 0 || m.r2 < m.r1 || m.c2 < m.c1)
		return;
	*vec_push(&s->grid->merge) = m;
}

static void keep_text(SheetPart *s, bool on) {
	s->keep = on;
	package_text(s->r->package, on);
}

/* What the schema puts behind the merged cells: looks and drop-downs, in our own forms half of
 * the sheet. */
static bool is_tail(const char *name) {
	return !strcmp(name, "dataValidations") || !strcmp(name, "conditionalFormatting") ||
	       !strcmp(name, "pageMargins");
}

static void sheet_start(void *ctx, const char *name, const char **attr) {
	SheetPart *s = ctx;
	if (name[0] == 'c' && !name[1]) {
		cell_start(s, attr);
	} else if (s->in_cell) {
		if ((name[0] == 'v' || name[0] == 't') && !name[1]) {
			s->has_value = true;
			keep_text(s, !s->in_phonetic);
		} else if (name[0] == 'f' && !name[1]) {
			s->has_formula = s->in_formula = true;
			buf_clear(&s->formula);
			keep_text(s, true);
		} else if (!strcmp(name, "rPh")) {
			s->in_phonetic = true;
		}
	} else if (!strcmp(name, "row")) {
		row_start(s, attr);
	} else if (!strcmp(name, "mergeCell")) {
		merge_start(s, attr);
	} else if (s->past_data && is_tail(name)) {
		package_stop(s->r->package);
	}
}

static void sheet_end(void *ctx, const char *name) {
	SheetPart *s = ctx;
	if (!s->in_cell) {
		s->past_data |= !strcmp(name, "sheetData");
		return;
	}
	if (s->keep)
		keep_text(s, false);
	if (name[0] == 'c' && !name[1])
		cell_end(s);
	else if (name[0] == 'f' && !name[1])
		s->in_formula = false;
	else if (!strcmp(name, "rPh"))
		s->in_phonetic = false;
}

static void sheet_text(void *ctx, const char *p, size_t n) {
	SheetPart *s = ctx;
	if (!s->keep)
		return;
	if (!s->in_formula)
		xlsx_collect(s->r, p, n);
	else if (s->formula.n + n <= FORMULA_SHOWN)
		buf_add(&s->formula, p, n);
}

static int by_place(const void *a, const void *b) {
	const Cell *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

unsigned xlsx_sheet(XlsxWork *r, const char *part, Grid *g) {
	static const XmlUse use = {sheet_start, sheet_end, sheet_text};
	SheetPart s = {.r = r, .grid = g, .sorted = true};
	unsigned flag = package_parse(r->package, part, &use, &s);
	if (!s.sorted)
		qsort(g->cell.v, g->cell.n, sizeof *g->cell.v, by_place);
	buf_free(&s.formula);
	return flag;
}
