/* Opens a contest home in the order that keeps its promises: lock, database, journal, what the journal has and
 * the database has not, then the rules of today.  Judges nothing. */
#include "home/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "home/above.h"
#include "home/filler.h"
#include "home/idle.h"

void world_tell_faults(const Buf *faults) {
	if (faults->n)
		fwrite(faults->p, 1, faults->n, stderr);
}

Rules *world_rules_of(World *w, Hash hash, Err *e) {
	Buf bundle = {0}, faults = {0};
	Source s;
	Archive *archive = w->archive;
	Rules *r = NULL;
	if (!archive && archive_open(w->env->home, &archive, e) < 0)
		return NULL;
	if (archive_get_rules(archive, hash, &bundle, e) == 0 &&
	    source_unbundle(w->env->arena, buf_view(&bundle), &s, e) == 0 &&
	    source_lend(w->env->arena, w->env->share, &s, e) == 0)
		r = rules_load(&s, &faults, e);
	if (r)
		r->hash = hash; /* its name stays, whatever an older program did not need yet */
	if (archive != w->archive)
		archive_close(archive);
	buf_free(&bundle);
	buf_free(&faults);
	return r;
}

/* The set of rules that was last taken into force, from the archive. */
static Rules *last_good(World *w, Err *e) {
	char *hex;
	Hash h;
	if (store_rules_last(w->store, w->env->arena, &hex, e) <= 0 || hash_parse(str_of(hex), &h) < 0)
		return NULL;
	return world_rules_of(w, h, e);
}

void world_use_rules(World *w, Rules *r) {
	if (r == w->owned)
		return;
	reader_free(w->reader);
	judge_free(w->judge);
	templates_free(w->templates);
	w->reader = NULL;
	w->judge = NULL;
	w->templates = NULL;
	w->map = NULL;
	rules_free(w->owned);
	w->owned = r;
	w->rules = r;
}

static Rules *load(Env *env, int home, Buf *faults, Err *e) {
	Source s;
	if (source_read(env->arena, home, &s, e) < 0 || source_lend(env->arena, env->share, &s, e) < 0)
		return NULL;
	return rules_load(&s, faults, e);
}

/* Templates are part of the rules: a fault in one keeps the set out of force. */
static Rules *load_whole(Env *env, int home, Buf *faults, Err *e) {
	Rules *r = load(env, home, faults, e);
	if (!r)
		return NULL;
	Templates *t = templates_load(r, faults, e);
	if (t) {
		templates_free(t);
		return r;
	}
	rules_free(r);
	return NULL;
}

/* None of the faults is cut off, and one looks like many; the zone is that of the rules. */
static Rules *told(Rules *r, Buf *faults, Err *e) {
	world_tell_faults(faults);
	buf_free(faults);
	if (r && when_zone(r->zone, e) < 0) {
		rules_free(r);
		return NULL;
	}
	return r;
}

Rules *world_rules(Env *env, Err *e) {
	Buf faults = {0};
	Rules *r = load(env, env->home, &faults, e);
	return told(r, &faults, e);
}

Rules *world_rules_at(Env *env, int home, Err *e) {
	Buf faults = {0};
	Rules *r = load_whole(env, home, &faults, e);
	return told(r, &faults, e);
}

static int open_rules(World *w, Err *e) {
	Buf faults = {0};
	Err ignored_look = {0};
	(void)source_look(w->env->arena, w->env->home, &w->look, &ignored_look);
	w->owned = load_whole(w->env, w->env->home, &faults, e);
	if (!w->owned && (e->kind == ERR_RULES || e->kind == ERR_MISSING)) {
		w->faults = arena_str(w->env->arena, faults.n ? buf_cstr(&faults) : e->text);
		Err ignored = {0};
		w->owned = last_good(w, &ignored);
		w->rules_faulty = true;
		if (!w->owned && faults.n)
			log_error("the rules are at fault, and there are no earlier ones to go by\n%s", w->faults);
	}
	buf_free(&faults);
	w->rules = w->owned;
	if (!w->rules)
		return -1;
	if (when_zone(w->rules->zone, e) < 0)
		return -1;
	if (w->env->now_text)
		(void)when_parse(str_of(w->env->now_text), false, &w->env->now);
	return setting_overlay(w, w->owned, e);
}

