/* Problems: the first sheet of a form that comes back: each thing to mend, with a link to its cell. */
#include <string.h>

#include "base/text.h"
#include "office/layout.h"

#define LAST 4 /* column */
#define HEAD_ROW 2
#define SIZE 10.5
#define PADDING 8.0

static const double widths[LAST + 1] = {7, 12, 16, 28, 72};

static double all_widths(void) {
	double w = 0;
	for (size_t i = 0; i <= LAST; i++)
		w += widths[i];
	return w;
}

/* The cell a problem is about, and what it is called; false when there is none. */
static bool place_of(const Layout *l, const FillProblem *p, Area *at, const char **label) {
	const TrackForm *f = &l->track->form;
	const Field *field = form_field(f, p->key);
	const Table *table = field ? NULL : form_table(f, p->key);
	if (table) {
		*label = table->label;
		*at = l->table_at[table - f->table];
		return true;
	}
	if (!field)
		return false;
	*label = field->label;
	*at = l->field_at[field->index];
	if (field->table && p->row > 1 && at->r1 + p->row - 1 <= at->r2)
		at->r1 += (unsigned)p->row - 1;
	return true;
}

static void write_problem(Layout *l, Sheet *s, unsigned row, const FillProblem *p) {
	Area at;
	const char *label = WORDS(l, "other");
	bool known = place_of(l, p, &at, &label);
	double h = text_height(p->sentence, widths[4], SIZE, 1), name = text_height(label, widths[3], SIZE, 1);
	sheet_text(s, row, 0, LOOK_CELL_MID, MARK_NONE, arena_fmt(l->arena, "%u", row - HEAD_ROW));
	sheet_text(s, row, 1, LOOK_CELL_MID, p->error ? MARK_WRONG : MARK_DOUBT,
	           p->error ? WORDS(l, "must_mend") : WORDS(l, "please_check"));
	if (known)
		sheet_link(s, row, 2, l->form, at.r1, at.c1);
	else
		sheet_text(s, row, 2, LOOK_CELL_MID, MARK_NONE, "");
	sheet_text(s, row, 3, LOOK_CELL, MARK_NONE, label);
	sheet_text(s, row, 4, LOOK_CELL, MARK_NONE, p->sentence);
	sheet_height(s, row, (h > name ? h : name) + PADDING);
}

static void write_head(Layout *l, Sheet *s) {
	Arena *a = l->arena;
	size_t errors = 0, all = 0;
	for (size_t i = 0; i < l->fill->problem_n; i++) {
		all += !l->fill->problem[i].beside;
		errors += l->fill->problem[i].error && !l->fill->problem[i].beside;
	}
	const char *some = words_fill(l->rules, a, "form.problems_some", "errors", arena_fmt(a, "%zu", errors), "warnings",
	                              arena_fmt(a, "%zu", all - errors), (char *)NULL);
	const char *head[LAST + 1] = {WORDS(l, "row"), WORDS(l, "problem_kind"), WORDS(l, "problem_where"),
	                              WORDS(l, "problem_label"), WORDS(l, "problem_says")};
	for (unsigned c = 0; c <= LAST; c++)
		sheet_width(s, c, c, widths[c]);
	sheet_wide(s, (Area){0, 0, 0, LAST}, LOOK_TITLE, MARK_NONE, WORDS(l, "problems_title"));
	sheet_height(s, 0, 34);
	sheet_wide(s, (Area){1, 0, 1, LAST}, LOOK_NOTICE, MARK_NONE, some);
	sheet_height(s, 1, text_height(some, all_widths(), SIZE, 2) + PADDING);
	for (unsigned c = 0; c <= LAST; c++)
		sheet_text(s, HEAD_ROW, c, LOOK_HEAD, MARK_NONE, head[c]);
	sheet_height(s, HEAD_ROW, 24);
}

void problems_write(Layout *l, Sheet *s) {
	unsigned row = HEAD_ROW + 1;
	write_head(l, s);
	for (int error = 1; error >= 0; error--)
		for (size_t i = 0; i < l->fill->problem_n; i++)
			if (l->fill->problem[i].error == (error == 1) && !l->fill->problem[i].beside)
				write_problem(l, s, row++, &l->fill->problem[i]);
	sheet_freeze(s, HEAD_ROW + 1, 0);
	sheet_protect(s);
	sheet_print(s, &(Print){about_header(l), about_footer(l), HEAD_ROW + 1, false});
}
