/* A home beside the home: what is only read is a link to the real one, what is written is its own.  Refuses to run where such
 * a folder cannot be made for it alone. */
#include "command/rehearse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/seal.h"
#include "command/replay.h"

/* What a replay reads of a home: rules for the mended forms, forms that replies bring, mails that were never archived. */
static const char *const linked[] = {ARCHIVE_FOLDER, "spool/inbox", SEAL_FILE};

static int link_to(Rehearsal *r, const char *home, const char *name, Err *e) {
	const char *target = arena_fmt(r->env.arena, "%s/%s", home, name);
	return symlinkat(target, r->env.home, name) < 0 ? err_errno(e, ERR_DISK, "%s/%s", r->path, name) : 0;
}

static int make_folder(Rehearsal *r, Err *e) {
	const char *tmp = getenv("TMPDIR");
	char *path = arena_fmt(r->env.arena, "%s/xinlv-replay-XXXXXX", tmp && *tmp == '/' ? tmp : "/var/tmp");
	if (!mkdtemp(path))
		return err_errno(e, ERR_DISK, "%s", path);
	r->path = path;
	r->env.home_path = path;
	r->env.home = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (r->env.home < 0)
		return err_errno(e, ERR_DISK, "%s", path);
	return file_mkdirs(r->env.home, "spool/tmp", 0700, e);
}

static const char *absolute(Arena *a, const char *path, Err *e) {
	char real[PATH_MAX];
	if (realpath(path, real))
		return arena_str(a, real);
	err_errno(e, ERR_MISSING, "%s", path);
	return NULL;
}

int rehearsal_open(Rehearsal *r, const Env *env, const char *rules_home, Err *e) {
	*r = (Rehearsal){.env = *env, .w = {.lock = -1, .spill = -1, .rehearsal = true}};
	r->env.home = -1;
	r->w.env = &r->env;
	const char *home = absolute(env->arena, env->home_path, e);
	const char *rules = home ? absolute(env->arena, rules_home, e) : NULL;
	if (!rules || make_folder(r, e) < 0 || link_to(r, rules, "rules", e) < 0 || link_to(r, rules, "templates", e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof linked / sizeof *linked; i++)
		if (file_exists(env->home, linked[i]) && link_to(r, home, linked[i], e) < 0)
			return -1;
	r->w.spill = openat(r->env.home, "spool/tmp", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (r->w.spill < 0)
		return err_errno(e, ERR_DISK, "%s/spool/tmp", r->path);
	r->database = arena_fmt(env->arena, "%s/" STORE_PATH, r->path);
	return store_open(r->env.home, false, &r->w.store, e);
}

int rehearsal_play(Rehearsal *r, int64_t until, Rules *rules, Err *e) {
	World *w = &r->w;
	Replaying how = {.until = until, .fixed = rules != NULL};
	if (rules)
		world_use_rules(w, rules);
	if (archive_open(r->env.home, &w->archive, e) < 0 || replay_until(w, &how, e) < 0)
		return -1;
	r->messages = how.messages;
	store_close(w->store);
	w->store = NULL;
	return 0;
}

void rehearsal_close(Rehearsal *r) {
	Err e = {0};
	world_close(&r->w);
	if (r->env.home >= 0)
		close(r->env.home);
	if (r->path && file_remove_tree(AT_FDCWD, r->path, &e) < 0)
		log_warn("%s", e.text);
}
