/* Plain fields of one sheet: a label's value stands right of it, below it, or behind a colon in the same cell; a defined name
 * is believed before that, unless labels tell that the names went astray. */
#include <string.h>

#include "base/str.h"
#include "reader/formats.h"
#include "reader/formsheet_inner.h"

#define LONG_VALUE 60        /* bytes: a text below a label that is no label's neighbour */
#define MAX_LINES 50         /* of one cell searched for labels */

/* ---- by label */

static bool column_empty(const Sheet *w, unsigned column) {
	return column > w->right_edge || !w->column_used[column];
}

static Found *set_plain(Sheet *w, size_t field, unsigned row, unsigned column, const char *text) {
	Found *f;
	if (w->plain[field]) {
		f = &w->out->found.v[w->plain[field] - 1];
	} else {
		f = vec_push(&w->out->found);
		w->plain[field] = w->out->found.n;
	}
	*f = (Found){.field = field, .row = row, .column = column,
	             .cell = grid_cell(w->grid, row, column)};
	f->text = text ? text : f->cell ? f->cell->text : "";
	return f;
}

/* To the right of the label, over merged areas and a column that somebody put in. */
static bool place_right(const Sheet *w, struct Merge label, struct Merge *out) {
	unsigned c = label.c2 + 1;
	if (c > w->right_edge && (label.c2 > label.c1 || w->right_edge == 1))
		return false; /* the label takes the whole width: its value stands below */
	if (column_empty(w, c) && grid_cell(w->grid, label.r1, c + 1) &&
	    !sheet_hit(w, label.r1, c + 1))
		c++;
	*out = grid_area(w->grid, label.r1, c);
	return !sheet_hit(w, out->r1, out->c1);
}

static bool place_below(const Sheet *w, struct Merge label, struct Merge *out) {
	*out = grid_area(w->grid, label.r2 + 1, label.c1);
	return !sheet_hit(w, out->r1, out->c1);
}

/* Where the value of a label stands. */
static bool value_place(const Sheet *w, const LabelHit *h, bool longtext, struct Merge *out) {
	struct Merge label = grid_area(w->grid, h->row, h->column), below;
	if (!place_right(w, label, out))
		return place_below(w, label, out);
	if (grid_cell(w->grid, out->r1, out->c1) || !place_below(w, label, &below))
		return true;
	/* Nothing to the right, but a text across several columns below, as long answers have; or
	 * the last one of a row of labels. */
	const Cell *c = grid_cell(w->grid, below.r1, below.c1);
	bool in_row = label.c2 >= w->right_edge && sheet_hit(w, label.r1, label.c1 - 1);
	if (c && (below.c2 > below.c1 || in_row || (longtext && strlen(c->text) > LONG_VALUE)))
		*out = below;
	return true;
}

/* The field that this plain label stands for: labels that several fields share are theirs in
 * the form's order. */
static ptrdiff_t plain_field(const Sheet *w, const Label *l, const bool *taken) {
	for (size_t i = 0; i < l->field_n; i++)
		if (w->map->field[l->field[i]].table < 0 && !taken[l->field[i]])
			return (ptrdiff_t)l->field[i];
	return -1;
}

/* Where labels put each plain field; taken[] tells which have a place. */
void sheet_plain(Sheet *w, bool *taken, Found *by_label) {
	for (size_t i = 0; i < w->out->hit.n; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		struct Merge at;
		if (w->use[i] != USE_NONE || !h->label->field_n)
			continue;
		ptrdiff_t field = plain_field(w, h->label, taken);
		bool again = field < 0;
		if (again)
			field = sheet_column(w, h->label, -1);
		if (field < 0 || !value_place(w, h, w->map->field[field].longtext, &at))
			continue;
		const Cell *c = grid_cell(w->grid, at.r1, at.c1);
		/* The same label once more counts only where the first had nothing. */
		if (again && (by_label[field].text[0] || !c))
			continue;
		w->use[i] = USE_PLAIN;
		w->out->labels += !again;
		taken[field] = true;
		by_label[field] = (Found){.field = (size_t)field, .row = at.r1, .column = at.c1, .cell = c,
		                          .text = c ? c->text : ""};
	}
}

void sheet_share_labels(const Sheet *w, bool *taken, Found *by_label) {
	for (size_t i = 0; i < w->out->hit.n; i++) {
		const Label *l = w->out->hit.v[i].label;
		ptrdiff_t from = w->use[i] == USE_PLAIN ? sheet_column(w, l, -1) : -1;
		for (size_t k = 0; from >= 0 && k < l->field_n; k++) {
			size_t to = l->field[k];
			if (taken[to] || w->map->field[to].table >= 0)
				continue;
			by_label[to] = by_label[from];
			by_label[to].field = to;
			taken[to] = true;
		}
	}
}

/* ---- names against labels */

/* Fields that a label of their own puts somewhere: not one that others share. */
static bool *labelled_alone(const Sheet *w) {
	bool *alone = arena_array(w->arena, w->map->field_n + 1, sizeof *alone);
	for (size_t i = 0; i < w->out->hit.n; i++)
		if (w->use[i] == USE_PLAIN && w->out->hit.v[i].label->field_n == 1)
			alone[w->out->hit.v[i].label->field[0]] = true;
	return alone;
}

