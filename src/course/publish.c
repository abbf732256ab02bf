/* From a list of awards to what is laid out: a page that prints well, the same as a workbook, and, apart from these, the data of the
 * certificates.  Each bears the checksum of the list; a list that fails its check gives none of them. */
#include "course/publish.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "course/casebook.h"
#include "home/bookout.h"
#include "home/due.h"
#include "post/template.h"

#define FACT "publish.due"

static const char *say(const World *w, const char *key) {
	return words(w->rules, key);
}

/* ---- the page */

static Data *page_data(World *w, Arena *a, const AwardList *l, bool proposed) {
	Data *d = data_new(a), *group = NULL;
	const char *award = "";
	size_t no = 0;
	data_flag(d, "proposed", proposed);
	data_text(d, "at", words_day(w->rules, a, l->at));
	data_text(d, "year", arena_fmt(a, "%d", when_local(l->at).tm_year + 1900));
	data_text(d, "closes", l->closes != WHEN_NONE ? words_moment(w->rules, a, l->closes) : "");
	data_text(d, "note", proposed ? w->rules->publicity.note : "");
	data_text(d, "checksum", l->checksum);
	data_fmt(d, "version", "%lld", (long long)l->version);
	data_fmt(d, "count", "%zu", l->n);
	for (size_t i = 0; i < l->n; i++) {
		const AwardLine *x = &l->line[i];
		if (!group || strcmp(award, x->award)) {
			group = data_item(d, "awards");
			award = x->award;
			no = 0;
			data_text(group, "award", award);
		}
		Data *row = data_item(group, "rows");
		data_fmt(row, "no", "%zu", ++no);
		data_text(row, "number", x->number);
		data_text(row, "title", x->title);
		data_text(row, "org", x->org);
		data_text(row, "track", rules_track_name(w->rules, x->track));
	}
	return d;
}

static int write_page(World *w, Arena *a, const AwardList *l, const char *folder, bool proposed, Err *e) {
	Buf html = {0};
	int rc = world_templates(w, e);
	if (rc == 0)
		rc = template_page(w->templates, "page_awards", page_data(w, a, l, proposed), &html, e);
	if (rc == 0)
		rc = file_write(w->env->home, arena_fmt(a, "%s/index.html", folder), html.p, html.n, 0644, e);
	buf_free(&html);
	return rc;
}

/* ---- the workbooks */

typedef struct {
	const char *key, *kind, *width;
} Col;

