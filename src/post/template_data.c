/* The data of a mail: a tree of texts and lists, made by the replies and poured by
 * the templates.  It knows no wording and no rules; a few dozen names a level, so a list with a
 * key compared first is quick enough. */
#include "post/template_inner.h"

#include <stdio.h>
#include <string.h>

/* FNV-1a: only to tell names apart quickly. */
uint32_t template_key(Str name) {
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (uint8_t)name.p[i]) * 16777619u;
	return h;
}

Data *data_new(Arena *a) {
	Data *d = ARENA_NEW(a, Data);

	d->arena = a;
	return d;
}

const Cell *data_cell(const Data *d, uint32_t key, Str name) {
	for (const Cell *c = d->first; c != NULL; c = c->next)
		if (c->key == key && str_is(name, c->name))
			return c;
	return NULL;
}

/* The cell of that name, made when missing. */
static Cell *cell(Data *d, const char *name) {
	Str s = str_of(name);
	uint32_t key = template_key(s);
	Cell *c;

	for (c = d->first; c != NULL; c = c->next)
		if (c->key == key && strcmp(c->name, name) == 0)
			return c;
	c = ARENA_NEW(d->arena, Cell);
	c->key = key;
	c->name = arena_copy(d->arena, s.p, s.n);
	c->text = "";
	if (d->last != NULL)
		d->last->next = c;
	else
		d->first = c;
	d->last = c;
	return c;
}

void data_text(Data *d, const char *name, const char *value) {
	cell(d, name)->text = value != NULL && *value != '\0' ? arena_str(d->arena, value) : "";
}

void data_fmt(Data *d, const char *name, const char *fmt, ...) {
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < sizeof text) {
		data_text(d, name, text);
		return;
	}
	char *whole = arena_alloc(d->arena, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(whole, (size_t)n + 1, fmt, ap);
	va_end(ap);
	cell(d, name)->text = whole;
}

void data_html(Data *d, const char *name, const char *value) {
	data_text(d, name, value);
	cell(d, name)->html = true;
}

void data_flag(Data *d, const char *name, bool on) {
	cell(d, name)->text = on ? "1" : "";
}

Data *data_item(Data *d, const char *list) {
	Cell *c = cell(d, list);
	Data *item = data_new(d->arena);

	if (c->last != NULL)
		c->last->next = item;
	else
		c->first = item;
	c->last = item;
	return item;
}

void data_lay(Data *d, const Data *over) {
	for (const Cell *c = over->first; c != NULL; c = c->next) {
		Cell *mine = cell(d, c->name), *next = mine->next;
		*mine = *c;
		mine->next = next;
	}
}
