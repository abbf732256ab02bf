/* Biff: what libfreexl leaves out of an old workbook (MS-XLS, BIFF8): booleans, results of
 * formulas, merged areas, hidden sheets, percentages, and how large the sheets are. */
#ifndef XINLV_READER_BIFF_H
#define XINLV_READER_BIFF_H

#include "reader/read.h"

#define BIFF_MAX_STREAM (64u << 20) /* bytes of the workbook stream */
#define BIFF_MAX_AREA 4000000u      /* rows x columns of all sheets: libfreexl fills them all */

struct BiffPlace {
	unsigned row, column;
};

struct BiffSheet {
	bool hidden;
	VEC(Cell) cell;                /* booleans, errors, results; in file order */
	VEC(struct BiffPlace) percent; /* number cells shown as a percentage */
	VEC(struct Merge) merge;
	uint64_t area;
};

typedef struct {
	VEC(struct BiffSheet) sheet;
} BiffBook;

/* Fills *out from the descriptor.  0 (also where the file is older than BIFF8 and there is
 * nothing to add), or a PART_ flag. */
unsigned biff_read(Arena *a, int fd, BiffBook *out);
void biff_free(BiffBook *b);

#endif
