/* A list that the secretariat asks for: by track, direction, group, state, place, or words of title and organisation.  What
 * is asked for is told back as it was understood.  Numbers to ring and addresses stand in it only when they are asked for,
 * and that is audited. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "course/enter.h"
#include "desk/ask_inner.h"
#include "home/bookout.h"

#define BOOK "spool/tmp/list.xlsx"
#define BOOK_MAX_BYTES (7u << 20) /* coded, it stays below what every server takes */
#define TERMS 20
#define PIECE_LEAST 2 /* characters of a name that stand for the whole */

typedef enum { TERM_TRACK, TERM_DIRECTION, TERM_GROUP, TERM_STATE, TERM_PROVINCE, TERM_TEXT, TERM_KINDS } TermKind;

typedef struct {
	TermKind kind;
	const char *value; /* code, name or key of a state; text_key() of a text */
	const char *shown;
} Term;

typedef struct {
	Asking *q;
	Term term[TERMS];
	size_t n;
	bool phones;
	BookOut out;
	Arena *a; /* of one row */
	Data *d;
	int64_t found;
	Err *e;
	int rc;
} List;

/* ---- what is asked for */

static void add(List *l, TermKind kind, const char *value, const char *shown) {
	if (l->n < TERMS)
		l->term[l->n++] = (Term){kind, value, shown};
}

static bool named(Asking *q, const char *key, const char *name) {
	const char *whole = text_key(q->a, name);
	return !strcmp(key, whole) || (text_chars(key) >= PIECE_LEAST && str_starts(str_of(whole), key));
}

/* The beginning of a name may be that of several. */
static bool is_track(List *l, const char *key) {
	const Rules *r = l->q->w->rules;
	bool found = false;
	for (size_t i = 0; i < r->track_n; i++) {
		const Track *t = &r->track[i];
		if (strcmp(key, text_key(l->q->a, t->code)) && strcmp(key, text_key(l->q->a, t->ordinal)) &&
		    !named(l->q, key, t->name))
			continue;
		add(l, TERM_TRACK, t->code, arena_fmt(l->q->a, "%s %s", t->code, t->name));
		found = true;
	}
	return found;
}

static bool is_direction(List *l, const char *key) {
	const Rules *r = l->q->w->rules;
	for (size_t i = 0; i < r->track_n; i++)
		if (*r->track[i].direction && named(l->q, key, r->track[i].direction)) {
			add(l, TERM_DIRECTION, r->track[i].direction, r->track[i].direction);
			return true;
		}
	return false;
}

static bool is_state(List *l, const char *key) {
	static const char *const states[] = {"accepted", "eligible", "ineligible", "reviewed", "unfit", "shortlisted",
	                                     "eliminated", "awarded", "unplaced", "withdrawn"};
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		const char *word = ask_state(l->q, states[i]);
		if (strcmp(key, states[i]) && strcmp(key, text_key(l->q->a, word)))
			continue;
		add(l, TERM_STATE, states[i], word);
		return true;
	}
	return false;
}

/* One of the choices of the field with that role, on any track's form. */
static bool is_choice(List *l, FieldRole role, TermKind kind, const char *key) {
	const Rules *r = l->q->w->rules;
	for (size_t t = 0; t < r->track_n; t++) {
		const Field *f = r->track[t].form.role[role];
		for (size_t i = 0; f && i < f->choice_n; i++)
			if (named(l->q, key, f->choice[i])) {
				add(l, kind, f->choice[i], f->choice[i]);
				return true;
			}
	}
	return false;
}

static bool wants_phones(const Asking *q, const char *key) {
	Str rest = str_of(ask_say(q, "ask.word_phones")), one;
	while (str_next(&rest, ' ', &one))
		if (!strcmp(key, text_key(q->a, str_dup(q->a, one))))
			return true;
	return false;
}

static void one_term(List *l, const char *text) {
	const char *key = text_key(l->q->a, text);
	if (!*key)
		return;
	if (wants_phones(l->q, key))
		l->phones = true;
	else if (!is_track(l, key) && !is_state(l, key) && !is_choice(l, ROLE_GROUP, TERM_GROUP, key) &&
	         !is_choice(l, ROLE_PROVINCE, TERM_PROVINCE, key) && !is_direction(l, key))
		add(l, TERM_TEXT, key, text);
}

