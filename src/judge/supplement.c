/* Files without a form, for an entry that stands: which are to be filed, what each is for, and which of those that the
 * entry's own list names have not come yet.  It turns none away: what is locked or damaged is told and filed as it is. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

static void doubt(Case *c, const char *key, int part, const FileRule *rule) {
	const char *name = part_name(c->j, c->a, c->r, part);
	const char *label = rule ? rule->label : "";
	problem_add(&c->problem, SEVERITY_WARNING, name, rule ? rule->key : "",
	            words_fill(c->j->rules, c->a, key, "label", label, "name", name, "found", "", "formats", "", "max", "",
	                       "help", "", NULL));
}

static void take(Case *c, const Track *t) {
	Verdict *v = c->v;
	v->file = arena_array(c->a, c->r->part_n + 1, sizeof *v->file);
	for (size_t i = 0; i < c->r->part_n; i++) {
		const Part *p = &c->r->part[i];
		if (!file_counts(c->r, i))
			continue;
		const FileRule *rule = t ? file_rule(c->a, t, p) : NULL;
		const char *fault = file_fault(p);
		if (!(p->flags & PART_ABSENT))
			v->file[v->file_n++] = (JudgedFile){.part = (int)i, .rule = rule};
		if (fault && !file_fault_told(c->r, p))
			doubt(c, fault, (int)i, rule);
	}
	files_say_cut(c);
}

static bool among(Case *c, const char *stem, const FileRow *f, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(file_stem(c->a, f[i].name), stem) == 0)
			return true;
	return false;
}

static bool enclosed(Case *c, const char *stem) {
	for (size_t i = 0; i < c->r->part_n; i++)
		if (strcmp(file_stem(c->a, c->r->part[i].name), stem) == 0)
			return true;
	return false;
}

/* A hint: lists are written loosely. */
static int check_list(Case *c, const Track *t) {
	FieldRow *field;
	FileRow *first, *later;
	size_t fields, first_n, later_n;
	const char *number = c->v->number;
	Store *s = c->j->store;
	if (store_entry_fields(s, c->a, number, &field, &fields, c->e) < 0 ||
	    store_entry_files(s, c->a, number, &first, &first_n, c->e) < 0 ||
	    store_entry_supplements(s, c->a, number, &later, &later_n, c->e) < 0)
		return -1;
	for (size_t i = 0; i < fields; i++) {
		const Field *f = form_field(&t->form, field[i].key);
		const char *stem = f && f->role == ROLE_FILES ? file_stem(c->a, field[i].value) : "";
		if (!*stem || among(c, stem, first, first_n) || among(c, stem, later, later_n) || enclosed(c, stem))
			continue;
		Problem *p = problem_add(&c->problem, SEVERITY_WARNING, number, f->key,
		                         words_fill(c->j->rules, c->a, "supplement.still_missing", "name", field[i].value, NULL));
		p->label = f->label;
		p->found = field[i].value;
	}
	return 0;
}

/* Takes the files; 1 and the track when the entry is there. */
static int take_for(Case *c, const Track **t) {
	EntryRow en;
	int found = store_entry_get(c->j->store, c->a, c->v->number, &en, c->e);
	if (found <= 0)
		return found;
	*t = rules_track(c->j->rules, en.track);
	take(c, *t);
	return 1;
}

int supplement_take(Case *c) {
	const Track *t;
	return take_for(c, &t) < 0 ? -1 : 0;
}

int supplement_files(Case *c) {
	const Track *t;
	int found = take_for(c, &t);
	if (found <= 0)
		return found;
	return t ? check_list(c, t) : 0;
}

static bool has(const FileRow *f, size_t n, Hash sha256) {
	for (size_t i = 0; i < n; i++)
		if (hash_eq(f[i].sha256, sha256))
			return true;
	return false;
}

int supplement_beside(Case *c, const FormVerdict *f) {
	FileRow *first, *later;
	size_t first_n, later_n;
	Verdict *v = c->v;
	if (!f->same_form || !f->same_sender || !*f->same_as)
		return 0;
	if (store_entry_files(c->j->store, c->a, f->same_as, &first, &first_n, c->e) < 0 ||
	    store_entry_supplements(c->j->store, c->a, f->same_as, &later, &later_n, c->e) < 0)
		return -1;
	v->file = arena_array(c->a, f->file_n + 1, sizeof *v->file);
	for (size_t i = 0; i < f->file_n; i++) {
		Hash sha256 = c->r->part[f->file[i].part].sha256;
		if (!f->file[i].is_form && !has(first, first_n, sha256) && !has(later, later_n, sha256))
			v->file[v->file_n++] = f->file[i];
	}
	if (!v->file_n)
		return 0;
	v->number = f->same_as;
	int takes = kind_takes_files(c);
	if (takes > 0) {
		v->outcome = OUTCOME_SUPPLEMENT;
		v->reply = "supplement";
		v->detail = arena_fmt(c->a, "files for %s, with its form again", v->number);
	} else if (takes == 0) {
		kind_late_files(c);
	}
	return takes < 0 ? -1 : 0;
}

/* Since the last request nothing was decided, and its time is not over. */
int supplement_wanted(Case *c, const char *number) {
	EventRow *ev;
	size_t n;
	if (!c->j->store || !*number)
		return 0;
	if (store_entry_events(c->j->store, c->a, number, &ev, &n, c->e) < 0)
		return -1;
	while (n > 0 && !*ev[n - 1].state) {
		if (!strcmp(ev[n - 1].event, "amend"))
			return c->received <= rules_amend_until(c->j->rules, ev[n - 1].at);
		n--;
	}
	return 0;
}
