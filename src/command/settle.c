/* The middle of a message's way: archive -> reader -> judge -> rows and replies. It parses nothing itself, and sends
 * nothing. */
#include "command/settle.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "command/corrected.h"
#include "command/joint.h"
#include "command/probe.h"
#include "command/unreachable.h"
#include "course/award_notices.h"
#include "course/awards.h"
#include "course/decision.h"
#include "course/enter.h"
#include "course/invite.h"
#include "course/lay.h"
#include "course/notice.h"
#include "course/petition.h"
#include "course/supplement.h"
#include "desk/ask.h"
#include "desk/forward.h"
#include "home/outbox.h"
#include "store/purge.h"
#include "store/report.h"

#define DAY 86400
#define REPLY_ENTRIES 100 /* of a sender, told of in a reply */
#define WORTH_A_READER 24 /* messages to come, for which a second reader is started */
#define HEADER_BYTES (64u << 10) /* of a message that cannot be read whole, for finding its sender */

/* A message on its way through; everything it needs lives in `arena`. */
typedef struct {
	World *w;
	const MessageRow *row;
	char id[13]; /* first digits of its hash, before every log line */
	Arena *arena;
	Report report;
	Verdict verdict;
	const char **number;
	int64_t *accepted;
} Case;

static void case_open(Case *c, World *w, const MessageRow *row)
{
	char hex[HASH_HEX];
	*c = (Case){.w = w, .row = row, .arena = arena_new()};
	hash_hex(row->sha256, hex);
	snprintf(c->id, sizeof c->id, "%.12s", row->archived ? hex : "not-fetched ");
}

/* A day's replies to one address are capped: two robots that answer each other come to an end. A verdict waits then for
 * others to go with; what is withheld is taken out of the list and told in the outcome's detail. */
static int cap_replies(Case *c, Outgoing *out, size_t *n, Err *e)
{
	int64_t cap = c->w->rules->mail.replies_per_address_per_day, sent;
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		if (store_outbox_count_to(c->w->store, out[i].to_addr, c->w->env->now - DAY + 1, &sent, e) < 0)
			return -1;
		bool waits = sent >= cap && joint_takes(out[i].kind);
		if (waits && joint_moment(c->w, &out[i], &out[i].joins_at, e) < 0)
			return -1;
		if (sent < cap || waits || !strcmp(out[i].kind, "decision") ||
		    !strcmp(out[i].kind, "notice_answer")) {
			out[kept++] = out[i];
			continue;
		}
		c->verdict.detail = arena_fmt(c->arena, "%s%sreply %s withheld: %lld mails to its address within a day",
		                              c->verdict.detail ? c->verdict.detail : "",
		                              c->verdict.detail && *c->verdict.detail ? "; " : "", out[i].kind,
		                              (long long)sent);
	}
	*n = kept;
	return 0;
}

static int queue_mails(Case *c, const Outgoing *out, size_t n, Err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (outbox_queue(c->w, c->row->seq, &out[i], "waiting", e) < 0)
			return -1;
		log_info("%s reply %s to %s queued", c->id, out[i].kind, text_mask(c->arena, out[i].to_addr));
	}
	return 0;
}

/* Problems of the mail and of each of its forms, in one list. */
static ProblemRow *problem_rows(Case *c, size_t *n)
{
	const Verdict *v = &c->verdict;
	VEC(ProblemRow) all = {0};
	for (size_t i = 0; i < v->problem_n; i++) {
		const Problem *p = &v->problem[i];
		*vec_push(&all) = (ProblemRow){p->severity == SEVERITY_ERROR ? "error" : "warning", p->where,
		                               p->field, p->sentence, -1};
	}
	for (size_t k = 0; k < v->form_n; k++)
		for (size_t i = 0; i < v->form[k].problem_n; i++) {
			const Problem *p = &v->form[k].problem[i];
			*vec_push(&all) = (ProblemRow){p->severity == SEVERITY_ERROR ? "error" : "warning",
			                               p->where, p->field, p->sentence, (int)k};
		}
	ProblemRow *rows = arena_array(c->arena, all.n + 1, sizeof *rows);
	if (all.n)
		memcpy(rows, all.v, all.n * sizeof *rows);
	*n = all.n;
	vec_free(&all);
	return rows;
}

