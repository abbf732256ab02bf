/* From the journal to the database.  Sends nothing; a mail that the journal says has left is marked so, and is not sent
 * again. */
#include "command/replay.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "command/purge.h"
#include "command/settle.h"
#include "command/skip.h"
#include "command/take.h"
#include "course/decision.h"
#include "course/lay.h"
#include "course/setting.h"
#include "home/action.h"
#include "home/numbering.h"
#include "store/purge.h"

#define REPLAY_BATCH 64      /* lines that share a transaction */
#define OFFSET "journal.offset"
#define LINE "journal.line"          /* hash of the line that ends there */

typedef struct {
	int64_t line;
	Hash hash;
} Skipped;

typedef struct {
	World *w;
	int64_t now;   /* of the command: restored at the end */
	int64_t lines, messages;
	const Replaying *how;
	bool over;     /* stopped at how->until */
	int64_t end;   /* of the last line done: its offset, and its hash */
	Hash line;
	bool open;     /* a transaction is */
	bool laying;   /* entries of this batch wait for their folders */
	VEC(Skipped) skipped; /* lines that an operator goes on without */
} Replay;

static int set_offset(World *w, int64_t offset, Hash line, Err *e) {
	char text[32], hex[HASH_HEX];
	hash_hex(line, hex);
	snprintf(text, sizeof text, "%lld", (long long)offset);
	return store_fact_set(w->store, OFFSET, text, e) < 0 ? -1 : store_fact_set(w->store, LINE, hex, e);
}

int replay_mark(World *w, Err *e) {
	return set_offset(w, journal_size(w->journal), journal_hash(w->journal), e);
}

static int begin(Replay *r, Err *e) {
	if (r->open)
		return 0;
	r->open = store_begin(r->w->store, e) == 0;
	return r->open ? 0 : -1;
}

/* Closes the batch behind the last line done; then its entries are laid, before the rules may change. */
static int finish(Replay *r, Err *e) {
	if (!r->open)
		return 0;
	if (set_offset(r->w, r->end, r->line, e) < 0)
		return -1;
	r->open = false;
	if (store_commit(r->w->store, e) < 0)
		return -1;
	bool laying = r->laying;
	r->laying = false;
	return laying && lay_pending(r->w, e) < 0 ? -1 : 0;
}

/* The set of rules in force at this line; loaded when the first message needs it. */
static int need_rules(Replay *r, Err *e) {
	World *w = r->w;
	char *hex = NULL;
	Hash h;
	if (w->rules)
		return 0;
	int found = store_rules_last(w->store, w->env->arena, &hex, e);
	if (found < 0)
		return -1;
	if (!found || hash_parse(str_of(hex), &h) < 0)
		return err_set(e, ERR_DISK, "journal: a message stands before any rules");
	Rules *rules = world_rules_of(w, h, e);
	if (!rules)
		return -1;
	world_use_rules(w, rules);
	return setting_overlay(w, w->owned, e);
}

static int rules_line(Replay *r, const JournalLine *l, Err *e) {
	char hex[HASH_HEX];
	hash_hex(l->sha256, hex);
	/* What was judged before is filed and committed under the rules it was judged by. */
	if (r->laying && finish(r, e) < 0)
		return -1;
	if (begin(r, e) < 0 || store_rules_add(r->w->store, hex, l->at, e) < 0)
		return -1;
	if (!r->how->fixed)
		world_use_rules(r->w, NULL);
	return 0;
}

static int message_line(Replay *r, const JournalLine *l, Err *e) {
	World *w = r->w;
	MessageRow m = {.seq = l->seq, .sha256 = l->sha256, .archived = l->archived, .bytes = l->bytes,
	                .received = l->at, .source = l->source};
	if (need_rules(r, e) < 0 || (l->archived && archive_sound(w->archive, l->sha256, e) < 0) ||
	    store_message_add(w->store, &m, e) < 0 ||
	    store_tidy_add(w->store, l->source, l->seq, e) < 0 || take_progress(w, l->source, e) < 0)
		return -1;
	w->env->now = l->taken;
	int head = m.archived ? -1 : take_head(w, &m);
	int rc = m.archived ? settle_message(w, &m, NULL, 0, e) : settle_unfetched(w, &m, head, e);
	if (head >= 0)
		close(head);
	w->env->now = r->now;
	r->laying = true;
	r->messages++;
	return rc;
}

