/* Biff: records and texts of an old workbook's stream (MS-XLS 2.1.4, 2.5.293): BIFF8 of Excel 97
 * to 2003, and BIFF5 before it.  Borrows the stream's bytes; every length is checked here. */
#ifndef XINLV_READER_BIFF_H
#define XINLV_READER_BIFF_H

#include "reader/read.h"

#define BIFF_MAX_STREAM (64u << 20) /* bytes of the workbook stream */

/* Record types (MS-XLS 2.3.2). */
enum {
	REC_FORMULA = 0x0006,
	REC_EOF = 0x000A,
	REC_DATEMODE = 0x0022,
	REC_FILEPASS = 0x002F,
	REC_CONTINUE = 0x003C,
	REC_CODEPAGE = 0x0042,
	REC_BOUNDSHEET = 0x0085,
	REC_MULRK = 0x00BD,
	REC_RSTRING = 0x00D6,
	REC_XF = 0x00E0,
	REC_MERGED = 0x00E5,
	REC_SST = 0x00FC,
	REC_LABELSST = 0x00FD,
	REC_NUMBER = 0x0203,
	REC_LABEL = 0x0204,
	REC_BOOLERR = 0x0205,
	REC_STRING = 0x0207,
	REC_RK = 0x027E,
	REC_FORMAT = 0x041E,
	REC_BOF = 0x0809,
};
#define BIFF8 0x0600

/* The stream. */
typedef struct {
	Arena *arena;
	const unsigned char *p;
	size_t n;
	bool wide;           /* BIFF8: texts are UTF-16, or its low bytes */
	const char *charset; /* of BIFF5's texts */
} Biff;

typedef struct {
	unsigned type;
	const unsigned char *p;
	size_t n;
} Record;

/* The record at *at, and *at behind it; false at the end. */
bool biff_next(const Biff *b, size_t *at, Record *r);

unsigned biff_u16(const unsigned char *p);
uint32_t biff_u32(const unsigned char *p);

/* A reader of bytes that go on in CONTINUE records. */
typedef struct {
	const Biff *biff;
	const unsigned char *p;
	size_t left;
	size_t at; /* of the record that may go on */
} BiffBytes;
BiffBytes biff_bytes(const Biff *b, const Record *r, size_t skip, size_t at);

/* A text of n characters where the reader stands, in UTF-8 (arena); NULL when its bytes end early. */
const char *biff_text(BiffBytes *in, size_t n);
/* The next text of the shared strings: with its own length, runs and phonetics, of which only the text is given. */
const char *biff_shared(BiffBytes *in);

#endif
