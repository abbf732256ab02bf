/* Inside the loader: sections, fields, tables, files and checks as written, in
 * form.yaml and in the tracks.  Refuses a pattern without samples, and samples that
 * its own field does not bear out. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "rules/cond.h"
#include "rules/load.h"
#include "rules/pattern.h"
#include "rules/valueread.h"

#define MAX_CHARS 100000
#define MAX_MB 2000
#define MB 1048576
#define VERSION_MAX 20

static const char *const field_keys[] = {
	"key", "label", "aliases", "kind", "role", "required", "required_when", "chars", "value", "unit",
	"pattern", "pattern_says", "samples", "choices", "help", "example", "personal", "identity", NULL,
};

static const TakeName kinds[] = {
	{"text", KIND_TEXT}, {"longtext", KIND_LONGTEXT}, {"integer", KIND_INTEGER},
	{"number", KIND_NUMBER}, {"percent", KIND_PERCENT}, {"date", KIND_DATE}, {"month", KIND_MONTH},
	{"choice", KIND_CHOICE}, {"choices", KIND_CHOICES}, {"confirm", KIND_CONFIRM},
	{"uscc", KIND_USCC}, {"mobile", KIND_MOBILE}, {"phone", KIND_PHONE}, {"email", KIND_EMAIL},
	{"postcode", KIND_POSTCODE}, {NULL, 0},
};

static const TakeName roles[] = {
	{"title", ROLE_TITLE}, {"org", ROLE_ORG}, {"uscc", ROLE_USCC}, {"org_kind", ROLE_ORG_KIND},
	{"province", ROLE_PROVINCE}, {"group", ROLE_GROUP}, {"contact_name", ROLE_CONTACT_NAME},
	{"contact_mobile", ROLE_CONTACT_MOBILE}, {"contact_mail", ROLE_CONTACT_MAIL},
	{"contact2_name", ROLE_CONTACT2_NAME}, {"contact2_mobile", ROLE_CONTACT2_MOBILE},
	{"contact2_mail", ROLE_CONTACT2_MAIL}, {"summary", ROLE_SUMMARY}, {"files", ROLE_FILES},
	{"notice_to", ROLE_NOTICE_TO}, {NULL, 0},
};

static bool takes_choices(FieldKind k) {
	return k == KIND_CHOICE || k == KIND_CHOICES || k == KIND_CONFIRM;
}

static bool takes_numbers(FieldKind k) {
	return k == KIND_INTEGER || k == KIND_NUMBER || k == KIND_PERCENT;
}

static bool takes_dates(FieldKind k) {
	return k == KIND_DATE || k == KIND_MONTH;
}

/* A key that this kind has no use for. */
static const Yaml *only_for(Load *l, const Yaml *map, const char *key, bool fits, const char *whom) {
	const Yaml *y = take(l, map, key, TAKE_OPTIONAL);
	if (!y || fits)
		return y;
	take_fault(l, y, "\"%s\" is for %s only; take it away or change the kind", key, whom);
	return NULL;
}

static void chars(Load *l, const Yaml *map, Field *f) {
	static const char *const known[] = {"min", "max", NULL};
	f->min_chars = f->max_chars = -1;
	bool fits = !takes_choices(f->kind) && !takes_numbers(f->kind) && !takes_dates(f->kind);
	const Yaml *y = only_for(l, map, "chars", fits, "texts");
	if (!y || !take_map(l, y, "chars", known))
		return;
	f->min_chars = take_int(l, y, "min", 0, MAX_CHARS, -1);
	f->max_chars = take_int(l, y, "max", 1, MAX_CHARS, -1);
	if (f->max_chars >= 0 && f->min_chars > f->max_chars)
		take_fault(l, y, "\"min\" is greater than \"max\"; exchange them");
}

