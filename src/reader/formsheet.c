/* formsheet.c: one sheet's cells become fields, for form.c to join to forms.  Defined
 * names are believed first, unless the labels around them tell that they went astray;
 * labels fill the rest.  It judges no value, and reads no row of examples. */
#include "reader/formsheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"

#define SCRATCH_TURN 64      /* lookups before throw-away memory is given back */
#define LONG_VALUE 60        /* bytes: a text below a label that is no label's neighbour */
#define MAX_LINES 50         /* of one cell searched for labels */
#define HEADER_MIN_COLUMNS 2 /* column labels that make a row a table's header */

/* A field's cell or a column's body, by a defined name. */
typedef struct {
	size_t field;
	unsigned r1, c1, r2, c2;
} Named;

/* A table's column on this sheet. */
typedef struct {
	size_t field;
	unsigned c1, c2;
} Column;

typedef struct {
	int table;
	unsigned header; /* its row, 0: none, known by names */
	unsigned first;  /* row of the body */
	unsigned last;   /* of the rows that names promise, 0: none */
	VEC(Column) column;
} TableArea;

typedef enum { USE_NONE, USE_HEADER, USE_PLAIN, USE_SKIP, USE_TITLE } HitUse;

typedef struct {
	Arena *arena, *scratch;
	const FormMap *map;
	const Labels *labels;
	const Grid *grid;
	FormSheet *out;
	VEC(Named) named;
	VEC(TableArea) table;
	HitUse *use;     /* of each hit */
	size_t *plain;   /* by field: index + 1 of its entry in found */
	size_t *rows;    /* by table: rows met so far */
	unsigned right_edge;
	bool *column_used; /* by column up to right_edge: something stands in it */
} Work;

/* Cells and merged areas. */

static size_t lower_bound(const Grid *g, unsigned row, unsigned column) {
	size_t lo = 0, hi = g->cell.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const Cell *c = &g->cell.v[mid];
		if (c->row < row || (c->row == row && c->column < column))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const Cell *grid_cell(const Grid *g, unsigned row, unsigned column) {
	size_t i = lower_bound(g, row, column);
	if (i < g->cell.n && g->cell.v[i].row == row && g->cell.v[i].column == column)
		return &g->cell.v[i];
	return NULL;
}

/* A merged row of which another cell than its first has a text: what put rows in moved the cells and left the merging behind,
 * since people's programs keep no text there. */
static bool is_left_behind(const Grid *g, const struct Merge *m) {
	if (m->r1 != m->r2)
		return false;
	size_t i = lower_bound(g, m->r1, m->c1 + 1);
	for (; i < g->cell.n && g->cell.v[i].row == m->r1 && g->cell.v[i].column <= m->c2; i++)
		if (*g->cell.v[i].text)
			return true;
	return false;
}

/* The merged area that holds the place, or the place alone. */
static struct Merge area_at(const Grid *g, unsigned row, unsigned column) {
	for (size_t i = 0; i < g->merge.n; i++) {
		const struct Merge *m = &g->merge.v[i];
		if (row >= m->r1 && row <= m->r2 && column >= m->c1 && column <= m->c2 && !is_left_behind(g, m))
			return *m;
	}
	return (struct Merge){row, column, row, column};
}

static const LabelHit *hit_at(const Work *w, unsigned row, unsigned column) {
	const FormSheet *s = w->out;
	size_t lo = 0, hi = s->hit.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const LabelHit *h = &s->hit.v[mid];
		if (h->row < row || (h->row == row && h->column < column))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < s->hit.n && s->hit.v[lo].row == row && s->hit.v[lo].column == column)
		return &s->hit.v[lo];
	return NULL;
}

static bool is_named(const Work *w, unsigned row, unsigned column) {
	for (size_t i = 0; i < w->named.n; i++) {
		const Named *n = &w->named.v[i];
		if (row >= n->r1 && row <= n->r2 && column >= n->c1 && column <= n->c2)
			return true;
	}
	return false;
}

static bool column_empty(const Work *w, unsigned column) {
	return column > w->right_edge || !w->column_used[column];
}

