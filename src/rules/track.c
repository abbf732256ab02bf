/* Inside the loader: the tracks, and the whole form of each, the common part
 * and its own.  Refuses a form whose parts would collide in the workbook, or in which
 * the program would look in vain for what it must know. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/condlint.h"
#include "rules/load.h"

#define CODE_MAX 8

static const char *const track_keys[] = {
	"code", "ordinal", "name", "direction", "scope", "requires", "keywords", "sections", "files",
	"checks", "eligibility", NULL,
};

/* One form while it is put together. */
typedef struct {
	Load *load;
	Track *track;
	TrackForm *form;
	const Yaml *at;
	const FieldDef **def;      /* of each field, in form order */
	const TableDef **table;
	const SectionDef **section;
} Making;

static void add_field(Making *m, const FieldDef *d, const Table *table) {
	TrackForm *f = m->form;
	if (f->field_n >= RULES_MAX_FIELDS)
		return;
	Field *to = &f->field[f->field_n];
	*to = d->field;
	to->table = table;
	to->section = f->section_n;
	to->index = f->field_n;
	m->def[f->field_n++] = d;
}

static void add_table(Making *m, const TableDef *d) {
	TrackForm *f = m->form;
	Table *to = &f->table[f->table_n];
	m->table[f->table_n++] = d;
	*to = d->table;
	to->section = f->section_n;
	to->column = arena_array(m->load->arena, d->column_n, sizeof *to->column);
	for (size_t i = 0; i < d->column_n && f->field_n < RULES_MAX_FIELDS; i++) {
		to->column[to->column_n++] = &f->field[f->field_n];
		add_field(m, &d->column[i], to);
	}
}

static void add_sections(Making *m, const FormDef *from, bool own, bool after) {
	TrackForm *f = m->form;
	for (size_t i = 0; i < from->section_n; i++) {
		const SectionDef *d = &from->section[i];
		if (!own && d->after_track != after)
			continue;
		m->section[f->section_n] = d;
		f->section[f->section_n] = d->section;
		for (size_t k = 0; k < d->field_n; k++)
			add_field(m, &d->field[k], NULL);
		for (size_t k = 0; k < d->table_n; k++)
			add_table(m, &d->table[k]);
		f->section_n++;
	}
}

static void count(const FormDef *d, size_t *fields, size_t *tables) {
	for (size_t i = 0; i < d->section_n; i++) {
		*fields += d->section[i].field_n;
		*tables += d->section[i].table_n;
		for (size_t k = 0; k < d->section[i].table_n; k++)
			*fields += d->section[i].table[k].column_n;
	}
}

/* Room for all: the arrays never move, so that fields and tables may point at
 * each other. */
static void lay_out(Making *m, const FormDef *common, const FormDef *own) {
	Arena *a = m->load->arena;
	TrackForm *f = m->form;
	size_t fields = 0, tables = 0, sections = common->section_n + own->section_n;
	count(common, &fields, &tables);
	count(own, &fields, &tables);
	if (fields > RULES_MAX_FIELDS) {
		take_fault(m->load, m->at, "the form of this track has %zu fields and columns; %d are allowed",
		           fields, RULES_MAX_FIELDS);
		fields = RULES_MAX_FIELDS;
	}
	f->section = arena_array(a, sections, sizeof *f->section);
	m->section = arena_array(a, sections, sizeof *m->section);
	f->field = arena_array(a, fields, sizeof *f->field);
	m->def = arena_array(a, fields, sizeof *m->def);
	f->table = arena_array(a, tables, sizeof *f->table);
	m->table = arena_array(a, tables, sizeof *m->table);
	add_sections(m, common, false, false);
	add_sections(m, own, true, false);
	add_sections(m, common, false, true);
	f->by_key = arena_array(a, fields, sizeof *f->by_key);
	for (size_t i = 0; i < f->field_n; i++)
		f->by_key[i] = &f->field[i];
	if (f->field_n)
		qsort(f->by_key, f->field_n, sizeof *f->by_key, form_by_key);
}

/* ---- what must be unique ---- */

typedef struct {
	const char *name;
	const char *of; /* whose it is, for the message; may be "" */
	const Yaml *at;
} Name;

static int by_name(const void *pa, const void *pb) {
	const Name *a = pa, *b = pb;
	int c = strcmp(a->name, b->name);
	if (c)
		return c;
	c = strcmp(a->at->file->path, b->at->file->path);
	return c ? c : a->at->at < b->at->at ? -1 : a->at->at > b->at->at;
}

