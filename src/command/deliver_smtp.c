/* The last stage over SMTP: the queue, one mail after another, each result in the journal before the next mail.  A crash
 * between an answer and its record sends the same mail with the same Message-ID again; so no answer waits for another.
 * Only the disk is waited for once for all answers of a quarter of a second: a server that takes longer over a mail has
 * each record on disk before the next mail, and a power cut takes no more than that back.  The database, which the next
 * run mends from the journal, hears of a mail while the next one is on its way. */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "command/account.h"
#include "command/deliver.h"
#include "command/replay.h"
#include "command/unreachable.h"
#include "mail/compose.h"
#include "mail/header.h"

#define DELIVER_BATCH 64
#define GROUP_MS 250 /* answers that share one transaction */

typedef struct {
	World *w;
	Sender *sender;
	Account *account;
	size_t n;
	Arena *arena; /* one mail's */
	Buf body;
	int64_t sent;
	bool grouped;  /* a transaction is open */
	int64_t since; /* monotonic: when its first mail was begun */
	const OutboxRow *late; /* was sent, and is in the journal but not in the database yet; NULL: none */
	const Account *late_account;
	int64_t late_begun;
} Post;

static int open_accounts(Post *p, Err *e) {
	const MailConf *m = &p->w->rules->mail;
	p->account = arena_array(p->w->env->arena, m->send_n, sizeof *p->account);
	p->n = m->send_n;
	for (size_t i = 0; i < p->n; i++) {
		if (account_open(p->w, &m->send[i], &p->account[i], e) < 0)
			return -1;
		if (m->send[i].scheme == SCHEME_MAILDIR)
			p->account[i].stopped = true; /* among servers a Maildir is nobody's way */
	}
	return 0;
}

/* The first account, in their order, that may send now; p->n when there is none. */
static size_t able(const Post *p, size_t from) {
	while (from < p->n && !account_can(&p->account[from]))
		from++;
	return from;
}

/* For an account that may write only as itself: From is that address, answers still go to the robot. */
static void write_as(Buf *body, const Address *robot, const char *from) {
	Buf out = {0};
	Str mail = buf_view(body), old = compose_field(mail, "From:");
	if (!old.n)
		return;
	buf_add(&out, mail.p, (size_t)(old.p - mail.p));
	header_put_addr(&out, "From", robot->name, from);
	if (!compose_field(mail, "Reply-To:").n)
		header_put_addr(&out, "Reply-To", "", robot->addr);
	buf_slice(&out, str_from(mail, (size_t)(old.p - mail.p) + old.n));
	buf_free(body);
	*body = out;
}

/* Also what an account was refused over is put off: should it be the mail's fault after all, the next run begins with
 * another. */
static int64_t next_try(const Post *p, const OutboxRow *row, const SentResult *r) {
	const MailConf *m = &p->w->rules->mail;
	if (r->kind != SENT_UNKNOWN && !r->reached)
		return p->w->env->now; /* not this mail's fault: it waits for the server only */
	size_t i = (size_t)row->attempts < m->retry_n ? (size_t)row->attempts : m->retry_n - 1;
	return p->w->env->now + (m->retry[i] > 0 ? m->retry[i] : 1);
}

static bool hopeless(const Post *p, const OutboxRow *row, const SentResult *r) {
	return r->kind == SENT_FAILED ||
	       (r->kind != SENT_ACCOUNT && r->reached && row->attempts >= (int64_t)p->w->rules->mail.retry_n &&
	        p->w->env->now - row->created >= DELIVER_GIVE_UP_SECONDS);
}

/* A contact who cannot be reached is for the sender of the entry to mend; the rest is for the digest.  A server says so, no
 * message: the mail is not made again from the journal. */
static int tell_of_failure(Post *p, const OutboxRow *row, const char *error, Err *e) {
	bool tells = strcmp(row->kind, "confirm") == 0 || strcmp(row->kind, "joined") == 0;
	return tells ? unreachable_tell(p->w, row->to, error, 0, e) : 0;
}

