/* backup: a copy of all that a contest cannot do without, taken while the robot runs.  In the order that makes it hold
 * whatever happens meanwhile: the database first, then the journal, which has at least as much, then the archive, which has
 * all that the journal names.  At every moment of a second backup into the same folder, what lies there is a whole one; a
 * damaged journal never takes the place of a sound one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/tree.h"
#include "base/when.h"
#include "command/command.h"
#include "command/options.h"
#include "command/purge.h"
#include "command/restore.h"
#include "home/above.h"
#include "intake/journal.h"
#include "store/store.h"

#define NEW_DATABASE "spool/.xinlv.db.new"
#define NEW_JOURNAL ARCHIVE_FOLDER "/.journal.new"

typedef struct {
	Env *env;
	int to;
	const char *path; /* absolute */
	JournalMark read; /* what the database has of the journal */
} Backup;

static int64_t size_of(int dir, const char *path) {
	struct stat st;
	return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_size;
}

/* complete: false only before the first backup into a folder is whole. */
static int note(const Backup *b, bool complete, Err *e) {
	Buf text = {0};
	JsonOut j = json_to(&text);
	json_object(&j, NULL);
	json_text(&j, "state", complete ? BACKUP_WHOLE : "begun");
	json_text(&j, "made", when_text(b->env->arena, b->env->now));
	json_text(&j, "program", "xinlv " XINLV_VERSION);
	json_int(&j, "journal_bytes", size_of(b->to, JOURNAL_PATH));
	json_int(&j, "database_bytes", size_of(b->to, STORE_PATH));
	json_end_object(&j);
	buf_char(&text, '\n');
	int rc = file_write(b->to, BACKUP_NOTE, text.p, text.n, 0600, e);
	buf_free(&text);
	return rc;
}

/* A folder of its own: an empty one, or that of an earlier backup. */
static int open_target(Backup *b, const char *path, Err *e) {
	char real[PATH_MAX], **name;
	size_t n;
	if (file_mkdirs(AT_FDCWD, path, 0700, e) < 0)
		return -1;
	b->to = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (b->to < 0 || !realpath(path, real))
		return err_errno(e, ERR_DISK, "%s", path);
	b->path = arena_str(b->env->arena, real);
	if (file_list(b->env->arena, b->to, ".", &name, &n, e) < 0)
		return -1;
	if (n && !file_exists(b->to, BACKUP_NOTE))
		return err_set(e, ERR_USAGE, "%s is neither empty nor a backup", path);
	return n ? 0 : note(b, false, e);
}

/* What the database had of the journal before it was copied goes to b->read. */
static int copy_database(Backup *b, Err *e) {
	World w = {.env = b->env};
	unlinkat(b->to, NEW_DATABASE, 0);
	if (!file_exists(b->env->home, STORE_PATH))
		return 0;
	if (store_open(b->env->home, true, &w.store, e) < 0)
		return -1;
	int rc = replay_offset(&w, &b->read.offset, &b->read.line, e);
	if (rc == 0)
		rc = store_backup(w.store, arena_fmt(b->env->arena, "%s/" NEW_DATABASE, b->path), e);
	store_close(w.store);
	return rc;
}

/* Everything below spool/ but what has an order of its own, is a mail server's stand-in, or can be made again. */
static int copy_spool(const Backup *b, Err *e) {
	static const char *const skip[] = {"archive", "inbox", "outbox", "tmp", "tracks", "lock", "idle.json", "last-run",
	                                   "xinlv.db", "xinlv.db-wal", "xinlv.db-shm", NULL};
	return tree_copy(b->env->home, b->to, "spool", &(TreeHow){.mirror = true, .skip = skip}, e);
}

static int copy_archive(const Backup *b, Err *e) {
	static const char *const skip[] = {"journal", "tmp", NULL};
	if (!file_exists(b->env->home, ARCHIVE_FOLDER))
		return 0;
	/* What was purged goes from the backup, too; else nothing ever goes from there. */
	const TreeHow how = {.fixed = true, .skip = skip, .mirror = file_exists(b->env->home, PURGE_FOLDER)};
	return tree_copy(b->env->home, b->to, ARCHIVE_FOLDER, &how, e);
}

static int copy_all(Backup *b, Err *e) {
	const TreeHow mirror = {.mirror = true};
	int home = b->env->home;
	if (file_mkdirs(b->to, ARCHIVE_FOLDER, 0750, e) < 0 || copy_database(b, e) < 0)
		return -1;
	step("backup.database");
	if (file_exists(home, JOURNAL_PATH) && tree_copy_file(home, JOURNAL_PATH, b->to, NEW_JOURNAL, e) < 0)
		return -1;
	step("backup.journal");
	if (copy_archive(b, e) < 0 || copy_spool(b, e) < 0 || tree_copy(home, b->to, "rules", &mirror, e) < 0 ||
	    tree_copy(home, b->to, "templates", &mirror, e) < 0)
		return -1;
	step("backup.copied");
	return file_sync_all(b->to, e);
}

/* The new journal and database take the places of the old ones, the journal first: it has what the old database has. */
static int put_in_place(const Backup *b, Err *e) {
	if (file_exists(b->to, NEW_JOURNAL) && file_rename(b->to, NEW_JOURNAL, JOURNAL_PATH, e) < 0)
		return -1;
	step("backup.journal.placed");
	if (file_exists(b->to, NEW_DATABASE) && file_rename(b->to, NEW_DATABASE, STORE_PATH, e) < 0)
		return -1;
	step("backup.placed");
	return 0;
}

int command_backup(Env *env, int argc, char **argv, Err *e) {
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "backup takes the folder to write to");
	if (file_missing(env->home, "rules/contest.yaml"))
		return err_set(e, ERR_MISSING, "%s is no contest home", env->home_path);
	Backup b = {.env = env, .to = -1, .read = {0, ""}};
	int rc = open_target(&b, argv[1], e);
	if (rc == 0)
		rc = copy_all(&b, e);
	if (rc == 0 && journal_check(env->home, &b.read, e) < 0) /* the one of an earlier backup is what mends it */
		rc = err_wrap(e, "the archive was copied; the journal and the database of an earlier backup stay");
	if (rc == 0)
		rc = put_in_place(&b, e);
	if (rc == 0)
		rc = note(&b, true, e);
	if (rc == 0)
		printf("%s is a backup now: xinlv -C NEW restore %s makes a home of it\n", b.path, b.path);
	if (b.to >= 0)
		close(b.to);
	return rc;
}