/* The name stands where the label of another field puts that one's value, and its own label puts it where a text is. */
static bool is_contradicted(const Sheet *w, const Named *n, const bool *alone, const Found *by_label) {
	const Found *own = &by_label[n->field];
	if (!alone[n->field] || !own->cell || sheet_holds(n, own->row, own->column))
		return false;
	for (size_t i = 0; i < w->map->field_n; i++)
		if (i != n->field && alone[i] && by_label[i].cell && sheet_holds(n, by_label[i].row, by_label[i].column))
			return true;
	return false;
}

bool sheet_names_astray(const Sheet *w, const bool *taken, const Found *by_label) {
	size_t agree = 0, differ = 0;
	const bool *alone = labelled_alone(w);
	for (size_t i = 0; i < w->named.n; i++)
		if (is_contradicted(w, &w->named.v[i], alone, by_label))
			return true;
	for (size_t i = 0; i < w->named.n; i++) {
		const Named *n = &w->named.v[i];
		const Column *c = sheet_header_column(w, n->field);
		bool same;
		if (w->map->field[n->field].table >= 0 && c)
			same = n->c1 >= c->c1 && n->c1 <= c->c2;
		else if (w->map->field[n->field].table < 0 && taken[n->field])
			same = sheet_holds(n, by_label[n->field].row, by_label[n->field].column);
		else
			continue;
		agree += same;
		differ += !same;
	}
	return differ > agree && differ >= FORM_MIN_LABELS;
}

/* The first filled cell of the area. */
static const Cell *filled_in(const Grid *g, const Named *n) {
	for (unsigned r = n->r1; r <= n->r2 && r - n->r1 < FORM_MAX_AREA_ROWS; r++) {
		size_t i = grid_from(g, r, n->c1);
		if (i < g->cell.n && g->cell.v[i].row == r && g->cell.v[i].column <= n->c2)
			return &g->cell.v[i];
	}
	return NULL;
}

void sheet_take_names(Sheet *w, const bool *taken, const Found *by_label) {
	for (size_t i = 0; i < w->named.n; i++) {
		const Named *n = &w->named.v[i];
		w->out->names++;
		if (w->map->field[n->field].table >= 0)
			continue;
		const Cell *c = filled_in(w->grid, n);
		const Found *l = &by_label[n->field];
		/* The value was moved away from its name, but not from its label. */
		if (!c && taken[n->field] && l->cell && !sheet_named(w, l->row, l->column))
			set_plain(w, n->field, l->row, l->column, NULL);
		else
			set_plain(w, n->field, c ? c->row : n->r1, c ? c->column : n->c1, NULL);
	}
}

void sheet_take_labels(Sheet *w, const bool *taken, const Found *by_label) {
	for (size_t i = 0; i < w->map->field_n; i++)
		if (taken[i] && !w->plain[i] && !sheet_named(w, by_label[i].row, by_label[i].column))
			set_plain(w, i, by_label[i].row, by_label[i].column, NULL);
}

/* ---- within one cell */

static bool is_found(const Sheet *w, const Cell *c) {
	for (size_t i = 0; i < w->out->found.n; i++)
		if (w->out->found.v[i].row == c->row && w->out->found.v[i].column == c->column)
			return true;
	return false;
}

/* label：value within one cell, for a field that has no place yet, or an empty one. */
static void set_inline(Sheet *w, const Cell *c, const Label *l, Str value) {
	for (size_t k = 0; k < l->field_n; k++) {
		size_t field = l->field[k];
		if (w->map->field[field].table >= 0 ||
		    (w->plain[field] && w->out->found.v[w->plain[field] - 1].text[0]))
			continue;
		w->out->labels += !w->plain[field];
		set_plain(w, field, c->row, c->column, arena_copy(w->arena, value.p, value.n));
		break;
	}
}

/* One cell may hold several such lines; what follows the last one's first line is still
 * its value. */
static void read_lines(Sheet *w, const Cell *c) {
	Str rest = str_of(c->text), more;
	const Label *last = NULL;
	const char *from = NULL;
	for (int i = 0; i < MAX_LINES && rest.n; i++) {
		const char *end = memchr(rest.p, '\n', rest.n);
		const Label *l = label_inline(w->labels, w->scratch, rest, &more);
		if (!l && i == 0)
			return;
		/* An empty value's text is that of the line below, which has a label of its own. */
		if (l && last)
			set_inline(w, c, last, str_trim((Str){from, from < rest.p ? (size_t)(rest.p - from) : 0}));
		if (l) {
			last = l;
			from = more.p;
		}
		rest = end ? str_from(rest, (size_t)(end + 1 - rest.p)) : (Str){0};
	}
	Str tail = last ? str_trim(str_of(from)) : (Str){0};
	if (tail.n)
		set_inline(w, c, last, tail);
}

void sheet_inline(Sheet *w) {
	const Grid *g = w->grid;
	size_t n = g->cell.n < FORM_MAX_CELLS ? g->cell.n : FORM_MAX_CELLS;
	for (size_t i = 0; i < n; i++) {
		const Cell *c = &g->cell.v[i];
		if (i % FORMSHEET_SCRATCH_TURN == 0)
			arena_reset(w->scratch);
		bool label_alone = sheet_hit(w, c->row, c->column) && !label_above(str_of(c->text));
		if (c->raw == RAW_TEXT && !label_alone && !sheet_row_skipped(w, c->row) && !is_found(w, c))
			read_lines(w, c);
	}
}
