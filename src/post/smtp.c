/* The last step of a mail's way: SMTP by libcurl.  Refuses to speak in clear to another machine, to a server whose
 * certificate does not hold, to send without the login that was configured, and to use a connection again after
 * anything but success or a clean refusal: an answer that comes late would be taken for the next mail's. */
#include "post/smtp.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/loopback.h"
#include "base/secret.h"
#include "base/text.h"

#define ANSWER_MAX 4096 /* bytes of an answer that are looked at */

/* One mail, or one trial, on its way. */
typedef struct {
	int fd;
	uint64_t at, size;
	bool begun;  /* the server asked for the mail */
	bool whole;  /* all of it was given to libcurl: the server may have it */
	bool let_in; /* connected, secure, logged in */
	bool wide;   /* its recipient is written in letters beyond ASCII */
	bool no_auth, no_wide; /* the server has no way for the login, for such a recipient */
	bool clear_refused;
	bool sender; /* MAIL FROM is the last that was said, but for a goodbye */
	int code;    /* of the refusal in `answer`, 0: none */
	bool more;   /* its next line follows */
	Buf answer, last;
} Exchange;

struct Smtp {
	const Server *server;
	const char *ehlo;
	int home;
	CURL *easy;
	unsigned served;  /* mails that went over this connection */
	bool offers_auth, offers_wide;
	Exchange x;
	char why[CURL_ERROR_SIZE];
};