static double number_limit(Load *l, const Yaml *map, const char *key) {
	const char *s = take_text(l, map, key, TAKE_OPTIONAL);
	double v = *s ? value_number(s) : (double)NAN;
	if (*s && !isfinite(v))
		take_fault(l, yaml_get(map, key, NULL), "\"%s\" must be a number such as 0.5, not \"%s\"", key, s);
	return v;
}

static int64_t month_of(Arena *a, int64_t day) {
	return value_days(arena_copy(a, value_day_text(a, day), strlen("2023-03")));
}

/* Both ends are in: a month that ends days does so with its last, and a day in a month stands for the month of months. */
static int64_t date_limit(Load *l, const Yaml *map, const char *key, FieldKind kind, bool last) {
	const char *s = take_text(l, map, key, TAKE_OPTIONAL);
	int64_t v = *s ? value_days(s) : WHEN_NONE;
	if (v != WHEN_NONE && kind == KIND_MONTH)
		v = month_of(l->arena, v);
	else if (v != WHEN_NONE && last && strchr(s, '-') == strrchr(s, '-'))
		v = month_of(l->arena, v + 31) - 1;
	if (*s && v == WHEN_NONE)
		take_fault(l, yaml_get(map, key, NULL),
		           "\"%s\" must be a date such as 2023-03-31 or a month such as 2023-03, not \"%s\"", key,
		           s);
	return v;
}

static void value(Load *l, const Yaml *map, Field *f) {
	static const char *const known[] = {"min", "max", NULL};
	f->min = f->max = NAN;
	f->min_date = f->max_date = WHEN_NONE;
	const Yaml *y = only_for(l, map, "value", takes_numbers(f->kind) || takes_dates(f->kind),
	                         "numbers, percentages and dates");
	if (!y || !take_map(l, y, "value", known))
		return;
	if (takes_numbers(f->kind)) {
		f->min = number_limit(l, y, "min");
		f->max = number_limit(l, y, "max");
	} else {
		f->min_date = date_limit(l, y, "min", f->kind, false);
		f->max_date = date_limit(l, y, "max", f->kind, true);
	}
	if (f->min > f->max || (f->max_date != WHEN_NONE && f->min_date > f->max_date))
		take_fault(l, y, "\"min\" is greater than \"max\"; exchange them");
}

/* Any word will do: what is typed behind a number is held against it (valuenumber.c). */
static void unit(Load *l, const Yaml *map, Field *f) {
	const Yaml *y = take(l, map, "unit", TAKE_OPTIONAL);
	f->unit = take_text(l, map, "unit", TAKE_OPTIONAL);
	if (!*f->unit || l->source->kept)
		return;
	if (!takes_numbers(f->kind))
		take_fault(l, y, "\"unit\" is for integer, number and percent only; take it away or change the kind");
	else if (text_chars(f->unit) > LOAD_MAX_UNIT || strcspn(f->unit, "0123456789") == 0)
		take_fault(l, y, "\"unit\" is a word such as kg or km, at most %d characters, not \"%s\"", LOAD_MAX_UNIT, f->unit);
}

static void named_list(Load *l, const Yaml *y, Field *f) {
	const char **names = arena_array(l->arena, l->list_n, sizeof *names);
	for (size_t i = 0; i < l->list_n; i++) {
		names[i] = l->list[i].name;
		if (strcmp(names[i], y->text) == 0) {
			f->choice = l->list[i].choice;
			f->choice_n = l->list[i].n;
			return;
		}
	}
	const char *near = nearest_of(y->text, names, l->list_n);
	take_fault(l, y, "there is no list \"%s\" under \"lists\" of form.yaml%s%s%s", y->text,
	           near ? "; did you mean \"" : "; write [a, b] or add the list", near ? near : "",
	           near ? "\"?" : "");
}

