/* Beside the way of a mail: a home's folders to another place.  Follows no link, and looks into no file. */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"

typedef struct {
	int from, to;
	const TreeHow *how;
	Err *e;
} Tree;

static int pour(int in, int dir, const char *temp, const char *to_path, Err *e) {
	struct stat st;
	if (fstat(in, &st) < 0)
		return err_errno(e, ERR_DISK, "%s", to_path);
	int out = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0)
		return err_errno(e, ERR_DISK, "%s", to_path);
	int rc = file_copy(in, out, NULL, e);
	if (rc == 0 && fchmod(out, st.st_mode & 07777) < 0)
		rc = err_errno(e, ERR_DISK, "%s", to_path);
	if (close(out) < 0 && rc == 0)
		rc = err_errno(e, ERR_DISK, "%s", to_path);
	if (rc == 0 && renameat(dir, temp, dir, to_path) < 0)
		rc = err_errno(e, ERR_DISK, "%s", to_path);
	if (rc < 0)
		unlinkat(dir, temp, 0);
	return rc;
}

int tree_copy_file(int from, const char *path, int to, const char *to_path, Err *e) {
	Arena *a = arena_new();
	uint64_t tag;
	const char *slash = strrchr(to_path, '/');
	random_bytes(&tag, sizeof tag);
	const char *temp = arena_fmt(a, "%.*s.new-%016llx", slash ? (int)(slash + 1 - to_path) : 0, to_path,
	                             (unsigned long long)tag);
	int in = file_open(from, path, O_NOFOLLOW);
	int rc = in < 0 ? err_errno(e, ERR_MISSING, "%s", path) : pour(in, to, temp, to_path, e);
	if (in >= 0)
		close(in);
	arena_free(a);
	return rc;
}

static int one_file(const Tree *t, const char *path, const struct stat *st) {
	struct stat there;
	bool is = fstatat(t->to, path, &there, AT_SYMLINK_NOFOLLOW) == 0;
	if (t->how->fixed && is && S_ISREG(there.st_mode) && there.st_size == st->st_size)
		return 0;
	if (t->how->fixed && !is && linkat(t->from, path, t->to, path, 0) == 0)
		return 0;
	if (tree_copy_file(t->from, path, t->to, path, t->e) == 0)
		return 0;
	if (file_exists(t->from, path))
		return -1;
	t->e->kind = ERR_NONE; /* went meanwhile */
	return 0;
}

static bool skipped(const Tree *t, const char *name, int depth) {
	if (*name == '.' && !t->how->hidden)
		return true;
	for (const char *const *s = t->how->skip; s && depth == 0 && *s; s++)
		if (!strcmp(*s, name))
			return true;
	return false;
}

static bool among(char **names, size_t n, const char *name) {
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static int remove_gone(const Tree *t, Arena *a, const char *path, char **kept, size_t kept_n, int depth) {
	char **name;
	size_t n;
	if (file_list(a, t->to, path, &name, &n, t->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!skipped(t, name[i], depth) && !among(kept, kept_n, name[i]) &&
		    file_remove_tree(t->to, arena_fmt(a, "%s/%s", path, name[i]), t->e) < 0)
			return -1;
	return 0;
}

static int one_folder(const Tree *t, const char *path, int depth);

static int one_name(const Tree *t, const char *path, int depth) {
	struct stat st;
	if (fstatat(t->from, path, &st, AT_SYMLINK_NOFOLLOW) < 0) /* went meanwhile */
		return errno == ENOENT ? 0 : err_errno(t->e, ERR_DISK, "%s", path);
	if (S_ISDIR(st.st_mode))
		return one_folder(t, path, depth + 1);
	return S_ISREG(st.st_mode) ? one_file(t, path, &st) : 0;
}

static int one_folder(const Tree *t, const char *path, int depth) {
	struct stat st;
	char **name;
	size_t n;
	if (depth > TREE_MAX_DEPTH)
		return err_set(t->e, ERR_DISK, "%s: too deep", path);
	if (fstatat(t->from, path, &st, 0) < 0)
		return err_errno(t->e, ERR_MISSING, "%s", path);
	Arena *a = arena_new();
	int rc = file_mkdirs(t->to, path, (st.st_mode & 07777) | S_IRWXU, t->e); /* a copy is written to */
	if (rc == 0)
		rc = file_list(a, t->from, path, &name, &n, t->e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!skipped(t, name[i], depth))
			rc = one_name(t, arena_fmt(a, "%s/%s", path, name[i]), depth);
	if (rc == 0 && t->how->mirror)
		rc = remove_gone(t, a, path, name, n, depth);
	arena_free(a);
	return rc;
}

int tree_copy(int from, int to, const char *path, const TreeHow *how, Err *e) {
	Tree t = {from, to, how, e};
	return one_folder(&t, path, 0);
}
