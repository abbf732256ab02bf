/* Between archive and database: the order of events, on disk before anything is done about them.  Refuses to
 * go on behind a line that is broken in the middle; only what a power cut leaves at the end is cut off.
 *
 * A line says its own number, and the number of the last message, so that opening needs no more than the
 * tail:  {"line":12,"kind":"message","at":"...","prev":"<SHA-256 of line 11>","seq":5,...}
 *        {"line":13,"kind":"rules","at":"...","prev":"...","after":5,...} */
#include "intake/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "intake/journal_line.h"

#define MODE 0640
#define READ_BYTES ((size_t)256 << 10)
#define TAIL_BYTES ((size_t)8 << 10)      /* read first from the end; doubled until it holds a line */
#define LINE_MAX_BYTES ((size_t)64 << 20) /* a longer line is a broken one */

struct Journal {
	int fd;
	int64_t size; /* written */
	bool loose;   /* not all of it is synced */
	LineEnd end;  /* of the last line, pending ones included */
	Buf pending;
	Arena *arena; /* of one line */
	bool broken;  /* a sync failed: what is on disk is not known */
};

/* ---- the tail */

/* Exactly n bytes at `at`. */
static int read_at(int fd, char *p, size_t n, int64_t at, Err *e) {
	while (n) {
		ssize_t got = pread(fd, p, n, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? err_errno(e, ERR_DISK, JOURNAL_PATH) : err_set(e, ERR_DISK, JOURNAL_PATH ": shorter than it was");
		p += got;
		n -= (size_t)got;
		at += got;
	}
	return 0;
}

/* Where, in the n bytes at p, whole lines end that a power cut cannot have left: before the first NUL (a block
 * that was never written) and behind the last newline before that; 0 when there is none. */
static size_t whole_lines(const char *p, size_t n) {
	const char *nul = memchr(p, '\0', n);
	const char *last = memrchr(p, '\n', nul ? (size_t)(nul - p) : n);
	return last ? (size_t)(last - p) + 1 : 0;
}

/* The last whole line before offset `end` goes to *line; *size is the offset behind it (0: there is none). */
static int last_line(int fd, int64_t end, Buf *line, int64_t *size, Err *e) {
	Buf tail = {0};
	int r = 0;
	buf_clear(line);
	*size = 0;
	for (size_t n = TAIL_BYTES; r == 0; n *= 2) {
		size_t take = (int64_t)n < end ? n : (size_t)end;
		int64_t from = end - (int64_t)take;
		buf_clear(&tail);
		buf_reserve(&tail, take);
		r = read_at(fd, tail.p, take, from, e);
		size_t whole = r == 0 ? whole_lines(tail.p, take) : 0;
		const char *before = whole ? memrchr(tail.p, '\n', whole - 1) : NULL;
		if (r == 0 && whole && (before || from == 0)) {
			const char *start = before ? before + 1 : tail.p;
			buf_add(line, start, (size_t)(tail.p + whole - 1 - start));
			*size = from + (int64_t)whole;
			break;
		}
		if (r < 0 || from == 0)
			break;
		if (take > 2 * LINE_MAX_BYTES)
			r = err_set(e, ERR_DISK, JOURNAL_PATH ": no line ends in its last %zu bytes", take);
	}
	buf_free(&tail);
	return r;
}

/* The end of the chain before `at`; *size: where that line ends. */
static int find_end(int fd, int64_t at, LineEnd *end, int64_t *size, Err *e) {
	Buf line = {0};
	*end = (LineEnd){0};
	int r = last_line(fd, at, &line, size, e);
	if (r == 0 && *size) {
		Json *json;
		JournalLine l;
		r = line_read(buf_view(&line), &json, &l, end, e);
		if (r < 0)
			err_wrap(e, JOURNAL_PATH ": the line that ends at byte %lld", (long long)*size);
		json_free(json);
	}
	buf_free(&line);
	return r;
}

/* ---- writing */

static int too_short(int64_t whole, int64_t read, Err *e) {
	return err_set(e, ERR_DISK, JOURNAL_PATH ": has %lld whole bytes, %lld of them were read before; take it from a backup",
	               (long long)whole, (long long)read);
}

/* The line at whose end the database stands is the one that it read: the next one's hash would make a changed one good. */
static int check_mark(int fd, const JournalMark *read, Err *e) {
	LineEnd end;
	int64_t size;
	char hex[HASH_HEX];
	if (read->offset == 0)
		return 0;
	if (find_end(fd, read->offset, &end, &size, e) < 0)
		return -1;
	hash_hex(end.hash, hex);
	if (size == read->offset && (*read->line == '\0' || strcmp(read->line, hex) == 0))
		return 0;
	return err_set(e, ERR_DISK, JOURNAL_PATH ": the line that ends at byte %lld is not the one that was read before; "
	               "take it from a backup, or the database where that is the wrong one", (long long)read->offset);
}

static int cut_torn(Journal *j, int64_t whole, int64_t all, Err *e) {
	if (whole < all && ftruncate(j->fd, whole))
		return err_errno(e, ERR_DISK, JOURNAL_PATH ": cut off a torn line");
	j->size = whole;
	/* A run that was killed may have left lines that only memory holds; the database must not get ahead. */
	return fdatasync(j->fd) ? err_errno(e, ERR_DISK, JOURNAL_PATH) : 0;
}

static int open_file(int home, Err *e) {
	int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd = openat(home, JOURNAL_PATH, flags);
	if (fd >= 0 || errno != ENOENT)
		return fd >= 0 ? fd : err_errno(e, ERR_DISK, JOURNAL_PATH);
	if (file_mkdirs(home, ARCHIVE_FOLDER, 0750, e) < 0)
		return -1;
	fd = openat(home, JOURNAL_PATH, flags | O_CREAT, MODE);
	if (fd < 0)
		return err_errno(e, ERR_DISK, JOURNAL_PATH);
	if (file_sync_dir(home, ARCHIVE_FOLDER, e) < 0 || file_sync_dir(home, "spool", e) < 0 ||
	    file_sync_dir(home, ".", e) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int journal_open(int home, const JournalMark *read, Journal **out, Err *e) {
	struct stat st;
	int64_t whole;
	*out = NULL;
	int fd = open_file(home, e);
	if (fd < 0)
		return -1;
	Journal *j = mem_alloc(sizeof *j);
	*j = (Journal){.fd = fd, .arena = arena_new()};
	int r = fstat(fd, &st) ? err_errno(e, ERR_DISK, JOURNAL_PATH) : 0;
	if (r == 0)
		r = find_end(fd, st.st_size, &j->end, &whole, e);
	if (r == 0 && whole < read->offset)
		r = too_short(whole, read->offset, e);
	if (r == 0)
		r = check_mark(fd, read, e);
	if (r == 0)
		r = cut_torn(j, whole, st.st_size, e);
	if (r < 0) {
		journal_close(j);
		return -1;
	}
	*out = j;
	return 0;
}

void journal_close(Journal *j) {
	if (!j)
		return;
	close(j->fd);
	buf_free(&j->pending);
	arena_free(j->arena);
	free(j);
}

void journal_add(Journal *j, const JournalLine *line) {
	arena_reset(j->arena);
	line_write(&j->pending, j->arena, line, &j->end);
}

/* Back to the last whole line: the next write begins there again. */
static int undo(Journal *j, Err *e) {
	if (ftruncate(j->fd, j->size) || fdatasync(j->fd)) {
		j->broken = true;
		err_wrap(e, "half written, and not taken back");
	}
	return -1;
}

int journal_write(Journal *j, Err *e) {
	if (j->broken)
		return err_set(e, ERR_DISK, JOURNAL_PATH ": an earlier write failed");
	if (j->pending.n == 0)
		return 0;
	step("journal.write");
	if (file_write_all(j->fd, j->pending.p, j->pending.n, e) < 0) {
		err_wrap(e, JOURNAL_PATH);
		return undo(j, e);
	}
	j->size += (int64_t)j->pending.n;
	j->loose = true;
	buf_clear(&j->pending);
	return 0;
}

int journal_sync(Journal *j, Err *e) {
	if (journal_write(j, e) < 0)
		return -1;
	if (!j->loose)
		return 0;
	step("journal.sync");
	if (fdatasync(j->fd)) { /* the kernel forgets what it could not write: nothing is known any more */
		j->broken = true;
		return err_errno(e, ERR_DISK, JOURNAL_PATH);
	}
	step("journal.synced");
	j->loose = false;
	return 0;
}

int64_t journal_last_seq(const Journal *j) {
	return j->end.seq;
}

Hash journal_hash(const Journal *j) {
	return j->end.hash;
}

int64_t journal_size(const Journal *j) {
	return j->size;
}

/* ---- reading */

typedef struct {
	int fd;
	int64_t offset; /* of the next line */
	LineEnd end;    /* of the line before it */
	Buf buf;
	size_t used;    /* bytes of buf that were given out */
} Walk;

/* More bytes behind those not given out yet; 0 at the end of the file. */
static ssize_t fill(Walk *w) {
	ssize_t got;
	memmove(w->buf.p, w->buf.p + w->used, w->buf.n - w->used);
	w->buf.n -= w->used;
	w->used = 0;
	buf_reserve(&w->buf, READ_BYTES);
	do
		got = read(w->fd, w->buf.p + w->buf.n, READ_BYTES);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		w->buf.n += (size_t)got;
	return got;
}

/* 1 and the next line without its newline; 0 at the end, where a torn line counts for nothing; -1. */
static int next_line(Walk *w, Str *line, Err *e) {
	for (size_t seen = 0;;) {
		size_t have = w->buf.n - w->used;
		const char *p = w->buf.p + w->used;
		const char *end = have > seen ? memchr(p + seen, '\n', have - seen) : NULL;
		if (end) {
			*line = (Str){p, (size_t)(end - p)};
			w->used += line->n + 1;
			w->offset += (int64_t)line->n + 1;
			return 1;
		}
		seen = have;
		ssize_t got = have > LINE_MAX_BYTES ? 0 : fill(w);
		if (got < 0)
			return err_errno(e, ERR_DISK, JOURNAL_PATH);
		if (have > LINE_MAX_BYTES)
			return err_set(e, ERR_DISK, JOURNAL_PATH ": line %lld has no end", (long long)w->end.line + 1);
		if (got == 0)
			return 0;
	}
}

/* The line is the one that must follow. */
static int check_line(const Walk *w, const JournalLine *l, Hash prev, Err *e) {
	int64_t want = w->end.line + 1;
	if (l->line != want)
		return err_set(e, ERR_DISK, JOURNAL_PATH ": line %lld says it is line %lld", (long long)want,
		               (long long)l->line);
	if (!hash_eq(prev, w->end.hash))
		return err_set(e, ERR_DISK, JOURNAL_PATH ": line %lld was changed, or the one before it", (long long)want);
	if (l->kind == JOURNAL_MESSAGE && l->seq != w->end.seq + 1)
		return err_set(e, ERR_DISK, JOURNAL_PATH ": line %lld has message %lld behind message %lld", (long long)want,
		               (long long)l->seq, (long long)w->end.seq);
	return 0;
}

static int walk_lines(Walk *w, int (*each)(void *ctx, const JournalLine *line, Err *e), void *ctx,
                      int64_t *end, Err *e) {
	Str text;
	int r;
	while ((r = next_line(w, &text, e)) == 1) {
		JournalLine l;
		LineEnd now;
		Json *json;
		r = line_read(text, &json, &l, &now, e);
		if (r < 0)
			err_wrap(e, JOURNAL_PATH ": line %lld", (long long)w->end.line + 1);
		else
			r = check_line(w, &l, now.prev, e);
		l.end = w->offset;
		l.hash = now.hash;
		if (r == 0)
			r = each(ctx, &l, e);
		json_free(json);
		if (r < 0)
			return -1;
		w->end = now;
		*end = w->offset;
	}
	return r;
}

/* Where a walk from `from` takes up the chain. */
static int walk_start(Walk *w, int64_t from, Err *e) {
	int64_t size;
	struct stat st;
	if (fstat(w->fd, &st))
		return err_errno(e, ERR_DISK, JOURNAL_PATH);
	if (from > st.st_size)
		return too_short(st.st_size, from, e);
	if (from == 0)
		return 0;
	if (find_end(w->fd, from, &w->end, &size, e) < 0)
		return -1;
	if (size != from)
		return err_set(e, ERR_DISK, JOURNAL_PATH ": no line begins at byte %lld", (long long)from);
	w->offset = from;
	return lseek(w->fd, from, SEEK_SET) < 0 ? err_errno(e, ERR_DISK, JOURNAL_PATH) : 0;
}

int journal_walk(int home, int64_t from, int (*each)(void *ctx, const JournalLine *line, Err *e), void *ctx,
                 int64_t *end, Err *e) {
	int64_t unused;
	end = end ? end : &unused;
	*end = from;
	Walk w = {.fd = file_open(home, JOURNAL_PATH, 0)};
	if (w.fd < 0 && errno == ENOENT && from == 0)
		return 0; /* nothing was ever received */
	if (w.fd < 0)
		return err_errno(e, ERR_DISK, JOURNAL_PATH);
	buf_reserve(&w.buf, READ_BYTES);
	int r = walk_start(&w, from, e);
	if (r == 0)
		r = walk_lines(&w, each, ctx, end, e);
	buf_free(&w.buf);
	close(w.fd);
	return r;
}

static int pass(void *ctx, const JournalLine *l, Err *e) {
	(void)ctx, (void)l, (void)e;
	return 0;
}

int journal_check(int home, const JournalMark *read, Err *e) {
	int64_t end;
	if (journal_walk(home, 0, pass, NULL, &end, e) < 0)
		return -1;
	if (end < read->offset)
		return too_short(end, read->offset, e);
	int fd = read->offset ? file_open(home, JOURNAL_PATH, 0) : -1;
	if (fd < 0)
		return read->offset ? err_errno(e, ERR_DISK, JOURNAL_PATH) : 0;
	int r = check_mark(fd, read, e);
	close(fd);
	return r;
}