/* What no message brought: done again at the moment it was done. */
static int done_line(Replay *r, const JournalLine *l, int (*again)(World *w, const JournalLine *l, Err *e), Err *e) {
	World *w = r->w;
	if (need_rules(r, e) < 0)
		return -1;
	w->env->now = l->at;
	int rc = again(w, l, e);
	w->env->now = r->now;
	r->laying = true;
	return rc == 0 ? 0 : err_wrap(e, "line %lld of the journal cannot be done ('xinlv skip' shows it, and how to go on without it)",
	                              (long long)l->line);
}

static bool is_skipped(const Replay *r, const JournalLine *l) {
	for (size_t i = 0; i < r->skipped.n; i++)
		if (r->skipped.v[i].line == l->line && hash_eq(r->skipped.v[i].hash, l->hash))
			return skip_may(l);
	return false;
}

/* What lines further on say of the lines before them. */
static int look_ahead(void *ctx, const JournalLine *l, Err *e) {
	Replay *r = ctx;
	Skipped s;
	if (numbering_line(r->w->numbering, l, e) < 0)
		return -1;
	if (skip_names(l, &s.line, &s.hash))
		*vec_push(&r->skipped) = s;
	return 0;
}

/* A mail of the robot's own accord, which no message makes again: its Message-ID is kept, so that the same notice of the
 * same day is not sent a second time. */
static int remember_sent(Replay *r, const char *id, int64_t at, Err *e) {
	OutboxRow mail = {.kind = "notice", .to = "", .subject = "", .message_id = id, .priority = 9, .due = at,
	                  .state = "waiting", .created = at, .sent = WHEN_NONE, .error = "", .from_domain = ""};
	return store_outbox_add(r->w->store, &mail, STR(""), e);
}

static int one_sent(Replay *r, Arena *a, const char *id, int64_t at, Err *e) {
	OutboxRow mail;
	int found = store_outbox_find(r->w->store, a, id, &mail, e);
	if (found == 0) {
		if (remember_sent(r, id, at, e) < 0)
			return -1;
		found = store_outbox_find(r->w->store, a, id, &mail, e);
	}
	if (found < 0 || strcmp(mail.state, "waiting"))
		return found < 0 ? -1 : 0;
	return store_outbox_sent(r->w->store, mail.id, at, e);
}

static int sent_line(Replay *r, const JournalLine *l, Err *e) {
	Arena *a = arena_new();
	Str rest = str_of(l->text), id;
	int rc = 0;
	while (rc == 0 && str_next(&rest, ' ', &id))
		rc = one_sent(r, a, str_dup(a, id), l->at, e);
	arena_free(a);
	return rc;
}

static int do_line(Replay *r, const JournalLine *l, Err *e) {
	if (is_skipped(r, l))
		return 0;
	switch (l->kind) {
	case JOURNAL_RULES:
		return rules_line(r, l, e);
	case JOURNAL_MESSAGE:
		return message_line(r, l, e);
	case JOURNAL_SENT:
		return sent_line(r, l, e);
	case JOURNAL_DECISION:
		return done_line(r, l, decision_replay, e);
	case JOURNAL_ACTION:
		return done_line(r, l, action_replay, e);
	case JOURNAL_LIMIT:
		return 0;
	}
	return 0;
}

static int one_line(void *ctx, const JournalLine *l, Err *e) {
	Replay *r = ctx;
	if (l->end > r->how->until) {
		r->over = true;
		return -1; /* ends the walk, and is no fault */
	}
	/* One that may never come to be done is the next from then on: what stands before it is in. */
	if (skip_may(l) && finish(r, e) < 0)
		return -1;
	if (begin(r, e) < 0 || do_line(r, l, e) < 0)
		return -1;
	r->end = l->end;
	r->line = l->hash;
	return ++r->lines % REPLAY_BATCH == 0 ? finish(r, e) : 0;
}

