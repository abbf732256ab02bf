/* formsheet.c: one sheet's cells become fields, for form.c to join to forms.  Defined
 * names are believed first, unless the labels around them tell that they went astray;
 * labels fill the rest.  It judges no value, and reads no row of examples. */
#include "reader/formsheet.h"

#include <string.h>

#include "base/str.h"
#include "reader/formats.h"
#include "reader/formsheet_inner.h"

GRID_PLACED(LabelHit);

size_t sheet_hit_from(const Sheet *w, unsigned row, unsigned column) {
	return GRID_PLACE(w->out->hit, row, column);
}

const LabelHit *sheet_hit(const Sheet *w, unsigned row, unsigned column) {
	size_t i = sheet_hit_from(w, row, column);
	const LabelHit *h = i < w->out->hit.n ? &w->out->hit.v[i] : NULL;
	return h && h->row == row && h->column == column ? h : NULL;
}

bool sheet_holds(const Named *n, unsigned row, unsigned column) {
	return row >= n->r1 && row <= n->r2 && column >= n->c1 && column <= n->c2;
}

bool sheet_named(const Sheet *w, unsigned row, unsigned column) {
	for (size_t i = 0; i < w->named.n; i++)
		if (sheet_holds(&w->named.v[i], row, column))
			return true;
	return false;
}

ptrdiff_t sheet_column(const Sheet *w, const Label *l, int table) {
	for (size_t i = 0; l && i < l->field_n; i++)
		if (w->map->field[l->field[i]].table == table)
			return (ptrdiff_t)l->field[i];
	return -1;
}

bool sheet_row_skipped(const Sheet *w, unsigned row) {
	size_t i = grid_from(w->grid, row, 1);
	if (i >= w->grid->cell.n)
		return false;
	const LabelHit *h = sheet_hit(w, row, w->grid->cell.v[i].column);
	return h && w->use[h - w->out->hit.v] == USE_SKIP;
}

static void measure(Sheet *w) {
	const Grid *g = w->grid;
	for (size_t i = 0; i < g->cell.n; i++)
		if (g->cell.v[i].column > w->right_edge)
			w->right_edge = g->cell.v[i].column;
	for (size_t i = 0; i < g->merge.n; i++)
		if (g->merge.v[i].c2 > w->right_edge)
			w->right_edge = g->merge.v[i].c2;
	w->column_used = arena_array(w->arena, w->right_edge + 2, sizeof(bool));
	for (size_t i = 0; i < g->cell.n; i++)
		w->column_used[g->cell.v[i].column] = true;
	for (size_t i = 0; i < g->merge.n; i++)
		if (g->merge.v[i].c1 <= w->right_edge && !grid_left_behind(g, &g->merge.v[i]))
			w->column_used[g->merge.v[i].c1] = true;
}

static void find_names(Sheet *w, const Book *b, size_t index) {
	for (size_t i = 0; i < b->name.n; i++) {
		const DefinedName *d = &b->name.v[i];
		if (d->sheet != index || strncmp(d->name, "x_", 2) != 0)
			continue;
		ptrdiff_t field = labels_of_name(w->labels, d->name);
		if (field < 0)
			continue;
		/* A sheet's own name (a copied sheet has them) beside the workbook's. */
		bool known = false;
		for (size_t k = 0; k < w->named.n; k++)
			known |= w->named.v[k].field == (size_t)field;
		if (!known)
			*vec_push(&w->named) = (Named){(size_t)field, d->r1, d->c1, d->r2, d->c2};
	}
}

static bool first_in_row(const Grid *g, const Cell *c) {
	return c == g->cell.v || c[-1].row != c->row;
}

/* A row that begins with "example" or "note", alone or before a colon. */
static bool heads_skipped_row(Sheet *w, const Cell *c, const Label *l) {
	Str value;
	if (!first_in_row(w->grid, c))
		return false;
	if (!l)
		l = label_inline(w->labels, w->scratch, str_of(c->text), &value);
	return l && l->skip;
}

static void add_hit(Sheet *w, const Cell *c, const Label *l, HitUse use) {
	FormSheet *s = w->out;
	if (s->hit.n >= FORM_MAX_LABELS) {
		s->cut = true;
		return;
	}
	w->use[s->hit.n] = use;
	*vec_push(&s->hit) = (LabelHit){c->row, c->column, l};
}

static void find_labels(Sheet *w) {
	const Grid *g = w->grid;
	size_t n = g->cell.n < FORM_MAX_CELLS ? g->cell.n : FORM_MAX_CELLS;
	static const Label note = {.skip = true, .table = -1};
	unsigned skip_row = 0;
	w->out->cut = n < g->cell.n;
	for (size_t i = 0; i < n; i++) {
		const Cell *c = &g->cell.v[i];
		if (i % FORMSHEET_SCRATCH_TURN == 0)
			arena_reset(w->scratch);
		if (c->raw != RAW_TEXT)
			continue;
		const Label *l = label_whole(w->labels, w->scratch, str_of(c->text));
		if (heads_skipped_row(w, c, l)) {
			skip_row = c->row;
			add_hit(w, c, &note, USE_SKIP);
		} else if (l && skip_row != c->row) {
			add_hit(w, c, l, USE_NONE);
		}
	}
}

/* A sheet of notes: its name or its first text is one of the words that head notes. */
static bool is_notes(Sheet *w) {
	const Grid *g = w->grid;
	const Label *l = label_whole(w->labels, w->scratch, str_of(g->name));
	if (!(l && l->skip) && g->cell.n)
		l = label_whole(w->labels, w->scratch, str_of(g->cell.v[0].text));
	return l && l->skip;
}

static void read_sheet(Sheet *w, const Book *b, size_t index) {
	const FormMap *m = w->map;
	bool *taken = arena_array(w->arena, m->field_n + 1, sizeof *taken);
	Found *by_label = arena_array(w->arena, m->field_n + 1, sizeof *by_label);
	w->plain = arena_array(w->arena, m->field_n + 1, sizeof *w->plain);
	w->rows = arena_array(w->arena, m->table_n + 1, sizeof *w->rows);
	w->use = arena_array(w->arena, FORM_MAX_LABELS, sizeof *w->use);
	find_names(w, b, index);
	bool labelled = !w->grid->hidden && (w->named.n || !is_notes(w));
	if (labelled) {
		measure(w);
		find_labels(w);
		sheet_headers(w);
		sheet_plain(w, taken, by_label);
		sheet_share_labels(w, taken, by_label);
	}
	if (sheet_names_astray(w, taken, by_label))
		vec_free(&w->named);
	sheet_take_names(w, taken, by_label);
	sheet_named_tables(w);
	sheet_take_labels(w, taken, by_label);
	if (labelled)
		sheet_inline(w);
	for (size_t i = 0; i < w->table.n; i++)
		sheet_body(w, &w->table.v[i]);
}

void formsheet_read(Arena *a, const FormMap *m, const Labels *l, const Book *b, size_t index,
                    FormSheet *out) {
	Sheet w = {.arena = a, .scratch = arena_new(), .map = m, .labels = l,
	          .grid = &b->grid.v[index], .out = out};
	out->grid = w.grid;
	read_sheet(&w, b, index);
	for (size_t i = 0; i < w.table.n; i++)
		vec_free(&w.table.v[i].column);
	vec_free(&w.table);
	vec_free(&w.named);
	arena_free(w.scratch);
}

void formsheet_free(FormSheet *s) {
	vec_free(&s->found);
	vec_free(&s->hit);
}
