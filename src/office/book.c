/* Book: between the workbooks of this room and libxlsxwriter.  Refuses what the library
 * would take in silence and spoil the file with: bytes that are not UTF-8, characters that XML has
 * not, texts beyond Excel's limits, areas of one cell; and never lets it write
 * on standard error. */
#include "office/book_inner.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/file.h"
#include "base/text.h"

#define MAX_PIECES 8
#define CREATED 1672531200 /* the same in every file, so that the same rules make the same bytes */
#define NOTE_WIDTH 320
#define NOTE_LINE 19      /* pixels */
#define NOTE_MAX_LINES 30

/* The library makes its parts in temporary files and looks at no write: on a full disk it would
 * pack half a part and call it done.  So they are in memory, where there is no disk to fill; those of a lean book, which
 * may be long, are files without a name beside it, and a write that fails is remembered here. */
static int part_errno;

static ssize_t part_read(void *fd, char *p, size_t n) {
	return read((int)(intptr_t)fd, p, n);
}

static ssize_t part_write(void *fd, const char *p, size_t n) {
	Err e;
	if (file_write_all((int)(intptr_t)fd, p, n, &e) < 0) {
		part_errno = errno ? errno : EIO;
		return 0;
	}
	return (ssize_t)n;
}

static int part_seek(void *fd, off64_t *to, int whence) {
	off64_t at = lseek64((int)(intptr_t)fd, *to, whence);
	if (at < 0)
		return -1;
	*to = at;
	return 0;
}

static int part_close(void *fd) {
	return close((int)(intptr_t)fd);
}

__attribute__((visibility("default"))) FILE *lxw_tmpfile(char *folder);
FILE *lxw_tmpfile(char *folder) {
	int fd = folder ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
	if (fd < 0)
		fd = memfd_create("part", MFD_CLOEXEC);
	cookie_io_functions_t io = {part_read, part_write, part_seek, part_close};
	FILE *f = fd < 0 ? NULL : fopencookie((void *)(intptr_t)fd, "w+b", io);
	if (fd >= 0 && !f)
		close(fd);
	return f;
}

/* The folder that the book will stand in. */
static char *folder_of(Book *b) {
	const char *slash = strrchr(b->path, '/');
	const char *below = arena_fmt(b->arena, "%.*s", slash ? (int)(slash - b->path) : 0, b->path);
	if (b->dir == AT_FDCWD)
		return arena_str(b->arena, *below ? below : b->path[0] == '/' ? "/" : ".");
	return arena_fmt(b->arena, "/proc/self/fd/%d/%s", b->dir, below);
}

void book_keep_fault(Book *b, unsigned rc) {
	if (b->fault == LXW_NO_ERROR)
		b->fault = rc;
}

/* _x0041_ stands for A in a workbook (ECMA-376 part 1, 22.9.2.19); as itself its first character is written so. */
static bool reads_as_escape(Str s) {
	if (s.n < 7 || s.p[0] != '_' || s.p[1] != 'x' || s.p[6] != '_')
		return false;
	size_t digits = 0;
	while (digits < 4 && isxdigit((unsigned char)s.p[2 + digits]))
		digits++;
	return digits == 4;
}

/* What XML and Excel can hold: no control characters but line ends and tabs, no noncharacters. */
static const char *safe_in(Arena *a, const char *text) {
	Str rest = str_of(text_clean(a, str_of(text)));
	Buf out = {0};
	for (size_t units = 0, len; rest.n; rest = str_from(rest, len)) {
		uint32_t c = text_next(rest, &len);
		Str as = c == '_' && reads_as_escape(rest) ? STR("_x005F_") : str_sub(rest, 0, len);
		units += c > 0xFFFF ? 2 : c == '_' ? as.n : 1;
		if (units > BOOK_MAX_CELL)
			break;
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F || (c & 0xFFFE) == 0xFFFE)
			continue;
		buf_slice(&out, as);
	}
	const char *clean = arena_str(a, buf_cstr(&out));
	buf_free(&out);
	return clean;
}

const char *book_safe(Book *b, const char *text) {
	return safe_in(b->arena, text);
}

const char *book_safe_cut(Book *b, const char *text, size_t chars) {
	return text_cut(b->arena, book_safe(b, text), chars);
}

