/* xinlv-fetch: the program that speaks IMAP.  Started by the parent with a socket and the contest's folder; it has the
 * network, the password and the archive, and no database.  Refuses to be run by hand, and to outlive its parent. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "intake/fetching.h"

#define MEMORY ((rlim_t)512 << 20) /* a literal's announced size is asked for at once */

static int answer(const Buf *b, int fd) {
	return frame_send(WIRE_SOCKET, buf_view(b), fd, NULL);
}

static int tell_fault(const Err *e) {
	Buf b = {0};
	rec_put_num(&b, WIRE_FAULT);
	rec_put_num(&b, e->kind);
	rec_put_text(&b, e->text);
	int r = answer(&b, -1);
	buf_free(&b);
	return r;
}

static int tell_states(const Fetching *f, size_t n) {
	Buf b = {0};
	rec_put_num(&b, WIRE_STATES);
	rec_put_num(&b, (uint64_t)(fetching_quota(f) + 1));
	for (size_t i = 0; i < n; i++) {
		const FetchState *s = fetching_state(f, i);
		rec_put_num(&b, s->missing);
		rec_put_num(&b, s->uidvalidity);
		rec_put_num(&b, s->uidnext);
		rec_put_num(&b, s->exists);
		rec_put_num(&b, s->renewed);
		rec_put_num(&b, (uint64_t)s->oldest);
	}
	int r = answer(&b, -1);
	buf_free(&b);
	return r;
}

static int tell_message(const FetchedMessage *m) {
	Buf b = {0};
	rec_put_num(&b, WIRE_MESSAGE);
	rec_put_num(&b, m->folder);
	rec_put_num(&b, m->uid);
	rec_put_num(&b, (uint64_t)m->received);
	rec_put_num(&b, m->bytes);
	rec_put_num(&b, m->archived);
	rec_put_num(&b, m->too_large);
	rec_put_bytes(&b, m->sha256.b, HASH_BYTES);
	rec_put_text(&b, m->why);
	int r = answer(&b, m->header);
	buf_free(&b);
	if (m->header >= 0)
		close(m->header);
	return r;
}

static int tell_done(const Fetching *f, size_t folders) {
	Buf b = {0};
	rec_put_num(&b, WIRE_DONE);
	for (size_t i = 0; i < folders; i++)
		rec_put_num(&b, fetching_walked(f, i));
	int r = answer(&b, -1);
	buf_free(&b);
	return r;
}

static int do_next(Fetching *f, const FetchConf *c, RecIn *in, Arena *a) {
	FetchedMessage *m;
	size_t n, max = rec_count(in, FETCHING_BATCH);
	uint64_t bytes = rec_num(in);
	size_t skips = rec_count(in, FETCH_MAX_FOLDERS);
	Err e = {0};
	for (size_t i = 0; i < skips; i++) {
		size_t folder = rec_count(in, c->folder_n - 1);
		uint32_t uid = (uint32_t)rec_count(in, UINT32_MAX);
		if (!in->bad)
			fetching_skip(f, folder, uid);
	}
	if (in->bad || in->n || max == 0)
		return -1;
	if (fetching_next(f, max, bytes, a, &m, &n, &e) < 0)
		return tell_fault(&e);
	int r = 0;
	for (size_t i = 0; i < n; i++)
		r |= tell_message(&m[i]);
	return r < 0 ? -1 : tell_done(f, c->folder_n);
}

static int do_tidy(Fetching *f, const FetchConf *c, RecIn *in, Arena *a) {
	size_t folder = rec_count(in, c->folder_n - 1), n = rec_count(in, FETCH_MAX_TIDY);
	uint32_t *uid = arena_array(a, n + 1, sizeof *uid);
	char *warning;
	Err e = {0};
	for (size_t i = 0; i < n; i++)
		uid[i] = (uint32_t)rec_count(in, UINT32_MAX);
	if (in->bad || in->n)
		return -1;
	if (fetching_tidy(f, folder, uid, n, a, &warning, &e) < 0)
		return tell_fault(&e);
	Buf b = {0};
	rec_put_num(&b, WIRE_TIDIED);
	rec_put_text(&b, warning);
	int r = answer(&b, -1);
	buf_free(&b);
	return r;
}