/* Blanks and the signs of lists stand between; a comma of any kind was folded to one before. */
static void understand(List *l) {
	Buf b = {0};
	for (const char *s = l->q->v->ask_for, *at = s; *s; s = at) {
		uint32_t c = text_step(&at);
		if (c == 0x3001 || (c < 0x80 && strchr(",;:/+()", (int)c)))
			buf_char(&b, ' ');
		else
			buf_add(&b, s, (size_t)(at - s));
	}
	Str rest = buf_view(&b), one;
	while (str_next(&rest, ' ', &one))
		if (one.n)
			one_term(l, str_dup(l->q->a, one));
	buf_free(&b);
}

/* ---- which entries */

static const char *group_of(List *l, const EntryRow *en) {
	const char *group;
	if (entry_role(l->q->w, l->a, en, ROLE_GROUP, &group, l->e) < 0)
		l->rc = -1;
	return group;
}

static bool fits_term(List *l, const EntryRow *en, const Term *t) {
	const Track *track = rules_track(l->q->w->rules, en->track);
	switch (t->kind) {
	case TERM_TRACK:
		return !strcmp(en->track, t->value);
	case TERM_DIRECTION:
		return track && !strcmp(track->direction, t->value);
	case TERM_GROUP:
		return !strcmp(group_of(l, en), t->value);
	case TERM_STATE:
		return !strcmp(en->state, t->value);
	case TERM_PROVINCE:
		return !strcmp(en->province, t->value);
	default:
		return strstr(text_key(l->a, arena_fmt(l->a, "%s %s", en->title, en->org)), t->value) != NULL;
	}
}

/* Of one kind any will do, of each kind one must; what was withdrawn is listed only by its own name. */
static bool fits(List *l, const EntryRow *en) {
	bool gone = !strcmp(en->state, "withdrawn");
	for (int k = 0; k < TERM_KINDS; k++) {
		bool asked = false, met = false;
		for (size_t i = 0; i < l->n; i++)
			if (l->term[i].kind == (TermKind)k) {
				asked = true;
				met = met || fits_term(l, en, &l->term[i]);
			}
		if (asked && !met)
			return false;
		gone = gone && !(k == TERM_STATE && asked);
	}
	return !gone;
}

/* ---- the workbook */

