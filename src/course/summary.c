/* A page that a person can read without any program: number, fields by section, files with their hashes.  Its wording is
 * words `summary.*`; its labels are those of the form. */
#include "course/summary.h"

#include <string.h>

#include "base/file.h"
#include "base/when.h"

typedef struct {
	const Rules *rules;
	Arena *arena;
	Buf out;
	const char *before, *between, *after; /* label and value of a line */
} Page;

/* The wording of a line, taken apart once where it can be: a form has hundreds. */
static void learn_line(Page *p) {
	const char *whole = words_fill(p->rules, p->arena, "summary.line", "label", "\1", "value", "\2", NULL);
	const char *label = strchr(whole, 1), *value = label ? strchr(label, 2) : NULL;
	if (!value || strpbrk(value + 1, "\1\2"))
		return;
	p->before = arena_copy(p->arena, whole, (size_t)(label - whole));
	p->between = arena_copy(p->arena, label + 1, (size_t)(value - label - 1));
	p->after = value + 1;
}

static void line(Page *p, const char *label, const char *value) {
	const char *piece[] = {p->before, label, p->between, value, p->after};
	if (p->before)
		for (size_t i = 0; i < sizeof piece / sizeof *piece; i++)
			buf_str(&p->out, piece[i]);
	else
		buf_str(&p->out, words_fill(p->rules, p->arena, "summary.line", "label", label, "value", value, NULL));
	buf_char(&p->out, '\n');
}

static void heading(Page *p, const char *text) {
	buf_str(&p->out, "\n");
	buf_str(&p->out, words_fill(p->rules, p->arena, "summary.section", "title", text, NULL));
	buf_str(&p->out, "\n");
}

static const char *label_of(Page *p, const Field *f, const FieldRow *row) {
	return f->table ? arena_fmt(p->arena, "%s %lld %s", f->table->label, (long long)row->row, f->label) : f->label;
}

/* Fields of the form in its own order; a value whose field the rules no longer have comes last, by its key. */
static void fields(Page *p, const Track *t, const FieldRow *row, size_t n) {
	const Field **field = arena_array(p->arena, n + 1, sizeof *field);
	for (size_t i = 0; t && i < n; i++)
		field[i] = form_field(&t->form, row[i].key);
	for (size_t s = 0; t && s < t->form.section_n; s++) {
		heading(p, t->form.section[s].title);
		for (size_t i = 0; i < n; i++)
			if (field[i] && field[i]->section == s)
				line(p, label_of(p, field[i], &row[i]), row[i].value);
	}
	for (size_t i = 0; i < n; i++)
		if (!field[i])
			line(p, row[i].key, row[i].value);
}

int summary_write(World *w, const EntryRow *en, const FieldRow *field, size_t n, const FileRow *file, size_t files,
                  const char *stage, Err *e) {
	Page p = {.rules = w->rules, .arena = arena_new()};
	const Track *t = rules_track(w->rules, en->track);
	learn_line(&p);
	line(&p, words(w->rules, "summary.number"), en->number);
	line(&p, words(w->rules, "summary.track"), t ? t->name : en->track);
	line(&p, words(w->rules, "summary.received"), when_text(p.arena, en->received));
	line(&p, words(w->rules, "summary.accepted"), when_text(p.arena, en->accepted));
	line(&p, words(w->rules, "summary.sender"), en->sender);
	fields(&p, t, field, n);
	heading(&p, words(w->rules, "summary.files"));
	for (size_t i = 0; i < files; i++)
		line(&p, strrchr(file[i].path, '/') + 1,
		     arena_fmt(p.arena, "%llu bytes  SHA-256 %s", (unsigned long long)file[i].bytes,
		               hash_text(p.arena, file[i].sha256)));
	const char *path = arena_fmt(p.arena, "%s/%s", stage, words(w->rules, "summary.file_name"));
	int rc = file_write_plain(w->env->home, path, p.out.p, p.out.n, 0644, e);
	buf_free(&p.out);
	arena_free(p.arena);
	return rc;
}
