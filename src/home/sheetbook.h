/* Sheetbook: a sealed workbook that is handed out to be filled in, made in memory: what the rounds have in common. */
#ifndef XINLV_HOME_SHEETBOOK_H
#define XINLV_HOME_SHEETBOOK_H

#include "base/seal.h"
#include "home/bookout.h"
#include "home/world.h"
#include "mail/compose.h"

typedef struct {
	char kind;           /* as in office/workbook.h; of the open ones 'r' and 'e' are named in the hidden sheet */
	int width;
	const char *heading; /* NULL: of the tokens */
	const char *rule;    /* of kind e */
} SheetCol;

typedef struct {
	World *w;
	Arena *a;
	BookOut out;
	SealKey key;
	Buf open; /* headings of the open columns, one a line */
} SheetBook;

int sheetbook_start(SheetBook *b, World *w, Arena *a, const char *title, Err *e);
/* name: of the sheet, cut and changed where a spreadsheet does not take it so; line: over the columns; choices: of kind d, one a
 * line, "" for none. */
void sheetbook_sheet(SheetBook *b, const char *name, const char *line, const char *choices, const SheetCol *col, size_t n);
/* A row begins; its cells follow by sheetbook_cell. mark: the colour of a state, "". */
void sheetbook_row(SheetBook *b, const char *mark);
void sheetbook_cell(SheetBook *b, const char *text);
void sheetbook_seal(SheetBook *b, const SealRow *row);
/* A last line under the rows. */
void sheetbook_tail(SheetBook *b, const char *text);
/* The workbook as an attachment of that name, in the arena.  Frees b whatever happened. */
int sheetbook_end(SheetBook *b, const char *name, Attachment *out, Err *e);

#endif
