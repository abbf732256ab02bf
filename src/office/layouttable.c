/* The tables of a form: title, a row of notes with the examples, the header, and the rows.
 * Refuses to set an example among the rows, where it might stay and be taken for data. */
#include <string.h>

#include "base/text.h"
#include "office/layout.h"
#include "reader/formmap.h"

#define ROW_HEIGHT 24.0
#define PADDING 8.0
#define EXAMPLE_CHARS 30

double column_need(const Field *f) {
	double longest = 8;
	switch (f->kind) {
	case KIND_CHOICE:
	case KIND_CONFIRM:
		for (size_t i = 0; i < f->choice_n; i++)
			if ((double)text_width(f->choice[i]) > longest)
				longest = (double)text_width(f->choice[i]);
		return longest + 5 > 17 ? 17 : longest + 5;
	case KIND_DATE:
	case KIND_MONTH:
	case KIND_MOBILE:
		return 13;
	case KIND_INTEGER:
	case KIND_NUMBER:
	case KIND_PERCENT:
	case KIND_POSTCODE:
		return 11;
	case KIND_USCC:
	case KIND_EMAIL:
		return 21;
	default:
		return f->max_chars > 0 && f->max_chars < 20 ? 13 : 17;
	}
}

static int64_t room(const Field *f) {
	bool text = f->kind == KIND_TEXT || f->kind == KIND_LONGTEXT;
	return text ? (f->max_chars > 0 ? f->max_chars : 100) : 20;
}

/* The value's column is the wide one: the column that needs it most goes there. */
bool table_numbered(const Table *t) {
	return t->column_n < 2 || room(t->column[0]) >= room(t->column[1]);
}

/* Of the columns whose label and help do not have it. */
static const char *units(const Layout *l, const Table *t) {
	Buf b = {0};
	for (size_t i = 0; i < t->column_n; i++) {
		const Field *f = t->column[i];
		if (*f->unit && !strstr(f->label, f->unit) && !strstr(f->help, f->unit) && !strstr(t->help, f->unit))
			buf_fmt(&b, "%s%s", b.n ? "\xEF\xBC\x9B" : "", /* U+FF1B */
			        words_fill(l->rules, l->arena, "form.unit_of", "label", f->label, "unit", f->unit, (char *)NULL));
	}
	const char *out = b.n ? words_fill(l->rules, l->arena, "form.units", "units", b.p, (char *)NULL) : "";
	buf_free(&b);
	return out;
}

static const char *examples(const Layout *l, const Table *t) {
	Buf b = {0};
	Arena *a = l->arena;
	for (size_t i = 0; i < t->column_n; i++)
		if (*t->column[i]->example)
			buf_fmt(&b, "%s%s", b.n ? "\xEF\xBC\x9B" : "", /* U+FF1B */
			        words_fill(l->rules, a, "form.example_of", "label", t->column[i]->label, "example",
			                   text_cut(a, t->column[i]->example, EXAMPLE_CHARS), (char *)NULL));
	const char *out = b.n ? words_fill(l->rules, a, "form.examples", "examples", b.p, (char *)NULL) : "";
	buf_free(&b);
	return out;
}

/* Begins with the word for notes, by which the reader knows that the row is no data. */
static void write_notes(Layout *l, const Table *t) {
	Arena *a = l->arena;
	const char *max = words_fill(l->rules, a, "form.rows_max", "max", arena_fmt(a, "%zu", t->max_rows), (char *)NULL);
	Buf b = {0};
	buf_str(&b, t->help);
	/* The number of rows is said unless the help has it. */
	if (!strstr(t->help, arena_fmt(a, "%zu", t->max_rows)))
		buf_fmt(&b, "%s%s", b.n ? "  " : "", max);
	const char *const more[] = {units(l, t), examples(l, t)};
	for (size_t i = 0; i < 2; i++)
		if (*more[i])
			buf_fmt(&b, "%s%s", b.n ? "  " : "", more[i]);
	layout_paragraph(l, LOOK_SMALL, 10,
	                 words_fill(l->rules, a, "form.table_notes", "notes", WORDS(l, "notes"), "help", buf_cstr(&b),
	                            (char *)NULL));
	buf_free(&b);
}

static void write_header(Layout *l, const Table *t, unsigned first) {
	double h = ROW_HEIGHT;
	if (first)
		sheet_text(l->form, l->row, 0, LOOK_HEAD, MARK_NONE, WORDS(l, "row"));
	for (size_t i = 0; i < t->column_n; i++) {
		const Field *f = t->column[i];
		unsigned c = first + (unsigned)i;
		const char *mark = words_fill(l->rules, l->arena, "form.mark", "mark", field_mark(l, f), (char *)NULL);
		const Piece piece[] = {{INK_STRONG, f->label}, {INK_SOFT, "\n"}, {field_mark_ink(f), mark}};
		double need = text_height(arena_fmt(l->arena, "%s\n%s", f->label, mark), l->width[c], 10.5, 1) + PADDING;
		h = need > h ? need : h;
		sheet_rich(l->form, (Area){l->row, c, l->row, c}, LOOK_HEAD, piece, 3);
	}
	sheet_height(l->form, l->row++, h);
}

static size_t row_count(const Layout *l, const Table *t) {
	size_t n = t->max_rows <= LAYOUT_ALL_ROWS ? t->max_rows : LAYOUT_SOME_ROWS, filled = fill_rows(l->fill, t);
	if (n < t->min_rows)
		n = t->min_rows;
	if (n < filled)
		n = filled;
	if (n > RULES_MAX_TABLE_ROWS)
		n = RULES_MAX_TABLE_ROWS;
	return n ? n : 1;
}

static void write_row(Layout *l, const Table *t, unsigned first, size_t n) {
	double h = ROW_HEIGHT;
	if (first)
		sheet_text(l->form, l->row, 0, LOOK_INDEX, MARK_NONE, arena_fmt(l->arena, "%zu", n));
	for (size_t i = 0; i < t->column_n; i++) {
		unsigned c = first + (unsigned)i;
		const char *text = fill_text(l->fill, t->column[i]->key, n);
		double need = text_height(text ? text : "", l->width[c] - 1, 11, 1) + PADDING;
		h = need > h ? need : h;
		layout_value(l, t->column[i], n, (Area){l->row, c, l->row, c});
	}
	sheet_height(l->form, l->row++, h);
}

void layout_table(Layout *l, const Table *t) {
	unsigned first = table_numbered(t) ? 1 : 0;
	size_t rows = row_count(l, t), which = (size_t)(t - l->track->form.table);
	sheet_wide(l->form, (Area){l->row, 0, l->row, l->columns - 1}, LOOK_LABEL, MARK_NONE, t->label);
	sheet_height(l->form, l->row++, ROW_HEIGHT);
	write_notes(l, t);
	l->table_at[which] = (Area){l->row, 0, l->row, first + (unsigned)t->column_n - 1};
	write_header(l, t, first);
	unsigned top = l->row;
	for (size_t n = 1; n <= rows; n++)
		write_row(l, t, first, n);
	for (size_t i = 0; i < t->column_n; i++) {
		unsigned c = first + (unsigned)i;
		Area body = {top, c, l->row - 1, c};
		field_rule(l, t->column[i], body);
		l->field_at[t->column[i]->index] = body;
		book_name(l->book, formmap_name(l->arena, t->column[i]->key), l->form, body);
	}
}
