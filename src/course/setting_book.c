/* The 设置 workbook: a sheet for each group of settings, each row sealed, how things stand beside the columns to fill in. */
#include "course/setting.h"

#include "base/seal.h"
#include "base/text.h"
#include "base/when.h"
#include "course/decision.h"
#include "home/bookout.h"
#include "rules/values.h"

#define NEW_ROWS 5
#define NEW_DAYS 10 /* a holiday has several */

typedef struct {
	World *w;
	Arena *a;
	BookOut out;
	SealKey key;
	Err *e;
	int rc;
} Pen;

static const char *say(const Pen *p, const char *key) {
	return words(p->w->rules, arena_fmt(p->a, "setting.%s", key));
}

typedef struct {
	const char *kind, *width, *key, *rule; /* kind e: rule, a key of words or "" */
} Col;

static void sheet(Pen *p, const char *group, const Col *col, size_t n) {
	bookout_texts(&p->out, "sheet", say(p, arena_fmt(p->a, "sheet_%s", group)), "g", say(p, arena_fmt(p->a, "line_%s", group)),
	              "", "", NULL);
	bookout_num(&p->out, (int64_t)n + 2);
	for (size_t i = 0; i < n; i++) {
		bookout_texts(&p->out, col[i].kind, col[i].width, say(p, arena_fmt(p->a, "col_%s", col[i].key)), NULL);
		if (*col[i].kind == 'e')
			bookout_text(&p->out, *col[i].rule ? arena_fmt(p->a, "list %s", say(p, col[i].rule)) : "");
	}
	bookout_texts(&p->out, "r", "30", words(p->w->rules, "decide.reason"), "t", "10", BOOKOUT_TOKEN, NULL);
}

static void seal(Pen *p, const char *group, const char *ref) {
	RecordRow r;
	SealRow row = {"setting", DECISION_OFFICE, group, ref, 0};
	if (store_record_get(p->w->store, p->a, "setting", group, ref, "", &r, p->e) < 0)
		p->rc = -1;
	row.version = r.version;
	bookout_texts(&p->out, "", seal_make(p->a, &p->key, &row), NULL);
}

static void new_rows(Pen *p, const char *group, int rows, const char *const *cells) {
	for (int i = 1; i <= rows; i++) {
		bookout_texts(&p->out, "row", "", NULL);
		for (size_t k = 0; cells[k]; k++)
			bookout_text(&p->out, cells[k]);
		seal(p, group, arena_fmt(p->a, "new-%d", i));
	}
}

static const char *minute(Pen *p, int64_t t) {
	return when_minute(p->a, t);
}

static void phases(Pen *p) {
	static const Col col[] = {{"f", "26", "phase", ""}, {"c", "20", "opens_now", ""}, {"c", "20", "closes_now", ""},
	                          {"s", "14", "takes", ""}, {"r", "20", "opens", ""}, {"r", "20", "closes", ""}};
	const Rules *r = p->w->rules;
	sheet(p, "phase", col, 6);
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *f = &r->phase[i];
		bookout_texts(&p->out, "row", "", f->name, minute(p, f->opens), minute(p, f->closes),
		              f->takes_entries ? say(p, "takes_entries") : f->takes_supplements ? say(p, "takes_files") : "", "", "",
		              NULL);
		seal(p, "phase", f->id);
	}
}

static void exceptions(Pen *p) {
	static const Col col[] = {{"s", "12", "standing", ""}, {"f", "30", "who_now", ""}, {"c", "20", "until_now", ""},
	                          {"r", "30", "who", ""}, {"r", "20", "until", ""}};
	static const char *const blank[] = {"", "", "", "", "", NULL};
	const Rules *r = p->w->rules;
	sheet(p, "exception", col, 5);
	for (size_t i = 0; i < r->exception_n; i++) {
		const Exception *x = &r->exception[i];
		bookout_texts(&p->out, "row", x->until < p->w->env->now ? "" : "good",
		              x->until < p->w->env->now ? say(p, "over") : say(p, "holds"), x->addr, minute(p, x->until), "", "",
		              NULL);
		seal(p, "exception", arena_fmt(p->a, "new-%zu", NEW_ROWS + 1 + i));
	}
	new_rows(p, "exception", NEW_ROWS, blank);
}