static void choices(Load *l, const Yaml *map, Field *f) {
	const Yaml *y = only_for(l, map, "choices", takes_choices(f->kind), "choice, choices and confirm");
	if (!y && takes_choices(f->kind) && !yaml_get(map, "choices", NULL))
		take_fault(l, map, "a field of this kind needs \"choices: [...]\"");
	if (!y || y->kind == YAML_NONE)
		return;
	if (y->kind == YAML_TEXT)
		named_list(l, y, f);
	else
		f->choice = take_texts(l, map, "choices", TAKE_NEEDED, &f->choice_n);
	if (f->choice_n > RULES_MAX_CHOICES)
		take_fault(l, y, "more than %d choices; make the field a text", RULES_MAX_CHOICES);
	f->choice_key = arena_array(l->arena, f->choice_n, sizeof *f->choice_key);
	for (size_t i = 0; i < f->choice_n; i++)
		f->choice_key[i] = value_choice_key(l->arena, f->choice[i]);
	for (size_t i = 0; i < f->choice_n && f->kind == KIND_CHOICES; i++)
		if (strstr(f->choice[i], "\u3001"))
			take_fault(l, y, "the choice \"%s\" holds the sign \u3001 that stands between several choices; "
			                 "write it otherwise", f->choice[i]);
}

static void pattern(Load *l, const Yaml *map, Field *f) {
	const Yaml *y = only_for(l, map, "pattern", !takes_choices(f->kind), "kinds without choices");
	f->pattern_says = take_text(l, map, "pattern_says", y && *y->text ? TAKE_NEEDED : TAKE_OPTIONAL);
	if (!y || y->kind == YAML_NONE || !*take_text(l, map, "pattern", TAKE_NEEDED))
		return;
	int offset = 0;
	Err e = {0};
	Pattern *p = pattern_new_at(y->text, &offset, &e);
	if (!p) {
		fault_at(l->faults, y->file, yaml_offset(y, (size_t)offset), "%s", e.text);
		return;
	}
	*vec_push(&((RulesWhole *)(void *)l->rules)->pattern) = p;
	f->pattern = p;
	if (!yaml_get(map, "samples", NULL))
		take_fault(l, y, "a pattern needs samples that pass and that fail; add \"samples: {pass: [...], "
		                 "fail: [...]}\"");
}

/* A words key, or NULL where the value is good. */
static const char *sample_state(const Field *f, const Value *v) {
	if (v->state == VALUE_BAD)
		return v->problem;
	return v->state == VALUE_EMPTY ? "problem.empty" : value_fault(f, v);
}

static const char *kind_called(FieldKind kind) {
	for (size_t i = 0; kinds[i].name; i++)
		if (kinds[i].value == (int)kind)
			return kinds[i].name;
	return "";
}

static const char *range_wanted(Load *l, const Field *f) {
	bool dates = takes_dates(f->kind);
	bool low = dates ? f->min_date != WHEN_NONE : !isnan(f->min), high = dates ? f->max_date != WHEN_NONE : !isnan(f->max);
	const char *from = !low ? "" : dates ? value_day_text(l->arena, f->min_date) : value_number_text(l->arena, f->min);
	const char *to = !high ? "" : dates ? value_day_text(l->arena, f->max_date) : value_number_text(l->arena, f->max);
	return arena_fmt(l->arena, "out of range: %s%s%s%s wanted", low ? "from " : "", from, high ? low ? " to " : "up to " : "",
	                 to);
}

/* Why a field refuses a value, for who writes the rules. */
static const char *reason(Load *l, const Field *f, const Value *v, const char *wrong) {
	long long n = (long long)text_chars(v->text);
	if (strcmp(wrong, "problem.too_short") == 0)
		return arena_fmt(l->arena, "too short: %lld characters where %lld are the least", n, (long long)f->min_chars);
	if (strcmp(wrong, "problem.too_long") == 0)
		return arena_fmt(l->arena, "too long: %lld characters where %lld are the most", n, (long long)f->max_chars);
	if (strcmp(wrong, "problem.range") == 0 || strcmp(wrong, "problem.date_range") == 0 ||
	    strcmp(wrong, "problem.percent_range") == 0)
		return range_wanted(l, f);
	if (strcmp(wrong, "problem.pattern") == 0)
		return "the pattern does not match it";
	if (strcmp(wrong, "problem.empty") == 0)
		return "it counts as empty";
	if (*v->nearest)
		return arena_fmt(l->arena, "no choice of the field; did you mean \"%s\"?", v->nearest);
	if (strcmp(wrong, "problem.id_number_given") == 0 || strcmp(wrong, "problem.id_number_inside") == 0)
		return "an identity number, which a field takes only with identity: true";
	return arena_fmt(l->arena, "no value of kind %s", kind_called(f->kind));
}

