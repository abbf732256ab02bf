/* Any file at all: sniffed, opened, unpacked. */
#include "fuzz.h"

static void look(ReadJob *j, int fd) {
	read_file(j, fd, -1, &(FileAt){.name = "a.zip", .parent = -1});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
