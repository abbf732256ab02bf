/* Folders: what they are called here, and what lies in one.  What the server calls them is text from outside. */
#include "intake/imap.h"

#include <string.h>
#include <strings.h>

#include <libetpan/mailimap.h>

#include "base/text.h"
#include "intake/imap_inner.h"
#include "intake/utf7.h"

/* libetpan may keep no list for an empty one. */
static clistiter *first_of(const clist *list) {
	return list ? clist_begin(list) : NULL;
}

static ImapEnd is_missing(Imap *m, const char *wire, bool *missing, Err *e) {
	clist *list = NULL;
	imap_begin(m, 0);
	ImapEnd end = imap_end(m, mailimap_list(m->im, "", wire, &list), "LIST", e);
	if (end == IMAP_OK)
		*missing = !list || clist_count(list) == 0;
	if (end == IMAP_OK && list)
		mailimap_list_result_free(list);
	return end;
}

/* LIST of nothing names the delimiter (RFC 3501 6.3.8); '\0': the server knows no folders below others. */
static ImapEnd delimiter(Imap *m, char *out, Err *e) {
	clist *list = NULL;
	imap_begin(m, 0);
	ImapEnd end = imap_end(m, mailimap_list(m->im, "", "", &list), "LIST", e);
	*out = '\0';
	clistiter *first = end == IMAP_OK ? first_of(list) : NULL;
	if (first)
		*out = ((const struct mailimap_mailbox_list *)clist_content(first))->mb_delimiter;
	if (end == IMAP_OK && list)
		mailimap_list_result_free(list);
	return end;
}

/* What the names of a person's own folders begin with, NULL when not told, and the delimiter in them (RFC 2342): "INBOX."
 * and '.' with Cyrus and Courier. */
static ImapEnd namespace(Imap *m, char **prefix, char *d, Err *e) {
	struct mailimap_namespace_data *spaces = NULL;
	*prefix = NULL;
	if (!imap_begin_extra(m, EXTRA_NAMESPACE))
		return delimiter(m, d, e);
	ImapEnd end = imap_end(m, mailimap_namespace(m->im, &spaces), "NAMESPACE", e);
	clistiter *first = end == IMAP_OK && spaces && spaces->ns_personal ? first_of(spaces->ns_personal->ns_data_list) : NULL;
	if (first) {
		const struct mailimap_namespace_info *own = clist_content(first);
		*prefix = own->ns_prefix ? utf7_decode(m->arena, own->ns_prefix) : NULL;
		*d = own->ns_delimiter;
	}
	if (spaces)
		mailimap_namespace_data_free(spaces);
	return end == IMAP_REFUSED || (end == IMAP_OK && !first) ? delimiter(m, d, e) : end;
}

ImapEnd imap_path(Imap *m, Arena *a, const char *folder, char **path, Err *e) {
	char *prefix, d = '\0';
	bool exists;
	*path = arena_str(a, folder);
	ImapEnd end = namespace(m, &prefix, &d, e);
	if (end == IMAP_REFUSED)
		return IMAP_OK;
	for (char *c = *path; end == IMAP_OK && d > ' ' && d < 0x7f && (c = strchr(c, '/')); c++)
		*c = d;
	if (end != IMAP_OK || !prefix || !*prefix || str_find_nocase(str_of(*path), str_of(prefix)) == 0 ||
	    !strcasecmp(*path, "INBOX"))
		return end;
	end = imap_exists(m, *path, &exists, e); /* among the folders of others, say */
	if (end == IMAP_OK && !exists)
		*path = arena_fmt(a, "%s%s", prefix, *path);
	return end;
}

ImapEnd imap_exists(Imap *m, const char *path, bool *exists, Err *e) {
	bool missing = true;
	char *wire = utf7_encode(m->arena, path, e);
	if (!wire)
		return IMAP_OURS;
	ImapEnd end = is_missing(m, wire, &missing, e);
	*exists = !missing;
	return end;
}

static bool can_be_opened(const struct mailimap_mailbox_list *l) {
	return !l->mb_flag || l->mb_flag->mbf_type != MAILIMAP_MBX_LIST_FLAGS_SFLAG ||
	       l->mb_flag->mbf_sflag != MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
}

