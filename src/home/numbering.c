/* Between filing and telling.  Decides nothing about an entry; refuses to let two have one number. */
#include "home/numbering.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define KEPT "numbered"   /* fact: all entries up to this id are on record */
#define OBJECTION (-1)    /* in the place of a form, and no track: the message was an objection */
#define LINE_MOST 4000    /* entries in one line of the journal */
#define TOLD_MOST 5       /* differences told one by one */

typedef struct {
	int64_t seq, n;
	int form;
	const char *track;
	bool own;  /* by itself, not by a ruling about it later */
	bool used;
} Given;

typedef struct {
	const char *track;
	int64_t n;
} Highest;

struct Numbering {
	Arena *arena;
	VEC(Highest) highest; /* of each track */
	VEC(Given) given; /* by message and form, each once */
	int64_t settled;      /* all that became of the messages up to this one is on record */
	bool holds;
	int64_t kept, kept_out; /* forms that would be no entries today, and those that would be */
};

static int by_form(const void *x, const void *y) {
	const Given *a = x, *b = y;
	return a->seq != b->seq ? (a->seq < b->seq ? -1 : 1) : a->form < b->form ? -1 : a->form > b->form;
}

/* ---- on record */

typedef struct {
	JsonOut *out;
	size_t n;
	bool more; /* than go into the line */
} Keep;

static bool put(void *ctx, const NumberRow *row) {
	Keep *k = ctx;
	k->more = k->n == LINE_MOST;
	if (k->more)
		return false;
	k->n++;
	json_array(k->out, NULL);
	json_int(k->out, NULL, row->seq);
	json_int(k->out, NULL, row->form);
	json_text(k->out, NULL, row->track);
	json_int(k->out, NULL, row->track_seq);
	json_int(k->out, NULL, row->own);
	json_end_array(k->out);
	return true;
}

/* 0 where there is none. */
static int number_fact(World *w, Arena *a, const char *fact, int64_t *out, Err *e) {
	char *text;
	int found = store_fact_get(w->store, a, fact, &text, e);
	*out = 0;
	if (found > 0 && str_to_i64(str_of(text), 0, INT64_MAX, out) < 0)
		return err_set(e, ERR_BUG, "database: %s is no number", fact);
	return found < 0 ? -1 : 0;
}

/* The last message before the first one that has no outcome yet. */
static int settled(World *w, Arena *a, int64_t *seq, Err *e) {
	MessageRow *waiting;
	size_t n;
	if (store_message_last(w->store, seq, e) < 0 || store_message_pending(w->store, a, 0, 1, &waiting, &n, e) < 0)
		return -1;
	if (n)
		*seq = waiting->seq - 1;
	return 0;
}

/* Few, if any; those that are not on record. */
static int put_objections(World *w, Arena *a, Keep *k, Err *e) {
	ObjectionRow *row;
	int64_t known;
	size_t n;
	if (number_fact(w, a, NUMBERED_OBJECTIONS, &known, e) < 0 || store_objection_list(w->store, a, &row, &n, e) < 0)
		return -1;
	json_array(k->out, "objections");
	for (size_t i = 0; i < n; i++) {
		if (row[i].id <= known)
			continue;
		k->n++;
		json_array(k->out, NULL);
		json_int(k->out, NULL, row[i].seq);
		json_int(k->out, NULL, row[i].id);
		json_end_array(k->out);
	}
	json_end_array(k->out);
	return 0;
}

/* One line of it, of the entries behind that id; 1 when there are more. */
static int keep_some(World *w, Arena *a, int64_t id, Err *e) {
	int64_t seq;
	Buf text = {0};
	if (settled(w, a, &seq, e) < 0)
		return -1;
	JsonOut j = json_to(&text);
	Keep k = {.out = &j};
	json_object(&j, NULL);
	json_array(&j, "entries");
	int rc = store_numbers_after(w->store, id, put, &k, e);
	json_end_array(&j);
	if (rc == 0)
		rc = put_objections(w, a, &k, e);
	if (!k.more)
		json_int(&j, "settled", seq);
	json_end_object(&j);
	if (rc == 0 && k.n)
		rc = action_do(w, action_numbered.name, "robot", buf_cstr(&text), e);
	buf_free(&text);
	return rc < 0 ? -1 : k.more;
}

