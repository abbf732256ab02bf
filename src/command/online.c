/* check --online: the sending half. Logs in and out; sends no mail. */
#include "command/online.h"

#include <string.h>

#include "base/file.h"
#include "command/print.h"
#include "post/sender.h"

/* By what the libraries and we say; the first that is said counts. */
static const struct {
	const char *said, *advice;
} advices[] = {
	{"STARTTLS", "the password does not go in clear; imaps:// (port 993) and smtps:// (465) are encrypted from the start"},
	{"unexpected TLS packet", "this port is not encrypted from the start: is it one for imap:// or smtp:// with tls: starttls?"},
	{"in time", "does a firewall let the port through? A port for imaps:// or smtps:// says nothing to imap:// and smtp://"},
	{"timed out", "does a firewall let the port through? A port for imaps:// or smtps:// says nothing to imap:// and smtp://"},
	{"not trusted here", ""}, /* says itself what to do */
	{"certificate", "is the host's name one that the certificate is for, and ca_file the authority that signed it?"},
	{"refuses connections", "is the port right, and does the server run?"},
	{"Failed to connect", "is the port right, does the server run, and does a firewall let it through?"},
	{"no server called", "is the host's name right, and does this machine find names (DNS)?"},
	{"not resolve", "is the host's name right, and does this machine find names (DNS)?"},
	{"takes nobody in", "the server is the right one: too many connections, or it is being mended; a run tries again by itself"},
	{"goodbye", "the server is the right one, but takes nobody in at the moment: too many connections, or it is being mended"},
};

const char *online_advice(const char *said) {
	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if (strstr(said, advices[i].said))
			return advices[i].advice;
	return "";
}

/* What a person can do about it; "" when the server's words say enough. */
static const char *advice(const Server *s, const SentResult *r) {
	if (r->err == ERR_LOGIN && *s->token_command)
		return "the token of token_command was refused: is it of this account, and still valid?";
	if (r->err == ERR_LOGIN && r->code)
		return "163, 126, QQ, exmail and Aliyun want the authorisation code made in the web mail's settings, not the "
		       "password; it ends when the password is changed. SMTP must be switched on there, too";
	if (r->err == ERR_LOGIN)
		return "is this the port for submission (465 with smtps://, 587 with smtp://)?";
	if (r->err == ERR_RULES)
		return "mend rules/mail.yaml, or what it points to";
	return r->code ? "" : online_advice(r->text);
}

static int show(const Env *env, const Server *s, const SentResult *r) {
	if (r->kind == SENT_OK) {
		print_fact(env, "send", "%s: %s%s%s", s->text, paint_on(env, PAINT_GOOD),
		           *s->user ? "the login works" : "the server answers", paint_off(env));
		return 0;
	}
	const char *what = r->err == ERR_LOGIN ? "login refused" : r->err == ERR_RULES ? "cannot be used" : "out of reach";
	print_fact(env, "send", "%s: %s%s%s: %s", s->text, paint_on(env, PAINT_BAD), what, paint_off(env),
	           r->code ? arena_fmt(env->arena, "%d %s", r->code, r->text) : r->text);
	if (*advice(s, r))
		print_fact(env, "", "%s", advice(s, r));
	return err_exit(r->err ? r->err : ERR_SERVER);
}

static int try_accounts(Env *env, const MailConf *m, Sender *sender, Err *e) {
	int status = 0;
	for (size_t i = 0; i < m->send_n; i++) {
		SentResult r;
		if (m->send[i].scheme == SCHEME_MAILDIR)
			continue;
		if (sender_try(sender, i, env->arena, &r, e) < 0)
			return -1;
		int one = show(env, &m->send[i], &r);
		status = status ? status : one;
	}
	return status;
}

int online_send(Env *env, const Rules *r, Err *e) {
	const MailConf *m = &r->mail;
	Sender *sender;
	if (m->send_n == 1 && m->send[0].scheme == SCHEME_MAILDIR) {
		print_fact(env, "send", "%s: a folder, no server", m->send[0].text);
		return 0;
	}
	if (sender_open(arena_fmt(env->arena, "%s/xinlv-send", env->programs), env->home, m, &sender, e) < 0)
		return -1;
	int status = try_accounts(env, m, sender, e);
	sender_close(sender);
	return status;
}
