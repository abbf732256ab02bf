/* Under every stage: what is written is wholly there, or not at all.  Refuses
 * to follow links when it removes, and to call a write done before the folder
 * that names it is on disk too. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/when.h"

#define READ_BYTES ((size_t)64 << 10)
#define COPY_BYTES ((size_t)1 << 30)
#define REMOVE_TRIES 50
#define REMOVE_PAUSE_NS 10000000
#define STALE_SECONDS (24 * 3600)
#define DEPTH_MAX 64 /* folders in folders that a removal follows */

static int read_all(int fd, size_t max, Buf *out) {
	for (size_t got = 0;;) {
		ssize_t n;
		buf_reserve(out, READ_BYTES);
		do
			n = read(fd, out->p + out->n, out->cap - 1 - out->n);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return (int)n;
		out->n += (size_t)n;
		got += (size_t)n;
		if (max && got > max) {
			errno = EFBIG;
			return -1;
		}
	}
}

static int too_large(Err *e, const char *path, size_t max) {
	return err_set(e, ERR_MISSING, "%s: larger than %zu bytes", path, max);
}

static int open_regular(int dir, const char *path, int flags, struct stat *st) {
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	if (fd < 0)
		return -1;
	int why = fstat(fd, st) < 0 ? errno : S_ISREG(st->st_mode) ? 0 : S_ISDIR(st->st_mode) ? EISDIR : ENOTSUP;
	if (!why)
		return fd;
	close(fd);
	errno = why;
	return -1;
}

int file_open(int dir, const char *path, int flags) {
	struct stat st;
	return open_regular(dir, path, flags, &st);
}

int file_read(int dir, const char *path, size_t max, Buf *out, Err *e) {
	size_t before = out->n;
	struct stat st;
	int r = 0, fd = open_regular(dir, path, 0, &st);
	if (fd < 0)
		return err_errno(e, ERR_MISSING, "%s", path);
	if (max && (uint64_t)st.st_size > max)
		r = too_large(e, path, max);
	else
		buf_reserve(out, (size_t)st.st_size + 1); /* one more: the end is seen without growing */
	if (r == 0 && read_all(fd, max, out))
		r = errno == EFBIG ? too_large(e, path, max) : err_errno(e, ERR_MISSING, "%s", path);
	close(fd);
	if (out->p) {
		out->n = r ? before : out->n;
		out->p[out->n] = '\0';
	}
	return r;
}

