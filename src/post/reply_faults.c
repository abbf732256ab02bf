/* Answers that turn a form away, or would: every fault with its place, what was found
 * and what is wanted; repairs and warnings apart; until when it may be mended.  It refuses to say
 * 'faults' without one. */
#include "post/reply_inner.h"

#include <string.h>

#include "base/text.h"

static void problem_item(Reply *r, Data *d, const char *list, const Problem *p, size_t no) {
	Data *x = data_item(d, list);
	const char *found = text_line(r->a, str_of(p->found));
	size_t chars = text_chars(found);

	data_fmt(x, "no", "%zu", no);
	data_text(x, "where", p->where);
	data_text(x, "label", p->label);
	data_text(x, "sentence", p->sentence);
	data_text(x, "found", text_cut(r->a, found, REPLY_FOUND_CHARS));
	data_text(x, "found_chars", NULL);
	if (chars > REPLY_FOUND_CHARS)
		data_fmt(x, "found_chars", "%zu", chars);
	data_text(x, "want", p->want);
	data_text(x, "example", p->example);
}

typedef struct {
	size_t errors, warnings;
} Counts;

static void problem_list(Reply *r, Data *d, const Problem *p, size_t n, Counts *c) {
	for (size_t i = 0; i < n; i++) {
		if (p[i].severity == SEVERITY_ERROR && c->errors++ < REPLY_FAULTS)
			problem_item(r, d, "errors", &p[i], c->errors);
		else if (p[i].severity == SEVERITY_WARNING && c->warnings++ < REPLY_WARNINGS)
			problem_item(r, d, "warnings", &p[i], c->warnings);
	}
}

/* The judge's own word on a repaired value says more than ours would. */
static bool remarked(const FormVerdict *f, const JudgedValue *v, const char *where) {
	for (size_t i = 0; i < f->problem_n; i++)
		if (strcmp(f->problem[i].field, v->norm.field->key) == 0 && strcmp(f->problem[i].where, where) == 0)
			return true;
	return false;
}

static size_t repair_list(Reply *r, Data *d, const FormVerdict *f) {
	size_t n = 0;

	for (size_t i = 0; i < f->value_n; i++) {
		const JudgedValue *v = &f->value[i];
		if (!v->repaired || v->raw == NULL)
			continue;
		const char *where = *v->raw->sheet != '\0' ? arena_fmt(r->a, "%s!%s", v->raw->sheet, v->raw->cell) : "";
		if (remarked(f, v, where) || n++ >= REPLY_WARNINGS)
			continue;
		Data *x = data_item(d, "repairs");
		data_text(x, "label", v->norm.field->label);
		data_text(x, "where", where);
		data_text(x, "found", reply_short(r, value_shown(r->a, v->norm.field, v->raw->text), REPLY_FOUND_CHARS));
		data_text(x, "now", reply_short(r, value_shown(r->a, v->norm.field, v->norm.text), REPLY_FOUND_CHARS));
	}
	return n;
}

static void count(Data *d, const char *name, size_t n) {
	if (n > 0)
		data_fmt(d, name, "%zu", n);
	else
		data_text(d, name, NULL);
}

size_t reply_problems(Reply *r, Data *d, const Problem *p, size_t n, const FormVerdict *form) {
	Counts c = {0};
	size_t repairs = 0;

	/* Empty lists are there too: inside a form's section nothing shows through from outside. */
	data_text(d, "errors", NULL);
	data_text(d, "warnings", NULL);
	data_text(d, "repairs", NULL);
	problem_list(r, d, p, n, &c);
	if (form != NULL) {
		problem_list(r, d, form->problem, form->problem_n, &c);
		repairs = repair_list(r, d, form);
	}
	count(d, "error_count", c.errors);
	count(d, "warning_count", c.warnings);
	count(d, "repair_count", repairs);
	count(d, "errors_cut", c.errors > REPLY_FAULTS ? c.errors - REPLY_FAULTS : 0);
	return c.errors;
}

