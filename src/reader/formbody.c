/* On a mail's way: a form in the mail's body, as lines of `label：value` or as a table pasted from a workbook
 * or a document.  Like form.c it judges nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/label.h"

#define BODY_MAX_LINES 5000
#define HEADING_MAX 60 /* bytes */
#define BLANKS_END 2   /* blank lines that end a value */

typedef struct {
	ReadJob *job;
	const Labels *labels;
	Arena *scratch;
	bool *taken;
	VEC(FormValue) value;
	VEC(struct FormPlace) place;
	ptrdiff_t field; /* whose value goes on, -1 */
	const char *cell;
	Buf text;
	unsigned blanks;
} Body;

static void body_flush(Body *b) {
	if (b->field < 0)
		return;
	const char *text = text_tidy(b->job->arena, buf_cstr(&b->text));
	size_t field = (size_t)b->field;
	if (text[0])
		*vec_push(&b->value) = (FormValue){.field = field, .text = text, .sheet = "",
		                                   .cell = b->cell};
	*vec_push(&b->place) = (struct FormPlace){field, "", b->cell};
	b->field = -1;
	buf_clear(&b->text);
}

/* A numbered line at the end of a long text, before the next label, is the heading of what follows. */
static void body_unhead(Buf *b) {
	Str s = buf_view(b), line = s;
	for (const char *nl; (nl = memchr(line.p, '\n', line.n));)
		line = str_from(line, (size_t)(nl + 1 - line.p));
	if (line.n < s.n && line.n <= HEADING_MAX && label_unnumbered(line).n < line.n)
		b->p[b->n -= line.n] = '\0';
}

static ptrdiff_t body_field(const Body *b, const Label *l) {
	for (size_t i = 0; i < l->field_n; i++)
		if (b->job->map->field[l->field[i]].table < 0 && !b->taken[l->field[i]])
			return (ptrdiff_t)l->field[i];
	return -1;
}

/* A line without a label goes on with the value before it: always in a long text, else only
 * where nothing stood behind the label. */
static void body_more(Body *b, Str line) {
	if (b->field < 0)
		return;
	if (!str_trim(line).n) {
		if (++b->blanks >= BLANKS_END && b->text.n)
			body_flush(b);
		return;
	}
	bool more = b->job->map->field[b->field].longtext || !b->text.n;
	if (!more || str_is(str_trim(line), "--")) {
		body_flush(b);
		return;
	}
	for (; b->text.n && b->blanks; b->blanks--)
		buf_char(&b->text, '\n');
	if (b->text.n)
		buf_char(&b->text, '\n');
	b->blanks = 0;
	buf_slice(&b->text, line);
}

static void body_line(Body *b, Str line, unsigned number) {
	Str value = {0};
	arena_reset(b->scratch);
	const Label *l = label_inline(b->labels, b->scratch, line, &value);
	ptrdiff_t field = l ? body_field(b, l) : -1;
	const Label *title = l ? NULL : label_whole(b->labels, b->scratch, line);
	bool heads = l || (title ? title->table >= 0 : formmap_heads(b->job->map, b->scratch, line));
	if (heads && b->text.n)
		body_unhead(&b->text);
	if (field < 0) {
		if (!heads)
			body_more(b, line);
		else
			body_flush(b); /* a label met before: the second time is not believed */
		return;
	}
	body_flush(b);
	b->taken[field] = true;
	b->field = field;
	b->blanks = 0;
	b->cell = arena_fmt(b->job->arena, "%u", number);
	buf_slice(&b->text, value);
}

/* A table pasted into the mail: lines are rows, what tabs part are cells. */
typedef struct {
	Body *body;
	Grid grid;
	Buf cell; /* the last one's text, while lines may go on with it */
	unsigned row, column;
	bool wide; /* more than a label and its value stand in a row */
} Pasted;

static void pasted_flush(Pasted *p) {
	const char *text = text_tidy(p->body->job->arena, buf_cstr(&p->cell));
	if (text[0])
		*vec_push(&p->grid.cell) = (Cell){p->row, p->column, text, RAW_TEXT, false};
	buf_clear(&p->cell);
}

/* A line without tabs that is neither label nor heading goes on with the last cell of a row. */
static bool pasted_more(const Pasted *p, Str line) {
	const Labels *l = p->body->labels;
	Arena *scratch = p->body->scratch;
	Str value;
	return p->column > 1 && p->cell.n && str_trim(line).n && !memchr(line.p, '\t', line.n) &&
	       label_unnumbered(line).n == line.n && !formmap_heads(p->body->job->map, scratch, line) &&
	       !label_whole(l, scratch, line) &&
	       !label_inline(l, scratch, line, &value);
}

/* A label's hint that stood on a second line of its cell. */
static bool pasted_hint(const Pasted *p, Str line) {
	return p->cell.n && label_hint(line) &&
	       label_whole(p->body->labels, p->body->scratch, buf_view(&p->cell));
}

