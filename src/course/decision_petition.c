/* Decisions on what entrants ask for: a change, to withdraw, an objection.  What is approved becomes an event beside the
 * entry, which stays as filed; who asked is told. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "course/petition.h"
#include "home/outbox.h"

#define PHONE_LEAST 7
#define PHONE_MOST 20

static const Choice change_choices[] = {{"decide.agree", "change-approved", "", false},
                                        {"decide.disagree", "change-refused", "", true}};
static const Choice withdraw_choices[] = {{"decide.agree", "withdrawn", "withdrawn", false},
                                          {"decide.disagree", "withdrawal-refused", "", true}};
static const Choice object_choices[] = {{"decide.agree", "objection-upheld", "", true},
                                        {"decide.disagree", "objection-dismissed", "", true}};

/* The record that the sealed row is about: 1, 0, -1. */
static int find(World *w, Arena *a, const Decided *d, RecordRow *out, Err *e) {
	RecordRow *row;
	size_t n;
	const char *who = arena_fmt(a, "%lld", (long long)d->seq);
	if (store_record_list(w->store, a, "petition", d->seal.kind, NULL, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(row[i].who, who)) {
			*out = row[i];
			return 1;
		}
	return 0;
}

static bool agrees(const Decided *d) {
	return d->choice == &d->kind->choice[0];
}

/* ---- the new contact, in the row's own columns */

typedef struct {
	const char *name, *mobile, *email;
} NewContact;

static NewContact contact_of(World *w, Arena *a, const Decided *d) {
	static const char *const heading[] = {"decide.new_contact", "decide.new_mobile", "decide.new_email"};
	const char *value[3];
	for (size_t i = 0; i < 3; i++)
		value[i] = text_line(a, str_of(text_tidy(a, row_open(d->row, a, words(w->rules, heading[i])))));
	return (NewContact){value[0], text_fold(a, value[1]), text_fold(a, value[2])};
}

static bool is_phone(const char *text) {
	size_t digits = 0;
	for (const char *p = text; *p; p++)
		if (*p >= '0' && *p <= '9')
			digits++;
		else if (!strchr("+- ", *p))
			return false;
	return digits >= PHONE_LEAST && digits <= PHONE_MOST;
}

static void check_contact(RowCheck *c) {
	NewContact n = contact_of(c->w, c->a, c->d);
	if (!*n.name && !*n.mobile && !*n.email)
		return;
	if (strcmp(c->d->seal.kind, "change") || !agrees(c->d))
		row_fail(c, row_say(c, "decide.contact_out_of_place"), true);
	else if (*n.mobile && !is_phone(n.mobile))
		row_fail(c, words_fill(c->w->rules, c->a, "decide.bad_phone", "found", text_cut(c->a, n.mobile, 40), NULL), true);
	else if (*n.email && !mail_address_ok(n.email))
		row_fail(c, words_fill(c->w->rules, c->a, "decide.bad_mail", "found", text_cut(c->a, n.email, 60), NULL), true);
}

/* ---- may it be done? */

static void check_found(RowCheck *c, const RecordRow *r, const EntryRow *en) {
	Decided *d = c->d;
	bool open = !strcmp(r->state, "open"), gone = !strcmp(en->state, "withdrawn");
	d->ref = r->ref;
	d->about = arena_fmt(c->a, "%s  %s", en->title, en->org);
	d->now = row_say(c, arena_fmt(c->a, "decide.petition_%s", r->state));
	d->version = r->version;
	if (!row_choice(c)) {
		d->again &= !gone;
		return;
	}
	bool stands = !open && !strcmp(r->state, agrees(d) ? "agreed" : "refused");
	if (!row_fresh(c, stands, !gone))
		return;
	if (gone)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.wrong_state", "state", row_say(c, "state.withdrawn"), NULL), false);
	else if (agrees(d) && petition_of(r).stamp_missing)
		row_fail(c, row_say(c, "decide.stamp_missing"), true);
	else if (!open)
		row_want_reason(c, d->now);
	if (d->fate != ROW_FAILED)
		check_contact(c);
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	Hash h;
	RecordRow r;
	EntryRow en;
	int found = hash_parse(str_of(d->seal.ref), &h) < 0 ? 0 : store_message_find(c->w->store, h, &d->seq, e);
	if (found > 0)
		found = find(c->w, c->a, d, &r, e);
	if (found > 0)
		found = store_entry_get(c->w->store, c->a, r.ref, &en, e);
	if (found < 0)
		return -1;
	if (!found)
		row_fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", text_cut(c->a, d->seal.ref, 12), NULL), false);
	else
		check_found(c, &r, &en);
	return 0;
}

/* ---- doing it */

static int tell(const Doing *g, const Decided *d, const RecordRow *r, const EntryRow *en, Err *e) {
	World *w = g->w;
	Arena *a = g->a;
	Petition p = petition_of(r);
	Data *x = data_new(a);
	Address to = {"", r->addr};
	data_text(x, "number", en->number);
	data_text(x, "title", en->title);
	data_text(x, "org", en->org);
	data_flag(x, d->seal.kind, true);
	data_flag(x, "agreed", agrees(d));
	data_text(x, "reason", d->reason);
	data_text(x, "no", p.no ? arena_fmt(a, "%lld", (long long)p.no) : "");
	int64_t opens, closes;
	rules_window_at(w->rules, w->env->now, &opens, &closes);
	data_text(x, "closes", w->env->now <= closes ? words_moment(w->rules, a, closes) : "");
	const char *key = arena_fmt(a, "petition %s %s %lld", d->seal.kind, r->who, (long long)r->version);
	if (!mail_address_ok(r->addr))
		return 0;
	return outbox_tell(w, a, &(OwnMail){.mail = "petition", .key = key, .data = x, .seq = d->seq}, &to, e);
}

static int record(const Doing *g, const Decided *d, const RecordRow *before, Err *e) {
	RecordRow r = *before;
	EventRow ev = {.at = g->w->env->now, .event = d->choice->event, .by = g->by, .detail = d->reason,
	               .state = d->choice->state};
	r.at = g->w->env->now;
	r.state = agrees(d) ? "agreed" : "refused";
	r.by = g->by;
	if (store_event_add(g->w->store, r.ref, &ev, e) < 0)
		return -1;
	log_info("%s: %s by %s", r.ref, ev.event, g->by);
	return store_record_add(g->w->store, &r, e);
}

static int apply(const Doing *g, Decided *d, Err *e) {
	RecordRow r;
	EntryRow en;
	NewContact n = contact_of(g->w, g->a, d);
	bool contact = *n.name || *n.mobile || *n.email;
	if (find(g->w, g->a, d, &r, e) <= 0 || store_entry_get(g->w->store, g->a, r.ref, &en, e) <= 0 ||
	    record(g, d, &r, e) < 0)
		return -1;
	if (contact && contact_change(g->w, g->a, &en, n.name, n.mobile, n.email, g->by, e) < 0)
		return -1;
	d->says = words_fill(g->w->rules, g->a, agrees(d) ? "decide.done_agreed" : "decide.done_refused", "contact",
	                     contact ? n.name : "", NULL);
	return tell(g, d, &r, &en, e);
}

const DecisionKind decide_change = {.kind = "change", .choice = change_choices, .choice_n = 2, .check = check, .apply = apply};
const DecisionKind decide_withdraw = {.kind = "withdraw", .choice = withdraw_choices, .choice_n = 2, .check = check,
                                      .apply = apply};
const DecisionKind decide_object = {.kind = "object", .choice = object_choices, .choice_n = 2, .check = check, .apply = apply};
