/* Answers to what was accepted: the receipt, the same receipt again, and the word to
 * the form's contact.  The contact may be a stranger to the sender: nothing of the form goes there
 * but title, organisation and number. */
#include "post/reply_inner.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static void whole_form(Reply *r, const FormVerdict *f) {
	reply_reading(r, r->d, f);
	reply_form_files(r, r->d, f);
	reply_phases(r, r->d);
	reply_problems(r, r->d, r->v->problem, r->v->problem_n, f);
}

int reply_receipt(Reply *r, Err *e) {
	if (r->v->form_n == 0 || r->f->number == NULL || *r->f->number[0] == '\0')
		return err_set(e, ERR_BUG, "a receipt without an entry's number");
	reply_form(r, r->d, 0);
	whole_form(r, &r->v->form[0]);
	return 0;
}

/* The same form from the same sender: they miss their receipt, so here it is again.
 * Any other twin is told nothing of the one that stands. */
int reply_duplicate(Reply *r, Err *e) {
	if (r->v->form_n == 0)
		return err_set(e, ERR_BUG, "a duplicate without a form");
	const FormVerdict *f = &r->v->form[0];
	reply_form(r, r->d, 0);
	if (f->same_form && f->same_sender)
		whole_form(r, f);
	else
		reply_form_files(r, r->d, f);
	return 0;
}

static void confirm_entries(Reply *r, const char *to) {
	Data *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < r->v->form_n; i++) {
		const FormVerdict *f = &r->v->form[i];
		const char *mail = f->role[ROLE_CONTACT_MAIL];
		if (f->outcome != OUTCOME_ACCEPTED || mail == NULL || strcasecmp(mail, to) != 0)
			continue;
		if (last != NULL)
			data_flag(last, "more", true);
		else
			data_text(r->d, "first_number", r->f->number[i]);
		last = data_item(r->d, "entries");
		data_text(last, "number", r->f->number[i]);
		data_text(last, "title", reply_short(r, f->role[ROLE_TITLE], REPLY_NAME_CHARS));
		data_text(last, "org", reply_short(r, f->role[ROLE_ORG], REPLY_NAME_CHARS));
		data_flag(last, "more", false);
		n++;
	}
	data_fmt(r->d, "entry_count", "%zu", n);
}

/* One mail a contact, however many of the forms name them; none to the sender. */
static bool confirm_due(const Reply *r, size_t i, const char **to) {
	const FormVerdict *f = &r->v->form[i];

	*to = f->role[ROLE_CONTACT_MAIL];
	if (f->outcome != OUTCOME_ACCEPTED || !reply_may_write(r, *to) || r->f->number == NULL)
		return false;
	if (strcasecmp(*to, r->to) == 0 || strcasecmp(*to, r->f->report->from.addr) == 0)
		return false;
	for (size_t k = 0; k < r->out.n; k++)
		if (strcasecmp(r->out.v[k].to_addr, *to) == 0)
			return false;
	return true;
}

int reply_confirm(Reply *r, Err *e) {
	const char *to;
	bool receipted = r->out.n > 0;

	for (size_t i = 0; i < r->v->form_n; i++) {
		if (!confirm_due(r, i, &to))
			continue;
		r->d = data_new(r->a);
		r->att.n = 0;
		r->until = 0;
		r->in_reply_to = r->references = ""; /* they never saw the message */
		confirm_entries(r, to);
		data_flag(r->d, "receipted", receipted);
		if (reply_finish(r, "confirm", to, "", true, e) != 0)
			return -1;
	}
	return 0;
}