Book *book_open(int dir, const char *path, const char *font, bool lean) {
	Arena *a = arena_new();
	Book *b = ARENA_NEW(a, Book);
	*b = (Book){.arena = a, .cell = arena_new(), .lean = lean, .dir = dir, .path = arena_str(a, path ? path : "workbook"),
	            .fd = memfd_create("book", MFD_CLOEXEC)};
	b->font = book_safe_cut(b, font, BOOK_MAX_SHEET_NAME);
	lxw_workbook_options options = {.constant_memory = lean, .tmpdir = lean ? folder_of(b) : NULL};
	b->wb = workbook_new_opt(arena_fmt(a, "/proc/self/fd/%d", b->fd), &options);
	if (!b->wb)
		_exit(err_exit(ERR_BUG)); /* no memory: as in arena.h */
	book_properties(b, "", "", "");
	return b;
}

void book_properties(Book *b, const char *title, const char *subject, const char *author) {
	const char *of[] = {book_safe_cut(b, title, 255), book_safe_cut(b, subject, 255), book_safe_cut(b, author, 255)};
	lxw_doc_properties p = {.title = arena_str(b->arena, of[0]), .subject = arena_str(b->arena, of[1]),
	                        .author = arena_str(b->arena, of[2]), .created = CREATED};
	book_keep_fault(b, workbook_set_properties(b->wb, &p));
}

/* Hands the library's last word to `with`, which finds the whole workbook in memory. */
static int finish(Book *b, int (*with)(const Book *b, Str bytes, void *ctx, Err *e), void *ctx, Err *e) {
	struct stat st;
	if (b->bad_name)
		return err_set(e, ERR_RULES, "templates/words.yaml: \"%s\" cannot name a sheet; use at most %d letters, "
		               "none of []:*?/\\ and none twice", b->bad_name, BOOK_MAX_SHEET_NAME);
	if (b->fault != LXW_NO_ERROR)
		return err_set(e, ERR_BUG, "%s: %s", b->path, lxw_strerror(b->fault));
	lxw_error rc = workbook_close(b->wb);
	b->wb = NULL;
	errno = part_errno;
	if (part_errno)
		return err_errno(e, ERR_DISK, "%s", b->path);
	if (rc != LXW_NO_ERROR)
		return err_set(e, ERR_BUG, "%s: %s", b->path, lxw_strerror(rc));
	if (fstat(b->fd, &st) < 0 || st.st_size <= 0)
		return err_errno(e, ERR_BUG, "%s", b->path);
	Str bytes = {mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, b->fd, 0), (size_t)st.st_size};
	if (bytes.p == MAP_FAILED)
		return err_errno(e, ERR_BUG, "%s", b->path);
	int done = with(b, bytes, ctx, e);
	munmap((void *)(uintptr_t)bytes.p, bytes.n);
	return done;
}

static void forget(Book *b) {
	if (b->wb)
		lxw_workbook_free(b->wb);
	if (b->fd >= 0)
		close(b->fd);
	arena_free(b->cell);
	arena_free(b->arena);
}

/* The library's own writing to disk tells its troubles on standard error, and knows neither fsync nor rename. */
static int save(const Book *b, Str bytes, void *ctx, Err *e) {
	(void)ctx;
	return file_write(b->dir, b->path, bytes.p, bytes.n, 0644, e);
}

int book_close(Book *b, bool keep, Err *e) {
	int rc = keep ? finish(b, save, NULL, e) : 0;
	forget(b);
	return rc;
}

static int keep_bytes(const Book *b, Str bytes, void *ctx, Err *e) {
	(void)b;
	(void)e;
	buf_slice(ctx, bytes);
	return 0;
}

int book_bytes(Book *b, Buf *out, Err *e) {
	int rc = finish(b, keep_bytes, out, e);
	forget(b);
	return rc;
}

Sheet *book_sheet(Book *b, const char *name) {
	Sheet *s = ARENA_NEW(b->arena, Sheet);
	*s = (Sheet){.book = b, .name = book_safe(b, name), .next = b->sheet};
	if (text_chars(s->name) > BOOK_MAX_SHEET_NAME ||
	    workbook_validate_sheet_name(b->wb, s->name) != LXW_NO_ERROR) {
		if (!b->bad_name)
			b->bad_name = s->name;
		s->name = NULL; /* the library finds one */
	}
	s->ws = workbook_add_worksheet(b->wb, s->name);
	if (!s->name)
		s->name = "?";
	b->sheet = s;
	worksheet_gridlines(s->ws, LXW_HIDE_ALL_GRIDLINES);
	return s;
}