/* Reports each name that is there twice, at its second place. */
static void unique(Load *l, Name *v, size_t n, const char *what, const char *advice) {
	if (n)
		qsort(v, n, sizeof *v, by_name);
	for (size_t i = 1; i < n; i++) {
		if (!*v[i].name || strcmp(v[i].name, v[i - 1].name) != 0 || v[i].at == v[i - 1].at)
			continue;
		size_t line, column;
		fault_place(v[i - 1].at->file, v[i - 1].at->at, &line, &column);
		const char *path = v[i - 1].at->file->path;
		if (!*v[i].of)
			take_fault(l, v[i].at, "%s \"%s\" is taken already (%s:%zu:%zu); %s", what, v[i].name, path,
			           line, column, advice);
		else if (strcmp(v[i].of, v[i - 1].of) != 0) /* one key twice is told by itself */
			take_fault(l, v[i].at, "%s \"%s\" of %s is that of %s too (%s:%zu:%zu); %s", what, v[i].name,
			           v[i].of, v[i - 1].of, path, line, column, advice);
	}
}

/* x_ and the key with _ for '.': what Excel calls the cells. */
static char *defined_name(Arena *a, const char *key) {
	char *s = arena_fmt(a, "x_%s", key);
	for (char *p = s; *p; p++)
		if (*p == '.')
			*p = '_';
	return s;
}

/* A form typed anew is read by its labels: each means one field of the form, or one column of its table. */
static void unique_labels(Making *m, const Table *table) {
	Arena *a = m->load->arena;
	const TrackForm *f = m->form;
	size_t n = 0, room = 1;
	for (size_t i = 0; i < f->field_n; i++)
		room += 1 + f->field[i].alias_n;
	Name *v = arena_array(a, room, sizeof *v);
	for (size_t i = 0; i < f->field_n; i++) {
		const Field *x = &f->field[i];
		if (x->table != table)
			continue;
		v[n++] = (Name){text_key(a, x->label), x->key, m->def[i]->at};
		for (size_t k = 0; k < x->alias_n; k++)
			v[n++] = (Name){text_key(a, x->alias[k]), x->key, m->def[i]->at};
	}
	unique(m->load, v, n, "the label or alias", "a form typed anew is read by them: change one of the two");
}

/* The first part of a dotted key and a table would be one name in a condition. */
static const Field *called_like(const TrackForm *f, const char *table) {
	size_t n = strlen(table);
	for (size_t k = 0; k < f->field_n && n; k++) {
		const char *key = f->field[k].key;
		if (!f->field[k].table && strncmp(key, table, n) == 0 && (key[n] == '.' || !key[n]))
			return &f->field[k];
	}
	return NULL;
}

static void unique_names(Making *m) {
	Arena *a = m->load->arena;
	const TrackForm *f = m->form;
	Name *v = arena_array(a, f->field_n + f->table_n + 1, sizeof *v);
	size_t n = 0;
	for (size_t i = 0; i < f->field_n; i++)
		if (*f->field[i].key)
			v[n++] = (Name){f->field[i].key, "", m->def[i]->at};
	unique(m->load, v, n, "the key", "change one of the two keys");
	n = 0;
	for (size_t i = 0; i < f->field_n; i++)
		if (*f->field[i].key)
			v[n++] = (Name){defined_name(a, f->field[i].key), f->field[i].key, m->def[i]->at};
	unique(m->load, v, n, "the name in the workbook", "change one of the two keys");
	n = 0;
	for (size_t i = 0; i < f->table_n; i++) {
		const char *key = f->table[i].key;
		const Field *called = called_like(f, key);
		v[n++] = (Name){key, "", m->table[i]->at};
		if (called)
			take_fault(m->load, m->table[i]->at, "the table \"%s\" is called as the field %s begins; "
			           "give the table another key", key, called->key);
	}
	unique(m->load, v, n, "the key", "give one of the tables another key");
	unique_labels(m, NULL);
	for (size_t i = 0; i < f->table_n; i++)
		unique_labels(m, &f->table[i]);
}

static void unique_sections(Making *m) {
	Name *v = arena_array(m->load->arena, m->form->section_n, sizeof *v);
	for (size_t i = 0; i < m->form->section_n; i++)
		v[i] = (Name){m->form->section[i].key, "", m->section[i]->at};
	unique(m->load, v, m->form->section_n, "the key", "give one of the sections another key");
}

