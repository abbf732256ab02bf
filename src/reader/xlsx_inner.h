/* Inside of xlsx: the workbook while it is read, part by part. */
#ifndef XINLV_READER_XLSX_INNER_H
#define XINLV_READER_XLSX_INNER_H

#include "reader/formats.h"
#include "reader/numfmt.h"
#include "reader/package.h"

typedef struct {
	const char *name;
	bool hidden;
	const char *id;
} SheetRef;

/* A number format of the workbook's own. */
typedef struct {
	unsigned id;
	NumKind kind;
} Custom;

/* The workbook while it is read. */
typedef struct {
	Arena *arena;
	Package *package;
	Book *out;
	Pack pack;
	Buf text; /* of the element that is collected */
	bool from_1904;
	VEC(SheetRef) sheet;
	VEC(Custom) custom;
	VEC(NumKind) format;   /* by cell format index */
	VEC(const char *) string;
	bool strings_lost; /* a cell names one, and the part that has them is not there */
	uint64_t cells;
} XlsxWork;

/* The digits at the front, as far as they make sense; 0 for NULL. */
unsigned xlsx_number(const char *s);
/* To the text of the element that is read; cut at REPORT_MAX_VALUE. */
void xlsx_collect(XlsxWork *r, const char *s, size_t n);
/* That text, tidied and kept; "" when there is none. */
const char *xlsx_text(XlsxWork *r);

/* Each reads a part, and returns what flags it (PART_*), 0 when it is fine. */
unsigned xlsx_strings(XlsxWork *r, const char *part);          /* xlsx_text.c */
unsigned xlsx_sheet(XlsxWork *r, const char *part, Grid *g);   /* xlsx_sheet.c */

#endif
