/* form.c: the last step inside the walls: sheets in which fields were found are joined
 * to forms (one form over several sheets, several copies of a form in one book), with
 * the identity that our own forms carry.  It
 * judges nothing: an empty form comes out as one without values. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/formsheet.h"
#include "reader/grid.h"

#define IDENTITY_SHEET "_xinlv"
#define ALIKE_PERCENT 60   /* labels in the same column that make a sheet a copy of another */

/* The sheets of one form. */
typedef struct {
	VEC(size_t) sheet;
	bool *has; /* by field */
	size_t fields;
} Group;

typedef struct {
	ReadJob *job;
	Arena *arena;
	const FormMap *map;
	const Book *book;
	FormSheet *sheet; /* one for each grid */
	size_t sheet_n;
	VEC(Group) group;
	bool *seen; /* by field, for one count at a time */
	const char *edition, *track, *version, *token;
	bool identity, named;
	FormSource source;
	int part;
} Work;

/* Identity. */

static void read_identity(Work *w) {
	const struct {
		const char *key;
		const char **to;
	} want[] = {{"edition", &w->edition}, {"track", &w->track},
	            {"version", &w->version}, {"token", &w->token}};
	for (size_t i = 0; i < w->book->grid.n; i++) {
		const Grid *g = &w->book->grid.v[i];
		if (strcmp(g->name, IDENTITY_SHEET) != 0)
			continue;
		for (size_t k = 0; k < g->cell.n && k < 100; k++) {
			const Cell *c = &g->cell.v[k], *value = grid_cell(g, c->row, 2);
			for (size_t n = 0; c->column == 1 && n < sizeof want / sizeof *want; n++)
				if (value && !strcmp(c->text, want[n].key)) {
					*want[n].to = value->text;
					w->identity = true;
				}
		}
		return;
	}
}

/* Joining sheets. */

static size_t overlap(Work *w, const Group *g, const FormSheet *s, size_t *fields) {
	bool *seen = w->seen;
	size_t both = 0;
	memset(seen, 0, w->map->field_n * sizeof *seen);
	*fields = 0;
	for (size_t i = 0; i < s->found.n; i++) {
		size_t f = s->found.v[i].field;
		if (seen[f])
			continue;
		seen[f] = true;
		++*fields;
		both += g->has[f];
	}
	return both;
}

/* Do the labels of s stand in the same columns, in the same order, as those of t? */
static bool is_alike(const FormSheet *s, const FormSheet *t) {
	size_t same = 0, at = 0;
	for (size_t i = 0; i < s->hit.n; i++)
		for (size_t k = at; k < t->hit.n; k++)
			if (t->hit.v[k].label == s->hit.v[i].label &&
			    t->hit.v[k].column == s->hit.v[i].column) {
				same++;
				at = k + 1;
				break;
			}
	size_t most = s->hit.n > t->hit.n ? s->hit.n : t->hit.n;
	return most && same * 100 >= most * ALIKE_PERCENT;
}

static bool is_copy(const Work *w, const FormSheet *s) {
	for (size_t g = 0; g < w->group.n; g++)
		for (size_t i = 0; i < w->group.v[g].sheet.n; i++)
			if (is_alike(s, &w->sheet[w->group.v[g].sheet.v[i]]))
				return true;
	return false;
}

static void join(Work *w, Group *g, size_t sheet) {
	const FormSheet *s = &w->sheet[sheet];
	*vec_push(&g->sheet) = sheet;
	for (size_t i = 0; i < s->found.n; i++) {
		g->fields += !g->has[s->found.v[i].field];
		g->has[s->found.v[i].field] = true;
	}
}

static Group *group_new(Work *w) {
	Group *g = vec_push(&w->group);
	g->has = arena_array(w->arena, w->map->field_n + 1, sizeof *g->has);
	return g;
}

/* A sheet that has other fields than a form so far is its next page; one that has the
 * same is another copy, when it looks like one, or when neither has names to
 * tell a form from a page that talks about forms. */
