/* A sheet's XML as it stands, in a workbook around it; with a strings part from the same bytes. */
#include "fuzz.h"
#include "make_zip.h"

static void look(ReadJob *j, int fd) {
	char text[65536];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	Book b = {0};
	text[n > 0 ? n : 0] = '\0';
	int book = make_book(&(BookMake){.book = BOOK_XML("", SHEET("1", "S"), "<definedName name=\"x_a\">S!$B$1</definedName>"),
	                                 .sheet = {text}, .strings = text});
	if (xlsx_read(j->arena, book, &b) == 0)
		form_extract(j, &b, FORM_XLSX, 0);
	book_free(&b);
	close(book);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
