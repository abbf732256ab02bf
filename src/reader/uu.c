/* uu.c: files that old programs write into a text itself (uuencode, POSIX).  A line that begins like one and is followed by
 * none stays text; what breaks off is kept as far as it came. */
#include <string.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/text.h"
#include "reader/formats.h"
#include "reader/message.h"

#define MAX_LINE 998 /* bytes; a longer one is text */
#define BLOCK 32768
#define SLACK 8      /* blanks that a mail program took off a line's end */

static void put(Uu *u, Str s) {
	if (u->text->n < u->most)
		buf_add(u->text, s.p, s.n < u->most - u->text->n ? s.n : u->most - u->text->n);
}

/* "begin 644 name"; the name, or nothing. */
static Str begins(Str line) {
	Str none = {NULL, 0};
	size_t digits = 0;
	if (!str_starts(line, "begin "))
		return none;
	line = str_from(line, 6);
	while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '7')
		digits++;
	if (digits < 3 || digits > 4 || digits == line.n || line.p[digits] != ' ')
		return none;
	return str_trim(str_from(line, digits));
}

/* Bytes that a line of code stands for; -1: it is none. */
static int coded(Str line) {
	if (!line.n)
		return -1;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] > '`')
			return -1;
	int n = (line.p[0] - ' ') & 63;
	size_t want = ((size_t)n + 2) / 3 * 4;
	return line.n - 1 <= want + 2 && line.n - 1 + SLACK >= want ? n : -1;
}

static void flush(Uu *u) {
	UuFile *f = &u->files->v[u->files->n - 1];
	Err e;
	if (u->bytes.n && f->whole && file_write_all(f->fd, u->bytes.p, u->bytes.n, &e) != 0) {
		file_unwritten(u->job, f->spill);
		f->whole = false;
	}
	buf_clear(&u->bytes);
}

static void decode(Uu *u, Str line, int n) {
	static const int left[] = {2, 4, 6}, right[] = {4, 2, 0};
	for (int i = 0; i < n; i++) {
		size_t at = 1 + (size_t)(i / 3 * 4 + i % 3);
		unsigned here = at < line.n ? (unsigned)(line.p[at] - ' ') & 63 : 0;
		unsigned next = at + 1 < line.n ? (unsigned)(line.p[at + 1] - ' ') & 63 : 0;
		buf_char(&u->bytes, (char)(here << left[i % 3] | next >> right[i % 3]));
	}
	if (u->bytes.n >= BLOCK)
		flush(u);
}

static void close_file(Uu *u) {
	if (u->inside)
		flush(u);
	u->inside = false;
}

static bool open_file(Uu *u) {
	if (u->files->n == UU_MAX_FILES) {
		u->job->report->parts_cut = true;
		return false;
	}
	UuFile *f = &u->files->v[u->files->n];
	*f = (UuFile){.whole = true};
	f->fd = file_fresh(u->job, &f->spill);
	if (f->fd < 0)
		return false;
	f->name = charset_guess(u->job->arena, begins(buf_view(&u->begin)));
	u->files->n++;
	return true;
}

static void one_line(Uu *u, Str whole) {
	Str line = whole;
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	int n = coded(line);
	bool end = str_eq(line, STR("end"));
	if (u->inside && (n >= 0 || end)) {
		if (n > 0)
			decode(u, line, n);
		if (end)
			close_file(u);
		return;
	}
	close_file(u);
	if (u->begin.n && n > 0 && open_file(u)) {
		u->inside = true;
		decode(u, line, n);
		buf_clear(&u->begin);
		return;
	}
	put(u, buf_view(&u->begin));
	buf_clear(&u->begin);
	if (begins(line).n)
		buf_slice(&u->begin, whole);
	else
		put(u, whole);
}

bool uu_feed(void *ctx, const void *b, size_t n) {
	Uu *u = ctx;
	Str rest = {b, n};
	while (rest.n) {
		const char *stop = memchr(rest.p, '\n', rest.n);
		size_t take = stop ? (size_t)(stop - rest.p) + 1 : rest.n;
		if (take > MAX_LINE + 2 - u->line.n)
			take = MAX_LINE + 2 - u->line.n;
		buf_add(&u->line, rest.p, take);
		rest = str_from(rest, take);
		if (u->line.p[u->line.n - 1] != '\n' && u->line.n < MAX_LINE + 2)
			break;
		one_line(u, buf_view(&u->line));
		buf_clear(&u->line);
	}
	return true;
}

void uu_end(Uu *u) {
	if (u->line.n)
		one_line(u, buf_view(&u->line));
	close_file(u);
	put(u, buf_view(&u->begin));
	buf_free(&u->bytes);
	buf_free(&u->line);
	buf_free(&u->begin);
}
