/* A connection begun before its program runs: to which hosts, and what becomes of one that fails. */
#include "row.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/when.h"
#include "intake/dial.h"
#include "intake/net.h"

static int listener = -1;
static uint16_t port;

static int start(void **state) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof a;
	(void)state;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &size), 0);
	port = ntohs(a.sin_port);
	return 0;
}

static int end(void **state) {
	(void)state;
	return close(listener);
}

static const struct {
	const char *row, *host;
	bool only_loopback, begins;
} rows[] = {
	{"this machine", "127.0.0.1", true, true},
	{"this machine, TLS", "127.0.0.1", false, true},
	{"its name takes a look into a file", "localhost", true, false},
	{"a name", "imap.example.org", false, false},
	{"no name at all", "", false, false},
	{"another machine in clear (RFC 5737)", "192.0.2.1", true, false},
	{"another machine in clear (RFC 3849)", "2001:db8::1", true, false},
	{"an address and something", "127.0.0.1 x", true, false},
};

static void test_which(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int fd = dial_literal(rows[i].host, port, rows[i].only_loopback);
		ROW_INT(rows[i].row, fd >= 0, rows[i].begins);
		if (fd < 0)
			continue;
		close(accept(listener, NULL, NULL));
		close(fd);
	}
}

/* The one that was begun is the one that is spoken on. */
static void test_taken_over(void **state) {
	Err e = {0};
	Net *n;
	char got[2] = "";
	(void)state;
	int dialled = dial_literal("127.0.0.1", port, true), theirs = accept(listener, NULL, NULL);
	assert_int_equal(net_open("127.0.0.1", port, true, dialled, when_monotonic_ms() + 5000, &n, &e), 0);
	assert_int_equal(write(theirs, "x", 1), 1);
	assert_int_equal(net_read(n, got, 1), 1);
	assert_string_equal(got, "x");
	net_close(n);
	close(theirs);
}

/* A socket whose connection failed costs another attempt, and no more. */
static void test_failed(void **state) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof a;
	Err e = {0};
	Net *n;
	(void)state;
	int held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* bound and not listening: nobody else listens there */
	assert_int_equal(bind(held, (struct sockaddr *)&a, size), 0);
	assert_int_equal(getsockname(held, (struct sockaddr *)&a, &size), 0);
	uint16_t dead = ntohs(a.sin_port);
	assert_int_equal(net_open("127.0.0.1", port, true, dial_literal("127.0.0.1", dead, true), when_monotonic_ms() + 5000, &n, &e), 0);
	net_close(n);
	close(accept(listener, NULL, NULL));
	assert_int_equal(net_open("127.0.0.1", dead, true, dial_literal("127.0.0.1", dead, true), when_monotonic_ms() + 5000, &n, &e), -1);
	assert_int_equal(e.kind, ERR_SERVER);
	assert_non_null(strstr(e.text, "refuses connections"));
	close(held);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_failed),
	};
	return cmocka_run_group_tests(tests, start, end);
}
