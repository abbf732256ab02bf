/* Before a tick: is there anything to do?  Decides by what the file system says, never by what a message says; in doubt
 * there is. */
#include "command/idle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "command/due.h"

#define NOTE "spool/idle.json"
#define LAST_RUN "spool/last-run"
#define NOTE_BYTES 65536

/* What a run leaves behind; any change of it means work. */
typedef struct {
	Hash rules;      /* source_look */
	int64_t journal; /* bytes */
	int64_t database; /* inode */
	int64_t since, until; /* nothing falls due in between */
	const char *inbox;
} Note;

static int64_t size_of(int home, const char *path)
{
	struct stat st;
	return fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : st.st_size;
}

static int64_t inode_of(int home, const char *path)
{
	struct stat st;
	return fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : (int64_t)st.st_ino;
}

static bool is_empty(int home, const char *path)
{
	int fd = openat(home, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	bool empty = true;
	for (struct dirent *f; empty && (f = readdir(d));)
		empty = f->d_name[0] == '.';
	closedir(d);
	return empty;
}

static bool read_note(int home, Arena *a, Note *out)
{
	Buf text = {0};
	Err e = {0};
	Json *j = file_read(home, NOTE, NOTE_BYTES, &text, &e) == 0 ? json_parse(buf_view(&text), &e) : NULL;
	buf_free(&text);
	if (!j)
		return false;
	*out = (Note){.journal = json_num(json_get(j, "journal"), -1), .database = json_num(json_get(j, "database"), -1),
	              .since = json_num(json_get(j, "since"), INT64_MAX), .until = json_num(json_get(j, "until"), 0),
	              .inbox = arena_str(a, json_str(json_get(j, "inbox"), ""))};
	bool whole = hash_parse(str_of(json_str(json_get(j, "rules"), "")), &out->rules) == 0;
	json_free(j);
	return whole && out->journal >= 0 && out->database >= 0;
}

static bool holds(const Env *env, Arena *a, const Note *n)
{
	Hash rules;
	Err e = {0};
	return env->now >= n->since && env->now < n->until && size_of(env->home, "spool/archive/journal") == n->journal &&
	       inode_of(env->home, "spool/xinlv.db") == n->database && is_empty(env->home, n->inbox) &&
	       source_look(a, env->home, &rules, &e) == 0 && hash_eq(rules, n->rules);
}

int idle_ran(const Env *env, Err *e)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%lld\n", (long long)env->now);
	return file_write_plain(env->home, LAST_RUN, text, (size_t)n, 0644, e);
}

bool idle_tick(Env *env)
{
	Arena *a = arena_new();
	Note n;
	Err e = {0};
	/* With the lock, for a run under way is not idle; the caller meets it again and says so. */
	int lock = read_note(env->home, a, &n) ? file_lock(env->home, "spool/lock", &e) : -1;
	bool idle = lock >= 0 && holds(env, a, &n) && idle_ran(env, &e) == 0;
	if (lock >= 0)
		close(lock);
	if (idle)
		log_info("nothing to do");
	arena_free(a);
	return idle;
}

int idle_forget(World *w, Err *e)
{
	if (unlinkat(w->env->home, NOTE, 0) < 0 && errno != ENOENT)
		return err_errno(e, ERR_DISK, NOTE);
	return 0;
}

/* The next moment at which the clock alone makes work. */
static int next_moment(World *w, int64_t *out, Err *e)
{
	int64_t due;
	if (due_next(w, out, e) < 0)
		return -1;
	int waiting = store_outbox_next(w->store, &due, e);
	if (waiting > 0 && due < *out)
		*out = due;
	return waiting < 0 ? -1 : 0;
}

static void put_note(Buf *out, Arena *a, const Note *n)
{
	JsonOut j = json_to(out);
	json_object(&j, NULL);
	json_text(&j, "rules", hash_text(a, n->rules));
	json_int(&j, "journal", n->journal);
	json_int(&j, "database", n->database);
	json_int(&j, "since", n->since);
	json_int(&j, "until", n->until);
	json_text(&j, "inbox", n->inbox);
	json_end_object(&j);
}

int idle_note(World *w, Err *e)
{
	Arena *a = w->env->arena;
	if (w->rules->mail.fetch.scheme != SCHEME_MAILDIR || w->rules->mail.send[0].scheme != SCHEME_MAILDIR)
		return 0;
	Note n = {.journal = size_of(w->env->home, "spool/archive/journal"), .since = w->env->now,
	          .database = inode_of(w->env->home, "spool/xinlv.db"),
	          .inbox = arena_fmt(a, "%s/new", w->rules->mail.fetch.path), .rules = w->look};
	if (next_moment(w, &n.until, e) < 0)
		return -1;
	Buf text = {0};
	put_note(&text, a, &n);
	int rc = file_write_plain(w->env->home, NOTE, text.p, text.n, 0644, e);
	buf_free(&text);
	return rc;
}

char *idle_last_run(const Env *env, Arena *a)
{
	Buf text = {0};
	Err e = {0};
	int64_t at;
	char *out = NULL;
	if (file_read(env->home, LAST_RUN, 64, &text, &e) == 0 &&
	    str_to_i64(str_trim(buf_view(&text)), 0, INT64_MAX, &at) == 0)
		out = when_text(a, at);
	buf_free(&text);
	return out;
}
