/* What a file of a form is there for, and what is missing.  Files are told by their bytes; a name only says which of the
 * wanted files it may be.  Whose they are stands in whose.c. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/inner.h"

#define UNREAD (PART_ENCRYPTED | PART_DAMAGED | PART_TOO_DEEP | PART_TOO_LARGE | PART_UNSUPPORTED)

static bool is_image(FileType t) {
	return t >= TYPE_JPEG && t <= TYPE_HEIC;
}

bool file_counts(const Report *r, size_t part) {
	const Part *p = &r->part[part];
	bool in_line = p->flags & PART_INLINE;
	if (p->flags & (PART_JUNK | PART_RELATED) || p->type == TYPE_SIGNATURE || p->type == TYPE_CALENDAR)
		return false;
	if (p->flags & PART_CONTAINER)
		return p->flags & UNREAD;
	if (in_line && is_image(p->type) && p->bytes < JUDGE_TINY_IMAGE)
		return false;
	/* Apple Mail's texts between and behind the files. */
	return !(in_line && !*p->name && (p->type == TYPE_TEXT || p->type == TYPE_HTML || p->type == TYPE_EMPTY));
}

const char *file_stem(Arena *a, const char *name) {
	const char *dot = strrchr(name, '.');
	if (dot && dot > name && strlen(dot) <= 6)
		name = arena_copy(a, name, (size_t)(dot - name));
	return text_key(a, name);
}

/* ---- what for */

bool file_type_fits(const FileRule *rule, FileType t) {
	for (size_t i = 0; i < rule->format_n; i++)
		if (type_of_name(rule->format[i]) == t)
			return true;
	return rule->format_n == 0;
}

/* Characters of the rule's words that the name holds. */
static size_t name_fits(Arena *a, const FileRule *rule, const char *stem) {
	size_t n = 0;
	for (size_t i = 0; i < rule->name_n; i++) {
		const char *word = text_key(a, rule->name[i]);
		if (*word && strstr(stem, word))
			n += text_chars(word);
	}
	return n;
}

const FileRule *file_rule(Arena *a, const Track *track, const Part *p) {
	const TrackForm *t = &track->form;
	const char *stem = file_stem(a, p->name);
	const FileRule *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < t->file_n; i++) {
		size_t n = file_type_fits(&t->file[i], p->type) ? name_fits(a, &t->file[i], stem) : 0;
		if (n > most) {
			most = n;
			best = &t->file[i];
		}
	}
	return best;
}

static bool is_wanted(const Form *f, const FileRule *rule) {
	return rule->required ||
	       (*rule->required_when && eval_ask(f->j->eval, f->view->track, rule->required_when) == 1);
}

static size_t count_for(const Form *f, const FileRule *rule) {
	size_t n = 0;
	for (size_t i = 0; i < f->v->file_n; i++)
		n += f->v->file[i].rule == rule;
	return n;
}

/* A file that could serve: first one whose name says so and that nobody needs, else the only nameless one. */
static JudgedFile *candidate(const Form *f, const FileRule *rule) {
	JudgedFile *only = NULL;
	size_t free_n = 0;
	for (size_t i = 0; i < f->v->file_n; i++) {
		JudgedFile *x = &f->v->file[i];
		const Part *p = &f->r->part[x->part];
		if (x->is_form || !file_type_fits(rule, p->type))
			continue;
		bool needed = x->rule && is_wanted(f, x->rule) && count_for(f, x->rule) == 1;
		if (!needed && name_fits(f->a, rule, file_stem(f->a, p->name)))
			return x;
		if (!x->rule) {
			only = x;
			free_n++;
		}
	}
	return free_n == 1 ? only : NULL;
}

