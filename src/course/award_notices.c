/* From the list in force to what each finalist reads: the award, or thanks.  Each is told once, by the list that first had it so. */
#include "course/award_notices.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "course/notice.h"
#include "course/publish.h"

#define KEY "awards " /* then the version of the list */

/* What an earlier list in force said of the entry; NULL: it was on none. */
static const char *told_before(Arena *a, const PaperRow *p, size_t n, const char *number, Err *e) {
	const char *told = NULL;
	for (size_t i = 0; i < n; i++) {
		Json *root = json_parse(str_of(p[i].body), e);
		const Json *lines = json_get(root, "lines"), *unplaced = json_get(root, "unplaced");
		for (size_t k = 0; k < json_len(lines); k++)
			if (!strcmp(json_str(json_get(json_at(lines, k), "number"), ""), number))
				told = arena_str(a, json_str(json_get(json_at(lines, k), "award"), ""));
		for (size_t k = 0; k < json_len(unplaced); k++)
			if (!strcmp(json_str(json_at(unplaced, k), ""), number))
				told = "";
		json_free(root);
	}
	return told;
}

static void tell(Notices *n, Arena *a, const PaperRow *p, size_t before, const char *number, const char *award, Err *e) {
	const char *told = told_before(a, p, before, number, e);
	if (told && !strcmp(told, award))
		return;
	const char *says[] = {"award", award, NULL};
	notice_add(n, &(Notice){.event = *award ? "awarded" : "unplaced", .number = number, .says = says});
}

int award_notices(World *w, Arena *a, const AwardList *list, const char *by, Err *e) {
	PaperRow *p;
	size_t n;
	if (store_paper_list(w->store, a, "awards", &p, &n, e) < 0)
		return -1;
	const char *version = arena_fmt(a, "%lld", (long long)list->version);
	Notices *all = notice_begin(w, &(NoticeFor){.key = arena_fmt(a, KEY "%s", version), .by = by, .wanted = true,
	                                            .title = words_fill(w->rules, a, "award.batch", "version", version, NULL)});
	notice_say(all, "checksum", list->checksum);
	for (size_t i = 0; i < list->n; i++)
		tell(all, a, p, n - 1, list->line[i].number, list->line[i].award, e);
	for (size_t i = 0; i < list->unplaced_n; i++)
		tell(all, a, p, n - 1, list->unplaced[i], "", e);
	return notice_end(all, NULL, e);
}

static bool has_checksum(const PaperRow *p, size_t n, int64_t version) {
	for (size_t i = 0; i < n; i++)
		if (p[i].version == version)
			return hash_eq(hash_of(p[i].body, strlen(p[i].body)), p[i].sha256);
	return false;
}

int award_notices_sound(World *w, Arena *a, const char *key, Err *e) {
	PaperRow *p;
	AwardList list;
	size_t n;
	int64_t version = 0;
	if (strncmp(key, KEY, strlen(KEY)) != 0)
		return 1;
	if (store_paper_list(w->store, a, "awards", &p, &n, e) < 0)
		return -1;
	if (str_to_i64(str_of(key + strlen(KEY)), 1, INT64_MAX, &version) < 0 || !has_checksum(p, n, version)) {
		log_error("notices %s: the list does not have its checksum any more", key);
		return 0;
	}
	if (awards_read(w, a, "awards", &list, e) == 0)
		return publish_due(w, e) < 0 ? -1 : 1;
	if (e->kind != ERR_REFUSED)
		return -1;
	log_error("notices %s: %s", key, e->text);
	*e = (Err){0};
	return 0;
}

/* Has a mail of the entry's award been let go, by any list up to that version? */
static int gone_out(World *w, Arena *a, int64_t version, const char *number, bool *gone, Err *e) {
	for (int64_t v = 1; v <= version; v++) {
		NoticeRow row;
		NoticeItemRow *item;
		size_t n;
		int found = store_notice_find(w->store, a, arena_fmt(a, KEY "%lld", (long long)v), &row, e);
		if (found < 0)
			return -1;
		if (!found || strcmp(row.state, "released") != 0)
			continue;
		if (store_notice_items(w->store, a, row.id, &item, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			*gone |= !strcmp(item[i].number, number);
	}
	return 0;
}

int award_notices_overtaken(World *w, Arena *a, const char *number, const char **says, Err *e) {
	PaperRow *p;
	EntryRow en;
	size_t n;
	bool gone = false;
	*says = NULL;
	int found = store_entry_get(w->store, a, number, &en, e);
	if (found <= 0)
		return found;
	if (store_paper_list(w->store, a, "awards", &p, &n, e) < 0)
		return -1;
	if (!told_before(a, p, n, number, e))
		return e->kind == ERR_NONE ? 0 : -1;
	if (gone_out(w, a, p[n - 1].version, number, &gone, e) < 0)
		return -1;
	*says = words_fill(w->rules, a, gone ? "objection.overtaken_told" : "objection.overtaken_held", "number", number, "title",
	                   en.title, "org", en.org, "contact", en.contact, NULL);
	return 0;
}
