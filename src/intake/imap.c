/* A session from the first byte to the login.  Refuses to log in where the connection is not what the
 * configuration wants it to be; any fault on the way to TLS ends it. */
#include "intake/imap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <libetpan/mailimap.h>

#include "base/charset.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/when.h"
#include "intake/imap_inner.h"

#define STREAM_BUFFER 16384
#define ALARM_GRACE 5       /* seconds behind the deadline of the socket: for what spins, or waits for a name */
#define CPU_SECONDS 20      /* of one exchange */
#define CPU_BYTES_A_SECOND (5u << 20)
#define WORDS_SHOWN 200
#define HINT_CODE                                                                                              \
	"; QQ, NetEase and Aliyun want the authorisation code made on their web pages here, not the password, and IMAP " \
	"switched on there"

/* ---- libetpan's lower stream is ours */
static ssize_t low_read(mailstream_low *s, void *p, size_t n) {
	return net_read(s->data, p, n);
}

static ssize_t low_write(mailstream_low *s, const void *p, size_t n) {
	return net_write(s->data, p, n);
}

static int low_close(mailstream_low *s) {
	(void)s; /* the connection belongs to the Imap */
	return 0;
}

static int low_fd(mailstream_low *s) {
	(void)s;
	return -1;
}

static void low_free(mailstream_low *s) {
	free(s);
}

static mailstream_low_driver driver = {
	.mailstream_read = low_read, .mailstream_write = low_write, .mailstream_close = low_close,
	.mailstream_get_fd = low_fd, .mailstream_free = low_free,
};

/* ---- exchanges */
static void limit_cpu(uint64_t bytes) {
	struct timespec used;
	struct rlimit l;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) || getrlimit(RLIMIT_CPU, &l))
		return;
	rlim_t soft = (rlim_t)used.tv_sec + CPU_SECONDS + (rlim_t)(bytes / CPU_BYTES_A_SECOND);
	l.rlim_cur = soft < l.rlim_max ? soft : l.rlim_max;
	setrlimit(RLIMIT_CPU, &l);
}

void imap_begin(Imap *m, uint64_t bytes) {
	int64_t now = when_monotonic_ms();
	int64_t end = now + m->conf->exchange_seconds * 1000 + (int64_t)(bytes / IMAP_BYTES_A_SECOND) * 1000;
	if (end > m->stage_end)
		end = m->stage_end;
	net_begin(m->net, end, NET_BUDGET);
	alarm((unsigned)((end > now ? end - now : 0) / 1000) + ALARM_GRACE);
	limit_cpu(bytes);
}

char *imap_words(const Imap *m) {
	const char *s = m->im && m->im->imap_response ? m->im->imap_response : "";
	return text_cut(m->arena, text_line(m->arena, str_of(charset_guess(m->arena, str_of(s)))), WORDS_SHOWN);
}

static ImapEnd meaning(Imap *m, int r, const char *doing, Err *e) {
	const char *host = m->conf->host;
	switch (r) {
	case MAILIMAP_NO_ERROR:
	case MAILIMAP_NO_ERROR_AUTHENTICATED:
	case MAILIMAP_NO_ERROR_NON_AUTHENTICATED:
		return IMAP_OK;
	case MAILIMAP_ERROR_STREAM:
		err_set(e, ERR_SERVER, "%s: %s: %s", host, doing, net_why(m->net));
		return IMAP_LOST;
	case MAILIMAP_ERROR_FATAL:
	case MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION:
		err_set(e, ERR_SERVER, "%s: %s: the server says goodbye: %s", host, doing, imap_words(m));
		return IMAP_LOST;
	case MAILIMAP_ERROR_PARSE:
	case MAILIMAP_ERROR_MEMORY:
	case MAILIMAP_ERROR_NEEDS_MORE_DATA:
		err_set(e, ERR_SERVER, "%s: %s: the answer could not be read", host, doing);
		return IMAP_GARBLED;
	case MAILIMAP_ERROR_PROTOCOL: /* BAD, or an answer to another command: the state is not known */
		err_set(e, ERR_SERVER, "%s: %s: the server does not take the command: %s", host, doing, imap_words(m));
		return IMAP_GARBLED;
	case MAILIMAP_ERROR_BAD_STATE:
	case MAILIMAP_ERROR_INVAL:
		err_set(e, ERR_BUG, "%s: %s: out of order", host, doing);
		return IMAP_OURS;
	default:
		err_set(e, ERR_SERVER, "%s: %s: the server says no: %s", host, doing, imap_words(m));
		return IMAP_REFUSED;
	}
}

ImapEnd imap_end(Imap *m, int r, const char *doing, Err *e) {
	alarm(0);
	ImapEnd end = meaning(m, r, doing, e);
	if (end == IMAP_LOST || end == IMAP_GARBLED)
		*m->without |= m->asked;
	m->asked = 0;
	return end;
}

