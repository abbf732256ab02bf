/* Book: between the workbooks of this room and libxlsxwriter.  Refuses what the library
 * would take in silence and spoil the file with: bytes that are not UTF-8, characters that XML has
 * not, texts beyond Excel's limits, areas of one cell; and never lets it write
 * on standard error. */
#include "office/book.h"

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

struct Sheet {
	Book *book;
	lxw_worksheet *ws;
	const char *name;
	Sheet *next;
};

struct Book {
	Arena *arena;
	Arena *cell; /* texts of cells, which the library copies */
	bool lean;
	lxw_workbook *wb;
	int dir;
	const char *path;
	int fd; /* of the whole, in memory until it is done */
	const char *font;
	lxw_format *format[LOOK_COUNT][MARK_COUNT];
	lxw_format *colour[MARK_COUNT];
	lxw_error fault; /* the first one */
	const char *bad_name;
	Sheet *sheet;
};

typedef struct {
	double size;
	bool bold, wrap, unlocked;
	uint32_t ink, fill; /* fill 0: none */
	bool border;
	uint8_t across, down;
	uint8_t indent;
	const char *number;
} LookOf;

#define DEEP 0x1E6B52
#define INK 0x262626
#define SOFT 0x595959
#define LINE 0xB8CCC4
#define PALE 0xE9F3EF
#define PAPER 0xFFFBE3
#define LEFT LXW_ALIGN_LEFT
#define MID LXW_ALIGN_CENTER
#define TOP LXW_ALIGN_VERTICAL_TOP
#define CENTRE LXW_ALIGN_VERTICAL_CENTER