static void place_sheet(Work *w, size_t sheet) {
	const FormSheet *s = &w->sheet[sheet];
	size_t fields, most = 0;
	for (size_t i = 0; i < w->group.n; i++) {
		Group *g = &w->group.v[i];
		size_t both = overlap(w, g, s, &fields), less = fields < g->fields ? fields : g->fields;
		if (both * 3 <= less) {
			join(w, g, sheet);
			return;
		}
		if (g->fields > most)
			most = g->fields;
	}
	if (w->group.n >= REPORT_MAX_FORMS) {
		w->job->report->parts_cut = true;
		return;
	}
	if (!w->group.n || s->names || is_copy(w, s) || (!w->named && fields * 2 >= most))
		join(w, group_new(w), sheet);
}

/* Sheets whose names hold come first: the others are told by their likeness to them.  Where no
 * name holds, the fullest sheets come before pages that have a few of the same labels, such
 * as one for the seal. */
static void place_sheets(Work *w) {
	size_t most = 0;
	for (size_t i = 0; i < w->sheet_n; i++)
		if (w->sheet[i].labels > most)
			most = w->sheet[i].labels;
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < w->sheet_n; i++) {
			const FormSheet *s = &w->sheet[i];
			int due = s->names ? 0 : s->labels * 2 >= most ? 1 : 2;
			if (s->found.n && due == turn)
				place_sheet(w, i);
		}
}

/* Telling. */

static const char *address(const Work *w, const Grid *g, unsigned row, unsigned column) {
	if (w->source == FORM_DOCX)
		return arena_fmt(w->arena, "%s.%u.%u", g->name, row, column);
	return cell_address(w->arena, row, column);
}

static void tell_found(Work *w, const Grid *g, const Found *f, FormRead *out) {
	const char *sheet = w->source == FORM_DOCX ? "" : g->name;
	const char *cell = address(w, g, f->row, f->column);
	out->place[out->place_n++] = (struct FormPlace){f->field, sheet, cell};
	if (!f->text[0])
		return;
	FormValue *v = &out->value[out->value_n++];
	*v = (FormValue){.field = f->field, .row = f->trow, .text = f->text, .sheet = sheet,
	                 .cell = cell};
	if (f->cell && f->text == f->cell->text) {
		v->raw = f->cell->raw;
		v->percent = f->cell->percent;
	}
}

/* Of a field on two pages of one form, the filled one counts, else the first: by field, the
 * page that speaks for it. */
static size_t *speakers(const Work *w, const Group *g) {
	size_t *page = arena_array(w->arena, w->map->field_n + 1, sizeof *page);
	bool *known = arena_array(w->arena, w->map->field_n + 1, sizeof *known);
	bool *filled = arena_array(w->arena, w->map->field_n + 1, sizeof *filled);
	for (size_t i = 0; i < g->sheet.n; i++) {
		const FormSheet *s = &w->sheet[g->sheet.v[i]];
		for (size_t k = 0; k < s->found.n; k++) {
			const Found *f = &s->found.v[k];
			if (!known[f->field] || (!filled[f->field] && f->text[0]))
				page[f->field] = i;
			known[f->field] = true;
			filled[f->field] |= f->text[0] != '\0';
		}
	}
	return page;
}

static size_t group_found(const Work *w, const Group *g) {
	size_t n = 0;
	for (size_t i = 0; i < g->sheet.n; i++)
		n += w->sheet[g->sheet.v[i]].found.n;
	return n;
}

static const char *title_of(const Work *w, const Group *g) {
	const Grid *first = &w->book->grid.v[0];
	if (g->sheet.n && w->source != FORM_DOCX)
		first = w->sheet[g->sheet.v[0]].grid;
	for (size_t i = 0; !first->cell.n && i < w->book->grid.n; i++)
		first = &w->book->grid.v[i];
	return first->cell.n ? text_line(w->arena, str_of(first->cell.v[0].text)) : "";
}