/* Of a server that told an empty list libetpan keeps none, and reads it. */
bool imap_can(const Imap *m, const char *capability) {
	const struct mailimap_connection_info *known = m->im->imap_connection_info;
	return known && known->imap_capability && known->imap_capability->cap_list && mailimap_has_extension(m->im, capability);
}

bool imap_begin_extra(Imap *m, ImapExtra x) {
	const char *name = x == EXTRA_ID ? "ID" : x == EXTRA_QUOTA ? "QUOTA" : "NAMESPACE";
	if ((*m->without & x) || !imap_can(m, name))
		return false;
	m->asked = x;
	imap_begin(m, 0);
	return true;
}

/* ---- connecting */
static int greeting(Imap *m, Err *e) {
	mailstream_low *low = mailstream_low_new(m->net, &driver);
	mailstream *stream = low ? mailstream_new(low, STREAM_BUFFER) : NULL;
	if (!stream)
		return err_set(e, ERR_BUG, "no memory for a stream");
	int r = mailimap_connect(m->im, stream);
	return imap_end(m, r, "the greeting", e) == IMAP_OK ? 0 : -1;
}

/* A server that is logged in already, or that sends more than one answer, may be somebody between us and it. */
static int starttls(Imap *m, int home, Err *e) {
	const char *host = m->conf->host;
	if (m->im->imap_state != MAILIMAP_STATE_NON_AUTHENTICATED)
		return err_set(e, ERR_SERVER, "%s takes us for logged in before TLS: not trusted", host);
	imap_begin(m, 0);
	ImapEnd end = imap_end(m, mailimap_starttls(m->im), "STARTTLS", e);
	if (end == IMAP_REFUSED || end == IMAP_GARBLED)
		return err_set(e, ERR_SERVER, "%s offers no STARTTLS at port %u: %s; is imaps:// meant?", host,
		               (unsigned)m->conf->port, imap_words(m));
	if (end != IMAP_OK)
		return -1;
	if (m->im->imap_stream->read_buffer_len)
		return err_set(e, ERR_SERVER, "%s: bytes in clear behind STARTTLS: somebody between us and the server", host);
	imap_begin(m, 0);
	int r = net_secure(m->net, host, home, m->conf->ca_file, e);
	alarm(0);
	return r;
}

static int connect_to(Imap *m, int home, int dialled, Err *e) {
	const FetchConf *c = m->conf;
	int64_t now = when_monotonic_ms(), end = now + c->exchange_seconds * 1000;
	alarm((unsigned)c->exchange_seconds + ALARM_GRACE);
	if (net_open(c->host, c->port, c->tls == FETCH_CLEAR, dialled, end < m->stage_end ? end : m->stage_end, &m->net, e) < 0)
		return -1;
	imap_begin(m, 0);
	if (c->tls == FETCH_TLS && net_secure(m->net, c->host, home, c->ca_file, e) < 0)
		return -1;
	imap_begin(m, 0);
	if (greeting(m, e) < 0)
		return -1;
	return c->tls == FETCH_STARTTLS ? starttls(m, home, e) : 0;
}

/* mailimap_capability() dies of a server that tells an empty list, and a custom command of libetpan's ends in a blank, which
 * strict servers refuse. */
static int ask_capability(mailimap *im) {
	static const char command[] = "CAPABILITY\r\n";
	struct mailimap_response *response;
	int r = mailimap_send_current_tag(im);
	if (r != MAILIMAP_NO_ERROR)
		return r;
	if (mailstream_write(im->imap_stream, command, sizeof command - 1) != sizeof command - 1 ||
	    mailstream_flush(im->imap_stream) < 0 || !mailimap_read_line(im))
		return MAILIMAP_ERROR_STREAM;
	r = mailimap_parse_response(im, &response);
	if (r != MAILIMAP_NO_ERROR)
		return r;
	bool ok = response->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type == MAILIMAP_RESP_COND_STATE_OK;
	mailimap_response_free(response);
	return ok ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_CAPABILITY;
}

/* What it can before the login is often not what it can behind it.  libetpan keeps it for imap_can. */
static int capability(Imap *m, Err *e) {
	imap_begin(m, 0);
	return imap_end(m, ask_capability(m->im), "CAPABILITY", e) == IMAP_OK ? 0 : -1;
}

/* What may be wrong with a refused login. Asks the server what it takes, which it may have said before the login only. */
static const char *hint(Imap *m, bool token) {
	Err ignored = {0};
	if (token)
		return "; is the token of token_command fresh?";
	if (capability(m, &ignored) < 0 || !imap_can(m, "LOGINDISABLED"))
		return HINT_CODE;
	return mailimap_has_authentication(m->im, "XOAUTH2") ? "; it takes no passwords, but XOAUTH2: use token_command"
	                                                     : "; it takes no passwords here (LOGINDISABLED)";
}

