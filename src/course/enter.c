/* Makes the rows of an entry from an accepted form. Writes into the open transaction only; the files it stages
 * below spool/tmp are worth nothing until the commit. */
#include "course/enter.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "course/alike.h"
#include "course/lay.h"
#include "home/numbering.h"

#define FOLDER_BYTES 200 /* of the folder's name; file systems allow 255 */
#define FILE_BYTES 150

static FieldRow *field_rows(const EnterFacts *f, size_t *n) {
	FieldRow *rows = arena_array(f->arena, f->form->value_n + 1, sizeof *rows);
	for (size_t i = 0; i < f->form->value_n; i++) {
		const EvalValue *v = &f->form->value[i].norm;
		rows[i] = (FieldRow){v->field->key, (int64_t)v->row, v->text, v->field->personal};
	}
	*n = f->form->value_n;
	return rows;
}

static bool taken(const FileRow *rows, size_t n, const char *path) {
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].path, path))
			return true;
	return false;
}

const char *enter_free_path(Arena *a, const char *folder, const char *name, const char *page, const FileRow *rows,
                            size_t n) {
	const char *safe = text_filename(a, name, FILE_BYTES), *own = arena_fmt(a, "%s/%s", folder, page);
	const char *path = arena_fmt(a, "%s/%s", folder, safe);
	for (int k = 2; taken(rows, n, path) || !strcmp(path, own); k++)
		path = arena_fmt(a, "%s/%d-%s", folder, k, safe);
	return path;
}

const char *enter_file_name(Arena *a, const Report *r, int part) {
	const Part *p = &r->part[part];
	return *p->name ? p->name : arena_fmt(a, "%d.%s", part + 1, type_name(p->type));
}

static const char *file_role(const JudgedFile *jf) {
	if (jf->is_form)
		return "form";
	return jf->rule ? jf->rule->key : "file";
}

static FileRow *file_rows(const EnterFacts *f, const char *folder, size_t *n) {
	FileRow *rows = arena_array(f->arena, f->form->file_n + 1, sizeof *rows);
	*n = 0;
	for (size_t i = 0; i < f->form->file_n; i++) {
		const JudgedFile *jf = &f->form->file[i];
		const Part *p = &f->report->part[jf->part];
		const char *path = enter_free_path(f->arena, folder, enter_file_name(f->arena, f->report, jf->part),
		                                   words(f->world->rules, "summary.file_name"), rows, *n);
		rows[*n] = (FileRow){.name = p->name, .type = type_name(p->type), .bytes = p->bytes,
		                     .sha256 = p->sha256, .path = path,
		                     .role = file_role(jf), .seq = f->row->seq, .part = jf->part};
		(*n)++;
	}
	return rows;
}

int entry_role(World *w, Arena *a, const EntryRow *en, FieldRole role, const char **out, Err *e) {
	const Track *t = rules_track(w->rules, en->track);
	const Field *f = t ? t->form.role[role] : NULL;
	FieldRow *row;
	size_t n;
	*out = "";
	if (!f)
		return 0;
	if (store_entry_fields(w->store, a, en->number, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (row[i].row == 0 && row[i].value && !strcmp(row[i].key, f->key))
			*out = row[i].value;
	return 0;
}

const char *enter_form(const EnterFacts *f, Err *e) {
	World *w = f->world;
	const FormVerdict *v = f->form;
	int64_t seq;
	if (numbering_next(w, v->track->code, f->row->seq, f->index, &seq, e) < 0)
		return NULL;
	const char *number = rules_number(w->rules, f->arena, v->track->code, seq);
	const char *name = arena_fmt(f->arena, "%s %s %s", number, v->role[ROLE_ORG], v->role[ROLE_TITLE]);
	const char *folder = arena_fmt(f->arena, "spool/tracks/%s/%s", text_filename(f->arena, v->track->code, 60),
	                               text_filename(f->arena, name, FOLDER_BYTES));
	EntryRow en = {.number = number, .track = v->track->code, .track_seq = seq, .seq = f->row->seq,
	               .form = f->index, .received = f->row->received, .accepted = w->env->now,
	               .sender = f->sender, .title = v->role[ROLE_TITLE], .org = v->role[ROLE_ORG],
	               .uscc = v->role[ROLE_USCC], .org_kind = v->role[ROLE_ORG_KIND],
	               .province = v->role[ROLE_PROVINCE], .contact = v->role[ROLE_CONTACT_NAME],
	               .mobile = v->role[ROLE_CONTACT_MOBILE], .email = v->role[ROLE_CONTACT_MAIL],
	               .state = "accepted", .edition = w->rules->edition, .form_version = v->read->version,
	               .token = v->read->token, .folder = folder};
	size_t fields, files;
	FieldRow *fr = field_rows(f, &fields);
	FileRow *file = file_rows(f, folder, &files);
	if (store_entry_add(w->store, &en, fr, fields, file, files, e) < 0 || alike_note(f, number, file, files, e) < 0 ||
	    lay_stage(w, &en, fr, fields, file, files, f->report, e) < 0)
		return NULL;
	return number;
}