static const LookOf looks[LOOK_COUNT] = {
	[LOOK_TITLE] = {.size = 16, .bold = true, .wrap = true, .ink = DEEP, .across = MID, .down = CENTRE},
	[LOOK_SUBTITLE] = {.size = 12, .bold = true, .wrap = true, .ink = INK, .across = MID, .down = CENTRE},
	[LOOK_NOTICE] = {.size = 10.5, .wrap = true, .ink = INK, .fill = 0xFFF3D6, .border = true, .across = LEFT,
	                 .down = CENTRE, .indent = 1},
	[LOOK_PLAIN] = {.size = 10.5, .wrap = true, .ink = INK, .across = LEFT, .down = TOP},
	[LOOK_SMALL] = {.size = 10, .wrap = true, .ink = SOFT, .across = LEFT, .down = CENTRE, .indent = 1},
	[LOOK_SECTION] = {.size = 12, .bold = true, .ink = 0xFFFFFF, .fill = DEEP, .across = LEFT, .down = CENTRE,
	                  .indent = 1},
	[LOOK_LABEL] = {.size = 10.5, .bold = true, .wrap = true, .ink = INK, .fill = PALE, .border = true,
	                .across = LEFT, .down = CENTRE, .indent = 1},
	[LOOK_LABEL_OPEN] = {.size = 10.5, .ink = INK, .fill = PALE, .border = true, .across = LEFT},
	[LOOK_LABEL_END] = {.size = 10.5, .bold = true, .wrap = true, .ink = INK, .fill = PALE, .border = true,
	                    .across = LEFT, .down = CENTRE, .indent = 1},
	[LOOK_HINT] = {.size = 10, .wrap = true, .ink = SOFT, .border = true, .across = LEFT, .down = CENTRE,
	               .indent = 1},
	[LOOK_HEAD] = {.size = 10.5, .bold = true, .wrap = true, .ink = INK, .fill = PALE, .border = true,
	               .across = MID, .down = CENTRE},
	[LOOK_INDEX] = {.size = 10, .ink = SOFT, .fill = PALE, .border = true, .across = MID, .down = CENTRE},
	[LOOK_CELL] = {.size = 10.5, .wrap = true, .ink = INK, .border = true, .across = LEFT, .down = CENTRE,
	               .indent = 1},
	[LOOK_CELL_MID] = {.size = 10.5, .wrap = true, .ink = INK, .border = true, .across = MID, .down = CENTRE},
	[LOOK_LINK] = {.size = 10.5, .wrap = true, .ink = 0x0563C1, .border = true, .across = MID, .down = CENTRE},
	[LOOK_VALUE] = {.size = 11, .wrap = true, .unlocked = true, .ink = 0x000000, .fill = PAPER, .border = true,
	                .across = LEFT, .down = CENTRE, .indent = 1},
	[LOOK_VALUE_TEXT] = {.size = 11, .wrap = true, .unlocked = true, .ink = 0x000000, .fill = PAPER, .border = true,
	                     .across = LEFT, .down = CENTRE, .indent = 1, .number = "@"},
	[LOOK_VALUE_DATE] = {.size = 11, .wrap = true, .unlocked = true, .ink = 0x000000, .fill = PAPER, .border = true,
	                     .across = LEFT, .down = CENTRE, .indent = 1, .number = "yyyy-mm-dd"},
	[LOOK_VALUE_LONG] = {.size = 10.5, .wrap = true, .unlocked = true, .ink = 0x000000, .fill = PAPER,
	                     .border = true, .across = LEFT, .down = TOP, .indent = 1},
	[LOOK_BLANK] = {.size = 12, .wrap = true, .unlocked = true, .ink = INK, .border = true, .across = LEFT,
	                .down = CENTRE, .indent = 1, .number = "@"},
	[LOOK_DATA] = {.size = 10.5, .ink = INK, .down = TOP, .number = "@"},
	[LOOK_DATA_HEAD] = {.size = 10.5, .bold = true, .wrap = true, .ink = 0xFFFFFF, .fill = DEEP, .border = true,
	                    .across = LEFT, .down = CENTRE, .number = "@"},
	[LOOK_OPEN_HEAD] = {.size = 10.5, .bold = true, .wrap = true, .ink = 0x7F4F00, .fill = 0xFFE9A8, .border = true,
	                    .across = MID, .down = CENTRE},
	[LOOK_CHOICE] = {.size = 10.5, .wrap = true, .unlocked = true, .ink = 0x000000, .fill = PAPER, .border = true,
	                 .across = MID, .down = CENTRE, .number = "@"},
	[LOOK_LINE_TITLE] = {.size = 11, .bold = true, .ink = DEEP, .across = LEFT, .down = CENTRE},
	[LOOK_LINE_SUBTITLE] = {.size = 10, .ink = SOFT, .across = MID, .down = CENTRE},
	[LOOK_LINE_NOTE] = {.size = 10.5, .ink = 0x7F4F00, .across = LEFT, .down = CENTRE},
	[LOOK_FIGURE_NAME] = {.size = 10, .ink = SOFT, .fill = PALE, .across = MID, .down = CENTRE},
	[LOOK_FIGURE] = {.size = 22, .bold = true, .ink = DEEP, .fill = PALE, .across = MID, .down = CENTRE},
	[LOOK_FIGURE_NOTE] = {.size = 9, .ink = SOFT, .fill = PALE, .across = MID, .down = CENTRE},
	[INK_STRONG] = {.size = 10.5, .bold = true, .ink = INK},
	[INK_SOFT] = {.size = 10, .ink = SOFT},
	[INK_REQUIRED] = {.size = 10, .bold = true, .ink = 0xC00000},
	[INK_CONDITIONAL] = {.size = 10, .bold = true, .ink = 0xB45F06},
	[INK_OPTIONAL] = {.size = 10, .ink = 0x7F7F7F},
};

static const uint32_t mark_fill[MARK_COUNT] = {0, 0xFFC7CE, 0xFFE0B2, 0xC6EFCE},
                      mark_ink[MARK_COUNT] = {0, 0x9C0006, 0x7F4F00, 0x006100};

/* The library makes its parts in temporary files and looks at no write: on a full disk it would
 * pack half a part and call it done.  So they are in memory, where there is no disk to fill; those of a lean book, which
 * may be long, are files without a name beside it, and a write that fails is remembered here. */
static int part_errno;

static ssize_t part_read(void *fd, char *p, size_t n)
{
	return read((int)(intptr_t)fd, p, n);
}

static ssize_t part_write(void *fd, const char *p, size_t n)
{
	Err e;
	if (file_write_all((int)(intptr_t)fd, p, n, &e) < 0) {
		part_errno = errno ? errno : EIO;
		return 0;
	}
	return (ssize_t)n;
}

static int part_seek(void *fd, off64_t *to, int whence)
{
	off64_t at = lseek64((int)(intptr_t)fd, *to, whence);
	if (at < 0)
		return -1;
	*to = at;
	return 0;
}

static int part_close(void *fd)
{
	return close((int)(intptr_t)fd);
}

