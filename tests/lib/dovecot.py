"""A real IMAP server for a test: Dovecot of its own on loopback, in clear, with STARTTLS and with TLS, its certificates
made by a CA of its own.  Nothing of it is installed; it is ended by its pid."""
import grp
import http.server
import imaplib
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

USER = "entries@example.org"
PASSWORD = 'a "quoted" pass\\word'


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class CA:
    """A certificate authority in a folder: ca.pem, and certificates as wanted."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.file = os.path.join(folder, "ca.pem")
        self.key = os.path.join(folder, "ca.key")
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                      "-subj", "/CN=tests", "-keyout", self.key, "-out", self.file)

    def _openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=self.folder)

    def issue(self, name, alt, start=None, end=None):
        """(certificate, key) for the subjectAltName `alt`; start and end as 20200101000000Z."""
        key, csr, crt = (os.path.join(self.folder, name + s) for s in (".key", ".csr", ".pem"))
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                      "-keyout", key, "-out", csr)
        conf = os.path.join(self.folder, name + ".cnf")
        with open(conf, "w") as f:
            f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=%s.db\nserial=%s.srl\nnew_certs_dir=.\ndefault_md=sha256\n"
                    "policy=p\nx509_extensions=x\nunique_subject=no\n[p]\ncommonName=supplied\n"
                    "[x]\nsubjectAltName=%s\nbasicConstraints=CA:FALSE\n" % (name, name, alt))
        open(os.path.join(self.folder, name + ".db"), "w").close()
        with open(os.path.join(self.folder, name + ".srl"), "w") as f:
            f.write("01%014x\n" % int.from_bytes(os.urandom(7), "big"))
        dates = ["-startdate", start, "-enddate", end] if start else ["-days", "20"]
        self._openssl("ca", "-batch", "-config", conf, "-cert", self.file, "-keyfile", self.key, "-in", csr, "-out", crt,
                      *dates)
        os.chmod(key, 0o644)
        return crt, key


class Tokens:
    """The server that tells Dovecot whose a token is: good ones are in `good`."""

    def __init__(self):
        self.good, self.asked = {}, 0
        outer = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                token = urllib.parse.unquote(self.path.partition("access_token=")[2])
                user = outer.good.get(token)
                body = json.dumps({"email": user, "active": True} if user else {"error": "invalid_token"}).encode()
                self.send_response(200 if user else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *what):
                pass
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def dovecot(self, folder):
        """Lines for Dovecot's configuration, for XOAUTH2."""
        path = os.path.join(folder, "oauth2.conf.ext")
        with open(path, "w") as f:
            f.write("tokeninfo_url = http://127.0.0.1:%d/?access_token=\nusername_attribute = email\n"
                    % self.server.server_address[1])
        return ("auth_mechanisms = plain login xoauth2\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2\n"
                "  args = %s\n}\n" % path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Dovecot:
    """plain, tls: ports; ca: the CA; box(user) talks to it as a user's program would."""

    def __init__(self, alt="DNS:localhost,IP:127.0.0.1", extra="", start=None, end=None, capability=None, ca=None):
        self.dir = tempfile.mkdtemp(prefix="xd-", dir="/tmp")  # the paths of its sockets must stay short
        os.chmod(self.dir, 0o755)
        self.ca = ca or CA(os.path.join(self.dir, "ca"))
        crt, key = self.ca.issue("server", alt, start, end)
        self.plain, self.tls = free_port(), free_port()
        self.capability, self.extra = capability, extra
        self.process = None
        self._configure(crt, key)
        self.start()

    def _configure(self, crt, key):
        if os.getuid() == 0:
            mail, internal, login = "nobody", "dovecot", "dovenull"
        else:
            mail = internal = login = pwd.getpwuid(os.getuid()).pw_name
        p = pwd.getpwnam(mail)
        self.mail = os.path.join(self.dir, "mail")
        os.makedirs(self.mail)
        os.makedirs(os.path.join(self.dir, "run"))
        if os.getuid() == 0:
            os.chown(self.mail, p.pw_uid, p.pw_gid)
        with open(os.path.join(self.dir, "passwd"), "w") as f:
            f.write("%s:{PLAIN}%s\n" % (USER, PASSWORD))
        values = dict(dir=self.dir, crt=crt, key=key, internal=internal, login=login, plain=self.plain, tls=self.tls,
                      group=grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name, uid=p.pw_uid, gid=p.pw_gid,
                      capability="imap_capability = " + self.capability if self.capability else "", extra=self.extra)
        with open(os.path.join(self.dir, "dovecot.conf"), "w") as f:
            f.write("""base_dir = %(dir)s/run
state_dir = %(dir)s/run
log_path = %(dir)s/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <%(crt)s
ssl_key = <%(key)s
disable_plaintext_auth = no
default_internal_user = %(internal)s
default_internal_group = %(group)s
default_login_user = %(login)s
default_vsz_limit = 0
first_valid_uid = 1
auth_failure_delay = 0
mail_location = maildir:%(dir)s/mail/%%u
mail_max_userip_connections = 50
mail_plugins = quota
%(capability)s
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=2M
}
protocol imap {
  mail_plugins = quota imap_quota
}
passdb {
  driver = passwd-file
  args = %(dir)s/passwd
}
userdb {
  driver = static
  args = uid=%(uid)s gid=%(gid)s home=%(dir)s/mail/%%u
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %(plain)s
  }
  inet_listener imaps {
    port = %(tls)s
    ssl = yes
  }
}
%(extra)s
""" % values)

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", os.path.join(self.dir, "dovecot.conf")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while True:
            try:
                self.box().logout()
                return
            except (OSError, imaplib.IMAP4.error):
                if time.monotonic() > end or self.process.poll() is not None:
                    log = self.log()
                    self.close()
                    raise RuntimeError("Dovecot did not start\n" + log)
                time.sleep(0.02)

    def stop(self):
        """Ends it; start() begins again with the same mail."""
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def box(self):
        """A session of the mailbox's owner, with a mail program of Python."""
        m = imaplib.IMAP4("127.0.0.1", self.plain, timeout=10)
        m.login(USER, PASSWORD)
        return m

    def append(self, mails, folder="INBOX", at=None):
        """Lays mails (bytes) into a folder, arrived at `at` (RFC 3339) or now; gives their UIDs."""
        import datetime
        m = self.box()
        m.create(folder)
        when = imaplib.Time2Internaldate(datetime.datetime.fromisoformat(at) if at else time.time())
        uids = []
        for mail in mails:
            typ, answer = m.append(folder, None, when, mail)
            assert typ == "OK", answer
            uids.append(int(answer[0].split(b"APPENDUID ")[1].split(b"]")[0].split()[1]))
        m.logout()
        return uids

    def uids(self, folder="INBOX", what="ALL"):
        m = self.box()
        typ, _ = m.select(folder, readonly=True)
        if typ != "OK":
            return None
        found = [int(u) for u in m.uid("search", None, what)[1][0].split()]
        m.logout()
        return found

    def last_farewell(self):
        """The last line of the log once it is that of a client that has gone; Dovecot writes it after the client has."""
        for _ in range(100):
            line = (self.log().strip().splitlines() or [""])[-1]
            if "body_count=" in line:
                break
            time.sleep(0.1)
        return line

    def log(self):
        if not os.path.exists(os.path.join(self.dir, "log")):
            return ""
        with open(os.path.join(self.dir, "log"), errors="replace") as f:
            return f.read()
