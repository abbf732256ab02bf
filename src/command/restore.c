/* restore: a home from a backup, in one go: its files, what the journal has more than the database, the folders of the
 * entries, and then the same look at everything that verify takes.  Writes into an empty folder only. */
#include "command/restore.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/tree.h"
#include "command/command.h"
#include "command/options.h"
#include "course/lay.h"
#include "home/home.h"
#include "home/world.h"

static int check_note(int from, const char *path, Err *e) {
	Buf text = {0};
	Json *note = NULL;
	if (file_read(from, BACKUP_NOTE, 65536, &text, e) == 0)
		note = json_parse(buf_view(&text), e);
	bool complete = note && !strcmp(json_str(json_get(note, "state"), ""), BACKUP_WHOLE);
	json_free(note);
	buf_free(&text);
	return complete ? 0 : err_set(e, ERR_MISSING, "%s is no whole backup (" BACKUP_NOTE ")", path);
}

static int open_target(Env *env, Err *e) {
	if (env->home < 0) {
		if (file_mkdirs(AT_FDCWD, env->home_path, 0755, e) < 0)
			return -1;
		env->home = open(env->home_path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	}
	if (env->home < 0)
		return err_errno(e, ERR_DISK, "%s", env->home_path);
	if (file_exists(env->home, "rules") || file_exists(env->home, "spool"))
		return err_set(e, ERR_USAGE, "%s is a contest home already; name an empty folder with -C", env->home_path);
	return 0;
}

static int copy_all(int from, int to, Err *e) {
	const TreeHow plain = {0};
	step("restore.begin");
	if (tree_copy(from, to, "rules", &plain, e) < 0 || tree_copy(from, to, "templates", &plain, e) < 0 ||
	    tree_copy(from, to, "spool", &plain, e) < 0 || home_make_spool(to, e) < 0)
		return -1;
	step("restore.copied");
	return file_sync_all(to, e);
}

/* The database up to the journal, and every entry's folder from its message. */
static int bring_up(Env *env, Err *e) {
	World w;
	int rc = world_open(&w, env, WORLD_WRITE, e);
	if (rc == 0)
		rc = store_begin(w.store, e);
	if (rc == 0 && (store_filing_all(w.store, e) < 0 || store_commit(w.store, e) < 0))
		rc = -1;
	if (rc == 0)
		rc = lay_pending(&w, e) < 0 ? -1 : 0; /* what the archive lacks, verify names */
	world_close(&w);
	return rc;
}

int command_restore(Env *env, int argc, char **argv, Err *e) {
	char verify[] = "verify", *then[] = {verify, NULL};
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "restore takes the backup's folder");
	int from = open(argv[1], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return err_errno(e, ERR_MISSING, "%s", argv[1]);
	int rc = check_note(from, argv[1], e);
	if (rc == 0)
		rc = open_target(env, e);
	if (rc == 0)
		rc = copy_all(from, env->home, e);
	close(from);
	if (rc < 0 || bring_up(env, e) < 0)
		return -1;
	printf("%s is restored; passwords and the Maildirs are not part of a backup\n", env->home_path);
	return command_verify(env, 1, then, e);
}
