/* From the values of entries to a page for experts.  The wording is templates/mail/booklet.html; the labels are the form's. */
#include "course/booklet.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"

#define LONG_CHARS 60 /* a longer value stands under its label, across the page */

typedef struct {
	Panel *p;
	bool folder;
	const EntryRow *en;
	const Track *track;
	const FieldRow *row;
	size_t n;
} Page;

/* ---- what is not shown */

static bool names_entrant(FieldRole role) {
	static const FieldRole roles[] = {ROLE_ORG, ROLE_USCC, ROLE_ORG_KIND, ROLE_PROVINCE, ROLE_GROUP, ROLE_CONTACT_NAME,
	                                  ROLE_CONTACT_MOBILE, ROLE_CONTACT_MAIL, ROLE_CONTACT2_NAME, ROLE_CONTACT2_MOBILE,
	                                  ROLE_CONTACT2_MAIL};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (roles[i] == role)
			return true;
	return false;
}

/* A section about who entered and whom to ask: hidden as a whole, unless the project itself is in it, too. */
static bool about_entrant(const Page *g, size_t section) {
	bool entrant = false, project = false;
	for (size_t i = 0; i < g->track->form.field_n; i++) {
		const Field *f = &g->track->form.field[i];
		if (f->table || f->section != section)
			continue;
		entrant |= f->role == ROLE_ORG || f->role == ROLE_USCC || f->role == ROLE_CONTACT_MAIL || f->role == ROLE_CONTACT_NAME;
		project |= f->role == ROLE_TITLE || f->role == ROLE_SUMMARY;
	}
	return entrant && !project;
}

/* A table that lists people. */
static bool lists_people(const Table *t) {
	for (size_t i = 0; i < t->column_n; i++)
		if (t->column[i]->personal)
			return true;
	return false;
}

static bool hidden(const Page *g, const Field *f) {
	if (f->personal || f->kind == KIND_CONFIRM || f->role == ROLE_FILES)
		return true;
	return g->p->round->anonymous &&
	       (names_entrant(f->role) || about_entrant(g, f->section) || (f->table && lists_people(f->table)));
}

