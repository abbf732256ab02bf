/* The last thing done with a message at its server.  Refuses EXPUNGE without UIDs, which takes away what others have
 * marked. */
#include "intake/imap.h"

#include <libetpan/mailimap.h>

#include "intake/imap_inner.h"
#include "intake/utf7.h"

/* Servers differ on mixed sets: one command for each run of neighbours. each gives libetpan's result. */
static ImapEnd by_runs(Imap *m, const uint32_t *uid, size_t n, int (*each)(Imap *m, struct mailimap_set *set, void *ctx),
                       void *ctx, const char *doing, Err *e) {
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && uid[k] == uid[k - 1] + 1; k++)
			;
		struct mailimap_set *set = mailimap_set_new_interval(uid[i], uid[k - 1]);
		imap_begin(m, 0);
		ImapEnd end = imap_end(m, set ? each(m, set, ctx) : MAILIMAP_ERROR_MEMORY, doing, e);
		if (set)
			mailimap_set_free(set);
		if (end != IMAP_OK)
			return end;
	}
	return IMAP_OK;
}

static int store(Imap *m, struct mailimap_set *set, void *ctx) {
	bool deleted = ctx != NULL;
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
	if (!flags)
		return MAILIMAP_ERROR_MEMORY;
	mailimap_flag_list_add(flags, deleted ? mailimap_flag_new_deleted() : mailimap_flag_new_seen());
	struct mailimap_store_att_flags *how = mailimap_store_att_flags_new_add_flags_silent(flags);
	if (!how)
		return MAILIMAP_ERROR_MEMORY;
	int r = mailimap_uid_store(m->im, set, how);
	mailimap_store_att_flags_free(how);
	return r;
}

static int expunge(Imap *m, struct mailimap_set *set, void *ctx) {
	(void)ctx;
	return mailimap_uid_expunge(m->im, set);
}

static int move(Imap *m, struct mailimap_set *set, void *ctx) {
	return mailimap_uid_move(m->im, set, ctx);
}

static int copy(Imap *m, struct mailimap_set *set, void *ctx) {
	return mailimap_uid_copy(m->im, set, ctx);
}

ImapEnd imap_flag(Imap *m, const uint32_t *uid, size_t n, Err *e) {
	return by_runs(m, uid, n, store, NULL, "marking messages as seen", e);
}

ImapEnd imap_delete(Imap *m, const uint32_t *uid, size_t n, Err *e) {
	ImapEnd end = by_runs(m, uid, n, store, m, "marking messages as deleted", e);
	return end == IMAP_OK ? by_runs(m, uid, n, expunge, NULL, "deleting messages", e) : end;
}

static ImapEnd move_to(Imap *m, const uint32_t *uid, size_t n, char *wire, Err *e) {
	if (imap_can(m, "MOVE"))
		return by_runs(m, uid, n, move, wire, "moving messages", e);
	ImapEnd end = by_runs(m, uid, n, copy, wire, "copying messages", e);
	return end == IMAP_OK ? imap_delete(m, uid, n, e) : end;
}

ImapEnd imap_move(Imap *m, const uint32_t *uid, size_t n, const char *folder, Err *e) {
	Err first = {0}, ignored;
	char *path;
	ImapEnd end = imap_path(m, m->arena, folder, &path, e);
	char *wire = end == IMAP_OK ? utf7_encode(m->arena, path, e) : NULL;
	if (!wire)
		return end == IMAP_OK ? IMAP_OURS : end;
	end = move_to(m, uid, n, wire, &first);
	if (end == IMAP_REFUSED) { /* most likely the folder is not there */
		imap_begin(m, 0);
		ImapEnd made = imap_end(m, mailimap_create(m->im, wire), "CREATE", &ignored);
		if (made == IMAP_OK)
			end = move_to(m, uid, n, wire, &first);
		else if (made != IMAP_REFUSED)
			end = made;
	}
	if (end != IMAP_OK)
		*e = first;
	return end;
}
