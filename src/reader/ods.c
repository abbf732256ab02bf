/* ods.c: OpenDocument spreadsheets (ODF 1.3 part 3, 9) of LibreOffice and WPS become grids of cells, on their way to
 * form.c.  The same walls as for xlsx: package.c streams content.xml and keeps its limits.  A row or cell that
 * repeats is written out only where it says something. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/numfmt.h"
#include "reader/package.h"

#define CONTENT "content.xml"
#define MANIFEST "META-INF/manifest.xml"
#define MAX_STYLES 10000

/* One filled cell of the row that is read, to be repeated with it. */
typedef struct {
	unsigned column, times;
	Cell cell;
} RowCell;

typedef struct {
	const char *name, *address;
} NameRef;

typedef struct {
	Arena *arena;
	Package *package;
	Book *out;
	Pack pack;
	Grid *grid;
	const char *style;          /* that is read */
	VEC(const char *) unseen;   /* styles of tables that are not shown */
	VEC(NameRef) name;
	VEC(RowCell) filled;
	uint64_t cells;
	unsigned row, row_times;    /* of the row that is read */
	unsigned column;            /* the next one */
	unsigned tables;            /* open: a table inside a table is none of ours */
	/* the cell that is read */
	bool in_cell, in_text;
	unsigned aside;             /* open elements whose text is not the cell's: notes, drawings */
	unsigned times, lines;
	RawKind raw;
	bool percent, formula;
	const char *value;          /* as the attributes say it, NULL: its text is its value */
	Buf text;
} Work;

static unsigned number_of(const char *s, unsigned least, unsigned most) {
	int64_t v;
	if (!s || str_to_i64(str_of(s), 0, INT64_MAX, &v) != 0)
		return least;
	return v < least ? least : v > most ? most : (unsigned)v;
}

/* ---- tables */

static bool is_unseen(const Work *w, const char *style) {
	for (size_t i = 0; style && i < w->unseen.n; i++)
		if (!strcmp(w->unseen.v[i], style))
			return true;
	return false;
}

static void table_start(Work *w, const char **attr) {
	if (w->tables++ || w->out->grid.n >= BOOK_MAX_SHEETS)
		return;
	w->grid = vec_push(&w->out->grid);
	*w->grid = (Grid){.name = text_line(w->arena, str_of(xml_attr(attr, "name"))),
	                  .hidden = is_unseen(w, xml_attr(attr, "style-name"))};
	w->row = w->row_times = 0;
}

static void row_start(Work *w, const char **attr) {
	w->row += w->row_times;
	w->row_times = number_of(xml_attr(attr, "number-rows-repeated"), 1, BOOK_MAX_ROW);
	w->column = 0;
	w->filled.n = 0;
}

/* Whatever its count, a row is written out no further than the sheet and the limits go. */
static void row_end(Work *w) {
	for (unsigned k = 0; w->filled.n && k < w->row_times && w->row + k < BOOK_MAX_ROW && !w->grid->cut; k++)
		for (size_t i = 0; i < w->filled.n; i++) {
			const RowCell *c = &w->filled.v[i];
			for (unsigned n = 0; n < c->times && c->column + n < BOOK_MAX_COLUMN; n++) {
				if (w->cells >= REPORT_MAX_CELLS) {
					w->grid->cut = true;
					return;
				}
				w->cells++;
				Cell *cell = vec_push(&w->grid->cell);
				*cell = c->cell;
				cell->row = w->row + k + 1;
				cell->column = c->column + n + 1;
			}
		}
}

/* ---- a cell */

/* "2023-03-05T09:30:00.5"; midnight and parts of a second say nothing. */
static const char *date_text(Work *w, const char *s) {
	Str t = str_of(s);
	ptrdiff_t dot = str_find(t, STR("."));
	if (dot > 0)
		t.n = (size_t)dot;
	if (t.n == 19 && !memcmp(t.p + 10, "T00:00:00", 9))
		t.n = 10;
	return pack_tidy(&w->pack, t.p, t.n);
}

/* PT09H30M00S as 09:30:00. */
static const char *time_text(Work *w, const char *s) {
	unsigned part[3] = {0};
	static const char unit[] = "HMS";
	const char *p = s + 2 * !strncmp(s, "PT", 2);
	for (size_t i = 0; i < 3; i++) {
		char *end;
		unsigned long v = strtoul(p, &end, 10);
		end += *end == '.' ? strspn(end + 1, "0123456789") + 1 : 0;
		if (end == p || *end != unit[i])
			continue;
		part[i] = v > 99999 ? 99999 : (unsigned)v;
		p = end + 1;
	}
	return arena_fmt(w->arena, "%02u:%02u:%02u", part[0], part[1], part[2]);
}