static void unique_rest(Making *m, const FormDef *const part[2]) {
	Load *l = m->load;
	size_t files = part[0]->file_n + part[1]->file_n, checks = 0, n = 0;
	for (size_t k = 0; k < 2; k++)
		checks += part[k]->check_n + part[k]->eligibility_n;
	Name *v = arena_array(l->arena, files + checks, sizeof *v);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < part[k]->file_n; i++)
			v[n++] = (Name){part[k]->file[i].file.key, "", part[k]->file[i].at};
	unique(l, v, n, "the key", "give one of the files another key");
	n = 0;
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < part[k]->check_n; i++)
			v[n++] = (Name){part[k]->check[i].check.id, "", part[k]->check[i].at};
		for (size_t i = 0; i < part[k]->eligibility_n; i++)
			v[n++] = (Name){part[k]->eligibility[i].check.id, "", part[k]->eligibility[i].at};
	}
	unique(l, v, n, "the id", "give one of them another id");
}

/* ---- roles ---- */

static void find_roles(Making *m) {
	TrackForm *f = m->form;
	for (size_t i = 0; i < f->field_n; i++) {
		FieldRole role = f->field[i].role;
		if (role == ROLE_NONE || (f->field[i].table && role != ROLE_FILES))
			continue; /* a column is told by itself */
		if (f->role[role])
			take_fault(m->load, m->def[i]->at, "%s has a role that %s has already; each role is for one field",
			           f->field[i].key, f->role[role]->key);
		else
			f->role[role] = &f->field[i];
	}
}

static void need_roles(Making *m) {
	static const struct {
		FieldRole role;
		const char *name, *what;
	} needed[] = {
		{ROLE_TITLE, "title", "the name of the project"},
		{ROLE_ORG, "org", "the name of the organisation"},
		{ROLE_CONTACT_MAIL, "contact_mail", "the contact's mail address"},
	};
	if (m->load->common_broken || m->load->role_unread || !m->load->sections)
		return;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!m->form->role[needed[i].role])
			take_fault(m->load, m->load->sections, "no field has the role %s; write \"role: %s\" into the field that holds %s",
			           needed[i].name, needed[i].name, needed[i].what);
}

/* ---- conditions ---- */

/* The text was trimmed; a block's begins with its first solid character. */
static size_t place(const Yaml *where, int offset) {
	size_t lead = strspn(where->text, " \n\t");
	return offset < 0 ? where->at : yaml_offset(where, lead + (size_t)offset);
}

/* Of the common part, what holds in one track alone is no fault: another may have the choice. */
static void note_finding(Making *m, const Yaml *where, const CondFinding *d) {
	Load *l = m->load;
	size_t at = place(where, d->at), i = 0;
	if (where->file == m->at->file) {
		fault_at(l->faults, where->file, at, "condition: %s", d->text);
		return;
	}
	while (i < l->finding.n && (l->finding.v[i].where != where || l->finding.v[i].at != at))
		i++;
	if (i == l->finding.n)
		*vec_push(&l->finding) = (Finding){where, at, d->text, 0};
	l->finding.v[i].tracks++;
}

static void report_findings(Load *l) {
	for (size_t i = 0; i < l->finding.n; i++) {
		const Finding *d = &l->finding.v[i];
		if (d->tracks == l->rules->track_n)
			fault_at(l->faults, d->where->file, d->at, "condition: %s", d->text);
	}
	vec_free(&l->finding);
}

/* A set that was in force once stays as it is. */
static void lint(Making *m, const Yaml *where, const char *text) {
	CondFinding found[COND_MAX_FINDINGS];
	size_t n = m->load->source->kept ? 0 : cond_lint(m->load->arena, m->track, text, found);
	for (size_t i = 0; i < n; i++)
		note_finding(m, where, &found[i]);
}

static void compile(Making *m, const Yaml *where, const char *text) {
	Load *l = m->load;
	if (!where || l->common_broken || faults_within(l->faults, where->file, where->at, where->end))
		return;
	Err e = {0};
	int offset = -1;
	if (eval_compile(l->eval, m->track, text, &offset, &e) == 0)
		lint(m, where, text);
	else
		fault_at(l->faults, where->file, place(where, offset), "condition: %s", e.text);
}

static bool known_blame(const TrackForm *f, const char *key) {
	if (form_field(f, key) || form_table(f, key))
		return true;
	for (size_t i = 0; i < f->file_n; i++)
		if (strcmp(f->file[i].key, key) == 0)
			return true;
	return false;
}

