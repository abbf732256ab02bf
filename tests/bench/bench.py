#!/usr/bin/python3
"""make bench: what a mail costs, from Dovecot to an SMTP server, answers and the day's digest included; what a tick with nothing
to do costs, and what a long history.  Everything runs on loopback, in rounds that take turns with mbsync where it is installed
(isync: it only downloads).  Figures and goals go to build/bench.md, a picture of both to build/bench.svg.

usage: bench.py [MAILS [ROUNDS [HISTORY]]]   BESIDE='sh command' joins the rounds: {user} {port} {smtp} {dir} are filled in."""
import email.utils
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import letters
import contest
import dovecot
import home as homes
import picture
import sink

NOW = "2026-12-01T09:00:00+08:00"
WHERE = os.path.join(homes.BUILD, "bench")
FEW = 200
PASSWORD = "pass"


# ---- measuring

class Look(threading.Thread):
    """Looks at a process and those below it, by program: processor seconds and the largest resident set."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.cpu, self.done = pid, {}, {}, False

    def look(self, pid):
        try:
            with open("/proc/%d/status" % pid) as f:
                status = dict(line.split(":", 1) for line in f)
            with open("/proc/%d/stat" % pid) as f:
                stat = f.read().rsplit(")", 1)[1].split()
            with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
                below = [int(p) for p in f.read().split()]
        except (OSError, ValueError):
            return
        name = status["Name"].strip()
        if "VmHWM" in status and name.startswith("xinlv"):
            self.peak[name] = max(self.peak.get(name, 0), int(status["VmHWM"].split()[0]) / 1024)
            self.cpu[pid] = (name, (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"))
        for p in below:
            self.look(p)

    def run(self):
        while not self.done:
            self.look(self.pid)
            time.sleep(0.01)

    def parts(self):
        out = {}
        for name, cpu in self.cpu.values():
            out[name] = out.get(name, 0) + cpu
        return out


def timed(cmd, env=None, look=False):
    """Runs it -> processor and wall seconds of all its processes, and the Look."""
    start = time.monotonic()
    p = subprocess.Popen(cmd, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    looked = Look(p.pid)
    if look:
        looked.start()
    said = p.stderr.read()
    _, status, used = os.wait4(p.pid, 0)
    wall = time.monotonic() - start
    looked.done = True
    if status:
        raise SystemExit("%s ended with %d: %s" % (cmd, status, said.decode(errors="replace")))
    return used.ru_utime + used.ru_stime, wall, looked


def median(values):
    return statistics.median(values)


# ---- homes and mailboxes

class Yard:
    """The servers, the mailboxes by name, and the home that all others are copies of."""

    def __init__(self):
        shutil.rmtree(WHERE, ignore_errors=True)
        os.makedirs(WHERE)
        self.smtp = sink.Sink()
        self.server = dovecot.Dovecot(extra="plugin {\n  quota_rule = *:storage=100G\n}\n")
        base = homes.Home(os.path.join(WHERE, "base"))
        shutil.rmtree(base.path + "/rules")
        shutil.copytree(os.path.join(HERE, "contest/rules"), base.path + "/rules")
        shutil.rmtree(base.path + "/templates/forms", ignore_errors=True)
        base.run("forms", check=0)
        self.base, self.made = base.path, 0

    def close(self):
        self.server.close()
        self.smtp.close()
        shutil.rmtree(WHERE, ignore_errors=True)

    def mailbox(self, user, mails):
        """-> bytes laid into a mailbox of its own."""
        folder, total = os.path.join(self.server.mail, user), 0
        for sub in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(folder, sub))
        for i, mail in enumerate(mails):
            total += len(mail)
            with open(os.path.join(folder, "new", "%d.M%06d.bench" % (1700000000 + i, i)), "wb") as f:
                f.write(mail)
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "nobody", folder], check=True)
        with open(os.path.join(self.server.dir, "passwd"), "a") as f:
            f.write("%s:{PLAIN}%s\n" % (user, PASSWORD))
        self.floor(user)  # Dovecot makes its index once
        return total

    def home(self, user, tls=False, origin=None):
        """A fresh home that fetches from that mailbox."""
        self.made += 1
        path = os.path.join(WHERE, "home%d" % self.made)
        shutil.copytree(origin or self.base, path, symlinks=True)
        return self.point(path, user, tls)

    def point(self, path, user, tls=False):
        how = "tls: none" if not tls else "ca_file: %s" % self.server.ca.file
        scheme, port = ("imaps", self.server.tls) if tls else ("imap", self.server.plain)
        with open(path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
            f.write("robot: 申报受理 <shenbao@example.org>\nsecretariat: [项目处 <office@example.org>]\n"
                    "fetch: {url: \"%s://%s@127.0.0.1:%d/INBOX\", %s, password_env: XINLV_BENCH, first_start: answer}\n"
                    "send: {url: \"smtp://127.0.0.1:%d\", tls: none}\n" % (scheme, user, port, how, self.smtp.port))
        return path

    def floor(self, user):
        """Logs in, looks at INBOX, logs out, over a bare socket -> wall seconds."""
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.server.plain)) as s:
            f = s.makefile("rb")
            f.readline()
            for tag, line in (("a", "LOGIN %s %s" % (user, PASSWORD)), ("b", "EXAMINE INBOX"), ("c", "LOGOUT")):
                s.sendall(("%s %s\r\n" % (tag, line)).encode())
                while not f.readline().startswith(tag.encode() + b" "):
                    pass
        return time.monotonic() - start


def tick(path, look=False):
    return timed([homes.PROGRAM, "-C", path, "--now", NOW, "run"], {"XINLV_BENCH": PASSWORD}, look)


def check(path, n):
    counts = {}
    home = homes.Home(path)
    for m in home.json("log", now=NOW):
        counts[m["outcome"]] = counts.get(m["outcome"], 0) + 1
    if counts.get("accepted", 0) < 0.85 * n or sum(counts.values()) != n:
        raise SystemExit("not what was laid: %s" % counts)


def mbsync(yard, user, at):
    os.makedirs(at + "/box")
    with open(at + "/rc", "w") as f:
        f.write("IMAPAccount a\nHost 127.0.0.1\nPort %d\nUser %s\nPass %s\nSSLType None\nAuthMechs LOGIN\n\nIMAPStore far\nAccount a\n\n"
                "MaildirStore near\nPath %s/box/\nInbox %s/box/INBOX\n\nChannel c\nFar :far:\nNear :near:\nSync Pull\nCreate Near\n"
                "SyncState %s/\n" % (yard.server.plain, user, PASSWORD, at, at, at))
    return timed(["mbsync", "-q", "-c", at + "/rc", "c"])


# ---- the tables

def whole(yard, user, n, rounds, beside):
    """Rounds of mbsync, a command beside, and ours -> {name: [(cpu, wall)]}, our looks, our last home."""
    runs, looks = {}, []
    for k in range(rounds):
        def place(name):
            return os.path.join(WHERE, "%s-%s-%d" % (name, user, k))
        if shutil.which("mbsync"):
            runs.setdefault("mbsync", []).append(mbsync(yard, user, place("mbsync"))[:2])
        if beside:
            os.makedirs(place("beside"))
            cmd = beside.format(user=user, port=yard.server.plain, smtp=yard.smtp.port, dir=place("beside"))
            runs.setdefault("beside", []).append(timed(["sh", "-c", cmd])[:2])
        path = yard.home(user)
        cpu, wall, look = tick(path, look=True)
        runs.setdefault("xinlv", []).append((cpu, wall))
        looks.append(look)
        check(path, n)
    return runs, looks, path


def parts(yard, user, path, rounds):
    """What the bare parts of the work take by themselves, as short as their libraries allow -> [(name, processor seconds)]."""
    times, size = {}, yard.smtp.size.value // max(yard.smtp.mails.value, 1)
    for k in range(rounds):
        copy = os.path.join(WHERE, "parts-%s-%d.db" % (user, k))
        said = subprocess.run([os.path.join(homes.BUILD, "parts"), os.path.join(yard.server.mail, user, "cur"), str(yard.server.plain), user,
                               PASSWORD, str(yard.smtp.port), str(size), path + "/spool/xinlv.db", copy],
                              check=True, capture_output=True, text=True).stdout
        for line in said.splitlines():
            name, seconds = line.rsplit(" ", 1)
            times.setdefault(name, []).append(float(seconds))
    return [(name, median(t)) for name, t in times.items()]


def ratio(runs, name, which):
    """Median of the ratios of the same rounds."""
    return median([a[which] / b[which] for a, b in zip(runs["xinlv"], runs[name])])


def idle(yard, path, user):
    tick(path)
    pairs = [(yard.floor(user), *tick(path)[:2]) for _ in range(20)]
    return median([p[1] for p in pairs]), median([p[2] / p[0] for p in pairs])


def history(yard, n, entries):
    """A home with n messages -> its path."""
    path = os.path.join(WHERE, "history")
    shutil.copytree(yard.base, path)
    subprocess.run([os.path.join(homes.BUILD, "history"), path, str(n), str(entries)], check=True, cwd=homes.ROOT)
    return path


def command(path, *args):
    runs = [timed([homes.PROGRAM, "-C", path, "--now", NOW, *args], look=True) for _ in range(5)]
    return median([r[0] for r in runs]), median([r[1] for r in runs])


def report(rows, tables):
    lines = ["| what | measured | goal | |", "|---|--:|--:|---|"]
    for what, got, goal, unit in rows:
        lines.append("| %s | %.3g%s | %.3g%s | %s |" % (what, got, unit, goal, unit, "met" if got <= goal else "missed"))
    return "\n".join(lines + [""] + tables) + "\n"


def main():
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    past = int(sys.argv[3]) if len(sys.argv) > 3 else 1000000
    beside = os.environ.get("BESIDE")
    yard, rows, tables = Yard(), [], []
    try:
        size = {n: yard.mailbox("n%d" % n, letters.letters(yard.base, n)) for n in (FEW, many)}
        runs, looks = {}, {}
        for n in (FEW, many):
            runs[n], looks[n], last = whole(yard, "n%d" % n, n, rounds, beside)
        tables += ["| %d mails, %.0f MB | processor, s | a mail, ms | wall, s |" % (many, size[many] / 1e6), "|---|--:|--:|--:|"]
        for name, r in runs[many].items():
            tables.append("| %s | %.2f | %.2f | %.2f |" % (name, median([x[0] for x in r]), median([x[0] for x in r]) / many * 1e3,
                                                           median([x[1] for x in r])))
        by = looks[many][-1].parts()
        tables += ["", "By process: " + ", ".join("%s %.2f s" % p for p in sorted(by.items(), key=lambda p: -p[1])) + "."]
        bare = parts(yard, "n%d" % many, last, rounds)
        tables += ["", "The bare parts, each alone: " + ", ".join("%s %.2f s" % p for p in bare) +
                   "; together %.2f s." % sum(p[1] for p in bare)]
        if "beside" in runs[many]:
            rows.append(("processor time, as a part of the command beside", ratio(runs[many], "beside", 0), 1 / 12, ""))
        if "mbsync" in runs[many]:
            rows.append(("processor time against mbsync, which only downloads", ratio(runs[many], "mbsync", 0), 2.0, " x"))
            rows.append(("wall time against mbsync", ratio(runs[many], "mbsync", 1), 1.3, " x"))
        each = {n: median([x[0] for x in runs[n]["xinlv"]]) / n for n in (FEW, many)}
        rows.append(("processor time a mail, %d against %d mails" % (many, FEW), each[many] / each[FEW], 1.1, " x"))
        yard.mailbox("large", letters.letters(yard.base, 12, 5 << 20))
        look = tick(yard.home("large", tls=True), look=True)[2]
        for name, mib in sorted(look.peak.items()):
            most = max([mib] + [k.peak.get(name, 0) for n in looks for k in looks[n]])
            rows.append(("peak of %s, files of 5 MB by TLS" % name, most, 32, " MiB"))
        cpu, wall = idle(yard, yard.home("n%d" % FEW), "n%d" % FEW)
        rows.append(("idle tick: wall against log in, EXAMINE, log out", wall, 1.4, " x"))
        rows.append(("idle tick: processor", cpu * 1e3, 10, " ms"))
        old = history(yard, past, past // 20)
        for args in (("status",), ("show", "P-000007"), ("list",)):
            rows.append(("%s with %d messages" % (args[0], past), command(old, *args)[1] * 1e3, 100, " ms"))
        rows.append(("digest of %d entries" % (past // 20), timed([homes.PROGRAM, "-C", old, "--now", NOW, "digest"])[1], 20, " s"))
        yard.point(old, "n%d" % FEW)
        tick_cpu, tick_wall, _ = tick(old)
        rows.append(("processor time a mail behind %d messages" % past, tick_cpu / FEW / each[FEW], 1.2, " x"))
        cpu, wall = idle(yard, old, "n%d" % FEW)
        rows.append(("idle tick behind %d messages: wall" % past, wall, 1.4, " x"))
        rows.append(("idle tick behind %d messages: processor" % past, cpu * 1e3, 10, " ms"))
    finally:
        yard.close()
    tables += ["", "%s: medians of %d rounds, %d processors, load %.1f." % (email.utils.formatdate(), rounds, os.cpu_count(),
                                                                         os.getloadavg()[0])]
    text = report(rows, tables)
    with open(os.path.join(homes.BUILD, "bench.md"), "w", encoding="utf-8") as f:
        f.write(text)
    with open(os.path.join(homes.BUILD, "bench.svg"), "w", encoding="utf-8") as f:
        f.write(picture.draw(rows))
    print(text, end="")


if __name__ == "__main__":
    main()