void sheet_hide(Sheet *s) {
	worksheet_hide(s->ws);
}

void sheet_hide_column(Sheet *s, unsigned column) {
	lxw_row_col_options hidden = {.hidden = LXW_TRUE};
	lxw_col_t c = (lxw_col_t)column;
	book_keep_fault(s->book, worksheet_set_column_opt(s->ws, c, c, LXW_DEF_COL_WIDTH, NULL, &hidden));
}

void sheet_first(Sheet *s) {
	worksheet_activate(s->ws);
	worksheet_set_first_sheet(s->ws);
}

void sheet_width(Sheet *s, unsigned c1, unsigned c2, double width) {
	book_keep_fault(s->book, worksheet_set_column(s->ws, (lxw_col_t)c1, (lxw_col_t)c2, width, NULL));
}

void sheet_height(Sheet *s, unsigned row, double points) {
	if (points > BOOK_MAX_HEIGHT)
		points = BOOK_MAX_HEIGHT;
	book_keep_fault(s->book, worksheet_set_row(s->ws, row, points, NULL));
}

void sheet_freeze(Sheet *s, unsigned rows, unsigned columns) {
	worksheet_freeze_panes(s->ws, rows, (lxw_col_t)columns);
}

void sheet_select(Sheet *s, unsigned row, unsigned column) {
	worksheet_set_selection(s->ws, row, (lxw_col_t)column, row, (lxw_col_t)column);
}

void sheet_filter(Sheet *s, Area at) {
	book_keep_fault(s->book, worksheet_autofilter(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2));
}