static int write_result(Post *p, const OutboxRow *row, const Account *a, const SentResult *r, Err *e) {
	Store *s = p->w->store;
	const char *error = r->code ? arena_fmt(p->arena, "%d %s", r->code, r->text) : r->text;
	if (store_outbox_tried(s, row->id, a->server->text, p->w->env->now, e) < 0)
		return -1;
	if (r->kind == SENT_OK)
		return store_outbox_sent(s, row->id, p->w->env->now, e) < 0 ? -1 : replay_mark(p->w, e);
	if (hopeless(p, row, r))
		return store_outbox_failed(s, row->id, error, e) < 0 ? -1 : tell_of_failure(p, row, error, e);
	return store_outbox_retry(s, row->id, next_try(p, row, r), error, e);
}

/* ---- the group of answers */
static int group_open(Post *p, int64_t begun, Err *e) {
	if (p->grouped)
		return 0;
	p->since = begun;
	p->grouped = store_begin(p->w->store, e) == 0;
	return p->grouped ? 0 : -1;
}

/* The journal is on disk before the database. */
static int group_close(Post *p, Err *e) {
	if (!p->grouped)
		return 0;
	p->grouped = false;
	if (journal_sync(p->w->journal, e) < 0) {
		store_rollback(p->w->store);
		return -1;
	}
	return store_commit(p->w->store, e);
}

static void group_drop(Post *p) {
	if (p->grouped)
		store_rollback(p->w->store);
	p->grouped = false;
}

static int record(Post *p, const OutboxRow *row, const Account *a, const SentResult *r, int64_t begun, Err *e) {
	if (group_open(p, begun, e) < 0 || write_result(p, row, a, r, e) < 0)
		return -1;
	step("smtp.recorded");
	return 0;
}

/* The database hears of a sent mail while the next one is on its way. */
static int record_late(Post *p, Err *e) {
	static const SentResult ok = {.kind = SENT_OK, .text = ""};
	const OutboxRow *row = p->late;
	p->late = NULL;
	return row ? record(p, row, p->late_account, &ok, p->late_begun, e) : 0;
}

/* The journal hears of it first: from then on no death of this process sends the mail again. */
static int settle_sent(Post *p, const OutboxRow *row, const Account *a, int64_t begun, Err *e) {
	journal_add(p->w->journal, &(JournalLine){.kind = JOURNAL_SENT, .at = p->w->env->now, .text = row->message_id});
	if (journal_write(p->w->journal, e) < 0)
		return -1;
	step("smtp.journal");
	p->late = row;
	p->late_account = a;
	p->late_begun = begun;
	/* What the account has to say of anything else is a transaction of its own. */
	if (!a->tries && when_monotonic_ms() - (p->grouped ? p->since : begun) < GROUP_MS)
		return 0;
	return record_late(p, e) < 0 ? -1 : group_close(p, e);
}

static int settle(Post *p, const OutboxRow *row, const Account *a, const SentResult *r, int64_t begun, Err *e) {
	step("smtp.answered");
	log_info("mail %lld to %s: %s %d %s", (long long)row->id, text_mask(p->arena, row->to),
	         r->kind == SENT_OK ? "sent" : hopeless(p, row, r) ? "failed" : "put off", r->code, r->text);
	if (r->kind == SENT_OK)
		return settle_sent(p, row, a, begun, e);
	return record(p, row, a, r, begun, e) < 0 ? -1 : group_close(p, e);
}

/* One mail through one account. */
static int attempt(Post *p, OutboxRow *row, size_t i, SentResult *r, Err *e) {
	Account *a = &p->account[i];
	const Address *robot = &p->w->rules->mail.robot;
	Err died = {0}, late = {0};
	int64_t begun = when_monotonic_ms();
	buf_clear(&p->body);
	if (store_outbox_body(p->w->store, row->id, &p->body, e) < 0)
		return -1;
	if (*a->server->from && strcmp(a->server->from, robot->addr) != 0)
		write_as(&p->body, robot, a->server->from);
	const char *from = *a->server->from ? a->server->from : robot->addr;
	sender_post(p->sender, i, from, row->to, buf_view(&p->body));
	int rc = record_late(p, &late);
	/* When its process dies the result says what to do with the mail; the next mail starts another. */
	if (sender_hear(p->sender, p->arena, r, &died) < 0)
		log_warn("mail %lld: %s", (long long)row->id, died.text);
	if (settle(p, row, a, r, begun, e) < 0 || account_note(p->w, a, r, e) < 0)
		return -1;
	if (rc < 0) {
		*e = late;
		return -1;
	}
	row->attempts++;
	p->sent += r->kind == SENT_OK;
	return 0;
}

