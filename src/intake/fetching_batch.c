/* Inside xinlv-fetch: a batch of messages, several by one command, and one by one where that fails.  What is given out
 * is on disk, in ascending order and without a gap: a message whose fate is not known ends the batch before it. */
#include "intake/fetching.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "intake/fetching_inner.h"

typedef struct {
	ImapBody body;
	int64_t received;
	bool too_large, gone, blamed;
	const char *why;
	int header;
} Item;

typedef struct {
	Fetching *f;
	size_t folder;
	Arena *arena;
	Item *item;
	size_t n, settled; /* items whose fate is known, from the front */
} BatchRun;

static bool is_settled(const Item *it) {
	return it->body.got || it->gone || it->blamed;
}

/* ---- which messages */
static void add_blind(BatchRun *b, Place *p) {
	b->item[b->n++] = (Item){.body = {.uid = p->blind}, .received = WHEN_NONE, .blamed = true, .header = -1,
	                         .why = arena_str(b->arena, p->blind_why)};
	p->blind = 0;
}

static int choose(BatchRun *b, size_t max, uint64_t max_bytes, Err *e) {
	Fetching *f = b->f;
	Place *p = &f->place[b->folder];
	uint64_t bytes = 0, most = f->conf->max_bytes;
	while (b->n < max && bytes < max_bytes) {
		if (p->taken == p->list.n && !p->blind && fetching_list(f, b->folder, e) < 0)
			return -1;
		if (p->taken < p->list.n) {
			const ImapMeta *m = &p->list.v[p->taken++];
			bool large = most && m->bytes > most;
			b->item[b->n++] = (Item){.body = {.uid = m->uid, .said = m->bytes}, .received = m->received,
			                         .too_large = large, .header = -1};
			bytes += large ? 0 : m->bytes;
		} else if (p->blind) {
			add_blind(b, p);
		} else {
			break;
		}
	}
	return 0;
}

/* ---- one message alone */
static void blame(BatchRun *b, Item *it, const char *why) {
	it->blamed = true;
	it->why = arena_str(b->arena, why);
	log_info("%s: UID %u cannot be fetched: %s", b->f->conf->folder[b->folder].folder, (unsigned)it->body.uid, why);
}

