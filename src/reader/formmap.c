/* Between parent and reader: the map that tells where a form's values stand.
 * Refuses to send the reader anything else of the contest: what is not needed to find
 * values in a form stays outside the walls. */
#include "reader/formmap.h"

#include <string.h>

#include "base/text.h"
#include "reader/wire.h"

#define MAX_LABELS 1000 /* of one field, over all tracks */
#define MAX_SKIPS 100
#define HEADING_MAX 600 /* bytes: no title of a section is longer */
#define EACH_FIELD (2 * 4 + 3 * 8)
#define EACH_TABLE (3 * 4)

char *formmap_name(Arena *a, const char *key) {
	char *name = arena_fmt(a, "x_%s", key);
	for (char *p = name; *p; p++)
		if (*p == '.')
			*p = '_';
	return name;
}

ptrdiff_t formmap_find(const FormMap *m, const char *key) {
	for (size_t i = 0; i < m->field_n; i++)
		if (strcmp(m->field[i].key, key) == 0)
			return (ptrdiff_t)i;
	return -1;
}

bool formmap_heads(const FormMap *m, Arena *scratch, Str text) {
	if (!m->heading_n || text.n > HEADING_MAX)
		return false;
	const char *key = text_key(scratch, text_clean(scratch, text));
	for (size_t i = 0; i < m->heading_n; i++)
		if (strcmp(m->heading[i], key) == 0)
			return true;
	return false;
}

void formmap_put(Buf *out, const FormMap *m) {
	rec_put_text(out, m->edition);
	rec_put_num(out, m->table_n);
	for (size_t i = 0; i < m->table_n; i++) {
		rec_put_text(out, m->table[i].key);
		rec_put_text(out, m->table[i].label);
		rec_put_text(out, m->table[i].title);
	}
	rec_put_num(out, m->field_n);
	for (size_t i = 0; i < m->field_n; i++) {
		const MapField *f = &m->field[i];
		rec_put_text(out, f->key);
		rec_put_text(out, f->name);
		rec_put_num(out, f->label_n);
		for (size_t k = 0; k < f->label_n; k++)
			rec_put_text(out, f->label[k]);
		rec_put_num(out, (uint64_t)(f->table + 1));
		rec_put_num(out, f->longtext);
	}
	rec_put_num(out, m->skip_n);
	for (size_t i = 0; i < m->skip_n; i++)
		rec_put_text(out, m->skip[i]);
	rec_put_num(out, m->heading_n);
	for (size_t i = 0; i < m->heading_n; i++)
		rec_put_text(out, m->heading[i]);
	rec_put_text(out, m->decision);
	rec_put_text(out, m->reason);
}

static const char **get_texts(RecIn *in, Arena *a, size_t max, size_t *n) {
	*n = wire_count(in, max, 4);
	const char **v = arena_array(a, *n, sizeof *v);
	for (size_t i = 0; i < *n; i++)
		v[i] = rec_text(in, a);
	return v;
}

static void get_field(RecIn *in, Arena *a, MapField *f, size_t table_n) {
	f->key = rec_text(in, a);
	f->name = rec_text(in, a);
	f->label = get_texts(in, a, MAX_LABELS, &f->label_n);
	f->table = (int)rec_count(in, table_n) - 1;
	f->longtext = rec_count(in, 1) != 0;
}

int formmap_get(RecIn *in, Arena *a, FormMap *out) {
	memset(out, 0, sizeof *out);
	out->edition = rec_text(in, a);
	out->table_n = wire_count(in, FORMMAP_MAX_FIELDS, EACH_TABLE);
	out->table = arena_array(a, out->table_n, sizeof *out->table);
	for (size_t i = 0; i < out->table_n; i++) {
		out->table[i].key = rec_text(in, a);
		out->table[i].label = rec_text(in, a);
		out->table[i].title = rec_text(in, a);
	}
	out->field_n = wire_count(in, FORMMAP_MAX_FIELDS, EACH_FIELD);
	out->field = arena_array(a, out->field_n, sizeof *out->field);
	for (size_t i = 0; i < out->field_n; i++)
		get_field(in, a, &out->field[i], out->table_n);
	out->skip = get_texts(in, a, MAX_SKIPS, &out->skip_n);
	out->heading = get_texts(in, a, FORMMAP_MAX_FIELDS, &out->heading_n);
	out->decision = rec_text(in, a);
	out->reason = rec_text(in, a);
	return in->bad ? -1 : 0;
}
