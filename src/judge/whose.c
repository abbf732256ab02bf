/* Which file goes with which form of a mail: by the folder they lie in, by a form's own list of files, and for what lies
 * beside several forms alike by what each of them wants.  One file that several of them name or want is for all of these,
 * and that is told; of two that could be meant none is given on a guess. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

/* A folder: in a container (or the mail, -1), at a path. */
typedef struct {
	int parent;
	Str path;
} Folder;

static Folder folder_of(const Report *r, int part) {
	return (Folder){r->part[part].parent, str_of(r->part[part].path)};
}

/* One step out; false at the mail itself. */
static bool folder_up(const Report *r, Folder *f) {
	if (f->path.n) {
		while (f->path.n && f->path.p[f->path.n - 1] != '/')
			f->path.n--;
		while (f->path.n && f->path.p[f->path.n - 1] == '/')
			f->path.n--;
		return true;
	}
	if (f->parent < 0 || (size_t)f->parent >= r->part_n || r->part[f->parent].parent >= f->parent)
		return false;
	*f = folder_of(r, f->parent);
	return true;
}

static bool folder_holds(const Report *r, Folder outer, int part) {
	if (part < 0)
		return outer.parent < 0 && !outer.path.n;
	if (part == outer.parent) /* inserted in the form itself */
		return true;
	Folder f = folder_of(r, part);
	do {
		if (f.parent == outer.parent && str_eq(f.path, outer.path))
			return true;
	} while (folder_up(r, &f));
	return false;
}

/* Forms of the mail that a file may go with. */
typedef struct {
	Form **form;
	size_t n;
} Owners;

/* Those in the nearest folder around the file that holds any. */
static Owners by_folder(Case *c, int part, Form *form, size_t n) {
	Folder f = folder_of(c->r, part);
	Owners o = {arena_array(c->a, n, sizeof *o.form), 0};
	do {
		for (size_t i = 0; i < n; i++)
			if (folder_holds(c->r, f, form[i].read->part))
				o.form[o.n++] = &form[i];
	} while (!o.n && folder_up(c->r, &f));
	return o;
}

static bool lists(const Form *f, const char *stem) {
	for (size_t i = 0; *stem && i < f->value.n; i++) {
		const EvalValue *v = &f->value.v[i].norm;
		if (v->field->role == ROLE_FILES && strcmp(file_stem(f->a, v->text), stem) == 0)
			return true;
	}
	return false;
}

/* Those whose list names the file, or the archive it came in. */
static Owners by_list(Case *c, int part, Form *form, size_t n) {
	const Report *r = c->r;
	Owners o = {arena_array(c->a, n, sizeof *o.form), 0};
	for (; part >= 0 && (size_t)part < r->part_n; part = r->part[part].parent) {
		const char *stem = file_stem(c->a, r->part[part].name);
		for (size_t i = 0; i < n; i++)
			if (lists(&form[i], stem))
				o.form[o.n++] = &form[i];
		if (o.n || r->part[part].parent >= part)
			break;
	}
	return o;
}

static void give(Form *f, size_t room, size_t part, bool is_form) {
	FormVerdict *v = f->v;
	if (!v->file)
		v->file = arena_array(f->a, room, sizeof *v->file);
	v->file[v->file_n++] = (JudgedFile){.part = (int)part, .is_form = is_form};
}

static void ask_whose(Case *c, const size_t *part, size_t n) {
	Buf b = {0};
	if (!n)
		return;
	for (size_t i = 0; i < n && i < JUDGE_LISTED_FILES; i++)
		buf_fmt(&b, "%s%s", i ? JUDGE_COMMA : "", part_name(c->j, c->a, c->r, (int)part[i]));
	problem_add(&c->problem, SEVERITY_WARNING, part_name(c->j, c->a, c->r, (int)part[0]), "",
	            words_fill(c->j->rules, c->a, "judge.whose_files", "files", buf_cstr(&b), "count",
	                       arena_fmt(c->a, "%zu", n), NULL));
	buf_free(&b);
}

/* A form that nobody filled in, beside filled ones: it is missed nowhere. */
static bool is_empty_form(const Report *r, size_t part) {
	bool form = false;
	for (size_t i = 0; i < r->form_n; i++) {
		if (r->form[i].part != (int)part)
			continue;
		if (r->form[i].value_n)
			return false;
		form = true;
	}
	return form;
}

bool files_cut(const Report *r) {
	return r->parts_cut && r->part_n >= REPORT_MAX_PARTS;
}

