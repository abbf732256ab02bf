"""A scripted IMAP server for faults: by itself it behaves; a script says where it does not.

A script is a class derived from Server that overrides one of the methods below; each gets the session and the tagged
command and answers with s.say(...), s.raw(bytes) or raises Hangup."""
import re
import socket
import threading

import listener

LINE = re.compile(r"[A-Za-z0-9]+( [^ \x00-\x1f]+)+")  # one blank between words, and none behind them (RFC 3501, 9)
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"()]+)')


def words(command):
    """The words of a command, quoted ones without their quotes."""
    return [re.sub(r"\\(.)", r"\1", q) if q else w for q, w in WORD.findall(command)]


class Hangup(Exception):
    pass


class Session:
    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.file = sock.makefile("rb")
        self.said_id = self.logged_in = False
        self.folder = None

    def raw(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            raise Hangup

    def say(self, *lines):
        for line in lines:
            self.raw((line if isinstance(line, bytes) else line.encode()) + b"\r\n")


class Server:
    capability = "IMAP4rev1 ID UIDPLUS"
    uidvalidity = 7
    uidnext = None       # counted when None; "" leaves it out
    greeting = "* OK ready"
    password = "secret"

    def __init__(self, messages=(), folders=("INBOX",)):
        """messages: {uid: bytes} or a list of bytes (UIDs from 1)."""
        self.box = dict(messages) if isinstance(messages, dict) else {i + 1: m for i, m in enumerate(messages)}
        self.folders = list(folders)
        self.log = []       # every command, without its tag
        self.sessions = 0
        self.open = []
        self.listener = listener.Listener(self.admit)
        self.port = self.listener.port

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.listener.close()
        for s in self.open:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def admit(self, sock):
        self.open.append(sock)
        self.sessions += 1
        threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        s = Session(self, sock)
        try:
            self.greet(s)
            for line in s.file:
                tag, _, command = line.decode("latin-1").rstrip("\r\n").partition(" ")
                self.log.append(command)
                if not LINE.fullmatch(tag + " " + command):
                    s.say(tag + " BAD no such grammar")
                    continue
                self.command(s, tag, command)
        except (Hangup, OSError):
            pass
        finally:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()

    # ---- what a script may override
    def greet(self, s):
        s.say(self.greeting)

    def command(self, s, tag, command):
        word = command.split(" ")[0].upper()
        if word == "UID":
            word = "UID_" + command.split(" ")[1].upper()
        getattr(self, "do_" + word, self.unknown)(s, tag, command)

    def unknown(self, s, tag, command):
        s.say(tag + " BAD what is this")

    def do_CAPABILITY(self, s, tag, command):
        s.say("* CAPABILITY " + self.capability, tag + " OK done")

    def do_LOGIN(self, s, tag, command):
        if words(command)[-1] != self.password:
            s.say(tag + " NO LOGIN failed")
            return
        s.logged_in = True
        s.say(tag + " OK welcome")

    def do_ID(self, s, tag, command):
        s.said_id = True
        s.say('* ID ("name" "fake")', tag + " OK done")

    def do_LIST(self, s, tag, command):
        name = words(command)[-1]
        if name in self.folders:
            s.say('* LIST () "/" "%s"' % name)
        s.say(tag + " OK done")

    def do_EXAMINE(self, s, tag, command):
        name = words(command)[-1]
        if name not in self.folders:
            s.say(tag + " NO no such folder")
            return
        s.folder = name
        self.state(s)
        s.say(tag + " OK done")

    do_SELECT = do_EXAMINE

    def state(self, s):
        s.say("* FLAGS (\\Seen \\Deleted)", "* %d EXISTS" % len(self.box), "* 0 RECENT")
        if self.uidvalidity is not None:
            s.say("* OK [UIDVALIDITY %d] valid" % self.uidvalidity)
        following = max(self.box, default=0) + 1 if self.uidnext is None else self.uidnext
        if following != "":
            s.say("* OK [UIDNEXT %d] next" % following)

    def chosen(self, command):
        """UIDs that a UID command names."""
        spec, last = command.split(" ")[2], max(self.box, default=0)
        out = set()
        for part in spec.split(","):
            a, _, b = part.partition(":")
            ends = [last if x == "*" else int(x) for x in ([a, b] if b else [a, a])]
            out |= {u for u in self.box if min(ends) <= u <= max(ends)}
        return sorted(out)

    def do_UID_FETCH(self, s, tag, command):
        chosen = self.chosen(command)
        if "BODY.PEEK[]" in command:
            for uid in chosen:
                self.body(s, uid)
        elif "BODY.PEEK[HEADER]" in command:
            for uid in chosen:
                head = self.box[uid].split(b"\r\n\r\n")[0] + b"\r\n\r\n"
                s.raw(b"* %d FETCH (UID %d BODY[HEADER]<0> {%d}\r\n%s)\r\n" % (uid, uid, len(head), head))
        else:
            for uid in chosen:
                self.listing(s, uid)
        s.say(tag + " OK done")

    def listing(self, s, uid):
        s.say('* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "01-Mar-2023 09:00:00 +0800")'
              % (uid, uid, self.size(uid)))

    def size(self, uid):
        return len(self.box[uid])

    def body(self, s, uid):
        data = self.box[uid]
        s.raw(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(data), data))

    def do_UID_STORE(self, s, tag, command):
        s.say(tag + " OK done")

    def do_LOGOUT(self, s, tag, command):
        s.say("* BYE", tag + " OK bye")
        raise Hangup
