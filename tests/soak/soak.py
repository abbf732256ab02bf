#!/usr/bin/python3
"""Days of a contest in minutes: random mail of every kind, the clock moved on by hours, and faults thrown at the robot, all
from a seed that is printed; what must hold whatever happens is checked after every round.

usage: tests/soak/soak.py SEED SECONDS [FOLDER]      (make soak SEED=7 MINUTES=10)

A round: some mail comes, perhaps something is decided or the rules change, the robot runs with one fault or none, and runs again
without.  Then: no message without its outcome, none with two; what was said once stays said; entries numbered without a gap;
every verdict queued once, and sent; verify content.  Now and then: replay equal, the database lost, a backup restored."""
import collections
import datetime
import email
import glob
import hashlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../lib"), os.path.join(HERE, "../demo")]
import forms
import contest
import home as homes
import mails
import samples
import sealed
from fake_smtp import CLOSE, CLOSE_IN_DATA, FakeSmtp

ZONE = datetime.timezone(datetime.timedelta(hours=8))
BEGINS = datetime.datetime(2023, 3, 24, 9, tzinfo=ZONE)
CLOSES = datetime.datetime(2023, 3, 31, 23, 59, 59, tzinfo=ZONE)
TRACKS = ["T%d" % i for i in range(1, 8)]
VERDICTS = ("accepted", "rejected", "late", "not-eligible", "precheck")
MAIL_YAML = """robot: 新绿杯大赛组委会 <entries@example.org>
secretariat: [大赛秘书处 <office@example.org>]
operator: operator@example.org
fetch: {url: "maildir:spool/inbox", after: keep}
retry: [2m, 10m, 30m, 2h]
send:
  - {url: "smtp://127.0.0.1:%d", tls: none}
"""


