/* A winmail.dat, whatever its first bytes say. */
#include "fuzz.h"

static void look(ReadJob *j, int fd) {
	if (pwrite(fd, "\x78\x9F\x3E\x22", 4, 0) == 4)
		read_file(j, fd, -1, &(FileAt){.name = "winmail.dat", .parent = -1});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
