/* Writes the workbook that the parent tells on standard input: title line, header, rows, drop-downs, print set-up.  Rows
 * are written as they come and forgotten.  Every cell from outside is text; it knows no wording and no contest. */
#include "office/workbook.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "office/book.h"
#include "office/workbook_inner.h"

#define TITLE_ROW 0
#define HEAD_ROW 1
#define FIRST_ROW 2
#define HEAD_HEIGHT 30.0
#define PAGE_OF "&C&9 &P / &N" /* where no footer is told */
#define MAX_HEIGHT_LINES 6
#define LISTS_SHEET "_lists"

typedef struct {
	char kind;
	double width;
	const char *rule; /* of kind e */
} Column;

typedef struct {
	Told told;
	const char *path;
	Arena *arena; /* of the workbook */
	Arena *row;
	Book *book;
	Sheet *sheet;
	unsigned at;  /* the next row */
	bool bare, guarded;
	const char *choices;
	Column column[WORKBOOK_MAX_COLUMNS];
	size_t column_n;
	Sheet *lists;   /* hidden: choices that no formula can hold; NULL: there are none */
	VEC(Str) list;  /* its columns, each choice on a line */
} Writer;

const char *told_text(Told *t, Arena *a) {
	const char *text = "";
	if (!t->bad && t->next(a, &text, t->e) != 1) {
		t->bad = true;
		if (t->e->kind == ERR_NONE)
			err_set(t->e, ERR_BUG, "the workbook on standard input ends early");
	}
	return text;
}

size_t told_count(Told *t, Arena *a, size_t max) {
	int64_t n = 0;
	const char *text = told_text(t, a);
	if (!t->bad && str_to_i64(str_of(text), 0, (int64_t)max, &n) < 0) {
		t->bad = true;
		err_set(t->e, ERR_BUG, "the workbook on standard input: '%s' is no count to %zu", text, max);
	}
	return (size_t)n;
}

static const char *take(Writer *w) {
	return told_text(&w->told, w->arena);
}

static Look look_of(char kind) {
	switch (kind) {
	case 'c':
	case 's':
		return LOOK_CELL_MID;
	case 'n':
		return LOOK_CELL_MID;
	case 'd':
		return LOOK_CHOICE;
	case 'r':
	case 'e':
		return LOOK_VALUE_TEXT;
	case 'l':
	case 't':
		return LOOK_DATA;
	default:
		return LOOK_CELL;
	}
}

static Mark mark_of(const char *text) {
	static const char *const name[MARK_COUNT] = {"", "bad", "doubt", "good"};
	for (int i = 0; i < MARK_COUNT; i++)
		if (!strcmp(text, name[i]))
			return (Mark)i;
	return MARK_NONE;
}

/* ---- the end of a sheet */

static size_t count_lines(Str s) {
	size_t n = 0;
	for (Str one; str_next(&s, '\n', &one);)
		n++;
	return n;
}

/* The choices as a column of the hidden sheet, which is written when all of them are known. */
static const char *list_range(Writer *w, Str choices) {
	size_t k = 0;
	while (k < w->list.n && !str_eq(w->list.v[k], choices))
		k++;
	if (k == w->list.n)
		*vec_push(&w->list) = str_of(str_dup(w->arena, choices));
	if (!w->lists) {
		w->lists = book_sheet(w->book, LISTS_SHEET);
		sheet_hide(w->lists);
	}
	Area at = {0, (unsigned)k, (unsigned)count_lines(choices) - 1, (unsigned)k};
	return arena_fmt(w->arena, "=%s", area_text(w->arena, w->lists, at));
}

/* A list written out holds at most 255 characters, and none that part its words or quote it: any other would be dropped by
 * spreadsheets without a word, or called damage. */
static const char *list_formula(Writer *w, Str choices) {
	char *list = arena_fmt(w->arena, "\"%s\"", str_dup(w->arena, choices));
	if (text_chars(list) > BOOK_MAX_PROMPT || memchr(choices.p, ',', choices.n) || memchr(choices.p, '"', choices.n))
		return list_range(w, choices);
	for (char *p = list; *p; p++)
		if (*p == '\n')
			*p = ',';
	return list;
}

static void drop_down(Writer *w, Area at, Str choices, bool coloured) {
	Str rest = choices, one;
	if (!choices.n)
		return;
	/* The first choice lets through; of the others the second refuses. */
	for (size_t n = 0; coloured && str_next(&rest, '\n', &one); n++)
		sheet_colour(w->sheet, at, n == 0 ? MARK_GOOD : n == 1 ? MARK_WRONG : MARK_DOUBT, str_dup(w->arena, one));
	sheet_rule(w->sheet, at, &(InputRule){.kind = RULE_LIST, .stops = true, .formula = list_formula(w, choices)});
}