static void pasted_line(Pasted *p, Str line) {
	Str cell;
	arena_reset(p->body->scratch);
	if (pasted_hint(p, line)) {
		buf_char(&p->cell, '\n');
		str_next(&line, '\t', &cell);
		buf_slice(&p->cell, cell);
	} else if (pasted_more(p, line)) {
		buf_char(&p->cell, '\n');
		buf_slice(&p->cell, line);
		return;
	} else {
		pasted_flush(p);
		p->row++;
		p->column = 0;
	}
	while (str_next(&line, '\t', &cell)) {
		pasted_flush(p);
		p->column++;
		p->wide |= p->column > 2;
		buf_slice(&p->cell, cell);
	}
}

static bool has_rows(const FormRead *f) {
	for (size_t i = 0; i < f->value_n; i++)
		if (f->value[i].row)
			return true;
	return false;
}

/* The text as a grid's form, appended to the job; false when it holds none, or no more than lines say. */
static bool pasted_extract(Body *b, const char *text) {
	Pasted p = {.body = b, .grid = {.name = ""}};
	Str rest = str_of(text), line;
	size_t before = b->job->form.n;
	for (unsigned n = 0; n < BODY_MAX_LINES && str_next(&rest, '\n', &line); n++)
		pasted_line(&p, line);
	pasted_flush(&p);
	Book book = {0};
	*vec_push(&book.grid) = p.grid;
	form_extract(b->job, &book, FORM_BODY, -1);
	buf_free(&p.cell);
	book_free(&book);
	if (b->job->form.n > before && !p.wide && !has_rows(&b->job->form.v[before]))
		b->job->form.n = before;
	return b->job->form.n > before;
}

/* The value that the lines give to the field, where it begins in the cell of its label: only they know how it
 * goes on then. */
static const FormValue *lines_value(const Body *b, const FormValue *v) {
	size_t n = strlen(v->text);
	bool inside = v->row == 0 && v->cell[0] == 'A' && v->cell[1] <= '9';
	for (size_t i = 0; inside && i < b->value.n; i++) {
		const FormValue *x = &b->value.v[i];
		if (x->field == v->field && strncmp(x->text, v->text, n) == 0 && x->text[n] == '\n' && !strchr(x->text, '\t'))
			return x;
	}
	return v;
}

/* What the lines tell of a pasted form: how its long texts go on, and fields that it lacks. */
static void pasted_join(const Body *b, FormRead *f) {
	FormValue *all = arena_array(b->job->arena, f->value_n + b->value.n + 1, sizeof *all);
	bool *known = arena_array(b->job->arena, b->job->map->field_n + 1, sizeof *known);
	size_t n = 0;
	for (size_t i = 0; i < f->place_n; i++)
		known[f->place[i].field] = true;
	for (size_t i = 0; i < f->value_n; i++)
		all[n++] = *lines_value(b, &f->value[i]);
	for (size_t i = 0; i < b->value.n; i++)
		if (!known[b->value.v[i].field])
			all[n++] = b->value.v[i];
	f->value = all;
	f->value_n = n;
}

static void body_tell(Body *b, const char *title) {
	Arena *a = b->job->arena;
	FormRead f = {.source = FORM_BODY, .part = -1, .edition = "", .track = "", .version = "",
	              .token = "", .labels = b->place.n, .title = title};
	f.value_n = b->value.n;
	f.place_n = b->place.n;
	f.value = arena_array(a, f.value_n + 1, sizeof *f.value);
	f.place = arena_array(a, f.place_n + 1, sizeof *f.place);
	if (f.value_n)
		memcpy(f.value, b->value.v, f.value_n * sizeof *f.value);
	memcpy(f.place, b->place.v, f.place_n * sizeof *f.place);
	form_append(b->job, &f);
}

void form_extract_body(ReadJob *j, const char *text) {
	if (!j->map || !text)
		return;
	Body b = {.job = j, .labels = labels_new(j->arena, j->map), .scratch = arena_new(),
	          .field = -1, .cell = ""};
	Str rest = str_of(text), line;
	const char *title = "";
	b.taken = arena_array(j->arena, j->map->field_n + 1, sizeof *b.taken);
	for (unsigned n = 1; n <= BODY_MAX_LINES && str_next(&rest, '\n', &line); n++) {
		if (!title[0] && str_trim(line).n)
			title = text_line(j->arena, line);
		body_line(&b, line, n);
	}
	body_flush(&b);
	if (strchr(text, '\t') && pasted_extract(&b, text))
		pasted_join(&b, &j->form.v[j->form.n - 1]);
	else if (b.place.n >= FORM_MIN_LABELS)
		body_tell(&b, title);
	vec_free(&b.value);
	vec_free(&b.place);
	buf_free(&b.text);
	arena_free(b.scratch);
}
