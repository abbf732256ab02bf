/* export: the entries with their results and all their plain fields, one row an entry, as xlsx, csv or json; or the lists that
 * regulators ask for. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/record.h"
#include "base/when.h"
#include "command/command.h"
#include "command/export.h"
#include "command/filter.h"
#include "command/options.h"
#include "course/lists.h"
#include "course/results.h"
#include "home/spawn.h"

#define FIXED 14 /* columns that every entry has, before its results and the fields of the form */

static const char *const FIXED_NAME[FIXED] = {"number", "track", "state", "title", "org", "uscc", "org_kind",
                                              "province", "contact", "mobile", "email", "sender", "received",
                                              "accepted"};

typedef enum { FORMAT_XLSX, FORMAT_CSV, FORMAT_JSON } Format;

typedef struct {
	World *w;
	Format format;
	int fd;
	const char **column; /* FIXED_NAME, award, score_ROUND of each round, then the keys of plain fields */
	const char **heading;
	size_t column_n, fixed; /* fixed: those before the fields */
	Results results;
	Buf out;
	Arena *arena;
	Err *e;
	int rc;
} Export;

/* Plain fields of all tracks, each once, in the order of the forms. */
static void choose_columns(Export *x) {
	Arena *a = x->w->env->arena;
	const Rules *r = x->w->rules;
	size_t most = FIXED + 1 + r->round_n + RULES_MAX_TRACKS * RULES_MAX_FIELDS;
	x->column = arena_array(a, most, sizeof *x->column);
	x->heading = arena_array(a, most, sizeof *x->heading);
	for (; x->column_n < FIXED; x->column_n++)
		x->column[x->column_n] = FIXED_NAME[x->column_n];
	x->column[x->column_n++] = "award";
	for (size_t i = 0; i < r->round_n; i++)
		x->column[x->column_n++] = arena_fmt(a, "score_%s", r->round[i].id);
	x->fixed = x->column_n;
	memcpy(x->heading, x->column, x->fixed * sizeof *x->heading);
	for (size_t t = 0; t < r->track_n; t++)
		for (size_t i = 0; i < r->track[t].form.field_n; i++) {
			const Field *f = &r->track[t].form.field[i];
			bool known = f->table != NULL;
			for (size_t k = x->fixed; !known && k < x->column_n; k++)
				known = !strcmp(x->column[k], f->key);
			if (known)
				continue;
			x->column[x->column_n] = f->key;
			x->heading[x->column_n++] = arena_fmt(a, "%s (%s)", f->label, f->key);
		}
}

static void fixed_cells(Arena *a, const EntryRow *en, const char **cell) {
	const char *const v[FIXED] = {en->number, en->track, en->state, en->title, en->org, en->uscc, en->org_kind,
	                              en->province, en->contact, en->mobile, en->email, en->sender,
	                              when_text(a, en->received), when_text(a, en->accepted)};
	memcpy(cell, v, sizeof v);
}

static int cells_of(Export *x, const EntryRow *en, const char **cell) {
	FieldRow *f;
	size_t n;
	fixed_cells(x->arena, en, cell);
	if (results_award(&x->results, x->arena, en, &cell[FIXED], x->e) < 0)
		return -1;
	for (size_t i = 0; i < x->w->rules->round_n; i++)
		cell[FIXED + 1 + i] = results_score(&x->results, i, en->number);
	if (store_entry_fields(x->w->store, x->arena, en->number, &f, &n, x->e) < 0)
		return -1;
	for (size_t k = x->fixed; k < x->column_n; k++) {
		cell[k] = "";
		for (size_t i = 0; i < n; i++)
			if (f[i].row == 0 && !strcmp(f[i].key, x->column[k]))
				cell[k] = f[i].value;
	}
	return 0;
}

/* What spreadsheets take for the beginning of a formula; where Chinese is written, the wide characters too. */
static bool begins_formula(const char *s) {
	static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}; /* U+FF1D FF0B FF0D FF20 */
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (str_starts(str_of(s), wide[i]))
			return true;
	return *s && strchr("=+-@\t\r\n", *s);
}

/* RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
static void csv_row(Buf *out, const char *const *cell, size_t n) {
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ',');
		buf_char(out, '"');
		if (begins_formula(cell[i]))
			buf_char(out, '\'');
		for (const char *p = cell[i]; *p; p++) {
			if (*p == '"')
				buf_char(out, '"');
			buf_char(out, *p);
		}
		buf_char(out, '"');
	}
	buf_str(out, "\r\n");
}

static void json_row(Buf *out, const Export *x, const char *const *cell) {
	JsonOut j = json_to(out);
	json_object(&j, NULL);
	for (size_t i = 0; i < x->fixed; i++)
		json_text(&j, x->column[i], cell[i]);
	json_object(&j, "fields");
	for (size_t i = x->fixed; i < x->column_n; i++)
		if (*cell[i])
			json_text(&j, x->column[i], cell[i]);
	json_end_object(&j);
	json_end_object(&j);
	buf_char(out, '\n');
}

static int put_row(Export *x, const char *const *cell) {
	buf_clear(&x->out);
	if (x->format == FORMAT_CSV)
		csv_row(&x->out, cell, x->column_n);
	else if (x->format == FORMAT_JSON)
		json_row(&x->out, x, cell);
	else
		for (size_t i = 0; i < x->column_n; i++)
			rec_put_text(&x->out, cell[i]);
	return file_write_all(x->fd, x->out.p, x->out.n, x->e);
}

static bool each(void *ctx, const EntryRow *en) {
	Export *x = ctx;
	arena_reset(x->arena);
	const char **cell = arena_array(x->arena, x->column_n, sizeof *cell);
	x->rc = cells_of(x, en, cell);
	if (x->rc == 0)
		x->rc = put_row(x, cell);
	return x->rc == 0;
}

static int write_rows(Export *x) {
	static const char bom[] = "\xEF\xBB\xBF"; /* Excel and WPS take a CSV without it for GBK */
	if (x->format == FORMAT_CSV && file_write_all(x->fd, bom, 3, x->e) < 0)
		return -1;
	if (x->format != FORMAT_JSON && put_row(x, x->heading) < 0)
		return -1;
	if (store_entry_each(x->w->store, &(EntryFilter){.standing = true}, each, x, x->e) < 0)
		return -1;
	return x->rc;
}

/* The workbook is written by the office program; rows go to it through a pipe. */
static int export_xlsx(Export *x, const char *path) {
	Child c;
	const char *columns = arena_fmt(x->w->env->arena, "%zu", x->column_n);
	const char *args[] = {"table", path, columns, NULL};
	if (spawn_start(x->w->env, "xinlv-office", args, &c, x->e) < 0)
		return -1;
	x->fd = c.in;
	int rc = write_rows(x);
	int status = spawn_end(&c, x->e);
	if (rc == 0 && status > 0)
		rc = err_set(x->e, ERR_DISK, "%s could not be written", path);
	return status < 0 ? -1 : rc;
}

/* To standard output by way of a file: a workbook is not written from its beginning to its end. */
static int export_xlsx_out(Export *x) {
	Arena *a = x->w->env->arena;
	const char *tmp = getenv("TMPDIR");
	char *folder = arena_fmt(a, "%s/xinlv-export-XXXXXX", tmp && *tmp == '/' ? tmp : "/var/tmp");
	if (isatty(STDOUT_FILENO))
		return err_set(x->e, ERR_USAGE, "a workbook is nothing for a terminal: name it with -o FILE");
	if (!mkdtemp(folder))
		return err_errno(x->e, ERR_DISK, "%s", folder);
	const char *path = arena_fmt(a, "%s/entries.xlsx", folder);
	int rc = export_xlsx(x, path), fd = rc == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (rc == 0)
		rc = fd < 0 ? err_errno(x->e, ERR_DISK, "%s", path) : file_copy(fd, STDOUT_FILENO, NULL, x->e);
	if (fd >= 0)
		close(fd);
	Err gone = {0};
	if (file_remove_tree(AT_FDCWD, folder, &gone) < 0)
		log_warn("%s", gone.text);
	return rc;
}

