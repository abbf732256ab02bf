/* The roster comes back: experts are added, changed and retired. Nobody's address may stand on it twice, nor be one that
 * already has a part in the contest's office: who someone is, is known here by the address alone. */
#include "course/decision_inner.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "course/experts.h"
#include "course/roster.h"
#include "rules/values.h"

#define PART_CHARS 200

/* What a row says, normalised. */
static void read_row(const RowCheck *c, Expert *x) {
	const struct {
		const char *heading, **to;
		bool folded;
	} part[] = {{"experts.col_name", &x->name, false}, {"experts.col_org", &x->org, false},
	            {"experts.col_uscc", &x->uscc, true},  {"experts.col_mail", &x->mail, true},
	            {"experts.col_mobile", &x->mobile, true}, {"experts.col_remark", &x->remark, false}};
	*x = (Expert){.code = c->d->seal.ref};
	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		const char *text = row_open(c->d->row, c->a, row_say(c, part[i].heading));
		text = part[i].folded ? text_fold(c->a, text) : text_line(c->a, str_of(text_tidy(c->a, text)));
		*part[i].to = text_cut(c->a, text, PART_CHARS);
	}
	x->uscc = text_upper(c->a, x->uscc);
}

static void fail(RowCheck *c, const char *key, const char *found) {
	row_fail(c, words_fill(c->w->rules, c->a, key, "found", text_cut(c->a, found, 40), NULL), true);
}

/* The state is left alone where nothing is chosen. */
static bool take_state(RowCheck *c, const Expert *before, Expert *x) {
	const char *text = row_open(c->d->row, c->a, row_say(c, "experts.col_state")), *key = text_key(c->a, text);
	x->active = before ? before->active : true;
	if (!strcmp(key, text_key(c->a, row_say(c, "experts.active"))))
		x->active = true;
	else if (!strcmp(key, text_key(c->a, row_say(c, "experts.retired"))))
		x->active = false;
	else if (*key)
		fail(c, "experts.bad_state", text);
	return c->d->fate != ROW_FAILED;
}

static bool take_tracks(RowCheck *c, Expert *x) {
	const char *wrong;
	x->tracks = expert_tracks(c->w->rules, c->a, row_open(c->d->row, c->a, row_say(c, "experts.col_tracks")), &wrong);
	if (!x->tracks)
		fail(c, "experts.bad_track", wrong);
	return x->tracks != NULL;
}

static bool good_parts(RowCheck *c, const Expert *x) {
	if (!*x->name)
		fail(c, "experts.no_name", "");
	else if (!*x->mail)
		fail(c, "experts.no_mail", x->name);
	else if (!mail_address_ok(x->mail))
		fail(c, "experts.bad_mail", x->mail);
	else if (rules_is_ours(c->w->rules, x->mail))
		fail(c, "experts.office_mail", x->mail);
	else if (*x->uscc && !uscc_shape(x->uscc))
		fail(c, "experts.bad_uscc", x->uscc);
	return c->d->fate != ROW_FAILED;
}

static bool same(const Expert *p, const Expert *q) {
	return !strcmp(p->name, q->name) && !strcmp(p->org, q->org) && !strcmp(p->uscc, q->uscc) && !strcmp(p->mail, q->mail) &&
	       !strcmp(p->mobile, q->mobile) && !strcmp(p->tracks, q->tracks) && !strcmp(p->remark, q->remark) &&
	       p->active == q->active;
}

/* Another one's address, among those that stand today. */
static bool taken(const Expert *list, size_t n, const Expert *x) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].code, x->code) != 0 && str_is_nocase(str_of(list[i].mail), x->mail))
			return true;
	return false;
}

/* The row as an expert; false when it has failed. */
static bool row_expert(RowCheck *c, const Expert *before, Expert *x) {
	read_row(c, x);
	c->d->about = arena_fmt(c->a, "%s  %s", x->name, x->org);
	return good_parts(c, x) && take_tracks(c, x) && take_state(c, before, x);
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	Expert *list, *x = d->found = ARENA_NEW(c->a, Expert);
	size_t n;
	if (experts_read(c->w, c->a, &list, &n, e) < 0)
		return -1;
	const Expert *before = expert_of(list, n, d->seal.ref);
	d->version = before ? before->version : 0;
	d->now = !before ? "" : row_say(c, before->active ? "experts.active" : "experts.retired");
	if (!row_expert(c, before, x) || !row_fresh(c, before && same(before, x), true))
		return 0;
	if (taken(list, n, x))
		fail(c, "experts.mail_taken", x->mail);
	return 0;
}

/* Two rows that came together want the same address. */
static int together(RowCheck *c, Decisions *all, Err *e) {
	(void)e;
	const char *heading = row_say(c, "experts.col_mail");
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = i + 1; k < all->n; k++) {
			Decided *p = &all->row[i], *q = &all->row[k];
			if (p->kind != &decide_expert || q->kind != &decide_expert || p->fate != ROW_GOOD || q->fate != ROW_GOOD)
				continue;
			const char *mail = text_fold(c->a, row_open(q->row, c->a, heading));
			c->d = q;
			if (str_is_nocase(str_of(text_fold(c->a, row_open(p->row, c->a, heading))), mail))
				fail(c, "experts.mail_taken", mail);
		}
	return 0;
}

static int apply(const Doing *g, Decided *d, Err *e) {
	const Expert *x = d->found;
	log_info("expert %s: %s by %s", x->code, !d->version ? "added" : x->active ? "changed" : "retired", g->by);
	d->says = words(g->w->rules, !d->version ? "experts.done_added"
	                             : x->active ? "experts.done_changed"
	                                         : "experts.done_retired");
	return expert_record(g->w, g->a, x, g->by, e);
}

/* Who stands on the roster now and was never asked, or not at this address, is asked. */
static int after(const Doing *g, const Decisions *all, Err *e) {
	Expert *list;
	size_t n;
	if (experts_read(g->w, g->a, &list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		const Decided *d = &all->row[i];
		const Expert *x = d->kind == &decide_expert && d->fate == ROW_GOOD ? expert_of(list, n, d->seal.ref) : NULL;
		if (x && x->active && !x->promised && roster_promise(g->w, g->a, x, e) < 0)
			return -1;
	}
	return 0;
}

const DecisionKind decide_expert = {.kind = "expert", .check = check, .together = together, .apply = apply, .after = after};
