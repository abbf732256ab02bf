/* The middle of a message's way: archive -> reader -> judge -> rows and replies. It parses nothing itself, and sends
 * nothing. */
#include "command/settle_inner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
#include "course/notice.h"
#include "course/petition.h"
#include "course/supplement.h"
#include "desk/ask.h"
#include "desk/forward.h"
#include "home/outbox.h"
#include "store/report.h"

#define DAY 86400
#define OWN_ENTRIES 10000 /* of a sender: a reply may count them all, and names the first */
#define WORTH_A_READER 24 /* messages to come, for which a second reader is started */

void settle_open(Case *c, World *w, const MessageRow *row) {
	char hex[HASH_HEX];
	*c = (Case){.w = w, .row = row, .arena = arena_new(), .past = {w->numbering, row->seq, false}};
	hash_hex(row->sha256, hex);
	snprintf(c->id, sizeof c->id, "%.12s", row->archived ? hex : "not-fetched ");
}

/* A day's replies to one address are capped: two robots that answer each other come to an end. A verdict waits then for
 * others to go with; what is withheld is taken out of the list and told in the outcome's detail. */
int settle_cap(Case *c, Outgoing *out, size_t *n, Err *e) {
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

int settle_queue(Case *c, const Outgoing *out, size_t n, Err *e) {
	for (size_t i = 0; i < n; i++) {
		if (outbox_queue(c->w, c->row->seq, &out[i], "waiting", e) < 0)
			return -1;
		log_info("%s reply %s to %s queued", c->id, out[i].kind, text_mask(c->arena, out[i].to_addr));
	}
	return 0;
}

/* Problems of the mail and of each of its forms, in one list. */
static ProblemRow *problem_rows(Case *c, size_t *n) {
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

int settle_outcome(Case *c, Err *e) {
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

static const char *or_empty(const char *s) {
	return s ? s : "";
}

static int record_forms(Case *c, Err *e) {
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
static bool is_made_again(const OutboxRow *mail) {
	return strcmp(mail->kind, "digest") != 0 && strcmp(mail->kind, "notice") != 0 &&
	       !str_starts(str_of(mail->kind), "operator");
}

/* Whom to ring about a form that became no entry, and whose mail came back: for the secretariat. */
static int record_said(Case *c, Err *e) {
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
int settle_enter(Case *c, Err *e) {
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
int settle_replies(Case *c, Outgoing **out, size_t *n, Err *e) {
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
	    store_entry_list(c->w->store, c->arena, &(EntryFilter){.address = c->report.from.addr}, OWN_ENTRIES, &theirs,
	                     &facts.entry_n, e) < 0)
		return -1;
	facts.entry = theirs;
	ReplyWorld rw = world_reply(c->w);
	Attachment *extra;
	corrected_make(c->w, c->arena, &c->report, v, reply_id(&rw, c->arena, v, &facts), &extra, &facts.extra_n);
	facts.extra = extra;
	int r = reply_make(&rw, c->arena, v, &facts, out, n, e);
	if (r == 0)
		r = settle_cap(c, *out, n, e);
	/* Who writes so much that we stop to answer is left to the digest. */
	if (r == 0 && forward_wanted(v) && (*n || v->suppress_reply))
		r = forward_mail(c->w, c->arena, c->row, v, &facts, out, n, e);
	return r;
}

/* Decisions that came back: done, or told why not. */
static int settle_decision(Case *c, Err *e) {
	Outgoing *out;
	size_t n;
	int rc = c->verdict.release ? notice_mail(c->w, c->arena, c->row, &c->report, &c->verdict, &out, &n, e)
	                            : decision_mail(c->w, c->arena, c->row, &c->report, &c->verdict, &out, &n, e);
	if (rc < 0 ||
	    settle_cap(c, out, &n, e) < 0 || settle_outcome(c, e) < 0)
		return -1;
	return settle_queue(c, out, n, e);
}

/* What the secretariat asked for, or an expert said.  One question counts once towards the cap, however many mails its answer takes. */
static int settle_asked(Case *c, Err *e) {
	Outgoing *out;
	size_t n, asked;
	if (c->verdict.redelivery)
		return settle_outcome(c, e);
	int (*answer)(World *w, Arena *a, const MessageRow *m, const Report *r, Verdict *v, Outgoing **all, size_t *count,
	              Err *fault) = c->verdict.says ? said_mail : ask_mail;
	if (answer(c->w, c->arena, c->row, &c->report, &c->verdict, &out, &n, e) < 0)
		return -1;
	asked = n ? 1 : 0;
	if (settle_cap(c, out, &asked, e) < 0 || settle_outcome(c, e) < 0)
		return -1;
	return settle_queue(c, out, asked ? n : 0, e);
}

/* The question waits no longer; who answered it is on record. */
static int question_answered(Case *c, Err *e) {
	RulingRow r = {.seq = c->verdict.answers, .at = c->w->env->now, .kind = "read", .decision = "read",
	               .by = c->report.from.addr, .reason = text_line(c->arena, str_of(c->report.subject))};
	int done = store_ruling_stands(c->w->store, r.seq, "read", "read", e);
	return done ? done < 0 ? -1 : 0 : store_ruling_add(c->w->store, &r, e);
}

/* One to the proposed list of awards is numbered, and answered with its number. */
static int objection(Case *c, Err *e) {
	Verdict *v = &c->verdict;
	numbering_objection(c->w, c->row->seq, &v->objects, &v->objection);
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
static int late_files(Case *c, Err *e) {
	const Verdict *v = &c->verdict;
	bool waits = v->outcome == OUTCOME_LATE && v->file_n;
	return waits ? store_ruling_wanted(c->w->store, c->row->seq, "late", -1, c->w->env->now, e) : 0;
}

/* What a mail may be besides, whatever its outcome.  One that comes once more was all of it before. */
static int settle_besides(Case *c, Err *e) {
	const Verdict *v = &c->verdict;
	if (v->redelivery)
		return 0;
	if (late_files(c, e) < 0 ||
	    (*v->petition && petition_enter(c->w, c->arena, c->row, &c->report, v, e) < 0) ||
	    (v->answers && question_answered(c, e) < 0))
		return -1;
	return invite_answered(c->w, v, c->report.from.addr, e);
}

static int settle_read(Case *c, Err *e) {
	Outgoing *out;
	size_t n;
	if (world_judge(c->w, e) < 0)
		return -1;
	judge_recall(c->w->judge, numbering_past, &c->past);
	int rc = judge_mail(c->w->judge, c->arena, &c->report, c->row->received, &c->verdict, e);
	judge_recall(c->w->judge, NULL, NULL);
	if (rc < 0)
		return -1;
	numbering_count(c->w->numbering, &c->verdict);
	if (c->verdict.ask || c->verdict.says)
		return settle_asked(c, e);
	if (c->verdict.outcome == OUTCOME_DECISION)
		return settle_decision(c, e);
	if (c->verdict.outcome == OUTCOME_LOOP && probe_came(c->w, c->arena, c->report.subject, e) < 0)
		return -1;
	if (objection(c, e) < 0 || settle_enter(c, e) < 0 || settle_replies(c, &out, &n, e) < 0 || settle_outcome(c, e) < 0 ||
	    record_forms(c, e) < 0 || record_said(c, e) < 0 || settle_besides(c, e) < 0)
		return -1;
	return settle_queue(c, out, n, e);
}

/* Read behind the walls while the one before it is judged: as many of the messages that come next as are not read already. */
static void look_ahead(World *w, const MessageRow *next, size_t n) {
	Err ignored = {0}; /* it is told when its turn comes */
	for (size_t i = reader_is_ahead(w->reader); i < n && i < READER_LANES; i++) {
		int fd = next[i].archived ? archive_read(w->archive, next[i].sha256, &ignored) : -1;
		if (fd < 0)
			return;
		reader_ahead(w->reader, fd, READ_SPILL, n >= WORTH_A_READER);
		close(fd);
	}
}

int settle_message(World *w, const MessageRow *m, const MessageRow *next, size_t n, Err *e) {
	Case c;
	char *why;
	if (world_reader(w, e) < 0)
		return -1;
	int fd = archive_read(w->archive, m->sha256, e);
	if (fd < 0)
		return -1;
	settle_open(&c, w, m);
	int r = -1;
	ReadResult got = reader_read(w->reader, fd, NULL, READ_SPILL, c.arena, &c.report, &why, e);
	if (got == READ_OK) {
		look_ahead(w, next, n);
		r = settle_read(&c, e);
	} else if (got != READ_FAULT) {
		r = settle_quarantine(&c, fd, why, e);
	}
	close(fd);
	arena_free(c.arena);
	return r;
}