static void measure(Work *w) {
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
		if (g->merge.v[i].c1 <= w->right_edge && !is_left_behind(g, &g->merge.v[i]))
			w->column_used[g->merge.v[i].c1] = true;
}

/* Finding names and labels. */

static void find_names(Work *w, const Book *b, size_t index) {
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
static bool heads_skipped_row(Work *w, const Cell *c, const Label *l) {
	Str value;
	if (!first_in_row(w->grid, c))
		return false;
	if (!l)
		l = label_inline(w->labels, w->scratch, str_of(c->text), &value);
	return l && l->skip;
}

static void add_hit(Work *w, const Cell *c, const Label *l, HitUse use) {
	FormSheet *s = w->out;
	if (s->hit.n >= FORM_MAX_LABELS) {
		s->cut = true;
		return;
	}
	w->use[s->hit.n] = use;
	*vec_push(&s->hit) = (LabelHit){c->row, c->column, l};
}

static void find_labels(Work *w) {
	const Grid *g = w->grid;
	size_t n = g->cell.n < FORM_MAX_CELLS ? g->cell.n : FORM_MAX_CELLS;
	static const Label note = {.skip = true, .table = -1};
	unsigned skip_row = 0;
	w->out->cut = n < g->cell.n;
	for (size_t i = 0; i < n; i++) {
		const Cell *c = &g->cell.v[i];
		if (i % SCRATCH_TURN == 0)
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

static bool row_skipped(const Work *w, unsigned row) {
	size_t i = lower_bound(w->grid, row, 1);
	if (i >= w->grid->cell.n)
		return false;
	const LabelHit *h = hit_at(w, row, w->grid->cell.v[i].column);
	return h && w->use[h - w->out->hit.v] == USE_SKIP;
}

/* Headers of tables. */

/* Field of that table among those the label may stand for, or -1. */
static ptrdiff_t column_field(const Work *w, const Label *l, int table) {
	for (size_t i = 0; l && i < l->field_n; i++)
		if (w->map->field[l->field[i]].table == table)
			return (ptrdiff_t)l->field[i];
	return -1;
}

static bool may_be_plain(const Work *w, const Label *l) {
	return column_field(w, l, -1) >= 0;
}

/* How many of the row's hits [from, to) are columns of the table; how many of these could
 * be nothing else. */
static size_t count_columns(const Work *w, size_t from, size_t to, int table, size_t *sure) {
	size_t n = 0;
	*sure = 0;
	for (size_t i = from; i < to; i++) {
		const Label *l = w->out->hit.v[i].label;
		if (w->use[i] != USE_NONE || column_field(w, l, table) < 0)
			continue;
		n++;
		*sure += !may_be_plain(w, l);
	}
	return n;
}

/* Labels of pairs side by side have values between them, those of a header stand
 * shoulder to shoulder, but for a column that is not ours. */
static bool is_contiguous(const Work *w, size_t from, size_t to, int table) {
	size_t beside = 0, apart = 0;
	unsigned next = 0;
	for (size_t i = from; i < to; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		if (column_field(w, h->label, table) < 0)
			continue;
		beside += next && h->column == next;
		apart += next && h->column != next;
		next = area_at(w->grid, h->row, h->column).c2 + 1;
	}
	return beside && beside >= apart;
}

static bool title_near(const Work *w, int table, unsigned row) {
	for (size_t i = 0; i < w->out->hit.n; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		if (h->label && h->label->table == table && h->row < row && row - h->row <= 3)
			return true;
	}
	return false;
}

static size_t columns_of_table(const Work *w, int table) {
	size_t n = 0;
	for (size_t i = 0; i < w->map->field_n; i++)
		n += w->map->field[i].table == table;
	return n;
}

/* The table whose header the hits of one row are, or -1. */
static int header_table(const Work *w, size_t from, size_t to) {
	size_t best = 0, sure;
	int table = -1;
	for (int t = 0; t < (int)w->map->table_n; t++) {
		size_t n = count_columns(w, from, to, t, &sure);
		bool enough = n >= HEADER_MIN_COLUMNS ||
		              (n == 1 && columns_of_table(w, t) == 1 &&
		               (sure || title_near(w, t, w->out->hit.v[from].row)));
		/* A tie goes to the table whose title stands above. */
		bool better = enough &&
		              (n > best || (n == best && title_near(w, t, w->out->hit.v[from].row)));
		if (better && (sure == n || is_contiguous(w, from, to, t))) {
			best = n;
			table = t;
		}
	}
	return table;
}

static TableArea *table_area(Work *w, int table, unsigned header) {
	TableArea *t = vec_push(&w->table);
	t->table = table;
	t->header = header;
	return t;
}

static void add_header(Work *w, size_t from, size_t to, int table) {
	TableArea *t = table_area(w, table, w->out->hit.v[from].row);
	for (size_t i = from; i < to; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		ptrdiff_t field = column_field(w, h->label, table);
		bool twice = false;
		for (size_t k = 0; field >= 0 && k < t->column.n; k++)
			twice |= t->column.v[k].field == (size_t)field;
		if (field < 0 || twice)
			continue;
		struct Merge m = area_at(w->grid, h->row, h->column);
		w->use[i] = USE_HEADER;
		*vec_push(&t->column) = (Column){(size_t)field, m.c1, m.c2};
		if (m.r2 >= t->first)
			t->first = m.r2 + 1;
	}
	w->out->labels += t->column.n;
}

static void find_headers(Work *w) {
	const FormSheet *s = w->out;
	for (size_t from = 0, to; from < s->hit.n; from = to) {
		for (to = from; to < s->hit.n && s->hit.v[to].row == s->hit.v[from].row; to++) {
		}
		int table = header_table(w, from, to);
		if (table >= 0)
			add_header(w, from, to, table);
	}
}

/* Plain fields by label. */

static Found *set_plain(Work *w, size_t field, unsigned row, unsigned column, const char *text) {
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
static bool place_right(const Work *w, struct Merge label, struct Merge *out) {
	unsigned c = label.c2 + 1;
	if (c > w->right_edge && (label.c2 > label.c1 || w->right_edge == 1))
		return false; /* the label takes the whole width: its value stands below */
	if (column_empty(w, c) && grid_cell(w->grid, label.r1, c + 1) &&
	    !hit_at(w, label.r1, c + 1))
		c++;
	*out = area_at(w->grid, label.r1, c);
	return !hit_at(w, out->r1, out->c1);
}

static bool place_below(const Work *w, struct Merge label, struct Merge *out) {
	*out = area_at(w->grid, label.r2 + 1, label.c1);
	return !hit_at(w, out->r1, out->c1);
}

/* Where the value of a label stands. */
static bool value_place(const Work *w, const LabelHit *h, bool longtext, struct Merge *out) {
	struct Merge label = area_at(w->grid, h->row, h->column), below;
	if (!place_right(w, label, out))
		return place_below(w, label, out);
	if (grid_cell(w->grid, out->r1, out->c1) || !place_below(w, label, &below))
		return true;
	/* Nothing to the right, but a text across several columns below, as long answers have; or
	 * the last one of a row of labels. */
	const Cell *c = grid_cell(w->grid, below.r1, below.c1);
	bool in_row = label.c2 >= w->right_edge && hit_at(w, label.r1, label.c1 - 1);
	if (c && (below.c2 > below.c1 || in_row || (longtext && strlen(c->text) > LONG_VALUE)))
		*out = below;
	return true;
}

/* The field that this plain label stands for: labels that several fields share are theirs in
 * the form's order. */
static ptrdiff_t plain_field(const Work *w, const Label *l, const bool *taken) {
	for (size_t i = 0; i < l->field_n; i++)
		if (w->map->field[l->field[i]].table < 0 && !taken[l->field[i]])
			return (ptrdiff_t)l->field[i];
	return -1;
}

static bool is_repeat(const Work *w, const Label *l, ptrdiff_t *field) {
	*field = column_field(w, l, -1);
	return *field >= 0;
}

/* Where labels put each plain field; taken[] tells which have a place. */
static void find_plain(Work *w, bool *taken, Found *by_label) {
	for (size_t i = 0; i < w->out->hit.n; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		struct Merge at;
		if (w->use[i] != USE_NONE || !h->label->field_n)
			continue;
		ptrdiff_t field = plain_field(w, h->label, taken);
		bool again = field < 0 && is_repeat(w, h->label, &field);
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

/* A label that fields of several tracks share stands for all of them. */
static void share_labels(const Work *w, bool *taken, Found *by_label) {
	for (size_t i = 0; i < w->out->hit.n; i++) {
		const Label *l = w->out->hit.v[i].label;
		ptrdiff_t from = w->use[i] == USE_PLAIN ? column_field(w, l, -1) : -1;
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

/* Names against labels. */

static const Column *header_column(const Work *w, size_t field) {
	for (size_t i = 0; i < w->table.n; i++)
		for (size_t k = 0; k < w->table.v[i].column.n; k++)
			if (w->table.v[i].column.v[k].field == field)
				return &w->table.v[i].column.v[k];
	return NULL;
}

static bool holds(const Named *n, unsigned row, unsigned column) {
	return row >= n->r1 && row <= n->r2 && column >= n->c1 && column <= n->c2;
}

/* Fields that a label of their own puts somewhere: not one that others share. */
static bool *labelled_alone(const Work *w) {
	bool *alone = arena_array(w->arena, w->map->field_n + 1, sizeof *alone);
	for (size_t i = 0; i < w->out->hit.n; i++)
		if (w->use[i] == USE_PLAIN && w->out->hit.v[i].label->field_n == 1)
			alone[w->out->hit.v[i].label->field[0]] = true;
	return alone;
}

/* The name stands where the label of another field puts that one's value, and its own label puts it where a text is. */
static bool is_contradicted(const Work *w, const Named *n, const bool *alone, const Found *by_label) {
	const Found *own = &by_label[n->field];
	if (!alone[n->field] || !own->cell || holds(n, own->row, own->column))
		return false;
	for (size_t i = 0; i < w->map->field_n; i++)
		if (i != n->field && alone[i] && by_label[i].cell && holds(n, by_label[i].row, by_label[i].column))
			return true;
	return false;
}

/* Libraries that insert rows leave the names behind: when most of the names stand
 * elsewhere than their labels say, or one on another's value, none is believed. */
static bool names_astray(const Work *w, const bool *taken, const Found *by_label) {
	size_t agree = 0, differ = 0;
	const bool *alone = labelled_alone(w);
	for (size_t i = 0; i < w->named.n; i++)
		if (is_contradicted(w, &w->named.v[i], alone, by_label))
			return true;
	for (size_t i = 0; i < w->named.n; i++) {
		const Named *n = &w->named.v[i];
		const Column *c = header_column(w, n->field);
		bool same;
		if (w->map->field[n->field].table >= 0 && c)
			same = n->c1 >= c->c1 && n->c1 <= c->c2;
		else if (w->map->field[n->field].table < 0 && taken[n->field])
			same = holds(n, by_label[n->field].row, by_label[n->field].column);
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
		size_t i = lower_bound(g, r, n->c1);
		if (i < g->cell.n && g->cell.v[i].row == r && g->cell.v[i].column <= n->c2)
			return &g->cell.v[i];
	}
	return NULL;
}

static void take_names(Work *w, const bool *taken, const Found *by_label) {
	for (size_t i = 0; i < w->named.n; i++) {
		const Named *n = &w->named.v[i];
		w->out->names++;
		if (w->map->field[n->field].table >= 0)
			continue;
		const Cell *c = filled_in(w->grid, n);
		const Found *l = &by_label[n->field];
		/* The value was moved away from its name, but not from its label. */
		if (!c && taken[n->field] && l->cell && !is_named(w, l->row, l->column))
			set_plain(w, n->field, l->row, l->column, NULL);
		else
			set_plain(w, n->field, c ? c->row : n->r1, c ? c->column : n->c1, NULL);
	}
}

static void take_labels(Work *w, const bool *taken, const Found *by_label) {
	for (size_t i = 0; i < w->map->field_n; i++)
		if (taken[i] && !w->plain[i] && !is_named(w, by_label[i].row, by_label[i].column))
			set_plain(w, i, by_label[i].row, by_label[i].column, NULL);
}

static bool is_found(const Work *w, const Cell *c) {
	for (size_t i = 0; i < w->out->found.n; i++)
		if (w->out->found.v[i].row == c->row && w->out->found.v[i].column == c->column)
			return true;
	return false;
}

/* label：value within one cell, for a field that has no place yet, or an empty one. */
static void set_inline(Work *w, const Cell *c, const Label *l, Str value) {
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
static void read_lines(Work *w, const Cell *c) {
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

static void take_inline(Work *w) {
	const Grid *g = w->grid;
	size_t n = g->cell.n < FORM_MAX_CELLS ? g->cell.n : FORM_MAX_CELLS;
	for (size_t i = 0; i < n; i++) {
		const Cell *c = &g->cell.v[i];
		if (i % SCRATCH_TURN == 0)
			arena_reset(w->scratch);
		bool label_alone = hit_at(w, c->row, c->column) && !label_above(str_of(c->text));
		if (c->raw == RAW_TEXT && !label_alone && !row_skipped(w, c->row) && !is_found(w, c))
			read_lines(w, c);
	}
}

/* Bodies of tables. */

static void tables_by_name(Work *w) {
	for (size_t i = 0; i < w->named.n; i++) {
		const Named *n = &w->named.v[i];
		int table = w->map->field[n->field].table;
		TableArea *t = NULL;
		if (table < 0)
			continue;
		for (size_t k = 0; k < w->table.n && !t; k++)
			if (w->table.v[k].table == table)
				t = &w->table.v[k];
		if (!t)
			t = table_area(w, table, 0);
		if (!t->first || (!t->header && n->r1 < t->first))
			t->first = n->r1;
		if (n->r2 > t->last)
			t->last = n->r2;
		bool known = false;
		for (size_t k = 0; k < t->column.n; k++)
			if (t->column.v[k].field == n->field) {
				/* A heading elsewhere stands over the values: a column was put in, and the name left behind. */
				if (n->c1 <= t->column.v[k].c2 && n->c2 >= t->column.v[k].c1)
					t->column.v[k] = (Column){n->field, n->c1, n->c2};
				known = true;
			}
		if (!known)
			*vec_push(&t->column) = (Column){n->field, n->c1, n->c2};
	}
}

/* The column's cell in that row; of a merged area over several rows, its one value. */
static const Cell *body_cell(const Grid *g, const Column *c, unsigned row, bool *own) {
	size_t i = lower_bound(g, row, c->c1);
	*own = i < g->cell.n && g->cell.v[i].row == row && g->cell.v[i].column <= c->c2;
	if (*own)
		return &g->cell.v[i];
	struct Merge m = area_at(g, row, c->c1);
	return m.r1 < row && m.c1 >= c->c1 ? grid_cell(g, m.r1, m.c1) : NULL;
}

/* Another header, or a label at the head of the row. */
static bool row_is_labelled(const Work *w, const Cell *first) {
	const FormSheet *s = w->out;
	size_t lo = 0, hi = s->hit.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->hit.v[mid].row < first->row)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->hit.n && s->hit.v[lo].row == first->row; lo++)
		if (w->use[lo] == USE_HEADER ||
		    (w->use[lo] != USE_SKIP && s->hit.v[lo].column == first->column))
			return true;
	return false;
}

/* A row whose one text spans several of the table's columns, or is numbered as a
 * heading, or is a `label：value`, is no row of the table. */
static bool ends_table(const Work *w, const TableArea *t, size_t first, size_t filled) {
	const Cell *c = &w->grid->cell.v[first];
	struct Merge m = area_at(w->grid, c->row, c->column);
	size_t spanned = 0;
	if (row_is_labelled(w, c))
		return true;
	for (size_t i = 0; i < t->column.n; i++)
		spanned += t->column.v[i].c1 >= m.c1 && t->column.v[i].c1 <= m.c2;
	if (spanned >= 2)
		return true;
	if (filled != 1 || t->column.n < 2)
		return false;
	Str s = str_of(c->text);
	return label_unnumbered(s).n != s.n || strchr(c->text, ':') || strstr(c->text, "\xEF\xBC\x9A");
}

static void add_row(Work *w, const TableArea *t, unsigned row) {
	size_t trow = ++w->rows[t->table];
	for (size_t i = 0; i < t->column.n; i++) {
		bool own;
		const Cell *c = body_cell(w->grid, &t->column.v[i], row, &own);
		*vec_push(&w->out->found) = (Found){
			.field = t->column.v[i].field, .trow = trow, .row = c ? c->row : row,
			.column = c ? c->column : t->column.v[i].c1, .cell = c,
			.text = c ? c->text : "",
		};
	}
}

static size_t filled_columns(const Work *w, const TableArea *t, unsigned row) {
	size_t n = 0;
	for (size_t k = 0; k < t->column.n; k++) {
		size_t i = lower_bound(w->grid, row, t->column.v[k].c1);
		n += i < w->grid->cell.n && w->grid->cell.v[i].row == row &&
		     w->grid->cell.v[i].column <= t->column.v[k].c2;
	}
	return n;
}

/* Down to the next header, label or heading, or the end of the sheet. */
static void read_body(Work *w, const TableArea *t) {
	const Grid *g = w->grid;
	size_t before = w->rows[t->table];
	size_t end = g->cell.n < FORM_MAX_CELLS ? g->cell.n : FORM_MAX_CELLS;
	for (size_t i = lower_bound(g, t->first, 1), next; i < end; i = next) {
		unsigned row = g->cell.v[i].row;
		for (next = i; next < g->cell.n && g->cell.v[next].row == row; next++) {
		}
		bool promised = row <= t->last;
		if (!promised && !row_skipped(w, row) && ends_table(w, t, i, next - i))
			break;
		size_t filled = filled_columns(w, t, row);
		/* Below what the names promise, one lone text may be anything. */
		if (!promised && t->last && filled < 2 && t->column.n > 1)
			break;
		if (filled == 0 || row_skipped(w, row))
			continue;
		if (w->rows[t->table] >= RULES_MAX_TABLE_ROWS) {
			w->out->cut = true;
			break;
		}
		add_row(w, t, row);
	}
	if (w->rows[t->table] == before && before == 0) {
		for (size_t i = 0; i < t->column.n; i++)
			*vec_push(&w->out->found) = (Found){
				.field = t->column.v[i].field, .trow = 1, .row = t->first,
				.column = t->column.v[i].c1, .text = "",
			};
	}
}

/* A sheet of notes: its name or its first text is one of the words that head notes. */
static bool is_notes(Work *w) {
	const Grid *g = w->grid;
	const Label *l = label_whole(w->labels, w->scratch, str_of(g->name));
	if (!(l && l->skip) && g->cell.n)
		l = label_whole(w->labels, w->scratch, str_of(g->cell.v[0].text));
	return l && l->skip;
}

static void read_sheet(Work *w, const Book *b, size_t index) {
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
		find_headers(w);
		find_plain(w, taken, by_label);
		share_labels(w, taken, by_label);
	}
	if (names_astray(w, taken, by_label))
		vec_free(&w->named);
	take_names(w, taken, by_label);
	tables_by_name(w);
	take_labels(w, taken, by_label);
	if (labelled)
		take_inline(w);
	for (size_t i = 0; i < w->table.n; i++)
		read_body(w, &w->table.v[i]);
}

void formsheet_read(Arena *a, const FormMap *m, const Labels *l, const Book *b, size_t index,
                    FormSheet *out) {
	Work w = {.arena = a, .scratch = arena_new(), .map = m, .labels = l,
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
