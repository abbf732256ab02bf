/* Answers to what carried no form that could be read: requests, near misses, and what
 * a person must look at.  Forms are enclosed from templates/forms/, as `xinlv forms` wrote them; when
 * they are not there the mail says whom to ask instead. */
#include "post/reply_inner.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

#define FORMS_FOLDER "templates/forms"
#define OWN_NUMBERS 3 /* of a sender, named in an answer */

/* T1 begins T1 ... .xlsx and not T10 ... .xlsx. */
static bool form_of(const char *name, const Track *t) {
	size_t n = strlen(t->code);
	unsigned char next = strncmp(name, t->code, n) == 0 ? (unsigned char)name[n] : 'x';

	return str_ends_nocase(str_of(name), ".xlsx") && !(next >= '0' && next <= '9') &&
	       !(next >= 'A' && next <= 'Z') && !(next >= 'a' && next <= 'z');
}

static bool wanted(const Rules *rules, const char *name, const Track *only) {
	if (only != NULL)
		return form_of(name, only);
	for (size_t i = 0; i < rules->track_n; i++)
		if (form_of(name, &rules->track[i]))
			return true;
	return false;
}

/* Encloses the empty form of one track, or of all when they are small; false when there is none. */
static bool enclose_forms(Reply *r, const Track *only) {
	char **names;
	size_t n, first = r->att.n, total = 0;
	Err e = {0};

	if (file_list(r->a, r->w->home, FORMS_FOLDER, &names, &n, &e) != 0) {
		log_warn("no forms to enclose: %s", e.text);
		return false;
	}
	for (size_t i = 0; i < n && total <= REPLY_FORMS_BYTES; i++) {
		Buf b = {0};
		if (!wanted(r->w->rules, names[i], only))
			continue;
		if (file_read(r->w->home, arena_fmt(r->a, FORMS_FOLDER "/%s", names[i]), REPLY_FORMS_BYTES, &b, &e) == 0) {
			total += b.n;
			reply_attach(r, &(Attachment){.name = text_line(r->a, str_of(names[i])),
			                              .media = type_media(TYPE_XLSX),
			                              .bytes = buf_give(&b, r->a)});
		}
		buf_free(&b);
	}
	if (total > REPLY_FORMS_BYTES)
		r->att.n = first; /* too much for one mail: they are asked to name the track */
	return r->att.n > first;
}

int reply_forms(Reply *r, Err *e) {
	(void)e;
	reply_tracks(r, r->d);
	reply_track(r->d, r->v->asked);
	data_flag(r->d, "none", !enclose_forms(r, r->v->asked));
	return 0;
}

int reply_help(Reply *r, Err *e) {
	(void)e;
	reply_tracks(r, r->d);
	reply_phases(r, r->d);
	enclose_forms(r, r->v->asked);
	return 0;
}

int reply_progress(Reply *r, Err *e) {
	const ReplyFacts *f = r->f;

	(void)e;
	size_t shown = f->entry_n < REPLY_ENTRIES ? f->entry_n : REPLY_ENTRIES;
	for (size_t i = 0; i < shown; i++) {
		const EntryRow *en = &f->entry[i];
		const Track *t = rules_track(r->w->rules, en->track);
		Data *x = data_item(r->d, "entries");
		data_text(x, "number", en->number);
		data_text(x, "title", reply_short(r, en->title, REPLY_NAME_CHARS));
		data_text(x, "org", reply_short(r, en->org, REPLY_NAME_CHARS));
		data_text(x, "track", t != NULL ? t->name : en->track);
		data_text(x, "state", words(r->w->rules, arena_fmt(r->a, "state.%s", en->state)));
		data_text(x, "received", words_moment(r->w->rules, r->a, en->received));
		data_flag(x, "more", i + 1 < shown);
	}
	if (f->entry_n > shown)
		data_fmt(r->d, "further", "%zu", f->entry_n - shown);
	if (f->entry_n > 0)
		data_fmt(r->d, "entry_count", "%zu", f->entry_n);
	return 0;
}

