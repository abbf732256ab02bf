/* xinlv-office: the program that writes workbooks, apart from the others so that a tick with nothing to
 * write does not load it.  Started by xinlv; reads rules from the home, rows and values from standard input. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h> /* vec_free */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/place.h"
#include "base/record.h"
#include "base/text.h"
#include "office/office.h"
#include "office/workbook.h"
#include "rules/overlay.h"
#include "rules/source.h"

#define FOLDER "templates/forms"
#define MAX_VALUES 200000
#define MAX_CELL (4u << 20)
#define MAX_COLUMNS 16384

#if defined(__SANITIZE_ADDRESS__)
/* libxlsxwriter 1.1.4 never frees the formula of a list of choices; this program is short-lived. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
	return "leak:libxlsxwriter\n";
}
#endif

typedef struct {
	Arena *arena;
	int home;
	Rules *rules;
	bool quiet; /* names no file */
} Office;

static int office_open(Office *o, const char *path, Err *e) {
	Source s;
	Buf faults = {0};
	o->home = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->home < 0)
		return err_errno(e, ERR_MISSING, "%s", path);
	if (source_read(o->arena, o->home, &s, e) < 0 || source_lend(o->arena, place_share(o->arena), &s, e) < 0)
		return -1;
	o->rules = rules_load(&s, &faults, e);
	if (faults.n)
		fwrite(faults.p, 1, faults.n, stderr);
	buf_free(&faults);
	return o->rules ? 0 : -1;
}

static void office_close(Office *o) {
	rules_free(o->rules);
	if (o->home >= 0)
		close(o->home);
	arena_free(o->arena);
}

/* A name as forms have it: CODE-....xlsx.  Anything else in the folder is somebody's own. */
static bool is_form_name(const char *name) {
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	return n && name[n] == '-' && str_ends_nocase(str_of(name), ".xlsx");
}

