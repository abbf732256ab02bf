/* An opaque-signed S/MIME file as it stands. */
#include "fuzz.h"

static void look(ReadJob *j, int fd) {
	bool locked;
	int content = smime_content(fd, &locked);
	(void)j;
	if (content >= 0)
		close(content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}
