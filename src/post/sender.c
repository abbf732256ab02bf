/* The parent's side of sending: starts xinlv-send, asks it about one mail after another, and replaces it when it died.
 * Refuses to hand it the database or any descriptor but its socket and the mail, and to wait for it for ever. */
#include "post/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/reap.h"
#include "base/when.h"
#include "post/send_wire.h"

#define START_MS 20000
#define SLACK_SECONDS 150 /* beyond its own time-outs: a second try, a password command, a goodbye */
#define GRACE_MS 5000     /* for its goodbye to the server */

extern char **environ;

struct Sender {
	char *program;
	int home;
	int seconds;
	Buf hello;
	pid_t pid; /* 0: none */
	int sock;
	Buf frame;
	bool asked;  /* it has a question, the answer to which takes at most so many seconds */
	int within;
	Err refused; /* why it has none */
};

/* The domain of the robot's address: the one name of ours that is sure to be fit for EHLO. */
static const char *ehlo_name(const MailConf *conf) {
	const char *at = strrchr(conf->robot.addr, '@');
	const char *fit = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	return at && at[1] && strspn(at + 1, fit) == strlen(at + 1) ? at + 1 : "localhost";
}

static void put_server(Buf *b, const Server *s) {
	rec_put_num(b, s->scheme);
	rec_put_text(b, s->text);
	rec_put_text(b, s->user);
	rec_put_text(b, s->host);
	rec_put_num(b, s->port);
	rec_put_num(b, s->plaintext);
	rec_put_text(b, s->ca_file);
	rec_put_text(b, s->password_file);
	rec_put_text(b, s->password_command);
	rec_put_text(b, s->password_env);
	rec_put_text(b, s->token_command);
}

/* A session of its own: keys typed at a terminal are for the run. Its folder is the home, from which the
 * configuration's paths count. */
static int spawn(const Sender *s, int sock, pid_t *pid) {
	char name[] = "xinlv-send", *argv[] = {name, NULL};
	sigset_t all, none;
	posix_spawn_file_actions_t f;
	posix_spawnattr_t a;
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&f);
	posix_spawnattr_init(&a);
	posix_spawn_file_actions_addfchdir_np(&f, s->home);
	posix_spawn_file_actions_adddup2(&f, sock, SEND_SOCKET);
	posix_spawn_file_actions_addopen(&f, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&f, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&f, SEND_SOCKET + 1);
	posix_spawnattr_setsigdefault(&a, &all);
	posix_spawnattr_setsigmask(&a, &none);
	posix_spawnattr_setflags(&a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	int failed = posix_spawn(pid, s->program, &f, &a, argv, environ);
	posix_spawnattr_destroy(&a);
	posix_spawn_file_actions_destroy(&f);
	return failed;
}

/* Closes the socket, waits so long, kills. */
static void end(Sender *s, int grace_ms) {
	if (s->sock >= 0)
		close(s->sock);
	s->sock = -1;
	reap(s->pid, grace_ms);
	s->pid = 0;
}

/* The first frame says that it is ours; then it hears of the accounts. */
static int greet(Sender *s, Err *e) {
	buf_clear(&s->frame);
	int got = frame_recv(s->sock, &s->frame, SEND_MAX_FRAME, NULL, START_MS, NULL);
	RecIn in = {s->frame.p, s->frame.n, got != 1};
	if (rec_num(&in) == SEND_READY && frame_send(s->sock, buf_view(&s->hello), -1, NULL) == 0)
		return 0;
	end(s, 0);
	return err_set(e, ERR_BUG, "%s did not start", s->program);
}

static int start(Sender *s, Err *e) {
	int pair[2];
	if (s->pid > 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, ERR_BUG, "socketpair");
	int high = fcntl(pair[1], F_DUPFD_CLOEXEC, SEND_SOCKET + 1); /* dup2 onto itself would keep close-on-exec */
	close(pair[1]);
	int failed = high < 0 ? errno : spawn(s, high, &s->pid);
	if (high >= 0)
		close(high);
	s->sock = pair[0];
	if (!failed)
		return greet(s, e);
	close(s->sock);
	s->sock = -1, s->pid = 0;
	return err_set(e, ERR_BUG, "%s: %s", s->program, strerror(failed));
}