/* A sample that fails in its case or blanks alone says that these matter. */
static void sample(Load *l, Field *f, const Yaml *y, bool pass) {
	if (y->kind != YAML_TEXT || !*y->text)
		return;
	Value v = value_read(l->arena, f, y->text, RAW_TEXT, false);
	const char *wrong = sample_state(f, &v);
	if (!pass && !wrong && f->kind == KIND_TEXT && f->pattern && !pattern_matches(f->pattern, text_tidy(l->arena, y->text))) {
		f->literal = true;
		return;
	}
	if (pass && wrong)
		take_fault(l, y, "the sample \"%s\" of %s should pass but does not (%s; read as \"%s\"); mend the "
		                 "sample or the field", y->text, f->key, reason(l, f, &v, wrong), v.text);
	if (!pass && !wrong)
		take_fault(l, y, "the sample \"%s\" of %s should fail but passes as \"%s\"; mend the sample or the "
		                 "field", y->text, f->key, v.text);
}

/* Each of them goes through reading, limits and pattern. */
static void try_samples(Load *l, FieldDef *d) {
	static const char *const known[] = {"pass", "fail", NULL};
	static const char *const lists[] = {"fail", "pass"};
	if (!d->samples || !take_map(l, d->samples, "samples", known))
		return;
	for (size_t k = 0; k < 2; k++) {
		const Yaml *y = yaml_get(d->samples, lists[k], NULL);
		size_t n = 0;
		if (y && y->kind != YAML_NONE)
			take_texts(l, d->samples, lists[k], TAKE_OPTIONAL, &n);
		if (!n && d->field.pattern)
			take_fault(l, d->samples, "\"%s\" needs at least one sample, since the field has a pattern",
			           lists[k]);
		for (size_t i = 0; i < n && y->kind == YAML_LIST && i < y->n; i++)
			sample(l, &d->field, y->item[i], k == 1);
		if (n && y->kind == YAML_TEXT)
			sample(l, &d->field, y, k == 1);
	}
}

/* The end of a text that goes on. */
static bool is_excerpt(const Field *f, const char *s) {
	static const char *const marks[] = {"\u2026", "...", "\u22EF"};
	bool text = f->kind == KIND_TEXT || f->kind == KIND_LONGTEXT;
	for (size_t i = 0; i < sizeof marks / sizeof *marks && text; i++)
		if (str_ends_nocase(str_of(s), marks[i]))
			return true;
	return false;
}

/* The example must be one itself; an excerpt need only not be too long.  A set that was in force once stays as it is. */
static void example(Load *l, const Yaml *map, const Field *f) {
	if (!*f->example || l->source->kept || (takes_choices(f->kind) && !f->choice_n))
		return;
	Value v = value_read(l->arena, f, f->example, RAW_TEXT, false);
	const char *wrong = sample_state(f, &v);
	if (!wrong || (is_excerpt(f, f->example) && strcmp(wrong, "problem.too_long") != 0))
		return;
	bool short_text = f->kind == KIND_LONGTEXT && strcmp(wrong, "problem.too_short") == 0;
	take_fault(l, yaml_get(map, "example", NULL), "the example \"%s\" of %s would be refused itself (%s); mend it%s", f->example,
	           f->key, reason(l, f, &v, wrong), short_text ? ", or end an excerpt with an ellipsis" : "");
}

