/* xlsx.c: workbooks of Excel, WPS, LibreOffice and the libraries become grids of cells, on
 * their way to form.c.  It believes local names only (prefixes and strict
 * namespaces differ), neither <dimension> nor core.xml, finds parts by their
 * relationships, and computes no formula: a result that is not stored is said to be missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/numfmt.h"
#include "reader/package.h"

#define MAX_FORMATS 65536 /* cell formats kept */
#define FORMULA_SHOWN 200 /* bytes of a formula that stands for its missing result */
#define MAX_NAME_BYTES 255
#define NO_SHEET ((size_t)-1)

typedef struct {
	const char *name;
	bool hidden;
	const char *id;
} SheetRef;

/* A number format of the workbook's own. */
typedef struct {
	unsigned id;
	NumKind kind;
} Custom;

/* The workbook while it is read. */
typedef struct {
	Arena *arena;
	Package *package;
	Book *out;
	Pack pack;
	Buf text; /* of the element that is collected */
	bool from_1904;
	VEC(SheetRef) sheet;
	VEC(Custom) custom;
	VEC(NumKind) format;   /* by cell format index */
	VEC(const char *) string;
	bool strings_lost; /* a cell names one, and the part that has them is not there */
	uint64_t cells;
} Work;

/* One definedName, until the sheets are known. */
typedef struct {
	const char *name, *refers;
	size_t local;
} NameRef;

/* The workbook part. */
typedef struct {
	Work *r;
	bool in_name;
	const char *name;
	size_t local;
	VEC(NameRef) ref;
} BookPart;

static unsigned number_of(const char *s) {
	unsigned v = 0;
	for (; s && *s >= '0' && *s <= '9'; s++)
		v = v > 99999999 ? v : v * 10 + (unsigned)(*s - '0');
	return v;
}

static void book_start(void *ctx, const char *name, const char **attr) {
	BookPart *b = ctx;
	Work *r = b->r;
	if (!strcmp(name, "sheet") && r->sheet.n < BOOK_MAX_SHEETS) {
		const char *state = xml_attr(attr, "state");
		SheetRef *s = vec_push(&r->sheet);
		s->name = text_line(r->arena, str_of(xml_attr(attr, "name")));
		s->hidden = state && strcasecmp(state, "visible") != 0;
		s->id = arena_str(r->arena, xml_attr(attr, "id"));
	} else if (!strcmp(name, "workbookPr") && xml_attr(attr, "date1904")) {
		/* Extensions have an element of the same local name, which does not say. */
		r->from_1904 = xml_true(xml_attr(attr, "date1904"));
	} else if (!strcmp(name, "definedName")) {
		const char *n = xml_attr(attr, "name"), *local = xml_attr(attr, "localSheetId");
		b->in_name = n && strncmp(n, "_xlnm.", 6) != 0 && b->ref.n < BOOK_MAX_NAMES &&
		             strlen(n) <= MAX_NAME_BYTES;
		if (b->in_name) {
			b->name = arena_str(r->arena, n);
			b->local = local ? number_of(local) : NO_SHEET;
			buf_clear(&r->text);
			package_text(r->package, true);
		}
	}
}

static void book_end(void *ctx, const char *name) {
	BookPart *b = ctx;
	if (!b->in_name || strcmp(name, "definedName") != 0)
		return;
	b->in_name = false;
	package_text(b->r->package, false);
	NameRef *ref = vec_push(&b->ref);
	ref->name = b->name;
	ref->local = b->local;
	ref->refers = arena_str(b->r->arena, buf_cstr(&b->r->text));
}

