/* Rows of the 设置 workbook: read, judged by what they would change, and put into force together, or proposed to a second
 * person where the rules want one.  A row has no choice: what stands in its own columns is what is wanted. */
#include "course/decision_inner.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "course/setting.h"
#include "rules/values.h"

#define TEXT_CHARS 1000
#define YEARS_AHEAD 2
#define DAY 86400

typedef struct {
	RowCheck *c; /* only to say what is wrong */
	World *w;
	Arena *a;
	const Decided *d;
	RecordRow row;
	const char *wrong; /* why it cannot be, NULL: it can */
	bool same;         /* as it is already */
} Wanted;

static const char *column(const Wanted *x, const char *key) {
	const char *heading = words(x->w->rules, arena_fmt(x->a, "setting.col_%s", key));
	return text_tidy(x->a, row_open(x->d->row, x->a, heading));
}

static const char *fault(Wanted *x, const char *key, const char *found) {
	x->wrong = words_fill(x->w->rules, x->a, key, "found", text_cut(x->a, found, 60), "now",
	                      words_moment(x->w->rules, x->a, x->w->env->now), NULL);
	return NULL;
}

/* ---- moments */

/* A time of the day at the end of the text, cut off it: seconds, or -1. */
static int64_t time_of(char *text) {
	char *at = strrchr(text, ' ');
	int h, m, s = 0, n = 0;
	if (!at || (sscanf(at + 1, "%2d:%2d:%2d%n", &h, &m, &s, &n) < 3 && sscanf(at + 1, "%2d:%2d%n", &h, &m, &n) < 2) ||
	    n == 0 || at[1 + n] || h < 0 || h > 24 || m < 0 || m > 59 || s < 0 || s > 59 || (h == 24 && (m || s)))
		return -1;
	*at = '\0';
	return (int64_t)h * 3600 + m * 60 + s;
}

/* A date, with a time or without: then the whole day.  WHEN_NONE: it is none. */
static int64_t moment_of(Arena *a, const char *text, bool end) {
	char *copy = text_fold(a, text), *t;
	if ((t = strchr(copy, 'T')) && t > copy && t[-1] >= '0' && t[-1] <= '9')
		*t = ' ';
	int64_t time = time_of(copy);
	Field f = {.key = "", .label = "", .kind = KIND_DATE, .min_date = WHEN_NONE, .max_date = WHEN_NONE};
	Value v = value_read(a, &f, copy, RAW_TEXT, false);
	int64_t days = v.state == VALUE_OK || v.state == VALUE_REPAIRED ? value_days(v.text) : WHEN_NONE;
	if (days == WHEN_NONE)
		return WHEN_NONE;
	/* The hour of that calendar day in the contest's zone, also where the day is not 24 hours long. */
	int year, month, day;
	if (sscanf(v.text, "%d-%d-%d", &year, &month, &day) != 3)
		return WHEN_NONE;
	if (end && (time <= 0 || time == DAY)) /* a cell of a date has a time of zero */
		return when_day_end(year, month, day);
	if (time < 0)
		time = 0;
	return when_of(year, month, day, (int)(time / 3600), (int)(time / 60 % 60), (int)(time % 60));
}

/* ---- what a row wants */

static const char *json_of(Arena *a, const char *const *pair, size_t n) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	for (size_t i = 0; i < n; i++)
		if (*pair[2 * i + 1])
			json_text(&j, pair[2 * i], pair[2 * i + 1]);
	json_end_object(&j);
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

static const Phase *phase_of(const Rules *r, const char *id) {
	for (size_t i = 0; i < r->phase_n; i++)
		if (!strcmp(r->phase[i].id, id))
			return &r->phase[i];
	return NULL;
}

/* A closing may move on, or into what is still to come: never behind somebody's back. */
static void want_phase(Wanted *x, const char *id) {
	const Phase *p = phase_of(x->w->rules, id);
	const char *o = column(x, "opens"), *c = column(x, "closes");
	int64_t now = x->w->env->now, opens = *o ? moment_of(x->a, o, false) : WHEN_NONE,
	        closes = *c ? moment_of(x->a, c, true) : WHEN_NONE;
	x->row.ref = id;
	if (!p || (*o && opens == WHEN_NONE) || (*c && closes == WHEN_NONE)) {
		fault(x, "setting.bad_moment", *o && opens == WHEN_NONE ? o : c);
		return;
	}
	opens = opens == WHEN_NONE ? p->opens : opens;
	closes = closes == WHEN_NONE ? p->closes : closes;
	if (closes < opens)
		fault(x, "setting.closes_first", *c ? c : o);
	else if (closes < p->closes && closes < now)
		fault(x, "setting.closes_past", c);
	else if (opens > p->opens && p->opens <= now)
		fault(x, "setting.opened", o);
	else if (closes > now + (int64_t)YEARS_AHEAD * 366 * DAY)
		fault(x, "setting.bad_moment", c);
	x->same = opens == p->opens && closes == p->closes;
	const char *const pair[] = {"opens", when_text(x->a, opens), "closes", when_text(x->a, closes)};
	x->row.data = json_of(x->a, pair, 2);
}