static bool personal_kind(const Field *f) {
	return f->kind == KIND_MOBILE || f->kind == KIND_PHONE || f->kind == KIND_EMAIL;
}

static void role(Load *l, const Yaml *map, Field *f, bool column) {
	f->role = (FieldRole)take_name(l, map, "role", roles, ROLE_NONE);
	const Yaml *y = yaml_get(map, "role", NULL);
	l->role_unread |= y && f->role == ROLE_NONE;
	if (column && f->role != ROLE_NONE && f->role != ROLE_FILES)
		take_fault(l, y, "a column of a table can only have the role files; take the role away");
	if (!column && f->role == ROLE_FILES)
		take_fault(l, y, "the role files is for a column of a table; take it away");
	if (f->role == ROLE_CONTACT_MAIL && f->kind != KIND_EMAIL)
		take_fault(l, y, "the field with the role contact_mail must be of kind email");
	if (f->role == ROLE_NOTICE_TO && f->kind != KIND_CHOICE)
		take_fault(l, y, "the field with the role notice_to must be of kind choice");
	if (f->role == ROLE_CONTACT2_MAIL && f->kind != KIND_EMAIL && !l->source->kept)
		take_fault(l, y, "the field with the role contact2_mail must be of kind email; notices go there where the first comes back");
	if (f->role == ROLE_USCC && f->kind != KIND_USCC)
		take_fault(l, y, "the field with the role uscc must be of kind uscc");
	if (f->role == ROLE_CONTACT_MOBILE && f->kind != KIND_MOBILE && f->kind != KIND_PHONE)
		take_fault(l, y, "the field with the role contact_mobile must be of kind mobile or phone");
}

static const char *condition(Load *l, const Yaml *map, const char *key, TakeNeed need,
                             const Yaml **at) {
	const char *s = take_long(l, map, key, need);
	*at = *s ? yaml_get(map, key, NULL) : NULL;
	return s;
}

static void requirement(Load *l, const Yaml *map, bool *required, const char **when,
                        const Yaml **at) {
	*required = take_bool(l, map, "required", false);
	*when = condition(l, map, "required_when", TAKE_OPTIONAL, at);
	if (*required && *at)
		take_fault(l, *at, "\"required: true\" is there already; keep one of the two");
}

/* In a condition such a key would be read as what it means there, or what is meant there as the field. */
static void free_of_sql(Load *l, const Yaml *map, const char *key, const char *const *also) {
	bool taken = cond_keyword(key, strlen(key));
	for (; *also && !taken; also++)
		taken = strcmp(*also, key) == 0;
	if (taken && !l->source->kept)
		take_fault(l, yaml_get(map, "key", NULL), "\"%s\" is a word that conditions use themselves; give another key", key);
}

/* Of a field without a dot; of a column the one that stands for the row's number. */
static void key_is_free(Load *l, const Yaml *map, const char *key, const char *table) {
	static const char *const also[] = {"true", "false", "row", "isnull", "notnull", NULL};
	if (table ? strcmp(key, "row") == 0 : !strchr(key, '.'))
		free_of_sql(l, map, key, also);
}

/* It is asked for once more by the program: who hears of the entry. */
static void notice_choices(Load *l, const Yaml *map, const Field *f) {
	if (f->role == ROLE_NOTICE_TO && f->kind == KIND_CHOICE && f->choice_n != 3 && !l->source->kept)
		take_fault(l, yaml_get(map, "role", NULL), "the field with the role notice_to has three choices, in this order: the contact "
		           "and the sender, the contact alone, the sender alone; here are %zu", f->choice_n);
}

