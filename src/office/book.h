/* Book: a workbook being written, over libxlsxwriter.  Everything the library would
 * take wrongly in silence (invalid UTF-8, texts and prompts that are too long, areas of one
 * cell) is made right here; no file of the room but book*.c knows the library.
 *
 * Rows and columns count from 0.  What is written may come from anywhere. */
#ifndef XINLV_OFFICE_BOOK_H
#define XINLV_OFFICE_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define BOOK_MAX_CELL 32767      /* UTF-16 units of one cell, by Excel */
#define BOOK_MAX_SHEET_NAME 31   /* characters */
#define BOOK_MAX_PROMPT 255      /* characters of an input message or a warning */
#define BOOK_MAX_PROMPT_TITLE 32
#define BOOK_MAX_HEADER 255
#define BOOK_MAX_HEIGHT 409.0    /* points of a row */
#define BOOK_MAX_ROWS 1048576u
#define BOOK_MAX_COLUMNS 16384u

typedef struct Book Book;
typedef struct Sheet Sheet;

/* How a cell looks; the table of looks is in book_look.c. */
typedef enum {
	LOOK_TITLE,
	LOOK_SUBTITLE,
	LOOK_NOTICE,  /* what everybody must know: deadline, address */
	LOOK_PLAIN,   /* running text */
	LOOK_SMALL,   /* notes */
	LOOK_SECTION, /* the bar above a section */
	LOOK_LABEL,
	LOOK_LABEL_OPEN, /* above a label that stands in the row below */
	LOOK_LABEL_END,  /* that label */
	LOOK_HINT,
	LOOK_HEAD,  /* of a table */
	LOOK_INDEX, /* the number of a table's row */
	LOOK_CELL,  /* of a list */
	LOOK_CELL_MID,
	LOOK_LINK,
	LOOK_VALUE,      /* to fill in; numbers stay numbers */
	LOOK_VALUE_TEXT, /* digits stay as they were typed */
	LOOK_VALUE_DATE,
	LOOK_VALUE_LONG,
	LOOK_BLANK,    /* to fill in by hand on paper */
	LOOK_DATA,     /* of an export: text, as it is */
	LOOK_DATA_HEAD,
	LOOK_DATA_HEAD_MID, /* over a column whose cells stand in the middle */
	LOOK_OPEN_HEAD, /* above a column that the office fills in */
	LOOK_CHOICE,    /* what it fills in: one of a few words */
	LOOK_LINE_TITLE, /* a line over a list, running over its columns */
	LOOK_LINE_SUBTITLE,
	LOOK_LINE_NOTE,
	LOOK_FIGURE_NAME,
	LOOK_FIGURE,    /* a number to be read from afar */
	LOOK_FIGURE_NOTE,
	/* pieces of a rich text */
	INK_STRONG,
	INK_SOFT,
	INK_REQUIRED,
	INK_CONDITIONAL,
	INK_OPTIONAL,
	LOOK_COUNT
} Look;

/* Laid over a look. */
typedef enum { MARK_NONE, MARK_WRONG, MARK_DOUBT, MARK_GOOD, MARK_COUNT } Mark;

typedef struct {
	unsigned r1, c1, r2, c2;
} Area;

typedef struct {
	Look ink;
	const char *text;
} Piece;

typedef enum {
	RULE_NONE,   /* the prompt alone */
	RULE_LIST,   /* formula: the range of choices */
	RULE_NUMBER, /* min, max: NAN for none */
	RULE_INTEGER,
	RULE_DATE,   /* days since 1970 in min, max */
	RULE_LENGTH,
	RULE_FORMULA, /* formula must be true */
} RuleKind;

/* What may be typed into a cell, and what the person is told. */
typedef struct {
	RuleKind kind;
	bool stops;  /* else it only warns */
	bool silent; /* takes everything without a word */
	double min, max;
	const char *formula;
	const char *title, *prompt;
	const char *warning_title, *warning;
} InputRule;

