/* What was read from a form, section by section, so that its sender can check it on
 * one sheet of paper: short values whole, long texts by their beginning and length, tables by their
 * first rows and number. */
#include "post/reply_inner.h"

#include "base/text.h"

/* Label and value together, in columns of half a Chinese character: what fits into a
 * third of the sheet, into half of it, into its width. */
#define THIRD_COLUMNS 33
#define HALF_COLUMNS 48
#define FULL_COLUMNS 100
#define LENGTH_COLUMNS 13 /* "(1234 characters)" in the wording */
#define BEGINNING_BYTES 260 /* over REPLY_LINE_CHARS and HALF_COLUMNS in any script */
#define SIXTHS 6          /* of a line: a third is two, a half is three */

/* A value as shown: its text, perhaps cut, and the columns that it needs with its label. */
typedef struct {
	const EvalValue *value; /* NULL: empty */
	const char *text;
	bool cut;
	size_t columns;
} Shown;

/* More than is ever shown of a text: the rest need not be looked at. */
static Str beginning(const char *text) {
	Str s = str_of(text);

	if (s.n > BEGINNING_BYTES)
		for (s.n = BEGINNING_BYTES; s.n > 0 && ((uint8_t)s.p[s.n] & 0xC0) == 0x80; s.n--)
			;
	return s;
}

/* A long text is cut so that its label, its beginning and its length fill half a line. */
static Shown show(Reply *r, const Field *f, const EvalValue *v) {
	const char *text = value_shown(r->a, f, v->text);
	Str begins = beginning(text);
	Shown s = {.value = v, .text = text_line(r->a, begins)};
	size_t label = text_width(f->label) + 2, room = HALF_COLUMNS - LENGTH_COLUMNS;

	s.cut = f->kind == KIND_LONGTEXT ? text_width(s.text) + label > HALF_COLUMNS
	                                 : text_chars(s.text) > REPLY_LINE_CHARS;
	s.cut = s.cut || text[begins.n] != '\0';
	if (s.cut)
		s.text = text_fit(r->a, s.text, label + REPLY_LONG_LEAST < room ? room - label : REPLY_LONG_LEAST);
	s.columns = label + text_width(s.text) + (s.cut ? LENGTH_COLUMNS : text_width(field_unit(r->a, f)));
	return s;
}

typedef struct {
	Shown *plain; /* by field index */
	size_t *rows;            /* filled rows by table index */
} Index;

static size_t table_index(const TrackForm *form, const Table *t) {
	for (size_t i = 0; i < form->table_n; i++)
		if (&form->table[i] == t)
			return i;
	return form->table_n;
}

static Index index_values(Reply *r, const FormVerdict *f) {
	const TrackForm *form = &f->track->form;
	Index x;

	x.plain = arena_array(r->a, form->field_n + 1, sizeof *x.plain);
	x.rows = arena_array(r->a, form->table_n + 1, sizeof *x.rows);
	for (size_t i = 0; i < f->value_n; i++) {
		const EvalValue *v = &f->value[i].norm;
		if (v->field == NULL || v->field->index >= form->field_n)
			continue;
		size_t t = v->field->table != NULL ? table_index(form, v->field->table) : form->table_n;
		if (v->row == 0)
			x.plain[v->field->index] = show(r, v->field, v);
		else if (t < form->table_n && v->row > x.rows[t])
			x.rows[t] = v->row;
	}
	return x;
}

static size_t sixths(size_t columns) {
	if (columns <= HALF_COLUMNS)
		return columns <= THIRD_COLUMNS ? 2 : 3;
	return SIXTHS * ((columns + FULL_COLUMNS - 1) / FULL_COLUMNS);
}

static void sized(Data *x, size_t columns) {
	data_flag(x, "third", columns <= THIRD_COLUMNS);
	data_flag(x, "half", columns > THIRD_COLUMNS && columns <= HALF_COLUMNS);
	data_flag(x, "full", columns > HALF_COLUMNS);
}

static void field_item(Arena *a, Data *section, const Field *f, const Shown *s) {
	Data *x = data_item(section, "fields");

	data_text(x, "label", f->label);
	data_text(x, "value", s->text);
	data_text(x, "unit", s->cut ? "" : field_unit(a, f));
	data_text(x, "chars", NULL);
	if (s->cut)
		data_fmt(x, "chars", "%zu", text_chars(s->value->text));
	sized(x, s->columns);
}