static int do_place(Fetching *f, const RecIn *in, Arena *a) {
	char *path;
	bool exists;
	Err e = {0};
	if (in->bad || in->n)
		return -1;
	if (fetching_place(f, a, &path, &exists, &e) < 0)
		return tell_fault(&e);
	Buf b = {0};
	rec_put_num(&b, WIRE_PLACED);
	rec_put_text(&b, path);
	rec_put_num(&b, exists);
	int r = answer(&b, -1);
	buf_free(&b);
	return r;
}

static int do_names(Fetching *f, const RecIn *in, Arena *a) {
	char *names;
	Err e = {0};
	if (in->bad || in->n)
		return -1;
	if (fetching_names(f, a, &names, &e) < 0)
		return tell_fault(&e);
	Buf b = {0};
	rec_put_num(&b, WIRE_NAMES);
	rec_put_text(&b, names);
	int r = answer(&b, -1);
	buf_free(&b);
	return r;
}

/* Until the parent has nothing more to ask, or is gone. */
static void serve(Fetching *f, const FetchConf *c) {
	Buf frame = {0};
	Arena *a = arena_new();
	int r = 0;
	while (r == 0) {
		buf_clear(&frame);
		arena_reset(a);
		if (frame_recv(WIRE_SOCKET, &frame, WIRE_MAX_FRAME, NULL, -1, NULL) != 1)
			break;
		RecIn in = {frame.p, frame.n, false};
		uint64_t what = rec_num(&in);
		r = what == WIRE_NEXT    ? do_next(f, c, &in, a)
		    : what == WIRE_TIDY  ? do_tidy(f, c, &in, a)
		    : what == WIRE_PLACE ? do_place(f, &in, a)
		    : what == WIRE_FOLDERS ? do_names(f, &in, a)
		                         : -1;
	}
	arena_free(a);
	buf_free(&frame);
}

/* Keys typed at a terminal are for the run; this one ends when its socket closes. */
static void own_signals(void) {
	static const int theirs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ};
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
		signal(theirs[i], SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Its own memory and nobody else's eyes; the sanitizers can stand neither. */
static void limit_memory(void) {
#if !defined(__SANITIZE_ADDRESS__)
	prctl(PR_SET_DUMPABLE, 0);
	struct rlimit l = {MEMORY, MEMORY};
	setrlimit(RLIMIT_AS, &l);
#endif
}

static int hello(Arena *a, FetchConf *c, int *dialled) {
	Buf frame = {0};
	int got = frame_recv(WIRE_SOCKET, &frame, WIRE_MAX_FRAME, dialled, -1, NULL);
	RecIn in = {frame.p, frame.n, got != 1};
	int r = rec_num(&in) == WIRE_HELLO ? fetchconf_get(&in, a, c) : -1;
	buf_free(&frame);
	return r;
}

int main(void) {
	struct stat st;
	FetchConf c;
	Fetching *f;
	Err e = {0};
	if (fstat(WIRE_SOCKET, &st) || !S_ISSOCK(st.st_mode) || fstat(WIRE_HOME, &st) || !S_ISDIR(st.st_mode)) {
		fprintf(stderr, "xinlv-fetch is started by xinlv, never by hand\n");
		return 64;
	}
	fcntl(WIRE_SOCKET, F_SETFD, FD_CLOEXEC);
	fcntl(WIRE_HOME, F_SETFD, FD_CLOEXEC);
	setlocale(LC_CTYPE, "C.UTF-8");
	own_signals();
	const char *level = getenv("XINLV_FETCH_LOG");
	if (level)
		log_level(strcmp(level, "debug") == 0 ? LOG_DEBUG : LOG_INFO);
	log_name("xinlv-fetch");
	limit_memory();
	Arena *a = arena_new();
	int status = 0, dialled;
	if (hello(a, &c, &dialled) < 0) {
		status = 70;
	} else if (fetching_open(&c, WIRE_HOME, dialled, &f, &e) < 0) {
		status = tell_fault(&e) < 0 ? 70 : 0;
	} else {
		if (tell_states(f, c.folder_n) == 0)
			serve(f, &c);
		fetching_close(f);
	}
	arena_free(a);
	return status;
}
