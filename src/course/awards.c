/* The lists of awards as papers: proposed, then in force.  Refuses to make anything of a list that no longer has its checksum, or
 * that says other things than the entries and the decisions it was made from. */
#include "course/awards.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "course/award_notices.h"
#include "course/publish.h"
#include "home/action.h"
#include "home/due.h"
#include "store/record.h"

#define FACT_CLOSES "awards.closes" /* when the publicity ends */

/* ---- reading */

static const char *member(Arena *a, const Json *j, const char *key) {
	return arena_str(a, json_str(json_get(j, key), ""));
}

static void list_of(Arena *a, const Json *root, AwardList *out) {
	const Json *lines = json_get(root, "lines"), *unplaced = json_get(root, "unplaced");
	out->closes = WHEN_NONE;
	(void)when_parse(str_of(json_str(json_get(root, "closes"), "")), false, &out->closes);
	out->n = json_len(lines);
	out->line = arena_array(a, out->n + 1, sizeof *out->line);
	for (size_t i = 0; i < out->n; i++) {
		const Json *j = json_at(lines, i);
		out->line[i] = (AwardLine){member(a, j, "number"), member(a, j, "track"), member(a, j, "award"),
		                           member(a, j, "title"), member(a, j, "org"), member(a, j, "province")};
	}
	out->unplaced_n = json_len(unplaced);
	out->unplaced = arena_array(a, out->unplaced_n + 1, sizeof *out->unplaced);
	for (size_t i = 0; i < out->unplaced_n; i++)
		out->unplaced[i] = arena_str(a, json_str(json_at(unplaced, i), ""));
}

static int refuse(const char *kind, int64_t version, const char *what, const char *number, Err *e) {
	return err_set(e, ERR_REFUSED, "the list '%s', version %lld, %s%s%s: nothing is made of it until `xinlv verify` is clean",
	               kind, (long long)version, what, *number ? " " : "", number);
}

/* What it says is what the entries say, and what had been decided when it was made: what was decided since, an objection
 * upheld say, makes the next list. */
static int check_lines(World *w, Arena *a, const char *kind, const AwardList *l, Err *e) {
	for (size_t i = 0; i < l->n; i++) {
		const AwardLine *x = &l->line[i];
		EntryRow en;
		RecordRow r;
		int found = store_entry_get(w->store, a, x->number, &en, e);
		int decided = found < 0 ? -1 : store_record_at(w->store, a, "award", "", x->number, "", l->at, &r, e);
		if (decided < 0)
			return -1;
		if (!found || strcmp(en.title, x->title) || strcmp(en.org, x->org) || strcmp(en.track, x->track))
			return refuse(kind, l->version, "differs from entry", x->number, e);
		if (!decided || strcmp(r.state, x->award))
			return refuse(kind, l->version, "differs from what was decided on", x->number, e);
	}
	return 0;
}

int awards_read(World *w, Arena *a, const char *kind, AwardList *out, Err *e) {
	PaperRow p;
	*out = (AwardList){.closes = WHEN_NONE, .checksum = ""};
	int found = store_paper_last(w->store, a, kind, &p, e);
	if (found <= 0)
		return found;
	out->version = p.version;
	out->at = p.at;
	out->checksum = hash_text(a, p.sha256);
	if (!hash_eq(hash_of(p.body, strlen(p.body)), p.sha256))
		return refuse(kind, p.version, "does not have its checksum any more", "", e);
	Json *root = json_parse(str_of(p.body), e);
	if (!root)
		return err_wrap(e, "the list '%s'", kind);
	list_of(a, root, out);
	json_free(root);
	return check_lines(w, a, kind, out, e);
}

/* ---- making */

typedef struct {
	const Rules *r;
	const Finalist *f;
} Place;

static size_t award_no(const Rules *r, const char *name) {
	size_t i = 0;
	while (i < r->award_n && strcmp(r->award[i].name, name))
		i++;
	return i;
}

static size_t track_no(const Rules *r, const char *code) {
	size_t i = 0;
	while (i < r->track_n && strcmp(r->track[i].code, code))
		i++;
	return i;
}

static int by_place(const void *a, const void *b) {
	const Place *x = a, *y = b;
	size_t p = award_no(x->r, x->f->award), q = award_no(y->r, y->f->award);
	if (p == q)
		p = track_no(x->r, x->f->entry.track), q = track_no(y->r, y->f->entry.track);
	return p != q ? (p < q ? -1 : 1) : strcmp(x->f->entry.number, y->f->entry.number);
}

static Place *places(World *w, Arena *a, const Finalist *f, size_t n, bool free_only, size_t *out_n) {
	Place *p = arena_array(a, n + 1, sizeof *p);
	*out_n = 0;
	for (size_t i = 0; i < n; i++)
		if (f[i].final && f[i].award && !(free_only && f[i].held))
			p[(*out_n)++] = (Place){w->rules, &f[i]};
	if (*out_n)
		qsort(p, *out_n, sizeof *p, by_place);
	return p;
}