/* Every mention of who entered, taken out. */
static const char *without_name(const Page *g, const char *text) {
	const char *org = g->en->org, *at;
	if (!g->p->round->anonymous || !*org || !strstr(text, org))
		return text;
	Buf b = {0};
	for (; (at = strstr(text, org)); text = at + strlen(org)) {
		buf_add(&b, text, (size_t)(at - text));
		buf_str(&b, words(g->p->w->rules, "experts.hidden_name"));
	}
	buf_str(&b, text);
	const char *out = arena_str(g->p->a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

/* ---- values */

static const char *value_of(const Page *g, const Field *f, int64_t row) {
	for (size_t i = 0; i < g->n; i++)
		if (g->row[i].row == row && !strcmp(g->row[i].key, f->key))
			return without_name(g, value_shown(g->p->a, f, g->row[i].value));
	return "";
}

static Data *section_of(Data *entry, Data **section, const char *title) {
	if (!*section) {
		*section = data_item(entry, "sections");
		data_text(*section, "title", title);
	}
	return *section;
}

static void table_data(const Page *g, Data *entry, Data **section, const char *title, const Table *t) {
	Data *table = NULL;
	for (int64_t r = 1; r <= (int64_t)t->max_rows; r++) {
		bool any = false;
		for (size_t k = 0; k < t->column_n && !any; k++)
			any = !hidden(g, t->column[k]) && *value_of(g, t->column[k], r);
		if (!any)
			continue;
		if (!table) {
			table = data_item(section_of(entry, section, title), "tables");
			data_text(table, "label", t->label);
			for (size_t k = 0; k < t->column_n; k++)
				if (!hidden(g, t->column[k]))
					data_text(data_item(table, "heads"), "head", t->column[k]->label);
		}
		Data *row = data_item(table, "rows");
		for (size_t k = 0; k < t->column_n; k++)
			if (!hidden(g, t->column[k]))
				data_text(data_item(row, "cells"), "value", value_of(g, t->column[k], r));
	}
}

static void section_data(const Page *g, Data *entry, size_t s) {
	const TrackForm *form = &g->track->form;
	Data *section = NULL;
	for (size_t i = 0; i < form->field_n; i++) {
		const Field *f = &form->field[i];
		const char *value = f->section == s && !f->table && !hidden(g, f) ? value_of(g, f, 0) : "";
		if (!*value)
			continue;
		Data *field = data_item(section_of(entry, &section, form->section[s].title), "fields");
		data_text(field, "label", f->label);
		data_text(field, "value", value);
		data_text(field, "unit", field_unit(g->p->a, f));
		data_flag(field, "long", f->kind == KIND_LONGTEXT || text_chars(value) > LONG_CHARS);
	}
	for (size_t i = 0; i < form->table_n; i++)
		if (form->table[i].section == s)
			table_data(g, entry, &section, form->section[s].title, &form->table[i]);
}

/* ---- files */

/* As a link names it (RFC 3986): everything but letters, digits and a few signs by its bytes. */
static const char *link_of(Arena *a, const char *number, const char *path) {
	Buf b = {0};
	const char *name = strrchr(path, '/');
	buf_fmt(&b, "%s/", number);
	for (const char *s = name ? name + 1 : path; *s; s++) {
		bool plain = (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || strchr("-._~", *s);
		buf_fmt(&b, plain ? "%c" : "%%%02X", (unsigned char)*s);
	}
	const char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

static void files_data(const Page *g, Data *entry, const FileRow *file, size_t n) {
	for (size_t i = 0; i < n && !g->p->round->anonymous; i++) {
		Data *d = data_item(entry, "files");
		data_flag(entry, "has_files", true);
		data_text(d, "name", file[i].name);
		data_text(d, "size", words_bytes(g->p->w->rules, g->p->a, file[i].bytes));
		data_text(d, "link", g->folder ? link_of(g->p->a, g->en->number, file[i].path) : "");
	}
}

static int entry_data(Page *g, Data *d, Err *e) {
	Store *s = g->p->w->store;
	FieldRow *row;
	FileRow *file, *more;
	size_t files, mores;
	if (store_entry_fields(s, g->p->a, g->en->number, &row, &g->n, e) < 0 ||
	    store_entry_files(s, g->p->a, g->en->number, &file, &files, e) < 0 ||
	    store_entry_supplements(s, g->p->a, g->en->number, &more, &mores, e) < 0)
		return -1;
	g->row = row;
	g->track = rules_track(g->p->w->rules, g->en->track);
	Data *entry = data_item(d, "entries");
	data_text(entry, "number", g->en->number);
	data_text(entry, "title", without_name(g, g->en->title));
	data_text(entry, "org", g->p->round->anonymous ? "" : g->en->org);
	data_text(entry, "track", g->track ? g->track->name : g->en->track);
	for (size_t i = 0; g->track && i < g->track->form.section_n; i++)
		section_data(g, entry, i);
	files_data(g, entry, file, files);
	files_data(g, entry, more, mores);
	return 0;
}

int booklet_html(Panel *p, const Expert *x, bool folder, Buf *html, Err *e) {
	Buf subject = {0}, text = {0};
	Data *d = data_new(p->a);
	Page g = {.p = p, .folder = folder};
	size_t n;
	const EntryRow **list = panel_entries_of(p, x->code, &n);
	if (world_templates(p->w, e) < 0)
		return -1;
	data_text(d, "contest", p->w->rules->name);
	data_text(d, "committee", p->w->rules->committee);
	data_text(d, "round", p->round->name);
	data_text(d, "expert", x->name);
	data_text(d, "closes", words_moment(p->w->rules, p->a, p->round->phase->closes));
	data_fmt(d, "entry_count", "%zu", n);
	data_flag(d, "anonymous", p->round->anonymous);
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		g.en = list[i];
		rc = entry_data(&g, d, e);
	}
	if (rc == 0)
		rc = template_render(p->w->templates, "booklet", d, &subject, &text, html, e);
	buf_free(&subject);
	buf_free(&text);
	return rc;
}
