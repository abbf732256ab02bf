/* Inside the loader: rules/mail.yaml, where mail comes from and how it goes.
 * Refuses passwords in the file and mail in clear over a network. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "rules/load.h"
#include "rules/values.h"

#define MAX_BYTES (60 << 20)
#define PER_ADDRESS 50
#define JOINED_EVERY 3600
#define REMINDS_MAX 8
#define SEND_BYTES (10 << 20) /* what every mail server takes */
#define SEND_BYTES_LEAST (1 << 20)
#define PROBE_WITHIN 3600
#define PROBES_MAX 24
/* What a server of the public lets through, as far as known (none tells), unless the limits are given. */
#define PER_MINUTE 20
#define PER_HOUR 200
#define PER_DAY 1000
#define DIGEST_MINUTE (8 * 60 + 30)
#define DELETE_DAYS_MAX 3650
#define RETRIES_MAX 20

static const char *const mail_keys[] = {
	"robot", "secretariat", "operator", "fetch", "send", "retry", "replies", "digest", "probe",
	"trusted_authserv", NULL,
};
static const char *const fetch_keys[] = {
	"url", "folders", "tls", "ca_file", "password_file", "password_command", "password_env",
	"token_command", "after", "first_start", "max_bytes", NULL,
};
static const char *const send_keys[] = {
	"url", "tls", "ca_file", "password_file", "password_command", "password_env", "token_command",
	"limits", "from", NULL,
};

static const struct {
	const char *name;
	Scheme scheme;
	uint16_t port;
} schemes[] = {
	{"maildir:", SCHEME_MAILDIR, 0}, {"imap://", SCHEME_IMAP, 143},  {"imaps://", SCHEME_IMAPS, 993},
	{"smtp://", SCHEME_SMTP, 587},   {"smtps://", SCHEME_SMTPS, 465},
};

/* "Name <addr>" or the bare address; the domain in small letters. */
static bool address(Load *l, const Yaml *y, Address *out) {
	*out = (Address){"", ""};
	if (!y || y->kind == YAML_NONE)
		return false;
	Str s = str_trim(str_of(y->text));
	const char *open = y->kind == YAML_TEXT && s.n ? memchr(s.p, '<', s.n) : NULL;
	char *addr = str_dup(l->arena, s);
	if (open && s.p[s.n - 1] == '>') {
		Str name = str_trim(str_sub(s, 0, (size_t)(open - s.p)));
		if (name.n > 2 && name.p[0] == '"' && name.p[name.n - 1] == '"' && !memchr(name.p + 1, '"', name.n - 2))
			name = str_sub(name, 1, name.n - 2); /* as a mail's header has it; ours puts them there itself */
		out->name = text_tidy(l->arena, str_dup(l->arena, name));
		addr = str_dup(l->arena, str_sub(s, (size_t)(open - s.p) + 1, s.n - (size_t)(open - s.p) - 2));
	}
	for (char *p = strchr(addr, '@'); p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	out->addr = addr;
	if (y->kind == YAML_TEXT && mail_address_ok(addr))
		return true;
	take_fault(l, y, "a mail address is wanted: name@example.org, or Name <name@example.org>%s",
	           strstr(y->text, "\uFF1C") || strstr(y->text, "\uFF20") ? " with ASCII < @ >" : "");
	return false;
}

/* One address more; the same twice would pass for two persons where one must confirm what the other did. */
static void office(Load *l, const Yaml *y) {
	MailConf *m = &l->rules->mail;
	Address *a = &m->office[m->office_n];
	if (!address(l, y, a))
		return;
	if (m->robot.addr && strcasecmp(a->addr, m->robot.addr) == 0)
		take_fault(l, y, "this is the robot's own address, which takes no mail from itself; write that of a person");
	for (size_t i = 0; i < m->office_n && !l->source->kept; i++)
		if (strcasecmp(m->office[i].addr, a->addr) == 0)
			take_fault(l, y, "the address %s stands in the list twice; keep one of them", a->addr);
	m->office_n++;
}

static void secretariat(Load *l, const Yaml *root) {
	const Yaml *y = take(l, root, "secretariat", TAKE_NEEDED);
	MailConf *m = &l->rules->mail;
	if (!y || y->kind == YAML_NONE)
		return;
	size_t n = y->kind == YAML_LIST ? y->n : 1;
	if (n == 0)
		take_fault(l, y, "\"secretariat\" needs at least one address");
	m->office = arena_array(l->arena, n, sizeof *m->office);
	for (size_t i = 0; i < n; i++)
		office(l, y->kind == YAML_LIST ? y->item[i] : y);
}

static int hex(char c) {
	const char *p = c ? strchr("0123456789abcdef", c | 0x20) : NULL;
	return c >= '0' && p ? (int)(p - "0123456789abcdef") : -1;
}

/* %40 -> @; NULL when a % is not followed by two hex digits or gives a control. */
static char *percent(Arena *a, Str s) {
	char *out = arena_copy(a, s.p, s.n), *to = out;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%') {
			*to++ = s.p[i];
			continue;
		}
		int hi = i + 2 < s.n ? hex(s.p[i + 1]) : -1, lo = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
		if (hi < 0 || lo < 0 || hi * 16 + lo < 0x20)
			return NULL;
		*to++ = (char)(hi * 16 + lo);
		i += 2;
	}
	*to = '\0';
	return text_valid(str_of(out)) ? out : NULL;
}

