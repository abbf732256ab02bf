/* Between the verdict and its answer: the sender's own form, to be mended.  It judges nothing but a form of the last
 * edition, by the rules of this one; and it never stands in the way of the answer. */
#include "command/corrected.h"

#include <string.h>

#include "base/log.h"
#include "base/record.h"
#include "home/filler.h"
#include "rules/overlay.h"
#include "rules/values.h"

typedef struct {
	World *w;
	Arena *a;
	const Report *r;
	const char *token;
	const FormVerdict *form;
	bool migrated;
} Corrected;

static bool is_near(const FormVerdict *f, const char *name) {
	return f->near && strcmp(f->near, name) == 0;
}

/* Something to mend, and something to pour in. */
static bool wanted(const FormVerdict *f) {
	bool asked = f->outcome == OUTCOME_REJECTED || (f->outcome == OUTCOME_PRECHECK && !f->valid);
	if (!asked || !f->read || f->read->value_n == 0)
		return false;
	return is_near(f, "other_edition") || (f->track && (!f->near || !*f->near));
}

/* Last edition's form as one of this edition: its track and what it still lacks. */
static const FormVerdict *migrate(World *w, Arena *a, const Report *r, const FormVerdict *f) {
	FormRead *read = ARENA_NEW(a, FormRead);
	FormVerdict *out = ARENA_NEW(a, FormVerdict);
	*read = *f->read;
	read->edition = w->rules->edition;
	read->version = "";
	judge_form(w->judge, a, r, read, out);
	return out;
}

/* Keys of the map and of the track are the same; fields that the track lacks are left out. */
static const Field *field_of(const Corrected *c, const FormValue *v) {
	if (v->field >= c->w->map->field_n)
		return NULL;
	return form_field(&c->form->track->form, c->w->map->field[v->field].key);
}

/* In normal form where it could be read: a percentage stays one in a cell of text. */
static const char *text_of(const Corrected *c, const Field *field, const FormValue *v) {
	Value x = value_read(c->a, field, v->text, v->raw, v->percent);
	return x.state == VALUE_OK || x.state == VALUE_REPAIRED ? x.text : v->text;
}

static void put_values(const Corrected *c, Buf *b) {
	const FormRead *read = c->form->read;
	size_t n = 0;
	for (size_t i = 0; i < read->value_n; i++)
		n += read->value[i].row <= RULES_MAX_TABLE_ROWS && field_of(c, &read->value[i]) != NULL;
	rec_put_num(b, n);
	for (size_t i = 0; i < read->value_n; i++) {
		const FormValue *v = &read->value[i];
		const Field *field = v->row <= RULES_MAX_TABLE_ROWS ? field_of(c, v) : NULL;
		if (!field)
			continue;
		rec_put_text(b, field->key);
		rec_put_num(b, v->row);
		rec_put_text(b, text_of(c, field, v));
	}
}

static void put_problem(Buf *b, const Problem *p, const char *field, size_t row, bool beside) {
	rec_put_text(b, field);
	rec_put_num(b, row <= RULES_MAX_TABLE_ROWS ? row : 0);
	rec_put_num(b, p->severity == SEVERITY_ERROR);
	rec_put_text(b, p->sentence);
	rec_put_num(b, beside);
}

static void put_problems(const Corrected *c, Buf *b) {
	const FormVerdict *f = c->form;
	size_t n = f->problem_n;
	for (size_t i = 0; i < f->problem_n; i++)
		n += f->problem[i].cell_n;
	rec_put_num(b, n);
	for (size_t i = 0; i < f->problem_n; i++) {
		const Problem *p = &f->problem[i];
		put_problem(b, p, p->field, p->row, false);
		for (size_t k = 0; k < p->cell_n; k++)
			put_problem(b, p, p->cell[k].field, p->cell[k].row, true);
	}
}

static int fill(const Corrected *c, Buf *book, Err *e) {
	World *w = c->w;
	Buf record = {0};
	rec_put_text(&record, rules_phases(w->rules, c->a));
	rec_put_text(&record, c->form->track->code);
	put_values(c, &record);
	put_problems(c, &record);
	rec_put_text(&record, c->token);
	if (!w->filler)
		w->filler = filler_new(w->env);
	int rc = filler_fill(w->filler, buf_view(&record), book, e);
	buf_free(&record);
	if (rc == 0 && book->n > CORRECTED_MAX_BYTES)
		rc = err_set(e, ERR_BUG, "it has %zu bytes", book->n);
	return rc;
}

/* no: which form of the mail, 0 when there is one only. */
static int make(const Corrected *c, size_t no, Attachment *out, Err *e) {
	Buf b = {0};
	const Track *t = c->form->track;
	int rc = fill(c, &b, e);
	if (rc == 0)
		*out = (Attachment){
			.name = words_fill(c->w->rules, c->a, c->migrated ? "corrected.migrated" : "corrected.name", "code", t->code,
		                       "track", t->name, "no", no ? arena_fmt(c->a, "%zu", no) : "", NULL),
			.media = type_media(TYPE_XLSX), .bytes = buf_give(&b, c->a)};
	buf_free(&b);
	return rc;
}

static void add(Corrected *c, const Verdict *v, size_t i, Attachment *out, size_t *n) {
	Err e = {0};
	if (c->migrated)
		c->form = migrate(c->w, c->a, c->r, c->form);
	if (!c->form->track)
		return;
	if (make(c, v->form_n > 1 ? i + 1 : 0, &out[*n], &e) < 0)
		log_warn("the form to be mended could not be made: %s", e.text);
	else
		(*n)++;
}

void corrected_make(World *w, Arena *a, const Report *r, const Verdict *v, const char *id, Attachment **out, size_t *n) {
	size_t bytes = 0;
	*out = arena_array(a, CORRECTED_MOST, sizeof **out);
	*n = 0;
	if (!*id || w->rehearsal || w->rules_faulty) /* the office program reads the rules of the folder */
		return;
	for (size_t i = 0; i < v->form_n && *n < CORRECTED_MOST; i++) {
		Corrected c = {.w = w, .a = a, .r = r, .token = str_dup(a, str_sub(str_of(id), 0, strcspn(id, "@"))),
		               .form = &v->form[i], .migrated = is_near(&v->form[i], "other_edition")};
		size_t before = *n;
		if (!wanted(c.form))
			continue;
		add(&c, v, i, *out, n);
		bytes += *n > before ? (*out)[before].bytes.n : 0;
		if (bytes > CORRECTED_ALL_BYTES) {
			*n = before;
			return;
		}
	}
}