static void want_exception(Wanted *x) {
	const char *who = text_lower(x->a, text_line(x->a, str_of(text_fold(x->a, column(x, "who"))))), *u = column(x, "until");
	int64_t until = moment_of(x->a, u, true);
	const Rules *r = x->w->rules;
	if (!mail_address_ok(who))
		fault(x, "setting.bad_mail", who);
	else if (until == WHEN_NONE || until < x->w->env->now)
		fault(x, "setting.bad_until", u);
	if (x->wrong)
		return;
	for (size_t i = 0; i < r->exception_n; i++)
		x->same |= !strcmp(r->exception[i].addr, who) && r->exception[i].until == until;
	const char *const data[] = {"until", when_text(x->a, until)}, *const detail[] = {"addr", who, "why", x->d->reason};
	x->row.ref = setting_person(x->a, who);
	x->row.data = json_of(x->a, data, 1);
	x->row.detail = json_of(x->a, detail, 2);
	x->row.addr = who;
}

static size_t staff_at(const Rules *r, Arena *a, const char *ref) {
	size_t i = 0;
	while (i < r->mail.office_n && strcmp(setting_person(a, r->mail.office[i].addr), ref) != 0)
		i++;
	return i;
}

/* ref: of one who is or was on the list; "" for a blank row, which may name anybody. */
static void want_staff(Wanted *x, const char *ref) {
	const MailConf *m = &x->w->rules->mail;
	const char *name = text_line(x->a, str_of(column(x, "name"))),
	           *addr = text_lower(x->a, text_line(x->a, str_of(text_fold(x->a, column(x, "addr")))));
	bool off = *column(x, "remove") != '\0';
	x->row.ref = *ref ? ref : setting_person(x->a, addr);
	size_t i = staff_at(x->w->rules, x->a, x->row.ref);
	bool listed = i < m->office_n;
	if (*ref && !off)
		fault(x, "setting.nothing", "");
	else if (!*ref && (!mail_address_ok(addr) || !strcmp(addr, m->robot.addr)))
		fault(x, "setting.bad_mail", addr);
	x->same = off ? !listed : listed && !strcmp(m->office[i].name, name);
	if (off && listed) {
		name = m->office[i].name;
		addr = m->office[i].addr;
	}
	const char *const detail[] = {"name", name, "addr", addr, "why", x->d->reason};
	x->row.state = off ? "off" : "set";
	x->row.detail = json_of(x->a, detail, 3);
	x->row.addr = addr;
}

static void want_text(Wanted *x, const char *ref) {
	const char *now = rules_text(x->w->rules, ref), *text = column(x, "text");
	const char *const data[] = {"text", text};
	x->row.ref = ref;
	if (!now || text_chars(text) > TEXT_CHARS)
		fault(x, "setting.text_long", text);
	x->same = now && !strcmp(now, text);
	if (x->wrong)
		return;
	/* One word takes a text away. */
	if (!strcmp(text_key(x->a, text), text_key(x->a, words(x->w->rules, "setting.empty")))) {
		x->row.data = "{}";
		x->same = !*now;
	} else {
		x->row.data = json_of(x->a, data, 1);
	}
}