static const struct {
	const char *key, *width;
	bool personal;
} columns[] = {
	{"number", "11", false},   {"track", "24", false},   {"state", "18", false},  {"title", "40", false},
	{"org", "30", false},      {"org_kind", "10", false}, {"uscc", "21", false},  {"province", "10", false},
	{"contact", "10", false},  {"mobile", "14", true},   {"email", "26", true},   {"sender", "26", true},
	{"received", "17", false}, {"folder", "44", false},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void begin(List *l, const char *conditions) {
	Asking *q = l->q;
	int64_t n = 0;
	for (size_t i = 0; i < COLUMNS; i++)
		n += l->phones || !columns[i].personal;
	bookout_texts(&l->out, "book", ask_say(q, "ask.list_title"), q->w->rules->organiser, ask_say(q, "form.font"), "1",
	              "sheet", ask_say(q, "ask.list_title"), "",
	              words_fill(q->w->rules, q->a, "ask.list_line", "conditions", conditions, "now",
	                         words_moment(q->w->rules, q->a, q->w->env->now), NULL), "", "", NULL);
	bookout_num(&l->out, n);
	for (size_t i = 0; i < COLUMNS; i++)
		if (l->phones || !columns[i].personal)
			bookout_texts(&l->out, "l", columns[i].width, ask_say(q, arena_fmt(q->a, "digest.col_%s", columns[i].key)),
			              NULL);
}

static bool each(void *ctx, const EntryRow *en) {
	List *l = ctx;
	Asking *q = l->q;
	arena_reset(l->a);
	if (!fits(l, en) || l->rc < 0)
		return l->rc == 0;
	const char *cell[COLUMNS] = {en->number, ask_track(q, en->track), ask_state(q, en->state), en->title, en->org,
	                             en->org_kind, en->uscc, en->province, en->contact, en->mobile, en->email, en->sender,
	                             ask_minute(q, en->received), en->folder};
	bookout_texts(&l->out, "row", "", NULL);
	for (size_t i = 0; i < COLUMNS; i++)
		if (l->phones || !columns[i].personal)
			bookout_text(&l->out, cell[i]);
	if (l->found++ < ASK_SHOWN) {
		Data *x = data_item(l->d, "entries");
		data_text(x, "number", en->number);
		data_text(x, "title", en->title);
		data_text(x, "org", en->org);
		data_text(x, "state", ask_state(q, en->state));
	}
	return true;
}

static const char *conditions_text(List *l) {
	Buf b = {0};
	for (size_t i = 0; i < l->n; i++)
		buf_fmt(&b, "%s%s", i ? ask_say(l->q, "decide.or") : "", l->term[i].shown);
	const char *text = l->n ? arena_str(l->q->a, buf_cstr(&b)) : ask_say(l->q, "ask.everything");
	buf_free(&b);
	return text;
}

static int write_book(List *l, Err *e) {
	Asking *q = l->q;
	if (file_mkdirs(q->w->env->home, "spool/tmp", 0700, e) < 0 ||
	    bookout_start(&l->out, q->w->env, arena_fmt(q->a, "%s/" BOOK, q->w->env->home_path), e) < 0)
		return -1;
	begin(l, conditions_text(l));
	int rc = store_entry_each(q->w->store, NULL, each, l, e);
	if (rc < 0 || l->rc < 0)
		l->out.bad = true;
	return bookout_end(&l->out) < 0 ? -1 : 0;
}

/* The workbook into the arena; none when it would not go into a mail. */
static int enclose(List *l, Attachment *att, size_t *n, Err *e) {
	Asking *q = l->q;
	Buf bytes = {0};
	int rc = file_read(q->w->env->home, BOOK, 0, &bytes, e);
	unlinkat(q->w->env->home, BOOK, 0);
	*n = rc == 0 && l->found && bytes.n <= BOOK_MAX_BYTES;
	if (*n)
		*att = (Attachment){.name = words_fill(q->w->rules, q->a, "ask.list_file", "day", when_date(q->a, q->w->env->now),
		                                       NULL),
		                    .media = type_media(TYPE_XLSX), .bytes = buf_give(&bytes, q->a)};
	data_flag(l->d, "too_large", rc == 0 && bytes.n > BOOK_MAX_BYTES);
	buf_free(&bytes);
	return rc;
}

/* Who hands out numbers to ring leaves a trace; whose they are does not stand in it. */
static int audit(List *l, Err *e) {
	if (!l->phones || !l->found)
		return 0;
	return store_audit_add(l->q->w->store, l->q->w->env->now, "list", arena_fmt(l->q->a, "%lld", (long long)l->q->m->seq),
	                       arena_fmt(l->q->a, "%lld entries with ways to reach them", (long long)l->found), e);
}

int ask_list(Asking *q, Err *e) {
	List l = {.q = q, .a = arena_new(), .d = data_new(q->a), .e = e};
	Attachment att;
	size_t n = 0;
	understand(&l);
	int rc = write_book(&l, e);
	if (rc == 0)
		rc = enclose(&l, &att, &n, e);
	if (rc == 0)
		rc = audit(&l, e);
	arena_free(l.a);
	if (rc < 0)
		return -1;
	data_text(l.d, "conditions", conditions_text(&l));
	data_text(l.d, "count", l.found ? arena_fmt(q->a, "%lld", (long long)l.found) : "");
	data_flag(l.d, "phones", l.phones);
	if (l.found > ASK_SHOWN)
		data_fmt(l.d, "left_out", "%lld", (long long)l.found - ASK_SHOWN);
	return ask_reply(q, "ask_list", 0, l.d, &att, n, e);
}
