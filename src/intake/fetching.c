/* Inside xinlv-fetch: connections, folders and windows of UIDs.  A fault of the connection costs a new connection, never
 * a message; an answer that cannot be read is narrowed down to the one message that it is about. */
#include "intake/fetching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "intake/fetching_inner.h"

bool fetching_over(const Fetching *f) {
	return when_monotonic_ms() >= f->stage_end;
}

void fetching_lose(Fetching *f) {
	imap_close(f->imap, false);
	f->imap = NULL;
	f->open = NOWHERE;
}

static int connect_again(Fetching *f, Err *e) {
	if (fetching_over(f))
		return err_set(e, ERR_SERVER, "%s: the %d seconds for fetching are over", f->conf->host,
		               f->conf->stage_seconds);
	if (f->connects++ > FETCHING_RECONNECTS)
		return err_set(e, ERR_SERVER, "%s: the connection was lost %d times", f->conf->host, FETCHING_RECONNECTS);
	int dialled = f->dialled;
	f->dialled = -1;
	return imap_open(f->conf, f->home, dialled, f->stage_end, &f->without, &f->imap, e);
}

static bool is_connected(Fetching *f, Err *e) {
	return f->imap || connect_again(f, e) == 0;
}

/* A question to the server, put in a loop `while (asks(f, &q)) q.end = ...;`. */
typedef struct {
	ImapEnd end; /* the answer, by whoever asks */
	bool put;
	unsigned without;
} Question;

/* Whether to put it, and then whether to put it again: only where it was an extra that ended the connection, since the
 * next connection goes without it (imap_open).  There are few extras: this ends. */
static bool asks(Fetching *f, Question *q) {
	if (q->put) {
		if (q->end != IMAP_LOST && q->end != IMAP_GARBLED)
			return false;
		fetching_lose(f);
		if (q->without == f->without)
			return false;
	}
	q->put = true;
	q->without = f->without;
	return true;
}

static ImapEnd look(Fetching *f, size_t folder, bool to_change, ImapFolder *found, bool *missing, Err *e) {
	Question q = {0};
	while (asks(f, &q))
		q.end = is_connected(f, e) ? imap_look(f->imap, f->conf->folder[folder].folder, to_change, found, missing, e)
		                           : IMAP_OURS;
	return q.end;
}

/* An open connection that fails at once was closed while we did something else: one new one is no fault. */
int fetching_reach(Fetching *f, size_t folder, bool to_change, Err *e) {
	ImapFolder found;
	bool missing;
	if (f->imap && f->open == folder && (f->changing || !to_change))
		return 0;
	for (bool fresh = !f->imap;; fresh = true) {
		f->open = NOWHERE;
		ImapEnd end = look(f, folder, to_change, &found, &missing, e);
		if (end == IMAP_OK)
			break;
		if (end != IMAP_LOST || fresh)
			return -1;
	}
	if (missing || found.uidvalidity != f->place[folder].state.uidvalidity)
		return err_set(e, ERR_SERVER, "%s: the folder %s was made anew while we looked", f->conf->host,
		               f->conf->folder[folder].folder);
	f->open = folder;
	f->changing = to_change;
	return 0;
}

/* ---- what lies in a folder */
static ImapEnd find_uidnext(Fetching *f, Place *p, Err *e) {
	ImapList last = {0};
	ImapEnd end = p->state.exists ? imap_list(f->imap, 0, 0, &last, e) : IMAP_OK;
	if (end == IMAP_OK) {
		p->end = last.n ? last.v[last.n - 1].uid + 1 : 1;
		p->end_known = true;
	}
	vec_free(&last);
	return end;
}

static ImapEnd list_window(Fetching *f, Place *p, Err *e) {
	if (!p->end_known)
		return find_uidnext(f, p, e);
	if (p->next >= p->end)
		return IMAP_OK;
	uint32_t left = p->end - p->next, count = left < p->window ? left : p->window;
	ImapEnd end = imap_list(f->imap, p->next, p->next + count - 1, &p->list, e);
	p->taken = 0;
	if (end != IMAP_OK) {
		p->list.n = 0;
		return end;
	}
	p->next += count;
	p->failed = 0;
	if (p->window < FETCHING_WINDOW || (p->list.n < p->window / 4 && p->window < FETCHING_WINDOW_MAX))
		p->window *= 2;
	return IMAP_OK;
}

