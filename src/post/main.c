/* xinlv-send: the program that speaks SMTP.  Started by the parent with a socket, in the contest home; it has the
 * network and the accounts' passwords.  Refuses to be run by hand, and knows no database. */
#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "post/send_wire.h"
#include "post/smtp.h"

typedef struct {
	int home;
	Arena *lasting; /* what was said at the start */
	const char *ehlo;
	size_t n;
	Server server[SEND_MAX_ACCOUNTS];
	Smtp *smtp[SEND_MAX_ACCOUNTS];
} Accounts;

static void take_server(RecIn *in, Arena *a, Server *s) {
	*s = (Server){.scheme = (Scheme)rec_count(in, SCHEME_SMTPS), .path = ""};
	s->text = rec_text(in, a);
	s->user = rec_text(in, a);
	s->host = rec_text(in, a);
	s->port = (uint16_t)rec_count(in, UINT16_MAX);
	s->plaintext = rec_num(in) != 0;
	s->ca_file = rec_text(in, a);
	s->password_file = rec_text(in, a);
	s->password_command = rec_text(in, a);
	s->password_env = rec_text(in, a);
	s->token_command = rec_text(in, a);
}

static void hello(Accounts *c, RecIn *in) {
	c->ehlo = rec_text(in, c->lasting);
	c->n = rec_count(in, SEND_MAX_ACCOUNTS);
	for (size_t i = 0; i < c->n; i++)
		take_server(in, c->lasting, &c->server[i]);
}

/* The account asked for; NULL when there is no such. */
static Smtp *account(Accounts *c, uint64_t i) {
	if (i >= c->n)
		return NULL;
	if (!c->smtp[i])
		c->smtp[i] = smtp_new(&c->server[i], c->ehlo, c->home);
	return c->smtp[i];
}

static void put_result(Buf *out, const SentResult *r) {
	buf_clear(out);
	rec_put_num(out, SEND_RESULT);
	rec_put_num(out, r->kind);
	rec_put_num(out, (uint64_t)r->code);
	rec_put_text(out, r->text);
	rec_put_num(out, r->err);
	rec_put_num(out, r->reached);
}

static void mail(Accounts *c, RecIn *in, int fd, Arena *a, SentResult *r) {
	struct stat st;
	Smtp *s = account(c, rec_num(in));
	SmtpMail m = {.seconds = (int)rec_count(in, INT32_MAX), .fd = fd};
	m.from = rec_text(in, a);
	m.to = rec_text(in, a);
	if (!s || in->bad || fd < 0 || fstat(fd, &st) < 0)
		return;
	m.bytes = (uint64_t)st.st_size;
	smtp_mail(s, &m, a, r);
}

static void try(Accounts *c, RecIn *in, Arena *a, SentResult *r) {
	Smtp *s = account(c, rec_num(in));
	int seconds = (int)rec_count(in, INT32_MAX);
	if (s && !in->bad)
		smtp_try(s, seconds, a, r);
}

/* One question and its answer; false at the end. */
static bool serve(Accounts *c, Buf *b, Arena *a) {
	int fd;
	buf_clear(b);
	if (frame_recv(SEND_SOCKET, b, SEND_MAX_FRAME, &fd, -1, NULL) != 1)
		return false;
	RecIn in = {b->p, b->n, false};
	uint64_t what = rec_num(&in);
	SentResult r = {.kind = SENT_RETRY, .text = "xinlv-send was asked wrongly", .err = ERR_BUG};
	if (what == SEND_HELLO)
		hello(c, &in);
	else if (what == SEND_MAIL)
		mail(c, &in, fd, a, &r);
	else if (what == SEND_TRY)
		try(c, &in, a, &r);
	if (fd >= 0)
		close(fd);
	if (what == SEND_HELLO)
		return !in.bad;
	put_result(b, &r);
	return frame_send(SEND_SOCKET, buf_view(b), -1, NULL) == 0;
}

/* Signals meant for the run are the parent's to act on; without the parent an answer could not be recorded. */
static void own_signals(void) {
	static const int theirs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
		signal(theirs[i], SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int main(void) {
	struct stat st;
	Buf b = {0};
	if (fstat(SEND_SOCKET, &st) || !S_ISSOCK(st.st_mode)) {
		fprintf(stderr, "xinlv-send is started by xinlv, never by hand\n");
		return 64;
	}
	own_signals();
	log_name("xinlv-send");
	static Accounts c;
	c.lasting = arena_new();
	c.home = open(".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	Arena *a = arena_new();
	if (c.home < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return 70;
	rec_put_num(&b, SEND_READY);
	bool on = frame_send(SEND_SOCKET, buf_view(&b), -1, NULL) == 0;
	while (on) {
		on = serve(&c, &b, a);
		arena_reset(a);
	}
	for (size_t i = 0; i < c.n; i++)
		smtp_free(c.smtp[i]);
	curl_global_cleanup();
	arena_free(c.lasting);
	arena_free(a);
	buf_free(&b);
	return 0;
}
