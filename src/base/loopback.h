/* Loopback: what may be spoken to in clear. */
#ifndef XINLV_BASE_LOOPBACK_H
#define XINLV_BASE_LOOPBACK_H

#include <stdbool.h>
#include <sys/socket.h>

/* The address is this machine's own: 127.0.0.0/8 (RFC 1122, 3.2.1.3) or ::1 (RFC 4291, 2.5.3). */
bool loopback_is(const struct sockaddr *a);

#endif
