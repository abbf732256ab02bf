/* Layout: the sheet that is filled in, section by section, in the order of the rules.
 * Refuses to merge what is filled in (long texts aside) and to put an example where data belong. */
#include "office/layout.h"

#include <string.h>

#include "base/text.h"
#include "reader/formmap.h"
#include "rules/values.h"

#define LONG_CHARS 1000   /* of a long text without a limit */
#define LONG_SHOWN 800    /* characters that an empty box has room for */
#define LONG_SIZE 10.5
#define VALUE_SIZE 11.0
#define ONE_LINE_CHARS 60
#define HINT_SIZE 10.0
#define PADDING 8.0
#define MIN_HEIGHT 25.0

/* Widths of columns [c1, c2] together. */
static double span(const Layout *l, unsigned c1, unsigned c2) {
	double w = 0;
	for (unsigned c = c1; c <= c2 && c < l->columns; c++)
		w += l->width[c];
	return w;
}

static void widen(Layout *l, const Table *t) {
	unsigned first = table_numbered(t) ? 1 : 0;
	for (size_t i = 0; i < t->column_n; i++) {
		double need = column_need(t->column[i]);
		unsigned c = first + (unsigned)i;
		if (c > 1 && need > l->width[c])
			l->width[c] = need;
	}
}

/* Columns behind the value's are as wide as the tables want, and together wide enough for hints. */
static void make_grid(Layout *l) {
	const TrackForm *f = &l->track->form;
	double behind = 0;
	l->columns = 3;
	for (size_t i = 0; i < f->table_n; i++) {
		unsigned n = (unsigned)f->table[i].column_n + table_numbered(&f->table[i]);
		l->columns = n > l->columns ? n : l->columns;
	}
	l->width = arena_array(l->arena, l->columns, sizeof *l->width);
	for (size_t i = 0; i < f->table_n; i++)
		widen(l, &f->table[i]);
	for (unsigned c = 2; c < l->columns; c++)
		behind += l->width[c];
	for (unsigned c = 2; behind < LAYOUT_HINT_WIDTH && c < l->columns; c++)
		l->width[c] += (LAYOUT_HINT_WIDTH - behind) / (l->columns - 2);
	l->width[0] = LAYOUT_LABEL_WIDTH;
	l->width[1] = LAYOUT_VALUE_WIDTH;
	for (unsigned c = 0; c < l->columns; c++)
		sheet_width(l->form, c, c, l->width[c]);
}

static void full_row(Layout *l, Look look, const char *text, double height) {
	sheet_wide(l->form, (Area){l->row, 0, l->row, l->columns - 1}, look, MARK_NONE, text);
	sheet_height(l->form, l->row++, height);
}

void layout_paragraph(Layout *l, Look look, double size, const char *text) {
	double h = text_height(text, span(l, 0, l->columns - 1), size, 1) + PADDING;
	full_row(l, look, text, h);
}

static const char *apart(const Layout *l, const char *word) {
	return arena_fmt(l->arena, "   %s ", word);
}

static void write_legend(Layout *l) {
	const Piece piece[] = {{INK_SOFT, WORDS(l, "legend_fill")},
	                       {INK_REQUIRED, apart(l, WORDS(l, "required"))},
	                       {INK_SOFT, WORDS(l, "legend_required")},
	                       {INK_CONDITIONAL, apart(l, WORDS(l, "conditional"))},
	                       {INK_SOFT, WORDS(l, "legend_conditional")},
	                       {INK_OPTIONAL, apart(l, WORDS(l, "optional"))},
	                       {INK_SOFT, WORDS(l, "legend_optional")}};
	sheet_rich(l->form, (Area){l->row, 0, l->row, l->columns - 1}, LOOK_SMALL, piece, 7);
	sheet_height(l->form, l->row++, 22);
}

