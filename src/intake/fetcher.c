/* The parent's side: starts xinlv-fetch, asks, and believes nothing that is not well formed.  Refuses to wait for it
 * longer than a stage may take. */
#include "intake/fetcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/reap.h"
#include "base/when.h"
#include "intake/dial.h"
#include "intake/fetch_wire.h"

#define STAGE_GRACE_MS 20000 /* behind the child's own end of the stage: then it is killed */
#define GOODBYE_MS 10000     /* for LOGOUT */

extern char **environ;

struct Fetcher {
	pid_t pid;
	int sock;
	int64_t until; /* monotonic: when it is killed */
	size_t folder_n;
	int quota;
	bool walked[FETCH_MAX_FOLDERS];
	struct { bool set; uint32_t uid; } skip[FETCH_MAX_FOLDERS];
	bool ahead; /* the next batch is asked for already */
	Buf frame;
};

/* ---- the process */

/* Above the descriptors that the child gets, so that no step of the start closes what a later one needs. */
static int raise_fd(int fd, bool take) {
	int high = fcntl(fd, F_DUPFD_CLOEXEC, WIRE_HOME + 1);
	if (take)
		close(fd);
	return high;
}

static int spawn_with(const char *program, int sock, int home, pid_t *pid) {
	char *path = mem_str(program), *argv[] = {path, NULL};
	posix_spawn_file_actions_t f;
	posix_spawnattr_t a;
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&f);
	posix_spawnattr_init(&a);
	posix_spawn_file_actions_adddup2(&f, sock, WIRE_SOCKET);
	posix_spawn_file_actions_adddup2(&f, home, WIRE_HOME);
	posix_spawn_file_actions_addopen(&f, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&f, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&f, WIRE_HOME + 1);
	posix_spawnattr_setsigdefault(&a, &all);
	posix_spawnattr_setsigmask(&a, &none);
	posix_spawnattr_setflags(&a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	int failed = posix_spawn(pid, program, &f, &a, argv, environ);
	posix_spawnattr_destroy(&a);
	posix_spawn_file_actions_destroy(&f);
	free(path);
	return failed;
}

static int start(Fetcher *f, const char *program, int home, Err *e) {
	int end[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end))
		return err_errno(e, ERR_BUG, "socketpair");
	f->sock = raise_fd(end[0], true);
	int theirs = raise_fd(end[1], true), folder = raise_fd(home, false);
	int failed = f->sock < 0 || theirs < 0 || folder < 0 ? errno : spawn_with(program, theirs, folder, &f->pid);
	if (theirs >= 0)
		close(theirs);
	if (folder >= 0)
		close(folder);
	return failed ? err_set(e, ERR_BUG, "%s: %s", program, strerror(failed)) : 0;
}

/* Waits so long for it to end by itself; gives its wait status. */
static int end_child(Fetcher *f, int grace_ms) {
	if (f->sock >= 0)
		close(f->sock);
	f->sock = -1;
	int status = reap(f->pid, grace_ms).status;
	f->pid = 0;
	return status;
}

/* The child is gone, or might as well be. */
static int lost(Fetcher *f, Err *e) {
	bool late = when_monotonic_ms() >= f->until;
	int status = end_child(f, late ? 0 : 2000), sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (late || sig == SIGALRM)
		return err_set(e, ERR_SERVER, "fetching: the server, or the search for its address, took too long; stopped");
	if (sig == SIGXCPU)
		return err_set(e, ERR_SERVER, "fetching: an answer of the server kept the processor busy for too long; stopped");
	if (sig)
		return err_set(e, ERR_SERVER, "fetching: xinlv-fetch died of signal %d (%s)", sig, sigdescr_np(sig));
	return err_set(e, ERR_BUG, "fetching: xinlv-fetch ended with status %d", WEXITSTATUS(status));
}