static void collect(Work *r, const char *s, size_t n) {
	if (r->text.n >= REPORT_MAX_VALUE)
		return;
	/* Cut at the limit, on a character border. */
	if (n > REPORT_MAX_VALUE - r->text.n) {
		n = REPORT_MAX_VALUE - r->text.n;
		while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	buf_add(&r->text, s, n);
}

static void book_text(void *ctx, const char *s, size_t n) {
	BookPart *b = ctx;
	if (b->in_name && b->r->text.n + n < 4 * MAX_NAME_BYTES)
		collect(b->r, s, n);
}

/* The sheet's name before '!', quoted with ' (doubled inside) or not, "" when the
 * reference names none.  Steps over it; -1 for what names another workbook or breaks off. */
static int sheet_of(Arena *a, const char **s, const char **name) {
	const char *p = *s;
	Buf b = {0};
	int result = -1;
	*name = "";
	if (*p == '\'') {
		for (p++; *p && !(*p == '\'' && p[1] != '\''); p++) {
			p += *p == '\'';
			buf_char(&b, *p);
		}
		if (*p == '\'' && p[1] == '!') {
			*s = p + 2;
			result = 0;
		}
	} else {
		size_t n = strcspn(p, "!,");
		if (p[n] == '!')
			buf_add(&b, p, n);
		*s = p[n] == '!' ? p + n + 1 : p;
		result = memchr(p, '[', n) || memchr(p, '#', n) ? -1 : 0;
	}
	if (b.n)
		*name = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return result;
}

static size_t sheet_index(const Work *r, const char *name) {
	for (size_t i = 0; i < r->sheet.n; i++)
		if (!strcmp(r->sheet.v[i].name, name))
			return i;
	for (size_t i = 0; i < r->sheet.n; i++)
		if (!strcasecmp(r->sheet.v[i].name, name))
			return i;
	return NO_SHEET;
}

/* Names that point to no single area (#REF!, formulas, whole columns) are left out. */
static void resolve_name(Work *r, const NameRef *ref) {
	const char *s = ref->refers, *sheet;
	DefinedName d = {.name = ref->name};
	s += strspn(s, "= ");
	if (sheet_of(r->arena, &s, &sheet) != 0)
		return;
	d.sheet = *sheet ? sheet_index(r, text_line(r->arena, str_of(sheet))) : ref->local;
	if (d.sheet >= r->sheet.n || cell_parse(&s, &d.r1, &d.c1) != 0)
		return;
	d.r2 = d.r1;
	d.c2 = d.c1;
	if (*s == ':') {
		s++;
		if (sheet_of(r->arena, &s, &sheet) != 0 || cell_parse(&s, &d.r2, &d.c2) != 0)
			return;
	}
	if ((*s && *s != ',' && *s != ' ') || d.r2 < d.r1 || d.c2 < d.c1)
		return;
	*vec_push(&r->out->name) = d;
}

static unsigned read_workbook(Work *r, const char *part) {
	static const XmlUse use = {book_start, book_end, book_text};
	BookPart b = {.r = r};
	unsigned flag = package_parse(r->package, part, &use, &b);
	for (size_t i = 0; !flag && i < b.ref.n; i++)
		resolve_name(r, &b.ref.v[i]);
	vec_free(&b.ref);
	return flag;
}

/* Styles: of each cell format, what kind its number is. */

typedef struct {
	Work *r;
	bool in_formats;
} StylePart;

static NumKind kind_of_id(const Work *r, unsigned id) {
	for (size_t i = 0; i < r->custom.n; i++)
		if (r->custom.v[i].id == id)
			return r->custom.v[i].kind;
	return numfmt_builtin(id);
}

static void style_start(void *ctx, const char *name, const char **attr) {
	StylePart *s = ctx;
	Work *r = s->r;
	if (!strcmp(name, "numFmt") && r->custom.n < MAX_FORMATS) {
		const char *code = xml_attr(attr, "formatCode");
		NumKind kind = numfmt_code(code ? code : "");
		*vec_push(&r->custom) = (Custom){number_of(xml_attr(attr, "numFmtId")), kind};
	} else if (!strcmp(name, "cellXfs")) {
		s->in_formats = true;
	} else if (s->in_formats && !strcmp(name, "xf") && r->format.n < MAX_FORMATS) {
		NumKind kind = kind_of_id(r, number_of(xml_attr(attr, "numFmtId")));
		*vec_push(&r->format) = kind;
	}
}

static void style_end(void *ctx, const char *name) {
	StylePart *s = ctx;
	if (!strcmp(name, "cellXfs")) {
		s->in_formats = false;
		package_stop(s->r->package); /* what follows is looks */
	}
}

static unsigned read_styles(Work *r, const char *part) {
	static const XmlUse use = {style_start, style_end, NULL};
	StylePart s = {.r = r};
	return package_parse(r->package, part, &use, &s);
}

/* Text of <si> and <is>: its own <t>, or those of its runs; never the phonetic ones. */

static bool hex4(const char *s, unsigned *v) {
	*v = 0;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef", *d = s[i] ? strchr(digits, s[i] | 32) : NULL;
		if (!d)
			return false;
		*v = *v * 16 + (unsigned)(d - digits);
	}
	return true;
}

