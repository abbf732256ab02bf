/* init: a new contest home from this one's rules and templates, or the next edition of an earlier contest. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/seal.h"
#include "base/tree.h"
#include "command/command.h"
#include "command/options.h"
#include "course/next_edition.h"
#include "home/home.h"

/* Where the rules to copy are: the home named with -C or the current folder, else what was installed. */
static int open_origin(Env *env, const char *earlier, Err *e) {
	if (earlier) {
		int old = open(earlier, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
		return old >= 0 && file_exists(old, "rules/contest.yaml") ? old
		                                                          : err_set(e, ERR_MISSING, "%s is no contest home", earlier);
	}
	if (env->home >= 0 && file_exists(env->home, "rules/contest.yaml"))
		return env->home;
	int fd = open(env->share, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : err_set(e, ERR_MISSING, "no rules to copy: name a contest home with -C");
}

int home_make_spool(int home, Err *e) {
	static const char *const folder[] = {"spool/inbox/new", "spool/inbox/cur", "spool/inbox/tmp",
	                                     "spool/outbox/new", "spool/outbox/cur", "spool/outbox/tmp",
	                                     ARCHIVE_FOLDER, "spool/handover", "spool/tracks", "spool/quarantine"};
	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		if (file_mkdirs(home, folder[i], 0755, e) < 0)
			return -1;
	return 0;
}

/* The winners of the earlier contest, where it was run; "" where not, NULL for a fault. */
static const char *winners_of(const Env *env, int from, Err *e) {
	Env there = *env;
	World w;
	if (!file_exists(from, STORE_PATH))
		return "";
	there.home = from;
	const char *lines = world_open(&w, &there, WORLD_SHOW, e) == 0 ? next_edition_winners(&w, env->arena, e) : NULL;
	world_close(&w);
	return lines;
}

int command_init(Env *env, int argc, char **argv, Err *e) {
	const char *earlier = NULL;
	const Option options[] = {{"--from", &earlier, NULL}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "init takes the folder to make");
	int from = open_origin(env, earlier, e);
	if (from < 0 || file_mkdirs(AT_FDCWD, argv[1], 0755, e) < 0)
		return -1;
	int to = open(argv[1], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (to < 0)
		return err_errno(e, ERR_DISK, "%s", argv[1]);
	SealKey key;
	const char *winners = earlier ? winners_of(env, from, e) : "";
	int rc = -1;
	if (winners && file_exists(to, "rules/contest.yaml"))
		err_set(e, ERR_USAGE, "%s is a contest home already", argv[1]);
	else if (winners && tree_copy(from, to, "rules", &(TreeHow){0}, e) == 0 &&
	         tree_copy(from, to, "templates", &(TreeHow){0}, e) == 0 &&
	         (!earlier || next_edition(env->arena, to, winners, e) == 0) && home_make_spool(to, e) == 0 &&
	         seal_key(to, &key, e) == 0) {
		printf("%s is a contest home now: edit its rules/, then run xinlv -C %s check and xinlv -C %s forms\n", argv[1],
		       argv[1], argv[1]);
		rc = 0;
	}
	close(to);
	return rc;
}