/* New rules: bundle into the archive, line into the journal, row into the database, in this order. */
static int take_rules_into_force(World *w, Err *e) {
	char hex[HASH_HEX], *last = NULL;
	hash_hex(w->rules->hash, hex);
	int found = store_rules_last(w->store, w->env->arena, &last, e);
	if (found < 0)
		return -1;
	if (w->rules_faulty || (found && !strcmp(last, hex)))
		return 0;
	Buf bundle = {0};
	source_bundle(w->rules->source, &bundle);
	int r = archive_put_rules(w->archive, w->rules->hash, bundle.p, bundle.n, e);
	buf_free(&bundle);
	if (r < 0)
		return -1;
	journal_add(w->journal, &(JournalLine){.kind = JOURNAL_RULES, .at = w->env->now,
	                                       .sha256 = w->rules->hash, .name = w->rules->edition});
	if (journal_sync(w->journal, e) < 0 || store_begin(w->store, e) < 0)
		return -1;
	if (store_rules_add(w->store, hex, w->env->now, e) < 0 || replay_mark(w, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	log_info("rules %.12s are in force", hex);
	return store_commit(w->store, e);
}

static int open_spill(World *w, Err *e) {
	if (file_remove_tree(w->env->home, "spool/tmp", e) < 0 ||
	    file_mkdirs(w->env->home, "spool/tmp", 0700, e) < 0)
		return -1;
	w->spill = openat(w->env->home, "spool/tmp", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	return w->spill < 0 ? err_errno(e, ERR_DISK, "spool/tmp") : 0;
}

/* Of runs that were killed in mid-write: with the lock, nobody else is at them. */
static int sweep(World *w, Err *e) {
	int home = w->env->home;
	int rc = file_sweep(home, "spool", FILE_TEMP, e);
	return rc == 0 && file_exists(home, ARCHIVE_FOLDER "/rules") ? file_sweep(home, ARCHIVE_FOLDER "/rules", FILE_TEMP, e) : rc;
}

/* What the database has read of it is there, or nothing is written behind it. */
static int open_journal(World *w, Err *e) {
	JournalMark read;
	return replay_offset(w, &read.offset, &read.line, e) < 0 ? -1 : journal_open(w->env->home, &read, &w->journal, e);
}

static int open_for_writing(World *w, Err *e) {
	int home = w->env->home;
	if (file_mkdirs(home, "spool", 0755, e) < 0)
		return -1;
	w->lock = file_lock(home, WORLD_LOCK, e);
	if (w->lock < 0)
		return -1;
	if (idle_forget(w->env, e) < 0 || sweep(w, e) < 0 || open_spill(w, e) < 0 || store_open(home, false, &w->store, e) < 0 ||
	    archive_open(home, &w->archive, e) < 0 || open_journal(w, e) < 0 ||
	    replay_journal(w, e) < 0 || open_rules(w, e) < 0)
		return -1;
	return take_rules_into_force(w, e);
}

/* The database is lost, or an empty one stands in its place, and the journal is not: what it shows would be nothing. */
int world_made(World *w, Err *e) {
	struct stat st;
	int64_t read;
	if (fstatat(w->env->home, JOURNAL_PATH, &st, 0) < 0 || st.st_size == 0)
		return 0;
	if (replay_offset(w, &read, NULL, e) < 0)
		return -1;
	return read ? 0 : err_set(e, ERR_MISSING, STORE_PATH " has nothing of the journal: 'xinlv run' makes the database again");
}

int world_open(World *w, Env *env, WorldMode mode, Err *e) {
	*w = (World){.env = env, .lock = -1, .spill = -1};
	if (mode == WORLD_WRITE)
		return open_for_writing(w, e);
	if (store_open(env->home, true, &w->store, e) < 0 || (mode == WORLD_SHOW && world_made(w, e) < 0))
		return -1;
	return open_rules(w, e);
}

void world_close(World *w) {
	reader_free(w->reader);
	filler_free(w->filler);
	judge_free(w->judge);
	templates_free(w->templates);
	journal_close(w->journal);
	archive_close(w->archive);
	store_close(w->store);
	rules_free(w->owned);
	if (w->spill >= 0)
		close(w->spill);
	if (w->lock >= 0)
		close(w->lock);
}

int world_reader(World *w, Err *e) {
	if (w->reader)
		return 0;
	if (!w->map)
		w->map = formmap_make(w->rules, w->env->arena);
	w->reader = reader_new(arena_fmt(w->env->arena, "%s/xinlv-read", w->env->programs), w->spill, w->map);
	return w->reader ? 0 : err_set(e, ERR_BUG, "the reader cannot be started");
}

int world_judge(World *w, Err *e) {
	if (w->judge)
		return 0;
	if (!w->map)
		w->map = formmap_make(w->rules, w->env->arena);
	w->judge = judge_new(w->rules, w->map, w->store, e);
	return w->judge ? 0 : -1;
}

int world_templates(World *w, Err *e) {
	if (w->templates)
		return 0;
	Buf faults = {0};
	w->templates = templates_load(w->rules, &faults, e);
	if (!w->templates && faults.n)
		log_error("%s", buf_cstr(&faults));
	buf_free(&faults);
	return w->templates ? 0 : -1;
}

ReplyWorld world_reply(const World *w) {
	return (ReplyWorld){.rules = w->rules, .templates = w->templates, .now = w->env->now,
	                    .home = w->env->home};
}