static const char *nearest_key(Making *m, const char *key) {
	const TrackForm *f = m->form;
	const char **keys = arena_array(m->load->arena, f->field_n + f->table_n, sizeof *keys);
	for (size_t i = 0; i < f->field_n; i++)
		keys[i] = f->field[i].key;
	for (size_t i = 0; i < f->table_n; i++)
		keys[f->field_n + i] = f->table[i].key;
	return nearest_of(key, keys, f->field_n + f->table_n);
}

static void unknown(Making *m, const Yaml *y, size_t at, const char *key, const char *what) {
	const char *near = nearest_key(m, key);
	if (!faults_within(m->load->faults, y->file, at, at + 1))
		fault_at(m->load->faults, y->file, at, "%s \"%s\"%s%s%s", what, key,
		         near ? "; did you mean \"" : "; write the key of a field of the form",
		         near ? near : "", near ? "\"?" : "");
}

static void check_blame(Making *m, const CheckDef *d) {
	for (size_t i = 0; i < d->check.blame_n; i++) {
		const Yaml *y = d->blame->kind == YAML_LIST && i < d->blame->n ? d->blame->item[i] : d->blame;
		if (!known_blame(m->form, d->check.blame[i]))
			unknown(m, y, y->at, d->check.blame[i], "there is no field, table or file");
	}
}

/* What no key looks like is an expression. */
static bool is_key(const char *s) {
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")] == '\0';
}

static void check_holder(Making *m, const CheckDef *d, size_t chars, const char *inside) {
	Load *l = m->load;
	const Field *f = form_field(m->form, inside);
	size_t at = yaml_offset(d->says, chars);
	Err e = {0};
	int offset = -1;
	if (f && f->table)
		fault_at(l->faults, d->says->file, at, "{{%s}} is a column, which has no one value; take it away, or write "
		         "what is to be made of its cells, as {{(select sum(...) from ...)}}", inside);
	else if (!f && is_key(inside))
		unknown(m, d->says, at, inside, "there is no field");
	else if (!f && eval_compile(l->eval, m->track, inside, &offset, &e))
		fault_at(l->faults, d->says->file, offset < 0 ? at : yaml_offset(d->says, chars + 2 + (size_t)offset), "expression: %s",
		         e.text);
}

/* Every {{...}} in what a check says is a plain field, or an expression. */
static void check_says(Making *m, const CheckDef *d) {
	const char *s = d->says ? d->says->text : "", *wide = strstr(s, "\uFF5B\uFF5B");
	if (wide && !m->load->source->kept)
		fault_at(m->load->faults, d->says->file,
		         yaml_offset(d->says, text_chars(arena_copy(m->load->arena, s, (size_t)(wide - s)))),
		         "full-width braces mark no name; write {{ and }}, and the whole text between quotes");
	for (const char *open = s; (open = strstr(open, "{{")); open += 2) {
		const char *end = strstr(open, "}}");
		size_t chars = text_chars(arena_copy(m->load->arena, s, (size_t)(open - s)));
		if (!end) {
			fault_at(m->load->faults, d->says->file, yaml_offset(d->says, chars), "{{ without }}; close it or take it away");
			return;
		}
		check_holder(m, d, chars, arena_copy(m->load->arena, open + 2, (size_t)(end - open) - 2));
	}
}

static void add_checks(Making *m, const CheckDef *d, size_t n) {
	for (size_t i = 0; i < n; i++) {
		m->form->check[m->form->check_n++] = d[i].check;
		compile(m, d[i].where, d[i].check.where);
		if (m->load->common_broken)
			continue;
		check_blame(m, &d[i]);
		check_says(m, &d[i]);
	}
}

static void rest(Making *m, const FormDef *common, const FormDef *own) {
	TrackForm *f = m->form;
	f->file = arena_array(m->load->arena, common->file_n + own->file_n, sizeof *f->file);
	f->check = arena_array(m->load->arena, common->check_n + own->check_n + common->eligibility_n +
	                       own->eligibility_n, sizeof *f->check);
	const FormDef *const part[2] = {common, own};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < part[k]->file_n; i++) {
			f->file[f->file_n++] = part[k]->file[i].file;
			compile(m, part[k]->file[i].where, part[k]->file[i].file.required_when);
		}
	for (size_t i = 0; i < f->field_n; i++)
		compile(m, m->def[i]->where, f->field[i].required_when);
	for (size_t k = 0; k < 2; k++)
		add_checks(m, part[k]->check, part[k]->check_n);
	for (size_t k = 0; k < 2; k++)
		add_checks(m, part[k]->eligibility, part[k]->eligibility_n);
	unique_rest(m, part);
}

