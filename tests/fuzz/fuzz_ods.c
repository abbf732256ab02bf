/* An OpenDocument sheet's content.xml as it stands. */
#include "fuzz.h"
#include "make_zip.h"

static void look(ReadJob *j, int fd) {
	char text[65536];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	Book b = {0};
	text[n > 0 ? n : 0] = '\0';
	ZipMember m[] = {{"content.xml", text, 0}, {0}};
	int ods = make_zip(m);
	if (ods_read(j->arena, ods, &b) == 0)
		form_extract(j, &b, FORM_ODS, 0);
	book_free(&b);
	close(ods);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