int numbering_keep(World *w, Err *e) {
	Arena *a = arena_new();
	int64_t id = -1, before;
	int more;
	do {
		arena_reset(a);
		before = id;
		more = number_fact(w, a, KEPT, &id, e);
		if (more == 0)
			more = id > before ? keep_some(w, a, id, e) : err_set(e, ERR_BUG, "entry %lld cannot be put on record", (long long)id + 1);
	} while (more > 0);
	arena_free(a);
	return more;
}

/* ---- done, and done again */

/* The track's code is the JSON's. */
static bool read_one(const Json *j, Given *out) {
	*out = (Given){.seq = json_num(json_at(j, 0), 0), .form = (int)json_num(json_at(j, 1), -1),
	               .track = json_str(json_at(j, 2), ""), .n = json_num(json_at(j, 3), 0), .own = json_num(json_at(j, 4), 1) != 0};
	return out->seq > 0 && out->form >= 0 && *out->track && out->n > 0;
}

/* The highest number that was given; the next one is behind it, though what had it be no more. */
static int raise(World *w, Arena *a, const char *fact, int64_t n, Err *e) {
	int64_t before;
	if (number_fact(w, a, fact, &before, e) < 0)
		return -1;
	return n <= before ? 0 : store_fact_set(w->store, fact, arena_fmt(a, "%lld", (long long)n), e);
}

/* How far all that stands in the database is on record, by this line and those before it. */
typedef struct {
	const Given *given;
	size_t n;
	int64_t id;
} Reach;

static bool reach(void *ctx, const NumberRow *row) {
	Reach *r = ctx;
	const Given key = {.seq = row->seq, .form = row->form};
	if (!bsearch(&key, r->given, r->n, sizeof key, by_form))
		return false;
	r->id = row->id;
	return true;
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	const Json *list = json_get(args, "entries");
	Reach r = {0};
	(void)by;
	Given *all = arena_array(a, json_len(list) + 1, sizeof *all);
	for (size_t i = 0; i < json_len(list); i++) {
		Given *g = &all[r.n];
		if (!read_one(json_at(list, i), g))
			continue;
		r.n++;
		const Json *next = i + 1 < json_len(list) ? json_at(list, i + 1) : NULL;
		bool goes_on = next && !strcmp(json_str(json_at(next, 2), ""), g->track) && json_num(json_at(next, 3), 0) > g->n;
		if (!goes_on && raise(w, a, arena_fmt(a, NUMBERED_TRACK "%s", g->track), g->n, e) < 0)
			return -1;
	}
	const Json *objection = json_get(args, "objections"), *last = json_at(objection, json_len(objection) - 1);
	if (json_len(objection) && raise(w, a, NUMBERED_OBJECTIONS, json_num(json_at(last, 1), 0), e) < 0)
		return -1;
	r.given = all;
	if (r.n)
		qsort(all, r.n, sizeof *all, by_form);
	if (number_fact(w, a, KEPT, &r.id, e) < 0 || store_numbers_after(w->store, r.id, reach, &r, e) < 0)
		return -1;
	return store_fact_set(w->store, KEPT, arena_fmt(a, "%lld", (long long)r.id), e);
}

const Action action_numbered = {"numbered", apply};

/* ---- while the journal is replayed */

static Highest *highest(Numbering *n, const char *track) {
	for (size_t i = 0; i < n->highest.n; i++)
		if (!strcmp(n->highest.v[i].track, track))
			return &n->highest.v[i];
	Highest *h = vec_push(&n->highest);
	h->track = arena_str(n->arena, track);
	return h;
}

static void collect_one(Numbering *n, const Json *j) {
	Given g;
	if (!read_one(j, &g))
		return;
	Highest *h = highest(n, g.track);
	g.track = h->track;
	h->n = g.n > h->n ? g.n : h->n;
	*vec_push(&n->given) = g;
}

Numbering *numbering_new(bool holds) {
	Numbering *n = mem_alloc(sizeof *n);
	*n = (Numbering){.arena = arena_new(), .holds = holds};
	return n;
}

