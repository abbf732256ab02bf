/* From a workbook that came back to rows that may be done.  Reads the database and writes nothing; refuses a row whose
 * seal is broken before it looks at anything else in it. */
#include "command/decision.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"

#define ROLE "office"

static const Choice choices[] = {
	{"eligibility", "decide.pass", "eligible", "eligible", false},
	{"eligibility", "decide.fail", "ineligible", "ineligible", true},
	{"eligibility", "decide.amend", "amend", "", true},
	{"formal", "decide.pass", "reviewed", "reviewed", false},
	{"formal", "decide.fail", "unfit", "unfit", true},
	{"formal", "decide.amend", "amend", "", true},
	{"late", "decide.take", "take", "", false},
	{"late", "decide.refuse", "refuse", "", true},
	{"twin", "decide.not_twin", "not_twin", "", false},
	{"twin", "decide.twin", "twin", "", false},
	{"read", "decide.read", "read", "", false},
};
#define CHOICES (sizeof choices / sizeof *choices)

/* States in which a kind of row may be decided; the last two are what it decides between. */
static const struct {
	const char *kind, *state[3];
} open_in[] = {
	{"eligibility", {"accepted", "eligible", "ineligible"}},
	{"formal", {"eligible", "reviewed", "unfit"}},
};

typedef struct {
	World *w;
	Arena *a;
	SealKey key;
	Decided *d; /* the row looked at */
} RowCheck;

/* ---- words */

static const char *say(const RowCheck *c, const char *key)
{
	return words(c->w->rules, key);
}

static void fail(const RowCheck *c, const char *says, bool again)
{
	c->d->fate = ROW_FAILED;
	c->d->says = says;
	c->d->again = again;
}

const char *decision_kind(const World *w, Arena *a, const Decided *d)
{
	return d->sealed && *decision_choices(w, a, d->seal.kind, ",")
	           ? words(w->rules, arena_fmt(a, "decide.kind_%s", d->seal.kind))
	           : "";
}

