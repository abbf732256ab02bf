/* Before a tick: is there anything to do?  Decides by what the file system and the mailbox's UIDs say, never by what a message
 * says; in doubt there is.  A tick that finds nothing reads neither rules nor database: both cost more than the login. */
#include "command/idle_note.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "command/health.h"
#include "command/take.h"
#include "course/handover.h"
#include "home/due.h"
#include "intake/fetcher.h"

#define NOTE_BYTES 65536

/* What a run leaves behind; any change of it means work. */
typedef struct {
	Hash rules;      /* source_look */
	const char *journal, *database; /* stamp_of */
	int64_t since, until; /* nothing falls due in between */
	const char *inbox;   /* of the embedded Maildir, or "" */
	Str mailbox;         /* of a server: for fetcher_news */
} Note;

/* Which file it is, and how it was left: one that was replaced, cut or written to by others has another. "" when it is gone. */
static const char *stamp_of(Arena *a, int home, const char *path) {
	struct stat st;
	if (fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return "";
	return arena_fmt(a, "%llu %lld %lld.%09ld", (unsigned long long)st.st_ino, (long long)st.st_size,
	                 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static bool is_empty(int home, const char *path) {
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

static Str decoded(Arena *a, const char *text) {
	Buf b = {0};
	base64_decode(&b, str_of(text));
	Str out = {arena_copy(a, b.p, b.n), b.n};
	buf_free(&b);
	return out;
}

static bool read_note(int home, Arena *a, Note *out) {
	Buf text = {0};
	Err e = {0};
	Json *j = file_read(home, IDLE_NOTE, NOTE_BYTES, &text, &e) == 0 ? json_parse(buf_view(&text), &e) : NULL;
	buf_free(&text);
	if (!j)
		return false;
	*out = (Note){.journal = arena_str(a, json_str(json_get(j, "journal"), "")),
	              .database = arena_str(a, json_str(json_get(j, "database"), "")),
	              .since = json_num(json_get(j, "since"), INT64_MAX), .until = json_num(json_get(j, "until"), 0),
	              .inbox = arena_str(a, json_str(json_get(j, "inbox"), "")),
	              .mailbox = decoded(a, json_str(json_get(j, "mailbox"), ""))};
	bool whole = hash_parse(str_of(json_str(json_get(j, "rules"), "")), &out->rules) == 0;
	json_free(j);
	return whole && *out->journal && *out->database;
}

/* A trouble of the server's is for a whole run to deal with, and a mailbox that fills up, too. */
static bool no_news(Env *env, Arena *a, const Note *n) {
	Err e = {0};
	int quota;
	if (*n->inbox)
		return is_empty(env->home, n->inbox);
	int news = fetcher_news(arena_fmt(a, "%s/xinlv-fetch", env->programs), env->home, n->mailbox, &quota, &e);
	if (news < 0) {
		Err *kept = ARENA_NEW(env->arena, Err);
		*kept = e;
		env->unfetched = kept;
	}
	return news == 0 && quota < HEALTH_QUOTA_HIGH;
}

static bool holds(Env *env, Arena *a, const Note *n) {
	Hash rules;
	Err e = {0};
	return env->now >= n->since && env->now < n->until && !strcmp(stamp_of(a, env->home, JOURNAL_PATH), n->journal) &&
	       !strcmp(stamp_of(a, env->home, STORE_PATH), n->database) && source_look(a, env->home, &rules, &e) == 0 &&
	       hash_eq(rules, n->rules) && (is_empty(env->home, HANDOVER_FOLDER) || !file_exists(env->home, HANDOVER_FOLDER)) &&
	       no_news(env, a, n);
}

bool idle_tick(Env *env) {
	Arena *a = arena_new();
	Note n;
	Err e = {0};
	/* With the lock, for a run under way is not idle; the caller meets it again and says so. */
	int lock = read_note(env->home, a, &n) ? file_lock(env->home, WORLD_LOCK, &e) : -1;
	bool idle = lock >= 0 && holds(env, a, &n) && idle_ran(env, &e) == 0;
	if (lock >= 0)
		close(lock);
	if (idle)
		log_info("nothing to do");
	arena_free(a);
	return idle;
}

/* The next moment at which the clock alone makes work. */
static int next_moment(World *w, int64_t *out, Err *e) {
	int64_t due;
	if (due_next(w, out, e) < 0)
		return -1;
	int waiting = store_outbox_next(w->store, &due, e);
	if (waiting > 0 && due < *out)
		*out = due;
	return waiting < 0 ? -1 : 0;
}

static void put_note(Buf *out, Arena *a, const Note *n) {
	JsonOut j = json_to(out);
	json_object(&j, NULL);
	json_text(&j, "rules", hash_text(a, n->rules));
	json_text(&j, "journal", n->journal);
	json_text(&j, "database", n->database);
	json_int(&j, "since", n->since);
	json_int(&j, "until", n->until);
	json_text(&j, "inbox", n->inbox);
	Buf mailbox = {0};
	base64_encode(&mailbox, n->mailbox.p, n->mailbox.n);
	json_text(&j, "mailbox", buf_cstr(&mailbox));
	buf_free(&mailbox);
	json_end_object(&j);
}

/* Where mail comes from; 0 when the next run must look for itself. */
static int note_source(World *w, Note *n, Err *e) {
	const Server *s = &w->rules->mail.fetch;
	Buf packed = {0};
	if (s->scheme == SCHEME_MAILDIR) {
		n->inbox = arena_fmt(w->env->arena, "%s/new", s->path);
		return 1;
	}
	int rc = take_packed(w, &packed, e);
	n->mailbox = (Str){arena_copy(w->env->arena, packed.p, packed.n), packed.n};
	buf_free(&packed);
	return rc < 0 ? -1 : n->mailbox.n > 0;
}

int idle_note(World *w, Err *e) {
	Note n = {.since = w->env->now, .inbox = "", .rules = w->look};
	int known = note_source(w, &n, e);
	if (known <= 0 || next_moment(w, &n.until, e) < 0)
		return known == 0 ? 0 : -1;
	store_close(w->store); /* which writes its log into the file; the lock stays */
	w->store = NULL;
	n.journal = stamp_of(w->env->arena, w->env->home, JOURNAL_PATH);
	n.database = stamp_of(w->env->arena, w->env->home, STORE_PATH);
	Buf text = {0};
	put_note(&text, w->env->arena, &n);
	int rc = file_write_plain(w->env->home, IDLE_NOTE, text.p, text.n, 0644, e);
	buf_free(&text);
	return rc;
}