__attribute__((visibility("default"))) FILE *lxw_tmpfile(char *folder);
FILE *lxw_tmpfile(char *folder)
{
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
static char *folder_of(Book *b)
{
	const char *slash = strrchr(b->path, '/');
	const char *below = arena_fmt(b->arena, "%.*s", slash ? (int)(slash - b->path) : 0, b->path);
	if (b->dir == AT_FDCWD)
		return arena_str(b->arena, *below ? below : b->path[0] == '/' ? "/" : ".");
	return arena_fmt(b->arena, "/proc/self/fd/%d/%s", b->dir, below);
}

static void keep_fault(Book *b, lxw_error rc)
{
	if (b->fault == LXW_NO_ERROR)
		b->fault = rc;
}

/* What XML and Excel can hold: no control characters but line ends and tabs, no noncharacters. */
static const char *safe_in(Arena *a, const char *text)
{
	Str rest = str_of(text_clean(a, str_of(text)));
	Buf out = {0};
	for (size_t units = 0, len; rest.n; rest = str_from(rest, len)) {
		uint32_t c = text_next(rest, &len);
		units += c > 0xFFFF ? 2 : 1;
		if (units > BOOK_MAX_CELL)
			break;
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F || (c & 0xFFFE) == 0xFFFE)
			continue;
		buf_add(&out, rest.p, len);
	}
	const char *clean = arena_str(a, buf_cstr(&out));
	buf_free(&out);
	return clean;
}

static const char *safe(Book *b, const char *text)
{
	return safe_in(b->arena, text);
}

static const char *safe_cut(Book *b, const char *text, size_t chars)
{
	return text_cut(b->arena, safe(b, text), chars);
}

Book *book_open(int dir, const char *path, const char *font, bool lean)
{
	Arena *a = arena_new();
	Book *b = ARENA_NEW(a, Book);
	*b = (Book){.arena = a, .cell = arena_new(), .lean = lean, .dir = dir, .path = arena_str(a, path ? path : "workbook"),
	            .fd = memfd_create("book", MFD_CLOEXEC)};
	b->font = safe_cut(b, font, BOOK_MAX_SHEET_NAME);
	lxw_workbook_options options = {.constant_memory = lean, .tmpdir = lean ? folder_of(b) : NULL};
	b->wb = workbook_new_opt(arena_fmt(a, "/proc/self/fd/%d", b->fd), &options);
	if (!b->wb)
		_exit(err_exit(ERR_BUG)); /* no memory: as in arena.h */
	book_properties(b, "", "", "");
	return b;
}

void book_properties(Book *b, const char *title, const char *subject, const char *author)
{
	const char *of[] = {safe_cut(b, title, 255), safe_cut(b, subject, 255), safe_cut(b, author, 255)};
	lxw_doc_properties p = {.title = arena_str(b->arena, of[0]), .subject = arena_str(b->arena, of[1]),
	                        .author = arena_str(b->arena, of[2]), .created = CREATED};
	keep_fault(b, workbook_set_properties(b->wb, &p));
}

