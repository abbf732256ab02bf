/* A message written inline becomes a file that has no name. */
#ifndef XINLV_TESTS_MAILFILE_H
#define XINLV_TESTS_MAILFILE_H

#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"

static inline int mail_file(Str s) {
	int fd = memfd_create("mail", MFD_CLOEXEC);
	if (fd < 0 || write(fd, s.p, s.n) != (ssize_t)s.n)
		abort();
	return fd;
}

#endif
