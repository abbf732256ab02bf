/* init: a new contest home from this one's rules and templates. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "command/options.h"
#include "base/file.h"
#include "base/seal.h"
#include "base/str.h"

static int copy_file(Env *env, int from, int to, const char *path, Err *e)
{
	Buf b = {0};
	int rc = file_read(from, path, 0, &b, e);
	if (rc == 0)
		rc = file_write(to, path, b.p, b.n, 0644, e);
	buf_free(&b);
	(void)env;
	return rc;
}

/* Copies a folder and what is in it; links and oddities are left out. */
static int copy_tree(Env *env, int from, int to, const char *path, int depth, Err *e)
{
	char **name;
	size_t n;
	struct stat st;
	if (depth > 4 || file_mkdirs(to, path, 0755, e) < 0 || file_list(env->arena, from, path, &name, &n, e) < 0)
		return depth > 4 ? err_set(e, ERR_DISK, "%s: too deep", path) : -1;
	for (size_t i = 0; i < n; i++) {
		const char *p = arena_fmt(env->arena, "%s/%s", path, name[i]);
		if (name[i][0] == '.' || fstatat(from, p, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && copy_tree(env, from, to, p, depth + 1, e) < 0)
			return -1;
		if (S_ISREG(st.st_mode) && copy_file(env, from, to, p, e) < 0)
			return -1;
	}
	return 0;
}

/* Where the rules to copy are: the home named with -C or the current folder, else what was installed. */
static int open_origin(Env *env, Err *e)
{
	if (env->home >= 0 && file_exists(env->home, "rules/contest.yaml"))
		return env->home;
	int fd = open(env->share, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : err_set(e, ERR_MISSING, "no rules to copy: name a contest home with -C");
}

static int make_spool(int home, Err *e)
{
	static const char *const folder[] = {"spool/inbox/new", "spool/inbox/cur", "spool/inbox/tmp",
	                                     "spool/outbox/new", "spool/outbox/cur", "spool/outbox/tmp",
	                                     "spool/archive", "spool/tracks", "spool/quarantine"};
	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		if (file_mkdirs(home, folder[i], 0755, e) < 0)
			return -1;
	return 0;
}

int command_init(Env *env, int argc, char **argv, Err *e)
{
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "init takes the folder to make");
	int from = open_origin(env, e);
	if (from < 0 || file_mkdirs(AT_FDCWD, argv[1], 0755, e) < 0)
		return -1;
	int to = open(argv[1], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (to < 0)
		return err_errno(e, ERR_DISK, "%s", argv[1]);
	SealKey key;
	int rc = -1;
	if (file_exists(to, "rules/contest.yaml"))
		err_set(e, ERR_USAGE, "%s is a contest home already", argv[1]);
	else if (copy_tree(env, from, to, "rules", 0, e) == 0 && copy_tree(env, from, to, "templates", 0, e) == 0 &&
	         make_spool(to, e) == 0 && seal_key(to, &key, e) == 0) {
		printf("%s is a contest home now: edit its rules/, then run xinlv -C %s check and xinlv -C %s forms\n", argv[1],
		       argv[1], argv[1]);
		rc = 0;
	}
	close(to);
	return rc;
}
