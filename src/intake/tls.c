/* Between the socket and libetpan: who is it that we speak to?  Refuses a certificate that is not for the host, has run
 * out, or comes from nobody we trust, before a byte of ours is sent; and protocols older than TLS 1.2. */
#include "intake/tls.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/file.h"

#define PRIORITY "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"
#define CA_MAX ((size_t)8 << 20)
#define NAMES_SHOWN 3 /* of a certificate that is another host's */

struct Tls {
	gnutls_session_t session;
	gnutls_certificate_credentials_t trust;
	gnutls_typed_vdata_st want[2];
	char *host;
	const char *why;
};

static bool is_address(const char *host) {
	unsigned char any[16];
	return inet_pton(AF_INET, host, any) == 1 || inet_pton(AF_INET6, host, any) == 1;
}

static int load_trust(Tls *t, int home, const char *ca_file, Err *e) {
	if (!*ca_file)
		return gnutls_certificate_set_x509_system_trust(t->trust) > 0
		           ? 0
		           : err_set(e, ERR_RULES, "this machine has no certificates to trust: install ca-certificates");
	Buf pem = {0};
	Err why = {0};
	int r = file_read(home, ca_file, CA_MAX, &pem, &why);
	if (r < 0)
		err_set(e, ERR_RULES, "ca_file: %s", why.text);
	gnutls_datum_t d = {(unsigned char *)pem.p, (unsigned)pem.n};
	if (r == 0 && gnutls_certificate_set_x509_trust_mem(t->trust, &d, GNUTLS_X509_FMT_PEM) <= 0)
		r = err_set(e, ERR_RULES, "ca_file %s: holds no certificate (PEM is wanted)", ca_file);
	buf_free(&pem);
	return r;
}

static int set_up(Tls *t, int fd, Err *e) {
	int r = gnutls_init(&t->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	if (r == 0)
		r = gnutls_priority_set_direct(t->session, PRIORITY, NULL);
	if (r == 0)
		r = gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE, t->trust);
	if (r == 0 && !is_address(t->host))
		r = gnutls_server_name_set(t->session, GNUTLS_NAME_DNS, t->host, strlen(t->host));
	if (r < 0)
		return err_set(e, ERR_BUG, "TLS: %s", gnutls_strerror(r));
	t->want[0] = (gnutls_typed_vdata_st){GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)t->host, 0};
	t->want[1] = (gnutls_typed_vdata_st){GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0};
	gnutls_session_set_verify_cert2(t->session, t->want, 2, 0);
	gnutls_handshake_set_timeout(t->session, GNUTLS_INDEFINITE_TIMEOUT); /* the socket's deadline counts */
	gnutls_transport_set_int(t->session, fd);
	return 0;
}

int tls_new(int fd, const char *host, int home, const char *ca_file, Tls **out, Err *e) {
	Tls *t = mem_alloc(sizeof *t);
	*t = (Tls){.host = mem_str(host), .why = ""};
	int r = gnutls_certificate_allocate_credentials(&t->trust) < 0 ? err_set(e, ERR_BUG, "TLS: no memory") : 0;
	if (r == 0)
		r = load_trust(t, home, ca_file, e);
	if (r == 0)
		r = set_up(t, fd, e);
	if (r < 0) {
		tls_free(t);
		t = NULL;
	}
	*out = t;
	return r;
}

static int first_certificate(Tls *t, gnutls_x509_crt_t *crt) {
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(t->session, &n);
	if (!chain || n == 0 || gnutls_x509_crt_init(crt) < 0)
		return -1;
	if (gnutls_x509_crt_import(*crt, &chain[0], GNUTLS_X509_FMT_DER) == 0)
		return 0;
	gnutls_x509_crt_deinit(*crt);
	return -1;
}

/* The hosts a certificate is for, as far as they can be shown. */
static void names_of(Tls *t, Buf *out) {
	gnutls_x509_crt_t crt;
	char name[256];
	if (first_certificate(t, &crt) < 0)
		return;
	for (unsigned i = 0, shown = 0; shown < NAMES_SHOWN; i++) {
		size_t n = sizeof name - 1;
		int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, name, &n, NULL);
		if (kind < 0)
			break;
		if (kind != GNUTLS_SAN_DNSNAME)
			continue;
		name[n] = '\0';
		if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*") == strlen(name))
			buf_fmt(out, "%s%s", shown++ ? ", " : "", name);
	}
	gnutls_x509_crt_deinit(crt);
}