class Wrong(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Wrong(what)


def full_disk(limit):
    """In the child: no file may grow beyond so many bytes; whoever writes more is told."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


class Soak:
    def __init__(self, seed, folder):
        self.r = random.Random(seed)
        os.urandom = self.r.randbytes  # Message-IDs and boundaries of the mails
        self.server = FakeSmtp()
        self.home = homes.Home.fresh(folder)
        with open(folder + "/rules/mail.yaml", "w", encoding="utf-8") as f:
            f.write(MAIL_YAML % self.server.port)
        self.home.run("forms", check=0)
        self.rules = contest.load(folder)
        self.now = BEGINS
        self.n = 0                 # of mails and organisations
        self.queued = set()        # Message-IDs that were ever in the queue
        self.laid = {}             # sha256 -> (kind, arrival)
        self.sent = []             # (kind, sender, track, form, message_id) of those with a form
        self.before = 0            # of them, those of earlier rounds
        self.said = {}             # sha256 -> (outcome, entries)
        self.faults = collections.Counter()
        self.rounds = 0
        self.story = []

    # ---- mail

    def stamp(self, t):
        return t.isoformat()

    def lay(self, kind, data):
        arrival = self.now - datetime.timedelta(seconds=self.r.randrange(1, 3000))
        sha = hashlib.sha256(data).hexdigest()
        self.n += 1
        path = self.home.path + "/spool/inbox/new/%d.M%06d.soak" % (arrival.timestamp(), self.n)
        with open(path, "wb") as f:
            f.write(data)
        os.utime(path, (arrival.timestamp(), arrival.timestamp()))
        self.laid.setdefault(sha, (kind, arrival))
        self.story.append("%s %s %.12s" % (self.stamp(arrival), kind, sha))
        return arrival

    def form(self, track, **more):
        facts = {"org__name": "第%d科技有限公司" % self.n, "project__title": "第%d项目绿色园区示范" % self.n,
                 "contact__mail": "c%d@example%d.cn" % (self.n, self.n % 5)}
        return forms.fill(self.home.form(track), contest.answers(self.rules, track, **{**facts, **more}))

    def new(self, kind="new", **more):
        track, sender = self.r.choice(TRACKS), "u%d@example%d.cn" % (self.n, self.n % 5)
        data = self.form(track, **more)
        mid = "<%d.soak@example.cn>" % self.n
        self.sent.append((kind, sender, track, data, mid))
        files = [("%s 申报表.xlsx" % track, data), ("盖章.pdf", samples.PDF), ("绿色电力交易凭证.pdf", samples.PDF)]
        self.lay(kind, mails.mail(sender, "%s 申报" % track, "请查收", files, message_id=mid))

    def faulty(self):
        self.new("faulty", contact__mail="nobody", project__title=None)

    def again(self):
        """A form of an earlier round once more, from its sender or from somebody else."""
        if self.before:
            kind, sender, track, data, _ = self.r.choice(self.sent[:self.before])
            who = sender if self.r.random() < 0.6 else "other%d@example.cn" % self.n
            self.lay("again", mails.mail(who, "再次发送", "", [("%s 申报表.xlsx" % track, data), ("盖章.pdf", samples.PDF)],
                                         message_id="<%d.again@example.cn>" % self.n))

    def twice(self):
        """The same bytes: one message."""
        files = glob.glob(self.home.path + "/spool/archive/??/*.eml")
        if files:
            with open(self.r.choice(sorted(files)), "rb") as f:
                data = f.read()
            self.lay(self.laid[hashlib.sha256(data).hexdigest()][0], data)

    def supplement(self):
        entries = self.home.json("list", now=self.stamp(self.now))
        if entries:
            e = self.r.choice(entries)
            self.lay("supplement", mails.mail(e["sender"] or "x@example.cn", e["number"] + " 补充材料", "", [("报告.pdf", samples.PDF)],
                                              message_id="<%d.more@example.cn>" % self.n))

    def help(self):
        self.lay("help", mails.mail("h%d@example.cn" % self.n, "帮助", "", message_id="<%d.help@example.cn>" % self.n))

    def news(self):
        self.lay("news", mails.mail("news@example.com", "本周要闻", "x" * self.n, headers=["List-Id: <news>"],
                                    message_id="<%d.news@example.com>" % self.n))

    def auto(self):
        self.lay("auto", mails.mail("away@example.cn", "自动回复：外出", "x", headers=["Auto-Submitted: auto-replied"],
                                    message_id="<%d.auto@example.cn>" % self.n))

    def bounce(self):
        if self.server.mails:
            _, to, data = self.r.choice(self.server.mails)
            mid = email.message_from_bytes(data)["Message-ID"]
            body = ("Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; %s\r\n"
                    "Action: failed\r\nStatus: 5.1.1\r\n" % to)
            self.lay("bounce", mails.mail("mailer-daemon@example.cn", "系统退信", "收件人不存在", message_id="<%d.b@example.cn>" % self.n,
                                          parts=[body, "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n" % mid],
                                          headers=["Return-Path: <>"]))

    def junk(self):
        self.lay("junk", self.r.choice([
            b"", b"\0" * 100, self.r.randbytes(3000), b"From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 500,
            mails.mail("j%d@example.cn" % self.n, "申报", "", [("申报表.xlsx", self.r.randbytes(900))]),
            mails.mail("j%d@example.cn" % self.n, "申报", "见附件"), samples.nested(3000)]) + b"\r\n%d" % self.n)

    def decide(self):
        """A workbook that comes back by mail, or is applied from disk; some rows of it stale or made up."""
        entries = self.home.json("list", now=self.stamp(self.now))
        rows = []
        for e in self.r.sample(entries, min(len(entries), 3)):
            version = sealed.version(self.home, e["number"], self.stamp(self.now)) + self.r.choice([0, 0, 0, 1])
            token = sealed.token(self.home, "eligibility", e["number"], version)
            rows.append((token, self.r.choice(["通过", "不通过", "补正", "也许", ""]), self.r.choice(["", "资料不全"])))
        if not rows:
            return
        data = sealed.data(sealed.book(rows))
        if self.r.random() < 0.5:
            self.lay("decision", mails.mail("office@example.org", "回复：每日简报", "已填写", [("处理.xlsx", data)],
                                            message_id="<%d.d@example.org>" % self.n))
            return
        path = self.home.path + "-decided.xlsx"
        with open(path, "wb") as f:
            f.write(data)
        r = self.home.run("decide", path, now=self.stamp(self.now))
        need(r.returncode in (0, 65), "decide: %d %s" % (r.returncode, r.stderr))
        self.story.append("decide from disk: %d" % r.returncode)

    # ---- faults

    def run(self, fault):
        """One run with that fault; its exit status, negative for a signal."""
        env, before, limit = dict(os.environ), None, 0
        self.server.script = {}
        if fault == "kill at a step":
            env["XINLV_CRASH_AT"] = "*:%d" % self.r.randrange(1, 90)
        elif fault == "kill at a time":
            before = self.r.uniform(0, 0.4)
        elif fault == "disk full":
            limit = self.r.choice([1, 4, 16, 64, 256]) * 4096
        elif fault == "server down":
            self.server.script = {"GREETING": [CLOSE] * 9}
        elif fault == "server odd":
            self.server.script = {self.r.choice(["MAIL", "RCPT", "DATA", "BODY"]): [self.r.choice(
                ["451 try again", "550 no such user", "421 too busy", "554 spam", CLOSE])] * self.r.randrange(1, 3)}
            if self.r.random() < 0.3:
                self.server.script = {"DATA": [CLOSE_IN_DATA]}
        at = self.now - datetime.timedelta(hours=2) if fault == "clock set back" else self.now
        p = subprocess.Popen([homes.PROGRAM, "-C", self.home.path, "--now", self.stamp(at), "run"], env=env, stderr=subprocess.PIPE,
                             preexec_fn=(lambda: full_disk(limit)) if limit else None)
        if before is not None:
            try:
                p.wait(before)
            except subprocess.TimeoutExpired:
                p.send_signal(self.r.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        err = p.communicate()[1].decode(errors="replace")
        self.server.script = {}
        self.story.append("run with %s: %d %s" % (fault or "no fault", p.returncode, err.strip()[-300:]))
        return p.returncode, err

    def bad_rules(self):
        """A run while somebody is at the rules: the last good ones stay in force."""
        path = self.home.path + "/rules/contest.yaml"
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("zone:", "zoen:"))
        status, err = self.run(None)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        need(status in (78, 69), "faulty rules: %d %s" % (status, err))

    def new_rules(self):
        path = self.home.path + "/rules/contest.yaml"
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("mend_hours: 72", "mend_hours: 73") if "mend_hours: 72" in text
                    else text.replace("mend_hours: 73", "mend_hours: 72"))

    def lose_database(self):
        for p in glob.glob(self.home.path + "/spool/xinlv.db*"):
            os.remove(p)
        self.story.append("the database is lost")

    # ---- what must hold

    def facts(self):
        db = sqlite3.connect("file:%s/spool/xinlv.db?mode=ro" % self.home.path, uri=True)
        try:
            rows = lambda sql: db.execute(sql).fetchall()
            return {"log": rows("SELECT lower(hex(m.sha256)), o.outcome, (SELECT group_concat(number, ' ') FROM entry e WHERE e.seq = m.seq)"
                                " FROM message m LEFT JOIN outcome o ON o.seq = m.seq ORDER BY m.seq"),
                    "numbers": rows("SELECT track, track_seq FROM entry ORDER BY 1, 2"),
                    "twice": rows("SELECT seq, kind, recipient, count(*) FROM outbox WHERE seq > 0 GROUP BY 1, 2, 3 HAVING count(*) > 1"),
                    "unanswered": rows("SELECT o.seq, o.outcome FROM outcome o JOIN head h ON h.seq = o.seq WHERE o.outcome IN %s AND h.from_addr"
                                       " <> '' AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.seq = o.seq)" % (VERDICTS,)),
                    "mails": rows("SELECT message_id, state FROM outbox"),
                    "open": rows("SELECT (SELECT count(*) FROM pending) + (SELECT count(*) FROM filing)")}
        finally:
            db.close()

    def check(self):
        f = self.facts()
        need({x[0] for x in f["log"]} == set(self.laid) and len(f["log"]) == len(self.laid),
             "messages: %d laid, %d on record" % (len(self.laid), len(f["log"])))
        need(all(x[1] for x in f["log"]) and f["open"] == [(0,)], "something is left without its outcome")
        for sha, outcome, numbers in f["log"]:
            was = self.said.setdefault(sha, (outcome, numbers))
            need(was[0] == outcome and (not was[1] or was[1] == numbers), "%s was %s and is %s" % (sha, was, (outcome, numbers)))
            self.check_outcome(sha, outcome)
        tracks = collections.defaultdict(list)
        for track, seq in f["numbers"]:
            tracks[track].append(seq)
        need(all(v == list(range(1, len(v) + 1)) for v in tracks.values()), "numbers: %s" % dict(tracks))
        need(not f["twice"], "queued twice: %s" % f["twice"])
        need(not f["unanswered"], "unanswered: %s" % f["unanswered"])
        self.check_sent(f["mails"])
        r = self.home.run("verify", now=self.stamp(self.now))
        need(r.returncode == 0, "verify: %s%s" % (r.stdout, r.stderr))

    def check_outcome(self, sha, outcome):
        kind, arrival = self.laid[sha]
        late = arrival > CLOSES
        want = {"new": {"late"} if late else {"accepted"}, "help": {"request"}, "news": {"bulk"}, "auto": {"auto-reply"},
                "faulty": {"late", "rejected"} if late else {"rejected"}, "bounce": {"bounce"}, "decision": {"decision"}}.get(kind)
        need(want is None or outcome in want, "%s %s became %s" % (kind, sha, outcome))

    def check_sent(self, queued):
        """What went out was queued, what is called sent went out, and nothing went twice without a fault to blame.  Queued at some
        time: a mail to the operator whose answer a kill lost is taken back when its reason is gone, and a lost database forgets it."""
        out = collections.Counter(email.message_from_bytes(data)["Message-ID"].strip("<>") for _, _, data in self.server.mails)
        self.queued |= {m for m, _ in queued}
        need(set(out) <= self.queued, "sent, but never queued: %s" % (set(out) - self.queued))
        twice = sum(n - 1 for n in out.values())
        need(twice <= sum(self.faults.values()), "%d mails went again, with %s" % (twice, dict(self.faults)))

    def check_replay(self):
        r = self.home.run("replay", now=self.stamp(self.now))
        need(r.returncode == 0, "replay: %s%s" % (r.stdout, r.stderr))

    def check_backup(self):
        backup, path = self.home.path + "-backup", self.home.path + "-restored"
        shutil.rmtree(path, ignore_errors=True)
        self.home.run("backup", backup, now=self.stamp(self.now), check=0)
        r = subprocess.run([homes.PROGRAM, "-C", path, "--now", self.stamp(self.now), "restore", backup], capture_output=True, text=True)
        need(r.returncode == 0, "restore: %s%s" % (r.stdout, r.stderr))

    # ---- a round

    FAULTS = [None, None, None, "kill at a step", "kill at a step", "kill at a step", "kill at a time", "disk full", "server down",
              "server odd", "clock set back"]
    MAILS = ["new"] * 5 + ["faulty"] * 3 + ["again"] * 2 + ["twice", "supplement", "help", "news", "auto", "bounce", "junk", "junk", "decide"]

    def round(self):
        self.rounds += 1
        # Most of what can go wrong goes wrong while entries come in.
        steps = [1, 2, 15, 60, 240] if self.now < CLOSES else [2, 30, 180, 600, 1500]
        self.now += datetime.timedelta(minutes=self.r.choice(steps))
        self.story.append("--- round %d, %s" % (self.rounds, self.stamp(self.now)))
        self.before = len(self.sent)
        for _ in range(self.r.choice([0, 1, 1, 2, 3, 5])):
            getattr(self, self.r.choice(self.MAILS))()
        if self.r.random() < 0.05:
            self.new_rules()
        elif self.r.random() < 0.05 and self.rounds > 3:
            self.bad_rules()
        fault = self.r.choice(self.FAULTS)
        if fault:
            self.faults[fault] += 1
            self.run(fault)
        if self.r.random() < 0.04:
            self.lose_database()
            self.faults["lost database"] += 1
        status, err = self.run(None)
        need(status in (0, 69), "a run without a fault ends with %d: %s" % (status, err))
        self.check()
        if self.r.random() < 0.12:
            self.check_replay()
        if self.r.random() < 0.06:
            self.check_backup()

    def close(self):
        self.server.close()
        for suffix in ("-backup", "-restored"):
            shutil.rmtree(self.home.path + suffix, ignore_errors=True)


def soak(seed, seconds, folder, say=print):
    """Rounds until the time is over, at least one; raises Wrong with the story of the last rounds."""
    s = Soak(seed, folder)
    end = time.monotonic() + seconds
    try:
        while s.rounds == 0 or time.monotonic() < end:
            s.round()
        s.check_replay()
        s.check_backup()
    except Wrong as e:
        raise Wrong("%s\nits home: %s\nseed %d, round %d: %s" % ("\n".join(s.story[-40:]), folder, seed, s.rounds, e)) from None
    finally:
        s.close()
    say("seed %d: %d rounds to %s, %d messages, %d entries, %d mails sent; faults: %s" % (
        seed, s.rounds, s.stamp(s.now), len(s.laid), sum(1 for o, n in s.said.values() if n), len(s.server.mails), dict(s.faults)))
    return s


if __name__ == "__main__":
    try:
        soak(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else os.path.join(homes.BUILD, "soak/%s" % sys.argv[1]))
    except Wrong as e:
        sys.exit(str(e))
