/* Messages of an IMAP mailbox. Progress is (mailbox, UIDVALIDITY, UID) and commits with the outcomes; a mailbox that was
 * made anew is looked through from its beginning, and its messages are recognised by their bytes. What lay there before
 * the first run is held until somebody releases it. */
#include "command/take.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "command/health.h"
#include "command/take_inner.h"
#include "intake/fetcher.h"

#define OLD_SECONDS 86400 /* older mail in a mailbox never looked into was not meant for us */
#define TIDY_MOST 4000    /* messages of a folder in one run */

/* A configured folder: what we know of it, and what the server says. */
typedef struct {
	const char *mailbox; /* imap:user@host/FOLDER */
	bool known;
	MailboxRow row;
	bool held;           /* messages up to hold_uid of hold_validity are */
	uint32_t hold_validity, hold_uid;
} Box;

typedef struct {
	World *w;
	Arena *arena; /* of the run */
	Box *box;
	FetchFolder *folder;
	FetchState *state;
	size_t n;
	Fetcher *fetcher;
} Imap;

/* ---- names */
static char *mailbox_of(Arena *a, const Server *s, const char *folder) {
	return arena_fmt(a, "imap:%s@%s/%s", s->user, s->host, folder);
}

static char *source_of(Arena *a, const char *mailbox, uint32_t uidvalidity, uint32_t uid) {
	return arena_fmt(a, "%s#%u.%u", mailbox, (unsigned)uidvalidity, (unsigned)uid);
}

/* MAILBOX#UIDVALIDITY.UID -> its three; -1 when it is no such source. */
static int source_parse(const char *source, Str *mailbox, uint32_t *uidvalidity, uint32_t *uid) {
	const char *hash = strrchr(source, '#'), *dot = hash ? strchr(hash, '.') : NULL;
	int64_t v, u;
	if (strncmp(source, "imap:", 5) || !dot || str_to_i64((Str){hash + 1, (size_t)(dot - hash - 1)}, 0, UINT32_MAX, &v) ||
	    str_to_i64(str_of(dot + 1), 1, UINT32_MAX, &u))
		return -1;
	*mailbox = (Str){source, (size_t)(hash - source)};
	*uidvalidity = (uint32_t)v;
	*uid = (uint32_t)u;
	return 0;
}

int take_progress(World *w, const char *source, Err *e) {
	Arena *a = arena_new();
	Str mailbox;
	MailboxRow row, now = {0};
	int rc = 0;
	if (source_parse(source, &mailbox, &now.uidvalidity, &now.last_uid) == 0) {
		now.mailbox = str_dup(a, mailbox);
		int found = store_mailbox_get(w->store, a, now.mailbox, &row, e);
		bool ahead = found > 0 && row.uidvalidity == now.uidvalidity && row.last_uid >= now.last_uid;
		rc = found < 0 ? -1 : ahead ? 0 : store_mailbox_set(w->store, &now, e);
	}
	arena_free(a);
	return rc;
}

/* ---- what is held, as the facts have it */
static const char *hold_key(Arena *a, const char *mailbox) {
	return arena_fmt(a, "hold:%s", mailbox);
}

/* hold: UIDVALIDITY.UID */
static int read_hold(World *w, Arena *a, Box *b, Err *e) {
	char *text;
	unsigned v, u;
	int found = store_fact_get(w->store, a, hold_key(a, b->mailbox), &text, e);
	b->held = found > 0 && sscanf(text, "%u.%u", &v, &u) == 2;
	if (b->held) {
		b->hold_validity = v;
		b->hold_uid = u;
	}
	return found < 0 ? -1 : 0;
}

/* ---- opening */
static int know_folder(Imap *m, size_t i, Err *e) {
	const MailConf *mail = &m->w->rules->mail;
	Box *b = &m->box[i];
	b->mailbox = mailbox_of(m->arena, &mail->fetch, mail->folder[i]);
	int found = store_mailbox_get(m->w->store, m->arena, b->mailbox, &b->row, e);
	b->known = found > 0;
	if (!b->known)
		b->row = (MailboxRow){.mailbox = b->mailbox};
	m->folder[i] = (FetchFolder){mail->folder[i], b->row.uidvalidity, b->row.last_uid};
	return found < 0 ? -1 : read_hold(m->w, m->arena, b, e);
}

static int know_folders(Imap *m, Err *e) {
	m->n = m->w->rules->mail.folder_n;
	m->box = arena_array(m->arena, m->n, sizeof *m->box);
	m->folder = arena_array(m->arena, m->n, sizeof *m->folder);
	m->state = arena_array(m->arena, m->n, sizeof *m->state);
	for (size_t i = 0; i < m->n; i++)
		if (know_folder(m, i, e) < 0)
			return -1;
	return 0;
}

