/* The roadshow, asked for by the secretariat: the seed is taken and published back, or the schedule goes out to be filled in, with
 * the draw's proposal where nothing stands yet.  Decides nothing: what comes back does (decision_slot.c). */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/seal.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision.h"
#include "course/invite.h"
#include "desk/ask_inner.h"
#include "home/bookout.h"

#define BOOK "spool/tmp/roadshow.xlsx"
#define SEED_CHARS 200

typedef struct {
	Asking *q;
	Schedule s;
	const char *seed;
	Lot *lot;       /* the finalists, in the order of the draw */
	EntryRow *entry; /* of each, in the order they came */
	size_t n;
	size_t unplaced;
	const char **answer; /* by slot of s */
	BookOut out;
	SealKey key;
} Show;

/* ---- the seed */

/* What stands behind the word for it; NULL when another thing is wanted. */
static const char *seed_asked(Asking *q) {
	const char *said = q->v->ask_for, *word = ask_say(q, "roadshow.word_seed");
	if (!str_starts(str_of(said), word))
		return NULL;
	Str rest = str_trim(str_from(str_of(said), strlen(word)));
	while (rest.n && strchr(":= ", *rest.p))
		rest = str_from(rest, 1);
	return text_cut(q->a, str_dup(q->a, rest), SEED_CHARS);
}

/* ---- the finalists */

static int finalists(Show *s, Err *e) {
	if (store_entry_list(s->q->w->store, s->q->a, &(EntryFilter){.state = "shortlisted"}, 0, &s->entry, &s->n, e) < 0)
		return -1;
	s->lot = arena_array(s->q->a, s->n + 1, sizeof *s->lot);
	for (size_t i = 0; i < s->n; i++)
		s->lot[i] = (Lot){.number = s->entry[i].number, .org_key = text_key(s->q->a, s->entry[i].org), .start = WHEN_NONE,
		                  .room = ""};
	return 0;
}

/* The order of the draw; places from it where no schedule stands. */
static void propose(Show *s) {
	schedule_draw(s->seed, s->lot, s->n);
	if (!s->s.version)
		schedule_propose(&s->q->w->rules->roadshow, s->lot, s->n);
	for (size_t i = 0; i < s->n; i++) {
		const ShowSlot *slot = schedule_slot(&s->s, s->lot[i].number);
		if (slot && !slot->cancelled) {
			s->lot[i].start = slot->start;
			s->lot[i].room = slot->room;
		}
		s->unplaced += s->lot[i].start == WHEN_NONE;
	}
}

static const EntryRow *entry_of(const Show *s, const char *number) {
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->entry[i].number, number))
			return &s->entry[i];
	return NULL;
}

/* ---- the workbook */

static const struct {
	const char *key, *kind, *width;
} columns[] = {
	{"roadshow.col_no", "n", "7"}, {"digest.col_number", "c", "11"}, {"digest.col_track", "f", "20"},
	{"digest.col_title", "f", "34"}, {"digest.col_org", "f", "28"}, {"digest.col_contact", "c", "10"},
	{"digest.col_mobile", "c", "14"}, {"roadshow.col_answer", "c", "12"}, {"roadshow.col_day", "e", "14"},
	{"roadshow.col_time", "r", "10"}, {"roadshow.col_room", "e", "18"},
};
#define COLUMNS (sizeof columns / sizeof *columns)
#define COL_DAY 8
#define COL_ROOM 10

static const char *days_rule(Show *s) {
	const Roadshow *show = &s->q->w->rules->roadshow;
	const char *list = "list ";
	for (size_t i = 0; i < show->day_n; i++)
		list = arena_fmt(s->q->a, "%s%s%s", list, i ? "\n" : "", when_date(s->q->a, show->day[i].midnight));
	return list;
}

static const char *rooms_rule(Show *s) {
	const Roadshow *show = &s->q->w->rules->roadshow;
	const char *list = "list ";
	for (size_t i = 0; i < show->room_n; i++)
		list = arena_fmt(s->q->a, "%s%s\n", list, show->room[i]);
	return arena_fmt(s->q->a, "%s%s", list, ask_say(s->q, "roadshow.off"));
}

static void tell_head(Show *s) {
	Asking *q = s->q;
	const Rules *r = q->w->rules;
	bookout_texts(&s->out, "book", ask_say(q, "roadshow.title"), r->committee, ask_say(q, "form.font"), "0", "sheet",
	              ask_say(q, "roadshow.sheet"), "g",
	              s->s.version ? words_fill(r, q->a, "roadshow.line", "seed", s->seed, "version",
	                                        arena_fmt(q->a, "%lld", (long long)s->s.version), NULL)
	                           : words_fill(r, q->a, "roadshow.line_proposed", "seed", s->seed, NULL), "", "", NULL);
	bookout_num(&s->out, COLUMNS + 1);
	for (size_t i = 0; i < COLUMNS; i++) {
		bookout_texts(&s->out, columns[i].kind, columns[i].width, ask_say(q, columns[i].key), NULL);
		if (*columns[i].kind == 'e')
			bookout_text(&s->out, i == COL_DAY ? days_rule(s) : rooms_rule(s));
	}
	bookout_texts(&s->out, "t", "10", BOOKOUT_TOKEN, NULL);
}