ImapEnd imap_names(Imap *m, Arena *a, char **names, Err *e) {
	clist *list = NULL;
	size_t n = 0;
	Buf b = {0};
	imap_begin(m, 0);
	ImapEnd end = imap_end(m, mailimap_list(m->im, "", "*", &list), "LIST", e);
	for (clistiter *i = end == IMAP_OK ? first_of(list) : NULL; i && n < IMAP_MAX_NAMES; i = clist_next(i)) {
		const struct mailimap_mailbox_list *l = clist_content(i);
		char *name = can_be_opened(l) ? utf7_decode(m->arena, l->mb_name) : NULL;
		if (name)
			buf_fmt(&b, "%s%s", n++ ? ", " : "", text_clean(m->arena, str_of(name)));
	}
	if (end == IMAP_OK && list)
		mailimap_list_result_free(list);
	*names = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return end;
}

/* NO to a folder: it is not there, or we are not welcome. */
static ImapEnd not_opened(Imap *m, const char *folder, const char *wire, bool *missing, Err *e) {
	char *words = imap_words(m);
	if (str_find_nocase(str_of(words), STR("unsafe login")) >= 0) {
		err_set(e, ERR_LOGIN, "%s lets %s in but opens no folder: %s; allow this client on the provider's web pages",
		        m->conf->host, m->conf->user, words);
		return IMAP_OURS;
	}
	ImapEnd end = is_missing(m, wire, missing, e);
	if (end != IMAP_OK || *missing)
		return end;
	err_set(e, ERR_SERVER, "%s: the folder %s cannot be opened: %s", m->conf->host, folder, words);
	return IMAP_REFUSED;
}

static ImapEnd open_as(Imap *m, const char *folder, bool to_change, ImapFolder *out, bool *missing, Err *e) {
	*missing = false;
	char *wire = utf7_encode(m->arena, folder, e);
	if (!wire)
		return IMAP_OURS;
	imap_begin(m, 0);
	int r = to_change ? mailimap_select(m->im, wire) : mailimap_examine(m->im, wire);
	ImapEnd end = imap_end(m, r, to_change ? "SELECT" : "EXAMINE", e);
	if (end == IMAP_REFUSED || r == MAILIMAP_ERROR_PROTOCOL) /* some say BAD to a name they do not know */
		return not_opened(m, folder, wire, missing, e);
	if (end == IMAP_OK && m->im->imap_selection_info)
		*out = (ImapFolder){.uidvalidity = m->im->imap_selection_info->sel_uidvalidity,
		                    .uidnext = m->im->imap_selection_info->sel_uidnext,
		                    .exists = m->im->imap_selection_info->sel_exists};
	return end;
}

ImapEnd imap_look(Imap *m, const char *folder, bool to_change, ImapFolder *out, bool *missing, Err *e) {
	char *path;
	arena_reset(m->arena);
	*out = (ImapFolder){0};
	ImapEnd end = open_as(m, folder, to_change, out, missing, e);
	if (end != IMAP_OK || !*missing)
		return end;
	end = imap_path(m, m->arena, folder, &path, e);
	return end != IMAP_OK || !strcmp(path, folder) ? end : open_as(m, path, to_change, out, missing, e);
}

static int fullest(const clist *quotas) {
	int most = -1;
	for (clistiter *q = first_of(quotas); q; q = clist_next(q)) {
		const struct mailimap_quota_quota_data *d = clist_content(q);
		for (clistiter *i = first_of(d->quota_list); i; i = clist_next(i)) {
			const struct mailimap_quota_quota_resource *r = clist_content(i);
			uint64_t share = r->limit ? (uint64_t)r->usage * 100 / r->limit : 0;
			if (r->limit && (int)share > most)
				most = share > 100 ? 100 : (int)share;
		}
	}
	return most;
}

ImapEnd imap_quota(Imap *m, const char *folder, int *percent, Err *e) {
	struct mailimap_quota_complete_data *d = NULL;
	*percent = -1;
	char *wire = utf7_encode(m->arena, folder, e);
	if (!wire)
		return IMAP_OURS;
	if (!imap_begin_extra(m, EXTRA_QUOTA))
		return IMAP_OK;
	ImapEnd end = imap_end(m, mailimap_quota_getquotaroot(m->im, wire, &d), "GETQUOTAROOT", e);
	if (end == IMAP_OK && d) {
		*percent = fullest(d->quota_list);
		mailimap_quota_complete_data_free(d);
	}
	return end == IMAP_REFUSED ? IMAP_OK : end;
}