/* Row by row, as a lean workbook wants it. */
static void write_lists(Writer *w) {
	bool more = w->lists != NULL;
	for (unsigned row = 0; more; row++) {
		more = false;
		for (size_t k = 0; k < w->list.n; k++) {
			Str one;
			if (!str_next(&w->list.v[k], '\n', &one))
				continue;
			sheet_text(w->lists, row, (unsigned)k, LOOK_DATA, MARK_NONE, str_dup(w->row, one));
			more = true;
		}
	}
	vec_free(&w->list);
}

/* The next number of a rule; NAN where none is named. */
static double bound(Writer *w, Str *rest) {
	Str word;
	char *end;
	if (!str_next(rest, ' ', &word) || !word.n)
		return NAN;
	const char *text = str_dup(w->arena, word);
	double value = strtod(text, &end);
	return *end ? NAN : value;
}

/* What may be entered into an open column with a rule of its own. */
static void entered(Writer *w, Area at, const char *rule) {
	Str rest = str_of(rule);
	if (str_starts(rest, "list ")) {
		drop_down(w, at, str_from(rest, strlen("list ")), false);
	} else if (str_starts(rest, "number ")) {
		rest = str_from(rest, strlen("number "));
		double min = bound(w, &rest), max = bound(w, &rest);
		sheet_rule(w->sheet, at, &(InputRule){.kind = RULE_NUMBER, .stops = true, .min = min, .max = max});
	}
}

static void end_sheet(Writer *w) {
	if (!w->sheet || w->bare) {
		w->sheet = NULL;
		return;
	}
	unsigned last = 0;
	for (size_t i = 0; i < w->column_n; i++) {
		if (w->column[i].kind == 't') {
			sheet_hide_column(w->sheet, (unsigned)i);
			continue;
		}
		last = (unsigned)i;
		Area below = {FIRST_ROW, last, w->at - 1, last};
		if (w->column[i].kind == 'd' && w->at > FIRST_ROW)
			drop_down(w, below, str_of(w->choices), true);
		else if (w->column[i].kind == 'e' && w->at > FIRST_ROW)
			entered(w, below, w->column[i].rule);
	}
	sheet_filter(w->sheet, (Area){HEAD_ROW, 0, w->at > FIRST_ROW ? w->at - 1 : HEAD_ROW, last});
	if (w->guarded)
		sheet_guard(w->sheet);
	w->sheet = NULL;
}

/* ---- what is told */

static void begin_book(Writer *w) {
	const char *title = take(w), *author = take(w), *font = take(w);
	bool lean = told_count(&w->told, w->arena, 1) == 1;
	if (w->told.bad)
		return;
	w->book = book_open(AT_FDCWD, w->path, font, lean);
	book_properties(w->book, title, "", author);
}

static void read_columns(Writer *w, const char **heading) {
	w->column_n = told_count(&w->told, w->arena, WORKBOOK_MAX_COLUMNS);
	for (size_t i = 0; i < w->column_n && !w->told.bad; i++) {
		Column *c = &w->column[i];
		c->kind = *take(w);
		c->width = (double)told_count(&w->told, w->arena, 120);
		heading[i] = take(w);
		c->rule = c->kind == 'e' ? take(w) : "";
	}
}

/* A heading stands as its cells do. */
static Look head_of(char kind) {
	if (kind && strchr("dre", kind))
		return LOOK_OPEN_HEAD;
	return kind && strchr("csn", kind) ? LOOK_DATA_HEAD_MID : LOOK_DATA_HEAD;
}

static void write_heads(Writer *w, const char *const *heading) {
	double most = HEAD_HEIGHT;
	for (size_t i = 0; i < w->column_n; i++) {
		double need = w->column[i].width > 0 && w->column[i].kind != 't' ? text_height(heading[i], w->column[i].width, 10.5, 1) + 4 : 0;
		most = need > most ? need : most;
	}
	sheet_height(w->sheet, HEAD_ROW, most);
	for (size_t i = 0; i < w->column_n; i++) {
		const Column *c = &w->column[i];
		sheet_text(w->sheet, HEAD_ROW, (unsigned)i, head_of(c->kind), MARK_NONE, heading[i]);
		if (c->width > 0)
			sheet_width(w->sheet, (unsigned)i, (unsigned)i, c->width);
		else
			sheet_hide_column(w->sheet, (unsigned)i);
	}
}