/* A new connection begins.  In clear only to this machine, whatever its name resolves to. */
static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to) {
	Smtp *s = ctx;
	(void)purpose;
	s->served = 0;
	s->offers_auth = s->offers_wide = false;
	if (s->server->plaintext && !loopback_is(&to->addr)) {
		s->x.clear_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Called when the server has let us in, before the mail. */
static int on_let_in(void *ctx, char *peer, char *own, int peer_port, int own_port) {
	Smtp *s = ctx;
	(void)peer, (void)own, (void)peer_port, (void)own_port;
	/* libcurl goes on without a login where none is offered. */
	s->x.no_auth = *s->server->user && !s->offers_auth;
	s->x.let_in = !s->x.no_auth;
	s->x.no_wide = s->x.wide && !s->offers_wide; /* libcurl would say it all the same (RFC 6531, 3.4) */
	return s->x.no_auth || s->x.no_wide ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static void keep(Buf *b, Str line) {
	if (b->n + line.n + 1 > ANSWER_MAX)
		return;
	if (b->n)
		buf_char(b, ' ');
	buf_slice(b, line);
}

/* A line of the server's.  The last refusal is kept whole: the very last line is the answer to QUIT. */
static size_t on_line(char *p, size_t size, size_t n, void *ctx) {
	Smtp *s = ctx;
	Exchange *x = &s->x;
	Str line = str_trim((Str){p, size * n});
	int64_t code;
	if (str_to_i64(str_sub(line, 0, 3), 200, 599, &code) < 0)
		return size * n;
	bool more = line.n > 3 && line.p[3] == '-';
	Str words = str_trim(str_from(line, 4));
	if (code == 250 && (str_starts_nocase(words, "AUTH ") || str_starts_nocase(words, "AUTH=")))
		s->offers_auth = true;
	if (code == 250 && str_starts_nocase(words, "SMTPUTF8"))
		s->offers_wide = true;
	Buf *into = code >= 400 ? &x->answer : &x->last;
	if (!(x->more && x->code == (int)code))
		buf_clear(into);
	if (code >= 400)
		x->code = (int)code;
	x->more = more;
	keep(into, words);
	return size * n;
}

/* What is said to the server.  Only which verb it was is looked at: the login passes here, too. */
static int on_said(CURL *easy, curl_infotype what, char *p, size_t n, void *ctx) {
	(void)easy;
	if (what == CURLINFO_HEADER_OUT && !str_starts_nocase((Str){p, n}, "QUIT"))
		((Smtp *)ctx)->x.sender = str_starts_nocase((Str){p, n}, "MAIL FROM:");
	return 0;
}

static size_t on_read(char *p, size_t size, size_t n, void *ctx) {
	Exchange *x = &((Smtp *)ctx)->x;
	x->begun = true;
	ssize_t got = pread(x->fd, p, size * n, (off_t)x->at);
	if (got < 0 || (got == 0 && x->at < x->size))
		return CURL_READFUNC_ABORT;
	x->at += (uint64_t)got;
	if (got == 0)
		x->whole = true;
	return (size_t)got;
}

Smtp *smtp_new(const Server *server, const char *ehlo, int home) {
	Smtp *s = mem_alloc(sizeof *s);
	*s = (Smtp){.server = server, .ehlo = ehlo, .home = home};
	return s;
}

/* politely: says QUIT.  Otherwise the connection is cut first, so that nobody waits for a server that is gone. */
static void drop(Smtp *s, bool politely) {
	curl_socket_t sock;
	if (!s->easy)
		return;
	if (!politely && curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &sock) == CURLE_OK && sock != CURL_SOCKET_BAD)
		shutdown(sock, SHUT_RDWR);
	curl_easy_cleanup(s->easy);
	s->easy = NULL;
	s->served = 0;
}

void smtp_free(Smtp *s) {
	if (!s)
		return;
	drop(s, true);
	buf_free(&s->x.answer);
	buf_free(&s->x.last);
	free(s);
}

/* The mechanisms are named, else libcurl would try Kerberos or NTLM where Exchange offers them. */
static int set_login(Smtp *s, Arena *a, Err *e) {
	const Server *v = s->server;
	if (!*v->user)
		return 0;
	bool token = *v->token_command != 0;
	SecretFrom from = {v->password_file, token ? v->token_command : v->password_command, v->password_env};
	char *secret = secret_read(s->home, &from, a, e);
	if (!secret)
		return -1;
	curl_easy_setopt(s->easy, CURLOPT_USERNAME, v->user);
	curl_easy_setopt(s->easy, token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, secret);
	curl_easy_setopt(s->easy, CURLOPT_LOGIN_OPTIONS, token ? "AUTH=XOAUTH2" : "AUTH=PLAIN;AUTH=LOGIN");
	curl_easy_setopt(s->easy, CURLOPT_SASL_IR, 1L); /* QQ refuses a bare AUTH PLAIN */
	explicit_bzero(secret, strlen(secret));
	return 0;
}

static void set_server(Smtp *s, Arena *a) {
	const Server *v = s->server;
	bool six = strchr(v->host, ':') != NULL;
	curl_easy_setopt(s->easy, CURLOPT_URL,
	                 arena_fmt(a, "%s://%s%s%s:%d/%s", v->scheme == SCHEME_SMTPS ? "smtps" : "smtp", six ? "[" : "",
	                           v->host, six ? "]" : "", (int)v->port, s->ehlo));
	curl_easy_setopt(s->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(s->easy, CURLOPT_PROXY, ""); /* not by a proxy of the environment */
	curl_easy_setopt(s->easy, CURLOPT_USE_SSL, (long)(v->plaintext ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(s->easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(s->easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(s->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (*v->ca_file)
		curl_easy_setopt(s->easy, CURLOPT_CAINFO, v->ca_file);
}

/* A handle, the one there is or a new one. */
static int ready(Smtp *s, Arena *a, Err *e) {
	if (s->easy)
		return 0;
	s->easy = curl_easy_init();
	if (!s->easy)
		return err_set(e, ERR_BUG, "libcurl does not start");
	set_server(s, a);
	curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->why);
	curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETDATA, s);
	curl_easy_setopt(s->easy, CURLOPT_PREREQFUNCTION, on_let_in);
	curl_easy_setopt(s->easy, CURLOPT_PREREQDATA, s);
	curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(s->easy, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(s->easy, CURLOPT_DEBUGFUNCTION, on_said);
	curl_easy_setopt(s->easy, CURLOPT_DEBUGDATA, s);
	curl_easy_setopt(s->easy, CURLOPT_VERBOSE, 1L); /* to on_said() alone */
	curl_easy_setopt(s->easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(s->easy, CURLOPT_READDATA, s);
	if (set_login(s, a, e) == 0)
		return 0;
	drop(s, false);
	return -1;
}

/* The server refused in so many words; the code alone is no proof, it may be an older one. */
static bool refused(Smtp *s, CURLcode rc) {
	long last = 0;
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &last);
	bool about_an_answer = rc == CURLE_SEND_ERROR || rc == CURLE_WEIRD_SERVER_REPLY || rc == CURLE_LOGIN_DENIED ||
	                       rc == CURLE_REMOTE_ACCESS_DENIED || rc == CURLE_USE_SSL_FAILED;
	return about_an_answer && s->x.code >= 400 && last == s->x.code;
}

static char *words_of(const Buf *b, Arena *a) {
	return text_cut(a, text_line(a, str_of(charset_guess(a, buf_view(b)))), SEND_TEXT);
}

#define TOO_LARGE 552 /* all of a mail that MAIL FROM tells is its size */

/* Before the server let us in a refusal concerns the account, never the mail; so does one of the sender, which is the same in
 * every mail: else a suspended account would burn the whole queue. */
static void by_answer(const Smtp *s, CURLcode rc, Arena *a, SentResult *r) {
	r->code = s->x.code;
	r->text = words_of(&s->x.answer, a);
	r->kind = smtp_answer(r->code, r->text);
	if (s->x.let_in && s->x.sender && r->kind == SENT_FAILED && r->code != TOO_LARGE)
		r->kind = SENT_ACCOUNT;
	r->err = r->kind == SENT_ACCOUNT || rc == CURLE_LOGIN_DENIED ? ERR_LOGIN : ERR_SERVER;
	if (!s->x.let_in && r->kind == SENT_FAILED)
		r->kind = SENT_ACCOUNT;
}

/* No answer, or not to the point. */
static void by_failure(const Smtp *s, CURLcode rc, Arena *a, SentResult *r) {
	const char *why = *s->why ? s->why : curl_easy_strerror(rc);
	r->kind = s->x.whole ? SENT_UNKNOWN : SENT_RETRY;
	r->err = ERR_SERVER;
	r->text = text_cut(a, text_line(a, str_of(charset_guess(a, str_of(why)))), SEND_TEXT);
	if (s->x.clear_refused) {
		r->text = "mail in clear goes to this machine only";
		r->kind = SENT_ACCOUNT, r->err = ERR_RULES;
	} else if (s->x.no_auth) {
		r->text = "the server offers no login here (no AUTH in its answer to EHLO)";
		r->kind = SENT_ACCOUNT, r->err = ERR_LOGIN;
	} else if (s->x.no_wide) {
		r->text = "the server takes no address in letters beyond ASCII (no SMTPUTF8 in its answer to EHLO)";
		r->kind = SENT_FAILED;
	} else if (rc == CURLE_LOGIN_DENIED) {
		r->text = "the server offers no way to log in that is known here (PLAIN, LOGIN, XOAUTH2)";
		r->kind = SENT_ACCOUNT, r->err = ERR_LOGIN;
	} else if (rc == CURLE_USE_SSL_FAILED) {
		r->text = "the server offers no STARTTLS; nothing is sent in clear";
		r->kind = SENT_ACCOUNT;
	} else if (rc == CURLE_PEER_FAILED_VERIFICATION) {
		r->text = arena_fmt(a, "the server's certificate does not hold: %s", r->text);
		r->kind = SENT_ACCOUNT;
	} else if (rc == CURLE_SSL_CACERT_BADFILE) {
		r->text = arena_fmt(a, "ca_file %s cannot be read", s->server->ca_file);
		r->kind = SENT_ACCOUNT, r->err = ERR_RULES;
	}
}

static CURLcode perform(Smtp *s, int seconds) {
	Buf answer = s->x.answer, last = s->x.last;
	buf_clear(&answer);
	buf_clear(&last);
	s->x = (Exchange){.fd = s->x.fd, .size = s->x.size, .wide = s->x.wide, .answer = answer, .last = last};
	s->why[0] = 0;
	curl_easy_setopt(s->easy, CURLOPT_TIMEOUT, (long)seconds);
	curl_easy_setopt(s->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)seconds);
	curl_easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT,
	                 (long)(seconds < SMTP_CONNECT_SECONDS ? seconds : SMTP_CONNECT_SECONDS));
	return curl_easy_perform(s->easy);
}

/* One exchange.  True when it failed for the connection's age alone: it had served, and was ended or tired of us before
 * the mail was begun. */
static bool once(Smtp *s, int seconds, Arena *a, SentResult *r) {
	unsigned before = s->served;
	CURLcode rc = perform(s, seconds);
	*r = (SentResult){.kind = SENT_OK, .code = 0, .text = "", .reached = s->x.let_in};
	bool clean = rc == CURLE_OK || refused(s, rc);
	if (rc == CURLE_OK) {
		r->code = 250;
		r->text = words_of(&s->x.last, a);
	} else if (clean) {
		by_answer(s, rc, a, r);
	} else {
		by_failure(s, rc, a, r);
	}
	bool tired = before > 0 && rc != CURLE_OK && !s->x.begun &&
	             (!clean || r->code == 421 || str_find_nocase(str_of(r->text), STR("MI:DMC")) >= 0);
	s->served++;
	if (!clean || r->code == 421 || !s->x.let_in || tired)
		drop(s, false);
	return tired;
}

static void exchange(Smtp *s, int seconds, void (*set)(Smtp *s, const void *what), const void *what, Arena *a,
                     SentResult *r) {
	for (int tries = 0; tries < 2; tries++) {
		Err e = {0};
		if (s->served >= SMTP_MAILS_A_CONNECTION)
			drop(s, true); /* only now: the goodbye must not hold up the last mail's answer */
		if (ready(s, a, &e) < 0) {
			*r = (SentResult){.kind = SENT_ACCOUNT, .err = e.kind, .text = arena_str(a, e.text)};
			return;
		}
		set(s, what);
		if (!once(s, seconds, a, r))
			return;
	}
}

static bool address_safe(const char *s) {
	if (!*s || strlen(s) > 320 || !strchr(s, '@'))
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= 0x20 || *s == 0x7f || *s == '<' || *s == '>')
			return false;
	return true;
}

static bool beyond_ascii(const char *s) {
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return true;
	return false;
}

typedef struct {
	const SmtpMail *mail;
	struct curl_slist *to;
} Envelope;

static void set_mail(Smtp *s, const void *what) {
	const Envelope *v = what;
	s->x.fd = v->mail->fd;
	s->x.size = v->mail->bytes;
	s->x.wide = beyond_ascii(v->mail->to);
	curl_easy_setopt(s->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)v->mail->bytes);
	curl_easy_setopt(s->easy, CURLOPT_MAIL_FROM, v->mail->from);
	curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, v->to);
}

void smtp_mail(Smtp *s, const SmtpMail *m, Arena *a, SentResult *r) {
	/* libcurl would send a line break in an address as it is. */
	if (!address_safe(m->from) || !address_safe(m->to)) {
		*r = (SentResult){.kind = SENT_FAILED, .text = "this is no address that a mail can be sent to"};
		return;
	}
	Envelope v = {m, curl_slist_append(NULL, m->to)};
	exchange(s, m->seconds, set_mail, &v, a, r);
	if (s->easy)
		curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(v.to);
}

static void set_noop(Smtp *s, const void *what) {
	(void)what;
	s->x.wide = false;
	curl_easy_setopt(s->easy, CURLOPT_UPLOAD, 0L);
	curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, NULL);
	curl_easy_setopt(s->easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(s->easy, CURLOPT_CUSTOMREQUEST, "NOOP");
}

void smtp_try(Smtp *s, int seconds, Arena *a, SentResult *r) {
	drop(s, true);
	exchange(s, seconds, set_noop, NULL, a, r);
	drop(s, r->kind == SENT_OK);
}