/* ---- talking */
static int ask(Fetcher *f, const Buf *b, Err *e) {
	if (f->sock < 0)
		return err_set(e, ERR_SERVER, "fetching: the connection is over");
	return frame_send(f->sock, buf_view(b), -1, NULL) < 0 ? lost(f, e) : 0;
}

/* One frame: its first number, or -1. */
static int hear(Fetcher *f, RecIn *in, int *fd, Err *e) {
	int64_t left = f->until - when_monotonic_ms();
	buf_clear(&f->frame);
	if (frame_recv(f->sock, &f->frame, WIRE_MAX_FRAME, fd, left > 0 ? (int)left : 0, NULL) != 1)
		return lost(f, e);
	*in = (RecIn){f->frame.p, f->frame.n, false};
	return (int)rec_count(in, WIRE_FAULT);
}

static int garbled(Fetcher *f, Err *e) {
	end_child(f, 0);
	return err_set(e, ERR_BUG, "fetching: xinlv-fetch gave an answer that makes no sense");
}

static int told_fault(Fetcher *f, RecIn *in, Err *e) {
	Arena *a = arena_new();
	ErrKind kind = (ErrKind)rec_count(in, ERR_RULES);
	char *text = rec_text(in, a);
	int r = in->bad || kind == ERR_NONE ? garbled(f, e) : err_set(e, kind, "%s", text);
	arena_free(a);
	return r;
}

static int read_states(Fetcher *f, RecIn *in, FetchState *state) {
	f->quota = (int)rec_count(in, 101) - 1;
	for (size_t i = 0; i < f->folder_n; i++) {
		state[i].missing = rec_count(in, 1);
		state[i].uidvalidity = (uint32_t)rec_count(in, UINT32_MAX);
		state[i].uidnext = (uint32_t)rec_count(in, UINT32_MAX);
		state[i].exists = (uint32_t)rec_count(in, UINT32_MAX);
		state[i].renewed = rec_count(in, 1);
		state[i].oldest = (int64_t)rec_num(in);
	}
	return in->bad || in->n ? -1 : 0;
}

/* The settings; and the connection as far as it is. */
static int greet(Fetcher *f, const FetchConf *c, int dialled, Err *e) {
	Buf b = {0};
	rec_put_num(&b, WIRE_HELLO);
	fetchconf_put(&b, c);
	int r = frame_send(f->sock, buf_view(&b), dialled, NULL);
	buf_free(&b);
	return r < 0 ? lost(f, e) : 0;
}

static int open_session(Fetcher *f, const FetchConf *c, int dialled, FetchState *state, Err *e) {
	RecIn in;
	if (greet(f, c, dialled, e) < 0)
		return -1;
	int what = hear(f, &in, NULL, e);
	if (what == WIRE_FAULT)
		return told_fault(f, &in, e);
	if (what < 0)
		return -1;
	return what == WIRE_STATES && read_states(f, &in, state) == 0 ? 0 : garbled(f, e);
}

/* *out NULL on error. */
static int open_as(const char *program, int home, const FetchConf *c, FetchState *state, Fetcher **out, Err *e) {
	Fetcher *f = mem_alloc(sizeof *f);
	*out = NULL;
	*f = (Fetcher){.sock = -1, .folder_n = c->folder_n, .quota = -1,
	               .until = when_monotonic_ms() + c->stage_seconds * 1000 + STAGE_GRACE_MS};
	/* The server is at work on its greeting while the program is loaded. */
	int dialled = dial_literal(c->host, c->port, c->tls == FETCH_CLEAR);
	int r = start(f, program, home, e) < 0 || open_session(f, c, dialled, state, e) < 0 ? -1 : 0;
	if (dialled >= 0)
		close(dialled);
	if (r == 0)
		*out = f;
	else
		fetcher_close(f);
	return r;
}

int fetcher_open(const char *program, int home, const MailConf *conf, const FetchFolder *folder, size_t n,
                 FetchState *state, Fetcher **out, Err *e) {
	FetchConf c;
	*out = NULL;
	return fetchconf_from(conf, folder, n, &c, e) < 0 ? -1 : open_as(program, home, &c, state, out, e);
}