static int as_file(const Buf *b, Err *e) {
	int fd = memfd_create("header", MFD_CLOEXEC);
	if (fd < 0)
		return err_errno(e, ERR_BUG, "memfd_create");
	if (file_write_all(fd, b->p, b->n, e) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The header block of a message that is not taken: who sent it?  When it cannot be had, that is all right too. */
static void take_header(BatchRun *b, Item *it) {
	Buf head = {0};
	Err e = {0};
	if (fetching_reach(b->f, b->folder, false, &e) == 0) {
		ImapEnd end = imap_header(b->f->imap, it->body.uid, &head, &e);
		if (end == IMAP_LOST || end == IMAP_GARBLED)
			fetching_lose(b->f);
		if (end == IMAP_OK && head.n)
			it->header = as_file(&head, &e);
	}
	if (it->header < 0)
		log_info("%s: UID %u: no header: %s", b->f->conf->folder[b->folder].folder, (unsigned)it->body.uid, e.text);
	buf_free(&head);
}

static int too_large(BatchRun *b, Item *it) {
	it->too_large = true;
	blame(b, it, "too large");
	take_header(b, it);
	return 0;
}

/* Blames a message only when the server answers otherwise: behind every failure stands a new login. */
static int take_alone(BatchRun *b, Item *it, Err *e) {
	Fetching *f = b->f;
	for (int tries = 1;; tries++) {
		if (fetching_reach(f, b->folder, false, e) < 0)
			return -1;
		ImapEnd end = imap_bodies(f->imap, f->archive, &it->body, 1, e);
		if (end == IMAP_OURS)
			return -1;
		if (end != IMAP_OK)
			fetching_lose(f);
		if (it->body.got)
			return f->got++, 0;
		if (it->body.too_long)
			return too_large(b, it);
		if (end == IMAP_OK && !it->body.answered) {
			it->gone = true; /* somebody took it away meanwhile */
			return 0;
		}
		if (fetching_over(f))
			return -1;
		char *why = end == IMAP_OK ? arena_str(b->arena, "the server gives no body for it") : arena_str(b->arena, e->text);
		if (fetching_reach(f, b->folder, false, e) < 0)
			return -1;
		if (tries < FETCHING_TRIES)
			continue;
		blame(b, it, why);
		if (end == IMAP_OK || end == IMAP_GARBLED)
			take_header(b, it);
		return 0;
	}
}

/* ---- many by one command */
static size_t run_length(const BatchRun *b, size_t from) {
	uint64_t bytes = 0;
	size_t n = 0;
	while (from + n < b->n && !b->item[from + n].too_large && !is_settled(&b->item[from + n]) &&
	       (n == 0 || bytes + b->item[from + n].body.said <= FETCHING_RUN_BYTES))
		bytes += b->item[from + n++].body.said;
	return n;
}

static int take_run(BatchRun *b, size_t from, size_t n, Err *e) {
	ImapBody *body = arena_array(b->arena, n, sizeof *body);
	if (fetching_reach(b->f, b->folder, false, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		body[i] = b->item[from + i].body;
	ImapEnd end = imap_bodies(b->f->imap, b->f->archive, body, n, e);
	for (size_t i = 0; i < n; i++) {
		b->item[from + i].body = body[i];
		b->item[from + i].body.answered = false;
		b->f->got += body[i].got;
	}
	if (end == IMAP_OURS)
		return -1;
	if (end != IMAP_OK) {
		log_info("%s: %s; one by one", b->f->conf->folder[b->folder].folder, e->text);
		fetching_lose(b->f);
	}
	return 0;
}

static int take_all(BatchRun *b, Err *e) {
	while (b->settled < b->n) {
		Item *it = &b->item[b->settled];
		size_t run = run_length(b, b->settled);
		if (is_settled(it)) {
			b->settled++;
			continue;
		}
		if (fetching_over(b->f))
			return err_set(e, ERR_SERVER, "%s: the %d seconds for fetching are over", b->f->conf->host,
			               b->f->conf->stage_seconds);
		if (it->too_large) {
			too_large(b, it);
			continue;
		}
		if (run > 1 && take_run(b, b->settled, run, e) < 0)
			return -1;
		for (size_t i = 0; i < run; i++)
			if (!is_settled(&it[i]) && take_alone(b, &it[i], e) < 0)
				return -1;
	}
	return 0;
}

/* ---- what is given out */
static void settle_front(BatchRun *b) {
	while (b->settled < b->n && is_settled(&b->item[b->settled]))
		b->settled++;
	for (size_t i = b->settled; i < b->n; i++)
		if (b->item[i].header >= 0)
			close(b->item[i].header);
}

static FetchedMessage *give(BatchRun *b, size_t *n) {
	FetchedMessage *out = arena_array(b->arena, b->settled + 1, sizeof *out);
	*n = 0;
	for (size_t i = 0; i < b->settled; i++) {
		const Item *it = &b->item[i];
		if (it->gone)
			continue;
		out[(*n)++] = (FetchedMessage){
			.folder = b->folder, .uid = it->body.uid, .archived = it->body.got, .sha256 = it->body.sha256,
			.received = it->received == WHEN_NONE ? when_machine() : it->received,
			.bytes = it->body.got ? it->body.bytes : it->body.said, .too_large = it->too_large,
			.why = it->why ? it->why : "", .header = it->header};
	}
	return out;
}

/* When nothing that the server sends can be read, it is not the messages' fault. */
static int doubt(BatchRun *b, Err *e) {
	size_t failed = 0;
	for (size_t i = 0; i < b->settled; i++)
		failed += b->item[i].blamed && !b->item[i].too_large;
	if (b->f->got || failed < FETCHING_DOUBT)
		return 0;
	for (size_t i = 0; i < b->settled; i++)
		if (b->item[i].header >= 0)
			close(b->item[i].header);
	err_set(e, ERR_SERVER, "%s: no message can be read: %s", b->f->conf->host, b->item[0].why ? b->item[0].why : "");
	b->settled = 0;
	return -1;
}

/* One batch of one folder. */
static int batch_of(Fetching *f, size_t folder, size_t max, uint64_t max_bytes, Arena *a, FetchedMessage **out,
                    size_t *n, Err *e) {
	BatchRun b = {.f = f, .folder = folder, .arena = a, .item = arena_array(a, max, sizeof *b.item)};
	int r = choose(&b, max, max_bytes, e);
	int taken = take_all(&b, r < 0 ? &(Err){0} : e);
	settle_front(&b);
	taken |= doubt(&b, e);
	if (archive_sync(f->archive, e) < 0)
		return -1;
	*out = give(&b, n);
	if (r == 0 && taken == 0)
		return 0;
	if (*n == 0)
		return -1;
	f->has_held = true;
	f->held = *e;
	return 0;
}

int fetching_next(Fetching *f, size_t max, uint64_t max_bytes, Arena *a, FetchedMessage **out, size_t *n, Err *e) {
	*n = 0;
	*out = NULL;
	if (f->has_held) {
		*e = f->held;
		return -1;
	}
	max = max > FETCHING_BATCH ? FETCHING_BATCH : max;
	while (*n == 0 && f->at < f->conf->folder_n && !fetching_over(f)) {
		if (batch_of(f, f->at, max, max_bytes, a, out, n, e) < 0)
			return -1;
		if (*n == 0 && fetching_walked(f, f->at))
			f->at++;
	}
	return 0;
}
