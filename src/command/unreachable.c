/* Behind a bounce, and behind a mail refused for good: looks for the entries that name the address. Believes a bounce only about
 * an address that we wrote to, so that nobody can make us write by inventing one; a bounce that says "not yet" is left to the
 * digest. */
#include "command/unreachable.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "home/outbox.h"

#define NAME_CHARS 80

typedef struct {
	World *w;
	Arena *arena;
	const char *address;
	VEC(EntryRow) entry; /* not told of yet */
	Err *e;
	int rc;
} Told;

static const char *fact_of(Arena *a, const char *number) {
	return arena_fmt(a, "told.unreachable %s", number);
}

static bool keep(void *ctx, const EntryRow *en) {
	Told *t = ctx;
	char *told;
	if (strcasecmp(en->email, t->address) != 0 || strcasecmp(en->sender, t->address) == 0 || !*en->sender ||
	    strcmp(en->state, "withdrawn") == 0)
		return true;
	t->rc = store_fact_get(t->w->store, t->arena, fact_of(t->arena, en->number), &told, t->e);
	if (t->rc == 0)
		*vec_push(&t->entry) = store_entry_keep(t->arena, en);
	return t->rc >= 0 && t->entry.n < UNREACHABLE_ENTRIES;
}

/* One mail of all entries that this sender sent; those at `from` and behind it are not told of yet. */
static Data *data_of(const Told *t, size_t from, const char *reason) {
	Arena *a = t->arena;
	const char *sender = t->entry.v[from].sender;
	Data *d = data_new(a), *last = NULL;
	size_t n = 0;
	data_text(d, "address", t->address);
	data_text(d, "reason", text_cut(a, text_line(a, str_of(reason)), UNREACHABLE_REASON_CHARS));
	data_text(d, "first_number", t->entry.v[from].number);
	for (size_t i = from; i < t->entry.n; i++) {
		const EntryRow *en = &t->entry.v[i];
		if (strcasecmp(en->sender, sender) != 0)
			continue;
		if (last)
			data_flag(last, "more", true);
		last = data_item(d, "entries");
		data_text(last, "number", en->number);
		data_text(last, "title", text_cut(a, text_line(a, str_of(en->title)), NAME_CHARS));
		data_text(last, "org", text_cut(a, text_line(a, str_of(en->org)), NAME_CHARS));
		data_flag(last, "more", false);
		n++;
	}
	data_fmt(d, "entry_count", "%zu", n);
	return d;
}

static int queue(const Told *t, size_t from, const char *reason, int64_t seq, Err *e) {
	World *w = t->w;
	Outgoing out;
	ReplyWorld rw = world_reply(w);
	Address to = {"", t->entry.v[from].sender};
	const char *key = arena_fmt(t->arena, "unreachable %s", t->entry.v[from].number);
	if (notice_make(&rw, t->arena, "unreachable", key, &to, data_of(t, from, reason), NULL, 0, &out, e) < 0)
		return -1;
	log_info("entry %s: its contact cannot be reached; %s hears of it", t->entry.v[from].number,
	         text_mask(t->arena, to.addr));
	return outbox_queue(w, seq, &out, "waiting", e);
}

static bool is_first_of_its_sender(const Told *t, size_t i) {
	for (size_t k = 0; k < i; k++)
		if (strcasecmp(t->entry.v[k].sender, t->entry.v[i].sender) == 0)
			return false;
	return true;
}

static int tell_all(Told *t, const char *reason, int64_t seq, Err *e) {
	if (t->entry.n && world_templates(t->w, e) < 0)
		return -1;
	for (size_t i = 0; i < t->entry.n; i++)
		if ((is_first_of_its_sender(t, i) && queue(t, i, reason, seq, e) < 0) ||
		    store_fact_set(t->w->store, fact_of(t->arena, t->entry.v[i].number), "1", e) < 0)
			return -1;
	return 0;
}

int unreachable_tell(World *w, const char *address, const char *reason, int64_t seq, Err *e) {
	Told t = {.w = w, .arena = arena_new(), .address = address, .e = e};
	int rc = store_entry_each(w->store, &(EntryFilter){.address = address, .standing = true}, keep, &t, e);
	if (rc == 0 && t.rc >= 0)
		rc = tell_all(&t, reason, seq, e);
	vec_free(&t.entry);
	arena_free(t.arena);
	return t.rc < 0 ? -1 : rc;
}

int unreachable_bounce(World *w, const Report *r, int64_t seq, Err *e) {
	OutboxRow mail;
	Arena *a = arena_new();
	int found = *r->bounce_of ? store_outbox_find(w->store, a, r->bounce_of, &mail, e) : 0;
	if (found == 0 && *r->bounce_to)
		found = store_outbox_last_to(w->store, a, r->bounce_to, "confirm", &mail, e);
	int rc = found < 0 ? -1 : 0;
	if (found > 0 && *mail.to && r->bounce_status[0] != '4') {
		const char *space = *r->bounce_status && *r->bounce_text ? " " : "";
		rc = unreachable_tell(w, mail.to, arena_fmt(a, "%s%s%s", r->bounce_status, space, r->bounce_text), seq, e);
	}
	arena_free(a);
	return rc;
}