static bool host_ok(const char *s) {
	return *s && *s != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == strlen(s);
}

/* user@host:port/path; a host in [] is an IPv6 address. */
static const char *network_url(Load *l, Str s, Server *out) {
	size_t slash = 0;
	while (slash < s.n && s.p[slash] != '/')
		slash++;
	Str where = str_sub(s, 0, slash), path = str_from(s, slash + 1);
	const char *at = where.n ? memrchr(where.p, '@', where.n) : NULL;
	if (at) {
		Str user = str_sub(where, 0, (size_t)(at - where.p));
		if (user.n && memchr(user.p, ':', user.n))
			return "no password in the URL; use password_file, password_command or password_env";
		if (memchr(user.p, '@', user.n))
			return "write the @ of the user's name as %40";
		if (!(out->user = percent(l->arena, user)) || !*out->user)
			return "the user's name before @ cannot be read; write special signs as %40 and the like";
		where = str_from(where, user.n + 1);
	}
	Str host = where;
	bool six = str_starts(where, "[");
	const char *end = six ? memchr(where.p, ']', where.n) : memchr(where.p ? where.p : "", ':', where.n);
	if (six && !end)
		return "the ] behind the address is missing";
	if (end)
		host = six ? str_sub(where, 1, (size_t)(end - where.p) - 1)
		           : str_sub(where, 0, (size_t)(end - where.p));
	Str port = end ? str_from(where, (size_t)(end - where.p) + (six ? 1 : 0)) : (Str){0};
	int64_t number = out->port;
	if (port.n && (port.p[0] != ':' || str_to_i64(str_from(port, 1), 1, 65535, &number)))
		return "the port behind the colon must be a number from 1 to 65535";
	out->port = (uint16_t)number;
	out->host = str_dup(l->arena, host);
	if (six ? strspn(out->host, "0123456789abcdefABCDEF:.") != host.n : !host_ok(out->host))
		return "the server's name is missing or has signs that no name has";
	out->path = percent(l->arena, path);
	return out->path ? NULL : "a % must be followed by two hex digits";
}

static const char *maildir_url(Load *l, Str s, Server *out) {
	out->path = str_dup(l->arena, s);
	if (s.n == 0)
		return "the folder is missing; write maildir:spool/inbox";
	if (strstr(out->path, ".."))
		return "a folder of mail must not be reached by ..";
	return NULL;
}

