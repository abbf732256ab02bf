/* docx.c: forms that offices type in Word become grids, one a table, on their way to
 * form.c; what stands outside tables is grid "0", a row a paragraph.  It reads the document
 * as its accepted text: no deleted runs, no second copy of text boxes, no placeholder that
 * stands for an empty field. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/package.h"

#define MAX_NEST 16    /* tables in tables */
#define MAX_SPAN 1000  /* columns that a cell may span */
#define MAX_COLUMNS 2000

/* A table that is being read, or the paragraphs outside any (the first one). */
typedef struct {
	size_t grid;
	unsigned row, column; /* of the cell that is read */
	unsigned span;
	bool merge, restart; /* w:vMerge, and its val="restart" */
	Buf text;            /* of the cell */
	bool fresh;          /* a new paragraph has begun, and nothing of it is there */
	VEC(unsigned) above; /* by column: row where its vertical merge began */
} Level;

/* A content control (w:sdt): its runs and cells lie inside. */
typedef struct {
	unsigned depth; /* of the element */
	bool box, checked, placeholder;
} Control;

typedef struct {
	Arena *arena;
	Package *package;
	Book *out;
	Pack pack;
	Level level[MAX_NEST];
	size_t top; /* index of the level that is read */
	Control control[MAX_NEST];
	size_t control_n;
	unsigned depth;       /* of elements */
	unsigned skip;        /* depth of the element whose inside is not read, 0 */
	unsigned too_deep;    /* tables opened past MAX_NEST */
	unsigned long cells;
	bool in_t, in_properties;
} Doc;

static Level *top(Doc *d) {
	return &d->level[d->top];
}

static void level_reset(Level *l, size_t grid) {
	l->grid = grid;
	l->row = l->column = 0;
	l->span = 1;
	l->merge = l->restart = false;
	l->fresh = false;
	l->above.n = 0;
	buf_clear(&l->text);
}

static void add_text(Doc *d, const char *s, size_t n) {
	Level *l = top(d);
	if (d->skip || d->too_deep || l->text.n + n + 1 > REPORT_MAX_VALUE)
		return;
	if (d->control_n && d->control[d->control_n - 1].placeholder)
		return;
	if (l->fresh && l->text.n)
		buf_char(&l->text, '\n');
	l->fresh = false;
	buf_add(&l->text, s, n);
}

static Grid *grid_new(Doc *d) {
	Grid *g = vec_push(&d->out->grid);
	g->name = arena_fmt(d->arena, "%zu", d->out->grid.n - 1);
	return g;
}

static void put_cell(Doc *d, Level *l) {
	Grid *g = &d->out->grid.v[l->grid];
	const char *text = pack_tidy(&d->pack, buf_cstr(&l->text), l->text.n);
	if (text[0] && d->cells >= REPORT_MAX_CELLS)
		g->cut = true;
	else if (text[0]) {
		d->cells++;
		*vec_push(&g->cell) = (Cell){.row = l->row, .column = l->column, .text = text,
		                             .raw = RAW_TEXT};
	}
	buf_clear(&l->text);
	l->fresh = false;
}

/* A paragraph outside of tables is a cell of its own. */
static void end_paragraph(Doc *d) {
	Level *l = top(d);
	if (d->top > 0 || d->too_deep) {
		l->fresh = true;
		return;
	}
	l->row++;
	l->column = 1;
	put_cell(d, l);
}

static void start_table(Doc *d) {
	if (d->top + 1 >= MAX_NEST || d->out->grid.n >= BOOK_MAX_SHEETS) {
		d->too_deep++;
		return;
	}
	grid_new(d);
	d->top++;
	level_reset(top(d), d->out->grid.n - 1);
}

static void end_table(Doc *d) {
	if (d->too_deep)
		d->too_deep--;
	else if (d->top)
		d->top--;
}

