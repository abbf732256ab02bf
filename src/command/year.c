/* year: the archive of a whole contest: its mails and journal, its rules, the entries' folders, the lists, the casebook, the
 * database, and the sums of all these files.  The home is locked meanwhile, so that one moment of it is kept; its key is not:
 * what is kept here can be read and checked, but seals nothing any more. */
#include "command/year.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/text.h"
#include "base/tree.h"
#include "command/command.h"
#include "command/export.h"
#include "command/options.h"
#include "course/casebook.h"
#include "course/lists.h"
#include "course/publish.h"


typedef struct {
	const char *path; /* from the folder */
	Hash sum;
} Sum;

typedef struct {
	Arena *a;
	int dir;
	VEC(Sum) all; /* in order of paths */
	Err *e;
} Sums;

/* ---- sums */

static int by_path(const void *a, const void *b) {
	return strcmp(((const Sum *)a)->path, ((const Sum *)b)->path);
}

static int sum_of(int dir, const char *path, Hash *out, Err *e) {
	uint64_t bytes;
	int fd = file_open(dir, path, O_NOFOLLOW);
	if (fd < 0)
		return err_errno(e, ERR_MISSING, "%s", path);
	int rc = hash_fd(fd, out, &bytes, e);
	close(fd);
	return rc;
}

/* What SQLite lays beside a database while it is open is no part of it. */
static bool left_out(const char *path) {
	return !strcmp(path, YEAR_SUMS) || !strcmp(path, STORE_PATH "-shm") || !strcmp(path, STORE_PATH "-wal");
}

