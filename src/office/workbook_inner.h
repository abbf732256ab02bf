/* Inside the told workbooks: what is read from the parent, and the overview. */
#ifndef XINLV_OFFICE_WORKBOOK_INNER_H
#define XINLV_OFFICE_WORKBOOK_INNER_H

#include "office/book.h"
#include "office/workbook.h"

/* What is told; after a fault every text is "" and the Err says why. */
typedef struct {
	NextText next;
	Err *e;
	bool bad;
} Told;

const char *told_text(Told *t, Arena *a);
size_t told_count(Told *t, Arena *a, size_t max);

/* Reads what stands behind `overview` and writes that sheet. */
void overview_write(Book *b, Told *t, Arena *a);

#endif