static void want_day(Wanted *x) {
	const char *d = column(x, "day"), *is = text_key(x->a, column(x, "day_is"));
	int64_t at = moment_of(x->a, d, false), now;
	bool off = !strcmp(is, text_key(x->a, words(x->w->rules, "setting.holiday")));
	if (at == WHEN_NONE) {
		fault(x, "setting.bad_moment", d);
		return;
	}
	struct tm tm = when_local(at);
	x->row.ref = arena_fmt(x->a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	now = value_days(x->row.ref);
	if (!off && strcmp(is, text_key(x->a, words(x->w->rules, "setting.workday"))) != 0)
		fault(x, "setting.bad_day", column(x, "day_is"));
	x->same = rules_is_workday(x->w->rules, now) != off;
	const char *const data[] = {"is", off ? "holiday" : "workday"};
	x->row.data = json_of(x->a, data, 1);
}

/* The round of the seal is the group; the ref of a row to be added by is new- and its number. */
static void want(Wanted *x) {
	const char *ref = x->d->seal.ref;
	const char *const why[] = {"why", x->d->reason};
	x->row = (RecordRow){.kind = "setting", .round = x->d->seal.round, .ref = "", .who = "", .at = x->w->env->now,
	                     .state = "set", .data = "", .by = "", .addr = "", .detail = json_of(x->a, why, 1)};
	if (!strcmp(x->d->seal.round, "phase"))
		want_phase(x, ref);
	else if (!strcmp(x->d->seal.round, "exception"))
		want_exception(x);
	else if (!strcmp(x->d->seal.round, "staff"))
		want_staff(x, str_starts(str_of(ref), "new-") ? "" : ref);
	else if (!strcmp(x->d->seal.round, "day"))
		want_day(x);
	else if (!strcmp(x->d->seal.round, "text"))
		want_text(x, ref);
	else
		fault(x, "decide.not_yours", "");
}

/* ---- the kind */

static const char *says(const Wanted *x) {
	Setting s;
	return setting_of(x->a, &x->row, &s) ? setting_says(x->w, x->a, &s) : "";
}

static int check(RowCheck *c, Err *e) {
	Decided *d = c->d;
	RecordRow stands;
	Wanted x = {.w = c->w, .a = c->a, .d = d};
	bool blank = str_starts(str_of(d->seal.ref), "new-");
	d->reason = text_tidy(c->a, d->row->reason);
	want(&x);
	if (text_chars(d->reason) > DECISION_REASON_CHARS)
		fault(&x, "setting.text_long", d->reason);
	if (store_record_get(c->w->store, c->a, "setting", d->seal.round, x.row.ref, "", &stands, e) < 0)
		return -1;
	d->about = x.wrong ? "" : says(&x);
	d->now = row_say(c, "setting.now_other");
	d->version = blank ? d->seal.version : stands.version;
	if (c->w->rules->settings_confirm && c->w->rules->mail.office_n < 2)
		row_fail(c, row_say(c, "setting.no_second"), false);
	else if (x.wrong)
		row_fail(c, x.wrong, true);
	else
		(void)row_fresh(c, x.same, true);
	return 0;
}

/* A good row about the list of the secretariat, read again. */
static bool staff_row(RowCheck *c, Decided *d, Wanted *x) {
	*x = (Wanted){.c = c, .w = c->w, .a = c->a, .d = d};
	if (d->kind != &decide_setting || d->fate != ROW_GOOD || strcmp(d->seal.round, setting_group[SETTING_STAFF]) != 0)
		return false;
	want(x);
	return true;
}

/* Somebody stays on the list, or nobody could decide anything any more: of one workbook all may leave only where others come. */
static int together(RowCheck *c, Decisions *all, Err *e) {
	RecordRow *row = arena_array(c->a, all->n + 1, sizeof *row);
	size_t n = 0;
	Wanted x;
	(void)e;
	for (size_t i = 0; i < all->n; i++)
		if (staff_row(c, &all->row[i], &x))
			row[n++] = x.row;
	bool stays = setting_staff_stays(c->w, c->a, row, n);
	for (size_t i = 0; i < all->n && !stays; i++)
		if (staff_row(c, &all->row[i], &x)) {
			c->d = &all->row[i];
			row_fail(c, row_say(c, "setting.last_staff"), true);
		}
	return 0;
}

static int apply(const Doing *g, Decided *d, Err *e) {
	(void)e;
	d->says = words(g->w->rules, g->w->rules->settings_confirm ? "setting.done_proposed" : "setting.done");
	return 0;
}

/* All of a workbook together, so that a second person confirms them with one code. */
static int after(const Doing *g, const Decisions *all, Err *e) {
	RecordRow *row = arena_array(g->a, all->n + 1, sizeof *row);
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++) {
		Wanted x = {.w = g->w, .a = g->a, .d = &all->row[i]};
		if (x.d->kind != &decide_setting || x.d->fate != ROW_GOOD)
			continue;
		want(&x);
		row[n++] = x.row;
	}
	return g->w->rules->settings_confirm ? setting_propose(g->w, g->a, row, n, g->by, e)
	                                     : setting_apply(g->w, g->a, row, n, g->by, e);
}

const DecisionKind decide_setting = {.kind = "setting", .check = check, .together = together, .apply = apply, .after = after};