static const char *formats(const Form *f, const FileRule *rule) {
	Buf b = {0};
	for (size_t i = 0; i < rule->format_n; i++)
		buf_fmt(&b, "%s%s", i ? JUDGE_COMMA : "", rule->format[i]);
	const char *s = arena_str(f->a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static const char *type_word(const Form *f, FileType t) {
	return words(f->j->rules, arena_fmt(f->a, "kind.%s", type_name(t)));
}

static bool form_shows_pictures(const Form *f) {
	for (size_t i = 0; i < f->v->file_n; i++)
		if (f->v->file[i].is_form && f->r->part[f->v->file[i].part].flags & PART_PICTURES)
			return true;
	return false;
}

static void file_problem(Form *f, Severity severity, const char *key, const FileRule *rule, const JudgedFile *x,
                         const char *found) {
	const Rules *r = f->j->rules;
	const char *name = x ? part_name(f->j, f->a, f->r, x->part) : "";
	const char *label = rule ? rule->label : words(r, "judge.a_file");
	const char *max = rule ? words_bytes(r, f->a, rules_file_limit(r, rule)) : "";
	const char *sentence = words_fill(r, f->a, key, "label", rule ? rule->label : "", "name", name, "found", found, "formats",
	                                  rule ? formats(f, rule) : "", "max", max, "help", rule ? rule->help : "", "pictures",
	                                  form_shows_pictures(f) ? "1" : "", NULL);
	Problem *p = problem_add(&f->problem, severity, x ? name : words(r, "judge.where_files"), rule ? rule->key : "",
	                         sentence);
	p->label = label;
	p->found = found;
}

/* A file whose name means the rule, but of another kind. */
static const JudgedFile *wrong_kind(const Form *f, const FileRule *rule) {
	for (size_t i = 0; i < f->v->file_n; i++) {
		const JudgedFile *x = &f->v->file[i];
		if (!x->is_form && !x->rule && name_fits(f->a, rule, file_stem(f->a, f->r->part[x->part].name)))
			return x;
	}
	return NULL;
}

static void want_file(Form *f, const FileRule *rule) {
	if (!is_wanted(f, rule) || count_for(f, rule))
		return;
	JudgedFile *x = candidate(f, rule);
	if (x) {
		x->rule = rule;
		return;
	}
	const JudgedFile *wrong = wrong_kind(f, rule);
	if (wrong)
		file_problem(f, SEVERITY_ERROR, "problem.file_format", rule, wrong,
		             type_word(f, f->r->part[wrong->part].type));
	else
		file_problem(f, SEVERITY_ERROR, "problem.file_missing", rule, NULL, "");
}

/* .zip.001, .z01, .r00, .part1.rar */
static bool volume_name(const char *name) {
	const char *dot = strrchr(name, '.');
	if (!dot || dot == name)
		return false;
	size_t digits = strspn(dot + 1, "0123456789"), n = strlen(dot + 1);
	if (n == 3 && digits == 3)
		return true;
	if (n == 3 && strchr("zZrR", dot[1]) && strspn(dot + 2, "0123456789") == 2)
		return true;
	const char *p = dot;
	while (p > name && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return strcasecmp(dot, ".rar") == 0 && p < dot && p - name >= 5 && strncasecmp(p - 5, ".part", 5) == 0;
}

bool file_is_volume(const Part *p) {
	return (p->flags & UNREAD || p->type == TYPE_UNKNOWN) && volume_name(p->name);
}

const char *file_fault(const Part *p) {
	if (file_is_volume(p))
		return "problem.file_volume";
	if (p->flags & PART_ENCRYPTED && p->flags & PART_DAMAGED)
		return "problem.file_unopenable";
	if (p->flags & PART_ENCRYPTED || p->type == TYPE_OLE_ENCRYPTED)
		return "problem.file_encrypted";
	if (p->flags & PART_DAMAGED || p->type == TYPE_EMPTY)
		return "problem.file_damaged";
	return p->flags & UNREAD ? "judge.file_unread" : NULL;
}

bool file_fault_told(const Report *r, const Part *p) {
	return p->flags & PART_ABSENT && p->parent >= 0 && (size_t)p->parent < r->part_n && file_fault(&r->part[p->parent]);
}

static void check_file(Form *f, const JudgedFile *x) {
	const Part *p = &f->r->part[x->part];
	const char *fault = file_fault(p);
	Severity s = x->rule && is_wanted(f, x->rule) && count_for(f, x->rule) == 1 ? SEVERITY_ERROR : SEVERITY_WARNING;
	if (fault && (s == SEVERITY_ERROR || !file_fault_told(f->r, p)))
		file_problem(f, s, fault, x->rule, x, "");
	if (x->rule && x->rule->max_bytes > 0 && p->bytes > (uint64_t)x->rule->max_bytes)
		file_problem(f, s, "problem.file_too_large", x->rule, x, words_bytes(f->j->rules, f->a, p->bytes));
}

/* Nobody need send it, but whoever did is told that it cannot be used. */
static void check_kind(Form *f, const FileRule *rule) {
	const JudgedFile *wrong = is_wanted(f, rule) || count_for(f, rule) ? NULL : wrong_kind(f, rule);
	if (wrong && !(f->r->part[wrong->part].flags & UNREAD))
		file_problem(f, SEVERITY_WARNING, "problem.file_format", rule, wrong,
		             type_word(f, f->r->part[wrong->part].type));
}

static bool enclosed(const Form *f, const char *stem) {
	for (size_t i = 0; i < f->v->file_n; i++)
		for (int p = f->v->file[i].part; p >= 0; p = f->r->part[p].parent) {
			if (strcmp(file_stem(f->a, f->r->part[p].name), stem) == 0)
				return true;
			if (f->r->part[p].parent >= p)
				break;
		}
	return false;
}

/* What the form lists and the mail lacks: a hint, for lists are written loosely. */
static void check_list(Form *f) {
	for (size_t i = 0; i < f->value.n; i++) {
		const JudgedValue *v = &f->value.v[i];
		if (v->norm.field->role != ROLE_FILES || enclosed(f, file_stem(f->a, v->norm.text)))
			continue;
		const char *sentence = words_fill(f->j->rules, f->a, "judge.listed_missing", "name", v->norm.text, NULL);
		Problem *p = problem_add(&f->problem, SEVERITY_WARNING, where_value(f, v->raw), v->norm.field->key, sentence);
		p->label = v->norm.field->label;
		p->found = v->norm.text;
	}
}

/* What did not come out of its container has been told; the container itself is filed. */
static void leave_absent(Form *f) {
	FormVerdict *v = f->v;
	size_t n = 0;
	for (size_t i = 0; i < v->file_n; i++)
		if (!(f->r->part[v->file[i].part].flags & PART_ABSENT))
			v->file[n++] = v->file[i];
	v->file_n = n;
}

void files_check(Form *f) {
	const TrackForm *t = &f->view->track->form;
	for (size_t i = 0; i < f->v->file_n; i++)
		if (!f->v->file[i].is_form)
			f->v->file[i].rule = file_rule(f->a, f->view->track, &f->r->part[f->v->file[i].part]);
	for (size_t i = 0; i < t->file_n; i++)
		want_file(f, &t->file[i]);
	for (size_t i = 0; i < f->v->file_n; i++)
		if (!f->v->file[i].is_form)
			check_file(f, &f->v->file[i]);
	for (size_t i = 0; i < t->file_n; i++)
		check_kind(f, &t->file[i]);
	check_list(f);
	leave_absent(f);
}
