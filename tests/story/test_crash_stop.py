"""Stopped by a person: Ctrl-C, which all processes of the run hear, at every step in turn, and the TERM of a machine that
shuts down, at every third; a second run beside a first one; the clock set back between runs.  The end is the same, and nothing is left behind."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dovecot
import fake_imap
import home as homes
import imaphome
import mails
import samples
import test_crash as crash
from test_crash import NOW

WHERE = homes.STORY


def copy(base, name):
    return base.copy(os.path.join(WHERE, name))


def files(home):
    """What lies below spool, by name; without the database and what a run notes of itself."""
    out = set()
    for folder, _, names in os.walk(home.path + "/spool"):
        out |= {os.path.relpath(os.path.join(folder, n), home.path) for n in names}
    return {n for n in out if not n.startswith(("spool/xinlv.db", "spool/idle.json", "spool/last-run"))}


def a_day_later(home, strays):
    """What a killed run left half written goes with the first mail of another day."""
    for x in strays:
        os.utime(os.path.join(home.path, x), (1, 1))
    home.lay(mails.mail("d@example.cn", "帮助", "", message_id="<9@example.cn>"), NOW)
    home.run("run", now=NOW, check=0)
    assert not files(home) & strays, strays


def stopped(signal, status, every):
    base = crash.prepare()
    plain = copy(base, "plain")
    plain.run("run", now=NOW, check=0)
    want, left = crash.end_of(plain), files(plain)
    for n in range(1, crash.MOST_STEPS, every):
        home = copy(base, "stopped")
        r = home.run("run", now=NOW, env={"XINLV_CRASH_AT": "*:%d" % n, "XINLV_CRASH_BY": signal}, alone=True)
        if r.returncode == 0:
            assert n > 15, "only %d steps" % n
            return
        assert r.returncode == status, (n, r.returncode, r.stderr)
        home.run("run", now=NOW, check=0)
        got = crash.end_of(home)
        assert got == want, ("stopped at step %d" % n, crash.differences(got, want))
        strays = files(home) ^ left
        assert all(re.search(r"/\.new-[0-9a-f]+$|/archive/tmp/\d+-\d+$|^spool/outbox.batch$", x) for x in strays), (n, strays)
        if strays:
            a_day_later(home, strays)
        home.run("verify", now=NOW, check=0)
    raise AssertionError("more than %d steps" % crash.MOST_STEPS)


def test_ctrl_c_at_every_step():
    stopped("INT", -2, 1)


def test_the_machine_shuts_down():
    stopped("TERM", -15, 3)


def test_a_second_run_beside_a_first_that_waits_for_its_server():
    """75 at once, and the first one goes on; Ctrl-C then ends the first and its helpers."""
    class Slow(fake_imap.Server):
        def do_LOGIN(self, s, tag, command):
            self.waits.wait(20)
            fake_imap.Server.do_LOGIN(self, s, tag, command)
    import threading
    with Slow([imaphome.letter(1)]) as server:
        server.waits = threading.Event()
        home = imaphome.fresh("crash-stop/second").configure("imap://robot@127.0.0.1:%d/INBOX" % server.port, tls="none")
        command = [homes.PROGRAM, "-C", home.path, "--now", NOW, "run"]

        def first():
            p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
            end = time.monotonic() + 10
            sessions = server.sessions
            while server.sessions == sessions and time.monotonic() < end:
                time.sleep(0.01)
            return p
        p = first()
        for verb in ("run", "fetch", "send"):
            assert "another run" in home.run(verb, now=NOW, check=75).stderr
        os.killpg(p.pid, 2)
        assert p.wait(10) == -2
        p.stderr.close()
        home.run("status", now=NOW, check=0)
        p = first()
        server.waits.set()
        assert p.wait(20) == 0, p.stderr.read()
        p.stderr.close()
        assert home.uids() == [1] and home.outcomes() == ["request"]


def test_the_clock_set_back_between_runs():
    """To a day before: what was done stays done once, and what comes meanwhile is done as well."""
    server = dovecot.Dovecot()
    try:
        home = imaphome.fresh("crash-stop/clock")
        home.run("forms", check=0)
        home.configure("imap://%s@127.0.0.1:%d/INBOX" % (dovecot.USER.replace("@", "%40"), server.plain),
                       password=dovecot.PASSWORD, tls="none", after="flag")
        for i, now in enumerate((NOW, "2023-03-29T08:00:00+08:00", NOW, "1999-01-01T00:00:00+08:00", "2023-03-30T09:30:00+08:00")):
            server.append([mails.mail("a%d@example.cn" % i, "T4", "", [("申报表.xlsx", samples.form(
                home, "T4", org__name="第%d科技有限公司" % i, project__title="第%d数据中心节能改造" % i)), ("盖章.pdf", samples.PDF)],
                message_id="<%d@example.cn>" % i)], at="2023-03-28T10:00:0%d+08:00" % i)
            home.run("run", now=now, check=0)
            home.run("run", now=now, check=0)
        listed = home.json("list", now=NOW)
        assert [e["number"] for e in listed] == ["T4-000%d" % (i + 1) for i in range(5)], listed
        queue = [m for m in home.json("queue", now=NOW) if m["kind"] != "digest"]
        assert {m["state"] for m in queue} == {"sent"} and len({m["message_id"] for m in queue}) == len(queue)
        assert sorted(m["Message-ID"].strip("<>") for m in home.outbox()) == sorted(m["message_id"] for m in queue)
        digests = [m["subject"] for m in home.json("queue", now=NOW) if m["kind"] == "digest"]
        assert len(set(digests)) == len(digests), digests
        home.run("verify", now=NOW, check=0)
        want = (home.json("log", now=NOW), listed)
        for name in os.listdir(home.path + "/spool"):
            if name.startswith("xinlv.db"):
                os.remove(os.path.join(home.path, "spool", name))
        home.run("run", now="2023-03-30T09:40:00+08:00", check=0)
        assert (home.json("log", now=NOW), home.json("list", now=NOW)) == want
    finally:
        server.close()
