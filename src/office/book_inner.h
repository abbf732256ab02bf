/* Inside of the book: what book*.c share.  Nobody outside needs this; the library's types are its own files' alone. */
#ifndef XINLV_OFFICE_BOOK_INNER_H
#define XINLV_OFFICE_BOOK_INNER_H

#include <stdint.h>

#include "office/book.h"

struct lxw_format;
struct lxw_workbook;
struct lxw_worksheet;

struct Sheet {
	Book *book;
	struct lxw_worksheet *ws;
	const char *name;
	Sheet *next;
};

struct Book {
	Arena *arena;
	Arena *cell; /* texts of cells, which the library copies */
	bool lean;
	struct lxw_workbook *wb;
	int dir;
	const char *path;
	int fd; /* of the whole, in memory until it is done */
	const char *font;
	struct lxw_format *format[LOOK_COUNT][MARK_COUNT];
	struct lxw_format *colour[MARK_COUNT];
	unsigned fault; /* lxw_error: the first one */
	const char *bad_name;
	Sheet *sheet;
};

/* ---- book.c */
void book_keep_fault(Book *b, unsigned rc); /* an lxw_error: the first one is told when the book is closed */
/* What XML and Excel can hold of a text, in the book's arena; at most so many characters of it. */
const char *book_safe(Book *b, const char *text);
const char *book_safe_cut(Book *b, const char *text, size_t chars);

/* ---- book_look.c */
#define BOOK_INK 0x262626
#define BOOK_SOFT 0x595959
/* Made at its first use. */
struct lxw_format *book_format(Book *b, Look look, Mark mark);

#endif
