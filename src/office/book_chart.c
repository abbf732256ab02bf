/* Charts on a sheet, over ranges of its cells. */
#include <xlsxwriter.h>

#include "office/book_inner.h"

static const uint32_t chart_ink[CHART_MAX_SERIES] = {0x2E8B6A, 0xD98E2B, 0x4A78B5, 0x9AA5A0};

static void chart_axes(Book *b, lxw_chart *c, ChartKind kind) {
	lxw_chart_font small = {.name = arena_str(b->arena, b->font), .size = 9, .color = BOOK_SOFT};
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

static void chart_series(Sheet *s, lxw_chart *c, const Chart *of, size_t i) {
	Book *b = s->book;
	Area at = of->series[i];
	lxw_chart_fill fill = {.color = chart_ink[i]};
	lxw_chart_line line = {.color = chart_ink[i], .width = 2.25};
	lxw_chart_font small = {.name = arena_str(b->arena, b->font), .size = 9, .color = BOOK_INK};
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

void sheet_chart(Sheet *s, const Chart *of) {
	static const uint8_t type[] = {[CHART_COLUMN] = LXW_CHART_COLUMN, [CHART_BAR] = LXW_CHART_BAR,
	                               [CHART_LINE] = LXW_CHART_LINE};
	Book *b = s->book;
	lxw_chart *c = workbook_add_chart(b->wb, type[of->kind]);
	lxw_chart_font title = {.name = arena_str(b->arena, b->font), .size = 11, .bold = LXW_TRUE, .color = BOOK_INK};
	lxw_chart_options at = {.x_offset = 4, .y_offset = 4, .object_position = LXW_OBJECT_MOVE_DONT_SIZE};
	for (size_t i = 0; i < of->series_n && i < CHART_MAX_SERIES; i++)
		chart_series(s, c, of, i);
	chart_title_set_name(c, arena_str(b->arena, book_safe_cut(b, of->title, 100)));
	chart_title_set_name_font(c, &title);
	chart_legend_set_position(c, of->series_n > 1 ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
	if (of->kind != CHART_LINE)
		chart_set_series_gap(c, 60);
	chart_axes(b, c, of->kind);
	/* The library's chart is 480 by 288 pixels. */
	at.x_scale = of->width / 480.0;
	at.y_scale = of->height / 288.0;
	book_keep_fault(b, worksheet_insert_chart_opt(s->ws, of->row, (lxw_col_t)of->column, c, &at));
}
