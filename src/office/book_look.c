/* How cells look: the table of looks, and the library's formats made of it. */
#include <xlsxwriter.h>

#include "office/book_inner.h"

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
#define INK BOOK_INK
#define SOFT BOOK_SOFT
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
	                    .across = LEFT, .down = CENTRE, .indent = 1, .number = "@"},
	[LOOK_DATA_HEAD_MID] = {.size = 10.5, .bold = true, .wrap = true, .ink = 0xFFFFFF, .fill = DEEP, .border = true,
	                        .across = MID, .down = CENTRE, .number = "@"},
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

static void set_align(lxw_format *f, const LookOf *l) {
	if (l->across)
		format_set_align(f, l->across);
	if (l->down)
		format_set_align(f, l->down);
	if (l->indent)
		format_set_indent(f, l->indent);
	if (l->wrap)
		format_set_text_wrap(f);
}

static lxw_format *format_make(Book *b, Look look, Mark mark) {
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

struct lxw_format *book_format(Book *b, Look look, Mark mark) {
	if (!b->format[look][mark])
		b->format[look][mark] = format_make(b, look, mark);
	return b->format[look][mark];
}

/* A text as formulas write it: its quotes are doubled. */
static char *quoted(Arena *a, const char *text) {
	Buf b = {0};
	buf_char(&b, '"');
	for (const char *p = text; *p; p++)
		buf_str(&b, *p == '"' ? "\"\"" : (char[]){*p, 0});
	buf_char(&b, '"');
	char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

void sheet_colour(Sheet *s, Area at, Mark mark, const char *word) {
	Book *b = s->book;
	if (!b->colour[mark]) {
		b->colour[mark] = workbook_add_format(b->wb);
		format_set_bg_color(b->colour[mark], mark_fill[mark]);
		format_set_font_color(b->colour[mark], mark_ink[mark]);
	}
	lxw_conditional_format f = {.type = LXW_CONDITIONAL_TYPE_CELL, .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
	                            .value_string = quoted(b->arena, book_safe(b, word)),
	                            .format = b->colour[mark]};
	book_keep_fault(b, worksheet_conditional_format_range(s->ws, at.r1, (lxw_col_t)at.c1, at.r2, (lxw_col_t)at.c2, &f));
}
