/* Notes: the sheet that tells how to fill in and send the form, what to enclose, and whom to ask. */
#include "base/text.h"
#include "office/layout.h"

#define LAST 4 /* column */
#define SIZE 10.5
#define PADDING 6.0

static const double widths[LAST + 1] = {24, 13, 24, 16, 54};

typedef struct {
	Layout *l;
	Sheet *s;
	unsigned row;
} Notes;

static double all_widths(void) {
	double w = 0;
	for (size_t i = 0; i <= LAST; i++)
		w += widths[i];
	return w;
}

static void line(Notes *n, Look look, double size, const char *text) {
	sheet_wide(n->s, (Area){n->row, 0, n->row, LAST}, look, MARK_NONE, text);
	sheet_height(n->s, n->row++, text_height(text, all_widths(), size, 1) + PADDING);
}

static void bar(Notes *n, const char *title) {
	sheet_height(n->s, n->row++, 8);
	sheet_wide(n->s, (Area){n->row, 0, n->row, LAST}, LOOK_SECTION, MARK_NONE, title);
	sheet_height(n->s, n->row++, 24);
}

static void paragraphs(Notes *n, const char *text) {
	Str rest = str_of(text), one;
	while (str_next(&rest, '\n', &one))
		if (str_trim(one).n)
			line(n, LOOK_PLAIN, SIZE, str_dup(n->l->arena, str_trim(one)));
}

static void write_how(Notes *n) {
	const Layout *l = n->l;
	const Rules *r = l->rules;
	const char *subject = arena_fmt(l->arena, "%s %s", l->track->code, l->track->name);
	bar(n, WORDS(l, "how_title"));
	paragraphs(n, words_fill(r, l->arena, "form.how", "sheet", WORDS(l, "sheet"), "required", WORDS(l, "required"),
	                         "conditional", WORDS(l, "conditional"), "optional", WORDS(l, "optional"), (char *)NULL));
	bar(n, WORDS(l, "send_title"));
	paragraphs(n, words_fill(r, l->arena, "form.send_how", "address", r->mail.robot.addr, "closes", about_closes(l),
	                         "limit", about_limit(l), "subject", subject, "final", r->final_text, (char *)NULL));
}

static const char *formats(const Layout *l, const FileRule *f) {
	Buf b = {0};
	for (size_t i = 0; i < f->format_n; i++)
		buf_fmt(&b, "%s%s", i ? "\xE3\x80\x81" : "", text_upper(l->arena, f->format[i])); /* U+3001 */
	const char *out = arena_str(l->arena, buf_cstr(&b));
	buf_free(&b);
	return out;
}

static void write_file(Notes *n, const FileRule *f) {
	Layout *l = n->l;
	const char *cell[LAST + 1] = {f->label, about_need(l, f->required, f->required_when), formats(l, f),
	                              words_bytes(l->rules, l->arena, rules_file_limit(l->rules, f)),
	                              f->help};
	double h = 0;
	for (unsigned c = 0; c <= LAST; c++) {
		double need = text_height(cell[c], widths[c] - 1, SIZE, 1) + PADDING;
		h = need > h ? need : h;
		sheet_text(n->s, n->row, c, c == 1 || c == 3 ? LOOK_CELL_MID : LOOK_CELL, MARK_NONE, cell[c]);
	}
	sheet_height(n->s, n->row++, h);
}

static void write_files(Notes *n) {
	Layout *l = n->l;
	const TrackForm *f = &l->track->form;
	const char *head[LAST + 1] = {WORDS(l, "file_label"), WORDS(l, "file_need"), WORDS(l, "file_formats"),
	                              WORDS(l, "file_size"), WORDS(l, "file_help")};
	bar(n, WORDS(l, "files_title"));
	if (!f->file_n) {
		line(n, LOOK_PLAIN, SIZE, WORDS(l, "files_none"));
		return;
	}
	for (unsigned c = 0; c <= LAST; c++)
		sheet_text(n->s, n->row, c, LOOK_HEAD, MARK_NONE, head[c]);
	sheet_height(n->s, n->row++, 24);
	for (size_t i = 0; i < f->file_n; i++)
		write_file(n, &f->file[i]);
	line(n, LOOK_PLAIN, SIZE, words_fill(l->rules, l->arena, "form.files_limit", "limit", about_limit(l), (char *)NULL));
}

static void write_track(Notes *n) {
	Layout *l = n->l;
	const Rules *r = l->rules;
	bar(n, WORDS(l, "track_title"));
	paragraphs(n, l->track->scope);
	paragraphs(n, l->track->requires);
	if (*r->eligibility_text)
		paragraphs(n, words_fill(r, l->arena, "form.eligible", "text", r->eligibility_text, (char *)NULL));
}

static void write_contacts(Notes *n) {
	Layout *l = n->l;
	const Rules *r = l->rules;
	bar(n, WORDS(l, "ask_title"));
	if (*r->committee)
		line(n, LOOK_PLAIN, SIZE, r->committee);
	for (size_t i = 0; i < r->contact_n; i++)
		line(n, LOOK_PLAIN, SIZE,
		     text_tidy(l->arena, words_fill(r, l->arena, "form.contact", "name", r->contact[i].name, "phone",
		                                    r->contact[i].phone, "mail", r->contact[i].mail, (char *)NULL)));
	line(n, LOOK_PLAIN, SIZE, words_fill(r, l->arena, "form.robot", "address", r->mail.robot.addr, (char *)NULL));
	if (*r->website)
		line(n, LOOK_PLAIN, SIZE, words_fill(r, l->arena, "form.website", "website", r->website, (char *)NULL));
}

void notes_write(Layout *l, Sheet *s) {
	Notes n = {l, s, 0};
	for (unsigned c = 0; c <= LAST; c++)
		sheet_width(s, c, c, widths[c]);
	line(&n, LOOK_TITLE, 16, words_fill(l->rules, l->arena, "form.notes_title", "track", about_track(l), (char *)NULL));
	write_how(&n);
	write_files(&n);
	write_track(&n);
	write_contacts(&n);
	sheet_protect(s);
	sheet_print(s, &(Print){about_header(l), about_footer(l), 0, false});
}