int fetcher_pack(const MailConf *conf, const FetchFolder *folder, size_t n, Buf *out, Err *e) {
	FetchConf c;
	if (fetchconf_from(conf, folder, n, &c, e) < 0)
		return -1;
	fetchconf_put(out, &c);
	return 0;
}

static bool has_news(const FetchFolder *known, const FetchState *now) {
	return now->missing || now->renewed || known->uidvalidity == 0 || now->uidnext == 0 ||
	       now->uidnext - 1 > known->last_uid;
}

int fetcher_news(const char *program, int home, Str packed, int *quota, Err *e) {
	Arena *a = arena_new();
	FetchConf c;
	Fetcher *f = NULL;
	RecIn in = {packed.p, packed.n, false};
	int news = fetchconf_get(&in, a, &c) < 0 ? err_set(e, ERR_BUG, "fetching: the settings kept are no record") : 0;
	FetchState *state = news == 0 ? arena_array(a, c.folder_n + 1, sizeof *state) : NULL;
	if (news == 0)
		news = open_as(program, home, &c, state, &f, e);
	for (size_t i = 0; news == 0 && i < c.folder_n; i++)
		news = has_news(&c.folder[i], &state[i]);
	*quota = f ? f->quota : -1;
	fetcher_close(f);
	arena_free(a);
	return news;
}

void fetcher_skip(Fetcher *f, size_t folder, uint32_t uid) {
	f->skip[folder].set = true;
	f->skip[folder].uid = uid;
}

static void put_next(Fetcher *f, Buf *b, size_t max, uint64_t max_bytes) {
	size_t n = 0;
	for (size_t i = 0; i < f->folder_n; i++)
		n += f->skip[i].set;
	rec_put_num(b, WIRE_NEXT);
	rec_put_num(b, max);
	rec_put_num(b, max_bytes);
	rec_put_num(b, n);
	for (size_t i = 0; i < f->folder_n; i++)
		if (f->skip[i].set) {
			rec_put_num(b, i);
			rec_put_num(b, f->skip[i].uid);
			f->skip[i].set = false;
		}
}

static int ask_next(Fetcher *f, size_t max, uint64_t max_bytes, Err *e) {
	Buf b = {0};
	if (f->ahead) {
		f->ahead = false;
		return 0;
	}
	put_next(f, &b, max, max_bytes);
	int r = ask(f, &b, e);
	buf_free(&b);
	return r;
}

/* The child fetches on while the caller is busy with what it got; when it cannot be asked, the next call says why. */
static void ask_ahead(Fetcher *f, size_t max, uint64_t max_bytes) {
	Buf b = {0};
	put_next(f, &b, max, max_bytes);
	f->ahead = frame_send(f->sock, buf_view(&b), -1, NULL) == 0;
	buf_free(&b);
}

static int read_message(Fetcher *f, RecIn *in, Arena *a, FetchedMessage *m) {
	*m = (FetchedMessage){.folder = rec_count(in, f->folder_n - 1)};
	m->uid = (uint32_t)rec_count(in, UINT32_MAX);
	m->received = (int64_t)rec_num(in);
	m->bytes = rec_num(in);
	m->archived = rec_count(in, 1);
	m->too_large = rec_count(in, 1);
	Str hash = rec_bytes(in);
	m->why = rec_text(in, a);
	if (hash.n != HASH_BYTES || in->bad || in->n)
		return -1;
	memcpy(m->sha256.b, hash.p, HASH_BYTES);
	return 0;
}

static int read_done(Fetcher *f, RecIn *in) {
	for (size_t i = 0; i < f->folder_n; i++)
		f->walked[i] = rec_count(in, 1);
	return in->bad || in->n ? -1 : 0;
}