int replay_offset(World *w, int64_t *out, const char **line, Err *e) {
	char *text;
	if (line) {
		int noted = store_fact_get(w->store, w->env->arena, LINE, &text, e);
		if (noted < 0)
			return -1;
		*line = noted ? text : "";
	}
	int found = store_fact_get(w->store, w->env->arena, OFFSET, &text, e);
	*out = 0;
	if (found > 0 && str_to_i64(str_of(text), 0, INT64_MAX, out) < 0)
		return err_set(e, ERR_BUG, "database: %s is no number", OFFSET);
	return found < 0 ? -1 : 0;
}

typedef struct {
	Arena *a;
	int64_t until;
	const char *hash; /* of the last snapshot, "" */
} Snapshot;

static int look_for_snapshot(void *ctx, const JournalLine *l, Err *e) {
	Snapshot *s = ctx;
	(void)e;
	const char *hash = l->end <= s->until ? purge_snapshot_of(s->a, l) : "";
	if (*hash)
		s->hash = hash;
	return 0;
}

static int check_snapshot(World *w, const char *path, const char *hash, Err *e) {
	Hash h;
	int fd = file_open(w->env->home, path, O_NOFOLLOW);
	int rc = fd < 0 ? err_errno(e, ERR_DISK, "%s", path) : hash_fd(fd, &h, NULL, e);
	if (fd >= 0)
		close(fd);
	if (rc == 0 && strcmp(hash_text(w->env->arena, h), hash) != 0)
		rc = err_set(e, ERR_DISK, "%s: has other bytes than its name says", path);
	return rc < 0 ? err_wrap(e, "the messages before the purge cannot be replayed without its snapshot; take it from a backup")
	              : 0;
}

/* Messages that were purged cannot be judged again: the snapshot of the last purge has what was left of them. */
static int begin_with_snapshot(World *w, int64_t until, Err *e) {
	char real[PATH_MAX];
	Arena *a = w->env->arena;
	Snapshot s = {a, until, ""};
	if (journal_walk(w->env->home, 0, look_for_snapshot, &s, NULL, e) < 0)
		return -1;
	if (!*s.hash)
		return 0;
	const char *path = purge_snapshot_path(a, s.hash);
	if (check_snapshot(w, path, s.hash, e) < 0)
		return -1;
	if (!realpath(w->env->home_path, real))
		return err_errno(e, ERR_DISK, "%s", w->env->home_path);
	return store_load(w->store, arena_fmt(a, "%s/%s", real, path), e);
}

int replay_until(World *w, Replaying *how, Err *e) {
	int64_t from;
	Replay r = {.w = w, .now = w->env->now, .how = how};
	if (replay_offset(w, &from, NULL, e) < 0)
		return -1;
	if (from == how->until)
		return 0;
	if (from == 0 && (begin_with_snapshot(w, how->until, e) < 0 || replay_offset(w, &from, NULL, e) < 0))
		return -1;
	w->numbering = numbering_new(!how->fixed);
	int rc = journal_walk(w->env->home, from, look_ahead, &r, NULL, e);
	numbering_ready(w->numbering);
	if (rc == 0)
		rc = journal_walk(w->env->home, from, one_line, &r, NULL, e);
	if (rc == 0 || r.over)
		rc = finish(&r, e);
	if (rc == 0 && from == 0 && !r.over)
		numbering_tell(w->numbering);
	numbering_free(w->numbering);
	w->numbering = NULL;
	if (rc < 0 && r.open)
		store_rollback(w->store);
	w->env->now = r.now;
	world_use_rules(w, NULL);
	vec_free(&r.skipped);
	how->messages = r.messages;
	return rc;
}

int replay_journal(World *w, Err *e) {
	Replaying how = {.until = journal_size(w->journal)};
	int rc = replay_until(w, &how, e);
	if (how.messages)
		log_info("journal: %lld messages brought into the database", (long long)how.messages);
	return rc;
}