/* One UID alone whose description cannot be had: it is given out as such, and passed. */
static void give_up_window(Place *p, const char *why) {
	p->blind = p->next++;
	snprintf(p->blind_why, sizeof p->blind_why, "%.250s", why);
	p->failed = 0;
}

static int narrow(Fetching *f, size_t folder, ImapEnd end, Err *e) {
	Place *p = &f->place[folder];
	if (end == IMAP_OURS || fetching_over(f))
		return -1;
	log_info("%s: %s", f->conf->folder[folder].folder, e->text);
	if (end != IMAP_REFUSED)
		fetching_lose(f);
	Err why = *e;
	if (fetching_reach(f, folder, false, e) < 0)
		return -1;
	p->failed++;
	if (p->failed < FETCHING_TRIES && (end == IMAP_LOST || p->window == 1))
		return 0;
	if (p->window > 1 && p->end_known) {
		p->window = p->window > 8 ? p->window / 8 : 1;
		p->failed = 0;
		return 0;
	}
	*e = why;
	if (!p->end_known || ++f->blinds > FETCHING_BLINDS)
		return -1;
	give_up_window(p, why.text);
	return 0;
}

int fetching_list(Fetching *f, size_t folder, Err *e) {
	Place *p = &f->place[folder];
	while (p->taken == p->list.n && !p->blind && !(p->end_known && p->next >= p->end)) {
		if (fetching_reach(f, folder, false, e) < 0)
			return -1;
		ImapEnd end = list_window(f, p, e);
		if (end != IMAP_OK && narrow(f, folder, end, e) < 0)
			return -1;
	}
	return 0;
}

/* The oldest arrival of a folder that was never looked into: are its messages from before our time? */
static int find_oldest(Fetching *f, size_t folder, Err *e) {
	Place *p = &f->place[folder];
	for (int windows = 0; !(p->end_known && p->next >= p->end); windows++) {
		if (windows)
			p->list.n = p->taken = 0;
		if (fetching_list(f, folder, e) < 0)
			return -1;
		p->relist |= windows > 0 || p->blind;
		for (size_t i = 0; i < p->list.n; i++)
			if (p->list.v[i].received != WHEN_NONE &&
			    (p->state.oldest == WHEN_NONE || p->list.v[i].received < p->state.oldest))
				p->state.oldest = p->list.v[i].received;
		p->blind = 0;
	}
	p->state.uidnext = p->end;
	if (p->relist) { /* it took more than one command: what was listed is not kept */
		p->list.n = p->taken = 0;
		p->next = 1;
	}
	return 0;
}

/* ---- opening */
static int look_at(Fetching *f, size_t folder, Err *e) {
	const FetchFolder *known = &f->conf->folder[folder];
	Place *p = &f->place[folder];
	ImapFolder found;
	bool missing;
	if (look(f, folder, false, &found, &missing, e) != IMAP_OK)
		return -1;
	bool again = known->uidvalidity && known->uidvalidity == found.uidvalidity;
	p->state = (FetchState){.missing = missing, .uidvalidity = found.uidvalidity, .uidnext = found.uidnext,
	                        .exists = found.exists, .oldest = WHEN_NONE,
	                        .renewed = !missing && !again && (known->uidvalidity || known->last_uid || !found.uidvalidity)};
	p->window = FETCHING_WINDOW;
	p->next = again ? known->last_uid + 1 : 1;
	p->end = missing ? p->next : found.uidnext;
	p->end_known = missing || found.uidnext || found.exists == 0;
	f->open = missing ? NOWHERE : folder;
	if (missing || known->uidvalidity || known->last_uid || found.exists == 0)
		return 0;
	return find_oldest(f, folder, e);
}

/* A server that gives no answer to it is asked for the mail all the same, over a new connection when there is some. */
static int look_at_quota(Fetching *f, Err *e) {
	Err why = {0};
	ImapEnd end = imap_quota(f->imap, f->conf->folder[0].folder, &f->quota, &why);
	if (end == IMAP_OURS) {
		*e = why;
		return -1;
	}
	if (end != IMAP_OK) {
		log_info("%s", why.text);
		fetching_lose(f);
	}
	return 0;
}

static int look_at_all(Fetching *f, Err *e) {
	for (size_t i = 0; i < f->conf->folder_n; i++)
		if (look_at(f, i, e) < 0)
			return -1;
	return look_at_quota(f, e);
}

