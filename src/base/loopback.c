/* Before a password or a mail leaves in clear.  Goes by the address that is connected to, never by a name. */
#include "base/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>

bool loopback_is(const struct sockaddr *a) {
	if (a->sa_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24) == 127;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}