void sheet_protect(Sheet *s) {
	lxw_protection p = {.format_cells = 1, .format_columns = 1, .format_rows = 1, .insert_rows = 1,
	                    .delete_rows = 1, .insert_hyperlinks = 1};
	worksheet_protect(s->ws, NULL, &p);
	/* Telephone numbers as text are meant so: no green corners. */
	worksheet_ignore_errors(s->ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
}

void sheet_guard(Sheet *s) {
	lxw_protection p = {.format_columns = 1, .format_rows = 1, .autofilter = 1, .sort = 1};
	worksheet_protect(s->ws, NULL, &p);
	worksheet_ignore_errors(s->ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
}

void sheet_print(Sheet *s, const Print *p) {
	Book *b = s->book;
	worksheet_set_paper(s->ws, 9); /* A4 */
	if (p->landscape)
		worksheet_set_landscape(s->ws);
	worksheet_fit_to_pages(s->ws, 1, 0);
	worksheet_set_margins(s->ws, 0.45, 0.45, 0.75, 0.65);
	worksheet_center_horizontally(s->ws);
	if (p->header)
		book_keep_fault(b, worksheet_set_header(s->ws, book_safe_cut(b, p->header, BOOK_MAX_HEADER - 1)));
	if (p->footer)
		book_keep_fault(b, worksheet_set_footer(s->ws, book_safe_cut(b, p->footer, BOOK_MAX_HEADER - 1)));
	if (p->repeat_rows)
		book_keep_fault(b, worksheet_repeat_rows(s->ws, 0, p->repeat_rows - 1));
}

void sheet_text(Sheet *s, unsigned row, unsigned column, Look look, Mark mark, const char *text) {
	lxw_format *f = book_format(s->book, look, mark);
	if (s->book->lean)
		arena_reset(s->book->cell);
	const char *t = safe_in(s->book->cell, text);
	book_keep_fault(s->book, *t ? worksheet_write_string(s->ws, row, (lxw_col_t)column, t, f)
	                            : worksheet_write_blank(s->ws, row, (lxw_col_t)column, f));
}

void sheet_number(Sheet *s, unsigned row, unsigned column, Look look, Mark mark, double value) {
	book_keep_fault(s->book,
	           worksheet_write_number(s->ws, row, (lxw_col_t)column, value, book_format(s->book, look, mark)));
}

static void merge(Sheet *s, Area at, Look look, Mark mark) {
	if (at.r1 == at.r2 && at.c1 == at.c2)
		return;
	book_keep_fault(s->book, worksheet_merge_range(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2, "",
	                                          book_format(s->book, look, mark)));
}

void sheet_wide(Sheet *s, Area at, Look look, Mark mark, const char *text) {
	merge(s, at, look, mark);
	sheet_text(s, at.r1, at.c1, look, mark, text);
}

void sheet_rich(Sheet *s, Area at, Look look, const Piece *piece, size_t n) {
	Book *b = s->book;
	lxw_rich_string_tuple part[MAX_PIECES], *all[MAX_PIECES + 1] = {NULL};
	size_t used = 0;
	for (size_t i = 0; i < n && used < MAX_PIECES; i++) {
		const char *t = book_safe(b, piece[i].text);
		if (!*t)
			continue;
		part[used] = (lxw_rich_string_tuple){book_format(b, piece[i].ink, MARK_NONE), arena_str(b->arena, t)};
		all[used] = &part[used];
		used++;
	}
	merge(s, at, look, MARK_NONE);
	if (used < 2) /* the library wants two pieces at least */
		sheet_text(s, at.r1, at.c1, look, MARK_NONE, used ? part[0].string : "");
	else
		book_keep_fault(b, worksheet_write_rich_string(s->ws, at.r1, (lxw_col_t)at.c1, all,
		                                          book_format(b, look, MARK_NONE)));
}

void sheet_link(Sheet *s, unsigned row, unsigned column, const Sheet *to, unsigned to_row, unsigned to_column) {
	Arena *a = s->book->arena;
	const char *cell = cell_text(a, to_row, to_column);
	const char *url = area_text(a, to, (Area){to_row, to_column, to_row, to_column});
	book_keep_fault(s->book, worksheet_write_url_opt(s->ws, row, (lxw_col_t)column, arena_fmt(a, "internal:%s", url),
	                                            book_format(s->book, LOOK_LINK, MARK_NONE),
	                                            arena_fmt(a, "%s!%s", to->name, cell), NULL));
}

void sheet_note(Sheet *s, unsigned row, unsigned column, const char *text) {
	Book *b = s->book;
	const char *t = book_safe(b, text);
	double lines = text_height(t, NOTE_WIDTH / 7.0, 10, 1) / 15 + 1;
	if (!*t)
		return;
	if (lines > NOTE_MAX_LINES)
		lines = NOTE_MAX_LINES;
	lxw_comment_options o = {.width = NOTE_WIDTH, .height = (uint16_t)(lines * NOTE_LINE), .color = 0xFFFFE1,
	                         .font_name = arena_str(b->arena, b->font), .font_size = 10};
	book_keep_fault(b, worksheet_write_comment_opt(s->ws, row, (lxw_col_t)column, t, &o));
}

void book_name(Book *b, const char *name, const Sheet *s, Area at) {
	book_keep_fault(b, workbook_define_name(b->wb, name, arena_fmt(b->arena, "=%s", area_text(b->arena, s, at))));
}

static const char *letters(Arena *a, unsigned column) {
	char out[8];
	size_t at = sizeof out;
	out[--at] = 0;
	for (unsigned c = column + 1; c && at; c = (c - 1) / 26)
		out[--at] = (char)('A' + (c - 1) % 26);
	return arena_str(a, out + at);
}

char *cell_text(Arena *a, unsigned row, unsigned column) {
	return arena_fmt(a, "%s%u", letters(a, column), row + 1);
}

char *area_text(Arena *a, const Sheet *s, Area at) {
	Buf name = {0};
	for (const char *p = s->name; *p; p++)
		buf_str(&name, *p == '\'' ? "''" : (char[]){*p, 0});
	char *out = arena_fmt(a, "'%s'!$%s$%u", buf_cstr(&name), letters(a, at.c1), at.r1 + 1);
	if (at.r1 != at.r2 || at.c1 != at.c2)
		out = arena_fmt(a, "%s:$%s$%u", out, letters(a, at.c2), at.r2 + 1);
	buf_free(&name);
	return out;
}

/* A column of width w is 7 w pixels and a little; a Chinese character of size s takes 4/3 s of them, what
 * text_width counts as two. */
double text_height(const char *text, double width, double size, unsigned lines) {
	double room = (width * 7 - 8) / (size * 2 / 3) * 0.98;
	unsigned n = 0;
	if (room < 3)
		room = 3;
	for (Str rest = str_of(text), line; n < 1000 && str_next(&rest, '\n', &line);) {
		char piece[4096];
		size_t len = line.n < sizeof piece ? line.n : sizeof piece - 1;
		memcpy(piece, line.p, len);
		piece[len] = 0;
		double w = len < line.n ? (double)line.n * 2 / 3 : (double)text_width(piece);
		n += w <= room ? 1 : (unsigned)ceil(w / (room - 1));
	}
	return (n > lines ? n : lines) * size * 1.5;
}