static void tell_row(Show *s, size_t i) {
	Asking *q = s->q;
	const Lot *lot = &s->lot[i];
	const EntryRow *en = entry_of(s, lot->number);
	const ShowSlot *slot = schedule_slot(&s->s, lot->number);
	const char *day = "", *time = "", *answer = slot ? s->answer[slot - s->s.slot] : "";
	if (lot->start != WHEN_NONE) {
		struct tm tm = when_local(lot->start);
		day = when_date(q->a, lot->start);
		time = arena_fmt(q->a, "%02d:%02d", tm.tm_hour, tm.tm_min);
	}
	SealRow row = {"slot", DECISION_OFFICE, "", lot->number, schedule_version(slot)};
	bookout_texts(&s->out, "row", "", NULL);
	bookout_num(&s->out, (int64_t)i + 1);
	bookout_texts(&s->out, lot->number, ask_track(q, en->track), en->title, en->org, en->contact, en->mobile, answer, day, time,
	              lot->room, seal_make(q->a, &s->key, &row), NULL);
}

static int write_book(Show *s, Err *e) {
	Asking *q = s->q;
	const char *open = arena_fmt(q->a, "%s\n%s\n%s", ask_say(q, "roadshow.col_day"), ask_say(q, "roadshow.col_time"),
	                             ask_say(q, "roadshow.col_room"));
	if (invite_answers(q->w, q->a, &s->s, &s->answer, e) < 0 || seal_key(q->w->env->home, &s->key, e) < 0 ||
	    file_mkdirs(q->w->env->home, "spool/tmp", 0700, e) < 0 ||
	    bookout_start(&s->out, q->w->env, arena_fmt(q->a, "%s/" BOOK, q->w->env->home_path), e) < 0)
		return -1;
	tell_head(s);
	for (size_t i = 0; i < s->n; i++)
		tell_row(s, i);
	bookout_texts(&s->out, "tail", ask_say(q, "roadshow.tail"), NULL);
	bookout_identity(&s->out, q->w->rules->edition, when_text(q->a, q->w->env->now), open);
	return bookout_end(&s->out);
}

static int enclose(Show *s, Attachment *att, Err *e) {
	Asking *q = s->q;
	Buf bytes = {0};
	if (write_book(s, e) < 0 || file_read(q->w->env->home, BOOK, 0, &bytes, e) < 0)
		return -1;
	unlinkat(q->w->env->home, BOOK, 0);
	*att = (Attachment){.name = ask_say(q, "roadshow.file"), .media = type_media(TYPE_XLSX),
	                    .bytes = buf_give(&bytes, q->a)};
	return 0;
}

/* ---- the answer */

static Data *answer_data(Show *s, bool given) {
	Asking *q = s->q;
	const Roadshow *show = &q->w->rules->roadshow;
	Data *d = data_new(q->a);
	data_flag(d, "none", !show->day_n);
	data_text(d, "seed", s->seed);
	data_flag(d, "seed_given", given);
	data_flag(d, "seed_stands", given && strcmp(seed_asked(q), s->seed));
	data_flag(d, "in_rules", *show->seed);
	if (s->n)
		data_fmt(d, "finalists", "%zu", s->n);
	data_fmt(d, "places", "%zu", schedule_places(show));
	if (s->unplaced && s->n)
		data_fmt(d, "unplaced", "%zu", s->unplaced);
	if (s->s.version) {
		data_fmt(d, "version", "%lld", (long long)s->s.version);
		data_text(d, "since", words_moment(q->w->rules, q->a, s->s.at));
	}
	if (s->n)
		data_text(d, "first_number", s->entry[0].number);
	return d;
}

int ask_roadshow(Asking *q, Err *e) {
	Show s = {.q = q, .seed = ""};
	Attachment att;
	size_t att_n = 0;
	const char *seed = seed_asked(q);
	bool show = q->w->rules->roadshow.day_n > 0;
	if (show && seed && *seed && schedule_seed_add(q->w, q->a, seed, e) < 0)
		return -1;
	if (schedule_seed(q->w, q->a, &s.seed, e) < 0 || schedule_read(q->w, q->a, &s.s, e) < 0 || finalists(&s, e) < 0)
		return -1;
	if (show && *s.seed && s.n && !seed) {
		propose(&s);
		if (enclose(&s, &att, e) < 0)
			return -1;
		att_n = 1;
	}
	return ask_reply(q, "ask_roadshow", 0, answer_data(&s, seed && *seed), &att, att_n, e);
}
