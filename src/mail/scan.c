/* On a mail's way: before GMime sees a message, its header block is read here, so
 * that a block of any size costs bounded memory.  Refuses to keep more than
 * MIME_MAX_HEADER. */
#include "mail/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/mime.h"

#define SCAN_PIECE (32u << 10)
/* Of the block, what only Content- fields may use: they decide the structure. */
#define CONTENT_RESERVE (64u << 10)

typedef struct {
	int fd;
	int64_t at; /* offset of buf[0] */
	size_t n, pos;
	char buf[SCAN_PIECE];
} Lines;

/* What stands before pos is done with. */
static bool refill(Lines *l) {
	ssize_t n;
	l->at += (int64_t)l->pos;
	do
		n = pread(l->fd, l->buf, sizeof l->buf, l->at);
	while (n < 0 && errno == EINTR);
	l->n = n > 0 ? (size_t)n : 0;
	l->pos = 0;
	return l->n > 0;
}

/* A line with its end; of a line longer than the buffer, a piece, and the next call
 * goes on with it.  False at the end of file. */
static bool next_piece(Lines *l, Str *out) {
	const char *nl = NULL;
	if (l->pos < l->n)
		nl = memchr(l->buf + l->pos, '\n', l->n - l->pos);
	if (!nl) {
		if (!refill(l))
			return false;
		nl = memchr(l->buf, '\n', l->n);
	}
	size_t n = nl ? (size_t)(nl - (l->buf + l->pos)) + 1 : l->n - l->pos;
	*out = (Str){l->buf + l->pos, n};
	l->pos += n;
	return true;
}

typedef struct {
	Buf block;
	size_t field; /* bytes of the current field kept */
	bool keep, content, line_start, odd, lead;
} Block;

static bool field_start(Str s) {
	size_t n = 0;
	while (n < s.n && (unsigned char)s.p[n] > ' ' && (unsigned char)s.p[n] < 0x7F && s.p[n] != ':')
		n++;
	while (n > 0 && n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return n > 0 && n < s.n && s.p[n] == ':';
}

static void add_piece(Block *b, Str s) {
	bool starts = b->line_start && s.p[0] != ' ' && s.p[0] != '\t';
	if (starts) {
		b->keep = field_start(s);
		b->content = str_starts_nocase(s, "Content-");
		b->field = 0;
		b->odd = b->odd || !b->keep;
	}
	b->line_start = s.p[s.n - 1] == '\n';
	size_t limit = MIME_MAX_HEADER - (b->content ? 0 : CONTENT_RESERVE);
	if (b->keep && (b->block.n + s.n > limit || b->field + s.n > SCAN_MAX_FIELD)) {
		b->keep = false;
		b->odd = true;
		if (b->field) /* cut: the next field must start on a line of its own */
			buf_char(&b->block, '\n');
	}
	if (!b->keep)
		return;
	buf_slice(&b->block, s);
	b->field += s.n;
}

static bool blank_line(Str s) {
	return s.p[0] == '\n' || (s.n >= 2 && s.p[0] == '\r' && s.p[1] == '\n');
}

/* A byte order mark, and blank lines before the first field, are no header. */
static bool before_header(Block *b, Str *s) {
	if (b->block.n || b->odd)
		return false;
	if (str_starts(*s, "\xEF\xBB\xBF")) {
		*s = str_from(*s, 3);
		b->lead = true;
	}
	if (s->n && !blank_line(*s))
		return false;
	b->lead = true;
	return true;
}

Str scan_header(Arena *a, int fd, Scan *out) {
	Lines *l = mem_alloc(sizeof *l);
	Block b = {.line_start = true};
	Str s;
	*l = (Lines){.fd = fd};
	*out = (Scan){0};
	while (next_piece(l, &s)) {
		out->body = l->at + (int64_t)l->pos;
		if (before_header(&b, &s))
			continue;
		if (b.line_start && blank_line(s))
			break;
		add_piece(&b, s);
	}
	if (b.block.n == 0)
		out->body = 0; /* no header at all: everything is text */
	out->odd = b.odd || b.lead || b.block.n == 0;
	Str block = {arena_copy(a, b.block.p, b.block.n), b.block.n};
	buf_free(&b.block);
	free(l);
	return block;
}

bool scan_next_field(Str *rest, Str *field) {
	if (rest->n == 0)
		return false;
	size_t n = 0;
	for (;;) {
		const char *nl = memchr(rest->p + n, '\n', rest->n - n);
		n = nl ? (size_t)(nl - rest->p) + 1 : rest->n;
		if (n == rest->n || (rest->p[n] != ' ' && rest->p[n] != '\t'))
			break;
	}
	*field = str_sub(*rest, 0, n);
	*rest = str_from(*rest, n);
	return true;
}

/* The line is --boundary or --boundary--, blanks behind it allowed. */
static bool is_boundary(Str line, Str boundary) {
	if (line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' ||
	    memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return false;
	Str rest = str_from(line, boundary.n + 2);
	if (str_starts(rest, "--"))
		return true;
	return str_trim(rest).n == 0;
}

int64_t scan_boundary(int fd, int64_t from, Str boundary) {
	Lines *l = mem_alloc(sizeof *l);
	*l = (Lines){.fd = fd, .at = from};
	Str s;
	bool line_start = true;
	int64_t found = -1;
	while (found < 0 && next_piece(l, &s)) {
		if (line_start && is_boundary(s, boundary))
			found = l->at + (int64_t)(l->pos - s.n);
		line_start = s.p[s.n - 1] == '\n';
	}
	free(l);
	return found;
}