static int open_session(Imap *m, Err *e) {
	const MailConf *mail = &m->w->rules->mail;
	if (know_folders(m, e) < 0)
		return -1;
	if (m->w->env->verbose)
		setenv("XINLV_FETCH_LOG", "info", 0);
	return fetcher_open(arena_fmt(m->arena, "%s/xinlv-fetch", m->w->env->programs), m->w->env->home, mail, m->folder,
	                    m->n, m->state, &m->fetcher, e);
}

/* ---- the first look into a folder */
static bool is_to_hold(const Imap *m, const FetchState *s) {
	FirstStart how = m->w->rules->mail.first_start;
	if (s->exists == 0 || how == FIRST_ANSWER)
		return false;
	return how == FIRST_HOLD || (s->oldest != WHEN_NONE && s->oldest < m->w->env->now - OLD_SECONDS);
}

/* Up to where the folder is not to be read, on record together with what is held. */
static int start_at(Imap *m, size_t i, uint32_t uid, bool hold, Err *e) {
	World *w = m->w;
	Box *b = &m->box[i];
	b->row.uidvalidity = m->state[i].uidvalidity;
	b->row.last_uid = uid;
	fetcher_skip(m->fetcher, i, uid);
	const char *text = hold ? arena_fmt(m->arena, "%u.%u", (unsigned)b->row.uidvalidity, (unsigned)uid) : NULL;
	if (store_begin(w->store, e) < 0)
		return -1;
	if (store_mailbox_set(w->store, &b->row, e) < 0 ||
	    (hold && store_fact_set(w->store, hold_key(m->arena, b->mailbox), text, e) < 0)) {
		store_rollback(w->store);
		return -1;
	}
	return store_commit(w->store, e);
}

static int hold(Imap *m, size_t i, const char *why, Err *e) {
	const FetchState *s = &m->state[i];
	log_warn("%s: %u messages %s are held: xinlv release gives them free", m->folder[i].folder, (unsigned)s->exists, why);
	return start_at(m, i, s->uidnext ? s->uidnext - 1 : 0, true, e);
}

static int begin_folder(Imap *m, size_t i, Err *e) {
	const FetchState *s = &m->state[i];
	Box *b = &m->box[i];
	if (s->missing)
		return 0;
	if (!b->known)
		return is_to_hold(m, s) ? hold(m, i, "from before the first run", e) : start_at(m, i, 0, false, e);
	if (!s->renewed)
		return 0;
	if (b->held && b->hold_validity != s->uidvalidity)
		return hold(m, i, "of a folder that was made anew while others were held", e);
	log_info("%s: UIDVALIDITY is new; its messages are recognised by their bytes", m->folder[i].folder);
	return start_at(m, i, b->held ? b->hold_uid : 0, false, e);
}

static int begin_folders(Imap *m, Err *e) {
	size_t missing = 0;
	Buf text = {0};
	for (size_t i = 0; i < m->n; i++) {
		if (begin_folder(m, i, e) < 0)
			return -1;
		if (m->state[i].missing)
			buf_fmt(&text, "%s%s", missing++ ? ", " : "", m->folder[i].folder);
	}
	int rc = missing == m->n ? err_set(e, ERR_RULES, "%s: not on the server, check fetch.folders: %s",
	                                   m->w->rules->mail.fetch.text, buf_cstr(&text))
	                         : health_folders(m->w, buf_cstr(&text), e);
	buf_free(&text);
	return rc;
}

/* ---- taking */
static int take_one(Imap *m, Take *t, const FetchedMessage *f, Err *e) {
	uint64_t most = (uint64_t)m->w->rules->mail.max_bytes;
	const Box *b = &m->box[f->folder];
	MessageRow row = {.sha256 = f->sha256, .archived = f->archived, .bytes = f->bytes, .received = f->received,
	                  .source = source_of(t->arena, b->mailbox, m->state[f->folder].uidvalidity, f->uid)};
	if (!f->archived) {
		log_warn("%s is not fetched: %s", row.source, f->why);
		if (f->too_large && row.bytes <= most) /* the server said less than there is */
			row.bytes = most + 1;
		if (f->header >= 0 && take_keep_head(m->w, t->arena, &row, f->header, e) < 0)
			return -1;
	}
	return take_add(t, &row, e);
}

static void note_progress(Imap *m, Take *t, size_t folder, uint32_t uid) {
	Box *b = &m->box[folder];
	if (uid <= b->row.last_uid && b->row.uidvalidity == m->state[folder].uidvalidity)
		return;
	b->row.uidvalidity = m->state[folder].uidvalidity;
	b->row.last_uid = uid;
	*vec_push(&t->progress) = b->row;
}

