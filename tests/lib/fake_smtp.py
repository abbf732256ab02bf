"""An SMTP server that does what a script says: refuses, stalls, drips, dies.  One thread a connection, on loopback.

    server = FakeSmtp({"BODY": ["451 DT:SPM ,please try again", CLOSE]})

A stage's answers are used up one after another, over all connections; then the usual ones follow.  Stages: GREETING, EHLO,
AUTH, MAIL, RCPT, DATA, BODY (after the final dot), NOOP, QUIT.  An answer is text (lines by \\n), or CLOSE, SILENT, or
slow(text)."""
import threading
import time

import listener

CLOSE = object()   # ends the connection without a word
SILENT = object()  # never answers
CLOSE_IN_DATA = object()  # DATA: 354, then ends the connection amid the mail


def slow(text, seconds=0.05):
    """A byte at a time."""
    return (text, seconds)


USUAL = {"GREETING": "220 fake ESMTP", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "BODY": "250 queued as 1",
         "NOOP": "250 ok", "QUIT": "221 Bye", "RSET": "250 ok"}


class FakeSmtp:
    def __init__(self, script=None, offers=("SIZE 60000000", "AUTH PLAIN LOGIN"), password="secret"):
        self.script = {k: list(v) for k, v in (script or {}).items()}
        self.offers, self.password = list(offers), password
        self.lines, self.mails, self.connections = [], [], 0
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.listener = listener.Listener(self.admit)
        self.port = self.listener.port

    def close(self):
        self.stopped.set()
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def admit(self, conn):
        self.connections += 1
        threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def answer_for(self, stage, usual):
        with self.lock:
            left = self.script.get(stage)
            return left.pop(0) if left else usual

    def say(self, conn, stage, usual=None):
        """Answers; True when the connection goes on with what the usual answer would allow."""
        usual = usual or USUAL[stage]
        a = self.answer_for(stage, usual)
        if a is SILENT:
            self.stopped.wait(60)
        if a is SILENT or a is CLOSE:
            raise ConnectionError
        if a is CLOSE_IN_DATA:
            conn.sendall(b"354 go on\r\n")
            conn.recv(100)
            raise ConnectionError
        text, pause = a if isinstance(a, tuple) else (a, 0)
        data = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\r\n"
                        for line in (text.split(b"\n") if isinstance(text, bytes) else text.split("\n")))
        for piece in ([data[i:i + 1] for i in range(len(data))] if pause else [data]):
            conn.sendall(piece)
            time.sleep(pause)
        if data.startswith(b"421"):
            raise ConnectionError
        return data[:1] == usual[:1].encode()

    def serve(self, conn):
        try:
            with conn, conn.makefile("rb") as f:
                if self.say(conn, "GREETING"):
                    self.converse(conn, f)
        except (OSError, ValueError):
            pass

    def login(self, conn, f, words):
        import base64
        if words[1].upper() == "PLAIN":
            given = base64.b64decode(words[2]).split(b"\0")[2].decode()
        else:
            if len(words) < 3:
                conn.sendall(b"334 VXNlcm5hbWU6\r\n")
                f.readline()
            conn.sendall(b"334 UGFzc3dvcmQ6\r\n")
            given = base64.b64decode(f.readline()).decode()
        self.say(conn, "AUTH", "235 welcome" if given == self.password else "535 Error: authentication failed")

    def converse(self, conn, f):
        sender = to = None
        while True:
            line = f.readline()
            if not line:
                return
            text = line.decode("latin-1").strip()
            self.lines.append(text)
            words = text.split()
            verb = words[0].upper() if words else ""
            if verb == "EHLO":
                self.say(conn, "EHLO", "\n".join(["250-fake"] + ["250-" + o for o in self.offers] + ["250 HELP"]))
            elif verb == "AUTH":
                self.login(conn, f, words)
            elif verb == "MAIL":
                sender = text.split("<")[1].split(">")[0]
                self.say(conn, "MAIL")
            elif verb == "RCPT":
                to = text.split("<")[1].split(">")[0]
                self.say(conn, "RCPT")
            elif verb == "DATA":
                if self.say(conn, "DATA"):
                    self.take(conn, f, sender, to)
            elif verb == "QUIT":
                self.say(conn, "QUIT")
                return
            else:
                self.say(conn, "NOOP")

    def take(self, conn, f, sender, to):
        data = b""
        while True:
            line = f.readline()
            if not line:
                return
            if line == b".\r\n":
                break
            data += line[1:] if line.startswith(b"..") else line
        self.mails.append((sender, to, data))
        self.say(conn, "BODY")
