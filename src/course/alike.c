/* As an entry comes: is its text somebody else's, its file another entry's?  Joins the form's values, the sketches of their
 * long texts and the database.  It judges nobody: the same organisation may well say the same twice, and a licence may go
 * with two projects. */
#include "course/alike.h"

#include <string.h>

#include "base/sketch.h"
#include "base/text.h"
#include "store/alike.h"

#define SHARED_LEAST 2  /* hashes of SKETCH_HASHES, before two texts are held side by side */
#define PERCENT_LEAST 60
#define COMPARED_MOST 8 /* texts held side by side for one entry */
#define FILE_LEAST 1024 /* bytes; smaller ones are empty pages and the like */

typedef struct {
	const EnterFacts *f;
	const char *number;
	size_t compared;
	Err *e;
} Alike;

static bool same_org(const Alike *x, const AlikeText *other) {
	const FormVerdict *v = x->f->form;
	Arena *a = x->f->arena;
	if (*v->role[ROLE_USCC] && !strcmp(v->role[ROLE_USCC], other->uscc))
		return true;
	return !strcmp(text_key(a, v->role[ROLE_ORG]), text_key(a, other->org));
}

static int hold_beside(Alike *x, const EvalValue *value, const Candidate *c) {
	Arena *a = x->f->arena;
	AlikeText other;
	int found = store_alike_text(x->f->world->store, a, c->entry, c->field, &other, x->e);
	if (found <= 0 || same_org(x, &other))
		return found < 0 ? -1 : 0;
	x->compared++;
	int percent = sketch_alike(a, value->text, other.text);
	if (percent < PERCENT_LEAST)
		return 0;
	AlikeRow row = {.number = x->number, .other = other.number, .kind = "text", .what = value->field->key, .percent = percent};
	return store_alike_add(x->f->world->store, &row, x->e);
}

static int one_text(Alike *x, size_t place, const EvalValue *value) {
	Store *s = x->f->world->store;
	int64_t hash[SKETCH_HASHES];
	size_t n = sketch_make(x->f->arena, value->text, hash);
	Candidates found;
	if (n == 0)
		return 0;
	if (store_sketch_find(s, hash, n, &found, x->e) < 0)
		return -1;
	for (size_t i = 0; i < found.n && x->compared < COMPARED_MOST; i++)
		if (found.v[i].shared >= SHARED_LEAST && hold_beside(x, value, &found.v[i]) < 0)
			return -1;
	return store_sketch_add(s, x->number, (int64_t)place, hash, n, x->e);
}

static int one_file(Alike *x, const FileRow *file) {
	Store *s = x->f->world->store;
	char **numbers;
	size_t n;
	if (file->bytes < FILE_LEAST || !strcmp(file->role, "form"))
		return 0;
	if (store_alike_files(s, x->f->arena, x->number, file->sha256, &numbers, &n, x->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		AlikeRow row = {.number = x->number, .other = numbers[i], .kind = "file", .what = file->name, .percent = 100};
		if (store_alike_add(s, &row, x->e) < 0)
			return -1;
	}
	return 0;
}

int alike_note(const EnterFacts *f, const char *number, const FileRow *file, size_t n, Err *e) {
	Alike x = {.f = f, .number = number, .e = e};
	for (size_t i = 0; i < f->form->value_n; i++) {
		const EvalValue *v = &f->form->value[i].norm;
		if (v->field->kind == KIND_LONGTEXT && !v->field->personal && one_text(&x, i, v) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (one_file(&x, &file[i]) < 0)
			return -1;
	return 0;
}