static void begin(World *w, Arena *a, BookOut *b, const char *title, const AwardList *l, const Col *col, size_t n) {
	const Rules *r = w->rules;
	bookout_texts(b, "book", title, r->organiser, say(w, "form.font"), "0", "sheet", say(w, "award.sheet"), "",
	              arena_fmt(a, "%s　%s", title, words_day(r, a, l->at)),
	              arena_fmt(a, "&L&8 SHA-256 %s&R&9 %s", l->checksum,
	                        words_fill(r, a, "form.page", "page", "&P", "pages", "&N", NULL)), "", NULL);
	bookout_num(b, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		bookout_texts(b, col[i].kind, col[i].width, say(w, col[i].key), NULL);
}

static void end_with_sum(World *w, Arena *a, BookOut *b, const AwardList *l) {
	bookout_texts(b, "tail", words_fill(w->rules, a, "award.checksum", "version", arena_fmt(a, "%lld", (long long)l->version),
	                                    "checksum", l->checksum, NULL), NULL);
}

static int write_book(World *w, Arena *a, const AwardList *l, const char *path, bool proposed, Err *e) {
	static const Col col[] = {{"award.col_award", "c", "12"}, {"digest.col_number", "c", "11"},
	                          {"digest.col_title", "f", "44"}, {"digest.col_org", "f", "36"}, {"digest.col_track", "f", "28"}};
	BookOut b;
	if (bookout_start(&b, w->env, arena_fmt(a, "%s/%s", w->env->home_path, path), e) < 0)
		return -1;
	begin(w, a, &b, say(w, proposed ? "award.title_proposed" : "award.title"), l, col, sizeof col / sizeof *col);
	for (size_t i = 0; i < l->n; i++)
		bookout_texts(&b, "row", "", l->line[i].award, l->line[i].number, l->line[i].title, l->line[i].org,
		              rules_track_name(w->rules, l->line[i].track), NULL);
	end_with_sum(w, a, &b, l);
	return bookout_end(&b);
}

int publish_list(World *w, Arena *a, const char *kind, Err *e) {
	AwardList l;
	bool proposed = !strcmp(kind, "proposed");
	const char *folder = proposed ? PUBLISH_PROPOSED : PUBLISH_AWARDS;
	if (awards_read(w, a, kind, &l, e) < 0)
		return -1;
	if (!l.version)
		return 0;
	const char *book = arena_fmt(a, "%s/%s", folder, say(w, proposed ? "award.file_proposed" : "award.file"));
	if (file_mkdirs(w->env->home, folder, 0755, e) < 0 || write_page(w, a, &l, folder, proposed, e) < 0 ||
	    write_book(w, a, &l, book, proposed, e) < 0)
		return -1;
	log_info("%s laid, %.12s", folder, l.checksum);
	return 0;
}

/* ---- certificates */

/* The first column of a table that names persons. */
static const char *people_key(const World *w, const char *track) {
	const Track *t = rules_track(w->rules, track);
	for (size_t i = 0; t && i < t->form.field_n; i++)
		if (t->form.field[i].table && t->form.field[i].personal && t->form.field[i].kind == KIND_TEXT)
			return t->form.field[i].key;
	return "";
}

static int people(World *w, Arena *a, const AwardLine *x, const char **out, Err *e) {
	FieldRow *f;
	size_t n;
	const char *key = people_key(w, x->track);
	*out = "";
	if (store_entry_fields(w->store, a, x->number, &f, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].key, key))
			*out = **out ? arena_fmt(a, "%s%s%s", *out, say(w, "award.comma"), f[i].value) : f[i].value;
	return 0;
}

int publish_certificates(World *w, Arena *a, const AwardList *l, const char *path, Err *e) {
	static const Col col[] = {{"award.col_certificate", "c", "20"}, {"digest.col_number", "c", "11"},
	                          {"award.col_award", "c", "12"},       {"digest.col_title", "f", "40"},
	                          {"digest.col_org", "f", "34"},        {"award.col_people", "f", "30"},
	                          {"award.col_date", "c", "16"}};
	BookOut b;
	int rc = 0;
	if (bookout_start(&b, w->env, arena_fmt(a, "%s/%s", w->env->home_path, path), e) < 0)
		return -1;
	begin(w, a, &b, say(w, "award.title_certificates"), l, col, sizeof col / sizeof *col);
	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		const char *names;
		rc = people(w, a, &l->line[i], &names, e);
		if (rc == 0)
			bookout_texts(&b, "row", "", arena_fmt(a, "%s-%s", w->rules->edition, l->line[i].number), l->line[i].number,
			              l->line[i].award, l->line[i].title, l->line[i].org, names, when_date(a, l->at), NULL);
	}
	if (rc < 0)
		b.bad = true;
	end_with_sum(w, a, &b, l);
	return bookout_end(&b) < 0 || rc < 0 ? -1 : 0;
}

/* ---- after the commit */

int publish_due(World *w, Err *e) {
	return store_fact_set(w->store, FACT, "1", e);
}

static int next(World *w, int64_t *at, Err *e) {
	char *text;
	int found = store_fact_get(w->store, w->env->arena, FACT, &text, e);
	*at = found > 0 ? 0 : INT64_MAX;
	return found < 0 ? -1 : 0;
}

static int act(World *w, Err *e) {
	Arena *a = arena_new();
	int rc = publish_list(w, a, "proposed", e);
	if (rc == 0)
		rc = publish_list(w, a, "awards", e);
	if (rc == 0)
		rc = casebook_lay(w, a, NULL, e);
	arena_free(a);
	step("publish.laid");
	return rc < 0 ? -1 : store_fact_keep(w->store, FACT, NULL, e);
}

const Due due_publish = {"publish", next, act};
