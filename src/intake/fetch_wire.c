/* The settings of a fetching session: made of the configuration, checked, written and read.  Refuses a session that
 * would send a password in clear. */
#include "intake/fetch_wire.h"

#include <stdlib.h>
#include <string.h>

#include "intake/utf7.h"

bool host_is_loopback(const char *host) {
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

/* Seconds as the tests want them, else the ones of the header. */
static int seconds(const char *name, int otherwise) {
	int64_t n;
	const char *s = getenv(name);
	return s && str_to_i64(str_of(s), 1, 86400, &n) == 0 ? (int)n : otherwise;
}

static bool has_control(const char *s) {
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

static int check_folders(const FetchConf *c, Err *e) {
	Arena *a = arena_new();
	int r = 0;
	if (c->folder_n == 0 || c->folder_n > FETCH_MAX_FOLDERS)
		r = err_set(e, ERR_RULES, "fetch: 1 to %d folders", FETCH_MAX_FOLDERS);
	for (size_t i = 0; r == 0 && i < c->folder_n; i++)
		r = utf7_encode(a, c->folder[i].folder, e) ? 0 : err_wrap(e, "fetch.folders");
	if (r == 0 && c->after == AFTER_MOVE)
		r = utf7_encode(a, c->after_folder, e) ? 0 : err_wrap(e, "fetch.after");
	arena_free(a);
	return r;
}

static int check(const FetchConf *c, Err *e) {
	if (c->tls == FETCH_CLEAR && !host_is_loopback(c->host))
		return err_set(e, ERR_RULES, "fetch: the password would go in clear to %s; only this machine itself may be "
		               "spoken to without TLS", c->host);
	if (!*c->user || has_control(c->user))
		return err_set(e, ERR_RULES, "fetch.url: the user is missing or has control characters");
	if (!*c->password_file && !*c->password_command && !*c->password_env && !*c->token_command)
		return err_set(e, ERR_RULES, "fetch: no way to the password of %s: password_file, password_command, "
		               "password_env or token_command", c->user);
	return check_folders(c, e);
}

int fetchconf_from(const MailConf *m, const FetchFolder *folder, size_t n, FetchConf *out, Err *e) {
	const Server *s = &m->fetch;
	if (s->scheme != SCHEME_IMAP && s->scheme != SCHEME_IMAPS)
		return err_set(e, ERR_RULES, "fetch.url %s: not a mailbox on a server", s->text);
	*out = (FetchConf){
		.host = s->host, .port = s->port, .user = s->user, .ca_file = s->ca_file,
		.tls = s->scheme == SCHEME_IMAPS ? FETCH_TLS : s->plaintext ? FETCH_CLEAR : FETCH_STARTTLS,
		.password_file = s->password_file, .password_command = s->password_command,
		.password_env = s->password_env, .token_command = s->token_command, .support = m->robot.addr,
		.max_bytes = m->max_bytes > 0 ? (uint64_t)m->max_bytes : 0, .after = m->after,
		.after_folder = m->after_folder, .folder = folder, .folder_n = n,
		.exchange_seconds = seconds("XINLV_EXCHANGE_SECONDS", FETCH_EXCHANGE_SECONDS),
		.stage_seconds = seconds("XINLV_STAGE_SECONDS", FETCH_STAGE_SECONDS)};
	return check(out, e);
}

void fetchconf_put(Buf *b, const FetchConf *c) {
	rec_put_text(b, c->host);
	rec_put_num(b, c->port);
	rec_put_num(b, c->tls);
	rec_put_text(b, c->user);
	rec_put_text(b, c->ca_file);
	rec_put_text(b, c->password_file);
	rec_put_text(b, c->password_command);
	rec_put_text(b, c->password_env);
	rec_put_text(b, c->token_command);
	rec_put_text(b, c->support);
	rec_put_num(b, c->max_bytes);
	rec_put_num(b, c->after);
	rec_put_text(b, c->after_folder);
	rec_put_num(b, (uint64_t)c->exchange_seconds);
	rec_put_num(b, (uint64_t)c->stage_seconds);
	rec_put_num(b, c->folder_n);
	for (size_t i = 0; i < c->folder_n; i++) {
		rec_put_text(b, c->folder[i].folder);
		rec_put_num(b, c->folder[i].uidvalidity);
		rec_put_num(b, c->folder[i].last_uid);
	}
}

int fetchconf_get(RecIn *r, Arena *a, FetchConf *out) {
	*out = (FetchConf){.host = rec_text(r, a)};
	out->port = (uint16_t)rec_count(r, UINT16_MAX);
	out->tls = (FetchTls)rec_count(r, FETCH_CLEAR);
	out->user = rec_text(r, a);
	out->ca_file = rec_text(r, a);
	out->password_file = rec_text(r, a);
	out->password_command = rec_text(r, a);
	out->password_env = rec_text(r, a);
	out->token_command = rec_text(r, a);
	out->support = rec_text(r, a);
	out->max_bytes = rec_num(r);
	out->after = (AfterKind)rec_count(r, AFTER_DELETE);
	out->after_folder = rec_text(r, a);
	out->exchange_seconds = (int)rec_count(r, 86400);
	out->stage_seconds = (int)rec_count(r, 86400);
	out->folder_n = rec_count(r, FETCH_MAX_FOLDERS);
	FetchFolder *folder = arena_array(a, out->folder_n + 1, sizeof *folder);
	for (size_t i = 0; i < out->folder_n; i++) {
		folder[i].folder = rec_text(r, a);
		folder[i].uidvalidity = (uint32_t)rec_count(r, UINT32_MAX);
		folder[i].last_uid = (uint32_t)rec_count(r, UINT32_MAX);
	}
	out->folder = folder;
	return r->bad || r->n ? -1 : 0;
}
