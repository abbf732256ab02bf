/* Places on one sheet. It knows nothing of forms. */
#include "reader/grid.h"

#include <string.h>

GRID_PLACED(Cell);

size_t grid_place(const void *item, size_t n, size_t bytes, unsigned row, unsigned column) {
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		unsigned at[2];
		memcpy(at, (const char *)item + mid * bytes, sizeof at);
		if (at[0] < row || (at[0] == row && at[1] < column))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t grid_from(const Grid *g, unsigned row, unsigned column) {
	return GRID_PLACE(g->cell, row, column);
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
