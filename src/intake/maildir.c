/* The first step of a message's way on the embedded default, and the last step of an answer's.  Refuses
 * links, folders and names that lead elsewhere; never writes over a message.
 *
 * Only a delivery is fsynced.  A move to cur/ that a power cut undoes is done again at the next run: the
 * bytes are known by then. */
#include "intake/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "intake/utf7.h"

#define MODE_FOLDER 0750
#define MODE_MESSAGE 0640
#define INFO ":2," /* behind a name in cur/, followed by flags */
#define TWINS_MAX 100 /* names tried when one is taken by another message */

/* path/sub/name; name may be "". */
static int join(char out[PATH_MAX], const char *path, const char *sub, const char *name, Err *e) {
	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return err_set(e, ERR_BUG, "maildir %s: '%s' is no name of a message", path, name);
	int n = snprintf(out, PATH_MAX, "%s/%s%s%s", path, sub, *name ? "/" : "", name);
	return n < 0 || n >= PATH_MAX ? err_set(e, ERR_DISK, "maildir %s: path too long", path) : 0;
}

int maildir_make(int home, const char *path, Err *e) {
	static const char *const subs[] = {"tmp", "new", "cur"};
	char sub[PATH_MAX];
	for (size_t i = 0; i < 3; i++)
		if (join(sub, path, subs[i], "", e) < 0 || file_mkdirs(home, sub, MODE_FOLDER, e) < 0)
			return -1;
	return 0;
}

