/* Places on one sheet. It knows nothing of forms. */
#include "reader/grid.h"

size_t grid_from(const Grid *g, unsigned row, unsigned column) {
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
	size_t i = grid_from(g, row, column);
	if (i < g->cell.n && g->cell.v[i].row == row && g->cell.v[i].column == column)
		return &g->cell.v[i];
	return NULL;
}

bool grid_left_behind(const Grid *g, const struct Merge *m) {
	if (m->r1 != m->r2)
		return false;
	size_t i = grid_from(g, m->r1, m->c1 + 1);
	for (; i < g->cell.n && g->cell.v[i].row == m->r1 && g->cell.v[i].column <= m->c2; i++)
		if (*g->cell.v[i].text)
			return true;
	return false;
}

struct Merge grid_area(const Grid *g, unsigned row, unsigned column) {
	for (size_t i = 0; i < g->merge.n; i++) {
		const struct Merge *m = &g->merge.v[i];
		if (row >= m->r1 && row <= m->r2 && column >= m->c1 && column <= m->c2 && !grid_left_behind(g, m))
			return *m;
	}
	return (struct Merge){row, column, row, column};
}