int sender_open(const char *program, int home, const MailConf *conf, Sender **out, Err *e) {
	*out = NULL;
	if (conf->send_n > SEND_MAX_ACCOUNTS)
		return err_set(e, ERR_RULES, "send: at most %d accounts", SEND_MAX_ACCOUNTS);
	Sender *s = mem_alloc(sizeof *s);
	*s = (Sender){.program = mem_str(program), .home = home, .sock = -1, .seconds = when_seconds("XINLV_SEND_SECONDS", SEND_SECONDS)};
	rec_put_num(&s->hello, SEND_HELLO);
	rec_put_text(&s->hello, ehlo_name(conf));
	rec_put_num(&s->hello, conf->send_n);
	for (size_t i = 0; i < conf->send_n; i++)
		put_server(&s->hello, &conf->send[i]);
	if (start(s, e) < 0) {
		sender_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

void sender_close(Sender *s) {
	if (!s)
		return;
	end(s, GRACE_MS);
	buf_free(&s->hello);
	buf_free(&s->frame);
	free(s->program);
	free(s);
}

/* The mail in memory that can be handed on: the answer to a large one never waits for a full socket. */
static int mail_fd(Str mail, Err *e) {
	int fd = memfd_create("mail", MFD_CLOEXEC);
	if (fd < 0)
		return err_errno(e, ERR_BUG, "memfd_create");
	if (file_write_all(fd, mail.p, mail.n, e) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool take_result(Sender *s, Arena *a, SentResult *r) {
	RecIn in = {s->frame.p, s->frame.n, false};
	if (rec_num(&in) != SEND_RESULT)
		return false;
	r->kind = (SentKind)rec_count(&in, SENT_ACCOUNT);
	r->code = (int)rec_count(&in, 999);
	r->text = rec_text(&in, a);
	r->err = (ErrKind)rec_count(&in, ERR_RULES);
	r->reached = rec_num(&in) != 0;
	return !in.bad && in.n == 0;
}

/* Sends the question in s->frame; it is heard what became of it. */
static void ask(Sender *s, int fd, int seconds) {
	s->asked = frame_send(s->sock, buf_view(&s->frame), fd, NULL) == 0;
	s->within = (2 * seconds + SLACK_SECONDS) * 1000;
	if (!s->asked) {
		end(s, 0);
		err_set(&s->refused, ERR_BUG, "%s died or was stuck", s->program);
	}
}

int sender_hear(Sender *s, Arena *a, SentResult *r, Err *e) {
	bool asked = s->asked;
	s->asked = false;
	*r = (SentResult){.kind = SENT_RETRY, .text = "xinlv-send cannot be started", .err = ERR_BUG};
	if (!asked) {
		*e = s->refused;
		return -1;
	}
	buf_clear(&s->frame);
	if (frame_recv(s->sock, &s->frame, SEND_MAX_FRAME, NULL, s->within, NULL) == 1 && take_result(s, a, r))
		return 0;
	end(s, 0);
	*r = (SentResult){.kind = SENT_UNKNOWN, .text = "xinlv-send died or was stuck", .err = ERR_BUG};
	return err_set(e, ERR_BUG, "%s died or was stuck", s->program);
}

void sender_post(Sender *s, size_t account, const char *from, const char *to, Str mail) {
	int seconds = s->seconds + (int)(mail.n / SEND_BYTES_SECOND);
	int fd = start(s, &s->refused) < 0 ? -1 : mail_fd(mail, &s->refused);
	if (fd < 0)
		return;
	buf_clear(&s->frame);
	rec_put_num(&s->frame, SEND_MAIL);
	rec_put_num(&s->frame, account);
	rec_put_num(&s->frame, (uint64_t)seconds);
	rec_put_text(&s->frame, from);
	rec_put_text(&s->frame, to);
	ask(s, fd, seconds);
	close(fd);
}

int sender_try(Sender *s, size_t account, Arena *a, SentResult *r, Err *e) {
	if (start(s, &s->refused) == 0) {
		buf_clear(&s->frame);
		rec_put_num(&s->frame, SEND_TRY);
		rec_put_num(&s->frame, account);
		rec_put_num(&s->frame, (uint64_t)s->seconds);
		ask(s, -1, s->seconds);
	}
	return sender_hear(s, a, r, e);
}
