"""A real SMTP server for the stories: aiosmtpd, with TLS from the start, STARTTLS and logins, on loopback; and an
authority of its own that signs the certificates."""
import logging
import os
import socket
import ssl
import subprocess
import threading
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


def run(*cmd):
    subprocess.run(cmd, check=True, capture_output=True)


class Authority:
    """openssl's, in a folder: ca.pem, and for each name a certificate and key."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.file = os.path.join(folder, "ca.pem")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=xinlv test authority", "-keyout", folder + "/ca.key", "-out", self.file)

    def certificate(self, names):
        """names: as DNS:localhost,IP:127.0.0.1; -> an SSL context for a server."""
        base = os.path.join(self.folder, names.replace(":", "_").replace(",", "_"))
        with open(base + ".ext", "w") as f:
            f.write("subjectAltName=%s\n" % names)
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server",
            "-keyout", base + ".key", "-out", base + ".csr")
        run("openssl", "x509", "-req", "-in", base + ".csr", "-CA", self.file, "-CAkey", self.folder + "/ca.key",
            "-CAcreateserial", "-days", "30", "-extfile", base + ".ext", "-out", base + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(base + ".pem", base + ".key")
        return context


logging.getLogger("mail.log").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", module="aiosmtpd")


class Handler:
    def __init__(self):
        self.mails = []  # (from, to, bytes, who logged in, whether encrypted)
        self.lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content, session.auth_data,
                               session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None))
        return "250 2.0.0 queued"


class RealSmtp(Controller):
    """starttls: offers it and insists; tls: encrypted from the start.  users: name -> password."""

    def __init__(self, context=None, tls=False, users=None, require_login=True):
        self.context, self.users, self.require_login = context, users or {}, require_login
        super().__init__(Handler(), hostname="127.0.0.1", port=0, ssl_context=context if tls else None)
        self.start()

    def check(self, server, session, envelope, mechanism, data):
        good = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=good, handled=False, auth_data=data.login.decode())

    def factory(self):
        starttls = self.context if self.ssl_context is None else None
        return SMTP(self.handler, hostname="real", tls_context=starttls, require_starttls=starttls is not None,
                    authenticator=self.check, auth_required=self.require_login, auth_require_tls=starttls is not None,
                    decode_data=False)

    def _trigger_server(self):
        """start() waits for a first connection; the port is known only once the server listens."""
        self.port = self.server.sockets[0].getsockname()[1]
        socket.create_connection(("127.0.0.1", self.port)).close()

    @property
    def mails(self):
        return self.handler.mails

    def close(self):
        self.stop()