static const char *number_text(Work *w, const char *s) {
	char shown[NUM_TEXT];
	if (num_shortest(s, strlen(s), shown) != 0)
		return pack_tidy(&w->pack, s, strlen(s));
	return pack_text(&w->pack, shown, strlen(shown));
}

static void cell_kind(Work *w, const char *type, const char **attr) {
	const char *value = xml_attr(attr, "value");
	if (!strcmp(type, "date") && (value = xml_attr(attr, "date-value"))) {
		w->raw = RAW_DATE;
		w->value = date_text(w, value);
	} else if (!strcmp(type, "time") && (value = xml_attr(attr, "time-value"))) {
		w->raw = RAW_DATE;
		w->value = time_text(w, value);
	} else if (!strcmp(type, "boolean")) {
		w->raw = RAW_BOOL;
		w->value = xml_true(xml_attr(attr, "boolean-value")) ? "TRUE" : "FALSE";
	} else if (value) { /* float, percentage, currency */
		w->raw = RAW_NUMBER;
		w->percent = !strcmp(type, "percentage");
		w->value = number_text(w, value);
	} else if ((value = xml_attr(attr, "string-value"))) {
		w->value = pack_tidy(&w->pack, value, strlen(value));
	}
}

/* LibreOffice says of an error that it is a text, and in an attribute of its own that it is an error. */
static bool is_error(const char **attr) {
	for (; attr[0]; attr += 2)
		if (!strcmp(attr[0], "calcext:value-type") && !strcmp(attr[1], "error"))
			return true;
	return false;
}

static void cell_start(Work *w, const char **attr) {
	const char *type = xml_attr(attr, "value-type");
	unsigned columns = number_of(xml_attr(attr, "number-columns-spanned"), 1, BOOK_MAX_COLUMN);
	unsigned rows = number_of(xml_attr(attr, "number-rows-spanned"), 1, BOOK_MAX_ROW);
	w->in_cell = true;
	w->times = number_of(xml_attr(attr, "number-columns-repeated"), 1, BOOK_MAX_COLUMN);
	w->raw = is_error(attr) ? RAW_ERROR : RAW_TEXT;
	w->percent = false;
	w->formula = xml_attr(attr, "formula") != NULL;
	w->value = NULL;
	w->lines = w->aside = 0;
	buf_clear(&w->text);
	if (type && w->raw != RAW_ERROR)
		cell_kind(w, type, attr);
	if ((columns > 1 || rows > 1) && w->grid->merge.n < BOOK_MAX_MERGES)
		*vec_push(&w->grid->merge) = (struct Merge){w->row + 1, w->column + 1, w->row + rows, w->column + columns};
}

static void cell_end(Work *w) {
	const char *text = w->value ? w->value : pack_tidy(&w->pack, w->text.p ? w->text.p : "", w->text.n);
	if (!*text && w->formula && !w->value && !w->lines) {
		text = "=";
		w->raw = RAW_NO_RESULT;
	}
	if (*text && w->column < BOOK_MAX_COLUMN && w->filled.n < BOOK_MAX_COLUMN)
		*vec_push(&w->filled) = (RowCell){w->column, w->times, {.text = text, .raw = w->raw, .percent = w->percent}};
	w->column += w->times;
	w->in_cell = w->in_text = false;
}

