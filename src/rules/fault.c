/* Beside the loader: gathers what is wrong.  Refuses to stop at the first. */
#include "rules/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TEXT_MAX 20000 /* bytes of a fault before it is shortened */
#define QUOTED_MAX 300
#define QUOTED_KEPT 120
#define ELLIPSIS "\u2026"
#define LINE_SHOWN 160 /* columns of a source line that are shown */

typedef struct {
	const SourceFile *file; /* NULL: of a file as a whole */
	const char *path;
	size_t offset;
	char *text;
} Fault;

struct Faults {
	Arena *arena;
	VEC(Fault) v;
	size_t dropped;
};

Faults *faults_new(void) {
	Faults *f = mem_alloc(sizeof *f);
	*f = (Faults){.arena = arena_new()};
	return f;
}

void faults_free(Faults *f) {
	if (!f)
		return;
	vec_free(&f->v);
	arena_free(f->arena);
	free(f);
}

size_t faults_count(const Faults *f) {
	return f->v.n + f->dropped;
}

/* What stands between quotes, cut where it is long: what to write instead stands behind it. */
static void shorten(char *text) {
	for (char *from = strchr(text, '"'); from; from = strchr(from, '"')) {
		char *to = strchr(++from, '"');
		if (!to)
			return;
		if (to - from > QUOTED_MAX) {
			char *cut = from + QUOTED_KEPT;
			while (((unsigned char)*cut & 0xC0) == 0x80)
				cut--;
			memcpy(cut, ELLIPSIS, strlen(ELLIPSIS));
			memmove(cut + strlen(ELLIPSIS), to, strlen(to) + 1);
			to = cut + strlen(ELLIPSIS);
		}
		from = to + 1;
	}
}

static void add(Faults *f, Fault one, const char *fmt, va_list ap) {
	char text[TEXT_MAX];
	vsnprintf(text, sizeof text, fmt, ap);
	shorten(text);
	for (size_t i = 0; i < f->v.n; i++)
		if (f->v.v[i].offset == one.offset && strcmp(f->v.v[i].path, one.path) == 0 &&
		    strcmp(f->v.v[i].text, text) == 0)
			return;
	if (f->v.n >= FAULTS_MAX) {
		f->dropped++;
		return;
	}
	/* vsnprintf may have cut a character in two. */
	one.text = text_clean(f->arena, str_of(text));
	*vec_push(&f->v) = one;
}

void fault_at(Faults *f, const SourceFile *file, size_t offset, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	add(f, (Fault){.file = file, .path = file->path, .offset = offset}, fmt, ap);
	va_end(ap);
}

void fault_file(Faults *f, const char *path, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	add(f, (Fault){.path = arena_str(f->arena, path)}, fmt, ap);
	va_end(ap);
}

bool faults_within(const Faults *f, const SourceFile *file, size_t from, size_t to) {
	for (size_t i = 0; i < f->v.n; i++)
		if (f->v.v[i].file == file && f->v.v[i].offset >= from && f->v.v[i].offset <= to)
			return true;
	return false;
}

static Str line_at(const SourceFile *file, size_t offset, size_t *start) {
	Str b = file->bytes;
	if (offset > b.n)
		offset = b.n;
	size_t from = offset, to = offset;
	while (from > 0 && b.p[from - 1] != '\n')
		from--;
	while (to < b.n && b.p[to] != '\n' && b.p[to] != '\r')
		to++;
	if (from == 0 && str_starts(b, "\xEF\xBB\xBF"))
		from = to < 3 ? to : 3;
	*start = from;
	return str_sub(b, from, to - from);
}

void fault_place(const SourceFile *file, size_t offset, size_t *line, size_t *column) {
	size_t start, len;
	line_at(file, offset, &start);
	*line = *column = 1;
	const char *at = file->bytes.p, *end = at + start;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		++*line;
		at++;
	}
	if (offset > file->bytes.n)
		offset = file->bytes.n;
	for (size_t i = start; i < offset; i += len, (*column)++)
		text_next(str_from(file->bytes, i), &len);
}

/* The line before a ':' of ASCII (which ends a key) holds one that is not. */
static bool wide_colon(Str line) {
	ptrdiff_t wide = str_find(line, STR("\uFF1A"));
	ptrdiff_t plain = str_find(line, STR(":"));
	return wide >= 0 && (plain < 0 || wide < plain);
}

