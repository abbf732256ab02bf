/* Tables of one sheet: a header is a row of labels of one table's columns; names give the columns that have none. What looks
 * like a heading or a label ends a body. It reads no row of examples. */
#include <string.h>

#include "base/str.h"
#include "reader/formats.h"
#include "reader/formsheet_inner.h"

#define HEADER_MIN_COLUMNS 2 /* column labels that make a row a table's header */

/* ---- headers */

static bool may_be_plain(const Sheet *w, const Label *l) {
	return sheet_column(w, l, -1) >= 0;
}

/* How many of the row's hits [from, to) are columns of the table; how many of these could
 * be nothing else. */
static size_t count_columns(const Sheet *w, size_t from, size_t to, int table, size_t *sure) {
	size_t n = 0;
	*sure = 0;
	for (size_t i = from; i < to; i++) {
		const Label *l = w->out->hit.v[i].label;
		if (w->use[i] != USE_NONE || sheet_column(w, l, table) < 0)
			continue;
		n++;
		*sure += !may_be_plain(w, l);
	}
	return n;
}

/* Labels of pairs side by side have values between them, those of a header stand
 * shoulder to shoulder, but for a column that is not ours. */
static bool is_contiguous(const Sheet *w, size_t from, size_t to, int table) {
	size_t beside = 0, apart = 0;
	unsigned next = 0;
	for (size_t i = from; i < to; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		if (sheet_column(w, h->label, table) < 0)
			continue;
		beside += next && h->column == next;
		apart += next && h->column != next;
		next = grid_area(w->grid, h->row, h->column).c2 + 1;
	}
	return beside && beside >= apart;
}

static bool title_near(const Sheet *w, int table, unsigned row) {
	for (size_t i = 0; i < w->out->hit.n; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		if (h->label && h->label->table == table && h->row < row && row - h->row <= 3)
			return true;
	}
	return false;
}

static size_t columns_of_table(const Sheet *w, int table) {
	size_t n = 0;
	for (size_t i = 0; i < w->map->field_n; i++)
		n += w->map->field[i].table == table;
	return n;
}

/* The table whose header the hits of one row are, or -1. */
static int header_table(const Sheet *w, size_t from, size_t to) {
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

static TableArea *table_area(Sheet *w, int table, unsigned header) {
	TableArea *t = vec_push(&w->table);
	t->table = table;
	t->header = header;
	return t;
}

static void add_header(Sheet *w, size_t from, size_t to, int table) {
	TableArea *t = table_area(w, table, w->out->hit.v[from].row);
	for (size_t i = from; i < to; i++) {
		const LabelHit *h = &w->out->hit.v[i];
		ptrdiff_t field = sheet_column(w, h->label, table);
		bool twice = false;
		for (size_t k = 0; field >= 0 && k < t->column.n; k++)
			twice |= t->column.v[k].field == (size_t)field;
		if (field < 0 || twice)
			continue;
		struct Merge m = grid_area(w->grid, h->row, h->column);
		w->use[i] = USE_HEADER;
		*vec_push(&t->column) = (Column){(size_t)field, m.c1, m.c2};
		if (m.r2 >= t->first)
			t->first = m.r2 + 1;
	}
	w->out->labels += t->column.n;
}

void sheet_headers(Sheet *w) {
	const FormSheet *s = w->out;
	for (size_t from = 0, to; from < s->hit.n; from = to) {
		for (to = from; to < s->hit.n && s->hit.v[to].row == s->hit.v[from].row; to++) {
		}
		int table = header_table(w, from, to);
		if (table >= 0)
			add_header(w, from, to, table);
	}
}

const Column *sheet_header_column(const Sheet *w, size_t field) {
	for (size_t i = 0; i < w->table.n; i++)
		for (size_t k = 0; k < w->table.v[i].column.n; k++)
			if (w->table.v[i].column.v[k].field == field)
				return &w->table.v[i].column.v[k];
	return NULL;
}

/* ---- bodies */

void sheet_named_tables(Sheet *w) {
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
	size_t i = grid_from(g, row, c->c1);
	*own = i < g->cell.n && g->cell.v[i].row == row && g->cell.v[i].column <= c->c2;
	if (*own)
		return &g->cell.v[i];
	struct Merge m = grid_area(g, row, c->c1);
	return m.r1 < row && m.c1 >= c->c1 ? grid_cell(g, m.r1, m.c1) : NULL;
}

/* Another header, or a label at the head of the row. */
static bool row_is_labelled(const Sheet *w, const Cell *first) {
	const FormSheet *s = w->out;
	for (size_t i = sheet_hit_from(w, first->row, 0); i < s->hit.n && s->hit.v[i].row == first->row; i++)
		if (w->use[i] == USE_HEADER ||
		    (w->use[i] != USE_SKIP && s->hit.v[i].column == first->column))
			return true;
	return false;
}

/* A row whose one text spans several of the table's columns, or is numbered as a
 * heading or the title of a section, or is a `label：value`, is no row of the table. */
static bool ends_table(const Sheet *w, const TableArea *t, size_t first, size_t filled) {
	const Cell *c = &w->grid->cell.v[first];
	struct Merge m = grid_area(w->grid, c->row, c->column);
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
	return label_unnumbered(s).n != s.n || formmap_heads(w->map, w->scratch, s) || strchr(c->text, ':') || strstr(c->text, "\xEF\xBC\x9A");
}

static void add_row(Sheet *w, const TableArea *t, unsigned row) {
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

static size_t filled_columns(const Sheet *w, const TableArea *t, unsigned row) {
	size_t n = 0;
	for (size_t k = 0; k < t->column.n; k++) {
		size_t i = grid_from(w->grid, row, t->column.v[k].c1);
		n += i < w->grid->cell.n && w->grid->cell.v[i].row == row &&
		     w->grid->cell.v[i].column <= t->column.v[k].c2;
	}
	return n;
}

void sheet_body(Sheet *w, const TableArea *t) {
	const Grid *g = w->grid;
	size_t before = w->rows[t->table];
	size_t end = g->cell.n < FORM_MAX_CELLS ? g->cell.n : FORM_MAX_CELLS;
	for (size_t i = grid_from(g, t->first, 1), next; i < end; i = next) {
		unsigned row = g->cell.v[i].row;
		for (next = i; next < g->cell.n && g->cell.v[next].row == row; next++) {
		}
		bool promised = row <= t->last;
		if (!promised && !sheet_row_skipped(w, row) && ends_table(w, t, i, next - i))
			break;
		size_t filled = filled_columns(w, t, row);
		/* Below what the names promise, one lone text may be anything. */
		if (!promised && t->last && filled < 2 && t->column.n > 1)
			break;
		if (filled == 0 || sheet_row_skipped(w, row))
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
