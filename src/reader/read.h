/* Read: the inside of the reader program, after the walls are up.  Only linked into
 * xinlv-read, the unit tests and the fuzzers. */
#ifndef XINLV_READER_READ_H
#define XINLV_READER_READ_H

#include "reader/client.h" /* READ_... */
#include "reader/formmap.h"
#include "reader/report.h"

/* Where decoded parts go.  open() gives a new descriptor (or -1: keep nothing)
 * and its index. */
typedef struct Spill {
	int (*open)(struct Spill *s, int *index);
	void *ctx;
	/* Set by whoever writes to such a descriptor when a write fails for the disk's sake
	 * (ENOSPC, EDQUOT, EIO; not EFBIG): then there is no report, and the message is
	 * read again later. */
	int error;
} Spill;

/* The state of one message: report under construction, limits used so far. */
typedef struct ReadJob {
	Arena *arena;
	const FormMap *map;
	Spill *spill; /* NULL: keep nothing */
	unsigned flags; /* READ_... of client.h */
	Report *report;
	VEC(Part) part;
	VEC(FormRead) form;
	VEC(DecisionBook) decision;
	VEC(SheetRead) sheet;
	uint64_t unpacked; /* bytes out of archives so far */
} ReadJob;

/* message.c: a whole mail in a seekable descriptor. */
void read_mail(ReadJob *j, int fd);
/* What is known of a file before anybody looks at its bytes. */
typedef struct {
	const char *name; /* as it came, folders and all; NULL: none */
	const char *path; /* of the folder inside its archive; NULL: none */
	int parent;       /* index of the part it comes out of, -1: none */
	unsigned flags;   /* PART_... */
	int depth;        /* messages and archives around it */
} FileAt;
/* file.c: a bare file, or a decoded part: sniffs, records the Part, looks into
 * containers, reads forms.  `fd` is a seekable descriptor positioned anywhere (the spill with that index,
 * or a memfd and -1); its whole content is the file.  Returns the part's index, -1 past the limits. */
int read_file(ReadJob *j, int fd, int spill_index, const FileAt *at);
/* The same for a file whose bytes were hashed as they came. */
int read_hashed(ReadJob *j, int fd, int spill_index, const FileAt *at, Hash sha256, uint64_t bytes);

/* sniff.c: what the bytes are; head is the first n (up to 4096) bytes, fd for a
 * second look (zip directory, OLE streams), -1 when there is none. */
FileType sniff(Str head, int fd);

/* archive.c: members of zip, rar, 7z, gzip; each goes through read_file. */
void read_archive(ReadJob *j, int fd, int part, int depth);
/* tnef.c: attachments of a winmail.dat (MS-OXTNEF). */
void read_tnef(ReadJob *j, int fd, int part, int depth);
/* msg.c: a mail that Outlook saved (MS-OXMSG): its attachments, as those of a mail in a mail.  PART_CONTAINER is set where
 * there was something in it. */
void read_msg(ReadJob *j, int fd, int part, int depth);

/* inserted.c: files that were inserted into a workbook or document of Office's XML formats. */
void read_inserted(ReadJob *j, int fd, int part, int depth);

/* smime.c: the mail inside an opaque-signed S/MIME file, in a new descriptor; -1 where there is none to be had.
 * *locked: it is encrypted. */
int smime_content(int fd, bool *locked);

/* A grid of cells: what workbook and document readers make, and forms are read
 * from.  Filled by xlsx.c, xls.c, ods.c, docx.c. */
typedef struct {
	unsigned row, column; /* 1-based */
	const char *text;     /* tidied; numbers in shortest form, dates ISO 8601 */
	RawKind raw;
	bool percent;
} Cell;

struct Merge {
	unsigned r1, c1, r2, c2;
};

typedef struct {
	const char *name;
	bool hidden;
	VEC(Cell) cell; /* filled cells in reading order: by row, then column */
	VEC(struct Merge) merge;
	bool cut; /* stopped at a limit */
} Grid;

typedef struct {
	const char *name;  /* of the workbook's defined names */
	size_t sheet;      /* index into grid */
	unsigned r1, c1, r2, c2;
} DefinedName;

typedef struct {
	VEC(Grid) grid;
	VEC(DefinedName) name;
	bool inserted; /* it has room for files that were inserted into it: see inserted.c */
	bool pictures; /* it shows some */
} Book;

/* 0, or a PART_ flag that says why not. */
unsigned xlsx_read(Arena *a, int fd, Book *out);
unsigned xls_read(Arena *a, int fd, Book *out);
unsigned ods_read(Arena *a, int fd, Book *out);
unsigned docx_read(Arena *a, int fd, Book *out); /* each table is a grid */
/* form.c: the forms in a book (by identity and defined names, else by labels), appended to j->form. */
void form_extract(ReadJob *j, const Book *b, FormSource source, int part);
/* formbody.c: the form in a mail's text, as lines of `label：value` or a pasted table. */
void form_extract_body(ReadJob *j, const char *text);
/* decision.c: a workbook of decisions goes to j->decision; false when it is none. */
bool decision_extract(ReadJob *j, const Book *b, int part);
/* "C7" of row and column. */
char *cell_address(Arena *a, unsigned row, unsigned column);

#endif