void reply_mend(Reply *r, Data *d, int64_t received) {
	const Rules *rules = r->w->rules;
	int64_t closes = reply_closes(r), until = r->w->now + rules->mend_seconds, opens, last;

	rules_entry_window(rules, &opens, &last);
	/* What arrived after the contest's own closing, and its grace, has its time from the first report. */
	int64_t told = r->v != NULL ? r->v->mend_until : 0;
	bool in_time = received <= last || rules_open_phase(rules, received) != NULL;
	bool extended = rules->mend_seconds > 0 && until > closes &&
	                (in_time || told > 0 || (r->v != NULL && r->v->late_taken));
	if (told > r->w->now && told < until)
		until = told;
	r->until = extended ? until : closes;
	data_text(d, "mend_until", words_moment(rules, r->a, r->until));
	data_fmt(d, "mend_hours", "%lld", (long long)(rules->mend_seconds / 3600));
	data_flag(d, "extended", extended);
}

static int need_form(const Reply *r, Err *e) {
	if (r->v->form_n == 0)
		return err_set(e, ERR_BUG, "the answer '%s' is about a form, and there is none", r->v->reply);
	return 0;
}

/* Form, problems and files: what all answers about one form have. */
static size_t one_form(Reply *r) {
	reply_form(r, r->d, 0);
	reply_form_files(r, r->d, &r->v->form[0]);
	return reply_problems(r, r->d, r->v->problem, r->v->problem_n, &r->v->form[0]);
}

int reply_mending(Reply *r, Err *e) {
	if (need_form(r, e) != 0)
		return -1;
	if (one_form(r) == 0)
		return err_set(e, ERR_BUG, "a report of faults without a fault");
	reply_mend(r, r->d, r->f->received);
	return 0;
}

int reply_late(Reply *r, Err *e) {
	if (need_form(r, e) != 0)
		return -1;
	one_form(r);
	return 0;
}

int reply_not_eligible(Reply *r, Err *e) {
	if (need_form(r, e) != 0)
		return -1;
	if (one_form(r) == 0)
		return err_set(e, ERR_BUG, "not eligible without a reason");
	return 0;
}

int reply_precheck(Reply *r, Err *e) {
	if (need_form(r, e) != 0)
		return -1;
	one_form(r);
	reply_reading(r, r->d, &r->v->form[0]);
	return 0;
}

int reply_several(Reply *r, Err *e) {
	const Verdict *v = r->v;
	size_t accepted = 0, rejected = 0;
	Data *number = NULL;

	if (need_form(r, e) != 0)
		return -1;
	for (size_t i = 0; i < v->form_n; i++) {
		const FormVerdict *f = &v->form[i];
		Data *x = data_item(r->d, "forms");
		data_fmt(x, "no", "%zu", i + 1);
		reply_form(r, x, i);
		reply_form_files(r, x, f);
		if (f->outcome == OUTCOME_ACCEPTED && v->form_n <= REPLY_SEVERAL_READ)
			reply_reading(r, x, f);
		if (reply_problems(r, x, NULL, 0, f) == 0 && f->outcome == OUTCOME_REJECTED && v->problem_n == 0)
			return err_set(e, ERR_BUG, "form %zu is rejected without a fault", i + 1);
		accepted += f->outcome == OUTCOME_ACCEPTED;
		rejected += f->outcome == OUTCOME_REJECTED;
		if (f->outcome == OUTCOME_ACCEPTED && r->f->number != NULL) {
			if (number != NULL)
				data_flag(number, "more", true);
			number = data_item(r->d, "numbers");
			data_text(number, "number", r->f->number[i]);
			data_flag(number, "more", false);
		}
	}
	reply_problems(r, r->d, v->problem, v->problem_n, NULL);
	data_fmt(r->d, "form_count", "%zu", v->form_n);
	count(r->d, "accepted_count", accepted);
	count(r->d, "rejected_count", rejected);
	count(r->d, "other_count", v->form_n - accepted - rejected);
	data_flag(r->d, "precheck", v->outcome == OUTCOME_PRECHECK);
	reply_mend(r, r->d, r->f->received);
	return 0;
}
