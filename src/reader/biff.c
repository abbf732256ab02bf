/* biff.c: beside libfreexl, for xls.c: walks the records of an old workbook for what that
 * library drops.  It reads no string table and no formula; a result that goes on in
 * another record is cut there. */
#include "reader/biff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "reader/formats.h"
#include "reader/numfmt.h"

/* Record types (MS-XLS 2.3.2). */
enum {
	REC_FORMULA = 0x0006,
	REC_EOF = 0x000A,
	REC_FILEPASS = 0x002F,
	REC_BOUNDSHEET = 0x0085,
	REC_MULRK = 0x00BD,
	REC_XF = 0x00E0,
	REC_MERGED = 0x00E5,
	REC_DATEMODE = 0x0022,
	REC_DIMENSIONS = 0x0200,
	REC_NUMBER = 0x0203,
	REC_BOOLERR = 0x0205,
	REC_STRING = 0x0207,
	REC_RK = 0x027E,
	REC_FORMAT = 0x041E,
	REC_BOF = 0x0809,
};
#define BIFF8 0x0600
#define MAX_FORMATS 8192
#define CALCULATE 3 /* of a formula's flags: always, or on load */

typedef struct {
	unsigned type;
	const unsigned char *p;
	size_t n;
} Record;

struct Format {
	unsigned id;
	NumKind kind;
};

typedef struct {
	Arena *arena;
	BiffBook *out;
	const unsigned char *p;
	size_t n;
	bool from_1904;
	VEC(uint32_t) start; /* of each sheet */
	VEC(NumKind) xf;
	VEC(struct Format) format;
} Walk;