static bool escape_at(const char *s, size_t left, unsigned *v) {
	return left >= 7 && s[0] == '_' && s[1] == 'x' && s[6] == '_' && hex4(s + 2, v);
}

/* Undoes _x000D_ and the like in place (ECMA-376 part 1, 22.9.2.19); a pair of surrogates
 * becomes one character, a lone one and NUL nothing. */
static void unescape(Buf *b) {
	Buf out = {0};
	for (size_t i = 0; i < b->n;) {
		unsigned v, low;
		if (!escape_at(b->p + i, b->n - i, &v)) {
			buf_char(&out, b->p[i++]);
			continue;
		}
		i += 7;
		if (v >= 0xD800 && v < 0xDC00 && escape_at(b->p + i, b->n - i, &low) && low >= 0xDC00 &&
		    low < 0xE000) {
			v = 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
			i += 7;
		}
		if (v && (v < 0xD800 || v >= 0xE000))
			text_put(&out, v);
	}
	buf_free(b);
	*b = out;
}

static const char *text_of(Work *r) {
	if (r->text.n >= 7 && memmem(r->text.p, r->text.n, "_x", 2))
		unescape(&r->text);
	return r->text.n ? pack_tidy(&r->pack, r->text.p, r->text.n) : "";
}

typedef struct {
	Work *r;
	bool in_phonetic, in_t;
	bool full;
} StringPart;

static void string_start(void *ctx, const char *name, const char **attr) {
	(void)attr;
	StringPart *s = ctx;
	if (!strcmp(name, "si")) {
		buf_clear(&s->r->text);
	} else if (!strcmp(name, "rPh")) {
		s->in_phonetic = true;
	} else if (!strcmp(name, "t") && !s->in_phonetic) {
		s->in_t = true;
		package_text(s->r->package, true);
	}
}

static void string_end(void *ctx, const char *name) {
	StringPart *s = ctx;
	Work *r = s->r;
	if (!strcmp(name, "t")) {
		s->in_t = false;
		package_text(r->package, false);
	} else if (!strcmp(name, "rPh")) {
		s->in_phonetic = false;
	} else if (!strcmp(name, "si")) {
		if (r->string.n >= REPORT_MAX_CELLS) {
			s->full = true;
			package_stop(r->package);
			return;
		}
		const char *text = text_of(r);
		*vec_push(&r->string) = text;
	}
}

static void string_text(void *ctx, const char *s, size_t n) {
	StringPart *p = ctx;
	if (p->in_t)
		collect(p->r, s, n);
}

static unsigned read_strings(Work *r, const char *part) {
	static const XmlUse use = {string_start, string_end, string_text};
	StringPart s = {.r = r};
	unsigned flag = package_parse(r->package, part, &use, &s);
	return s.full ? PART_TOO_LARGE : flag;
}

/* A sheet. */

typedef struct {
	Work *r;
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
			s->style = number_of(at);
		} else if (attr[0][0] == 't') {
			s->type = type_of(at);
		}
	}
}

