/* Before the session: a connection begins.  Refuses to look up a name, and to wait. */
#include "intake/dial.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

#include "base/loopback.h"

int dial_address(const struct sockaddr *a, socklen_t size) {
	int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, a, size) == 0 || errno == EINPROGRESS)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

int dial_literal(const char *host, uint16_t port, bool only_loopback) {
	char service[8];
	struct addrinfo *all, hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	snprintf(service, sizeof service, "%u", (unsigned)port);
	if (getaddrinfo(host, service, &hints, &all) != 0)
		return -1;
	int fd = only_loopback && !loopback_is(all->ai_addr) ? -1 : dial_address(all->ai_addr, all->ai_addrlen);
	freeaddrinfo(all);
	return fd;
}