/* Composes the form of one track and checks it as a whole. */
static void compose(Load *l, Track *t, const FormDef *own, const Yaml *at) {
	Making m = {.load = l, .track = t, .form = &t->form, .at = at};
	lay_out(&m, &l->common, own);
	unique_sections(&m);
	unique_names(&m);
	find_roles(&m);
	need_roles(&m);
	rest(&m, &l->common, own);
}

/* ---- tracks ---- */

static bool good_code(const char *s) {
	size_t n = strlen(s);
	return n >= 1 && n <= CODE_MAX && s[0] >= 'A' && s[0] <= 'Z' &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == n;
}

static void direction(Load *l, const Yaml *root, Track *t) {
	t->direction = "";
	const char *code = take_text(l, root, "direction", l->direction_n ? TAKE_NEEDED : TAKE_OPTIONAL);
	for (size_t i = 0; i < l->direction_n; i++)
		if (strcmp(l->direction[i].code, code) == 0)
			t->direction = l->direction[i].name;
	if (*code && !*t->direction && !l->common_broken)
		take_fault(l, yaml_get(root, "direction", NULL),
		           "contest.yaml has no direction with the code \"%s\"; write a code that stands under "
		           "\"directions\"", code);
}

static void track(Load *l, const Yaml *root, Track *t) {
	FormDef own = {0};
	*t = (Track){.code = "", .name = "", .ordinal = "", .direction = "", .scope = "", .requires = ""};
	if (!take_map(l, root, "a track's file", track_keys))
		return;
	t->code = take_text(l, root, "code", TAKE_NEEDED);
	if (*t->code && !good_code(t->code))
		take_fault(l, yaml_get(root, "code", NULL),
		           "\"code\" must be capital letters and digits, beginning with a letter, at most %d",
		           CODE_MAX);
	for (Track *other = l->rules->track; other < t; other++)
		if (*t->code && strcmp(other->code, t->code) == 0)
			take_fault(l, yaml_get(root, "code", NULL),
			           "the track of %s has the code \"%s\" already; give this one its own",
			           l->track_at[other - l->rules->track]->file->path, t->code);
	t->name = take_label(l, root, "name", TAKE_NEEDED);
	t->ordinal = take_label(l, root, "ordinal", TAKE_OPTIONAL);
	direction(l, root, t);
	t->scope = take_long(l, root, "scope", TAKE_OPTIONAL);
	t->requires = take_text(l, root, "requires", TAKE_OPTIONAL);
	t->keyword = take_texts(l, root, "keywords", TAKE_OPTIONAL, &t->keyword_n);
	form_parts(l, root, &own);
	for (size_t i = 0; i < own.section_n; i++)
		if (own.section[i].after_track)
			take_fault(l, own.section[i].at, "\"after_track\" is for the sections of form.yaml");
	own.eligibility = form_checks(l, yaml_get(root, "eligibility", NULL), true, &own.eligibility_n);
	compose(l, t, &own, root);
}

static int by_code(const void *a, const void *b) {
	return strverscmp(((const Track *)a)->code, ((const Track *)b)->code);
}

/* Fields and tables point into their own form's arrays, which do not move with the
 * Track. */
void tracks_read(Load *l, const SourceFile *const *file, size_t n) {
	Rules *r = l->rules;
	if (n > RULES_MAX_TRACKS) {
		fault_file(l->faults, "rules/tracks", "more than %d tracks; take some files away", RULES_MAX_TRACKS);
		n = RULES_MAX_TRACKS;
	}
	if (n == 0)
		fault_file(l->faults, "rules/tracks", "there is no track; write one file a track, such as "
		                                      "rules/tracks/T1.yaml");
	r->track = arena_array(l->arena, n, sizeof *r->track);
	l->track_at = arena_array(l->arena, n, sizeof *l->track_at);
	for (size_t i = 0; i < n; i++) {
		const Yaml *root = yaml_read(l->arena, file[i], l->faults);
		if (root) {
			l->track_at[r->track_n++] = root;
			track(l, root, &r->track[r->track_n - 1]);
		}
	}
	report_findings(l);
	if (r->track_n)
		qsort(r->track, r->track_n, sizeof *r->track, by_code);
}
