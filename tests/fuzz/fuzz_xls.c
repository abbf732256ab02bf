/* An old workbook's file as it stands. */
#include "fuzz.h"

static void look(ReadJob *j, int fd) {
	Book b = {0};
	if (xls_read(j->arena, fd, &b) == 0)
		form_extract(j, &b, FORM_XLS, 0);
	book_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