static void say_cut(Case *c, const char *key, int count) {
	problem_add(&c->problem, SEVERITY_WARNING, words(c->j->rules, "judge.where_files"), "",
	            words_fill(c->j->rules, c->a, key, "count", arena_fmt(c->a, "%d", count), NULL));
}

void files_say_cut(Case *c) {
	if (files_cut(c->r))
		say_cut(c, "judge.files_cut", REPORT_MAX_PARTS);
	if (c->r->parts_cut && c->r->form_n >= REPORT_MAX_FORMS)
		say_cut(c, "judge.forms_cut", REPORT_MAX_FORMS);
}

static void say_shared(Case *c, size_t part, Owners o) {
	const char *name = part_name(c->j, c->a, c->r, (int)part);
	if (o.n > 1)
		problem_add(&c->problem, SEVERITY_WARNING, name, "",
		            words_fill(c->j->rules, c->a, "judge.shared_file", "name", name, "count", arena_fmt(c->a, "%zu", o.n), NULL));
}

static void give_all(Case *c, size_t part, Owners o) {
	for (size_t i = 0; i < o.n; i++)
		give(o.form[i], c->r->part_n + 1, part, false);
	say_shared(c, part, o);
}

/* ---- beside several forms */

static bool may_want(const FileRule *rule) {
	return rule->required || *rule->required_when;
}

/* What the form may want the file for, by its name; NULL when nothing. */
static const FileRule *wanted_as(Case *c, const Form *f, size_t part) {
	const FileRule *rule = f->view ? file_rule(c->a, f->view->track, &c->r->part[part]) : NULL;
	return rule && may_want(rule) ? rule : NULL;
}

/* No other file could be meant, be it given already or nobody's yet. */
static bool only_one(Case *c, const Form *f, const FileRule *rule, size_t part, const size_t *nobody, size_t n) {
	for (size_t i = 0; i < f->v->file_n; i++)
		if (!f->v->file[i].is_form && wanted_as(c, f, (size_t)f->v->file[i].part) == rule)
			return false;
	for (size_t i = 0; i < n; i++)
		if (nobody[i] != part && wanted_as(c, f, nobody[i]) == rule)
			return false;
	return true;
}

/* The only file of the mail that no form has may serve whatever its name is, if its kind fits. */
static bool may_serve(Case *c, const Form *f, size_t part) {
	const TrackForm *t = f->view ? &f->view->track->form : NULL;
	for (size_t i = 0; t && f->v->file_n < 2 && i < t->file_n; i++)
		if (t->file[i].required && file_type_fits(&t->file[i], c->r->part[part].type))
			return true;
	return false;
}

static Owners who_want(Case *c, size_t part, Form *form, size_t form_n, const size_t *nobody, size_t n) {
	Owners near = by_folder(c, (int)part, form, form_n), o = {arena_array(c->a, form_n, sizeof *o.form), 0};
	for (size_t i = 0; i < near.n; i++) {
		const FileRule *rule = wanted_as(c, near.form[i], part);
		if (rule ? only_one(c, near.form[i], rule, part, nobody, n) : n == 1 && may_serve(c, near.form[i], part))
			o.form[o.n++] = near.form[i];
	}
	return o;
}

void files_assign(Case *c, Form *form, size_t n) {
	const Report *r = c->r;
	size_t *nobody = arena_array(c->a, r->part_n + 1, sizeof *nobody), nobody_n = 0, left_n = 0;
	Owners *want = arena_array(c->a, r->part_n + 1, sizeof *want);
	for (size_t i = 0; i < n; i++)
		if (form[i].read->part >= 0 && (size_t)form[i].read->part < r->part_n)
			give(&form[i], r->part_n + 1, (size_t)form[i].read->part, true);
	for (size_t i = 0; i < r->part_n; i++) {
		if (c->taken[i] || !file_counts(r, i))
			continue;
		Owners o = n == 1 ? (Owners){&form, 1} : by_folder(c, (int)i, form, n);
		if (o.n != 1)
			o = by_list(c, (int)i, form, n);
		if (o.n)
			give_all(c, i, o);
		else if (!is_empty_form(r, i))
			nobody[nobody_n++] = i;
	}
	for (size_t i = 0; i < nobody_n; i++)
		want[i] = who_want(c, nobody[i], form, n, nobody, nobody_n);
	for (size_t i = 0; i < nobody_n; i++)
		if (want[i].n)
			give_all(c, nobody[i], want[i]);
		else
			nobody[left_n++] = nobody[i];
	files_say_cut(c);
	ask_whose(c, nobody, left_n);
}
