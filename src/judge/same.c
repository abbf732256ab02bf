/* Seen before?  Equal Message-ID and content is a re-delivery; an equal form comes again; the
 * same organisation and title is a twin.  The first stands, always; who it was is told to its own
 * sender only (post sees to that by same_sender). */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/inner.h"

#define DIFFERENCES_TOLD 5

bool mail_same(const char *a, const char *b) {
	return *a && strcasecmp(a, b) == 0;
}

static bool digit(char c) {
	return c >= '0' && c <= '9';
}

/* As text_key, but V1.0 is not V10, and 5.5% not 55. */
const char *same_key(Arena *a, const char *text) {
	char *s = text_fold(a, text);
	for (char *p = s; *p; p++)
		if (p > s && digit(p[-1]) && ((*p == '.' && digit(p[1])) || *p == '%'))
			*p = *p == '.' ? '|' : '^';
	return text_key(a, s);
}

int same_redelivery(Case *c) {
	int64_t seq;
	if (!c->j->store || !*c->r->message_id)
		return 0;
	return store_outcome_same(c->j->store, c->r->message_id, c->r->from.addr, c->v->content, &seq, c->e);
}

/* What was withdrawn may be sent again. */
static int stands(Case *c, const char *number) {
	EntryRow en;
	int found = store_entry_get(c->j->store, c->a, number, &en, c->e);
	return found > 0 ? strcmp(en.state, "withdrawn") != 0 : found;
}

/* A late form's twin counts only while it is late itself: what came before the opening may come again in time. */
int same_form(Case *c, Form *f, bool late) {
	FormRow row;
	if (!c->j->store)
		return 0;
	int found = store_form_same(c->j->store, c->a, f->v->print, &row, c->e);
	if (found <= 0)
		return found;
	bool accepted = strcmp(row.outcome, outcome_name(OUTCOME_ACCEPTED)) == 0;
	bool own = mail_same(row.sender, c->v->sender.addr);
	if (!accepted && (!late || !own))
		return 0;
	if (accepted && (found = stands(c, row.number)) <= 0)
		return found;
	f->v->same_form = true;
	f->v->same_sender = own;
	f->v->same_as = accepted ? row.number : "";
	return 1;
}

int same_entry(Case *c, Form *f) {
	char *number, *sender;
	if (!c->j->store || !*f->v->org_key || !*f->v->title_key)
		return 0;
	int found = store_entry_same(c->j->store, c->a, f->v->org_key, f->v->title_key, &number, &sender, c->e);
	if (found <= 0)
		return found;
	f->v->same_form = false;
	f->v->same_sender = mail_same(sender, c->v->sender.addr);
	f->v->same_as = number;
	return 1;
}

/* ---- within one mail */

static bool twins(const Form *x, const Form *y) {
	return x->view && x->view == y->view && *x->v->org_key && *x->v->title_key &&
	       strcmp(x->v->org_key, y->v->org_key) == 0 && strcmp(x->v->title_key, y->v->title_key) == 0;
}

static const JudgedValue *value_like(const Form *f, const EvalValue *v) {
	for (size_t i = 0; i < f->value.n; i++)
		if (f->value.v[i].norm.field == v->field && f->value.v[i].norm.row == v->row)
			return &f->value.v[i];
	return NULL;
}

static void differences(const Form *x, const Form *y, Buf *b, size_t *n) {
	for (size_t i = 0; i < x->value.n && *n < DIFFERENCES_TOLD; i++) {
		const EvalValue *v = &x->value.v[i].norm;
		const JudgedValue *other = value_like(y, v);
		if (other && strcmp(other->norm.text, v->text) == 0)
			continue;
		if (!strstr(b->n ? b->p : "", v->field->label))
			buf_fmt(b, "%s%s", (*n)++ ? JUDGE_COMMA : "", v->field->label);
	}
}

static void disagree(Case *c, Form *x, const Form *y) {
	Buf b = {0};
	size_t n = 0;
	differences(x, y, &b, &n);
	if (n == 0)
		differences(y, x, &b, &n);
	const char *fields = n ? buf_cstr(&b) : words(c->j->rules, "judge.some_fields");
	x->near = "disagree";
	x->problem.n = 0; /* which one to mend is not known yet */
	problem_add(&x->problem, SEVERITY_ERROR, where_form(x), "",
	            words_fill(c->j->rules, c->a, "near.disagree", "file", where_form(x), "other", where_form(y), "fields",
	                       fields, NULL));
	buf_free(&b);
}

static void form_drop(Form *f) {
	vec_free(&f->problem);
	vec_free(&f->value);
	vec_free(&f->unread);
}

static bool said_before(Case *c, Form *form, size_t kept, Form *f) {
	for (size_t i = 0; i < kept; i++) {
		if (!hash_eq(form[i].v->print, f->v->print))
			continue;
		problem_add(&c->problem, SEVERITY_WARNING, where_form(f), "",
		            words_fill(c->j->rules, c->a, "judge.twice_in_mail", "file", where_form(f), "other",
		                       where_form(&form[i]), NULL));
		if (f->read->part >= 0 && f->read->part != form[i].read->part)
			c->taken[f->read->part] = false; /* the copy is filed as a file */
		return true;
	}
	return false;
}

void same_in_mail(Case *c, Form *form, size_t *n) {
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		if (said_before(c, form, kept, &form[i])) {
			form_drop(&form[i]);
			continue;
		}
		if (kept != i) {
			form[kept] = form[i];
			c->v->form[kept] = c->v->form[i];
			form[kept].v = &c->v->form[kept];
		}
		kept++;
	}
	*n = c->v->form_n = kept;
	for (size_t i = 0; i < kept; i++)
		for (size_t k = 0; k < kept; k++)
			if (k != i && !*form[i].near && twins(&form[i], &form[k])) {
				disagree(c, &form[i], &form[k]);
				break;
			}
}