/* Members in this order, always: the same list has the same checksum. */
static const char *body_of(World *w, Arena *a, const Place *p, size_t n, int64_t closes) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	json_text(&j, "contest", w->rules->name);
	json_text(&j, "edition", w->rules->edition);
	if (closes != WHEN_NONE)
		json_text(&j, "closes", when_text(a, closes));
	json_array(&j, "lines");
	for (size_t i = 0; i < n; i++) {
		const EntryRow *en = &p[i].f->entry;
		if (!*p[i].f->award)
			continue;
		json_object(&j, NULL);
		json_text(&j, "number", en->number);
		json_text(&j, "track", en->track);
		json_text(&j, "award", p[i].f->award);
		json_text(&j, "title", en->title);
		json_text(&j, "org", en->org);
		json_text(&j, "province", en->province);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_array(&j, "unplaced");
	for (size_t i = 0; i < n; i++)
		if (!*p[i].f->award)
			json_text(&j, NULL, p[i].f->entry.number);
	json_end_array(&j);
	json_end_object(&j);
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

/* The same lines as the last paper of the kind, whatever its closing. */
static int same_lines(World *w, Arena *a, const char *kind, const char *body, Err *e) {
	PaperRow last;
	int found = store_paper_last(w->store, a, kind, &last, e);
	if (found <= 0)
		return found;
	const char *x = strstr(last.body, "\"lines\""), *y = strstr(body, "\"lines\"");
	return x && y && !strcmp(x, y);
}

static int keep_closing(World *w, Arena *a, int64_t closes, Err *e) {
	return store_fact_set(w->store, FACT_CLOSES, closes == WHEN_NONE ? NULL : arena_fmt(a, "%lld", (long long)closes), e);
}

/* 24:00 of the n-th day after today. */
static int64_t closing(const World *w) {
	struct tm tm = when_local(w->env->now);
	return when_day_end(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + (int)w->rules->publicity.days);
}

static int propose(World *w, Arena *a, const Finalist *f, size_t n, Err *e) {
	size_t k;
	int64_t closes = w->rules->publicity.days ? closing(w) : WHEN_NONE;
	const Place *p = places(w, a, f, n, false, &k);
	const char *body = body_of(w, a, p, k, closes);
	int same = same_lines(w, a, "proposed", body, e);
	if (same != 0)
		return same < 0 ? -1 : 0;
	if (store_paper_add(w->store, "proposed", w->env->now, body, NULL, e) < 0 || keep_closing(w, a, closes, e) < 0)
		return -1;
	log_info("awards: a proposed list of %zu finalists", k);
	return publish_due(w, e);
}

/* ---- in force */

static int state_events(World *w, const Place *p, size_t n, const char *by, Err *e) {
	for (size_t i = 0; i < n; i++) {
		const Finalist *f = p[i].f;
		const char *state = *f->award ? "awarded" : "unplaced";
		EventRow ev = {.at = w->env->now, .event = state, .by = by, .detail = f->award, .state = state};
		if (!strcmp(f->entry.state, state))
			continue;
		if (store_event_add(w->store, f->entry.number, &ev, e) < 0)
			return -1;
	}
	return 0;
}

/* Everything that no objection holds comes into force. */
static int freeze(World *w, Arena *a, const char *by, Err *e) {
	Finalist *f;
	size_t n, k;
	AwardList list;
	if (awards_finalists(w, a, &f, &n, e) < 0)
		return -1;
	const Place *p = places(w, a, f, n, true, &k);
	const char *body = body_of(w, a, p, k, WHEN_NONE);
	int same = k ? same_lines(w, a, "awards", body, e) : 1;
	if (same != 0)
		return same < 0 ? -1 : 0;
	if (state_events(w, p, k, by, e) < 0 || store_paper_add(w->store, "awards", w->env->now, body, NULL, e) < 0 ||
	    awards_read(w, a, "awards", &list, e) < 0)
		return -1;
	log_info("awards: the list of version %lld is in force, %.12s", (long long)list.version, list.checksum);
	return award_notices(w, a, &list, by, e) < 0 ? -1 : publish_due(w, e);
}

/* ---- when */

/* When the publicity ends: WHEN_NONE while there is none, or it is over. */
static int open_until(World *w, Arena *a, int64_t *at, Err *e) {
	char *text;
	*at = WHEN_NONE;
	int found = store_fact_get(w->store, a, FACT_CLOSES, &text, e);
	if (found > 0 && str_to_i64(str_of(text), 0, INT64_MAX, at) < 0)
		return err_set(e, ERR_BUG, "database: %s is no number", FACT_CLOSES);
	return found < 0 ? -1 : 0;
}

int awards_decided(World *w, Arena *a, const char *by, Err *e) {
	Finalist *f;
	size_t n, open = 0;
	int64_t until;
	if (awards_finalists(w, a, &f, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		open += f[i].final && !f[i].award;
	if (open || !n) {
		log_info("awards: %zu finalists wait for a decision", open);
		return 0;
	}
	if (propose(w, a, f, n, e) < 0 || open_until(w, a, &until, e) < 0)
		return -1;
	return until != WHEN_NONE ? 0 : freeze(w, a, by, e);
}

static int close_publicity(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	(void)args;
	return keep_closing(w, a, WHEN_NONE, e) < 0 ? -1 : freeze(w, a, by, e);
}

const Action action_awards = {"awards", close_publicity};

static int next(World *w, int64_t *at, Err *e) {
	int64_t until;
	if (open_until(w, w->env->arena, &until, e) < 0)
		return -1;
	*at = until == WHEN_NONE ? INT64_MAX : until + 1; /* the closing second is in */
	return 0;
}

static int act(World *w, Err *e) {
	return action_do(w, "awards", "robot", "{}", e);
}

const Due due_awards = {"awards", next, act};

/* ---- objections */

int awards_objection(World *w, Arena *a, const MessageRow *m, const char *number, int64_t *id, Err *e) {
	PaperRow p;
	int64_t closes = WHEN_NONE, wanted = *id;
	*id = 0;
	int found = store_paper_last(w->store, a, "proposed", &p, e);
	if (found <= 0)
		return found;
	Json *root = json_parse(str_of(p.body), e);
	if (!root)
		return -1;
	(void)when_parse(str_of(json_str(json_get(root, "closes"), "")), false, &closes);
	json_free(root);
	if (closes == WHEN_NONE || m->received > closes)
		return 0;
	*id = wanted;
	return store_objection_add(w->store, m->seq, m->received, number, id, e);
}