static int open_folder(int home, const char *path, const char *sub, DIR **out, Err *e) {
	char folder[PATH_MAX];
	if (join(folder, path, sub, "", e) < 0)
		return -1;
	int fd = openat(home, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*out = fd < 0 ? NULL : fdopendir(fd);
	if (*out)
		return 0;
	err_errno(e, ERR_MISSING, "%s", folder);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int by_arrival(const void *x, const void *y) {
	const MaildirFile *a = x, *b = y;
	if (a->received != b->received)
		return a->received < b->received ? -1 : 1;
	if (a->nanoseconds != b->nanoseconds)
		return a->nanoseconds < b->nanoseconds ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* 1 and *f for a message; 0 for what is none, or went away. */
static int look(Arena *a, int folder, const struct dirent *entry, MaildirFile *f, Err *e) {
	struct stat st;
	if (entry->d_name[0] == '.' || (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN))
		return 0;
	if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : err_errno(e, ERR_DISK, "%s", entry->d_name);
	if (!S_ISREG(st.st_mode))
		return 0;
	*f = (MaildirFile){.name = arena_str(a, entry->d_name), .received = st.st_mtim.tv_sec,
	                   .nanoseconds = st.st_mtim.tv_nsec, .bytes = (uint64_t)st.st_size};
	return 1;
}

int maildir_list(Arena *a, int home, const char *path, MaildirFile **files, size_t *n, Err *e) {
	DIR *d;
	VEC(MaildirFile) all = {0};
	struct dirent *entry;
	int r = 0;
	*files = NULL;
	*n = 0;
	if (open_folder(home, path, "new", &d, e) < 0)
		return -1;
	for (errno = 0; r >= 0 && (entry = readdir(d)); errno = 0) {
		MaildirFile f;
		r = look(a, dirfd(d), entry, &f, e);
		if (r == 1)
			*vec_push(&all) = f;
	}
	if (r >= 0 && errno)
		r = err_errno(e, ERR_DISK, "%s/new", path);
	closedir(d);
	if (r >= 0 && all.n) {
		qsort(all.v, all.n, sizeof *all.v, by_arrival);
		*files = arena_array(a, all.n, sizeof **files);
		memcpy(*files, all.v, all.n * sizeof *all.v);
		*n = all.n;
	}
	vec_free(&all);
	return r < 0 ? -1 : 0;
}

int maildir_open(int home, const char *path, const MaildirFile *f, Err *e) {
	char name[PATH_MAX];
	if (join(name, path, f->in_cur ? "cur" : "new", f->name, e) < 0)
		return -1;
	int fd = file_open(home, name, O_NOFOLLOW);
	if (fd < 0 && (errno == ENOTSUP || errno == EISDIR)) /* what took the name meanwhile */
		return err_set(e, ERR_MISSING, "%s: is no file any more", name);
	return fd < 0 ? err_errno(e, ERR_MISSING, "%s", name) : fd;
}

/* rename(2) that takes no name away from another message. */
static int move(int home, const char *from, const char *to) {
	if (renameat2(home, from, home, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (file_exists(home, to)) { /* a file system that does not know the flag */
		errno = EEXIST;
		return -1;
	}
	return renameat(home, from, home, to);
}

/* path/new/NAME to into/cur/NAME:2,<flags>. */
static int put_away(int home, const char *path, const char *into, const char *name, const char *flags, Err *e) {
	char from[PATH_MAX], to[PATH_MAX], target[NAME_MAX + 1];
	const char *info = strstr(name, INFO);
	int base = info ? (int)(info - name) : (int)strlen(name);
	if (join(from, path, "new", name, e) < 0)
		return -1;
	for (int twin = 0; twin < TWINS_MAX; twin++) {
		char tail[16] = "";
		if (twin)
			snprintf(tail, sizeof tail, ".%d", twin);
		int n = snprintf(target, sizeof target, "%.*s%s" INFO "%s", base, name, tail, flags);
		if (n < 0 || (size_t)n >= sizeof target) /* no room for the flags: they matter less than the mail */
			snprintf(target, sizeof target, "%s", name);
		if (join(to, into, "cur", target, e) < 0)
			return -1;
		step("maildir.keep");
		if (move(home, from, to) == 0 || errno == ENOENT)
			return 0;
		if (errno != EEXIST)
			return err_errno(e, ERR_DISK, "%s to %s", from, to);
	}
	return err_set(e, ERR_DISK, "%s: its name is taken in cur/", from);
}

int maildir_keep(int home, const char *path, const char *name, const char *flags, Err *e) {
	return put_away(home, path, path, name, flags, e);
}

int maildir_move(Arena *a, int home, const char *path, const char *name, const char *folder, Err *e) {
	char *wire = utf7_encode(a, folder, e);
	if (!wire)
		return -1;
	for (char *p = wire; (p = strchr(p, '/')); p++)
		*p = '.';
	if (*wire == '.')
		*wire = '_'; /* no way up */
	const char *into = arena_fmt(a, "%s/.%s", path, wire);
	return maildir_make(home, into, e) < 0 ? -1 : put_away(home, path, into, name, "", e);
}

/* Is it `name`, with whatever flags? */
static bool has_name(const char *found, const char *name) {
	size_t n = strlen(name);
	return strncmp(found, name, n) == 0 && (!found[n] || strncmp(found + n, INFO, strlen(INFO)) == 0);
}

/* 1 and its full name in out, when cur/ has `name` with any flags; 0; -1. */
static int find_in_cur(int home, const char *path, const char *name, char out[NAME_MAX + 1], Err *e) {
	DIR *d;
	struct dirent *entry;
	int r = 0;
	if (open_folder(home, path, "cur", &d, e) < 0)
		return -1;
	while (r == 0 && (errno = 0, entry = readdir(d)))
		if (has_name(entry->d_name, name)) {
			snprintf(out, NAME_MAX + 1, "%s", entry->d_name);
			r = 1;
		}
	if (r == 0 && errno)
		r = err_errno(e, ERR_DISK, "%s/cur", path);
	closedir(d);
	return r;
}

int maildir_remove(int home, const char *path, const char *name, Err *e) {
	char at[PATH_MAX], full[NAME_MAX + 1];
	if (join(at, path, "new", name, e) < 0)
		return -1;
	step("maildir.remove");
	if (unlinkat(home, at, 0) == 0)
		return 0;
	if (errno != ENOENT)
		return err_errno(e, ERR_DISK, "%s", at);
	int found = find_in_cur(home, path, name, full, e);
	if (found < 1)
		return found;
	if (join(at, path, "cur", full, e) < 0)
		return -1;
	return unlinkat(home, at, 0) && errno != ENOENT ? err_errno(e, ERR_DISK, "%s", at) : 0;
}

/* The bytes under tmp/. */
static int write_tmp(int home, const char *tmp, const void *p, size_t n, Err *e) {
	int fd = openat(home, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, MODE_MESSAGE);
	if (fd < 0)
		return err_errno(e, ERR_DISK, "%s", tmp);
	int r = file_write_all(fd, p, n, e);
	if (r < 0)
		err_wrap(e, "%s", tmp);
	close(fd);
	return r;
}

int maildir_deliver(int home, const char *path, const char *name, const void *p, size_t n, bool again, Err *e) {
	char tmp[PATH_MAX], to[PATH_MAX], full[NAME_MAX + 1];
	if (join(tmp, path, "tmp", name, e) < 0 || join(to, path, "new", name, e) < 0)
		return -1;
	int found = file_exists(home, to) ? 1 : again ? find_in_cur(home, path, name, full, e) : 0;
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (write_tmp(home, tmp, p, n, e) < 0) {
		unlinkat(home, tmp, 0);
		return -1;
	}
	step("maildir.deliver");
	if (move(home, tmp, to) && errno != EEXIST) {
		err_errno(e, ERR_DISK, "%s", to);
		unlinkat(home, tmp, 0);
		return -1;
	}
	step("maildir.delivered");
	return 0;
}