static const char *line_hint(Str line) {
	size_t i = 0;
	while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t')) {
		if (line.p[i] == '\t')
			return "; the line begins with a tab: indent with blanks";
		i++;
	}
	Str rest = str_from(line, i);
	if (str_starts(rest, "\u3000"))
		return "; the line begins with a full-width blank: indent with ordinary blanks";
	if (str_starts(rest, "\u00A0"))
		return "; the line begins with a blank that does not break: indent with ordinary blanks";
	if (wide_colon(line))
		return "; the line holds a full-width colon (\uFF1A): write an ordinary colon with a blank "
		       "behind it";
	if (str_starts(rest, "\uFF0D") || str_starts(rest, "\u2014"))
		return "; the line begins with a full-width dash: write - and a blank";
	if (str_find(line, STR(":\u3000")) >= 0)
		return "; a full-width blank stands behind the colon: write an ordinary blank";
	if (str_find(line, STR(": \u201C")) >= 0 || str_find(line, STR(": \u201D")) >= 0)
		return "; the line holds curly quotes: put a text between straight ones, \" or '";
	if (str_find(line, STR("{")) >= 0 && str_find(line, STR("{{")) > str_find(line, STR("{")))
		return "; a text that holds {{...}} inside a map in braces stands between quotes";
	return "";
}

const char *fault_hint(const SourceFile *file, size_t offset) {
	size_t start;
	Str line = line_at(file, offset, &start);
	const char *hint = line_hint(line);
	if (*hint)
		return hint;
	for (size_t above = start; above > 0;) {
		Str before = line_at(file, above - 1, &above), text = str_trim(before);
		if (text.n && text.p[0] != '#') {
			if (*(hint = line_hint(before)))
				return hint;
			break;
		}
	}
	size_t next = start + line.n + 1;
	return next < file->bytes.n ? line_hint(line_at(file, next, &(size_t){0})) : "";
}

static int by_place(const void *pa, const void *pb) {
	const Fault *a = pa, *b = pb;
	int c = strcmp(a->path, b->path);
	return c ? c : a->offset < b->offset ? -1 : a->offset > b->offset;
}

static const char *char_before(const char *start, const char *p) {
	while (p > start && ((unsigned char)*--p & 0xC0) == 0x80)
		;
	return p;
}

/* The line, and a caret below the fault; of a long line the part around it. */
static void write_line(const Fault *one, Arena *a, Buf *out) {
	size_t start;
	Str raw = line_at(one->file, one->offset, &start);
	size_t place = one->offset > start ? one->offset - start : 0;
	char *head = text_clean(a, str_sub(raw, 0, place));
	char *tail = text_clean(a, str_from(raw, place));
	for (char *p = head; *p; p++)
		*p = *p == '\t' ? ' ' : *p;
	const char *from = head + strlen(head);
	for (size_t i = 0; from > head && i < LINE_SHOWN / 2; i++)
		from = char_before(head, from);
	while (text_width(from) > LINE_SHOWN / 2)
		for (from++; ((unsigned char)*from & 0xC0) == 0x80;)
			from++;
	size_t width = text_width(from) + (from > head);
	buf_fmt(out, "    %s%s%s\n    %*s^\n", from > head ? "…" : "", from,
	        text_fit(a, tail, LINE_SHOWN - width), (int)width, "");
}

void faults_write(Faults *f, Buf *out) {
	if (f->v.n)
		qsort(f->v.v, f->v.n, sizeof *f->v.v, by_place);
	Arena *a = arena_new();
	for (size_t i = 0; i < f->v.n; i++) {
		const Fault *one = &f->v.v[i];
		if (!one->file) {
			buf_fmt(out, "%s: %s\n", one->path, one->text);
			continue;
		}
		size_t line, column;
		fault_place(one->file, one->offset, &line, &column);
		buf_fmt(out, "%s:%zu:%zu: %s\n", one->path, line, column, one->text);
		write_line(one, a, out);
		arena_reset(a);
	}
	if (f->dropped)
		buf_fmt(out, "and %zu more\n", f->dropped);
	arena_free(a);
}
