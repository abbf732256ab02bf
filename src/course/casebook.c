/* From the list of awards in force to the casebook.  What of a form is printed, the rules say (casebook: in contest.yaml); the form
 * itself, which names persons, is never laid there. */
#include "course/casebook.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/awards.h"
#include "home/bookout.h"
#include "post/template.h"
#include "store/purge.h"

#define FOLDER_BYTES 180

typedef struct {
	World *w;
	Arena *a;
	const AwardList *list;
	int64_t purged; /* what came up to this message went in a purge; 0 */
	Err *e;
} Book;

static const char *say(const Book *b, const char *key) {
	return words(b->w->rules, key);
}

/* ---- the book */

static bool printed(const Rules *r, const Field *f) {
	if (f->table || f->personal)
		return false;
	for (size_t i = 0; i < r->casebook_field_n; i++)
		if (!strcmp(r->casebook_field[i], f->key))
			return true;
	return !r->casebook_field_n && f->role == ROLE_SUMMARY;
}

static void paragraphs(Data *d, Arena *a, const char *text) {
	Str rest = str_of(text), line;
	while (str_next(&rest, '\n', &line))
		if (str_trim(line).n)
			data_text(data_item(d, "paragraphs"), "text", text_tidy(a, str_dup(a, line)));
}

static int one_case(Book *b, Data *d, const AwardLine *x) {
	FieldRow *row;
	size_t n;
	const Track *t = rules_track(b->w->rules, x->track);
	if (store_entry_fields(b->w->store, b->a, x->number, &row, &n, b->e) < 0)
		return -1;
	data_text(d, "number", x->number);
	data_text(d, "title", x->title);
	data_text(d, "org", x->org);
	data_text(d, "award", x->award);
	data_text(d, "province", x->province);
	data_text(d, "track", rules_track_name(b->w->rules, x->track));
	for (size_t i = 0; t && i < t->form.field_n; i++) {
		const Field *f = &t->form.field[i];
		for (size_t k = 0; printed(b->w->rules, f) && k < n; k++) {
			if (row[k].row || strcmp(row[k].key, f->key) || !*row[k].value)
				continue;
			Data *part = data_item(d, "parts");
			data_text(part, "label", f->label);
			paragraphs(part, b->a, value_shown(b->a, f, row[k].value));
		}
	}
	return 0;
}

/* For the table of contents: by award. */
static void contents(Book *b, Data *d) {
	const AwardList *l = b->list;
	Data *group = NULL;
	for (size_t i = 0; i < l->n; i++) {
		const AwardLine *x = &l->line[i];
		if (i == 0 || strcmp(x->award, l->line[i - 1].award)) {
			group = data_item(d, "awards");
			data_text(group, "award", x->award);
		}
		Data *row = data_item(group, "rows");
		data_fmt(row, "no", "%zu", i + 1);
		data_text(row, "number", x->number);
		data_text(row, "title", x->title);
		data_text(row, "org", x->org);
	}
}

static int make_book(Book *b, Buf *html) {
	const AwardList *l = b->list;
	Data *d = data_new(b->a);
	int rc = world_templates(b->w, b->e);
	data_text(d, "year", arena_fmt(b->a, "%d", when_local(l->at).tm_year + 1900));
	data_text(d, "month", arena_fmt(b->a, "%d", when_local(l->at).tm_mon + 1));
	data_text(d, "checksum", l->checksum);
	data_fmt(d, "count", "%zu", l->n);
	contents(b, d);
	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		Data *one = data_item(d, "cases");
		data_fmt(one, "no", "%zu", i + 1);
		rc = one_case(b, one, &l->line[i]);
	}
	return rc < 0 ? -1 : template_page(b->w->templates, "page_book", d, html, b->e);
}

static int write_book(Book *b) {
	Buf html = {0};
	int rc = make_book(b, &html);
	if (rc == 0)
		rc = file_write(b->w->env->home, CASEBOOK_FOLDER "/book.html", html.p, html.n, 0644, b->e);
	buf_free(&html);
	return rc;
}

/* ---- what came with the entries */

