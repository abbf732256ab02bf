/* From a handbook's text to the data of the mail that carries it.  Looks are the wording's: nothing here is HTML. */
#include "post/markdown.h"

#include <string.h>

#include "base/text.h"

typedef struct {
	Arena *a;
	Data *d;
	size_t n;       /* blocks */
	const char *kind; /* of the block in hand; NULL: none */
	const char *no; /* of an item */
	Buf text;       /* of it so far */
	Data *table;    /* the one in hand */
} Page;

/* ---- inside a line */

static void span(Data *to, Arena *a, Str text, const char *flag) {
	if (!text.n)
		return;
	Data *s = data_item(to, "spans");
	data_text(s, "text", str_dup(a, text));
	if (flag)
		data_flag(s, flag, true);
}

/* The mark at the beginning of s, and what it encloses; 0 when there is none. */
static size_t marked(Str s, Str *inside, const char **flag) {
	static const struct {
		Str open, close;
		const char *flag;
	} marks[] = {{{"**", 2}, {"**", 2}, "b"}, {{"`", 1}, {"`", 1}, "code"}, {{"[", 1}, {"](", 2}, NULL}};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		Str rest = str_from(s, marks[i].open.n);
		ptrdiff_t end = str_eq(str_sub(s, 0, marks[i].open.n), marks[i].open) ? str_find(rest, marks[i].close) : -1;
		if (end <= 0)
			continue;
		*inside = str_sub(rest, 0, (size_t)end);
		*flag = marks[i].flag;
		size_t n = marks[i].open.n + (size_t)end + marks[i].close.n;
		if (*flag)
			return n;
		ptrdiff_t close = str_find(str_from(s, n), STR(")")); /* of a link its words are shown */
		return close < 0 ? 0 : n + (size_t)close + 1;
	}
	return 0;
}

static void spans(Data *to, Arena *a, Str s) {
	size_t from = 0;
	for (size_t i = 0; i < s.n;) {
		Str inside;
		const char *flag;
		size_t n = strchr("*`[", s.p[i]) ? marked(str_from(s, i), &inside, &flag) : 0;
		if (n == 0) {
			i++;
			continue;
		}
		span(to, a, str_sub(s, from, i - from), NULL);
		span(to, a, inside, flag);
		i += n;
		from = i;
	}
	span(to, a, str_from(s, from), NULL);
}

/* ---- blocks */

static Data *block(Page *p, const char *kind) {
	Data *b = data_item(p->d, "blocks");
	data_flag(b, kind, true);
	p->n++;
	return b;
}

static void close_block(Page *p) {
	p->table = NULL;
	if (!p->kind)
		return;
	Data *b = block(p, p->kind);
	data_text(b, "no", p->no);
	spans(b, p->a, buf_view(&p->text));
	buf_clear(&p->text);
	p->kind = NULL;
}

static void open_block(Page *p, const char *kind, const char *no, Str text) {
	close_block(p);
	p->kind = kind;
	p->no = no;
	buf_slice(&p->text, str_trim(text));
}

/* A line that goes on: between two words of letters a blank is wanted, between Chinese characters none. */
static void more(Page *p, Str line) {
	if (!p->kind)
		open_block(p, "p", "", STR(""));
	if (p->text.n && (unsigned char)p->text.p[p->text.n - 1] < 0x80 && (unsigned char)*line.p < 0x80)
		buf_char(&p->text, ' ');
	buf_slice(&p->text, line);
}

static bool is_rule(Str line) {
	for (size_t i = 0; i < line.n; i++)
		if (!strchr("|-: ", line.p[i]))
			return false;
	return true;
}

static void table_row(Page *p, Str line) {
	bool head = p->table == NULL;
	if (head) {
		close_block(p);
		p->table = block(p, "table");
	} else if (is_rule(line)) {
		return;
	}
	Data *row = data_item(p->table, "rows");
	data_flag(row, "head", head);
	Str rest = str_from(line, 1), cell;
	if (rest.n && rest.p[rest.n - 1] == '|')
		rest.n--;
	while (str_next(&rest, '|', &cell))
		spans(data_item(row, "cells"), p->a, str_trim(cell));
}

/* "12. " before an item: the bytes it takes, 0: none. */
static size_t numbered(Str line) {
	size_t n = 0;
	while (n < line.n && line.p[n] >= '0' && line.p[n] <= '9')
		n++;
	return n && n + 1 < line.n && line.p[n] == '.' && line.p[n + 1] == ' ' ? n + 2 : 0;
}

static void one_line(Page *p, Str line) {
	size_t no = numbered(line);
	if (!line.n)
		close_block(p);
	else if (str_starts(line, "### "))
		open_block(p, "h3", "", str_from(line, 4));
	else if (str_starts(line, "## "))
		open_block(p, "h2", "", str_from(line, 3));
	else if (str_starts(line, "# "))
		open_block(p, "h1", "", str_from(line, 2));
	else if (str_starts(line, "|"))
		table_row(p, line);
	else if (str_starts(line, "- "))
		open_block(p, "item", "\xC2\xB7", str_from(line, 2));
	else if (no)
		open_block(p, "item", str_dup(p->a, str_sub(line, 0, no - 1)), str_from(line, no));
	else
		more(p, line);
}

void markdown_data(Arena *a, Str page, Data *d) {
	Page p = {.a = a, .d = d};
	Str rest = str_of(text_clean(a, page)), line;
	while (str_next(&rest, '\n', &line) && p.n < MARKDOWN_MAX_BLOCKS)
		one_line(&p, str_trim(line));
	close_block(&p);
	buf_free(&p.text);
}
