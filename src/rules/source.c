/* Before the loader: the files of a contest, wherever they come from.  Refuses
 * to look at anything but the names listed below, and to follow a count or a
 * size without a limit. */
#include "rules/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

typedef VEC(SourceFile) Files;

static const struct {
	const char *folder;
	const char *suffix[2];
} places[] = {
	{"rules", {".yaml", ".yml"}}, /* the second to say that it is another */
	{"rules/tracks", {".yaml", ".yml"}},
	{"templates/mail", {".txt", ".html"}},
	{"templates", {".md", NULL}},
};
#define PLACE_MAILS 2
#define PLACE_PAGES 3 /* the handbook */
#define WORDS "templates/words.yaml"

static const char *const needed[] = {"rules/contest.yaml", "rules/form.yaml", "rules/mail.yaml",
                                     WORDS};

static int by_path(const void *a, const void *b) {
	return strcmp(((const SourceFile *)a)->path, ((const SourceFile *)b)->path);
}

static int finish(Arena *a, Files *f, Source *out) {
	*out = (Source){.n = f->n};
	out->file = arena_array(a, f->n, sizeof *out->file);
	if (f->n) {
		memcpy(out->file, f->v, f->n * sizeof *f->v);
		qsort(out->file, out->n, sizeof *out->file, by_path);
	}
	vec_free(f);
	return 0;
}

static int read_one(Arena *a, int home, const char *path, Files *f, Err *e) {
	if (f->n >= SOURCE_MAX_FILES)
		return err_set(e, ERR_RULES, "%s: more than %d files in rules/ and templates/", path,
		               SOURCE_MAX_FILES);
	Buf b = {0};
	struct stat st;
	if (fstatat(home, path, &st, 0) == 0 && st.st_size > SOURCE_MAX_FILE_BYTES)
		return err_set(e, ERR_RULES, "%s: larger than %u MB; take out what is no rule", path, SOURCE_MAX_FILE_BYTES >> 20);
	if (file_read(home, path, SOURCE_MAX_FILE_BYTES, &b, e)) {
		buf_free(&b);
		return -1;
	}
	SourceFile one = {path, {arena_copy(a, b.p, b.n), b.n}, false};
	buf_free(&b);
	*vec_push(f) = one;
	return 0;
}

static bool wanted(const char *name, const char *const suffix[2]) {
	if (*name == '.' || *name == '~' || *name == '#')
		return false; /* what editors leave behind */
	for (size_t i = 0; i < 2 && suffix[i]; i++)
		if (str_ends_nocase(str_of(name), suffix[i]))
			return true;
	return false;
}

static int read_folder(Arena *a, int home, size_t place, Files *f, Err *e) {
	char **name;
	size_t n;
	const char *folder = places[place].folder;
	if (!file_exists(home, folder))
		return 0;
	if (file_list(a, home, folder, &name, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (wanted(name[i], places[place].suffix) &&
		    read_one(a, home, arena_fmt(a, "%s/%s", folder, name[i]), f, e))
			return -1;
	return 0;
}

int source_read(Arena *a, int home, Source *out, Err *e) {
	Files f = {0};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (file_missing(home, needed[i]))
			return err_set(e, ERR_RULES,
			               "%s is missing: a contest home needs it (man xinlv-rules)", needed[i]);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (read_folder(a, home, i, &f, e)) {
			vec_free(&f);
			return -1;
		}
	if (read_one(a, home, WORDS, &f, e)) {
		vec_free(&f);
		return -1;
	}
	return finish(a, &f, out);
}

Source *source_with(Arena *a, const Source *s, const SourceFile *file) {
	Files f = {0};
	Source *out = ARENA_NEW(a, Source);
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->file[i].path, file->path) != 0)
			*vec_push(&f) = s->file[i];
	*vec_push(&f) = *file;
	finish(a, &f, out);
	out->words = s->words;
	out->kept = s->kept;
	return out;
}

/* The wordings of mails, and the handbook, below `share` that s has not. */
static int lend_mails(Arena *a, int share, Source *s, Err *e) {
	Source all = {0};
	Files f = {0};
	int rc = read_folder(a, share, PLACE_MAILS, &f, e);
	if (rc == 0)
		rc = read_folder(a, share, PLACE_PAGES, &f, e);
	finish(a, &f, &all);
	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		all.file[i].lent = true;
		if (!source_find(s, all.file[i].path))
			*s = *source_with(a, s, &all.file[i]);
	}
	return rc;
}

int source_lend(Arena *a, const char *share, Source *s, Err *e) {
	Buf words = {0};
	int dir = open(share, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	int rc = lend_mails(a, dir, s, e);
	if (rc == 0 && file_exists(dir, WORDS))
		rc = file_read(dir, WORDS, SOURCE_MAX_FILE_BYTES, &words, e);
	if (rc == 0)
		s->words = (Str){arena_copy(a, words.p, words.n), words.n};
	buf_free(&words);
	close(dir);
	return rc;
}

static int stat_into(Buf *b, int home, const char *path, Err *e) {
	struct stat st;
	if (fstatat(home, path, &st, 0) < 0)
		return err_errno(e, ERR_RULES, "%s", path);
	buf_fmt(b, "%s %lld %lld %lld.%09ld %lld.%09ld\n", path, (long long)st.st_size, (long long)st.st_ino,
	        (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	return 0;
}

int source_look(Arena *a, int home, Hash *out, Err *e) {
	Buf b = {0};
	int rc = stat_into(&b, home, WORDS, e);
	for (size_t i = 0; rc == 0 && i < sizeof places / sizeof *places; i++) {
		char **name;
		size_t n = 0;
		rc = file_list(a, home, places[i].folder, &name, &n, e);
		for (size_t k = 0; rc == 0 && k < n; k++)
			if (wanted(name[k], places[i].suffix))
				rc = stat_into(&b, home, arena_fmt(a, "%s/%s", places[i].folder, name[k]), e);
	}
	*out = hash_of(b.p, b.n);
	buf_free(&b);
	return rc;
}

const SourceFile *source_find(const Source *s, const char *path) {
	SourceFile key = {.path = path};
	return s->n ? bsearch(&key, s->file, s->n, sizeof *s->file, by_path) : NULL;
}

void source_bundle(const Source *s, Buf *out) {
	Arena *a = arena_new();
	JsonOut j = json_to(out);
	json_object(&j, NULL);
	for (size_t i = 0; i < s->n; i++) {
		Str b = s->file[i].bytes;
		bool good = text_valid(b) && (b.n == 0 || !memchr(b.p, 0, b.n));
		json_text(&j, s->file[i].path, good ? b.p : text_clean(a, b));
	}
	json_end_object(&j);
	arena_free(a);
}

int source_unbundle(Arena *a, Str bundle, Source *out, Err *e) {
	Json *root = json_parse(bundle, e);
	if (!root)
		return err_wrap(e, "a kept set of rules");
	Files f = {0};
	size_t n = json_members(root);
	for (size_t i = 0; i < n && i < SOURCE_MAX_FILES; i++) {
		const char *path = NULL;
		const Json *v = json_member(root, i, &path);
		const char *text = json_str(v, "");
		SourceFile one = {arena_str(a, path), {arena_str(a, text), strlen(text)}, false};
		*vec_push(&f) = one;
	}
	json_free(root);
	finish(a, &f, out);
	out->kept = true;
	return 0;
}

Hash source_hash(const Source *s) {
	Buf b = {0};
	source_bundle(s, &b);
	Hash h = hash_of(b.p, b.n);
	buf_free(&b);
	return h;
}
