/* Below libetpan: bytes to and from the server.  Its own streams have a time-out for each read only, and spin on the end
 * of a stream in clear; these refuse to wait past the exchange's deadline, to take more bytes than an answer may have,
 * and to call an end anything but an error. */
#include "intake/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/loopback.h"
#include "base/when.h"
#include "intake/dial.h"
#include "intake/tls.h"

#define WHY_BYTES 256

struct Net {
	int fd;
	Tls *tls;
	int64_t deadline;
	uint64_t budget;
	char why[WHY_BYTES];
};

static int fail(Net *n, const char *why) {
	snprintf(n->why, sizeof n->why, "%s", why);
	return -1;
}

/* 0 when fd is ready, -1 at the deadline (errno ETIMEDOUT) or on error. */
static int wait_ready(int fd, short events, int64_t deadline) {
	struct pollfd p = {.fd = fd, .events = events};
	for (;;) {
		int64_t left = deadline - when_monotonic_ms();
		int r = left > 0 ? poll(&p, 1, left > 86400000 ? 86400000 : (int)left) : 0;
		if (r > 0)
			return 0;
		if (r == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (errno != EINTR)
			return -1;
	}
}

/* fd when its connection stands at last; else it is closed, and -1 with errno. */
static int connected(int fd, int64_t deadline) {
	int error = 0, one = 1;
	socklen_t size = sizeof error;
	if (fd < 0)
		return -1;
	if (wait_ready(fd, POLLOUT, deadline) < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error) {
		close(fd);
		errno = error;
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

static int resolve(const char *host, uint16_t port, struct addrinfo **out, Err *e) {
	char service[8];
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	snprintf(service, sizeof service, "%u", (unsigned)port);
	int r = getaddrinfo(host, service, &hints, out);
	/* RFC 6761: that name is this machine, also where no /etc/hosts says so. */
	if (r != 0 && strcasecmp(host, "localhost") == 0)
		r = getaddrinfo("127.0.0.1", service, &hints, out);
	if (r == 0)
		return 0;
	return err_set(e, ERR_SERVER, r == EAI_NONAME ? "there is no server called %s (%s)"
	                                              : "the address of %s could not be found (%s)",
	               host, gai_strerror(r));
}

static int say_unreached(const char *host, uint16_t port, int error, Err *e) {
	if (error == ECONNREFUSED)
		return err_set(e, ERR_SERVER, "%s refuses connections at port %u", host, (unsigned)port);
	if (error == ETIMEDOUT)
		return err_set(e, ERR_SERVER, "%s does not answer at port %u", host, (unsigned)port);
	return err_set(e, ERR_SERVER, "%s port %u cannot be reached: %s", host, (unsigned)port, strerror(error));
}

/* A socket to the first address that takes us, or -1. */
static int reach(const char *host, uint16_t port, bool only_loopback, int64_t deadline, Err *e) {
	struct addrinfo *all;
	int fd = -1, error = EADDRNOTAVAIL;
	if (resolve(host, port, &all, e) < 0)
		return -1;
	bool tried = false;
	for (const struct addrinfo *a = all; a && fd < 0; a = a->ai_next) {
		if (only_loopback && !loopback_is(a->ai_addr))
			continue;
		tried = true;
		fd = connected(dial_address(a->ai_addr, a->ai_addrlen), deadline);
		error = errno;
	}
	freeaddrinfo(all);
	if (!tried)
		return err_set(e, ERR_RULES, "%s is not this machine: it is not spoken to without TLS", host);
	return fd < 0 ? say_unreached(host, port, error, e) : fd;
}

int net_open(const char *host, uint16_t port, bool only_loopback, int dialled, int64_t deadline, Net **out, Err *e) {
	*out = NULL;
	int fd = connected(dialled, deadline);
	if (fd < 0)
		fd = reach(host, port, only_loopback, deadline, e);
	if (fd < 0)
		return -1;
	Net *n = mem_alloc(sizeof *n);
	*n = (Net){.fd = fd, .deadline = deadline, .budget = NET_BUDGET};
	*out = n;
	return 0;
}

int net_secure(Net *n, const char *host, int home, const char *ca_file, Err *e) {
	if (tls_new(n->fd, host, home, ca_file, &n->tls, e) < 0)
		return -1;
	for (;;) {
		int r = tls_shake(n->tls, e);
		if (r == 0 || r == TLS_BROKEN)
			return r;
		if (wait_ready(n->fd, r == TLS_READ ? POLLIN : POLLOUT, n->deadline) < 0)
			return errno == ETIMEDOUT ? err_set(e, ERR_SERVER, "no TLS with %s: no answer in time", host)
			                          : err_errno(e, ERR_SERVER, "no TLS with %s", host);
	}
}

void net_begin(Net *n, int64_t deadline, uint64_t budget) {
	n->deadline = deadline;
	n->budget = budget;
}

void net_allow(Net *n, uint64_t more) {
	n->budget += more;
}

/* One attempt: bytes, 0 at the end, or TLS_*. */
static ssize_t attempt(Net *n, void *in, const void *out, size_t size) {
	if (n->tls) {
		ssize_t r = in ? tls_read(n->tls, in, size) : tls_write(n->tls, out, size);
		if (r == TLS_BROKEN)
			fail(n, tls_why(n->tls));
		return r;
	}
	ssize_t r = in ? recv(n->fd, in, size, 0) : send(n->fd, out, size, MSG_NOSIGNAL);
	if (r >= 0)
		return r;
	if (errno == EAGAIN || errno == EINTR)
		return in ? TLS_READ : TLS_WRITE;
	fail(n, strerror(errno));
	return TLS_BROKEN;
}

static ssize_t transfer(Net *n, void *in, const void *out, size_t size) {
	for (;;) {
		if (when_monotonic_ms() >= n->deadline)
			return fail(n, "the answer did not come in time");
		ssize_t r = attempt(n, in, out, size);
		if (r == TLS_BROKEN)
			return -1;
		if (r >= 0)
			return r;
		if (wait_ready(n->fd, r == TLS_READ ? POLLIN : POLLOUT, n->deadline) < 0)
			return fail(n, errno == ETIMEDOUT ? "the answer did not come in time" : strerror(errno));
	}
}

ssize_t net_read(Net *n, void *p, size_t size) {
	if (n->budget == 0)
		return fail(n, "the answer is longer than any answer may be");
	ssize_t r = transfer(n, p, NULL, size < n->budget ? size : (size_t)n->budget);
	if (r == 0)
		return fail(n, "the server closed the connection");
	if (r > 0)
		n->budget -= (uint64_t)r;
	return r;
}

ssize_t net_write(Net *n, const void *p, size_t size) {
	return transfer(n, NULL, p, size);
}

const char *net_why(const Net *n) {
	return n->why;
}

void net_close(Net *n) {
	if (!n)
		return;
	tls_free(n->tls);
	close(n->fd);
	free(n);
}