static void start_row(Level *l) {
	l->row++;
	l->column = 0;
	l->span = 1;
}

static void start_cell(Level *l) {
	l->column += l->span;
	if (l->row == 0 || l->column == 0)
		l->row = l->row ? l->row : 1;
	l->span = 1;
	l->merge = l->restart = false;
	l->fresh = false;
	buf_clear(&l->text);
}

static void add_merge(Grid *g, unsigned r1, unsigned c1, unsigned r2, unsigned c2) {
	/* A vertical merge grows row by row. */
	for (size_t i = g->merge.n; i > 0 && r2 > r1; i--) {
		struct Merge *m = &g->merge.v[i - 1];
		if (m->r1 == r1 && m->c1 == c1) {
			m->r2 = r2;
			return;
		}
	}
	if (g->merge.n < BOOK_MAX_MERGES)
		*vec_push(&g->merge) = (struct Merge){r1, c1, r2, c2};
}

static void end_cell(Doc *d) {
	Level *l = top(d);
	Grid *g = &d->out->grid.v[l->grid];
	unsigned last = l->column + l->span - 1;
	if (l->column == 0 || last > MAX_COLUMNS)
		return;
	while (l->above.n <= l->column)
		*vec_push(&l->above) = 0;
	bool goes_on = l->merge && !l->restart && l->above.v[l->column];
	if (!l->merge || l->restart)
		l->above.v[l->column] = l->merge ? l->row : 0;
	if (goes_on)
		add_merge(g, l->above.v[l->column], l->column, l->row, last);
	else if (l->span > 1)
		add_merge(g, l->row, l->column, l->row, last);
	/* The goes_on cell repeats nothing: its text, if any, is hidden in Word. */
	if (!goes_on)
		put_cell(d, l);
}

/* Ticks and squares drawn with a symbol font (Wingdings), as forms have them. */
static void add_symbol(Doc *d, const char **attr) {
	const char *code = xml_attr(attr, "char");
	unsigned long c = code ? strtoul(code, NULL, 16) & 0xFF : 0;
	if (c == 0xFE || c == 0x52 || c == 0xFC)
		add_text(d, "\xE2\x98\x91", 3); /* U+2611, ticked */
	else if (c == 0xA8 || c == 0x6F || c == 0xA3 || c == 0x2A)
		add_text(d, "\xE2\x98\x90", 3); /* U+2610, empty */
}

static void start_control(Doc *d) {
	if (d->control_n < MAX_NEST)
		d->control[d->control_n++] = (Control){.depth = d->depth};
}

static Control *control(Doc *d) {
	return d->control_n ? &d->control[d->control_n - 1] : NULL;
}

static void control_property(Doc *d, const char *name, const char **attr) {
	Control *c = control(d);
	const char *val = xml_attr(attr, "val");
	if (!strcmp(name, "showingPlcHdr"))
		c->placeholder = !val || xml_true(val);
	else if (!strcmp(name, "checkbox"))
		c->box = true;
	else if (!strcmp(name, "checked"))
		c->checked = !val || xml_true(val);
}

