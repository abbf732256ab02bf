/* What was read from a form, section by section, so that its sender can check it on
 * one sheet of paper: short values whole, long texts by their beginning and length, tables by their
 * first rows and number. */
#include "post/reply_inner.h"

#include "base/text.h"

/* Label and value together, in columns of half a Chinese character: what fits into a
 * third of the sheet, into half of it; more has a line of its own. */
#define THIRD_COLUMNS 30
#define HALF_COLUMNS 46
#define LENGTH_COLUMNS 10 /* "(1234 characters)" in the wording */

typedef struct {
	const EvalValue **plain; /* by field index */
	size_t *rows;            /* filled rows by table index */
	size_t field_n;
} Index;

static size_t table_index(const TrackForm *form, const Table *t)
{
	for (size_t i = 0; i < form->table_n; i++)
		if (&form->table[i] == t)
			return i;
	return form->table_n;
}

static Index index_values(Reply *r, const FormVerdict *f)
{
	const TrackForm *form = &f->track->form;
	Index x = {.field_n = form->field_n};

	x.plain = arena_array(r->a, form->field_n + 1, sizeof *x.plain);
	x.rows = arena_array(r->a, form->table_n + 1, sizeof *x.rows);
	for (size_t i = 0; i < f->value_n; i++) {
		const EvalValue *v = &f->value[i].norm;
		if (v->field == NULL || v->field->index >= form->field_n)
			continue;
		size_t t = v->field->table != NULL ? table_index(form, v->field->table) : form->table_n;
		if (v->row == 0)
			x.plain[v->field->index] = v;
		else if (t < form->table_n && v->row > x.rows[t])
			x.rows[t] = v->row;
	}
	return x;
}

static const char *unit_of(const Field *f)
{
	return *f->unit != '\0' ? f->unit : f->kind == KIND_PERCENT ? "%" : "";
}

static void sized(Data *x, size_t columns)
{
	data_flag(x, "third", columns <= THIRD_COLUMNS);
	data_flag(x, "half", columns > THIRD_COLUMNS && columns <= HALF_COLUMNS);
	data_flag(x, "full", columns > HALF_COLUMNS);
}

/* A long text is cut so that its label, its beginning and its length fill half a line. */
static void field_item(Reply *r, Data *section, const Field *f, const EvalValue *v)
{
	Data *x = data_item(section, "fields");
	const char *line = text_line(r->a, str_of(v->text));
	size_t label = text_width(f->label) + 2, room = HALF_COLUMNS - LENGTH_COLUMNS;
	bool cut = f->kind == KIND_LONGTEXT ? text_width(line) + label > HALF_COLUMNS
	                                    : text_chars(line) > REPLY_LINE_CHARS;

	if (cut)
		line = text_fit(r->a, line, label + REPLY_LONG_LEAST < room ? room - label : REPLY_LONG_LEAST);
	data_text(x, "label", f->label);
	data_text(x, "value", line);
	data_text(x, "unit", cut ? "" : unit_of(f));
	data_text(x, "chars", NULL);
	if (cut)
		data_fmt(x, "chars", "%zu", text_chars(v->text));
	sized(x, label + text_width(line) + (cut ? LENGTH_COLUMNS : text_width(unit_of(f))));
}

static void row_item(Reply *r, Data *table, const FormVerdict *f, const Table *t, size_t row)
{
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
		const char *text = reply_short(r, v->text, REPLY_CELL_CHARS);
		data_text(cell, "value", text);
		data_flag(cell, "more", false);
		columns += 2 + text_width(text);
	}
	if (x != NULL)
		sized(x, columns < HALF_COLUMNS ? HALF_COLUMNS : columns);
}

static void table_item(Reply *r, Data *section, const FormVerdict *f, const Table *t, size_t rows)
{
	Data *x = data_item(section, "tables");

	data_text(x, "label", t->label);
	data_fmt(x, "count", "%zu", rows);
	data_flag(x, "cut", rows > REPLY_TABLE_ROWS);
	data_fmt(x, "shown", "%d", REPLY_TABLE_ROWS);
	for (size_t row = 1; row <= rows && row <= REPLY_TABLE_ROWS; row++)
		row_item(r, x, f, t, row);
}

void reply_reading(Reply *r, Data *d, const FormVerdict *f)
{
	if (f->track == NULL)
		return;
	const TrackForm *form = &f->track->form;
	Index x = index_values(r, f);

	for (size_t s = 0; s < form->section_n; s++) {
		Data *section = NULL;
		for (size_t i = 0; i < form->field_n; i++) {
			const Field *field = &form->field[i];
			if (field->section != s || field->table != NULL || x.plain[i] == NULL)
				continue;
			section = section != NULL ? section : data_item(d, "sections");
			field_item(r, section, field, x.plain[i]);
		}
		for (size_t t = 0; t < form->table_n; t++) {
			if (form->table[t].section != s || x.rows[t] == 0)
				continue;
			section = section != NULL ? section : data_item(d, "sections");
			table_item(r, section, f, &form->table[t], x.rows[t]);
		}
		if (section != NULL)
			data_text(section, "title", form->section[s].title);
	}
}