typedef struct {
	const char *header, *footer; /* centred; &P and &N are page and pages, other & are doubled by the caller */
	unsigned repeat_rows;        /* rows at the top that every page repeats; 0: none */
	bool landscape;
} Print;

/* Begins a workbook that will be the file dir/path (NULL: for book_bytes).  lean: rows are written once, from the top, and
 * then forgotten (constant memory).  The book lives in its own memory until book_close or book_bytes. */
Book *book_open(int dir, const char *path, const char *font, bool lean);
/* Writes it beside the path, durably, and renames it; or forgets it when `keep` is
 * false.  Frees the book either way.  A fault of any call below comes out here. */
int book_close(Book *b, bool keep, Err *e);
/* The whole workbook, appended to out, instead of a file; frees the book likewise. */
int book_bytes(Book *b, Buf *out, Err *e);
void book_properties(Book *b, const char *title, const char *subject, const char *author);
/* A cell, or an area, gets a name of the workbook. */
void book_name(Book *b, const char *name, const Sheet *s, Area area);

/* The name must be one that Excel takes (letters, at most 31 characters, new): anything else is ERR_RULES
 * at the end.  Never NULL. */
Sheet *book_sheet(Book *b, const char *name);
void sheet_hide(Sheet *s);
void sheet_hide_column(Sheet *s, unsigned column);
void sheet_first(Sheet *s); /* the one that is open when the book is opened */
void sheet_width(Sheet *s, unsigned c1, unsigned c2, double width);
void sheet_height(Sheet *s, unsigned row, double points);
void sheet_freeze(Sheet *s, unsigned rows, unsigned columns);
void sheet_select(Sheet *s, unsigned row, unsigned column);
void sheet_filter(Sheet *s, Area area);
/* Locks all but the cells to fill in; columns and rows may be formatted, rows added and taken away. */
void sheet_protect(Sheet *s);
/* For lists to decide on: only open cells change; rows may be filtered, none added or taken away. */
void sheet_guard(Sheet *s);
/* Cells of the area that say this word get the mark's colours. */
void sheet_colour(Sheet *s, Area area, Mark mark, const char *word);
/* A4, one page wide. */
void sheet_print(Sheet *s, const Print *p);

void sheet_text(Sheet *s, unsigned row, unsigned column, Look look, Mark mark, const char *text);
void sheet_number(Sheet *s, unsigned row, unsigned column, Look look, Mark mark, double value);
/* Merges the area (of one cell or more) and puts the text into it. */
void sheet_wide(Sheet *s, Area area, Look look, Mark mark, const char *text);
/* The same with several inks.  At most 8 pieces; empty ones are left out. */
void sheet_rich(Sheet *s, Area area, Look look, const Piece *piece, size_t n);
void sheet_link(Sheet *s, unsigned row, unsigned column, const Sheet *to, unsigned to_row, unsigned to_column);
void sheet_note(Sheet *s, unsigned row, unsigned column, const char *text);
void sheet_rule(Sheet *s, Area area, const InputRule *rule);

/* A native chart over cells of the same sheet. */
typedef enum { CHART_COLUMN, CHART_BAR, CHART_LINE } ChartKind;
#define CHART_MAX_SERIES 4
typedef struct {
	ChartKind kind;
	const char *title;
	Area category;
	Area series[CHART_MAX_SERIES]; /* the cell above each is its name */
	size_t series_n;
	unsigned row, column;          /* of its upper left corner */
	unsigned width, height;        /* pixels */
} Chart;
void sheet_chart(Sheet *s, const Chart *c);

/* "C7", and "'sheet'!$C$7:$C$9" as formulas write it. */
char *cell_text(Arena *a, unsigned row, unsigned column);
char *area_text(Arena *a, const Sheet *s, Area area);

/* How many points high a row must be for the text in that width; at least `lines` lines. */
double text_height(const char *text, double width, double size, unsigned lines);

#endif
