/* Workbook: a workbook told by the parent, text after text, while it is written: the digest's, and any other of lists to
 * decide on.  The parent has the words and the rows; this side has the looks. */
#ifndef XINLV_OFFICE_WORKBOOK_H
#define XINLV_OFFICE_WORKBOOK_H

#include "base/arena.h"
#include "base/err.h"

#define WORKBOOK_MAX_COLUMNS 40
#define WORKBOOK_MAX_FIGURES 6  /* in the row of large numbers */
#define WORKBOOK_MAX_TABLES 4   /* on the overview */
#define WORKBOOK_MAX_ROWS 400   /* of one of them */

/* The next text into the arena: 1, 0 at the end, -1. */
typedef int (*NextText)(Arena *a, const char **out, Err *e);

/* What is told (each word a text of its own, numbers in decimal):
 *
 *   book TITLE AUTHOR FONT LEAN(0 or 1)
 *   overview NAME TITLE SUBTITLE FOOTER N (NAME VALUE NOTE)*N N TABLE*N
 *     TABLE: CHART(column, line, bar or nothing) TITLE COLUMNS HEADING* ROWS (CELL*COLUMNS)*ROWS
 *   sheet NAME FLAGS TITLE FOOTER CHOICES(lines) COLUMNS (KIND WIDTH HEADING)*COLUMNS
 *     after the HEADING of a column of kind e: RULE
 *     FLAGS: g guarded, h hidden and bare (no title, no header)
 *     KIND: f fact, c short fact, l long list's plain text, n number, s state with its colour, d decision, r reason or other
 *     open text, e entered by its own RULE, t token (hidden)
 *     WIDTH: 0 for a column that is there and not shown
 *     RULE: list CHOICE(each on a line of its own), number MIN MAX (either may be -), or nothing
 *   row MARK CELL*COLUMNS                   MARK: the state's colour: bad, doubt, good or nothing
 *   tail TEXT                               a last line under the rows
 */
int workbook_write(const char *path, NextText next, Err *e);

#endif