static int record_outcome(Case *c, Err *e)
{
	char rules[HASH_HEX];
	const Report *r = &c->report;
	OutcomeRow o = {.seq = c->row->seq, .outcome = outcome_name(c->verdict.outcome),
	                .detail = c->verdict.detail ? c->verdict.detail : "", .decided = c->w->env->now,
	                .message_id = r->message_id, .from_addr = r->from.addr, .from_name = r->from.name,
	                .subject = r->subject, .in_reply_to = r->in_reply_to, .content = c->verdict.content,
	                .rules = rules};
	hash_hex(c->w->rules->hash, rules);
	o.problem = problem_rows(c, &o.problem_n);
	log_info("%s %s: %s", c->id, o.outcome, o.detail);
	return store_outcome_add(c->w->store, &o, e);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static int record_forms(Case *c, Err *e)
{
	for (size_t i = 0; i < c->verdict.form_n; i++) {
		const FormVerdict *f = &c->verdict.form[i];
		FormRow row = {.print = f->print, .seq = c->row->seq, .form = (int)i, .sender = c->verdict.sender.addr,
		               .outcome = outcome_name(f->outcome), .number = c->number[i],
		               .org_key = or_empty(f->org_key), .title_key = or_empty(f->title_key),
		               .track = f->track ? f->track->code : "", .received = c->row->received};
		if (store_form_add(c->w->store, &row, e) < 0)
			return -1;
	}
	return 0;
}

/* The journal makes it again.  Of the robot's word about itself it has only that it left: what a bounce of that is about is
 * taken from the bounce alone, so that a database made again says the same. */
static bool is_made_again(const OutboxRow *mail)
{
	return strcmp(mail->kind, "digest") != 0 && strcmp(mail->kind, "notice") != 0 &&
	       !str_starts(str_of(mail->kind), "operator");
}

/* Whom to ring about a form that became no entry, and whose mail came back: for the secretariat. */
static int record_said(Case *c, Err *e)
{
	const Report *r = &c->report;
	for (size_t i = 0; i < c->verdict.form_n; i++) {
		const FormVerdict *f = &c->verdict.form[i];
		SaidRow said = {c->row->seq, (int)i, f->role[ROLE_TITLE], f->role[ROLE_ORG], f->role[ROLE_CONTACT_NAME],
		                f->role[ROLE_CONTACT_MOBILE], f->role[ROLE_CONTACT_MAIL], ""};
		if (f->outcome != OUTCOME_ACCEPTED && store_said_add(c->w->store, &said, e) < 0)
			return -1;
	}
	if (c->verdict.outcome != OUTCOME_BOUNCE)
		return 0;
	OutboxRow mail;
	int found = *r->bounce_of ? store_outbox_find(c->w->store, c->arena, r->bounce_of, &mail, e) : 0;
	if (found > 0 && !is_made_again(&mail))
		found = 0;
	SaidRow said = {c->row->seq, -1, found > 0 ? mail.subject : "", "", "", "", found > 0 ? mail.to : r->bounce_to,
	                str_dup(c->arena, str_trim(str_of(arena_fmt(c->arena, "%s %s", r->bounce_status, r->bounce_text))))};
	return found < 0 || store_said_add(c->w->store, &said, e) < 0 ? -1
	                                                              : unreachable_bounce(c->w, r, c->row->seq, e);
}

/* Numbers for the forms that are accepted; for a duplicate, when the entry that stands was accepted. */
static int enter_forms(Case *c, Err *e)
{
	Verdict *v = &c->verdict;
	c->number = arena_array(c->arena, v->form_n + 1, sizeof *c->number);
	c->accepted = arena_array(c->arena, v->form_n + 1, sizeof *c->accepted);
	for (size_t i = 0; i < v->form_n; i++) {
		FormVerdict *f = &v->form[i];
		c->number[i] = "";
		c->accepted[i] = WHEN_NONE;
		EntryRow standing;
		if (f->outcome == OUTCOME_ACCEPTED) {
			EnterFacts facts = {.world = c->w, .arena = c->arena, .row = c->row,
			                    .report = &c->report, .form = f, .sender = v->sender.addr, .index = (int)i};
			c->number[i] = enter_form(&facts, e);
			if (!c->number[i])
				return -1;
			log_info("%s entry %s", c->id, c->number[i]);
		} else if (f->same_as && *f->same_as) {
			int found = store_entry_get(c->w->store, c->arena, f->same_as, &standing, e);
			if (found < 0)
				return -1;
			c->accepted[i] = found ? standing.accepted : WHEN_NONE;
		}
	}
	if (v->outcome == OUTCOME_SUPPLEMENT && !v->redelivery)
		return supplement_enter(c->w, c->arena, c->row, &c->report, v, e);
	return 0;
}

/* The replies, before the outcome is on record: what of them is withheld stands in its detail. */
static int make_replies(Case *c, Outgoing **out, size_t *n, Err *e)
{
	Verdict *v = &c->verdict;
	*n = 0;
	if (!v->reply || v->redelivery)
		return 0;
	if (world_templates(c->w, e) < 0)
		return -1;
	EntryRow *theirs = NULL;
	ReplyFacts facts = {.report = &c->report, .sha256 = c->row->sha256, .received = c->row->received,
	                    .number = c->number, .accepted = c->accepted};
	bool about = v->outcome == OUTCOME_REQUEST || v->outcome == OUTCOME_SUPPLEMENT || v->outcome == OUTCOME_CHANGE ||
	             v->outcome == OUTCOME_LATE || (v->outcome == OUTCOME_REJECTED && !v->form_n);
	if (about &&
	    store_entry_list(c->w->store, c->arena, &(EntryFilter){.address = c->report.from.addr}, REPLY_ENTRIES, &theirs,
	                     &facts.entry_n, e) < 0)
		return -1;
	facts.entry = theirs;
	ReplyWorld rw = world_reply(c->w);
	Attachment *extra;
	corrected_make(c->w, c->arena, &c->report, v, reply_id(&rw, c->arena, v, &facts), &extra, &facts.extra_n);
	facts.extra = extra;
	int r = reply_make(&rw, c->arena, v, &facts, out, n, e);
	if (r == 0)
		r = cap_replies(c, *out, n, e);
	/* Who writes so much that we stop to answer is left to the digest. */
	if (r == 0 && forward_wanted(v) && (*n || v->suppress_reply))
		r = forward_mail(c->w, c->arena, c->row, v, &facts, out, n, e);
	return r;
}

/* Decisions that came back: done, or told why not. */
static int settle_decision(Case *c, Err *e)
{
	Outgoing *out;
	size_t n;
	int rc = c->verdict.release ? notice_mail(c->w, c->arena, c->row, &c->report, &c->verdict, &out, &n, e)
	                            : decision_mail(c->w, c->arena, c->row, &c->report, &c->verdict, &out, &n, e);
	if (rc < 0 ||
	    cap_replies(c, out, &n, e) < 0 || record_outcome(c, e) < 0)
		return -1;
	return queue_mails(c, out, n, e);
}

/* What the secretariat asked for, or an expert said.  One question counts once towards the cap, however many mails its answer takes. */
static int settle_asked(Case *c, Err *e)
{
	Outgoing *out;
	size_t n, asked;
	if (c->verdict.redelivery)
		return record_outcome(c, e);
	int (*answer)(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **all, size_t *count,
	              Err *fault) = c->verdict.says ? said_mail : ask_mail;
	if (answer(c->w, c->arena, c->row, &c->report, &c->verdict, &out, &n, e) < 0)
		return -1;
	asked = n ? 1 : 0;
	if (cap_replies(c, out, &asked, e) < 0 || record_outcome(c, e) < 0)
		return -1;
	return queue_mails(c, out, asked ? n : 0, e);
}

/* The question waits no longer; who answered it is on record. */
static int question_answered(Case *c, Err *e)
{
	RulingRow r = {.seq = c->verdict.answers, .at = c->w->env->now, .kind = "read", .decision = "read",
	               .by = c->report.from.addr, .reason = text_line(c->arena, str_of(c->report.subject))};
	int done = store_ruling_stands(c->w->store, r.seq, "read", "read", e);
	return done ? done < 0 ? -1 : 0 : store_ruling_add(c->w->store, &r, e);
}

/* One to the proposed list of awards is numbered, and answered with its number. */
static int objection(Case *c, Err *e)
{
	Verdict *v = &c->verdict;
	if (!v->objects || v->redelivery)
		return 0;
	if (awards_objection(c->w, c->arena, c->row, v->named, &v->objection, e) < 0)
		return -1;
	if (v->objection) {
		v->reply = v->reply ? "objection" : NULL;
		v->petition = ""; /* it has its own sheet */
		if (v->named && *v->named && award_notices_overtaken(c->w, c->arena, v->named, &v->urgent, e) < 0)
			return -1;
		v->detail = arena_fmt(c->arena, "objection %lld to the proposed list of awards", (long long)v->objection);
	}
	return 0;
}

/* What came late for an entry waits for a ruling, as late forms do. */
static int late_files(Case *c, Err *e)
{
	const Verdict *v = &c->verdict;
	bool waits = v->outcome == OUTCOME_LATE && v->file_n && !v->redelivery;
	return waits ? store_ruling_wanted(c->w->store, c->row->seq, "late", -1, c->w->env->now, e) : 0;
}

static int settle_read(Case *c, Err *e)
{
	Outgoing *out;
	size_t n;
	if (world_judge(c->w, e) < 0 ||
	    judge_mail(c->w->judge, c->arena, &c->report, c->row->received, &c->verdict, e) < 0)
		return -1;
	if (c->verdict.ask || c->verdict.says)
		return settle_asked(c, e);
	if (c->verdict.outcome == OUTCOME_DECISION)
		return settle_decision(c, e);
	if (c->verdict.outcome == OUTCOME_LOOP && probe_came(c->w, c->arena, c->report.subject, e) < 0)
		return -1;
	if (objection(c, e) < 0 || enter_forms(c, e) < 0 || make_replies(c, &out, &n, e) < 0 || record_outcome(c, e) < 0 ||
	    record_forms(c, e) < 0 || record_said(c, e) < 0)
		return -1;
	if (late_files(c, e) < 0)
		return -1;
	if (*c->verdict.petition && !c->verdict.redelivery &&
	    petition_enter(c->w, c->arena, c->row, &c->report, &c->verdict, e) < 0)
		return -1;
	if (c->verdict.answers && !c->verdict.redelivery && question_answered(c, e) < 0)
		return -1;
	if (!c->verdict.redelivery && invite_answered(c->w, &c->verdict, c->report.from.addr, e) < 0)
		return -1;
	return queue_mails(c, out, n, e);
}

/* Only the header block, in a file of its own: what is left to read of a message that cannot be read whole. */
static int read_header_only(Case *c, int fd, Err *e)
{
	char *block = arena_alloc(c->arena, HEADER_BYTES);
	ssize_t got = pread(fd, block, HEADER_BYTES, 0);
	if (got <= 0)
		return 0;
	Str head = {block, (size_t)got};
	ptrdiff_t end = str_find(head, STR("\r\n\r\n"));
	if (end < 0)
		end = str_find(head, STR("\n\n"));
	size_t n = end < 0 ? (size_t)got : (size_t)end + 2;
	int tmp = openat(c->w->spill, "header", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (tmp < 0)
		return err_errno(e, ERR_DISK, "spool/tmp/header");
	char *why;
	int r = file_write_all(tmp, block, n, e);
	if (r == 0 && reader_read(c->w->reader, tmp, NULL, 0, c->arena, &c->report, &why, e) != READ_OK) {
		if (e->kind != ERR_NONE)
			r = -1;
		c->report = (Report){.message_id = "", .in_reply_to = "", .subject = "",
		                     .from = {"", ""}, .return_path = "", .own_mark = ""};
	}
	close(tmp);
	return r;
}

/* Outcome and answer of a message that could not be read or fetched. */
static int settle_unread(Case *c, const char *mail, Err *e)
{
	bool silent = !c->report.from.addr || !*c->report.from.addr || c->report.robot || *c->report.own_mark;
	Outgoing *out;
	size_t n = 0;
	if (silent)
		return record_outcome(c, e);
	if (world_templates(c->w, e) < 0)
		return -1;
	ReplyWorld rw = world_reply(c->w);
	if (reply_unread(&rw, c->arena, mail, c->report.from.addr, c->report.subject, c->report.message_id,
	                 c->row->sha256, c->row->received, &out, &n, e) < 0 ||
	    cap_replies(c, out, &n, e) < 0 || record_outcome(c, e) < 0)
		return -1;
	return queue_mails(c, out, n, e);
}

/* spool/quarantine/HASH.eml and HASH.txt with the reason. */
static int lay_in_quarantine(Case *c, const char *why, Err *e)
{
	char hex[HASH_HEX], from[128];
	int home = c->w->env->home;
	if (c->w->rehearsal)
		return 0;
	hash_hex(c->row->sha256, hex);
	archive_path(c->row->sha256, from);
	if (file_mkdirs(home, "spool/quarantine", 0755, e) < 0)
		return -1;
	const char *to = arena_fmt(c->arena, "spool/quarantine/%s.eml", hex);
	if (!file_exists(home, to) && linkat(home, from, home, to, 0) < 0)
		return err_errno(e, ERR_DISK, "%s", to);
	const char *note = arena_fmt(c->arena, "message %s\nreceived %s\nsource %s\nreason %s\n", hex,
	                             when_text(c->arena, c->row->received), c->row->source, why);
	return file_write_plain(home, arena_fmt(c->arena, "spool/quarantine/%s.txt", hex), note, strlen(note),
	                        0644, e);
}

static int quarantine(Case *c, int fd, const char *why, Err *e)
{
	log_warn("%s quarantined: %s", c->id, why);
	if (lay_in_quarantine(c, why, e) < 0 || read_header_only(c, fd, e) < 0)
		return -1;
	c->verdict = (Verdict){.outcome = OUTCOME_QUARANTINED, .detail = why};
	return settle_unread(c, "quarantined", e);
}

/* Read behind the walls while the one before it is judged: as many of the messages that come next as are not read already. */
static void look_ahead(World *w, const MessageRow *next, size_t n)
{
	Err ignored = {0}; /* it is told when its turn comes */
	for (size_t i = reader_is_ahead(w->reader); i < n && i < READER_LANES; i++) {
		int fd = next[i].archived ? archive_read(w->archive, next[i].sha256, &ignored) : -1;
		if (fd < 0)
			return;
		reader_ahead(w->reader, fd, READ_SPILL, n >= WORTH_A_READER);
		close(fd);
	}
}

int settle_message(World *w, const MessageRow *m, const MessageRow *next, size_t n, Err *e)
{
	Case c;
	char *why = NULL;
	if (world_reader(w, e) < 0)
		return -1;
	int fd = archive_read(w->archive, m->sha256, e);
	if (fd < 0)
		return -1;
	case_open(&c, w, m);
	e->kind = ERR_NONE;
	ReadResult got = reader_read(w->reader, fd, NULL, READ_SPILL, c.arena, &c.report, &why, e);
	int r = -1;
	if (got == READ_OK)
		look_ahead(w, next, n);
	if (got == READ_OK && e->kind == ERR_NONE)
		r = settle_read(&c, e);
	else if (e->kind == ERR_NONE)
		r = quarantine(&c, fd, why ? why : "unknown", e);
	close(fd);
	arena_free(c.arena);
	return r;
}

typedef struct {
	Case *c;
	Err *e;
	int rc;
} Entered;

/* A form that became an entry before is nothing new. */
static bool mark_entered(void *ctx, const LogRow *row)
{
	Entered *x = ctx;
	Case *c = x->c;
	for (size_t i = 0; i < row->entry_n && x->rc >= 0; i++) {
		EntryRow en;
		x->rc = store_entry_get(c->w->store, c->arena, row->entry[i], &en, x->e);
		if (x->rc <= 0 || en.form < 0 || (size_t)en.form >= c->verdict.form_n)
			continue;
		FormVerdict *f = &c->verdict.form[en.form];
		f->outcome = OUTCOME_DUPLICATE;
		f->same_as = en.number;
		f->same_form = f->same_sender = true;
	}
	return false;
}

/* The best of the forms that are not entries yet. */
static void best_again(Case *c, Again *out)
{
	Verdict *v = &c->verdict;
	out->outcome = OUTCOME_REJECTED;
	out->form = -1;
	for (size_t i = 0; i < v->form_n; i++) {
		const FormVerdict *f = &v->form[i];
		bool entered = f->outcome == OUTCOME_DUPLICATE && f->same_form && f->same_sender && *or_empty(f->same_as);
		if (!entered && (out->form < 0 || f->outcome < out->outcome)) {
			out->outcome = f->outcome;
			out->form = (int)i;
		}
	}
	if (out->form >= 0)
		v->outcome = out->outcome;
	else if (!v->form_n || v->outcome == OUTCOME_SUPPLEMENT)
		out->outcome = v->outcome;
}

static int again_read(Case *c, Arena *a, unsigned aside, Again *out, Err *e)
{
	World *w = c->w;
	Outgoing *mail;
	size_t n;
	Entered entered = {c, e, 0};
	if (world_judge(w, e) < 0 ||
	    judge_again(w->judge, c->arena, &c->report, c->row->received, aside, &c->verdict, e) < 0 ||
	    store_log_each(w->store, &(LogFilter){.since = WHEN_NONE, .seq = c->row->seq}, mark_entered, &entered, e) < 0 ||
	    entered.rc < 0)
		return -1;
	out->read = true;
	best_again(c, out);
	if (enter_forms(c, e) < 0 || make_replies(c, &mail, &n, e) < 0)
		return -1;
	out->number = arena_array(a, c->verdict.form_n + 1, sizeof *out->number);
	for (size_t i = 0; i < c->verdict.form_n; i++)
		if (*c->number[i])
			out->number[out->number_n++] = arena_str(a, c->number[i]);
	return queue_mails(c, mail, n, e);
}

int settle_again(World *w, Arena *a, const MessageRow *m, unsigned aside, Again *out, Err *e)
{
	Case c;
	char *why;
	*out = (Again){.outcome = OUTCOME_QUARANTINED, .form = -1};
	if (!m->archived)
		return 0;
	if (world_reader(w, e) < 0)
		return -1;
	int64_t purged;
	int gone = store_purged(w->store, &purged, e);
	if (gone < 0 || (gone && m->seq <= purged)) /* it cannot be read any more */
		return gone < 0 ? -1 : 0;
	int fd = archive_read(w->archive, m->sha256, e);
	if (fd < 0)
		return -1;
	case_open(&c, w, m);
	e->kind = ERR_NONE;
	int rc = 0;
	if (reader_read(w->reader, fd, NULL, READ_SPILL, c.arena, &c.report, &why, e) == READ_OK)
		rc = again_read(&c, a, aside, out, e);
	else if (e->kind != ERR_NONE)
		rc = -1;
	else
		log_warn("%s cannot be read again: %s", c.id, why);
	close(fd);
	arena_free(c.arena);
	return rc;
}

int settle_unfetched(World *w, const MessageRow *m, int head, Err *e)
{
	Case c;
	if (world_reader(w, e) < 0)
		return -1;
	case_open(&c, w, m);
	c.report = (Report){.message_id = "", .in_reply_to = "", .subject = "", .from = {"", ""},
	                    .return_path = "", .own_mark = ""};
	int r = head >= 0 ? read_header_only(&c, head, e) : 0;
	if (m->bytes <= (uint64_t)w->rules->mail.max_bytes) {
		c.verdict = (Verdict){.outcome = OUTCOME_QUARANTINED, .detail = "the server gives no copy that can be read"};
		r = r < 0 ? -1 : settle_unread(&c, "quarantined", e);
		arena_free(c.arena);
		return r;
	}
	c.verdict = (Verdict){.outcome = OUTCOME_REJECTED, .detail = "larger than fetch.max_bytes"};
	c.verdict.problem = ARENA_NEW(c.arena, Problem);
	c.verdict.problem_n = 1;
	c.verdict.problem[0] = (Problem){
		.severity = SEVERITY_ERROR, .where = words(w->rules, "problem.whole_mail"), .field = "",
		.sentence = words_fill(w->rules, c.arena, "problem.mail_too_large", "bytes",
	                           words_bytes(w->rules, c.arena, m->bytes), "max",
	                           words_bytes(w->rules, c.arena, (uint64_t)w->rules->mail.max_bytes), NULL)};
	if (r == 0)
		r = settle_unread(&c, "too_large", e);
	arena_free(c.arena);
	return r;
}