static Cell *add_cell(SheetPart *s, const char *text, RawKind raw) {
	Work *r = s->r;
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
	Work *r = s->r;
	char shown[NUM_TEXT];
	if (num_shortest(r->text.p, r->text.n, shown) != 0) {
		add_cell(s, text_of(r), RAW_TEXT);
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
	Work *r = s->r;
	size_t i = number_of(r->text.p);
	r->strings_lost |= r->string.n == 0;
	if (i < r->string.n && r->string.v[i][0])
		add_cell(s, r->string.v[i], RAW_TEXT);
}

static void add_text(SheetPart *s) {
	const char *text = text_of(s->r);
	if (text[0])
		add_cell(s, text, RAW_TEXT);
}

static void cell_end(SheetPart *s) {
	Work *r = s->r;
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
		add_cell(s, text_of(r), RAW_PICTURE);
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
		add_cell(s, text_of(r), RAW_ERROR);
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
	unsigned row = r ? number_of(r) : 0;
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
		collect(s->r, p, n);
	else if (s->formula.n + n <= FORMULA_SHOWN)
		buf_add(&s->formula, p, n);
}

static int by_place(const void *a, const void *b) {
	const Cell *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

static unsigned read_sheet(Work *r, const char *part, Grid *g) {
	static const XmlUse use = {sheet_start, sheet_end, sheet_text};
	SheetPart s = {.r = r, .grid = g, .sorted = true};
	unsigned flag = package_parse(r->package, part, &use, &s);
	if (!s.sorted)
		qsort(g->cell.v, g->cell.n, sizeof *g->cell.v, by_place);
	buf_free(&s.formula);
	return flag;
}

/* The whole. */

static const char *sheet_part(Work *r, const Relations *rel, size_t i) {
	const char *part = relation_of_id(rel, r->sheet.v[i].id);
	if (!part && !rel->n) /* a lost .rels: the usual name */
		part = arena_fmt(r->arena, "xl/worksheets/sheet%zu.xml", i + 1);
	return part;
}

static unsigned read_sheets(Work *r, const Relations *rel) {
	unsigned flag = 0;
	for (size_t i = 0; !flag && i < r->sheet.n; i++) {
		Grid *g = vec_push(&r->out->grid);
		g->name = r->sheet.v[i].name;
		g->hidden = r->sheet.v[i].hidden;
		if (r->cells >= REPORT_MAX_CELLS) {
			g->cut = true;
			continue;
		}
		/* A chart sheet is named among the sheets, and has no part of cells. */
		const char *part = sheet_part(r, rel, i);
		if (part && package_has(r->package, part))
			flag = read_sheet(r, part, g);
		else if (part ? strstr(part, "worksheets/") != NULL : *r->sheet.v[i].id != '\0')
			flag = PART_DAMAGED; /* one that is named, and without an id, was never there */
	}
	return flag;
}

static unsigned read_parts(Work *r, Relations *root, Relations *rel) {
	unsigned flag = package_relations(r->package, r->arena, "", root);
	const char *book = relation_of_kind(root, "officeDocument");
	if (flag)
		return flag;
	if (!book || !package_has(r->package, book))
		book = "xl/workbook.xml";
	if (strlen(book) > 4 && !strcasecmp(book + strlen(book) - 4, ".bin"))
		return PART_UNSUPPORTED; /* .xlsb */
	flag = package_relations(r->package, r->arena, book, rel);
	if (!flag)
		flag = read_workbook(r, book);
	const char *styles = relation_of_kind(rel, "styles");
	const char *strings = relation_of_kind(rel, "sharedStrings");
	if (!flag && styles && package_has(r->package, styles))
		flag = read_styles(r, styles);
	if (!flag && strings && package_has(r->package, strings))
		flag = read_strings(r, strings);
	if (!flag)
		flag = r->sheet.n ? read_sheets(r, rel) : PART_DAMAGED;
	return flag || !r->strings_lost ? flag : PART_DAMAGED; /* without its texts it is no form that was left empty */
}

unsigned xlsx_read(Arena *a, int fd, Book *out) {
	unsigned flag;
	Work r = {.arena = a, .out = out, .pack = {.arena = a}};
	Relations root = {0}, rel = {0};
	r.package = package_open(fd, &flag);
	if (!r.package)
		return flag;
	flag = read_parts(&r, &root, &rel);
	vec_free(&root);
	vec_free(&rel);
	vec_free(&r.sheet);
	vec_free(&r.custom);
	vec_free(&r.format);
	vec_free(&r.string);
	buf_free(&r.text);
	package_close(r.package);
	return flag;
}