/* Whether another account need not try: the server had its say on the mail; or it never came to that, and the mail may have
 * left (SENT_UNKNOWN), or cannot leave anywhere (SENT_FAILED). */
static bool is_dealt_with(const SentResult *r) {
	return r->reached ? r->kind != SENT_ACCOUNT : r->kind == SENT_UNKNOWN || r->kind == SENT_FAILED;
}

/* Through the accounts in their order, until one had something to say of the mail itself.  1: it is dealt with;
 * 0: no account is left. */
static int send_one(Post *p, OutboxRow *row, Err *e) {
	for (size_t i = able(p, 0); i < p->n; i = able(p, i + 1)) {
		SentResult r;
		if (attempt(p, row, i, &r, e) < 0)
			return -1;
		if (is_dealt_with(&r))
			return 1;
	}
	return 0;
}

static int send_all(Post *p, Err *e) {
	Arena *rows = arena_new();
	OutboxRow *row;
	size_t n = 0;
	int rc = 1;
	do {
		arena_reset(rows);
		if (store_outbox_due(p->w->store, rows, p->w->env->now, DELIVER_BATCH, &row, &n, e) < 0)
			rc = -1;
		for (size_t i = 0; rc == 1 && i < n; i++) {
			arena_reset(p->arena);
			rc = able(p, 0) < p->n ? send_one(p, &row[i], e) : 0;
		}
		if (rc >= 0 && record_late(p, e) < 0) /* before the queue is looked at again */
			rc = -1;
	} while (rc == 1 && n); /* also what was queued on the way: that an account works again */
	arena_free(rows);
	if (rc >= 0 && group_close(p, e) < 0)
		rc = -1;
	group_drop(p);
	return rc < 0 ? -1 : 0;
}

/* What the run must end with when an account could not do its part: the first that has something to say, else one that only
 * rests. */
static int verdict(const Post *p, Err *e) {
	const Account *at = NULL;
	for (size_t i = 0; i < p->n && !(at && *at->why); i++) {
		const Account *a = &p->account[i];
		if (a->err && (a->lost || a->tries) && (!at || *a->why))
			at = a;
	}
	if (!at)
		return 0;
	const char *text = *at->why ? arena_fmt(p->w->env->arena, "%s: %s", at->server->text, at->why) : "";
	return err_set(e, at->err == ERR_BUG ? ERR_SERVER : at->err, "%s", text);
}

static int send_queue(Post *p, Err *e) {
	World *w = p->w;
	if (open_accounts(p, e) < 0)
		return -1;
	if (able(p, 0) == p->n)
		return 0;
	if (sender_open(arena_fmt(w->env->arena, "%s/xinlv-send", w->env->programs), w->env->home, &w->rules->mail,
	                &p->sender, e) < 0)
		return -1;
	int rc = send_all(p, e);
	sender_close(p->sender);
	return rc;
}

int deliver_smtp(World *w, int64_t *n, Err *e) {
	int64_t due;
	int waiting = store_outbox_next(w->store, &due, e);
	if (waiting <= 0 || due > w->env->now)
		return waiting < 0 ? -1 : 0; /* a tick with nothing to send starts no process */
	Post p = {.w = w, .arena = arena_new()};
	int rc = send_queue(&p, e);
	*n = p.sent;
	if (rc == 0)
		rc = verdict(&p, e);
	buf_free(&p.body);
	arena_free(p.arena);
	return rc;
}
