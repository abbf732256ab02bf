/* Digests: of what a form says, whatever its order or dress, and of what a mail says.  The
 * same words give the same digest in every run: duplicates are told by it years later. */
#include <stdlib.h>
#include <string.h>

#include "base/record.h"
#include "base/text.h"
#include "judge/inner.h"

typedef struct {
	const char *key, *text;
	size_t row;
} Said;

static int by_key(const void *a, const void *b) {
	const Said *x = a, *y = b;
	int c = strcmp(x->key, y->key);
	if (c == 0)
		c = (x->row > y->row) - (x->row < y->row);
	return c ? c : strcmp(x->text, y->text);
}

static const Said *all_said(const Form *f, size_t *n) {
	Said *all = arena_array(f->a, f->value.n + f->read->value_n + 1, sizeof *all);
	*n = 0;
	for (size_t i = 0; i < f->value.n; i++)
		all[(*n)++] = (Said){f->value.v[i].norm.field->key, f->value.v[i].norm.text, f->value.v[i].norm.row};
	bool *kept = arena_array(f->a, f->read->value_n + 1, sizeof *kept);
	for (size_t i = 0; i < f->value.n; i++)
		kept[f->value.v[i].raw - f->read->value] = true;
	/* What could not be read counts as typed: two faulty forms need not be the same. */
	for (size_t i = 0; i < f->read->value_n; i++) {
		const FormValue *v = &f->read->value[i];
		if (!kept[i] && v->field < f->j->map->field_n)
			all[(*n)++] = (Said){f->j->map->field[v->field].key, text_tidy(f->a, v->text), v->row};
	}
	qsort(all, *n, sizeof *all, by_key);
	return all;
}

Hash print_form(const Form *f) {
	size_t n;
	const Said *said = all_said(f, &n);
	Buf b = {0};
	rec_put_text(&b, f->view ? f->view->track->code : "");
	for (size_t i = 0; i < n; i++) {
		if (!*said[i].text)
			continue;
		rec_put_text(&b, said[i].key);
		rec_put_num(&b, said[i].row);
		rec_put_text(&b, said[i].text);
	}
	Hash h = hash_of(b.p, b.n);
	buf_free(&b);
	return h;
}

/* Forms and files; without a form the texts too. */
Hash print_mail(const Case *c) {
	Buf b = {0};
	for (size_t i = 0; i < c->v->form_n; i++)
		buf_add(&b, &c->v->form[i].print, sizeof(Hash));
	for (size_t i = 0; i < c->r->part_n; i++)
		if (!(c->r->part[i].flags & PART_JUNK) && !c->taken[i])
			buf_add(&b, &c->r->part[i].sha256, sizeof(Hash));
	if (!c->v->form_n) {
		rec_put_text(&b, c->r->subject_bare);
		rec_put_text(&b, c->r->text);
	}
	Hash h = hash_of(b.p, b.n);
	buf_free(&b);
	return h;
}