/* Deleted or moved away, the second copy of a text box, field codes, phonetic guides. */
static bool is_skipped(const char *name) {
	static const char *const names[] = {"del", "moveFrom", "Fallback", "instrText", "delText",
	                                    "rt", "delInstrText"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void start_structure(Doc *d, const char *name, const char **attr) {
	Level *l = top(d);
	const char *val = xml_attr(attr, "val");
	if (!strcmp(name, "tbl"))
		start_table(d);
	else if (d->too_deep)
		return;
	else if (!strcmp(name, "tr"))
		start_row(l);
	else if (!strcmp(name, "tc") && d->top)
		start_cell(l);
	else if (!strcmp(name, "gridSpan") && val) {
		unsigned long n = strtoul(val, NULL, 10);
		l->span = n >= 1 && n <= MAX_SPAN ? (unsigned)n : 1;
	} else if (!strcmp(name, "gridBefore") && val) {
		unsigned long n = strtoul(val, NULL, 10);
		l->column = n <= MAX_SPAN ? (unsigned)n : 0;
	} else if (!strcmp(name, "vMerge")) {
		l->merge = true;
		l->restart = val && !strcmp(val, "restart");
	}
}

static void doc_start(void *ctx, const char *name, const char **attr) {
	Doc *d = ctx;
	d->depth++;
	if (d->skip)
		return;
	if (is_skipped(name)) {
		d->skip = d->depth;
		return;
	}
	if (!strcmp(name, "t")) {
		d->in_t = true;
		package_text(d->package, true);
	} else if (!strcmp(name, "tab")) {
		if (!d->in_properties)
			add_text(d, "\t", 1);
	} else if (!strcmp(name, "br") || !strcmp(name, "cr")) {
		add_text(d, "\n", 1);
	} else if (!strcmp(name, "sym")) {
		add_symbol(d, attr);
	} else if (!strcmp(name, "pPr")) {
		d->in_properties = true; /* its w:tab are stops, not blanks */
	} else if (!strcmp(name, "sdt")) {
		start_control(d);
	} else if (control(d)) {
		control_property(d, name, attr);
		start_structure(d, name, attr);
	} else {
		start_structure(d, name, attr);
	}
}

/* A ticked box whose picture is drawn by some other sign still reads as ticked: Word keeps
 * the state beside the sign. */
static void end_control(Doc *d) {
	const Control *c = control(d);
	if (c && c->depth == d->depth)
		d->control_n--;
}

static void doc_end(void *ctx, const char *name) {
	Doc *d = ctx;
	if (d->skip) {
		d->skip = d->skip == d->depth ? 0 : d->skip;
		d->depth--;
		return;
	}
	if (!strcmp(name, "t")) {
		d->in_t = false;
		package_text(d->package, false);
	} else if (!strcmp(name, "p")) {
		end_paragraph(d);
	} else if (!strcmp(name, "pPr")) {
		d->in_properties = false;
	} else if (!strcmp(name, "tc") && d->top && !d->too_deep) {
		end_cell(d);
	} else if (!strcmp(name, "tbl")) {
		end_table(d);
	} else if (!strcmp(name, "sdt")) {
		end_control(d);
	}
	d->depth--;
}

static void doc_text(void *ctx, const char *s, size_t n) {
	Doc *d = ctx;
	const Control *c = control(d);
	if (!d->in_t || d->skip)
		return;
	if (c && c->box)
		add_text(d, c->checked ? "\xE2\x98\x91" : "\xE2\x98\x90", 3);
	else
		add_text(d, s, n);
}

static unsigned read_parts(Doc *d, Relations *root) {
	static const XmlUse use = {doc_start, doc_end, doc_text};
	unsigned flag = package_relations(d->package, d->arena, "", root);
	const char *part = relation_of_kind(root, "officeDocument");
	if (flag)
		return flag;
	if (!part || !package_has(d->package, part))
		part = "word/document.xml";
	grid_new(d);
	level_reset(&d->level[0], 0);
	return package_parse(d->package, part, &use, d);
}

unsigned docx_read(Arena *a, int fd, Book *out) {
	unsigned flag;
	Relations root = {0};
	Doc *d = ARENA_NEW(a, Doc);
	d->arena = d->pack.arena = a;
	d->out = out;
	d->package = package_open(fd, &flag);
	if (!d->package)
		return flag;
	flag = read_parts(d, &root);
	out->inserted = package_has_under(d->package, "word/embeddings/");
	out->pictures = package_has_picture(d->package, "word/media/");
	vec_free(&root);
	for (size_t i = 0; i < MAX_NEST; i++) {
		buf_free(&d->level[i].text);
		vec_free(&d->level[i].above);
	}
	package_close(d->package);
	return flag;
}