static void begin_sheet(Writer *w) {
	end_sheet(w);
	const char *name = take(w), *flags = take(w), *title = take(w),
	           *footer = take(w), *heading[WORKBOOK_MAX_COLUMNS];
	w->choices = take(w);
	w->bare = strchr(flags, 'h') != NULL;
	w->guarded = strchr(flags, 'g') != NULL;
	w->at = w->bare ? 0 : FIRST_ROW;
	read_columns(w, heading);
	if (w->told.bad)
		return;
	w->sheet = book_sheet(w->book, name);
	if (w->bare) {
		sheet_hide(w->sheet);
		return;
	}
	sheet_height(w->sheet, TITLE_ROW, 34);
	sheet_text(w->sheet, TITLE_ROW, 0, LOOK_LINE_TITLE, MARK_NONE, title);
	sheet_freeze(w->sheet, FIRST_ROW, 1);
	sheet_print(w->sheet, &(Print){.footer = *footer ? footer : PAGE_OF, .repeat_rows = FIRST_ROW, .landscape = true});
	write_heads(w, heading);
}

/* Whole rows stand: the spreadsheet does not measure text that wraps when it opens a file. */
static double height(const Writer *w, const char *const *cell) {
	double most = 20;
	for (size_t i = 0; i < w->column_n; i++) {
		if (strchr("lt", w->column[i].kind) || w->column[i].width <= 0)
			continue;
		double h = text_height(cell[i], w->column[i].width, 10.5, 1) + 4;
		most = h > most ? h : most;
	}
	double limit = MAX_HEIGHT_LINES * 10.5 * 1.5 + 4;
	return most < limit ? most : limit;
}

/* What stands in a column of numbers already is one, too: else the spreadsheet points at each of them. */
static bool entered_number(const Column *c, const char *text, double *value) {
	char *end;
	if (!str_starts(str_of(c->rule), "number ") || !*text)
		return false;
	*value = strtod(text, &end);
	return !*end;
}

static void one_cell(Writer *w, size_t i, Mark mark, const char *text) {
	int64_t number;
	char kind = w->column[i].kind;
	Look look = w->bare ? LOOK_DATA : look_of(kind);
	double value;
	mark = kind == 's' ? mark : MARK_NONE;
	if (kind == 'n' && str_to_i64(str_of(text), INT32_MIN, INT32_MAX, &number) == 0)
		sheet_number(w->sheet, w->at, (unsigned)i, look, mark, (double)number);
	else if (kind == 'e' && entered_number(&w->column[i], text, &value))
		sheet_number(w->sheet, w->at, (unsigned)i, look, mark, value);
	else
		sheet_text(w->sheet, w->at, (unsigned)i, look, mark, text);
}

static void row(Writer *w) {
	const char *cell[WORKBOOK_MAX_COLUMNS];
	arena_reset(w->row);
	Mark mark = mark_of(told_text(&w->told, w->row));
	for (size_t i = 0; i < w->column_n; i++)
		cell[i] = told_text(&w->told, w->row);
	if (w->told.bad || !w->sheet)
		return;
	if (!w->bare)
		sheet_height(w->sheet, w->at, height(w, cell));
	for (size_t i = 0; i < w->column_n; i++)
		one_cell(w, i, mark, cell[i]);
	w->at++;
}

static void tail(Writer *w) {
	Sheet *s = w->sheet;
	const char *text = told_text(&w->told, w->row);
	end_sheet(w);
	if (s && !w->told.bad)
		sheet_text(s, w->at, 0, LOOK_LINE_NOTE, MARK_NONE, text);
}

static void overview(Writer *w) {
	end_sheet(w);
	overview_write(w->book, &w->told, w->arena);
}

static void obey(Writer *w, const char *op) {
	static const struct {
		const char *name;
		void (*run)(Writer *w);
	} ops[] = {{"row", row}, {"sheet", begin_sheet}, {"overview", overview}, {"tail", tail}};
	if (!w->book) {
		if (!strcmp(op, "book"))
			begin_book(w);
		else
			w->told.bad = err_set(w->told.e, ERR_BUG, "the workbook on standard input does not begin") < 0;
		return;
	}
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (!strcmp(op, ops[i].name)) {
			ops[i].run(w);
			return;
		}
	w->told.bad = err_set(w->told.e, ERR_BUG, "the workbook on standard input: what is '%s'?", op) < 0;
}

int workbook_write(const char *path, NextText next, Err *e) {
	Writer w = {.told = {next, e, false}, .path = path, .arena = arena_new(), .row = arena_new()};
	const char *op;
	int more;
	while (!w.told.bad && (more = next(w.row, &op, e)) != 0) {
		if (more < 0)
			w.told.bad = true;
		else
			obey(&w, op);
	}
	end_sheet(&w);
	write_lists(&w);
	Err late = {0};
	if (!w.book && !w.told.bad)
		w.told.bad = err_set(e, ERR_BUG, "the workbook on standard input is empty") < 0;
	if (w.book && book_close(w.book, !w.told.bad, &late) < 0 && !w.told.bad) {
		*e = late;
		w.told.bad = true;
	}
	arena_free(w.row);
	arena_free(w.arena);
	return w.told.bad ? -1 : 0;
}
