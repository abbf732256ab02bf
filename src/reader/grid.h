/* Grid: finding cells and merged areas of one sheet. Rows and columns count from 1. */
#ifndef XINLV_READER_GRID_H
#define XINLV_READER_GRID_H

#include "reader/read.h"

/* The cell with that place, or NULL. */
const Cell *grid_cell(const Grid *g, unsigned row, unsigned column);
/* Index in a VEC, in reading order, of the first item at that place or behind it; n when there is none.  Its items begin
 * with their row and column (GRID_PLACED). */
#define GRID_PLACE(vec, row, column) grid_place((vec).v, (vec).n, sizeof *(vec).v, (row), (column))
#define GRID_PLACED(Item) \
	_Static_assert(offsetof(Item, row) == 0 && offsetof(Item, column) == sizeof(unsigned), "row and column stand first")
size_t grid_place(const void *item, size_t n, size_t bytes, unsigned row, unsigned column);
/* The same among the cells. */
size_t grid_from(const Grid *g, unsigned row, unsigned column);
/* The merged area that holds the place, or the place alone. */
struct Merge grid_area(const Grid *g, unsigned row, unsigned column);
/* A merged row of which another cell than its first has a text: what put rows in moved the cells and left the merging behind,
 * since people's programs keep no text there. */
bool grid_left_behind(const Grid *g, const struct Merge *m);

#endif