static void field(Load *l, const Yaml *map, const char *table, FieldDef *d) {
	Field *f = &d->field;
	*d = (FieldDef){.field = {.key = "", .label = "", .required_when = "", .unit = "",
	                .pattern_says = "", .help = "", .example = "", .min_chars = -1, .max_chars = -1,
	                .min = NAN, .max = NAN, .min_date = WHEN_NONE, .max_date = WHEN_NONE}, .at = map};
	if (!take_map(l, map, table ? "a column" : "a field", field_keys))
		return;
	const char *key = take_key(l, map, "key", !table);
	key_is_free(l, map, key, table);
	f->key = table && *key ? arena_fmt(l->arena, "%s.%s", table, key) : key;
	if (yaml_get(map, "key", NULL))
		d->at = yaml_get(map, "key", NULL);
	f->label = take_label(l, map, "label", TAKE_NEEDED);
	f->alias = take_texts(l, map, "aliases", TAKE_OPTIONAL, &f->alias_n);
	take_text(l, map, "kind", l->source->kept ? TAKE_OPTIONAL : TAKE_NEEDED);
	f->kind = (FieldKind)take_name(l, map, "kind", kinds, KIND_TEXT);
	role(l, map, f, table != NULL);
	requirement(l, map, &f->required, &f->required_when, &d->where);
	chars(l, map, f);
	value(l, map, f);
	unit(l, map, f);
	choices(l, map, f);
	notice_choices(l, map, f);
	pattern(l, map, f);
	f->help = take_long(l, map, "help", TAKE_OPTIONAL);
	f->example = take_text(l, map, "example", TAKE_OPTIONAL);
	f->personal = take_bool(l, map, "personal", personal_kind(f));
	f->identity = take_bool(l, map, "identity", false);
	if (f->identity && f->kind != KIND_TEXT)
		take_fault(l, yaml_get(map, "identity", NULL), "\"identity\" is for kind text only; take it away or change the kind");
	d->samples = take(l, map, "samples", TAKE_OPTIONAL);
	if (faults_within(l->faults, map->file, map->at, map->end))
		return; /* what they run into may be that */
	try_samples(l, d);
	example(l, map, f);
}

static FieldDef *fields(Load *l, const Yaml *map, const char *key, const char *table, size_t *n) {
	const Yaml *const *item = take_list(l, map, key, table ? TAKE_NEEDED : TAKE_OPTIONAL, n);
	FieldDef *d = arena_array(l->arena, *n, sizeof *d);
	for (size_t i = 0; i < *n; i++)
		field(l, item[i], table, &d[i]);
	return d;
}

static void table(Load *l, const Yaml *map, TableDef *d) {
	static const char *const known[] = {"key", "label", "help", "rows", "columns", NULL};
	static const char *const rows_known[] = {"min", "max", NULL};
	*d = (TableDef){.table = {.key = "", .label = "", .help = "", .max_rows = 20}, .at = map};
	if (!take_map(l, map, "a table", known))
		return;
	static const char *const also[] = {"cells", NULL};
	d->table.key = take_key(l, map, "key", false);
	free_of_sql(l, map, d->table.key, also);
	if (yaml_get(map, "key", NULL))
		d->at = yaml_get(map, "key", NULL);
	d->table.label = take_label(l, map, "label", TAKE_NEEDED);
	d->table.help = take_long(l, map, "help", TAKE_OPTIONAL);
	const Yaml *rows = take(l, map, "rows", TAKE_OPTIONAL);
	if (rows && take_map(l, rows, "rows", rows_known)) {
		d->table.min_rows = (size_t)take_int(l, rows, "min", 0, RULES_MAX_TABLE_ROWS, 0);
		d->table.max_rows = (size_t)take_int(l, rows, "max", 1, RULES_MAX_TABLE_ROWS, 20);
		if (d->table.min_rows > d->table.max_rows)
			take_fault(l, rows, "\"min\" is greater than \"max\"; exchange them");
	}
	d->column = fields(l, map, "columns", d->table.key, &d->column_n);
	if (d->column_n > LOAD_MAX_COLUMNS) {
		take_fault(l, map, "a table has at most %d columns; make two tables of it", LOAD_MAX_COLUMNS);
		d->column_n = LOAD_MAX_COLUMNS;
	}
}