static void close_headers(FetchedMessage *m, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (m[i].header >= 0)
			close(m[i].header);
}

int fetcher_next(Fetcher *f, size_t max, uint64_t max_bytes, Arena *a, FetchedMessage **out, size_t *n, Err *e) {
	FetchedMessage *m = arena_array(a, max, sizeof *m);
	RecIn in;
	*n = 0;
	*out = m;
	int r = ask_next(f, max, max_bytes, e);
	while (r == 0) {
		int fd, what = hear(f, &in, &fd, e);
		bool message = what == WIRE_MESSAGE && *n < max && read_message(f, &in, a, &m[*n]) == 0;
		if (message) {
			m[(*n)++].header = fd;
			continue;
		}
		if (what >= 0 && fd >= 0)
			close(fd);
		if (what == WIRE_DONE && read_done(f, &in) == 0) {
			if (*n)
				ask_ahead(f, max, max_bytes);
			return 0;
		}
		r = what < 0 ? -1 : what == WIRE_FAULT ? told_fault(f, &in, e) : garbled(f, e);
	}
	close_headers(m, *n);
	*n = 0;
	return -1;
}

bool fetcher_walked(const Fetcher *f, size_t folder) {
	return f->walked[folder];
}

/* A question with one answer of kind `want`, which the caller reads from *in and ends with answered(). */
static int exchange(Fetcher *f, Buf *question, int want, RecIn *in, Err *e) {
	int r = ask(f, question, e);
	buf_free(question);
	int what = r < 0 ? -1 : hear(f, in, NULL, e);
	if (what == want)
		return 0;
	return what < 0 ? -1 : what == WIRE_FAULT ? told_fault(f, in, e) : garbled(f, e);
}

static int answered(Fetcher *f, const RecIn *in, Err *e) {
	return in->bad || in->n ? garbled(f, e) : 0;
}

static int tidy_some(Fetcher *f, size_t folder, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e) {
	Buf b = {0};
	RecIn in;
	rec_put_num(&b, WIRE_TIDY);
	rec_put_num(&b, folder);
	rec_put_num(&b, n);
	for (size_t i = 0; i < n; i++)
		rec_put_num(&b, uid[i]);
	if (exchange(f, &b, WIRE_TIDIED, &in, e) < 0)
		return -1;
	char *text = rec_text(&in, a);
	if (answered(f, &in, e) < 0)
		return -1;
	if (*text)
		*warning = text;
	return 0;
}

int fetcher_tidy(Fetcher *f, size_t folder, const uint32_t *uid, size_t n, Arena *a, char **warning, Err *e) {
	*warning = NULL;
	for (size_t done = 0, some; done < n; done += some) {
		some = n - done < FETCH_MAX_TIDY ? n - done : FETCH_MAX_TIDY;
		if (tidy_some(f, folder, uid + done, some, a, warning, e) < 0)
			return -1;
	}
	return 0;
}

int fetcher_place(Fetcher *f, Arena *a, char **path, bool *exists, Err *e) {
	Buf b = {0};
	RecIn in;
	rec_put_num(&b, WIRE_PLACE);
	if (exchange(f, &b, WIRE_PLACED, &in, e) < 0)
		return -1;
	*path = rec_text(&in, a);
	*exists = rec_count(&in, 1);
	return answered(f, &in, e);
}

int fetcher_names(Fetcher *f, Arena *a, char **names, Err *e) {
	Buf b = {0};
	RecIn in;
	rec_put_num(&b, WIRE_FOLDERS);
	if (exchange(f, &b, WIRE_NAMES, &in, e) < 0)
		return -1;
	*names = rec_text(&in, a);
	return answered(f, &in, e);
}

int fetcher_quota(const Fetcher *f) {
	return f->quota;
}

void fetcher_close(Fetcher *f) {
	if (!f)
		return;
	end_child(f, GOODBYE_MS);
	buf_free(&f->frame);
	free(f);
}
