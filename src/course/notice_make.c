/* A batch, made from what is kept of it: who gets which mail, and the mails.  The same batch under the same rules with the same
 * history gives the same bytes; that is what a code of release is bound to. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/notice_inner.h"
#include "home/outbox.h"

#define NAME_CHARS 80

/* ---- what is to be told today */

static int recipients(Arena *a, const char *text, Address **to, size_t *n, Err *e) {
	Json *j = json_parse(str_of(text), e);
	if (!j)
		return err_wrap(e, "database: whom a notice is for");
	*n = json_len(j) / 2;
	*to = arena_array(a, *n + 1, sizeof **to);
	for (size_t i = 0; i < *n; i++)
		(*to)[i] = (Address){arena_str(a, json_str(json_at(j, 2 * i), "")),
		                     arena_str(a, json_str(json_at(j, 2 * i + 1), ""))};
	json_free(j);
	return 0;
}

/* An objection to the proposed list that is open holds what the list would have told; one that names no entry, of all. */
static int look_for_objection(World *w, Arena *a, NoticeItem *item, Err *e) {
	ObjectionRow *o;
	size_t n;
	if (strcmp(item->row->mail, "awarded") != 0 && strcmp(item->row->mail, "unplaced") != 0)
		return 0;
	if (store_objection_list(w->store, a, &o, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!*o[i].decision && (!*o[i].number || !strcmp(o[i].number, item->row->number)))
			item->back = "notice.back_objection";
	return 0;
}

/* Beside it, nothing was decided on the entry. */
static bool leaves_as_is(const char *event) {
	return !strcmp(event, "supplement") || !strcmp(event, "objection_dismissed");
}

/* What was prepared about an entry means nothing any more once something else was decided on it. */
static int look_at_entry(World *w, Arena *a, NoticeItem *item, Err *e) {
	EventRow *ev;
	size_t n;
	int found = store_entry_get(w->store, a, item->row->number, &item->entry, e);
	if (found < 0 || store_entry_events(w->store, a, item->row->number, &ev, &n, e) < 0)
		return -1;
	item->about = found > 0;
	if (!found)
		item->back = "notice.back_gone";
	else if (!strcmp(item->entry.state, "withdrawn"))
		item->back = "notice.back_withdrawn";
	for (size_t i = (size_t)item->row->events; !item->back && i < n; i++)
		if (!leaves_as_is(ev[i].event))
			item->back = "notice.back_changed";
	return item->back ? 0 : look_for_objection(w, a, item, e);
}

static int open_item(World *w, Arena *a, NoticeItem *item, Err *e) {
	if (*item->row->number && look_at_entry(w, a, item, e) < 0)
		return -1;
	if (item->back)
		return 0;
	if (recipients(a, item->row->recipients, &item->to, &item->to_n, e) < 0)
		return -1;
	if (!item->to_n && item->about && notice_whom(w, a, &item->entry, &item->to, &item->to_n, e) < 0)
		return -1;
	if (!item->to_n)
		item->back = "notice.back_nobody";
	return 0;
}

/* ---- one person, one mail */

typedef struct {
	const Address *to;
	const char *addr; /* lower case */
	const NoticeItemRow *row;
	size_t item;
} Piece;

static int same_letter(const Piece *x, const Piece *y) {
	int c = strcmp(x->addr, y->addr);
	c = c ? c : strcmp(x->row->mail, y->row->mail);
	return c ? c : strcmp(x->row->apart, y->row->apart);
}

static int by_letter(const void *a, const void *b) {
	const Piece *x = a, *y = b;
	int c = same_letter(x, y);
	return c ? c : (x->item > y->item) - (x->item < y->item);
}

static int by_first(const void *a, const void *b) {
	const Letter *x = a, *y = b;
	if (x->item[0] != y->item[0])
		return x->item[0] < y->item[0] ? -1 : 1;
	return strcasecmp(x->to.addr, y->to.addr);
}

static void collapse(Arena *a, NoticeSet *s, Piece *piece, size_t n) {
	qsort(piece, n, sizeof *piece, by_letter);
	s->letter = arena_array(a, n + 1, sizeof *s->letter);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && same_letter(&piece[i], &piece[k]) == 0; k++)
			;
		Letter *l = &s->letter[s->letter_n++];
		*l = (Letter){.to = *piece[i].to, .mail = piece[i].row->mail, .apart = piece[i].row->apart,
		              .item = arena_array(a, k - i, sizeof *l->item)};
		for (size_t j = i; j < k; j++)
			if (!l->item_n || l->item[l->item_n - 1] != piece[j].item)
				l->item[l->item_n++] = piece[j].item;
		s->people += i == 0 || strcmp(piece[i].addr, piece[i - 1].addr) != 0;
	}
	if (s->letter_n)
		qsort(s->letter, s->letter_n, sizeof *s->letter, by_first);
}

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int count_entries(World *w, Arena *a, NoticeSet *s, Err *e) {
	CountRow *row;
	size_t n, numbers = 0;
	int64_t stand = 0;
	const char **number = arena_array(a, s->item_n + 1, sizeof *number);
	for (size_t i = 0; i < s->item_n; i++)
		if (s->item[i].about && !s->item[i].back)
			number[numbers++] = s->item[i].row->number;
	if (numbers)
		qsort(number, numbers, sizeof *number, by_text);
	for (size_t i = 0; i < numbers; i++)
		s->entries += i == 0 || strcmp(number[i], number[i - 1]) != 0;
	if (store_count_entries(w->store, a, &row, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		stand += strcmp(row[i].state, "withdrawn") ? row[i].n : 0;
	s->everybody = stand > 0 && (int64_t)s->entries >= stand;
	return 0;
}

int notice_set(World *w, Arena *a, const NoticeRow *row, NoticeSet *s, Err *e) {
	NoticeItemRow *item;
	size_t pieces = 0;
	*s = (NoticeSet){.row = *row};
	if (store_notice_items(w->store, a, row->id, &item, &s->item_n, e) < 0)
		return -1;
	s->item = arena_array(a, s->item_n + 1, sizeof *s->item);
	for (size_t i = 0; i < s->item_n; i++) {
		s->item[i] = (NoticeItem){.row = &item[i]};
		if (open_item(w, a, &s->item[i], e) < 0)
			return -1;
		pieces += s->item[i].to_n;
		s->back += s->item[i].back != NULL;
	}
	Piece *piece = arena_array(a, pieces + 1, sizeof *piece);
	size_t n = 0;
	for (size_t i = 0; i < s->item_n; i++)
		for (size_t k = 0; !s->item[i].back && k < s->item[i].to_n; k++)
			piece[n++] = (Piece){&s->item[i].to[k], text_lower(a, s->item[i].to[k].addr), s->item[i].row, i};
	collapse(a, s, piece, n);
	return count_entries(w, a, s, e);
}

/* ---- a mail */

/* Name, value, ... of a JSON list. */
static void put_says(Data *d, const char *text) {
	Err ignored = {0};
	Json *j = json_parse(str_of(text), &ignored);
	for (size_t i = 0; j && i + 1 < json_len(j); i += 2)
		data_text(d, json_str(json_at(j, i), ""), json_str(json_at(j, i + 1), ""));
	json_free(j);
}

static const char *short_of(Arena *a, const char *text) {
	return text_cut(a, text_line(a, str_of(text)), NAME_CHARS);
}

static void put_entry(const World *w, Arena *a, Data *d, const EntryRow *en) {
	data_text(d, "number", en->number);
	data_text(d, "title", short_of(a, en->title));
	data_text(d, "org", short_of(a, en->org));
	data_text(d, "track", rules_track_name(w->rules, en->track));
	data_text(d, "state", words(w->rules, arena_fmt(a, "state.%s", en->state)));
	data_text(d, "contact", short_of(a, en->contact));
}

Data *notice_data(const World *w, Arena *a, const NoticeSet *s, const Letter *l) {
	Data *d = data_new(a);
	put_says(d, s->row.shared);
	data_fmt(d, "entry_count", "%zu", l->item_n);
	data_flag(d, "many", l->item_n > 1);
	data_text(d, "first_number", s->item[l->item[0]].row->number);
	for (size_t i = 0; i < l->item_n; i++) {
		const NoticeItem *item = &s->item[l->item[i]];
		Data *x = data_item(d, "entries");
		if (item->about)
			put_entry(w, a, x, &item->entry);
		put_says(x, item->row->says);
		data_flag(x, "more", i + 1 < l->item_n);
	}
	return d;
}

static int enclosed(World *w, Arena *a, const NoticeSet *s, const Letter *l, Attachment **att, size_t *n, Err *e) {
	VEC(Attachment) all = {0};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < l->item_n; i++) {
		NoticeFileRow *f;
		size_t files;
		rc = store_notice_files(w->store, a, s->row.id, (int64_t)l->item[i], &f, &files, e);
		for (size_t k = 0; rc == 0 && k < files; k++)
			*vec_push(&all) = (Attachment){.name = *f[k].name ? f[k].name : NULL, .media = f[k].media, .bytes = f[k].bytes};
	}
	*n = all.n;
	*att = arena_array(a, all.n + 1, sizeof **att);
	if (all.n)
		memcpy(*att, all.v, all.n * sizeof **att);
	vec_free(&all);
	return rc;
}

int notice_letter(World *w, Arena *a, const NoticeSet *s, const Letter *l, int64_t date, Outgoing *out, Err *e) {
	Attachment *att;
	size_t n;
	ReplyWorld rw = world_reply(w);
	rw.now = date;
	const char *key = arena_fmt(a, "notice %s%s%s", s->row.key, *l->apart ? " " : "", l->apart);
	if (enclosed(w, a, s, l, &att, &n, e) < 0)
		return -1;
	return notice_make(&rw, a, l->mail, key, &l->to, notice_data(w, a, s, l), att, n, out, e);
}

/* ---- all of them */

static int each_letter(World *w, const NoticeSet *s, int64_t date,
                       int (*each)(void *ctx, size_t i, const Outgoing *o, Err *e), void *ctx, Err *e) {
	Arena *a = arena_new();
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < s->letter_n; i++) {
		Outgoing o;
		arena_reset(a);
		rc = notice_letter(w, a, s, &s->letter[i], date, &o, e);
		if (rc == 0)
			rc = each(ctx, i, &o, e);
	}
	arena_free(a);
	return rc;
}