static int export_text(Export *x, const char *path) {
	x->fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : STDOUT_FILENO;
	if (x->fd < 0)
		return err_errno(x->e, ERR_DISK, "%s", path);
	struct stat st;
	int rc = write_rows(x);
	if (rc == 0 && path && fstat(x->fd, &st) == 0 && S_ISREG(st.st_mode) && fsync(x->fd) < 0)
		rc = err_errno(x->e, ERR_DISK, "%s", path);
	if (path && close(x->fd) < 0 && rc == 0)
		rc = err_errno(x->e, ERR_DISK, "%s", path);
	return rc;
}

static int format_of(const char *text, Format *out, Err *e) {
	static const char *const name[] = {"xlsx", "csv", "json"};
	for (int i = 0; text && i < 3; i++)
		if (!strcmp(text, name[i])) {
			*out = (Format)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "export needs --format xlsx, csv or json");
}

int export_rows(World *w, const char *format, const char *path, Err *e) {
	Export x = {.w = w, .e = e};
	if (format_of(format, &x.format, e) < 0)
		return -1;
	x.arena = arena_new();
	int rc = results_read(w, w->env->arena, &x.results, e);
	if (rc == 0) {
		choose_columns(&x);
		rc = x.format != FORMAT_XLSX ? export_text(&x, path) : path ? export_xlsx(&x, path) : export_xlsx_out(&x);
	}
	buf_free(&x.out);
	arena_free(x.arena);
	return rc;
}

/* ---- the command */

typedef struct {
	const char *format, *path;
	bool lists;
} Wanted;

static int write_wanted(World *w, const Wanted *x, const char *path, Err *e) {
	return x->lists ? lists_write(w, path, e) : export_rows(w, x->format, path, e);
}

/* An empty file beside the one that is asked for; NULL on fault. */
static const char *begin_beside(Arena *a, const char *path, Err *e) {
	char *temp = arena_fmt(a, "%s.XXXXXX", path);
	int fd = mkstemp(temp);
	if (fd >= 0 && close(fd) == 0)
		return temp;
	err_errno(e, ERR_DISK, "%s", path);
	return NULL;
}

/* It takes the name, with the rights that the file before it had, or a new one gets. */
static int end_beside(const char *temp, const char *path, const struct stat *before, Err *e) {
	mode_t mask = umask(0);
	umask(mask);
	if (chmod(temp, before ? before->st_mode & 0777 : 0644 & ~mask) < 0)
		return err_errno(e, ERR_DISK, "%s", path);
	return file_rename(AT_FDCWD, temp, path, e);
}

/* Under its name it is whole, or is what it was before. */
static int write_whole(World *w, const Wanted *x, Err *e) {
	Arena *a = w->env->arena;
	struct stat st;
	char real[PATH_MAX];
	bool there = x->path && stat(x->path, &st) == 0, book = x->lists || (x->format && !strcmp(x->format, "xlsx"));
	if (there && !S_ISREG(st.st_mode) && book)
		return err_set(e, ERR_USAGE, "%s is no file that a workbook can be written to", x->path);
	if (!x->path || (there && !S_ISREG(st.st_mode)))
		return write_wanted(w, x, x->path, e);
	const char *path = there && realpath(x->path, real) ? real : x->path;
	const char *temp = begin_beside(a, path, e);
	if (!temp)
		return -1;
	int rc = write_wanted(w, x, temp, e);
	if (rc == 0)
		rc = end_beside(temp, path, there ? &st : NULL, e);
	if (rc < 0)
		unlink(temp);
	return rc;
}

int command_export(Env *env, int argc, char **argv, Err *e) {
	World w;
	Wanted x = {0};
	const Option options[] = {{"--format", &x.format, NULL}, {"-o", &x.path, NULL}, {"--output", &x.path, NULL},
	                          {"--lists", NULL, &x.lists}};
	int operands = options_read(options, 4, argc, argv, e);
	if (operands != 0)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "export takes only options");
	if (x.lists && (!x.path || (x.format && strcmp(x.format, "xlsx") != 0)))
		return err_set(e, ERR_USAGE, "export --lists writes a workbook: name it with -o FILE");
	int rc = world_open(&w, env, WORLD_SHOW, e);
	if (rc == 0)
		rc = write_whole(&w, &x, e);
	world_close(&w);
	return rc;
}