static unsigned u16(const unsigned char *p) {
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t u32(const unsigned char *p) {
	return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static bool next_record(const Walk *w, size_t *at, Record *r) {
	if (*at + 4 > w->n)
		return false;
	r->type = u16(w->p + *at);
	r->n = u16(w->p + *at + 2);
	r->p = w->p + *at + 4;
	*at += 4 + r->n;
	return *at <= w->n;
}

/* A string of n characters: one byte each (Latin 1), or UTF-16, as the flags say. */
static const char *short_text(Walk *w, const unsigned char *p, size_t left, size_t n) {
	if (left < 1)
		return "";
	bool wide = p[0] & 1;
	size_t bytes = wide ? n * 2 : n;
	if (bytes > left - 1)
		bytes = (left - 1) & ~(size_t)wide;
	Str raw = {(const char *)p + 1, bytes};
	if (wide)
		return charset_utf16(w->arena, raw);
	Buf b = {0};
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i])
			text_put(&b, (unsigned char)raw.p[i]);
	const char *text = arena_str(w->arena, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static NumKind format_kind(const Walk *w, unsigned id) {
	for (size_t i = 0; i < w->format.n; i++)
		if (w->format.v[i].id == id)
			return w->format.v[i].kind;
	return numfmt_builtin(id);
}

static void bound_sheet(Walk *w, const Record *r) {
	if (r->n < 6 || w->start.n >= BOOK_MAX_SHEETS)
		return;
	*vec_push(&w->start) = u32(r->p);
	(*vec_push(&w->out->sheet)).hidden = (r->p[4] & 3) != 0;
}

static void number_format(Walk *w, const Record *r) {
	if (r->n < 5 || w->format.n >= MAX_FORMATS)
		return;
	NumKind kind = numfmt_code(short_text(w, r->p + 4, r->n - 4, u16(r->p + 2)));
	*vec_push(&w->format) = (struct Format){u16(r->p), kind};
}

/* The workbook's globals, up to their end. */
static unsigned read_globals(Walk *w) {
	size_t at = 0;
	Record r;
	if (!next_record(w, &at, &r) || r.type != REC_BOF || r.n < 4)
		return PART_DAMAGED;
	if (u16(r.p) != BIFF8)
		return PART_UNSUPPORTED; /* older: libfreexl reads it, we add nothing */
	while (next_record(w, &at, &r) && r.type != REC_EOF) {
		if (r.type == REC_FILEPASS)
			return PART_ENCRYPTED;
		if (r.type == REC_BOUNDSHEET)
			bound_sheet(w, &r);
		else if (r.type == REC_FORMAT)
			number_format(w, &r);
		else if (r.type == REC_DATEMODE && r.n >= 2)
			w->from_1904 = u16(r.p) == 1;
		else if (r.type == REC_XF && r.n >= 4 && w->xf.n < MAX_FORMATS)
			*vec_push(&w->xf) = format_kind(w, u16(r.p + 2));
	}
	return 0;
}

static Cell *add_cell(struct BiffSheet *s, const Record *r, const char *text, RawKind raw) {
	Cell *c = vec_push(&s->cell);
	*c = (Cell){.row = u16(r->p) + 1, .column = u16(r->p + 2) + 1, .text = text, .raw = raw};
	return c;
}

static NumKind kind_of(const Walk *w, unsigned xf) {
	return xf < w->xf.n ? w->xf.v[xf] : NUM_PLAIN;
}

static const char *error_text(unsigned char code) {
	switch (code) {
	case 0x00:
		return "#NULL!";
	case 0x07:
		return "#DIV/0!";
	case 0x0F:
		return "#VALUE!";
	case 0x17:
		return "#REF!";
	case 0x1D:
		return "#NAME?";
	case 0x24:
		return "#NUM!";
	default:
		return "#N/A";
	}
}

static void bool_or_error(struct BiffSheet *s, const Record *r, unsigned char value, bool error) {
	if (error)
		add_cell(s, r, error_text(value), RAW_ERROR);
	else
		add_cell(s, r, value ? "TRUE" : "FALSE", RAW_BOOL);
}

static void number_result(Walk *w, struct BiffSheet *s, const Record *r) {
	double v;
	char given[NUM_TEXT], shown[NUM_TEXT];
	NumKind kind = kind_of(w, u16(r->p + 4));
	RawKind raw = RAW_NUMBER;
	memcpy(&v, r->p + 6, sizeof v);
	snprintf(given, sizeof given, "%.17g", v);
	if (num_shortest(given, strlen(given), shown) != 0)
		return;
	if (kind >= NUM_DATE && num_date(v, kind, w->from_1904, shown) == 0)
		raw = RAW_DATE;
	add_cell(s, r, arena_str(w->arena, shown), raw)->percent = kind == NUM_PERCENT;
}

/* The result stands in the record: a number, or FFFF and what else it is; a text follows in
 * a record of its own. */
static void formula(Walk *w, struct BiffSheet *s, const Record *r, size_t at) {
	if (r->n < 14)
		return;
	if (u16(r->p + 12) != 0xFFFF) {
		number_result(w, s, r);
		return;
	}
	Record next;
	switch (r->p[6]) {
	case 0:
		/* Shared and array formulas put a record between. */
		for (int i = 0; i < 2 && next_record(w, &at, &next); i++)
			if (next.type == REC_STRING && next.n >= 3) {
				const char *text = text_tidy(
				        w->arena, short_text(w, next.p + 2, next.n - 2, u16(next.p)));
				if (text[0])
					add_cell(s, r, text, RAW_TEXT);
				return;
			}
		add_cell(s, r, "=", RAW_NO_RESULT);
		break;
	case 1:
	case 2:
		bool_or_error(s, r, r->p[8], r->p[6] == 2);
		break;
	default:
		/* An empty text; or nothing yet, to be computed when the book is opened. */
		if (r->n >= 16 && u16(r->p + 14) & CALCULATE)
			add_cell(s, r, "=", RAW_NO_RESULT);
	}
}

static void percent_run(Walk *w, struct BiffSheet *s, const Record *r) {
	unsigned row = u16(r->p), column = u16(r->p + 2);
	/* row, first column, then (format, number) for each, last column */
	for (size_t i = 4; i + 6 <= r->n - 2; i += 6, column++)
		if (kind_of(w, u16(r->p + i)) == NUM_PERCENT)
			*vec_push(&s->percent) = (struct BiffPlace){row + 1, column + 1};
}

static void merged(struct BiffSheet *s, const Record *r) {
	for (size_t i = 2; i + 8 <= r->n && s->merge.n < BOOK_MAX_MERGES; i += 8) {
		const unsigned char *p = r->p + i;
		struct Merge m = {u16(p) + 1, u16(p + 4) + 1, u16(p + 2) + 1, u16(p + 6) + 1};
		if (m.r2 >= m.r1 && m.c2 >= m.c1)
			*vec_push(&s->merge) = m;
	}
}

static void sheet_record(Walk *w, struct BiffSheet *s, const Record *r, size_t at) {
	switch (r->type) {
	case REC_FORMULA:
		formula(w, s, r, at);
		break;
	case REC_BOOLERR:
		if (r->n >= 8)
			bool_or_error(s, r, r->p[6], r->p[7]);
		break;
	case REC_NUMBER:
	case REC_RK:
		if (r->n >= 6 && kind_of(w, u16(r->p + 4)) == NUM_PERCENT)
			*vec_push(&s->percent) = (struct BiffPlace){u16(r->p) + 1, u16(r->p + 2) + 1};
		break;
	case REC_MULRK:
		if (r->n >= 12)
			percent_run(w, s, r);
		break;
	case REC_MERGED:
		merged(s, r);
		break;
	case REC_DIMENSIONS:
		if (r->n >= 12)
			s->area = (uint64_t)u32(r->p + 4) * u16(r->p + 10);
		break;
	default:
		break;
	}
}

/* One sheet, with the charts that may stand inside it stepped over. */
static void read_sheet(Walk *w, struct BiffSheet *s, size_t at) {
	Record r;
	int nest = 0;
	while (next_record(w, &at, &r) && s->cell.n < REPORT_MAX_CELLS) {
		if (r.type == REC_BOF)
			nest++;
		else if (r.type == REC_EOF && --nest <= 0)
			return;
		else if (nest == 1)
			sheet_record(w, s, &r, at);
	}
}

unsigned biff_read(Arena *a, int fd, BiffBook *out) {
	Buf stream = {0};
	Walk w = {.arena = a, .out = out};
	const Ole *o = ole_open(a, fd);
	unsigned flag = PART_DAMAGED;
	if (o && !ole_has(o, "Workbook"))
		return 0;
	if (o && ole_stream(o, "Workbook", BIFF_MAX_STREAM, &stream) == 0) {
		w.p = (const unsigned char *)stream.p;
		w.n = stream.n;
		flag = read_globals(&w);
	}
	for (size_t i = 0; !flag && i < w.start.n; i++)
		read_sheet(&w, &out->sheet.v[i], w.start.v[i]);
	uint64_t area = 0;
	for (size_t i = 0; i < out->sheet.n; i++)
		area += out->sheet.v[i].area;
	if (!flag && area > BIFF_MAX_AREA)
		flag = PART_TOO_LARGE;
	vec_free(&w.start);
	vec_free(&w.xf);
	vec_free(&w.format);
	buf_free(&stream);
	return flag == PART_UNSUPPORTED ? 0 : flag;
}

void biff_free(BiffBook *b) {
	for (size_t i = 0; i < b->sheet.n; i++) {
		vec_free(&b->sheet.v[i].cell);
		vec_free(&b->sheet.v[i].percent);
		vec_free(&b->sheet.v[i].merge);
	}
	vec_free(&b->sheet);
}
