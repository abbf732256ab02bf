/* xlsx.c: workbooks of Excel, WPS, LibreOffice and the libraries become grids of cells, on
 * their way to form.c.  It believes local names only (prefixes and strict
 * namespaces differ), neither <dimension> nor core.xml, finds parts by their
 * relationships, and computes no formula: a result that is not stored is said to be missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "reader/xlsx_inner.h"

#define MAX_FORMATS 65536 /* cell formats kept */
#define MAX_NAME_BYTES 255
#define NO_SHEET ((size_t)-1)

/* One definedName, until the sheets are known. */
typedef struct {
	const char *name, *refers;
	size_t local;
} NameRef;

/* The workbook part. */
typedef struct {
	XlsxWork *r;
	bool in_name;
	const char *name;
	size_t local;
	VEC(NameRef) ref;
} BookPart;

static void book_start(void *ctx, const char *name, const char **attr) {
	BookPart *b = ctx;
	XlsxWork *r = b->r;
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
			b->local = local ? xlsx_number(local) : NO_SHEET;
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

static void book_text(void *ctx, const char *s, size_t n) {
	BookPart *b = ctx;
	if (b->in_name && b->r->text.n + n < 4 * MAX_NAME_BYTES)
		xlsx_collect(b->r, s, n);
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

static size_t sheet_index(const XlsxWork *r, const char *name) {
	for (size_t i = 0; i < r->sheet.n; i++)
		if (!strcmp(r->sheet.v[i].name, name))
			return i;
	for (size_t i = 0; i < r->sheet.n; i++)
		if (!strcasecmp(r->sheet.v[i].name, name))
			return i;
	return NO_SHEET;
}

/* Names that point to no single area (#REF!, formulas, whole columns) are left out. */
static void resolve_name(XlsxWork *r, const NameRef *ref) {
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

static unsigned read_workbook(XlsxWork *r, const char *part) {
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
	XlsxWork *r;
	bool in_formats;
} StylePart;

static NumKind kind_of_id(const XlsxWork *r, unsigned id) {
	for (size_t i = 0; i < r->custom.n; i++)
		if (r->custom.v[i].id == id)
			return r->custom.v[i].kind;
	return numfmt_builtin(id);
}

static void style_start(void *ctx, const char *name, const char **attr) {
	StylePart *s = ctx;
	XlsxWork *r = s->r;
	if (!strcmp(name, "numFmt") && r->custom.n < MAX_FORMATS) {
		const char *code = xml_attr(attr, "formatCode");
		NumKind kind = numfmt_code(code ? code : "");
		*vec_push(&r->custom) = (Custom){xlsx_number(xml_attr(attr, "numFmtId")), kind};
	} else if (!strcmp(name, "cellXfs")) {
		s->in_formats = true;
	} else if (s->in_formats && !strcmp(name, "xf") && r->format.n < MAX_FORMATS) {
		NumKind kind = kind_of_id(r, xlsx_number(xml_attr(attr, "numFmtId")));
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

static unsigned read_styles(XlsxWork *r, const char *part) {
	static const XmlUse use = {style_start, style_end, NULL};
	StylePart s = {.r = r};
	return package_parse(r->package, part, &use, &s);
}

/* The whole. */

static const char *sheet_part(XlsxWork *r, const Relations *rel, size_t i) {
	const char *part = relation_of_id(rel, r->sheet.v[i].id);
	if (!part && !rel->n) /* a lost .rels: the usual name */
		part = arena_fmt(r->arena, "xl/worksheets/sheet%zu.xml", i + 1);
	return part;
}

static unsigned read_sheets(XlsxWork *r, const Relations *rel) {
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
			flag = xlsx_sheet(r, part, g);
		else if (part ? strstr(part, "worksheets/") != NULL : *r->sheet.v[i].id != '\0')
			flag = PART_DAMAGED; /* one that is named, and without an id, was never there */
	}
	return flag;
}

static unsigned read_parts(XlsxWork *r, Relations *root, Relations *rel) {
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
		flag = xlsx_strings(r, strings);
	if (!flag)
		flag = r->sheet.n ? read_sheets(r, rel) : PART_DAMAGED;
	return flag || !r->strings_lost ? flag : PART_DAMAGED; /* without its texts it is no form that was left empty */
}

unsigned xlsx_read(Arena *a, int fd, Book *out) {
	unsigned flag;
	XlsxWork r = {.arena = a, .out = out, .pack = {.arena = a}};
	Relations root = {0}, rel = {0};
	r.package = package_open(fd, &flag);
	if (!r.package)
		return flag;
	flag = read_parts(&r, &root, &rel);
	out->inserted = package_has_under(r.package, "xl/embeddings/");
	out->pictures = package_has_picture(r.package, "xl/media/");
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
