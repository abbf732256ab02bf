/* From the archive to the judge: asks one walled child about one message after
 * another, and replaces it when a message was too much for it.
 * Refuses to parse a byte of a message itself, to believe an answer that is not well
 * formed, and to charge a message with what the disk or the system did. */
#include "reader/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/when.h"
#include "reader/wire.h"
#include "reader/worker.h"

#define FRAME_KEPT ((size_t)1 << 20)      /* a buffer that grew larger is given back */
#define DISK_LOW ((uint64_t)REPORT_MAX_UNPACKED) /* free bytes below which 'disk full' is believed */
#define DISK_PROBE 65536
#define SPILL_TRIES 1000
#define SPILL_NAME 32
#define SPARES_MOST 8 /* spill files that go along with a question */
#define NAME_MAX_BYTES 4096 /* of a file's name sent along */

typedef struct {
	char s[SPILL_NAME];
} SpillName;

typedef VEC(SpillName) SpillNames;

/* A question asked before its turn. */
typedef struct {
	bool asked;
	dev_t dev; /* the file it is about */
	ino_t ino;
	unsigned flags;
	SpillNames spill;
} Ahead;

struct Lane {
	LaneCommon *common;
	Worker worker;
	unsigned served;   /* messages this child has answered */
	uint64_t question; /* number of the one asked last of this child */
	SpillNames spill;
	size_t spares; /* spill files that the last message took */
	Ahead ahead;
	Buf frame;
};

/* One message on its way. */
typedef struct {
	int fd;
	const char *name;
	unsigned flags;
	Arena *arena;
	Report *out;
	char *why;
	int64_t deadline;
	bool again; /* the child went, but not by the message's doing */
} Ask;

Lane *lane_new(LaneCommon *common) {
	Lane *l = mem_alloc(sizeof *l);
	*l = (Lane){.common = common, .worker = {.sock = -1}};
	return l;
}

const char *lane_spill(const Lane *l, int index) {
	return index >= 0 && (size_t)index < l->spill.n ? l->spill.v[index].s : NULL;
}

long lane_peak_kib(const Lane *l) {
	return worker_peak_kib(&l->worker);
}

bool lane_lives(const Lane *l) {
	return l->worker.pid > 0;
}

/* What the caller has renamed away is no longer there; that is fine. */
static void drop_names(const Lane *l, SpillNames *spill) {
	for (size_t i = 0; i < spill->n; i++)
		unlinkat(l->common->spill_dir, spill->v[i].s, 0);
	spill->n = 0;
}

void lane_drop_spills(Lane *l) {
	drop_names(l, &l->spill);
}

static Reaped end_child(Lane *l, int grace_ms) {
	Reaped end = worker_end(&l->worker, grace_ms);
	if (end.peak_kib > l->common->peak_kib)
		l->common->peak_kib = end.peak_kib;
	l->served = 0;
	l->question = 0;
	return end;
}

/* Somebody else's turn came: the child is in the middle of what nobody asks for any more. */
static void forget_ahead(Lane *l) {
	if (!l->ahead.asked)
		return;
	end_child(l, 0);
	drop_names(l, &l->ahead.spill);
	l->ahead.asked = false;
}

void lane_free(Lane *l) {
	if (!l)
		return;
	forget_ahead(l);
	end_child(l, WORKER_GRACE_MS);
	lane_drop_spills(l);
	vec_free(&l->spill);
	vec_free(&l->ahead.spill);
	buf_free(&l->frame);
	free(l);
}

static bool can_be_asked(const Lane *l) {
	return lane_lives(l) && l->served < READER_RECYCLE && worker_quiet(&l->worker);
}

/* A child that can be asked: the one there is, or a fresh one. */
static int ready(Lane *l, Err *e) {
	if (can_be_asked(l))
		return 0;
	if (lane_lives(l))
		end_child(l, WORKER_GRACE_MS);
	if (worker_start(&l->worker, l->common->path, e))
		return -1;
	if (frame_send(l->worker.sock, buf_view(&l->common->hello), -1, e) == 0)
		return 0;
	end_child(l, 0);
	return err_wrap(e, "reader: the form map");
}

/* A small frame to a child that might not listen: never waits past the deadline. */
static int tell(Lane *l, const Ask *q, const Buf *b, int fd) {
	struct pollfd p = {.fd = l->worker.sock, .events = POLLOUT};
	for (;;) {
		int64_t left = q->deadline - when_monotonic_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);
		if (n > 0)
			break;
		if (n == 0 || errno != EINTR)
			return -1;
	}
	return frame_send(l->worker.sock, buf_view(b), fd, NULL);
}