static void write_head(Layout *l) {
	const Rules *r = l->rules;
	full_row(l, LOOK_TITLE, r->form_title, 36);
	full_row(l, LOOK_SUBTITLE, about_track(l), 24);
	layout_paragraph(l, LOOK_NOTICE, 10.5,
	                 words_fill(r, l->arena, "form.send", "address", r->mail.robot.addr, "closes", about_closes(l),
	                            "limit", about_limit(l), "notes", WORDS(l, "notes"), (char *)NULL));
	write_legend(l);
}

void layout_value(Layout *l, const Field *f, size_t row, Area at) {
	const char *text = fill_text(l->fill, f->key, row);
	Mark mark = fill_mark(l->fill, f->key, row);
	double v = value_number(text ? text : "");
	bool counts = f->kind == KIND_INTEGER || f->kind == KIND_NUMBER;
	/* As a number only where nothing is lost by it. */
	if (counts && text && *text && !strcmp(value_number_text(l->arena, v), text))
		sheet_number(l->form, at.r1, at.c1, field_look(f), mark, v);
	else
		sheet_wide(l->form, at, field_look(f), mark, text ? text : "");
	if (mark)
		sheet_note(l->form, at.r1, at.c1, fill_note(l->fill, l->arena, f->key, row));
}

static void write_label(Layout *l, const Field *f, unsigned row, Look look) {
	const char *mark = words_fill(l->rules, l->arena, "form.mark", "mark", field_mark(l, f), (char *)NULL);
	const char *gap = field_mark_gap(l, f, l->width[0] - 1);
	const Piece piece[] = {{INK_STRONG, f->label}, {INK_SOFT, gap}, {field_mark_ink(f), mark}};
	sheet_rich(l->form, (Area){row, 0, row, 0}, look, piece, 3);
}

static double label_height(const Layout *l, const Field *f) {
	double width = l->width[0] - 1;
	const char *gap = field_mark_gap(l, f, width);
	return text_height(arena_fmt(l->arena, "%s%s(%s)", f->label, gap, field_mark(l, f)), width, 10.5, 1);
}

static double max3(double a, double b, double c) {
	double m = a > b ? a : b;
	return m > c ? m : c;
}

static void name_field(Layout *l, const Field *f, Area at) {
	l->field_at[f->index] = at;
	at.c2 = at.c1; /* of a merged area, the cell that holds the value */
	book_name(l->book, formmap_name(l->arena, f->key), l->form, at);
}

/* Most people write less than half of what they may. */
static double value_height(const Field *f, const char *text) {
	unsigned lines = f->kind == KIND_TEXT && f->max_chars > ONE_LINE_CHARS ? 2 : 1;
	return text_height(text ? text : "", LAYOUT_VALUE_WIDTH - 1, VALUE_SIZE, lines);
}

/* In a form that comes back the fault stands in words beside its cell. */
static const char *hint_or_fault(const Layout *l, const Field *f, Mark *mark) {
	*mark = fill_mark(l->fill, f->key, 0);
	if (!*mark)
		return field_hint(l, f);
	return words_fill(l->rules, l->arena, "form.fault", "kind",
	                  *mark == MARK_WRONG ? WORDS(l, "must_mend") : WORDS(l, "please_check"), "says",
	                  fill_note(l->fill, l->arena, f->key, 0), (char *)NULL);
}

static void write_field(Layout *l, const Field *f) {
	Mark mark;
	const char *hint = hint_or_fault(l, f, &mark);
	unsigned row = l->row++;
	Area at = {row, 1, row, 1};
	double h = max3(label_height(l, f), value_height(f, fill_text(l->fill, f->key, 0)),
	                text_height(hint, span(l, 2, l->columns - 1), HINT_SIZE, 1)) + PADDING;
	write_label(l, f, row, LOOK_LABEL);
	layout_value(l, f, 0, at);
	sheet_wide(l->form, (Area){row, 2, row, l->columns - 1}, LOOK_HINT, mark, hint);
	sheet_height(l->form, row, h < MIN_HEIGHT ? MIN_HEIGHT : h);
	field_rule(l, f, at);
	name_field(l, f, at);
}

