/* For `list` and whoever wants entries: a walk by the index that fits the filter, one row in memory at a
 * time; kept whole only for who asks for a list. */
#include <string.h>

#include "store/inside.h"

static bool given(const char *s) {
	return s && *s;
}

/* An address names few entries, a track and a state fewer than either. */
static Statement way(const EntryFilter *f) {
	if (given(f->address))
		return ENTRY_ADDRESS;
	if (given(f->track))
		return given(f->state) ? ENTRY_TRACK_STATE : ENTRY_TRACK;
	return given(f->state) ? ENTRY_STATE : ENTRY_ALL;
}

int store_entry_each(Store *s, const EntryFilter *f, bool (*each)(void *ctx, const EntryRow *en),
                     void *ctx, Err *e) {
	static const EntryFilter all = {0};
	f = f ? f : &all;
	Query *q = query_start(s->db, way(f), e);
	query_put_text(q, f->track);
	query_put_text(q, f->state);
	query_put_text(q, f->find);
	query_put_text(q, f->address);
	query_put_int(q, f->standing);
	Arena *a = arena_new();
	int r;
	while ((r = query_next(q)) == 1) {
		EntryRow en;
		arena_reset(a);
		entry_take(q, a, &en);
		if (!each(ctx, &en)) {
			query_end(q);
			break;
		}
	}
	arena_free(a);
	return r < 0 ? -1 : 0;
}

EntryRow store_entry_keep(Arena *a, const EntryRow *en) {
	EntryRow kept = *en;
	const char **text[] = {&kept.number, &kept.track, &kept.sender, &kept.title, &kept.org, &kept.uscc,
	                       &kept.org_kind, &kept.province, &kept.contact, &kept.mobile, &kept.email,
	                       &kept.state, &kept.edition, &kept.form_version, &kept.token, &kept.folder};
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		*text[i] = arena_str(a, *text[i]);
	return kept;
}

typedef struct {
	Arena *a;
	VEC(EntryRow) row;
	size_t most;
} Kept;

static bool keep(void *ctx, const EntryRow *en) {
	Kept *k = ctx;
	*vec_push(&k->row) = store_entry_keep(k->a, en);
	return k->row.n != k->most;
}

int store_entry_list(Store *s, Arena *a, const EntryFilter *f, size_t most, EntryRow **rows, size_t *n, Err *e) {
	Kept k = {.a = a, .most = most};
	int r = store_entry_each(s, f, keep, &k, e);
	return ROWS_GIVE(a, &k.row, r, rows, n);
}
