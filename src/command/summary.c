/* A page that a person can read without any program: number, fields by section, files with their hashes.  Its wording is
 * words `summary.*`; its labels are those of the form. */
#include "command/summary.h"

#include <string.h>

#include "base/file.h"
#include "base/when.h"

typedef struct {
	const Rules *rules;
	Arena *arena;
	Buf out;
} Page;

static void line(Page *p, const char *label, const char *value)
{
	buf_str(&p->out, words_fill(p->rules, p->arena, "summary.line", "label", label, "value", value, NULL));
	buf_char(&p->out, '\n');
}

static void heading(Page *p, const char *text)
{
	buf_str(&p->out, "\n");
	buf_str(&p->out, words_fill(p->rules, p->arena, "summary.section", "title", text, NULL));
	buf_str(&p->out, "\n");
}

static const char *label_of(Page *p, const Field *f, const FieldRow *row)
{
	return f->table ? arena_fmt(p->arena, "%s %lld %s", f->table->label, (long long)row->row, f->label) : f->label;
}

/* Fields of the form in its own order; a value whose field the rules no longer have comes last, by its key. */
static void fields(Page *p, const Track *t, const FieldRow *row, size_t n)
{
	bool *shown = arena_array(p->arena, n + 1, sizeof *shown);
	for (size_t s = 0; t && s < t->form.section_n; s++) {
		heading(p, t->form.section[s].title);
		for (size_t i = 0; i < n; i++) {
			const Field *f = form_field(&t->form, row[i].key);
			if (!f || f->section != s)
				continue;
			line(p, label_of(p, f, &row[i]), row[i].value);
			shown[i] = true;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (!shown[i])
			line(p, row[i].key, row[i].value);
}

int summary_write(World *w, const EntryRow *en, const FieldRow *field, size_t n, const FileRow *file, size_t files,
                  const char *stage, Err *e)
{
	Page p = {.rules = w->rules, .arena = arena_new()};
	const Track *t = rules_track(w->rules, en->track);
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