static int copy_file(Book *b, const FileRow *f, const char *folder) {
	const char *slash = strrchr(f->path, '/');
	const char *to = arena_fmt(b->a, "%s/%s", folder, slash ? slash + 1 : f->path);
	int home = b->w->env->home, in = file_open(home, f->path, O_NOFOLLOW);
	if (in < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
		log_warn("%s is missing: the casebook goes without it", f->path); /* verify tells, and what to do */
		return 0;
	}
	if (in < 0)
		return err_errno(b->e, ERR_DISK, "%s", f->path);
	int out = openat(home, to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	uint64_t bytes;
	int rc = out < 0 ? err_errno(b->e, ERR_DISK, "%s", to) : file_copy(in, out, &bytes, b->e);
	close(in);
	if (out >= 0 && close(out) < 0 && rc == 0)
		rc = err_errno(b->e, ERR_DISK, "%s", to);
	return rc;
}

static int copy_files(Book *b, const char *folder, const FileRow *f, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(f[i].role, "form") && f[i].seq > b->purged && copy_file(b, &f[i], folder) < 0)
			return -1;
	return 0;
}

static const char *folder_of(const Book *b, const AwardLine *x) {
	const char *name = text_filename(b->a, arena_fmt(b->a, "%s %s", x->number, x->title), FOLDER_BYTES);
	return arena_fmt(b->a, CASEBOOK_FOLDER "/%s/%s", say(b, "casebook.material"), name);
}

static int gather(Book *b, const AwardLine *x) {
	FileRow *own, *later;
	size_t own_n, later_n;
	const char *folder = folder_of(b, x);
	if (file_mkdirs(b->w->env->home, folder, 0755, b->e) < 0 ||
	    store_entry_files(b->w->store, b->a, x->number, &own, &own_n, b->e) < 0 ||
	    store_entry_supplements(b->w->store, b->a, x->number, &later, &later_n, b->e) < 0)
		return -1;
	return copy_files(b, folder, own, own_n) < 0 ? -1 : copy_files(b, folder, later, later_n);
}

/* ---- the index */

static int write_index(Book *b) {
	static const struct {
		const char *key, *kind, *width;
	} col[] = {{"casebook.col_no", "n", "7"}, {"award.col_award", "c", "12"}, {"digest.col_number", "c", "11"},
	           {"digest.col_title", "f", "44"}, {"digest.col_org", "f", "34"}, {"digest.col_track", "f", "24"},
	           {"casebook.col_folder", "f", "50"}};
	BookOut out;
	const Rules *r = b->w->rules;
	const char *path = arena_fmt(b->a, "%s/" CASEBOOK_FOLDER "/%s", b->w->env->home_path, say(b, "casebook.index"));
	if (bookout_start(&out, b->w->env, path, b->e) < 0)
		return -1;
	bookout_texts(&out, "book", say(b, "casebook.title"), r->organiser, say(b, "form.font"), "0", "sheet",
	              say(b, "casebook.sheet"), "", say(b, "casebook.title"), "", "", NULL);
	bookout_num(&out, sizeof col / sizeof *col);
	for (size_t i = 0; i < sizeof col / sizeof *col; i++)
		bookout_texts(&out, col[i].kind, col[i].width, say(b, col[i].key), NULL);
	for (size_t i = 0; i < b->list->n; i++) {
		const AwardLine *x = &b->list->line[i];
		bookout_texts(&out, "row", "", NULL);
		bookout_num(&out, (int64_t)i + 1);
		bookout_texts(&out, x->award, x->number, x->title, x->org, rules_track_name(b->w->rules, x->track),
		              folder_of(b, x) + strlen(CASEBOOK_FOLDER "/"), NULL);
	}
	return bookout_end(&out);
}

int casebook_lay(World *w, Arena *a, size_t *cases, Err *e) {
	AwardList list;
	Book b = {.w = w, .a = a, .list = &list, .e = e};
	if (cases)
		*cases = 0;
	if (awards_read(w, a, "awards", &list, e) < 0)
		return -1;
	if (!list.version)
		return 0;
	if (file_remove_tree(w->env->home, CASEBOOK_FOLDER, e) < 0 || file_mkdirs(w->env->home, CASEBOOK_FOLDER, 0755, e) < 0)
		return -1;
	if (store_purged(w->store, &b.purged, e) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++)
		if (gather(&b, &list.line[i]) < 0)
			return -1;
	if (write_book(&b) < 0 || write_index(&b) < 0)
		return -1;
	if (cases)
		*cases = list.n;
	log_info(CASEBOOK_FOLDER " laid: %zu cases", list.n);
	return 0;
}

int casebook_html(World *w, Arena *a, Buf *html, size_t *cases, Err *e) {
	AwardList list;
	Book b = {.w = w, .a = a, .list = &list, .e = e};
	if (awards_read(w, a, "awards", &list, e) < 0)
		return -1;
	*cases = list.n;
	return list.n ? make_book(&b, html) : 0;
}
