/* A mail that Outlook saved, whatever its first bytes say. */
#include "fuzz.h"

static void look(ReadJob *j, int fd) {
	if (pwrite(fd, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, 0) == 8)
		read_file(j, fd, -1, &(FileAt){.name = "a.msg", .parent = -1});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