/* A refusal that has nothing to do with who we are (RFC 5530): it ends by itself, and asks for no other password. */
static bool is_busy(const Imap *m) {
	static const char *const codes[] = {"UNAVAILABLE", "LIMIT", "INUSE"};
	static const char *const words[] = {"number of connections", "too many connections", "too many simultaneous"};
	const struct mailimap_response_info *info = m->im->imap_response_info;
	const char *code = info && info->rsp_atom ? info->rsp_atom : "";
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (str_is_nocase(str_of(code), codes[i]))
			return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_find_nocase(str_of(imap_words(m)), str_of(words[i])) >= 0)
			return true;
	return false;
}

static int login(Imap *m, int home, Err *e) {
	const FetchConf *c = m->conf;
	bool token = *c->token_command;
	const SecretFrom from = {.file = c->password_file, .env = c->password_env,
	                         .command = token ? c->token_command : c->password_command};
	if (m->im->imap_state != MAILIMAP_STATE_NON_AUTHENTICATED)
		return 0;
	char *secret = secret_read(home, &from, m->arena, e);
	if (!secret)
		return -1;
	const void *known = m->im->imap_connection_info->imap_capability;
	imap_begin(m, 0);
	int r = token ? mailimap_oauth2_authenticate(m->im, c->user, secret) : mailimap_login(m->im, c->user, secret);
	explicit_bzero(secret, strlen(secret));
	ImapEnd end = imap_end(m, r, "LOGIN", e);
	if (end == IMAP_REFUSED && is_busy(m))
		return err_set(e, ERR_SERVER, "%s takes nobody in at the moment: %s", c->host, imap_words(m));
	if (end == IMAP_REFUSED || r == MAILIMAP_ERROR_PROTOCOL) {
		const char *said = imap_words(m);
		return err_set(e, ERR_LOGIN, "%s does not let %s in: %s%s", c->host, c->user, said, hint(m, token));
	}
	m->able = m->im->imap_connection_info->imap_capability != known; /* it told with its answer (RFC 9051, 7.1) */
	return end == IMAP_OK ? 0 : -1;
}

/* The list borrows what it is given. */
static void id_add(Imap *m, struct mailimap_id_params_list *list, const char *name, const char *value) {
	mailimap_id_params_list_add_name_value(list, arena_str(m->arena, name), arena_str(m->arena, value));
}

/* NetEase opens no folder for a client that did not say who it is; QQ hangs up on commands it does not list. */
static int introduce(Imap *m, Err *e) {
	struct mailimap_id_params_list *told = NULL, *list;
	if (!imap_begin_extra(m, EXTRA_ID))
		return 0;
	list = mailimap_id_params_list_new_empty();
	if (!list)
		return err_set(e, ERR_BUG, "no memory");
	id_add(m, list, "name", "xinlv");
	id_add(m, list, "version", XINLV_VERSION);
	id_add(m, list, "vendor", "xinlv");
	if (*m->conf->support)
		id_add(m, list, "support-email", m->conf->support);
	int r = mailimap_id(m->im, list, &told);
	mailimap_id_params_list_free(list);
	if (r == MAILIMAP_NO_ERROR && told)
		mailimap_id_params_list_free(told);
	ImapEnd end = imap_end(m, r, "ID", e);
	return end == IMAP_OK || end == IMAP_REFUSED || r == MAILIMAP_ERROR_PROTOCOL ? 0 : -1;
}

/* libetpan calls the handler of messages only where a progress is asked for too. */
static void no_progress(size_t current, size_t maximum, void *ctx) {
	(void)current;
	(void)maximum;
	(void)ctx;
}

static int open_once(const FetchConf *c, int home, int dialled, int64_t stage_end, unsigned *without, Imap **out, Err *e) {
	Imap *m = mem_alloc(sizeof *m);
	*m = (Imap){.conf = c, .stage_end = stage_end, .without = without, .arena = arena_new(), .im = mailimap_new(0, NULL)};
	int r = m->im ? 0 : err_set(e, ERR_BUG, "no memory for a session");
	if (r == 0) {
		mailimap_set_163_workaround_enabled(m->im, 1); /* tags that begin with a letter, as the RFC has them */
		mailimap_set_progress_callback(m->im, no_progress, no_progress, NULL);
	}
	if (r < 0 || connect_to(m, home, dialled, e) < 0 || login(m, home, e) < 0 ||
	    (!m->able && capability(m, e) < 0) || introduce(m, e) < 0) {
		imap_close(m, false);
		*out = NULL;
		return -1;
	}
	*out = m;
	return 0;
}

int imap_open(const FetchConf *c, int home, int dialled, int64_t stage_end, unsigned *without, Imap **out, Err *e) {
	unsigned before = *without;
	int r = open_once(c, home, dialled, stage_end, without, out, e);
	return r < 0 && *without != before ? open_once(c, home, -1, stage_end, without, out, e) : r;
}

void imap_close(Imap *m, bool politely) {
	if (!m)
		return;
	if (m->im && m->net) {
		imap_begin(m, 0);
		if (!politely) /* mailimap_free logs out too: not on this connection */
			net_begin(m->net, 0, 0);
	}
	if (m->im)
		mailimap_free(m->im);
	alarm(0);
	net_close(m->net);
	arena_free(m->arena);
	free(m);
}
