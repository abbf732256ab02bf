/* What an entrant asks for that a person decides: a change, to withdraw, an objection.  Only from an entry's sender or
 * contact, and only when it is clear about which entry; all else is for a person to read. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "judge/inner.h"
#include "store/record.h"

#define ANSWER "change" /* our mail that answers such a wish */

static const char *const kinds[] = {"change", "withdraw", "object"};
static const unsigned stamps[] = {STAMP_CHANGE, STAMP_WITHDRAW, STAMP_OBJECT};
#define KINDS (sizeof kinds / sizeof *kinds)

/* The stronger wish wins: who objects to a change does not ask for one. */
static size_t kind_in(const Case *c, const char *key) {
	return list_in(c->j, LIST_OBJECT, key) ? 2 : list_in(c->j, LIST_WITHDRAW, key) ? 1 : 0;
}

typedef struct {
	Case *c;
	char *number;
	size_t n;
} Own;

static bool keep_own(void *ctx, const EntryRow *en) {
	Own *o = ctx;
	if (o->n++ == 0)
		o->number = arena_str(o->c->a, en->number);
	return o->n < 2;
}

/* Who has one entry means that one. */
static int only_one(Case *c) {
	Own o = {.c = c};
	if (!c->j->store || *c->v->number || !*c->r->from.addr)
		return 0;
	if (store_entry_each(c->j->store, &(EntryFilter){.address = c->r->from.addr, .standing = true}, keep_own, &o, c->e) < 0)
		return -1;
	if (o.n == 1)
		c->v->number = o.number;
	return 0;
}

static int settle(Case *c, size_t kind) {
	Verdict *v = c->v;
	v->petition = kinds[kind];
	if (supplement_take(c) < 0)
		return -1;
	v->stamp_missing = c->j->rules->stamped & stamps[kind] && v->file_n == 0;
	v->detail = arena_fmt(c->a, "%s: %s", v->detail, kinds[kind]);
	return 0;
}

int petition_find(Case *c) {
	bool own = c->r->reply_prefixes == 0 || !*c->text_key;
	const char *subject = own ? c->subject_key : "";
	if (only_one(c) < 0)
		return -1;
	if (!*c->v->number)
		return 0;
	size_t kind = kind_in(c, list_in(c->j, LIST_CHANGE, subject) ? subject : c->first_key);
	return settle(c, kind);
}

typedef struct {
	Case *c;
	size_t kind;
} First;

static bool see_first(void *ctx, const LogRow *row) {
	First *f = ctx;
	f->kind = kind_in(f->c, text_key(f->c->a, row->subject));
	return false;
}

/* The one that came with that message, when it waits still: its kind, else KINDS. */
static int waiting(Case *c, int64_t seq, size_t *kind) {
	const char *who = arena_fmt(c->a, "%lld", (long long)seq);
	for (*kind = 0; *kind < KINDS; (*kind)++) {
		RecordRow r;
		int found = store_record_get(c->j->store, c->a, "petition", kinds[*kind], c->v->number, who, &r, c->e);
		if (found < 0)
			return -1;
		if (found && !strcmp(r.state, "open"))
			return 0;
	}
	return 0;
}

int petition_completes(Case *c) {
	const Thread *t = &c->thread;
	First first = {c, 0};
	size_t kind;
	bool brings = false;
	for (size_t i = 0; i < c->r->part_n; i++)
		brings |= file_counts(c->r, i);
	if (!t->found || strcmp(t->mail.kind, ANSWER) != 0 || t->mail.seq <= 0 || !*c->v->number)
		return 0;
	if (waiting(c, t->mail.seq, &kind) < 0)
		return -1;
	if (kind < KINDS && !brings)
		return 0; /* a word more: for a person */
	c->v->petition_of = kind < KINDS ? t->mail.seq : 0;
	if (kind == KINDS) {
		if (strstr(t->mail.subject, c->v->number)) /* decided already */
			return 0;
		if (store_log_each(c->j->store, &(LogFilter){.since = WHEN_NONE, .seq = t->mail.seq}, see_first, &first, c->e) < 0)
			return -1;
		kind = first.kind;
	}
	c->v->detail = "completes what was asked for";
	return settle(c, kind) < 0 ? -1 : 1;
}