/* Hands the library's last word to `with`, which finds the whole workbook in memory. */
static int finish(Book *b, int (*with)(const Book *b, Str bytes, void *ctx, Err *e), void *ctx, Err *e)
{
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

static void forget(Book *b)
{
	if (b->wb)
		lxw_workbook_free(b->wb);
	if (b->fd >= 0)
		close(b->fd);
	arena_free(b->cell);
	arena_free(b->arena);
}

/* The library's own writing to disk tells its troubles on standard error, and knows neither fsync nor rename. */
static int save(const Book *b, Str bytes, void *ctx, Err *e)
{
	(void)ctx;
	return file_write(b->dir, b->path, bytes.p, bytes.n, 0644, e);
}

int book_close(Book *b, bool keep, Err *e)
{
	int rc = keep ? finish(b, save, NULL, e) : 0;
	forget(b);
	return rc;
}

static int keep_bytes(const Book *b, Str bytes, void *ctx, Err *e)
{
	(void)b;
	(void)e;
	buf_slice(ctx, bytes);
	return 0;
}

int book_bytes(Book *b, Buf *out, Err *e)
{
	int rc = finish(b, keep_bytes, out, e);
	forget(b);
	return rc;
}

static void set_align(lxw_format *f, const LookOf *l)
{
	if (l->across)
		format_set_align(f, l->across);
	if (l->down)
		format_set_align(f, l->down);
	if (l->indent)
		format_set_indent(f, l->indent);
	if (l->wrap)
		format_set_text_wrap(f);
}

static lxw_format *format_make(Book *b, Look look, Mark mark)
{
	const LookOf *l = &looks[look];
	lxw_format *f = workbook_add_format(b->wb);
	uint32_t fill = mark ? mark_fill[mark] : l->fill;
	format_set_font_name(f, b->font);
	format_set_font_size(f, l->size);
	format_set_font_color(f, mark ? mark_ink[mark] : l->ink);
	if (l->bold)
		format_set_bold(f);
	if (look == LOOK_LINK)
		format_set_underline(f, LXW_UNDERLINE_SINGLE);
	if (fill)
		format_set_bg_color(f, fill);
	if (l->border) {
		format_set_border(f, LXW_BORDER_THIN);
		format_set_border_color(f, LINE);
	}
	if (look == LOOK_LABEL_OPEN)
		format_set_bottom(f, LXW_BORDER_NONE);
	if (look == LOOK_LABEL_END)
		format_set_top(f, LXW_BORDER_NONE);
	if (l->number)
		format_set_num_format(f, l->number);
	if (l->unlocked)
		format_set_unlocked(f);
	set_align(f, l);
	return f;
}

static lxw_format *format_of(Book *b, Look look, Mark mark)
{
	if (!b->format[look][mark])
		b->format[look][mark] = format_make(b, look, mark);
	return b->format[look][mark];
}

Sheet *book_sheet(Book *b, const char *name)
{
	Sheet *s = ARENA_NEW(b->arena, Sheet);
	*s = (Sheet){.book = b, .name = safe(b, name), .next = b->sheet};
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

const char *sheet_title(const Sheet *s)
{
	return s->name;
}

void sheet_hide(Sheet *s)
{
	worksheet_hide(s->ws);
}

void sheet_hide_column(Sheet *s, unsigned column)
{
	lxw_row_col_options hidden = {.hidden = LXW_TRUE};
	lxw_col_t c = (lxw_col_t)column;
	keep_fault(s->book, worksheet_set_column_opt(s->ws, c, c, LXW_DEF_COL_WIDTH, NULL, &hidden));
}

void sheet_first(Sheet *s)
{
	worksheet_activate(s->ws);
	worksheet_set_first_sheet(s->ws);
}

void sheet_width(Sheet *s, unsigned c1, unsigned c2, double width)
{
	keep_fault(s->book, worksheet_set_column(s->ws, (lxw_col_t)c1, (lxw_col_t)c2, width, NULL));
}

void sheet_height(Sheet *s, unsigned row, double points)
{
	if (points > BOOK_MAX_HEIGHT)
		points = BOOK_MAX_HEIGHT;
	keep_fault(s->book, worksheet_set_row(s->ws, row, points, NULL));
}

void sheet_freeze(Sheet *s, unsigned rows, unsigned columns)
{
	worksheet_freeze_panes(s->ws, rows, (lxw_col_t)columns);
}

void sheet_select(Sheet *s, unsigned row, unsigned column)
{
	worksheet_set_selection(s->ws, row, (lxw_col_t)column, row, (lxw_col_t)column);
}

void sheet_filter(Sheet *s, Area at)
{
	keep_fault(s->book, worksheet_autofilter(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2));
}

void sheet_protect(Sheet *s)
{
	lxw_protection p = {.format_cells = 1, .format_columns = 1, .format_rows = 1, .insert_rows = 1,
	                    .delete_rows = 1, .insert_hyperlinks = 1};
	worksheet_protect(s->ws, NULL, &p);
	/* Telephone numbers as text are meant so: no green corners. */
	worksheet_ignore_errors(s->ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
}

void sheet_guard(Sheet *s)
{
	lxw_protection p = {.format_columns = 1, .format_rows = 1, .autofilter = 1, .sort = 1};
	worksheet_protect(s->ws, NULL, &p);
	worksheet_ignore_errors(s->ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
}

void sheet_colour(Sheet *s, Area at, Mark mark, const char *word)
{
	Book *b = s->book;
	if (!b->colour[mark]) {
		b->colour[mark] = workbook_add_format(b->wb);
		format_set_bg_color(b->colour[mark], mark_fill[mark]);
		format_set_font_color(b->colour[mark], mark_ink[mark]);
	}
	lxw_conditional_format f = {.type = LXW_CONDITIONAL_TYPE_CELL, .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
	                            .value_string = arena_fmt(b->arena, "\"%s\"", safe(b, word)),
	                            .format = b->colour[mark]};
	keep_fault(b, worksheet_conditional_format_range(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2, &f));
}

static const uint32_t chart_ink[CHART_MAX_SERIES] = {0x2E8B6A, 0xD98E2B, 0x4A78B5, 0x9AA5A0};

static void chart_axes(Book *b, lxw_chart *c, ChartKind kind)
{
	lxw_chart_font small = {.name = arena_str(b->arena, b->font), .size = 9, .color = SOFT};
	lxw_chart_line faint = {.color = 0xE3E8E5, .width = 0.75}, none = {.none = LXW_TRUE};
	chart_axis_set_num_font(c->x_axis, &small);
	chart_axis_set_num_font(c->y_axis, &small);
	/* A bar lies: its values run along x. */
	lxw_chart_axis *value = kind == CHART_BAR ? c->x_axis : c->y_axis;
	chart_axis_major_gridlines_set_line(value, &faint);
	chart_axis_set_line(value, &none);
	chart_axis_set_min(value, 0);
	chart_axis_set_num_format(value, "0");
	if (kind == CHART_BAR) {
		chart_axis_set_reverse(c->y_axis); /* the first row on top */
		chart_axis_set_label_position(value, LXW_CHART_AXIS_LABEL_POSITION_NONE);
		chart_axis_major_gridlines_set_visible(value, LXW_FALSE);
	}
}

static void chart_series(Sheet *s, lxw_chart *c, const Chart *of, size_t i)
{
	Book *b = s->book;
	Area at = of->series[i];
	lxw_chart_fill fill = {.color = chart_ink[i]};
	lxw_chart_line line = {.color = chart_ink[i], .width = 2.25};
	lxw_chart_font small = {.name = arena_str(b->arena, b->font), .size = 9, .color = INK};
	lxw_chart_series *one =
		chart_add_series(c, arena_fmt(b->arena, "=%s", area_text(b->arena, s, of->category)),
		                 arena_fmt(b->arena, "=%s", area_text(b->arena, s, at)));
	chart_series_set_name(one, arena_fmt(b->arena, "=%s", area_text(b->arena, s, (Area){at.r1 - 1, at.c1, at.r1 - 1, at.c1})));
	if (of->kind == CHART_LINE)
		chart_series_set_line(one, &line);
	else
		chart_series_set_fill(one, &fill);
	if (of->kind == CHART_BAR) {
		chart_series_set_labels(one);
		chart_series_set_labels_font(one, &small);
	}
}

void sheet_chart(Sheet *s, const Chart *of)
{
	static const uint8_t type[] = {[CHART_COLUMN] = LXW_CHART_COLUMN, [CHART_BAR] = LXW_CHART_BAR,
	                               [CHART_LINE] = LXW_CHART_LINE};
	Book *b = s->book;
	lxw_chart *c = workbook_add_chart(b->wb, type[of->kind]);
	lxw_chart_font title = {.name = arena_str(b->arena, b->font), .size = 11, .bold = LXW_TRUE, .color = INK};
	lxw_chart_options at = {.x_offset = 4, .y_offset = 4, .object_position = LXW_OBJECT_MOVE_DONT_SIZE};
	for (size_t i = 0; i < of->series_n && i < CHART_MAX_SERIES; i++)
		chart_series(s, c, of, i);
	chart_title_set_name(c, arena_str(b->arena, safe_cut(b, of->title, 100)));
	chart_title_set_name_font(c, &title);
	chart_legend_set_position(c, of->series_n > 1 ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
	if (of->kind != CHART_LINE)
		chart_set_series_gap(c, 60);
	chart_axes(b, c, of->kind);
	/* The library's chart is 480 by 288 pixels. */
	at.x_scale = of->width / 480.0;
	at.y_scale = of->height / 288.0;
	keep_fault(b, worksheet_insert_chart_opt(s->ws, of->row, (lxw_col_t)of->column, c, &at));
}

void sheet_print(Sheet *s, const Print *p)
{
	Book *b = s->book;
	worksheet_set_paper(s->ws, 9); /* A4 */
	if (p->landscape)
		worksheet_set_landscape(s->ws);
	worksheet_fit_to_pages(s->ws, 1, 0);
	worksheet_set_margins(s->ws, 0.45, 0.45, 0.75, 0.65);
	worksheet_center_horizontally(s->ws);
	if (p->header)
		keep_fault(b, worksheet_set_header(s->ws, safe_cut(b, p->header, BOOK_MAX_HEADER - 1)));
	if (p->footer)
		keep_fault(b, worksheet_set_footer(s->ws, safe_cut(b, p->footer, BOOK_MAX_HEADER - 1)));
	if (p->repeat_rows)
		keep_fault(b, worksheet_repeat_rows(s->ws, 0, p->repeat_rows - 1));
}

void sheet_text(Sheet *s, unsigned row, unsigned column, Look look, Mark mark, const char *text)
{
	lxw_format *f = format_of(s->book, look, mark);
	if (s->book->lean)
		arena_reset(s->book->cell);
	const char *t = safe_in(s->book->cell, text);
	keep_fault(s->book, *t ? worksheet_write_string(s->ws, row, (lxw_col_t)column, t, f)
	                       : worksheet_write_blank(s->ws, row, (lxw_col_t)column, f));
}

void sheet_number(Sheet *s, unsigned row, unsigned column, Look look, Mark mark, double value)
{
	keep_fault(s->book,
	           worksheet_write_number(s->ws, row, (lxw_col_t)column, value, format_of(s->book, look, mark)));
}

static void merge(Sheet *s, Area at, Look look, Mark mark)
{
	if (at.r1 == at.r2 && at.c1 == at.c2)
		return;
	keep_fault(s->book, worksheet_merge_range(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2, "",
	                                          format_of(s->book, look, mark)));
}

void sheet_wide(Sheet *s, Area at, Look look, Mark mark, const char *text)
{
	merge(s, at, look, mark);
	sheet_text(s, at.r1, at.c1, look, mark, text);
}

void sheet_rich(Sheet *s, Area at, Look look, const Piece *piece, size_t n)
{
	Book *b = s->book;
	lxw_rich_string_tuple part[MAX_PIECES], *all[MAX_PIECES + 1] = {NULL};
	size_t used = 0;
	for (size_t i = 0; i < n && used < MAX_PIECES; i++) {
		const char *t = safe(b, piece[i].text);
		if (!*t)
			continue;
		part[used] = (lxw_rich_string_tuple){format_of(b, piece[i].ink, MARK_NONE), arena_str(b->arena, t)};
		all[used] = &part[used];
		used++;
	}
	merge(s, at, look, MARK_NONE);
	if (used < 2) /* the library wants two pieces at least */
		sheet_text(s, at.r1, at.c1, look, MARK_NONE, used ? part[0].string : "");
	else
		keep_fault(b, worksheet_write_rich_string(s->ws, at.r1, (lxw_col_t)at.c1, all,
		                                          format_of(b, look, MARK_NONE)));
}

void sheet_link(Sheet *s, unsigned row, unsigned column, const Sheet *to, unsigned to_row, unsigned to_column)
{
	Arena *a = s->book->arena;
	const char *cell = cell_text(a, to_row, to_column);
	const char *url = area_text(a, to, (Area){to_row, to_column, to_row, to_column});
	keep_fault(s->book, worksheet_write_url_opt(s->ws, row, (lxw_col_t)column, arena_fmt(a, "internal:%s", url),
	                                            format_of(s->book, LOOK_LINK, MARK_NONE),
	                                            arena_fmt(a, "%s!%s", to->name, cell), NULL));
}

void sheet_note(Sheet *s, unsigned row, unsigned column, const char *text)
{
	Book *b = s->book;
	const char *t = safe(b, text);
	double lines = text_height(t, NOTE_WIDTH / 7.0, 10, 1) / 15 + 1;
	if (!*t)
		return;
	if (lines > NOTE_MAX_LINES)
		lines = NOTE_MAX_LINES;
	lxw_comment_options o = {.width = NOTE_WIDTH, .height = (uint16_t)(lines * NOTE_LINE), .color = 0xFFFFE1,
	                         .font_name = arena_str(b->arena, b->font), .font_size = 10};
	keep_fault(b, worksheet_write_comment_opt(s->ws, row, (lxw_col_t)column, t, &o));
}

static lxw_datetime day_of(double days)
{
	struct tm tm;
	time_t t = (time_t)days * 86400;
	gmtime_r(&t, &tm);
	return (lxw_datetime){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0, 0, 0};
}

/* Which of the two limits there are. */
static uint8_t criteria_of(const InputRule *r)
{
	if (isnan(r->min) && isnan(r->max))
		return LXW_VALIDATION_CRITERIA_NONE;
	if (isnan(r->max))
		return LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO;
	if (isnan(r->min))
		return LXW_VALIDATION_CRITERIA_LESS_THAN_OR_EQUAL_TO;
	return LXW_VALIDATION_CRITERIA_BETWEEN;
}

static uint8_t type_of(RuleKind kind)
{
	static const uint8_t type[] = {
		[RULE_NONE] = LXW_VALIDATION_TYPE_ANY, [RULE_LIST] = LXW_VALIDATION_TYPE_LIST_FORMULA,
		[RULE_NUMBER] = LXW_VALIDATION_TYPE_DECIMAL, [RULE_INTEGER] = LXW_VALIDATION_TYPE_INTEGER,
		[RULE_DATE] = LXW_VALIDATION_TYPE_DATE, [RULE_LENGTH] = LXW_VALIDATION_TYPE_LENGTH,
		[RULE_FORMULA] = LXW_VALIDATION_TYPE_CUSTOM_FORMULA};
	return type[kind];
}

static void set_limits(lxw_data_validation *v, const InputRule *r)
{
	double only = isnan(r->min) ? r->max : r->min;
	v->criteria = criteria_of(r);
	if (v->criteria == LXW_VALIDATION_CRITERIA_NONE) {
		v->validate = LXW_VALIDATION_TYPE_ANY;
		return;
	}
	v->minimum_number = r->min;
	v->maximum_number = r->max;
	v->value_number = only;
	if (r->kind != RULE_DATE)
		return;
	v->value_datetime = day_of(only);
	if (v->criteria == LXW_VALIDATION_CRITERIA_BETWEEN) {
		v->minimum_datetime = day_of(r->min);
		v->maximum_datetime = day_of(r->max);
	}
}

void sheet_rule(Sheet *s, Area at, const InputRule *r)
{
	Book *b = s->book;
	Arena *a = b->arena;
	lxw_data_validation v = {.validate = type_of(r->kind)};
	if (r->kind == RULE_LIST || r->kind == RULE_FORMULA)
		v.value_formula = arena_str(a, r->formula);
	else if (r->kind != RULE_NONE)
		set_limits(&v, r);
	v.error_type = r->stops ? LXW_VALIDATION_ERROR_TYPE_STOP : LXW_VALIDATION_ERROR_TYPE_WARNING;
	v.show_error = r->silent ? LXW_VALIDATION_OFF : LXW_VALIDATION_ON;
	if (r->prompt && *r->prompt) {
		v.input_title = arena_str(a, safe_cut(b, r->title, BOOK_MAX_PROMPT_TITLE));
		v.input_message = arena_str(a, safe_cut(b, r->prompt, BOOK_MAX_PROMPT));
	}
	if (r->warning && *r->warning) {
		v.error_title = arena_str(a, safe_cut(b, r->warning_title, BOOK_MAX_PROMPT_TITLE));
		v.error_message = arena_str(a, safe_cut(b, r->warning, BOOK_MAX_PROMPT));
	}
	if (v.validate == LXW_VALIDATION_TYPE_ANY && !v.input_message)
		return;
	keep_fault(b, worksheet_data_validation_range(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2, &v));
}

void book_name(Book *b, const char *name, const Sheet *s, Area at)
{
	keep_fault(b, workbook_define_name(b->wb, name, arena_fmt(b->arena, "=%s", area_text(b->arena, s, at))));
}

static const char *letters(Arena *a, unsigned column)
{
	char out[8];
	size_t at = sizeof out;
	out[--at] = 0;
	for (unsigned c = column + 1; c && at; c = (c - 1) / 26)
		out[--at] = (char)('A' + (c - 1) % 26);
	return arena_str(a, out + at);
}

char *cell_text(Arena *a, unsigned row, unsigned column)
{
	return arena_fmt(a, "%s%u", letters(a, column), row + 1);
}

char *area_text(Arena *a, const Sheet *s, Area at)
{
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
double text_height(const char *text, double width, double size, unsigned lines)
{
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
