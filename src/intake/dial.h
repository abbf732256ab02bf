/* Dial: the first step of a connection, which waits for nothing, so that the parent can take it while the program that
 * speaks IMAP is still being loaded.  Private to the room. */
#ifndef XINLV_INTAKE_DIAL_H
#define XINLV_INTAKE_DIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* A socket that connects to that address, or is connected already; the caller closes it.  -1 with errno. */
int dial_address(const struct sockaddr *a, socklen_t size);
/* The same for a host that is written as an address (RFC 4291, or four numbers with dots).  -1 where it is a name, which
 * takes time to look up, where it is not this machine's though only_loopback, and where no connection can begin: nothing
 * is said of why, as who gets none dials by itself. */
int dial_literal(const char *host, uint16_t port, bool only_loopback);

#endif
