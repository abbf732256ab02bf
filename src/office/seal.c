/* Seal: a page of one A4 sheet to print, sign and stamp; filled in by hand or before printing.  Holds no
 * formula: what other programs make of formulas is not to be relied on. */
#include "base/text.h"
#include "office/layout.h"

#define LABEL_WIDTH 26.0
#define BLANK_WIDTH 62.0

typedef struct {
	Layout *l;
	Sheet *s;
	unsigned row;
} Page;

static void wide(Page *p, Look look, double size, const char *text) {
	sheet_wide(p->s, (Area){p->row, 0, p->row, 1}, look, MARK_NONE, text);
	sheet_height(p->s, p->row++, text_height(text, LABEL_WIDTH + BLANK_WIDTH, size, 1) + 10);
}

static void blank(Page *p, const char *label, const char *text, double height) {
	sheet_text(p->s, p->row, 0, LOOK_LABEL, MARK_NONE, label);
	sheet_text(p->s, p->row, 1, LOOK_BLANK, MARK_NONE, text);
	sheet_height(p->s, p->row++, height);
}

static void role(Page *p, FieldRole which) {
	const Field *f = p->l->track->form.role[which];
	if (!f)
		return;
	const char *text = fill_text(p->l->fill, f->key, 0);
	blank(p, f->label, text ? text : "", text_height(text ? text : "", BLANK_WIDTH, 12, 2) + 10);
}

/* What is declared on the form, once more over the seal. */
static void declarations(Page *p) {
	const TrackForm *f = &p->l->track->form;
	size_t n = 0;
	for (size_t i = 0; i < f->field_n; i++) {
		if (f->field[i].kind != KIND_CONFIRM || !*f->field[i].help)
			continue;
		if (!n++)
			wide(p, LOOK_PLAIN, 10.5, WORDS(p->l, "seal_declare"));
		wide(p, LOOK_PLAIN, 10.5, arena_fmt(p->l->arena, "%zu. %s", n, f->field[i].help));
	}
}

void seal_write(Layout *l, Sheet *s) {
	Page p = {l, s, 0};
	sheet_width(s, 0, 0, LABEL_WIDTH);
	sheet_width(s, 1, 1, BLANK_WIDTH);
	wide(&p, LOOK_TITLE, 16, l->rules->form_title);
	wide(&p, LOOK_SUBTITLE, 14, WORDS(l, "seal_title"));
	wide(&p, LOOK_SMALL, 10, WORDS(l, "seal_intro"));
	blank(&p, WORDS(l, "seal_track"), about_track(l), 36);
	role(&p, ROLE_TITLE);
	role(&p, ROLE_ORG);
	sheet_height(s, p.row++, 10);
	declarations(&p);
	sheet_height(s, p.row++, 10);
	blank(&p, WORDS(l, "seal_person"), "", 50);
	blank(&p, WORDS(l, "seal_stamp"), "", 150);
	blank(&p, WORDS(l, "seal_date"), WORDS(l, "seal_day"), 36);
	sheet_print(s, &(Print){about_header(l), NULL, 0, false});
}
