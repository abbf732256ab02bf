/* From what is to be told to a batch: kept as what it is made from, then queued or shown.  Decides by the rules alone which of
 * the two; writes to nobody itself. */
#include "course/notice_inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"

typedef struct {
	NoticeItemRow row;
	NoticeMode mode;
	const Attachment *file;
	size_t file_n;
} Item;

struct Notices {
	World *w;
	Arena *a;
	NoticeFor what;
	VEC(Item) item;
	Buf shared;
	JsonOut json;
	size_t none;
};

/* ---- collecting */

Notices *notice_begin(World *w, const NoticeFor *what) {
	Notices *n = mem_alloc(sizeof *n);
	*n = (Notices){.w = w, .a = arena_new(), .what = *what};
	n->what.key = arena_str(n->a, what->key);
	n->what.title = arena_str(n->a, what->title);
	n->what.by = arena_str(n->a, what->by);
	n->json = json_to(&n->shared);
	json_array(&n->json, NULL);
	return n;
}

void notice_say(Notices *n, const char *name, const char *value) {
	json_text(&n->json, NULL, name);
	json_text(&n->json, NULL, value ? value : "");
}

static const char *taken(Arena *a, Buf *b) {
	const char *text = arena_str(a, buf_cstr(b));
	buf_free(b);
	return text;
}

static const char *says_json(Arena *a, const char *const *says) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_array(&j, NULL);
	for (; says && says[0]; says += 2) {
		json_text(&j, NULL, says[0]);
		json_text(&j, NULL, says[1] ? says[1] : "");
	}
	json_end_array(&j);
	return taken(a, &b);
}

static const char *people_json(Arena *a, const Address *to, size_t n) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		json_text(&j, NULL, to[i].name ? to[i].name : "");
		json_text(&j, NULL, to[i].addr);
	}
	json_end_array(&j);
	return taken(a, &b);
}

static const Attachment *files_copy(Arena *a, const Notice *one) {
	Attachment *out = arena_array(a, one->file_n + 1, sizeof *out);
	for (size_t i = 0; i < one->file_n; i++) {
		const Attachment *f = &one->file[i];
		out[i] = (Attachment){.name = f->name ? arena_str(a, f->name) : "", .media = arena_str(a, f->media),
		                      .bytes = {arena_copy(a, f->bytes.p, f->bytes.n), f->bytes.n}};
	}
	return out;
}

void notice_add(Notices *n, const Notice *one) {
	NoticeMode mode = rules_notice_mode(n->w->rules, one->event);
	if (mode == NOTICE_NONE) {
		n->none++;
		return;
	}
	*vec_push(&n->item) = (Item){
		.row = {.mail = arena_str(n->a, one->event), .number = arena_str(n->a, one->number ? one->number : ""),
	            .recipients = people_json(n->a, one->to, one->to_n), .says = says_json(n->a, one->says),
	            .apart = arena_str(n->a, one->apart ? one->apart : "")},
		.mode = mode, .file = files_copy(n->a, one), .file_n = one->file_n};
}

/* ---- keeping */

static int keep_item(Notices *n, int64_t id, int64_t no, Item *item, Err *e) {
	EventRow *ev;
	size_t events = 0;
	if (*item->row.number && store_entry_events(n->w->store, n->a, item->row.number, &ev, &events, e) < 0)
		return -1;
	item->row.events = (int64_t)events;
	if (store_notice_item_add(n->w->store, id, no, &item->row, e) < 0)
		return -1;
	for (size_t k = 0; k < item->file_n; k++) {
		NoticeFileRow f = {item->file[k].name, item->file[k].media, item->file[k].bytes};
		if (store_notice_file_add(n->w->store, id, no, (int64_t)k, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int keep(Notices *n, NoticeRow *row, Err *e) {
	*row = (NoticeRow){.key = n->what.key, .title = n->what.title, .made = n->w->env->now, .shared = buf_cstr(&n->shared),
	                   .until = n->what.until ? n->what.until : INT64_MAX, .state = "held", .shown = n->w->env->now};
	if (store_notice_add(n->w->store, row, &row->id, e) < 0)
		return -1;
	for (size_t i = 0; i < n->item.n; i++)
		if (keep_item(n, row->id, (int64_t)i, &n->item.v[i], e) < 0)
			return -1;
	return 0;
}

/* ---- which way */

static int go(Notices *n, NoticeRow *row, bool hold, NoticeMade *made, Err *e) {
	NoticeSet s;
	if (notice_set(n->w, n->a, row, &s, e) < 0)
		return -1;
	if (!hold && (int64_t)s.people <= n->w->rules->notices.hold_above) {
		made->sent += s.letter_n;
		return notice_release(n->w, &s, n->w->env->now, n->what.by, e);
	}
	made->held += s.letter_n;
	return notice_show(n->w, row, n->what.by, e);
}

static int prepare(Notices *n, NoticeMade *made, Err *e) {
	NoticeRow row;
	bool hold = n->what.wanted;
	for (size_t i = 0; i < n->item.n; i++)
		hold |= n->item.v[i].mode == NOTICE_HELD;
	if (!n->item.n && !n->what.wanted)
		return 0;
	return world_templates(n->w, e) < 0 || keep(n, &row, e) < 0 ? -1 : go(n, &row, hold, made, e);
}

int notice_end(Notices *n, NoticeMade *made, Err *e) {
	NoticeMade own;
	NoticeRow before;
	made = made ? made : &own;
	*made = (NoticeMade){.none = n->none};
	json_end_array(&n->json);
	int rc = store_notice_find(n->w->store, n->a, n->what.key, &before, e);
	made->before = rc > 0;
	if (rc == 0)
		rc = prepare(n, made, e);
	if (rc == 0)
		log_info("notices %s: %zu queued, %zu held", n->what.key, made->sent, made->held);
	vec_free(&n->item);
	buf_free(&n->shared);
	arena_free(n->a);
	free(n);
	return rc < 0 ? -1 : 0;
}