static int take_batch(Imap *m, Take *t, const FetchedMessage *f, size_t n, Err *e) {
	int rc = 0;
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			rc = take_one(m, t, &f[i], e);
		if (f[i].header >= 0)
			close(f[i].header);
	}
	if (rc == 0)
		note_progress(m, t, f[n - 1].folder, f[n - 1].uid);
	step("imap.taken");
	return rc < 0 ? -1 : take_close_batch(t, e);
}

/* A folder read to its end needs no question at the next run, even when its last messages are gone. */
static int note_ends(Imap *m, Take *t, Err *e) {
	for (size_t i = 0; i < m->n; i++)
		if (!m->state[i].missing && m->state[i].uidnext && fetcher_walked(m->fetcher, i))
			note_progress(m, t, i, m->state[i].uidnext - 1);
	return take_close_batch(t, e);
}

static int take_all(Imap *m, Take *t, Err *e) {
	for (;;) {
		FetchedMessage *f;
		size_t n;
		arena_reset(t->arena);
		if (fetcher_next(m->fetcher, TAKE_BATCH, TAKE_BATCH_BYTES, t->arena, &f, &n, e) < 0)
			return -1;
		if (n == 0)
			return note_ends(m, t, e);
		if (take_batch(m, t, f, n, e) < 0)
			return -1;
	}
}

/* ---- tidying */
typedef struct {
	Imap *m;
	Arena *arena;
	VEC(uint32_t) *uid;      /* by folder: what the server is asked to tidy */
	VEC(const char *) after; /* their sources: done once the server has done it */
	VEC(const char *) done;  /* sources that need nothing more */
} Tidy;

/* Only what lies whole in the archive is ever deleted. */
static bool is_due(const World *w, const MessageRow *r) {
	const MailConf *mail = &w->rules->mail;
	return mail->after != AFTER_DELETE || (r->received + mail->after_days * 86400 <= w->env->now &&
	                                       archive_check(w->archive, r->sha256) == 1);
}

/* The folder as it is now; m->n when the message is out of reach: its folder is gone, made anew, or not configured. */
static size_t folder_of(const Imap *m, Str mailbox, uint32_t validity) {
	size_t i = 0;
	while (i < m->n &&
	       (!str_is(mailbox, m->box[i].mailbox) || m->state[i].missing || validity != m->state[i].uidvalidity))
		i++;
	return i;
}

/* Nothing more is needed, the server is asked, or it waits for a later run. */
static bool tidy_one(void *ctx, const char *source, const MessageRow *r) {
	Tidy *t = ctx;
	Imap *m = t->m;
	Str mailbox;
	uint32_t validity, uid;
	if (source_parse(source, &mailbox, &validity, &uid) < 0)
		return true;
	size_t i = folder_of(m, mailbox, validity);
	if (i == m->n || m->w->rules->mail.after == AFTER_KEEP || !r->archived) {
		*vec_push(&t->done) = arena_str(t->arena, source);
	} else if (t->uid[i].n < TIDY_MOST && is_due(m->w, r)) {
		*vec_push(&t->uid[i]) = uid;
		*vec_push(&t->after) = arena_str(t->arena, source);
	}
	return true;
}

static int by_number(const void *x, const void *y) {
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	return a < b ? -1 : a > b;
}

/* The folder's messages are tried again by the next run; what is gone by then is no fault. */
static void keep_for_later(Tidy *t, size_t folder) {
	size_t kept = 0;
	const char *start = arena_fmt(t->arena, "%s#", t->m->box[folder].mailbox);
	for (size_t i = 0; i < t->after.n; i++)
		if (!str_starts(str_of(t->after.v[i]), start))
			t->after.v[kept++] = t->after.v[i];
	t->after.n = kept;
}

static int tidy_at_server(Tidy *t, Err *e) {
	Imap *m = t->m;
	const char *told = "";
	size_t all = 0;
	for (size_t i = 0; i < m->n; i++) {
		char *warning = NULL;
		if (t->uid[i].n == 0)
			continue;
		all += t->uid[i].n;
		qsort(t->uid[i].v, t->uid[i].n, sizeof *t->uid[i].v, by_number);
		if (fetcher_tidy(m->fetcher, i, t->uid[i].v, t->uid[i].n, t->arena, &warning, e) < 0)
			return -1;
		if (!warning)
			continue;
		told = arena_str(m->arena, warning);
		keep_for_later(t, i);
	}
	step("imap.tidied");
	return all ? health_tidy(m->w, told, e) : 0;
}

