/* Folders for experts, from the folders of the entries: the same files by hard links, no copies.  All are laid aside and put
 * in place together, so that nobody finds half of them.  Files of a round that hides names are left out. */
#include "course/review_lay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "course/booklet.h"

#define STAGE "spool/tmp/review"

static int link_file(World *w, Arena *a, const char *folder, const FileRow *file, Err *e) {
	const char *to = arena_fmt(a, "%s/%s", folder, strrchr(file->path, '/') + 1);
	if (linkat(w->env->home, file->path, w->env->home, to, 0) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return err_errno(e, ERR_DISK, "%s", to);
	log_warn("%s is not there for the experts", file->path);
	return 0;
}

static int entry_files(World *w, Arena *a, const char *expert, const EntryRow *en, Err *e) {
	FileRow *file, *more;
	size_t n, mores;
	const char *folder = arena_fmt(a, "%s/%s", expert, en->number);
	if (store_entry_files(w->store, a, en->number, &file, &n, e) < 0 ||
	    store_entry_supplements(w->store, a, en->number, &more, &mores, e) < 0 || file_mkdirs(w->env->home, folder, 0755, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (link_file(w, a, folder, &file[i], e) < 0)
			return -1;
	for (size_t i = 0; i < mores; i++)
		if (link_file(w, a, folder, &more[i], e) < 0)
			return -1;
	return 0;
}

static int expert_folder(Panel *p, const Expert *x, Err *e) {
	World *w = p->w;
	Arena *a = p->a;
	size_t n;
	Buf html = {0};
	const EntryRow **list = panel_entries_of(p, x->code, &n);
	const char *folder = arena_fmt(a, STAGE "/%s", text_filename(a, x->label, 100));
	const char *name = words_fill(w->rules, a, "experts.booklet_file", "round", p->round->name, NULL);
	if (!n)
		return 0;
	int rc = file_mkdirs(w->env->home, folder, 0755, e) < 0 ? -1 : booklet_html(p, x, true, &html, e);
	if (rc == 0)
		rc = file_write_plain(w->env->home, arena_fmt(a, "%s/%s", folder, text_filename(a, name, 100)), html.p, html.n, 0644, e);
	for (size_t i = 0; i < n && rc == 0 && !p->round->anonymous; i++)
		rc = entry_files(w, a, folder, list[i], e);
	buf_free(&html);
	return rc;
}

static int lay_all(World *w, Arena *a, Err *e) {
	const Round *r;
	for (size_t i = 0; (r = rules_work(w->rules, i)) != NULL; i++) {
		Panel p;
		if (panel_read(w, a, r, &p, e) < 0)
			return -1;
		for (size_t k = 0; k < p.expert_n && p.assign_n; k++)
			if (p.expert[k].active && expert_folder(&p, &p.expert[k], e) < 0)
				return -1;
	}
	return 0;
}

static int put_in_place(World *w, Err *e) {
	if (file_remove_tree(w->env->home, REVIEW_FOLDER, e) < 0)
		return -1;
	step("review.removed");
	if (renameat(w->env->home, STAGE, w->env->home, REVIEW_FOLDER) < 0)
		return err_errno(e, ERR_DISK, REVIEW_FOLDER);
	step("review.rename");
	if (store_begin(w->store, e) < 0)
		return -1;
	if (store_fact_set(w->store, REVIEW_FACT, NULL, e) < 0) {
		store_rollback(w->store);
		return -1;
	}
	return store_commit(w->store, e);
}

int review_lay(World *w, Err *e) {
	Arena *a = arena_new();
	char *wanted;
	int rc = w->rehearsal ? 0 : store_fact_get(w->store, a, REVIEW_FACT, &wanted, e);
	if (rc > 0)
		rc = file_remove_tree(w->env->home, STAGE, e) < 0 || file_mkdirs(w->env->home, STAGE, 0755, e) < 0 ||
		             lay_all(w, a, e) < 0 || put_in_place(w, e) < 0
		         ? -1 : 0;
	arena_free(a);
	return rc;
}