static void day_of(Tls *t, bool end, char out[16]) {
	gnutls_x509_crt_t crt;
	struct tm tm;
	snprintf(out, 16, "?");
	if (first_certificate(t, &crt) < 0)
		return;
	time_t when = end ? gnutls_x509_crt_get_expiration_time(crt) : gnutls_x509_crt_get_activation_time(crt);
	if (gmtime_r(&when, &tm))
		strftime(out, 16, "%F", &tm);
	gnutls_x509_crt_deinit(crt);
}

/* What is wrong with the certificate, for the person who must mend it. */
static int bad_certificate(Tls *t, Err *e) {
	unsigned status = gnutls_session_get_verify_cert_status(t->session);
	char day[16];
	Buf names = {0};
	if (status & GNUTLS_CERT_EXPIRED) {
		day_of(t, true, day);
		err_set(e, ERR_SERVER, "the certificate of %s ran out on %s", t->host, day);
	} else if (status & GNUTLS_CERT_NOT_ACTIVATED) {
		day_of(t, false, day);
		err_set(e, ERR_SERVER, "the certificate of %s is valid only from %s; is the clock of this machine right?",
		        t->host, day);
	} else if (status & GNUTLS_CERT_REVOKED) {
		err_set(e, ERR_SERVER, "the certificate of %s was revoked", t->host);
	} else if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA)) {
		err_set(e, ERR_SERVER, "the certificate of %s comes from an issuer that is not trusted here; if it is the right "
		        "one, name its certificate in ca_file", t->host);
	} else if (status & GNUTLS_CERT_UNEXPECTED_OWNER) {
		names_of(t, &names);
		err_set(e, ERR_SERVER, "the certificate is not for %s but for %s: the wrong host, or somebody between",
		        t->host, names.n ? buf_cstr(&names) : "another host");
	} else {
		err_set(e, ERR_SERVER, "the certificate of %s is not valid (status 0x%x)", t->host, status);
	}
	buf_free(&names);
	return -1;
}

static ssize_t wait_for(const Tls *t) {
	return gnutls_record_get_direction(t->session) ? TLS_WRITE : TLS_READ;
}

int tls_shake(Tls *t, Err *e) {
	int r;
	do
		r = gnutls_handshake(t->session);
	while (r < 0 && r != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(r));
	if (r == 0)
		return 0;
	if (r == GNUTLS_E_AGAIN)
		return (int)wait_for(t);
	if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
		return bad_certificate(t, e);
	return err_set(e, ERR_SERVER, "no TLS with %s: %s", t->host,
	               r == GNUTLS_E_FATAL_ALERT_RECEIVED ? gnutls_alert_get_name(gnutls_alert_get(t->session))
	                                                  : gnutls_strerror(r));
}

static ssize_t told(Tls *t, ssize_t r) {
	if (r >= 0)
		return r;
	if (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED)
		return wait_for(t);
	t->why = r == GNUTLS_E_PREMATURE_TERMINATION ? "the server closed the connection" : gnutls_strerror((int)r);
	return TLS_BROKEN;
}

ssize_t tls_read(Tls *t, void *p, size_t n) {
	ssize_t r;
	do
		r = gnutls_record_recv(t->session, p, n);
	while (r < 0 && r != GNUTLS_E_AGAIN && r != GNUTLS_E_INTERRUPTED && !gnutls_error_is_fatal((int)r) &&
	       r != GNUTLS_E_REHANDSHAKE);
	return told(t, r);
}

ssize_t tls_write(Tls *t, const void *p, size_t n) {
	return told(t, gnutls_record_send(t->session, p, n));
}

const char *tls_why(const Tls *t) {
	return t->why;
}

void tls_free(Tls *t) {
	if (!t)
		return;
	if (t->session)
		gnutls_deinit(t->session);
	if (t->trust)
		gnutls_certificate_free_credentials(t->trust);
	free(t->host);
	free(t);
}
