/* What a server says, line by line, whatever is asked of it: a session from the greeting to LOGOUT.  The input is cut at NUL:
 * the first piece is the greeting, each further one answers the next line that comes.  \x01 in it stands for the tag of that
 * line. */
#include "fuzz.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/file.h"
#include "intake/imap.h"

static struct {
	const uint8_t *data;
	size_t n;
	int listener;
	uint16_t port;
	int home;
	atomic_bool over; /* the session is */
} server;

/* The next piece goes out, the tag of `line` put in; false when there is none left. */
static bool answer(int fd, size_t *at, const char *line) {
	char tag[16];
	if (*at > server.n)
		return false;
	snprintf(tag, sizeof tag, "%.*s", (int)strcspn(line, " \r\n"), line);
	const uint8_t *p = server.data + *at, *end = memchr(p, 0, server.n - *at);
	size_t n = end ? (size_t)(end - p) : server.n - *at;
	*at += n + 1;
	Buf out = {0};
	for (size_t i = 0; i < n; i++)
		if (p[i] == 1)
			buf_str(&out, tag);
		else
			buf_char(&out, (char)p[i]);
	bool good = send(fd, out.p ? out.p : "", out.n, MSG_NOSIGNAL) >= 0;
	buf_free(&out);
	return good;
}

static void converse(int fd, size_t *at) {
	char line[4096] = "";
	size_t have = 0;
	const struct timeval patience = {.tv_usec = 4000}; /* who waits for more of the answer gets the next piece */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	bool more = answer(fd, at, "");
	while (more) {
		ssize_t n = recv(fd, line + have, sizeof line - 1 - have, 0);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			while (*at < server.n && !server.data[*at]) /* an empty piece is no news to who waits */
				++*at;
			more = answer(fd, at, line);
			continue;
		}
		if (n <= 0)
			break;
		have += (size_t)n;
		line[have] = '\0';
		for (char *end; more && (end = memchr(line, '\n', have)); have -= (size_t)(end + 1 - line), memmove(line, end + 1, have))
			more = answer(fd, at, line);
		if (have >= sizeof line - 1)
			have = 0;
	}
}

/* A session that goes on without what broke it connects again, and gets the pieces that are left. */
static void *serve(void *unused) {
	size_t at = 0;
	while (!atomic_load(&server.over)) {
		struct pollfd p = {.fd = server.listener, .events = POLLIN};
		int fd = poll(&p, 1, 5) > 0 ? accept(server.listener, NULL, NULL) : -1;
		if (fd < 0)
			continue;
		converse(fd, &at);
		close(fd);
	}
	return unused;
}

static char place[] = "/tmp/xinlv-fuzz-imap-XXXXXX";

static void end(void) {
	file_remove_tree(AT_FDCWD, place, NULL);
}

static void begin(void) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof a;
	setenv("XINLV_FUZZ_PASSWORD", "x", 1);
	server.listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(server.listener, (struct sockaddr *)&a, size) || listen(server.listener, 8) ||
	    getsockname(server.listener, (struct sockaddr *)&a, &size) || !mkdtemp(place))
		abort();
	server.port = ntohs(a.sin_port);
	server.home = open(place, O_RDONLY | O_DIRECTORY);
	atexit(end);
}

/* libetpan keeps some bytes of answers that it refuses, until xinlv-fetch ends.  Leaks of ours are looked for. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
	return "leak:libetpan.so\n";
}

static void session(Arena *a) {
	FetchConf c = {.host = "127.0.0.1", .port = server.port, .tls = FETCH_CLEAR, .user = "u", .ca_file = "", .password_file = "",
	               .password_command = "", .password_env = "XINLV_FUZZ_PASSWORD", .token_command = "", .support = "",
	               .after_folder = "", .max_bytes = 100000, .exchange_seconds = 2, .stage_seconds = 4};
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	Imap *m = NULL;
	Archive *archive = NULL;
	ImapFolder folder;
	ImapList list = {0};
	bool missing;
	int percent;
	char *path;
	unsigned without = 0;
	Buf head = {0};
	Err e = {0};
	if (imap_open(&c, server.home, -1, now.tv_sec * 1000 + 4000, &without, &m, &e) == 0 && archive_open(server.home, &archive, &e) == 0 &&
	    imap_look(m, "INBOX", false, &folder, &missing, &e) == IMAP_OK && imap_quota(m, "INBOX", &percent, &e) <= IMAP_REFUSED &&
	    imap_path(m, a, "done/2023", &path, &e) <= IMAP_REFUSED && imap_list(m, 1, 0, &list, &e) == IMAP_OK) {
		ImapBody body[8] = {{0}};
		size_t n = list.n < 8 ? list.n : 8;
		for (size_t i = 0; i < n; i++)
			body[i] = (ImapBody){.uid = list.v[i].uid, .said = list.v[i].bytes};
		if (n && imap_bodies(m, archive, body, n, &e) == IMAP_OK)
			(void)imap_header(m, 1, &head, &e);
	}
	buf_free(&head);
	vec_free(&list);
	archive_close(archive);
	imap_close(m, false); /* no waiting for a last word */
}

/* libetpan reads through NULL where no text stands behind these: it costs xinlv-fetch its life and the tick its fetching, as
 * test_imap_faults shows.  What is looked for here is another fault. */
static bool wordless(Str s) {
	static const char *const codes[] = {"ALERT]", "PARSE]"};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		ptrdiff_t at;
		for (Str rest = s; (at = str_find_nocase(rest, str_of(codes[i]))) >= 0;) {
			rest = str_from(rest, (size_t)at + 6);
			while (rest.n && rest.p[0] == ' ')
				rest = str_from(rest, 1);
			if (!rest.n || (unsigned char)rest.p[0] < ' ')
				return true;
		}
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	pthread_t thread;
	if (wordless((Str){(const char *)data, n}))
		return 0;
	if (!server.listener)
		begin();
	server.data = data;
	server.n = n;
	Arena *a = arena_new();
	atomic_store(&server.over, false);
	if (pthread_create(&thread, NULL, serve, NULL))
		abort();
	session(a);
	atomic_store(&server.over, true);
	pthread_join(thread, NULL);
	arena_free(a);
	return 0;
}
