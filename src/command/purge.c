/* purge: what must not be kept any longer goes, in steps that can each be stopped and taken up again: journal line, values,
 * snapshot, second journal line, files.  Refuses before the day that the rules give, unless told so by name. */
#include "command/command.h"
#include "command/purge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "command/options.h"
#include "command/print.h"
#include "command/purge_files.h"
#include "course/setting.h"
#include "home/who.h"
#include "store/purge.h"

#define NEW PURGE_FOLDER "/.new.db"
/* How far it got: 'values' are gone, then their snapshot is on record and the 'files' go; none: it is over. */
#define STAGE "purge.stage"

/* ---- what the journal has */

static int apply_purge(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	(void)a;
	(void)args;
	return store_purge(w->store, w->env->now, by, e) < 0 ? -1 : store_fact_set(w->store, STAGE, "values", e);
}

static int apply_purged(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	(void)a;
	(void)by;
	(void)args;
	return store_fact_set(w->store, STAGE, "files", e);
}

const Action action_purge = {"purge", apply_purge};
const Action action_purged = {"purged", apply_purged};

char *purge_snapshot_path(Arena *a, const char *hash) {
	return arena_fmt(a, PURGE_FOLDER "/%s.db", hash);
}

const char *purge_snapshot_of(Arena *a, const JournalLine *l) {
	Hash h;
	if (l->kind != JOURNAL_ACTION || !l->name || !l->text || !str_starts(str_of(l->name), "purged "))
		return "";
	Json *args = json_parse(str_of(l->text), NULL);
	const char *hash = arena_str(a, json_str(json_get(args, "snapshot"), ""));
	json_free(args);
	return hash_parse(str_of(hash), &h) == 0 ? hash : "";
}

/* ---- its steps */

static int hash_new(World *w, Hash *out, Err *e) {
	int fd = file_open(w->env->home, NEW, O_NOFOLLOW);
	if (fd < 0)
		return err_errno(e, ERR_DISK, NEW);
	int rc = fchmod(fd, 0440) < 0 || fsync(fd) < 0 ? err_errno(e, ERR_DISK, NEW) : hash_fd(fd, out, NULL, e);
	close(fd);
	return rc;
}

/* The database without personal values, under its own hash in the archive. */
static int take_snapshot(World *w, const char **hex, Err *e) {
	char real[PATH_MAX];
	Hash h;
	Arena *a = w->env->arena;
	if (!realpath(w->env->home_path, real))
		return err_errno(e, ERR_DISK, "%s", w->env->home_path);
	if (file_mkdirs(w->env->home, PURGE_FOLDER, 0750, e) < 0 || store_compact(w->store, e) < 0)
		return -1;
	unlinkat(w->env->home, NEW, 0);
	if (store_snapshot(w->store, arena_fmt(a, "%s/" NEW, real), e) < 0 || hash_new(w, &h, e) < 0)
		return -1;
	*hex = hash_text(a, h);
	step("purge.snapshot");
	return file_rename(w->env->home, NEW, purge_snapshot_path(a, *hex), e);
}

static int stage_is(World *w, const char *stage, Err *e) {
	char *now;
	int found = store_fact_get(w->store, w->env->arena, STAGE, &now, e);
	return found <= 0 ? found : !strcmp(now, stage);
}

int purge_under_way(World *w, Err *e) {
	char *now;
	return store_fact_get(w->store, w->env->arena, STAGE, &now, e);
}

static int finish(World *w, Err *e) {
	return store_fact_keep(w->store, STAGE, NULL, e);
}

int purge_resume(World *w, Err *e) {
	const char *hex;
	int values = stage_is(w, "values", e);
	if (values < 0)
		return -1;
	if (values && (take_snapshot(w, &hex, e) < 0 ||
	               action_do(w, "purged", "robot", arena_fmt(w->env->arena, "{\"snapshot\":\"%s\"}", hex), e) < 0))
		return -1;
	int files = stage_is(w, "files", e);
	if (files <= 0)
		return files;
	step("purge.files");
	if (purge_files(w, e) < 0)
		return -1;
	log_info("the purge is done");
	return finish(w, e);
}