static void tell_group(Work *w, const Group *g, FormRead *out) {
	size_t n = group_found(w, g);
	const size_t *speaks = speakers(w, g);
	*out = (FormRead){.source = w->source, .part = w->part, .edition = w->edition,
	                  .track = w->track, .version = w->version, .token = w->token,
	                  .title = title_of(w, g)};
	out->value = arena_array(w->arena, n + 1, sizeof *out->value);
	out->place = arena_array(w->arena, n + 1, sizeof *out->place);
	for (size_t i = 0; i < g->sheet.n; i++) {
		const FormSheet *s = &w->sheet[g->sheet.v[i]];
		out->labels += s->labels;
		out->by_name |= s->names > 0;
		out->too_large |= s->cut || s->grid->cut;
		for (size_t k = 0; k < s->found.n; k++)
			if (speaks[s->found.v[k].field] == i)
				tell_found(w, s->grid, &s->found.v[k], out);
	}
}

static bool same_values(const FormRead *a, const FormRead *b) {
	if (a->value_n != b->value_n)
		return false;
	for (size_t i = 0; i < a->value_n; i++)
		if (a->value[i].field != b->value[i].field || a->value[i].row != b->value[i].row ||
		    (a->value[i].text != b->value[i].text &&
		     strcmp(a->value[i].text, b->value[i].text) != 0))
			return false;
	return true;
}

static bool is_form(const Work *w, const FormRead *f) {
	return w->identity || f->by_name || f->labels >= FORM_MIN_LABELS;
}

/* An untouched copy beside a filled one, and a second copy of the same, say nothing. */
static bool says_nothing(const FormRead *all, size_t n, size_t which) {
	for (size_t i = 0; i < n; i++) {
		if (i == which)
			continue;
		if (!all[which].value_n && (all[i].value_n || i < which))
			return true;
		if (i < which && same_values(&all[i], &all[which]))
			return true;
	}
	return false;
}

void form_append(ReadJob *j, const FormRead *f) {
	if (j->form.n >= REPORT_MAX_FORMS) {
		j->report->parts_cut = true;
		return;
	}
	*vec_push(&j->form) = *f;
}

static void tell_forms(Work *w) {
	FormRead *all = arena_array(w->arena, w->group.n + 1, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < w->group.n; i++) {
		tell_group(w, &w->group.v[i], &all[n]);
		n += is_form(w, &all[n]);
	}
	if (n == 0 && w->identity) {
		static const Group none;
		tell_group(w, &none, &all[n++]);
	}
	for (size_t i = 0; i < n; i++)
		if (!says_nothing(all, n, i))
			form_append(w->job, &all[i]);
}

static void work_free(Work *w) {
	for (size_t i = 0; i < w->group.n; i++)
		vec_free(&w->group.v[i].sheet);
	vec_free(&w->group);
	for (size_t i = 0; i < w->sheet_n; i++)
		formsheet_free(&w->sheet[i]);
}

void form_extract(ReadJob *j, const Book *b, FormSource source, int part) {
	Work w = {.job = j, .arena = j->arena, .map = j->map, .book = b, .source = source,
	          .part = part, .edition = "", .track = "", .version = "", .token = ""};
	if (!j->map || !b->grid.n)
		return;
	const Labels *labels = labels_new(j->arena, j->map);
	w.sheet = arena_array(j->arena, b->grid.n, sizeof *w.sheet);
	w.sheet_n = b->grid.n;
	w.seen = arena_array(j->arena, j->map->field_n + 1, sizeof *w.seen);
	read_identity(&w);
	for (size_t i = 0; i < b->grid.n; i++) {
		if (!strcmp(b->grid.v[i].name, IDENTITY_SHEET))
			continue;
		formsheet_read(j->arena, j->map, labels, b, i, &w.sheet[i]);
		w.named |= w.sheet[i].names > 0;
	}
	place_sheets(&w);
	tell_forms(&w);
	work_free(&w);
}
