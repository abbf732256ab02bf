/* Between the rounds and the office program.  Knows no wording. */
#include "home/sheetbook.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "reader/report.h"

#define PATH "spool/tmp/sheetbook.xlsx"
#define MAX_BYTES (20u << 20)

int sheetbook_start(SheetBook *b, World *w, Arena *a, const char *title, Err *e) {
	*b = (SheetBook){.w = w, .a = a};
	if (seal_key(w->env->home, &b->key, e) < 0 ||
	    bookout_start(&b->out, w->env, arena_fmt(a, "%s/" PATH, w->env->home_path), e) < 0)
		return -1;
	bookout_texts(&b->out, "book", title, w->rules->committee, words(w->rules, "form.font"), "0", NULL);
	return 0;
}

static bool is_named(const SheetBook *b, const char *heading) {
	Str rest = buf_view(&b->open), line;
	while (str_next(&rest, '\n', &line))
		if (str_is(line, heading))
			return true;
	return false;
}

#define SHEET_NAME_UNITS 31 /* of UTF-16, by Excel */

/* What a spreadsheet takes for a sheet's name, made of any: tracks have names of their own. */
static const char *sheet_name(Arena *a, const char *name) {
	Buf b = {0};
	size_t units = 0, len;
	for (Str rest = str_of(text_line(a, str_of(name))); rest.n; rest = str_from(rest, len)) {
		uint32_t c = text_next(rest, &len);
		units += c > 0xFFFF ? 2 : 1;
		if (units > SHEET_NAME_UNITS)
			break;
		if (c < 0x80 && strchr("[]:*?/\\'", (int)c))
			buf_char(&b, '-');
		else
			buf_add(&b, rest.p, len);
	}
	const char *fit = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return fit;
}

void sheetbook_sheet(SheetBook *b, const char *name, const char *line, const char *choices, const SheetCol *col, size_t n) {
	const char *footer = arena_fmt(b->a, "&C&9 %s", words_fill(b->w->rules, b->a, "form.page", "page", "&P", "pages", "&N",
	                                                          NULL));
	bookout_texts(&b->out, "sheet", sheet_name(b->a, name), "g", line, footer, choices, NULL);
	bookout_num(&b->out, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		char kind[2] = {col[i].kind, 0};
		const char *heading = col[i].heading ? col[i].heading : BOOKOUT_TOKEN;
		bookout_text(&b->out, kind);
		bookout_num(&b->out, col[i].width);
		bookout_text(&b->out, heading);
		if (col[i].kind == 'e')
			bookout_text(&b->out, col[i].rule);
		bool reason = !strcmp(heading, words(b->w->rules, "decide.reason"));
		if (strchr("re", col[i].kind) && !reason && !is_named(b, heading))
			buf_fmt(&b->open, "%s\n", heading);
	}
}

void sheetbook_row(SheetBook *b, const char *mark) {
	bookout_texts(&b->out, "row", mark, NULL);
}

void sheetbook_cell(SheetBook *b, const char *text) {
	bookout_text(&b->out, text);
}

void sheetbook_seal(SheetBook *b, const SealRow *row) {
	bookout_text(&b->out, seal_make(b->a, &b->key, row));
}

void sheetbook_tail(SheetBook *b, const char *text) {
	bookout_texts(&b->out, "tail", text, NULL);
}

int sheetbook_end(SheetBook *b, const char *name, Attachment *out, Err *e) {
	World *w = b->w;
	Buf bytes = {0};
	Err late = {0};
	b->out.e = &late;
	bookout_identity(&b->out, w->rules->edition, when_text(b->a, w->env->now), buf_cstr(&b->open));
	buf_free(&b->open);
	int rc = bookout_end(&b->out);
	if (rc < 0)
		*e = late;
	else
		rc = file_read(w->env->home, PATH, MAX_BYTES, &bytes, e);
	unlinkat(w->env->home, PATH, 0);
	*out = (Attachment){.name = name, .media = type_media(TYPE_XLSX), .bytes = buf_give(&bytes, b->a)};
	return rc < 0 ? -1 : 0;
}