/* The message for the child's eyes only: a descriptor that can be written is opened
 * again without that.  Returns fd itself, a new descriptor, or -1. */
static int read_only(int fd, Err *e) {
	char path[64];
	int mode = fcntl(fd, F_GETFL);
	if (mode < 0)
		return err_errno(e, ERR_BUG, "reader: the message");
	if ((mode & O_ACCMODE) == O_RDONLY && !(mode & O_PATH))
		return lseek(fd, 0, SEEK_SET) < 0 ? err_errno(e, ERR_BUG, "reader: the message") : fd;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int again = open(path, O_RDONLY | O_CLOEXEC);
	return again < 0 ? err_errno(e, ERR_BUG, "reader: the message read-only") : again;
}

/* A new file for the child, or -1. */
static int spill_new(Lane *l, SpillNames *spill, Err *e) {
	SpillName name;
	for (int i = 0; i < SPILL_TRIES; i++) {
		snprintf(name.s, sizeof name.s, "%ld-%lu", (long)getpid(), l->common->serial++);
		int fd = openat(l->common->spill_dir, name.s, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		                0600);
		if (fd >= 0) {
			*vec_push(spill) = name;
			return fd;
		}
		if (errno != EEXIST) /* left there by a run that was killed */
			break;
	}
	return err_errno(e, ERR_DISK, "reader: spill file %s", name.s);
}

/* What WIRE_SPILL asks for, whether asked or not. */
static int send_spill(Lane *l, const Ask *q, uint64_t index, int fd) {
	Buf b = {0};
	rec_put_num(&b, WIRE_SPILL);
	rec_put_num(&b, index);
	int told = tell(l, q, &b, fd);
	buf_free(&b);
	return told;
}

static int send_question(Lane *l, const Ask *q, int fd, size_t spares) {
	Buf b = {0};
	Str name = str_sub(str_of(q->name), 0, NAME_MAX_BYTES);
	rec_put_num(&b, WIRE_READ);
	rec_put_num(&b, ++l->question);
	rec_put_num(&b, q->flags);
	rec_put_num(&b, spares);
	rec_put_num(&b, q->name != NULL);
	rec_put_bytes(&b, name.p, name.n);
	int sent = tell(l, q, &b, fd);
	buf_free(&b);
	return sent;
}

/* The question, and with it as many files as the last message took: a child that has to ask for one waits for us.  A child
 * that takes the question and then no file has died of the question, or hangs: whoever hears it finds that out. */
static int send_with_spares(Lane *l, const Ask *q, int message, SpillNames *spill) {
	int fd[SPARES_MOST];
	size_t n = 0;
	while (q->flags & READ_SPILL && n < l->spares && (fd[n] = spill_new(l, spill, NULL)) >= 0)
		n++;
	int sent = send_question(l, q, message, n);
	bool takes = sent == 0;
	for (size_t i = 0; i < n; i++) {
		takes = takes && send_spill(l, q, i, fd[i]) == 0;
		close(fd[i]);
	}
	return sent;
}

static int ask(Lane *l, Ask *q, SpillNames *spill, Err *e) {
	int fd = read_only(q->fd, e);
	if (fd < 0)
		return -1;
	worker_arm(&l->worker, l->common->cpu_seconds);
	int sent = send_with_spares(l, q, fd, spill);
	if (fd != q->fd)
		close(fd);
	if (sent == 0)
		return 0;
	end_child(l, 0);
	q->again = true; /* it cannot have read what it did not get */
	return err_set(e, ERR_BUG, "reader: it takes no question");
}

/* Answers WIRE_SPILL.  1, 0 when the child does not take it, -1. */
static int give_spill(Lane *l, const Ask *q, Err *e) {
	int fd = -1;
	uint64_t index = WIRE_NO_SPILL;
	if (q->flags & READ_SPILL && l->spill.n < WIRE_MAX_SPILLS) {
		fd = spill_new(l, &l->spill, e);
		if (fd < 0)
			return -1;
		index = l->spill.n - 1;
	}
	int told = send_spill(l, q, index, fd);
	if (fd >= 0)
		close(fd);
	return told == 0;
}