typedef struct {
	HashRun *run;
	int (*each)(void *ctx, size_t i, const Outgoing *o, Err *e);
	void *ctx;
} Digesting;

static int digest_one(void *ctx, size_t i, const Outgoing *o, Err *e) {
	Digesting *d = ctx;
	Hash h = hash_of(o->bytes.p, o->bytes.n);
	hash_more(d->run, h.b, sizeof h.b);
	return d->each ? d->each(d->ctx, i, o, e) : 0;
}

int notice_digest(World *w, const NoticeSet *s, int (*each)(void *ctx, size_t i, const Outgoing *o, Err *e), void *ctx,
                  Hash *out, Err *e) {
	Digesting d = {hash_start(), each, ctx};
	for (size_t i = 0; i < s->item_n; i++) {
		const char *back = s->item[i].back ? s->item[i].back : "";
		hash_more(d.run, s->item[i].row->number, strlen(s->item[i].row->number) + 1);
		hash_more(d.run, back, strlen(back) + 1);
	}
	int rc = each_letter(w, s, s->row.shown, digest_one, &d, e);
	*out = hash_end(d.run);
	return rc;
}

typedef struct {
	World *w;
	int64_t due;
} Releasing;

static int queue_one(void *ctx, size_t i, const Outgoing *o, Err *e) {
	const Releasing *r = ctx;
	(void)i;
	return outbox_queue_at(r->w, 0, o, "waiting", r->due, e);
}

int notice_release(World *w, NoticeSet *s, int64_t due, const char *by, Err *e) {
	Releasing r = {w, due};
	s->row.state = "released";
	s->row.mails = (int64_t)s->letter_n;
	if (each_letter(w, s, due, queue_one, &r, e) < 0 || store_notice_mails_clear(w->store, s->row.id, e) < 0)
		return -1;
	return store_notice_set(w->store, &s->row, w->env->now, by, e);
}
