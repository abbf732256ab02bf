/* For tests: zips, workbooks and documents made in memory, through libzip. */
#ifndef XINLV_TESTS_MAKE_ZIP_H
#define XINLV_TESTS_MAKE_ZIP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#include "base/str.h"

typedef struct {
	const char *name, *text;
	size_t n; /* 0: strlen(text) */
} ZipMember;

/* A descriptor in memory that holds these bytes. */
static inline int make_fd(const void *p, size_t n) {
	int fd = memfd_create("test", 0);
	if (fd < 0 || (n && write(fd, p, n) != (ssize_t)n))
		abort();
	return fd;
}

/* A zip of the members, up to the first without a name; encrypted where a password is given. */
static inline int make_zip_with(const ZipMember *m, size_t count, const char *password) {
	zip_error_t fault;
	zip_error_init(&fault);
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &fault);
	zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, &fault);
	if (!z)
		abort();
	zip_source_keep(out);
	for (size_t i = 0; i < count && m[i].name; i++) {
		size_t n = m[i].n ? m[i].n : strlen(m[i].text);
		zip_source_t *src = zip_source_buffer(z, m[i].text, n, 0);
		zip_int64_t at = zip_file_add(z, m[i].name, src, ZIP_FL_ENC_GUESS);
		if (at < 0)
			abort();
		zip_file_set_mtime(z, (zip_uint64_t)at, 1680000000, 0);
		if (password)
			zip_file_set_encryption(z, (zip_uint64_t)at, ZIP_EM_AES_256, password);
	}
	if (zip_close(z) != 0)
		abort();
	zip_stat_t st;
	zip_source_stat(out, &st);
	void *p = malloc(st.size + 1);
	if (!p || zip_source_open(out) != 0 || zip_source_read(out, p, st.size) != (zip_int64_t)st.size)
		abort();
	zip_source_close(out);
	zip_source_free(out);
	int fd = make_fd(p, st.size);
	free(p);
	return fd;
}

#define make_zip(m) make_zip_with((m), sizeof(m) / sizeof *(m), NULL)

#define OOXML "http://schemas.openxmlformats.org/"
#define MAIN_NS "xmlns=\"" OOXML "spreadsheetml/2006/main\" xmlns:r=\"" OOXML \
	"officeDocument/2006/relationships\""
#define RELS(list) "<?xml version=\"1.0\"?><Relationships xmlns=\"" OOXML \
	"package/2006/relationships\">" list "</Relationships>"
#define REL(id, kind, target) "<Relationship Id=\"" id "\" Type=\"" OOXML \
	"officeDocument/2006/relationships/" kind "\" Target=\"" target "\"/>"
#define ROOT_RELS RELS(REL("rId1", "officeDocument", "xl/workbook.xml"))
#define BOOK_RELS RELS(REL("r1", "worksheet", "worksheets/sheet1.xml") \
	REL("r2", "worksheet", "worksheets/sheet2.xml") \
	REL("r3", "worksheet", "worksheets/sheet3.xml") REL("r8", "styles", "styles.xml") \
	REL("r9", "sharedStrings", "sharedStrings.xml"))
#define BOOK_XML(pr, sheets, names) "<?xml version=\"1.0\"?><workbook " MAIN_NS ">" pr "<sheets>" \
	sheets "</sheets><definedNames>" names "</definedNames></workbook>"
#define SHEET(n, name) "<sheet name=\"" name "\" sheetId=\"" n "\" r:id=\"r" n "\"/>"
#define SHEET_XML(rows) "<?xml version=\"1.0\"?><worksheet " MAIN_NS "><sheetData>" rows \
	"</sheetData></worksheet>"

/* A plain workbook: sheets (first one named by the caller), styles, strings. */
typedef struct {
	const char *book, *sheet[3], *styles, *strings;
} BookMake;

static inline int make_book(const BookMake *b) {
	ZipMember m[10];
	size_t n = 0;
	m[n++] = (ZipMember){"[Content_Types].xml", "<Types/>", 0};
	m[n++] = (ZipMember){"_rels/.rels", ROOT_RELS, 0};
	m[n++] = (ZipMember){"xl/_rels/workbook.xml.rels", BOOK_RELS, 0};
	m[n++] = (ZipMember){"xl/workbook.xml",
	                     b->book ? b->book : BOOK_XML("", SHEET("1", "S"), ""), 0};
	static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml",
	                                    "xl/worksheets/sheet3.xml"};
	for (size_t i = 0; i < 3; i++)
		if (b->sheet[i])
			m[n++] = (ZipMember){names[i], b->sheet[i], 0};
	if (b->styles)
		m[n++] = (ZipMember){"xl/styles.xml", b->styles, 0};
	if (b->strings)
		m[n++] = (ZipMember){"xl/sharedStrings.xml", b->strings, 0};
	return make_zip_with(m, n, NULL);
}

#endif
