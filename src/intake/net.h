/* Net: a connection to a server, in clear or by TLS, every read and write of which has a deadline.  Private to the
 * room. */
#ifndef XINLV_INTAKE_NET_H
#define XINLV_INTAKE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define NET_BUDGET (4u << 20) /* bytes of one answer that are not a message's */

typedef struct Net Net;

/* Resolves and connects.  only_loopback: an address that is not this machine's is refused (ERR_RULES).  dialled: a socket
 * that connects there already (intake/dial.h), or -1; it is taken over, and where its connection fails another is made.
 * deadline: as when_monotonic_ms().  ERR_SERVER in plain words: no such host, refused, no answer. */
int net_open(const char *host, uint16_t port, bool only_loopback, int dialled, int64_t deadline, Net **out, Err *e);
/* TLS from here on, certificate and name checked (SNI, ca_file below home or the system's trust).  ERR_SERVER with what
 * is wrong with the certificate; then only net_close is allowed. */
int net_secure(Net *n, const char *host, int home, const char *ca_file, Err *e);
/* An exchange begins: until when its reads and writes may take, and how many bytes may come. */
void net_begin(Net *n, int64_t deadline, uint64_t budget);
void net_allow(Net *n, uint64_t more); /* so many bytes more */
/* -1 at the end of the stream too: then net_why() says so. */
ssize_t net_read(Net *n, void *p, size_t size);
ssize_t net_write(Net *n, const void *p, size_t size);
const char *net_why(const Net *n); /* why the last one failed */
void net_close(Net *n);            /* NULL is allowed */

#endif