/* ---- the command */

static const char *day_of(Arena *a, int64_t at) {
	return arena_fmt(a, "%.10s", when_text(a, at));
}

/* The list of the secretariat and the exceptions are kept with their addresses, which go. */
static int show_settings(World *w, Err *e) {
	Setting *s;
	size_t n;
	if (setting_list(w, w->env->arena, &s, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((s[i].group == SETTING_STAFF || s[i].group == SETTING_EXCEPTION) && !s[i].off)
			print_fact(w->env, "", "a setting, which is to stand in rules/mail.yaml where it is to hold on: %s",
			           setting_says(w, w->env->arena, &s[i]));
	return 0;
}

static void show(const Env *env, const PurgeCount *n, const char *due) {
	print_title(env, "personal data");
	print_fact(env, "to be kept until", "%s", due);
	print_fact(env, "would go", "%lld rows of personal values; %lld messages received, with their attachments;"
	           " the folders of %lld entries; mails sent, as far as they lie in the Maildir", (long long)n->rows,
	           (long long)n->messages, (long long)n->entries);
	if (n->notices)
		print_fact(env, "", "%lld notices that were prepared and never released are cancelled", (long long)n->notices);
	print_fact(env, "would stay", "numbers, titles, organisations, names of files, outcomes, states, digests, the audit chain,"
	           " and the journal with what was filled in with decisions from disk");
}

static int refuse(const Env *env, const PurgeCount *n, int64_t due, const char *confirm, const char *early, Err *e) {
	const char *day = day_of(env->arena, due), *today = day_of(env->arena, env->now);
	if (strcmp(confirm, day) != 0)
		return err_set(e, ERR_REFUSED, "personal data are kept until %s; confirm with that day", day);
	if (env->now < due && (!early || strcmp(early, today) != 0))
		return err_set(e, ERR_REFUSED, "personal data are to be kept until %s; to purge them before, add --early %s", day, today);
	if (n->open)
		return err_set(e, ERR_REFUSED, "%lld mails, messages or folders are not settled yet; 'xinlv run' first",
		               (long long)n->open);
	return 0;
}

static int purge(World *w, const char *confirm, const char *early, Err *e) {
	PurgeCount n;
	Arena *a = w->env->arena;
	int64_t due = rules_purge_due(w->rules);
	if (purge_resume(w, e) < 0 || store_purge_count(w->store, &n, e) < 0)
		return -1;
	if (due == WHEN_NONE)
		return err_set(e, ERR_RULES, "the rules do not say how long personal data are kept: privacy: {keep_days: ...} in"
		                             " rules/contest.yaml");
	if (!confirm) {
		show(w->env, &n, day_of(a, due));
		if (show_settings(w, e) < 0)
			return -1;
		printf("nothing was done.  Take away first what is to be kept of the entries' files; then: xinlv purge --confirm %s\n",
		       day_of(a, due));
		return 0;
	}
	if (refuse(w->env, &n, due, confirm, early, e) < 0)
		return -1;
	const char *args = arena_fmt(a, "{\"due\":\"%s\",\"early\":%s}", day_of(a, due), w->env->now < due ? "true" : "false");
	if (action_do(w, "purge", who_operator(a), args, e) < 0 || purge_resume(w, e) < 0)
		return -1;
	printf("%lld rows of personal values, %lld messages and the folders of %lld entries are gone.\n"
	       "Not in reach: the mailbox at the server, earlier backups (a new one into the same folder takes them away there,"
	       " too), and what was exported.\n", (long long)n.rows, (long long)n.messages, (long long)n.entries);
	return 0;
}

int command_purge(Env *env, int argc, char **argv, Err *e) {
	const char *confirm = NULL, *early = NULL;
	const Option options[] = {{"--confirm", &confirm, NULL}, {"--early", &early, NULL}};
	int operands = options_read(options, 2, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "purge takes only --confirm DAY and --early DAY");
	World w;
	int rc = world_open(&w, env, WORLD_WRITE, e);
	if (rc == 0)
		rc = purge(&w, confirm, early, e);
	world_close(&w);
	return rc;
}
