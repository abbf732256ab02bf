/* Files an entrant's later files beside the entry, never over anything: each supplement has its folder, with a page that
 * says whose it is.  The database says which there are; the folders can be laid again from the archive. */
#include "course/supplement.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "course/enter.h"
#include "course/lay.h"

static const char *stage_path(Arena *a, const SupplementRow *s) {
	if (s->file[0].part == SUPPLEMENT_HANDED_OVER)
		return arena_fmt(a, "spool/tmp/handover-%lld", (long long)s->event);
	return arena_fmt(a, "spool/tmp/supplement-%lld", (long long)s->file[0].seq);
}

static const char *folder_of(Arena *a, const char *path) {
	return arena_copy(a, path, (size_t)(strrchr(path, '/') - path));
}

const char *supplement_folder(World *w, Arena *a, const EntryRow *en, int64_t received, const FileRow *before, size_t n) {
	struct tm tm = when_local(received);
	const char *date = arena_fmt(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	for (int k = 1;; k++) {
		const char *name = words_fill(w->rules, a, "supplement.folder", "date", date, "no",
		                              k > 1 ? arena_fmt(a, "%d", k) : "", NULL);
		const char *folder = arena_fmt(a, "%s/%s", en->folder, name);
		bool taken = false;
		for (size_t i = 0; i < n; i++)
			taken |= !strcmp(folder_of(a, before[i].path), folder);
		if (!taken)
			return folder;
	}
}

static FileRow *rows_of(World *w, Arena *a, const MessageRow *m, const Report *r, const Verdict *v, const char *folder) {
	FileRow *rows = arena_array(a, v->file_n + 1, sizeof *rows);
	for (size_t i = 0; i < v->file_n; i++) {
		const JudgedFile *jf = &v->file[i];
		const Part *p = &r->part[jf->part];
		rows[i] = (FileRow){.name = p->name, .type = type_name(p->type), .bytes = p->bytes, .sha256 = p->sha256,
		                    .path = enter_free_path(a, folder, enter_file_name(a, r, jf->part),
		                                            words(w->rules, "supplement.file_name"), rows, i),
		                    .role = jf->rule ? jf->rule->key : "supplement", .seq = m->seq, .part = jf->part};
	}
	return rows;
}

/* ---- the stage */

static void line(World *w, Arena *a, Buf *b, const char *label, const char *value) {
	buf_fmt(b, "%s\n", words_fill(w->rules, a, "summary.line", "label", label, "value", value, NULL));
}

static int write_page(World *w, Arena *a, const SupplementRow *s, const char *sender, int64_t received, const char *stage,
                      Err *e) {
	Buf b = {0};
	line(w, a, &b, words(w->rules, "summary.number"), s->number);
	line(w, a, &b, words(w->rules, "summary.received"), when_text(a, received));
	line(w, a, &b, words(w->rules, "summary.sender"), sender);
	for (size_t i = 0; i < s->file_n; i++)
		line(w, a, &b, strrchr(s->file[i].path, '/') + 1,
		     arena_fmt(a, "%llu bytes  SHA-256 %s", (unsigned long long)s->file[i].bytes,
		               hash_text(a, s->file[i].sha256)));
	int rc = file_write_plain(w->env->home, arena_fmt(a, "%s/%s", stage, words(w->rules, "supplement.file_name")), b.p,
	                          b.n, 0644, e);
	buf_free(&b);
	return rc;
}

static int link_file(World *w, Arena *a, const char *stage, const FileRow *f, const Report *r, Err *e) {
	int spill = r->part[f->part].spill;
	const char *to = arena_fmt(a, "%s/%s", stage, strrchr(f->path, '/') + 1);
	if (spill < 0)
		return err_set(e, ERR_BUG, "the reader kept no copy of part %d, %s", f->part, f->name);
	if (linkat(w->spill, reader_spill(w->reader, spill), w->env->home, to, 0) < 0)
		return err_errno(e, ERR_DISK, "%s", to);
	return 0;
}

static int stage(World *w, Arena *a, const SupplementRow *s, const MessageRow *m, const Report *r, Err *e) {
	const char *path = stage_path(a, s);
	if (w->rehearsal)
		return 0;
	if (file_mkdirs(w->env->home, path, 0755, e) < 0)
		return -1;
	for (size_t i = 0; i < s->file_n; i++)
		if (link_file(w, a, path, &s->file[i], r, e) < 0)
			return -1;
	return write_page(w, a, s, r->from.addr, m->received, path, e);
}

/* What came with no message: from the archive, where each file stands by its hash. */
static int stage_archived(World *w, Arena *a, const SupplementRow *s, Err *e) {
	char from[128];
	int home = w->env->home;
	const char *path = stage_path(a, s);
	if (file_remove_tree(home, path, e) < 0 || file_mkdirs(home, path, 0755, e) < 0)
		return -1;
	for (size_t i = 0; i < s->file_n; i++) {
		const char *to = arena_fmt(a, "%s/%s", path, strrchr(s->file[i].path, '/') + 1);
		archive_path(s->file[i].sha256, from);
		if (linkat(home, from, home, to, 0) < 0)
			return err_errno(e, ERR_DISK, "%s", to);
	}
	return write_page(w, a, s, s->by, s->at, path, e);
}

/* The same by a later run, which has not seen their bytes. 1, or 0 when the archive lacks one. */
static int stage_handed_over_again(World *w, Arena *a, const SupplementRow *s, Err *e) {
	for (size_t i = 0; i < s->file_n; i++)
		if (archive_check(w->archive, s->file[i].sha256) <= 0)
			return lay_gone(s->number, s->file[i].name, e);
	return stage_archived(w, a, s, e) < 0 ? -1 : 1;
}

/* The stage is gone (a crash after the commit): its message is read again. 1, or 0 when the archive lacks it. */
static int stage_again(World *w, Arena *a, const SupplementRow *s, Err *e) {
	Report r;
	MessageRow m;
	if (s->file[0].part == SUPPLEMENT_HANDED_OVER)
		return stage_handed_over_again(w, a, s, e);
	if (store_message_get(w->store, a, s->file[0].seq, &m, e) <= 0)
		return -1;
	int given = lay_read_again(w, a, s->number, &m, s->file, s->file_n, &r, e);
	if (given <= 0)
		return given;
	return stage(w, a, s, &m, &r, e) < 0 ? -1 : 1;
}

int supplement_enter(World *w, Arena *a, const MessageRow *m, const Report *r, const Verdict *v, Err *e) {
	EntryRow en;
	FileRow *before;
	size_t n;
	if (store_entry_get(w->store, a, v->number, &en, e) <= 0 ||
	    store_entry_supplements(w->store, a, v->number, &before, &n, e) < 0)
		return -1;
	const char *folder = supplement_folder(w, a, &en, m->received, before, n);
	SupplementRow s = {.number = v->number, .file = rows_of(w, a, m, r, v, folder), .file_n = v->file_n};
	EventRow ev = {.at = w->env->now, .event = "supplement", .by = r->from.addr, .state = "",
	               .detail = arena_fmt(a, "%zu files, received %s", v->file_n, when_text(a, m->received))};
	if (store_supplement_add(w->store, v->number, &ev, s.file, s.file_n, e) < 0)
		return -1;
	return stage(w, a, &s, m, r, e);
}

int supplement_stage_handed_over(World *w, Arena *a, const char *number, Err *e) {
	SupplementRow *row;
	size_t n;
	if (store_supplement_pending(w->store, a, &row, &n, e) < 0)
		return -1;
	while (n > 0 && strcmp(row[n - 1].number, number) != 0)
		n--;
	return n && row[n - 1].file[0].part == SUPPLEMENT_HANDED_OVER ? stage_archived(w, a, &row[n - 1], e) : 0;
}

/* ---- in its place */

static int lay_one(World *w, Arena *a, const SupplementRow *s, Err *e) {
	const char *from = stage_path(a, s);
	int given = file_exists(w->env->home, from) ? 1 : stage_again(w, a, s, e);
	if (given <= 0)
		return given;
	if (lay_in_place(w, a, from, folder_of(a, s->file[0].path), e) < 0)
		return -1;
	step("supplement.rename");
	log_info("%s supplement of %zu files filed", s->number, s->file_n);
	return 1;
}

typedef struct {
	World *w;
	Arena *a;
	SupplementRow *row;
} Pending;

static int lay_next(void *ctx, size_t i, Err *e) {
	Pending *p = ctx;
	return lay_one(p->w, p->a, &p->row[i], e);
}

static int mark(void *ctx, size_t i, Err *e) {
	Pending *p = ctx;
	return store_supplement_done(p->w->store, p->row[i].event, e);
}

int supplement_lay_pending(World *w, Err *e) {
	size_t n;
	Pending p = {.w = w, .a = arena_new()};
	int rc = store_supplement_pending(w->store, p.a, &p.row, &n, e) < 0 ? -1 : lay_each(w, n, lay_next, mark, &p, e);
	arena_free(p.a);
	return rc;
}