static int tidy(Imap *m, Err *e) {
	Tidy t = {.m = m, .arena = arena_new()};
	t.uid = arena_array(t.arena, m->n, sizeof *t.uid);
	int rc = store_tidy_each(m->w->store, tidy_one, &t, e);
	if (rc == 0)
		rc = tidy_at_server(&t, e);
	if (rc == 0)
		rc = take_tidied(m->w, t.after.v, t.after.n, e);
	if (rc == 0)
		rc = take_tidied(m->w, t.done.v, t.done.n, e);
	for (size_t i = 0; i < m->n; i++)
		vec_free(&t.uid[i]);
	vec_free(&t.done);
	vec_free(&t.after);
	arena_free(t.arena);
	return rc;
}

static int take_session(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e) {
	Imap m = {.w = w, .arena = arena_new()};
	Take *t = take_new(w, each);
	t->stays = w->rules->mail.after == AFTER_KEEP;
	int rc = open_session(&m, e);
	if (rc == 0)
		rc = health_quota(w, fetcher_quota(m.fetcher), e);
	if (rc == 0)
		rc = begin_folders(&m, e);
	if (rc == 0)
		rc = tidy(&m, e);
	if (rc == 0)
		rc = take_all(&m, t, e);
	if (rc == 0)
		rc = tidy(&m, e);
	fetcher_close(m.fetcher);
	take_free(t);
	arena_free(m.arena);
	return rc;
}

int take_imap(World *w, int (*each)(World *w, const Batch *b, Err *e), Err *e) {
	Err ours = {0};
	int rests = health_rests(w, e);
	if (rests)
		return rests < 0 ? -1 : err_set(e, ERR_LOGIN, "%s", ""); /* said when it was refused */
	int rc = -1;
	if (w->env->unfetched)
		*e = *w->env->unfetched;
	else
		rc = take_session(w, each, e);
	bool theirs = rc < 0 && (e->kind == ERR_SERVER || e->kind == ERR_LOGIN || e->kind == ERR_RULES);
	if (rc == 0)
		return health_works(w, e);
	if (theirs && health_failed(w, e, &ours) < 0)
		*e = ours;
	return -1;
}

/* ---- between ticks */
static bool is_there(void *ctx, const char *source, const MessageRow *m) {
	(void)source, (void)m;
	*(bool *)ctx = true;
	return false;
}

int take_packed(World *w, Buf *out, Err *e) {
	Imap m = {.w = w, .arena = arena_new()};
	bool untidy = false;
	int told = health_stands(w, e);
	int rc = told < 0 ? -1 : store_tidy_each(w->store, is_there, &untidy, e);
	if (rc == 0 && !told && !untidy) {
		rc = know_folders(&m, e);
		if (rc == 0)
			rc = fetcher_pack(&w->rules->mail, m.folder, m.n, out, e);
	}
	arena_free(m.arena);
	return rc;
}

/* ---- what is held */
int take_held(World *w, Arena *a, const char **text, Err *e) {
	const MailConf *mail = &w->rules->mail;
	Buf out = {0};
	int rc = 0;
	bool imap = mail->fetch.scheme == SCHEME_IMAP || mail->fetch.scheme == SCHEME_IMAPS;
	for (size_t i = 0; rc == 0 && imap && i < mail->folder_n; i++) {
		Box b = {.mailbox = mailbox_of(a, &mail->fetch, mail->folder[i])};
		rc = read_hold(w, a, &b, e);
		if (rc == 0 && b.held)
			buf_fmt(&out, "%s%s up to UID %u", out.n ? ", " : "", mail->folder[i], (unsigned)b.hold_uid);
	}
	*text = arena_copy(a, out.p ? out.p : "", out.n);
	buf_free(&out);
	return rc;
}

/* From the beginning: what was taken since is recognised by its bytes. */
static int release_one(World *w, Box *b, Err *e) {
	Arena *a = w->env->arena;
	int found = store_mailbox_get(w->store, a, b->mailbox, &b->row, e);
	if (found < 0 || store_begin(w->store, e) < 0)
		return -1;
	b->row.last_uid = 0;
	if ((found && store_mailbox_set(w->store, &b->row, e) < 0) ||
	    store_fact_set(w->store, hold_key(a, b->mailbox), NULL, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	return store_commit(w->store, e);
}

int take_release(World *w, size_t *n, Err *e) {
	const MailConf *mail = &w->rules->mail;
	bool imap = mail->fetch.scheme == SCHEME_IMAP || mail->fetch.scheme == SCHEME_IMAPS;
	*n = 0;
	for (size_t i = 0; imap && i < mail->folder_n; i++) {
		Box b = {.mailbox = mailbox_of(w->env->arena, &mail->fetch, mail->folder[i])};
		if (read_hold(w, w->env->arena, &b, e) < 0)
			return -1;
		if (!b.held)
			continue;
		if (release_one(w, &b, e) < 0)
			return -1;
		++*n;
	}
	return 0;
}