int numbering_line(Numbering *n, const JournalLine *l, Err *e) {
	Str rest = str_of(l->kind == JOURNAL_ACTION && l->name ? l->name : ""), name;
	if (!str_next(&rest, ' ', &name) || !str_is(name, action_numbered.name))
		return 0;
	Json *args = json_parse(str_of(l->text ? l->text : "{}"), e);
	if (!args)
		return err_wrap(e, "journal: an action");
	const Json *list = json_get(args, "entries");
	for (size_t i = 0; i < json_len(list); i++)
		collect_one(n, json_at(list, i));
	list = json_get(args, "objections");
	for (size_t i = 0; i < json_len(list); i++)
		*vec_push(&n->given) = (Given){.seq = json_num(json_at(json_at(list, i), 0), 0), .n = json_num(json_at(json_at(list, i), 1), 0),
		                               .form = OBJECTION, .track = ""};
	int64_t settled = json_num(json_get(args, "settled"), 0);
	n->settled = settled > n->settled ? settled : n->settled;
	json_free(args);
	return 0;
}

void numbering_ready(Numbering *n) {
	if (n->given.n)
		qsort(n->given.v, n->given.n, sizeof *n->given.v, by_form);
	size_t kept = 0;
	for (size_t i = 0; i < n->given.n; i++)
		if (!kept || by_form(&n->given.v[kept - 1], &n->given.v[i]) != 0)
			n->given.v[kept++] = n->given.v[i];
	n->given.n = kept;
}

static Given *look_up(Numbering *n, int64_t seq, int form) {
	const Given key = {.seq = seq, .form = form};
	return n && n->given.n ? bsearch(&key, n->given.v, n->given.n, sizeof key, by_form) : NULL;
}

int numbering_next(World *w, const char *track, int64_t seq, int form, int64_t *out, Err *e) {
	Numbering *n = w->numbering;
	Given *g = look_up(n, seq, form);
	if (g && !g->used && !strcmp(g->track, track)) {
		g->used = true;
		*out = g->n;
		return 0;
	}
	if (store_next_track_seq(w->store, track, out, e) < 0)
		return -1;
	if (n && *out <= highest(n, track)->n)
		*out = highest(n, track)->n + 1;
	return 0;
}

Past numbering_past(void *ctx, size_t form, const char *track) {
	const NumberingPast *p = ctx;
	Numbering *n = p->numbering;
	if (!n || !n->holds)
		return PAST_UNKNOWN;
	const Given *g = look_up(n, p->seq, (int)form);
	if (g && g->own != p->again)
		return strcmp(g->track, track) ? PAST_UNKNOWN : PAST_ENTRY;
	return !p->again && p->seq <= n->settled ? PAST_NO_ENTRY : PAST_UNKNOWN;
}

void numbering_objection(World *w, int64_t seq, bool *objects, int64_t *id) {
	Numbering *n = w->numbering;
	Given *g = look_up(n, seq, OBJECTION);
	*id = g ? g->n : 0;
	if (g)
		g->used = *objects = true;
	else if (n && n->holds && seq <= n->settled)
		*objects = false;
}

void numbering_count(Numbering *n, const Verdict *v) {
	for (size_t i = 0; n && i < v->form_n; i++)
		if (v->form[i].as_it_was)
			v->form[i].outcome == OUTCOME_ACCEPTED ? n->kept++ : n->kept_out++;
}

void numbering_free(Numbering *n) {
	if (!n)
		return;
	vec_free(&n->given);
	vec_free(&n->highest);
	arena_free(n->arena);
	free(n);
}

void numbering_tell(const Numbering *n) {
	int64_t gone = 0;
	for (size_t i = 0; i < n->given.n; i++) {
		const Given *g = &n->given.v[i];
		if (!g->used && g->form != OBJECTION && ++gone <= TOLD_MOST)
			log_warn("journal: form %d of message %lld was entry %lld of track %s, and can be read no more; nobody else gets its number",
			         g->form + 1, (long long)g->seq, (long long)g->n, g->track);
	}
	if (gone > TOLD_MOST)
		log_warn("journal: %lld more such entries", (long long)(gone - TOLD_MOST));
	if (n->kept)
		log_warn("journal: %lld entries stay what they were told, though this program would not take their forms", (long long)n->kept);
	if (n->kept_out)
		log_warn("journal: %lld forms stay what they were told, though this program would take them: \"as it was\" in 'xinlv log --json'",
		         (long long)n->kept_out);
}