int fetching_open(const FetchConf *c, int home, int dialled, Fetching **out, Err *e) {
	Fetching *f = mem_alloc(sizeof *f);
	*f = (Fetching){.conf = c, .home = home, .dialled = dialled, .open = NOWHERE, .quota = -1,
	                .stage_end = when_monotonic_ms() + c->stage_seconds * 1000,
	                .place = mem_alloc(c->folder_n * sizeof *f->place)};
	memset(f->place, 0, c->folder_n * sizeof *f->place);
	*out = f;
	if (archive_open(home, &f->archive, e) == 0 && connect_again(f, e) == 0 && look_at_all(f, e) == 0)
		return 0;
	fetching_close(f);
	*out = NULL;
	return -1;
}

void fetching_close(Fetching *f) {
	if (!f)
		return;
	imap_close(f->imap, true);
	if (f->dialled >= 0)
		close(f->dialled);
	archive_close(f->archive);
	for (size_t i = 0; i < f->conf->folder_n; i++)
		vec_free(&f->place[i].list);
	free(f->place);
	free(f);
}

const FetchState *fetching_state(const Fetching *f, size_t folder) {
	return &f->place[folder].state;
}

int fetching_quota(const Fetching *f) {
	return f->quota;
}

void fetching_skip(Fetching *f, size_t folder, uint32_t uid) {
	Place *p = &f->place[folder];
	if (p->list.n && uid < p->list.v[0].uid) /* listed already, by the first look */
		return;
	p->list.n = p->taken = 0;
	p->next = uid == UINT32_MAX ? uid : uid + 1;
}

bool fetching_walked(const Fetching *f, size_t folder) {
	const Place *p = &f->place[folder];
	return p->end_known && p->next >= p->end && p->taken == p->list.n && !p->blind && !f->has_held;
}

/* ---- tidying */
static ImapEnd tidy_by(Fetching *f, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e) {
	bool plus = imap_can(f->imap, "UIDPLUS"), move = imap_can(f->imap, "MOVE");
	switch (f->conf->after) {
	case AFTER_FLAG:
		return imap_flag(f->imap, uid, n, e);
	case AFTER_MOVE:
		if (move || plus)
			return imap_move(f->imap, uid, n, f->conf->after_folder, e);
		break;
	case AFTER_DELETE:
		if (plus)
			return imap_delete(f->imap, uid, n, e);
		break;
	case AFTER_KEEP:
		return IMAP_OK;
	}
	*warning = arena_fmt(a, "%s can neither MOVE nor delete by UID (UIDPLUS): messages stay where they are",
	                     f->conf->host);
	return IMAP_OK;
}

static ImapEnd tidy_folder(Fetching *f, size_t folder, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e) {
	Question q = {0};
	while (asks(f, &q))
		q.end = fetching_reach(f, folder, true, e) == 0 ? tidy_by(f, uid, n, a, warning, e) : IMAP_OURS;
	return q.end;
}

int fetching_tidy(Fetching *f, size_t folder, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e) {
	*warning = arena_str(a, "");
	ImapEnd end = tidy_folder(f, folder, uid, n, a, warning, e);
	if (end == IMAP_LOST) /* most likely closed while we did something else, as in fetching_reach */
		end = tidy_folder(f, folder, uid, n, a, warning, e);
	if (end == IMAP_REFUSED) /* a folder that may not be made or written: no reason to fetch nothing */
		*warning = arena_str(a, e->text);
	return end == IMAP_OK || end == IMAP_REFUSED ? 0 : -1;
}

static ImapEnd path_of(Imap *m, Arena *a, const char *folder, char **path, bool *exists, Err *e) {
	ImapEnd end = imap_path(m, a, folder, path, e);
	return end == IMAP_OK ? imap_exists(m, *path, exists, e) : end;
}

int fetching_place(Fetching *f, Arena *a, char **path, bool *exists, Err *e) {
	Question q = {0};
	*exists = false;
	while (asks(f, &q))
		q.end = is_connected(f, e) ? path_of(f->imap, a, f->conf->after_folder, path, exists, e) : IMAP_OURS;
	return q.end == IMAP_OK ? 0 : -1;
}

int fetching_names(Fetching *f, Arena *a, char **names, Err *e) {
	Question q = {0};
	while (asks(f, &q))
		q.end = is_connected(f, e) ? imap_names(f->imap, a, names, e) : IMAP_OURS;
	return q.end == IMAP_OK ? 0 : -1;
}