/* How a child ended that we did not stop. */
static char *epitaph(Arena *a, Reaped end, int cpu_seconds) {
	int s = WIFSIGNALED(end.status) ? WTERMSIG(end.status) : 0;
	const char *name = s ? sigabbrev_np(s) : NULL;
	if (s == SIGSYS)
		return arena_fmt(a, "the reader made a forbidden system call (SIGSYS)");
	if (s == SIGXCPU)
		return arena_fmt(a, "the reader used more than %d s of processor time (SIGXCPU)",
		                 cpu_seconds);
	if (s == SIGKILL)
		return arena_fmt(a, "the reader was killed from outside (SIGKILL), twice");
	if (s)
		return arena_fmt(a, "the reader died of signal %d (SIG%s), %ld MiB in use at its most", s,
		                 name ? name : "?", end.peak_kib >> 10);
	if (end.status != -1 && WIFEXITED(end.status) && WEXITSTATUS(end.status) == err_exit(ERR_BUG))
		return arena_fmt(a, "the reader ran out of its %u MiB of memory, or gave up (status 70), "
		                 "%ld MiB in use at its most", READER_MEMORY >> 20, end.peak_kib >> 10);
	return arena_fmt(a, "the reader ended in the middle (wait status 0x%x)", (unsigned)end.status);
}

/* Ends a child whose answer is no answer, and says how it came to that. */
static ReadResult lost(Lane *l, Ask *q, bool late, const char *what) {
	Reaped end = end_child(l, late ? 0 : WORKER_GRACE_MS);
	bool sigkill = end.status != -1 && WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGKILL;
	if (end.killed && sigkill) { /* by us: it hung, or closed its end and stayed */
		q->why = late ? arena_fmt(q->arena, "the reader was stopped after %d ms", l->common->wall_ms)
		              : arena_fmt(q->arena, "the reader's answer made no sense: %s", what);
		return late ? READ_TIMED_OUT : READ_GARBLED;
	}
	q->again = sigkill || end.status == -1; /* by the system, for somebody else's memory, or by a person */
	q->why = epitaph(q->arena, end, l->common->cpu_seconds);
	return READ_KILLED;
}

static ReadResult garbled(Lane *l, Ask *q, const char *what) {
	end_child(l, 0);
	q->why = arena_fmt(q->arena, "the reader's answer made no sense: %s", what);
	return READ_GARBLED;
}

/* What report_get() cannot know: how many fields and spill files there are. */
static bool fits(const Lane *l, const Report *m) {
	for (size_t i = 0; i < m->part_n; i++)
		if (m->part[i].spill >= (int)l->spill.n)
			return false;
	for (size_t i = 0; i < m->form_n; i++) {
		const FormRead *f = &m->form[i];
		for (size_t k = 0; k < f->value_n; k++)
			if (f->value[k].field >= l->common->field_n)
				return false;
		for (size_t k = 0; k < f->place_n; k++)
			if (f->place[k].field >= l->common->field_n)
				return false;
	}
	return true;
}

/* The files that the report names none of go at once; the next message gets as many as this one took. */
static void keep_used(Lane *l, const Report *m) {
	size_t used = 0;
	for (size_t i = 0; i < m->part_n; i++)
		if (m->part[i].spill >= (int)used)
			used = (size_t)m->part[i].spill + 1;
	while (l->spill.n > used)
		unlinkat(l->common->spill_dir, l->spill.v[--l->spill.n].s, 0);
	l->spares = used < SPARES_MOST ? used : SPARES_MOST;
}

/* An answer to another question: the child is out of step, which is not the doing of
 * the message that is asked about now. */
static ReadResult out_of_step(Lane *l, Ask *q) {
	q->again = true;
	return garbled(l, q, "it answers another question");
}

static ReadResult take_report(Lane *l, Ask *q, RecIn *in) {
	Report m;
	if (rec_num(in) != l->question)
		return out_of_step(l, q);
	if (report_get(in, q->arena, &m) || in->n != 0)
		return garbled(l, q, "its record is not well formed");
	if (!fits(l, &m))
		return garbled(l, q, "its record names what is not there");
	*q->out = m;
	l->served++;
	keep_used(l, &m);
	return READ_OK;
}

/* True when the disk is as bad as the child says: a hostile one must not be able to
 * have its message tried again for ever. */
static bool disk_is_bad(Lane *l) {
	struct statvfs v;
	if (l->common->spill_dir < 0)
		return false;
	if (fstatvfs(l->common->spill_dir, &v) || (uint64_t)v.f_bavail * v.f_frsize < DISK_LOW)
		return true;
	int fd = spill_new(l, &l->spill, NULL);
	if (fd < 0)
		return true;
	bool bad = posix_fallocate(fd, 0, DISK_PROBE) != 0;
	close(fd);
	return bad;
}