/* What stands in the way, before what is only to be looked at again. */
static const Problem *first_problem(const Verdict *v) {
	const FormVerdict *f = v->form_n > 0 ? &v->form[0] : NULL;

	for (size_t i = 0; i < v->problem_n; i++)
		if (v->problem[i].severity == SEVERITY_ERROR)
			return &v->problem[i];
	for (size_t i = 0; f != NULL && i < f->problem_n; i++)
		if (f->problem[i].severity == SEVERITY_ERROR)
			return &f->problem[i];
	if (v->problem_n > 0)
		return v->problem;
	return f != NULL && f->problem_n > 0 ? f->problem : NULL;
}

/* The numbers of the sender's entries, the first few; "" when there are none. */
static const char *own_numbers(const Reply *r) {
	const char *all = "";
	for (size_t i = 0; i < r->f->entry_n && i < OWN_NUMBERS; i++)
		all = arena_fmt(r->a, "%s%s%s", all, *all ? words(r->w->rules, "decide.or") : "", r->f->entry[i].number);
	return all;
}

/* One template with a section a reason; a reason it does not know is told in the
 * judge's words. */
int reply_near_miss(Reply *r, Err *e) {
	static const char *const known[] = {
		"no_form", "link_only", "scan_only", "unreadable_kind", "encrypted", "damaged", "empty_form",
		"empty_mail", "other_edition", "other_contest", "body_pasted", "wrong_track", "disagree",
		"archive_encrypted", "archive_too_large", "form_too_large", "too_deep", "mail_encrypted",
	};
	const Verdict *v = r->v;
	const Track *t = v->asked != NULL ? v->asked : v->form_n > 0 ? v->form[0].track : NULL;
	const char *near = v->near != NULL ? v->near : "";
	const Problem *p = first_problem(v);
	bool found = false;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		data_flag(r->d, known[i], strcmp(known[i], near) == 0);
		found = found || strcmp(known[i], near) == 0;
	}
	if (!found && p == NULL)
		return err_set(e, ERR_BUG, "a near miss '%s' of an unknown kind without a problem", near);
	data_flag(r->d, "other", !found);
	if (v->form_n == 0) /* for one that they have it may have been meant */
		data_text(r->d, "own", own_numbers(r));
	data_flag(r->d, "filled", r->f->extra_n > 0);
	data_text(r->d, "problem", p != NULL ? p->sentence : "");
	data_text(r->d, "near_kind", v->near_kind);
	data_text(r->d, "near_file", reply_short(r, v->near_file, REPLY_NAME_CHARS));
	reply_track(r->d, t);
	reply_problems(r, r->d, v->problem, v->problem_n, v->form_n > 0 ? &v->form[0] : NULL);
	reply_mend(r, r->d, r->f->received);
	/* Two filled forms want no empty one. */
	if (r->att.n == 0 && t != NULL && strcmp(near, "disagree") != 0)
		enclose_forms(r, t);
	return 0;
}

int reply_plain(Reply *r, Err *e) {
	(void)e;
	data_text(r->d, "number", r->v->number);
	for (size_t i = 0; i < r->f->entry_n; i++)
		if (r->v->number != NULL && strcmp(r->f->entry[i].number, r->v->number) == 0)
			data_text(r->d, "title", reply_short(r, r->f->entry[i].title, REPLY_NAME_CHARS));
	data_flag(r->d, "stamp", r->v->stamp_missing);
	if (strcmp(r->v->reply, "supplement") == 0 || strcmp(r->v->reply, "late_files") == 0) {
		data_flag(r->d, "same_form", r->v->form_n > 0);
		reply_all_files(r, r->d);
		reply_problems(r, r->d, r->v->problem, r->v->problem_n, NULL);
	}
	if (r->v->objection)
		data_text(r->d, "objection", words_fill(r->w->rules, r->a, "objection.no", "n",
		                                        arena_fmt(r->a, "%lld", (long long)r->v->objection), NULL));
	if (strcmp(r->v->reply, "too_large") == 0)
		reply_mend(r, r->d, r->f->received);
	return 0;
}
