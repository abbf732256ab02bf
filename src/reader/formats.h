/* Formats: what the file readers of this room share beyond read.h. */
#ifndef XINLV_READER_FORMATS_H
#define XINLV_READER_FORMATS_H

#include "reader/read.h"

#define ARCHIVE_MAX_HEADERS 10000  /* members stepped over in one archive, folders too */
#define TNEF_MAX_ATTRIBUTES 20000  /* attributes walked in one winmail.dat */
#define TNEF_MAX_PROPERTIES 2000   /* MAPI properties of one attachment */
#define MSG_MAX_TEXT (4u << 20)    /* bytes of a saved mail's text, or of its header */
#define BOOK_MAX_ROW 1048576
#define BOOK_MAX_COLUMN 16384
#define BOOK_MAX_SHEETS 500        /* sheets, or tables of a document, kept of one book */
#define BOOK_MAX_MERGES 10000      /* merged areas kept of one sheet */
#define BOOK_MAX_NAMES 20000       /* defined names kept of one book */
#define FORM_MAX_CELLS 50000       /* filled cells of one sheet searched for labels */
#define FORM_MAX_LABELS 2000       /* labels kept of one sheet */
#define FORM_MIN_LABELS 3          /* fewer labels and no identity: not a form */
#define FORM_MAX_AREA_ROWS 200    /* rows of a named area searched for its value */
#define FORM_MAX_LABEL_BYTES 240   /* a longer text is no label */

/* Opens whatever a library would open later: call it before the walls go up.
 * libarchive needs a UTF-8 LC_CTYPE to give names at all, libzip the time zone. */
void formats_preload(void);

/* $B$3 at *s: steps over it.  -1 when it is not a cell. */
int cell_parse(const char **s, unsigned *row, unsigned *column);

/* One more form of the job, up to REPORT_MAX_FORMS. */
void form_append(ReadJob *j, const FormRead *f);

/* Frees what a Book holds outside the arena. */
void book_free(Book *b);

/* Records a part whose bytes are not to be had; why: PART_ENCRYPTED, PART_DAMAGED, PART_TOO_LARGE past the limits.
 * Its index, -1 past REPORT_MAX_PARTS. */
int file_note(ReadJob *j, const FileAt *at, unsigned why, uint64_t bytes);
/* A descriptor for decoded bytes: a spill file where the job keeps them, else
 * memory.  *index gets the spill's index or -1.  -1 when there is none to be had. */
int file_fresh(ReadJob *j, int *index);
/* A write to it failed, with errno: where that was for the disk's sake, there is no report (Spill.error). */
void file_unwritten(ReadJob *j, int index);
/* The last component of a name, made one line: names from outside carry folders too. */
const char *file_base_name(Arena *a, const char *name);

/* Text packed tightly into the arena: NUL-terminated, no alignment.  For the many
 * short texts of a workbook. */
typedef struct {
	Arena *arena;
	char *p;
	size_t left;
} Pack;
char *pack_text(Pack *k, const char *s, size_t n);
/* Tidied as text_tidy does it, without its cost where nothing is to be done. */
const char *pack_tidy(Pack *k, const char *s, size_t n);

/* An OLE file (MS-CFB): a tree of storages, which are folders, and streams. */
typedef struct Ole Ole;
Ole *ole_open(Arena *a, int fd); /* NULL when its tables are not sound; lives in the arena */
bool ole_has(const Ole *o, const char *name); /* ASCII, a stream or storage at the top */
bool ole_has_storage(const Ole *o, const char *begin); /* at the top, its name beginning so */
#define OLE_OBJECT "MBD" /* names of the storages in which an old workbook has what was inserted */
/* Appends the stream of that name at the top to *out; -1 when it is missing, broken, or over max bytes. */
int ole_stream(const Ole *o, const char *name, size_t max, Buf *out);
#define OLE_ROOT 0
/* What stands in a storage, as indices of the directory, in the order of its tree; it lives as long as the Ole.  An entry
 * is given out once for all storages, whatever the tree says, so that a walk through them comes to an end. */
const size_t *ole_members(Ole *o, size_t storage, size_t *n);
/* Which of those has that name, as ole_name() gives it, whatever its case; SIZE_MAX: none. */
size_t ole_named(const Ole *o, const size_t *member, size_t n, const char *name);
const char *ole_name(const Ole *o, size_t entry); /* ASCII; other characters are '?' */
bool ole_is_storage(const Ole *o, size_t entry);
uint64_t ole_bytes(const Ole *o, size_t entry);
/* Appends a stream to *out; -1 when it is none, broken, or over max bytes. */
int ole_read(const Ole *o, size_t entry, size_t max, Buf *out);
/* So many bytes of it from that place on, or what there is of them, appended to *out or written to fd (-1 with errno, too,
 * where that fails). */
int ole_piece(const Ole *o, size_t entry, uint64_t from, size_t bytes, Buf *out);
int ole_copy(const Ole *o, size_t entry, uint64_t from, uint64_t bytes, int fd);

#endif