static void row_item(Reply *r, Data *table, const FormVerdict *f, const Table *t, size_t row) {
	Data *x = NULL, *cell = NULL;
	size_t columns = 2;

	for (size_t i = 0; i < f->value_n; i++) {
		const EvalValue *v = &f->value[i].norm;
		if (v->row != row || v->field == NULL || v->field->table != t)
			continue;
		if (x == NULL) {
			x = data_item(table, "rows");
			data_fmt(x, "no", "%zu", row);
		}
		if (cell != NULL)
			data_flag(cell, "more", true);
		cell = data_item(x, "cells");
		const char *text = arena_fmt(r->a, "%s%s", reply_short(r, value_shown(r->a, v->field, v->text), REPLY_CELL_CHARS),
		                             field_unit(r->a, v->field));
		data_text(cell, "value", text);
		data_flag(cell, "more", false);
		columns += 2 + text_width(text);
	}
	if (x != NULL)
		sized(x, columns < HALF_COLUMNS ? HALF_COLUMNS : columns); /* rows stand in two columns or in one */
}

static void table_item(Reply *r, Data *section, const FormVerdict *f, const Table *t, size_t rows, size_t most) {
	Data *x = data_item(section, "tables");

	data_text(x, "label", t->label);
	data_fmt(x, "count", "%zu", rows);
	data_flag(x, "cut", rows > most);
	data_text(x, "shown", NULL);
	if (most > 0)
		data_fmt(x, "shown", "%zu", most);
	for (size_t row = 1; row <= rows && row <= most; row++)
		row_item(r, x, f, t, row);
}

/* Lines of the sheet that all sections take, with so many rows of each table. */
static size_t lines(const TrackForm *form, const Index *x, size_t most) {
	size_t n = 0, used = 0, section = 0;

	for (size_t i = 0; i < form->field_n; i++) {
		const Field *f = &form->field[i];
		if (f->table != NULL || x->plain[i].value == NULL)
			continue;
		size_t need = sixths(x->plain[i].columns);
		if (used + need > SIXTHS || f->section != section) {
			n += (used + SIXTHS - 1) / SIXTHS;
			used = 0;
		}
		used += need;
		section = f->section;
	}
	for (size_t t = 0; t < form->table_n; t++)
		if (x->rows[t] > 0)
			n += 1 + (x->rows[t] < most ? x->rows[t] : most);
	return n + (used + SIXTHS - 1) / SIXTHS;
}

/* What else takes more of the sheet than usual: many files, remarks. */
static size_t lines_beside(const FormVerdict *f) {
	size_t n = f->problem_n + (f->file_n > REPLY_PAGE_FILES ? f->file_n - REPLY_PAGE_FILES : 0);

	for (size_t i = 0; f->problem_n == 0 && i < f->value_n; i++)
		n += f->value[i].repaired;
	return n;
}

void reply_reading(Reply *r, Data *d, const FormVerdict *f) {
	if (f->track == NULL)
		return;
	const TrackForm *form = &f->track->form;
	Index x = index_values(r, f);
	size_t most = REPLY_TABLE_ROWS, more = lines_beside(f);

	while (most > 0 && lines(form, &x, most) + more > REPLY_PAGE_LINES)
		most--;
	for (size_t s = 0; s < form->section_n; s++) {
		Data *section = NULL;
		for (size_t i = 0; i < form->field_n; i++) {
			const Field *field = &form->field[i];
			if (field->section != s || field->table != NULL || x.plain[i].value == NULL)
				continue;
			section = section != NULL ? section : data_item(d, "sections");
			field_item(r->a, section, field, &x.plain[i]);
		}
		for (size_t t = 0; t < form->table_n; t++) {
			if (form->table[t].section != s || x.rows[t] == 0)
				continue;
			section = section != NULL ? section : data_item(d, "sections");
			table_item(r, section, f, &form->table[t], x.rows[t], most);
		}
		if (section != NULL)
			data_text(section, "title", form->section[s].title);
		if (section != NULL)
			data_flag(d, "has_read", true);
	}
}
