"""The server dies in mid-conversation, at each word that the program says to it, before the word arrives or before its answer
comes back; then it is there again.  The same entries, outcomes and folders must come out, each reply with one Message-ID, and
twice only where the answer that it was taken was lost."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dovecot
import home as homes
import imaphome
import test_crash_servers as servers
from cut import Cut
from real_smtp import RealSmtp
from test_crash import differences, tree

NOW, SOON, LATER = ("2023-03-30T09:%02d:00+08:00" % m for m in (0, 3, 20))
MOST_WORDS = 80
QUICK = {"XINLV_EXCHANGE_SECONDS": "5"}


class Line:
    """Dovecot, the program, an SMTP server, and a wire at either side that can break."""

    def __init__(self, name, after="flag"):
        self.server, self.smtp = dovecot.Dovecot(), RealSmtp(require_login=False)
        self.imap_wire, self.smtp_wire = Cut(self.server.plain), Cut(self.smtp.port)
        self.name = name
        base = imaphome.fresh(name + "/base")
        base.run("forms", check=0)
        self.server.append(servers.letters(base), at=servers.AT)
        base.configure("imap://%s@127.0.0.1:%d/INBOX" % (dovecot.USER.replace("@", "%40"), self.imap_wire.port),
                       password=dovecot.PASSWORD, tls="none", after=after, send="smtp://127.0.0.1:%d\n  tls: none" % self.smtp_wire.port)
        with open(base.path + "/rules/mail.yaml", "a") as f:
            f.write('digest: {at: "23:59"}\n')
        self.base = base
        self.want = None

    def close(self):
        for x in (self.imap_wire, self.smtp_wire, self.server, self.smtp):
            x.close()

    def fresh(self):
        self.smtp.mails.clear()
        return self.base.copy(os.path.join(homes.STORY, self.name, "cut"))

    def end(self, home):
        log = [{k: m[k] for k in ("sha256", "outcome", "detail", "entries", "source")} for m in home.json("log", now=NOW)]
        listed = [{k: e[k] for k in ("number", "title", "message", "received")} for e in home.json("list", now=NOW)]
        queue = sorted((m["kind"], m["to"], m["message_id"], m["state"]) for m in home.json("queue", now=NOW))
        return {"log": log, "list": listed, "queue": queue, "tracks": tree(home.path + "/spool/tracks"),
                "ids": sorted(set(servers.ids(self.smtp))), "seen": self.server.uids(what="SEEN")}

    def unsee(self):
        m = self.server.box()
        m.select("INBOX")
        m.uid("store", "1:*", "-FLAGS", "\\Seen")
        m.logout()

    def broken(self, wire, at, late):
        """One run with the wire broken there, and the runs behind it.  -> whether it broke at all"""
        self.unsee()
        home = self.fresh()
        wire.set(at, late)
        r = home.run("run", now=NOW, env=QUICK)
        broke = wire.dead
        assert r.returncode in ((0, 69) if broke else (0,)), (at, late, r.returncode, r.stderr)
        wire.set(0)
        # What was not fetched is fetched at once; an answer that was lost is waited for.
        for now in (NOW if wire is self.imap_wire else SOON, LATER):
            home.run("run", now=now, check=0)
        got, sent = self.end(home), servers.ids(self.smtp)
        if self.want is None:
            self.want = got
        assert got == self.want, (at, late, differences(got, self.want), r.stderr)
        assert len(sent) <= len(set(sent)) + (1 if late and wire is self.smtp_wire else 0), (at, late, sent)
        home.run("verify", now=LATER, check=0)
        return broke


def all_words(line, wire, least):
    assert not line.broken(wire, 0, False)
    assert len(line.want["list"]) == 1 and len(line.want["ids"]) >= 2 and line.want["seen"] == [1, 2, 3], line.want
    for late in (False, True):
        for at in range(1, MOST_WORDS):
            if not line.broken(wire, at, late):
                assert at > least, at
                break
        else:
            raise AssertionError("more than %d words" % MOST_WORDS)


def test_the_imap_server_dies_at_each_word():
    line = Line("crash-cut-imap")
    try:
        all_words(line, line.imap_wire, 8)
    finally:
        line.close()


def test_the_smtp_server_dies_at_each_word():
    line = Line("crash-cut-smtp")
    try:
        all_words(line, line.smtp_wire, 8)
    finally:
        line.close()
