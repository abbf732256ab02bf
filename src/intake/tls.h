/* TLS over a non-blocking socket, through GnuTLS.  libetpan verifies nothing: the checks are here.  Private to the
 * room. */
#ifndef XINLV_INTAKE_TLS_H
#define XINLV_INTAKE_TLS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

typedef struct Tls Tls;

/* ca_file: PEM, relative to home; "": the system's trust.  ERR_RULES when it holds none. */
int tls_new(int fd, const char *host, int home, const char *ca_file, Tls **out, Err *e);
/* One step of the handshake: 0 done, TLS_READ or TLS_WRITE what to wait for, -1 (ERR_SERVER). */
int tls_shake(Tls *t, Err *e);
/* Bytes, 0 at the end, TLS_READ or TLS_WRITE to wait, TLS_BROKEN (tls_why). */
ssize_t tls_read(Tls *t, void *p, size_t n);
ssize_t tls_write(Tls *t, const void *p, size_t n);
const char *tls_why(const Tls *t);
void tls_free(Tls *t);

enum { TLS_BROKEN = -1, TLS_READ = -2, TLS_WRITE = -3 };

#endif
