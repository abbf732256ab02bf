/* Table: a list of any length as a workbook, for export.  Rows are written as they come and forgotten.  All
 * cells are text: a code of 18 digits stays one, and nothing is taken for a formula. */
#include <fcntl.h>

#include "base/text.h"
#include "office/book.h"
#include "office/office.h"

#define MIN_WIDTH 8.0
#define MAX_WIDTH 60.0
#define FONT "Microsoft YaHei"

static void widen(double *width, const char *text) {
	double w = (double)text_width(text) * 1.05 + 3;
	if (w > *width)
		*width = w < MAX_WIDTH ? w : MAX_WIDTH;
}

static int write_rows(Sheet *s, size_t n, double *width, unsigned *rows, int (*next)(void *, const char **, Err *),
                      void *ctx, const char **cell, Err *e) {
	int more;
	while ((more = next(ctx, cell, e)) > 0) {
		if (*rows >= BOOK_MAX_ROWS)
			return err_set(e, ERR_REFUSED, "a sheet holds at most %u rows", BOOK_MAX_ROWS);
		for (size_t i = 0; i < n; i++) {
			if (!*cell[i])
				continue;
			sheet_text(s, *rows, (unsigned)i, LOOK_DATA, MARK_NONE, cell[i]);
			widen(&width[i], cell[i]);
		}
		++*rows;
	}
	return more;
}

int table_write(const char *const *heading, size_t column_n, const char *sheet, const char *path,
                int (*next)(void *ctx, const char **cells, Err *e), void *ctx, Err *e) {
	if (!column_n || column_n > BOOK_MAX_COLUMNS)
		return err_set(e, ERR_USAGE, "a sheet holds 1 to %u columns", BOOK_MAX_COLUMNS);
	Arena *a = arena_new();
	const char **cell = arena_array(a, column_n, sizeof *cell);
	double *width = arena_array(a, column_n, sizeof *width);
	unsigned rows = 1, last = (unsigned)column_n - 1;
	Book *b = book_open(AT_FDCWD, path, FONT, true);
	Sheet *s = book_sheet(b, sheet);
	sheet_height(s, 0, 24);
	for (size_t i = 0; i < column_n; i++) {
		width[i] = MIN_WIDTH;
		sheet_text(s, 0, (unsigned)i, LOOK_DATA_HEAD, MARK_NONE, heading[i]);
		widen(&width[i], heading[i]);
		cell[i] = "";
	}
	int rc = write_rows(s, column_n, width, &rows, next, ctx, cell, e);
	for (size_t i = 0; i < column_n; i++)
		sheet_width(s, (unsigned)i, (unsigned)i, width[i]);
	sheet_freeze(s, 1, 0);
	sheet_filter(s, (Area){0, 0, rows - 1, last});
	Err late = {0};
	if (book_close(b, rc == 0, &late) < 0 && rc == 0) {
		*e = late;
		rc = -1;
	}
	arena_free(a);
	return rc;
}
