/* inspect: what the reader sees in a mail, a workbook or an archive.  Changes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "command/command.h"
#include "command/filter.h"
#include "command/inspect.h"
#include "command/options.h"
#include "command/print.h"

int inspect_read(World *w, const char *path, unsigned flags, Arena *a, Report *out, Err *e) {
	const char *slash = strrchr(path, '/');
	char *why;
	int fd = file_open(AT_FDCWD, path, 0);
	if (fd < 0) {
		bool file = errno != ENOTSUP && errno != EISDIR;
		int rc = file ? err_errno(e, ERR_MISSING, "%s", path) : err_set(e, ERR_MISSING, "%s: not a file", path);
		e->kind = ERR_MISSING;
		return rc;
	}
	int rc = world_reader(w, e);
	if (rc == 0) {
		ReadResult got = reader_read(w->reader, fd, slash ? slash + 1 : path, flags | READ_FILE, a, out, &why, e);
		rc = got == READ_OK ? 0 : got == READ_FAULT ? -1 : 1;
		if (rc == 1)
			err_set(e, ERR_NONE, "%s: the reader could not read it: %s", path, why);
	}
	close(fd);
	return rc;
}

static void part_json(JsonOut *j, Arena *a, const Report *r, const Part *p) {
	json_object(j, NULL);
	json_text(j, "name", p->name);
	json_text(j, "type", type_name(p->type));
	json_int(j, "bytes", (int64_t)p->bytes);
	json_text(j, "sha256", hash_text(a, p->sha256));
	json_text(j, "container", p->parent >= 0 ? r->part[p->parent].name : NULL);
	json_bool(j, "encrypted", p->flags & PART_ENCRYPTED);
	json_bool(j, "damaged", p->flags & PART_DAMAGED);
	json_bool(j, "junk", p->flags & PART_JUNK);
	json_end_object(j);
}

static void parts_json(JsonOut *j, Arena *a, const Report *r, const char *key) {
	json_array(j, key);
	for (size_t i = 0; i < r->part_n; i++)
		part_json(j, a, r, &r->part[i]);
	json_end_array(j);
}

static void links_json(JsonOut *j, const Report *r) {
	json_array(j, "links");
	for (size_t i = 0; i < r->link_n; i++)
		json_text(j, NULL, r->link[i]);
	json_end_array(j);
}

static void mail_json(JsonOut *j, Arena *a, const Report *r) {
	json_text(j, "kind", "mail");
	json_text(j, "from", r->from.addr);
	json_text(j, "from_name", r->from.name);
	json_text(j, "subject", r->subject);
	json_text(j, "message_id", r->message_id);
	json_text(j, "in_reply_to", r->in_reply_to);
	json_text(j, "date", r->date == WHEN_NONE ? NULL : when_text(a, r->date));
	json_text(j, "text", r->text);
	links_json(j, r);
	parts_json(j, a, r, "attachments");
}

static void sheets_json(JsonOut *j, const Report *r) {
	json_array(j, "sheets");
	for (size_t i = 0; i < r->sheet_n; i++) {
		json_object(j, NULL);
		json_text(j, "name", r->sheet[i].name);
		json_bool(j, "hidden", r->sheet[i].hidden);
		json_object(j, "cells");
		for (size_t k = 0; k < r->sheet[i].cell_n; k++)
			json_text(j, r->sheet[i].cell[k].cell, r->sheet[i].cell[k].text);
		json_end_object(j);
		json_end_object(j);
	}
	json_end_array(j);
}

static void forms_json(JsonOut *j, const Report *r, const FormMap *m) {
	json_array(j, "forms");
	for (size_t i = 0; i < r->form_n; i++) {
		const FormRead *f = &r->form[i];
		json_object(j, NULL);
		json_text(j, "edition", f->edition);
		json_text(j, "track", f->track);
		json_text(j, "version", f->version);
		json_array(j, "values");
		for (size_t k = 0; k < f->value_n; k++) {
			json_object(j, NULL);
			json_text(j, "field", m->field[f->value[k].field].key);
			json_int(j, "row", (int64_t)f->value[k].row);
			json_text(j, "sheet", f->value[k].sheet);
			json_text(j, "cell", f->value[k].cell);
			json_text(j, "value", f->value[k].text);
			json_end_object(j);
		}
		json_end_array(j);
		json_end_object(j);
	}
	json_end_array(j);
}

static void show_json(const World *w, Arena *a, const Report *r) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_object(&j, NULL);
	switch (r->kind) {
	case REPORT_MAIL:
		mail_json(&j, a, r);
		break;
	case REPORT_WORKBOOK:
		json_text(&j, "kind", "workbook");
		sheets_json(&j, r);
		parts_json(&j, a, r, "files");
		break;
	case REPORT_DOCUMENT:
		json_text(&j, "kind", "document");
		sheets_json(&j, r);
		parts_json(&j, a, r, "files");
		break;
	case REPORT_ARCHIVE:
		json_text(&j, "kind", "archive");
		parts_json(&j, a, r, "files");
		break;
	case REPORT_OTHER:
		json_text(&j, "kind", "file");
		parts_json(&j, a, r, "files");
		break;
	}
	forms_json(&j, r, w->map);
	json_end_object(&j);
	print_json(&b);
	buf_free(&b);
}

static void show_parts(const Env *env, const Report *r) {
	for (size_t i = 0; i < r->part_n; i++) {
		const Part *p = &r->part[i];
		print_fact(env, type_name(p->type), "%s%s  %llu bytes%s%s", p->parent >= 0 ? "  in it: " : "",
		           *p->name ? p->name : "(no name)", (unsigned long long)p->bytes,
		           p->flags & PART_ENCRYPTED ? "  encrypted" : "", p->flags & PART_DAMAGED ? "  damaged" : "");
	}
}

static void show_text(const World *w, const Report *r) {
	const Env *env = w->env;
	if (r->kind == REPORT_MAIL) {
		print_title(env, "Mail");
		print_fact(env, "from", "%s <%s>", r->from.name, r->from.addr);
		print_fact(env, "subject", "%s", r->subject);
		print_fact(env, "message-id", "%s", r->message_id);
		print_fact(env, "text", "%s", text_cut(env->arena, r->text, 300));
		for (size_t i = 0; i < r->link_n; i++)
			print_fact(env, "link", "%s", r->link[i]);
	}
	if (r->part_n) {
		print_title(env, "Files");
		show_parts(env, r);
	}
	for (size_t i = 0; i < r->sheet_n; i++) {
		print_title(env, arena_fmt(env->arena, "Sheet %s%s", r->sheet[i].name, r->sheet[i].hidden ? " (hidden)" : ""));
		for (size_t k = 0; k < r->sheet[i].cell_n; k++)
			print_fact(env, r->sheet[i].cell[k].cell, "%s", text_cut(env->arena, r->sheet[i].cell[k].text, 200));
	}
	for (size_t i = 0; i < r->form_n; i++) {
		const FormRead *f = &r->form[i];
		print_title(env, arena_fmt(env->arena, "Form %s %s version %s", f->edition, f->track, f->version));
		for (size_t k = 0; k < f->value_n; k++)
			print_fact(env, w->map->field[f->value[k].field].key, "%s!%s  %s", f->value[k].sheet, f->value[k].cell,
			           text_cut(env->arena, f->value[k].text, 200));
	}
}

int command_inspect(Env *env, int argc, char **argv, Err *e) {
	bool json = false;
	const Option options[] = {{"--json", NULL, &json}};
	int operands = options_read(options, 1, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "inspect takes one file");
	World w;
	Report r;
	int rc = world_open(&w, env, WORLD_LOOK, e);
	if (rc == 0)
		rc = inspect_read(&w, argv[1], READ_CELLS, env->arena, &r, e);
	if (rc == 1)
		rc = err_set(e, ERR_BUG, "%s", arena_str(env->arena, e->text));
	if (rc == 0 && json)
		show_json(&w, env->arena, &r);
	else if (rc == 0)
		show_text(&w, &r);
	world_close(&w);
	return rc;
}