static void staff(Pen *p) {
	static const Col col[] = {{"c", "18", "name_now", ""}, {"f", "30", "addr_now", ""}, {"e", "12", "remove", "remove"},
	                          {"r", "18", "name", ""}, {"r", "30", "addr", ""}};
	static const char *const blank[] = {"", "", "", "", "", NULL};
	const MailConf *m = &p->w->rules->mail;
	sheet(p, "staff", col, 5);
	for (size_t i = 0; i < m->office_n; i++) {
		bookout_texts(&p->out, "row", "", m->office[i].name, m->office[i].addr, "", "", "", NULL);
		seal(p, "staff", setting_person(p->a, m->office[i].addr));
	}
	new_rows(p, "staff", NEW_ROWS, blank);
}

static void texts(Pen *p) {
	static const Col col[] = {{"c", "18", "text_name", ""}, {"f", "60", "text_now", ""}, {"r", "60", "text", ""}};
	sheet(p, "text", col, 3);
	for (size_t i = 0; setting_text[i]; i++) {
		bookout_texts(&p->out, "row", "", say(p, arena_fmt(p->a, "text_%s", setting_text[i])),
		              rules_text(p->w->rules, setting_text[i]), "", NULL);
		seal(p, "text", setting_text[i]);
	}
}

/* From a month ago on: what is over is nobody's concern. */
static void day_rows(Pen *p, const int64_t *day, size_t n, const char *is) {
	for (size_t i = 0; i < n; i++)
		if (day[i] * 86400 > p->w->env->now - 31 * 86400) {
			bookout_texts(&p->out, "row", "", value_day_text(p->a, day[i]), say(p, is), "", "", NULL);
			seal(p, "day", arena_fmt(p->a, "new-%s-%zu", is, i));
		}
}

static void days(Pen *p) {
	static const Col col[] = {{"c", "16", "day_now", ""}, {"c", "12", "is_now", ""}, {"r", "20", "day", ""},
	                          {"e", "12", "day_is", "day_kinds"}};
	static const char *const blank[] = {"", "", "", "", NULL};
	const Calendar *c = &p->w->rules->calendar;
	sheet(p, "day", col, 4);
	day_rows(p, c->holiday, c->holiday_n, "holiday");
	day_rows(p, c->workday, c->workday_n, "workday");
	new_rows(p, "day", NEW_DAYS, blank);
}

static const char *open_headings(Pen *p) {
	static const char *const key[] = {"opens", "closes", "who", "until", "remove", "name", "addr", "text", "day", "day_is"};
	Buf b = {0};
	for (size_t i = 0; i < sizeof key / sizeof *key; i++)
		buf_fmt(&b, "%s%s", i ? "\n" : "", say(p, arena_fmt(p->a, "col_%s", key[i])));
	const char *text = arena_str(p->a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

int setting_book(World *w, Arena *a, const char *path, Err *e) {
	Pen p = {.w = w, .a = a, .e = e};
	if (seal_key(w->env->home, &p.key, e) < 0 || bookout_start(&p.out, w->env, path, e) < 0)
		return -1;
	bookout_texts(&p.out, "book", say(&p, "title"), w->rules->organiser, words(w->rules, "form.font"), "0", NULL);
	phases(&p);
	exceptions(&p);
	staff(&p);
	texts(&p);
	days(&p);
	bookout_identity(&p.out, w->rules->edition, when_text(a, w->env->now), open_headings(&p));
	p.out.bad |= p.rc < 0;
	return bookout_end(&p.out);
}