static int remove_gone(const Office *o, char **made, size_t made_n, Err *e) {
	char **names;
	size_t n;
	if (file_list(o->arena, o->home, FOLDER, &names, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool ours = false;
		for (size_t k = 0; k < made_n; k++)
			ours |= !strcmp(names[i], made[k]);
		const char *path = arena_fmt(o->arena, FOLDER "/%s", names[i]);
		if (ours || !is_form_name(names[i]))
			continue;
		if (unlinkat(o->home, path, 0) < 0)
			return err_errno(e, ERR_DISK, "%s", path);
		if (!o->quiet)
			printf("removed %s\n", path);
	}
	return file_sync_dir(o->home, FOLDER, e);
}

static int forms(Office *o, char **argv, Err *e) {
	if (office_open(o, argv[0], e) < 0 || file_mkdirs(o->home, FOLDER, 0755, e) < 0)
		return -1;
	if (rules_lay_phases(o->rules, argv[1]) < 0)
		return err_set(e, ERR_USAGE, "the second operand is no list of phases");
	const Rules *r = o->rules;
	char **made = arena_array(o->arena, r->track_n + 1, sizeof *made);
	for (size_t i = 0; i < r->track_n; i++) {
		made[i] = form_file_name(r, &r->track[i], o->arena);
		if (form_write(r, &r->track[i], o->home, made[i], e) < 0)
			return -1;
		if (!o->quiet)
			printf("%s/%s\n", FOLDER, made[i]);
	}
	return remove_gone(o, made, r->track_n, e);
}

/* The same for a run, whose standard output goes into cron's mail. */
static int renew(Office *o, char **argv, Err *e) {
	o->quiet = true;
	return forms(o, argv, e);
}

/* Rows from standard input. */

typedef struct {
	Arena *arena; /* of one row */
	size_t columns;
} Rows;

/* One text; 0 at the end of the input, where that is allowed. */
static int read_text(Arena *a, bool may_end, const char **out, Err *e) {
	unsigned char head[4];
	size_t n = fread(head, 1, sizeof head, stdin);
	if (n == 0 && may_end && !ferror(stdin))
		return 0;
	size_t len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
	if (n < sizeof head || len > MAX_CELL)
		return err_set(e, ERR_BUG, "the rows on standard input end early");
	char *bytes = arena_alloc(a, len + 1);
	if (fread(bytes, 1, len, stdin) < len)
		return err_set(e, ERR_BUG, "the rows on standard input end early");
	*out = text_clean(a, (Str){bytes, len});
	return 1;
}

static int next_row(void *ctx, const char **cell, Err *e) {
	Rows *r = ctx;
	arena_reset(r->arena);
	for (size_t i = 0; i < r->columns; i++) {
		int rc = read_text(r->arena, i == 0, &cell[i], e);
		if (rc <= 0)
			return rc;
	}
	return 1;
}

static int table(Office *o, char **argv, Err *e) {
	int64_t columns;
	if (str_to_i64(str_of(argv[1]), 1, MAX_COLUMNS, &columns) < 0)
		return err_set(e, ERR_USAGE, "COLUMNS must be 1 to %d", MAX_COLUMNS);
	Rows head = {o->arena, (size_t)columns}, rows = {arena_new(), (size_t)columns};
	const char **heading = arena_array(o->arena, rows.columns, sizeof *heading);
	int rc = 0;
	/* The arena of the headings must not be reset. */
	for (size_t i = 0; rc >= 0 && i < head.columns; i++)
		rc = read_text(o->arena, false, &heading[i], e);
	if (rc >= 0)
		rc = table_write(heading, rows.columns, "entries", argv[0], next_row, &rows, e);
	arena_free(rows.arena);
	return rc;
}

/* A workbook told text by text. */

static int next_text(Arena *a, const char **out, Err *e) {
	return read_text(a, true, out, e);
}

static int digest(Office *o, char **argv, Err *e) {
	(void)o;
	return workbook_write(argv[0], next_text, e);
}

/* Forms to be mended, one after another: a frame with what is to be poured in, a frame with the workbook or what went
 * wrong. */

static FillValue *read_values(RecIn *in, Arena *a, size_t *n) {
	*n = rec_count(in, MAX_VALUES);
	FillValue *v = arena_array(a, *n, sizeof *v);
	for (size_t i = 0; i < *n && !in->bad; i++) {
		v[i].key = rec_text(in, a);
		v[i].row = rec_count(in, RULES_MAX_TABLE_ROWS);
		v[i].text = rec_text(in, a);
	}
	return v;
}

static FillProblem *read_problems(RecIn *in, Arena *a, size_t *n) {
	*n = rec_count(in, MAX_VALUES);
	FillProblem *p = arena_array(a, *n, sizeof *p);
	for (size_t i = 0; i < *n && !in->bad; i++) {
		p[i].key = rec_text(in, a);
		p[i].row = rec_count(in, RULES_MAX_TABLE_ROWS);
		p[i].error = rec_num(in) != 0;
		p[i].sentence = rec_text(in, a);
		p[i].beside = rec_num(in) != 0;
	}
	return p;
}

static int fill_one(const Office *o, RecIn *in, Arena *a, Buf *out, Err *e) {
	size_t vn, pn;
	const char *phases = rec_text(in, a), *code = rec_text(in, a);
	FillValue *v = read_values(in, a, &vn);
	FillProblem *p = read_problems(in, a, &pn);
	const char *token = rec_text(in, a);
	if (in->bad || rules_lay_phases(o->rules, phases) < 0)
		return err_set(e, ERR_BUG, "the values to be filled in are damaged");
	const Track *t = rules_track(o->rules, code);
	if (!t)
		return err_set(e, ERR_MISSING, "no track is called %s", code);
	return form_fill(o->rules, t, v, vn, p, pn, token, out, e);
}

static int fill(Office *o, char **argv, Err *e) {
	Buf in = {0}, book = {0}, answer = {0};
	Arena *a = arena_new();
	int rc = office_open(o, argv[0], e), got = 0;
	while (rc == 0 && (got = frame_recv(STDIN_FILENO, &in, OFFICE_MAX_FRAME, NULL, -1, e)) == 1) {
		Err fault = {0};
		RecIn r = {in.p, in.n, false};
		int made = fill_one(o, &r, a, &book, &fault);
		rec_put_num(&answer, made == 0);
		rec_put_text(&answer, fault.text);
		rec_put_bytes(&answer, book.p, made == 0 ? book.n : 0);
		rc = frame_send(STDIN_FILENO, buf_view(&answer), -1, e);
		buf_clear(&in);
		buf_clear(&book);
		buf_clear(&answer);
		arena_reset(a);
	}
	arena_free(a);
	buf_free(&in);
	buf_free(&book);
	buf_free(&answer);
	return rc == 0 && got == 0 ? 0 : -1;
}

int main(int argc, char **argv) {
	static const struct {
		const char *name, *takes;
		int operands;
		int (*run)(Office *o, char **argv, Err *e);
	} verbs[] = {{"forms", "HOME PHASES", 2, forms}, {"renew", "HOME PHASES", 2, renew},
	             {"table", "PATH COLUMNS", 2, table}, {"digest", "OUT", 1, digest}, {"fill", "HOME", 1, fill}};
	log_name("xinlv-office");
	for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(argv[1], verbs[i].name) || argc != 2 + verbs[i].operands)
			continue;
		Err e = {0};
		Office o = {.arena = arena_new(), .home = -1};
		int rc = verbs[i].run(&o, argv + 2, &e);
		office_close(&o);
		if (fflush(stdout) == EOF && rc >= 0)
			rc = err_errno(&e, ERR_DISK, "standard output");
		if (rc < 0)
			fprintf(stderr, "xinlv-office: %s\n", e.text);
		return rc < 0 ? err_exit(e.kind) : 0;
	}
	fputs("xinlv-office is started by xinlv:\n", stderr);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		fprintf(stderr, "  xinlv-office %s %s\n", verbs[i].name, verbs[i].takes);
	return err_exit(ERR_USAGE);
}
