/* From the rules: keys, labels and tables of all tracks as one map.  Only the parent makes it, so the reader program needs
 * nothing of what reads rules. */
#include <string.h>

#include "base/text.h"
#include "reader/formmap.h"

#define MAX_LABELS 1000 /* of one field, over all tracks */

/* Words at the head of rows, or naming sheets, of our forms that are not data. */
static const char *const skip_words[] = {"form.example", "form.notes", "form.problems"};

typedef struct {
	const char *key;
	VEC(const char *) label;
	int table;
	bool longtext;
} Draft; /* a field whose labels still grow */

typedef struct {
	Arena *arena;
	VEC(Draft) field;
	VEC(MapTable) table;
} Making;

static void add_label(Making *m, Draft *d, const char *text) {
	const char *label = text_key(m->arena, text);
	if (!*label || d->label.n == MAX_LABELS)
		return;
	for (size_t i = 0; i < d->label.n; i++)
		if (strcmp(d->label.v[i], label) == 0)
			return;
	*vec_push(&d->label) = label;
}

static int table_index(Making *m, const Table *t) {
	if (!t)
		return -1;
	for (size_t i = 0; i < m->table.n; i++)
		if (strcmp(m->table.v[i].key, t->key) == 0)
			return (int)i;
	*vec_push(&m->table) = (MapTable){
		.key = arena_str(m->arena, t->key),
		.label = text_key(m->arena, t->label),
		.title = arena_str(m->arena, t->label),
	};
	return (int)m->table.n - 1;
}

static Draft *draft(Making *m, const char *key) {
	for (size_t i = 0; i < m->field.n; i++)
		if (strcmp(m->field.v[i].key, key) == 0)
			return &m->field.v[i];
	if (m->field.n == FORMMAP_MAX_FIELDS)
		return NULL;
	Draft *d = vec_push(&m->field);
	d->key = arena_str(m->arena, key);
	d->table = -1;
	return d;
}

static void add_field(Making *m, const Field *f) {
	Draft *d = draft(m, f->key);
	if (!d)
		return;
	if (d->table < 0)
		d->table = table_index(m, f->table);
	d->longtext = d->longtext || f->kind == KIND_LONGTEXT;
	add_label(m, d, f->label);
	for (size_t i = 0; i < f->alias_n; i++)
		add_label(m, d, f->alias[i]);
}

static void finish(Making *m, FormMap *map) {
	Arena *a = m->arena;
	map->field_n = m->field.n;
	map->field = arena_array(a, map->field_n, sizeof *map->field);
	for (size_t i = 0; i < map->field_n; i++) {
		Draft *d = &m->field.v[i];
		MapField *f = &map->field[i];
		*f = (MapField){.key = d->key, .name = formmap_name(a, d->key), .label_n = d->label.n,
		                .table = d->table, .longtext = d->longtext};
		f->label = arena_array(a, f->label_n, sizeof *f->label);
		for (size_t k = 0; k < f->label_n; k++)
			f->label[k] = d->label.v[k];
		vec_free(&d->label);
	}
	map->table_n = m->table.n;
	map->table = arena_array(a, map->table_n, sizeof *map->table);
	for (size_t i = 0; i < map->table_n; i++)
		map->table[i] = m->table.v[i];
	vec_free(&m->field);
	vec_free(&m->table);
}

static void add_skips(const Rules *r, Arena *a, FormMap *map) {
	map->skip = arena_array(a, sizeof skip_words / sizeof *skip_words, sizeof *map->skip);
	for (size_t i = 0; r->words && i < sizeof skip_words / sizeof *skip_words; i++) {
		const char *key = text_key(a, words(r, skip_words[i]));
		if (*key) /* an empty label would skip every row */
			map->skip[map->skip_n++] = key;
	}
}

static bool known(const FormMap *map, const char *key) {
	for (size_t i = 0; i < map->heading_n; i++)
		if (strcmp(map->heading[i], key) == 0)
			return true;
	return false;
}

static void add_headings(const Rules *r, Arena *a, FormMap *map) {
	size_t room = 0;
	for (size_t t = 0; t < r->track_n; t++)
		room += r->track[t].form.section_n;
	map->heading = arena_array(a, room, sizeof *map->heading);
	for (size_t t = 0; t < r->track_n; t++)
		for (size_t i = 0; i < r->track[t].form.section_n && map->heading_n < FORMMAP_MAX_FIELDS; i++) {
			const char *key = text_key(a, r->track[t].form.section[i].title);
			if (*key && !known(map, key))
				map->heading[map->heading_n++] = key;
		}
}

FormMap *formmap_make(const Rules *r, Arena *a) {
	FormMap *map = ARENA_NEW(a, FormMap);
	Making m = {.arena = a};
	map->edition = arena_str(a, r->edition);
	for (size_t t = 0; t < r->track_n; t++)
		for (size_t i = 0; i < r->track[t].form.field_n; i++)
			add_field(&m, &r->track[t].form.field[i]);
	finish(&m, map);
	add_skips(r, a, map);
	add_headings(r, a, map);
	map->decision = r->words ? text_key(a, words(r, "decide.decision")) : "";
	map->reason = r->words ? text_key(a, words(r, "decide.reason")) : "";
	return map;
}
