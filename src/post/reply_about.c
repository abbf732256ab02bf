/* What an answer is about: the message, its form, its files, the contest's calendar.
 * Shared by all kinds of replies; texts from outside are made one line and cut here. */
#include "post/reply_inner.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"

const char *reply_short(Reply *r, const char *s, size_t chars) {
	return text_cut(r->a, text_line(r->a, str_of(s)), chars);
}

/* 2023-03-31 23:59:58 */
static const char *exact(Arena *a, int64_t t) {
	struct tm tm = when_local(t);

	return arena_fmt(a, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	                 tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Judged as an entry or as files for one, or as what was meant to be. */
static bool judged(const Verdict *v) {
	return v != NULL && v->closes > 0 && v->outcome != OUTCOME_PRECHECK &&
	       (v->form_n > 0 || v->outcome == OUTCOME_LATE || v->outcome == OUTCOME_REJECTED);
}

static void window(const Reply *r, int64_t *opens, int64_t *closes) {
	rules_window_at(r->w->rules, r->w->now, opens, closes);
	if (judged(r->v)) {
		*opens = r->v->opens;
		*closes = r->v->closes;
	}
}

/* Another window that whoever reads this may still use, when the one told is over or there are two. */
static const Phase *next_window(const Reply *r, int64_t closes) {
	const Phase *open = rules_open_phase(r->w->rules, r->w->now);

	if (open == NULL)
		return rules_next_window(r->w->rules, r->w->now);
	return r->w->now > closes && open->closes > closes ? open : NULL;
}

int64_t reply_closes(const Reply *r) {
	int64_t opens, closes;

	window(r, &opens, &closes);
	return closes;
}

void reply_about(Reply *r, Data *d, const char *subject, const char *sender, int64_t received) {
	const Rules *rules = r->w->rules;
	int64_t opens, closes;

	window(r, &opens, &closes);
	data_text(d, "subject", reply_short(r, subject, REPLY_SUBJECT_CHARS));
	data_text(d, "sender", sender);
	data_text(d, "received", words_moment(rules, r->a, received));
	data_text(d, "received_exact", exact(r->a, received));
	data_text(d, "opens", words_moment(rules, r->a, opens));
	data_text(d, "closes", words_moment(rules, r->a, closes));
	data_text(d, "begins", r->w->now < opens ? words_moment(rules, r->a, opens) : NULL);
	const Phase *next = next_window(r, closes);
	data_text(d, "reopens", next != NULL ? words_moment(rules, r->a, next->opens) : NULL);
	data_text(d, "recloses", next != NULL ? words_moment(rules, r->a, next->closes) : NULL);
	data_flag(d, "reopened", next != NULL && next->opens <= r->w->now);
	data_flag(d, "over", r->w->now > closes);
	if (r->w->now <= closes)
		data_text(d, "left", words_span(rules, r->a, closes - r->w->now));
	int64_t later = rules_supplements_close(rules);
	if (later != WHEN_NONE && r->w->now <= later)
		data_text(d, "supplements_until", words_moment(rules, r->a, later));
}

void reply_track(Data *d, const Track *t) {
	if (t == NULL)
		return;
	data_text(d, "track", t->name);
	data_text(d, "track_code", t->code);
	data_text(d, "track_ordinal", t->ordinal);
	data_text(d, "direction", t->direction);
}

static const char *part_name(const Reply *r, int part) {
	const Report *m = r->f->report;

	return part >= 0 && (size_t)part < m->part_n ? m->part[part].name : "";
}

/* The number is told to whom it belongs only: the sender of an accepted form, or of
 * the very form that was accepted before. */
static void state(Reply *r, Data *d, size_t i) {
	const FormVerdict *f = &r->v->form[i];
	bool twin = f->outcome == OUTCOME_DUPLICATE && f->same_form && f->same_sender;
	bool stands = twin && f->same_as != NULL && *f->same_as != '\0';
	int64_t accepted = WHEN_NONE, closes = reply_closes(r);

	data_text(d, "number", NULL);
	if (f->outcome == OUTCOME_ACCEPTED) {
		data_text(d, "number", r->f->number != NULL ? r->f->number[i] : "");
		accepted = r->w->now;
	} else if (stands) {
		data_text(d, "number", f->same_as);
		accepted = r->f->accepted != NULL ? r->f->accepted[i] : WHEN_NONE;
	}
	if (accepted != WHEN_NONE)
		data_text(d, "accepted_at", words_moment(r->w->rules, r->a, accepted));
	data_flag(d, "accepted", f->outcome == OUTCOME_ACCEPTED);
	data_flag(d, "rejected", f->outcome == OUTCOME_REJECTED);
	data_flag(d, "late", f->outcome == OUTCOME_LATE && !r->v->before_opening);
	data_flag(d, "early", f->outcome == OUTCOME_LATE && r->v->before_opening);
	data_flag(d, "not_eligible", f->outcome == OUTCOME_NOT_ELIGIBLE);
	data_flag(d, "again", stands);
	data_flag(d, "late_twin", twin && !stands);
	data_flag(d, "kept", f->outcome == OUTCOME_DUPLICATE && !twin);
	data_flag(d, "valid", f->valid);
	if (r->f->received > closes)
		data_text(d, "by", words_span(r->w->rules, r->a, r->f->received - closes));
}

void reply_form(Reply *r, Data *d, size_t i) {
	const FormVerdict *f = &r->v->form[i];

	data_text(d, "title", reply_short(r, f->role[ROLE_TITLE], REPLY_NAME_CHARS));
	data_text(d, "org", reply_short(r, f->role[ROLE_ORG], REPLY_NAME_CHARS));
	data_text(d, "form_file", reply_short(r, f->read != NULL ? part_name(r, f->read->part) : "", REPLY_NAME_CHARS));
	reply_track(d, f->track);
	state(r, d, i);
}

static void file_item(Reply *r, Data *d, const Part *p, bool is_form) {
	Data *x = data_item(d, "files");

	data_text(x, "name", reply_short(r, *p->name != '\0' ? p->name : type_name(p->type), REPLY_NAME_CHARS));
	data_text(x, "size", words_bytes(r->w->rules, r->a, p->bytes));
	data_text(x, "sha256", hash_text(r->a, p->sha256));
	data_text(x, "type", type_name(p->type));
	data_flag(x, "is_form", is_form);
}

void reply_form_files(Reply *r, Data *d, const FormVerdict *f) {
	const Report *m = r->f->report;
	size_t n = 0;

	data_text(d, "files", NULL);
	for (size_t i = 0; i < f->file_n; i++) {
		if (f->file[i].part < 0 || (size_t)f->file[i].part >= m->part_n)
			continue;
		file_item(r, d, &m->part[f->file[i].part], f->file[i].is_form);
		n++;
	}
	data_fmt(d, "file_count", "%zu", n);
}

void reply_all_files(Reply *r, Data *d) {
	const Report *m = r->f->report;
	const Verdict *v = r->v;

	for (size_t i = 0; i < v->file_n; i++)
		if (v->file[i].part >= 0 && (size_t)v->file[i].part < m->part_n)
			file_item(r, d, &m->part[v->file[i].part], false);
	data_fmt(d, "file_count", "%zu", v->file_n);
}

void reply_attached(Reply *r, Data *d) {
	if (r->att.n > 0)
		data_fmt(d, "attached_count", "%zu", r->att.n);
	for (size_t i = 0; i < r->att.n; i++) {
		Data *x = data_item(d, "attached");
		data_text(x, "name", r->att.v[i].name);
		data_text(x, "size", words_bytes(r->w->rules, r->a, r->att.v[i].bytes.n));
		data_flag(x, "more", i + 1 < r->att.n);
	}
}

/* What is still to come, from the phase that runs now on. */
void reply_phases(Reply *r, Data *d) {
	const Rules *rules = r->w->rules;

	bool any = false;
	for (size_t i = 0; i < rules->phase_n; i++) {
		const Phase *p = &rules->phase[i];
		if (p->closes < r->w->now)
			continue;
		any = true;
		Data *x = data_item(d, "phases");
		data_text(x, "name", p->name);
		data_text(x, "text", p->text);
		data_text(x, "opens", words_day(rules, r->a, p->opens));
		data_text(x, "closes", words_day(rules, r->a, p->closes));
		data_flag(x, "now", p->opens <= r->w->now);
		data_flag(x, "more", i + 1 < rules->phase_n);
	}
	data_flag(d, "has_phases", any);
}

void reply_tracks(Reply *r, Data *d) {
	const Rules *rules = r->w->rules;

	for (size_t i = 0; i < rules->track_n; i++) {
		Data *x = data_item(d, "tracks");
		data_text(x, "code", rules->track[i].code);
		data_text(x, "ordinal", rules->track[i].ordinal);
		data_text(x, "name", rules->track[i].name);
		data_text(x, "direction", rules->track[i].direction);
		data_text(x, "requires", rules->track[i].requires);
	}
}