static int walk(Sums *s, const char *folder, int depth) {
	char **name;
	size_t n;
	struct stat st;
	if (depth > TREE_MAX_DEPTH)
		return err_set(s->e, ERR_DISK, "%s: too deep", folder);
	if (file_list(s->a, s->dir, *folder ? folder : ".", &name, &n, s->e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *path = *folder ? arena_fmt(s->a, "%s/%s", folder, name[i]) : name[i];
		if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return err_errno(s->e, ERR_DISK, "%s", path);
		if (S_ISDIR(st.st_mode) ? walk(s, path, depth + 1) < 0 : false)
			return -1;
		if (!S_ISREG(st.st_mode) || left_out(path))
			continue;
		Sum *x = vec_push(&s->all);
		*x = (Sum){.path = path};
	}
	return 0;
}

static int write_sums(Sums *s) {
	Buf out = {0};
	int rc = walk(s, "", 0);
	if (rc == 0 && s->all.n)
		qsort(s->all.v, s->all.n, sizeof *s->all.v, by_path);
	for (size_t i = 0; rc == 0 && i < s->all.n; i++) {
		rc = sum_of(s->dir, s->all.v[i].path, &s->all.v[i].sum, s->e);
		buf_fmt(&out, "%s  %s\n", hash_text(s->a, s->all.v[i].sum), s->all.v[i].path);
	}
	if (rc == 0)
		rc = file_write(s->dir, YEAR_SUMS, out.p ? out.p : "", out.n, 0644, s->e);
	buf_free(&out);
	return rc;
}

typedef struct {
	void (*fault)(void *ctx, const char *line);
	void *ctx;
} Teller;

static void check_line(Sums *s, const Teller *t, Str line) {
	Hash want, have;
	Err missing = {0};
	if (line.n <= 66 || hash_parse(str_sub(line, 0, 64), &want) < 0 || !str_starts(str_from(line, 64), "  ")) {
		t->fault(t->ctx, YEAR_SUMS ": a line is damaged");
		return;
	}
	const char *path = str_dup(s->a, str_from(line, 66));
	*vec_push(&s->all) = (Sum){path, want};
	if (sum_of(s->dir, path, &have, &missing) < 0)
		t->fault(t->ctx, arena_fmt(s->a, "%s is missing", path));
	else if (!hash_eq(want, have))
		t->fault(t->ctx, arena_fmt(s->a, "%s was changed", path));
}

/* Files that the list does not name. */
static int check_strangers(Sums *s, const Teller *t) {
	Sums now = {.a = s->a, .dir = s->dir, .e = s->e};
	int rc = walk(&now, "", 0);
	if (s->all.n)
		qsort(s->all.v, s->all.n, sizeof *s->all.v, by_path);
	for (size_t i = 0; rc == 0 && i < now.all.n; i++)
		if (!s->all.n || !bsearch(&now.all.v[i], s->all.v, s->all.n, sizeof *s->all.v, by_path))
			t->fault(t->ctx, arena_fmt(s->a, "%s does not belong here", now.all.v[i].path));
	vec_free(&now.all);
	return rc;
}

int year_verify(int dir, void (*fault)(void *ctx, const char *line), void *ctx, size_t *files, Err *e) {
	Sums s = {.a = arena_new(), .dir = dir, .e = e};
	Teller t = {fault, ctx};
	Buf list = {0};
	int rc = 0;
	*files = 0;
	if (file_exists(dir, YEAR_SUMS) && (rc = file_read(dir, YEAR_SUMS, 0, &list, e)) == 0) {
		Str rest = buf_view(&list), line;
		while (str_next(&rest, '\n', &line))
			check_line(&s, &t, line);
		*files = s.all.n;
		rc = check_strangers(&s, &t);
	}
	buf_free(&list);
	vec_free(&s.all);
	arena_free(s.a);
	return rc;
}

/* ---- the archive */

static int copy_parts(World *w, int to, Err *e) {
	static const char *const skip[] = {"tmp", NULL};
	static const char *const part[] = {"rules", "templates", ARCHIVE_FOLDER, "spool/tracks", "spool/publish",
	                                   "spool/quarantine"};
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (file_exists(w->env->home, part[i]) && tree_copy(w->env->home, to, part[i], &(TreeHow){.skip = skip}, e) < 0)
			return -1;
	return 0;
}

/* The lists, and what the certificates were made from. */
static int write_lists(World *w, const char *path, Err *e) {
	Arena *a = w->env->arena;
	const char *folder = arena_fmt(a, "%s/lists", path);
	if (file_mkdirs(AT_FDCWD, folder, 0755, e) < 0 ||
	    lists_write(w, arena_fmt(a, "%s/%s.xlsx", folder, words(w->rules, "lists.title")), e) < 0 ||
	    export_rows(w, "xlsx", arena_fmt(a, "%s/entries.xlsx", folder), e) < 0 ||
	    export_rows(w, "csv", arena_fmt(a, "%s/entries.csv", folder), e) < 0)
		return -1;
	return export_rows(w, "json", arena_fmt(a, "%s/entries.json", folder), e);
}

static int keep(World *w, int to, const char *path, Err *e) {
	Arena *a = w->env->arena;
	Sums s = {.a = a, .dir = to, .e = e};
	if (publish_list(w, a, "proposed", e) < 0 || publish_list(w, a, "awards", e) < 0 || casebook_lay(w, a, NULL, e) < 0 ||
	    copy_parts(w, to, e) < 0 || store_backup(w->store, arena_fmt(a, "%s/" STORE_PATH, path), e) < 0 ||
	    write_lists(w, path, e) < 0)
		return -1;
	step("year.copied");
	int rc = write_sums(&s);
	if (rc == 0)
		rc = file_sync_all(to, e);
	if (rc == 0)
		printf("%s: %zu files; `xinlv -C %s verify`, or `sha256sum -c " YEAR_SUMS "` in it, shows anywhere that it is whole\n",
		       path, s.all.n, path);
	vec_free(&s.all);
	return rc;
}

/* An empty folder, made when missing. */
static int open_target(Env *env, const char *path, char real[PATH_MAX], Err *e) {
	char **name;
	size_t n;
	if (file_mkdirs(AT_FDCWD, path, 0750, e) < 0)
		return -1;
	int to = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (to < 0 || !realpath(path, real))
		return err_errno(e, ERR_DISK, "%s", path);
	if (file_list(env->arena, to, ".", &name, &n, e) < 0 || n) {
		close(to);
		return n ? err_set(e, ERR_USAGE, "%s is not empty", path) : -1;
	}
	return to;
}

int command_year(Env *env, int argc, char **argv, Err *e) {
	char real[PATH_MAX];
	const Option none[] = {{"", NULL, NULL}};
	int operands = options_read(none, 0, argc, argv, e);
	if (operands != 1)
		return operands < 0 ? -1 : err_set(e, ERR_USAGE, "year takes the folder to write to");
	World w;
	int rc = world_open(&w, env, WORLD_WRITE, e);
	int to = rc == 0 ? open_target(env, argv[1], real, e) : -1;
	rc = to < 0 ? -1 : keep(&w, to, real, e);
	if (to >= 0)
		close(to);
	world_close(&w);
	return rc;
}