static void add(Work *w, const char *s, size_t n) {
	if (n > REPORT_MAX_VALUE - w->text.n) {
		n = REPORT_MAX_VALUE - w->text.n;
		while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	buf_add(&w->text, s, n);
}

static void text_start(Work *w, const char *name, const char **attr) {
	if (w->aside || !strcmp(name, "annotation") || !strcmp(name, "table") || !strcmp(name, "shapes") ||
	    !strcmp(name, "frame") || !strcmp(name, "custom-shape") || !strcmp(name, "ruby-text")) {
		w->aside++;
	} else if (!strcmp(name, "p") || !strcmp(name, "h")) {
		if (w->lines++)
			add(w, "\n", 1);
		w->in_text = true;
	} else if (w->in_text && !strcmp(name, "s")) {
		for (unsigned n = number_of(xml_attr(attr, "c"), 1, 100); n; n--)
			add(w, " ", 1);
	} else if (w->in_text && !strcmp(name, "tab")) {
		add(w, "\t", 1);
	} else if (w->in_text && !strcmp(name, "line-break")) {
		add(w, "\n", 1);
	}
	package_text(w->package, w->in_text && !w->aside);
}

/* ---- the part */

static bool is_cell(const char *name) {
	return !strcmp(name, "table-cell") || !strcmp(name, "covered-table-cell");
}

static void other_start(Work *w, const char *name, const char **attr) {
	const char *value;
	if (!strcmp(name, "style")) {
		w->style = arena_str(w->arena, xml_attr(attr, "name"));
	} else if (!strcmp(name, "table-properties") && w->style && w->unseen.n < MAX_STYLES) {
		value = xml_attr(attr, "display");
		if (value && !strcmp(value, "false"))
			*vec_push(&w->unseen) = w->style;
	} else if (!strcmp(name, "named-range") && w->name.n < BOOK_MAX_NAMES) {
		NameRef *n = vec_push(&w->name);
		*n = (NameRef){arena_str(w->arena, xml_attr(attr, "name")),
		               arena_str(w->arena, xml_attr(attr, "cell-range-address"))};
	}
}

static void on_start(void *ctx, const char *name, const char **attr) {
	Work *w = ctx;
	if (w->in_cell)
		text_start(w, name, attr);
	else if (!strcmp(name, "table"))
		table_start(w, attr);
	else if (w->tables != 1 || !w->grid)
		other_start(w, name, attr);
	else if (!strcmp(name, "table-row"))
		row_start(w, attr);
	else if (is_cell(name))
		cell_start(w, attr);
	else
		other_start(w, name, attr);
}

static void on_end(void *ctx, const char *name) {
	Work *w = ctx;
	if (w->in_cell && w->aside) {
		w->aside--;
		package_text(w->package, w->in_text && !w->aside);
	} else if (w->in_cell && is_cell(name)) {
		cell_end(w);
		package_text(w->package, false);
	} else if (w->in_cell) {
		w->in_text &= strcmp(name, "p") != 0 && strcmp(name, "h") != 0;
		package_text(w->package, w->in_text);
	} else if (!strcmp(name, "table-row") && w->grid && w->tables == 1) {
		row_end(w);
	} else if (!strcmp(name, "table") && w->tables && --w->tables == 0) {
		w->grid = NULL;
	}
}

static void on_text(void *ctx, const char *s, size_t n) {
	Work *w = ctx;
	if (w->in_text && !w->aside)
		add(w, s, n);
}

/* ---- names: $申报表.$B$3:.$B$5, the sheet in quotes where its name needs them */

static const char *sheet_name(Arena *a, const char **s) {
	const char *p = *s + (**s == '$');
	Buf b = {0};
	if (*p == '\'') {
		for (p++; *p && !(*p == '\'' && p[1] != '\''); p++) {
			p += *p == '\'';
			buf_char(&b, *p);
		}
		p += *p == '\'';
	} else {
		size_t n = strcspn(p, ".");
		buf_add(&b, p, n);
		p += n;
	}
	const char *name = *p == '.' ? arena_copy(a, b.p, b.n) : NULL;
	*s = p + (*p == '.');
	buf_free(&b);
	return name;
}

static void resolve_name(Work *w, const NameRef *ref) {
	const char *s = ref->address, *sheet = sheet_name(w->arena, &s);
	DefinedName d = {.name = ref->name, .sheet = w->out->grid.n};
	for (size_t i = 0; sheet && i < w->out->grid.n; i++)
		if (!strcmp(w->out->grid.v[i].name, sheet))
			d.sheet = i;
	if (d.sheet == w->out->grid.n || cell_parse(&s, &d.r1, &d.c1) != 0)
		return;
	d.r2 = d.r1;
	d.c2 = d.c1;
	if (*s == ':') {
		s++;
		if (!sheet_name(w->arena, &s) || cell_parse(&s, &d.r2, &d.c2) != 0)
			return;
	}
	if (!*s && d.r2 >= d.r1 && d.c2 >= d.c1)
		*vec_push(&w->out->name) = d;
}

/* ---- the whole */

static void manifest_start(void *ctx, const char *name, const char **attr) {
	(void)attr;
	bool *locked = ctx;
	*locked |= !strcmp(name, "encryption-data");
}

static unsigned read_content(Work *w) {
	static const XmlUse use = {on_start, on_end, on_text}, manifest = {manifest_start, NULL, NULL};
	bool locked = false;
	if (package_has(w->package, MANIFEST) && package_parse(w->package, MANIFEST, &manifest, &locked) == 0 && locked)
		return PART_ENCRYPTED;
	unsigned flag = package_parse(w->package, CONTENT, &use, w);
	for (size_t i = 0; !flag && i < w->name.n; i++)
		resolve_name(w, &w->name.v[i]);
	return flag;
}

unsigned ods_read(Arena *a, int fd, Book *out) {
	unsigned flag;
	Work w = {.arena = a, .out = out, .pack = {.arena = a}};
	w.package = package_open(fd, &flag);
	if (!w.package)
		return flag;
	flag = read_content(&w);
	if (!flag && !out->grid.n)
		flag = PART_DAMAGED;
	vec_free(&w.unseen);
	vec_free(&w.name);
	vec_free(&w.filled);
	buf_free(&w.text);
	package_close(w.package);
	return flag;
}
