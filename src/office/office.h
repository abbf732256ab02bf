/* Office: the workbooks of xinlv, through libxlsxwriter.  It runs as a program of its own (xinlv-office), so
 * that the tick that has nothing to do does not load it. */
#ifndef XINLV_OFFICE_OFFICE_H
#define XINLV_OFFICE_OFFICE_H

#include "base/err.h"
#include "base/str.h"
#include "rules/rules.h"

#define OFFICE_MAX_FRAME (64u << 20) /* of a form to be filled, and of the form filled */

/* Writes the entry form of a track to a file below the folder `home`, durably.  file: its name below
 * templates/forms/, as T4-绿色数据中心-申报表.xlsx (form_file_name). */
int form_write(const Rules *r, const Track *t, int home, const char *file, Err *e);
char *form_file_name(const Rules *r, const Track *t, Arena *a);

/* A filled form to be mended: values poured in, faulty cells red with a note, a sheet with the list
 * of problems linking to each cell. */
typedef struct {
	const char *key;
	size_t row;
	const char *text;
} FillValue;
typedef struct {
	const char *key; /* "" : about no field */
	size_t row;
	bool error;
	const char *sentence;
	bool beside; /* another cell of the problem before: marked, and not listed again */
} FillProblem;
/* Appends its bytes to out. */
int form_fill(const Rules *r, const Track *t, const FillValue *v, size_t vn, const FillProblem *p, size_t pn,
              const char *token, Buf *out, Err *e);

/* export --format xlsx: columns and rows of text; cells that look like numbers stay text. next() fills cells (column_n of
 * them) and returns 1, 0 at the end, -1 on error. */
int table_write(const char *const *heading, size_t column_n, const char *sheet, const char *path,
                int (*next)(void *ctx, const char **cells, Err *e), void *ctx, Err *e);

#endif