static ReadResult disk_claim(Lane *l, Ask *q, RecIn *in, Err *e) {
	if (rec_num(in) != l->question)
		return out_of_step(l, q);
	uint64_t error = rec_num(in);
	if (!disk_is_bad(l))
		return garbled(l, q, "it says that the disk is full, and it is not");
	errno = error == EDQUOT || error == EIO ? (int)error : ENOSPC;
	err_errno(e, ERR_DISK, "reader: spill files");
	l->served++;
	return READ_FAULT;
}

/* The child's frames until one settles it. */
static ReadResult hear(Lane *l, Ask *q, Err *e) {
	for (;;) {
		Err fault = {0};
		int64_t left = q->deadline - when_monotonic_ms();
		buf_clear(&l->frame);
		int got = frame_recv(l->worker.sock, &l->frame, WIRE_MAX_FRAME, NULL,
		                     left > 0 ? (int)left : 0, &fault);
		if (got != 1)
			return lost(l, q, when_monotonic_ms() >= q->deadline, fault.text);
		RecIn in = {l->frame.p, l->frame.n, false};
		switch (rec_num(&in)) {
		case WIRE_SPILL:
			got = give_spill(l, q, e);
			if (got == 1)
				continue;
			if (got == 0)
				return lost(l, q, when_monotonic_ms() >= q->deadline, "it takes no file");
			end_child(l, 0);
			return READ_FAULT;
		case WIRE_REPORT:
			return take_report(l, q, &in);
		case WIRE_DISK:
			return disk_claim(l, q, &in, e);
		default:
			return garbled(l, q, "a frame of no known kind");
		}
	}
}

static ReadResult once(Lane *l, Ask *q, Err *e) {
	q->again = false;
	forget_ahead(l);
	lane_drop_spills(l);
	if (ready(l, e))
		return READ_FAULT;
	q->deadline = when_monotonic_ms() + l->common->wall_ms;
	if (ask(l, q, &l->spill, e))
		return READ_FAULT;
	return hear(l, q, e);
}

void lane_ahead(Lane *l, int fd, unsigned flags, bool start) {
	struct stat st;
	Ask q = {.fd = fd, .flags = flags, .deadline = when_monotonic_ms() + l->common->wall_ms};
	bool asks = start ? ready(l, NULL) == 0 : can_be_asked(l);
	if (!asks || fstat(fd, &st))
		return;
	l->ahead.asked = ask(l, &q, &l->ahead.spill, NULL) == 0;
	if (!l->ahead.asked)
		drop_names(l, &l->ahead.spill);
	l->ahead.dev = st.st_dev;
	l->ahead.ino = st.st_ino;
	l->ahead.flags = q.flags;
}

bool lane_is_ahead(const Lane *l) {
	return l->ahead.asked;
}

bool lane_is_ahead_with(const Lane *l, int fd, unsigned flags) {
	struct stat st;
	return l->ahead.asked && flags == l->ahead.flags && fstat(fd, &st) == 0 && st.st_dev == l->ahead.dev &&
	       st.st_ino == l->ahead.ino;
}

/* The turn of what was asked before it.  The clock starts now: the child may have waited for us. */
static ReadResult hear_ahead(Lane *l, Ask *q, Err *e) {
	SpillNames old = l->spill;
	drop_names(l, &old);
	l->spill = l->ahead.spill;
	l->ahead.spill = old;
	l->ahead.asked = false;
	q->deadline = when_monotonic_ms() + l->common->wall_ms;
	return hear(l, q, e);
}

ReadResult lane_read(Lane *l, int fd, const char *name, unsigned flags, Arena *a, Report *out, char **why, Err *e) {
	Ask q = {.fd = fd, .name = name, .flags = flags, .arena = a, .out = out};
	Err fault = {0};
	ReadResult got = !name && lane_is_ahead_with(l, fd, flags) ? hear_ahead(l, &q, &fault) : once(l, &q, &fault);
	if (got != READ_OK && q.again) /* a second time settles whose doing it was */
		got = once(l, &q, &fault);
	if (got != READ_OK)
		lane_drop_spills(l);
	if (got == READ_FAULT)
		*e = fault;
	if (l->frame.cap > FRAME_KEPT)
		buf_free(&l->frame);
	*why = q.why ? q.why : arena_str(a, "");
	return got;
}