static bool loopback(const char *host) {
	return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static bool url(Load *l, const Yaml *map, bool fetching, Server *out) {
	const char *s = take_text(l, map, "url", TAKE_NEEDED);
	const Yaml *y = yaml_get(map, "url", NULL);
	const char *wrong = NULL;
	size_t i = 0, n = sizeof schemes / sizeof *schemes;
	if (!*s)
		return false;
	out->text = s;
	while (i < n && strncmp(s, schemes[i].name, strlen(schemes[i].name)) != 0)
		i++;
	bool ours = i < n && (schemes[i].scheme == SCHEME_MAILDIR ||
	                      (schemes[i].scheme <= SCHEME_IMAPS) == fetching);
	if (!ours) {
		wrong = fetching ? "mail is fetched from imaps://user@host/INBOX, imap://user@host/INBOX or "
		                   "maildir:FOLDER"
		                 : "mail is sent by smtps://user@host, smtp://user@host or maildir:FOLDER";
	} else {
		out->scheme = schemes[i].scheme;
		out->port = schemes[i].port;
		Str rest = str_of(s + strlen(schemes[i].name));
		wrong = out->scheme == SCHEME_MAILDIR ? maildir_url(l, rest, out) : network_url(l, rest, out);
	}
	if (wrong)
		take_fault(l, y, "\"%s\": %s", s, wrong);
	return !wrong;
}

static void tls(Load *l, const Yaml *map, Server *s) {
	static const TakeName names[] = {{"starttls", 0}, {"none", 1}, {NULL, 0}};
	const Yaml *y = yaml_get(map, "tls", NULL);
	s->plaintext = take_name(l, map, "tls", names, 0);
	if (y && s->scheme != SCHEME_IMAP && s->scheme != SCHEME_SMTP)
		take_fault(l, y, "\"tls\" is for imap:// and smtp:// only; take it away%s",
		           s->scheme == SCHEME_MAILDIR ? "" : " (this URL is encrypted from the start)");
	else if (s->plaintext && !loopback(s->host))
		take_fault(l, y, "\"tls: none\" would send the password in clear to %s; it is allowed on this "
		                 "machine only (localhost); write starttls", s->host);
}

/* At most one way to the password, and one for a user on a network. */
static void secret(Load *l, const Yaml *map, Server *s) {
	static const char *const ways[] = {"password_file", "password_command", "password_env",
	                                   "token_command"};
	const char **into[] = {&s->password_file, &s->password_command, &s->password_env,
	                       &s->token_command};
	size_t given = 0;
	for (size_t i = 0; i < 4; i++) {
		*into[i] = take_text(l, map, ways[i], TAKE_OPTIONAL);
		if (**into[i] && ++given == 2)
			take_fault(l, yaml_get(map, ways[i], NULL),
			           "a second way to the password; keep one of password_file, password_command, "
			           "password_env, token_command");
	}
	bool network = s->scheme != SCHEME_MAILDIR;
	bool fetching = s->scheme == SCHEME_IMAP || s->scheme == SCHEME_IMAPS;
	const Yaml *y = yaml_get(map, "url", NULL);
	if (network && fetching && !*s->user)
		take_fault(l, y, "the user is missing; write %s//name%%40example.org@%s",
		           s->scheme == SCHEME_IMAPS ? "imaps:" : "imap:", s->host);
	if (network && *s->user && !given)
		take_fault(l, y, "how to get the password of %s is missing; add password_file: ..., or "
		                 "password_command, password_env, token_command", s->user);
	if (network && !*s->user && given)
		take_fault(l, y, "there is a password but no user; write the user before the host, its @ as %%40");
}

static void limits(Load *l, const Yaml *map, Server *s) {
	static const char *const known[] = {"per_minute", "per_hour", "per_day", NULL};
	const Yaml *y = take(l, map, "limits", TAKE_OPTIONAL);
	if (!y && (s->scheme == SCHEME_SMTP || s->scheme == SCHEME_SMTPS) && !loopback(s->host)) {
		s->per_minute = PER_MINUTE;
		s->per_hour = PER_HOUR;
		s->per_day = PER_DAY;
	}
	if (!y || !take_map(l, y, "limits", known))
		return;
	s->per_minute = take_int(l, y, "per_minute", 1, 1000000, 0);
	s->per_hour = take_int(l, y, "per_hour", 1, 1000000, 0);
	s->per_day = take_int(l, y, "per_day", 1, 10000000, 0);
}

static bool server(Load *l, const Yaml *map, bool fetching, Server *s) {
	*s = (Server){.text = "", .user = "", .host = "", .path = "", .ca_file = "", .password_file = "",
	              .password_command = "", .password_env = "", .token_command = "", .from = ""};
	if (!take_map(l, map, fetching ? "fetch" : "send", fetching ? fetch_keys : send_keys))
		return false;
	bool good = url(l, map, fetching, s);
	s->ca_file = take_text(l, map, "ca_file", TAKE_OPTIONAL);
	if (good) {
		tls(l, map, s);
		secret(l, map, s);
	}
	if (!fetching) {
		Address from;
		const Yaml *y = take(l, map, "from", TAKE_OPTIONAL);
		limits(l, map, s);
		s->from = y && address(l, y, &from) ? from.addr : "";
	}
	return good;
}

/* keep, flag, move:FOLDER, delete:DAYS */
static void after(Load *l, const Yaml *map, MailConf *m) {
	const char *s = take_text(l, map, "after", TAKE_OPTIONAL);
	m->after_folder = "";
	if (!*s || strcmp(s, "keep") == 0) {
		m->after = AFTER_KEEP;
	} else if (strcmp(s, "flag") == 0) {
		m->after = AFTER_FLAG;
	} else if (strncmp(s, "move:", 5) == 0 && s[5]) {
		m->after = AFTER_MOVE;
		m->after_folder = str_dup(l->arena, str_trim(str_of(s + 5)));
	} else if (strncmp(s, "delete:", 7) == 0 &&
	           str_to_i64(str_trim(str_of(s + 7)), 0, DELETE_DAYS_MAX, &m->after_days) == 0) {
		m->after = AFTER_DELETE;
	} else {
		take_fault(l, yaml_get(map, "after", NULL),
		           "\"after\" must be keep, flag, move:FOLDER or delete:DAYS, not \"%s\"", s);
	}
}

static void fetch(Load *l, const Yaml *root) {
	static const TakeName starts[] = {{"hold", FIRST_HOLD}, {"answer", FIRST_ANSWER}, {NULL, 0}};
	MailConf *m = &l->rules->mail;
	const Yaml *y = take(l, root, "fetch", TAKE_NEEDED);
	if (!y || !server(l, y, true, &m->fetch))
		return;
	bool imap = m->fetch.scheme != SCHEME_MAILDIR;
	m->folder = take_texts(l, y, "folders", TAKE_OPTIONAL, &m->folder_n);
	if (m->folder_n && !imap)
		take_fault(l, yaml_get(y, "folders", NULL), "a Maildir is one folder; take \"folders\" away");
	if (!m->folder_n && imap) {
		m->folder = arena_array(l->arena, 1, sizeof *m->folder);
		m->folder[m->folder_n++] = *m->fetch.path ? m->fetch.path : "INBOX";
	}
	after(l, y, m);
	m->first_start = (FirstStart)take_name(l, y, "first_start", starts, FIRST_DEFAULT);
	m->max_bytes = take_bytes(l, y, "max_bytes", MAX_BYTES);
}

static void send(Load *l, const Yaml *root) {
	MailConf *m = &l->rules->mail;
	const Yaml *y = take(l, root, "send", TAKE_NEEDED);
	if (!y || y->kind == YAML_NONE)
		return;
	size_t n = y->kind == YAML_LIST ? y->n : 1;
	if (n == 0)
		take_fault(l, y, "\"send\" needs at least one account");
	m->send = arena_array(l->arena, n, sizeof *m->send);
	for (size_t i = 0; i < n; i++)
		if (server(l, y->kind == YAML_LIST ? y->item[i] : y, false, &m->send[m->send_n]))
			m->send_n++;
}

static void retries(Load *l, const Yaml *root) {
	static const int64_t usual[] = {120, 600, 1800, 7200};
	MailConf *m = &l->rules->mail;
	size_t n;
	const Yaml *const *item = take_list(l, root, "retry", TAKE_OPTIONAL, &n);
	m->retry_n = n ? n : sizeof usual / sizeof *usual;
	if (m->retry_n > RETRIES_MAX) {
		take_fault(l, yaml_get(root, "retry", NULL), "at most %d retries", RETRIES_MAX);
		m->retry_n = n = RETRIES_MAX;
	}
	m->retry = arena_array(l->arena, m->retry_n, sizeof *m->retry);
	for (size_t i = 0; i < m->retry_n; i++)
		m->retry[i] = n ? take_span(l, item[i], 120) : usual[i];
}

/* "08:30" */
static bool minute_of_day(Load *l, const Yaml *y, const char *s, int *out) {
	const char *colon = strchr(s, ':');
	int64_t hour, minute;
	if (!*s)
		return false;
	if (!colon || str_to_i64((Str){s, (size_t)(colon - s)}, 0, 23, &hour) ||
	    str_to_i64(str_of(colon + 1), 0, 59, &minute) || strlen(colon) != 3) {
		take_fault(l, y, "\"at\" must be a time of day such as \"08:30\", not \"%s\"", s);
		return false;
	}
	*out = (int)(hour * 60 + minute);
	return true;
}

static void digest(Load *l, const Yaml *root) {
	static const char *const known[] = {"at", NULL};
	const Yaml *y = take(l, root, "digest", TAKE_OPTIONAL);
	l->rules->mail.digest_minute = DIGEST_MINUTE;
	if (!y || !take_map(l, y, "digest", known))
		return;
	minute_of_day(l, yaml_get(y, "at", NULL), take_text(l, y, "at", TAKE_NEEDED), &l->rules->mail.digest_minute);
}

static void probe(Load *l, const Yaml *root) {
	static const char *const known[] = {"at", "within", NULL};
	MailConf *m = &l->rules->mail;
	const Yaml *y = take(l, root, "probe", TAKE_OPTIONAL);
	m->probe_within = PROBE_WITHIN;
	if (!y || !take_map(l, y, "probe", known))
		return;
	size_t n;
	const char **at = take_texts(l, y, "at", TAKE_NEEDED, &n);
	if (n > PROBES_MAX)
		take_fault(l, yaml_get(y, "at", NULL), "at most %d probes a day", PROBES_MAX);
	m->probe_minute = arena_array(l->arena, n + 1, sizeof *m->probe_minute);
	for (size_t i = 0; i < n && i < PROBES_MAX; i++)
		if (minute_of_day(l, yaml_get(y, "at", NULL), at[i], &m->probe_minute[m->probe_n]))
			m->probe_n++;
	const Yaml *within = take(l, y, "within", TAKE_OPTIONAL);
	if (within)
		m->probe_within = take_span(l, within, PROBE_WITHIN);
}

/* An empty list: nobody is reminded. */
static void reminders(Load *l, const Yaml *y) {
	size_t n;
	MailConf *m = &l->rules->mail;
	const Yaml *const *item = take_list(l, y, "remind", TAKE_OPTIONAL, &n);
	if (!yaml_get(y, "remind", NULL))
		return;
	if (n > REMINDS_MAX)
		take_fault(l, yaml_get(y, "remind", NULL), "at most %d reminders", REMINDS_MAX);
	m->remind_n = 0;
	for (size_t i = 0; i < n && i < REMINDS_MAX; i++)
		m->remind[m->remind_n++] = take_span(l, item[i], 24 * 3600);
}

static void replies(Load *l, const Yaml *root) {
	static const char *const known[] = {"per_address_per_day", "joined_every", "max_bytes", "remind", NULL};
	const Yaml *y = take(l, root, "replies", TAKE_OPTIONAL);
	MailConf *m = &l->rules->mail;
	m->replies_per_address_per_day = PER_ADDRESS;
	m->joined_every = JOINED_EVERY;
	m->send_bytes = SEND_BYTES;
	m->remind = arena_array(l->arena, REMINDS_MAX, sizeof *m->remind);
	m->remind[m->remind_n++] = 24 * 3600;
	m->remind[m->remind_n++] = 3 * 3600;
	if (!y || !take_map(l, y, "replies", known))
		return;
	m->replies_per_address_per_day = take_int(l, y, "per_address_per_day", 1, 100000, PER_ADDRESS);
	const Yaml *every = take(l, y, "joined_every", TAKE_OPTIONAL);
	if (every)
		m->joined_every = take_span(l, every, JOINED_EVERY);
	reminders(l, y);
	m->send_bytes = take_bytes(l, y, "max_bytes", SEND_BYTES);
	if (m->send_bytes < SEND_BYTES_LEAST)
		take_fault(l, yaml_get(y, "max_bytes", NULL), "\"max_bytes\" must be 1M or more");
}

/* What is sent must not come back as mail. */
static void own_mail(Load *l, const Yaml *root) {
	const MailConf *m = &l->rules->mail;
	for (size_t i = 0; i < m->send_n && !l->source->kept; i++)
		if (m->fetch.path && m->send[i].path && m->fetch.scheme == SCHEME_MAILDIR && m->send[i].scheme == SCHEME_MAILDIR &&
		    strcmp(m->fetch.path, m->send[i].path) == 0)
			take_fault(l, yaml_get(root, "send", NULL),
			           "mail is sent into the folder that it is fetched from; give it another, such as maildir:spool/outbox");
}

void mailconf_read(Load *l, const Yaml *root) {
	MailConf *m = &l->rules->mail;
	if (!take_map(l, root, "mail.yaml", mail_keys))
		return;
	address(l, take(l, root, "robot", TAKE_NEEDED), &m->robot);
	secretariat(l, root);
	Address operator;
	const Yaml *y = take(l, root, "operator", TAKE_OPTIONAL);
	bool given = y && !(y->kind == YAML_TEXT && !*y->text);
	m->operator_mail = given && address(l, y, &operator) ? operator.addr : "";
	fetch(l, root);
	send(l, root);
	own_mail(l, root);
	retries(l, root);
	replies(l, root);
	digest(l, root);
	probe(l, root);
	m->trusted_authserv = take_texts(l, root, "trusted_authserv", TAKE_OPTIONAL,
	                                 &m->trusted_authserv_n);
}
