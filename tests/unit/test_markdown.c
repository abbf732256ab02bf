/* A handbook's text in parts: which blocks there are, and what stands in them. */
#include "row.h"

#include <string.h>

#include "post/markdown.h"
#include "post/template_inner.h"

static const Cell *cell(const Data *d, const char *name) {
	return data_cell(d, template_key(str_of(name)), str_of(name));
}

static const char *text_at(const Data *d, const char *name) {
	const Cell *c = cell(d, name);
	return c ? c->text : "";
}

static void spans(const Data *d, Buf *out) {
	const Cell *c = cell(d, "spans");
	for (const Data *s = c ? c->first : NULL; s; s = s->next) {
		const char *mark = *text_at(s, "b") ? "*" : *text_at(s, "code") ? "`" : "";
		buf_fmt(out, "%s%s%s", mark, text_at(s, "text"), mark);
	}
}

static void table(const Data *b, Buf *out) {
	for (const Data *row = cell(b, "rows") ? cell(b, "rows")->first : NULL; row; row = row->next) {
		buf_str(out, *text_at(row, "head") ? "[" : "(");
		for (const Data *c = cell(row, "cells") ? cell(row, "cells")->first : NULL; c; c = c->next) {
			spans(c, out);
			buf_char(out, ';');
		}
		buf_str(out, *text_at(row, "head") ? "]" : ")");
	}
}

/* Each block as KIND:NO:TEXT and a stroke. */
static const char *told(Arena *a, const char *page) {
	static const char *const kinds[] = {"h1", "h2", "h3", "p", "item", "table"};
	Data *d = data_new(a);
	Buf out = {0};
	markdown_data(a, str_of(page), d);
	for (const Data *b = cell(d, "blocks") ? cell(d, "blocks")->first : NULL; b; b = b->next) {
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			if (*text_at(b, kinds[i]))
				buf_fmt(&out, "%s:%s:", kinds[i], text_at(b, "no"));
		spans(b, &out);
		table(b, &out);
		buf_char(&out, '|');
	}
	const char *text = arena_str(a, buf_cstr(&out));
	buf_free(&out);
	return text;
}

static void test_blocks(void **state) {
	(void)state;
	static const struct {
		const char *name, *page, *want;
	} rows[] = {
		{"nothing", "", ""},
		{"headings", "# A\n## B\n### C\n", "h1::A|h2::B|h3::C|"},
		{"a paragraph of two lines", "甲\n乙\n\n丙", "p::甲乙|p::丙|"},
		{"words of letters are kept apart", "one\ntwo", "p::one two|"},
		{"items", "- 甲\n- 乙\n1. 丙\n12. 丁\n", "item:\xC2\xB7:甲|item:\xC2\xB7:乙|item:1.:丙|item:12.:丁|"},
		{"an item of two lines", "- 甲\n  乙\n", "item:\xC2\xB7:甲乙|"},
		{"bold and code", "甲**乙**丙`丁`", "p::甲*乙*丙`丁`|"},
		{"a mark without an end", "甲**乙 `丙", "p::甲**乙 `丙|"},
		{"a link", "见[说明](a/b.md)。", "p::见说明。|"},
		{"brackets alone", "见[说明]。", "p::见[说明]。|"},
		{"a table", "| 甲 | 乙 |\n| --- | :-: |\n| **丙** | |\n尾", "table::[甲;乙;](*丙*;;)|p::尾|"},
		{"a number that is none", "1.5 倍", "p::1.5 倍|"},
		{"a dash that is none", "-5 度", "p::-5 度|"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Arena *a = arena_new();
		ROW_STR(rows[i].name, told(a, rows[i].page), rows[i].want);
		arena_free(a);
	}
}

static void test_limits(void **state) {
	(void)state;
	Arena *a = arena_new();
	Buf page = {0};
	for (int i = 0; i < MARKDOWN_MAX_BLOCKS + 100; i++)
		buf_str(&page, "- x\n");
	buf_add(&page, "\xff\xfe**\0**", 7);
	Data *d = data_new(a);
	markdown_data(a, buf_view(&page), d);
	size_t n = 0;
	for (const Data *b = cell(d, "blocks")->first; b; b = b->next)
		n++;
	assert_true(n <= MARKDOWN_MAX_BLOCKS + 1);
	buf_free(&page);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_blocks), cmocka_unit_test(test_limits)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
