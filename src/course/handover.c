/* Beside the mail: spool/handover.  Nothing in a file is looked at; its kind is told by its name's end, for nobody parses here
 * what came from outside.  A file that is on record beside its entry already, by hash and name, is not taken twice. */
#include "course/handover.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "course/enter.h"
#include "course/supplement.h"
#include "store/purge.h"

#define TOLD "told.handover" /* a fact: what waits there without an entry to go to */

typedef struct {
	const char *raw, *name, *by; /* raw: as the folder has it */
	Hash sha256;
	uint64_t bytes;
	int64_t at;
	struct stat was; /* when it was read */
} Brought;

typedef struct {
	World *w;
	Arena *a;
	const char *number, *folder;
	FileRow *before; /* what the entry has beside its own */
	size_t before_n;
	VEC(Brought) file;
	VEC(Brought) over; /* on record already */
} Bring;

static const char *owner(Arena *a, uid_t uid) {
	const struct passwd *p = getpwuid(uid);
	return p ? arena_fmt(a, "%s (uid %u)", p->pw_name, (unsigned)uid) : arena_fmt(a, "uid %u", (unsigned)uid);
}

static bool known(const Bring *b, const Brought *f) {
	for (size_t i = 0; i < b->before_n; i++)
		if (hash_eq(b->before[i].sha256, f->sha256) && !strcmp(b->before[i].name, f->name))
			return true;
	return false;
}

/* A copy that keeps the file's old time is new by the change of its name and owner. */
static bool written_lately(const struct stat *st) {
	time_t last = st->st_mtime > st->st_ctime ? st->st_mtime : st->st_ctime;
	return time(NULL) - last < when_seconds("XINLV_HANDOVER_SECONDS", HANDOVER_QUIET);
}

