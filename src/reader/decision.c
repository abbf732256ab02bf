/* decision.c: a workbook that the robot handed out to be decided on, and that comes back: sorted, shortened, with columns
 * put in, saved by any program.  Each row carries its own proof, so the rows are taken as they stand; whether a
 * token holds is not for this side of the walls to know.  Rows left blank are counted, and left out. */
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/formsheet.h"
#include "reader/grid.h"

#define HIDDEN "_xinlv" /* the sheet of the book's identity, and what heads the column of tokens */
#define KIND "decision"
#define IDENTITY_CELLS 100
#define TOKEN_PARTS 6         /* kind:role:round:ref:version:mac */
#define TOKEN_MAX_BYTES 400
#define MAC_LEAST_BYTES 8
#define TEXT_BYTES 16384      /* of a decision or a reason: more than anybody may write, so that what is too long is told */
#define ALL_BYTES (24u << 20) /* of all rows of one book */

typedef struct {
	bool found; /* the hidden sheet */
	const char *kind, *edition, *made;
	const char *open; /* headings of further columns to fill in, one a line */
} Identity;

/* Where things stand on one sheet; 0: not there. */
typedef struct {
	unsigned head; /* row of headings */
	unsigned token, decision, reason; /* columns */
	unsigned open[REPORT_MAX_OPEN];
	const char *heading[REPORT_MAX_OPEN];
	size_t open_n;
} Columns;

typedef struct {
	ReadJob *job;
	const Book *book;
	Arena *scratch;
	const char *open; /* of the identity */
	bool lost;        /* there is no identity: which columns were open is not known */
	DecisionBook out;
	VEC(DecisionRow) row;
	size_t bytes;
} Work;

static Identity identity_of(const Book *b) {
	Identity id = {false, "", "", "", ""};
	for (size_t i = 0; i < b->grid.n && !id.found; i++) {
		const Grid *g = &b->grid.v[i];
		if (strcmp(g->name, HIDDEN) != 0)
			continue;
		id.found = true;
		for (size_t k = 0; k < g->cell.n && k < IDENTITY_CELLS; k++) {
			const Cell *c = &g->cell.v[k], *value = grid_cell(g, c->row, 2);
			if (c->column != 1 || !value)
				continue;
			if (!strcmp(c->text, "kind"))
				id.kind = value->text;
			else if (!strcmp(c->text, "edition"))
				id.edition = value->text;
			else if (!strcmp(c->text, "made"))
				id.made = value->text;
			else if (!strcmp(c->text, "open"))
				id.open = value->text;
		}
	}
	return id;
}

/* Has the outside of a token. */
static bool is_token(const char *text) {
	Str rest = str_of(text), part;
	size_t n = 0;
	if (rest.n > TOKEN_MAX_BYTES)
		return false;
	while (str_next(&rest, ':', &part))
		n++;
	return n == TOKEN_PARTS && part.n >= MAC_LEAST_BYTES && !strpbrk(text, " \n\t");
}

static void find_tokens(const Grid *g, Columns *c) {
	unsigned shaped = 0;
	for (size_t i = 0; i < g->cell.n; i++) {
		const Cell *cell = &g->cell.v[i];
		if (!strcmp(cell->text, HIDDEN)) {
			c->head = cell->row;
			c->token = cell->column;
			return;
		}
		if (!shaped && is_token(cell->text))
			shaped = cell->column;
	}
	c->token = shaped;
}

static bool is_heading(Work *w, const Cell *c, const char *want) {
	arena_reset(w->scratch);
	return want && *want && c->text[0] && !strcmp(text_key(w->scratch, c->text), want);
}

/* Is it one of the columns that the book itself says are to be filled in?  Where it does not say any more, beside a decision any may
 * be: whoever knows the kind of row asks for it by its heading. */
static bool is_open(Work *w, const Cell *c) {
	if (w->lost)
		return c->text[0] && strcmp(c->text, HIDDEN) != 0;
	Str rest = str_of(w->open), line;
	while (str_next(&rest, '\n', &line)) {
		arena_reset(w->scratch);
		const char *want = str_dup(w->scratch, line);
		if (line.n && c->text[0] && !strcmp(text_key(w->scratch, c->text), text_key(w->scratch, want)))
			return true;
	}
	return false;
}

static void find_open(Work *w, const Grid *g, Columns *c) {
	bool any = w->lost ? c->decision && c->reason : *w->open != 0;
	for (size_t i = 0; c->head && any && i < g->cell.n && c->open_n < REPORT_MAX_OPEN; i++) {
		const Cell *cell = &g->cell.v[i];
		if (cell->row != c->head || cell->column == c->decision || cell->column == c->reason || !is_open(w, cell))
			continue;
		c->heading[c->open_n] = text_clean(w->job->arena, str_sub(str_trim(str_of(cell->text)), 0, TEXT_BYTES));
		c->open[c->open_n++] = cell->column;
	}
}

