/* A path that is no path: the number of a descriptor, for libfreexl, which opens a file by its path and in no
 * other way, while behind the walls no path can be opened.  So the reader program brings its own fopen(3), which the
 * dynamic linker puts before the C library's: a path that begins with XLS_MARK names a descriptor that is open already,
 * read through pread; every other path goes to the C library as before.  Nothing is written to disk, and no file is held
 * in memory.  Linked into xinlv-read and the tests alone: no other program has an fopen of its own. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "reader/xls.h"

typedef struct {
	int fd;
	off64_t at, size;
} Stream;

static ssize_t stream_read(void *cookie, char *buf, size_t n) {
	Stream *s = cookie;
	ssize_t got = pread(s->fd, buf, n, s->at);
	if (got > 0)
		s->at += got;
	return got;
}

static int stream_seek(void *cookie, off64_t *to, int whence) {
	Stream *s = cookie;
	off64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? s->at : s->size, at;
	if (__builtin_add_overflow(base, *to, &at) || at < 0) {
		errno = EINVAL;
		return -1;
	}
	*to = s->at = at;
	return 0;
}

static int stream_close(void *cookie) {
	free(cookie);
	return 0;
}

static FILE *stream_open(int fd) {
	struct stat st;
	if (fstat(fd, &st) != 0)
		return NULL;
	Stream *s = mem_alloc(sizeof *s);
	*s = (Stream){.fd = fd, .size = st.st_size};
	FILE *f = fopencookie(s, "rb", (cookie_io_functions_t){.read = stream_read,
	                                                       .seek = stream_seek,
	                                                       .close = stream_close});
	if (!f)
		free(s);
	return f;
}

FILE *fopen(const char *restrict path, const char *restrict mode) __attribute__((visibility("default")));

FILE *fopen(const char *restrict path, const char *restrict mode) {
	FILE *(*next)(const char *, const char *);
	if (!strncmp(path, XLS_MARK, strlen(XLS_MARK)))
		return stream_open(atoi(path + strlen(XLS_MARK)));
	/* ISO C knows no cast from an object to a function; POSIX does. */
	void *found = dlsym(RTLD_NEXT, "fopen");
	memcpy(&next, &found, sizeof next);
	return next(path, mode);
}