static double box_height(const Layout *l, const Field *f) {
	const char *text = fill_text(l->fill, f->key, 0);
	double chars = f->max_chars > 0 ? (double)f->max_chars : LONG_CHARS, width = span(l, 1, l->columns - 1);
	if (chars > LONG_SHOWN)
		chars = LONG_SHOWN;
	unsigned lines = (unsigned)(chars * 2.2 / width) + 1;
	return text_height(text ? text : "", width, LONG_SIZE, lines < 3 ? 3 : lines) + PADDING;
}

/* The hint stands above the box, which takes the whole width behind the label. */
static void write_box(Layout *l, const Field *f) {
	Mark mark;
	const char *hint = hint_or_fault(l, f, &mark);
	unsigned last = l->columns - 1, row = l->row + 1;
	Area at = {row, 1, row, last};
	sheet_text(l->form, l->row, 0, LOOK_LABEL_OPEN, MARK_NONE, "");
	sheet_wide(l->form, (Area){l->row, 1, l->row, last}, LOOK_HINT, mark, hint);
	sheet_height(l->form, l->row, text_height(hint, span(l, 1, last), HINT_SIZE, 1) + PADDING);
	write_label(l, f, row, LOOK_LABEL_END);
	layout_value(l, f, 0, at);
	sheet_height(l->form, row, box_height(l, f));
	field_rule(l, f, (Area){row, 1, row, 1});
	name_field(l, f, at);
	l->row += 2;
}

static bool section_consents(const TrackForm *f, size_t section) {
	for (size_t i = 0; i < f->field_n; i++)
		if (f->field[i].section == section && f->field[i].kind == KIND_CONFIRM)
			return true;
	return false;
}

static void write_bar(Layout *l, const char *title) {
	sheet_height(l->form, l->row++, 9); /* a gap */
	full_row(l, LOOK_SECTION, title, 25);
}

/* Stands before what asks for consent. */
static void write_privacy(Layout *l) {
	Str rest = str_of(l->rules->privacy_text), line;
	if (!*l->rules->privacy_text)
		return;
	write_bar(l, WORDS(l, "privacy"));
	while (str_next(&rest, '\n', &line))
		if (str_trim(line).n)
			layout_paragraph(l, LOOK_PLAIN, 10.5, str_dup(l->arena, str_trim(line)));
}

static void write_section(Layout *l, size_t section) {
	const TrackForm *f = &l->track->form;
	const Section *s = &f->section[section];
	write_bar(l, s->title);
	if (*s->note)
		layout_paragraph(l, LOOK_SMALL, HINT_SIZE, s->note);
	for (size_t i = 0; i < f->field_n; i++) {
		const Field *one = &f->field[i];
		if (one->section != section || one->table)
			continue;
		if (one->kind == KIND_LONGTEXT)
			write_box(l, one);
		else
			write_field(l, one);
	}
	for (size_t i = 0; i < f->table_n; i++)
		if (f->table[i].section == section)
			layout_table(l, &f->table[i]);
}

/* The first cell to fill in is where typing begins. */
static void select_first(Layout *l) {
	const TrackForm *f = &l->track->form;
	for (size_t i = 0; i < f->field_n; i++)
		if (!f->field[i].table) {
			sheet_select(l->form, l->field_at[f->field[i].index].r1, l->field_at[f->field[i].index].c1);
			return;
		}
}

void layout_write(Layout *l) {
	const TrackForm *f = &l->track->form;
	bool told = false;
	l->field_at = arena_array(l->arena, f->field_n + 1, sizeof *l->field_at);
	l->table_at = arena_array(l->arena, f->table_n + 1, sizeof *l->table_at);
	make_grid(l);
	write_head(l);
	for (size_t i = 0; i < f->section_n; i++) {
		if (!told && section_consents(f, i)) {
			write_privacy(l);
			told = true;
		}
		write_section(l, i);
	}
	if (!told)
		write_privacy(l);
	select_first(l);
	sheet_freeze(l->form, 2, 0);
	sheet_protect(l->form);
	sheet_print(l->form, &(Print){about_header(l), about_footer(l), 2, false});
}