static void section(Load *l, const Yaml *map, SectionDef *d) {
	static const char *const known[] = {"key", "title", "note", "after_track", "fields", "tables", NULL};
	*d = (SectionDef){.section = {"", "", ""}, .at = map};
	if (!take_map(l, map, "a section", known))
		return;
	d->section.key = take_key(l, map, "key", false);
	if (yaml_get(map, "key", NULL))
		d->at = yaml_get(map, "key", NULL);
	d->section.title = take_label(l, map, "title", TAKE_NEEDED);
	d->section.note = take_long(l, map, "note", TAKE_OPTIONAL);
	d->after_track = take_bool(l, map, "after_track", false);
	d->field = fields(l, map, "fields", NULL, &d->field_n);
	size_t n;
	const Yaml *const *item = take_list(l, map, "tables", TAKE_OPTIONAL, &n);
	d->table = arena_array(l->arena, n, sizeof *d->table);
	for (d->table_n = 0; d->table_n < n; d->table_n++)
		table(l, item[d->table_n], &d->table[d->table_n]);
	if (!d->field_n && !d->table_n)
		take_fault(l, d->at, "the section has neither fields nor tables; add some or take it away");
}

static void check(Load *l, const Yaml *map, bool eligibility, CheckDef *d) {
	static const char *const known[] = {"id", "where", "severity", "says", "blame", NULL};
	static const char *const known_eligibility[] = {"id", "where", "says", "blame", NULL};
	static const TakeName severities[] = {{"error", SEVERITY_ERROR}, {"warning", SEVERITY_WARNING},
	                                      {NULL, 0}};
	*d = (CheckDef){.check = {.id = "", .where = "", .says = "", .at = "", .eligibility = eligibility},
	                .at = map};
	if (!take_map(l, map, eligibility ? "a condition" : "a check",
	              eligibility ? known_eligibility : known))
		return;
	d->check.id = take_text(l, map, "id", TAKE_NEEDED);
	d->check.where = condition(l, map, "where", TAKE_NEEDED, &d->where);
	if (!eligibility)
		d->check.severity = (Severity)take_name(l, map, "severity", severities, SEVERITY_ERROR);
	d->check.says = take_long(l, map, "says", TAKE_NEEDED);
	d->says = *d->check.says ? yaml_get(map, "says", NULL) : NULL;
	d->check.blame = take_texts(l, map, "blame", TAKE_NEEDED, &d->check.blame_n);
	d->blame = yaml_get(map, "blame", NULL);
	if (d->where) {
		size_t line, column;
		fault_place(d->where->file, d->where->at, &line, &column);
		d->check.at = arena_fmt(l->arena, "%s:%zu:%zu", d->where->file->path, line, column);
	}
}

CheckDef *form_checks(Load *l, const Yaml *list, bool eligibility, size_t *n) {
	*n = 0;
	if (!list || list->kind == YAML_NONE || (list->kind == YAML_TEXT && !*list->text))
		return NULL;
	if (list->kind != YAML_LIST) {
		take_fault(l, list, "a list is wanted here, each item behind \"- id: ...\"");
		return NULL;
	}
	CheckDef *d = arena_array(l->arena, list->n, sizeof *d);
	for (size_t i = 0; i < list->n; i++)
		check(l, list->item[i], eligibility, &d[i]);
	*n = list->n;
	return d;
}

static void formats(Load *l, const Yaml *map, FileRule *f) {
	static const char *const all[] = {
		"pdf", "jpg", "png", "gif", "bmp", "tiff", "webp", "heic", "docx", "doc", "xlsx", "xls",
		"pptx", "wps", "ods", "ofd", "zip", "rar", "7z", "txt", "html", "video", "audio",
	};
	size_t n = sizeof all / sizeof *all;
	f->format = take_texts(l, map, "formats", TAKE_NEEDED, &f->format_n);
	for (size_t i = 0; i < f->format_n; i++) {
		bool known = false;
		for (size_t k = 0; k < n && !known; k++)
			known = strcmp(all[k], f->format[i]) == 0;
		const char *near = known ? NULL : nearest_of(f->format[i], all, n);
		if (!known)
			take_fault(l, yaml_get(map, "formats", NULL), "\"%s\" is no format we know%s%s%s", f->format[i],
			           near ? "; did you mean \"" : "; write pdf, jpg, png, docx, xlsx, pptx, zip and so on",
			           near ? near : "", near ? "\"?" : "");
	}
}