int file_write_all(int fd, const void *p, size_t n, Err *e) {
	const char *at = p;
	while (n) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_errno(e, ERR_DISK, "write");
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

/* The folder part of path into out: "." when there is none. */
static int folder_of(const char *path, char out[PATH_MAX], Err *e) {
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	if (n >= PATH_MAX - 32) /* room for a temporary name */
		return err_set(e, ERR_DISK, "%s: path too long", path);
	if (!slash)
		strcpy(out, ".");
	else if (n == 0)
		strcpy(out, "/");
	else
		memcpy(out, path, n), out[n] = '\0';
	return 0;
}

static int sync_close(int fd, bool sync, const char *path, Err *e) {
	int r = sync ? fsync(fd) : 0;
	int error = errno;
	if (close(fd) && r == 0)
		r = -1, error = errno;
	errno = error;
	return r ? err_errno(e, ERR_DISK, "%s", path) : 0;
}

/* A new file beside path; its name goes to temp. */
static int create_beside(int dir, const char *path, mode_t mode, char temp[PATH_MAX], Err *e) {
	char folder[PATH_MAX];
	uint64_t tag;
	if (folder_of(path, folder, e))
		return -1;
	random_bytes(&tag, sizeof tag);
	int n = snprintf(temp, PATH_MAX, "%s/" FILE_TEMP "%016llx", folder, (unsigned long long)tag);
	if (n < 0 || n >= PATH_MAX)
		return err_set(e, ERR_DISK, "%s: path too long", path);
	int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	return fd < 0 ? err_errno(e, ERR_DISK, "%s", path) : fd;
}

int file_sweep(int dir, const char *path, const char *prefix, Err *e) {
	char **names;
	size_t n;
	struct stat st;
	Arena *a = arena_new();
	int r = file_list(a, dir, path, &names, &n, e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *file = arena_fmt(a, "%s/%s", path, names[i]);
		if (str_starts(str_of(names[i]), prefix) && fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    when_machine() - st.st_mtim.tv_sec > STALE_SECONDS)
			unlinkat(dir, file, 0);
	}
	arena_free(a);
	return r;
}

static int write_file(int dir, const char *path, const void *p, size_t n, mode_t mode, bool sync,
                      Err *e) {
	char temp[PATH_MAX], folder[PATH_MAX];
	int fd = create_beside(dir, path, mode, temp, e);
	if (fd < 0)
		return -1;
	if (file_write_all(fd, p, n, e)) {
		close(fd);
		unlinkat(dir, temp, 0);
		return err_wrap(e, "%s", path);
	}
	step("file-temp");
	if (sync_close(fd, sync, path, e)) {
		unlinkat(dir, temp, 0);
		return -1;
	}
	if (renameat(dir, temp, dir, path)) {
		err_errno(e, ERR_DISK, "%s", path);
		unlinkat(dir, temp, 0);
		return -1;
	}
	step("file-renamed");
	if (!sync)
		return 0;
	return folder_of(path, folder, e) ? -1 : file_sync_dir(dir, folder, e);
}

int file_write(int dir, const char *path, const void *p, size_t n, mode_t mode, Err *e) {
	return write_file(dir, path, p, n, mode, true, e);
}

int file_write_plain(int dir, const char *path, const void *p, size_t n, mode_t mode, Err *e) {
	return write_file(dir, path, p, n, mode, false, e);
}

/* The journaling file systems put a new folder and its name into one
 * transaction: the first fsync inside the folder brings both to disk. */
int file_mkdirs(int dir, const char *path, mode_t mode, Err *e) {
	char part[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;
	if (n >= sizeof part)
		return err_set(e, ERR_DISK, "%s: path too long", path);
	if (n && mkdirat(dir, path, mode) == 0) /* as a rule only the last is new, or none is */
		return 0;
	bool there = n && errno == EEXIST;
	for (size_t i = 1; !there && i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdirat(dir, part, mode) && errno != EEXIST)
			return err_errno(e, ERR_DISK, "%s", part);
	}
	if (n == 0 || (fstatat(dir, path, &st, 0) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	return err_set(e, ERR_DISK, "%s: is there, but no folder", path);
}

int file_rename(int dir, const char *from, const char *to, Err *e) {
	char source[PATH_MAX], target[PATH_MAX];
	if (folder_of(from, source, e) || folder_of(to, target, e))
		return -1;
	if (renameat(dir, from, dir, to))
		return err_errno(e, ERR_DISK, "%s to %s", from, to);
	step("file-renamed");
	if (file_sync_dir(dir, target, e))
		return -1;
	return strcmp(source, target) == 0 ? 0 : file_sync_dir(dir, source, e);
}

int file_sync_dir(int dir, const char *path, Err *e) {
	int fd = openat(dir, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, ERR_DISK, "%s", path);
	int r = fsync(fd);
	if (r && errno == EINVAL) /* a file system that knows no fsync of folders */
		r = 0;
	if (r)
		err_errno(e, ERR_DISK, "%s", path);
	close(fd);
	return r;
}

int file_sync_all(int fd, Err *e) {
	return syncfs(fd) ? err_errno(e, ERR_DISK, "sync of the file system") : 0;
}

static int remove_entries(int fd, int depth, Err *e);

/* One pass; with *again set a name came into the folder meanwhile. */
static int remove_once(int dir, const char *name, int depth, bool *again, Err *e) {
	*again = false;
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		if (unlinkat(dir, name, 0) && errno != ENOENT)
			return err_errno(e, ERR_DISK, "%s", name);
		return 0;
	}
	if (fd < 0)
		return err_errno(e, ERR_DISK, "%s", name);
	if (remove_entries(fd, depth, e))
		return -1;
	if (unlinkat(dir, name, AT_REMOVEDIR) && errno != ENOENT) {
		*again = errno == ENOTEMPTY || errno == EEXIST;
		return err_errno(e, ERR_DISK, "%s", name);
	}
	return 0;
}

/* A process that was killed may leave another, which dies a moment later, still writing there. */
static int remove_at(int dir, const char *name, int depth, Err *e) {
	const struct timespec pause = {.tv_nsec = REMOVE_PAUSE_NS};
	bool again;
	int r = remove_once(dir, name, depth, &again, e);
	for (int i = 1; again && i < REMOVE_TRIES; i++) {
		nanosleep(&pause, NULL);
		if (e)
			*e = (Err){0};
		r = remove_once(dir, name, depth, &again, e);
	}
	return r;
}

/* Empties the folder that fd names, and closes it. */
static int remove_entries(int fd, int depth, Err *e) {
	DIR *d = fdopendir(fd);
	struct dirent *entry;
	int r = 0;
	if (!d) {
		err_errno(e, ERR_DISK, "folder");
		close(fd);
		return -1;
	}
	if (depth >= DEPTH_MAX)
		r = err_set(e, ERR_DISK, "folders nested over %d deep", DEPTH_MAX);
	while (r == 0 && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_at(dirfd(d), entry->d_name, depth + 1, e);
	closedir(d);
	return r;
}

int file_remove_tree(int dir, const char *path, Err *e) {
	return remove_at(dir, path, 0, e) ? err_wrap(e, "remove %s", path) : 0;
}

bool file_exists(int dir, const char *path) {
	struct stat st;
	return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool file_missing(int dir, const char *path) {
	struct stat st;
	return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* Three ways to move bytes from *off on; each gives the count, 0 at the end,
 * -1.  The first shares blocks where the file system can, the second works from
 * memfds and across file systems, the third always. */
static ssize_t move_range(int from, off_t *off, int to) {
	return copy_file_range(from, off, to, NULL, COPY_BYTES, 0);
}

static ssize_t move_send(int from, off_t *off, int to) {
	return sendfile(to, from, off, COPY_BYTES);
}

static ssize_t move_bytes(int from, off_t *off, int to) {
	static char p[READ_BYTES];
	ssize_t n = pread(from, p, sizeof p, *off);
	if (n <= 0)
		return n;
	n = write(to, p, (size_t)n);
	if (n > 0)
		*off += n;
	return n;
}

int file_copy(int from, int to, uint64_t *bytes, Err *e) {
	static ssize_t (*const ways[])(int, off_t *, int) = {move_range, move_send, move_bytes};
	off_t off = 0;
	ssize_t n = 0;
	/* A way that ends at once may be one that cannot read this file (those of
	 * /proc say 0): the last way decides. */
	for (size_t i = 0; i < 3; i++) {
		do
			n = ways[i](from, &off, to);
		while (n > 0 || (n < 0 && errno == EINTR));
		if (n == 0 && off > 0)
			break;
		if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG))
			break;
	}
	if (bytes)
		*bytes = (uint64_t)off;
	return n < 0 ? err_errno(e, ERR_DISK, "copy") : 0;
}

static int by_name(const void *x, const void *y) {
	return strcmp(*(char *const *)x, *(char *const *)y);
}

int file_list(Arena *a, int dir, const char *path, char ***names, size_t *n, Err *e) {
	VEC(char *) found = {0};
	struct dirent *entry;
	int fd = openat(dir, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	*names = NULL;
	*n = 0;
	if (!d) {
		err_errno(e, ERR_MISSING, "%s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	for (errno = 0; (entry = readdir(d)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*vec_push(&found) = arena_str(a, entry->d_name);
	int r = errno ? err_errno(e, ERR_DISK, "%s", path) : 0;
	closedir(d);
	if (r == 0 && found.n) {
		qsort(found.v, found.n, sizeof *found.v, by_name);
		*names = arena_array(a, found.n, sizeof *found.v);
		memcpy(*names, found.v, found.n * sizeof *found.v);
		*n = found.n;
	}
	vec_free(&found);
	return r;
}

int file_lock(int dir, const char *path, Err *e) {
	int fd = openat(dir, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(e, ERR_DISK, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		err_set(e, ERR_LOCKED, "%s: another run holds the lock", path);
	else
		err_errno(e, ERR_DISK, "%s", path);
	close(fd);
	return -1;
}

/* INT as a terminal gives it, to all in its group; TERM and STOP to this process; else what no process hears. */
static void crash(const char *by) {
	if (by && strcmp(by, "INT") == 0)
		kill(0, SIGINT);
	else
		raise(by && strcmp(by, "TERM") == 0 ? SIGTERM : by && strcmp(by, "STOP") == 0 ? SIGSTOP : SIGKILL);
}

void step(const char *name) {
	static enum { UNREAD, OFF, ON } state;
	static Str wanted;
	static int64_t left = 1;
	if (state == OFF)
		return;
	if (state == UNREAD) {
		wanted = str_of(getenv("XINLV_CRASH_AT"));
		state = wanted.n ? ON : OFF;
		ptrdiff_t colon = str_find(wanted, STR(":"));
		if (colon >= 0) {
			str_to_i64(str_from(wanted, (size_t)colon + 1), 1, INT32_MAX, &left);
			wanted = str_sub(wanted, 0, (size_t)colon);
		}
	}
	if (state == ON && (str_is(wanted, "*") || str_is(wanted, name)) && --left == 0)
		crash(getenv("XINLV_CRASH_BY"));
}