/* By what heads them; where that was lost, the two columns before the tokens, as they were handed out. */
static Columns find_columns(Work *w, const Grid *g) {
	Columns c = {0};
	const FormMap *m = w->job->map;
	find_tokens(g, &c);
	for (size_t i = 0; c.token && i < g->cell.n && (c.head || i < FORM_MAX_CELLS); i++) {
		const Cell *cell = &g->cell.v[i];
		if (c.head && cell->row != c.head)
			continue;
		if (!c.decision && is_heading(w, cell, m->decision))
			c.decision = cell->column;
		else if (!c.reason && is_heading(w, cell, m->reason))
			c.reason = cell->column;
	}
	find_open(w, g, &c);
	if (c.open_n) /* such a book has its headings */
		return c;
	if (!c.reason && c.token > 1)
		c.reason = c.token - 1 == c.decision ? 0 : c.token - 1;
	if (!c.decision && c.reason > 1)
		c.decision = c.reason - 1;
	return c;
}

static const char *value_at(Work *w, const Grid *g, unsigned row, unsigned column) {
	const Cell *c = column ? grid_cell(g, row, column) : NULL;
	if (!c)
		return "";
	Str text = str_sub(str_trim(str_of(c->text)), 0, TEXT_BYTES);
	return text.n == strlen(c->text) ? c->text : text_clean(w->job->arena, text);
}

/* The bytes of what stands in the open columns. */
static size_t take_open(Work *w, const Grid *g, const Columns *c, unsigned row, DecisionRow *r) {
	size_t bytes = 0;
	r->open = arena_array(w->job->arena, c->open_n, sizeof *r->open);
	for (r->open_n = 0; r->open_n < c->open_n; r->open_n++) {
		r->open[r->open_n] = (OpenCell){c->heading[r->open_n], value_at(w, g, row, c->open[r->open_n]),
		                                cell_address(w->job->arena, row, c->open[r->open_n])};
		bytes += strlen(r->open[r->open_n].value);
	}
	return bytes;
}

static void take_row(Work *w, const Grid *g, const Columns *c, const Cell *token) {
	DecisionRow r = {.token = token->text, .sheet = g->name,
	                 .decision = value_at(w, g, token->row, c->decision),
	                 .reason = value_at(w, g, token->row, c->reason)};
	size_t bytes = take_open(w, g, c, token->row, &r);
	if (!*r.decision && !*r.reason && (w->lost || !bytes)) {
		w->out.open++;
		return;
	}
	w->bytes += bytes + strlen(r.token) + strlen(r.decision) + strlen(r.reason) + strlen(r.sheet);
	if (w->row.n >= REPORT_MAX_DECISIONS || w->bytes > ALL_BYTES) {
		w->out.cut = true;
		return;
	}
	unsigned at = c->decision ? c->decision : c->open_n ? c->open[0] : token->column;
	r.cell = cell_address(w->job->arena, token->row, at);
	*vec_push(&w->row) = r;
}

/* Rows may stand above the headings, too: somebody sorted these with them. */
static void take_sheet(Work *w, const Grid *g) {
	Columns c = find_columns(w, g);
	if (!strcmp(g->name, HIDDEN) || !c.token)
		return;
	for (size_t i = 0; i < g->cell.n; i++) {
		const Cell *cell = &g->cell.v[i];
		if (cell->column == c.token && strcmp(cell->text, HIDDEN) != 0 && strlen(cell->text) <= TOKEN_MAX_BYTES)
			take_row(w, g, &c, cell);
	}
	w->out.cut |= g->cut;
}

/* A sheet that was moved to a book of its own has its tokens still. */
static bool has_tokens(const Book *b) {
	for (size_t i = 0; i < b->grid.n; i++) {
		Columns c = {0};
		find_tokens(&b->grid.v[i], &c);
		if (c.head && c.token)
			return true;
	}
	return false;
}

bool decision_extract(ReadJob *j, const Book *b, int part) {
	Identity id = identity_of(b);
	if (!j->map || (id.found ? strcmp(id.kind, KIND) != 0 : !has_tokens(b)))
		return false;
	if (j->decision.n >= REPORT_MAX_DECISION_BOOKS) {
		j->report->parts_cut = true;
		return true;
	}
	Work w = {.job = j, .book = b, .scratch = arena_new(), .open = id.open, .lost = !id.found,
	          .out = {.part = part, .edition = id.edition, .made = id.made}};
	for (size_t i = 0; i < b->grid.n; i++)
		take_sheet(&w, &b->grid.v[i]);
	w.out.row_n = w.row.n;
	w.out.row = arena_array(j->arena, w.row.n + 1, sizeof *w.out.row);
	if (w.row.n)
		memcpy(w.out.row, w.row.v, w.row.n * sizeof *w.out.row);
	vec_free(&w.row);
	arena_free(w.scratch);
	*vec_push(&j->decision) = w.out;
	return true;
}