static void file(Load *l, const Yaml *map, FileDef *d) {
	static const char *const known[] = {"key", "label", "help", "required", "required_when", "formats",
	                                    "max_mb", "names", NULL};
	FileRule *f = &d->file;
	*d = (FileDef){.file = {.key = "", .label = "", .help = "", .required_when = ""}, .at = map};
	if (!take_map(l, map, "a file", known))
		return;
	f->key = take_key(l, map, "key", false);
	f->label = take_label(l, map, "label", TAKE_NEEDED);
	f->help = take_long(l, map, "help", TAKE_OPTIONAL);
	requirement(l, map, &f->required, &f->required_when, &d->where);
	formats(l, map, f);
	f->max_bytes = MB * take_int(l, map, "max_mb", 1, MAX_MB, MAX_MB);
	f->name = take_texts(l, map, "names", TAKE_OPTIONAL, &f->name_n);
}

void form_parts(Load *l, const Yaml *root, FormDef *out) {
	size_t n;
	const Yaml *const *item = take_list(l, root, "sections", TAKE_OPTIONAL, &n);
	out->section = arena_array(l->arena, n, sizeof *out->section);
	for (size_t i = 0; i < n; i++)
		section(l, item[i], &out->section[out->section_n++]);
	item = take_list(l, root, "files", TAKE_OPTIONAL, &n);
	out->file = arena_array(l->arena, n, sizeof *out->file);
	for (size_t i = 0; i < n; i++)
		file(l, item[i], &out->file[out->file_n++]);
	out->check = form_checks(l, yaml_get(root, "checks", NULL), false, &out->check_n);
}

static void lists(Load *l, const Yaml *root) {
	const Yaml *y = take(l, root, "lists", TAKE_OPTIONAL);
	if (!y || y->kind != YAML_MAP) {
		if (y && y->kind != YAML_NONE && *y->text)
			take_fault(l, y, "\"lists\" must be a map: name: [a, b]");
		return;
	}
	l->list = arena_array(l->arena, y->n, sizeof *l->list);
	for (size_t i = 0; i < y->n; i++) {
		ChoiceList *c = &l->list[l->list_n];
		if (y->item[i]->kind != YAML_LIST || y->item[i]->n == 0) {
			take_fault(l, y->item[i], "the list \"%s\" must hold choices: [a, b]", y->key[i]->text);
			continue;
		}
		c->name = y->key[i]->text;
		c->choice = take_items(l, y->item[i], &c->n);
		l->list_n++;
	}
}

void form_read(Load *l, const Yaml *root) {
	static const char *const known[] = {"title", "version", "privacy", "lists", "sections", "files",
	                                    "checks", NULL};
	Rules *r = l->rules;
	if (!take_map(l, root, "form.yaml", known))
		return;
	r->form_title = take_label(l, root, "title", TAKE_NEEDED);
	r->form_version = take_text(l, root, "version", TAKE_NEEDED);
	if (strlen(r->form_version) > VERSION_MAX ||
	    strspn(r->form_version, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") !=
	        strlen(r->form_version))
		take_fault(l, yaml_get(root, "version", NULL),
		           "\"version\" must be letters, digits, dots and hyphens, at most %d", VERSION_MAX);
	r->privacy_text = take_long(l, root, "privacy", TAKE_OPTIONAL);
	lists(l, root);
	take(l, root, "sections", TAKE_NEEDED);
	yaml_get(root, "sections", &l->sections);
	form_parts(l, root, &l->common);
}