/* Nobody wrote to it, or laid another in its place. */
static bool same_file(const struct stat *a, const struct stat *b) {
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Hidden files are what programs keep while they copy. */
static int one_file(Bring *b, const char *name, Err *e) {
	struct stat st, after;
	const char *path = arena_fmt(b->a, "%s/%s", b->folder, name);
	int fd = name[0] == '.' ? -1 : openat(b->w->env->home, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || written_lately(&st)) {
		log_info("%s is no file, or is still written to: it waits", path);
		close(fd);
		return 0;
	}
	Brought f = {.raw = arena_str(b->a, name), .name = charset_guess(b->a, str_of(name)), .by = owner(b->a, st.st_uid),
	             .at = st.st_mtime, .was = st};
	int rc = archive_file(b->w->archive, fd, &f.sha256, &f.bytes, e);
	bool still = rc == 0 && fstat(fd, &after) == 0 && same_file(&st, &after);
	close(fd);
	if (rc == 0 && still)
		*(known(b, &f) ? vec_push(&b->over) : vec_push(&b->file)) = f;
	else if (rc == 0)
		log_info("%s was written to while it was read: it waits", path);
	return rc;
}

static const char *line_of(const Bring *b) {
	Buf text = {0};
	JsonOut j = json_to(&text);
	json_object(&j, NULL);
	json_text(&j, "number", b->number);
	json_array(&j, "files");
	for (size_t i = 0; i < b->file.n; i++) {
		const Brought *f = &b->file.v[i];
		json_object(&j, NULL);
		json_text(&j, "name", f->name);
		json_text(&j, "sha256", hash_text(b->a, f->sha256));
		json_int(&j, "bytes", (int64_t)f->bytes);
		json_text(&j, "by", f->by);
		json_int(&j, "at", f->at);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	const char *out = arena_str(b->a, buf_cstr(&text));
	buf_free(&text);
	return out;
}

/* What was laid over it since is the next run's. */
static void remove_taken(const Bring *b, const Brought *f) {
	struct stat now;
	const char *path = arena_fmt(b->a, "%s/%s", b->folder, f->raw);
	if (fstatat(b->w->env->home, path, &now, AT_SYMLINK_NOFOLLOW) < 0 || !same_file(&f->was, &now))
		log_info("%s changed since it was read: it is looked at again", path);
	else if (unlinkat(b->w->env->home, path, 0) < 0)
		log_warn("%s is on record, and cannot be removed", path);
}

static int take_files(Bring *b, Err *e) {
	char **name;
	size_t n;
	if (store_entry_supplements(b->w->store, b->a, b->number, &b->before, &b->before_n, e) < 0 ||
	    file_list(b->a, b->w->env->home, b->folder, &name, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (one_file(b, name[i], e) < 0)
			return -1;
	if (b->file.n) {
		if (archive_sync(b->w->archive, e) < 0 || action_do(b->w, action_handover.name, "robot", line_of(b), e) < 0 ||
		    supplement_stage_handed_over(b->w, b->a, b->number, e) < 0)
			return -1;
		step("handover.taken");
		log_info("%s %zu files handed over were taken in", b->number, b->file.n);
	}
	for (size_t i = 0; i < b->file.n; i++)
		remove_taken(b, &b->file.v[i]);
	for (size_t i = 0; i < b->over.n; i++)
		remove_taken(b, &b->over.v[i]);
	unlinkat(b->w->env->home, b->folder, AT_REMOVEDIR); /* stays while something waits in it */
	return 0;
}

/* What waits there, a line each: "" when nothing does. */
static int one_folder(World *w, Arena *a, const char *number, Buf *waits, Err *e) {
	EntryRow en;
	int64_t purged;
	Bring b = {.w = w, .a = a, .number = number, .folder = arena_fmt(a, HANDOVER_FOLDER "/%s", number)};
	int found = store_entry_get(w->store, a, number, &en, e);
	if (found == 0)
		buf_fmt(waits, "%s: no entry has that number; its files wait\n", b.folder);
	int gone = found > 0 ? store_purged(w->store, &purged, e) : 0;
	if (gone < 0)
		return -1;
	if (gone && en.seq <= purged) {
		buf_fmt(waits, "%s: the files of that entry were purged; nothing is taken in for it\n", b.folder);
		return 0;
	}
	int rc = found > 0 ? take_files(&b, e) : found;
	vec_free(&b.file);
	vec_free(&b.over);
	return rc;
}

/* Said once, and again when something else waits: a line at every tick is a mail of cron's at every tick. */
static int tell(World *w, const char *waits, Err *e) {
	char *told, *rest = NULL;
	int found = store_fact_get(w->store, w->env->arena, TOLD, &told, e);
	if (found < 0 || strcmp(found ? told : "", waits) == 0)
		return found < 0 ? -1 : 0;
	for (char *line = strtok_r(arena_str(w->env->arena, waits), "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_warn("%s", line);
	return store_fact_keep(w->store, TOLD, *waits ? waits : NULL, e);
}

int handover_take(World *w, Err *e) {
	Arena *a = arena_new();
	Buf waits = {0};
	char **name;
	size_t n = 0;
	struct stat st;
	bool there = fstatat(w->env->home, HANDOVER_FOLDER, &st, 0) == 0;
	if (there && !S_ISDIR(st.st_mode))
		buf_fmt(&waits, HANDOVER_FOLDER " is no folder: nothing is taken from it\n");
	int rc = there && S_ISDIR(st.st_mode) ? file_list(a, w->env->home, HANDOVER_FOLDER, &name, &n, e) : 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const char *path = arena_fmt(a, HANDOVER_FOLDER "/%s", name[i]);
		if (name[i][0] != '.' && fstatat(w->env->home, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
			rc = one_folder(w, a, name[i], &waits, e);
	}
	if (rc == 0)
		rc = tell(w, buf_cstr(&waits), e);
	buf_free(&waits);
	arena_free(a);
	return rc;
}

/* ---- done, and done again by replay */

static const char *type_by_name(const char *name) {
	const char *dot = strrchr(name, '.');
	char end[8];
	snprintf(end, sizeof end, "%s", dot ? dot + 1 : "");
	for (char *c = end; *c; c++)
		*c |= *c >= 'A' && *c <= 'Z' ? 32 : 0;
	return type_name(type_of_name(end));
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	EntryRow en;
	FileRow *before;
	size_t before_n;
	const Json *files = json_get(args, "files");
	size_t n = json_len(files);
	const char *number = json_str(json_get(args, "number"), ""), *first = "";
	(void)by;
	if (store_entry_get(w->store, a, number, &en, e) <= 0 ||
	    store_entry_supplements(w->store, a, number, &before, &before_n, e) < 0)
		return e->kind == ERR_NONE ? err_set(e, ERR_DISK, "journal: files handed over for %s, which is no entry", number) : -1;
	const char *folder = supplement_folder(w, a, &en, w->env->now, before, before_n);
	FileRow *row = arena_array(a, n + 1, sizeof *row);
	for (size_t i = 0; i < n; i++) {
		const Json *f = json_at(files, i);
		const char *name = json_str(json_get(f, "name"), "");
		row[i] = (FileRow){.name = name, .type = type_by_name(name), .bytes = (uint64_t)json_num(json_get(f, "bytes"), 0),
		                   .path = enter_free_path(a, folder, name, words(w->rules, "supplement.file_name"), row, i),
		                   .role = "handover", .seq = en.seq, .part = SUPPLEMENT_HANDED_OVER};
		if (hash_parse(str_of(json_str(json_get(f, "sha256"), "")), &row[i].sha256) < 0)
			return err_set(e, ERR_DISK, "journal: a file handed over without its hash");
		first = i ? first : json_str(json_get(f, "by"), "");
	}
	EventRow ev = {.at = w->env->now, .event = "handover", .by = first, .state = "", .detail = ""};
	Buf detail = {0};
	for (size_t i = 0; i < n; i++) {
		const Json *f = json_at(files, i);
		buf_fmt(&detail, "%s%s, brought %s by %s", i ? "; " : "", row[i].name,
		        when_text(a, json_num(json_get(f, "at"), 0)), json_str(json_get(f, "by"), ""));
	}
	ev.detail = arena_str(a, buf_cstr(&detail));
	buf_free(&detail);
	return n ? store_supplement_add(w->store, number, &ev, row, n, e) : 0;
}

const Action action_handover = {"handover", apply};