const char *decision_choices(const World *w, Arena *a, const char *kind, const char *between)
{
	Buf b = {0};
	for (size_t i = 0; i < CHOICES; i++)
		if (!strcmp(choices[i].kind, kind))
			buf_fmt(&b, "%s%s", b.n ? between : "", words(w->rules, choices[i].word));
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static const char *choices_text(const RowCheck *c)
{
	return decision_choices(c->w, c->a, c->d->seal.kind, say(c, "decide.or"));
}

static const char *word_of_event(const RowCheck *c, const char *event)
{
	for (size_t i = 0; i < CHOICES; i++)
		if (!strcmp(choices[i].event, event))
			return say(c, choices[i].word);
	return event;
}

/* ---- one row */

static const Choice *choice_of(const RowCheck *c)
{
	const char *key = text_key(c->a, c->d->row->decision);
	for (size_t i = 0; i < CHOICES; i++)
		if (!strcmp(choices[i].kind, c->d->seal.kind) && !strcmp(key, text_key(c->a, say(c, choices[i].word))))
			return &choices[i];
	return NULL;
}

/* A choice that may be made, with a reason where one is wanted.  False when the row has failed. */
static bool read_choice(RowCheck *c)
{
	Decided *d = c->d;
	const Rules *r = c->w->rules;
	d->choice = choice_of(c);
	d->reason = text_tidy(c->a, d->row->reason);
	size_t chars = text_chars(d->reason);
	if (!str_trim(str_of(d->row->decision)).n)
		fail(c, words_fill(r, c->a, "decide.no_choice", "choices", choices_text(c), NULL), true);
	else if (!d->choice)
		fail(c, words_fill(r, c->a, "decide.unknown_choice", "found", text_cut(c->a, d->row->decision, 40), "choices",
		                   choices_text(c), NULL), true);
	else if (chars > DECISION_REASON_CHARS)
		fail(c, words_fill(r, c->a, "decide.reason_long", "chars", arena_fmt(c->a, "%zu", chars), "max",
		                   arena_fmt(c->a, "%d", DECISION_REASON_CHARS), NULL), true);
	else if (d->choice->needs_reason && !*d->reason)
		fail(c, words_fill(r, c->a, "decide.no_reason", "choice", say(c, d->choice->word), NULL), true);
	return d->fate != ROW_FAILED;
}

/* The version holds, or the same decision stands already.  False when the row is settled by that. */
static bool fresh(RowCheck *c, bool stands, bool open)
{
	Decided *d = c->d;
	if (stands) {
		d->fate = ROW_ALREADY;
		d->says = say(c, "decide.already");
		return false;
	}
	if (d->version == d->seal.version)
		return true;
	fail(c, words_fill(c->w->rules, c->a, "decide.stale", "state", d->now, NULL), open);
	return false;
}

/* What was decided before is overturned only with a reason. */
static void want_reason(RowCheck *c, const char *before)
{
	if (!*c->d->reason)
		fail(c, words_fill(c->w->rules, c->a, "decide.no_reason_now", "before", before, "choice",
		                   say(c, c->d->choice->word), NULL), true);
}

/* ---- entries */

static const char *const *states_of(const char *kind)
{
	for (size_t i = 0; i < sizeof open_in / sizeof *open_in; i++)
		if (!strcmp(open_in[i].kind, kind))
			return open_in[i].state;
	return NULL;
}

static bool same_amendment(const Decided *d, const EventRow *ev, size_t n)
{
	return n && !*d->choice->state && !strcmp(ev[n - 1].event, d->choice->event) &&
	       !strcmp(ev[n - 1].detail, d->reason);
}

static int check_entry(RowCheck *c, const char *const *states, Err *e)
{
	Decided *d = c->d;
	EntryRow en;
	EventRow *ev;
	size_t n;
	int found = store_entry_get(c->w->store, c->a, d->seal.ref, &en, e);
	if (found < 0 || store_entry_events(c->w->store, c->a, d->seal.ref, &ev, &n, e) < 0)
		return -1;
	d->ref = d->seal.ref;
	if (!found) {
		fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", d->seal.ref, NULL), false);
		return 0;
	}
	bool open = false;
	for (size_t i = 0; i < 3; i++)
		open |= !strcmp(en.state, states[i]);
	d->about = arena_fmt(c->a, "%s  %s", en.title, en.org);
	d->now = say(c, arena_fmt(c->a, "state.%s", en.state));
	d->version = (int64_t)n;
	if (!read_choice(c)) {
		d->again &= open;
		return 0;
	}
	if (!fresh(c, *d->choice->state ? !strcmp(en.state, d->choice->state) : same_amendment(d, ev, n), open))
		return 0;
	if (!open)
		fail(c, words_fill(c->w->rules, c->a, "decide.wrong_state", "state", d->now, NULL), false);
	else if (strcmp(en.state, states[0]) != 0)
		want_reason(c, d->now);
	return 0;
}

/* ---- messages */

typedef struct {
	RowCheck *c;
	bool found;
	const char *outcome, *entry; /* the numbers of its entries, "" */
} Seen;

static bool see(void *ctx, const LogRow *row)
{
	Seen *s = ctx;
	Arena *a = s->c->a;
	Buf b = {0};
	s->found = true;
	s->outcome = arena_str(a, row->outcome);
	s->c->d->about = arena_fmt(a, "%s  %s", row->from_addr, row->subject);
	for (size_t i = 0; i < row->entry_n; i++)
		buf_fmt(&b, "%s%s", i ? " " : "", row->entry[i]);
	s->entry = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return false;
}

/* Does a ruling of that kind mean anything for it? */
static bool may_rule(const char *kind, const char *outcome)
{
	if (!strcmp(kind, "read"))
		return true;
	return !strcmp(outcome, "late") || !strcmp(outcome, "duplicate") ||
	       (!strcmp(kind, "twin") && !strcmp(outcome, "accepted"));
}

static const RulingRow *last_of(const RulingRow *r, size_t n, const char *kind)
{
	while (n > 0)
		if (!strcmp(r[--n].kind, kind))
			return &r[n];
	return NULL;
}

static int check_ruled(RowCheck *c, const Seen *s, const RulingRow *r, size_t n)
{
	Decided *d = c->d;
	const RulingRow *before = last_of(r, n, d->seal.kind);
	bool open = may_rule(d->seal.kind, s->outcome);
	bool taken = before && (!strcmp(before->decision, "take") || !strcmp(before->decision, "not_twin"));
	bool entered = *s->entry && (taken || strcmp(s->outcome, "accepted") != 0) && strcmp(d->seal.kind, "read") != 0;
	d->now = n ? word_of_event(c, r[n - 1].decision) : say(c, arena_fmt(c->a, "outcome.%s", s->outcome));
	d->version = (int64_t)n;
	if (!read_choice(c)) {
		d->again &= open && !entered;
		return 0;
	}
	if (!fresh(c, before && !strcmp(before->decision, d->choice->event), open && !entered))
		return 0;
	if (entered) /* what is accepted stays */
		fail(c, words_fill(c->w->rules, c->a, "decide.entered", "number", s->entry, NULL), false);
	else if (!open)
		fail(c, words_fill(c->w->rules, c->a, "decide.wrong_state", "state", d->now, NULL), false);
	else if (before)
		want_reason(c, word_of_event(c, before->decision));
	return 0;
}

static int check_message(RowCheck *c, Err *e)
{
	Decided *d = c->d;
	Hash h;
	Seen s = {.c = c, .outcome = "", .entry = ""};
	RulingRow *r = NULL;
	size_t n = 0;
	int found = hash_parse(str_of(d->seal.ref), &h) < 0 ? 0 : store_message_find(c->w->store, h, &d->seq, e);
	if (found > 0 && store_log_each(c->w->store, &(LogFilter){.since = WHEN_NONE, .seq = d->seq}, see, &s, e) < 0)
		return -1;
	if (found > 0 && store_ruling_list(c->w->store, c->a, d->seq, &r, &n, e) < 0)
		return -1;
	if (found < 0)
		return -1;
	if (!found || !s.found || !*s.outcome) {
		fail(c, words_fill(c->w->rules, c->a, "decide.gone", "ref", text_cut(c->a, d->seal.ref, 12), NULL), false);
		return 0;
	}
	return check_ruled(c, &s, r, n);
}

/* ---- all of them */

static int check_row(RowCheck *c, const DecisionBook *book, Err *e)
{
	Decided *d = c->d;
	const char *edition = c->w->rules->edition;
	d->sealed = seal_check(c->a, &c->key, d->row->token, &d->seal) == 0;
	if (!d->sealed) {
		fail(c, say(c, "decide.bad_seal"), false);
		return 0;
	}
	if (*book->edition && strcmp(book->edition, edition) != 0) {
		fail(c, words_fill(c->w->rules, c->a, "decide.other_edition", "found", text_cut(c->a, book->edition, 40), "want",
		                   edition, NULL), false);
		return 0;
	}
	const char *const *states = states_of(d->seal.kind);
	if (strcmp(d->seal.role, ROLE) != 0 || !*decision_choices(c->w, c->a, d->seal.kind, ",")) {
		fail(c, say(c, "decide.not_yours"), false);
		return 0;
	}
	return states ? check_entry(c, states, e) : check_message(c, e);
}

static int by_subject(const void *a, const void *b)
{
	const Decided *x = *(Decided *const *)a, *y = *(Decided *const *)b;
	int c = strcmp(x->seal.ref, y->seal.ref);
	if (c == 0 && (x->seq || y->seq))
		c = strcmp(x->seal.kind, y->seal.kind);
	return c ? c : (x > y) - (x < y);
}

/* One thing decided twice in what came back: the same counts once; what differs is a question to ask. */
static void settle_twice(RowCheck *c, Decided **of, size_t n)
{
	bool differs = false;
	for (size_t i = 1; i < n; i++)
		differs |= of[i]->choice != of[0]->choice;
	for (size_t i = differs ? 0 : 1; i < n; i++) {
		c->d = of[i];
		if (differs) {
			fail(c, say(c, "decide.twice"), true);
		} else {
			of[i]->fate = ROW_ALREADY;
			of[i]->says = say(c, "decide.already");
		}
	}
}

static void find_twice(RowCheck *c, Decisions *all)
{
	Decided **good = arena_array(c->a, all->n + 1, sizeof(Decided *));
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->row[i].fate == ROW_GOOD)
			good[n++] = &all->row[i];
	qsort(good, n, sizeof *good, by_subject);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && !strcmp(good[k]->seal.ref, good[i]->seal.ref) &&
		                (!good[i]->seq || !strcmp(good[k]->seal.kind, good[i]->seal.kind));
		     k++)
			;
		if (k - i > 1)
			settle_twice(c, good + i, k - i);
	}
}

int decisions_check(World *w, Arena *a, const DecisionBook *book, size_t n, Decisions *out, Err *e)
{
	RowCheck c = {.w = w, .a = a};
	size_t all = 0;
	*out = (Decisions){0};
	if (seal_key(w->env->home, &c.key, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		all += book[i].row_n;
	out->row = arena_array(a, all + 1, sizeof *out->row);
	for (size_t i = 0; i < n; i++) {
		out->open += book[i].open;
		out->cut |= book[i].cut;
		for (size_t k = 0; k < book[i].row_n; k++) {
			c.d = &out->row[out->n++];
			*c.d = (Decided){.row = &book[i].row[k], .reason = "", .about = "", .ref = "", .now = "", .says = ""};
			if (check_row(&c, &book[i], e) < 0)
				return -1;
		}
	}
	find_twice(&c, out);
	for (size_t i = 0; i < out->n; i++) {
		out->good += out->row[i].fate == ROW_GOOD;
		out->already += out->row[i].fate == ROW_ALREADY;
		out->failed += out->row[i].fate == ROW_FAILED;
	}
	return 0;
}
