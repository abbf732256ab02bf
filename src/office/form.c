/* Form: the workbook of one track, empty for those who enter, or filled for those who must mend.  The
 * same rules make the same bytes.  Refuses nothing of what came in: it is poured back as it was. */
#include "office/office.h"

#include <fcntl.h>
#include <stdlib.h> /* vec_free */
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "office/layout.h"

#define FOLDER "templates/forms/"
#define IDENTITY_SHEET "_xinlv" /* the reader looks for it */
#define LISTS_SHEET "_lists"
#define TOKEN_DIGITS 16
#define MAX_FILE_NAME 120

char *form_file_name(const Rules *r, const Track *t, Arena *a) {
	const char *name = words_fill(r, a, "form.file", "code", t->code, "track", t->name, (char *)NULL);
	/* Forms are found by the track's code at the front. */
	if (strncmp(name, t->code, strlen(t->code)) != 0)
		name = arena_fmt(a, "%s-%s", t->code, name);
	return text_filename(a, arena_fmt(a, "%s.xlsx", name), MAX_FILE_NAME);
}

/* Names a form of this edition, track and version; the same in every copy. */
static const char *token_of(const Layout *l) {
	char hex[HASH_HEX];
	const char *whole = arena_fmt(l->arena, "%s|%s|%s", l->rules->edition, l->track->code, l->rules->form_version);
	hash_hex(hash_of(whole, strlen(whole)), hex);
	return arena_fmt(l->arena, "%.*s", TOKEN_DIGITS, hex);
}

static void write_identity(Layout *l, Sheet *s, const char *token) {
	const char *row[][2] = {{"edition", l->rules->edition}, {"track", l->track->code},
	                        {"version", l->rules->form_version}, {"token", token}};
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		sheet_text(s, i, 0, LOOK_DATA, MARK_NONE, row[i][0]);
		sheet_text(s, i, 1, LOOK_DATA, MARK_NONE, row[i][1]);
	}
	sheet_hide(s);
}

static void write_book(Layout *l, const char *token) {
	Sheet *problems = l->fill ? book_sheet(l->book, WORDS(l, "problems")) : NULL;
	l->form = book_sheet(l->book, WORDS(l, "sheet"));
	Sheet *notes = book_sheet(l->book, WORDS(l, "notes"));
	Sheet *seal = about_seal(l) ? book_sheet(l->book, WORDS(l, "seal")) : NULL;
	l->lists = book_sheet(l->book, LISTS_SHEET);
	Sheet *identity = book_sheet(l->book, IDENTITY_SHEET);
	book_properties(l->book, l->rules->form_title, about_track(l), l->rules->organiser);
	sheet_first(problems ? problems : l->form);
	layout_write(l);
	notes_write(l, notes);
	if (seal)
		seal_write(l, seal);
	if (problems)
		problems_write(l, problems);
	sheet_hide(l->lists);
	write_identity(l, identity, token && *token ? token : token_of(l));
}

int form_write(const Rules *r, const Track *t, int home, const char *file, Err *e) {
	Layout l = {.arena = arena_new(), .rules = r, .track = t};
	l.book = book_open(home, arena_fmt(l.arena, FOLDER "%s", file), words(r, "form.font"), false);
	write_book(&l, NULL);
	int rc = book_close(l.book, true, e);
	vec_free(&l.range);
	arena_free(l.arena);
	return rc;
}

int form_fill(const Rules *r, const Track *t, const FillValue *v, size_t vn, const FillProblem *p, size_t pn,
              const char *token, Buf *out, Err *e) {
	const Fill fill = {v, vn, p, pn};
	Layout l = {.arena = arena_new(), .rules = r, .track = t, .fill = &fill,
	            .book = book_open(AT_FDCWD, NULL, words(r, "form.font"), false)};
	write_book(&l, token);
	int rc = book_bytes(l.book, out, e);
	vec_free(&l.range);
	arena_free(l.arena);
	return rc;
}
